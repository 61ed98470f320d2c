/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Finds, for nodes of a condition (parts of its tree), the system calls whose events may fulfil them. Only tests whose
 * result depends on the call alone are decided; any other test may be true.
 */
#ifndef LINX_CALLS_H
#define LINX_CALLS_H

#include "filter/condition/condition.h"
#include "table/select.h"
#include "table/table.h"

#define LINX_CALL_WORDS (LINX_NCALLS / 64)

/*
 * Finds the calls for which n nodes can be true. For nodes[i] the bitmap begins at may[i * LINX_CALL_WORDS]; a call has
 * bit abi * LINX_NR_MAX + number. 0 or -ENOMEM.
 */
int linx_calls_of(struct linx_condition *c, const struct linx_table *t, const uint32_t *nodes, unsigned int n, uint64_t *may);

/*
 * Sets may[i] if node i tests a field of probes. Only such conditions are meant for hits of probes: a condition without
 * such a field was written for calls. 0 or -ENOMEM.
 */
int linx_calls_of_hits(const struct linx_condition *c, const uint32_t *nodes, unsigned int n, bool *may);
/* Sets may[i] to true if nodes[i] can be true for the end of a task. 0 or -ENOMEM. */
int linx_calls_of_exits(struct linx_condition *c, const struct linx_table *t, const uint32_t *nodes, unsigned int n, bool *may);

static inline bool linx_calls_has(const uint64_t *may, unsigned int key)
{
	return may[key / 64] >> (key % 64) & 1;
}

/* Makes an event of which only the call is known. key: abi * LINX_NR_MAX + number */
void linx_calls_make_event(const struct linx_table *t, unsigned int key, struct linx_event *ev);
/* True if only the call decides a test: it tests a field such as "type", and its right side is constant. */
bool linx_calls_decide(const struct linx_condition *c, const struct linx_cond_node *t);
/* Returns the argument of the call that a field names, and its index in *at; NULL: the call has no such argument. */
const struct linx_arg *linx_calls_arg(const struct linx_event *ev, const struct linx_fld *f, unsigned int *at);

#endif
