// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * i386 only: connects a UDP socket to itself through socketcall, and listens
 * through it on another, which connects to nobody.
 */
#include <arpa/inet.h>
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
	int fd = socketcall(SYS_SOCKET, AF_INET, SOCK_DGRAM, 0);
	int tcp = socketcall(SYS_SOCKET, AF_INET, SOCK_STREAM, 0);

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return socketcall(SYS_CONNECT, fd, (unsigned long)&to, sizeof(to)) || socketcall(SYS_LISTEN, tcp, 1, 0);
}
