// SPDX-License-Identifier: LGPL-2.1-or-later
/* linx-options: -e trace=/time64,clock_gettime64,clock_settime64,clock_adjtime64,timer_gettime64,timer_settime64,timerfd_gettime64,timerfd_settime64 */
/* i386 only: times of 64 bits */
#include "case.h"

#include <sys/socket.h>
#include <poll.h>
#include <signal.h>
#include <sys/select.h>

struct time64 {
	int64_t sec, nsec;
};
struct timer64 {
	struct time64 interval, value;
};

#define TS "{tv_sec=%jd, tv_nsec=%jd}"
#define ZERO "{tv_sec=0, tv_nsec=0}"

static const struct time64 none = { 0, 0 };

static void clocks(void)
{
	struct time64 ts;

	run(syscall(SYS_clock_gettime64, CLOCK_BOOTTIME, &ts));
	shows("clock_gettime64(CLOCK_BOOTTIME, " TS ")", ts.sec, ts.nsec);
	run(syscall(SYS_clock_getres_time64, CLOCK_MONOTONIC_COARSE, &ts));
	shows("clock_getres_time64(CLOCK_MONOTONIC_COARSE, " TS ")", ts.sec, ts.nsec);
	ts = (struct time64){ 1LL << 40, -1 };
	gave(syscall(SYS_clock_settime64, CLOCK_REALTIME, &ts), "clock_settime64(CLOCK_REALTIME, {tv_sec=1099511627776, tv_nsec=18446744073709551615})");
	gave(syscall(SYS_clock_adjtime64, 77, NULL), "clock_adjtime64(0x4d /* CLOCK_??? */, NULL)");
	gave(syscall(SYS_clock_nanosleep_time64, CLOCK_MONOTONIC, 0, &none, NULL), "clock_nanosleep_time64(CLOCK_MONOTONIC, 0, " ZERO ", NULL)");
	gave(syscall(SYS_sched_rr_get_interval_time64, -1, &ts), "sched_rr_get_interval_time64(-1, %p)", &ts);
	gave(syscall(SYS_utimensat_time64, AT_FDCWD, "/not/there", NULL, AT_SYMLINK_NOFOLLOW), "utimensat_time64(AT_FDCWD, \"/not/there\", NULL, AT_SYMLINK_NOFOLLOW)");
}

static void timers(void)
{
	struct timer64 spec = { { 0, 0 }, { 100, 5 } };
	int id, fd = need(syscall(SYS_timerfd_create, CLOCK_MONOTONIC, 0));

	need(syscall(SYS_timer_create, CLOCK_REALTIME, NULL, &id));
	gave(syscall(SYS_timer_settime64, id, 0, &spec, NULL),
	     "timer_settime64(%d, 0, {it_interval=" ZERO ", it_value={tv_sec=100, tv_nsec=5}}, NULL)", id);
	run(syscall(SYS_timer_gettime64, id, &spec));
	shows("timer_gettime64(%d, {it_interval=" ZERO ", it_value=" TS "})", id, spec.value.sec, spec.value.nsec);
	spec = (struct timer64){ { 0, 0 }, { 100, 5 } };
	gave(syscall(SYS_timerfd_settime64, fd, 0, &spec, NULL),
	     "timerfd_settime64(%d, 0, {it_interval=" ZERO ", it_value={tv_sec=100, tv_nsec=5}}, NULL)", fd);
	run(syscall(SYS_timerfd_gettime64, fd, &spec));
	shows("timerfd_gettime64(%d, {it_interval=" ZERO ", it_value=" TS "})", fd, spec.value.sec, spec.value.nsec);
}

static void waiting(void)
{
	struct pollfd p = { need(syscall(SYS_eventfd2, 0, 0)), POLLIN, 0 };
	fd_set set;

	FD_ZERO(&set);
	FD_SET(1, &set);
	gave_as("0 (Timeout)", "ppoll_time64([{fd=%d, events=POLLIN}], 1, " ZERO ", [], 8)", p.fd);
	need(syscall(SYS_ppoll_time64, &p, 1, &(struct time64){ 0, 0 }, &(uint64_t){ 0 }, 8));
	gave(syscall(SYS_pselect6_time64, -1, NULL, NULL, NULL, NULL, NULL), "pselect6_time64(-1, NULL, NULL, NULL, NULL, NULL)");
	gave(syscall(SYS_io_pgetevents_time64, 0x1000, 1, 2, NULL, &none, NULL), "io_pgetevents_time64(0x1000, 1, 2, NULL, " ZERO ", NULL)");
	gave(syscall(SYS_recvmmsg_time64, -1, NULL, 0, MSG_DONTWAIT, NULL), "recvmmsg_time64(-1, NULL, 0, MSG_DONTWAIT, NULL)");
	gave(syscall(SYS_mq_timedsend_time64, -1, "abc", 3, 1, &none), "mq_timedsend_time64(-1, \"abc\", 3, 1, " ZERO ")");
	gave(syscall(SYS_mq_timedreceive_time64, -1, NULL, 3, NULL, &none), "mq_timedreceive_time64(-1, NULL, 3, NULL, " ZERO ")");
	gave(syscall(SYS_semtimedop_time64, -1, NULL, 0, &none), "semtimedop_time64(-1, NULL, 0, " ZERO ")");
	gave(syscall(SYS_rt_sigtimedwait_time64, &(uint64_t){ 1 << 9 }, NULL, &none, 8), "rt_sigtimedwait_time64([USR1], NULL, " ZERO ", 8)");
	gave(syscall(SYS_futex_time64, &set, 0, 1, &none, NULL, 0), "futex_time64(%p, FUTEX_WAIT, 1, " ZERO ")", &set);
}

int main(void)
{
	clocks();
	timers();
	waiting();
	return 0;
}
