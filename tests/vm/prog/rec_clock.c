// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The time of a record is CLOCK_MONOTONIC at any rate of that clock: it lies between two readings of the clock, before
 * and after each of many calls. Built for the 64-bit ABI only (native only).
 */
#include <sys/timex.h>
#include "rec.h"

#define CALLS 20000
#define ERROR_NS 1000 /* greatest error of a record's time: LINX_CLOCK_ERROR_NS of kmod/core/clock.h */

static struct stamps {
	uint64_t before[CALLS], after[CALLS];
} *stamps;

static void make_calls(void)
{
	for (unsigned int i = 0; i < CALLS; i++) {
		stamps->before[i] = now_ns();
		syscall(SYS_getppid);
		stamps->after[i] = now_ns();
	}
	_exit(0);
}

/*
 * Sets by how many microseconds the clock advances in a 100th of a second; 10,000 is the rate of the hardware counter.
 */
static void set_tick(long tick)
{
	struct timex t = { .modes = ADJ_TICK, .tick = tick };

	if (adjtimex(&t) < 0)
		die("adjtimex");
	sleep_ms(300); /* during this time the kernel adopts the new rate, at one of its ticks */
}

static void check(long tick)
{
	const struct linx_rec *rec = NULL;
	unsigned int n = 0, early = 0, late = 0;
	uint64_t worst = 0;
	struct traced t;

	set_tick(tick);
	traced_run(&t, (struct linx_setup){ 0 }, make_calls);
	set_tick(10000);
	while ((rec = rec_exit_of(&t.log, rec, t.pid, SYS_getppid)) && n < CALLS) {
		uint64_t least = stamps->before[n] - ERROR_NS, most = stamps->after[n] + ERROR_NS;

		early += rec->time < least;
		late += rec->time > most;
		if (rec->time < least && least - rec->time > worst)
			worst = least - rec->time;
		if (rec->time > most && rec->time - most > worst)
			worst = rec->time - most;
		n++;
	}
	printf("# a tick of %ld us: %llu ns beyond at the worst\n", tick, (unsigned long long)worst);
	is(n, CALLS, "calls");
	is(early, 0, "times before the call");
	is(late, 0, "times after it");
	traced_end(&t);
}

int main(void)
{
	stamps = shared(sizeof(*stamps));
	check(10000);
	check(11000);
	check(10200);
	check(9000);
	return tap_end();
}
