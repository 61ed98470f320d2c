// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Writes socket options and protocols. Their names depend on the level and the family, the values on the
 * option.
 */
#include <arpa/inet.h>
#include <stdio.h>

#include "base/array_size.h"
#include "table/flagsets.h"
#include "decoders/net/net.h"

#define INT_SIZE 4u
#define ANY -1

/* ---- names of socket options and protocols ---------------------------------------------- */

struct keyed_sets {
	int key;
	const struct linx_flagset *set;
	/* get: names that only getsockopt(2) has; put: names that only setsockopt(2) has; NULL: none */
	const struct linx_flagset *get, *put;
};

/* clang-format off */
static const struct keyed_sets options_by_level[] = {
	{ LINX_SOL_IP, &linx_set_ip_option, &linx_set_ip_get_option, &linx_set_ip_set_option },
	{ LINX_SOL_SOCKET, &linx_set_so_option, &linx_set_so_get_option, NULL },
	{ LINX_SOL_TCP, &linx_set_tcp_option, NULL, NULL },
	{ LINX_SOL_UDP, &linx_set_udp_option, NULL, NULL },
	{ LINX_AF_VSOCK, &linx_set_vsock_option, NULL, NULL }, /* options of AF_VSOCK have this level or SOL_VSOCK */
	{ LINX_SOL_IPV6, &linx_set_ipv6_option, &linx_set_ipv6_get_option, &linx_set_ipv6_set_option },
	{ LINX_SOL_CAN_RAW, &linx_set_can_raw_option, NULL, NULL },
	{ LINX_SOL_CAN_ISOTP, &linx_set_can_isotp_option, NULL, NULL },
	{ LINX_SOL_CAN_J1939, &linx_set_can_j1939_option, NULL, NULL },
	{ LINX_SOL_SCTP, &linx_set_sctp_option, NULL, NULL },
	{ LINX_SOL_RAW, &linx_set_icmp_filter_option, NULL, NULL },
	{ LINX_SOL_IPX, &linx_set_ipx_option, NULL, NULL },
	{ LINX_SOL_AX25, &linx_set_ax25_option, NULL, NULL },
	{ LINX_SOL_PACKET, &linx_set_packet_option, NULL, NULL },
	{ LINX_SOL_IRDA, &linx_set_irda_option, NULL, NULL },
	{ LINX_SOL_LLC, &linx_set_llc_option, NULL, NULL },
	{ LINX_SOL_DCCP, &linx_set_dccp_option, NULL, NULL },
	{ LINX_SOL_NETLINK, &linx_set_netlink_option, NULL, NULL },
	{ LINX_SOL_TIPC, &linx_set_tipc_option, NULL, NULL },
	{ LINX_SOL_RXRPC, &linx_set_rxrpc_option, NULL, NULL },
	{ LINX_SOL_PPPOL2TP, &linx_set_pppol2tp_option, NULL, NULL },
	{ LINX_SOL_BLUETOOTH, &linx_set_bluetooth_option, NULL, NULL },
	{ LINX_SOL_PNPIPE, &linx_set_pnpipe_option, NULL, NULL },
	{ LINX_SOL_RDS, &linx_set_rds_option, NULL, NULL },
	{ LINX_SOL_IUCV, &linx_set_iucv_option, NULL, NULL },
	{ LINX_SOL_CAIF, &linx_set_caif_option, NULL, NULL },
	{ LINX_SOL_ALG, &linx_set_alg_option, NULL, NULL },
	{ LINX_SOL_NFC, &linx_set_nfc_option, NULL, NULL },
	{ LINX_SOL_KCM, &linx_set_kcm_option, NULL, NULL },
	{ LINX_SOL_TLS, &linx_set_tls_option, NULL, NULL },
	{ LINX_SOL_XDP, &linx_set_xdp_option, NULL, NULL },
	{ LINX_SOL_MPTCP, &linx_set_mptcp_option, NULL, NULL },
	{ LINX_SOL_SMC, &linx_set_smc_option, NULL, NULL },
	{ LINX_SOL_VSOCK, &linx_set_vsock_option, NULL, NULL },
};

static const struct keyed_sets protocols_by_family[] = {
	{ LINX_AF_INET, &linx_set_inet_protocol, NULL, NULL },
	{ LINX_AF_INET6, &linx_set_inet_protocol, NULL, NULL },
	{ LINX_AF_NETLINK, &linx_set_netlink_protocol, NULL, NULL },
	{ LINX_AF_IRDA, &linx_set_irda_protocol, NULL, NULL },
	{ LINX_AF_CAN, &linx_set_can_protocol, NULL, NULL },
	{ LINX_AF_BLUETOOTH, &linx_set_bluetooth_protocol, NULL, NULL },
	{ LINX_AF_RXRPC, &linx_set_addrfam, NULL, NULL },
	{ LINX_AF_ISDN, &linx_set_isdn_protocol, NULL, NULL },
	{ LINX_AF_PHONET, &linx_set_phonet_protocol, NULL, NULL },
	{ LINX_AF_CAIF, &linx_set_caif_protocol, NULL, NULL },
	{ LINX_AF_NFC, &linx_set_nfc_protocol, NULL, NULL },
	{ LINX_AF_KCM, &linx_set_kcm_protocol, NULL, NULL },
	{ LINX_AF_SMC, &linx_set_smc_protocol, NULL, NULL },
};
/* clang-format on */

