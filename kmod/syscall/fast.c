// SPDX-License-Identifier: GPL-2.0-only
/*
 * The probes of system calls, for 64-bit calls with a fast path. syscall/fast_paths.h has a path for each shape of
 * record; all else takes the slow path in syscall/slow.c. Each function here ends the probe, most of them by a call of
 * another function as their last action. The compiler turns that call into a jump. Therefore a fast path makes no call
 * and saves no register where only one session runs. With several sessions, the fast path of each session runs in turn.
 *
 * Probe context: preemption off by probe_enter(), page faults disabled where user memory is read; nothing sleeps,
 * faults or allocates.
 */
#include <asm/syscall.h>
#include <linux/rculist.h>
#include "syscall/calls.h"
#include "core/clock.h"
#include "compat/compat.h"
#include "syscall/fast_filtered.h"
#include "core/probe_guard.h"
#include "core/probe_work.h"
#include "core/session.h"
#include "filter/entry_time.h"

/*
 * Stores the task's CPU time in its entry slot. Used in sessions with LINX_SETUP_CPU_TIME, where it replaces
 * enter_time(). Ends the probe.
 */
static LINX_TAIL_FN void enter_cpu_time(struct linx_session *s, struct pt_regs *regs, unsigned long key)
{
	if (unlikely(!linx_entry_slot_quick_set(s, key, linx_entry_cpu_time())))
		return linx_enter_slow(s, task_pt_regs(current), key, key);
	probe_leave();
}

/*
 * Handles an entry of which only the time is needed: stores it in the task's entry slot. Ends the probe. If the slow
 * path is needed, its argument "regs" is found anew, so that this function need not keep it in a register.
 */
static LINX_TAIL_FN void enter_time(struct linx_session *s, struct pt_regs *regs, unsigned long key)
{
	u64 now;

	if (unlikely(s->flags & LINX_SETUP_CPU_TIME))
		return enter_cpu_time(s, regs, key);
	if (unlikely(!linx_clock_quick(&now) || !linx_entry_slot_quick_set(s, key, now)))
		return linx_enter_slow(s, task_pt_regs(current), key, key);
	probe_leave();
}

/* Is this a 64-bit call (not of x32) with a number below LINX_NR_OTHER? All other calls take the slow path. */
static __always_inline bool is_fast_nr(long nr)
{
	return likely(!LINX_IS_COMPAT() && (unsigned long)nr < LINX_NR_OTHER);
}

/* Returns the key of a call with a fast path. The mask bounds it under speculation, as array_index_nospec() would. */
static __always_inline unsigned long fast_key(long nr)
{
	unsigned long key = nr;

	OPTIMIZER_HIDE_VAR(key);
	return key & (LINX_NR_MAX - 1);
}

/* Handles an entry for one session, after probe_enter(), on the path in linx_session.enter_fast. Ends the probe. */
static __always_inline void session_enter(struct linx_session *s, struct pt_regs *regs, unsigned long key)
{
	u16 fast;

	if (unlikely(!linx_is_announced(s)))
		return enter_unannounced(s, regs, key);
	fast = READ_ONCE(*(s->enter_fast + key));
	if (fast == LINX_FAST_STR)
		return enter_str(s, regs, key);
	if (fast == (LINX_FAST_TIMED | LINX_FAST_NONE))
		return enter_time(s, regs, key);
	if (fast == LINX_FAST_ADDR)
		return enter_addr(s, regs, key);
	if (fast == LINX_FAST_BUF)
		return enter_buf(s, regs, key);
	if (fast == LINX_FAST_SLOW)
		return linx_enter_slow(s, regs, key, key);
	if (likely(fast <= LINX_FAST_MASK))
		return enter_few(s, regs, key, fast);
	enter_filtered(s, regs, key, fast);
}

static __always_inline void session_exit(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key)
{
	u16 fast;

	if (unlikely(!linx_is_announced(s)))
		return exit_unannounced(s, regs, ret, key);
	fast = READ_ONCE(*(s->exit_fast + key));
	if (fast <= LINX_FAST_PLAIN_MAX)
		return exit_registers(s, regs, ret, key, fast, false);
	if (likely(fast < LINX_FAST_SLOW))
		return exit_values(s, regs, ret, key, fast, false);
	if (fast & LINX_FAST_FILTERED)
		return exit_filtered(s, regs, ret, key, fast);
	if ((s16)fast > LINX_FAST_SLOW)
		return exit_timed(s, regs, ret, key, fast & LINX_FAST_MASK);
	if (fast == (LINX_FAST_SPECIAL | LINX_FAST_COUNT))
		return exit_count(s, regs, ret, key);
	if (fast < (LINX_FAST_SPECIAL | LINX_FAST_COUNT)) /* true only of LINX_FAST_SLOW here */
		return linx_exit_slow(s, regs, ret, key, key);
	if (fast <= (LINX_FAST_SPECIAL | LINX_FAST_WRITE))
		return fast == (LINX_FAST_SPECIAL | LINX_FAST_WRITE) ? exit_write_http(s, regs, ret, key, NULL) :
								       exit_read_http(s, regs, ret, key, NULL);
	if (unlikely(fast & (LINX_FAST_TIMED | LINX_FAST_BUDGET)))
		return fast & LINX_FAST_BUDGET ? exit_budget(s, regs, ret, key, fast) :
						 exit_http(s, regs, ret, key, fast & LINX_FAST_MASK, true);
	exit_other_http(s, regs, ret, key, fast & LINX_FAST_MASK, false);
}

