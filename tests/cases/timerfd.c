// SPDX-License-Identifier: LGPL-2.1-or-later
/* linx-options: -e trace=timerfd_create,timerfd_settime,timerfd_gettime */
#include "case.h"
#include <sys/timerfd.h>

int main(void)
{
	int fd = need(syscall(SYS_timerfd_create, CLOCK_MONOTONIC, TFD_NONBLOCK));
	struct itimerspec t = { { 1, 2 }, { 100, 5 } }, old;

	gave(fd, "timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK)");
	gave(syscall(SYS_timerfd_settime, fd, 0, &t, &old),
	     "timerfd_settime(%d, 0, {it_interval={tv_sec=1, tv_nsec=2}, it_value={tv_sec=100, tv_nsec=5}}, "
	     "{it_interval={tv_sec=0, tv_nsec=0}, it_value={tv_sec=0, tv_nsec=0}})", fd);
	run(syscall(SYS_timerfd_gettime, fd, &old));
	shows("timerfd_gettime(%d, {it_interval={tv_sec=1, tv_nsec=2}, it_value={tv_sec=%ld, tv_nsec=%ld}})", fd,
	      (long)old.it_value.tv_sec, old.it_value.tv_nsec);
	gave(syscall(SYS_timerfd_settime, -1, TFD_TIMER_ABSTIME, NULL, NULL), "timerfd_settime(-1, TFD_TIMER_ABSTIME, NULL, NULL)");
	return 0;
}
