// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Cost of a probed function: makes the module probed (tests/vm/modules/probed) call linx_probed() in rounds, timed by
 * the guest's clock. Under QEMU's -icount one nanosecond is one instruction. Prints "INSTRUCTIONS CALLS": the cost of
 * one call with what the module does beside it, in the median of ROUNDS rounds, so that the few that hold a timer tick
 * do not count; and the number of calls in all.
 *
 * At real-time priority on one CPU nothing else runs inside a round. Before each round the program sleeps, so that the
 * reader of a tracer catches up: a hit that is dropped would look cheap.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define ROUNDS 15
#define CALLS_PER_ROUND "200"
#define REST_NS (100 * 1000 * 1000)
#define PARAMETER "/sys/module/probed/parameters/calls"

static int parameter;

static void die(const char *what)
{
	fprintf(stderr, "probe_hits: %s: %s\n", what, strerror(errno));
	exit(1);
}

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ull + ts.tv_nsec;
}

/* Returns the instructions of a round. */
static uint64_t round_of(void)
{
	const struct timespec rest = { .tv_nsec = REST_NS };
	const ssize_t len = sizeof(CALLS_PER_ROUND) - 1;
	uint64_t begin;

	nanosleep(&rest, NULL);
	begin = now_ns();
	if (pwrite(parameter, CALLS_PER_ROUND, len, 0) != len)
		die(PARAMETER);
	return now_ns() - begin;
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

int main(void)
{
	const struct sched_param sp = { .sched_priority = 50 };
	const int calls = atoi(CALLS_PER_ROUND);
	uint64_t took[ROUNDS];

	parameter = open(PARAMETER, O_WRONLY | O_CLOEXEC);
	if (parameter < 0)
		die(PARAMETER);
	if (sched_setscheduler(0, SCHED_FIFO, &sp))
		die("sched_setscheduler");
	round_of(); /* warms up the caches */
	for (unsigned int r = 0; r < ROUNDS; r++)
		took[r] = round_of();
	qsort(took, ROUNDS, sizeof(took[0]), compare);
	printf("%.1f %d\n", (double)took[ROUNDS / 2] / calls, calls * (ROUNDS + 1));
	return 0;
}
