/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Limits how many of the accepted events are recorded: sampling records one of every N returns of a call, and a budget
 * limits the events of a CPU per time. Sessions that use neither pay nothing. Implemented in filter/rate.c.
 */
#ifndef LINX_KMOD_RATE_H
#define LINX_KMOD_RATE_H

#include "capture/encode.h"
#include "core/clock.h"
#include "core/session.h"
#include "shared/rate_facts.h"

/* Sampling and budget of one call on one CPU; written by probes on that CPU. */
struct linx_rate_call {
	u64 sampled; /* returns that sampling left out */
	u64 counted; /* events lost to the budget */
	u32 skip; /* sampling: number of returns still to be left out before the next one is recorded */
	u32 window; /* number of the budget's window for which "made" and "used" are valid */
	u32 made, used; /* events of the call in that window: made: all; used: those recorded */
	u8 level; /* enum linx_budget_level */
};

/* Sampling and budget of one CPU. */
struct linx_rate {
	u64 begun; /* time at which the current window of the budget began */
	/*
	 * number of the current window; 1 more than that of the window before, 2 more if time without events lay
	 * between
	 */
	u32 window;
	u32 made, used; /* events in this window of all calls under the budget: made: all; used: those recorded */
	u32 made_before; /* "made" of the window just before; 0 if that had no events */
	u64 taken; /* linx_ring.selected when linx_rate_take_quick() last accepted an event; U64_MAX: unknown */
	struct linx_rate_call calls[LINX_KEYS];
};

/* Does sampling or a budget of the session apply to this call? */
static __always_inline bool linx_rate_applies(const struct linx_session *s, u32 key)
{
	const u16 *every = READ_ONCE(s->every);

	return READ_ONCE(s->quota) || (every && READ_ONCE(*(every + key)) > 1);
}

/*
 * Decides on an event that passed all filters and for which linx_rate_applies() is true. Probe context. Returns how
 * much of the event is recorded. LINX_BUDGET_COUNTS: nothing is recorded; the event has been counted.
 */
enum linx_budget_level linx_rate_take(struct linx_session *s, struct linx_ring *r, const struct linx_call *c, bool entry);
/*
 * Accepts an event on a fast path if the budget allows it without a change of its call's level. Called only for
 * sessions with a budget, and for calls that are neither sampled nor of priority. Returns false, and does nothing, if
 * the window is over or the level may change: linx_rate_take() then has to decide.
 */
static __always_inline bool linx_rate_take_quick(const struct linx_session *s, struct linx_ring *r, u32 key)
{
	struct linx_rate *rate = smp_load_acquire(&r->rate); /* pairs with get_rates() */
	u32 quota = READ_ONCE(s->quota);
	struct linx_rate_call *call;
	u64 now;

	if (unlikely(!rate || !linx_clock_quick(&now)))
		return false;
	call = rate->calls + key;
	if (unlikely((s64)(now - rate->begun) >= LINX_BUDGET_WINDOW_NS || call->window != rate->window ||
		     call->level != LINX_BUDGET_FULL || rate->used >= quota / 2))
		return false;
	rate->made++;
	rate->used++;
	call->made++;
	call->used++;
	rate->taken = r->selected;
	return true;
}

/*
 * Do sampling and budget let this event be recorded? Sets c->scalars if only scalars are recorded. entry: the event is
 * an entry, which sampling does not leave out.
 */
static __always_inline bool linx_rate_takes(struct linx_session *s, struct linx_ring *r, struct linx_call *c, bool entry)
{
	enum linx_budget_level level = LINX_BUDGET_FULL;

	if (unlikely(linx_rate_applies(s, c->key)))
		level = linx_rate_take(s, r, c, entry);
	c->scalars = level == LINX_BUDGET_SCALARS;
	return level != LINX_BUDGET_COUNTS;
}

/*
 * Decides on a hit of a probe. Called only in sessions with a budget, for hits that are not nested and have no
 * priority. count: counters of the probe's site on this CPU. Returns LINX_BUDGET_COUNTS if the hit was counted as lost,
 * in the ring and in *count.
 */
enum linx_budget_level linx_rate_take_hit(struct linx_session *s, struct linx_ring *r, struct linx_site_count *count, u64 now);

/* Does sampling leave out this return? If so, counts it; otherwise does nothing. */
bool linx_rate_skip(struct linx_session *s, struct linx_ring *r, u32 key);

/*
 * Makes the session count all returns, and record none: LINX_SETUP_COUNT. Called once, by SETUP. Returns 0 or -errno;
 * linx_rate_free() frees what it has made.
 */
int linx_rate_count_all(struct linx_session *s);

/*
 * Counts a return in a session that only counts. Its state was made by SETUP, before probes could see the session.
 * Probe context.
 */
static __always_inline void linx_rate_count(const struct linx_session *s, unsigned long key)
{
	(this_cpu_ptr(s->ring)->rate->calls + key)->sampled++; /* the caller bounds the key: no check of an index here */
}

/*
 * Replaces the sampling rates of all calls (linx_session.every) by the LINX_KEYS numbers in the array "every", and
 * stores the former rates in that array. Called by owner's ioctls with session.lock held. Returns 0 or -errno.
 */
int linx_rate_exchange(struct linx_session *s, u16 *every);
/* Sets the budget. per_second: events that each CPU may record; 0: no budget. Returns 0 or -errno. */
int linx_rate_budget(struct linx_session *s, u64 per_second);
/* Returns the bytes of rate state that linx_ring_charge() has counted against the limit of ring memory. */
u64 linx_rate_charged(const struct linx_session *s);
void linx_rate_free(struct linx_session *s);
/*
 * linx_rate_sampled_cpu() returns the number of events that sampling left out on one CPU. linx_rate_sum_sampled() adds
 * the numbers of each call, over all CPUs, to sum[LINX_KEYS].
 */
u64 linx_rate_sampled_cpu(const struct linx_ring *r);
void linx_rate_sum_sampled(const struct linx_session *s, u64 *sum);

#endif