static LINX_TAIL_FN void session_enter_call(struct linx_session *s, struct pt_regs *regs, unsigned long key)
{
	session_enter(s, regs, key);
}

static LINX_TAIL_FN void session_exit_call(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key)
{
	session_exit(s, regs, ret, key);
}

/*
 * Returns the session to which the bits in "slots" belong, which come from linx_any_selected. NULL: they belong to
 * several sessions, to the last slot, or to a session that is ending.
 */
static __always_inline struct linx_session *only_of(u8 slots)
{
	if (slots & (slots - 1))
		return NULL;
	return READ_ONCE(*(linx_session_in_slot + __ffs(slots | BIT(LINX_SLOTS - 1))));
}

/*
 * Handles an entry for each session that has selected it. Ends the probe. The parameter "none" is NULL. It exists so
 * that the other arguments stay in their registers.
 */
static LINX_TAIL_FN void enter_each(struct linx_session *none, struct pt_regs *regs, unsigned long key)
{
	u8 slots = READ_ONCE(*(linx_any_selected.enter + key));
	struct linx_session *s;

	linx_probe_begins();
	list_for_each_entry_rcu(s, &linx_sessions, link) {
		if (!(s->slot & slots))
			continue;
		probe_enter_again();
		session_enter_call(s, regs, key);
		probe_back_again();
	}
	probe_leave();
}

static LINX_TAIL_FN void exit_each(struct linx_session *none, struct pt_regs *regs, long ret, unsigned long key)
{
	u8 slots = READ_ONCE(*(linx_any_selected.exit + key));
	struct linx_session *s;

	linx_probe_begins();
	list_for_each_entry_rcu(s, &linx_sessions, link) {
		if (!(s->slot & slots))
			continue;
		probe_enter_again();
		session_exit_call(s, regs, ret, key);
		probe_back_again();
	}
	probe_leave();
}

/*
 * Handles an entry while several sessions run, one or more of which have selected the call. Called after probe_enter();
 * ends the probe.
 */
static LINX_TAIL_FN void enter_several(struct linx_session *none, struct pt_regs *regs, unsigned long key)
{
	struct linx_session *s = only_of(READ_ONCE(*(linx_any_selected.enter + key)));

	if (s)
		return session_enter(s, regs, key);
	enter_each(none, regs, key);
}

static LINX_TAIL_FN void exit_several(struct linx_session *none, struct pt_regs *regs, long ret, unsigned long key)
{
	struct linx_session *s = only_of(READ_ONCE(*(linx_any_selected.exit + key)));

	if (s)
		return session_exit(s, regs, ret, key);
	exit_each(none, regs, ret, key);
}

/*
 * The probe of system call entries. If no session has selected the call, the probe ends after its first test. This test
 * needs no protection: linx_any_selected is static, and a change of it may take effect one call early or late. The
 * functions of the paths are noinline, and have their parameters in the same registers as this function, which
 * therefore saves nothing on the stack. Returns of calls that have only scalars are recorded in linx_on_exit() itself.
 */
void notrace linx_on_enter(void *data, struct pt_regs *regs, long nr)
{
	struct linx_session *s;
	unsigned long key;

	if (!is_fast_nr(nr))
		return linx_enter_other(data, regs, nr);
	key = fast_key(nr);
	if (!READ_ONCE(*(linx_any_selected.enter + key)))
		return;
	if (unlikely(!probe_enter()))
		return linx_nested_leave();
	s = READ_ONCE(linx_sole_session);
	if (unlikely(!s))
		return enter_several(s, regs, key);
	session_enter(s, regs, key);
}

void notrace linx_on_exit(void *data, struct pt_regs *regs, long ret)
{
	long nr = linx_exit_nr(regs);
	struct linx_session *s;
	unsigned long key;

	if (!is_fast_nr(nr))
		return linx_exit_other(data, regs, ret, nr);
	key = fast_key(nr);
	if (!READ_ONCE(*(linx_any_selected.exit + key)))
		return;
	if (unlikely(!probe_enter()))
		return linx_nested_leave();
	s = READ_ONCE(linx_sole_session);
	if (unlikely(!s))
		return exit_several(s, regs, ret, key);
	session_exit(s, regs, ret, key);
}
