// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Compiles a condition to rules of the module.
 *
 * A rule of the module belongs to one check and is a conjunction, so the condition is brought into alternatives: each is
 * a set of checks with tests that must all hold. A test of the call's name gives the checks; each other test becomes one
 * or two tests of the module. The translation is exact: a part that the module cannot judge is an error, never a wider
 * test, since a wider rule would refuse what nobody asked for, and a narrower one would let pass.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <netinet/in.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/array_size.h"
#include "base/error.h"
#include "policy/own.h"
#include "table/flagsets.h"

/* Limit of the alternatives of one condition. */
#define ALTERNATIVES_MAX 4096u
/* Value of alternative.reading: the check reads any object. */
#define ANY 0xffu

#define CHECK(name) (1u << LINX_DENY_##name)
enum {
	ALL = 0xfffffffe,
	OPENS = CHECK(FILE_OPEN),
	MAPS = CHECK(MMAP),
	EXECS = CHECK(EXEC),
	FILES = OPENS | MAPS | CHECK(TRUNCATE) | CHECK(READ_FILE),
	FROM = CHECK(BIND),
	TO = CHECK(CONNECT) | CHECK(SENDMSG),
	SERVER = CHECK(CONNECT) | CHECK(BIND), /* a connected socket sends to clients, too */
	SOCKETS = FROM | TO,
};

/* Forms of the values of a field: see policy/fields.def. */
enum form {
	NUMBER,
	USER,
	GROUP,
	PATH,
	TAIL,
	NET,
	PORT,
	PROTOCOL,
	CAPS,
	READS,
	WRITES,
	OPEN_FLAGS,
	PROTECTION,
	CGROUP,
};

