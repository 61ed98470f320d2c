// SPDX-License-Identifier: LGPL-2.1-or-later
/* Policies that would lock everybody out are reported, with rule, program and check; other policies are not. */
#include <errno.h>
#include <linx/policy.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "libuser/base/array_size.h"
#include "libuser/policy/own.h"
#include "libuser/policy/vital.h"
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
		const char *condition, *program; /* part of the expected program and check; NULL: no danger is found */
	} cases[] = {
		{ "evt.type = execve", "/bin/sh exec" },
		{ "evt.type = execve and proc.exepath = /bin/sh", "/bin/sh exec" },
		{ "evt.type = execve and proc.exepath startswith /usr/", "/bin/sh exec" },
		{ "evt.type = execve and not proc.exepath startswith /tmp/", "/bin/sh exec" },
		{ "evt.type = execve and proc.exepath endswith /sh and linx.cgroup pmatch (/)", "exec" },
		{ "evt.type in (open, openat) and fd.name startswith /", "/bin/sh file_open" },
		{ "evt.type in (open, openat) and fd.name startswith / and evt.is_open_read = true and user.uid = 0", "file_open" },
		{ "evt.type = mmap and evt.arg.prot contains PROT_EXEC", "/bin/sh mmap" },
		/* Every program maps parts of programs and libraries, removes rights from mappings, and maps memory. */
		{ "evt.type = mmap and evt.arg.prot contains PROT_WRITE and fd.name startswith /usr/", "/bin/sh mmap" },
		{ "evt.type = mmap and fd.filename = libc.so.6", "libc.so.6 mmap" },
		{ "evt.type = mprotect and fd.name startswith /usr/", "/bin/sh mprotect" },
		{ "evt.type = mprotect", "/bin/sh mprotect" },
		{ "evt.type = mmap and not fd.name startswith /", "/bin/sh mmap" },
		{ "evt.type = mprotect and not fd.name startswith /", "/bin/sh mprotect" },
		{ "evt.type = mmap and evt.arg.prot contains PROT_WRITE and evt.arg.prot contains PROT_EXEC", NULL },
		{ "evt.type = mprotect and evt.arg.prot contains PROT_EXEC", NULL },
		/* Calls. */
		{ "evt.type in (clone, clone3)", "/bin/sh call" },
		{ "evt.type = clone3 and user.uid = 0", "/bin/sh call" },
		{ "evt.type = arch_prctl", "/bin/sh call" },
		{ "evt.type in (setuid, setresuid, setgid) and user.uid = 0", "call" },
		{ "evt.type = ioctl", "/bin/sh call" },
		{ "evt.type = ioctl and evt.arg.cmd = 0x5401", "/bin/sh call" },
		{ "evt.type = clone and evt.arg.clone_flags contains CLONE_NEWUSER", NULL },
		{ "evt.type = clone and not evt.arg.clone_flags contains CLONE_NEWUSER", "/bin/sh call" },
		{ "evt.type = setuid and evt.arg.uid = 33", NULL },
		{ "evt.type = unshare", NULL },
		{ "evt.type = chown and fd.name startswith /dev/", "setattr" },
		{ "evt.type = chmod and evt.arg.mode contains S_ISUID", NULL },
		{ "evt.type = socket and evt.arg.family = AF_UNIX", "socket" },
		{ "evt.type = socket and evt.arg.family = AF_PACKET", NULL },
		/* Devices are opened to be written, and configurations to be read. */
		{ "evt.type in (open, openat) and fd.name startswith / and evt.is_open_write = true", "/dev/null file_open" },
		{ "evt.type in (open, openat) and evt.is_open_write = true", "/dev/null file_open" },
		{ "evt.type in (open, openat) and fd.name startswith /dev/", "/dev/" },
		{ "evt.type in (open, openat) and evt.arg.flags contains O_TRUNC", "/dev/null file_open" },
		{ "evt.type in (open, openat) and fd.name startswith /etc/", "/etc/passwd file_open" },
		{ "evt.type in (open, openat) and fd.name = /etc/passwd", "/etc/passwd file_open" },
		{ "evt.type in (open, openat) and fd.filename endswith .so.6", "file_open" },
		{ "evt.type in (open, openat) and fd.name = /etc/passwd and evt.is_open_write = true", NULL },
		{ "evt.type in (open, openat) and fd.name startswith / and user.uid = 33", NULL },
		{ "evt.type in (open, openat) and fd.name startswith /proc/sys/", NULL },
		/* Conditions on the program that makes the call, and on its ancestors. */
		{ "evt.type in (open, openat) and fd.name startswith / and proc.exepath = /usr/bin/env", NULL },
		{ "evt.type in (open, openat) and fd.name startswith / and not proc.exepath = /usr/bin/env", "file_open" },
		{ "evt.type in (open, openat) and fd.name startswith / and proc.exepath = /bin/sh", "file_open" },
		{ "evt.type = execve and proc.exepath = /bin/sh and proc.pexepath = /usr/bin/env", NULL },
		{ "evt.type = execve and proc.exepath = /bin/sh and not proc.aexepath = /usr/bin/env", "/bin/sh exec" },
		{ "evt.type = execve and proc.exepath = /bin/sh and proc.aexepath in (/bin/sh, /bin/bash)", "/bin/sh exec" },
		{ "evt.type = execve and proc.exepath startswith /proc/sys/", NULL },
		{ "evt.type = execve and proc.exepath endswith /no-such-shell", NULL },
		{ "evt.type = connect", NULL },
	};
	char program[256];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int ret;

		if (strstr(cases[i].condition, "cgroup") && access("/sys/fs/cgroup/cgroup.procs", F_OK))
			continue; /* the machine has no control groups of version 2 */
		ret = find(cases[i].condition, LINX_POLICY_DENY, false, program, sizeof(program));
		if (ret != (cases[i].program != NULL) || (ret && !strstr(program, cases[i].program)))
			fail_msg("%s: %d %s", cases[i].condition, ret, ret ? program : "");
	}
}

