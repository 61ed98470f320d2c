/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * CLOCK_MONOTONIC for probes at low cost: a recent reading of the kernel's clock on this CPU, plus the cycles of the
 * time stamp counter since then. Implemented in core/clock.c.
 */
#ifndef LINX_KMOD_CLOCK_H
#define LINX_KMOD_CLOCK_H

#include <linux/atomic.h>
#include <linux/minmax.h>
#include <linux/percpu.h>
#include <linux/types.h>
#include "compat/compat.h"

/* Length of a window in cycles. Within a window, times are computed from one reading of the kernel's clock. */
#define LINX_CLOCK_WINDOW (1u << 18)
#define LINX_CLOCK_SHIFT 32

/*
 * Largest difference in ns between a time computed from the counter and the kernel's clock. It has two parts: half the
 * time that reading both took, and the difference of their rates over a window. A window that may have a larger error
 * is not used (core/clock.c). The error can still be larger in two cases: in a window in which the rate of the kernel's
 * clock changes; and in the first window of a CPU that last read the clock long before such a change, and therefore
 * knows only the mean rate.
 */
#define LINX_CLOCK_ERROR_NS 1000

/*
 * State of the clock on one CPU. Written by the outermost probe of that CPU; linx_clock_stop() in a nested probe stores
 * 0 in cycles.
 */
struct linx_clock_base {
	u64 cycles; /* counter at the last reading of the clock; 0: no window is open, the clock has to be read */
	u64 ns; /* the kernel's clock at that reading */
};
DECLARE_PER_CPU(struct linx_clock_base, linx_clock_base);
extern u64 linx_clock_mult; /* ns per cycle << LINX_CLOCK_SHIFT; constant once loaded */

/* Returns the time of the kernel's clock in ns, and opens a window if the error allows it. Preemption off. */
u64 linx_clock_read(void);

/* Returns the time of the kernel's clock in ns, for a nested probe. Preemption off. */
u64 linx_clock_nested(void);

/*
 * linx_clock_stop() stops, at the time "now", the clock that the interrupted probe reads; nested probes have read this
 * time. linx_clock_go_on() lets the clock go on. A nested probe calls the first function, the outermost probe the
 * second one.
 */
void linx_clock_stop(u64 now);
void linx_clock_go_on(void);

/*
 * Sets *now to the time in ns, computed from the counter. Returns false if no window is open: then *now is wrong, and
 * linx_clock_read() has to be called. In a probe: preemption off, linx_probe_on set.
 */
static __always_inline bool linx_clock_quick(u64 *now)
{
	u64 low, high, gone;

	/*
	 * The counter is read before linx_clock_base. If an interrupt stops the clock between these reads, either the
	 * result is a time from before the interrupt, or "gone" is too large and false is returned.
	 */
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

/* Returns a time that is not before "now", and that is later than each earlier result for the same *last. Any CPU. */
static inline u64 linx_clock_after(atomic64_t *last, u64 now)
{
	s64 old = atomic64_read(last), mine;

	do
		mine = max_t(s64, now, old + 1);
	/* after a failure, "old" is what another CPU has stored in *last */
	while (!atomic64_try_cmpxchg(last, &old, mine));
	return mine;
}

void linx_clock_init(void);

#endif
