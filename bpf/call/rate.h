/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Limits how many of the events that pass all filters are recorded: sampling records one of every N returns of a call,
 * and a budget limits the events per time. shared/rate_facts.h has the rules.
 */
#ifndef LINX_BPF_RATE_H
#define LINX_BPF_RATE_H

#include "call/call.h"
#include "filter/filter.h"
#include "shared/rate_facts.h"

MAP_OF(rates, MAP_ARRAY, 1, MAP_MMAPABLE, __u32, struct linx_bpf_rate);

static __always_inline struct linx_bpf_rate *rate_of(struct cpu *x)
{
	__u32 at = x->number * (LINX_ABI_NR * LINX_NR_MAX) + x->w->key;

	return bpf_map_lookup_elem(&rates, &at);
}

/*
 * Does sampling leave out this return? On each CPU the first return of a call is recorded, and then one of every N
 * returns. N is x->w->every.
 */
static __always_inline bool is_sampled_out(struct cpu *x, struct linx_bpf_rate *rate)
{
	__u32 every = x->w->every;

	if (linx_sample_skips(rate->skip, every)) {
		rate->skip--;
		rate->sampled++;
		return true;
	}
	rate->skip = linx_sample_next(every);
	return false;
}

static __always_inline void roll_window(struct linx_bpf_cpu *c, __u64 now)
{
	__u32 windows = linx_budget_windows(now, c->window_begun);

	if (!windows)
		return;
	c->made_before = windows == 1 ? c->made : 0;
	c->window += windows;
	c->window_begun = now;
	c->made = c->used = 0;
}

static __always_inline int put_budget_step(struct cpu *x, __u32 from, __u32 to, __u64 counted)
{
	struct work *w = x->w;

	set_number(w);
	if (!rec_begin(x, LINX_REC_BUDGET, true, NO_CALL_BUT_OTHER))
		return 0;
	put_word(x, w->at, from | (__u64)to << 32);
	put_word(x, w->at + 8, counted);
	w->at += sizeof(struct linx_budget_step);
	put_nameless(x);
	rec_commit(x, NO_CALL_BUT_OTHER);
	return 0;
}

static __noinline __u32 budget_level(struct cpu *x, struct linx_bpf_rate *rate, __u32 quota)
{
	struct linx_bpf_cpu *c = x->c;
	__u32 level = rate->level;

	roll_window(c, x->w->time);
	if (rate->window != c->window) {
		level = linx_budget_first(rate->window + 1 == c->window ? rate->made : 0, c->made_before, quota);
		rate->window = c->window;
		rate->made = rate->used = 0;
	}
	level = linx_budget_next(level, rate->used, c->used, quota);
	if (level != rate->level)
		put_budget_step(x, rate->level, level, rate->counted);
	rate->level = level;
	c->made++;
	rate->made++;
	c->used += level != LINX_BUDGET_COUNTS;
	rate->used += level != LINX_BUDGET_COUNTS;
	return level;
}

static __noinline int count_alone(struct cpu *x)
{
	struct linx_bpf_count *n = count_of(x, x->w->key);

	x->c->selected++;
	if (n)
		n->selected++;
	return lost(x, LINX_LOST_BUDGET, x->w->key);
}

/*
 * Returns how much of this event is recorded: LINX_BUDGET_*. entry: sampling does not apply to the event, only the
 * budget does.
 */
static __noinline __u32 rate_take(struct cpu *x, bool entry)
{
	__u32 quota = settings()->quota, level;
	struct linx_bpf_rate *rate = rate_of(x);

	if (!rate)
		return LINX_BUDGET_FULL;
	if (!entry && is_sampled_out(x, rate))
		return LINX_BUDGET_COUNTS;
	if (!quota || x->w->want & LINX_BPF_PRIO)
		return LINX_BUDGET_FULL;
	level = budget_level(x, rate, quota);
	if (level == LINX_BUDGET_COUNTS) {
		rate->counted++;
		count_alone(x);
	}
	return level;
}

/* Do sampling and budget let this event be recorded? If not, it has been counted as left out. */
static __always_inline bool rate_takes(struct cpu *x, bool entry)
{
	__u32 level = LINX_BUDGET_FULL;

	if (settings()->quota || x->w->every > 1)
		level = rate_take(x, entry);
	x->w->scalars = level == LINX_BUDGET_SCALARS;
	return level != LINX_BUDGET_COUNTS;
}

#endif
