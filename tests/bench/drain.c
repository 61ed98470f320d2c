/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * An empty reader: it records every system call of the machine, as linxcap does, and throws the records away. It
 * separates the module's cost from the reader's, and needs neither library nor command. Prints "ready" when it records;
 * on SIGINT or SIGTERM it stops and prints the account, as lines of "NAME NUMBER".
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/linx.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include "kmod/shared/ring_proto.h"
#include "tests/bench/at_entry.h"

#define RING_SIZE (8u << 20)
/* a small size, so that the records of each loop of calls wrap around the ring */
#define RECORDER_RING_SIZE (256u << 10)
#define BUDGET_PER_SECOND 100000000 /* a budget so large that no loop uses it up */
#define SNAP_BYTES 80 /* the number of bytes that linxcap captures of a value by default */
#define DELAY_NS 100000000

struct reader {
	const struct linx_producer *prod;
	struct linx_consumer *cons;
};

static int dev;
static unsigned int ncpus;
static struct reader *readers;
static volatile sig_atomic_t stop;

static void die(const char *what)
{
	fprintf(stderr, "drain: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void on_signal(int sig)
{
	(void)sig;
	stop = 1;
}

static void *map(unsigned int cpu, enum linx_mmap_what what, int prot)
{
	return mmap(NULL, getpagesize(), prot, MAP_SHARED, dev, LINX_MMAP_OFFSET(cpu, what));
}

static bool is(const char *what, const char *name)
{
	return !strcmp(what, name);
}

static uint32_t setup_flags(const char *what)
{
	if (is(what, "times"))
		return LINX_SETUP_ENTRY_TIME;
	if (is(what, "cpu"))
		return LINX_SETUP_ENTRY_TIME | LINX_SETUP_CPU_TIME;
	if (is(what, "resolved") || is(what, "resolved-listed"))
		return LINX_SETUP_RESOLVED;
	if (is(what, "http") || is(what, "http-listed"))
		return LINX_SETUP_RESOLVED | LINX_SETUP_HTTP;
	if (is(what, "count"))
		return LINX_SETUP_COUNT;
	return is(what, "fds") ? LINX_SETUP_FD_PATHS : 0;
}

static void set_up(const char *what)
{
	struct linx_info info = { .size = sizeof(info) };
	struct linx_setup setup = {
		.size = sizeof(setup),
		.flags = setup_flags(what),
		.mode = is(what, "recorder") ? LINX_MODE_RECORDER : LINX_MODE_DISCARD,
		.ring_size = is(what, "recorder") ? RECORDER_RING_SIZE : RING_SIZE,
		.delay_ns = DELAY_NS,
		.snap_bytes = SNAP_BYTES,
	};

	dev = open(LINX_DEVICE, O_RDWR | O_CLOEXEC);
	if (dev < 0 || ioctl(dev, LINX_IOC_INFO, &info) || ioctl(dev, LINX_IOC_SETUP, &setup))
		die(LINX_DEVICE);
	ncpus = info.cpus;
	readers = calloc(ncpus, sizeof(*readers));
	if (!readers)
		die("memory");
	for (unsigned int cpu = 0; cpu < ncpus; cpu++) {
		readers[cpu].prod = map(cpu, LINX_MMAP_PRODUCER, PROT_READ);
		readers[cpu].cons = map(cpu, LINX_MMAP_CONSUMER, PROT_READ | PROT_WRITE);
		if (readers[cpu].prod == MAP_FAILED || readers[cpu].cons == MAP_FAILED)
			readers[cpu].prod = NULL; /* NULL: this CPU is not online */
	}
}

static void select_all(bool entries)
{
	struct linx_select sel = { .size = sizeof(sel), .flags = LINX_SELECT_CHOSEN };

	memset(sel.exit, 0xff, sizeof(sel.exit));
	for (unsigned int nr = 0; entries && nr < LINX_NR_MAX; nr++)
		if (at_entry[nr])
			sel.enter[LINX_ABI_X86_64][nr / 64] |= 1ull << (nr % 64);
	if (ioctl(dev, LINX_IOC_SELECT, &sel))
		die("SELECT");
}

/* Selects one call that no loop makes, and no other. */
static void select_none(void)
{
	struct linx_select sel = { .size = sizeof(sel) };

	sel.exit[LINX_ABI_X86_64][169 / 64] |= 1ull << (169 % 64); /* reboot */
	if (ioctl(dev, LINX_IOC_SELECT, &sel))
		die("SELECT");
}

/*
 * Restricts the session to one process: the parent of this one, with the children that it forks from now on, or a
 * process that does nothing.
 */
static void list_process(pid_t pid)
{
	struct linx_filter filter = { .size = sizeof(filter), .flags = LINX_FILTER_PIDS | LINX_FILTER_FOLLOW };
	int32_t nr = pid;
	struct linx_pids pids = { .size = sizeof(pids), .pids = (uintptr_t)&nr, .count = 1 };

	if (ioctl(dev, LINX_IOC_FILTER, &filter) || ioctl(dev, LINX_IOC_PIDS, &pids))
		die("FILTER, PIDS");
}

/*
 * Sets a filter program of three tests that every call of the loops passes: its number is not that of reboot, its
 * process is not 1, and its user is not 4000.
 */
static void pass_through_program(void)
{
	struct sock_filter program[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct linx_predicate_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 169, 4, 0),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct linx_predicate_data, pid)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 1, 2, 0),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct linx_predicate_data, uid)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 4000, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, 0),
		BPF_STMT(BPF_RET | BPF_K, 1),
	};
	struct linx_filter filter = {
		.size = sizeof(filter),
		.flags = LINX_FILTER_PREDICATE,
		.program = (uintptr_t)program,
		.program_len = sizeof(program) / sizeof(program[0]),
	};

	if (ioctl(dev, LINX_IOC_FILTER, &filter))
		die("FILTER");
}

