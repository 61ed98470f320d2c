// SPDX-License-Identifier: GPL-2.0-only
/*
 * System calls as rules see them: scalar arguments in the registers with which the program entered the kernel. The kernel
 * reads the same registers, which no other thread can change.
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
	char args[LINX_DENY_ARGS + 1]; /* letters of tables/deny_calls.def */
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

u64 linx_deny_call_arg(const struct linx_deny_object *o, u32 n)
{
	static const u16 at_64[] = LINX_ARGS_64, at_32[] = LINX_ARGS_32;
	u64 value = *(const unsigned long *)((const u8 *)o->call + (LINX_IS_COMPAT() ? at_32 : at_64)[n]);

	switch (letter_of(o->hook - LINX_DENY_HOOKS, n)) {
	case 's':
		return (u16)value;
	case 'i':
		return (u32)value;
	case 'l':
		return LINX_IS_COMPAT() ? (u32)value : value;
	default:
		return 0;
	}
}
