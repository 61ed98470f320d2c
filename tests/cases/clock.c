// SPDX-License-Identifier: LGPL-2.1-or-later
/* linx-options: -e trace=/^clock_,nanosleep,gettimeofday,settimeofday,adjtimex,times,getitimer,setitimer,/^timer_ */
#include "case.h"
#include <signal.h>
#include <sys/time.h>
#include <sys/times.h>
#include <sys/timex.h>

#define TS "{tv_sec=%ld, tv_nsec=%ld}"
#define TV "{tv_sec=%ld, tv_usec=%ld}"

static void clocks(void)
{
	struct timespec ts, rest;

	run(syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &ts));
	shows("clock_gettime(CLOCK_MONOTONIC, " TS ")", (long)ts.tv_sec, ts.tv_nsec);
	gave(syscall(SYS_clock_gettime, -1, NULL), "clock_gettime(0xffffffff /* CLOCK_??? */, NULL)");
	run(syscall(SYS_clock_getres, CLOCK_REALTIME, &ts));
	shows("clock_getres(CLOCK_REALTIME, " TS ")", (long)ts.tv_sec, ts.tv_nsec);
	gave(syscall(SYS_clock_getres, 77, &ts), "clock_getres(0x4d /* CLOCK_??? */, %p)", &ts);
	ts = (struct timespec){ 1, -1 };
	gave(syscall(SYS_clock_settime, CLOCK_REALTIME, &ts), "clock_settime(CLOCK_REALTIME, {tv_sec=1, tv_nsec=%s})", NAME("18446744073709551615", "4294967295"));
	ts = (struct timespec){ 0, 1000 };
	gave(syscall(SYS_nanosleep, &ts, NULL), "nanosleep({tv_sec=0, tv_nsec=1000}, NULL)");
	gave(syscall(SYS_nanosleep, &ts, &rest), "nanosleep({tv_sec=0, tv_nsec=1000}, %p)", &rest);
	ts.tv_nsec = 1000000000;
	gave(syscall(SYS_nanosleep, &ts, 1), "nanosleep({tv_sec=0, tv_nsec=1000000000}, 0x1)");
	gave(syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, TIMER_ABSTIME, &(struct timespec){ 1, 0 }, NULL),
	     "clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, {tv_sec=1, tv_nsec=0}, NULL)");
}

/* Formats clock ticks as strace does. */
static const char *ticks(long n)
{
	static char text[4][40];
	static unsigned int next;
	char *s = text[next++ % 4];

	snprintf(s, sizeof(text[0]), n ? "%ld /* %.2f s */" : "%ld", n, n / 100.0);
	return s;
}

static void wall(void)
{
	struct timeval tv;
	struct timezone tz;
	struct tms tms;

	run(syscall(SYS_gettimeofday, &tv, &tz));
	shows("gettimeofday(" TV ", {tz_minuteswest=0, tz_dsttime=0})", (long)tv.tv_sec, (long)tv.tv_usec);
	gave(syscall(SYS_gettimeofday, NULL, 1), "gettimeofday(NULL, 0x1)");
	tv = (struct timeval){ 1, 1000001 };
	gave(syscall(SYS_settimeofday, &tv, NULL), "settimeofday({tv_sec=1, tv_usec=1000001}, NULL)");
	run(syscall(SYS_times, &tms));
	shows("times({tms_utime=%s, tms_stime=%s, tms_cutime=%s, tms_cstime=%s})", ticks(tms.tms_utime), ticks(tms.tms_stime),
	      ticks(tms.tms_cutime), ticks(tms.tms_cstime));
	gave(syscall(SYS_adjtimex, NULL), "adjtimex(NULL)");
	gave(syscall(SYS_clock_adjtime, 77, NULL), "clock_adjtime(0x4d /* CLOCK_??? */, NULL)");
}

static void timers(void)
{
	struct itimerval one = { { 0, 0 }, { 100, 5 } }, old;
	struct itimerspec spec = { { 0, 0 }, { 2000000000, 5 } }, was;
	int id;

	gave(syscall(SYS_setitimer, ITIMER_REAL, &one, &old),
	     "setitimer(ITIMER_REAL, {it_interval={tv_sec=0, tv_usec=0}, it_value={tv_sec=100, tv_usec=5}}, "
	     "{it_interval={tv_sec=0, tv_usec=0}, it_value={tv_sec=0, tv_usec=0}})");
	run(syscall(SYS_getitimer, ITIMER_REAL, &old));
	shows("getitimer(ITIMER_REAL, {it_interval={tv_sec=0, tv_usec=0}, it_value=" TV "})",
	     (long)old.it_value.tv_sec, (long)old.it_value.tv_usec);
	gave(syscall(SYS_setitimer, 77, NULL, NULL), "setitimer(0x4d /* ITIMER_??? */, NULL, NULL)");
	need(syscall(SYS_timer_create, CLOCK_REALTIME, NULL, &id));
	gave(0, "timer_create(CLOCK_REALTIME, NULL, [%d])", id);
	gave(syscall(SYS_timer_settime, id, TIMER_ABSTIME, &spec, &was),
	     "timer_settime(%d, TIMER_ABSTIME, {it_interval={tv_sec=0, tv_nsec=0}, it_value={tv_sec=2000000000, tv_nsec=5}}, "
	     "{it_interval={tv_sec=0, tv_nsec=0}, it_value={tv_sec=0, tv_nsec=0}})", id);
	run(syscall(SYS_timer_gettime, id, &was));
	shows("timer_gettime(%d, {it_interval={tv_sec=0, tv_nsec=0}, it_value=" TS "})", id,
	     (long)was.it_value.tv_sec, was.it_value.tv_nsec);
	gave(syscall(SYS_timer_getoverrun, id), "timer_getoverrun(%d)", id);
	gave(syscall(SYS_timer_delete, id), "timer_delete(%d)", id);
	gave(syscall(SYS_timer_settime, id, 0, NULL, NULL), "timer_settime(%d, 0, NULL, NULL)", id);
}

int main(void)
{
	need(signal(SIGALRM, SIG_IGN) == SIG_ERR);
	clocks();
	wall();
	timers();
	return 0;
}
