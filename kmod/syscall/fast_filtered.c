// SPDX-License-Identifier: GPL-2.0-only
/*
 * Usual calls of a session that asks more of them than whether it met the task:
 * that filters, samples or keeps times. What passes goes on with its way,
 * syscall/fast.c; each function ends the probe, as there.
 *
 * Probe context, preemption off.
 */
#include <linux/percpu.h>
#include "syscall/calls.h"
#include "core/clock.h"
#include "compat/compat.h"
#include "capture/encode.h"
#include "filter/filter.h"
#include "filter/predicate.h"
#include "core/probe_guard.h"
#include "filter/rate.h"
#include "core/session.h"
#include "filter/entry_time.h"

/* The task is not in a call any more, if its slot said so. */
static __always_inline void leave_out(struct linx_session *s, unsigned long key, u8 way)
{
	if (way & LINX_WAY_TIMED && unlikely(!linx_slot_quick_take(s, key)))
		linx_slot_take(s, key);
	probe_leave();
}

/* Of a child it is no call that the child made: nothing counts it. */
static __always_inline bool is_call(unsigned long key, long ret)
{
	return ret || !(linx_table_row(key)->flags & LINX_ROW_FORK);
}

static __always_inline void leave_return(struct linx_session *s, unsigned long key, long ret, u8 way)
{
	this_cpu_ptr(s->ring)->filtered += is_call(key, ret);
	leave_out(s, key, way);
}

static __always_inline void exit_asked_way(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key, u8 way)
{
	if (way & LINX_WAY_TIMED)
		return linx_exit_timed(s, regs, ret, key, way & LINX_WAY_MASK);
	linx_exit_passed(s, regs, ret, key, way & LINX_WAY_MASK);
}

/* Is the current task's process on the list, and is there none? */
static __always_inline bool is_only(const struct linx_session *s)
{
	const unsigned long *only = READ_ONCE(s->only);

	return only && test_bit(current->tgid, only);
}

static __always_inline bool is_other(const struct linx_session *s)
{
	const unsigned long *only = READ_ONCE(s->only);

	return only && !test_bit(current->tgid, only);
}

static bool predicate_passes(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key, bool entering)
{
	struct linx_call c = { .regs = regs, .row = linx_table_row(key), .nr = key, .ret = ret, .key = key };

	return linx_predicate(s, &c, entering, 0);
}

static LINX_APART void exit_asked_more(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key, u8 way)
{
	if (!linx_filter_task(s, current) || !linx_filter_call(s, ret, 0, 0) || !predicate_passes(s, regs, ret, key, false))
		return leave_return(s, key, ret, way);
	if ((way & LINX_WAY_MASK) == LINX_WAY_NONE) {
		if (!is_call(key, ret) || linx_rate_skip(s, this_cpu_ptr(s->ring), key))
			return leave_out(s, key, way);
		return linx_exit_long(s, regs, ret, key, key);
	}
	exit_asked_way(s, regs, ret, key, way);
}

/* A return in a session that filters, of a task that it has met: none of its owner's. */
LINX_APART void linx_exit_asked(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key, u8 way)
{
	if (way & LINX_WAY_ASK_MORE)
		return exit_asked_more(s, regs, ret, key, way);
	if (!is_only(s))
		return leave_return(s, key, ret, way);
	exit_asked_way(s, regs, ret, key, way);
}

/* One of a task that the session has not met, perhaps because it is none of its own. */
LINX_APART void linx_exit_unmet(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key)
{
	u8 way = READ_ONCE(*(s->exit_way + key));

	if (is_other(s) && way & LINX_WAY_ASK)
		return leave_return(s, key, ret, way);
	linx_exit_long(s, regs, ret, key, key);
}

/* record: there would have been one. */
static __always_inline void leave_entry(struct linx_session *s, bool record)
{
	this_cpu_ptr(s->ring)->filtered += record;
	probe_leave();
}

static LINX_APART void enter_asked_more(struct linx_session *s, struct pt_regs *regs, unsigned long key, u8 way)
{
	if (!predicate_passes(s, regs, 0, key, true))
		return leave_entry(s, true);
	linx_enter_recorded(s, regs, key, way & LINX_WAY_MASK);
}

/* An entry in a session that filters or keeps times. */
LINX_APART void linx_enter_asked(struct linx_session *s, struct pt_regs *regs, unsigned long key, u8 way)
{
	bool record = (way & LINX_WAY_MASK) != LINX_WAY_NONE;
	u64 now;

	if (way & LINX_WAY_ASK && !(way & LINX_WAY_ASK_MORE ? linx_filter_task(s, current) : is_only(s)))
		return leave_entry(s, record);
	if (way & LINX_WAY_TIMED) {
		if (unlikely(!linx_clock_quick(&now) || !linx_slot_quick_set(s, key, now)))
			return linx_enter_long(s, regs, key, key);
		if (!record)
			return probe_leave();
	}
	if (way & LINX_WAY_ASK_MORE)
		return enter_asked_more(s, regs, key, way);
	linx_enter_recorded(s, regs, key, way & LINX_WAY_MASK);
}

LINX_APART void linx_enter_unmet(struct linx_session *s, struct pt_regs *regs, unsigned long key)
{
	u8 way = READ_ONCE(*(s->enter_way + key));

	if (is_other(s) && way & LINX_WAY_ASK)
		return leave_entry(s, (way & LINX_WAY_MASK) != LINX_WAY_NONE);
	linx_enter_long(s, regs, key, key);
}
