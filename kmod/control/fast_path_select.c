// SPDX-License-Identifier: GPL-2.0-only
/*
 * Chooses, for one session, how the records of each call are written: by the fast path that the call's row in the table
 * of calls allows, if the settings of the session allow that path, too; else by the slow path. Process context.
 */
#include "control/fast_path_select.h"
#include "capture/fd.h"
#include "capture/http.h"
#include "filter/filter.h"
#include "filter/rate.h"
#include "ring/ring_fast.h"
#include "control/session_life.h"
#include "syscall/calls.h"
#include "syscall/tamper.h"
#include "table/table.h"

/*
 * Returns the fast path of a row whose records have at most n values. Returns LINX_FAST_SLOW if a record of this
 * session may have no room for n values, or if buffers may reach LINX_SIMPLE_MAX bytes.
 */
static u8 fast_path_in(const struct linx_session *s, u8 fast, u8 n)
{
	if (fast <= LINX_FAST_PLAIN_MAX)
		return fast;
	if ((fast == LINX_FAST_STR || fast == LINX_FAST_STAT) && s->snap_str + LINX_SIMPLE_MAX > s->user_max)
		return LINX_FAST_SLOW; /* a string and a small structure need more room than a record of this ring has */
	if (n > s->fast_values || ((fast == LINX_FAST_VARIANT || fast == LINX_FAST_VARIANT_MANY) && s->fast_values < LINX_NARGS))
		return LINX_FAST_SLOW;
	if ((fast == LINX_FAST_SHAPE || fast == LINX_FAST_BUFFERS || fast == LINX_FAST_FORK_SHAPE) &&
	    min_t(u64, s->fast_values_room, s->user_max) < LINX_SHAPE_ROOM)
		return LINX_FAST_SLOW;
	return max_t(u32, s->snap_bytes, LINX_SOCKADDR_MAX) < LINX_SIMPLE_MAX ? fast : LINX_FAST_SLOW;
}

/*
 * Does a call that sends or receives a message receive it? With MSG_TRUNC, such a call can return more bytes than it
 * has written into its buffer.
 */
static bool receives(const struct linx_row *row)
{
	return LINX_ARGDEF_WHEN(row->arg[LINX_BYTES_BUF]) & LINX_WHEN_OUT;
}

/*
 * Has a record of the ring room for "values" bytes of values and, in addition, for a resolved value (the opened file or
 * the peer)?
 */
static bool has_room_for_resolved(const struct linx_session *s, u64 values)
{
	return LINX_FIXED_MAX + values + LINX_FD_FAST_ROOM <= linx_rec_limit(s->ring_size);
}

/*
 * Returns the fast path of a row in a session that also records what calls resolve (LINX_SETUP_RESOLVED): an opened
 * file, a peer, the socket of a message. fast: the row's fast path in sessions without LINX_SETUP_RESOLVED.
 */
static u8 resolving_fast_path(const struct linx_session *s, const struct linx_row *row, u8 fast, enum linx_resolved what)
{
	if (what == LINX_RESOLVED_MESSAGE) {
		if (fast == LINX_FAST_RECV)
			return fast;
		return fast == LINX_FAST_SHAPE || fast == LINX_FAST_FEW || fast == LINX_FAST_MORE ? LINX_FAST_MESSAGE : LINX_FAST_SLOW;
	}
	if (fast == LINX_FAST_SLOW || row->follow || !has_room_for_resolved(s, s->fast_values_room))
		return LINX_FAST_SLOW;
	if (fast == LINX_FAST_STR && what == LINX_RESOLVED_OPENED)
		return LINX_FAST_OPENED;
	return fast == LINX_FAST_ADDR && what == LINX_RESOLVED_PEER ? LINX_FAST_PEER : LINX_FAST_RESOLVED;
}

