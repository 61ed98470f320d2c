// SPDX-License-Identifier: LGPL-2.1-or-later
/* linx-options: -e trace=unshare,setns,close_range,getcpu,timer_create,timer_delete */
#include "case.h"
#include <linux/close_range.h>
#include <sched.h>
#include <time.h>

int main(void)
{
	int id;

	gave(syscall(SYS_unshare, CLONE_NEWUTS | CLONE_FS), "unshare(CLONE_FS|CLONE_NEWUTS)");
	gave(syscall(SYS_setns, -1, CLONE_NEWUTS), "setns(-1, CLONE_NEWUTS)");
	gave(syscall(SYS_close_range, 50, 60, CLOSE_RANGE_CLOEXEC), "close_range(50, 60, CLOSE_RANGE_CLOEXEC)");
	gave(syscall(SYS_timer_create, CLOCK_MONOTONIC, NULL, &id), "timer_create(CLOCK_MONOTONIC, NULL, [0])");
	gave(syscall(SYS_timer_create, 77, NULL, &id), "timer_create(0x4d /* CLOCK_??? */, NULL, %p)", &id);
	gave(syscall(SYS_timer_delete, 5), "timer_delete(5)");
	return 0;
}
