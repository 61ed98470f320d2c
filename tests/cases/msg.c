// SPDX-License-Identifier: LGPL-2.1-or-later
/* linx-options: -e trace=accept,sendmsg,recvmsg,sendmmsg,recvmmsg */
#include "case.h"
#include <sys/socket.h>
#include <sys/un.h>

#define HEAD "{msg_name=NULL, msg_namelen=0, msg_iov=[{iov_base="

/* Calls accept, which i386 has only as a part of socketcall. */
static void accepts(int l)
{
#ifdef SYS_accept
	struct sockaddr_un from;
	int fd = need(syscall(SYS_accept, l, &from, &(socklen_t){ sizeof(from) }));
	gave(fd, "accept(%d, {sa_family=AF_UNIX}, [%zu => 2])", l, sizeof(from));
	gave(syscall(SYS_accept, -1, NULL, NULL), "accept(-1, NULL, NULL)");
#endif
	(void)l;
}

int main(void)
{
	struct sockaddr_un un = { AF_UNIX, "sock" };
	char text[8], control[CMSG_SPACE(sizeof(int))];
	struct iovec iov = { "hello", 5 }, room = { text, 8 };
	struct msghdr h = { .msg_iov = &iov, .msg_iovlen = 1 }, r = { .msg_iov = &room, .msg_iovlen = 1 };
	struct mmsghdr mm = { .msg_hdr = h };
	struct cmsghdr *c = (struct cmsghdr *)control;
	int s[2], l = need(socket(AF_UNIX, SOCK_STREAM, 0)), fd;

	need(bind(l, (struct sockaddr *)&un, sizeof(un)));
	need(listen(l, 1));
	fd = need(socket(AF_UNIX, SOCK_STREAM, 0));
	need(connect(fd, (struct sockaddr *)&un, sizeof(un)));
	accepts(l);
	need(socketpair(AF_UNIX, SOCK_DGRAM, 0, s));
	gave(syscall(SYS_sendmsg, s[0], &h, MSG_DONTWAIT), "sendmsg(%d, " HEAD "\"hello\", iov_len=5}], msg_iovlen=1, msg_controllen=0, msg_flags=0}, MSG_DONTWAIT)", s[0]);
	gave(syscall(SYS_recvmsg, s[1], &r, 0), "recvmsg(%d, " HEAD "\"hello\", iov_len=8}], msg_iovlen=1, msg_controllen=0, msg_flags=0}, 0)", s[1]);
	memset(control, 0, sizeof(control));
	*c = (struct cmsghdr){ .cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS };
	memcpy(CMSG_DATA(c), &l, sizeof(int));
	h.msg_control = control;
	h.msg_controllen = sizeof(control);
	gave(syscall(SYS_sendmsg, s[0], &h, 0),
	     "sendmsg(%d, " HEAD "\"hello\", iov_len=5}], msg_iovlen=1, msg_control=[{cmsg_len=%zu, cmsg_level=SOL_SOCKET, cmsg_type=SCM_RIGHTS, cmsg_data=[%d]}], "
	     "msg_controllen=%zu, msg_flags=0}, 0)", s[0], CMSG_LEN(sizeof(int)), l, sizeof(control));
	gave(syscall(SYS_recvmsg, -1, NULL, MSG_PEEK), "recvmsg(-1, NULL, MSG_PEEK)");
	gave(syscall(SYS_sendmmsg, s[0], &mm, 1, 0),
	     "sendmmsg(%d, [{msg_hdr=" HEAD "\"hello\", iov_len=5}], msg_iovlen=1, msg_controllen=0, msg_flags=0}, msg_len=5}], 1, 0)", s[0]);
	mm.msg_hdr = r;
	need(recv(s[1], text, 8, 0));
	gave(1, "recvmmsg(%d, [{msg_hdr=" HEAD "\"hello\", iov_len=8}], msg_iovlen=1, msg_controllen=0, msg_flags=0}, msg_len=5}], 1, MSG_DONTWAIT, NULL)", s[1]);
	need(syscall(SYS_recvmmsg, s[1], &mm, 1, MSG_DONTWAIT, NULL));
	gave(syscall(SYS_recvmmsg, s[1], &mm, 1, MSG_DONTWAIT, &(struct timespec){ 1, 0 }), "recvmmsg(%d, %p, 1, MSG_DONTWAIT, {tv_sec=1, tv_nsec=0})", s[1], &mm);
	return 0;
}
