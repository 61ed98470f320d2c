/* SPDX-License-Identifier: GPL-2.0-only */
/* Compares an operation with the conditions of a rule. Implemented in enforce/deny_judge.c. */
#ifndef LINX_KMOD_DENY_JUDGE_H
#define LINX_KMOD_DENY_JUDGE_H

#include "enforce/deny_object.h"

/*
 * Can a rule of the point's hook hold for an operation of the current task? False: each rule has a condition that these
 * credentials or the arguments in regs do not fulfil. Only conditions in of->early are checked. Preemption is off.
 */
bool linx_deny_may_hold(const struct linx_deny_of_hook *of, const struct linx_deny_point *point, const struct cred *cred,
			struct pt_regs *regs);

/*
 * Does a rule hold? UNDECIDED: no condition fails, and at least one cannot be decided. Context as in
 * enforce/deny_object.h.
 */
enum linx_deny_answer linx_deny_rule_holds(const struct linx_deny_set *set, u32 rule, struct linx_deny_object *o);

/*
 * Stores in linx_deny_room.rules the rules of an index that can hold for the operation, and sets *n to their number.
 * Returns false if all rules of the hook have to be checked instead.
 */
bool linx_deny_find(const struct linx_deny_index *index, struct linx_deny_object *o, u32 *n);

#endif
