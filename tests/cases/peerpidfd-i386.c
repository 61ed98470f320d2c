// SPDX-License-Identifier: LGPL-2.1-or-later
/* linx-options: -y -e trace=socketcall,getsockopt */
/* i386 only: the socket option SO_PEERPIDFD stores a descriptor where a pointer in socketcall's arguments points to */
#include "case.h"
#include <string.h>
#include <sys/socket.h>
#include <sys/utsname.h>

#ifndef SO_PEERPIDFD
#define SO_PEERPIDFD 77
#endif

/* Returns the link in /proc/self/fd of a descriptor, which a line of the trace shows after the descriptor's number. */
static const char *described(int fd, char *text)
{
	char link[32];
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = need(readlink(link, text, 100));
	text[n] = '\0';
	return text;
}

int main(void)
{
	char socket[101], process[101];
	struct utsname kernel;
	socklen_t n = sizeof(int);
	int pair[2], fd = -1;
	long rc;

	need(uname(&kernel));
	if (strstr(kernel.version, "PREEMPT_RT"))
		case_skip("PREEMPT_RT: the path of a pidfd is not recorded");
	need(syscall(SYS_socketpair, AF_UNIX, SOCK_STREAM, 0, pair));
	rc = syscall(SYS_socketcall, 15, (long[]){ pair[0], SOL_SOCKET, SO_PEERPIDFD, (long)&fd, (long)&n });
	if (rc < 0)
		case_skip("this kernel has no SO_PEERPIDFD");
	gave(rc, "getsockopt(%d<%s>, SOL_SOCKET, SO_PEERPIDFD, [%d<%s>], [4])", pair[0], described(pair[0], socket), fd,
	     described(fd, process));
	return 0;
}
