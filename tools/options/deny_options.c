// SPDX-License-Identifier: LGPL-2.1-or-later
/* Options about operations that are refused: see options/deny_options.h. */
#include <stdlib.h>

#include "base/parse_value.h"
#include "options/deny_options.h"

static struct deny_settings *deny_of(const struct option_use *use)
{
	return (struct deny_settings *)((char *)use->settings + use->option->at);
}

enum option_next deny_option_condition(const struct option_use *use)
{
	struct deny_settings *s = deny_of(use);
	const char **grown = reallocarray(s->conditions, s->n + 1, sizeof(*grown));

	if (!grown)
		return option_refuse(use, "out of memory", "give fewer conditions");
	s->conditions = grown;
	s->conditions[s->n++] = use->arg;
	return OPTION_DONE;
}

enum option_next deny_option_action(const struct option_use *use)
{
	enum linx_policy_action action;
	struct linx_error err = { "" };
	unsigned int value;

	if (linx_policy_parse_action(use->arg, &action, &value, &err))
		return option_refuse(use, "not an action", err.text);
	deny_of(use)->with = use->arg;
	return OPTION_DONE;
}

enum option_next deny_option_exempt(const struct option_use *use)
{
	struct deny_settings *s = deny_of(use);

	if (*use->arg != '/')
		return option_refuse(use, "no path", "write the path of a program, from / on");
	if (s->nexempt == DENY_EXEMPT_MAX)
		return option_refuse(use, "too many programs", "write at most 64");
	s->exempt[s->nexempt++] = use->arg;
	return OPTION_DONE;
}

enum option_next deny_option_time(const struct option_use *use)
{
	uint64_t *ns = (uint64_t *)((char *)use->settings + use->option->at);

	if (!value_duration(use->arg, ns))
		return option_refuse(use, "not a duration", "write a number with a unit, such as 60s or 5m");
	if (*ns < 1000000 || *ns > 4000000000000000)
		return option_refuse(use, "impossible duration", "write 1ms to 1000h");
	return OPTION_DONE;
}

static int add_conditions(const struct deny_settings *s, struct linx_policy *p, struct problem *why)
{
	struct linx_policy_rule rule = { .size = sizeof(rule), .action = LINX_POLICY_DENY, .observe = s->dry_run };
	struct linx_error error = { "" };

	if (s->with && linx_policy_parse_action(s->with, &rule.action, &rule.value, &error))
		return problem_set(why, "--deny-with: %s", error.text);
	for (size_t i = 0; i < s->n; i++) {
		rule.condition = s->conditions[i];
		if (linx_policy_add(p, &rule, &error) < 0)
			return problem_set(why, "--deny '%s': %s", s->conditions[i], error.text);
	}
	return 0;
}

static int check_danger(struct linx_policy *p, struct problem *why)
{
	struct linx_policy_danger danger;
	struct linx_policy_rule rule;
	int ret = linx_policy_find_danger(p, 0, &danger);

	if (ret < 0)
		return problem_set(why, "out of memory");
	if (!ret || linx_policy_get(p, danger.rule, &rule))
		return 0;
	return problem_set(why, "rule '%s' would refuse %s (%s), without which nobody gets into this machine: try it with --dry-run, or write --force",
			   rule.name, danger.program, danger.check);
}

int deny_make(const struct deny_settings *s, const struct linx_rules *rules, bool observe, struct linx_policy **out, struct problem *why)
{
	struct linx_policy_rule first;
	struct linx_error error = { "" };
	int rc;

	*out = NULL;
	if (linx_policy_new(out))
		return problem_set(why, "out of memory");
	rc = add_conditions(s, *out, why);
	if (!rc && rules && linx_policy_add_rules(*out, rules, observe || s->dry_run, &error) < 0)
		rc = problem_set(why, "%s", error.text);
	if (!rc && !s->force)
		rc = check_danger(*out, why);
	if (rc || linx_policy_get(*out, 0, &first)) {
		linx_policy_free(*out);
		*out = NULL;
	}
	return rc;
}

struct linx_policy_opts deny_opts(const struct deny_settings *s)
{
	return (struct linx_policy_opts){
		.size = sizeof(struct linx_policy_opts),
		.name = s->name,
		.keep = s->name,
		.trial_ms = (uint32_t)(s->trial_ns / 1000000),
		.late_ms = (uint32_t)(s->late_ns / 1000000),
		.exempt = s->exempt,
		.nexempt = s->nexempt,
	};
}

void deny_free(struct deny_settings *s)
{
	free(s->conditions);
	s->conditions = NULL;
	s->n = 0;
}
