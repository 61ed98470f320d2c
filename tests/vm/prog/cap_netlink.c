// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Asks a netlink socket for the loopback interface. Each call that can send is used for a request, and each call that
 * can receive for an answer. One request is refused, and the same bytes are also sent to a socket of another family. On
 * i386 the calls are made through socketcall as well.
 */
#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

struct request {
	struct nlmsghdr head;
	struct ifinfomsg info;
};

static char answer[8192];
static struct iovec room = { answer, sizeof(answer) };

static int check(const char *what, long rc)
{
	if (rc > 0)
		return 0;
	printf("%s: %ld, %s\n", what, rc, strerror(errno));
	return 1;
}

static int talk(int fd)
{
	struct request req = { { sizeof(req), RTM_GETLINK, NLM_F_REQUEST, 1, 0 }, { .ifi_index = 1 } };
	struct iovec iov = { &req, sizeof(req) };
	struct mmsghdr out = { .msg_hdr = { .msg_iov = &iov, .msg_iovlen = 1 } };
	struct mmsghdr in = { .msg_hdr = { .msg_iov = &room, .msg_iovlen = 1 } };
	int bad = 0;

	bad |= check("sendto", syscall(SYS_sendto, fd, &req, sizeof(req), 0, NULL, 0));
	bad |= check("recvfrom", syscall(SYS_recvfrom, fd, answer, sizeof(answer), 0, NULL, NULL));
	bad |= check("sendmsg", syscall(SYS_sendmsg, fd, &out.msg_hdr, 0));
	bad |= check("recvmsg", syscall(SYS_recvmsg, fd, &in.msg_hdr, 0));
	bad |= check("sendmmsg", syscall(SYS_sendmmsg, fd, &out, 1, 0));
	bad |= check("recvmmsg", syscall(SYS_recvmmsg, fd, &in, 1, 0, NULL));
	/* Netlink refuses MSG_OOB, so this call fails. */
	if (syscall(SYS_sendto, fd, &req, sizeof(req), MSG_OOB, NULL, 0) != -1 || errno != EOPNOTSUPP)
		bad |= check("MSG_OOB", 0);
	return bad;
}

#ifdef __i386__
static long socketcall(int call, long a, long b, long c, long d, long e, long f)
{
	long args[6] = { a, b, c, d, e, f };

	return syscall(SYS_socketcall, call, args);
}

/* Makes the calls through socketcall: SYS_SEND 9, SYS_RECV 10, SYS_SENDMSG 16, SYS_RECVMSG 17. */
static int talk_of_old(int fd)
{
	struct request req = { { sizeof(req), RTM_GETLINK, NLM_F_REQUEST, 1, 0 }, { .ifi_index = 1 } };
	struct iovec iov = { &req, sizeof(req) };
	struct msghdr out = { .msg_iov = &iov, .msg_iovlen = 1 }, in = { .msg_iov = &room, .msg_iovlen = 1 };
	int bad = 0;

	bad |= check("socketcall send", socketcall(9, fd, (long)&req, sizeof(req), 0, 0, 0));
	bad |= check("socketcall recv", socketcall(10, fd, (long)answer, sizeof(answer), 0, 0, 0));
	bad |= check("socketcall sendmsg", socketcall(16, fd, (long)&out, 0, 0, 0, 0));
	bad |= check("socketcall recvmsg", socketcall(17, fd, (long)&in, 0, 0, 0, 0));
	return bad;
}
#else
static int talk_of_old(int fd)
{
	(void)fd;
	return 0;
}
#endif

int main(void)
{
	struct request req = { { sizeof(req), RTM_GETLINK, NLM_F_REQUEST, 1, 0 }, { .ifi_index = 1 } };
	int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE), pair[2], bad;

	if (fd < 0 || socketpair(AF_UNIX, SOCK_DGRAM, 0, pair))
		return 1;
	bad = talk(fd) | talk_of_old(fd);
	bad |= check("unix", syscall(SYS_sendto, pair[0], &req, sizeof(req), 0, NULL, 0));
	return bad;
}
