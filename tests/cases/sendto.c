// SPDX-License-Identifier: LGPL-2.1-or-later
/* linx-options: -e trace=sendto,recvfrom,socketpair */
#include "case.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#define HERE "{sa_family=AF_INET, sin_port=htons(4712), sin_addr=inet_addr(\"127.0.0.1\")}"

int main(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(4712) };
	socklen_t len = sizeof(a);
	int p[2], q[2], s;
	char buf[100];

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	s = syscall(SYS_socketpair, AF_UNIX, SOCK_DGRAM, 0, p);
	gave(s, "socketpair(AF_UNIX, SOCK_DGRAM, 0, [%d, %d])", p[0], p[1]);
	gave(syscall(SYS_socketpair, AF_INET, SOCK_DGRAM, 0, q), "socketpair(AF_INET, SOCK_DGRAM, 0, %p)", q);
	gave(syscall(SYS_sendto, p[0], "hello", 5, MSG_DONTWAIT | MSG_NOSIGNAL, NULL, 0),
	     "sendto(%d, \"hello\", 5, MSG_DONTWAIT|MSG_NOSIGNAL, NULL, 0)", p[0]);
	gave(syscall(SYS_recvfrom, p[1], buf, 100, 0, NULL, NULL), "recvfrom(%d, \"hello\", 100, 0, NULL, NULL)", p[1]);
	gave(syscall(SYS_recvfrom, p[1], buf, 100, MSG_DONTWAIT, NULL, NULL),
	     "recvfrom(%d, %p, 100, MSG_DONTWAIT, NULL, NULL)", p[1], buf);
	s = need(socket(AF_INET, SOCK_DGRAM, 0));
	need(bind(s, (void *)&a, sizeof(a)));
	gave(syscall(SYS_sendto, s, "to myself", 9, 0, &a, sizeof(a)), "sendto(%d, \"to myself\", 9, 0, " HERE ", 16)", s);
	gave(syscall(SYS_recvfrom, s, buf, 100, 0, &a, &len), "recvfrom(%d, \"to myself\", 100, 0, " HERE ", [16])", s);
	gave(syscall(SYS_sendto, -1, "x", 1, 0, NULL, 0), "sendto(-1, \"x\", 1, 0, NULL, 0)");
	return 0;
}
