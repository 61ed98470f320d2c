// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Compiles a condition to rules of the module.
 *
 * A rule of the module belongs to one check (a place in the kernel where it can refuse an operation) and is a
 * conjunction. The condition is therefore split into alternatives. Each alternative is a set of checks with tests that
 * must all hold. A test of the call's name gives the checks; each other test becomes one or two tests of the module.
 * The translation is exact: a part that the module cannot judge is an error. A wider rule would refuse operations that
 * nobody wanted to refuse, and a narrower rule would miss some.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array_size.h"
#include "base/error.h"
#include "policy/own.h"
#include "table/flagsets.h"

/* Limit of the alternatives of one condition. */
#define ALTERNATIVES_MAX 4096u
/* Value of alternative.call: the alternative is not about a certain call. */
#define NO_CALL (-1)

#define CHECK(name) (1u << LINX_DENY_##name)
enum {
	ALL = 0xfffffffe,
	OPENS = CHECK(FILE_OPEN),
	MAPS = CHECK(MMAP) | CHECK(MPROTECT),
	GAINS = CHECK(GAIN),
	EXECS = CHECK(EXEC) | GAINS,
	OTHERS = ALL & ~EXECS,
	LOADS = CHECK(READ_FILE) | CHECK(LOAD_DATA),
	ATTRIBUTES = CHECK(SETATTR),
	NAMES = CHECK(UNLINK) | CHECK(CREATE),
	NAMED = NAMES | ATTRIBUTES,
	PEERS = CHECK(UNIX),
	MOUNTS = CHECK(MOUNT),
	MOVES = CHECK(RENAME) | MOUNTS,
	FILES = OPENS | MAPS | CHECK(TRUNCATE) | CHECK(READ_FILE) | NAMED | CHECK(RENAME) | CHECK(LINK) | PEERS | MOUNTS,
	SIGNALS = CHECK(KILL),
	PROGRAMS = CHECK(BPF),
	MAKES = CHECK(SOCKET),
	FROM = CHECK(BIND),
	TO = CHECK(CONNECT) | CHECK(SENDMSG),
	/* not SENDMSG, since a server sends to clients, too */
	SERVER = CHECK(CONNECT) | CHECK(BIND),
	SOCKETS = FROM | TO,
};

static const struct linx_policy_field judged[] = {
#define JUDGED(name, checks, what, form) { name, checks, LINX_DENY_##what, LINX_POLICY_##form, NULL, 0 },
#define TEXT(name, advice)
#include "policy/fields.def"
#undef JUDGED
#undef TEXT
};

static const struct {
	const char *name, *advice;
} texts[] = {
#define JUDGED(name, checks, what, form)
#define TEXT(name, advice) { name, advice },
#include "policy/fields.def"
#undef JUDGED
#undef TEXT
};

/*
 * Bit of the mode with which ptrace(2) itself reaches its check. The kernel uses this check also to decide, for
 * example, which files of /proc/PID may be read.
 */
#define MODE_ATTACH 2

/*
 * Tests that distinguish a call from the other calls that reach the same check. Each is one condition with n values.
 * The condition holds if at least one value matches, or with "negated" if no value matches.
 */
enum narrow { ANY, MODULE, KEXEC, DIRECTORY, NO_DIRECTORY, SYMLINK, NODE, SOCKET_NODE, MODE, OWNER, SIZE, TIMES, ATTACH, TRACEME };
static const struct {
	uint32_t checks; /* checks to which the test is added */
	uint8_t what, test; /* enum linx_deny_what, enum linx_deny_test */
	bool negated;
	uint8_t n;
	uint64_t values[2][2];
} narrows[] = {
	[MODULE] = { LOADS, LINX_DENY_READING, LINX_DENY_RANGE, false, 1, { { LINX_DENY_READS_MODULE, LINX_DENY_READS_MODULE } } },
	[KEXEC] = { LOADS, LINX_DENY_READING, LINX_DENY_RANGE, false, 1, { { LINX_DENY_READS_KEXEC, LINX_DENY_READS_KEXEC } } },
	[DIRECTORY] = { NAMES, LINX_DENY_FILE_MODE, LINX_DENY_MASK, false, 1, { { S_IFMT, S_IFDIR } } },
	[NO_DIRECTORY] = { NAMES, LINX_DENY_FILE_MODE, LINX_DENY_MASK, true, 1, { { S_IFMT, S_IFDIR } } },
	[SYMLINK] = { NAMES, LINX_DENY_FILE_MODE, LINX_DENY_MASK, false, 1, { { S_IFMT, S_IFLNK } } },
	[NODE] = { NAMES, LINX_DENY_FILE_MODE, LINX_DENY_MASK, true, 2, { { S_IFMT, S_IFDIR }, { S_IFMT, S_IFLNK } } },
	[SOCKET_NODE] = { NAMES, LINX_DENY_FILE_MODE, LINX_DENY_MASK, false, 1, { { S_IFMT, S_IFSOCK } } },
	[MODE] = { ATTRIBUTES, LINX_DENY_FLAGS, LINX_DENY_MASK, false, 1, { { LINX_DENY_SETS_MODE, LINX_DENY_SETS_MODE } } },
	[OWNER] = { ATTRIBUTES, LINX_DENY_FLAGS, LINX_DENY_MASK, false, 2,
		    { { LINX_DENY_SETS_UID, LINX_DENY_SETS_UID }, { LINX_DENY_SETS_GID, LINX_DENY_SETS_GID } } },
	[SIZE] = { ATTRIBUTES, LINX_DENY_FLAGS, LINX_DENY_MASK, false, 1, { { LINX_DENY_SETS_SIZE, LINX_DENY_SETS_SIZE } } },
	[ATTACH] = { CHECK(PTRACE), LINX_DENY_FLAGS, LINX_DENY_MASK, false, 1, { { MODE_ATTACH, MODE_ATTACH } } },
	[TRACEME] = { CHECK(CALL), LINX_DENY_ARG, LINX_DENY_RANGE, false, 1, { { PTRACE_TRACEME, PTRACE_TRACEME } } },
	[TIMES] = { ATTRIBUTES, LINX_DENY_FLAGS, LINX_DENY_MASK, false, 1, { { LINX_DENY_SETS_TIMES, LINX_DENY_SETS_TIMES } } },
};

