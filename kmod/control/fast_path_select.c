// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which way the records of each call go in a session: the one that its row may
 * take, if the settings allow it. Process context.
 */
#include "control/fast_path_select.h"
#include "capture/fd.h"
#include "filter/filter.h"
#include "filter/rate.h"
#include "ring/ring_fast.h"
#include "control/session_life.h"
#include "table/table.h"

/* The way of a row with n values at most, if its session has the room for them and the usual limit for buffers. */
static u8 way_in(const struct linx_session *s, u8 way, u8 n)
{
	if (way <= LINX_WAY_PLAIN_MAX)
		return way;
	if (n > s->few || ((way == LINX_WAY_BY || way == LINX_WAY_BY_SEEN) && s->few < LINX_NARGS))
		return LINX_WAY_LONG;
	if ((way == LINX_WAY_SHAPE || way == LINX_WAY_BUFFERS || way == LINX_WAY_FORK_SHAPE) &&
	    min_t(u64, s->few_room, s->user_max) < LINX_SHAPE_ROOM)
		return LINX_WAY_LONG;
	return max_t(u32, s->snap_bytes, LINX_SOCKADDR_MAX) < LINX_SIMPLE_MAX ? way : LINX_WAY_LONG;
}

/* Of a row with a message: does it fill a buffer? MSG_TRUNC says whether it does. */
static bool receives(const struct linx_row *row)
{
	return LINX_ARGDEF_DIR(row->arg[LINX_BYTES_BUF]) & LINX_DIR_OUT;
}

/* The way of a row whose kernel's own result is told too. */
static u8 resolving_way(const struct linx_session *s, const struct linx_row *row, u8 way, enum linx_resolved what)
{
	if (what == LINX_RESOLVED_MESSAGE) {
		if (way == LINX_WAY_RECV)
			return way;
		return way == LINX_WAY_SHAPE || way == LINX_WAY_FEW || way == LINX_WAY_MORE ? LINX_WAY_MESSAGE : LINX_WAY_LONG;
	}
	if (way == LINX_WAY_LONG || row->follow ||
	    LINX_FIXED_MAX + s->few_room + LINX_FD_SHORT_ROOM > linx_rec_limit(s->ring_size))
		return LINX_WAY_LONG;
	if (way == LINX_WAY_STR && what == LINX_RESOLVED_OPENED)
		return LINX_WAY_OPENED;
	return way == LINX_WAY_ADDR && what == LINX_RESOLVED_PEER ? LINX_WAY_PEER : LINX_WAY_RESOLVED;
}

/* Which of the session's own questions the ways ask; LINX_WAY_LONG: more than they can. */
static u8 ways_ask(const struct linx_session *s)
{
	u8 ask = (s->filter ? LINX_WAY_ASK : 0) | (s->slots ? LINX_WAY_TIMED : 0);

	if (s->filter & ~(LINX_FILTER_PIDS | LINX_FILTER_FOLLOW) || (s->filter && !s->only))
		ask |= LINX_WAY_ASK_MORE;
	if (!s->shorts || s->filter & LINX_FILTER_DURATION)
		return LINX_WAY_LONG;
	return s->filter & LINX_FILTER_PREDICATE && s->slots ? LINX_WAY_LONG : ask;
}

static u8 find_enter_way(const struct linx_session *s, const struct linx_row *row, u32 key)
{
	bool timed = s->slots && linx_bit(s->exit, key);

	if (row->flags & LINX_ROW_EXEC && timed)
		return LINX_WAY_LONG; /* it may return with another number */
	if (!linx_bit(s->enter, key) || (row->no_entry && s->chosen) || linx_rate_sampled(s, key))
		return timed ? LINX_WAY_NONE : LINX_WAY_LONG;
	return row->by ? LINX_WAY_LONG : way_in(s, row->enter_way, row->enter_few);
}

static u8 find_exit_way(const struct linx_session *s, const struct linx_row *row, u32 key)
{
	bool tells = s->flags & LINX_SETUP_FILES && (row->files || row->by);
	enum linx_resolved what = linx_fd_resolved(key);
	u8 way = linx_bit(s->exit, key) && !tells ? way_in(s, row->exit_way, row->exit_few) : LINX_WAY_LONG;

	if (s->flags & LINX_SETUP_RESOLVED ? what != LINX_RESOLVED_NONE :
	    what == LINX_RESOLVED_MESSAGE && receives(row) && !(row->flags & LINX_ROW_RECVMSG))
		return resolving_way(s, row, way, what);
	return way;
}

/* A probe goes by the old way or the new one; what is selected here is what the union of all may let through. */
void linx_session_find_ways(struct linx_session *s)
{
	u8 ask, in, out;
	u32 key;

	WRITE_ONCE(s->only, (s->filter & LINX_FILTER_OF_TASK) == LINX_FILTER_PIDS ? s->listed : NULL);
	ask = ways_ask(s);
	for (key = 0; key < LINX_NR_MAX; key++) {
		const struct linx_row *row = linx_table_row(key);

		in = ask == LINX_WAY_LONG ? ask : find_enter_way(s, row, key);
		out = ask == LINX_WAY_LONG ? ask : find_exit_way(s, row, key);
		/* An entry is timed only if its return wants to know. */
		if (in != LINX_WAY_LONG)
			in |= linx_bit(s->exit, key) ? ask : ask & ~LINX_WAY_TIMED;
		if (out != LINX_WAY_LONG)
			out |= ask;
		/* What is taken is counted: once, on the long way. What sampling leaves out ends before. */
		if (linx_rate_wanted(s, key)) {
			in = in == (LINX_WAY_TIMED | LINX_WAY_NONE) ? in : LINX_WAY_LONG;
			out = out == LINX_WAY_LONG || s->quota ? LINX_WAY_LONG : ask | LINX_WAY_ASK | LINX_WAY_ASK_MORE | LINX_WAY_NONE;
		}
		WRITE_ONCE(s->enter_way[key], in);
		WRITE_ONCE(s->exit_way[key], out);
	}
	smp_mb(); /* pairs with linx_session_owner_gone() */
	if (READ_ONCE(s->owner_gone)) /* and left its memory to another process, which asks */
		linx_session_owner_gone(s);
}
