// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Makes as many calls as the CPUs can: processes, which are distributed over the CPUs, begin at the same time and call
 * getppid in a loop. Prints "made NUMBER NANOSECONDS": the number of calls in all, and the time of the fastest round,
 * without the start and the end of the processes.
 * usage: storm PROCESSES CALLS-OF-EACH [ROUNDS]
 */
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct shared {
	unsigned int ready;
	uint64_t begun, ended; /* time in ns at which the first process began, and at which the last one ended */
};

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

static void call(struct shared *s, unsigned int cpu, unsigned int processes, unsigned long n)
{
	cpu_set_t set;
	uint64_t end, seen;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
	if (__atomic_add_fetch(&s->ready, 1, __ATOMIC_SEQ_CST) == processes)
		__atomic_store_n(&s->begun, now_ns(), __ATOMIC_SEQ_CST);
	while (!__atomic_load_n(&s->begun, __ATOMIC_SEQ_CST))
		;
	while (n--)
		syscall(SYS_getppid);
	end = now_ns();
	seen = __atomic_load_n(&s->ended, __ATOMIC_SEQ_CST);
	while (seen < end && !__atomic_compare_exchange_n(&s->ended, &seen, end, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
		;
	_exit(0);
}

static uint64_t run(struct shared *s, unsigned int processes, unsigned long n)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);

	*s = (struct shared){ 0 };
	for (unsigned int i = 0; i < processes; i++)
		if (!fork())
			call(s, i % (unsigned int)cpus, processes, n);
	while (wait(NULL) > 0)
		;
	return s->ended - s->begun;
}

int main(int argc, char **argv)
{
	unsigned int processes = argc > 2 ? (unsigned int)atoi(argv[1]) : 0, rounds = argc > 3 ? (unsigned int)atoi(argv[3]) : 1;
	unsigned long n = argc > 2 ? strtoul(argv[2], NULL, 10) : 0;
	struct shared *s = mmap(NULL, sizeof(*s), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	uint64_t took, least = UINT64_MAX;

	if (!processes || !n || s == MAP_FAILED)
		return 2;
	for (unsigned int i = 0; i < rounds; i++) {
		took = run(s, processes, n);
		least = took < least ? took : least;
	}
	printf("made %lu %llu\n", processes * n * rounds, (unsigned long long)least);
	return 0;
}
