// SPDX-License-Identifier: LGPL-2.1-or-later
/* Policies: their rules, and the actions of these. See <linx/policy.h>. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/error.h"
#include "policy/own.h"
#include "table/flagsets.h"

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

/* Removes what was added behind the given numbers of elements. */
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
	free(p);
}

/* ---- actions --------------------------------------------------------------------------------- */

/* Finds a constant by its name. False: the set has no such name. */
static bool find_name(const struct linx_flagset *set, const char *name, unsigned int *value)
{
	for (unsigned int i = 0; i < set->count; i++) {
		if (strcmp(set->flags[i].name, name) != 0)
			continue;
		*value = (unsigned int)set->flags[i].value;
		return true;
	}
	return false;
}

/* Largest error that a call may return: the kernel handles larger ones, such as ERESTARTSYS, itself. */
#define ERROR_MAX 133u
#define SIGNAL_MAX 64u

LINX_API int linx_policy_parse_action(const char *text, enum linx_policy_action *action, unsigned int *value,
				      struct linx_error *err)
{
	char word[16], what[24];
	int n = sscanf(text, "%15s %23s", word, what);

	*value = 0;
	if (n == 1 && (!strcmp(word, "notify") || !strcmp(word, "kill"))) {
		*action = *word == 'n' ? LINX_POLICY_NOTIFY : LINX_POLICY_KILL;
		return 0;
	}
	if (n >= 1 && !strcmp(word, "deny")) {
		*action = LINX_POLICY_DENY;
		*value = EPERM;
		if (n == 1 || (find_name(&linx_set_errno, what, value) && *value && *value <= ERROR_MAX))
			return 0;
		return linx_fail(err, -EINVAL, "%s is no error that a call can return: use a name such as EACCES", what);
	}
	if (n == 2 && !strcmp(word, "signal")) {
		*action = LINX_POLICY_SIGNAL;
		for (unsigned int sig = 1; sig <= SIGNAL_MAX; sig++) {
			const char *name = linx_signal_name(sig);

			if (!name || (strcmp(name, what) != 0 && strcmp(name + strlen("SIG"), what) != 0))
				continue;
			*value = sig;
			return 0;
		}
		return linx_fail(err, -EINVAL, "%s is no signal: use a name such as SIGTERM", what);
	}
	return linx_fail(err, -EINVAL, "action '%.40s': deny, deny ERROR, kill, signal NAME or notify is expected", text);
}

static int check_action(struct linx_policy_item *i, struct linx_error *err)
{
	if (i->action == LINX_POLICY_DENY) {
		i->value = i->value ? i->value : EPERM;
		return i->value <= ERROR_MAX ? 0 : linx_fail(err, -EINVAL, "%u is no error that a call can return", i->value);
	}
	if (i->action == LINX_POLICY_SIGNAL)
		return i->value && i->value <= SIGNAL_MAX ? 0 : linx_fail(err, -EINVAL, "%u is no signal", i->value);
	if (i->action > LINX_POLICY_SIGNAL || i->value)
		return linx_fail(err, -EINVAL, "the action is not known, or has no value");
	return 0;
}

/* ---- rules ------------------------------------------------------------------------------------- */

static int add_item(struct linx_policy *p, const struct linx_policy_rule *r, struct linx_error *err)
{
	struct linx_policy_item *i;

	if (!r->condition)
		return linx_fail(err, -EINVAL, "a rule has a condition");
	if (p->nitems == LINX_DENY_RULES_MAX)
		return linx_fail(err, -E2BIG, "a policy has at most %u rules", LINX_DENY_RULES_MAX);
	if (linx_array_room((void **)&p->items, &p->item_cap, p->nitems, sizeof(*p->items)))
		return linx_fail(err, -ENOMEM, "out of memory");
	i = &p->items[p->nitems++];
	*i = (struct linx_policy_item){ .name = strdup(r->name ? r->name : r->condition), .condition = strdup(r->condition),
					.action = r->action, .value = r->value, .observe = r->observe };
	return i->name && i->condition ? check_action(i, err) : linx_fail(err, -ENOMEM, "out of memory");
}

static int compile(struct linx_policy *p, struct linx_error *err)
{
	struct linx_condition *c;
	int ret = linx_condition_new(p->items[p->nitems - 1].condition, &c, err);

	if (ret)
		return ret;
	ret = linx_policy_compile(p, c, p->nitems - 1, err);
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

LINX_API int linx_policy_get(const struct linx_policy *p, unsigned int i, struct linx_policy_rule *rule)
{
	const struct linx_policy_item *item;

	if (i >= p->nitems)
		return -ENOENT;
	item = &p->items[i];
	*rule = (struct linx_policy_rule){ sizeof(*rule), item->name, item->condition, item->action, item->value, item->observe };
	return 0;
}
