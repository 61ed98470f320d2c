// SPDX-License-Identifier: LGPL-2.1-or-later
/* The policy of a source: see linx_set_policy() in <linx/policy.h>. */
#include <errno.h>
#include <stdlib.h>

#include "api/policy_pack.h"
#include "api/source.h"
#include "engine/kmod/deny.h"
#include "policy/own.h"

/* Number of rules whose counters are asked for at once. */
#define COUNTS_AT_ONCE 256u

void linx_forget_policy(struct linx_source_policy *p)
{
	free(p->items);
	free(p->before);
	linx_denied_free(&p->listed);
	*p = (struct linx_source_policy){ 0 };
}

/* Adds a name, which gets the next number in the stream. */
static int add_name(struct linx *l, const char *name)
{
	int ret = linx_rule_names_add(&l->e->rule_names, name);

	if (ret == -E2BIG)
		return linx_fail(&l->err, ret, "too many rules, or a name of more than %u bytes", LINX_RULE_NAME_MAX);
	return ret ? linx_fail(&l->err, ret, "out of memory") : 0;
}

/* True if the policy that the source has consists of rules with the same names, whose numbers can be used again. */
static bool has_names(const struct linx *l, const struct linx_policy *p)
{
	bool same = l->policy.nitems == p->nitems;

	for (uint32_t i = 0; same && i < p->nitems; i++)
		same = !strcmp(linx_rule_names_find(&l->e->rule_names, l->policy.first + i), p->items[i].name);
	return same;
}

/*
 * Adds the names of a policy's rules to the stream, in which each rule has a number of its own. *first: number of the
 * policy's first rule. If the policy is refused afterwards, its names stay in the stream, but no record has their
 * numbers.
 */
static int add_names(struct linx *l, const struct linx_policy *p, uint32_t *first)
{
	int ret = 0;

	*first = l->policy.first;
	if (has_names(l, p))
		return 0;
	*first = l->e->rule_names.n;
	for (uint32_t i = 0; !ret && i < p->nitems; i++)
		ret = add_name(l, p->items[i].name);
	return ret;
}

/* ---- counts ------------------------------------------------------------------------------------- */

/*
 * Adds the counters of the module's rules from number "first" to "end" - 1 to the sums for rules of the policy. sums[0]
 * is the sum for rule number "item" of the policy.
 */
static int sum_counts(struct linx *l, const struct linx_source_policy *of, bool before, uint32_t first, uint32_t end, uint32_t item,
		      struct linx_policy_counts *sums)
{
	struct linx_deny_counters c[COUNTS_AT_ONCE];

	for (; first < end; first += COUNTS_AT_ONCE) {
		uint32_t n = end - first < COUNTS_AT_ONCE ? end - first : COUNTS_AT_ONCE;
		int ret = l->e->ops->deny_counts(l->e, before, first, n, c);

		if (ret < 0)
			return linx_engine_failed(l, ret);
		for (uint32_t k = 0; k < n; k++)
			linx_policy_count(&sums[of->items[first + k] - item], &c[k]);
	}
	return 0;
}

/* A rule by its name. */
struct named {
	const char *name;
	uint32_t item;
	bool taken; /* another rule already continues the counts of this one */
};

static int by_name(const void *a, const void *b)
{
	const struct named *x = a, *y = b;

	return strcmp(x->name, y->name);
}

/* Fills the array "names", which has room for the rules of the old policy, and sorts it for find_old(). */
static void sort_names(const struct linx *l, const struct linx_source_policy *old, struct named *names)
{
	for (uint32_t i = 0; i < old->nitems; i++)
		names[i] = (struct named){ linx_rule_names_find(&l->e->rule_names, old->first + i), i, false };
	qsort(names, old->nitems, sizeof(*names), by_name);
}

/* Finds the rule of the old policy that has the name. NULL: there is no such rule. */
static struct named *find_old(const struct linx_source_policy *old, struct named *names, const char *name)
{
	const struct named key = { name, 0, false };

