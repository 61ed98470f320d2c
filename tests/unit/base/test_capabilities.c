// SPDX-License-Identifier: LGPL-2.1-or-later
/* Capabilities of a thread that are dropped, also under a filter that refuses capset(2), as some services have. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/wait.h>

#include "common/base/capabilities.c"

static bool refuse_capset(void)
{
	struct sock_filter rules[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_capset, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog filter = { .len = sizeof(rules) / sizeof(*rules), .filter = rules };

	return !prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) && !prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0);
}

static bool is_without(void)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };

	return has_none(&head);
}

/* Capabilities that are there are gone afterwards, and none are left to be dropped. */
static bool drops(void)
{
	return capabilities_drop() && is_without();
}

static bool has_nothing_to_drop(void)
{
	return capabilities_drop() && refuse_capset() && capabilities_drop();
}

/* Capabilities that cannot be dropped are no success. */
static bool cannot_drop(void)
{
	bool without = is_without();

	return refuse_capset() && capabilities_drop() == without;
}

/* Runs a function in a process of its own. */
static bool runs(bool (*function)(void))
{
	pid_t pid = fork();
	int status = -1;

	if (!pid)
		_exit(function() ? 0 : 1);
	return pid > 0 && waitpid(pid, &status, 0) == pid && !status;
}

static void test_drop(void **state)
{
	(void)state;
	assert_true(runs(drops));
}

static void test_nothing_to_drop(void **state)
{
	(void)state;
	assert_true(runs(has_nothing_to_drop));
}

static void test_filter(void **state)
{
	(void)state;
	assert_true(runs(cannot_drop));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_drop),
		cmocka_unit_test(test_nothing_to_drop),
		cmocka_unit_test(test_filter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
