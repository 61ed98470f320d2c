// SPDX-License-Identifier: LGPL-2.1-or-later
/* Writes messages of nfnetlink, of the crypto protocol and of SELinux. */
#include <arpa/inet.h>

#include "table/flagsets.h"
#include "decoders/net/netlink.h"

#define NFTABLES 10
#define BATCH_BEGIN 0x10
#define BATCH_END 0x11
#define GENMSG_SIZE 4u
#define CRYPTO_FIRST 0x10 /* CRYPTO_MSG_NEWALG */
#define CRYPTO_LAST 0x13 /* CRYPTO_MSG_GETALG */
#define SETENFORCE 0x10
#define POLICYLOAD 0x11

/* ---- nfnetlink ---------------------------------------------------------------------------- */

/* Writes the resource id, which is in network byte order. For nftables some programs do not convert it. */
static void put_res_id(struct linx_put *p, unsigned int subsys, uint16_t id)
{
	linx_put_name(p, "res_id");
	if (subsys == NFTABLES && ntohs(id) == NFTABLES)
		linx_put_symbol(p, id, 'x', "htons(NFNL_SUBSYS_NFTABLES)");
	else if (subsys == NFTABLES && id == NFTABLES)
		linx_put_symbol(p, id, 'x', "NFNL_SUBSYS_NFTABLES");
	else
		linx_put_in_call(p, "htons", ntohs(id));
}

bool linx_nl_netfilter(struct linx_nl *nl, const struct linx_nlmsg *m, uint64_t addr, uint64_t len)
{
	struct linx_put *p = nl->p;
	const uint8_t *data = len >= GENMSG_SIZE ? linx_put_mem(p, addr, GENMSG_SIZE) : NULL;
	uint16_t id;

	if (m->type == LINX_NLMSG_DONE)
		return false;
	if (!data && len < GENMSG_SIZE)
		linx_put_hex_at(p, addr, len);
	else if (!data)
		linx_put_addr(p, addr);
	if (!data)
		return true;
	memcpy(&id, data + 2, sizeof(id));
	linx_put_open(p);
	linx_put_name(p, "nfgen_family");
	linx_put_flags(p, &linx_set_addrfam, data[0], 1);
	linx_put_name(p, "version");
	linx_put_flags(p, &linx_set_nfnetlink_version, data[1], 1);
	put_res_id(p, m->type >> 8, id);
	linx_put_close(p);
	if (len == GENMSG_SIZE)
		return true;
	linx_put_item(p);
	if (m->type >= BATCH_BEGIN && m->type <= BATCH_END)
		linx_put_hex_at(p, addr + GENMSG_SIZE, len - GENMSG_SIZE);
	else
		linx_put_attrs(p, &linx_nla_unnamed, &nl->ctx, addr + GENMSG_SIZE, len - GENMSG_SIZE);
	return true;
}

/* ---- messages of the crypto protocol and of SELinux ----------------------------------------- */

bool linx_nl_crypto(struct linx_nl *nl, const struct linx_nlmsg *m, uint64_t addr, uint64_t len)
{
	static const struct linx_nla row = { .how = LINX_NLA_HEAD,
					     .ty = &linx_ty_crypto_user_alg,
					     .nest = &linx_nla_crypto };
	struct linx_nla_data a = { addr, (uint32_t)len, 0, &nl->ctx };

	if (m->type < CRYPTO_FIRST || m->type > CRYPTO_LAST)
		return false;
	if (!linx_put_attr_data(nl->p, &row, &a))
		linx_put_string_at(nl->p, addr, len);
	return true;
}

bool linx_nl_selinux(struct linx_nl *nl, const struct linx_nlmsg *m, uint64_t addr, uint64_t len)
{
	struct linx_nla row = { .how = LINX_NLA_STRUCT };
	struct linx_nla_data a = { addr, (uint32_t)len, 0, &nl->ctx };

	if (m->type == SETENFORCE)
		row.ty = &linx_ty_selnl_msg_setenforce;
	else if (m->type == POLICYLOAD)
		row.ty = &linx_ty_selnl_msg_policyload;
	else
		return false;
	if (!linx_put_attr_data(nl->p, &row, &a))
		linx_put_hex_at(nl->p, addr, len);
	return true;
}
