/* SPDX-License-Identifier: (GPL-2.0-only WITH Linux-syscall-note) OR LGPL-2.1-or-later */
/* A rule about receiving messages. The including file has defined AF_*, MSG_*, SOCK_STREAM and IPPROTO_SCTP. */
#ifndef LINX_SHARED_SOCK_FACTS_H
#define LINX_SHARED_SOCK_FACTS_H

/*
 * Does a receiving call with these MSG_* flags remove data from the socket and copy nothing, as with MSG_TRUNC on TCP?
 * family 0: the descriptor is no longer a socket, and the answer is true if flags contain MSG_TRUNC.
 */
static __always_inline bool linx_message_discards(__u32 flags, __u32 family, __u32 type, __u32 protocol)
{
	if (!(flags & MSG_TRUNC))
		return false;
	switch (family) {
	case 0:
	case AF_LLC: /* AF_LLC has no error queue */
		return true;
	case AF_INET:
	case AF_INET6:
		return !(flags & MSG_ERRQUEUE) && type == SOCK_STREAM && protocol != IPPROTO_SCTP;
	default:
		return !(flags & MSG_ERRQUEUE) && family == AF_SMC;
	}
}

#endif
