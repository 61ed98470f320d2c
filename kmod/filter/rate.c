// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sampling and budget. Events that sampling leaves out are counted before selection. Events that a budget leaves out
 * count as selected and lost, with a cause of their own.
 *
 * Sampling with the rate N (linx_session.every) records the first return of a call on a CPU, and then one of every N
 * returns. Sampled calls have no entry records, since nothing is stored at an entry that shows whether its return will
 * be recorded.
 *
 * A session that only counts (LINX_SETUP_COUNT) leaves out all returns, and counts them as sampling counts those that
 * it leaves out.
 *
 * A budget is the number of events that a CPU may record in a window of time. A call that uses more than its share
 * steps down. Once half of the budget is used, only scalars of such a call are recorded, without captured memory. Once
 * no more than the share of one call is left, its events are only counted. When all is used, no call is recorded until
 * the window ends. In the next window each call steps back up: to scalars if it is still too frequent, otherwise to
 * everything. Each step is reported by a record. Operations of io_uring count as the calls that they stand for.
 * Priority calls (linx_session.prio) and context records do not count against the budget.
 *
 * Probe context, except the functions for owner's ioctls at the end of this file. The state of a CPU is written only by
 * probes on that CPU.
 */
#include <linux/slab.h>
#include <linux/mm.h>
#include <linux/string.h>
#include "capture/encode.h"
#include "filter/rate.h"
#include "ring/ring_fast.h"
#include "ring/ring_mem.h"

bool linx_rate_skip(struct linx_session *s, struct linx_ring *r, u32 key)
{
	struct linx_rate *rate = smp_load_acquire(&r->rate); /* pairs with get_rates(), as do all loads of r->rate */
	const u16 *every = READ_ONCE(s->every);
	struct linx_rate_call *call;

	if (!rate || !every)
		return false;
	call = rate->calls + key;
	if (s->flags & LINX_SETUP_COUNT) {
		call->sampled++;
		return true;
	}
	if (!call->skip)
		return false;
	if (!linx_sample_skips(call->skip, READ_ONCE(*(every + key)))) {
		call->skip = 0;
		return false;
	}
	call->skip--;
	call->sampled++;
	return true;
}

static void roll_window(struct linx_rate *rate, u64 now)
{
	u32 windows = linx_budget_windows(now, rate->begun);

	if (likely(!windows))
		return;
	rate->made_before = windows == 1 ? rate->made : 0;
	rate->window += windows;
	rate->begun = now;
	rate->made = rate->used = 0;
}

static void emit_step(struct linx_session *s, struct linx_ring *r, const struct linx_call *c, u8 from, u8 to, u64 counted)
{
	struct linx_fill *f = linx_rec_begin(s, r, LINX_REC_BUDGET, c->now, LINX_FIXED_MAX, true, LINX_CALL_BUDGET, c->key, 0);

	if (!f)
		return;
	*(struct linx_budget_step *)f->p = (struct linx_budget_step){ .from = from, .to = to, .counted = counted };
	f->p += sizeof(struct linx_budget_step);
	if (linx_nameless(c))
		linx_put_number(f, c->nr);
	linx_rec_commit(f);
}

static void count_alone(struct linx_ring *r, const struct linx_call *c)
{
	bool whole = smp_load_acquire(&r->area); /* pairs with linx_ring_open() */
	u64 seq = r->selected++;

	if (whole)
		r->calls[c->key].selected++;
	linx_ring_lost(r, LINX_LOST_BUDGET, seq, linx_ring_time(r, c->now), whole ? (int)c->key : -1, false);
}

static enum linx_budget_level budget_level(struct linx_session *s, struct linx_ring *r, struct linx_rate *rate,
				    const struct linx_call *c, u32 quota)
{
	struct linx_rate_call *call = rate->calls + c->key;
	u8 level = call->level;

	roll_window(rate, c->now);
	if (call->window != rate->window) {
		level = linx_budget_first(call->window + 1 == rate->window ? call->made : 0, rate->made_before, quota);
		call->window = rate->window;
		call->made = call->used = 0;
	}
	level = linx_budget_next(level, call->used, rate->used, quota);
	if (level != call->level)
		emit_step(s, r, c, call->level, level, call->counted);
	call->level = level;
	rate->made++;
	call->made++;
	rate->used += level != LINX_BUDGET_COUNTS;
	call->used += level != LINX_BUDGET_COUNTS;
	return level;
}

enum linx_budget_level linx_rate_take(struct linx_session *s, struct linx_ring *r, const struct linx_call *c, bool entry)
{
	struct linx_rate *rate = smp_load_acquire(&r->rate);
	const u16 *every = READ_ONCE(s->every);
	u32 quota = READ_ONCE(s->quota);
	enum linx_budget_level level;

	lockdep_assert_preemption_disabled();
	if (!rate)
		return LINX_BUDGET_FULL; /* the ring's rate state is being made */
	if (!entry && every) {
		if (linx_rate_skip(s, r, c->key))
			return LINX_BUDGET_COUNTS;
		rate->calls[c->key].skip = linx_sample_next(READ_ONCE(*(every + c->key)));
	}
	if (!quota || linx_bit(s->prio, c->key))
		return LINX_BUDGET_FULL;
	if (rate->taken == r->selected) { /* the fast path accepted this event, and then could not write its record */
		rate->taken = U64_MAX;
		return LINX_BUDGET_FULL;
	}
	level = budget_level(s, r, rate, c, quota);
	if (level == LINX_BUDGET_COUNTS) {
		rate->calls[c->key].counted++;
		count_alone(r, c);
	}
	return level;
}

