/* SPDX-License-Identifier: (GPL-2.0-only WITH Linux-syscall-note) OR LGPL-2.1-or-later */
/*
 * Rules that limit how many of the accepted events are recorded: sampling records one of every so many returns, and a
 * budget limits events per time. kmod/filter/rate.c describes both.
 */
#ifndef LINX_SHARED_RATE_FACTS_H
#define LINX_SHARED_RATE_FACTS_H

#include <linux/linx_record.h>
#include <linux/types.h>

/* Number of budget windows in a second. */
#define LINX_BUDGET_WINDOWS 8
#define LINX_BUDGET_WINDOW_NS (1000000000ll / LINX_BUDGET_WINDOWS)
/* Share of the budget that any call may use. */
#define LINX_BUDGET_SHARE(quota) ((quota) / 8)

/*
 * Returns how many windows have begun since the one at begun: 0, 1, or 2 after a window without events, so that no
 * older count looks like that of the window before.
 */
static __always_inline __u32 linx_budget_windows(__u64 now, __u64 begun)
{
	__u64 gone = now - begun;

	if ((__s64)gone < LINX_BUDGET_WINDOW_NS)
		return 0;
	return gone < 2 * LINX_BUDGET_WINDOW_NS ? 1 : 2;
}

/*
 * Returns the level at which a call begins a window. made, all: events of the call and of all calls in the window
 * before.
 */
static __always_inline __u32 linx_budget_first(__u32 made, __u32 all, __u32 quota)
{
	return made <= LINX_BUDGET_SHARE(quota) || all <= quota / 2 ? LINX_BUDGET_FULL : LINX_BUDGET_SCALARS;
}

/*
 * Returns the level of the call's next event. used, all: recorded events of the call and of all calls in this window.
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
 * Does sampling leave out a return, when skip more are to be left out? A skip from a former sampling rate does not
 * count.
 */
static __always_inline int linx_sample_skips(__u32 skip, __u32 every)
{
	return skip && skip < every;
}

/* Returns how many returns are left out after a recorded one. */
static __always_inline __u32 linx_sample_next(__u32 every)
{
	return every ? every - 1 : 0;
}

#endif
