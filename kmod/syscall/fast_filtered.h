/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Fast paths of a session that filters, samples or keeps entry times. They decide whether a call is recorded, and call
 * the path in syscall/fast_paths.h that writes the record of an accepted call. Each function ends the probe. This
 * header is a part of syscall/fast.c, as syscall/fast_paths.h is.
 *
 * Probe context, preemption off.
 */
#ifndef LINX_KMOD_FAST_FILTERED_H
#define LINX_KMOD_FAST_FILTERED_H

#include <linux/percpu.h>
#include "syscall/calls.h"
#include "core/clock.h"
#include "compat/compat.h"
#include "filter/cgroup.h"
#include "filter/filter.h"
#include "filter/predicate.h"
#include "core/probe_guard.h"
#include "filter/rate.h"
#include "core/session.h"
#include "filter/entry_time.h"
#include "syscall/fast_dispatch.h"

/*
 * Ends the probe of a return that is not recorded. If an entry slot holds the time at which the call began, the slot
 * becomes idle.
 */
static __always_inline void leave_out(struct linx_session *s, unsigned long key, u32 fast)
{
	if (fast & LINX_FAST_TIMED && unlikely(!linx_entry_slot_quick_take(s, key)))
		linx_entry_slot_take(s, key);
	probe_leave();
}

/* Returns false for the return that a new child makes from the fork of its parent: the child made no call. */
static __always_inline bool is_call(unsigned long key, long ret)
{
	return ret || !(linx_table_row(key)->flags & LINX_ROW_FORK);
}

static __always_inline void leave_return(struct linx_session *s, unsigned long key, long ret, u32 fast)
{
	this_cpu_ptr(s->ring)->filtered += is_call(key, ret);
	leave_out(s, key, fast);
}

static __always_inline void exit_filtered_fast(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key, u32 fast)
{
	if (fast & LINX_FAST_TIMED)
		return exit_timed(s, regs, ret, key, fast & LINX_FAST_MASK);
	exit_accepted(s, regs, ret, key, fast & LINX_FAST_MASK);
}


static __always_inline bool is_other(const struct linx_session *s)
{
	const unsigned long *tgid_only = READ_ONCE(s->tgid_only);

	return tgid_only && !test_bit(current->tgid, tgid_only);
}

/* The decision of a session's filters about a call. */
enum verdict {
	REJECTED,
	ACCEPTED,
	UNDECIDED, /* only the slow path can decide */
};

static __always_inline enum verdict verdict_of_values(const struct linx_session *s, struct pt_regs *regs, long ret,
						      unsigned long key, bool entering)
{
	int listed = linx_filter_cgroup_quick(s);

	if (unlikely(listed <= 0))
		return listed ? UNDECIDED : REJECTED;
	if (READ_ONCE(s->filter) & LINX_FILTER_PREDICATE && !linx_predicate_fast(s, regs, ret, key, entering))
		return REJECTED;
	return ACCEPTED;
}

/* Is a filter on durations being set now? These fast paths cannot apply one, as they have no entry time. */
static __always_inline bool asks_duration(const struct linx_session *s)
{
	return unlikely(READ_ONCE(s->filter) & (LINX_FILTER_DURATION | (s->entry_slots ? LINX_FILTER_PREDICATE : 0)));
}

/* Returns the verdict of all filters except a list of processes. */
static __always_inline enum verdict verdict_of(const struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key)
{
	if (asks_duration(s))
		return UNDECIDED;
	if (!linx_filter_task(s, current) || !linx_filter_call(s, ret, 0, 0))
		return REJECTED;
	return verdict_of_values(s, regs, ret, key, false);
}

/* Handles a return that the filters did not accept. */
static __always_inline void exit_unaccepted(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key, u32 fast,
					    enum verdict verdict)
{
	if (verdict == UNDECIDED)
		return linx_exit_slow(s, regs, ret, key, key);
	leave_return(s, key, ret, fast);
}

static LINX_TAIL_FN void exit_filtered_slow(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key, u32 fast)
{
	enum verdict verdict = verdict_of(s, regs, ret, key);

	if (verdict != ACCEPTED)
		return exit_unaccepted(s, regs, ret, key, fast, verdict);
	exit_filtered_fast(s, regs, ret, key, fast);
}

/* Calls leave_return(). It has the same parameters as its callers, so that their arguments stay in their registers. */
static LINX_TAIL_FN void leave_rejected(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key, u32 fast)
{
	leave_return(s, key, ret, fast);
}

/* Handles a return that sampling may leave out. */
static LINX_TAIL_FN void exit_sampled(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key, u32 fast)
{
	enum verdict verdict = verdict_of(s, regs, ret, key);

	if (verdict != ACCEPTED)
		return exit_unaccepted(s, regs, ret, key, fast, verdict);
	if (!is_call(key, ret) || linx_rate_skip(s, this_cpu_ptr(s->ring), key))
		return leave_out(s, key, fast);
	linx_exit_slow(s, regs, ret, key, key);
}

