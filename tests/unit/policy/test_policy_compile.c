// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Conditions of policies become rules of the module that hold for the same operations: random conditions are tried on
 * random operations, for which an interpreter of the rules and the condition itself must agree. Paths become files and
 * places. Each part that the module cannot judge exactly is refused by name.
 */
#include <errno.h>
#include <fcntl.h>
#include <linx/policy.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "libuser/base/array_size.h"
#include "libuser/policy/own.h"
#include "within.h"

static struct linx_policy *policy_of(const char *condition)
{
	struct linx_policy_rule rule = { .size = sizeof(rule), .condition = condition, .action = LINX_POLICY_DENY };
	struct linx_error err = { "" };
	struct linx_policy *p;

	assert_int_equal(linx_policy_new(&p), 0);
	if (linx_policy_add(p, &rule, &err) != 0)
		fail_msg("%s: %s", condition, err.text);
	return p;
}

static void *operands(const struct linx_policy *p, const struct linx_deny_cond *c, size_t size)
{
	assert_true(c->offset % 8 == 0 && c->offset + c->count * size <= p->operands.len);
	return p->operands.data + c->offset;
}

/* ---- random conditions --------------------------------------------------------------------------- */

/* An operation on which conditions are tried: its check, and the values that conditions compare. */
struct operation {
	unsigned int check;
	uint64_t uid, euid, port, flags;
};

static uint32_t seed;

static uint32_t any(uint32_t n)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % n;
}

static uint64_t number(const struct operation *op, unsigned int what)
{
	switch (what) {
	case LINX_DENY_UID:
		return op->uid;
	case LINX_DENY_EUID:
		return op->euid;
	case LINX_DENY_PORT:
		return op->port;
	case LINX_DENY_FLAGS:
		return op->flags;
	case LINX_DENY_FAMILY:
		return AF_INET;
	default:
		fail_msg("unexpected object %u", what);
		return 0;
	}
}

static bool cond_holds(const struct linx_policy *p, const struct linx_deny_cond *c, const struct operation *op)
{
	const struct linx_deny_range *r = operands(p, c, 16);
	const struct linx_deny_mask *m = (const void *)r;
	uint64_t n = number(op, c->what);
	bool fits = false;

	assert_true(c->count && (c->test == LINX_DENY_RANGE || c->test == LINX_DENY_MASK));
	for (uint32_t i = 0; i < c->count; i++)
		fits |= c->test == LINX_DENY_RANGE ? n >= r[i].from && n <= r[i].to : (n & m[i].mask) == m[i].value;
	return fits != !!(c->flags & LINX_DENY_NOT);
}

static bool policy_holds(const struct linx_policy *p, const struct operation *op)
{
	for (uint32_t i = 0; i < p->nrules; i++) {
		bool holds = p->rules[i].hook == op->check;

		assert_true(p->rules[i].first + p->rules[i].nconds <= p->nconds);
		for (uint32_t k = 0; holds && k < p->rules[i].nconds; k++)
			holds = cond_holds(p, &p->conds[p->rules[i].first + k], op);
		if (holds)
			return true;
	}
	return false;
}

/* A node of a random condition: its text, and whether it holds for each of the operations that are tried. */
#define OPERATIONS 64
struct node {
	char text[2048];
	bool holds[OPERATIONS];
};
static struct operation operation[OPERATIONS];

static bool compares(unsigned int op, uint64_t n, uint64_t with)
{
	const bool results[] = { n == with, n != with, n < with, n <= with, n > with, n >= with };

	return results[op];
}

/*
 * Makes a random test of a user id, of the port (if the condition is about connect), or of the way in which a file is
 * opened (if it is not).
 */
static void random_test(struct node *to, bool connects)
{
	static const char *const ops[] = { "=", "!=", "<", "<=", ">", ">=" };
	unsigned int kind = any(3), op = any(ARRAY_SIZE(ops)), with = 1 + any(6);

	if (kind == 2 && !connects) {
		bool wanted = any(2);

		snprintf(to->text, sizeof(to->text), "evt.is_open_write %s %s", op % 2 ? "!=" : "=", wanted ? "true" : "false");
		for (unsigned int i = 0; i < OPERATIONS; i++) {
			uint64_t f = operation[i].flags;
			bool writes = (f & O_ACCMODE) == O_WRONLY || (f & O_ACCMODE) == O_RDWR || f & O_TRUNC;

			to->holds[i] = (writes == wanted) != (op % 2);
		}
		return;
	}
	if (any(3) == 0) {
		unsigned int other = 1 + any(6);

		snprintf(to->text, sizeof(to->text), "%s in (%u, %u)", kind ? kind == 1 ? "user.uid" : "fd.rport" : "linx.uid", with, other);
		for (unsigned int i = 0; i < OPERATIONS; i++) {
			uint64_t n = kind ? kind == 1 ? operation[i].euid : operation[i].port : operation[i].uid;

			to->holds[i] = n == with || n == other;
		}
		return;
	}
	snprintf(to->text, sizeof(to->text), "%s %s %u", kind ? kind == 1 ? "user.uid" : "fd.rport" : "linx.uid", ops[op], with);
	for (unsigned int i = 0; i < OPERATIONS; i++)
		to->holds[i] = compares(op, kind ? kind == 1 ? operation[i].euid : operation[i].port : operation[i].uid, with);
}