/*
 * Returns the LINX_FAST_* flags that the session's filters and entry times add to its fast paths. Returns
 * LINX_FAST_SLOW if the session has filters or settings that no fast path supports.
 */
static u8 fast_paths_filter(const struct linx_session *s)
{
	u8 ask = (s->filter ? LINX_FAST_FILTERED : 0) | (s->entry_slots ? LINX_FAST_TIMED : 0);

	if (s->filter & ~(LINX_FILTER_PIDS | LINX_FILTER_FOLLOW) || (s->filter && !s->tgid_only))
		ask |= LINX_FAST_FILTERED_SLOW;
	if (!s->fast_allowed || s->filter & LINX_FILTER_DURATION)
		return LINX_FAST_SLOW;
	return s->filter & LINX_FILTER_PREDICATE && s->entry_slots ? LINX_FAST_SLOW : ask;
}

/*
 * Returns the fast path of a call in a session that records descriptors (LINX_SETUP_FDS), where a call that can use
 * descriptors needs another path than in other sessions. fast: the call's fast path in sessions without LINX_SETUP_FDS.
 */
static u8 fast_path_with_fds(const struct linx_session *s, const struct linx_row *row, u32 key, u8 fast)
{
	if (!(s->flags & LINX_SETUP_FDS) || linx_fd_place(key) == LINX_FD_NOWHERE || fast == LINX_FAST_SLOW)
		return fast;
	if (linx_fd_place(key) != LINX_FD_IN_REGISTERS || row->flags & LINX_ROW_FORK || linx_fd_resolved(key) == LINX_RESOLVED_MESSAGE)
		return LINX_FAST_SLOW;
	return LINX_FAST_FDS;
}

/*
 * Does a session select the entries of some calls with this key? A row with a selector counts as one that has entries,
 * since only its variants show which calls have them.
 */
static bool selects_entry(const struct linx_session *s, const struct linx_row *row, u32 key)
{
	return linx_bit(s->enter, key) && !(row->entry == LINX_ENTRY_NONE && !row->selector && s->entries_chosen);
}

static u8 select_enter_fast(const struct linx_session *s, const struct linx_row *row, u32 key)
{
	bool timed = s->entry_slots && linx_bit(s->exit, key);

	if (row->flags & LINX_ROW_EXEC && timed)
		return LINX_FAST_SLOW; /* an exec may return with another ABI's number */
	if (!selects_entry(s, row, key) || linx_rate_sampled(s, key))
		return timed ? LINX_FAST_NONE : LINX_FAST_SLOW;
	if (row->selector)
		return LINX_FAST_SLOW;
	if (row->enter_fast == LINX_FAST_RECV)
		return s->entries_chosen ? LINX_FAST_RECV : LINX_FAST_SLOW;
	return fast_path_with_fds(s, row, key, fast_path_in(s, row->enter_fast, row->enter_few));
}

static u8 select_exit_fast(const struct linx_session *s, const struct linx_row *row, u32 key)
{
	bool records_files = s->flags & LINX_SETUP_FILES && (row->files || row->selector);
	enum linx_resolved what = linx_fd_resolved(key);
	u8 fast = linx_bit(s->exit, key) && !records_files ? fast_path_in(s, row->exit_fast, row->exit_few) : LINX_FAST_SLOW;

	if (s->flags & LINX_SETUP_FDS && linx_fd_place(key) != LINX_FD_NOWHERE)
		return fast_path_with_fds(s, row, key, fast);
	if (s->flags & LINX_SETUP_RESOLVED ? what != LINX_RESOLVED_NONE :
	    what == LINX_RESOLVED_MESSAGE && receives(row) && !(row->flags & LINX_ROW_RECVMSG))
		return resolving_fast_path(s, row, fast, what);
	return fast;
}

/*
 * Returns the fast path for a return that may move an HTTP header, in a session that keeps headers. fast: the return's
 * fast path in sessions that do not keep headers.
 */
