// SPDX-License-Identifier: LGPL-2.1-or-later
/* Socket options and protocols: their names by level and family, their values by name. */
#include "decode.h"
#include "decoders.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define SO_INT_SIZE 4u
#define SO_BINDTODEVICE_NAME 25

struct choice {
	int key;
	const struct linx_flagset *set;
};

/* clang-format off */
static const struct choice options_by_level[] = {
	{ 0, &linx_set_ip_option },         { 1, &linx_set_so_option },             { 6, &linx_set_tcp_option },
	{ 17, &linx_set_udp_option },       { 41, &linx_set_ipv6_option },          { 101, &linx_set_can_raw_option },
	{ 132, &linx_set_sctp_option },     { 255, &linx_set_icmp_filter_option },  { 263, &linx_set_packet_option },
	{ 270, &linx_set_netlink_option },  { 282, &linx_set_tls_option },          { 287, &linx_set_vsock_option },
	{ 40, &linx_set_vsock_option },
};
/* clang-format on */

static const struct choice protocols_by_family[] = {
	{ 2, &linx_set_inet_protocol },
	{ 10, &linx_set_inet_protocol },
	{ 16, &linx_set_netlink_protocol },
	{ 31, &linx_set_bluetooth_protocol },
};

/* A constant of a set that another argument chooses; without one it stays a number. */
static void put_chosen(struct linx_put *p, const struct choice *choices, size_t n, int32_t key,
		       unsigned int i)
{
	for (size_t k = 0; k < n; k++) {
		if (choices[k].key != key)
			continue;
		linx_put_flags(p, choices[k].set, (uint32_t)linx_reg(p, i), 4);
		return;
	}
	linx_put_i64(p, linx_reg_int(p, i));
}

void linx_arg_sock_optname(struct linx_put *p, unsigned int i)
{
	put_chosen(p, options_by_level, COUNT(options_by_level), linx_reg_int(p, 1), i);
}

void linx_arg_socket_protocol(struct linx_put *p, unsigned int i)
{
	put_chosen(p, protocols_by_family, COUNT(protocols_by_family), linx_reg_int(p, 0), i);
}

/* Nearly all options are an int; this one is a name. */
void linx_arg_sockopt(struct linx_put *p, unsigned int i)
{
	const struct linx_value *v = linx_put_arg_value(p, i);
	bool name = linx_reg_int(p, 1) == 1 && linx_reg_int(p, 2) == SO_BINDTODEVICE_NAME;
	int64_t n;

	if (name || !v || v->size != SO_INT_SIZE || !linx_value_whole(v) ||
	    !linx_value_int(v, 0, SO_INT_SIZE, true, &n)) {
		linx_arg_str(p, i);
		return;
	}
	p->states |= 1u << v->state;
	linx_put_text(p, "[");
	linx_put_i64(p, n);
	linx_put_text(p, "]");
}
