// SPDX-License-Identifier: LGPL-2.1-or-later
/* linx-options: -e trace=/^mq_ */
#include "case.h"
#include <mqueue.h>
#include <signal.h>

int main(void)
{
	struct mq_attr attr = { .mq_maxmsg = 3, .mq_msgsize = 16 }, old;
	struct sigevent ev = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1 };
	char text[16];
	unsigned int prio;
	int q = need(syscall(SYS_mq_open, "linx", O_CREAT | O_RDWR | O_NONBLOCK, 0600, &attr));

	gave(q, "mq_open(\"linx\", O_RDWR|O_CREAT|O_NONBLOCK, 0600, {mq_flags=0, mq_maxmsg=3, mq_msgsize=16, mq_curmsgs=0})");
	gave(syscall(SYS_mq_open, "nope", O_RDONLY), "mq_open(\"nope\", O_RDONLY)");
	gave(syscall(SYS_mq_timedsend, q, "hello", 5, 7, NULL), "mq_timedsend(%d, \"hello\", 5, 7, NULL)", q);
	gave(syscall(SYS_mq_getsetattr, q, &(struct mq_attr){ .mq_flags = 0 }, &old),
	     "mq_getsetattr(%d, {mq_flags=0, mq_maxmsg=0, mq_msgsize=0, mq_curmsgs=0}, {mq_flags=O_NONBLOCK, mq_maxmsg=3, mq_msgsize=16, mq_curmsgs=1})", q);
	gave(syscall(SYS_mq_timedreceive, q, text, 16, &prio, &(struct timespec){ 1, 0 }), "mq_timedreceive(%d, \"hello\", 16, [7], {tv_sec=1, tv_nsec=0})", q);
	gave(syscall(SYS_mq_timedreceive, q, text, 16, NULL, &(struct timespec){ 1, 0 }), "mq_timedreceive(%d, %p, 16, NULL, {tv_sec=1, tv_nsec=0})", q, text);
	gave(syscall(SYS_mq_notify, q, &ev), "mq_notify(%d, {sigev_signo=SIGUSR1, sigev_notify=SIGEV_SIGNAL})", q);
	gave(syscall(SYS_mq_notify, q, NULL), "mq_notify(%d, NULL)", q);
	gave(syscall(SYS_mq_unlink, "linx"), "mq_unlink(\"linx\")");
	return 0;
}