static u16 fast_path_with_http(const struct linx_row *row, u8 fast)
{
	if (fast == LINX_FAST_SLOW || fast == LINX_FAST_FDS)
		return LINX_FAST_SLOW;
	switch (row->exit_fast) {
	case LINX_FAST_READ:
	case LINX_FAST_WRITE:
	case LINX_FAST_SHAPE:
	case LINX_FAST_BUFFERS:
	case LINX_FAST_FEW:
	case LINX_FAST_MORE:
	case LINX_FAST_RECV:
		return LINX_FAST_SPECIAL | row->exit_fast;
	default:
		return LINX_FAST_SLOW;
	}
}

/*
 * Can syscall/fast_32.c record an entry or a return with at most n values? It has no code for long buffers, HTTP
 * headers, the lists of descriptors of LINX_SETUP_FDS, sampling and budgets.
 */
static bool is_fast_32(const struct linx_session *s, const struct linx_row *row, u32 key, u8 fast, u8 n)
{
	enum linx_resolved what = linx_fd_resolved(key);

	if (s->snap_long || (s->http && linx_http_is_call(key)))
		return false;
	if (fast >= LINX_FAST_VARIANT || row->flags & ~LINX_ROW_PRIO || n > s->fast_values || linx_rate_applies(s, key))
		return false;
	if (s->flags & LINX_SETUP_FDS && linx_fd_place(key) != LINX_FD_NOWHERE)
		return false;
	if (what == LINX_RESOLVED_NONE)
		return true;
	if (s->flags & LINX_SETUP_RESOLVED && !has_room_for_resolved(s, row->follow ? s->follow_room : s->fast_values_room))
		return false;
	return what == LINX_RESOLVED_OPENED || what == LINX_RESOLVED_PEER;
}

/* Must more be done at the return of a call than counting it, in a session with LINX_SETUP_COUNT? */
static bool is_more_than_counted(const struct linx_row *row)
{
	return row->flags & (LINX_ROW_FORK | LINX_ROW_CONTEXT | LINX_ROW_EXEC);
}

/* Returns the fast path of a return in a session with LINX_SETUP_COUNT. ask: the flags of fast_paths_filter(). */
static u16 counting_fast_path(const struct linx_session *s, const struct linx_row *row, u32 key, u8 ask)
{
	if (ask == LINX_FAST_SLOW || !linx_bit(s->exit, key) || is_more_than_counted(row))
		return LINX_FAST_SLOW;
	return ask | LINX_FAST_SPECIAL | (ask & LINX_FAST_FILTERED_SLOW ? LINX_FAST_NONE : LINX_FAST_COUNT);
}

/* Returns how a selected return of a 32-bit call with this row is handled: LINX_32_*, or 0 for the slow path. */
static u8 exit_32_of(const struct linx_session *s, const struct linx_row *row, u32 key)
{
	if (s->flags & LINX_SETUP_COUNT)
		return is_more_than_counted(row) ? 0 : LINX_32_COUNT;
	if (row->selector || linx_tamper_way(row) || (s->flags & LINX_SETUP_FILES && row->files))
		return 0;
	return is_fast_32(s, row, key, row->exit_fast, row->exit_few) ? LINX_32_RECORD : 0;
}

static void select_fast_32(struct linx_session *s, bool alone)
{
	u32 nr, key;

	for (nr = 0; nr < LINX_NR_MAX; nr++) {
		const struct linx_row *row = linx_table_row(key = linx_key(LINX_ABI_I386, nr));
		bool may = alone && nr < LINX_NR_OTHER;

		WRITE_ONCE(s->enter_32[nr], may && !row->selector && selects_entry(s, row, key) && row->entry < LINX_ENTRY_POINTER &&
						    is_fast_32(s, row, key, row->enter_fast, row->enter_few));
		WRITE_ONCE(s->exit_32[nr], may && linx_bit(s->exit, key) ? exit_32_of(s, row, key) : 0);
	}
}