static const struct {
	const char *name;
	uint8_t check, narrow;
} calls[] = {
#define CALL(name, check, narrow) { #name, LINX_DENY_##check, narrow },
#include "policy/checks.def"
#undef CALL
};

/*
 * Alternative of the condition: the condition holds at each of these checks (places in the kernel where the module can
 * refuse an operation) if all of these tests hold.
 */
struct alternative {
	uint32_t checks;
	uint8_t first; /* the preferred check, which is used if all tests can be judged there */
	uint8_t narrow; /* enum narrow */
	const char *name; /* name of the call, from a test of the call's name; NULL: the alternative has no such test */
	uint32_t reached; /* all checks that the call reaches */
	/* 1 + index in compiler.failures of a test that cannot be judged at these checks; 0: no such test */
	uint32_t failure;
	int call; /* number of the call on x86_64, for the check CALL; or NO_CALL */
	uint8_t ntests;
	uint32_t tests[LINX_DENY_RULE_CONDS]; /* indexes in compiler.tests */
};

struct alternatives {
	struct alternative *list;
	uint32_t n, cap;
};

/*
 * Failure: a test that the module cannot judge at some checks (places in the kernel where it can refuse an operation).
 * The failure becomes an error if an alternative with the test remains whose call reaches these checks.
 */
struct failure {
	struct linx_error why;
	char field[128]; /* the tested field, if it can be judged at calls that have it as an argument; "": it cannot */
	/*
	 * bit mask (1 << LINX_DENY_*) of the other checks, at which the test can be judged: for a call that also
	 * reaches one of them, the failure is no error
	 */
	uint32_t judged;
};

struct compiler {
	struct linx_policy *p;
	struct linx_condition *c;
	struct linx_error *err;
	struct linx_policy_test *tests;
	uint32_t ntests, test_cap;
	struct failure *failures;
	uint32_t nfailures, failure_cap;
	uint32_t item;
	/*
	 * Checks and call for which the test that is being compiled has its present meaning; ALL and NO_CALL: no limit.
	 */
	uint32_t limit;
	int call;
};

static int no_memory(const struct compiler *k)
{
	return linx_fail(k->err, -ENOMEM, "out of memory");
}

/* ---- alternatives ------------------------------------------------------------------------------ */

static int add_alternative(const struct compiler *k, struct alternatives *to, const struct alternative *a)
{
	if (to->n == ALTERNATIVES_MAX)
		return linx_fail(k->err, -E2BIG, "the condition has more than %u alternatives: write lists as 'in (...)'", ALTERNATIVES_MAX);
	if (linx_array_room((void **)&to->list, &to->cap, to->n, sizeof(*to->list)))
		return no_memory(k);
	to->list[to->n++] = *a;
	return 0;
}

/* Does the call have an argument of this name, as a number that the module can compare? */
static bool has_argument(const char *field, int call)
{
	for (int at = linx_policy_argument(field, 0, NULL); at >= 0; at = linx_policy_argument(field, at + 1, NULL))
		if (linx_policy_call_at(at) == call)
			return true;
	return false;
}

/*
 * True if the failed test of the alternative is no error: the module can judge the test at another check that the call
 * reaches, or the call has the tested field as an argument.
 */
static bool is_excused(const struct compiler *k, const struct alternative *a)
{
	const struct failure *f = &k->failures[a->failure - 1];

	return a->name && (a->reached & f->judged || (a->call != NO_CALL && *f->field && has_argument(f->field, a->call)));
}

/*
 * Joins two alternatives that must both hold. False: the alternatives exclude each other, or the joined alternative has
 * a failed test that is no error.
 */
