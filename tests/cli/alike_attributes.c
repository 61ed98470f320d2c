// SPDX-License-Identifier: LGPL-2.1-or-later
/* Attributes that a program inherits or that describe it. */
#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "alike.h"

/* Prints the lines of a file of /proc whose names begin with one of the words; the word "" stands for all lines. */
static void say_lines(const char *path, const char *const *words)
{
	FILE *f = fopen(path, "r");
	char line[512];

	while (f && fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = 0;
		for (size_t i = 0; words[i]; i++)
			if (!strncmp(line, words[i], strlen(words[i])))
				say(path, "%s", line);
	}
	if (f)
		fclose(f);
}

static void descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int sum = 0, n = 0;
	struct dirent *d;

	while (dir && (d = readdir(dir)))
		if (d->d_name[0] != '.' && atoi(d->d_name) != dirfd(dir)) {
			sum += atoi(d->d_name);
			n++;
		}
	if (dir)
		closedir(dir);
	say("descriptors", "%d, with the sum %d", n, sum);
}

static void options(void)
{
	static const struct {
		const char *name;
		int option;
	} simple[] = {
		{ "PR_GET_DUMPABLE", PR_GET_DUMPABLE },	  { "PR_GET_KEEPCAPS", PR_GET_KEEPCAPS },
		{ "PR_GET_TIMERSLACK", PR_GET_TIMERSLACK }, { "PR_GET_SECUREBITS", PR_GET_SECUREBITS },
		{ "PR_GET_THP_DISABLE", PR_GET_THP_DISABLE }, { "PR_GET_TIMING", PR_GET_TIMING },
	};
	int value = 0;

	for (size_t i = 0; i < sizeof(simple) / sizeof(simple[0]); i++)
		say(simple[i].name, "%d", prctl(simple[i].option, 0, 0, 0, 0));
	for (int i = 0; i < 3; i++)
		say("PR_GET_SPECULATION_CTRL", "%d: %d", i, prctl(PR_GET_SPECULATION_CTRL, i, 0, 0, 0));
	prctl(PR_GET_PDEATHSIG, &value);
	say("PR_GET_PDEATHSIG", "%d", value);
	prctl(PR_GET_CHILD_SUBREAPER, &value);
	say("PR_GET_CHILD_SUBREAPER", "%d", value);
	say("personality", "%#x", personality(0xffffffff));
}

static void limits(void)
{
	struct rlimit limit;
	cpu_set_t cpus;

	for (int i = 0; i < (int)RLIM_NLIMITS; i++)
		if (!getrlimit(i, &limit))
			say("limit", "%d: %lld %lld", i, (long long)limit.rlim_cur, (long long)limit.rlim_max);
	sched_getaffinity(0, sizeof(cpus), &cpus);
	say("scheduling", "%d %d %d", sched_getscheduler(0), getpriority(PRIO_PROCESS, 0), CPU_COUNT(&cpus));
}

void alike_attributes(void)
{
	static const char *const status[] = { "Umask", "Uid",	 "Gid",	   "Groups", "Threads", "SigPnd", "ShdPnd", "SigBlk",
					      "SigIgn", "SigCgt", "CapInh", "CapPrm", "CapEff",	"CapBnd", "CapAmb", "Spec",   NULL };
	static const char *const all[] = { "", NULL };
	extern char **environ;
	size_t n = 0, length = 0;

	say_lines("/proc/self/status", status);
	say_lines("/proc/self/oom_score_adj", all);
	say_lines("/proc/self/coredump_filter", all);
	say_lines("/proc/self/cgroup", all);
	descriptors();
	options();
	limits();
	for (; environ[n]; n++)
		length += strlen(environ[n]);
	say("environment", "%zu, of %zu bytes", n, length);
	say("AT_SECURE", "%lu", getauxval(AT_SECURE));
	say("session", "%d %d", getsid(0) == getsid(getppid()), getpgrp() == getpgid(getppid()));
}
