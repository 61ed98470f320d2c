/* SPDX-License-Identifier: GPL-2.0-only */
/* The beginning and the end of every probe. core/probe_guard.c */
#ifndef LINX_KMOD_PROBE_GUARD_H
#define LINX_KMOD_PROBE_GUARD_H

#include <linux/percpu.h>
#include <linux/preempt.h>
#include "compat/compat.h"
#include "core/probe_work.h"

/*
 * Probes under way on this CPU, less one. A second one means that an interrupt
 * sends a signal: counted, never written. It counts itself too, and is over
 * before the first one goes on.
 */
#define LINX_PROBE_NONE (-1)
DECLARE_PER_CPU(int, linx_probe_on);

/* false: nested. Either way to be ended, by probe_leave() or, nested, by linx_nested_leave(). */
static __always_inline bool probe_enter(void)
{
	preempt_disable_notrace();
	return linx_cpu_inc_is_zero(linx_probe_on); /* the clock is read after this: see linx_session_floor() */
}

/*
 * Within a probe: the next probe_leave() ends no more than what begins here. A probe of several
 * sessions does so before the fast path of each, which ends as if it were alone.
 */
static __always_inline void probe_enter_again(void)
{
	preempt_disable_notrace();
	raw_cpu_inc(linx_probe_on);
}

/* Called after probe_enter_again()? */
static __always_inline bool probe_is_again(void)
{
	return raw_cpu_read(linx_probe_on) > 0;
}

/* Begins the work that is limited for a probe: all sessions that record one call share it. */
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

/* All that a nested probe may touch of this CPU's rings; its end. */
void linx_nested_leave(void);

#endif
