// SPDX-License-Identifier: LGPL-2.1-or-later
// not arm64: arm64 lacks some of the calls of this case
/* linx-options: -e trace=eventfd,eventfd2,timerfd_create,epoll_create,epoll_create1,pidfd_open */
#include "case.h"
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <time.h>

int main(void)
{
	gave(syscall(SYS_eventfd, 5), "eventfd(5)");
	gave(syscall(SYS_eventfd2, 0, EFD_CLOEXEC | EFD_NONBLOCK | EFD_SEMAPHORE),
	     "eventfd2(0, EFD_SEMAPHORE|EFD_CLOEXEC|EFD_NONBLOCK)");
	gave(syscall(SYS_eventfd2, 0, 64), "eventfd2(0, 0x40 /* EFD_??? */)");
	gave(syscall(SYS_timerfd_create, CLOCK_MONOTONIC, TFD_CLOEXEC), "timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC)");
	gave(syscall(SYS_epoll_create, 10), "epoll_create(10)");
	gave(syscall(SYS_epoll_create1, EPOLL_CLOEXEC), "epoll_create1(EPOLL_CLOEXEC)");
	gave(syscall(SYS_epoll_create1, 1), "epoll_create1(0x1 /* EPOLL_??? */)");
	gave(syscall(SYS_pidfd_open, -1, 0), "pidfd_open(-1, 0)");
	return 0;
}