static const struct keyed_sets *find(const struct keyed_sets *choices, size_t n, int32_t key)
{
	for (size_t i = 0; i < n; i++)
		if (choices[i].key == key)
			return &choices[i];
	return NULL;
}

void linx_arg_sock_optname(struct linx_put *p, unsigned int i)
{
	const struct keyed_sets *c = find(options_by_level, ARRAY_SIZE(options_by_level), linx_reg_int(p, 1));
	uint32_t n = (uint32_t)linx_reg(p, i);
	bool get = !strcmp(p->ev->call->row->id, "getsockopt");
	const struct linx_flagset *own = !c ? NULL : get ? c->get : c->put;

	if (!c)
		linx_put_u64(p, n);
	else if (own && linx_const_find(own, n, UINT32_MAX))
		linx_put_flags(p, own, n, 4);
	else
		linx_put_flags(p, c->set, n, 4);
}

void linx_arg_socket_protocol(struct linx_put *p, unsigned int i)
{
	int32_t family = linx_reg_int(p, 0);
	uint32_t n = (uint32_t)linx_reg(p, i);
	const struct keyed_sets *c = find(protocols_by_family, ARRAY_SIZE(protocols_by_family), family);

	if (c)
		linx_put_flags(p, c->set, linx_put_wants(p, LINX_WANT_FULL) ? (uint64_t)linx_reg_int(p, i) : n, 4);
	else if (family == LINX_AF_PACKET)
		linx_put_const_in_call(p, "htons", &linx_set_packet_protocol, ntohs((uint16_t)n), 4);
	else if (family == LINX_AF_AX25)
		linx_put_both(p, &linx_set_ax25_protocol, p->st->strace ? linx_reg(p, i) : n, p->st->strace ? 8 : 4);
	else if (linx_put_wants(p, LINX_WANT_FULL))
		linx_put_i64(p, linx_reg_int(p, i));
	else
		linx_put_u64(p, p->st->strace ? linx_reg(p, i) : n);
}

/* ---- values of socket options ------------------------------------------------------------- */

/*
 * The value of an option: its address, its length (-1 or less: invalid), and the length before the call. get: the
 * option is read, not set.
 */
struct value {
	uint64_t addr;
	int32_t len, room;
	bool get;
};

enum how { HOW_DEFAULT, HOW_INT, HOW_NUMBER, HOW_PART, HOW_WHOLE, HOW_EXACT, HOW_LIST, HOW_CALL };

struct manner {
	uint8_t how; /* enum how */
	const struct linx_ty *ty;
	void (*put)(struct linx_put *p, const struct value *v);
};

static void put_number(struct linx_put *p, const struct value *v)
{
	int64_t n;

	if (!linx_put_mem_int(p, v->addr, INT_SIZE, true, &n)) {
		linx_put_addr(p, v->addr);
		return;
	}
	linx_put_text(p, "[");
	linx_put_i64(p, n);
	linx_put_text(p, "]");
}

static void put_default(struct linx_put *p, const struct value *v)
{
	if (v->len == (int32_t)INT_SIZE)
		put_number(p, v);
	else
		linx_put_string_at(p, v->addr, v->len < 0 ? UINT32_MAX : (uint64_t)v->len);
}

/*
 * Writes a value that is shorter than an int. A value to be set is shown as its address, a returned one as
 * bytes.
 */
static bool put_too_short(struct linx_put *p, const struct value *v)
{
	if (v->len >= (int32_t)INT_SIZE)
		return false;
	if (v->get)
		linx_put_hex_at(p, v->addr, v->len < 0 ? UINT32_MAX : (uint64_t)v->len);
	else
		linx_put_addr(p, v->addr);
	return true;
}

/*
 * Reads the value of an option that is an int. Returns false if the value is too short or was not captured; then its
 * bytes or its address were written.
 */
static bool take_int(struct linx_put *p, const struct value *v, int64_t *n)
{
	if (put_too_short(p, v))
		return false;
	if (linx_put_mem_int(p, v->addr, INT_SIZE, true, n))
		return true;
	linx_put_addr(p, v->addr);
	return false;
}

