// SPDX-License-Identifier: GPL-2.0-only
/*
 * The clock of records. Each read of the kernel's clock costs an indirect call and a fence. Therefore a CPU reads it
 * once in a window of LINX_CLOCK_WINDOW cycles. Within the window, the time stamp counter counts on from that
 * reading, at the rate that the kernel used when the module was loaded. A window is too short for the counters of two
 * CPUs to drift, and a change of a counter (suspend, migration of a guest) lasts no longer than the window.
 *
 * The kernel's clock may run at an adjusted rate (NTP: 0.05 %; adjtimex(): 10 %). A window opens only if the loaded
 * rate, applied to this CPU's last reading, gives the time at its beginning. Otherwise, and where the kernel does not
 * trust the counter, each read uses the kernel's clock.
 */
#include <linux/cache.h>
#include <linux/clocksource.h>
#include <linux/init.h>
#include <linux/math64.h>
#include <linux/timekeeping.h>
#include <linux/time64.h>
#include "core/clock.h"

/*
 * Most cycles between the two readings around the kernel's clock. If there are more, an interrupt or another guest
 * came between them, and the moment of the clock's reading is unknown.
 */
#define LINX_CLOCK_BRACKET 1024
#define KHZ_MIN 1000000 /* a slower counter would exceed the promised error */

DEFINE_PER_CPU(struct linx_clock_base, linx_clock_base);
u64 linx_clock_mult __ro_after_init;

/* One reading of both clocks, in a probe of this CPU. Probes do not nest. */
struct reading {
	u64 cycles; /* 0: none yet */
	u64 ns;
	u64 took; /* ns between the readings of the counter before and after the clock */
};
static DEFINE_PER_CPU(struct reading, last_reading);

static u64 ns_of(u64 cycles)
{
	return mul_u64_u64_shr(cycles, linx_clock_mult, LINX_CLOCK_SHIFT);
}

/*
 * Returns the possible error in ns of a window that begins at this reading, if the rate is that since the last
 * reading, gone cycles ago.
 */
static u64 error_of(const struct reading *last, const struct reading *now, u64 gone)
{
	u64 error = abs((s64)(last->ns + ns_of(gone) - now->ns)) + (last->took + now->took) / 2;

	if (!last->cycles || error > U32_MAX)
		return U64_MAX;
	return div64_u64(error * LINX_CLOCK_WINDOW, gone) + now->took / 2;
}

u64 linx_clock_read(void)
{
	u64 before = linx_cycles_ordered();
	u64 now = ktime_get_mono_fast_ns();
	u64 took = linx_cycles_ordered() - before;
	struct reading *last = this_cpu_ptr(&last_reading), read;
	u64 gone;

	lockdep_assert_preemption_disabled();
	if (!linx_clock_mult || took >= LINX_CLOCK_BRACKET || linx_cycles_unstable())
		return now;
	read = (struct reading){ before + took / 2, now, ns_of(took) };
	gone = read.cycles - last->cycles;
	if (gone < LINX_CLOCK_WINDOW)
		return now; /* too soon to measure the rate */
	this_cpu_write(linx_clock_base.cycles, error_of(last, &read, gone) <= LINX_CLOCK_ERROR_NS ? read.cycles : 0);
	this_cpu_write(linx_clock_base.ns, now);
	*last = read;
	return now;
}

void __init linx_clock_init(void)
{
	unsigned int khz = linx_cycles_khz();

	if (khz >= KHZ_MIN * 99 / 100)
		linx_clock_mult = div_u64((u64)NSEC_PER_MSEC << LINX_CLOCK_SHIFT, khz);
}
