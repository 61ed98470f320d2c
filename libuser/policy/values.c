// SPDX-License-Identifier: LGPL-2.1-or-later
/* Values of conditions of policies as the module compares them: numbers, ids, names of constants, networks. */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <netinet/in.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "base/array_size.h"
#include "base/error.h"
#include "policy/own.h"
#include "table/flagsets.h"

#define SIGNAL_MAX 64u

int linx_policy_cannot(struct linx_error *err, const char *field, const char *why)
{
	return linx_fail(err, -EINVAL, "%s cannot be judged so: %s", field, why);
}

static int add_range(struct linx_policy_values *v, uint64_t from, uint64_t last)
{
	linx_policy_range(v, from, last);
	return 0;
}

/* Adds the numbers from 0 to "most" that fulfil "number OP n". */
static int add_numbers(struct linx_error *err, const struct linx_policy_field *j, enum linx_cond_op op, int64_t n, uint64_t most,
		       struct linx_policy_values *v)
{
	uint64_t u = (uint64_t)n;

	if (n < 0 || u > most)
		return linx_fail(err, -EINVAL, "%s is between 0 and %llu", j->name, (unsigned long long)most);
	switch (op) {
	case LINX_OP_LT:
		return u ? add_range(v, 0, u - 1) : linx_policy_cannot(err, j->name, "nothing is below 0");
	case LINX_OP_LE:
		return add_range(v, 0, u);
	case LINX_OP_GT:
		return u < most ? add_range(v, u + 1, most) : linx_policy_cannot(err, j->name, "nothing is larger");
	case LINX_OP_GE:
		return add_range(v, u, most);
	default:
		return add_range(v, u, u);
	}
}

/* Looks up a user or a group. -ENOENT: there is no such user or group */
static int id_of(struct linx_error *err, bool user, const char *name, int64_t *id)
{
	char text[4096];
	struct passwd pw, *p = NULL;
	struct group gr, *g = NULL;
	int ret = user ? getpwnam_r(name, &pw, text, sizeof(text), &p) : getgrnam_r(name, &gr, text, sizeof(text), &g);

	if (!p && !g)
		return linx_fail(err, ret ? -ret : -ENOENT, "there is no %s %.100s here%s%s", user ? "user" : "group", name,
				 ret ? ": " : "", ret ? strerror(ret) : "");
	*id = p ? (int64_t)p->pw_uid : (int64_t)g->gr_gid;
	return 0;
}

static int add_id(struct linx_error *err, const struct linx_policy_field *j, enum linx_cond_op op, const struct linx_operand *o,
		  struct linx_policy_values *v)
{
	int64_t id = o->num;
	int ret = o->is_num ? 0 : id_of(err, j->form == LINX_POLICY_USER, o->s, &id);

	return ret ? ret : add_numbers(err, j, op, id, UINT32_MAX, v);
}

static int add_cgroup(struct linx_error *err, const struct linx_policy_field *j, enum linx_cond_op op, const struct linx_operand *o,
		      struct linx_policy_values *v)
{
	uint64_t id;
	int ret;

	(void)op;
	(void)j;
	ret = linx_policy_cgroup(o->s, &id, err);
	return ret ? ret : add_range(v, id, id);
}

static int add_net(struct linx_error *err, const struct linx_policy_field *j, enum linx_cond_op op, const struct linx_operand *o,
		   struct linx_policy_values *v)
{
	struct linx_deny_net net = { .prefix = o->bits };

	(void)op;
	if (!o->is_net)
		return linx_policy_cannot(err, j->name, "an address or a network is expected");
	memcpy(net.address, o->addr, sizeof(net.address));
	linx_policy_value(v, &net, sizeof(net));
	return 0;
}

static int add_port(struct linx_error *err, const struct linx_policy_field *j, enum linx_cond_op op, const struct linx_operand *o,
		    struct linx_policy_values *v)
{
	return add_numbers(err, j, op, o->num, UINT16_MAX, v);
}

/* Adds the numbers of a protocol. TCP includes MPTCP, and UDP includes UDP-Lite. */
static int add_protocol(struct linx_error *err, const struct linx_policy_field *j, enum linx_cond_op op, const struct linx_operand *o,
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
	return linx_policy_cannot(err, j->name, "tcp or udp is expected");
}

static int add_mask(struct linx_policy_values *v, uint64_t mask, uint64_t value)
{
	linx_policy_mask(v, mask, value);
	return 0;
}

static int add_capability(struct linx_error *err, const struct linx_policy_field *j, enum linx_cond_op op, const struct linx_operand *o,
			  struct linx_policy_values *v)
{
	const struct linx_flagset *set = &linx_set_cap_bits;