/*
 * Handles a return that counts against a budget. The slow path handles the return if the budget may change how much of
 * its call is recorded.
 */
static LINX_TAIL_FN void exit_budget(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key, u32 fast)
{
	enum verdict verdict = READ_ONCE(s->filter) ? verdict_of(s, regs, ret, key) : ACCEPTED;

	if (verdict != ACCEPTED)
		return exit_unaccepted(s, regs, ret, key, fast, verdict);
	if (!is_call(key, ret))
		return leave_out(s, key, fast);
	if (!linx_rate_take_quick(s, this_cpu_ptr(s->ring), key))
		return linx_exit_slow(s, regs, ret, key, key);
	exit_filtered_fast(s, regs, ret, key, fast);
}

/* Handles a return on a path with LINX_FAST_SPECIAL (sampling, HTTP headers), by all filters. */
static LINX_TAIL_FN void exit_special_slow(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key, u32 fast)
{
	enum verdict verdict;

	if ((fast & LINX_FAST_MASK) == LINX_FAST_NONE)
		return exit_sampled(s, regs, ret, key, fast);
	verdict = verdict_of(s, regs, ret, key);
	if (verdict != ACCEPTED)
		return exit_unaccepted(s, regs, ret, key, fast, verdict);
	exit_http_path(s, regs, ret, key, fast);
}

static LINX_TAIL_FN void exit_special(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key, u32 fast)
{
	const unsigned long *tgid_only = READ_ONCE(s->tgid_only);

	if (fast & LINX_FAST_FILTERED_SLOW || unlikely(!tgid_only)) /* NULL: the filter is being changed */
		return exit_special_slow(s, regs, ret, key, fast);
	if (!test_bit(current->tgid, tgid_only))
		return leave_rejected(s, regs, ret, key, fast);
	exit_http_path(s, regs, ret, key, fast);
}

/*
 * Runs a short program that is the only filter of a session without entry times; most conditions become such a program.
 * Returns LINX_TEST_ACCEPT, LINX_TEST_REJECT or LINX_TEST_ALL.
 */
static __always_inline unsigned long tests_say(const struct linx_session *s, const struct linx_predicate *p, long ret,
					       unsigned long key, bool entering)
{
	return linx_predicate_quick(&this_cpu_ptr(s->ring)->judged, p, ret, key, entering);
}

static LINX_TAIL_FN void exit_tested_all(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key, u32 fast,
					 const struct linx_predicate *p)
{
	if (!linx_predicate_all(&this_cpu_ptr(s->ring)->judged, p, ret, key, false))
		return leave_rejected(s, regs, ret, key, fast);
	if (fast & LINX_FAST_SPECIAL)
		return exit_http_path(s, regs, ret, key, fast);
	exit_accepted(s, regs, ret, key, fast & LINX_FAST_MASK);
}

static LINX_TAIL_FN void exit_tested(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key, u32 fast,
				     const struct linx_predicate *p)
{
	unsigned long says = tests_say(s, p, ret, key, false);

	if (says != LINX_TEST_ACCEPT)
		return says == LINX_TEST_ALL ? exit_tested_all(s, regs, ret, key, fast, p) : leave_rejected(s, regs, ret, key, fast);
	exit_accepted(s, regs, ret, key, fast & LINX_FAST_MASK);
}

/*
 * Handles a return on a path with LINX_FAST_SPECIAL (sampling, HTTP headers), if a short program is the session's only
 * filter.
 */
static LINX_TAIL_FN void exit_tested_special(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key, u32 fast,
					     const struct linx_predicate *p)
{
	unsigned long says;

	if ((fast & LINX_FAST_MASK) == LINX_FAST_NONE)
		return exit_sampled(s, regs, ret, key, fast);
	says = tests_say(s, p, ret, key, false);
	if (says != LINX_TEST_ACCEPT)
		return says == LINX_TEST_ALL ? exit_tested_all(s, regs, ret, key, fast, p) : leave_rejected(s, regs, ret, key, fast);
	exit_http_path(s, regs, ret, key, fast);
}

/* Handles a return in a session that filters, of a task that the reader knows and that is not the session's owner. */
static LINX_TAIL_FN void exit_filtered(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key, u32 fast)
{
	const struct linx_predicate *quick = READ_ONCE(s->quick_predicate);
	const unsigned long *tgid_only;

	if (quick)
		return fast & LINX_FAST_SPECIAL ? exit_tested_special(s, regs, ret, key, fast, quick) :
						  exit_tested(s, regs, ret, key, fast, quick);
	if (fast & (LINX_FAST_SPECIAL | LINX_FAST_FILTERED_SLOW))
		return fast & LINX_FAST_SPECIAL ? exit_special(s, regs, ret, key, fast) : exit_filtered_slow(s, regs, ret, key, fast);
	tgid_only = READ_ONCE(s->tgid_only);
	if (unlikely(!tgid_only)) /* the filter is being changed */
		return exit_filtered_slow(s, regs, ret, key, fast);
	if (!test_bit(current->tgid, tgid_only))
		return leave_return(s, key, ret, fast);
	exit_filtered_fast(s, regs, ret, key, fast);
}

