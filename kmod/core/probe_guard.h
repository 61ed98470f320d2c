/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Functions that begin and end every probe (a handler of a tracepoint). Implemented in core/probe_guard.c and
 * ring/side.c.
 */
#ifndef LINX_KMOD_PROBE_GUARD_H
#define LINX_KMOD_PROBE_GUARD_H

#include <linux/percpu.h>
#include <linux/preempt.h>
#include "compat/compat.h"
#include "core/probe_work.h"

/*
 * State of the probes under way on this CPU. LINX_PROBE_NONE: no probe is under way. Any other value: an outermost
 * probe is under way, and only this probe writes to the rings of this CPU. The outermost probe sets the value to 0, and
 * each probe that interrupts another one adds 1 while it runs. The outermost probe subtracts LINX_PROBE_AGAIN in
 * probe_enter_again(), which makes the value negative. LINX_PROBE_PENDING is set while records of such nested probes
 * wait in side rings (ring/side.h) for the end of the outermost probe.
 */
#define LINX_PROBE_NONE (-1)
#define LINX_PROBE_PENDING 0x10000
#define LINX_PROBE_AGAIN 0x3fffffff
DECLARE_PER_CPU(int, linx_probe_on);

/*
 * Begins a probe of a system call or of another event of the current task. Returns true for an outermost probe, which
 * probe_leave() ends; false for a nested one, which linx_nested_leave() ends.
 */
static __always_inline bool probe_enter(void)
{
	preempt_disable_notrace();
	/* callers read the clock only after this: linx_session_floor() relies on that order */
	return linx_cpu_inc_is_zero(linx_probe_on);
}

/*
 * probe_enter_again() keeps the next probe_leave() from ending the current probe; probe_back_again() follows that
 * probe_leave(). Where several sessions record a call, the probe calls both functions around the fast path of each
 * session, which calls probe_leave() at its end. Such a pair of calls may be nested once in another pair. Between the
 * two calls linx_probe_on is below zero. Therefore probe_leave() does not call linx_pending_leave().
 */
static __always_inline void probe_enter_again(void)
{
	preempt_disable_notrace();
	this_cpu_sub(linx_probe_on, LINX_PROBE_AGAIN);
}

static __always_inline void probe_back_again(void)
{
	this_cpu_add(linx_probe_on, LINX_PROBE_AGAIN + 1);
}

/* Is the current probe between probe_enter_again() and probe_leave()? */
static __always_inline bool probe_is_again(void)
{
	return raw_cpu_read(linx_probe_on) < 0;
}

/* Sets the work of this probe to 0, unless probe_enter_again() was called: all sessions of a probe share one limit. */
static __always_inline void probe_begin_work(void)
{
	if (!probe_is_again())
		linx_probe_begins();
}

/*
 * Ends the outermost probe if records of nested probes wait in side rings: writes those records to the ring, then ends
 * the probe. Implemented in ring/side.c.
 */
void linx_pending_leave(void);

/* Ends a probe that probe_enter() began, or takes back probe_enter_again(). */
static __always_inline void probe_leave(void)
{
	smp_wmb(); /* published data is visible before the decrement; pairs with linx_probe_busy() */
	if (unlikely(!linx_cpu_dec_is_negative(linx_probe_on)))
		return linx_pending_leave();
	preempt_enable_notrace();
}

/* Ends a nested probe that records nothing: counts its record as lost in all rings of this CPU. */
void linx_nested_leave(void);
/* Ends a nested probe whose records have been written to side rings, or counted as lost. */
void linx_nested_end(void);

#endif
