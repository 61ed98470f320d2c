// SPDX-License-Identifier: LGPL-2.1-or-later
/* linx-options: -e trace=/^sched_ */
#include "case.h"
#include <sched.h>

#define ATTR_SIZE 48

struct attr {
	uint32_t size, policy;
	uint64_t flags;
	int32_t nice;
	uint32_t priority;
	uint64_t runtime, deadline, period;
};

int main(void)
{
	struct sched_param param = { .sched_priority = 0 };
	struct attr attr;
	unsigned long mask[16] = { 1 };
	struct timespec ts;
	int n;

	gave(syscall(SYS_sched_getparam, 0, &param), "sched_getparam(0, {sched_priority=0})");
	gave(syscall(SYS_sched_getparam, 0, NULL), "sched_getparam(0, NULL)");
	gave(syscall(SYS_sched_setparam, 0, &param), "sched_setparam(0, {sched_priority=0})");
	gave(syscall(SYS_sched_setparam, -1, 1), "sched_setparam(-1, 0x1)");
	param.sched_priority = 5;
	gave(syscall(SYS_sched_setscheduler, 0, SCHED_FIFO, &param), "sched_setscheduler(0, SCHED_FIFO, {sched_priority=5})");
	gave(syscall(SYS_sched_setscheduler, 0, 0x43218765, &param), "sched_setscheduler(0, SCHED_RESET_ON_FORK|0x3218765, {sched_priority=5})");
	gave(syscall(SYS_sched_setscheduler, 0, 0xfaceda7a, &param), "sched_setscheduler(0, 0xfaceda7a /* SCHED_??? */, {sched_priority=5})");
	param.sched_priority = 0;
	gave(syscall(SYS_sched_setscheduler, 0, SCHED_BATCH, &param), "sched_setscheduler(0, SCHED_BATCH, {sched_priority=0})");
	gave(syscall(SYS_sched_setaffinity, 0, sizeof(long), mask), "sched_setaffinity(0, %zu, [0])", sizeof(long));
	n = need(syscall(SYS_sched_getaffinity, 0, sizeof(mask), mask));
	gave(n, "sched_getaffinity(0, %zu, [0])", sizeof(mask));
	gave(syscall(SYS_sched_getaffinity, 0, 1, mask), "sched_getaffinity(0, 1, %p)", mask);
	gave(syscall(SYS_sched_setaffinity, 0x3fffffff, 8, NULL), "sched_setaffinity(%d, 8, NULL)", 0x3fffffff);
	run(syscall(SYS_sched_rr_get_interval, 0, &ts));
	shows("sched_rr_get_interval(0, {tv_sec=%ld, tv_nsec=%ld})",
	     (long)ts.tv_sec, ts.tv_nsec);
	gave(syscall(SYS_sched_rr_get_interval, -1, &ts), "sched_rr_get_interval(-1, %p)", &ts);
	run(syscall(SYS_sched_getattr, 0, &attr, ATTR_SIZE, 0));
	shows("sched_getattr(0, {size=48, sched_policy=SCHED_BATCH, sched_flags=0, sched_nice=%d, sched_priority=0, "
	      "sched_runtime=%ju, sched_deadline=0, sched_period=0}, 48, 0)", (int)attr.nice, (uintmax_t)attr.runtime);
	attr = (struct attr){ .size = ATTR_SIZE, .policy = SCHED_IDLE, .flags = 1, .nice = 3 };
	gave(syscall(SYS_sched_setattr, 0, &attr, 0),
	     "sched_setattr(0, {size=48, sched_policy=SCHED_IDLE, sched_flags=SCHED_FLAG_RESET_ON_FORK, sched_nice=3, "
	     "sched_priority=0, sched_runtime=0, sched_deadline=0, sched_period=0}, 0)");
	gave(syscall(SYS_sched_setattr, 0, NULL, 1), "sched_setattr(0, NULL, 0x1)");
	return 0;
}