static bool join(const struct compiler *k, const struct alternative *a, const struct alternative *b, struct alternative *to)
{
	*to = *a;
	to->checks &= b->checks;
	to->first = b->name ? b->first : to->first;
	to->reached = b->name ? b->reached : to->reached;
	to->name = b->name ? b->name : to->name;
	to->failure = to->failure ? to->failure : b->failure;
	if (to->call == NO_CALL)
		to->call = b->call;
	else if (b->call != NO_CALL && b->call != to->call)
		return false;
	if (to->narrow == ANY)
		to->narrow = b->narrow;
	else if (b->narrow != ANY && b->narrow != to->narrow)
		return false;
	return to->checks && !(to->failure && is_excused(k, to));
}

static int both(const struct compiler *k, const struct alternatives *a, const struct alternatives *b, struct alternatives *to)
{
	struct alternative one;
	int ret = 0;

	for (uint32_t i = 0; !ret && i < a->n; i++)
		for (uint32_t j = 0; !ret && j < b->n; j++) {
			const struct alternative *more = &b->list[j];

			if (!join(k, &a->list[i], more, &one))
				continue;
			if (one.ntests + more->ntests > (int)LINX_DENY_RULE_CONDS)
				return linx_fail(k->err, -E2BIG, "more than %u tests stand beside each other", LINX_DENY_RULE_CONDS);
			for (unsigned int t = 0; t < more->ntests; t++)
				one.tests[one.ntests++] = more->tests[t];
			ret = add_alternative(k, to, &one);
		}
	return ret;
}

static int either(const struct compiler *k, struct alternatives *to, const struct alternatives *more)
{
	int ret = 0;

	for (uint32_t i = 0; !ret && i < more->n; i++)
		ret = add_alternative(k, to, &more->list[i]);
	return ret;
}

/*
 * Joins the alternatives of two conditions, and frees the lists of a and b. any: at least one of the conditions must
 * hold; else both must hold.
 */
static int combine(const struct compiler *k, struct alternatives *a, struct alternatives *b, bool any, struct alternatives *to)
{
	int ret = any ? either(k, to, a) : both(k, a, b, to);

	if (!ret && any)
		ret = either(k, to, b);
	free(a->list);
	free(b->list);
	return ret;
}

/* ---- tests of the call's name ------------------------------------------------------------------ */

static int cannot(const struct compiler *k, const char *field, const char *why)
{
	return linx_policy_cannot(k->err, field, why);
}

static bool has_alternative(const struct alternatives *to, const struct alternative *a)
{
	for (uint32_t i = 0; i < to->n; i++)
		if (to->list[i].checks == a->checks && to->list[i].narrow == a->narrow && to->list[i].call == a->call)
			return true;
	return false;
}

/* Adds alternatives for the operations of a call that only the check CALL sees. */
static int add_begins(const struct compiler *k, const struct alternative *a, const char *name, struct alternatives *to)
{
	struct alternative begin = *a;
	int ret = 0;

	begin.first = LINX_DENY_CALL;
	begin.checks = CHECK(CALL);
	for (size_t i = 0; !ret && i < ARRAY_SIZE(calls); i++) {
		begin.narrow = calls[i].narrow;
		if (calls[i].check == LINX_DENY_CALL && !strcmp(calls[i].name, name) && !has_alternative(to, &begin))
			ret = add_alternative(k, to, &begin);
	}
	return ret;
}

/*
 * Adds alternatives for a call by its name. A call may reach several checks of the kernel, and the module may also
 * judge it when it begins. The first check that can judge all tests will be used.
 */
static int add_call(const struct compiler *k, const char *name, struct alternatives *to)
{
	struct alternative a = { .call = linx_policy_call(name), .name = name };
	int ret = 0;

	for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
		if (calls[i].check == LINX_DENY_CALL || strcmp(calls[i].name, name) != 0)
			continue;
		a.first = a.checks ? a.first : calls[i].check;
		a.checks |= 1u << calls[i].check;
		a.narrow = calls[i].narrow == ANY ? a.narrow : calls[i].narrow;
	}
	if (a.call != NO_CALL) {
		a.first = a.checks ? a.first : LINX_DENY_CALL;
		a.checks |= CHECK(CALL);
	}
	if (!a.checks)
		return linx_fail(k->err, -EINVAL, "%s cannot be refused: the kernel has no check for it that linx judges (docs/enforcing.md lists the checks)", name);
	a.reached = a.checks;
	if (!has_alternative(to, &a))
		ret = add_alternative(k, to, &a);
	return ret ? ret : add_begins(k, &a, name, to);
}

static int test_of_call(const struct compiler *k, const struct linx_cond_node *t, bool negated, struct alternatives *to)
{
	int ret = 0;

	if (negated || t->mod || (t->op != LINX_OP_EQ && t->op != LINX_OP_IN))
		return cannot(k, t->field.desc->name, "name the calls to be refused, with = or in");
	for (uint32_t i = 0; !ret && i < t->count; i++) {
		if (k->c->operands[t->first + i].is_source)
			return cannot(k, t->field.desc->name, "name the calls to be refused, with = or in");
		ret = add_call(k, k->c->operands[t->first + i].s, to);
	}
	return ret;
}

/* ---- tests of objects -------------------------------------------------------------------------- */

