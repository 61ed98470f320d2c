// SPDX-License-Identifier: LGPL-2.1-or-later
/* The policy of a trace: see trace/policy.h. */
#include <stdlib.h>

#include "trace/policy.h"

/* The policy in use, which changes with the files of rules while the settings stay. */
struct policy_in_use {
	struct linx_policy *now;
};

bool policy_may_change(const struct settings *s)
{
	return s->where.rules.actions != ACTIONS_OFF;
}

static int make_policy(const struct settings *s, const struct linx_rules *rules, struct linx_policy **out, struct problem *why)
{
	return deny_make(&s->what.deny, policy_may_change(s) ? rules : NULL, s->where.rules.actions == ACTIONS_OBSERVE, out, why);
}

static unsigned int count_actions(const struct linx_rules *rules)
{
	struct linx_rule_info info;
	unsigned int n = 0;

	for (unsigned int i = 0; rules && !linx_rules_get(rules, i, &info); i++)
		n += linx_rules_has_action(rules, i);
	return n;
}

/* Returns an option that is for rules that refuse; NULL: none is given. */
static const char *option_alone(const struct deny_settings *d)
{
	return d->dry_run ? "--dry-run" : d->force ? "--force" : d->name ? "--persist" : d->trial_ns ? "--for-trial" : d->late_ns ? "--end-late" :
	       d->nexempt ? "--exempt-program" : NULL;
}

static int check_options(const struct settings *s, struct problem *why)
{
	const struct deny_settings *d = &s->what.deny;

	if (!d->n && d->with)
		return problem_set(why, "missing --deny: --deny-with is for what it refuses");
	if (!d->n && !policy_may_change(s) && option_alone(d))
		return problem_set(why, "missing --deny or --actions: %s is for what they refuse", option_alone(d));
	if (policy_may_change(s) && !s->where.rules.from.n)
		return problem_set(why, "missing rules: --actions: write --rules FILE: it is for rules with actions");
	if (d->name && d->late_ns)
		return problem_set(why, "not together: --persist and --end-late: what persists needs no reader");
	return 0;
}

int policy_begin(struct settings *s, struct problem *why)
{
	unsigned int off = policy_may_change(s) ? 0 : count_actions(s->where.rules.set);

	if (check_options(s, why))
		return -1;
	if (off && !s->where.quiet)
		say_at(SAY_INFO, "rules with actions that are off: %u: --actions enforce turns them on", off);
	if (!s->what.deny.n && !policy_may_change(s))
		return 0;
	s->what.policy = calloc(1, sizeof(*s->what.policy));
	return s->what.policy ? make_policy(s, s->where.rules.set, &s->what.policy->now, why) : problem_set(why, "out of memory");
}

static int set_policy(const struct settings *s, struct linx *l, const struct linx_policy *p)
{
	const struct linx_policy_opts opts = deny_opts(&s->what.deny);

	return linx_set_policy_opts(l, p, &opts);
}

int policy_start(const struct settings *s, struct linx *l)
{
	int rc = policy_of(s) ? set_policy(s, l, policy_of(s)) : 0;

	return rc >= 0 && s->what.take_policy ? linx_take_policy(l, s->what.take_policy) : rc;
}

int policy_renew(const struct settings *s, struct linx *l, const struct linx_rules *rules, struct problem *why)
{
	struct linx_policy *p;

	if (!s->what.policy)
		return 0;
	if (make_policy(s, rules, &p, why))
		return -1;
	if (!p && !policy_of(s))
		return 0;
	if (set_policy(s, l, p)) {
		linx_policy_free(p);
		return problem_set(why, "%s", linx_error_text(l));
	}
	linx_policy_free(s->what.policy->now);
	s->what.policy->now = p;
	return 0;
}

const struct linx_policy *policy_of(const struct settings *s)
{
	return s->what.policy ? s->what.policy->now : NULL;
}

void policy_free(struct settings *s)
{
	if (s->what.policy)
		linx_policy_free(s->what.policy->now);
	free(s->what.policy);
	s->what.policy = NULL;
	deny_free(&s->what.deny);
}
