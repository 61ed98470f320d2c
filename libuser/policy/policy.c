// SPDX-License-Identifier: LGPL-2.1-or-later
/* Policies, their rules, and the actions of rules. See <linx/policy.h>. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/error.h"
#include "policy/own.h"
#include "rules/rule_set.h"
#include "table/action.h"

LINX_API int linx_policy_new(struct linx_policy **out)
{
	*out = calloc(1, sizeof(**out));
	return *out ? 0 : -ENOMEM;
}

static void free_item(struct linx_policy_item *i)
{
	free(i->name);
	free(i->condition);
}

/* Removes the elements that were added after the policy was copied to *before. */
static void restore(struct linx_policy *p, const struct linx_policy *before)
{
	while (p->nitems > before->nitems)
		free_item(&p->items[--p->nitems]);
	while (p->nfds > before->nfds)
		close(p->fds[--p->nfds]);
	p->nrules = before->nrules;
	p->nconds = before->nconds;
	p->operands.len = before->operands.len;
	p->operands.failed = false;
}

LINX_API void linx_policy_free(struct linx_policy *p)
{
	if (!p)
		return;
	restore(p, &(struct linx_policy){ 0 });
	free(p->items);
	free(p->rules);
	free(p->conds);
	free(p->operands.data);
	free(p->fds);
	free(p->danger);
	free(p);
}

/* ---- actions --------------------------------------------------------------------------------- */

LINX_API int linx_policy_parse_action(const char *text, enum linx_policy_action *action, unsigned int *value,
				      struct linx_error *err)
{
	struct linx_action a;
	int ret = linx_action_parse(text, &a, err);

	*action = a.what;
	*value = a.value;
	return ret;
}

/* ---- rules ------------------------------------------------------------------------------------- */

static int add_item(struct linx_policy *p, const struct linx_policy_rule *r, struct linx_error *err)
{
	struct linx_action action = { r->action, r->value };
	struct linx_policy_item *i;

	if (!r->condition)
		return linx_fail(err, -EINVAL, "a rule has a condition");
	if (p->nitems == LINX_DENY_RULES_MAX)
		return linx_fail(err, -E2BIG, "a policy has at most %u rules", LINX_DENY_RULES_MAX);
	if (linx_array_room((void **)&p->items, &p->item_cap, p->nitems, sizeof(*p->items)))
		return linx_fail(err, -ENOMEM, "out of memory");
	i = &p->items[p->nitems++];
	*i = (struct linx_policy_item){ .name = strdup(r->name ? r->name : r->condition), .condition = strdup(r->condition),
					.observe = r->observe };
	if (!i->name || !i->condition)
		return linx_fail(err, -ENOMEM, "out of memory");
	if (linx_action_check(&action, err))
		return -EINVAL;
	i->action = action.what;
	i->value = action.value;
	return 0;
}

static int compile(struct linx_policy *p, struct linx_error *err)
{
	struct linx_condition *c;
	int ret = linx_condition_new(p->items[p->nitems - 1].condition, &c, err);

	if (ret)
		return ret;
	ret = linx_policy_compile(p, c, c->root, p->nitems - 1, err);
	linx_condition_free(c);
	return ret;
}

LINX_API int linx_policy_add(struct linx_policy *p, const struct linx_policy_rule *rule, struct linx_error *err)
{
	struct linx_policy_rule r = { .size = sizeof(r) };
	struct linx_policy before = *p;
	int ret = linx_take_opts(&r, sizeof(r), rule, rule->size, err);

	if (!ret)
		ret = add_item(p, &r, err);
	if (!ret)
		ret = compile(p, err);
	if (ret)
		restore(p, &before);
	return ret ? ret : (int)p->nitems - 1;
}

/* Puts the place of a rule at the beginning of an error text. */
static void add_place(const struct linx_rules *r, const struct linx_rules_item *it, struct linx_error *err)
{
	const struct linx_rules_place *place = it->condition.n ? &it->condition.parts[0].place : &it->place;
	struct linx_error what = *err;

	linx_fail(err, 0, "%s:%u: rule '%s': %s", r->files[place->file].name, place->line, it->name, what.text);
}

static int add_from_file(struct linx_policy *p, const struct linx_rules *r, const struct linx_rules_item *it, bool observe,
			 struct linx_error *err)
{
	const struct linx_policy_rule rule = {
		.name = it->name, .condition = it->text, .action = it->action.what, .value = it->action.value, .observe = observe,
	};
	struct linx_policy before = *p;
	struct linx_error why = { "" };
	int ret = it->done ? add_item(p, &rule, &why) : linx_fail(&why, -EINVAL, "a rule with an action cannot be skipped");

	if (!ret)
		ret = linx_policy_compile(p, r->tree, it->node, p->nitems - 1, &why);
	if (!ret)
		return 0;
	restore(p, &before);
	add_place(r, it, &why);
	return linx_fail(err, ret, "%s", why.text);
}

LINX_API int linx_policy_add_rules(struct linx_policy *p, const struct linx_rules *r, bool observe, struct linx_error *err)
{
	struct linx_policy before = *p;
	int n = 0, ret = r->compiled ? 0 : linx_fail(err, -EINVAL, "the rules are not compiled");

	for (uint32_t i = 0; !ret && i < r->nrules; i++) {
		if (!r->rules[i]->has_action || !r->rules[i]->enabled)
			continue;
		ret = add_from_file(p, r, r->rules[i], observe, err);
		n++;
	}
	if (ret)
		restore(p, &before);
	return ret ? ret : n;
}

LINX_API int linx_policy_get(const struct linx_policy *p, unsigned int i, struct linx_policy_rule *rule)
{
	const struct linx_policy_item *item;

	if (i >= p->nitems)
		return -ENOENT;
	item = &p->items[i];
	*rule = (struct linx_policy_rule){ sizeof(*rule), item->name, item->condition, item->action, item->value, item->observe };
	return 0;
}
