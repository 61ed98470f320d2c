/* SPDX-License-Identifier: GPL-2.0-only */
/* The order of conditions, found while a set is loaded. Implemented in enforce/deny_order.c. Process context, may sleep. */
#ifndef LINX_KMOD_DENY_ORDER_H
#define LINX_KMOD_DENY_ORDER_H

#include "enforce/deny_set.h"

/* Returns the order in which the conditions of a rule are asked: linx_deny_set.order. The set has them. */
u64 linx_deny_order(const struct linx_deny_set *set, const struct linx_deny_rule *r);
/* Allocates linx_deny_of_hook.early, if the hook's rules are such. The set has the order of its rules. -ENOMEM */
int linx_deny_sort_early(struct linx_deny_set *set, u32 hook);

#endif
