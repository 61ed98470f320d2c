// SPDX-License-Identifier: LGPL-2.1-or-later
/* Writes messages of rtnetlink and sock_diag, which begin with an address family. */
#include "base/array_size.h"
#include "table/flagsets.h"
#include "decoders/net/netlink.h"

#define RTM_GETNEIGH 30
#define RTM_NEWCACHEREPORT 96
#define FAMILY_IPMR 128
#define FAMILY_IP6MR 129
#define TCPDIAG_GETSOCK 18
#define DCCPDIAG_GETSOCK 19

/* ---- parts that rtnetlink and sock_diag share ------------------------------------------- */

/*
 * Writes the structure at the beginning of a message. Returns false if it is not complete: then it is not known
 * where the attributes begin.
 */
static bool put_struct(struct linx_nl *nl, const struct linx_ty *ty, uint64_t addr, uint64_t len)
{
	struct linx_put *p = nl->p;
	size_t size = linx_type_size(ty, p->abi);
	const uint8_t *data = len >= size ? linx_put_mem(p, addr, size) : NULL;
	struct linx_obj o = { .ty = ty, .data = data, .size = size, .addr = addr };

	linx_put_open(p);
	if (data) {
		linx_put_members(p, &o);
	} else {
		o.data = &nl->ctx.family;
		o.size = 1;
		linx_put_member(p, &o, ty->members[0].name);
		if (len < size) {
			linx_put_more(p);
		} else {
			linx_put_nameless(p, "data");
			linx_put_addr(p, addr + 1);
		}
	}
	linx_put_close(p);
	return data;
}

static void put_attrs_behind(struct linx_nl *nl, const struct linx_nla_table *t, size_t head,
			     uint64_t addr, uint64_t len)
{
	uint64_t skip = (head + 3) & ~3ull;

	if (len <= skip)
		return;
	linx_put_item(nl->p);
	linx_put_attrs(nl->p, t, &nl->ctx, addr + skip, len - skip);
}

void linx_nl_put_message(struct linx_nl *nl, const struct linx_ty *ty,
			 const struct linx_nla_table *t, uint64_t addr, uint64_t len)
{
	if (put_struct(nl, ty, addr, len) && t)
		put_attrs_behind(nl, t, linx_type_size(ty, nl->p->abi), addr, len);
}

void linx_nl_put_family(struct linx_nl *nl, uint64_t addr, uint64_t len)
{
	struct linx_put *p = nl->p;

	linx_put_open(p);
	linx_put_name(p, "family");
	linx_put_flags(p, &linx_set_addrfam, nl->ctx.family, 1);
	if (len > 1) {
		linx_put_name(p, "data");
		linx_put_hex_at(p, addr + 1, len - 1);
	}
	linx_put_close(p);
}

/* Reads the address family of a message. Returns false if it was not captured; then the address was written. */
static bool read_family(struct linx_nl *nl, uint64_t addr)
{
	const uint8_t *data = linx_put_mem(nl->p, addr, 1);

	if (data)
		nl->ctx.family = *data;
	else
		linx_put_addr(nl->p, addr);
	return data;
}

/* ---- rtnetlink ------------------------------------------------------------------------------ */

static const struct {
	uint16_t first, last;
	const struct linx_ty *ty;
	const struct linx_nla_table *attrs;
} messages[] = {
#define MSG(first, last, type, table) { first, last, &linx_ty_##type, &linx_nla_##table },
#include "decoders/net/messages.def"
#undef MSG
};

/* Writes a packet that a multicast router could not forward. */
static void put_report(struct linx_nl *nl, uint64_t addr, uint64_t len)
{
	struct linx_put *p = nl->p;
	const struct linx_nla_table *t = nl->ctx.family == FAMILY_IPMR  ? &linx_nla_ipmr_report :
					 nl->ctx.family == FAMILY_IP6MR ? &linx_nla_ip6mr_report :
									  NULL;

	linx_put_open(p);
	linx_put_name(p, "rtgen_family");
	linx_put_flags(p, &linx_set_rtnl_family, nl->ctx.family, 1);
	linx_put_close(p);
	if (t) {
		put_attrs_behind(nl, t, 1, addr, len);
	} else if (len > 4) {
		linx_put_item(p);
		linx_put_hex_at(p, addr + 4, len - 4);
	}
}

