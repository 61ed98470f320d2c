/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * CLOCK_MONOTONIC for probes at low cost: the time stamp counter counts on from a recent reading of the kernel's
 * clock on this CPU. core/clock.c
 */
#ifndef LINX_KMOD_CLOCK_H
#define LINX_KMOD_CLOCK_H

#include <linux/atomic.h>
#include <linux/minmax.h>
#include <linux/percpu.h>
#include <linux/types.h>
#include "compat/compat.h"

/* Length of a window in cycles, after which the kernel's clock is read again. */
#define LINX_CLOCK_WINDOW (1u << 18)
#define LINX_CLOCK_SHIFT 32

/*
 * Largest error of such a time, compared with the kernel's clock: half the time that reading both clocks took, and
 * the difference of their rates over a window. A window with a larger possible error is not used (core/clock.c). Two
 * cases exceed it: the window in which the rate changes, and the first window of a CPU that has not read the clock
 * since long before such a change, where only the mean rate is known.
 */
#define LINX_CLOCK_ERROR_NS 1000

/* Written by probes of this CPU, which do not nest. */
struct linx_clock_base {
	u64 cycles; /* counter at the last reading; 0: outside every window */
	u64 ns;
};
DECLARE_PER_CPU(struct linx_clock_base, linx_clock_base);
extern u64 linx_clock_mult; /* ns per cycle << LINX_CLOCK_SHIFT; constant once loaded */

u64 linx_clock_read(void);

/*
 * Sets *now in ns. Returns false if only the kernel's clock has the time. In a probe: preemption off, linx_probe_on
 * set.
 */
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

/* Returns now or a later time, different for each caller with the same last. Any CPU. */
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