/*
 * Returns the fast path of a return of a sampled call. This path either leaves the return out, or passes it to the slow
 * path, which records it. Returns LINX_FAST_SLOW if the slow path has to make this choice as well.
 */
static u16 sampled_fast_path(const struct linx_session *s, u16 fast, u8 ask)
{
	if (fast == LINX_FAST_SLOW || s->quota)
		return LINX_FAST_SLOW;
	return ask | LINX_FAST_FILTERED | LINX_FAST_FILTERED_SLOW | LINX_FAST_SPECIAL | LINX_FAST_NONE;
}

/* Returns the fast path of an entry that counts against a budget. fast: its fast path without a budget. */
static u16 entry_with_budget(u16 fast)
{
	if (fast == LINX_FAST_SLOW || (fast & LINX_FAST_MASK) == LINX_FAST_NONE)
		return fast;
	return fast | LINX_FAST_FILTERED | LINX_FAST_FILTERED_SLOW | LINX_FAST_BUDGET;
}

static u16 return_with_budget(u16 fast)
{
	if (fast == LINX_FAST_SLOW || fast & LINX_FAST_SPECIAL)
		return LINX_FAST_SLOW;
	return (fast & ~(LINX_FAST_FILTERED | LINX_FAST_FILTERED_SLOW)) | LINX_FAST_SPECIAL | LINX_FAST_BUDGET;
}

/*
 * Chooses the path of each call and stores the paths one by one: a probe finds the old or the new path of a call.
 * Probes look at a session only for calls in linx_any_selected, the union of all sessions' selections.
 */
void linx_session_select_fast_paths(struct linx_session *s)
{
	u16 in, out;
	u32 key;
	u8 ask;

	WRITE_ONCE(s->tgid_only, (s->filter & LINX_FILTER_OF_TASK) == LINX_FILTER_PIDS ? s->pid_list : NULL);
	ask = fast_paths_filter(s);
	for (key = 0; key < LINX_NR_MAX; key++) {
		const struct linx_row *row = linx_table_row(key);

		in = ask == LINX_FAST_SLOW ? ask : select_enter_fast(s, row, key);
		out = ask == LINX_FAST_SLOW ? ask : select_exit_fast(s, row, key);
		/* The time of an entry is stored only if the call's return is selected and uses it. */
		if (in != LINX_FAST_SLOW)
			in |= linx_bit(s->exit, key) ? ask : ask & ~LINX_FAST_TIMED;
		if (s->http && linx_http_is_call(key))
			out = fast_path_with_http(row, out);
		if (out != LINX_FAST_SLOW)
			out |= ask;
		if (s->flags & LINX_SETUP_COUNT) {
			in = LINX_FAST_SLOW;
			out = counting_fast_path(s, row, key, ask);
		} else if (linx_rate_sampled(s, key)) {
			in = in == (LINX_FAST_TIMED | LINX_FAST_NONE) ? in : LINX_FAST_SLOW;
			out = sampled_fast_path(s, out, ask);
		} else if (s->quota && !linx_bit(s->prio, key)) {
			in = entry_with_budget(in);
			out = return_with_budget(out);
		}
		if (s->flags & LINX_SETUP_TAMPER && linx_tamper_way(row))
			out = LINX_FAST_SLOW; /* only the slow path looks for interference with the recording */
		if (key == LINX_CANARY_KEY && s->tgid_only)
			out = LINX_FAST_SLOW; /* the fast path would leave out the reader without looking for canaries */
		WRITE_ONCE(s->enter_fast[key], in);
		WRITE_ONCE(s->exit_fast[key], out);
	}
	select_fast_32(s, !ask);
	smp_mb(); /* pairs with linx_session_owner_gone() */
	if (READ_ONCE(s->owner_gone)) /* the owner has exited, and a process that shares its memory calls this */
		linx_session_owner_gone(s);
}
