// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Costs of rules that refuse nothing. Prints "figure WHAT VALUE": instructions of an open and close of a file, as an
 * emulator counts them (tests/vm/exec --icount: a nanosecond is an instruction); and milliseconds of hooks that are
 * attached, and of rules that are loaded.
 *
 * The file is opened in its own directory, so that the kernel walks as far for a deep one as for another. A figure is the
 * median of ROUNDS rounds, so that the few that hold a timer tick do not count.
 * usage: refuse opens | rules | storm
 *   opens  opens alone, in whatever state the kernel is
 *   rules  under one set of rules after the other, then the times
 *   storm  refusals a second, without other load and with it
 */
#include <sys/mount.h>
#include <sys/stat.h>
#include "tests/vm/prog/deny_storm.h"

#define ROUNDS 15
#define OPENS 400
#define MANY 10000
/* Numbers of directories from a file up to the root of its file system, a tmpfs. */
#define SHALLOW 2
#define DEEP 12

static struct dev d;
static struct deny b;

static void enter(uint32_t depth)
{
	if (chdir("/tmp/refuse"))
		die("the scene");
	for (uint32_t i = 1; i < depth; i++)
		if (chdir("d"))
			die("a directory");
}

static void build(void)
{
	mkdir("/tmp/refuse", 0755);
	mkdir("/tmp/refuse.other", 0755);
	if (mount("refuse", "/tmp/refuse", "tmpfs", 0, NULL) || chdir("/tmp/refuse"))
		die("the scene");
	for (uint32_t i = 1; i <= DEEP; i++) {
		close(open("plain", O_CREAT | O_CLOEXEC, 0644));
		if (mkdir("d", 0755) || chdir("d"))
			die("a directory");
	}
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static uint64_t round_of(void)
{
	uint64_t begin = now_ns();

	for (int i = 0; i < OPENS; i++)
		close(open("plain", O_RDONLY | O_CLOEXEC));
	return now_ns() - begin;
}

/* Measures in a child, because rules do not apply to the process that loads them. */
static void measure(const char *what, uint32_t depth)
{
	const struct sched_param sp = { .sched_priority = 50 };
	uint64_t took[ROUNDS];
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		enter(depth);
		if (sched_setscheduler(0, SCHED_FIFO, &sp))
			die("sched_setscheduler");
		round_of(); /* warms up the caches */
		for (int r = 0; r < ROUNDS; r++)
			took[r] = round_of();
		qsort(took, ROUNDS, sizeof(took[0]), compare);
		printf("figure %s %.1f\n", what, (double)took[ROUNDS / 2] / OPENS);
		exit(0);
	}
	if (waitpid(pid, &status, 0) != pid || status)
		die("the opens");
}

static void begin_rule(uint16_t hook)
{
	deny_rule(&b, hook, LINX_DENY_ENFORCE, LINX_DENY_ERRNO, EPERM);
}

/* Begins a rule that refuses a call only to a user id that no process has. */
static void begin_nobody(uint16_t hook)
{
	begin_rule(hook);
	deny_range(&b, LINX_DENY_UID, 4242, 4242);
}

static double ms_since(uint64_t begin)
{
	return (double)(now_ns() - begin) / 1e6;
}

/* Loads a rule for each of n files of the directory in which the measured file is. Prints how long the load took. */
static void load_files(uint32_t n)
{
	static struct linx_deny_rule rules[MANY];
	static struct linx_deny_cond conds[MANY];
	static struct linx_deny_file files[MANY];
	struct linx_deny u = { .size = sizeof(u), .nrules = n, .nconds = n };
	int dir = open("/tmp/refuse/d", O_PATH | O_CLOEXEC);
	size_t values = n * sizeof(*files);
	char *operands = malloc(values + n * 16);
	uint64_t begin;

	for (uint32_t i = 0; i < n; i++) {
		rules[i] = (struct linx_deny_rule){ .hook = LINX_DENY_FILE_OPEN, .mode = LINX_DENY_ENFORCE, .action = LINX_DENY_ERRNO,
						    .value = EPERM, .first = i, .nconds = 1 };
		conds[i] = (struct linx_deny_cond){ .what = LINX_DENY_FILE, .test = LINX_DENY_PLACED, .count = 1,
						    .offset = (uint32_t)(i * sizeof(*files)) };
		files[i] = (struct linx_deny_file){ .fd = dir, .name = values + i * 16 };
		files[i].name_len = (uint32_t)sprintf(operands + files[i].name, "file%u", i);
	}
	memcpy(operands, files, values);
	u.rules = (uintptr_t)rules;
	u.conds = (uintptr_t)conds;
	u.operands = (uintptr_t)operands;
	u.operands_len = (uint32_t)(values + n * 16);
	begin = now_ns();
	if (ioctl(d.fd, LINX_IOC_DENY, &u))
		die("DENY of %u rules", n);
	printf("figure load-%u %.3f\n", n, ms_since(begin));
	free(operands);
	close(dir);
}