static void random_node(struct node *to, unsigned int depth, bool connects)
{
	struct node *sides;
	unsigned int kind = depth ? any(4) : 0;

	if (!kind) {
		random_test(to, connects);
		return;
	}
	sides = calloc(2, sizeof(*sides));
	assert_non_null(sides);
	random_node(&sides[0], depth - 1, connects);
	random_node(&sides[1], depth - 1, connects);
	if (kind == 1)
		snprintf(to->text, sizeof(to->text), "not (%.900s)", sides[0].text);
	else
		snprintf(to->text, sizeof(to->text), "(%.900s %s %.900s)", sides[0].text, kind == 2 ? "and" : "or", sides[1].text);
	for (unsigned int i = 0; i < OPERATIONS; i++)
		to->holds[i] = kind == 1 ? !sides[0].holds[i] :
			       kind == 2 ? sides[0].holds[i] && sides[1].holds[i] :
					   sides[0].holds[i] || sides[1].holds[i];
	free(sides);
}

static void test_random_conditions(void **state)
{
	unsigned int tried = 0, never = 0;

	(void)state;
	for (unsigned int round = 0; round < 3000; round++) {
		bool connects = round % 2;
		struct linx_policy_rule rule = { .size = sizeof(rule), .action = LINX_POLICY_KILL };
		struct linx_error err = { "" };
		struct node node = { 0 };
		char text[2200];
		struct linx_policy *p;
		int ret;

		seed = round;
		for (unsigned int i = 0; i < OPERATIONS; i++)
			operation[i] = (struct operation){ any(4) ? connects ? LINX_DENY_CONNECT : LINX_DENY_FILE_OPEN : LINX_DENY_EXEC,
							   any(8), any(8), any(8), any(4) | (any(3) ? 0 : O_TRUNC) };
		random_node(&node, 3, connects);
		snprintf(text, sizeof(text), "evt.type %s and %.2000s", connects ? "= connect" : "in (open, openat)", node.text);
		rule.condition = text;
		assert_int_equal(linx_policy_new(&p), 0);
		ret = linx_policy_add(p, &rule, &err);
		if (ret && strstr(err.text, "nothing is below")) {
			never++;
		} else if (ret) {
			fail_msg("%s: %s", text, err.text);
		} else {
			tried++;
			for (unsigned int i = 0; i < OPERATIONS; i++) {
				bool right = node.holds[i] && operation[i].check != LINX_DENY_EXEC;

				if (policy_holds(p, &operation[i]) != right)
					fail_msg("%s: operation %u", text, i);
			}
		}
		linx_policy_free(p);
	}
	assert_true(tried > 2900 && never < 100);
}

/* ---- paths --------------------------------------------------------------------------------------- */

static char folder[] = "/tmp/linx-policy.XXXXXX";
static char path[256];