/*
 * Filters by the name of the loops' process, by a range of all users, or by a budget that is not used up: each accepts
 * all calls.
 */
static void pass_through_name(void)
{
	struct linx_filter filter = { .size = sizeof(filter), .flags = LINX_FILTER_COMM, .ncomms = 1, .comms = { "calls" } };

	if (ioctl(dev, LINX_IOC_FILTER, &filter))
		die("FILTER");
}

static void pass_through_user(void)
{
	struct linx_filter filter = { .size = sizeof(filter), .flags = LINX_FILTER_UID, .uid_max = 60000 };

	if (ioctl(dev, LINX_IOC_FILTER, &filter))
		die("FILTER");
}

static void pass_through_budget(void)
{
	struct linx_budget budget = { .size = sizeof(budget), .per_second = BUDGET_PER_SECOND };

	if (ioctl(dev, LINX_IOC_BUDGET, &budget))
		die("BUDGET");
}

static void set_filters(const char *what)
{
	if (is(what, "listed") || is(what, "unlisted") || is(what, "http-listed") || is(what, "resolved-listed"))
		list_process(is(what, "unlisted") ? 1 : getppid());
	if (is(what, "predicate"))
		pass_through_program();
	if (is(what, "comm"))
		pass_through_name();
	if (is(what, "uid"))
		pass_through_user();
	if (is(what, "budget"))
		pass_through_budget();
}

static void discard_all(void)
{
	for (unsigned int cpu = 0; cpu < ncpus; cpu++)
		if (readers[cpu].prod)
			linx_pos_store(&readers[cpu].cons->tail, linx_pos_load(&readers[cpu].prod->half[0].head));
}

static void account(void)
{
	struct linx_cpu_counters *cpus = calloc(ncpus, sizeof(*cpus));
	uint64_t *sampled = calloc(ncpus, sizeof(*sampled));
	struct linx_counters c = { .size = sizeof(c), .cpus = (uintptr_t)cpus, .cpus_count = ncpus, .sampled = (uintptr_t)sampled };
	uint64_t counted = 0, filtered = 0, selected = 0, committed = 0, bytes = 0, wakeups = 0, lost = 0;

	if (!cpus || !sampled || ioctl(dev, LINX_IOC_COUNTERS, &c))
		die("COUNTERS");
	for (unsigned int cpu = 0; cpu < ncpus; cpu++) {
		counted += sampled[cpu];
		filtered += cpus[cpu].filtered;
		selected += cpus[cpu].selected;
		committed += cpus[cpu].committed;
		bytes += cpus[cpu].bytes;
		wakeups += cpus[cpu].wakeups;
		for (unsigned int i = 0; i < LINX_LOST_MAX; i++)
			lost += cpus[cpu].lost[i];
	}
	printf("counted %llu\nfiltered %llu\nselected %llu\ncommitted %llu\nlost %llu\nbytes %llu\nwakeups %llu\n",
	       (unsigned long long)counted, (unsigned long long)filtered, (unsigned long long)selected, (unsigned long long)committed,
	       (unsigned long long)lost, (unsigned long long)bytes, (unsigned long long)wakeups);
}

/*
 * usage: drain [WORD]; without WORD it records entries and returns of all calls.
 *
 *   exits                     only returns
 *   count                     only returns, which are counted and not recorded
 *   none                      no call that the loops make
 *   times, cpu, fds           also entry times, CPU times, or the paths of descriptors
 *   resolved, http            only returns, with the values that linxcap resolves, or with HTTP headers
 *   listed, unlisted          only the processes that the parent of drain starts, or only another process
 *   resolved-listed, http-listed   as resolved or http, and only the processes that the parent starts
 *   predicate, comm, uid, budget   a filter program, name, range of users or budget that accepts all calls
 *   recorder                  a flight recorder that is never dumped
 */
int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	struct sigaction act = { .sa_handler = on_signal };
	struct pollfd p = { .events = POLLIN };

	sigaction(SIGINT, &act, NULL);
	sigaction(SIGTERM, &act, NULL);
	set_up(what);
	if (is(what, "none"))
		select_none();
	else
		select_all(!is(what, "exits") && !is(what, "count") && !strstr(what, "http") && !strstr(what, "resolved"));
	set_filters(what);
	if (ioctl(dev, LINX_IOC_START, 0))
		die("START");
	printf("ready\n");
	fflush(stdout);
	p.fd = dev;
	while (!stop) {
		if (poll(&p, 1, -1) > 0)
			discard_all();
	}
	if (ioctl(dev, LINX_IOC_STOP, 0))
		die("STOP");
	account();
	return 0;
}