bool linx_nl_route(struct linx_nl *nl, const struct linx_nlmsg *m, uint64_t addr, uint64_t len)
{
	if (m->type == LINX_NLMSG_DONE)
		return false;
	if (!read_family(nl, addr))
		return true;
	if (m->type == RTM_NEWCACHEREPORT) {
		put_report(nl, addr, len);
		return true;
	}
	if (m->type == RTM_GETNEIGH && nl->ctx.family == LINX_AF_BRIDGE) {
		linx_nl_put_message(nl, &linx_ty_ifinfomsg, &linx_nla_ifinfomsg, addr, len);
		return true;
	}
	for (size_t i = 0; i < ARRAY_SIZE(messages); i++) {
		if (m->type < messages[i].first || m->type > messages[i].last)
			continue;
		linx_nl_put_message(nl, messages[i].ty, messages[i].attrs, addr, len);
		return true;
	}
	linx_nl_put_family(nl, addr, len);
	return true;
}

/* ---- sock_diag -------------------------------------------------------------------------------- */

static const struct {
	uint8_t family;
	const struct linx_ty *request, *answer;
	const struct linx_nla_table *request_attrs, *answer_attrs;
} diags[] = {
	{ LINX_AF_UNIX, &linx_ty_unix_diag_req, &linx_ty_unix_diag_msg, NULL, &linx_nla_unix_diag_msg },
	{ LINX_AF_INET, &linx_ty_inet_diag_req_v2, &linx_ty_inet_diag_msg, &linx_nla_inet_diag_req,
	  &linx_nla_inet_diag_msg },
	{ LINX_AF_INET6, &linx_ty_inet_diag_req_v2, &linx_ty_inet_diag_msg, &linx_nla_inet_diag_req,
	  &linx_nla_inet_diag_msg },
	{ LINX_AF_NETLINK, &linx_ty_netlink_diag_req, &linx_ty_netlink_diag_msg, NULL,
	  &linx_nla_netlink_diag_msg },
	{ LINX_AF_PACKET, &linx_ty_packet_diag_req, &linx_ty_packet_diag_msg, NULL,
	  &linx_nla_packet_diag_msg },
	{ LINX_AF_SMC, &linx_ty_smc_diag_req, &linx_ty_smc_diag_msg, NULL, &linx_nla_smc_diag_msg },
};

static void put_diag(struct linx_nl *nl, size_t i, const struct linx_nlmsg *m, uint64_t addr,
		     uint64_t len)
{
	const struct linx_ty *ty = diags[i].request;

	if (!(m->flags & LINX_NL_REQUEST)) {
		linx_nl_put_message(nl, diags[i].answer, diags[i].answer_attrs, addr, len);
		return;
	}
	/* requests of the types TCPDIAG_GETSOCK and DCCPDIAG_GETSOCK have the first version of the structure */
	if (ty == &linx_ty_inet_diag_req_v2 &&
	    (m->type == TCPDIAG_GETSOCK || m->type == DCCPDIAG_GETSOCK))
		ty = &linx_ty_inet_diag_req;
	linx_nl_put_message(nl, ty, diags[i].request_attrs, addr, len);
}

bool linx_nl_sock_diag(struct linx_nl *nl, const struct linx_nlmsg *m, uint64_t addr, uint64_t len)
{
	if (m->type == LINX_NLMSG_DONE)
		return false;
	if (!read_family(nl, addr))
		return true;
	for (size_t i = 0; len > 1 && i < ARRAY_SIZE(diags); i++) {
		if (diags[i].family != nl->ctx.family)
			continue;
		put_diag(nl, i, m, addr, len);
		return true;
	}
	linx_nl_put_family(nl, addr, len);
	return true;
}
