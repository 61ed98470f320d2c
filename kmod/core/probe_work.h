/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Limits the work of one probe, for all sessions together. A probe runs with preemption off, and the traced program
 * decides how deep its paths are and how many descriptors and arguments a call has. Work is counted before or while
 * it is done. When a probe has reached the limit, the remaining values are left out, and the record says so. The limit
 * is not a time, so that slow or busy machines record the same.
 */
#ifndef LINX_KMOD_PROBE_WORK_H
#define LINX_KMOD_PROBE_WORK_H

#include <linux/percpu.h>
#include <linux/processor.h>
#include <linux/types.h>

/*
 * Most work of a probe, in units of about one instruction. docs/security-reference.md gives the longest time of a
 * probe.
 */
#define LINX_PROBE_WORK_MAX 1000000

/*
 * Work of a read of user memory that faults and takes the kernel's exception path; tests/vm/prog/rec_bound.c measured
 * 2,000.
 */
#define LINX_WORK_OF_FAULT 2000

/* Work of reading a byte of a long buffer: tests/vm/prog/rec_bound.c measured 2.1. */
#define LINX_WORK_OF_BYTE 2

/*
 * Work done so far by the probe that runs on this CPU; only that probe changes it. Defined in core/probe_guard.c.
 */
DECLARE_PER_CPU(u32, linx_probe_work);

/* Sets the work of the probe that begins on this CPU to 0. Preemption is off. */
static __always_inline void linx_probe_begins(void)
{
	raw_cpu_write(linx_probe_work, 0);
}

/*
 * linx_probe_spent() returns the work that this CPU's probe has done so far. linx_probe_goes_on() begins a probe with
 * that number as work done, so that this probe and an earlier one share one limit.
 */
static inline u32 linx_probe_spent(void)
{
	return raw_cpu_read(linx_probe_work);
}

static inline void linx_probe_goes_on(u32 work)
{
	raw_cpu_write(linx_probe_work, work);
}

/* Counts work of this CPU's probe. */
static inline void linx_probe_spend(u32 work)
{
	raw_cpu_add(linx_probe_work, work);
}

/* Has this CPU's probe reached its limit? */
static inline bool linx_probe_is_spent(void)
{
	return raw_cpu_read(linx_probe_work) > LINX_PROBE_WORK_MAX;
}

/*
 * Most tries of a probe to take a lock that another task may hold for milliseconds. After so many tries, the probe does
 * without the lock.
 */
#define LINX_LOCK_TRIES 200
#define LINX_WORK_OF_TRY 100

/* Counts a failed try to take a lock. Returns true if the probe may try again. */
static inline bool linx_probe_may_retry(unsigned int *tries)
{
	if (++*tries >= LINX_LOCK_TRIES || linx_probe_is_spent())
		return false;
	linx_probe_spend(LINX_WORK_OF_TRY);
	cpu_relax();
	return true;
}

#endif
