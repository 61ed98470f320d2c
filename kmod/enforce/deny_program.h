/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The program (executable) that does an operation: exempts programs from sets, and counts by program. Implemented in
 * enforce/deny_program.c. The context is that of enforce/deny_object.h: a probe, preemption off, an RCU reader.
 */
#ifndef LINX_KMOD_DENY_PROGRAM_H
#define LINX_KMOD_DENY_PROGRAM_H

#include "enforce/deny_set.h"

/* Is the program of the current task exempt from the set (linx_deny.exempt)? */
bool linx_deny_exempts(const struct linx_deny_set *set);
/* Counts that a rule with this id held for an operation of the current task, in the slot of its program. */
void linx_deny_count_program(struct linx_deny_set *set, u64 id);
/*
 * Adds the counters by program of the set "old" to those of the set that has replaced it; linx_deny_set.from says which
 * rules continue. No hook may use "old" any more. Process context, under linx_deny_lock.
 */
void linx_deny_take_programs(struct linx_deny_set *set, const struct linx_deny_set *old);
/* Copies a slot to *to. Returns false if the slot is not used. Any context. */
bool linx_deny_program_get(const struct linx_deny_slot *slot, struct linx_deny_program *to);

#endif
