/* SPDX-License-Identifier: GPL-2.0-only */
/* System calls that rules can refuse, by their scalar arguments. Implemented in enforce/deny_call.c. */
#ifndef LINX_KMOD_DENY_CALL_H
#define LINX_KMOD_DENY_CALL_H

#include "enforce/deny_object.h"

bool linx_deny_call_fill(struct linx_deny_object *o, struct pt_regs *regs);
/* Do all functions of a call have what a condition tests? False also if rules cannot refuse the call. */
bool linx_deny_call_has(u32 call, u32 what);
/* Values of an argument: one, or those that functions of the kernel make of a long. */
#define LINX_DENY_ARG_VALUES 3
/*
 * Stores an argument of the call, as wide as the kernel takes it. n: from 0 on. Returns the number of values: more than
 * one if it is not known how much of a long the kernel takes, and the difference matters.
 */
u32 linx_deny_call_arg(const struct linx_deny_object *o, u32 n, u64 values[LINX_DENY_ARG_VALUES]);

#endif
