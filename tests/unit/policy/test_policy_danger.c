// SPDX-License-Identifier: LGPL-2.1-or-later
/* Policies that would lock everybody out are found, with rule, program and check; others are not. */
#include <errno.h>
#include <linx/policy.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "libuser/base/array_size.h"
#include "libuser/policy/own.h"
#include "within.h"
#include "within.h"

static int find(const char *condition, enum linx_policy_action action, bool observe, char *program, size_t size)
{
	struct linx_policy_rule rule = { .size = sizeof(rule), .condition = condition, .action = action, .observe = observe };
	struct linx_policy_danger danger;
	struct linx_error err = { "" };
	struct linx_policy *p;
	int ret;

	assert_int_equal(linx_policy_new(&p), 0);
	if (linx_policy_add(p, &rule, &err) != 0)
		fail_msg("%s: %s", condition, err.text);
	ret = linx_policy_find_danger(p, 0, &danger);
	if (ret == 1)
		snprintf(program, size, "%s %s", danger.program, danger.check);
	linx_policy_free(p);
	return ret;
}

static void test_found(void **state)
{
	static const struct {
		const char *condition, *program; /* a part of the program and check that is found; NULL: none is */
	} cases[] = {
		{ "evt.type = execve", "/bin/sh exec" },
		{ "evt.type = execve and proc.exepath = /bin/sh", "/bin/sh exec" },
		{ "evt.type = execve and proc.exepath startswith /usr/", "/bin/sh exec" },
		{ "evt.type = execve and not proc.exepath startswith /tmp/", "/bin/sh exec" },
		{ "evt.type = execve and proc.exepath endswith /sh and linx.cgroup pmatch (/)", "exec" },
		{ "evt.type in (open, openat) and fd.name startswith /", "/bin/sh file_open" },
		{ "evt.type in (open, openat) and fd.name startswith / and evt.is_open_read = true and user.uid = 0", "file_open" },
		{ "evt.type = mmap and evt.arg.prot contains PROT_EXEC", "/bin/sh mmap" },
		{ "evt.type in (open, openat) and fd.name startswith / and evt.is_open_write = true", NULL },
		{ "evt.type in (open, openat) and fd.name startswith / and user.uid = 33", NULL },
		{ "evt.type in (open, openat) and fd.name = /etc/passwd", NULL },
		{ "evt.type = execve and proc.exepath startswith /tmp/", NULL },
		{ "evt.type = execve and proc.exepath endswith /no-such-shell", NULL },
		{ "evt.type = connect", NULL },
	};
	char program[256];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int ret;

		if (strstr(cases[i].condition, "cgroup") && access("/sys/fs/cgroup/cgroup.procs", F_OK))
			continue; /* no control groups of version 2 here */
		ret = find(cases[i].condition, LINX_POLICY_DENY, false, program, sizeof(program));
		if (ret != (cases[i].program != NULL) || (ret && !strstr(program, cases[i].program)))
			fail_msg("%s: %d %s", cases[i].condition, ret, ret ? program : "");
	}
}

/* A rule that refuses nothing is no danger. */
static void test_harmless(void **state)
{
	char program[256];

	(void)state;
	assert_int_equal(find("evt.type = execve", LINX_POLICY_NOTIFY, false, program, sizeof(program)), 0);
	assert_int_equal(find("evt.type = execve", LINX_POLICY_KILL, true, program, sizeof(program)), 0);
	assert_int_equal(find("evt.type = execve", LINX_POLICY_KILL, false, program, sizeof(program)), 1);
}

/* Each program of a rule is found once. */
static void test_all(void **state)
{
	struct linx_policy_rule rule = { .size = sizeof(rule), .condition = "evt.type = execve and proc.exepath in (/bin/sh, /bin/bash)" };
	struct linx_policy_danger danger;
	struct linx_error err;
	struct linx_policy *p;
	unsigned int n = 0;

	(void)state;
	rule.action = LINX_POLICY_DENY;
	assert_int_equal(linx_policy_new(&p), 0);
	assert_int_equal(linx_policy_add(p, &rule, &err), 0);
	for (; linx_policy_find_danger(p, n, &danger) == 1; n++)
		assert_true(danger.rule == 0 && !strcmp(danger.check, "exec"));
	assert_true(n >= 1 && n <= 4); /* sh, bash, and root's shell, which may be one of these */
	linx_policy_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_found),
		cmocka_unit_test(test_harmless),
		cmocka_unit_test(test_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
