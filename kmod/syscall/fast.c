// SPDX-License-Identifier: GPL-2.0-only
/*
 * The probes of system calls, as far as a usual call goes: one of x86_64, in a
 * session that is alone. It has a way for each shape of record, in syscall/fast_paths.h;
 * everything else goes the long way, syscall/slow.c. Each function here ends the probe,
 * most of them by ending with another: the compiler makes jumps of these, and a
 * short way takes no call and saves no register.
 *
 * Probe context: preemption off by probe_enter(), page faults refused where user
 * memory is read; nothing sleeps, faults or allocates.
 */
#include <asm/syscall.h>
#include "syscall/calls.h"
#include "core/clock.h"
#include "compat/compat.h"
#include "syscall/fast_paths.h"
#include "core/probe_guard.h"
#include "core/session.h"
#include "filter/entry_time.h"

/*
 * The order of enum linx_way is part of exit_values(), which finds a way by a few
 * comparisons, and of the probes. A new way has to be put where they find it.
 */
static_assert(LINX_WAY_READ == LINX_WAY_PLAIN_MAX + 1 && LINX_WAY_WRITE == LINX_WAY_READ + 1);
static_assert(LINX_WAY_BUF == LINX_WAY_WRITE + 1 && LINX_WAY_ADDR == LINX_WAY_BUF + 1);
static_assert(LINX_WAY_STR == LINX_WAY_ADDR + 1 && LINX_WAY_FIX == LINX_WAY_STR + 1 && LINX_WAY_ARR == LINX_WAY_FIX + 1);
static_assert(LINX_WAY_STAT == LINX_WAY_ARR + 1);
static_assert(LINX_WAY_OPENED == LINX_WAY_STAT + 1 && LINX_WAY_PEER == LINX_WAY_OPENED + 1);
static_assert(LINX_WAY_SHAPE == LINX_WAY_PEER + 1 && LINX_WAY_BUFFERS == LINX_WAY_SHAPE + 1);
static_assert(LINX_WAY_FEW == LINX_WAY_BUFFERS + 1 && LINX_WAY_SETS == LINX_WAY_FEW + 1);
static_assert(LINX_WAY_MORE == LINX_WAY_SETS + 1 && LINX_WAY_BY == LINX_WAY_MORE + 1);
static_assert(LINX_WAY_RESOLVED == LINX_WAY_BY + 1 && LINX_WAY_BY_SEEN == LINX_WAY_RESOLVED + 1);
static_assert(LINX_WAY_RECV == LINX_WAY_BY_SEEN + 1 && LINX_WAY_MESSAGE == LINX_WAY_RECV + 1);
static_assert(LINX_WAY_FORK == LINX_WAY_MESSAGE + 1 && LINX_WAY_FORK_SHAPE == LINX_WAY_FORK + 1);
static_assert(LINX_WAY_NONE == LINX_WAY_FORK_SHAPE + 1 && LINX_WAY_LONG == LINX_WAY_NONE + 1);
static_assert(LINX_WAY_LONG <= LINX_WAY_MASK && LINX_WAY_MASK < LINX_WAY_TIMED);

/* The way of a call that has more than registers; the usual ones first. */
static __always_inline void exit_values(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key, u8 way,
					bool timed)
{
	const struct linx_row *row = NULL;

	if (way <= LINX_WAY_WRITE)
		return way == LINX_WAY_READ ? EXIT_END(exit_read) : EXIT_END(exit_write);
	row = linx_table_row(key);
	if (way == LINX_WAY_STAT)
		return EXIT_END(exit_stat);
	if (way <= LINX_WAY_PEER) {
		if (way > LINX_WAY_STAT)
			return way == LINX_WAY_OPENED ? EXIT_END(exit_opened) : EXIT_END(exit_peer);
		if (way <= LINX_WAY_ADDR)
			return way == LINX_WAY_BUF ? EXIT_END(exit_buf) : EXIT_END(exit_addr);
		if (way == LINX_WAY_STR)
			return EXIT_END(exit_str);
		return way == LINX_WAY_FIX ? EXIT_END(exit_fix) : EXIT_END(exit_arr);
	}
	if (way == LINX_WAY_BY)
		return EXIT_END(exit_by);
	if (way <= LINX_WAY_BUFFERS)
		return way == LINX_WAY_SHAPE ? EXIT_END(exit_shape) : EXIT_END(exit_buffers);
	if (way <= LINX_WAY_SETS)
		return way == LINX_WAY_FEW ? EXIT_END(exit_few) : EXIT_END(exit_sets);
	if (way == LINX_WAY_MORE)
		return EXIT_END(exit_more);
	if (way <= LINX_WAY_BY_SEEN)
		return way == LINX_WAY_RESOLVED ? EXIT_END(exit_resolved) : EXIT_END(exit_by_seen);
	if (way <= LINX_WAY_MESSAGE)
		return way == LINX_WAY_RECV ? EXIT_END(exit_recv) : EXIT_END(exit_message);
	EXIT_END(exit_fork);
}

