// SPDX-License-Identifier: LGPL-2.1-or-later
/* The policy of a source: see linx_set_policy() in <linx/policy.h>. */
#include <errno.h>
#include <stdlib.h>

#include "api/source.h"
#include "policy/own.h"

/* Number of rules whose counters are asked for at once. */
#define COUNTS_AT_ONCE 256u

/*
 * Adds the names of a policy's rules to the stream, in which each rule has a number of its own. The names of a policy that
 * is then refused stay without records. *first: number of the policy's first rule.
 */
static int add_names(struct linx *l, const struct linx_policy *p, uint32_t *first)
{
	int ret = 0;

	*first = l->e->rule_names.n;
	for (uint32_t i = 0; !ret && i < p->nitems; i++)
		ret = linx_rule_names_add(&l->e->rule_names, p->items[i].name);
	if (ret == -E2BIG)
		return linx_fail(&l->err, ret, "too many rules, or a name of more than %u bytes", LINX_RULE_NAME_MAX);
	return ret ? linx_fail(&l->err, ret, "out of memory") : 0;
}

/* Gives the rules of the module the numbers that they have in the stream, and passes them on. */
static int set_rules(struct linx *l, const struct linx_policy *p, uint32_t first, uint32_t *items)
{
	struct linx_deny_rule *rules = calloc(p->nrules + 1, sizeof(*rules));
	struct linx_deny set = {
		.conds = (uintptr_t)p->conds,
		.operands = (uintptr_t)p->operands.data,
		.nrules = p->nrules,
		.nconds = p->nconds,
		.operands_len = (uint32_t)p->operands.len,
	};
	int ret;

	if (!rules)
		return linx_fail(&l->err, -ENOMEM, "out of memory");
	for (uint32_t i = 0; i < p->nrules; i++) {
		rules[i] = p->rules[i];
		items[i] = (uint32_t)rules[i].id;
		rules[i].id += first;
	}
	set.rules = (uintptr_t)rules;
	ret = l->e->ops->deny(l->e, &set);
	free(rules);
	return ret < 0 ? linx_engine_failed(l, ret) : 0;
}

LINX_API int linx_set_policy(struct linx *l, const struct linx_policy *p)
{
	static const struct linx_policy none;
	uint32_t *items, first = 0;
	int ret;

	if (!l->e->ops->deny)
		return linx_not_live(l, "rules that refuse");
	if (!l->running)
		return linx_fail(&l->err, -EINVAL, "the source does not run: set its policy after linx_start()");
	p = p ? p : &none;
	items = calloc(p->nrules + 1, sizeof(*items));
	ret = items ? add_names(l, p, &first) : linx_fail(&l->err, -ENOMEM, "out of memory");
	if (!ret)
		ret = set_rules(l, p, first, items);
	if (ret) {
		free(items);
		return ret;
	}
	free(l->policy_rules);
	l->policy_rules = items;
	l->npolicy_rules = p->nrules;
	l->npolicy = p->nitems;
	return 0;
}

static void add_counts(const struct linx *l, uint32_t first, uint32_t n, const struct linx_deny_counters *c, unsigned int rule,
		       struct linx_policy_counts *to)
{
	for (uint32_t k = 0; k < n; k++) {
		if (l->policy_rules[first + k] != rule)
			continue;
		to->observed += c[k].observed;
		to->refused += c[k].refused;
		to->signalled += c[k].signalled;
		to->undecided += c[k].undecided;
	}
}

LINX_API int linx_get_policy_counts(struct linx *l, unsigned int i, struct linx_policy_counts *counts)
{
	struct linx_deny_counters c[COUNTS_AT_ONCE];

	*counts = (struct linx_policy_counts){ 0 };
	if (i >= l->npolicy)
		return linx_fail(&l->err, -ENOENT, "the policy has no rule %u", i);
	for (uint32_t first = 0; first < l->npolicy_rules; first += COUNTS_AT_ONCE) {
		uint32_t n = l->npolicy_rules - first < COUNTS_AT_ONCE ? l->npolicy_rules - first : COUNTS_AT_ONCE;
		int ret = l->e->ops->deny_counts(l->e, first, n, c);

		if (ret < 0)
			return linx_engine_failed(l, ret);
		add_counts(l, first, n, c, i, counts);
	}
	return 0;
}
