/* SPDX-License-Identifier: GPL-2.0-only */
/* Differences between kernels in what hooks functions and tracepoints: ftrace, kprobes and kretprobes. */
#ifndef LINX_COMPAT_PROBES_H
#define LINX_COMPAT_PROBES_H

#include <linux/ftrace.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/perf_event.h>
#include <linux/ptrace.h>
#include <linux/trace_events.h>
#include "compat/compat.h"

/*
 * LINX_HAVE_FTRACE: ftrace can pass the arguments of a function. A kernel with DYNAMIC_FTRACE_WITH_ARGS always saves
 * the registers that hold them; others save all registers on request. A handler without FTRACE_OPS_FL_RECURSION, or
 * with FTRACE_OPS_FL_RECURSION_SAFE in older kernels, is called for each hit, even for a hit inside the handler itself.
 * Therefore no hit is left out without being counted. FTRACE_OPS_FL_PERMANENT: nobody can turn ftrace off while the
 * handler is registered.
 */
#define LINX_HAVE_FTRACE                                                                        \
	(IS_ENABLED(CONFIG_DYNAMIC_FTRACE_WITH_ARGS) || IS_ENABLED(CONFIG_DYNAMIC_FTRACE_WITH_REGS))

#if LINX_HAVE_FTRACE
#if LINX_HAS_FTRACE_RECURSION_SAFE
#define LINX_FTRACE_RECURSION FTRACE_OPS_FL_RECURSION_SAFE
#else
#define LINX_FTRACE_RECURSION 0
#endif
#if LINX_HAS_FTRACE_REGS
#define LINX_FTRACE_REGS struct ftrace_regs
#else
#define LINX_FTRACE_REGS struct pt_regs
#endif
#if LINX_HAS_FTRACE_REGS && IS_ENABLED(CONFIG_DYNAMIC_FTRACE_WITH_ARGS)
#define LINX_FTRACE_FLAGS (FTRACE_OPS_FL_PERMANENT | LINX_FTRACE_RECURSION)
#else
#define LINX_FTRACE_FLAGS (FTRACE_OPS_FL_PERMANENT | LINX_FTRACE_RECURSION | FTRACE_OPS_FL_SAVE_REGS)
#endif

/*
 * True if ftrace reaches each handler through its list of all handlers, which drops uncounted a hit that comes while a
 * handler of the list runs. On x86 and with CALL_OPS, a function with one handler calls it directly.
 */
#define LINX_FTRACE_BY_LIST (!IS_ENABLED(CONFIG_X86) && !IS_ENABLED(CONFIG_DYNAMIC_FTRACE_WITH_CALL_OPS))

/* Copies the six arguments that registers hold when a function begins. */
static __always_inline void linx_ftrace_args(LINX_FTRACE_REGS *regs, u64 *to)
{
	unsigned int i;

	for (i = 0; i < 6; i++)
#if LINX_HAS_FTRACE_REGS_GET_ARGUMENT
		to[i] = ftrace_regs_get_argument(regs, i);
#elif LINX_HAS_FTRACE_REGS
		to[i] = regs_get_kernel_argument(&regs->regs, i);
#else
		to[i] = regs_get_kernel_argument(regs, i);
#endif
}
#endif

/*
 * Returns by what linx_ftrace_arg() finds argument n, counted from 0, without a search for its register: on x86 the
 * offset in struct pt_regs.
 */
static inline u8 linx_ftrace_arg_place(u32 n)
{
#ifdef CONFIG_X86_64
	static const u8 places[] = {
		offsetof(struct pt_regs, di), offsetof(struct pt_regs, si), offsetof(struct pt_regs, dx),
		offsetof(struct pt_regs, cx), offsetof(struct pt_regs, r8), offsetof(struct pt_regs, r9),
	};

	return places[n];
#else
	return n;
#endif
}

