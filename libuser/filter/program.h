/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The part of a condition that the kernel decides: a bitmap of calls, and a program of classic BPF that runs on struct
 * linx_predicate_data. The bitmap and the program accept at least the events that the condition accepts. The library
 * then evaluates the whole condition.
 */
#ifndef LINX_PROGRAM_H
#define LINX_PROGRAM_H

#include <linux/filter.h>

#include "filter/condition/condition.h"
#include "table/table.h"

struct linx_program {
	struct sock_filter *insns; /* freed by the owner of the structure */
	unsigned int len; /* number of instructions; 0: no program, all events are accepted */
	bool uses_result; /* the program tests the result or the duration, so it cannot decide entries */
};

/*
 * Deselects calls in *sel that can never fulfil the condition, and makes the program for the other calls. If there is
 * no memory, or the program would be too long, there is no program (len 0).
 */
void linx_program_compile(struct linx_condition *c, const struct linx_table *t, struct linx_select *sel,
			    struct linx_program *out);

/* filter/condition/match.c: evaluates one test for an event. */
bool linx_cond_test(struct linx_condition *c, const struct linx_event *ev, const struct linx_cond_node *t);

#endif
