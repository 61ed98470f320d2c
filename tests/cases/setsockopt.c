// SPDX-License-Identifier: LGPL-2.1-or-later
/* linx-options: -e trace=setsockopt,getsockopt */
#include "case.h"
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

/*
 * Makes calls that fail with a length: the kernel stores the length of NETLINK_LIST_MEMBERSHIPS even if it cannot store
 * the value.
 */
static void failing_with_a_length(void)
{
	int s = need(socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE)), group = RTNLGRP_LINK;
	socklen_t len = sizeof(group);
	long rc;

	need(setsockopt(s, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)));
	gave(0, "setsockopt(%d, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, [1], 4)", s);
	rc = syscall(SYS_getsockopt, s, SOL_NETLINK, NETLINK_LIST_MEMBERSHIPS, (void *)8, &len);
	if (len == sizeof(group))
		gave(rc, "getsockopt(%d, SOL_NETLINK, NETLINK_LIST_MEMBERSHIPS, 0x8, [4])", s);
	else
		gave(rc, "getsockopt(%d, SOL_NETLINK, NETLINK_LIST_MEMBERSHIPS, 0x8, [4 => %u])", s, len);
}

int main(void)
{
	int s = need(socket(AF_INET, SOCK_STREAM, 0)), v = 1;
	socklen_t len = sizeof(v);

	gave(syscall(SYS_setsockopt, s, SOL_SOCKET, SO_REUSEADDR, &v, sizeof(v)), "setsockopt(%d, SOL_SOCKET, SO_REUSEADDR, [1], 4)", s);
	gave(syscall(SYS_getsockopt, s, SOL_SOCKET, SO_REUSEADDR, &v, &len), "getsockopt(%d, SOL_SOCKET, SO_REUSEADDR, [1], [4])", s);
	gave(syscall(SYS_setsockopt, s, IPPROTO_TCP, TCP_NODELAY, &v, sizeof(v)), "setsockopt(%d, SOL_TCP, TCP_NODELAY, [1], 4)", s);
	v = 64;
	gave(syscall(SYS_setsockopt, s, IPPROTO_IP, IP_TTL, &v, sizeof(v)), "setsockopt(%d, SOL_IP, IP_TTL, [64], 4)", s);
	gave(syscall(SYS_setsockopt, s, SOL_SOCKET, SO_KEEPALIVE, NULL, 0), "setsockopt(%d, SOL_SOCKET, SO_KEEPALIVE, NULL, 0)", s);
	gave(syscall(SYS_setsockopt, -1, SOL_SOCKET, SO_RCVBUF, &v, sizeof(v)), "setsockopt(-1, SOL_SOCKET, SO_RCVBUF, [64], 4)");
	v = (int)0xc3500400u;
	gave(syscall(SYS_setsockopt, s, SOL_IP, 51, &v, sizeof(v)),
	     "setsockopt(%d, SOL_IP, IP_LOCAL_PORT_RANGE, [0xc3500400 /* 1024..50000 */], 4)", s);
	gave(syscall(SYS_setsockopt, s, SOL_IP, 51, &v, 3), "setsockopt(%d, SOL_IP, IP_LOCAL_PORT_RANGE, \"\\x00\\x04\\x50\", 3)", s);
	v = 2;
	gave(syscall(SYS_setsockopt, s, 271, 127, &v, sizeof(v)),
	     "setsockopt(%d, SOL_TIPC, TIPC_IMPORTANCE, [TIPC_HIGH_IMPORTANCE], 4)", s);
	gave(syscall(SYS_getsockopt, s, SOL_SOCKET, SO_TYPE, &v, &len), "getsockopt(%d, SOL_SOCKET, SO_TYPE, [1], [4])", s);
	failing_with_a_length();
	return 0;
}
