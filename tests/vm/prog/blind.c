// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * blind LOAD CALLS: a process under SCHED_IDLE does LOAD on CPU 0 all the time: "calls" makes calls that no session
 * selects, "maps" changes elements of an eBPF map by bpf(2). Another process preempts it at arbitrary places and makes
 * CALLS calls of unlink(2) in all, each with another name. Prints how many it made.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* calls that the preempting process makes each time before it sleeps again */
#define AT_ONCE 100

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static void be_on_cpu_0(int policy)
{
	const struct sched_param param = { .sched_priority = 0 };
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(0, &set);
	if (sched_setaffinity(0, sizeof(set), &set) || sched_setscheduler(0, policy, &param))
		fail("blind: scheduling");
}

static void change_maps(void)
{
	const uint32_t key = 0;
	const uint64_t value = 0;
	union bpf_attr attr;
	int fd;

	memset(&attr, 0, sizeof(attr));
	attr.map_type = BPF_MAP_TYPE_HASH;
	attr.key_size = 4;
	attr.value_size = 8;
	attr.max_entries = 1;
	fd = (int)syscall(SYS_bpf, BPF_MAP_CREATE, &attr, sizeof(attr));
	if (fd < 0)
		fail("blind: a map");
	memset(&attr, 0, sizeof(attr));
	attr.map_fd = (uint32_t)fd;
	attr.key = (uintptr_t)&key;
	attr.value = (uintptr_t)&value;
	for (;;)
		syscall(SYS_bpf, BPF_MAP_UPDATE_ELEM, &attr, sizeof(attr));
}

static pid_t start_load(const char *what)
{
	pid_t child = fork();

	if (child)
		return child;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	be_on_cpu_0(SCHED_IDLE);
	if (!strcmp(what, "maps"))
		change_maps();
	for (;;)
		syscall(SYS_getppid);
}

int main(int argc, char **argv)
{
	const struct timespec moment = { .tv_nsec = 20000 };
	long calls = argc == 3 ? atol(argv[2]) : 0;
	char path[64];
	pid_t load;

	if (calls <= 0 || (strcmp(argv[1], "calls") && strcmp(argv[1], "maps"))) {
		fprintf(stderr, "usage: blind calls|maps CALLS\n");
		return 2;
	}
	load = start_load(argv[1]);
	be_on_cpu_0(SCHED_OTHER);
	for (long n = 0; n < calls; n++) {
		if (n % AT_ONCE == 0)
			nanosleep(&moment, NULL);
		snprintf(path, sizeof(path), "/blind/%ld", n);
		unlink(path);
	}
	kill(load, SIGKILL);
	waitpid(load, NULL, 0);
	printf("%ld\n", calls);
	return 0;
}
