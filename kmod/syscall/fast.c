// SPDX-License-Identifier: GPL-2.0-only
/*
 * The probes of system calls, as far as the fast path goes: a call of x86_64. It has a path
 * for each shape of record, in syscall/fast_paths.h; everything else takes the slow path,
 * syscall/slow.c. Each function here ends the probe, most of them by ending with another:
 * the compiler makes jumps of these, and in a session that is alone a fast path takes no
 * call and saves no register. Several sessions take their fast paths one after the other.
 *
 * Probe context: preemption off by probe_enter(), page faults refused where user
 * memory is read; nothing sleeps, faults or allocates.
 */
#include <asm/syscall.h>
#include <linux/rculist.h>
#include "syscall/calls.h"
#include "core/clock.h"
#include "compat/compat.h"
#include "syscall/fast_paths.h"
#include "core/probe_guard.h"
#include "core/probe_work.h"
#include "core/session.h"
#include "filter/entry_time.h"

/*
 * The order of enum linx_fast_path is part of exit_values(), which finds a way by a few
 * comparisons, and of the probes. A new way has to be put where they find it.
 */
static_assert(LINX_FAST_READ == LINX_FAST_PLAIN_MAX + 1 && LINX_FAST_WRITE == LINX_FAST_READ + 1);
static_assert(LINX_FAST_BUF == LINX_FAST_WRITE + 1 && LINX_FAST_ADDR == LINX_FAST_BUF + 1);
static_assert(LINX_FAST_STR == LINX_FAST_ADDR + 1 && LINX_FAST_FIX == LINX_FAST_STR + 1 && LINX_FAST_ARR == LINX_FAST_FIX + 1);
static_assert(LINX_FAST_STAT == LINX_FAST_ARR + 1);
static_assert(LINX_FAST_OPENED == LINX_FAST_STAT + 1 && LINX_FAST_PEER == LINX_FAST_OPENED + 1);
static_assert(LINX_FAST_SHAPE == LINX_FAST_PEER + 1 && LINX_FAST_BUFFERS == LINX_FAST_SHAPE + 1);
static_assert(LINX_FAST_FEW == LINX_FAST_BUFFERS + 1 && LINX_FAST_SETS == LINX_FAST_FEW + 1);
static_assert(LINX_FAST_MORE == LINX_FAST_SETS + 1 && LINX_FAST_VARIANT == LINX_FAST_MORE + 1);
static_assert(LINX_FAST_RESOLVED == LINX_FAST_VARIANT + 1 && LINX_FAST_VARIANT_MANY == LINX_FAST_RESOLVED + 1);
static_assert(LINX_FAST_RECV == LINX_FAST_VARIANT_MANY + 1 && LINX_FAST_MESSAGE == LINX_FAST_RECV + 1);
static_assert(LINX_FAST_FDS == LINX_FAST_MESSAGE + 1 && LINX_FAST_FORK == LINX_FAST_FDS + 1 && LINX_FAST_FORK_SHAPE == LINX_FAST_FORK + 1);
static_assert(LINX_FAST_NONE == LINX_FAST_FORK_SHAPE + 1 && LINX_FAST_SLOW == LINX_FAST_NONE + 1);
static_assert(LINX_FAST_SLOW <= LINX_FAST_MASK && LINX_FAST_MASK < LINX_FAST_TIMED);
/* session_exit() tells times of entry, as a signed number, from the slow path and headers of HTTP. */
static_assert(LINX_FAST_TIMED > LINX_FAST_SLOW && (s16)LINX_FAST_SPECIAL < 0 && LINX_FAST_FILTERED_SLOW < LINX_FAST_SPECIAL);

