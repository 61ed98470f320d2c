/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rules of a large set, found by the text of a field that they require. */
#ifndef LINX_RULES_BY_VALUE_H
#define LINX_RULES_BY_VALUE_H

#include "filter/calls.h"
#include "rules/rule_set.h"

/* Fewer rules than this are asked one by one. */
#define LINX_RULES_BY_VALUE_MIN 64u

/*
 * Makes the index of r->all. can: calls of each rule, LINX_CALL_WORDS for each. NULL: the set is small, no rule requires
 * such a text, or no memory; all rules are asked one by one then. Freed by linx_rules_by_value_free().
 */
struct linx_rules_by_value *linx_rules_by_value_new(const struct linx_rules *r, const uint64_t *can);
void linx_rules_by_value_free(struct linx_rules_by_value *b);
/* Is rule all[i] found by the index? Then no other list needs it. */
bool linx_rules_by_value_has(const struct linx_rules_by_value *b, uint32_t i);
/* Can a call meet any rule of the index? */
bool linx_rules_by_value_may(const struct linx_rules_by_value *b, unsigned int key);
/*
 * Merges n rule numbers, which ascend, with those of the index that the event may meet. The result ascends, stays until
 * the next call, and *n is its length. linx_cond_next() was called for the event.
 */
const uint32_t *linx_rules_by_value_merge(struct linx_rules_by_value *b, struct linx_condition *c, const struct linx_event *ev,
					  const uint32_t *rules, uint32_t *n);

#endif
