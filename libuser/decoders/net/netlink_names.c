// SPDX-License-Identifier: LGPL-2.1-or-later
/* Writes the types and flags of netlink messages by their names, which depend on the protocol. */
#include "base/array_size.h"
#include "table/flagsets.h"
#include "decoders/net/netlink.h"

/* ---- types of netlink messages ---------------------------------------------------------- */

static const struct {
	int protocol;
	const struct linx_flagset *set;
} types[] = {
	{ LINX_NETLINK_ROUTE, &linx_set_rtm_type },
	{ LINX_NETLINK_SOCK_DIAG, &linx_set_sock_diag_msg_type },
	{ LINX_NETLINK_XFRM, &linx_set_xfrm_msg_type },
	{ LINX_NETLINK_SELINUX, &linx_set_selinux_msg_type },
	{ LINX_NETLINK_AUDIT, &linx_set_audit_msg_type },
	{ LINX_NETLINK_GENERIC, &linx_set_genl_family },
	{ LINX_NETLINK_CRYPTO, &linx_set_crypto_msg_type },
};

/* Types of messages by subsystem of nfnetlink. */
static const struct linx_flagset *const netfilter_types[] = {
	NULL,
	&linx_set_nf_ct_msg_type,
	&linx_set_nf_ct_exp_msg_type,
	&linx_set_nf_queue_msg_type,
	&linx_set_nf_ulog_msg_type,
	&linx_set_nf_osf_msg_type,
	&linx_set_nf_ipset_msg_type,
	&linx_set_nf_acct_msg_type,
	&linx_set_nf_cttimeout_msg_type,
	&linx_set_nf_cthelper_msg_type,
	&linx_set_nf_tables_msg_type,
	&linx_set_nf_compat_msg_type,
	&linx_set_nf_hook_msg_type,
};

/* Writes a type of nfnetlink: "NFNL_SUBSYS_NFTABLES<<8|NFT_MSG_NEWTABLE" */
static void put_netfilter(struct linx_put *p, uint16_t type)
{
	unsigned int subsys = type >> 8;
	const struct linx_flagset *set =
		subsys < ARRAY_SIZE(netfilter_types) ? netfilter_types[subsys] : NULL;

	if (linx_const_find(&linx_set_nfnl_batch_type, type, UINT16_MAX)) {
		linx_put_flags(p, &linx_set_nfnl_batch_type, type, 2);
		return;
	}
	linx_put_packed(p, type);
	linx_put_flags(p, &linx_set_nfnl_subsys, subsys, 1);
	linx_put_text(p, "<<8|");
	if (set)
		linx_put_flags(p, set, type & 0xff, 1);
	else
		linx_put_hex(p, type & 0xff);
	linx_put_packed_end(p);
}

void linx_nl_put_type(struct linx_put *p, int protocol, uint16_t type)
{
	const struct linx_flagset *set = &linx_set_netlink_type;

	if (type >= LINX_NLMSG_FIRST && protocol == LINX_NETLINK_NETFILTER) {
		put_netfilter(p, type);
		return;
	}
	for (size_t i = 0; type >= LINX_NLMSG_FIRST && i < ARRAY_SIZE(types); i++)
		if (types[i].protocol == protocol)
			set = types[i].set;
	linx_put_flags(p, set, type, 2);
}

/* ---- flags of netlink messages ---------------------------------------------------------- */

static const struct {
	int protocol;
	uint16_t type, mask;
	const struct linx_flagset *set;
} kinds[] = {
#define KIND(protocol, type, mask, set) { LINX_NETLINK_##protocol, type, mask, &linx_set_##set },
#include "decoders/net/msg_flags.def"
#undef KIND
};

static const struct linx_flagset *flags_of(int protocol, uint16_t type)
{
	if (type == LINX_NLMSG_ERROR)
		return &linx_set_nlmsg_ack_flags;
	for (size_t i = 0; type >= LINX_NLMSG_FIRST && i < ARRAY_SIZE(kinds); i++)
		if (kinds[i].protocol == protocol && (type & kinds[i].mask) == kinds[i].type)
			return kinds[i].set;
	return &linx_set_nlmsg_flags;
}

void linx_nl_put_flags(struct linx_put *p, int protocol, uint16_t type, uint16_t flags)
{
	linx_put_flags(p, flags_of(protocol, type), flags, 2);
}
