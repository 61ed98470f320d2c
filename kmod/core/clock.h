/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * CLOCK_MONOTONIC for probes, cheaply: from the time stamp counter, counted on
 * from the kernel's clock as it was a moment ago on this CPU. core/clock.c
 */
#ifndef LINX_KMOD_CLOCK_H
#define LINX_KMOD_CLOCK_H

#include <linux/atomic.h>
#include <linux/minmax.h>
#include <linux/percpu.h>
#include <linux/types.h>
#include "compat/compat.h"

/* Cycles that are counted on before the kernel's clock is asked again. */
#define LINX_CLOCK_WINDOW (1u << 18)
#define LINX_CLOCK_SHIFT 32

/*
 * How far such a time may be off from the kernel's: half of what reading both took, and
 * what the difference of their rates makes of a window. A window that may be off by more
 * is not used (core/clock.c). In the one in which the rate changes it is more, as much as
 * the change makes of the rest of it; and in the first one of a CPU that read no clock for
 * much longer than the rate has been another, of which it sees the mean.
 */
#define LINX_CLOCK_ERROR_NS 1000

/* Written by this CPU's probes, which do not nest. */
struct linx_clock_base {
	u64 cycles; /* 0: so long ago that it is out of every window */
	u64 ns;
};
DECLARE_PER_CPU(struct linx_clock_base, linx_clock_base);
extern u64 linx_clock_mult; /* ns per cycle << LINX_CLOCK_SHIFT; constant once loaded */

u64 linx_clock_read(void);

/* ns. false: only the kernel's clock can tell. In a probe: preemption off, linx_probe_on set. */
static __always_inline bool linx_clock_quick(u64 *now)
{
	u64 low, high, gone;

	linx_cycles_halves(&low, &high);
	gone = low - this_cpu_read(linx_clock_base.cycles) + (high << 32);
	*now = this_cpu_read(linx_clock_base.ns) + (gone * linx_clock_mult >> LINX_CLOCK_SHIFT);
	return likely(gone < LINX_CLOCK_WINDOW);
}

static __always_inline u64 linx_clock_now(void)
{
	u64 now;

	return linx_clock_quick(&now) ? now : linx_clock_read();
}

/* Now, or later: a time of its own for each that asks with the same last. Any CPU. */
static inline u64 linx_clock_after(atomic64_t *last, u64 now)
{
	s64 old = atomic64_read(last), mine;

	do
		mine = max_t(s64, now, old + 1);
	while (!atomic64_try_cmpxchg(last, &old, mine)); /* another CPU was first: it went on */
	return mine;
}

void linx_clock_init(void);

#endif