/* Adds a test with its values, as a separate alternative. The values are freed. */
static int add_test(struct compiler *k, const struct linx_policy_field *j, uint8_t test, bool negated, struct linx_policy_values *v,
		    struct alternatives *to)
{
	struct alternative a = { .checks = k->limit, .call = k->call, .ntests = 1 };
	uint32_t at = v->data.failed ? UINT32_MAX : linx_policy_operand(k->p, v->data.data, v->data.len);
	struct linx_policy_test *one;

	free(v->data.data);
	if (at == UINT32_MAX && !v->data.failed && !k->p->operands.failed)
		return linx_fail(k->err, -E2BIG, "the rules compare with more than %u bytes of values", LINX_DENY_OPERANDS_MAX);
	if (at == UINT32_MAX || linx_array_room((void **)&k->tests, &k->test_cap, k->ntests, sizeof(*k->tests)))
		return no_memory(k);
	one = &k->tests[k->ntests];
	*one = (struct linx_policy_test){ { j->what, test, negated ? LINX_DENY_NOT : 0, v->count, at, 0 }, j->checks, 0, j->name };
	a.tests[0] = k->ntests++;
	return add_alternative(k, to, &a);
}

/*
 * Adds a test that the operation has the field's object: a file, or a socket of IPv4 or IPv6. In conditions, every test
 * of a field without a value is false, also "!=". But the module's test with LINX_DENY_NOT is true then. *needs is set
 * to false if every operation has the object; no test is added then.
 */
static int test_present(struct compiler *k, const struct linx_policy_field *j, bool negated, struct alternatives *to, bool *needs)
{
	struct linx_policy_field object = { j->name, j->checks, LINX_DENY_LINKS, LINX_POLICY_NUMBER, NULL, 0 };
	struct linx_policy_values v = { 0 };

	*needs = j->what == LINX_DENY_FILE || (j->what >= LINX_DENY_PROTOCOL && j->what <= LINX_DENY_PORT);
	if (!*needs)
		return 0;
	if (j->what == LINX_DENY_FILE) {
		linx_policy_range(&v, 0, UINT64_MAX);
	} else {
		object.what = LINX_DENY_FAMILY;
		linx_policy_range(&v, AF_INET, AF_INET);
		linx_policy_range(&v, AF_INET6, AF_INET6);
	}
	return add_test(k, &object, LINX_DENY_RANGE, negated, &v, to);
}

/*
 * Joins the test of a field with the test that the field has a value. Both must hold; if "negated" is set, both are
 * negated and at least one must hold. different: the alternatives of the field's own test, whose list is freed
 */
static int join_present(struct compiler *k, const struct linx_policy_field *j, bool negated, struct alternatives *different,
			struct alternatives *to)
{
	struct alternatives present = { 0 };
	bool needs;
	int ret = test_present(k, j, negated, &present, &needs);

	if (!ret)
		return combine(k, &present, different, negated || !needs, to);
	free(different->list);
	return ret;
}

static int test_simple(struct compiler *k, const struct linx_cond_node *t, const struct linx_policy_field *j, bool negated,
		       struct alternatives *to)
{
	struct linx_policy_values v = { 0 };
	struct alternatives own = { 0 };
	uint8_t test;
	int ret = linx_policy_simple(j, t->op, &test, k->err);

	for (uint32_t i = 0; !ret && i < t->count; i++)
		ret = linx_policy_simple_value(j, t->op, &k->c->operands[t->first + i], &v, k->err);
	if (ret) {
		free(v.data.data);
		return ret;
	}
	/*
	 * A test of a protocol needs a test of the family, too: numbers of protocols have other meanings in other
	 * families.
	 */
	if (t->op != LINX_OP_NE && j->form != LINX_POLICY_PROTOCOL)
		return add_test(k, j, test, negated, &v, to);
	ret = add_test(k, j, test, negated != (t->op == LINX_OP_NE), &v, &own);
	return join_present(k, j, negated, &own, to);
}

/*
 * Tests whether a file is opened for reading or for writing. As in the kernel, an open for reading that truncates the
 * file counts as an open for writing, too.
 */
static int test_opened(struct compiler *k, const struct linx_cond_node *t, const struct linx_policy_field *j, bool negated, struct alternatives *to)
{
	struct linx_policy_values v = { 0 };
	bool wanted;

	if (t->count != 1 || (t->op != LINX_OP_EQ && t->op != LINX_OP_NE))
		return cannot(k, j->name, "= true or = false is expected");
	wanted = (k->c->operands[t->first].num != 0) == (t->op == LINX_OP_EQ);
	linx_policy_mask(&v, O_ACCMODE, O_RDWR);
	linx_policy_mask(&v, O_ACCMODE, j->form == LINX_POLICY_WRITES ? O_WRONLY : O_RDONLY);
	if (j->form == LINX_POLICY_WRITES)
		linx_policy_mask(&v, O_TRUNC, O_TRUNC);
	return add_test(k, j, LINX_DENY_MASK, negated == wanted, &v, to);
}

/*
 * Tests that a file is inside a directory, and is not the directory itself, as "fd.name startswith /etc/" says.
 * Negated: the file is not inside, or is the directory. A move of the directory, or a mount over it, affects all files
 * inside. For these checks (MOVES) the directory itself counts as inside.
 */
