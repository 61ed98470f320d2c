/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Index of the rules of a large set by the text that a field must have for a rule to match. */
#ifndef LINX_RULES_BY_VALUE_H
#define LINX_RULES_BY_VALUE_H

#include "filter/calls.h"
#include "rules/rule_set.h"

/* A set with fewer rules has no index: all rules of the event's call are evaluated. */
#define LINX_RULES_BY_VALUE_MIN 64u

/*
 * Makes the index of the rules in r->all. can: for each rule, a bitmap of the calls that it may match, LINX_CALL_WORDS
 * words long. NULL: no index, since the set is small, too few rules require a text of the same field, or there is no
 * memory. The caller frees the index with linx_rules_by_value_free().
 */
struct linx_rules_by_value *linx_rules_by_value_new(const struct linx_rules *r, const uint64_t *can);
void linx_rules_by_value_free(struct linx_rules_by_value *b);
/* True if the index finds rule all[i], so that the index by call need not have the rule. b may be NULL: false. */
bool linx_rules_by_value_has(const struct linx_rules_by_value *b, uint32_t i);
/* True if a rule in the index may match the call with this key (abi * LINX_NR_MAX + number). b may be NULL: false. */
bool linx_rules_by_value_may(const struct linx_rules_by_value *b, unsigned int key);
/*
 * Adds the rules that the index finds for an event to the *n rule numbers in "rules". Returns all these numbers
 * together, valid until the next call, and sets *n to how many there are. "rules" and the result are in ascending
 * order. The caller has called linx_cond_next() for the event.
 */
const uint32_t *linx_rules_by_value_merge(struct linx_rules_by_value *b, struct linx_condition *c, const struct linx_event *ev,
					  const uint32_t *rules, uint32_t *n);

#endif
