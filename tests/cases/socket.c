// SPDX-License-Identifier: LGPL-2.1-or-later
/* linx-options: -e trace=socket,bind,listen,connect,getsockname,getpeername,accept4,shutdown */
#include "case.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#define HERE "{sa_family=AF_INET, sin_port=htons(%d), sin_addr=inet_addr(\"127.0.0.1\")}"

int main(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(4711) }, b;
	socklen_t len = sizeof(b);
	int s, c, n;

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	s = syscall(SYS_socket, AF_INET, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP);
	gave(s, "socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, IPPROTO_TCP)");
	gave(syscall(SYS_socket, AF_INET, SOCK_DGRAM, 0), "socket(AF_INET, SOCK_DGRAM, IPPROTO_IP)");
	gave(syscall(SYS_socket, AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 77), "socket(AF_UNIX, SOCK_STREAM|SOCK_NONBLOCK, 77)");
	gave(syscall(SYS_bind, s, &a, sizeof(a)), "bind(%d, " HERE ", 16)", s, 4711);
	gave(syscall(SYS_listen, s, 5), "listen(%d, 5)", s);
	c = syscall(SYS_socket, AF_INET, SOCK_STREAM, 0);
	gave(c, "socket(AF_INET, SOCK_STREAM, IPPROTO_IP)");
	gave(syscall(SYS_connect, c, &a, sizeof(a)), "connect(%d, " HERE ", 16)", c, 4711);
	n = syscall(SYS_getsockname, c, &b, &len);
	gave(n, "getsockname(%d, " HERE ", [16])", c, ntohs(b.sin_port));
	n = syscall(SYS_accept4, s, &a, &len, SOCK_NONBLOCK);
	gave(n, "accept4(%d, " HERE ", [16], SOCK_NONBLOCK)", s, ntohs(b.sin_port));
	len = 4;
	gave(syscall(SYS_getpeername, c, &a, &len), "getpeername(%d, {sa_family=AF_INET, sa_data=\"\\22g\"}, [4 => 16])", c);
	gave(syscall(SYS_getpeername, s, &a, &len), "getpeername(%d, %p, [16])", s, &a);
	gave(syscall(SYS_shutdown, c, SHUT_WR), "shutdown(%d, SHUT_WR)", c);
	gave(syscall(SYS_shutdown, c, SHUT_RDWR), "shutdown(%d, SHUT_RDWR)", c);
	gave(syscall(SYS_accept4, -1, NULL, NULL, SOCK_CLOEXEC), "accept4(-1, NULL, NULL, SOCK_CLOEXEC)");
	gave(syscall(SYS_bind, s, (void *)1, 16), "bind(%d, 0x1, 16)", s);
	return 0;
}