static int test_inside(struct compiler *k, const struct linx_policy_field *j, const char *path, bool negated, struct alternatives *to)
{
	struct linx_policy_values inside = { 0 }, itself = { 0 };
	struct alternatives a = { 0 }, b = { 0 };
	int ret = linx_policy_inside(k->p, path, &inside, k->err);

	if (ret)
		free(inside.data.data);
	else
		ret = add_test(k, j, LINX_DENY_INSIDE, negated, &inside, negated ? to : &a);
	if (!ret)
		ret = linx_policy_directory(k->p, path, &itself, k->err);
	if (ret)
		free(itself.data.data);
	else
		ret = add_test(k, j, LINX_DENY_PLACED, !negated, &itself, negated ? to : &b);
	if (!ret && !negated)
		k->tests[k->ntests - 1].left_out = MOVES;
	if (!ret && !negated)
		ret = both(k, &a, &b, to);
	free(a.list);
	free(b.list);
	return ret;
}

/* Adds the values of one operand for a test of a path. test: how the module compares them */
static int add_path(struct compiler *k, const struct linx_policy_field *j, enum linx_cond_op op, const struct linx_operand *o, uint8_t test,
		    struct linx_policy_values *v)
{
	const char *before = j->form == LINX_POLICY_TAIL && op != LINX_OP_ENDSWITH ? "/" : "";

	if (memchr(o->s, '\0', o->n))
		return cannot(k, j->name, "a path has no zero bytes");
	if (j->form == LINX_POLICY_TAIL && strchr(o->s, '/'))
		return cannot(k, j->name, "the last part of a path has no /");
	if (op == LINX_OP_ENDSWITH && strlen(o->s) > 1 && strchr(o->s + 1, '/'))
		return cannot(k, j->name, "endswith takes a name, with at most a / in front: directories above may be of another file system");
	if (op == LINX_OP_PMATCH && test == LINX_DENY_PLACED && access(o->s, F_OK))
		return linx_fail(k->err, -errno, "%.200s: %s: pmatch takes what is there, since only a directory stands for what is in it", o->s,
				 strerror(errno));
	switch (test) {
	case LINX_DENY_PLACED:
		return linx_policy_place(k->p, o->s, v, k->err);
	case LINX_DENY_INSIDE:
		return linx_policy_inside(k->p, o->s, v, k->err);
	case LINX_DENY_BEGINS:
		return linx_policy_begin(k->p, o->s, v, k->err);
	default:
		return linx_policy_end(k->p, before, o->s, v, k->err);
	}
}

/* Chooses the test of the module for an operator and a value. 0: the module has no such test. */
static uint8_t choose_test(const struct linx_policy_field *j, enum linx_cond_op op, const struct linx_operand *o)
{
	if (op == LINX_OP_ENDSWITH)
		return LINX_DENY_ENDS;
	if (j->form == LINX_POLICY_TAIL)
		return op == LINX_OP_EQ || op == LINX_OP_NE || op == LINX_OP_IN ? LINX_DENY_ENDS : 0;
	switch (op) {
	case LINX_OP_EQ:
	case LINX_OP_NE:
	case LINX_OP_IN:
		return LINX_DENY_PLACED;
	case LINX_OP_STARTSWITH:
		return LINX_DENY_BEGINS;
	case LINX_OP_PMATCH:
		return linx_policy_is_directory(o->s) ? LINX_DENY_INSIDE : LINX_DENY_PLACED;
	default:
		return 0;
	}
}

/* Adds a test of those values that the module compares by "test". Further calls add tests of the other values. */
static int test_one_way(struct compiler *k, const struct linx_cond_node *t, const struct linx_policy_field *j, uint8_t test, bool negated,
			struct alternatives *to)
{
	struct linx_policy_values v = { 0 };
	int ret = 0;

	for (uint32_t i = 0; !ret && i < t->count; i++) {
		const struct linx_operand *o = &k->c->operands[t->first + i];

		if (choose_test(j, t->op, o) == test)
			ret = add_path(k, j, t->op, o, test, &v);
	}
	if (!ret && v.count)
		return add_test(k, j, test, negated, &v, to);
	free(v.data.data);
	return ret;
}

static int test_path(struct compiler *k, const struct linx_cond_node *t, const struct linx_policy_field *j, bool negated, struct alternatives *to)
{
	const struct linx_operand *first = &k->c->operands[t->first];
	struct alternatives files = { 0 }, directories = { 0 };
	uint8_t test = t->count ? choose_test(j, t->op, first) : 0;
	int ret;

	if (!test)
		return cannot(k, j->name, "=, !=, in, startswith, endswith or pmatch is expected");
	if (test == LINX_DENY_BEGINS && first->n && first->s[first->n - 1] == '/')
		return test_inside(k, j, first->s, negated, to);
	if (t->op == LINX_OP_NE && j->what != LINX_DENY_FILE)
		return cannot(k, j->name, "!= needs an executable; write 'not ... = ...'");
	if (t->op == LINX_OP_NE) {
		ret = test_one_way(k, t, j, test, !negated, &files);
		return ret ? ret : join_present(k, j, negated, &files, to);
	}
	if (t->op != LINX_OP_PMATCH)
		return test_one_way(k, t, j, test, negated, to);
	ret = test_one_way(k, t, j, LINX_DENY_PLACED, negated, &files);
	if (!ret)
		ret = test_one_way(k, t, j, LINX_DENY_INSIDE, negated, &directories);
	if (!ret)
		return combine(k, &files, &directories, !negated || !files.n || !directories.n, to);
	free(files.list);
	free(directories.list);
	return ret;
}

