/* SPDX-License-Identifier: GPL-2.0-only */
/* Functions that begin and end every probe (a handler of a tracepoint). Implemented in core/probe_guard.c. */
#ifndef LINX_KMOD_PROBE_GUARD_H
#define LINX_KMOD_PROBE_GUARD_H

#include <linux/percpu.h>
#include <linux/preempt.h>
#include "compat/compat.h"
#include "core/probe_work.h"

/*
 * Number of probes under way on this CPU, minus one. While a probe runs, a second one can begin only in an interrupt
 * that sends a signal or posts a result of io_uring. The second (nested) probe never writes a record: it counts the record as lost, and ends before
 * the first one continues.
 */
#define LINX_PROBE_NONE (-1)
DECLARE_PER_CPU(int, linx_probe_on);

/* Begins a probe. Returns true: probe_leave() ends it; false: it is nested, and linx_nested_leave() ends it. */
static __always_inline bool probe_enter(void)
{
	preempt_disable_notrace();
	/* callers read the clock after this, as linx_session_floor() relies on */
	return linx_cpu_inc_is_zero(linx_probe_on);
}

/*
 * Counts the current probe once more, so that the next probe_leave() does not end it. Where several sessions record
 * a call, the probe calls this before it runs the fast path of each session, which calls probe_leave() at its end.
 */
static __always_inline void probe_enter_again(void)
{
	preempt_disable_notrace();
	raw_cpu_inc(linx_probe_on);
}

/* Is the current probe counted once more by probe_enter_again()? */
static __always_inline bool probe_is_again(void)
{
	return raw_cpu_read(linx_probe_on) > 0;
}

/* Sets the work of this probe to 0, unless probe_enter_again() was called: all sessions of a probe share one limit. */
static __always_inline void probe_begin_work(void)
{
	if (!probe_is_again())
		linx_probe_begins();
}

/* Ends a probe that probe_enter() began, or takes back probe_enter_again(). */
static __always_inline void probe_leave(void)
{
	smp_wmb(); /* published data is visible before the decrement; pairs with linx_probe_busy() */
	raw_cpu_dec(linx_probe_on);
	preempt_enable_notrace();
}

/* Ends a nested probe. Counts its record as lost in the rings of this CPU, which it does not access otherwise. */
void linx_nested_leave(void);

#endif