	(void)op;
	for (unsigned int i = 0; i < set->count; i++)
		if (!strcmp(o->s, set->flags[i].name))
			return add_mask(v, 1ull << set->flags[i].shift, 1ull << set->flags[i].shift);
	return linx_policy_cannot(err, j->name, "the whole name of a capability is expected, such as CAP_SYS_ADMIN");
}

/* Finds a constant by its name. NULL: the set has no such name. */
static const struct linx_flag *find_name(const struct linx_flagset *set, const char *name)
{
	for (unsigned int i = 0; set && i < set->count; i++)
		if (!strcmp(set->flags[i].name, name) && set->flags[i].kind != LINX_FLAG_NUMBER)
			return &set->flags[i];
	return NULL;
}

/* Returns the set of constants that a field's values belong to; NULL: the values have no names. */
static const struct linx_flagset *set_of(const struct linx_policy_field *j)
{
	static const struct linx_flagset *const sets[] = {
		[LINX_POLICY_MOUNT_FLAGS] = &linx_set_mount_flags,
		[LINX_POLICY_FAMILY] = &linx_set_addrfam, [LINX_POLICY_COMMAND] = &linx_set_bpf_cmd,
	};

	return j->set ? j->set : j->form < ARRAY_SIZE(sets) ? sets[j->form] : NULL;
}

/* Adds a flag by its name. Only flags are accepted that the kernel's check sees as the program has set them. */
static int add_listed(struct linx_error *err, const struct linx_policy_field *j, enum linx_cond_op op, const struct linx_operand *o,
		      struct linx_policy_values *v)
{
	static const struct {
		uint8_t form;
		const char *name;
		uint32_t bit;
	} flags[] = {
		{ LINX_POLICY_OPEN_FLAGS, "O_CREAT", O_CREAT },      { LINX_POLICY_OPEN_FLAGS, "O_TRUNC", O_TRUNC },
		{ LINX_POLICY_OPEN_FLAGS, "O_APPEND", O_APPEND },    { LINX_POLICY_PROTECTION, "PROT_READ", PROT_READ },
		{ LINX_POLICY_PROTECTION, "PROT_WRITE", PROT_WRITE }, { LINX_POLICY_PROTECTION, "PROT_EXEC", PROT_EXEC },
		{ LINX_POLICY_MODE, "S_ISUID", S_ISUID },	      { LINX_POLICY_MODE, "S_ISGID", S_ISGID },
		{ LINX_POLICY_MODE, "S_ISVTX", S_ISVTX },
	};

	(void)op;
	for (size_t i = 0; i < ARRAY_SIZE(flags); i++)
		if (flags[i].form == j->form && !strcmp(flags[i].name, o->s))
			return add_mask(v, flags[i].bit, flags[i].bit);
	return linx_policy_cannot(err, j->name, j->form == LINX_POLICY_OPEN_FLAGS ? "O_CREAT, O_TRUNC or O_APPEND is expected" :
						j->form == LINX_POLICY_MODE	  ? "S_ISUID, S_ISGID or S_ISVTX is expected" :
										    "PROT_READ, PROT_WRITE or PROT_EXEC is expected");
}

/*
 * Adds a flag by its name. The flag must be a single bit. A name that is part of another flag's name is an error, since
 * "contains" in a filter would find it in the other name, too.
 */
static int add_flag(struct linx_error *err, const struct linx_policy_field *j, enum linx_cond_op op, const struct linx_operand *o,
		    struct linx_policy_values *v)
{
	const struct linx_flagset *set = set_of(j);
	const struct linx_flag *f = find_name(set, o->s);

	(void)op;
	if (!f || !set->bits || f->kind != LINX_FLAG_BITS || !f->value || f->value & (f->value - 1))
		return linx_policy_cannot(err, j->name, "contains takes the whole name of one flag");
	for (unsigned int i = 0; i < set->count; i++)
		if (&set->flags[i] != f && strstr(set->flags[i].name, f->name))
			return linx_policy_cannot(err, j->name, "another flag's name has this name in it");
	return add_mask(v, f->value, f->value);
}

/* Adds a number, or the number of a constant by its name. */
static int add_constant(struct linx_error *err, const struct linx_policy_field *j, enum linx_cond_op op, const struct linx_operand *o,
			struct linx_policy_values *v)
{
	const struct linx_flag *f = find_name(set_of(j), o->s);
	uint64_t most = j->width ? j->width : UINT32_MAX;
	char *end;
	uint64_t n = f ? f->value : strtoull(o->s, &end, 0);

