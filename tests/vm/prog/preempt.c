// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * preempt CALLS MICROSECONDS: a thread makes CALLS calls on CPU 0, each with another string, while a second thread
 * under SCHED_FIFO preempts it every MICROSECONDS to make a call of the same kind. Prints how many calls each thread
 * made.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static volatile bool done;
static long every_ns;

/* Makes a call with a string whose length depends on n, so that the records' lengths differ. */
static void call(const char *who, long n)
{
	char path[128];
	int len = snprintf(path, sizeof(path), "/%s/%ld/", who, n);

	memset(path + len, 'x', (size_t)(n % 50));
	path[len + n % 50] = '\0';
	syscall(SYS_faccessat, AT_FDCWD, path, 0);
}

static void be_on_cpu_0(int policy, int priority)
{
	const struct sched_param param = { .sched_priority = priority };
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(0, &set);
	if (sched_setaffinity(0, sizeof(set), &set) || sched_setscheduler(0, policy, &param)) {
		perror("preempt");
		exit(1);
	}
}

static void *contend(void *arg)
{
	struct timespec next;
	long n = 0;

	(void)arg;
	be_on_cpu_0(SCHED_FIFO, 50);
	clock_gettime(CLOCK_MONOTONIC, &next);
	while (!done) {
		call("contender", n++);
		clock_gettime(CLOCK_MONOTONIC, &next);
		next.tv_nsec += every_ns;
		next.tv_sec += next.tv_nsec / 1000000000;
		next.tv_nsec %= 1000000000;
		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL);
	}
	return (void *)n;
}

int main(int argc, char **argv)
{
	long calls = argc == 3 ? atol(argv[1]) : 0;
	pthread_t contender;
	void *made;

	if (calls <= 0) {
		fprintf(stderr, "usage: preempt CALLS MICROSECONDS\n");
		return 2;
	}
	every_ns = atol(argv[2]) * 1000;
	be_on_cpu_0(SCHED_OTHER, 0);
	errno = pthread_create(&contender, NULL, contend, NULL);
	if (errno) {
		perror("pthread_create");
		return 1;
	}
	for (long n = 0; n < calls; n++)
		call("victim", n);
	done = true;
	pthread_join(contender, &made);
	printf("victim %ld\ncontender %ld\n", calls, (long)made);
	return 0;
}
