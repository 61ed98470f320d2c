/* SPDX-License-Identifier: GPL-2.0-only */
/* The beginning and the end of every probe. */
#ifndef LINX_KMOD_PROBE_ON_H
#define LINX_KMOD_PROBE_ON_H

#include <linux/percpu.h>
#include <linux/preempt.h>

/* A probe is under way on this CPU. Another one then: an interrupt sends a signal. Counted, never written. */
DECLARE_PER_CPU(unsigned int, linx_probe_on);

/* false: nested. Preemption stays off until probe_leave(), or linx_nested_leave(). */
static __always_inline bool probe_enter(void)
{
	preempt_disable_notrace();
	if (unlikely(raw_cpu_read(linx_probe_on)))
		return false;
	__this_cpu_write(linx_probe_on, 1);
	barrier(); /* the clock is read after this: see linx_session_floor() */
	return true;
}

static __always_inline void probe_leave(void)
{
	barrier();
	__this_cpu_write(linx_probe_on, 0);
	preempt_enable_notrace();
}

/* All that a nested probe may touch of this CPU's rings; its end. */
void linx_nested_leave(void);

#endif
