// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * i386 only: socketcall connects a UDP socket to itself. It also tries to bind a TCP socket to an AF_XDP address, which
 * fails, and listens on that socket.
 */
#include <arpa/inet.h>
#include <linux/if_xdp.h>
#include <linux/net.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static long socketcall(int call, unsigned long a, unsigned long b, unsigned long c)
{
	unsigned long args[3] = { a, b, c };

	return syscall(SYS_socketcall, call, args);
}

int main(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(4242) };
	struct sockaddr_xdp xdp = { .sxdp_family = AF_XDP, .sxdp_flags = XDP_SHARED_UMEM };
	int fd = socketcall(SYS_SOCKET, AF_INET, SOCK_DGRAM, 0);
	int tcp = socketcall(SYS_SOCKET, AF_INET, SOCK_STREAM, 0);

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	socketcall(SYS_BIND, tcp, (unsigned long)&xdp, sizeof(xdp));
	return socketcall(SYS_CONNECT, fd, (unsigned long)&to, sizeof(to)) || socketcall(SYS_LISTEN, tcp, 1, 0);
}
