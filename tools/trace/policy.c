// SPDX-License-Identifier: LGPL-2.1-or-later
/* The policy of a trace: see trace/policy.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "trace/policy.h"

/* The policy in use, which changes with the files of rules while the settings stay. */
struct policy_in_use {
	struct linx_policy *now;
	bool set; /* a source of this process has the policy, or had it */
	bool changed; /* the policy replaces that of the settings before a reload, which a source had set */
	bool taken; /* the module keeps the policy; the source gets its records, but has not set it */
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

/*
 * Returns an option that only has an effect if there are rules that refuse operations; NULL: no such option is given.
 */
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

/* Sets the policy of a source. renew: changes that others made to the source's present policy are kept. */
static int set_policy(const struct settings *s, struct linx *l, const struct linx_policy *p, bool renew)
{
	struct linx_policy_opts opts = deny_opts(&s->what.deny);

	opts.renew = renew;
	return linx_set_policy_opts(l, p, &opts);
}

/*
 * Takes the policy of --take-policy. Called first: if there is no such policy, no other one has been set yet. 0 or
 * -errno.
 */
static int take_other(const struct settings *s, struct linx *l)
{
	return s->what.take_policy ? linx_take_policy(l, s->what.take_policy) : 0;
}

int policy_start(const struct settings *s, struct linx *l)
{
	int rc = take_other(s, l);

	if (rc < 0 || !policy_of(s))
		return rc;
	rc = set_policy(s, l, policy_of(s), false);
	s->what.policy->set = rc >= 0;
	return rc;
}

/*
 * Finds the policy of this process: the kept one of this name. If name is NULL, finds the one of this process's newest
 * session. -1: there is none.
 */
static int find_own(const struct linx_policies *all, const char *name, struct linx_policy_info *info)
{
	int found = -1;
	struct linx_policy_info one;

	for (int i = 0; !linx_policies_get(all, (unsigned int)i, &one); i++) {
		if (one.reader != getpid() || one.kept != !!name || (name && strcmp(name, one.name) != 0))
			continue;
		found = i; /* the policy of the newest session has the highest number */
		*info = one;
	}
	return found;
}

/*
 * Copies the modes of rules from policy i to the rules of the same names in this process's newest policy. 0 or -errno.
 */
static int copy_modes(const struct linx_policies *from, unsigned int i, const char *name)
{
	struct linx_error error = { "" };
	struct linx_policy_state old;
	struct linx_policy_info info;
	struct linx_policies *all;
	int rc = linx_policies_open(&all, &error), to;

	if (rc)
		return rc;
	to = find_own(all, name, &info);
	for (unsigned int k = 0; to >= 0 && !rc && !linx_policies_get_rule(from, i, k, &old); k++) {
		rc = linx_policies_change(all, (unsigned int)to, old.name, old.ended ? LINX_POLICY_END : old.observe ? LINX_POLICY_OBSERVE : LINX_POLICY_ENFORCE,
					  &error);
		rc = rc == -ENOENT ? 0 : rc; /* -ENOENT: the new policy has no such rule */
	}
	linx_policies_close(all);
	return rc;
}

/*
 * Sets policy p, and gives it the state of the policy that the previous source of this process had set. The previous
 * policy either ends with that source, or is kept by the module. Sets nothing if somebody has ended the previous one.
 */
static int hand_on(const struct settings *s, struct linx *l, const struct linx_policy *p)
{
	const char *kept = s->what.deny.name;
	struct linx_policy_opts opts = deny_opts(&s->what.deny);
	struct linx_error error = { "" };
	struct linx_policy_info info;
	struct linx_policies *all;
	int rc = linx_policies_open(&all, &error), own;

	if (rc)
		return rc;
	own = find_own(all, kept, &info);
	if (own >= 0 ? info.ended : !!kept) { /* a kept policy that is not in the list was ended by somebody */
		linx_policies_close(all);
		return 0;
	}
	opts.trial_ms = own < 0 ? opts.trial_ms : info.trial ? info.trial_left_ms + 1 : 0;
	rc = linx_set_policy_opts(l, p, &opts);
	if (rc >= 0 && own >= 0)
		rc = copy_modes(all, (unsigned int)own, kept);
	linx_policies_close(all);
	return rc;
}

int policy_start_next(const struct settings *s, struct linx *l)
{
	const char *kept = s->what.deny.name;
	int rc;

	if (!s->what.policy || !s->what.policy->set)
		return policy_start(s, l);
	rc = take_other(s, l);
	if (rc < 0 || !policy_of(s))
		return rc;
	if (!kept || s->what.policy->changed) {
		s->what.policy->changed = false;
		return hand_on(s, l, policy_of(s));
	}
	rc = linx_take_policy(l, kept);
	s->what.policy->taken = true;
	return rc == -ENOENT ? 0 : rc; /* -ENOENT: somebody has ended the policy */
}

void policy_follow(const struct settings *s, const struct settings *before)
{
	const char *name = s->what.deny.name, *old = before->what.deny.name;

	if (!s->what.policy || !before->what.policy || (name && old ? strcmp(name, old) != 0 : name != old))
		return;
	s->what.policy->set = s->what.policy->changed = before->what.policy->set;
}

void policy_undo(const struct settings *s)
{
	const char *kept = s->what.deny.name;
	struct linx_error error = { "" };
	struct linx_policy_info info;
	struct linx_policies *all;
	int own, rc;

	if (!kept || !policy_of(s) || linx_policies_open(&all, &error))
		return;
	own = find_own(all, kept, &info);
	rc = own >= 0 ? linx_policies_change(all, (unsigned int)own, NULL, LINX_POLICY_END, &error) : 0;
	if (rc < 0)
		say("the policy '%s' goes on: %s", kept, error.text);
	else if (own >= 0)
		say("the policy '%s' was ended again", kept);
	linx_policies_close(all);
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
	if (s->what.policy->taken ? hand_on(s, l, p) : set_policy(s, l, p, true)) {
		linx_policy_free(p);
		return problem_set(why, "%s", linx_error_text(l));
	}
	linx_policy_free(s->what.policy->now);
	s->what.policy->now = p;
	s->what.policy->taken = false;
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
