// SPDX-License-Identifier: GPL-2.0-only
/*
 * The slow path of a selected system call: for all sessions, filters, entry times and kinds of calls. syscall/fast.c
 * has the fast paths.
 *
 * Probe context: preemption off by probe_enter(); nothing sleeps, faults or allocates.
 */
#include <linux/percpu.h>
#include <linux/rculist.h>
#include "syscall/calls.h"
#include "syscall/tamper.h"
#include "table/variant.h"
#include "core/clock.h"
#include "capture/encode.h"
#include "compat/compat.h"
#include "task/fd_table.h"
#include "filter/cgroup.h"
#include "filter/filter.h"
#include "filter/predicate.h"
#include "core/probe_guard.h"
#include "core/probe_work.h"
#include "filter/rate.h"
#include "core/session.h"
#include "filter/entry_time.h"
#include "task/context.h"
#include "ring/throttle.h"

/* Returns the key of any call, and clears the x32 bit in *nr. */
static u32 key_of_any(long *nr)
{
	if (LINX_IS_COMPAT())
		return linx_key(LINX_ABI_I386, *nr);
	if (!LINX_HAVE_X32 || *nr < 0 || !(*nr & __X32_SYSCALL_BIT))
		return linx_key(LINX_ABI_X86_64, *nr);
	*nr &= ~__X32_SYSCALL_BIT;
	return linx_key(LINX_ABI_X32, *nr);
}

/*
 * Returns the key under which an entry and a return are paired, for entry times. All execs share one key, since an exec
 * may return under a number of another ABI.
 */
static u32 pair_of(const struct linx_call *c)
{
	return c->row->flags & LINX_ROW_EXEC ? U32_MAX : c->key;
}

static __always_inline bool may_record(const struct linx_session *s)
{
	return likely(!READ_ONCE(s->filter) && linx_is_announced(s)) || linx_filter_task(s, current);
}

/*
 * Counts the call if it is a canary (LINX_CANARY). Only calls of the reader come here, which are never recorded. Only
 * numbers in the page of the ring's producer are written, so that a canary needs no room in the ring.
 */
static noinline bool take_canary(const struct linx_session *s, const struct linx_call *c)
{
	struct linx_ring *r = this_cpu_ptr(s->ring);
	unsigned long args[LINX_NARGS];

	if (c->key != LINX_CANARY_KEY || !smp_load_acquire(&r->area)) /* r->prod is valid; pairs with linx_ring_open() */
		return false;
	syscall_get_arguments(current, c->regs, args);
	if ((args[LINX_CANARY_ARG] & LINX_CANARY_MASK) != LINX_CANARY)
		return false;
	WRITE_ONCE(r->prod->canaries, r->prod->canaries + 1);
	WRITE_ONCE(r->prod->canary, args[LINX_CANARY_ARG]);
	return true;
}

/*
 * Handles a return that must not be recorded. Only calls of the reader are compared with a canary, so calls of other
 * processes pay nothing for that.
 */
static void leave_return(struct linx_session *s, struct linx_ring *r, const struct linx_call *c)
{
	if (!linx_filter_is_reader(s, current) || !take_canary(s, c))
		r->filtered++;
}

static bool selects_entry(const struct linx_session *s, const struct linx_call *c)
{
	u64 args[LINX_NARGS];

	if (c->row->entry >= LINX_ENTRY_POINTER)
		linx_put_args(c->key, c->regs, args);
	return linx_selects_entry(s, c->row, c->key, args);
}

static void session_enter(struct linx_session *s, struct linx_call *c)
{
	struct linx_ring *r = this_cpu_ptr(s->ring);
	bool record = selects_entry(s, c);
	bool timed = s->entry_slots && linx_bit(s->exit, c->key);

	if (!record && !timed)
		return;
	if (!may_record(s)) {
		r->filtered += record;
		return;
	}
	c->now = c->now ?: linx_clock_now();
	if (timed)
		linx_entry_slot_set(s, pair_of(c), linx_entry_begin(s, c->now));
	if (!record)
		return;
	if (!linx_filter_cgroup(s) || !linx_predicate(s, c, true, 0)) {
		r->filtered++;
		return;
	}
	if (!linx_rate_takes(s, r, c, true))
		return;
	linx_task_announce(s, r, c->now);
	linx_encode_enter(s, r, c);
}

/*
 * Handles a returned call of class CONTEXT, which changes a task's context record, or a returned fork. Renews the
 * context record if a call of class CONTEXT succeeded. Returns false for the return of a fork in the child, which is
 * not a call of the child. Sets *left_out if the filter leaves the task out from the next call on.
 */
static noinline bool special_row(struct linx_session *s, struct linx_call *c, bool *left_out)
{
	unsigned long args[LINX_NARGS];

	if (c->row->flags & LINX_ROW_FORK && !c->ret)
		return false; /* the return of a fork in the child is not a call of the child */
	if (!(c->row->flags & LINX_ROW_CONTEXT) || IS_ERR_VALUE(c->ret))
		return true;
	syscall_get_arguments(current, c->regs, args);
	c->now = c->now ?: linx_clock_now();
	*left_out = linx_task_changed(s, this_cpu_ptr(s->ring), c->row, args[0], c->now);
	return true;
}

