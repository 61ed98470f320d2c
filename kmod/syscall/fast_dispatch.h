/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Calls the function of a fast path (enum linx_fast_path). This header is a part of syscall/fast.c, as
 * syscall/fast_paths.h is.
 */
#ifndef LINX_KMOD_FAST_DISPATCH_H
#define LINX_KMOD_FAST_DISPATCH_H

#include "filter/rate.h"
#include "syscall/fast_paths.h"

/*
 * exit_values() and the probes rely on the order of enum linx_fast_path: they find a path by few comparisons. A new
 * path must stand where these comparisons find it.
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
/*
 * session_exit() relies on this order of the numbers: one comparison of a signed number separates paths with entry
 * times from the slow path and from paths for HTTP headers.
 */
static_assert(LINX_FAST_TIMED > LINX_FAST_SLOW && (s16)LINX_FAST_SPECIAL < 0 && LINX_FAST_FILTERED_SLOW < LINX_FAST_SPECIAL &&
	      LINX_FAST_BUDGET < LINX_FAST_SPECIAL);

/* Counts the return, in a session that writes no record (LINX_SETUP_COUNT). */
static LINX_TAIL_FN void exit_count(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key)
{
	linx_rate_count(s, key);
	probe_leave();
}

/*
 * Records the return of a call that may move an HTTP header, except read and write. fast: the path in
 * linx_row.exit_fast.
 */
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

	if (fast == LINX_FAST_COUNT)
		return exit_count(s, regs, ret, key);
	if (fast <= LINX_FAST_WRITE)
		return fast == LINX_FAST_WRITE ? EXIT_END(exit_write_http) : EXIT_END(exit_read_http);
	exit_other_http(s, regs, ret, key, fast, timed);
}

/* Records the return of a call that has more than scalars. The most frequent paths are tested first. */
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

/*
 * Records the return of a call that has only scalars. It is not inline, so that the functions that call it keep their
 * arguments in registers.
 */
static LINX_TAIL_FN void exit_registers_accepted(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key, u32 nargs)
{
	exit_registers(s, regs, ret, key, nargs, false);
}

/* Records a return that the session's filters accepted, in a session with entry times. */
static LINX_TAIL_FN void exit_timed(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key, u32 fast)
{
	if (fast <= LINX_FAST_PLAIN_MAX)
		return exit_registers(s, regs, ret, key, fast, true);
	exit_values(s, regs, ret, key, fast, true);
}

static LINX_TAIL_FN void exit_accepted(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key, u32 fast)
{
	if (fast <= LINX_FAST_PLAIN_MAX)
		return exit_registers_accepted(s, regs, ret, key, fast);
	exit_values(s, regs, ret, key, fast, false);
}

/*
 * Records a return that the session's filters accepted, of a call that may move an HTTP header. The record has the
 * entry time if LINX_FAST_TIMED is set in "fast".
 */
static LINX_TAIL_FN void exit_http_path(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key, u32 fast)
{
	if (unlikely(fast & LINX_FAST_TIMED))
		return exit_http(s, regs, ret, key, fast & LINX_FAST_MASK, true);
	exit_http(s, regs, ret, key, fast & LINX_FAST_MASK, false);
}

static LINX_TAIL_FN void enter_recorded(struct linx_session *s, struct pt_regs *regs, unsigned long key, u8 fast)
{
	if (fast == LINX_FAST_STR)
		return enter_str(s, regs, key);
	if (fast == LINX_FAST_ADDR)
		return enter_addr(s, regs, key);
	if (fast == LINX_FAST_BUF)
		return enter_buf(s, regs, key);
	enter_few(s, regs, key, fast);
}

#endif