/* The way of a call that may move a header of HTTP, but for read and write: linx_row.exit_fast. */
static __always_inline void exit_other_http(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key, u16 fast,
					    bool timed)
{
	const struct linx_row *row = linx_table_row(key);

	if (fast <= LINX_FAST_BUFFERS)
		return fast == LINX_FAST_BUFFERS ? EXIT_END(exit_buffers_http) : EXIT_END(exit_message_http);
	if (fast == LINX_FAST_MORE)
		return EXIT_END(exit_many_http);
	if (fast == LINX_FAST_RECV)
		return EXIT_END(exit_recv_http);
	EXIT_END(exit_send_http);
}

static __always_inline void exit_http(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key, u16 fast, bool timed)
{
	const struct linx_row *row = NULL;

	if (fast <= LINX_FAST_WRITE)
		return fast == LINX_FAST_WRITE ? EXIT_END(exit_write_http) : EXIT_END(exit_read_http);
	exit_other_http(s, regs, ret, key, fast, timed);
}

/* The way of a call that has more than registers; the usual ones first. */
static __always_inline void exit_values(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key, u16 fast,
					bool timed)
{
	const struct linx_row *row = NULL;

	if (fast <= LINX_FAST_WRITE)
		return fast == LINX_FAST_READ ? EXIT_END(exit_read) : EXIT_END(exit_write);
	row = linx_table_row(key);
	if (fast == LINX_FAST_STAT)
		return EXIT_END(exit_stat);
	if (fast <= LINX_FAST_PEER) {
		if (fast > LINX_FAST_STAT)
			return fast == LINX_FAST_OPENED ? EXIT_END(exit_opened) : EXIT_END(exit_peer);
		if (fast <= LINX_FAST_ADDR)
			return fast == LINX_FAST_BUF ? EXIT_END(exit_buf) : EXIT_END(exit_addr);
		if (fast == LINX_FAST_STR)
			return EXIT_END(exit_str);
		return fast == LINX_FAST_FIX ? EXIT_END(exit_fix) : EXIT_END(exit_arr);
	}
	if (fast == LINX_FAST_VARIANT)
		return EXIT_END(exit_variant);
	if (fast <= LINX_FAST_BUFFERS)
		return fast == LINX_FAST_SHAPE ? EXIT_END(exit_shape) : EXIT_END(exit_buffers);
	if (fast <= LINX_FAST_SETS)
		return fast == LINX_FAST_FEW ? EXIT_END(exit_few) : EXIT_END(exit_sets);
	if (fast == LINX_FAST_MORE)
		return EXIT_END(exit_more);
	if (fast <= LINX_FAST_VARIANT_MANY)
		return fast == LINX_FAST_RESOLVED ? EXIT_END(exit_resolved) : EXIT_END(exit_variant_many);
	if (fast <= LINX_FAST_MESSAGE)
		return fast == LINX_FAST_RECV ? EXIT_END(exit_recv) : EXIT_END(exit_message);
	if (fast == LINX_FAST_FDS)
		return EXIT_END(exit_fds);
	EXIT_END(exit_fork);
}

/* Fast path of a return that the session's filters accepted, in a session with entry times. */
LINX_TAIL_FN void linx_exit_timed(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key, u32 fast)
{
	if (fast <= LINX_FAST_PLAIN_MAX)
		return exit_registers(s, regs, ret, key, fast, true);
	exit_values(s, regs, ret, key, fast, true);
}

LINX_TAIL_FN void linx_exit_accepted(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key, u32 fast)
{
	if (fast <= LINX_FAST_PLAIN_MAX)
		return exit_registers(s, regs, ret, key, fast, false);
	exit_values(s, regs, ret, key, fast, false);
}

/* The same of one that may move a header of HTTP, with the times of entry if the path says so. */
LINX_TAIL_FN void linx_exit_http(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key, u32 fast)
{
	if (unlikely(fast & LINX_FAST_TIMED))
		return exit_http(s, regs, ret, key, fast & LINX_FAST_MASK, true);
	exit_http(s, regs, ret, key, fast & LINX_FAST_MASK, false);
}