/* Tests the name of a file system's type. */
static int test_type(struct compiler *k, const struct linx_cond_node *t, const struct linx_policy_field *j, bool negated,
		     struct alternatives *to)
{
	struct linx_policy_values v = { 0 };
	int ret = 0;

	if (t->op != LINX_OP_EQ && t->op != LINX_OP_IN)
		return cannot(k, j->name, "= or in is expected");
	for (uint32_t i = 0; !ret && i < t->count; i++)
		ret = linx_policy_end(k->p, "", k->c->operands[t->first + i].s, &v, k->err);
	if (!ret)
		return add_test(k, j, LINX_DENY_IS, negated, &v, to);
	free(v.data.data);
	return ret;
}

/* ---- the tree -------------------------------------------------------------------------------------- */

static void name_of(const struct linx_fld *f, char *to, size_t size)
{
	snprintf(to, size, f->name[0] ? "%s.%s" : "%s", f->desc->name, f->name);
}

static int unknown_field(const struct compiler *k, const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		if (!strcmp(texts[i].name, name))
			return linx_fail(k->err, -EINVAL, "%s cannot be judged: a program chooses this text; %s", name, texts[i].advice);
	if (!strncmp(name, "evt.arg", 7))
		return linx_fail(k->err, -EINVAL, "%s cannot be judged: it is what a program passes; fd.name, fd.rip and the like are what the "
				 "kernel acts on", name);
	return linx_fail(k->err, -EINVAL, "%s cannot be judged by the kernel's checks (docs/enforcing.md lists the fields that can)", name);
}

static int test_field(struct compiler *k, const struct linx_cond_node *t, const struct linx_policy_field *j, bool negated,
		      struct alternatives *to)
{
	if (t->mod)
		return cannot(k, j->name, "oneof, anyof and allof are not judged");
	for (uint32_t i = 0; i < t->count; i++)
		if (k->c->operands[t->first + i].is_source)
			return cannot(k, j->name, "it is compared with constants alone");
	switch (j->form) {
	case LINX_POLICY_PATH:
	case LINX_POLICY_TAIL:
		return test_path(k, t, j, negated, to);
	case LINX_POLICY_READS:
	case LINX_POLICY_WRITES:
		return test_opened(k, t, j, negated, to);
	case LINX_POLICY_FS_TYPE:
		return test_type(k, t, j, negated, to);
	default:
		return test_simple(k, t, j, negated, to);
	}
}

/*
 * Meanings of the field in a test. A field may have several meanings, each at different checks or calls, and the
 * alternatives of each are limited to these. If one meaning cannot be judged but another one can, an alternative with a
 * failure is added. It becomes an error if the condition names a call that reaches these checks; else it is dropped
 * when it is joined with the names of calls.
 */
struct meanings {
	uint32_t found, judged;
	uint32_t checks; /* all checks of the meanings, other than CALL */
	int ret;
	struct linx_error why; /* error of the first meaning that cannot be judged */
};

/* Adds an alternative that fails at the checks and the call of the test that is being compiled. field: see struct failure. */
static int add_failure(struct compiler *k, const struct linx_error *why, const char *field, uint32_t judged, struct alternatives *to)
{
	struct alternative a = { .checks = k->limit, .call = k->call };
	struct failure *f;

	if (linx_array_room((void **)&k->failures, &k->failure_cap, k->nfailures, sizeof(*k->failures)))
		return no_memory(k);
	f = &k->failures[k->nfailures++];
	*f = (struct failure){ .why = *why, .judged = judged };
	snprintf(f->field, sizeof(f->field), "%s", field);
	a.failure = k->nfailures;
	return add_alternative(k, to, &a);
}

static int add_meaning(struct compiler *k, const struct linx_cond_node *t, const struct linx_policy_field *j, bool negated,
		       struct meanings *m, struct alternatives *to)
{
	struct linx_error *err = k->err, why = { "" };
	uint32_t before = to->n;
	int ret;

	m->found++;
	m->checks |= k->limit & ~CHECK(CALL);
	k->err = &why;
	ret = test_field(k, t, j, negated, to);
	k->err = err;
	m->judged += !ret;
	if (!ret)
		return 0;
	to->n = before;
	if (!m->ret)
		m->why = why;
	if (!m->ret || ret != -EINVAL)
		m->ret = ret;
	return add_failure(k, &why, "", 0, to);
}

/*
 * Adds a failure for the calls that reach no check at which the field has a meaning. It is an error if the condition
 * names such a call, since the test could never hold for it.
 */
