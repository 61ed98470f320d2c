// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The interrupt of a timer sends a signal, perhaps while a probe of the module runs: the signal is recorded, at the time
 * at which it came. One interrupt may send more signals than can be recorded on top of that probe's unfinished record.
 * The others are lost and counted, and each has its own sequence number. Built for the 64-bit ABI only (native only).
 */
#include <sys/time.h>
#include <time.h>
#include "rec.h"

#define SIGNALS 100
#define ROUND_NS 10000000 /* time between two signals, in ns */
#define AFTER_US 3000

static struct seen {
	volatile unsigned int n;
	uint64_t at[SIGNALS];
} *seen;

/* Makes calls. The process ignores the signal, so the record of the signal is made by its sender, the interrupt. */
static void target(void)
{
	const struct itimerval soon = { { 0, 0 }, { 0, AFTER_US } };

	signal(SIGALRM, SIG_IGN);
	while (seen->n < SIGNALS) {
		uint64_t begun = now_ns();

		seen->at[seen->n++] = begun + AFTER_US * 1000;
		setitimer(ITIMER_REAL, &soon, NULL);
		while (now_ns() < begun + ROUND_NS)
			syscall(SYS_getppid);
	}
	_exit(0);
}

/* Returns the distance, in ns, between "time" and the nearest time at which a signal was due. */
static uint64_t distance(uint64_t time)
{
	uint64_t least = UINT64_MAX;

	for (unsigned int i = 0; i < seen->n; i++) {
		uint64_t at = seen->at[i], off = at > time ? at - time : time - at;

		least = off < least ? off : least;
	}
	return least;
}

/* ---- many timers that expire at once, during long probes */

#define TIMERS 1500
#define VOLLEYS 8
#define SOON_NS 1000000000 /* ns from the setting of the first timer until all expire; the others are set meanwhile */
#define EARLY_NS 20000000 /* the calls begin this long before the timers expire, and end this long after it, in ns */

static char *long_argv[4000];

static void volleys(void)
{
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGALRM };
	struct itimerspec when = { { 0, 0 }, { 0, 0 } };
	timer_t timers[TIMERS];

	signal(SIGALRM, SIG_IGN);
	for (int i = 0; i < 3999; i++)
		long_argv[i] = "an argument";
	for (int i = 0; i < TIMERS; i++)
		if (timer_create(CLOCK_MONOTONIC, &event, &timers[i]))
			_exit(1);
	for (int n = 0; n < VOLLEYS; n++) {
		uint64_t due = now_ns() + SOON_NS;

		when.it_value = (struct timespec){ (time_t)(due / 1000000000), (long)(due % 1000000000) };
		for (int i = 0; i < TIMERS; i++)
			timer_settime(timers[i], TIMER_ABSTIME, &when, NULL);
		while (now_ns() < due - EARLY_NS)
			;
		while (now_ns() < due + EARLY_NS)
			execve("/", long_argv, NULL);
	}
	_exit(0);
}

/* Checks that the record after a gap record has the sequence number that follows those of the lost records. */
static void check_numbers(const struct traced *t)
{
	unsigned int wrong = 0, most = 0;
	uint64_t next = 0;

	for (const struct linx_rec *rec = NULL; (rec = dev_next(&t->log, rec));) {
		if (rec->kind == LINX_REC_GAP) {
			const struct linx_gap *gap = (const struct linx_gap *)(rec + 1);

			next = gap->first_seq;
			for (unsigned int i = 0; i < LINX_LOST_MAX; i++)
				next += gap->lost[i];
			most = gap->lost[LINX_LOST_NESTED] > most ? (unsigned int)gap->lost[LINX_LOST_NESTED] : most;
		} else if (next) {
			wrong += rec->seq != next;
			next = 0;
		}
	}
	is(wrong, 0, "numbers behind a gap");
	printf("# one gap has %u of the signals of %d timers\n", most, TIMERS);
	if (most)
		ok(most > TIMERS / 10, "they are lost together");
	else
		printf("# no timer has met a probe\n");
}

static void check_volleys(void)
{
	struct traced t;

	traced_run(&t, (struct linx_setup){ .flags = LINX_SETUP_SIGNALS, .ring_size = 128 << 20, .snap_bytes = 65536, .snap_str = 4096 }, volleys);
	is(t.status, 0, "the process with many timers");
	check_numbers(&t);
	dev_close(&t.d);
}

int main(void)
{
	const struct linx_rec *rec = NULL;
	unsigned int signals = 0, gaps = 0, late = 0;
	struct traced t;

	seen = shared(sizeof(*seen));
	traced_everybody = true;
	traced_run(&t, (struct linx_setup){ .flags = LINX_SETUP_SIGNALS, .ring_size = 128 << 20 }, target);
	is(t.status, 0, "the process");
	while ((rec = dev_next(&t.log, rec))) {
		gaps += rec->kind == LINX_REC_GAP;
		if (rec->kind != LINX_REC_SIGNAL || ((const struct linx_signal *)(rec + 1))->signo != SIGALRM)
			continue;
		signals++;
		late += distance(rec->time) > ROUND_NS;
	}
	is(signals, seen->n, "signals recorded");
	is(gaps, 0, "gaps");
	is(late, 0, "signals that are not recorded when they came");
	dev_close(&t.d);
	traced_everybody = false;
	check_volleys();
	return tap_end();
}
