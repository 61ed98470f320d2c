/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Declarations that the decoders of netlink messages share. */
#ifndef LINX_DECODERS_NETLINK_H
#define LINX_DECODERS_NETLINK_H

#include "decoders/net/nlattr.h"

/* clang-format off */
/* The netlink protocols that are decoded, from linux/netlink.h. */
enum {
	LINX_NETLINK_ROUTE = 0, LINX_NETLINK_SOCK_DIAG = 4, LINX_NETLINK_XFRM = 6,
	LINX_NETLINK_SELINUX = 7, LINX_NETLINK_AUDIT = 9, LINX_NETLINK_NETFILTER = 12,
	LINX_NETLINK_GENERIC = 16, LINX_NETLINK_CRYPTO = 21,
};
/* clang-format on */

#define LINX_NLMSG_ERROR 2
#define LINX_NLMSG_DONE 3
#define LINX_NLMSG_FIRST 0x10 /* types below this one belong to all protocols */
#define LINX_NL_REQUEST 0x1

/* The header of a netlink message, as numbers. */
struct linx_nlmsg {
	uint32_t len;
	uint16_t type, flags;
	uint32_t seq, pid;
};

/* The message that is being decoded: its protocol, and the facts on which the attributes inside it depend. */
struct linx_nl {
	struct linx_put *p;
	int protocol; /* NETLINK_*; -1: not known */
	struct linx_nl_ctx ctx;
};

/* Writes a message behind its header, len bytes, for one protocol. False: the protocol has no such message. */
bool linx_nl_route(struct linx_nl *nl, const struct linx_nlmsg *m, uint64_t addr, uint64_t len);
bool linx_nl_sock_diag(struct linx_nl *nl, const struct linx_nlmsg *m, uint64_t addr, uint64_t len);
bool linx_nl_netfilter(struct linx_nl *nl, const struct linx_nlmsg *m, uint64_t addr, uint64_t len);
bool linx_nl_crypto(struct linx_nl *nl, const struct linx_nlmsg *m, uint64_t addr, uint64_t len);
bool linx_nl_generic(struct linx_nl *nl, const struct linx_nlmsg *m, uint64_t addr, uint64_t len);
bool linx_nl_selinux(struct linx_nl *nl, const struct linx_nlmsg *m, uint64_t addr, uint64_t len);

/*
 * Writes a structure that begins with an address family, and the attributes behind it by table t (NULL: none
 * follow). A structure that is cut is shown as "{family, ...}".
 */
void linx_nl_put_message(struct linx_nl *nl, const struct linx_ty *ty,
			 const struct linx_nla_table *t, uint64_t addr, uint64_t len);
/* Writes the address family by its name, and the other bytes as bytes. */
void linx_nl_put_family(struct linx_nl *nl, uint64_t addr, uint64_t len);

/* Writes the type and the flags of a message by their names; in netlink_names.c. */
void linx_nl_put_type(struct linx_put *p, int protocol, uint16_t type);
void linx_nl_put_flags(struct linx_put *p, int protocol, uint16_t type, uint16_t flags);

#endif