static const char *in_folder(const char *name)
{
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

static int make_folder(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	close(open(in_folder("secret"), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
	mkdir(in_folder("sub"), 0700);
	return symlink("secret", in_folder("alias")) || symlink("alias", in_folder("chain")) || symlink("sub/none", in_folder("dangling")) ||
	       symlink("none/none", in_folder("lost")) || symlink("ring", in_folder("ring"));
}

static int remove_folder(void **state)
{
	(void)state;
	unlink(in_folder("secret"));
	unlink(in_folder("alias"));
	unlink(in_folder("chain"));
	unlink(in_folder("dangling"));
	unlink(in_folder("lost"));
	unlink(in_folder("ring"));
	rmdir(in_folder("sub"));
	return rmdir(folder);
}

static struct linx_policy *policy_on(const char *format, const char *name)
{
	char test[512], condition[600];

	snprintf(test, sizeof(test), format, in_folder(name));
	snprintf(condition, sizeof(condition), "evt.type in (open, openat, openat2) and %s", test);
	return policy_of(condition);
}

/* Fails unless the descriptor of the value f refers to the named file. */
static void assert_same(const struct linx_deny_file *f, const char *file)
{
	struct stat a, b;

	assert_int_equal(fstat(f->fd, &a), 0);
	assert_int_equal(stat(file, &b), 0);
	assert_true(a.st_dev == b.st_dev && a.st_ino == b.st_ino);
}

static void assert_place(const struct linx_policy *p, const struct linx_deny_file *f, const char *name)
{
	assert_int_equal(f->fd, LINX_DENY_BY_PATH);
	assert_int_equal(f->name_len, strlen(in_folder(name)));
	assert_memory_equal(p->operands.data + f->name, in_folder(name), f->name_len);
}

static void test_file(void **state)
{
	struct linx_policy *p = policy_on("fd.name = %s", "secret");
	const struct linx_deny_file *f = operands(p, &p->conds[0], sizeof(*f));

	(void)state;
	assert_int_equal(p->nrules, 1);
	assert_int_equal(p->rules[0].hook, LINX_DENY_FILE_OPEN);
	assert_true(p->conds[0].what == LINX_DENY_FILE && p->conds[0].test == LINX_DENY_PLACED && p->conds[0].count == 1);
	assert_place(p, &f[0], "secret");
	assert_int_equal(p->nfds, 0);
	linx_policy_free(p);
}

/*
 * The test of a path covers the place of the path. If a link is there, it also covers the places of the links and of
 * the file to which that link leads now, even if the file does not exist.
 */
static void test_link_and_absent_file(void **state)
{
	struct linx_policy *p = policy_on("fd.name = %s", "chain");
	const struct linx_deny_file *f = operands(p, &p->conds[0], sizeof(*f));

	(void)state;
	assert_int_equal(p->conds[0].count, 3);
	assert_place(p, &f[0], "chain");
	assert_place(p, &f[1], "alias");
	assert_place(p, &f[2], "secret");
	linx_policy_free(p);

	p = policy_on("fd.name = %s", "dangling");
	f = operands(p, &p->conds[0], sizeof(*f));
	assert_int_equal(p->conds[0].count, 2);
	assert_place(p, &f[1], "sub/none");
	linx_policy_free(p);

	p = policy_on("fd.name = %s", "later");
	f = operands(p, &p->conds[0], sizeof(*f));
	assert_int_equal(p->conds[0].count, 1);
	assert_place(p, &f[0], "later");
	linx_policy_free(p);
}

static void test_inside(void **state)
{
	struct linx_policy *p = policy_on("fd.name startswith %s/", "sub");
	const struct linx_deny_file *f = operands(p, &p->conds[0], sizeof(*f));

	(void)state;
	assert_int_equal(p->rules[0].nconds, 2);
	assert_true(p->conds[0].test == LINX_DENY_INSIDE && !p->conds[0].flags);
	assert_same(&f[0], in_folder("sub"));
	assert_true(p->conds[1].test == LINX_DENY_PLACED && p->conds[1].flags == LINX_DENY_NOT);
	linx_policy_free(p);

	p = policy_on("not fd.name startswith %s/", "sub");
	assert_int_equal(p->nrules, 2);
	assert_true(p->conds[0].test == LINX_DENY_INSIDE && p->conds[0].flags == LINX_DENY_NOT);
	assert_true(p->conds[1].test == LINX_DENY_PLACED && !p->conds[1].flags);
	linx_policy_free(p);

	p = policy_on("fd.name pmatch (%s)", "sub");
	assert_true(p->nrules == 1 && p->rules[0].nconds == 1 && p->conds[0].test == LINX_DENY_INSIDE);
	linx_policy_free(p);
}

/*
 * A link into a missing directory, links that form a circle, and a missing path in a test that needs an existing file
 * are refused.
 */
static void test_refused_paths(void **state)
{
	static const struct {
		const char *test, *name, *why;
		int code;
	} cases[] = {
		{ "fd.name = %s", "lost", "the link leads to a place that cannot be judged", -ENOENT },
		{ "fd.name = %s", "ring", "symbolic links", -ELOOP },
		{ "fd.name pmatch (%s)", "later", "pmatch takes what is there", -ENOENT },
		{ "fd.name startswith %s/", "later", "No such file", -ENOENT },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char test[512], condition[600];
		struct linx_policy_rule rule = { .size = sizeof(rule), .condition = condition };
		struct linx_error err = { "" };
		struct linx_policy *p;

		snprintf(test, sizeof(test), cases[i].test, in_folder(cases[i].name));
		snprintf(condition, sizeof(condition), "evt.type = openat and %s", test);
		assert_int_equal(linx_policy_new(&p), 0);
		assert_int_equal(linx_policy_add(p, &rule, &err), cases[i].code);
		if (!strstr(err.text, cases[i].why))
			fail_msg("%s: %s", condition, err.text);
		linx_policy_free(p);
	}
}

/*
 * A call that moves a directory, or mounts over it, also moves what is inside. Therefore "startswith DIR/" includes the
 * directory itself in the checks of such calls, but not in other checks.
 */
static void test_inside_moves(void **state)
{
	static const char *const calls[] = { "rename", "mount", "openat", "unlinkat" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
		bool moves = i < 2;
		char condition[600];
		struct linx_policy *p;

		snprintf(condition, sizeof(condition), "evt.type = %s and fd.name startswith %s/", calls[i], in_folder("sub"));
		p = policy_of(condition);
		assert_int_equal(p->nrules, 1);
		assert_int_equal(p->rules[0].nconds, moves ? 1 : 2);
		assert_true(p->conds[0].test == LINX_DENY_INSIDE && !p->conds[0].flags);
		linx_policy_free(p);
		snprintf(condition, sizeof(condition), "evt.type = %s and not fd.name startswith %s/", calls[i], in_folder("sub"));
		p = policy_of(condition);
		assert_true(p->nrules == 2 && p->rules[0].nconds == 1 && p->rules[1].nconds == 1);
		assert_true(p->conds[1].test == LINX_DENY_PLACED && !p->conds[1].flags);
		linx_policy_free(p);
	}
}

/* Mounts below a directory are inside it: /proc is below /. */
static void test_inside_mounts(void **state)
{
	struct linx_policy *p = policy_of("evt.type = openat and fd.name pmatch (/)");
	const struct linx_deny_file *f = operands(p, &p->conds[0], sizeof(*f));
	struct stat proc, st;
	bool found = false;

	(void)state;
	assert_int_equal(stat("/proc", &proc), 0);
	for (uint32_t i = 0; i < p->conds[0].count; i++)
		found |= !fstat(f[i].fd, &st) && st.st_dev == proc.st_dev && st.st_ino == proc.st_ino;
	assert_true(found);
	linx_policy_free(p);
}

static void test_parts_of_paths(void **state)
{
	struct linx_policy *p = policy_on("fd.name startswith %s", "sec");
	const struct linx_deny_text *t = operands(p, &p->conds[0], sizeof(*t));

	(void)state;
	assert_int_equal(p->conds[0].test, LINX_DENY_BEGINS);
	assert_true(t->fd >= 0 && t->len >= 4);
	assert_memory_equal(p->operands.data + t->text + t->len - 4, "/sec", 4);
	linx_policy_free(p);

	p = policy_of("evt.type = open and fd.filename in (id_rsa, id_dsa)");
	t = operands(p, &p->conds[0], sizeof(*t));
	assert_true(p->conds[0].test == LINX_DENY_ENDS && p->conds[0].count == 2 && t[0].fd == -1);
	assert_memory_equal(p->operands.data + t[0].text, "/id_rsa", t[0].len);
	linx_policy_free(p);
}

/*
 * A test with != also requires that the object exists: an anonymous mapping has no file, and a unix socket has no port.
 */
static void test_different(void **state)
{
	struct linx_policy *p = policy_of("evt.type = mmap and fd.name != /etc/passwd");

	(void)state;
	assert_true(p->nrules == 1 && p->rules[0].nconds == 2);
	assert_true(p->conds[0].what == LINX_DENY_LINKS && !p->conds[0].flags);
	assert_true(p->conds[1].what == LINX_DENY_FILE && p->conds[1].flags == LINX_DENY_NOT);
	linx_policy_free(p);

	p = policy_of("evt.type = connect and not fd.rport != 443");
	assert_true(p->nrules == 2 && p->rules[0].nconds == 1 && p->rules[1].nconds == 1);
	assert_true(p->conds[0].what == LINX_DENY_FAMILY && p->conds[0].flags == LINX_DENY_NOT);
	assert_true(p->conds[1].what == LINX_DENY_PORT && !p->conds[1].flags);
	linx_policy_free(p);

	p = policy_of("evt.type = connect and fd.l4proto = tcp");
	assert_true(p->nrules == 1 && p->rules[0].nconds == 2 && p->conds[0].what == LINX_DENY_FAMILY && p->conds[0].count == 2);
	linx_policy_free(p);

	p = policy_of("evt.type = open and user.uid != 0");
	assert_true(p->nrules == 1 && p->rules[0].nconds == 1);
	linx_policy_free(p);
}

/* ---- checks --------------------------------------------------------------------------------------- */

static void test_checks(void **state)
{
	struct linx_policy *p = policy_of("evt.type in (init_module, finit_module) and user.uid != 0");
	const struct linx_deny_range *r;

	(void)state;
	assert_int_equal(p->nrules, 2);
	assert_int_equal(p->rules[0].hook, LINX_DENY_LOAD_DATA);
	assert_int_equal(p->rules[1].hook, LINX_DENY_READ_FILE);
	for (unsigned int i = 0; i < 2; i++) {
		const struct linx_deny_cond *c = &p->conds[p->rules[i].first];

		r = operands(p, c, sizeof(*r));
		assert_true(c->what == LINX_DENY_READING && r->from == LINX_DENY_READS_MODULE && r->to == LINX_DENY_READS_MODULE);
	}
	linx_policy_free(p);

	p = policy_of("(evt.type = connect and fd.rnet in (10.0.0.0/8, ::1)) or (evt.type = execve and proc.exepath = /bin/sh)");
	assert_int_equal(p->nrules, 2);
	assert_true(p->rules[0].hook == LINX_DENY_CONNECT && p->rules[1].hook == LINX_DENY_EXEC);
	assert_int_equal(((struct linx_deny_net *)operands(p, &p->conds[0], sizeof(struct linx_deny_net)))->prefix, 104);
	linx_policy_free(p);
}

/*
 * If calls share a check, a rule on one of them also tests what distinguishes that call. A call with two checks is
 * judged at the check that has the values.
 */
static void test_choices_of_checks(void **state)
{
	static const struct {
		const char *condition;
		unsigned int check, whats[3], call;
	} cases[] = {
		{ "evt.type = rmdir and fd.name = /etc/passwd", LINX_DENY_UNLINK, { LINX_DENY_FILE_MODE, LINX_DENY_FILE }, 0 },
		{ "evt.type = unlinkat and fs.path.name = /etc/passwd", LINX_DENY_UNLINK, { LINX_DENY_FILE }, 0 },
		{ "evt.type = rename and fd.name = /etc/passwd", LINX_DENY_RENAME, { LINX_DENY_FILE }, 0 },
		{ "evt.type = chmod and evt.arg.mode contains S_ISUID", LINX_DENY_SETATTR, { LINX_DENY_FLAGS, LINX_DENY_NEW_MODE }, 0 },
		{ "evt.type = chown and fd.name = /etc/passwd", LINX_DENY_SETATTR, { LINX_DENY_FLAGS, LINX_DENY_FILE }, 0 },
		{ "evt.type = mkdir and fd.name = /etc/new", LINX_DENY_CREATE, { LINX_DENY_FILE_MODE, LINX_DENY_FILE }, 0 },
		{ "evt.type = bind and fd.name = /etc/new", LINX_DENY_CREATE, { LINX_DENY_FILE_MODE, LINX_DENY_FILE }, 0 },
		{ "evt.type = bind and fd.lport = 22", LINX_DENY_BIND, { LINX_DENY_PORT }, 0 },
		{ "evt.type = connect and fd.name = /etc/passwd", LINX_DENY_UNIX, { LINX_DENY_FILE }, 0 },
		{ "evt.type = connect and user.uid = 1", LINX_DENY_CONNECT, { LINX_DENY_EUID }, 0 },
		{ "evt.type = connect and linx.ns.user != 4026531837 and linx.ns.net = 5", LINX_DENY_CONNECT, { LINX_DENY_USER_NS, LINX_DENY_NET_NS }, 0 },
		{ "evt.type = kill and linx.ns.mnt in (1, 2) and linx.ns.pid = 3", LINX_DENY_KILL, { LINX_DENY_MNT_NS, LINX_DENY_PID_NS }, 0 },
		{ "evt.type = kill and evt.arg.sig = SIGKILL", LINX_DENY_KILL, { LINX_DENY_NUMBER }, 0 },
		{ "evt.type = bpf and evt.arg.cmd = BPF_PROG_LOAD", LINX_DENY_BPF, { LINX_DENY_NUMBER }, 0 },
		{ "evt.type = mount and evt.arg.type = proc", LINX_DENY_MOUNT, { LINX_DENY_FS_TYPE }, 0 },
		{ "evt.type = mount and evt.arg.flags contains MS_BIND", LINX_DENY_MOUNT, { LINX_DENY_FLAGS }, 0 },
		{ "evt.type = socket and evt.arg.family = AF_PACKET", LINX_DENY_SOCKET, { LINX_DENY_FAMILY }, 0 },
		{ "evt.type = mprotect and evt.arg.prot contains PROT_EXEC", LINX_DENY_MPROTECT, { LINX_DENY_FLAGS }, 0 },
		{ "evt.type = execve and proc.exepath = /bin/sh", LINX_DENY_EXEC, { LINX_DENY_FILE }, 0 },
		{ "evt.type = open and proc.exepath = /bin/sh", LINX_DENY_FILE_OPEN, { LINX_DENY_EXE }, 0 },
		{ "evt.type = open and proc.aexepath in (/bin/sh, /bin/bash)", LINX_DENY_FILE_OPEN, { LINX_DENY_ANCESTOR }, 0 },
		{ "evt.type = pidfd_getfd and user.uid = 1", LINX_DENY_PTRACE, { LINX_DENY_FLAGS, LINX_DENY_EUID }, 0 },
		{ "evt.type = ptrace and evt.arg.request = PTRACE_ATTACH", LINX_DENY_CALL, { LINX_DENY_ARG }, 101 },
		{ "evt.arg.request = PTRACE_ATTACH and evt.type = ptrace", LINX_DENY_CALL, { LINX_DENY_ARG }, 101 },
		{ "evt.type = mount and not evt.arg.flags contains MS_BIND", LINX_DENY_MOUNT, { LINX_DENY_FLAGS }, 0 },
		{ "evt.type = unshare", LINX_DENY_CALL, { 0 }, 272 },
		{ "evt.type = unshare and evt.arg.unshare_flags contains CLONE_NEWUSER", LINX_DENY_CALL, { LINX_DENY_ARG }, 272 },
		{ "evt.type = setresuid and evt.arg.euid = 0", LINX_DENY_CALL, { LINX_DENY_ARG + 1 }, 117 },
		{ "evt.type = memfd_create and evt.arg.flags contains MFD_CLOEXEC", LINX_DENY_CALL, { LINX_DENY_ARG + 1 }, 319 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct linx_policy *p = policy_of(cases[i].condition);
		const struct linx_deny_rule *r = &p->rules[0];

		if (p->nrules != 1 || r->hook != cases[i].check || r->call != cases[i].call)
			fail_msg("%s: %u rules, check %u, call %u", cases[i].condition, p->nrules, r->hook, r->call);
		for (unsigned int k = 0; k < 3 && cases[i].whats[k]; k++)
			if (k >= r->nconds || p->conds[r->first + k].what != cases[i].whats[k])
				fail_msg("%s: condition %u", cases[i].condition, k);
		linx_policy_free(p);
	}
}

/* PTRACE_TRACEME reaches no check. Therefore it is judged at the beginning of its call. */
static void test_call_without_check(void **state)
{
	struct linx_policy *p = policy_of("evt.type = ptrace and user.uid = 1");
	const struct linx_deny_mask *m = operands(p, &p->conds[p->rules[0].first], sizeof(*m));
	const struct linx_deny_range *r = operands(p, &p->conds[p->rules[1].first], sizeof(*r));

	(void)state;
	assert_int_equal(p->nrules, 2);
	assert_true(p->rules[0].hook == LINX_DENY_PTRACE && p->rules[0].nconds == 2 && m->mask == 2 && m->value == 2);
	assert_true(p->rules[1].hook == LINX_DENY_CALL && p->rules[1].call == 101 && p->rules[1].nconds == 2);
	assert_true(p->conds[p->rules[1].first].what == LINX_DENY_ARG && r->from == 0 && r->to == 0);
	assert_true(p->rules[0].id == p->rules[1].id);
	linx_policy_free(p);
}

/* The value -1 gets the width with which the kernel takes the argument. */
static void test_width_of_arguments(void **state)
{
	struct linx_policy *p = policy_of("evt.type = setresuid and evt.arg.ruid = -1");
	const struct linx_deny_range *r = operands(p, &p->conds[0], sizeof(*r));

	(void)state;
	assert_true(r->from == UINT32_MAX && r->to == UINT32_MAX);
	linx_policy_free(p);
}

/*
 * A condition on gained capabilities is judged where execve cannot fail any more. Other conditions on execve are judged
 * where it can still fail.
 */
static void test_gains(void **state)
{
	struct linx_policy_rule rule = { .size = sizeof(rule), .action = LINX_POLICY_KILL };
	struct linx_error err = { "" };
	struct linx_policy *p;
	const struct linx_deny_mask *m;

	(void)state;
	rule.condition = "evt.type in (execve, execveat) and linx.cap_gained contains CAP_SYS_ADMIN and proc.exepath = /etc/passwd and user.uid != 0";
	assert_int_equal(linx_policy_new(&p), 0);
	if (linx_policy_add(p, &rule, &err) != 0)
		fail_msg("%s", err.text);
	assert_true(p->nrules > 0);
	for (uint32_t i = 0; i < p->nrules; i++)
		assert_true(p->rules[i].hook == LINX_DENY_GAIN && p->rules[i].action == LINX_DENY_KILL_TASK && p->rules[i].nconds == 3);
	m = operands(p, &p->conds[0], sizeof(*m));
	assert_true(p->conds[0].what == LINX_DENY_CAPS_GAINED && m->mask == 1 << 21 && m->value == 1 << 21);
	assert_true(p->conds[1].what == LINX_DENY_FILE);
	linx_policy_free(p);

	assert_int_equal(linx_policy_new(&p), 0);
	rule.condition = "evt.type = execve and linx.cap_gained contains CAP_SYS_ADMIN";
	rule.action = LINX_POLICY_NOTIFY;
	assert_int_equal(linx_policy_add(p, &rule, &err), 0);
	rule.action = LINX_POLICY_DENY;
	assert_int_equal(linx_policy_add(p, &rule, &err), -EINVAL);
	assert_non_null(strstr(err.text, "the actions are kill and notify"));
	rule.condition = "evt.type = execve and user.uid = 1";
	assert_int_equal(linx_policy_add(p, &rule, &err), 1);
	assert_int_equal(p->rules[1].hook, LINX_DENY_EXEC);
	linx_policy_free(p);
}

static void test_refused_conditions(void **state)
{
	static const struct {
		const char *condition, *why;
		int code;
	} cases[] = {
		{ "fd.name = /etc/passwd", "names no call", -EINVAL },
		{ "evt.type != open and fd.name = /etc/passwd", "name the calls", -EINVAL },
		{ "not evt.type = open", "name the calls", -EINVAL },
		{ "evt.type = open and proc.name = cat", "proc.name cannot be judged: a program chooses", -EINVAL },
		{ "evt.type = open and evt.arg.path = /etc/passwd", "evt.arg.path cannot be judged", -EINVAL },
		{ "evt.type = open and fd.name contains secret", "=, !=, in, startswith", -EINVAL },
		{ "evt.type = open and fd.name startswith etc", "begins with /", -EINVAL },
		{ "evt.type = open and fd.name startswith /pro", "other file systems are mounted", -EINVAL },
		{ "evt.type = open and fd.name endswith /grub/x", "endswith takes a name", -EINVAL },
		{ "evt.type = open and fd.name = /no/such/directory/x", "No such file", -ENOENT },
		{ "evt.type = open and fd.name = /etc/", "no name", -EINVAL },
		{ "evt.type in (open, kill) and fd.name = /etc/passwd", "cannot be judged at kill", -EINVAL },
		{ "evt.type = connect and not fd.name = /etc/passwd", "cannot be judged at connect", -EINVAL },
		{ "evt.type = open and proc.pexepath != /bin/sh", "!= needs an executable", -EINVAL },
		{ "evt.type = setuid and evt.arg.uid = root", "a number or the name", -EINVAL },
		{ "evt.type = unshare and evt.arg.unshare_flags contains CLONE_NEW", "whole name of one flag", -EINVAL },
		{ "evt.type = chroot and evt.arg.filename = /tmp", "evt.arg.filename cannot be judged", -EINVAL },
		{ "evt.type = chmod and evt.arg.mode = 0644", "contains is expected", -EINVAL },
		{ "evt.type = open and fd.rport = 22", "cannot be judged at open", -EINVAL },
		{ "evt.type = sendto and fd.sport = 53", "cannot be judged at sendto", -EINVAL },
		{ "evt.type = read", "read cannot be refused", -EINVAL },
		{ "evt.type = open and evt.type = connect", "never holds", -EINVAL },
		{ "evt.type = open and user.uid < 0", "nothing is below", -EINVAL },
		{ "evt.type = open and user.uid = -1", "between 0 and", -EINVAL },
		{ "evt.type = open and user.name = nobody-has-this-name", "no user", -ENOENT },
		{ "evt.type = open and evt.arg.flags contains O_DIRECT", "O_CREAT, O_TRUNC or O_APPEND", -EINVAL },
		{ "evt.type = open and thread.cap_effective contains CAP_SYS", "whole name of a capability", -EINVAL },
		{ "evt.type = open and linx.cap_gained contains CAP_SYS_ADMIN", "cannot be judged at open", -EINVAL },
		{ "evt.type = open and tolower(fd.name) = /etc/passwd", "transformer", -EINVAL },
		{ "evt.type = open and fd.name = val(proc.exepath)", "constants alone", -EINVAL },
		{ "evt.type = open and linx.cgroup pmatch (/system.slice/x.service)", "a slice of its own", -EINVAL },
		{ "evt.type = open and not linx.cgroup pmatch (/user.slice/session-1.scope/x)", "a slice of its own", -EINVAL },
		{ "evt.type = open and linx.cgroup pmatch (/no.services/.service)", "", -ENOENT },
		{ "evt.type = open and fd.nme = /x", "fd.n", -EINVAL },
		/* One part cannot be judged at one of the calls: the rule would not apply to that call. */
		{ "evt.type in (execve, openat) and proc.exepath != /usr/bin/env", "!= needs an executable; write 'not ... = ...' (at openat)", -EINVAL },
		{ "proc.exepath != /usr/bin/env and evt.type in (execve, openat)", "(at openat)", -EINVAL },
		{ "evt.type in (openat, mount) and not evt.arg.flags contains MS_BIND", "(at openat)", -EINVAL },
		{ "evt.type in (openat, mmap) and not evt.arg.flags contains O_CREAT", "(at mmap)", -EINVAL },
		{ "evt.type in (openat, mmap) and evt.arg.flags contains O_CREAT", "(at mmap)", -EINVAL },
		{ "evt.type in (openat, userfaultfd) and evt.arg.flags contains O_CLOEXEC", "(at openat)", -EINVAL },
		{ "evt.type in (clone, clone3) and not evt.arg.clone_flags contains CLONE_NEWUSER", "(at clone3)", -EINVAL },
		{ "evt.type in (ptrace, kill) and evt.arg.request = PTRACE_ATTACH", "(at kill)", -EINVAL },
		{ "(evt.type = openat and user.uid = 1) or (evt.type in (mount, openat) and not evt.arg.flags contains MS_BIND)", "(at openat)", -EINVAL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct linx_policy_rule rule = { .size = sizeof(rule), .condition = cases[i].condition };
		struct linx_error err = { "" };
		struct linx_policy *p;

		assert_int_equal(linx_policy_new(&p), 0);
		assert_int_equal(linx_policy_add(p, &rule, &err), cases[i].code);
		if (!strstr(err.text, cases[i].why))
			fail_msg("%s: %s", cases[i].condition, err.text);
		assert_true(!p->nitems && !p->nrules && !p->nconds && !p->nfds && !p->operands.len);
		linx_policy_free(p);
	}
}

/* The number of alternatives multiplies. A limit refuses a condition before its alternatives exhaust memory. */
static void test_too_many_alternatives(void **state)
{
	struct linx_policy_rule rule = { .size = sizeof(rule) };
	struct linx_error err = { "" };
	char text[4096] = "evt.type = open";
	struct linx_policy *p;

	(void)state;
	for (unsigned int i = 0; i < 13; i++)
		strcat(text, " and (user.uid = 1 or group.gid = 2)");
	rule.condition = text;
	assert_int_equal(linx_policy_new(&p), 0);
	assert_int_equal(linx_policy_add(p, &rule, &err), -E2BIG);
	assert_non_null(strstr(err.text, "alternatives"));
	linx_policy_free(p);
}

static void test_actions(void **state)
{
	static const struct {
		const char *text;
		int code;
		enum linx_policy_action action;
		unsigned int value;
	} cases[] = {
		{ "notify", 0, LINX_POLICY_NOTIFY, 0 },	     { "deny", 0, LINX_POLICY_DENY, EPERM },
		{ "deny EACCES", 0, LINX_POLICY_DENY, EACCES }, { "kill", 0, LINX_POLICY_KILL, 0 },
		{ "signal SIGTERM", 0, LINX_POLICY_SIGNAL, 15 }, { "signal STOP", 0, LINX_POLICY_SIGNAL, 19 },
		{ "deny ENOTHING", -EINVAL, 0, 0 },		     { "deny ERESTARTSYS", -EINVAL, 0, 0 },
		{ "signal", -EINVAL, 0, 0 },			     { "signal 15", -EINVAL, 0, 0 },
		{ "allow", -EINVAL, 0, 0 },			     { "", -EINVAL, 0, 0 },
		{ "kill now", -EINVAL, 0, 0 },			     { "deny EACCES now", -EINVAL, 0, 0 },
		{ "deny ECHILD", -EINVAL, 0, 0 },		     { "signal TERM 15", -EINVAL, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct linx_error err = { "" };
		enum linx_policy_action action;
		unsigned int value;

		assert_int_equal(linx_policy_parse_action(cases[i].text, &action, &value, &err), cases[i].code);
		if (cases[i].code) {
			assert_true(err.text[0]);
			continue;
		}
		assert_int_equal(action, cases[i].action);
		assert_int_equal(value, cases[i].value);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random_conditions),
		cmocka_unit_test(test_file),
		cmocka_unit_test(test_link_and_absent_file),
		cmocka_unit_test(test_inside),
		cmocka_unit_test(test_refused_paths),
		cmocka_unit_test(test_inside_moves),
		cmocka_unit_test(test_inside_mounts),
		cmocka_unit_test(test_parts_of_paths),
		cmocka_unit_test(test_different),
		cmocka_unit_test(test_checks),
		cmocka_unit_test(test_choices_of_checks),
		cmocka_unit_test(test_call_without_check),
		cmocka_unit_test(test_width_of_arguments),
		cmocka_unit_test(test_gains),
		cmocka_unit_test(test_refused_conditions),
		cmocka_unit_test(test_too_many_alternatives),
		cmocka_unit_test(test_actions),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
