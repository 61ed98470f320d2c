/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The program that an operation comes from: exemptions of sets, and counters by program. Implemented in
 * enforce/deny_program.c. The context is that of enforce/deny_object.h: a probe, preemption off, an RCU reader.
 */
#ifndef LINX_KMOD_DENY_PROGRAM_H
#define LINX_KMOD_DENY_PROGRAM_H

#include "enforce/deny_set.h"

/* Is the current task one that the set does not apply to, by linx_deny.exempt? */
bool linx_deny_exempts(const struct linx_deny_set *set);
/* Counts an operation of the current task for which a rule of this id held. */
void linx_deny_count_program(struct linx_deny_set *set, u64 id);
/*
 * Adds the programs of a set that no hook uses any more to the one that has replaced it by linx_deny_set.from. Process
 * context, under linx_deny_lock.
 */
void linx_deny_take_programs(struct linx_deny_set *set, const struct linx_deny_set *old);
/* Describes a program. Any context. Returns false for a slot that is not used. */
bool linx_deny_program_get(const struct linx_deny_slot *slot, struct linx_deny_program *to);

#endif
