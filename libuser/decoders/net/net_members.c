// SPDX-License-Identifier: LGPL-2.1-or-later
/* Writes members of network structures that have a form of their own; see decoders/structs/net.def. */
#include "table/flagsets.h"
#include "decoders/net/net.h"

#define TCP_AO_KEY 80u

#define MAC_MAX 8u
#define PDMC_MAX 32u
#define KEY_MAX 80u

static uint16_t u16_at(const uint8_t *data)
{
	return (uint16_t)(data[0] | data[1] << 8);
}

void linx_put_ipv6mr_multiaddr(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	linx_put_inet(p, "ipv6mr_multiaddr", LINX_AF_INET6, o->data + at, 16);
}

/* Writes the hardware address of a packet_mreq, which has mr_alen bytes. */
void linx_put_mr_address(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	unsigned int n = u16_at(o->data + at - 2);

	linx_put_name(p, "mr_address");
	linx_put_hwaddr(p, o->data + at, n < MAC_MAX ? n : MAC_MAX);
}

void linx_put_pdmc_addr(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	unsigned int n = u16_at(o->data + at - 2);

	linx_put_name(p, "pdmc_addr");
	linx_put_hexbytes(p, o->data + at, n < PDMC_MAX ? n : PDMC_MAX, false);
}

/* Writes the address of a multicast group. The protocol number behind the address determines its family. */
void linx_put_mdb_addr(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	const uint8_t *proto = o->data + at + 16;
	unsigned int family = (unsigned int)proto[0] << 8 | proto[1];

	linx_put_name(p, "addr");
	linx_put_open(p);
	linx_put_inet(p, "u", family, o->data + at, 16);
	linx_put_name(p, "proto");
	linx_put_const_in_call(p, "htons", &linx_set_addrfam, family, 4);
	linx_put_close(p);
}

/* Writes the id of a socket. The first byte of the message determines the family of its addresses. */
void linx_put_diag_id(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	struct linx_obj id = { .ty = &linx_ty_inet_diag_sockid, .data = o->data + at, .addr = o->addr + at };
	unsigned int family = o->data[0] == LINX_AF_SMC ? LINX_AF_INET : o->data[0];

	id.size = linx_type_size(id.ty, p->abi);
	linx_put_name(p, "id");
	linx_put_open(p);
	linx_put_member(p, &id, "idiag_sport");
	linx_put_member(p, &id, "idiag_dport");
	linx_put_inet(p, "idiag_src", family, id.data + 4, 16);
	linx_put_inet(p, "idiag_dst", family, id.data + 20, 16);
	linx_put_member(p, &id, "idiag_if");
	linx_put_member(p, &id, "idiag_cookie");
	linx_put_close(p);
}

void linx_put_tcpm_addr(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	linx_put_inet(p, "tcpm_addr", o->data[0], o->data + at, 16);
}

void linx_put_tcpm_key(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	unsigned int n = u16_at(o->data + 2);
	struct linx_obj key = { .data = o->data + at, .size = n < KEY_MAX ? n : KEY_MAX };

	linx_put_name(p, "tcpm_key");
	linx_put_hex_place(p, &key);
}

static void put_reason(struct linx_put *p, const char *name, const uint8_t *data)
{
	uint32_t n;

	memcpy(&n, data, sizeof(n));
	linx_put_name(p, name);
	linx_put_both(p, &linx_set_smc_clc_decline, n, sizeof(n));
}

void linx_put_smc_reason(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	put_reason(p, "reason", o->data + at);
}

void linx_put_smc_peer(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	put_reason(p, "peer_diagnosis", o->data + at);
}

void linx_put_unix_vfs(struct linx_put *p, const struct linx_obj *o)
{
	static const char *const order[] = { "udiag_vfs_dev", "udiag_vfs_ino", NULL };

	linx_put_open(p);
	linx_put_members_of(p, o, order);
	linx_put_close(p);
}

/* Writes the members of a struct tcp_ao_add that strace shows; the key has keylen bytes. */
void linx_put_tcp_ao_add(struct linx_put *p, const struct linx_obj *o)
{
	static const char *const first[] = { "addr", "prefix", "alg_name", "ifindex", NULL };
	static const char *const middle[] = { "sndid", "rcvid", "maclen", "keyflags", NULL };
	uint32_t bits = (uint32_t)linx_member_num(p, o, "bits");
	size_t len = (size_t)linx_member_num(p, o, "keylen"), at;

	linx_put_open(p);
	linx_put_members_of(p, o, first);
	linx_put_name(p, "set_current");
	linx_put_u64(p, bits & 1);
	linx_put_name(p, "set_rnext");
	linx_put_u64(p, bits >> 1 & 1);
	linx_put_members_of(p, o, middle);
	linx_put_name(p, "key");
	linx_member_find(p, o, "key", &at);
	linx_put_whole_hexbytes(p, o->data + at, len < TCP_AO_KEY ? len : TCP_AO_KEY, false);
	linx_put_member(p, o, "keylen");
	linx_put_close(p);
}
