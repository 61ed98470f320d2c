/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How much one probe does for its records at most, for all sessions together. A probe keeps
 * its CPU, and what some things take is up to the program: how deep its paths are, how many
 * descriptors and arguments it has. Each of them is counted before or as it is done, and once
 * the probe has spent all that it may, the rest is left out, which the record says. The
 * measure is work, not time: a machine that is slow, or whose processors are wanted by
 * others, records the same.
 */
#ifndef LINX_KMOD_PROBE_WORK_H
#define LINX_KMOD_PROBE_WORK_H

#include <linux/percpu.h>
#include <linux/processor.h>
#include <linux/types.h>

/* In units of about an instruction. docs/security-reference.md tells what a probe takes at its worst. */
#define LINX_PROBE_WORK_MAX 1000000

/* Work of a read of user memory that faults, by the kernel's way through an exception to its fixup: t/rec_bound measured 2,000. */
#define LINX_WORK_OF_FAULT 2000

/* Work of reading a byte of a long buffer: t/rec_bound measured 2.1. */
#define LINX_WORK_OF_BYTE 2

/* The probe that runs on this CPU, and nobody else. core/probe_guard.c */
DECLARE_PER_CPU(u32, linx_probe_work);

/* A probe that may look something up begins, with preemption off. */
static __always_inline void linx_probe_begins(void)
{
	raw_cpu_write(linx_probe_work, 0);
}

/* The work so far of this CPU's probe; and a probe goes on with that of others, which count as one. */
static inline u32 linx_probe_spent(void)
{
	return raw_cpu_read(linx_probe_work);
}

static inline void linx_probe_goes_on(u32 work)
{
	raw_cpu_write(linx_probe_work, work);
}

static inline void linx_probe_spend(u32 work)
{
	raw_cpu_add(linx_probe_work, work);
}

static inline bool linx_probe_is_spent(void)
{
	return raw_cpu_read(linx_probe_work) > LINX_PROBE_WORK_MAX;
}

/* A lock that others may hold for milliseconds is tried so often, not waited for. */
#define LINX_LOCK_TRIES 200
#define LINX_WORK_OF_TRY 100

/* A try has failed, after so many before it. True: the probe may try again. */
static inline bool linx_probe_may_retry(unsigned int *tries)
{
	if (++*tries >= LINX_LOCK_TRIES || linx_probe_is_spent())
		return false;
	linx_probe_spend(LINX_WORK_OF_TRY);
	cpu_relax();
	return true;
}

#endif
