/* SPDX-License-Identifier: (GPL-2.0-only WITH Linux-syscall-note) OR LGPL-2.1-or-later */
/*
 * Rules that limit how many of the events that passed the filters are recorded: sampling records one of n returns of a
 * call, and a budget limits the number of events in a span of time. kmod/filter/rate.c describes both.
 */
#ifndef LINX_SHARED_RATE_FACTS_H
#define LINX_SHARED_RATE_FACTS_H

#include <linux/linx_record.h>
#include <linux/types.h>

/* Number of windows in a second. A window is the time in which the events of a budget are counted. */
#define LINX_BUDGET_WINDOWS 8
#define LINX_BUDGET_WINDOW_NS (1000000000ll / LINX_BUDGET_WINDOWS)
/*
 * Number of events that each call may record in a window without being limited. quota: largest number of events in a
 * window.
 */
#define LINX_BUDGET_SHARE(quota) ((quota) / 8)

/*
 * Returns by how much the number of the window grows, for a window that began at the time "begun", in ns. 0: that
 * window still lasts. 1: the next one begins. 2: a new one begins after a window in which no event was recorded, so
 * that older counts are not taken for counts of the window just before.
 */
static __always_inline __u32 linx_budget_windows(__u64 now, __u64 begun)
{
	__u64 gone = now - begun;

	if ((__s64)gone < LINX_BUDGET_WINDOW_NS)
		return 0;
	return gone < 2 * LINX_BUDGET_WINDOW_NS ? 1 : 2;
}

/*
 * Returns the enum linx_budget_level with which a call begins a window. made, all: number of events of this call, and
 * of all calls, in the window before. quota: largest number of events in a window.
 */
static __always_inline __u32 linx_budget_first(__u32 made, __u32 all, __u32 quota)
{
	return made <= LINX_BUDGET_SHARE(quota) || all <= quota / 2 ? LINX_BUDGET_FULL : LINX_BUDGET_SCALARS;
}

/*
 * Returns the enum linx_budget_level of the next event of a call. level: the call's level so far. used, all: number of
 * recorded events of this call, and of all calls, in this window.
 */
static __always_inline __u32 linx_budget_next(__u32 level, __u32 used, __u32 all, __u32 quota)
{
	if (all >= quota)
		return LINX_BUDGET_COUNTS;
	if (used < LINX_BUDGET_SHARE(quota))
		return level;
	if (all >= quota - LINX_BUDGET_SHARE(quota))
		return LINX_BUDGET_COUNTS;
	return all >= quota / 2 && level < LINX_BUDGET_SCALARS ? LINX_BUDGET_SCALARS : level;
}

/*
 * Does sampling leave out this return of a call? every: the sampling rate N, by which one of N returns is recorded.
 * skip: number of returns that are still left out before the next recorded one. A skip that is too large for this rate
 * comes from a former rate and is ignored.
 */
static __always_inline int linx_sample_skips(__u32 skip, __u32 every)
{
	return skip && skip < every;
}

/*
 * Returns how many returns are left out after a recorded one. every: the sampling rate N, by which one of N returns is
 * recorded; 0: all are recorded.
 */
static __always_inline __u32 linx_sample_next(__u32 every)
{
	return every ? every - 1 : 0;
}

#endif