/*
 * Sites of probes step down within a window as calls do, but begin each window at the level LINX_BUDGET_FULL. A step of
 * a site writes no BUDGET record, since gap records report what was lost.
 */
enum linx_budget_level linx_rate_take_hit(struct linx_session *s, struct linx_ring *r, struct linx_site_count *count, u64 now)
{
	struct linx_rate *rate = smp_load_acquire(&r->rate);
	u32 quota = READ_ONCE(s->quota);
	enum linx_budget_level level;

	if (!rate || !quota)
		return LINX_BUDGET_FULL;
	roll_window(rate, now);
	if (count->window != rate->window) {
		count->window = rate->window;
		count->used = 0;
	}
	level = linx_budget_next(LINX_BUDGET_FULL, count->used, rate->used, quota);
	rate->made++;
	rate->used += level != LINX_BUDGET_COUNTS;
	count->used += level != LINX_BUDGET_COUNTS;
	if (level == LINX_BUDGET_COUNTS) {
		count->lost[LINX_LOST_BUDGET]++;
		linx_ring_lost(r, LINX_LOST_BUDGET, r->selected++, linx_ring_time(r, now), -1, false);
	}
	return level;
}

/*
 * Allocates the rate state of one CPU. It is charged like the memory of rings, since many CPUs need much. Returns NULL
 * if the limit of ring memory is reached, or if there is no memory.
 */
static struct linx_rate *make_rate(struct linx_session *s)
{
	struct linx_rate *rate;

	if (linx_ring_charge(s, sizeof(*rate)))
		return NULL;
	rate = kvzalloc(sizeof(*rate), LINX_GFP);
	if (!rate)
		linx_ring_uncharge(s, sizeof(*rate));
	return rate;
}

/* Allocates the rate state of each possible CPU: one may come online later. */
static int get_rates(struct linx_session *s)
{
	struct linx_rate *rate;
	int cpu;

	for_each_possible_cpu(cpu) {
		struct linx_ring *r = per_cpu_ptr(s->ring, cpu);

		if (r->rate)
			continue;
		rate = make_rate(s);
		if (!rate)
			return -ENOMEM;
		rate->taken = U64_MAX;
		smp_store_release(&r->rate, rate);
	}
	return 0;
}

int linx_rate_count_all(struct linx_session *s)
{
	int err = get_rates(s);
	u32 key;

	if (err)
		return err;
	if (!s->every)
		s->every = kvcalloc(LINX_KEYS, sizeof(*s->every), LINX_GFP);
	if (!s->every)
		return -ENOMEM;
	for (key = 0; key < LINX_KEYS; key++)
		s->every[key] = U16_MAX;
	return 0;
}

int linx_rate_exchange(struct linx_session *s, u16 *every)
{
	u32 key;
	u16 *to;
	int err;

	lockdep_assert_held(&s->lock);
	if (!s->every && !memchr_inv(every, 0, LINX_KEYS * sizeof(*every)))
		return 0;
	err = get_rates(s);
	if (err)
		return err;
	if (!s->every) {
		to = kvcalloc(LINX_KEYS, sizeof(*to), LINX_GFP);
		if (!to)
			return -ENOMEM;
		smp_store_release(&s->every, to); /* the zeroes are visible first; readers have an address dependency */
	}
	for (key = 0; key < LINX_KEYS; key++) {
		u16 had = s->every[key];

		WRITE_ONCE(s->every[key], every[key]);
		every[key] = had;
	}
	return 0;
}

int linx_rate_budget(struct linx_session *s, u64 per_second)
{
	u64 quota = per_second / LINX_BUDGET_WINDOWS;
	int err;

	lockdep_assert_held(&s->lock);
	if (per_second && (per_second < LINX_BUDGET_MIN || quota > U32_MAX / 2))
		return -EINVAL;
	err = per_second ? get_rates(s) : 0;
	if (!err)
		WRITE_ONCE(s->quota, quota);
	return err;
}

u64 linx_rate_charged(const struct linx_session *s)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += per_cpu_ptr(s->ring, cpu)->rate ? sizeof(struct linx_rate) : 0;
	return sum;
}

/* Frees the state of sampling and budget. Called when no probe can see the session any more. */
void linx_rate_free(struct linx_session *s)
{
	int cpu;

	for_each_possible_cpu(cpu)
		kvfree(per_cpu_ptr(s->ring, cpu)->rate);
	kvfree(s->every);
}

u64 linx_rate_sampled_cpu(const struct linx_ring *r)
{
	const struct linx_rate *rate = smp_load_acquire(&r->rate);
	u64 sum = 0;
	u32 key;

	for (key = 0; rate && key < LINX_KEYS; key++)
		sum += READ_ONCE(rate->calls[key].sampled);
	return sum;
}

void linx_rate_sum_sampled(const struct linx_session *s, u64 *sum)
{
	const struct linx_rate *rate;
	u32 key;
	int cpu;

	for_each_possible_cpu(cpu) {
		rate = smp_load_acquire(&per_cpu_ptr(s->ring, cpu)->rate);
		for (key = 0; rate && key < LINX_KEYS; key++)
			sum[key] += READ_ONCE(rate->calls[key].sampled);
	}
}
