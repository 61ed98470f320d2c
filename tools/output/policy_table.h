/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Counts of operations that rules refused, or would have refused, by rule and by program: as lines, and as JSON. */
#ifndef LINXCAP_POLICY_TABLE_H
#define LINXCAP_POLICY_TABLE_H

#include <cjson/cJSON.h>
#include <linx/policy.h>
#include <stdio.h>

/* Prints the name of a policy, with escapes for what is not printable. */
void policy_name_print(FILE *f, const char *name);
/* Print one line: the counts of a rule, or of a program that a rule has refused something. */
void policy_rule_print(FILE *f, const struct linx_policy_state *rule);
void policy_program_print(FILE *f, const char *rule, const struct linx_policy_program *p);

/* Add an object for a rule or a program to an array. False: out of memory. */
bool policy_rule_json(cJSON *array, const struct linx_policy_state *rule);
bool policy_program_json(cJSON *array, const char *rule, const struct linx_policy_program *p);

/* Gets the state of rule i of the policy of l. 0; -ENOENT: i is too large; or an error of linx_get_policy_counts(). */
int policy_state(struct linx *l, const struct linx_policy *policy, unsigned int i, struct linx_policy_state *state);
/* Adds the member "policy" to an object of counters, if l has a policy. False: out of memory. */
bool policy_json(cJSON *root, struct linx *l, const struct linx_policy *policy);

#endif
