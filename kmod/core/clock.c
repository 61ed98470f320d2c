// SPDX-License-Identifier: GPL-2.0-only
/*
 * The clock of records. The kernel's own costs an indirect call and a fence each
 * time; here it is asked once in a window of LINX_CLOCK_WINDOW cycles per CPU,
 * and the time stamp counter counts on from there. Within so short a window the
 * rate that the kernel found at boot is as good as the one it corrects by NTP
 * (less than 0.1 % apart), counters of two CPUs need not agree, and whatever
 * happens to a counter in between (suspend, migration of a guest) is over with
 * the window. Where the kernel itself does not trust the counter, its clock is
 * asked each time.
 */
#include <linux/cache.h>
#include <linux/clocksource.h>
#include <linux/init.h>
#include <linux/math64.h>
#include <linux/timekeeping.h>
#include <linux/time64.h>
#include "core/clock.h"

/*
 * Cycles between the two readings around the kernel's clock. More: an interrupt
 * or another guest came between them, and nobody knows when in between it was read.
 */
#define LINX_CLOCK_BRACKET 1024
#define KHZ_MIN 1000000 /* a slower counter would make the error larger than promised */

DEFINE_PER_CPU(struct linx_clock_base, linx_clock_base);
u64 linx_clock_mult __ro_after_init;

u64 linx_clock_read(void)
{
	u64 before = linx_cycles_ordered();
	u64 now = ktime_get_mono_fast_ns();
	u64 took = linx_cycles_ordered() - before;

	lockdep_assert_preemption_disabled();
	if (linx_clock_mult && took < LINX_CLOCK_BRACKET && !linx_cycles_unstable()) {
		this_cpu_write(linx_clock_base.cycles, before + took / 2);
		this_cpu_write(linx_clock_base.ns, now);
	}
	return now;
}

void __init linx_clock_init(void)
{
	unsigned int khz = linx_cycles_khz();

	if (khz >= KHZ_MIN * 99 / 100)
		linx_clock_mult = div_u64((u64)NSEC_PER_MSEC << LINX_CLOCK_SHIFT, khz);
}
