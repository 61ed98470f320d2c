// SPDX-License-Identifier: GPL-2.0-only
/*
 * The clock that gives records their time. Each read of the kernel's clock costs an indirect call and a fence.
 * Therefore a CPU reads it only once in a window of LINX_CLOCK_WINDOW cycles. Within the window, the time is that
 * reading plus the cycles of the time stamp counter since then, at the rate that the counter had when the module was
 * loaded. A window is too short for the counters of two CPUs to drift apart. A jump of a counter (suspend, migration
 * of a guest) gives wrong times until the window ends at most.
 *
 * The kernel's clock may run at an adjusted rate (NTP: 0.05 %; adjtimex(): 10 %). A window opens only if the rate at
 * load, applied to the cycles since this CPU's last reading, gives the time of the new reading. Otherwise, and where
 * the kernel does not trust the counter, each read uses the kernel's clock.
 */
#include <linux/cache.h>
#include <linux/clocksource.h>
#include <linux/init.h>
#include <linux/math64.h>
#include <linux/timekeeping.h>
#include <linux/time64.h>
#include "core/clock.h"

/*
 * Most cycles between two readings of the counter, one before and one after a reading of the kernel's clock. If more
 * cycles have passed, an interrupt or another guest ran between the two readings, and it is not known when the clock
 * was read.
 */
#define LINX_CLOCK_BRACKET 1024
#define KHZ_MIN 1000000 /* with a slower counter the error would exceed LINX_CLOCK_ERROR_NS */

DEFINE_PER_CPU(struct linx_clock_base, linx_clock_base);
u64 linx_clock_mult __ro_after_init;

/* A reading of the counter and of the kernel's clock, in the outermost probe of this CPU. */
struct reading {
	u64 cycles; /* the counter; 0: no reading yet */
	u64 ns; /* the kernel's clock */
	u64 took; /* ns between the readings of the counter before and after that of the clock */
};
static DEFINE_PER_CPU(struct reading, last_reading);

/* The clock of this CPU while nested probes have stopped it. */
struct stopped {
	u64 ns; /* the time at which it stands; 0: it has not been stopped */
	u64 cycles; /* linx_clock_base.cycles, to be restored; 0: no window was open, or the clock has not been stopped */
};
static DEFINE_PER_CPU(struct stopped, stopped);

static u64 ns_of(u64 cycles)
{
	return mul_u64_u64_shr(cycles, linx_clock_mult, LINX_CLOCK_SHIFT);
}

/*
 * Returns the largest error, in ns, that times can have in a window that begins with the reading "now". gone: cycles
 * from the reading "last" to "now"; the rate of the clock is assumed to be constant from "last" on. Returns U64_MAX if
 * the error is not known, or too large.
 */
static u64 error_of(const struct reading *last, const struct reading *now, u64 gone)
{
	u64 error = abs((s64)(last->ns + ns_of(gone) - now->ns)) + (last->took + now->took) / 2;

	if (!last->cycles || error > U32_MAX)
		return U64_MAX;
	return div64_u64(error * LINX_CLOCK_WINDOW, gone) + now->took / 2;
}

/* Reads the kernel's clock, and opens a window if the error allows it. */
static u64 read_clock(void)
{
	u64 before = linx_cycles_ordered();
	u64 now = ktime_get_mono_fast_ns();
	u64 took = linx_cycles_ordered() - before;
	struct reading *last = this_cpu_ptr(&last_reading), read;
	u64 gone;

	if (!linx_clock_mult || took >= LINX_CLOCK_BRACKET || linx_cycles_unstable())
		return now;
	read = (struct reading){ before + took / 2, now, ns_of(took) };
	gone = read.cycles - last->cycles;
	if (gone < LINX_CLOCK_WINDOW)
		return now; /* too few cycles have passed to measure the rate */
	this_cpu_write(linx_clock_base.cycles, error_of(last, &read, gone) <= LINX_CLOCK_ERROR_NS ? read.cycles : 0);
	this_cpu_write(linx_clock_base.ns, now);
	*last = read;
	return now;
}

u64 linx_clock_read(void)
{
	u64 now, ns = this_cpu_read(stopped.ns);

	lockdep_assert_preemption_disabled();
	if (unlikely(ns))
		return ns;
	now = read_clock();
	ns = this_cpu_read(stopped.ns);
	if (likely(!ns))
		return now;
	/*
	 * An interrupt has stopped the clock meanwhile. The window that read_clock() may have opened is closed until
	 * linx_clock_go_on() restores it.
	 */
	this_cpu_write(stopped.cycles, this_cpu_read(linx_clock_base.cycles));
	this_cpu_write(linx_clock_base.cycles, 0);
	return min(now, ns);
}

u64 linx_clock_nested(void)
{
	return ktime_get_mono_fast_ns();
}

void linx_clock_stop(u64 now)
{
	u64 cycles = this_cpu_read(linx_clock_base.cycles);

	if (cycles)
		this_cpu_write(stopped.cycles, cycles);
	this_cpu_write(linx_clock_base.cycles, 0);
	this_cpu_write(stopped.ns, now);
}

void linx_clock_go_on(void)
{
	if (!this_cpu_read(stopped.ns))
		return;
	this_cpu_write(linx_clock_base.cycles, this_cpu_read(stopped.cycles));
	this_cpu_write(stopped.cycles, 0);
	this_cpu_write(stopped.ns, 0);
}

void __init linx_clock_init(void)
{
	unsigned int khz = linx_cycles_khz();

	if (khz >= KHZ_MIN * 99 / 100)
		linx_clock_mult = div_u64((u64)NSEC_PER_MSEC << LINX_CLOCK_SHIFT, khz);
}
