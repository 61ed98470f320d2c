// SPDX-License-Identifier: LGPL-2.1-or-later
/* Counts of refusals, by rule and by program: see output/policy_table.h. */
#include <inttypes.h>

#include "base/json_u64.h"
#include "base/sanitize.h"
#include "output/policy_table.h"

static const char *mode_of(const struct linx_policy_state *rule)
{
	return rule->ended ? "ended" : rule->observe ? "observe" : "enforce";
}

#define ESCAPED_MAX 4096

/*
 * Makes a name printable. Programs choose their own names, and so do users who load rules. Such a name must not move
 * the cursor or begin a line.
 */
static const char *plain(char to[ESCAPED_MAX], const char *text)
{
	plain_text(to, ESCAPED_MAX, text);
	return to;
}

void policy_name_print(FILE *f, const char *name)
{
	char text[ESCAPED_MAX];

	fputs(plain(text, name), f);
}

void policy_rule_print(FILE *f, const struct linx_policy_state *rule)
{
	uint64_t n = rule->counts.refused + rule->counts.observed;
	char name[ESCAPED_MAX];

	fprintf(f, "  %10" PRIu64 "  %-8s %s", n, mode_of(rule), plain(name, rule->name));
	if (rule->counts.refused && rule->counts.observed)
		fprintf(f, " (%" PRIu64 " of them refused)", rule->counts.refused);
	if (rule->counts.undecided)
		fprintf(f, " (%" PRIu64 " undecided)", rule->counts.undecided);
	fputc('\n', f);
}

void policy_program_print(FILE *f, const char *rule, const struct linx_policy_program *p)
{
	char program[ESCAPED_MAX], name[ESCAPED_MAX];

	fprintf(f, "  %10" PRIu64 "  by %s: %s\n", p->count, *p->name ? plain(program, p->name) : "the kernel", plain(name, rule));
}

bool policy_rule_json(cJSON *array, const struct linx_policy_state *rule)
{
	static const char *const actions[] = { "notify", "deny", "kill", "signal" };
	cJSON *o = cJSON_CreateObject();

	return cJSON_AddItemToArray(array, o) && cJSON_AddStringToObject(o, "name", rule->name) &&
	       cJSON_AddStringToObject(o, "condition", rule->condition) && cJSON_AddStringToObject(o, "mode", mode_of(rule)) &&
	       cJSON_AddStringToObject(o, "action", actions[rule->action]) && cJSON_AddNumberToObject(o, "value", rule->value) &&
	       json_add_u64(o, "refused", rule->counts.refused) && json_add_u64(o, "observed", rule->counts.observed) &&
	       json_add_u64(o, "signalled", rule->counts.signalled) && json_add_u64(o, "undecided", rule->counts.undecided);
}

bool policy_program_json(cJSON *array, const char *rule, const struct linx_policy_program *p)
{
	cJSON *o = cJSON_CreateObject();
	char program[ESCAPED_MAX];

	return cJSON_AddItemToArray(array, o) && cJSON_AddStringToObject(o, "program", plain(program, p->name)) && cJSON_AddStringToObject(o, "rule", rule) &&
	       json_add_u64(o, "dev", p->dev) && json_add_u64(o, "ino", p->ino) && json_add_u64(o, "count", p->count);
}

int policy_state(struct linx *l, const struct linx_policy *policy, unsigned int i, struct linx_policy_state *state)
{
	struct linx_policy_rule rule;
	int rc = linx_policy_get(policy, i, &rule);

	if (rc)
		return rc;
	*state = (struct linx_policy_state){
		.name = rule.name, .condition = rule.condition, .action = rule.action, .value = rule.value, .observe = rule.observe,
	};
	return linx_get_policy_counts(l, i, &state->counts);
}

bool policy_json(cJSON *root, struct linx *l, const struct linx_policy *policy)
{
	cJSON *o, *rules, *programs;
	struct linx_policy_program program;
	struct linx_policy_state state;
	struct linx_policy_rule rule;
	bool ok;

	if (!policy)
		return true;
	o = cJSON_AddObjectToObject(root, "policy");
	rules = o ? cJSON_AddArrayToObject(o, "rules") : NULL;
	programs = o ? cJSON_AddArrayToObject(o, "programs") : NULL;
	ok = rules && programs;
	for (unsigned int i = 0; ok && !policy_state(l, policy, i, &state); i++)
		ok = policy_rule_json(rules, &state);
	for (unsigned int i = 0; ok && !linx_get_policy_program(l, i, &program); i++)
		ok = linx_policy_get(policy, program.rule, &rule) || policy_program_json(programs, rule.name, &program);
	return ok;
}
