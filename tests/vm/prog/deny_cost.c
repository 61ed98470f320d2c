// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Costs of rules that refuse nothing: microseconds until a hook is attached, and detached; nanoseconds of an open and
 * close of a file without rules, with a rule on the user, with one on a directory, and with 10 and 10,000 rules on files.
 * With an emulator that counts instructions (tests/vm/exec --icount) a nanosecond is an instruction.
 * Built for the 64-bit ABI only (native only; x86 only).
 */
#include "deny.h"
#include "deny_scene.h"

#define OPENS 20000
#define MANY 10000

static struct dev d;
static struct deny b;

static void measure(const char *name, const char *path)
{
	uint64_t begin, ns;
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		begin = now_ns();
		for (int i = 0; i < OPENS; i++)
			close(open(path, O_RDONLY | O_CLOEXEC));
		ns = (now_ns() - begin) / OPENS;
		printf("%-40s %6llu\n", name, (unsigned long long)ns);
		fflush(stdout);
		_exit(0);
	}
	waitpid(pid, &status, 0);
}

/* Loads one rule for each of MANY files in a directory. Prints how long the load took. */
static void load_many(uint32_t n)
{
	static struct linx_deny_rule rules[MANY];
	static struct linx_deny_cond conds[MANY];
	static struct linx_deny_file files[MANY];
	struct linx_deny u = { .size = sizeof(u), .nrules = n, .nconds = n };
	int dir = open(FREE, O_PATH | O_CLOEXEC);
	size_t values = n * sizeof(*files);
	char *operands = malloc(values + n * 16);
	uint64_t begin;

	for (uint32_t i = 0; i < n; i++) {
		rules[i] = (struct linx_deny_rule){ .hook = LINX_DENY_FILE_OPEN, .mode = LINX_DENY_ENFORCE, .action = LINX_DENY_ERRNO,
						    .value = EPERM, .first = i, .nconds = 1 };
		conds[i] = (struct linx_deny_cond){ .what = LINX_DENY_FILE, .test = LINX_DENY_PLACED, .count = 1, .offset = (uint32_t)(i * sizeof(*files)) };
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
	printf("%-40s %6llu us\n", n == MANY ? "loading 10,000 rules" : "loading 10 rules", (unsigned long long)(now_ns() - begin) / 1000);
	free(operands);
	close(dir);
}

static void begin_rule(void)
{
	deny_rule(&b, LINX_DENY_FILE_OPEN, LINX_DENY_ENFORCE, LINX_DENY_ERRNO, EPERM);
}

/* Loads a set that needs n hooks, which no other set has, and ends it. Prints how long a hook takes. */
static void arm(const char *name, uint32_t n)
{
	uint64_t begin = now_ns();

	deny_must_load(&d, &b);
	printf("%-40s %6llu us\n", name, (unsigned long long)(now_ns() - begin) / 1000 / n);
	begin = now_ns();
	deny_must_load(&d, &b); /* no rules */
	printf("%-40s %6llu us\n", "and detaching it", (unsigned long long)(now_ns() - begin) / 1000 / n);
}

/* Each check has one function or several, and a call one for each ABI. */
static void measure_arming(void)
{
	begin_rule();
	deny_range(&b, LINX_DENY_UID, 4242, 4242);
	arm("attaching a check", 1);
	for (uint16_t hook = LINX_DENY_FILE_OPEN; hook < LINX_DENY_CALL; hook++) {
		deny_rule(&b, hook, LINX_DENY_ENFORCE, LINX_DENY_ERRNO, EPERM);
		deny_range(&b, LINX_DENY_UID, 4242, 4242);
	}
	arm("attaching each of 21 checks", LINX_DENY_CALL - LINX_DENY_FILE_OPEN);
	deny_rule(&b, LINX_DENY_CALL, LINX_DENY_ENFORCE, LINX_DENY_ERRNO, EPERM)->call = SYS_setuid;
	deny_range(&b, LINX_DENY_UID, 4242, 4242);
	arm("attaching a call", 1);
}

int main(void)
{
	const char *plain = FREE "/plain.";

	scene_build();
	deny_enforce("1");
	deny_session(&d, 1 << 16);
	measure_arming();
	measure("no rule", plain);
	begin_rule();
	deny_range(&b, LINX_DENY_UID, 4242, 4242);
	deny_must_load(&d, &b);
	measure("a rule on the user", plain);
	begin_rule();
	deny_file(&b, LINX_DENY_INSIDE, VAULT);
	deny_must_load(&d, &b);
	measure("a rule on a directory", plain);
	load_many(10);
	measure("10 rules on files", plain);
	load_many(MANY);
	measure("10,000 rules on files", plain);
	dev_close(&d);
	scene_end();
	return 0;
}