/*
 * Loads a set of rules that needs hooks which no earlier set has, and then an empty set. Prints how long each load took
 * per hook.
 */
static void arm(const char *what, uint32_t hooks)
{
	uint64_t begin = now_ns();

	deny_must_load(&d, &b);
	printf("figure arm-%s %.3f\n", what, ms_since(begin) / hooks);
	begin = now_ns();
	deny_must_load(&d, &b); /* no rules */
	printf("figure disarm-%s %.3f\n", what, ms_since(begin) / hooks);
}

/*
 * Measures how long it takes to attach the hook of one check, the hooks of all checks, and the hook of one call. The
 * hook of a check is on one kernel function or several, the hook of a call on one function for each ABI.
 */
static void measure_arming(void)
{
	begin_nobody(LINX_DENY_FILE_OPEN);
	arm("check", 1);
	for (uint16_t hook = LINX_DENY_FILE_OPEN; hook < LINX_DENY_CALL; hook++)
		begin_nobody(hook);
	arm("each", LINX_DENY_CALL - LINX_DENY_FILE_OPEN);
	begin_nobody(LINX_DENY_CALL);
	b.rules[0].call = SYS_setuid;
	arm("call", 1);
}

static void measure_rules(void)
{
	begin_nobody(LINX_DENY_FILE_OPEN);
	deny_must_load(&d, &b);
	measure("user", SHALLOW);
	begin_rule(LINX_DENY_FILE_OPEN);
	deny_mask(&b, LINX_DENY_FLAGS, O_ACCMODE, O_RDWR);
	deny_must_load(&d, &b);
	measure("flags", SHALLOW);
	begin_rule(LINX_DENY_FILE_OPEN);
	deny_file(&b, LINX_DENY_INSIDE, "/tmp/refuse.other");
	deny_must_load(&d, &b);
	measure("directory-2", SHALLOW);
	measure("directory-12", DEEP);
	load_files(10);
	measure("files-10", SHALLOW);
	load_files(MANY);
	measure("files-10000", SHALLOW);
}

/* Counts the refusals of two programs beside others. Each refusal must be counted, and be a record or counted as lost. */
static void storm(const char *what, uint32_t load)
{
	struct deny_storm s = { .path = "/tmp/refuse/plain", .programs = 2, .each = 100000, .load = load, .read = true };

	begin_rule(LINX_DENY_FILE_OPEN);
	deny_file(&b, LINX_DENY_PLACED, s.path);
	deny_must_load(&d, &b);
	deny_storm(&d, &s);
	if (s.refused != 200000 || s.counted != s.refused || s.records + s.lost != s.refused)
		die("%llu refused, %llu counted, %llu records, %llu lost", (unsigned long long)s.refused,
		    (unsigned long long)s.counted, (unsigned long long)s.records, (unsigned long long)s.lost);
	printf("figure %s %.0f\nfigure %s-lost %llu\n", what, deny_storm_rate(&s), what, (unsigned long long)s.lost);
}

int main(int argc, char **argv)
{
	if (argc != 2)
		die("usage: refuse opens | rules | storm");
	build();
	if (!strcmp(argv[1], "opens")) {
		measure("opens-2", SHALLOW);
		measure("opens-12", DEEP);
	} else if (!strcmp(argv[1], "storm")) {
		deny_enforce("1");
		deny_session(&d, 1 << 22);
		storm("storm-alone", 0);
		storm("storm-load", 2);
		dev_close(&d);
	} else {
		deny_enforce("1");
		deny_session(&d, 1 << 16);
		measure("loaded-2", SHALLOW); /* without rules, but with the probes of a session */
		measure("loaded-12", DEEP);
		measure_rules();
		deny_must_load(&d, &b);
		measure_arming();
		dev_close(&d);
	}
	if (chdir("/") || umount("/tmp/refuse"))
		die("umount");
	return 0;
}
