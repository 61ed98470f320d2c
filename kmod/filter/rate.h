/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How much of what was selected and filtered is recorded: one of so many
 * (sampling), and as much as a budget allows. Sessions that ask for neither have
 * nothing of it. filter/rate.c
 */
#ifndef LINX_KMOD_RATE_H
#define LINX_KMOD_RATE_H

#include "capture/encode.h"
#include "core/clock.h"
#include "core/session.h"
#include "shared/rate_facts.h"

/* State of one call on one CPU; written by probes on that CPU. */
struct linx_rate_call {
	u64 sampled; /* left out by sampling */
	u64 counted; /* lost to the budget */
	u32 skip; /* sampling: so many are left out before the next */
	u32 window; /* to which the rest belongs */
	u32 made, used; /* events in it, and of them recorded */
	u8 level; /* enum linx_budget_level */
};

/* State of one CPU. */
struct linx_rate {
	u64 begun; /* this window */
	u64 sampled;
	u32 window; /* number of this window; advances by 2 after a window without events, so that older counts are of no neighbour */
	u32 made, used; /* events of all calls that the budget is about */
	u32 made_before; /* in the window before */
	u64 taken; /* linx_ring.selected when linx_rate_take_quick() took an event, which may come again by the slow path; else old */
	struct linx_rate_call calls[LINX_KEYS];
};

/* Has the session anything to ask of this call? */
static __always_inline bool linx_rate_applies(const struct linx_session *s, u32 key)
{
	const u16 *every = READ_ONCE(s->every);

	return READ_ONCE(s->quota) || (every && READ_ONCE(*(every + key)) > 1);
}

/*
 * Probe context, of an event that nothing else leaves out; linx_rate_applies() was true.
 * Returns how much of it is recorded; COUNTS: not at all, and that is counted.
 */
enum linx_budget_level linx_rate_take(struct linx_session *s, struct linx_ring *r, const struct linx_call *c, bool entry);
/*
 * The same of an event on the fast path, in a session with a budget, of a call that is not sampled and has no priority.
 * false: nothing has been done, linx_rate_take() has to decide: the window is over, or the call may have to step down
 * or back.
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

/* Is it to be recorded, by what sampling and budget say, and how? entry: it is no return that sampling may leave out. */
static __always_inline bool linx_rate_takes(struct linx_session *s, struct linx_ring *r, struct linx_call *c, bool entry)
{
	enum linx_budget_level level = LINX_BUDGET_FULL;

	if (unlikely(linx_rate_applies(s, c->key)))
		level = linx_rate_take(s, r, c, entry);
	c->scalars = level == LINX_BUDGET_SCALARS;
	return level != LINX_BUDGET_COUNTS;
}

/* A return that sampling leaves out: counted, if so; else nothing has been done. */
bool linx_rate_skip(struct linx_session *s, struct linx_ring *r, u32 key);

/*
 * Owner's ioctls, session.lock held. every: LINX_KEYS numbers; holds afterwards what was
 * set before.
 */
int linx_rate_exchange(struct linx_session *s, u16 *every);
/* per_second: events of a CPU, 0: no budget. */
int linx_rate_budget(struct linx_session *s, u64 per_second);
/* Bytes of the rings' limit that they take: linx_ring_charge(). */
u64 linx_rate_charged(const struct linx_session *s);
void linx_rate_free(struct linx_session *s);
/* Events left out by sampling: of a CPU; of each call, added to sum[LINX_KEYS]. */
u64 linx_rate_sampled_cpu(const struct linx_ring *r);
void linx_rate_sum_sampled(const struct linx_session *s, u64 *sum);

#endif