static void put_struct(struct linx_put *p, const struct manner *m, const struct value *v)
{
	size_t size = linx_type_size(m->ty, p->abi), n = v->len < 0 ? 0 : (size_t)v->len;
	bool part = m->how == HOW_PART;
	const uint8_t *data;

	if (part)
		size = n < size ? n : size;
	else if (n < size || (m->how == HOW_EXACT && n != size))
		size = 0;
	data = size ? linx_put_mem(p, v->addr, size) : NULL;
	if (!data)
		linx_put_addr(p, v->addr);
	else if (part)
		linx_put_part(p, m->ty, data, size);
	else
		linx_put_typed(p, m->ty, NULL, data, size, v->addr);
}

static void linx_opt_error(struct linx_put *p, const struct value *v)
{
	const char *name;
	int64_t n;

	if (!take_int(p, v, &n))
		return;
	name = n > 0 ? linx_errno_name((unsigned int)n) : NULL;
	linx_put_text(p, "[");
	if (name)
		linx_put_symbol(p, n, 'd', name);
	else
		linx_put_i64(p, n);
	linx_put_text(p, "]");
}

static void put_named(struct linx_put *p, const struct value *v, const struct linx_flagset *set, char fmt)
{
	int64_t n;

	if (!take_int(p, v, &n))
		return;
	linx_put_text(p, "[");
	linx_put_flags_fmt(p, set, (uint64_t)n, INT_SIZE, fmt);
	linx_put_text(p, "]");
}

static void linx_opt_pidfd(struct linx_put *p, const struct value *v)
{
	int64_t n;

	if (!take_int(p, v, &n))
		return;
	linx_put_text(p, "[");
	linx_put_num(p, &linx_ty_fd, NULL, n);
	linx_put_text(p, "]");
}

static void linx_opt_txrehash(struct linx_put *p, const struct value *v)
{
	put_named(p, v, &linx_set_txrehash, 'd');
}

static void linx_opt_tipc_importance(struct linx_put *p, const struct value *v)
{
	put_named(p, v, &linx_set_tipc_importance, 'x');
}

/* Writes a range of ports, a number with the lowest and the highest port: "[0xc3500400 / * 1024..50000 * /]" */
static void linx_opt_port_range(struct linx_put *p, const struct value *v)
{
	char text[16] = "";
	unsigned int low, high;
	int64_t n;

	if (v->len != (int32_t)INT_SIZE) {
		linx_put_hex_at(p, v->addr, v->len < 0 ? UINT32_MAX : (uint64_t)v->len);
		return;
	}
	if (!linx_put_mem_int(p, v->addr, INT_SIZE, false, &n)) {
		linx_put_addr(p, v->addr);
		return;
	}
	low = (uint32_t)n & 0xffff;
	high = (uint32_t)n >> 16;
	linx_put_text(p, "[");
	linx_put_hex(p, (uint64_t)n);
	/* low 0: the range begins where the system's range begins; high 0: it ends where that ends */
	if (low && high)
		snprintf(text, sizeof(text), "%u..%u", low, high);
	else if (low || high)
		snprintf(text, sizeof(text), low ? "%u.." : "..%u", low | high);
	if (text[0] && (!high || low <= high) && p->st->xlat != LINX_XLAT_RAW)
		linx_put_comment(p, text);
	linx_put_text(p, "]");
}

static void put_icmp_names(struct linx_put *p, uint32_t bits)
{
	linx_put_list(p);
	for (unsigned int i = 0; i < 32; i++) {
		if (!(bits >> i & 1))
			continue;
		linx_put_set_item(p);
		linx_put_flags(p, &linx_set_icmp_type, i, 4);
		p->plain = false;
	}
	linx_put_list_end(p);
}

/* Writes the types of ICMP messages that are filtered out; if most types are, the types that are not: "~[...]". */
static void linx_opt_icmp_filter(struct linx_put *p, const struct value *v)
{
	uint32_t bits = UINT32_MAX;
	size_t n = v->len < (int32_t)INT_SIZE ? (size_t)v->len : INT_SIZE;
	const uint8_t *data = v->len > 0 ? linx_put_mem(p, v->addr, n) : NULL;

	if (!data) {
		linx_put_addr(p, v->addr);
		return;
	}
	memcpy(&bits, data, n);
	if (__builtin_popcount(bits) > 16 && !linx_put_wants(p, LINX_WANT_DATA)) {
		linx_put_text(p, "~");
		bits = ~bits;
	}
	put_icmp_names(p, bits);
}

static void linx_opt_fprog(struct linx_put *p, const struct value *v)
{
	if (v->len == (int32_t)linx_type_size(&linx_ty_sock_fprog, p->abi))
		linx_put_ptr(p, &linx_ty_sock_fprog, v->addr);
	else
		linx_put_addr(p, v->addr);
}

