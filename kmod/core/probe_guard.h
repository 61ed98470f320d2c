/* SPDX-License-Identifier: GPL-2.0-only */
/* The beginning and the end of every probe. core/probe_guard.c */
#ifndef LINX_KMOD_PROBE_GUARD_H
#define LINX_KMOD_PROBE_GUARD_H

#include <linux/percpu.h>
#include <linux/preempt.h>
#include "compat/compat.h"
#include "core/probe_work.h"

/*
 * Number of probes under way on this CPU, less one. A second one runs only in an interrupt that sends a signal. It
 * never writes a record but counts its loss, and ends before the first one continues.
 */
#define LINX_PROBE_NONE (-1)
DECLARE_PER_CPU(int, linx_probe_on);

/* Begins a probe. Returns false if it is nested. probe_leave() ends it, or linx_nested_leave() if it is nested. */
static __always_inline bool probe_enter(void)
{
	preempt_disable_notrace();
	return linx_cpu_inc_is_zero(linx_probe_on); /* the clock is read after this: see linx_session_floor() */
}

/*
 * Begins a probe within a probe; the next probe_leave() ends only this one. A probe of several sessions calls it
 * before the fast path of each, which ends as if the session were alone.
 */
static __always_inline void probe_enter_again(void)
{
	preempt_disable_notrace();
	raw_cpu_inc(linx_probe_on);
}

/* Is this a probe of probe_enter_again()? */
static __always_inline bool probe_is_again(void)
{
	return raw_cpu_read(linx_probe_on) > 0;
}

/* Begins the limited work of a probe. All sessions that record one call share it. */
static __always_inline void probe_begin_work(void)
{
	if (!probe_is_again())
		linx_probe_begins();
}

static __always_inline void probe_leave(void)
{
	smp_wmb(); /* published data is visible before the decrement; pairs with linx_probe_busy() */
	raw_cpu_dec(linx_probe_on);
	preempt_enable_notrace();
}

/* Ends a nested probe. It counts the lost record, the only access of a nested probe to this CPU's rings. */
void linx_nested_leave(void);

#endif
