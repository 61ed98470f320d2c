/* SPDX-License-Identifier: GPL-2.0-only */
/* System calls that rules can refuse, by their scalar arguments. Implemented in enforce/deny_call.c. */
#ifndef LINX_KMOD_DENY_CALL_H
#define LINX_KMOD_DENY_CALL_H

#include "enforce/deny_object.h"

bool linx_deny_call_fill(struct linx_deny_object *o, struct pt_regs *regs);
/*
 * Do all kernel functions of a call have the argument that a condition tests? what: LINX_DENY_ARG plus the argument's
 * number. Returns false also if rules cannot refuse the call.
 */
bool linx_deny_call_has(u32 call, u32 what);
/* Most values that linx_deny_call_arg() stores. */
#define LINX_DENY_ARG_VALUES 3
/*
 * Stores the value of argument n of the call, counted from 0, with the width that the kernel uses. If that width is not
 * known, stores the values for all possible widths that differ. Returns the number of values stored.
 */
u32 linx_deny_call_arg(const struct linx_deny_object *o, u32 n, u64 values[LINX_DENY_ARG_VALUES]);

#endif