/* Writes a socket filter; its length is a number of instructions. */
static void linx_opt_get_filter(struct linx_put *p, const struct value *v)
{
	if (v->len == (uint16_t)v->len)
		linx_put_filter(p, v->addr, (uint64_t)v->len);
	else
		linx_put_addr(p, v->addr);
}

#define DEFAULT { HOW_DEFAULT, NULL, NULL }
#define INT { HOW_INT, NULL, NULL }
#define NUMBER { HOW_NUMBER, NULL, NULL }
#define PART(t) { HOW_PART, &linx_ty_##t, NULL }
#define WHOLE(t) { HOW_WHOLE, &linx_ty_##t, NULL }
#define EXACT(t) { HOW_EXACT, &linx_ty_##t, NULL }
#define LIST(t) { HOW_LIST, &linx_ty_##t, NULL }
#define CALL(f) { HOW_CALL, NULL, f }
static const struct {
	int16_t level, option;
	struct manner get, put;
} options[] = {
#define OPTION(level, option, get, put) { level, option, get, put },
#include "decoders/net/sockopts.def"
#undef OPTION
};
#undef DEFAULT
#undef INT
#undef NUMBER
#undef PART
#undef WHOLE
#undef EXACT
#undef LIST
#undef CALL

static void put_by(struct linx_put *p, const struct manner *m, const struct value *v)
{
	int32_t n = v->len < v->room ? v->len : v->room;

	switch ((enum how)m->how) {
	case HOW_DEFAULT:
		put_default(p, v);
		break;
	case HOW_INT:
		if (!put_too_short(p, v))
			put_number(p, v);
		break;
	case HOW_NUMBER:
		put_number(p, v);
		break;
	case HOW_PART:
	case HOW_WHOLE:
	case HOW_EXACT:
		put_struct(p, m, v);
		break;
	case HOW_LIST:
		linx_put_array(p, m->ty, v->addr, (uint64_t)n / linx_type_size(m->ty, p->abi));
		break;
	case HOW_CALL:
		m->put(p, v);
		break;
	}
	p->plain = false;
}

static void put_value(struct linx_put *p, const struct value *v)
{
	static const struct manner by_length = { HOW_DEFAULT, NULL, NULL };
	int32_t level = linx_reg_int(p, 1), option = linx_reg_int(p, 2);
	const struct manner *m = &by_length;

	for (size_t i = 0; v->addr && i < ARRAY_SIZE(options); i++) {
		if (options[i].level != level || (options[i].option != option && options[i].option != ANY))
			continue;
		m = v->get ? &options[i].get : &options[i].put;
		break;
	}
	put_by(p, m, v);
}

/* ---- arguments of getsockopt and setsockopt ------------------------------------------------- */

static uint64_t address(const struct linx_put *p, unsigned int i)
{
	return (uint64_t)linx_reg_as(p, i, &linx_ty_addr);
}

static bool read_len(struct linx_put *p, bool late, int32_t *len)
{
	int64_t n;
	bool there;

	p->late = late;
	there = linx_put_mem_int(p, address(p, 4), 4, true, &n);
	p->late = false;
	*len = there ? (int32_t)n : 0;
	return there;
}

static void put_got(struct linx_put *p, unsigned int i)
{
	struct value v = { .addr = address(p, i), .get = true };

	if (!linx_put_ok(p) || !read_len(p, false, &v.room) || !read_len(p, true, &v.len) ||
	    v.room <= 0 || v.len <= 0) {
		linx_put_unread(p, v.addr);
		return;
	}
	p->late = true;
	put_value(p, &v);
	p->late = false;
}

void linx_arg_sockopt(struct linx_put *p, unsigned int i)
{
	struct value v = { .addr = address(p, i), .len = linx_reg_int(p, 4), .room = linx_reg_int(p, 4) };

	if (!strcmp(p->ev->call->row->id, "getsockopt")) {
		put_got(p, i);
		return;
	}
	p->late = false;
	put_value(p, &v);
}

/*
 * Writes the arguments of getsockopt(2). The length is shown as "[4]", or as "[16 => 4]" if the call changed
 * it.
 */
void linx_call_getsockopt(struct linx_put *p)
{
	int32_t room, len;

	for (unsigned int i = 0; i < 3; i++)
		linx_put_arg(p, i);
	linx_net_known(p);
	if (!read_len(p, false, &room)) {
		for (unsigned int i = 3; i < 5; i++)
			if (linx_put_argname(p, i)) {
				linx_put_unread(p, address(p, i));
				p->plain = false;
			}
		return;
	}
	/*
	 * NETLINK_LIST_MEMBERSHIPS stores the length that it needs even if it fails because the caller's buffer
	 * is too small
	 */
	if (!read_len(p, true, &len))
		len = room;
	linx_put_arg(p, 3);
	linx_put_len_arg(p, 4, room, len);
}