#if LINX_HAVE_FTRACE
/* Finds the registers that ftrace has saved on x86. A handler without SAVE_REGS has those of arguments alone. */
#ifdef arch_ftrace_regs
#define linx_ftrace_regs(fregs) (&arch_ftrace_regs(fregs)->regs)
#elif LINX_HAS_FTRACE_REGS
#define linx_ftrace_regs(fregs) (&(fregs)->regs)
#else
#define linx_ftrace_regs(fregs) (fregs)
#endif

/* Returns one of the six arguments. place: from linx_ftrace_arg_place() */
static __always_inline u64 linx_ftrace_arg(LINX_FTRACE_REGS *regs, u8 place)
{
#ifdef CONFIG_X86_64
	return *(const u64 *)((const u8 *)linx_ftrace_regs(regs) + place);
#elif LINX_HAS_FTRACE_REGS_GET_ARGUMENT
	return ftrace_regs_get_argument(regs, place);
#elif LINX_HAS_FTRACE_REGS
	return regs_get_kernel_argument(&regs->regs, place);
#else
	return regs_get_kernel_argument(regs, place);
#endif
}
#endif

#if LINX_HAVE_DENY
/*
 * Definitions for a handler that replaces functions: its prototype and its flags. Of the registers that
 * linx_ftrace_regs() finds, only the instruction pointer and those that hold arguments are certainly saved.
 * linx_free_filter() makes an ftrace_ops forget its functions, since the kernel's own function for that is not exported
 * in 5.10.
 */
#define LINX_FTRACE_PROTO unsigned long ip, unsigned long parent, struct ftrace_ops *ops, LINX_FTRACE_REGS *fregs
#define LINX_FTRACE_REPLACES (LINX_FTRACE_FLAGS | FTRACE_OPS_FL_IPMODIFY)
#define linx_free_filter(ops) ftrace_set_filter(ops, NULL, 0, 1)

/* Lets ftrace continue in fn instead of the replaced function. fn returns to the caller of that function. */
static inline void linx_regs_go(struct pt_regs *regs, long (*fn)(void))
{
	regs->ip = (unsigned long)fn;
}
#endif

/*
 * Most bytes from the begin of a function to the place that ftrace passes to its handler. Between them there may be an
 * instruction of branch tracking (endbr64, bti), and on arm64 one that saves the link register.
 */
#ifdef CONFIG_X86
#define LINX_FTRACE_AHEAD 4
#else
#define LINX_FTRACE_AHEAD 12
#endif

/* The distance that most functions have. */
#define LINX_FTRACE_MOSTLY (IS_ENABLED(CONFIG_X86_KERNEL_IBT) ? 4 : 0)

/* Copies the six arguments that registers hold when a function begins. */
static __always_inline void linx_regs_args(struct pt_regs *regs, u64 *to)
{
	unsigned int i;

	for (i = 0; i < 6; i++)
		to[i] = regs_get_kernel_argument(regs, i);
}

/* Returns the kretprobe of an instance; NULL: it is being unregistered. get_kretprobe() exists since 5.11. */
static __always_inline struct kretprobe *linx_kretprobe(struct kretprobe_instance *ri)
{
#if LINX_HAS_GET_KRETPROBE
	return get_kretprobe(ri);
#else
	return ri->rp;
#endif
}

/*
 * Can one function be the handler of tracepoints with any prototype? Kernels with control-flow integrity compare the
 * prototypes at each call.
 */
#define LINX_HAVE_RAWTP (!IS_ENABLED(CONFIG_CFI_CLANG) && !IS_ENABLED(CONFIG_CFI))

/*
 * LINX_HAVE_TP_RECORD: perf passes the records of tracepoints to handlers in the kernel. linx_event_module() returns
 * the module that such an event belongs to; NULL: the kernel's image. Not for dynamic events, which have no module.
 */
#define LINX_HAVE_TP_RECORD (IS_ENABLED(CONFIG_PERF_EVENTS) && IS_ENABLED(CONFIG_EVENT_TRACING))

#if LINX_HAVE_TP_RECORD
static inline const struct module *linx_event_module(const struct trace_event_call *call)
{
#if LINX_HAS_TRACE_EVENT_MODULE
	return call->module;
#else
	return call->mod;
#endif
}
#endif

#endif
