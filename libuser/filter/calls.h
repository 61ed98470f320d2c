/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which calls may meet parts of a condition, as far as the call alone decides it. */
#ifndef LINX_CALLS_H
#define LINX_CALLS_H

#include "filter/condition/condition.h"
#include "table/select.h"
#include "table/table.h"

#define LINX_CALL_WORDS (LINX_NCALLS / 64)

/*
 * Calls that may meet n nodes: bit abi * LINX_NR_MAX + number of the words from may[i * LINX_CALL_WORDS] on is of
 * nodes[i]. -ENOMEM
 */
int linx_calls_of(struct linx_condition *c, const struct linx_table *t, const uint32_t *nodes, unsigned int n, uint64_t *may);

/* Finds which of the nodes ends of tasks may meet: may[i] is of nodes[i]. -ENOMEM */
int linx_calls_of_exits(struct linx_condition *c, const struct linx_table *t, const uint32_t *nodes, unsigned int n, bool *may);

static inline bool linx_calls_has(const uint64_t *may, unsigned int key)
{
	return may[key / 64] >> (key % 64) & 1;
}

/* Makes an event of which nothing is known but which call it is. */
void linx_calls_make_event(const struct linx_table *t, unsigned int key, struct linx_event *ev);
/* Does the call alone decide a test? Its other side does not change either then. */
bool linx_calls_decide(const struct linx_condition *c, const struct linx_cond_node *t);
/* The argument that a field names, and its place; NULL: the call has none. */
const struct linx_arg *linx_calls_arg(const struct linx_event *ev, const struct linx_fld *f, unsigned int *at);

#endif
