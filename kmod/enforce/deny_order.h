/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Finds the order in which conditions are checked, while a set is loaded. Implemented in enforce/deny_order.c. Process
 * context, may sleep.
 */
#ifndef LINX_KMOD_DENY_ORDER_H
#define LINX_KMOD_DENY_ORDER_H

#include "enforce/deny_set.h"

/*
 * Returns the order in which the conditions of a rule are checked, in the form of linx_deny_set.order. Called when the
 * rule's conditions are in set->parts.
 */
u64 linx_deny_order(const struct linx_deny_set *set, const struct linx_deny_rule *r);
/*
 * Allocates and fills linx_deny_of_hook.early, if the hook has few rules and each has an early condition. Called when
 * set->order is set. Returns 0 or -ENOMEM.
 */
int linx_deny_sort_early(struct linx_deny_set *set, u32 hook);

#endif