/* A rule that refuses nothing does not count as a danger. */
static void test_harmless(void **state)
{
	char program[256];

	(void)state;
	assert_int_equal(find("evt.type = execve", LINX_POLICY_NOTIFY, false, program, sizeof(program)), 0);
	assert_int_equal(find("evt.type = execve", LINX_POLICY_KILL, true, program, sizeof(program)), 0);
	assert_int_equal(find("evt.type = execve", LINX_POLICY_KILL, false, program, sizeof(program)), 1);
}

/* Each program that a rule would lock out is reported once. */
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

static void note_port(unsigned int port, void *ctx)
{
	char *text = ctx;

	sprintf(text + strlen(text), " %u", port);
}

/* Ports of sshd, as its configuration and its systemd socket name them. */
static void test_ports(void **state)
{
	static const char configuration[] = "# Port 1\nPort 2222\n  port\t2223 # another\nListenAddress 0.0.0.0:2224\nListenAddress [::]:2225\n"
					    "ListenAddress ::1\nListenAddress 10.0.0.1\nListenAddress host\nPermitRootLogin 5\nPort\n"
					    "ListenStream=2226\nListenStream=0.0.0.0:2227\nListenStream=\nListenStream=/run/x\nPort 99999\n";
	char name[] = "/tmp/linx-ports.XXXXXX", ports[128] = "";
	int fd = mkstemp(name);

	(void)state;
	assert_true(fd >= 0 && write(fd, configuration, sizeof(configuration) - 1) == (ssize_t)sizeof(configuration) - 1);
	close(fd);
	linx_vital_ports(name, note_port, ports);
	unlink(name);
	assert_string_equal(ports, " 2222 2223 2224 2225 2226 2227");
	linx_vital_ports("/no/such/*", note_port, ports);
}

/* One dangerous rule is found among thousands of rules that lock nobody out. */
static void test_many_rules(void **state)
{
	struct linx_policy_rule rule = { .size = sizeof(rule), .action = LINX_POLICY_DENY };
	struct linx_policy_danger danger;
	struct linx_error err;
	struct linx_policy *p;
	char condition[128];

	(void)state;
	assert_int_equal(linx_policy_new(&p), 0);
	for (unsigned int i = 0; i < 2000; i++) {
		snprintf(condition, sizeof(condition), "evt.type = open and fd.name = /tmp/no-such-%u", i);
		rule.condition = condition;
		assert_int_equal(linx_policy_add(p, &rule, &err), (int)i);
	}
	assert_int_equal(linx_policy_find_danger(p, 0, &danger), 0);
	rule.condition = "evt.type = open and fd.name = /etc/passwd";
	assert_int_equal(linx_policy_add(p, &rule, &err), 2000);
	assert_int_equal(linx_policy_find_danger(p, 0, &danger), 1);
	assert_int_equal(danger.rule, 2000);
	linx_policy_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ports),
		cmocka_unit_test(test_many_rules),
		cmocka_unit_test(test_found),
		cmocka_unit_test(test_harmless),
		cmocka_unit_test(test_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