static int add_rest(struct compiler *k, const char *name, const struct meanings *m, struct alternatives *to)
{
	struct linx_error why = { "" };

	k->limit = ALL & ~m->checks;
	if (!k->limit)
		return 0;
	linx_fail(&why, 0, "%s cannot be judged at each of the calls that are named: write a rule of its own for each", name);
	return add_failure(k, &why, name, m->checks, to);
}

static bool is_alone(const char *name)
{
	unsigned int n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(judged); i++)
		n += !strcmp(judged[i].name, name);
	return n == 1 && linx_policy_argument(name, 0, NULL) < 0;
}

static int compile_test(struct compiler *k, const struct linx_cond_node *t, bool negated, struct alternatives *to)
{
	struct linx_policy_field argument = { .checks = CHECK(CALL) };
	struct meanings m = { 0 };
	char name[128];
	bool alone;
	int ret = 0;

	if (t->field.desc == &linx_fld_transformed || t->field.desc == &linx_fld_transformed_list)
		return cannot(k, "a transformer", "it makes text");
	name_of(&t->field, name, sizeof(name));
	if (!strcmp(name, "evt.type") || !strcmp(name, "syscall.type") || !strcmp(name, "call"))
		return test_of_call(k, t, negated, to);
	alone = is_alone(name);
	for (size_t i = 0; !ret && i < ARRAY_SIZE(judged); i++) {
		k->limit = alone ? ALL : judged[i].checks;
		if (!strcmp(judged[i].name, name))
			ret = add_meaning(k, t, &judged[i], negated, &m, to);
	}
	k->limit = CHECK(CALL);
	argument.form = t->op == LINX_OP_CONTAINS ? LINX_POLICY_BITS : LINX_POLICY_CONSTANT;
	for (int at = linx_policy_argument(name, 0, &argument); !ret && at >= 0; at = linx_policy_argument(name, at + 1, &argument)) {
		k->call = linx_policy_call_at(at);
		ret = add_meaning(k, t, &argument, negated, &m, to);
	}
	k->call = NO_CALL;
	if (!ret && m.judged && !alone)
		ret = add_rest(k, name, &m, to);
	k->limit = ALL;
	if (ret)
		return ret;
	if (!m.found)
		return unknown_field(k, name);
	if (m.judged && (!m.ret || m.ret == -EINVAL))
		return 0;
	return linx_fail(k->err, m.ret, "%s", m.why.text);
}

static int compile_node(struct compiler *k, uint32_t node, bool negated, struct alternatives *to)
{
	const struct linx_cond_node *n = &k->c->nodes[node];
	struct alternatives left = { 0 }, right = { 0 };
	int ret;

	switch (n->kind) {
	case LINX_COND_NOT:
		return compile_node(k, n->left, !negated, to);
	case LINX_COND_TEST:
		return compile_test(k, n, negated, to);
	default:
		break;
	}
	ret = compile_node(k, n->left, negated, &left);
	if (!ret)
		ret = compile_node(k, n->right, negated, &right);
	if (!ret)
		return combine(k, &left, &right, (n->kind == LINX_COND_AND) == negated, to);
	free(left.list);
	free(right.list);
	return ret;
}

/* ---- rules of the module ----------------------------------------------------------------------------- */

static const char *name_of_check(unsigned int check)
{
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++)
		if (calls[i].check == check && check != LINX_DENY_CALL)
			return calls[i].name;
	return "this";
}

static int add_cond(const struct compiler *k, const struct linx_deny_cond *c)
{
	struct linx_policy *p = k->p;

	if (p->nconds == LINX_DENY_CONDS_MAX)
		return linx_fail(k->err, -E2BIG, "the policy has more than %u tests", LINX_DENY_CONDS_MAX);
	if (linx_array_room((void **)&p->conds, &p->cond_cap, p->nconds, sizeof(*p->conds)))
		return no_memory(k);
	p->conds[p->nconds++] = *c;
	return 0;
}

/* Adds the test that distinguishes the call from other calls at this check, if the check needs such a test. */
static int add_narrow(const struct compiler *k, uint8_t narrow, unsigned int check)
{
	uint32_t at;

	if (!(narrows[narrow].checks >> check & 1))
		return 0;
	at = linx_policy_operand(k->p, narrows[narrow].values, narrows[narrow].n * sizeof(narrows[narrow].values[0]));
	if (at == UINT32_MAX)
		return k->p->operands.failed ? no_memory(k) : linx_fail(k->err, -E2BIG, "the rules compare with too many values");
	return add_cond(k, &(struct linx_deny_cond){ narrows[narrow].what, narrows[narrow].test, narrows[narrow].negated ? LINX_DENY_NOT : 0,
						     narrows[narrow].n, at, 0 });
}