static void session_exit(struct linx_session *s, struct linx_call *c)
{
	struct linx_ring *r = this_cpu_ptr(s->ring);
	bool left_out = false;
	u64 entry;

	/* Returns of class CONTEXT come here for every session, whether it has selected them or not. */
	if (c->row->flags & (LINX_ROW_FORK | LINX_ROW_CONTEXT) && !special_row(s, c, &left_out))
		return;
	if (!linx_bit(s->exit, c->key)) {
		if (unlikely(c->row->flags & LINX_ROW_EXEC && s->entry_slots))
			linx_entry_slot_take(s, pair_of(c)); /* the exec may have begun under a selected number */
		if (unlikely(c->key == LINX_CANARY_KEY) && linx_filter_is_reader(s, current))
			take_canary(s, c);
		return;
	}
	entry = s->entry_slots ? linx_entry_slot_take(s, pair_of(c)) : 0;
	if (!may_record(s) && !left_out)
		return leave_return(s, r, c);
	c->now = c->now ?: linx_clock_now();
	entry = linx_entry_end(s, entry, c->now);
	if (!linx_filter_call(s, c->ret, entry, c->now) || !linx_filter_cgroup(s) || !linx_predicate(s, c, false, entry)) {
		r->filtered++;
		return;
	}
	if (!linx_rate_takes(s, r, c, false)) {
		if (s->flags & LINX_SETUP_COUNT && !left_out)
			linx_task_count(s);
		return;
	}
	linx_task_announce(s, r, c->now);
	linx_encode_exit(s, r, c, entry);
	if (unlikely(left_out))
		linx_task_forget(s, current->pid);
	if (unlikely(r->over_throttle_mark))
		linx_throttle_request(s, r, c->now);
}

/* Handles an entry on the slow path. Ends the probe. */
LINX_TAIL_FN void linx_enter_slow(struct linx_session *only, struct pt_regs *regs, unsigned long key, long nr)
{
	struct linx_call c = { .regs = regs, .row = linx_table_row(key), .nr = nr, .key = key };
	struct linx_session *s;

	probe_begin_work();
	if (unlikely(c.row->selector))
		c.row = linx_variant_of(c.row, regs, key / LINX_NR_MAX);
	if (only) {
		session_enter(only, &c);
		return probe_leave();
	}
	list_for_each_entry_rcu(s, &linx_sessions, link)
		session_enter(s, &c);
	probe_leave();
}

/* Writes records of changed descriptors before the records of the call. */
static noinline void emit_files(struct linx_session *only, struct linx_call *c)
{
	struct linx_session *s;

	if (c->row->flags & LINX_ROW_FORK && !c->ret)
		return; /* the return of a fork in the child is not a call of the child */
	c->now = linx_clock_now();
	list_for_each_entry_rcu(s, &linx_sessions, link)
		if (s->flags & LINX_SETUP_FILES && (!only || s == only))
			linx_files_changed(s, this_cpu_ptr(s->ring), c);
}

/* Looks whether the call has interfered with sessions, and records that in each such session. */
static noinline void look_for_tampering(struct linx_session *only, const struct linx_call *c)
{
	struct linx_session *s;

	list_for_each_entry_rcu(s, &linx_sessions, link)
		if (s->flags & LINX_SETUP_TAMPER && (!only || s == only))
			linx_tamper_look(s, c);
}

/* Handles a return on the slow path. Ends the probe. */
LINX_TAIL_FN void linx_exit_slow(struct linx_session *only, struct pt_regs *regs, long ret, unsigned long key, long nr)
{
	struct linx_call c = { .regs = regs, .row = linx_table_row(key), .nr = nr, .ret = ret, .key = key };
	struct linx_session *s;

	probe_begin_work();
	if (unlikely(c.row->files && READ_ONCE(linx_any_selected.files)))
		emit_files(only, &c); /* applies the files rules of the call's row, as a variant has no such rules */
	if (unlikely(linx_tamper_way(c.row)))
		look_for_tampering(only, &c);
	if (unlikely(c.row->selector))
		c.row = linx_variant_of(c.row, regs, key / LINX_NR_MAX);
	if (only) {
		session_exit(only, &c);
		return probe_leave();
	}
	list_for_each_entry_rcu(s, &linx_sessions, link)
		session_exit(s, &c);
	probe_leave();
}

LINX_TAIL_FN void linx_enter_other(void *data, struct pt_regs *regs, long nr)
{
	u32 key = key_of_any(&nr);
	struct linx_session *s;

	if (!READ_ONCE(*(linx_any_selected.enter + key)))
		return;
	if (unlikely(!probe_enter()))
		return linx_nested_leave();
	s = READ_ONCE(linx_sole_session);
	if (likely(s && LINX_IS_COMPAT() && READ_ONCE(*(s->enter_32 + key % LINX_NR_MAX)) && linx_is_announced(s)))
		return linx_enter_32(s, regs, key);
	linx_enter_slow(NULL, regs, key, nr);
}

LINX_TAIL_FN void linx_exit_other(void *data, struct pt_regs *regs, long ret, long nr)
{
	u32 key = key_of_any(&nr);
	struct linx_session *s;
	u8 how;

	if (!READ_ONCE(*(linx_any_selected.exit + key)))
		return;
	if (unlikely(!probe_enter()))
		return linx_nested_leave();
	s = READ_ONCE(linx_sole_session);
	how = likely(s && LINX_IS_COMPAT()) ? READ_ONCE(*(s->exit_32 + key % LINX_NR_MAX)) : 0;
	if (unlikely(!how || !linx_is_announced(s)))
		return linx_exit_slow(NULL, regs, ret, key, nr);
	if (likely(how == LINX_32_RECORD))
		return linx_exit_32(s, regs, ret, key);
	linx_rate_count(s, key);
	probe_leave();
}