/* Of what has passed all that the session asks, the same. */
LINX_APART void linx_exit_timed(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key, u8 way)
{
	if (way <= LINX_WAY_PLAIN_MAX)
		return exit_registers(s, regs, ret, key, way, true);
	exit_values(s, regs, ret, key, way, true);
}

LINX_APART void linx_exit_passed(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key, u8 way)
{
	if (way <= LINX_WAY_PLAIN_MAX)
		return exit_registers(s, regs, ret, key, way, false);
	exit_values(s, regs, ret, key, way, false);
}

LINX_APART void linx_enter_recorded(struct linx_session *s, struct pt_regs *regs, unsigned long key, u8 way)
{
	if (way == LINX_WAY_STR)
		return enter_str(s, regs, key);
	if (way == LINX_WAY_ADDR)
		return enter_addr(s, regs, key);
	if (way == LINX_WAY_BUF)
		return enter_buf(s, regs, key);
	enter_few(s, regs, key, way);
}

/* The task's call begins now, and that is all. */
static LINX_APART void enter_time(struct linx_session *s, struct pt_regs *regs, unsigned long key)
{
	u64 now;

	if (unlikely(!linx_clock_quick(&now) || !linx_slot_quick_set(s, key, now)))
		return linx_enter_long(s, regs, key, key);
	probe_leave();
}

/* Is it a 64-bit call (not of x32) with a number that a table may have? All others go a longer way. */
static __always_inline bool is_usual(long nr)
{
	return likely(!LINX_IS_COMPAT() && (unsigned long)nr < LINX_NR_OTHER);
}

/* The key of a usual call. The mask bounds what is speculated, as array_index_nospec() would. */
static __always_inline unsigned long usual_key(long nr)
{
	unsigned long key = nr;

	OPTIMIZER_HIDE_VAR(key);
	return key & (LINX_NR_MAX - 1);
}

/*
 * What nobody selected ends with the first test, which needs no protection: the
 * union is static, and a change of it may be seen a call early or late. The ways
 * are apart, with their arguments where they are already, so that this much has
 * nothing to save on the stack; registers alone are done here.
 */
void notrace linx_on_enter(void *data, struct pt_regs *regs, long nr)
{
	struct linx_session *s;
	unsigned long key;
	u8 way;

	if (!is_usual(nr))
		return linx_enter_unusual(data, regs, nr);
	key = usual_key(nr);
	if (!READ_ONCE(*(linx_any.enter + key)))
		return;
	if (unlikely(!probe_enter()))
		return linx_nested_leave();
	s = READ_ONCE(linx_only);
	if (unlikely(!s))
		return linx_enter_long(s, regs, key, key);
	if (unlikely(!linx_seen(s)))
		return linx_enter_unmet(s, regs, key);
	way = READ_ONCE(*(s->enter_way + key));
	if (way == LINX_WAY_STR)
		return enter_str(s, regs, key);
	if (way == (LINX_WAY_TIMED | LINX_WAY_NONE))
		return enter_time(s, regs, key);
	if (way == LINX_WAY_ADDR)
		return enter_addr(s, regs, key);
	if (way == LINX_WAY_BUF)
		return enter_buf(s, regs, key);
	if (way == LINX_WAY_LONG)
		return linx_enter_long(s, regs, key, key);
	if (likely(way <= LINX_WAY_MASK))
		return enter_few(s, regs, key, way);
	linx_enter_asked(s, regs, key, way);
}

void notrace linx_on_exit(void *data, struct pt_regs *regs, long ret)
{
	long nr = linx_exit_nr(regs);
	struct linx_session *s;
	unsigned long key;
	u8 way;

	if (!is_usual(nr))
		return linx_exit_unusual(data, regs, ret, nr);
	key = usual_key(nr);
	if (!READ_ONCE(*(linx_any.exit + key)))
		return;
	if (unlikely(!probe_enter()))
		return linx_nested_leave();
	s = READ_ONCE(linx_only);
	if (unlikely(!s))
		return linx_exit_long(s, regs, ret, key, key);
	if (unlikely(!linx_seen(s)))
		return linx_exit_unmet(s, regs, ret, key);
	way = READ_ONCE(*(s->exit_way + key));
	if (way <= LINX_WAY_PLAIN_MAX)
		return exit_registers(s, regs, ret, key, way, false);
	if (likely(way < LINX_WAY_LONG))
		return exit_values(s, regs, ret, key, way, false);
	if (way == LINX_WAY_LONG)
		return linx_exit_long(s, regs, ret, key, key);
	if (way & LINX_WAY_ASK)
		return linx_exit_asked(s, regs, ret, key, way);
	linx_exit_timed(s, regs, ret, key, way & LINX_WAY_MASK);
}