LINX_TAIL_FN void linx_enter_recorded(struct linx_session *s, struct pt_regs *regs, unsigned long key, u8 fast)
{
	if (fast == LINX_FAST_STR)
		return enter_str(s, regs, key);
	if (fast == LINX_FAST_ADDR)
		return enter_addr(s, regs, key);
	if (fast == LINX_FAST_BUF)
		return enter_buf(s, regs, key);
	enter_few(s, regs, key, fast);
}

/* The task's call begins now, and that is all. */
static LINX_TAIL_FN void enter_time(struct linx_session *s, struct pt_regs *regs, unsigned long key)
{
	u64 now;

	if (unlikely(!linx_clock_quick(&now) || !linx_entry_slot_quick_set(s, key, now)))
		return linx_enter_slow(s, regs, key, key);
	probe_leave();
}

/* Is it a 64-bit call (not of x32) with a number that a table may have? All others go a longer way. */
static __always_inline bool is_fast_nr(long nr)
{
	return likely(!LINX_IS_COMPAT() && (unsigned long)nr < LINX_NR_OTHER);
}

/* The key of a usual call. The mask bounds what is speculated, as array_index_nospec() would. */
static __always_inline unsigned long fast_key(long nr)
{
	unsigned long key = nr;

	OPTIMIZER_HIDE_VAR(key);
	return key & (LINX_NR_MAX - 1);
}

/* From probe_enter() on, for one session. Ends the probe. */
static __always_inline void session_enter(struct linx_session *s, struct pt_regs *regs, unsigned long key)
{
	u8 fast;

	if (unlikely(!linx_is_announced(s)))
		return linx_enter_unannounced(s, regs, key);
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
	linx_enter_filtered(s, regs, key, fast);
}

static __always_inline void session_exit(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key)
{
	u16 fast;

	if (unlikely(!linx_is_announced(s)))
		return linx_exit_unannounced(s, regs, ret, key);
	fast = READ_ONCE(*(s->exit_fast + key));
	if (fast <= LINX_FAST_PLAIN_MAX)
		return exit_registers(s, regs, ret, key, fast, false);
	if (likely(fast < LINX_FAST_SLOW))
		return exit_values(s, regs, ret, key, fast, false);
	if (fast & LINX_FAST_FILTERED)
		return linx_exit_filtered(s, regs, ret, key, fast);
	if ((s16)fast > LINX_FAST_SLOW)
		return linx_exit_timed(s, regs, ret, key, fast & LINX_FAST_MASK);
	if (fast == LINX_FAST_SLOW)
		return linx_exit_slow(s, regs, ret, key, key);
	if (fast <= (LINX_FAST_SPECIAL | LINX_FAST_WRITE))
		return fast == (LINX_FAST_SPECIAL | LINX_FAST_WRITE) ? exit_write_http(s, regs, ret, key, NULL) :
								       exit_read_http(s, regs, ret, key, NULL);
	if (unlikely(fast & LINX_FAST_TIMED))
		return exit_http(s, regs, ret, key, fast & LINX_FAST_MASK, true);
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

/* The one session that has these bits of linx_any_selected; NULL: there are several, or it is just ending. */
static __always_inline struct linx_session *only_of(u8 slots)
{
	if (slots & (slots - 1))
		return NULL;
	return READ_ONCE(*(linx_session_in_slot + __ffs(slots | BIT(LINX_SLOTS - 1))));
}

/* Ends the probe. none: NULL, so that the other arguments stay in their registers. */
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
	}
	probe_leave();
}

/* Several sessions run: one of them wants the call, or some do. From probe_enter() on; ends the probe. */
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
 * A call that no session selected ends with the first test, which needs no protection: the
 * union is static, and a change of it may be seen a call early or late. The paths are
 * noinline and take their arguments where they are already, so that this function has
 * nothing to save on the stack; calls of registers alone are recorded here.
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