	return bsearch(&key, names, old->nitems, sizeof(*names), by_name);
}

/*
 * Copies the counts of rules of the replaced policy to rules of the same names in the new one, with all that was
 * refused until it was replaced. If "renewed" is set, the module itself continues its counters. Counts that cannot be
 * read are left out, since the new policy is already in force and an error could not undo it.
 */
static void take_counts(struct linx *l, const struct linx_policy *p, const struct linx_source_policy *old, struct linx_source_policy *now,
			struct named *names, bool renewed)
{
	if (!renewed)
		sum_counts(l, old, true, 0, old->nrules, 0, old->before);
	for (uint32_t i = 0; i < p->nitems; i++) {
		const struct named *found = find_old(old, names, p->items[i].name);

		if (found)
			now->before[i] = old->before[found->item];
	}
}

/*
 * Returns the number of the module's first rule that belongs to rule "item" of the policy, or to a later one. The
 * module's rules are in the order of the policy's.
 */
static uint32_t first_of(const struct linx_source_policy *of, uint32_t item)
{
	uint32_t low = 0, high = of->nrules;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (of->items[middle] < item)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

LINX_API int linx_get_policy_counts(struct linx *l, unsigned int i, struct linx_policy_counts *counts)
{
	struct linx_policy_counts sum;
	int ret;

	*counts = (struct linx_policy_counts){ 0 };
	if (i >= l->policy.nitems)
		return linx_fail(&l->err, -ENOENT, "the policy has no rule %u", i);
	sum = l->policy.before[i];
	ret = sum_counts(l, &l->policy, false, first_of(&l->policy, i), first_of(&l->policy, i + 1), i, &sum);
	*counts = sum;
	return ret;
}

LINX_API int linx_get_policy_program(struct linx *l, unsigned int i, struct linx_policy_program *program)
{
	struct linx_denied *d = &l->policy.listed;
	int ret = 0;

	if (!l->policy.nitems)
		return -ENOENT;
	if (!i) {
		linx_denied_free(d);
		ret = l->e->ops->deny_list(l->e, d);
	}
	if (ret < 0 && ret != -ENOENT)
		return linx_engine_failed(l, ret);
	return ret ? ret : linx_denied_program(d, i, program);
}

/* ---- setting ----------------------------------------------------------------------------------------- */

static int begin(struct linx *l, const struct linx_policy *p, struct linx_source_policy *now)
{
	now->items = calloc(p->nrules + 1, sizeof(*now->items));
	now->before = calloc(p->nitems + 1, sizeof(*now->before));
	if (!now->items || !now->before)
		return linx_fail(&l->err, -ENOMEM, "out of memory");
	for (uint32_t i = 0; i < p->nrules; i++)
		now->items[i] = (uint32_t)p->rules[i].id;
	now->nrules = p->nrules;
	now->nitems = p->nitems;
	return add_names(l, p, &now->first);
}

/* Describes for the module which of its old rules each of its new rules continues. NULL: no memory. */
static struct linx_deny_from *describe_old(const struct linx_policy *p, const struct linx_source_policy *old, struct named *names)
{
	struct linx_deny_from *from = calloc(p->nrules + 1, sizeof(*from));

	for (uint32_t i = 0; from && i < p->nrules; i++) {
		uint32_t item = (uint32_t)p->rules[i].id;
		struct named *found = find_old(old, names, p->items[item].name);
		uint32_t first = found ? first_of(old, found->item) : 0, end = found ? first_of(old, found->item + 1) : 0;

		from[i] = (struct linx_deny_from){ first < end ? first : LINX_DENY_FROM_NONE, found && !found->taken ? end - first : 0 };
		if (found)
			found->taken = true;
	}
	return from;
}

static int set_rules(struct linx *l, const struct linx_policy *p, const struct linx_policy_opts *opts, uint32_t first,
		     struct named *names)
{
	struct linx_deny_from *from = opts->renew ? describe_old(p, &l->policy, names) : NULL;
	struct linx_policy_pack pack;
	int ret;

	if (opts->renew && !from)
		return linx_fail(&l->err, -ENOMEM, "out of memory");
	ret = linx_policy_pack(&pack, p, opts, first, &l->err);
	if (!ret && from) {
		pack.set.flags |= LINX_DENY_RENEW;
		pack.set.from = p->nrules ? (uintptr_t)from : 0;
	}
	if (!ret) {
		ret = l->e->ops->deny(l->e, &pack.set);
		ret = ret < 0 ? linx_engine_failed(l, ret) : 0;
	}
	linx_policy_unpack(&pack);
	free(from);
	return ret;
}

LINX_API int linx_set_policy_opts(struct linx *l, const struct linx_policy *p, const struct linx_policy_opts *opts)
{
	static const struct linx_policy none;
	struct linx_policy_opts o = { .size = sizeof(o) };
	struct linx_source_policy now = { 0 };
	struct named *names;
	int ret = opts ? linx_take_opts(&o, sizeof(o), opts, opts->size, &l->err) : 0;

	if (ret)
		return ret;
	if (!l->e->ops->deny)
		return linx_not_live(l, "rules that refuse");
	if (!l->running)
		return linx_fail(&l->err, -EINVAL, "the source does not run: set its policy after linx_start()");
	p = p ? p : &none;
	names = calloc(l->policy.nitems + 1, sizeof(*names));
	ret = names ? begin(l, p, &now) : linx_fail(&l->err, -ENOMEM, "out of memory");
	o.renew = o.renew && l->policy.nitems;
	if (!ret) {
		sort_names(l, &l->policy, names);
		ret = set_rules(l, p, &o, now.first, names);
	}
	if (!ret) {
		take_counts(l, p, &l->policy, &now, names, o.renew);
		linx_forget_policy(&l->policy);
		l->policy = now;
	} else {
		linx_forget_policy(&now);
	}
	free(names);
	return ret;
}

LINX_API int linx_set_policy(struct linx *l, const struct linx_policy *p)
{
	return linx_set_policy_opts(l, p, NULL);
}

/* Finds a policy that the module keeps, by its name. -ENOENT: there is no such policy; else an error of the module. */
static int find_kept(struct linx *l, int fd, const char *name, struct linx_denied *d)
{
	uint64_t number = 0;
	int ret;

	while (!(ret = linx_kmod_deny_list(fd, 0, number, d, &l->err))) {
		if (d->list.flags & LINX_DENY_IS_KEPT && !strcmp(d->list.name, name))
			return 0;
		number = d->list.set + 1;
		linx_denied_free(d);
	}
	return ret == -ENOENT ? linx_fail(&l->err, ret, "the module keeps no policy '%s'", name) : ret;
}

LINX_API int linx_take_policy(struct linx *l, const char *name)
{
	struct linx_deny_change u = { .size = sizeof(u), .what = LINX_DENY_TAKE, .rule = UINT64_MAX };
	struct linx_denied d = { 0 };
	struct linx_denied_rule rule;
	int fd, ret;

	if (!l->e->ops->deny_fd || !l->running)
		return l->e->ops->deny_fd ? linx_fail(&l->err, -EINVAL, "the source does not run") : linx_not_live(l, "rules that refuse");
	fd = l->e->ops->deny_fd(l->e);
	ret = find_kept(l, fd, name, &d);
	u.set = d.list.set;
	u.base = l->e->rule_names.n;
	for (unsigned int i = 0; !ret && linx_denied_about(&d, i, &rule); i++)
		ret = add_name(l, rule.name);
	if (!ret)
		ret = linx_kmod_deny_change(fd, &u, &l->err);
	linx_denied_free(&d);
	return ret;
}
