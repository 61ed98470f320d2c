// SPDX-License-Identifier: LGPL-2.1-or-later
// not arm64: arm64 lacks some of the calls of this case
/* linx-options: -e trace=/^sched_,getpriority,setpriority,?alarm,personality */
#include "case.h"
#include <sched.h>
#include <sys/resource.h>

int main(void)
{
	gave(syscall(SYS_sched_yield), "sched_yield()");
	gave(syscall(SYS_sched_get_priority_max, SCHED_FIFO), "sched_get_priority_max(SCHED_FIFO)");
	gave(syscall(SYS_sched_get_priority_min, 77), "sched_get_priority_min(0x4d /* SCHED_??? */)");
	if (syscall(SYS_sched_getscheduler, 0) == 0)
		gave_as("0 (SCHED_OTHER)", "sched_getscheduler(0)");
	gave(syscall(SYS_setpriority, PRIO_PROCESS, 0, 5), "setpriority(PRIO_PROCESS, 0, 5)");
	gave(syscall(SYS_getpriority, PRIO_PROCESS, 0), "getpriority(PRIO_PROCESS, 0)");
	gave(syscall(SYS_getpriority, PRIO_USER, -1), "getpriority(PRIO_USER, -1)");
#ifdef SYS_alarm
	gave(syscall(SYS_alarm, 100), "alarm(100)");
	gave(syscall(SYS_alarm, 0), "alarm(0)");
#endif
	if (syscall(SYS_personality, 0xffffffff) == 0)
		gave_as("0 (PER_LINUX)", "personality(0xffffffff)");
	return 0;
}
