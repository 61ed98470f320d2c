// SPDX-License-Identifier: GPL-2.0-only
/*
 * Scalar arguments of system calls, for rules that refuse calls. They are read from the registers with which the
 * program entered the kernel. The kernel reads the same registers, and no other thread can change them.
 */
#include <linux/ptrace.h>
#include "compat/compat.h"
#include "enforce/deny_call.h"

enum {
#define NR(nr, name, row) NR_##name = nr,
#include "tables/nr/x86_64.def"
#undef NR
};

static const struct {
	u16 call;
	char args[LINX_DENY_ARGS + 1]; /* types of the arguments, one letter each: see tables/deny_calls.def */
} functions[] = {
#define CALL(name, function, args) [LINX_DENY_CALL_##function] = { NR_##name, args },
#include "tables/deny_calls.def"
#undef CALL
};

static char letter_of(u32 function, u32 n)
{
	return n < LINX_DENY_ARGS ? functions[function].args[n] : 0;
}

bool linx_deny_call_exists(u32 call)
{
	u32 i;

	for (i = 0; i < LINX_DENY_CALLS; i++)
		if (functions[i].call == call)
			return true;
	return false;
}

bool linx_deny_call_has(u32 call, u32 what)
{
	u32 i;
	char letter;

	for (i = 0; i < LINX_DENY_CALLS; i++) {
		letter = letter_of(i, what - LINX_DENY_ARG);
		if (functions[i].call == call && (!letter || letter == '-'))
			return false;
	}
	return linx_deny_call_exists(call);
}

bool linx_deny_rule_is_of(const struct linx_deny_rule *r, u32 hook)
{
	if (hook < LINX_DENY_HOOKS)
		return r->hook == hook && hook != LINX_DENY_CALL;
	return r->hook == LINX_DENY_CALL && r->call == functions[hook - LINX_DENY_HOOKS].call;
}

bool linx_deny_call_fill(struct linx_deny_object *o, struct pt_regs *regs)
{
	o->call = (const struct pt_regs *)linx_kernel_arg(regs, 0);
	o->detail = functions[o->hook - LINX_DENY_HOOKS].call;
	return true;
}

/*
 * Stores what a function of the kernel can take from a register of 64 bits: all of it, its low half, or the low half
 * with its sign extended. Used for a long of which some operations of the call take 32 bits, and for a long in calls of
 * the ABI x32, some of whose functions take 32 bits. Returns the number of values, 1 if all are the same.
 */
static u32 halves_of(u64 value, u64 values[LINX_DENY_ARG_VALUES])
{
	values[0] = value;
	if (value <= S32_MAX)
		return 1;
	values[1] = (u32)value;
	values[2] = (s64)(s32)value;
	return 3;
}

u32 linx_deny_call_arg(const struct linx_deny_object *o, u32 n, u64 values[LINX_DENY_ARG_VALUES])
{
	static const u16 at_64[] = LINX_ARGS_64, at_32[] = LINX_ARGS_32;
	u64 value = *(const unsigned long *)((const u8 *)o->call + (LINX_IS_COMPAT() ? at_32 : at_64)[n]);
	char letter = letter_of(o->hook - LINX_DENY_HOOKS, n);

	if (LINX_IS_COMPAT())
		value = (u32)value;
	if (letter == 'm' || (letter == 'l' && LINX_IS_X32(o->call)))
		return halves_of(value, values);
	*values = letter == 's' ? (u16)value : letter == 'i' ? (u32)value : letter == 'l' ? value : 0;
	return 1;
}
