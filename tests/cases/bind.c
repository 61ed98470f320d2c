// SPDX-License-Identifier: LGPL-2.1-or-later
/* linx-options: -e trace=bind,connect */
#include "case.h"
#include <arpa/inet.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>

int main(void)
{
	struct sockaddr_un u = { .sun_family = AF_UNIX, .sun_path = "sock" };
	struct sockaddr_un x = { .sun_family = AF_UNIX, .sun_path = "\0abstract" };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6, .sin6_port = htons(4713) };
	struct sockaddr_nl nl = { .nl_family = AF_NETLINK, .nl_groups = 1 };
	struct sockaddr_tipc {
		uint16_t family;
		uint8_t kind;
		int8_t scope;
		uint32_t words[3];
	} tipc[] = { { 30, 1, 2, { 42, 2, 20 } }, { 30, 2, -3, { 42, 2, 0 } }, { 30, 3, 3, { 10, 0xfeedbabe, 0 } }, { 30, 0, 0, { 0 } } };
	int s = need(socket(AF_UNIX, SOCK_STREAM, 0)), t = need(socket(AF_UNIX, SOCK_STREAM, 0));
	int n = need(socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE));

	gave(syscall(SYS_connect, s, &u, sizeof(u)), "connect(%d, {sa_family=AF_UNIX, sun_path=\"sock\"}, 110)", s);
	gave(syscall(SYS_bind, s, &u, sizeof(u)), "bind(%d, {sa_family=AF_UNIX, sun_path=\"sock\"}, 110)", s);
	gave(syscall(SYS_bind, t, &x, offsetof(struct sockaddr_un, sun_path) + 9),
	     "bind(%d, {sa_family=AF_UNIX, sun_path=@\"abstract\"}, 11)", t);
	v6.sin6_addr = in6addr_loopback;
	gave(syscall(SYS_connect, t, &v6, sizeof(v6)),
	     "connect(%d, {sa_family=AF_INET6, sin6_port=htons(4713), sin6_flowinfo=htonl(0), "
	     "inet_pton(AF_INET6, \"::1\", &sin6_addr), sin6_scope_id=0}, 28)", t);
	gave(syscall(SYS_bind, n, &nl, sizeof(nl)),
	     "bind(%d, {sa_family=AF_NETLINK, nl_pid=0, nl_groups=0x000001}, 12)", n);
	gave(syscall(SYS_bind, -1, &tipc[0], 16),
	     "bind(-1, {sa_family=AF_TIPC, addrtype=TIPC_SERVICE_RANGE, scope=TIPC_CLUSTER_SCOPE, "
	     "addr={nameseq={type=42, lower=2, upper=20}}}, 16)");
	gave(syscall(SYS_bind, -1, &tipc[1], 16),
	     "bind(-1, {sa_family=AF_TIPC, addrtype=TIPC_SERVICE_ADDR, scope=-TIPC_NODE_SCOPE, "
	     "addr={name={name={type=42, instance=2}, domain=0}}}, 16)");
	gave(syscall(SYS_bind, -1, &tipc[2], 16),
	     "bind(-1, {sa_family=AF_TIPC, addrtype=TIPC_SOCKET_ADDR, scope=TIPC_NODE_SCOPE, addr={id={ref=10, node=0xfeedbabe}}}, 16)");
	gave(syscall(SYS_bind, -1, &tipc[3], 16),
	     "bind(-1, {sa_family=AF_TIPC, addrtype=0 /* TIPC_??? */, scope=0 /* TIPC_???_SCOPE */, "
	     "addr=\"\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\"}, 16)");
	gave(syscall(SYS_bind, s, &u, 1), "bind(%d, %p, 1)", s, &u);
	gave(syscall(SYS_bind, s, NULL, 16), "bind(%d, NULL, 16)", s);
	return 0;
}