/* Handles a return of a task that the reader does not know, perhaps because filters leave it out. */
static LINX_TAIL_FN void exit_unannounced(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key)
{
	u32 fast = READ_ONCE(*(s->exit_fast + key));

	if (is_other(s) && fast & (LINX_FAST_FILTERED | LINX_FAST_BUDGET))
		return leave_return(s, key, ret, fast);
	linx_exit_slow(s, regs, ret, key, key);
}

/*
 * Do the filters of tasks accept the current task? On a path without LINX_FAST_FILTERED_SLOW the list of processes is
 * the only such filter.
 */
static __always_inline bool task_is_accepted(const struct linx_session *s, u32 fast)
{
	const unsigned long *tgid_only = READ_ONCE(s->tgid_only);

	if (fast & LINX_FAST_FILTERED_SLOW || unlikely(!tgid_only)) /* NULL: the filter is being changed */
		return linx_filter_task(s, current);
	return test_bit(current->tgid, tgid_only);
}

/*
 * Ends the probe of an entry that is left out. record: the entry would have had a record, and therefore counts as
 * filtered.
 */
static __always_inline void leave_entry(struct linx_session *s, bool record)
{
	this_cpu_ptr(s->ring)->filtered += record;
	probe_leave();
}

static LINX_TAIL_FN void enter_filtered_slow(struct linx_session *s, struct pt_regs *regs, unsigned long key, u32 fast)
{
	enum verdict verdict = verdict_of_values(s, regs, 0, key, true);

	if (verdict != ACCEPTED)
		return verdict == UNDECIDED ? linx_enter_slow(s, regs, key, key) : leave_entry(s, true);
	if (fast & LINX_FAST_BUDGET && !linx_rate_take_quick(s, this_cpu_ptr(s->ring), key))
		return linx_enter_slow(s, regs, key, key);
	enter_recorded(s, regs, key, fast & LINX_FAST_MASK);
}

static LINX_TAIL_FN void enter_more(struct linx_session *s, struct pt_regs *regs, unsigned long key, u32 fast)
{
	bool record = (fast & LINX_FAST_MASK) != LINX_FAST_NONE;
	u64 now;

	if (fast & LINX_FAST_FILTERED && !task_is_accepted(s, fast))
		return leave_entry(s, record);
	if (fast & LINX_FAST_TIMED) {
		if (unlikely(!linx_clock_quick(&now) || !linx_entry_slot_quick_set(s, key, linx_entry_begin(s, now))))
			return linx_enter_slow(s, regs, key, key);
		if (!record)
			return probe_leave();
	}
	if (fast & LINX_FAST_FILTERED_SLOW)
		return enter_filtered_slow(s, regs, key, fast);
	enter_recorded(s, regs, key, fast & LINX_FAST_MASK);
}

static LINX_TAIL_FN void leave_rejected_entry(struct linx_session *s)
{
	leave_entry(s, true);
}

static LINX_TAIL_FN void enter_tested_all(struct linx_session *s, struct pt_regs *regs, unsigned long key, u32 fast,
					  const struct linx_predicate *p)
{
	if (!linx_predicate_all(&this_cpu_ptr(s->ring)->judged, p, 0, key, true))
		return leave_rejected_entry(s);
	enter_recorded(s, regs, key, fast & LINX_FAST_MASK);
}

static LINX_TAIL_FN void enter_tested(struct linx_session *s, struct pt_regs *regs, unsigned long key, u32 fast,
				      const struct linx_predicate *p)
{
	unsigned long says = tests_say(s, p, 0, key, true);

	if (says != LINX_TEST_ACCEPT)
		return says == LINX_TEST_ALL ? enter_tested_all(s, regs, key, fast, p) : leave_rejected_entry(s);
	enter_recorded(s, regs, key, fast & LINX_FAST_MASK);
}

/* Handles an entry in a session that filters or keeps entry times. */
static LINX_TAIL_FN void enter_filtered(struct linx_session *s, struct pt_regs *regs, unsigned long key, u32 fast)
{
	const struct linx_predicate *quick = READ_ONCE(s->quick_predicate);

	fast = entry_path(regs, fast);
	if (unlikely((fast & (LINX_FAST_MASK | LINX_FAST_TIMED)) == LINX_FAST_NONE))
		return probe_leave();
	if (quick)
		return enter_tested(s, regs, key, fast, quick);
	enter_more(s, regs, key, fast);
}

static LINX_TAIL_FN void enter_unannounced(struct linx_session *s, struct pt_regs *regs, unsigned long key)
{
	u32 fast = entry_path(regs, READ_ONCE(*(s->enter_fast + key)));

	if (is_other(s) && fast & LINX_FAST_FILTERED)
		return leave_entry(s, (fast & LINX_FAST_MASK) != LINX_FAST_NONE);
	linx_enter_slow(s, regs, key, key);
}

#endif