	if (!f && (!*o->s || *end))
		return linx_policy_cannot(err, j->name, "a number or the name of a constant is expected");
	if (op == LINX_OP_EQ || op == LINX_OP_NE || op == LINX_OP_IN) /* -1 is cut to the width of the argument */
		return add_range(v, n & most, n & most);
	return add_numbers(err, j, op, (int64_t)n, most, v);
}

static int add_signal(struct linx_error *err, const struct linx_policy_field *j, enum linx_cond_op op, const struct linx_operand *o,
		      struct linx_policy_values *v)
{
	for (unsigned int sig = 1; !o->is_num && sig <= SIGNAL_MAX; sig++) {
		const char *name = linx_signal_name(sig);

		if (name && !strcmp(name, o->s))
			return add_range(v, sig, sig);
	}
	if (!o->is_num)
		return linx_policy_cannot(err, j->name, "the whole name of a signal is expected, such as SIGTERM");
	return add_numbers(err, j, op, o->num, SIGNAL_MAX, v);
}

#define OP(name) (1u << LINX_OP_##name)
#define EQUALITY (OP(EQ) | OP(NE) | OP(IN))
#define ORDER (OP(LT) | OP(LE) | OP(GT) | OP(GE))

/* Forms whose values are added one by one. */
static const struct simple {
	uint32_t operators;
	const char *expected; /* error text that lists the operators */
	uint8_t test; /* enum linx_deny_test */
	int (*add)(struct linx_error *err, const struct linx_policy_field *j, enum linx_cond_op op, const struct linx_operand *o,
		   struct linx_policy_values *v);
} simple[] = {
	[LINX_POLICY_NUMBER] = { EQUALITY | ORDER, "=, !=, in or an order is expected", LINX_DENY_RANGE, add_id },
	[LINX_POLICY_USER] = { EQUALITY, "=, != or in is expected", LINX_DENY_RANGE, add_id },
	[LINX_POLICY_GROUP] = { EQUALITY, "=, != or in is expected", LINX_DENY_RANGE, add_id },
	[LINX_POLICY_NET] = { EQUALITY, "=, != or in is expected", LINX_DENY_WITHIN, add_net },
	[LINX_POLICY_PORT] = { EQUALITY | ORDER, "=, !=, in or an order is expected", LINX_DENY_RANGE, add_port },
	[LINX_POLICY_PROTOCOL] = { EQUALITY, "=, != or in is expected", LINX_DENY_RANGE, add_protocol },
	[LINX_POLICY_CAPS] = { OP(CONTAINS), "contains is expected", LINX_DENY_MASK, add_capability },
	[LINX_POLICY_OPEN_FLAGS] = { OP(CONTAINS), "contains is expected", LINX_DENY_MASK, add_listed },
	[LINX_POLICY_PROTECTION] = { OP(CONTAINS), "contains is expected", LINX_DENY_MASK, add_listed },
	[LINX_POLICY_MOUNT_FLAGS] = { OP(CONTAINS), "contains is expected", LINX_DENY_MASK, add_flag },
	[LINX_POLICY_MODE] = { OP(CONTAINS), "contains is expected", LINX_DENY_MASK, add_listed },
	[LINX_POLICY_BITS] = { OP(CONTAINS), "contains is expected", LINX_DENY_MASK, add_flag },
	[LINX_POLICY_FAMILY] = { EQUALITY, "=, != or in is expected", LINX_DENY_RANGE, add_constant },
	[LINX_POLICY_COMMAND] = { EQUALITY, "=, != or in is expected", LINX_DENY_RANGE, add_constant },
	[LINX_POLICY_CONSTANT] = { EQUALITY | ORDER, "=, !=, in or an order is expected", LINX_DENY_RANGE, add_constant },
	[LINX_POLICY_SIGNAL_NUMBER] = { EQUALITY, "=, != or in is expected", LINX_DENY_RANGE, add_signal },
	[LINX_POLICY_CGROUP] = { OP(PMATCH), "pmatch is expected, which stands for a group and the groups in it", LINX_DENY_RANGE, add_cgroup },
};

int linx_policy_simple(const struct linx_policy_field *j, enum linx_cond_op op, uint8_t *test, struct linx_error *err)
{
	const struct simple *s = &simple[j->form];

	*test = s->test;
	return s->operators >> op & 1 ? 0 : linx_policy_cannot(err, j->name, s->expected);
}

int linx_policy_simple_value(const struct linx_policy_field *j, enum linx_cond_op op, const struct linx_operand *o,
			     struct linx_policy_values *v, struct linx_error *err)
{
	return simple[j->form].add(err, j, op, o, v);
}