struct judged {
	const char *name;
	uint32_t checks;
	uint8_t what; /* enum linx_deny_what */
	uint8_t form; /* enum form */
};
static const struct judged judged[] = {
#define JUDGED(name, checks, what, form) { name, checks, LINX_DENY_##what, form },
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

static const struct {
	const char *name;
	uint8_t check;
	uint8_t reading;
} calls[] = {
#define LINX_DENY_READS_ANY ANY
#define CALL(name, check, reading) { #name, LINX_DENY_##check, LINX_DENY_READS_##reading },
#include "policy/checks.def"
#undef CALL
#undef LINX_DENY_READS_ANY
};

/* One way in which the condition holds: at each of the checks, if all tests hold. */
struct alternative {
	uint32_t checks;
	uint8_t reading; /* enum linx_deny_reading that the check must be about; ANY */
	bool named; /* a test of the call's name has chosen the checks */
	uint8_t ntests;
	uint32_t tests[LINX_DENY_RULE_CONDS]; /* indexes in compiler.tests */
};

struct alternatives {
	struct alternative *list;
	uint32_t n, cap;
};

struct compiler {
	struct linx_policy *p;
	struct linx_condition *c;
	struct linx_error *err;
	struct linx_policy_test *tests;
	uint32_t ntests, test_cap;
	uint32_t item;
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

/* Joins two alternatives that must both hold. False: they exclude each other. */
static bool join(const struct alternative *a, const struct alternative *b, struct alternative *to)
{
	*to = *a;
	to->checks &= b->checks;
	to->named |= b->named;
	if (to->reading == ANY)
		to->reading = b->reading;
	else if (b->reading != ANY && b->reading != to->reading)
		return false;
	return to->checks;
}

static int both(const struct compiler *k, const struct alternatives *a, const struct alternatives *b, struct alternatives *to)
{
	struct alternative one;
	int ret = 0;

	for (uint32_t i = 0; !ret && i < a->n; i++)
		for (uint32_t j = 0; !ret && j < b->n; j++) {
			const struct alternative *more = &b->list[j];

			if (!join(&a->list[i], more, &one))
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

/* ---- tests of the call's name ------------------------------------------------------------------ */

static int cannot(const struct compiler *k, const char *field, const char *why)
{
	return linx_fail(k->err, -EINVAL, "%s cannot be judged so: %s", field, why);
}

static bool has_alternative(const struct alternatives *to, const struct alternative *a)
{
	for (uint32_t i = 0; i < to->n; i++)
		if (to->list[i].checks == a->checks && to->list[i].reading == a->reading)
			return true;
	return false;
}

static int add_call(const struct compiler *k, const char *name, struct alternatives *to)
{
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
		struct alternative a = { .checks = 1u << calls[i].check, .reading = calls[i].reading, .named = true };

		if (strcmp(calls[i].name, name) != 0)
			continue;
		return has_alternative(to, &a) ? 0 : add_alternative(k, to, &a);
	}
	return linx_fail(k->err, -EINVAL, "%s cannot be refused: the kernel has no check for it that linx judges (docs/enforcing.md lists the checks)", name);
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

/* Adds a test with its values, as an alternative of its own. The values are freed. */
static int add_test(struct compiler *k, const struct judged *j, uint8_t test, bool negated, struct linx_policy_values *v,
		    struct alternatives *to)
{
	struct alternative a = { .checks = ALL, .reading = ANY, .ntests = 1 };
	uint32_t at = v->data.failed ? UINT32_MAX : linx_policy_operand(k->p, v->data.data, v->data.len);
	struct linx_policy_test *one;

	free(v->data.data);
	if (at == UINT32_MAX && !v->data.failed && !k->p->operands.failed)
		return linx_fail(k->err, -E2BIG, "the rules compare with more than %u bytes of values", LINX_DENY_OPERANDS_MAX);
	if (at == UINT32_MAX || linx_array_room((void **)&k->tests, &k->test_cap, k->ntests, sizeof(*k->tests)))
		return no_memory(k);
	one = &k->tests[k->ntests];
	*one = (struct linx_policy_test){ { j->what, test, negated ? LINX_DENY_NOT : 0, v->count, at, 0 }, j->checks, j->name };
	a.tests[0] = k->ntests++;
	return add_alternative(k, to, &a);
}

static int add_range(struct linx_policy_values *v, uint64_t from, uint64_t last)
{
	linx_policy_value(v, &(struct linx_deny_range){ from, last }, sizeof(struct linx_deny_range));
	return 0;
}

/* Adds the numbers that fulfil "number OP n", of those from 0 to most. */
static int add_numbers(const struct compiler *k, const struct judged *j, enum linx_cond_op op, int64_t n, uint64_t most,
		       struct linx_policy_values *v)
{
	uint64_t u = (uint64_t)n;

	if (n < 0 || u > most)
		return linx_fail(k->err, -EINVAL, "%s is between 0 and %llu", j->name, (unsigned long long)most);
	switch (op) {
	case LINX_OP_LT:
		return u ? add_range(v, 0, u - 1) : cannot(k, j->name, "nothing is below 0");
	case LINX_OP_LE:
		return add_range(v, 0, u);
	case LINX_OP_GT:
		return u < most ? add_range(v, u + 1, most) : cannot(k, j->name, "nothing is larger");
	case LINX_OP_GE:
		return add_range(v, u, most);
	default:
		return add_range(v, u, u);
	}
}

/* Looks up a user or a group. -ENOENT: there is none */
static int id_of(const struct compiler *k, bool user, const char *name, int64_t *id)
{
	char text[4096];
	struct passwd pw, *p = NULL;
	struct group gr, *g = NULL;
	int ret = user ? getpwnam_r(name, &pw, text, sizeof(text), &p) : getgrnam_r(name, &gr, text, sizeof(text), &g);

	if (!p && !g)
		return linx_fail(k->err, ret ? -ret : -ENOENT, "there is no %s %.100s here%s%s", user ? "user" : "group", name,
				 ret ? ": " : "", ret ? strerror(ret) : "");
	*id = p ? (int64_t)p->pw_uid : (int64_t)g->gr_gid;
	return 0;
}

static int add_id(const struct compiler *k, const struct judged *j, enum linx_cond_op op, const struct linx_operand *o,
		  struct linx_policy_values *v)
{
	int64_t id = o->num;
	int ret = o->is_num ? 0 : id_of(k, j->form == USER, o->s, &id);

	return ret ? ret : add_numbers(k, j, op, id, UINT32_MAX, v);
}

static int add_cgroup(const struct compiler *k, const struct judged *j, enum linx_cond_op op, const struct linx_operand *o,
		      struct linx_policy_values *v)
{
	uint64_t id;
	int ret;

	(void)op;
	(void)j;
	ret = linx_policy_cgroup(o->s, &id, k->err);
	return ret ? ret : add_range(v, id, id);
}

static int add_net(const struct compiler *k, const struct judged *j, enum linx_cond_op op, const struct linx_operand *o,
		   struct linx_policy_values *v)
{
	struct linx_deny_net net = { .prefix = o->bits };

	(void)op;
	if (!o->is_net)
		return cannot(k, j->name, "an address or a network is expected");
	memcpy(net.address, o->addr, sizeof(net.address));
	linx_policy_value(v, &net, sizeof(net));
	return 0;
}

static int add_port(const struct compiler *k, const struct judged *j, enum linx_cond_op op, const struct linx_operand *o,
		    struct linx_policy_values *v)
{
	return add_numbers(k, j, op, o->num, UINT16_MAX, v);
}

/* Adds the numbers of a protocol that has several: MPTCP makes connections of TCP, UDP-Lite is UDP. */
static int add_protocol(const struct compiler *k, const struct judged *j, enum linx_cond_op op, const struct linx_operand *o,
			struct linx_policy_values *v)
{
	static const struct {
		const char *name;
		uint32_t numbers[2];
	} protocols[] = { { "tcp", { IPPROTO_TCP, 262 /* IPPROTO_MPTCP */ } }, { "udp", { IPPROTO_UDP, IPPROTO_UDPLITE } } };

	(void)op;
	for (size_t i = 0; i < ARRAY_SIZE(protocols); i++) {
		if (strcmp(o->s, protocols[i].name) != 0)
			continue;
		add_range(v, protocols[i].numbers[0], protocols[i].numbers[0]);
		return add_range(v, protocols[i].numbers[1], protocols[i].numbers[1]);
	}
	return cannot(k, j->name, "tcp or udp is expected");
}

static int add_mask(struct linx_policy_values *v, uint64_t mask, uint64_t value)
{
	linx_policy_value(v, &(struct linx_deny_mask){ mask, value }, sizeof(struct linx_deny_mask));
	return 0;
}

static int add_capability(const struct compiler *k, const struct judged *j, enum linx_cond_op op, const struct linx_operand *o,
			  struct linx_policy_values *v)
{
	const struct linx_flagset *set = &linx_set_cap_bits;

	(void)op;
	for (unsigned int i = 0; i < set->count; i++)
		if (!strcmp(o->s, set->flags[i].name))
			return add_mask(v, 1ull << set->flags[i].shift, 1ull << set->flags[i].shift);
	return cannot(k, j->name, "the whole name of a capability is expected, such as CAP_SYS_ADMIN");
}

/* Adds a flag by its name. Names that are part of another name are left out: "contains" would find them in that, too. */
static int add_flag(const struct compiler *k, const struct judged *j, enum linx_cond_op op, const struct linx_operand *o,
		    struct linx_policy_values *v)
{
	static const struct {
		uint8_t form;
		const char *name;
		uint32_t bit;
	} flags[] = {
		{ OPEN_FLAGS, "O_CREAT", O_CREAT },   { OPEN_FLAGS, "O_TRUNC", O_TRUNC },   { OPEN_FLAGS, "O_APPEND", O_APPEND },
		{ PROTECTION, "PROT_READ", PROT_READ }, { PROTECTION, "PROT_WRITE", PROT_WRITE }, { PROTECTION, "PROT_EXEC", PROT_EXEC },
	};

	(void)op;
	for (size_t i = 0; i < ARRAY_SIZE(flags); i++)
		if (flags[i].form == j->form && !strcmp(flags[i].name, o->s))
			return add_mask(v, flags[i].bit, flags[i].bit);
	return cannot(k, j->name, j->form == OPEN_FLAGS ? "O_CREAT, O_TRUNC or O_APPEND is expected" : "PROT_READ, PROT_WRITE or PROT_EXEC is expected");
}

/*
 * Adds a test that the operation has what a field is about: a file, or a socket of IPv4 or IPv6. A test of a field without
 * a value is false in conditions, also "!=". The module's test is true with LINX_DENY_NOT then. *needs: false if every
 * operation has the object, and no test was added.
 */
static int test_present(struct compiler *k, const struct judged *j, bool negated, struct alternatives *to, bool *needs)
{
	struct judged object = { j->name, j->checks, LINX_DENY_LINKS, NUMBER };
	struct linx_policy_values v = { 0 };

	*needs = j->what == LINX_DENY_FILE || j->what >= LINX_DENY_PROTOCOL;
	if (j->what == LINX_DENY_READING || !*needs)
		return *needs = false;
	if (j->what == LINX_DENY_FILE) {
		add_range(&v, 0, UINT64_MAX);
	} else {
		object.what = LINX_DENY_FAMILY;
		add_range(&v, AF_INET, AF_INET);
		add_range(&v, AF_INET6, AF_INET6);
	}
	return add_test(k, &object, LINX_DENY_RANGE, negated, &v, to);
}

/*
 * Joins the test of a field with the test that it has a value: both must hold, or with negated at least one of the
 * negated ones. "different" has the alternatives of the field's own test, which is freed.
 */
static int join_present(struct compiler *k, const struct judged *j, bool negated, struct alternatives *different, struct alternatives *to)
{
	struct alternatives present = { 0 };
	bool needs;
	int ret = test_present(k, j, negated, &present, &needs);

	if (!ret && needs && !negated) {
		ret = both(k, &present, different, to);
	} else if (!ret) {
		ret = either(k, to, &present);
		if (!ret)
			ret = either(k, to, different);
	}
	free(present.list);
	free(different->list);
	return ret;
}

#define OP(name) (1u << LINX_OP_##name)
#define EQUALITY (OP(EQ) | OP(NE) | OP(IN))
#define ORDER (OP(LT) | OP(LE) | OP(GT) | OP(GE))

/* Forms whose values are added one by one. */
static const struct simple {
	uint32_t operators;
	const char *expected; /* text of the operators */
	uint8_t test; /* enum linx_deny_test */
	int (*add)(const struct compiler *k, const struct judged *j, enum linx_cond_op op, const struct linx_operand *o,
		   struct linx_policy_values *v);
} simple[] = {
	[NUMBER] = { EQUALITY | ORDER, "=, !=, in or an order is expected", LINX_DENY_RANGE, add_id },
	[USER] = { EQUALITY, "=, != or in is expected", LINX_DENY_RANGE, add_id },
	[GROUP] = { EQUALITY, "=, != or in is expected", LINX_DENY_RANGE, add_id },
	[NET] = { EQUALITY, "=, != or in is expected", LINX_DENY_WITHIN, add_net },
	[PORT] = { EQUALITY | ORDER, "=, !=, in or an order is expected", LINX_DENY_RANGE, add_port },
	[PROTOCOL] = { EQUALITY, "=, != or in is expected", LINX_DENY_RANGE, add_protocol },
	[CAPS] = { OP(CONTAINS), "contains is expected", LINX_DENY_MASK, add_capability },
	[OPEN_FLAGS] = { OP(CONTAINS), "contains is expected", LINX_DENY_MASK, add_flag },
	[PROTECTION] = { OP(CONTAINS), "contains is expected", LINX_DENY_MASK, add_flag },
	[CGROUP] = { OP(PMATCH), "pmatch is expected, which stands for a group and the groups in it", LINX_DENY_RANGE, add_cgroup },
};

static int test_simple(struct compiler *k, const struct linx_cond_node *t, const struct judged *j, bool negated, struct alternatives *to)
{
	const struct simple *s = &simple[j->form];
	struct linx_policy_values v = { 0 };
	struct alternatives own = { 0 };
	int ret = 0;

	if (!(s->operators >> t->op & 1))
		return cannot(k, j->name, s->expected);
	for (uint32_t i = 0; !ret && i < t->count; i++)
		ret = s->add(k, j, t->op, &k->c->operands[t->first + i], &v);
	if (ret) {
		free(v.data.data);
		return ret;
	}
	/* Numbers of protocols have other meanings in other families. */
	if (t->op != LINX_OP_NE && j->form != PROTOCOL)
		return add_test(k, j, s->test, negated, &v, to);
	ret = add_test(k, j, s->test, negated != (t->op == LINX_OP_NE), &v, &own);
	return join_present(k, j, negated, &own, to);
}

/* The kernel asks for the right to write also when a file that is opened for reading is truncated. */
static int test_opened(struct compiler *k, const struct linx_cond_node *t, const struct judged *j, bool negated, struct alternatives *to)
{
	struct linx_policy_values v = { 0 };
	bool wanted;

	if (t->count != 1 || (t->op != LINX_OP_EQ && t->op != LINX_OP_NE))
		return cannot(k, j->name, "= true or = false is expected");
	wanted = (k->c->operands[t->first].num != 0) == (t->op == LINX_OP_EQ);
	add_mask(&v, O_ACCMODE, O_RDWR);
	add_mask(&v, O_ACCMODE, j->form == WRITES ? O_WRONLY : O_RDONLY);
	if (j->form == WRITES)
		add_mask(&v, O_TRUNC, O_TRUNC);
	return add_test(k, j, LINX_DENY_MASK, negated == wanted, &v, to);
}

/*
 * Tests that a file is inside a directory, and is not the directory itself, as "fd.name startswith /etc/" says. Negated:
 * the file is not inside, or is the directory.
 */
static int test_inside(struct compiler *k, const struct judged *j, const char *path, bool negated, struct alternatives *to)
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
		ret = both(k, &a, &b, to);
	free(a.list);
	free(b.list);
	return ret;
}

/* Adds the values of one operand for a test of a path. *test: how they are compared. */
static int add_path(struct compiler *k, const struct judged *j, enum linx_cond_op op, const struct linx_operand *o, uint8_t test,
		    struct linx_policy_values *v)
{
	const char *before = j->form == TAIL && op != LINX_OP_ENDSWITH ? "/" : "";

	if (memchr(o->s, '\0', o->n))
		return cannot(k, j->name, "a path has no zero bytes");
	if (j->form == TAIL && strchr(o->s, '/'))
		return cannot(k, j->name, "the last part of a path has no /");
	if (op == LINX_OP_ENDSWITH && strlen(o->s) > 1 && strchr(o->s + 1, '/'))
		return cannot(k, j->name, "endswith takes a name, with at most a / in front: directories above may be of another file system");
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

/* Chooses the test of the module for an operator and a value. 0: there is none. */
static uint8_t choose_test(const struct judged *j, enum linx_cond_op op, const struct linx_operand *o)
{
	if (op == LINX_OP_ENDSWITH)
		return LINX_DENY_ENDS;
	if (j->form == TAIL)
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

/* Adds a test of the values that are compared in one way. Values of the other ways are left to the next call. */
static int test_one_way(struct compiler *k, const struct linx_cond_node *t, const struct judged *j, uint8_t test, bool negated,
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

static int test_path(struct compiler *k, const struct linx_cond_node *t, const struct judged *j, bool negated, struct alternatives *to)
{
	const struct linx_operand *first = &k->c->operands[t->first];
	struct alternatives files = { 0 }, directories = { 0 };
	uint8_t test = t->count ? choose_test(j, t->op, first) : 0;
	int ret;

	if (!test)
		return cannot(k, j->name, "=, !=, in, startswith, endswith or pmatch is expected");
	if (test == LINX_DENY_BEGINS && first->n && first->s[first->n - 1] == '/')
		return test_inside(k, j, first->s, negated, to);
	if (t->op == LINX_OP_NE) {
		ret = test_one_way(k, t, j, test, !negated, &files);
		return ret ? ret : join_present(k, j, negated, &files, to);
	}
	if (t->op != LINX_OP_PMATCH)
		return test_one_way(k, t, j, test, negated, to);
	ret = test_one_way(k, t, j, LINX_DENY_PLACED, negated, &files);
	if (!ret)
		ret = test_one_way(k, t, j, LINX_DENY_INSIDE, negated, &directories);
	if (!ret && negated && files.n && directories.n) {
		ret = both(k, &files, &directories, to);
	} else if (!ret) {
		ret = either(k, to, &files);
		if (!ret)
			ret = either(k, to, &directories);
	}
	free(files.list);
	free(directories.list);
	return ret;
}

/* ---- the tree -------------------------------------------------------------------------------------- */

static void name_of(const struct linx_fld *f, char *to, size_t size)
{
	snprintf(to, size, f->name[0] ? "%s.%s" : "%s", f->desc->name, f->name);
}

static const struct judged *find_judged(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(judged); i++)
		if (!strcmp(judged[i].name, name))
			return &judged[i];
	return NULL;
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

static int compile_test(struct compiler *k, const struct linx_cond_node *t, bool negated, struct alternatives *to)
{
	const struct judged *j;
	char name[128];

	if (t->field.desc == &linx_fld_transformed || t->field.desc == &linx_fld_transformed_list)
		return cannot(k, "a transformer", "it makes text");
	name_of(&t->field, name, sizeof(name));
	if (!strcmp(name, "evt.type") || !strcmp(name, "syscall.type") || !strcmp(name, "call"))
		return test_of_call(k, t, negated, to);
	j = find_judged(name);
	if (!j)
		return unknown_field(k, name);
	if (t->mod)
		return cannot(k, j->name, "oneof, anyof and allof are not judged");
	for (uint32_t i = 0; i < t->count; i++)
		if (k->c->operands[t->first + i].is_source)
			return cannot(k, j->name, "it is compared with constants alone");
	switch (j->form) {
	case PATH:
	case TAIL:
		return test_path(k, t, j, negated, to);
	case READS:
	case WRITES:
		return test_opened(k, t, j, negated, to);
	default:
		return test_simple(k, t, j, negated, to);
	}
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
	if (!ret && (n->kind == LINX_COND_AND) != negated) {
		ret = both(k, &left, &right, to);
	} else if (!ret) {
		ret = either(k, to, &left);
		if (!ret)
			ret = either(k, to, &right);
	}
	free(left.list);
	free(right.list);
	return ret;
}

/* ---- rules of the module ----------------------------------------------------------------------------- */

static const char *name_of_check(unsigned int check)
{
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++)
		if (calls[i].check == check)
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

static int add_reading(const struct compiler *k, uint8_t reading)
{
	struct linx_deny_range range = { reading, reading };
	uint32_t at = linx_policy_operand(k->p, &range, sizeof(range));

	if (at == UINT32_MAX)
		return k->p->operands.failed ? no_memory(k) : linx_fail(k->err, -E2BIG, "the rules compare with too many values");
	return add_cond(k, &(struct linx_deny_cond){ LINX_DENY_READING, LINX_DENY_RANGE, 0, 1, at, 0 });
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
	int ret = a->reading == ANY ? 0 : add_reading(k, a->reading);

	for (unsigned int i = 0; !ret && i < a->ntests; i++) {
		const struct linx_policy_test *t = &k->tests[a->tests[i]];

		if (!(t->checks >> check & 1))
			return linx_fail(k->err, -EINVAL, "%s cannot be judged at %s: the kernel does not know it there", t->field,
					 name_of_check(check));
		ret = add_cond(k, &t->cond);
	}
	if (ret)
		return ret;
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
		.id = k->item,
	};
	return 0;
}

static int emit(struct compiler *k, const struct alternatives *all)
{
	int ret = 0;

	if (!all->n)
		return linx_fail(k->err, -EINVAL, "the condition never holds: its tests exclude each other");
	for (uint32_t i = 0; !ret && i < all->n; i++) {
		const struct alternative *a = &all->list[i];

		if (!a->named)
			return linx_fail(k->err, -EINVAL, "an alternative names no call: add a test such as evt.type in (open, openat, openat2)");
		for (unsigned int check = 0; !ret && check < LINX_DENY_HOOKS; check++)
			if (a->checks >> check & 1)
				ret = emit_rule(k, a, check);
	}
	return ret;
}

int linx_policy_compile(struct linx_policy *p, struct linx_condition *c, uint32_t root, uint32_t item, struct linx_error *err)
{
	struct compiler k = { .p = p, .c = c, .err = err, .item = item };
	struct alternatives all = { 0 };
	int ret = compile_node(&k, root, false, &all);

	if (!ret)
		ret = emit(&k, &all);
	free(all.list);
	free(k.tests);
	return ret;
}