static int emit_rule(struct compiler *k, const struct alternative *a, unsigned int check)
{
	static const uint8_t actions[] = {
		[LINX_POLICY_NOTIFY] = LINX_DENY_NOTIFY,
		[LINX_POLICY_DENY] = LINX_DENY_ERRNO,
		[LINX_POLICY_KILL] = LINX_DENY_KILL_TASK,
		[LINX_POLICY_SIGNAL] = LINX_DENY_SIGNAL,
	};
	const struct linx_policy_item *item = &k->p->items[k->item];
	struct linx_policy *p = k->p;
	uint32_t first = p->nconds;
	int ret = add_narrow(k, a->narrow, check);

	for (unsigned int i = 0; !ret && i < a->ntests; i++) {
		const struct linx_policy_test *t = &k->tests[a->tests[i]];

		if (!(t->checks >> check & 1))
			return linx_fail(k->err, -EINVAL, "%s cannot be judged at %s: the kernel does not know it there", t->field,
					 name_of_check(check));
		if (!(t->left_out >> check & 1))
			ret = add_cond(k, &t->cond);
	}
	if (ret)
		return ret;
	if (check == LINX_DENY_GAIN && item->action != LINX_POLICY_KILL && item->action != LINX_POLICY_NOTIFY)
		return linx_fail(k->err, -EINVAL, "what a program gains is known when execve cannot fail any more: the actions are kill and notify");
	if (p->nconds - first > LINX_DENY_RULE_CONDS)
		return linx_fail(k->err, -E2BIG, "more than %u tests stand beside each other", LINX_DENY_RULE_CONDS);
	if (p->nrules == LINX_DENY_RULES_MAX)
		return linx_fail(k->err, -E2BIG, "the policy has more than %u alternatives", LINX_DENY_RULES_MAX);
	if (linx_array_room((void **)&p->rules, &p->rule_cap, p->nrules, sizeof(*p->rules)))
		return no_memory(k);
	p->rules[p->nrules++] = (struct linx_deny_rule){
		.hook = (uint16_t)check,
		.mode = item->observe ? LINX_DENY_OBSERVE : LINX_DENY_ENFORCE,
		.action = actions[item->action],
		.value = (uint16_t)item->value,
		.nconds = (uint16_t)(p->nconds - first),
		.first = first,
		.call = check == LINX_DENY_CALL ? (uint32_t)a->call : 0,
		.id = k->item,
	};
	return 0;
}

/* Is a test about an object, such as a file or an address, that only some checks have? */
static bool is_of_object(unsigned int what)
{
	return (what >= LINX_DENY_FILE && what <= LINX_DENY_READING) || what == LINX_DENY_CAPS_GAINED;
}

/*
 * Can the check judge all tests? For a check other than the preferred one and CALL, at least one of the tests must also
 * be a test of an object, such as a file or an address, that is not negated.
 */
static bool can_judge(const struct compiler *k, const struct alternative *a, unsigned int check)
{
	bool object = check == LINX_DENY_CALL;

	for (unsigned int i = 0; i < a->ntests; i++) {
		const struct linx_policy_test *t = &k->tests[a->tests[i]];

		if (!(t->checks >> check & 1))
			return false;
		object |= is_of_object(t->cond.what) && !(t->cond.flags & LINX_DENY_NOT);
	}
	return object || check == a->first;
}

/*
 * Returns the preferred check; if it cannot judge all tests, another check that can. If no check can, returns the
 * preferred check if the alternative has it, else the alternative's first check.
 */
static unsigned int choose_check(const struct compiler *k, const struct alternative *a)
{
	bool possible = a->checks >> a->first & 1;

	if (possible && can_judge(k, a, a->first))
		return a->first;
	for (unsigned int check = 0; check < LINX_DENY_HOOKS; check++)
		if (a->checks >> check & 1 && can_judge(k, a, check))
			return check;
	return possible ? a->first : (unsigned int)__builtin_ctz(a->checks);
}

/*
 * Is the alternative, for an operation that is judged when its call begins, covered by another alternative? If a test
 * compares an argument, all operations of the call are judged when the call begins.
 */
static bool is_covered(const struct compiler *k, const struct alternative *a)
{
	if (!(narrows[a->narrow].checks & CHECK(CALL)))
		return false;
	for (unsigned int i = 0; i < a->ntests; i++)
		if (k->tests[a->tests[i]].cond.what >= LINX_DENY_ARG)
			return true;
	return false;
}

static int emit(struct compiler *k, const struct alternatives *all)
{
	int ret = 0;

	if (!all->n)
		return linx_fail(k->err, -EINVAL, "the condition never holds: its tests exclude each other");
	for (uint32_t i = 0; !ret && i < all->n; i++) {
		const struct alternative *a = &all->list[i];

		if (!a->name)
			return linx_fail(k->err, -EINVAL, "an alternative names no call: add a test such as evt.type in (open, openat, openat2)");
		if (a->failure)
			return linx_fail(k->err, -EINVAL, "%s (at %s)", k->failures[a->failure - 1].why.text, a->name);
		ret = is_covered(k, a) ? 0 : emit_rule(k, a, choose_check(k, a));
	}
	return ret;
}

int linx_policy_compile(struct linx_policy *p, struct linx_condition *c, uint32_t root, uint32_t item, struct linx_error *err)
{
	struct compiler k = { .p = p, .c = c, .err = err, .item = item, .limit = ALL, .call = NO_CALL };
	struct alternatives all = { 0 };
	int ret = compile_node(&k, root, false, &all);

	if (!ret)
		ret = emit(&k, &all);
	free(all.list);
	free(k.tests);
	free(k.failures);
	return ret;
}
