// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A descriptor table grows and a file is closed while a probe of the module, in another thread, walks over the table.
 * The probe must end. The walk is long, and the closed file lies far from where the walk begins. Built for the 64-bit
 * ABI only (native only).
 */
#include <pthread.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include "rec.h"

#define CLOEXEC 4 /* CLOSE_RANGE_CLOEXEC, since 5.11 */
#define ROUNDS 30
#define FAR 250000 /* the descriptor that is closed */
#define BEYOND 300000 /* a descriptor number for which the table has to grow */
#define PATIENCE 20 /* seconds to wait for a child before it counts as hung */

static struct shared {
	atomic_uint looking; /* number of walks that the child has begun */
	atomic_bool done;
} *both;

static void *looks(void *arg)
{
	on_cpu(0);
	while (!both->done) {
		both->looking++;
		syscall(SYS_close_range, 100, FAR, CLOEXEC);
	}
	return arg;
}

/* Grows a table and closes a file. Then sleeps for a while, so that no other file reuses the closed file's memory. */
static void __attribute__((noreturn)) grow(unsigned int round)
{
	struct rlimit max = { BEYOND + 1, BEYOND + 1 };
	pthread_t looker;
	unsigned int begun;
	int file;

	on_cpu(1);
	if (setrlimit(RLIMIT_NOFILE, &max) || pthread_create(&looker, NULL, looks, NULL))
		_exit(2);
	file = eventfd(0, EFD_CLOEXEC);
	if (file < 0 || dup2(file, FAR) != FAR || close(file))
		_exit(3);
	begun = both->looking;
	while (both->looking < begun + 3 + round % 7)
		cpu_relax();
	if (dup2(0, BEYOND) != BEYOND || close(FAR))
		_exit(4);
	sleep_ms(20);
	both->done = true;
	pthread_join(looker, NULL);
	_exit(0);
}

/* Waits for a child and returns its status; -1 if it does not end in time. */
static int wait_patiently(pid_t pid)
{
	uint64_t end = now_ns() + PATIENCE * 1000000000ULL;
	int status;

	while (now_ns() < end) {
		if (waitpid(pid, &status, WNOHANG) == pid)
			return status;
		sleep_ms(5);
	}
	return -1;
}

int main(void)
{
	struct dev d = { 0 };
	unsigned int round;
	uint64_t bytes = 0;
	int status = 0;
	pid_t pid;

	both = shared(sizeof(*both));
	on_cpu(1);
	if (syscall(SYS_close_range, 100, 200, CLOEXEC)) {
		printf("1..0 # SKIP this kernel marks no range\n");
		return 77;
	}
	dev_open(&d);
	dev_setup(&d, (struct linx_setup){ .ring_size = 8 << 20, .flags = LINX_SETUP_FILES });
	dev_start(&d);
	for (round = 0; round < ROUNDS && !status; round++) {
		both->looking = 0;
		both->done = false;
		pid = fork();
		if (!pid)
			grow(round);
		status = wait_patiently(pid);
		for (unsigned int cpu = 0; cpu < d.cpus; cpu++)
			bytes += dev_drain(&d, cpu, dev_ignore, NULL);
	}
	is(status, 0, "state in which the last of the programs ended (-1: it has not ended)");
	is(round, ROUNDS, "tables that grew");
	ok(bytes > ROUNDS * sizeof(struct linx_rec), "%llu bytes of records", (unsigned long long)bytes);
	dev_stop(&d);
	dev_close(&d);
	return tap_end();
}
