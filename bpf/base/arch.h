/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads a system call's number, its ABI and its arguments from the registers. */
#ifndef LINX_BPF_ARCH_H
#define LINX_BPF_ARCH_H

#include "base/maps.h"
#include "shared/cut_args.h"

#ifdef __TARGET_ARCH_arm64
/* Is the current call of the task one of a 32-bit program, whose key is not its number? */
static __always_inline bool is_foreign(struct task_struct *task)
{
	return MEMBER(task, thread_info.flags) >> TIF_32BIT & 1;
}

static __always_inline __u32 key_of(struct task_struct *task, __s64 *nr)
{
	__u32 abi = is_foreign(task);

	return abi * LINX_NR_MAX + ((__u32)*nr < LINX_NR_OTHER ? (__u32)*nr : LINX_NR_OTHER);
}

static __always_inline void get_args(struct work *w, const struct pt_regs *regs, __u32 key)
{
	__u64 cut = key >= LINX_NR_MAX ? 0xffffffff : ~0ull;

	w->args[0] = regs->orig_x0 & cut;
	w->args[1] = regs->regs[1] & cut;
	w->args[2] = regs->regs[2] & cut;
	w->args[3] = regs->regs[3] & cut;
	w->args[4] = regs->regs[4] & cut;
	w->args[5] = regs->regs[5] & cut;
}

static __always_inline void get_place(struct work *w, const struct pt_regs *regs)
{
	w->ip = regs->pc;
	w->sp = regs->sp;
}

/* Writes the arguments of a native call at p. */
static __always_inline void put_regs(__u8 *p, const struct pt_regs *regs, __u32 nargs)
{
	volatile __u64 *to = (void *)p;

	if (!nargs)
		return;
	to[0] = regs->orig_x0;
	to[1] = regs->regs[1];
	to[2] = regs->regs[2];
	if (nargs <= 3)
		return;
	to[3] = regs->regs[3];
	to[4] = regs->regs[4];
	to[5] = regs->regs[5];
}

#define NR_OF(regs) ((__s64)(regs)->syscallno)
#define THIRD_OF(regs) ((regs)->regs[2]) /* third argument of a native call */
#else
static __noinline __u32 args_cut(__u32 key)
{
	return linx_args_cut(key / LINX_NR_MAX, key % LINX_NR_MAX, !!(config.flags & LINX_BPF_COMPAT_MOVE_PAGES));
}

/* Is the current call of the task one of the i386 table, whose key is not its number? */
static __always_inline bool is_foreign(struct task_struct *task)
{
	return MEMBER(task, thread_info.status) & S_COMPAT;
}

/*
 * Returns the key (index in the map of calls, from ABI and number) of an i386 or x32 call, or of a call with a number
 * that no table has.
 */
static __noinline __u32 key_of_other(struct task_struct *task, __s64 *nr)
{
	__u32 abi = LINX_ABI_X86_64;

	if (is_foreign(task)) {
		abi = LINX_ABI_I386;
	} else if (*nr >= 0 && *nr & X32_BIT) {
		*nr &= ~X32_BIT;
		abi = LINX_ABI_X32;
	}
	return abi * LINX_NR_MAX + ((__u32)*nr < LINX_NR_OTHER ? (__u32)*nr : LINX_NR_OTHER);
}

/* Returns the key of a call (index in the map of calls, from ABI and number), and clears the x32 bit in *nr. */
static __always_inline __u32 key_of(struct task_struct *task, __s64 *nr)
{
	if (!is_foreign(task) && (__u32)*nr < LINX_NR_OTHER)
		return (__u32)*nr;
	return key_of_other(task, nr);
}

static __noinline int get_args_32(struct work *w, __u32 key)
{
	__u32 cut = args_cut(key);

	for (int i = 0; i < LINX_NARGS; i++)
		if (cut & 1u << i)
			w->args[i] = (__u32)w->args[i];
	return 0;
}

static __always_inline void get_args(struct work *w, const struct pt_regs *regs, __u32 key)
{
	bool i386 = key / LINX_NR_MAX == LINX_ABI_I386;

	w->args[0] = i386 ? regs->bx : regs->di;
	w->args[1] = i386 ? regs->cx : regs->si;
	w->args[2] = regs->dx;
	w->args[3] = i386 ? regs->si : regs->r10;
	w->args[4] = i386 ? regs->di : regs->r8;
	w->args[5] = i386 ? regs->bp : regs->r9;
	if (key >= LINX_NR_MAX)
		get_args_32(w, key);
}

static __always_inline void get_place(struct work *w, const struct pt_regs *regs)
{
	w->ip = regs->ip;
	w->sp = regs->sp;
}

/* Writes the arguments of a native call at p. */
static __always_inline void put_regs(__u8 *p, const struct pt_regs *regs, __u32 nargs)
{
	volatile __u64 *to = (void *)p;

	if (!nargs)
		return;
	to[0] = regs->di;
	to[1] = regs->si;
	to[2] = regs->dx;
	if (nargs <= 3)
		return;
	to[3] = regs->r10;
	to[4] = regs->r8;
	to[5] = regs->r9;
}

#define NR_OF(regs) ((__s64)(__s32)(regs)->orig_ax)
#define THIRD_OF(regs) ((regs)->dx)
#endif

#endif
