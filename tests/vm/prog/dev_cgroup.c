// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The module caches for each cgroup whether a session's list of cgroups selects it, so that a call need not search the
 * list. Each CPU must find the answer about the cgroup of its tasks without a search, even while tasks of another
 * cgroup with the same cache entry make calls on another CPU. Two such cgroups have tasks that make calls in turn on
 * two CPUs, and none of these calls may take as long as a search.
 */
#include <sys/mount.h>
#include <sys/stat.h>
#include "dev.h"

/* The entry of a cgroup in the cache of filter/cgroup.c: hash_64(id, 8). */
#define PLACE(id) ((id) * 0x61C8864680B583EBULL >> 56)
#define PLACES 256

#define CALLS 201
#define WORDS 5000 /* words in the list of cgroups; to search a path for all of them takes some 100,000 instructions */
#define FACTOR 10

static struct turns {
	volatile unsigned int turn;
	uint64_t took[2][CALLS];
} *turns;

static void name_of(char *name, unsigned int i)
{
	snprintf(name, 16, "/tmp/cg/%c%c", 'a' + i / 26, 'a' + i % 26);
}

/* Finds two cgroups whose entries in the cache are the same, or (share false) differ. */
static void find_two(unsigned int two[2], bool share)
{
	unsigned int place[PLACES + 1];
	struct stat st;
	char name[16];

	for (unsigned int i = 0; i <= PLACES; i++) {
		name_of(name, i);
		if ((mkdir(name, 0700) && errno != EEXIST) || stat(name, &st))
			die("%s", name);
		place[i] = (unsigned int)PLACE(st.st_ino);
		for (unsigned int k = 0; k < i; k++) {
			if ((place[k] == place[i]) == share) {
				two[0] = k;
				two[1] = i;
				return;
			}
		}
	}
	die("no two cgroups");
}

static void __attribute__((noreturn)) caller(unsigned int me, unsigned int group)
{
	char name[16], path[40], pid[16];
	uint64_t begun;
	int fd;

	on_cpu(me);
	name_of(name, group);
	snprintf(path, sizeof(path), "%s/cgroup.procs", name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	snprintf(pid, sizeof(pid), "%d", getpid());
	if (fd < 0 || write(fd, pid, strlen(pid)) < 0)
		_exit(1);
	for (unsigned int i = 0; i < CALLS; i++) {
		while (turns->turn != 2 * i + me)
			cpu_relax();
		begun = now_ns();
		syscall(SYS_getppid);
		turns->took[me][i] = now_ns() - begun;
		turns->turn++;
	}
	_exit(0);
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* Returns the median time of the calls of both processes, in ns. */
static uint64_t measure(const unsigned int two[2])
{
	pid_t pid[2];
	int failed = 0;

	turns->turn = 0;
	for (unsigned int i = 0; i < 2; i++) {
		pid[i] = fork();
		if (!pid[i])
			caller(i, two[i]);
	}
	for (unsigned int i = 0; i < 2; i++)
		failed |= reap(pid[i]);
	if (failed)
		die("the calls");
	qsort(turns->took, 2 * CALLS, sizeof(uint64_t), compare);
	return turns->took[0][CALLS];
}

static void compare_pairs(bool listed)
{
	static char words[WORDS * 3 + 3];
	unsigned int share[2], apart[2];
	uint64_t one, other;
	struct dev d;

	for (unsigned int i = 0; i < WORDS; i++)
		strcpy(words + 3 * i, "*#");
	strcpy(words + 3 * WORDS, listed ? "*/" : "*#");
	dev_open(&d);
	dev_setup(&d, (struct linx_setup){ .ring_size = 1 << 20 });
	d.filter.flags = LINX_FILTER_CGROUPS;
	d.filter.cgroups = (uintptr_t)words;
	d.filter.cgroups_len = sizeof(words);
	dev_want_exit(&d, SYS_getppid);
	dev_apply(&d);
	dev_start(&d);
	find_two(apart, false);
	find_two(share, true);
	one = measure(apart);
	other = measure(share);
	is((long long)calls_selected(&d, SYS_getppid), listed ? 4 * CALLS : 0, "calls that are recorded");
	printf("# a call: %llu ns, of two that share a place %llu ns\n", (unsigned long long)one, (unsigned long long)other);
	ok(other < FACTOR * one, "%s: no call of two that share a place waits for a search", listed ? "listed" : "not listed");
	dev_stop(&d);
	dev_close(&d);
}

int main(void)
{
	if (dev_lacks_paths())
		return 77;
	turns = shared(sizeof(*turns));
	mkdir("/tmp/cg", 0700);
	if (mount("none", "/tmp/cg", "cgroup2", 0, NULL))
		die("cgroup2");
	compare_pairs(true);
	compare_pairs(false);
	return tap_end();
}
