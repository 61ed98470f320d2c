/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Part of a condition that the kernel decides: calls as bits, the rest as a program of
 * classic BPF over struct linx_predicate_data. Both accept at least the events that the
 * condition does; the library decides which of them are delivered.
 */
#ifndef LINX_PROGRAM_H
#define LINX_PROGRAM_H

#include <linux/filter.h>

#include "filter/condition/condition.h"
#include "table/table.h"

struct linx_program {
	struct sock_filter *insns; /* free() */
	unsigned int len; /* 0: there is nothing to decide */
	bool uses_result; /* entries cannot be decided */
};

/*
 * Takes calls out of *sel that can never meet the condition, and makes the
 * program for the others. Without memory, or where it would be too long, there
 * is none.
 */
void linx_program_compile(struct linx_condition *c, const struct linx_table *t, struct linx_select *sel,
			    struct linx_program *out);

/* A test on an event; filter/condition/match.c. */
bool linx_cond_test(struct linx_condition *c, const struct linx_event *ev, const struct linx_cond_node *t);

#endif
