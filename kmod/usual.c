// SPDX-License-Identifier: GPL-2.0-only
/*
 * What becomes of a usual system call that somebody selected: one of x86_64, in
 * a session that is alone. It has a way for each shape of record; everything
 * else goes the long way, calls.c. Each function here ends the probe that
 * called it, most of them by ending with another: the compiler makes jumps of
 * these, and a short way takes no call and saves no register.
 *
 * Probe context: preemption off by probe_enter(), page faults refused where user
 * memory is read; nothing sleeps, faults or allocates.
 */
#include <linux/percpu.h>
#include <linux/sched/task_stack.h>
#include "calls.h"
#include "choice.h"
#include "clock.h"
#include "compat.h"
#include "probe_on.h"
#include "session.h"
#include "short.h"

/* A reader sleeps. Ends the probe. */
static noinline void wake_leave(struct linx_session *s)
{
	linx_wake_look(s, this_cpu_ptr(s->ring));
	probe_leave();
}

/*
 * A record that went a short way as far as its values, which are not there, or
 * its time: the long way does it all again. What it needs is in the record, and
 * that where it was begun.
 */
static noinline void again_long(struct linx_session *s)
{
	const struct linx_rec *rec = linx_short_rec(this_cpu_ptr(s->ring));
	struct pt_regs *regs = task_pt_regs(current);

	if (rec->kind == LINX_REC_ENTER)
		linx_enter_long(s, regs, rec->nr, rec->nr);
	else
		linx_exit_long(s, regs, *(const s64 *)(rec + 1), rec->nr, rec->nr);
}

/*
 * All of a record but its values and its time, for a call whose session is
 * alone. What was an argument is in the record then and need not be kept: the
 * barrier makes it so, and the shortest ways save nothing on the stack.
 */
static __always_inline void begin_short(struct linx_rec *rec, struct linx_ring *r, u8 kind, struct pt_regs *regs, u32 key,
					u32 nargs, u32 len)
{
	u64 *body = (u64 *)(rec + 1);

	linx_short_head(rec, r, kind, LINX_ABI_X86_64, len, key, nargs);
	linx_short_args(LINX_ABI_X86_64, nargs, regs, kind == LINX_REC_EXIT ? body + 1 : body);
	barrier();
}

/* At this time, with all that it has up to end, it is counted and published. Ends the probe. */
static __always_inline void end_short(struct linx_session *s, struct linx_ring *r, struct linx_rec *rec, u32 len)
{
	u64 now;

	if (unlikely(!linx_clock_quick(&now)))
		return again_long(s);
	now = linx_ring_time(r, now);
	rec->time = now;
	if (unlikely(linx_short_end(s, r, rec->nr, len, now)))
		return wake_leave(s);
	probe_leave();
}

static __always_inline void end_values(struct linx_session *s, struct linx_ring *r, struct linx_rec *rec, const u8 *end)
{
	u32 len = end - (u8 *)rec;

	rec->len = len;
	end_short(s, r, rec, len);
}

static __always_inline bool failed(const struct linx_rec *rec)
{
	return IS_ERR_VALUE(*(const s64 *)(rec + 1));
}

/* The arguments to read for this record. */
static __always_inline unsigned int mask_of(const struct linx_row *row, const struct linx_rec *rec)
{
	if (rec->kind == LINX_REC_ENTER)
		return row->in;
	return row->in | (failed(rec) ? row->err : row->out);
}

/* All values of the record and what they point to. Ends the probe, as the next one. */
static LINX_APART void fill_more(struct linx_session *s, struct linx_rec *rec, const struct linx_row *row, u64 *args)
{
	struct linx_ring *r = this_cpu_ptr(s->ring);
	unsigned int mask = mask_of(row, rec);
	u8 *p = (u8 *)(args + row->nargs);
	u8 *end;

	rec->nvals = 0;
	end = linx_short_values(s, row, rec, LINX_ABI_X86_64, args, p, mask);
	if (unlikely(!end || end - p > s->user_max))
		return again_long(s);
	if (row->follow & mask)
		end = linx_follow_few(s, r, row, rec, args, p, end);
	end_values(s, r, rec, end);
}

/*
 * Values of the kinds that make no call, one after the other; nothing has to be
 * saved. What turns out otherwise begins again. p: the end of the record so far.
 */
static LINX_APART void fill_few(struct linx_session *s, struct linx_rec *rec, const struct linx_row *row, u64 *args,
				unsigned int mask, u8 *p);

static LINX_APART void fill_string(struct linx_session *s, struct linx_rec *rec, const struct linx_row *row, u64 *args,
				   unsigned int mask, u8 *p)
{
	unsigned int i = __ffs(mask);

	pagefault_disable();
	p = linx_short_string(s, p, args[i], *(row->fixed + i));
	pagefault_enable();
	if (unlikely(!p))
		return fill_more(s, rec, row, args);
	fill_few(s, rec, row, args, mask & (mask - 1), p);
}

static LINX_APART void fill_few(struct linx_session *s, struct linx_rec *rec, const struct linx_row *row, u64 *args,
				unsigned int mask, u8 *p)
{
	u32 def, fixed;
	unsigned int i;
	u64 head;

	for (; mask; mask &= mask - 1) {
		i = __ffs(mask);
		if (!args[i])
			continue;
		rec->nvals++;
		def = LINX_ROW_ARG(row, i);
		fixed = *(row->fixed + i);
		if (LINX_ARGDEF_CAP(def) == LINX_CAP_STR)
			return fill_string(s, rec, row, args, mask, p);
		if (fixed & LINX_FIXED_ONE)
			head = fixed | (u64)(u16)fixed << 32;
		else if (LINX_ARGDEF_CAP(def) == LINX_CAP_BUF)
			head = linx_short_buffer(s, def, fixed, args);
		else
			head = linx_short_array(def, fixed, args, i);
		if (unlikely((u16)head >= LINX_SIMPLE_MAX || !head))
			return fill_more(s, rec, row, args);
		*(u64 *)p = head;
		pagefault_disable();
		p = linx_user_simple(p + sizeof(struct linx_val), args[i], (u16)head);
		pagefault_enable();
		if (unlikely(!p))
			return again_long(s);
	}
	if (unlikely(p - (u8 *)args > s->user_max))
		return again_long(s);
	end_values(s, this_cpu_ptr(s->ring), rec, p);
}

/* A single value at p, of which way says what it is. Returns the end, or NULL. */
static __always_inline u8 *put_one(const struct linx_session *s, const struct linx_row *row, const u64 *args, u8 *p,
				   unsigned int i, enum linx_way way)
{
	u32 fixed = *(row->fixed + i);
	u64 head = fixed | (u64)(u16)fixed << 32;

	if (way == LINX_WAY_STR)
		return linx_short_string(s, p, args[i], fixed);
	if (way == LINX_WAY_BUF)
		head = linx_short_buffer(s, LINX_ROW_ARG(row, i), fixed, args);
	if (way == LINX_WAY_ARR)
		head = linx_short_array(LINX_ROW_ARG(row, i), fixed, args, i);
	if (way == LINX_WAY_ARR && unlikely((u16)head >= LINX_SIMPLE_MAX || !head))
		return NULL;
	*(u64 *)p = head;
	return linx_user_simple(p + sizeof(struct linx_val), args[i], (u16)head);
}

/* Ways that end the probe with one value; read: there may be one. */
static __always_inline void fill_one(struct linx_session *s, struct linx_rec *rec, const struct linx_row *row, u64 *args,
				     bool read, enum linx_way way)
{
	u8 *p = (u8 *)(args + row->nargs);
	unsigned int i = row->one;

	if (likely(read && args[i])) {
		rec->nvals = 1;
		pagefault_disable();
		p = put_one(s, row, args, p, i, way);
		pagefault_enable();
		if (unlikely(!p))
			return way == LINX_WAY_ARR ? fill_more(s, rec, row, args) : again_long(s);
	}
	end_values(s, this_cpu_ptr(s->ring), rec, p);
}

/*
 * Room for a single value. Rows that may use the reserved share go the long way
 * to it.
 */
static __always_inline bool room_for_one(const struct linx_session *s, const struct linx_ring *r, enum linx_way way)
{
	u32 room = LINX_SIMPLE_MAX + 2 * sizeof(struct linx_val);

	if (way == LINX_WAY_STR || way == LINX_WAY_STAT || way == LINX_WAY_ARR)
		room = s->few_room;
	return linx_short_room(r, LINX_FIXED_MAX + room, false);
}

static __always_inline void enter_one(struct linx_session *s, struct pt_regs *regs, unsigned long key, enum linx_way way)
{
	const struct linx_row *row = linx_table_row(key);
	struct linx_ring *r = this_cpu_ptr(s->ring);
	struct linx_rec *rec = linx_short_rec(r);

	OPTIMIZER_HIDE_VAR(row);
	if (unlikely(!room_for_one(s, r, way)))
		return linx_enter_long(s, regs, key, key);
	begin_short(rec, r, LINX_REC_ENTER, regs, key, row->nargs, 0);
	fill_one(s, rec, row, (u64 *)(rec + 1), true, way);
}

static LINX_APART void enter_buf(struct linx_session *s, struct pt_regs *regs, unsigned long key)
{
	enter_one(s, regs, key, LINX_WAY_BUF);
}

static LINX_APART void enter_str(struct linx_session *s, struct pt_regs *regs, unsigned long key)
{
	enter_one(s, regs, key, LINX_WAY_STR);
}

static LINX_APART void enter_few(struct linx_session *s, struct pt_regs *regs, unsigned long key, u8 way)
{
	const struct linx_row *row = linx_table_row(key);
	struct linx_ring *r = this_cpu_ptr(s->ring);
	struct linx_rec *rec = linx_short_rec(r);
	u64 *args = (u64 *)(rec + 1);

	OPTIMIZER_HIDE_VAR(row);
	if (unlikely(!linx_short_room(r, LINX_FIXED_MAX + s->few_room, row->flags & LINX_ROW_PRIO)))
		return linx_enter_long(s, regs, key, key);
	begin_short(rec, r, LINX_REC_ENTER, regs, key, row->nargs, 0);
	if (way == LINX_WAY_MORE)
		return fill_more(s, rec, row, args);
	fill_few(s, rec, row, args, row->in, (u8 *)(args + row->nargs));
}

static LINX_APART void exit_plain(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key, u32 nargs)
{
	struct linx_ring *r = this_cpu_ptr(s->ring);
	struct linx_rec *rec = linx_short_rec(r);
	u32 len = sizeof(*rec) + 8 + nargs * 8;

	if (unlikely(!linx_short_room(r, LINX_FIXED_MAX, false)))
		return linx_exit_long(s, regs, ret, key, key);
	*(s64 *)(rec + 1) = ret;
	begin_short(rec, r, LINX_REC_EXIT, regs, key, nargs, len);
	end_short(s, r, rec, len);
}

static __always_inline void exit_one(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key,
				     const struct linx_row *row, enum linx_way way)
{
	struct linx_ring *r = this_cpu_ptr(s->ring);
	struct linx_rec *rec = linx_short_rec(r);
	bool read;

	if (unlikely(!room_for_one(s, r, way)))
		return linx_exit_long(s, regs, ret, key, key);
	*(s64 *)(rec + 1) = ret;
	begin_short(rec, r, LINX_REC_EXIT, regs, key, row->nargs, 0);
	read = way == LINX_WAY_STR || row->in || (failed(rec) ? row->err : row->out);
	fill_one(s, rec, row, (u64 *)(rec + 1) + 1, read, way);
}

#define EXIT_ONE(name, way)                                                                               	static LINX_APART void name(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key, 				    const struct linx_row *row)                                            	{                                                                                                 		exit_one(s, regs, ret, key, row, way);                                                    	}

EXIT_ONE(exit_buf, LINX_WAY_BUF)
EXIT_ONE(exit_str, LINX_WAY_STR)
EXIT_ONE(exit_fix, LINX_WAY_FIX)
EXIT_ONE(exit_arr, LINX_WAY_ARR)

/* A path and, if the call succeeded, a structure: stat and its like. */
static LINX_APART void exit_stat(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key,
				 const struct linx_row *row)
{
	struct linx_ring *r = this_cpu_ptr(s->ring);
	struct linx_rec *rec = linx_short_rec(r);
	u64 *args = (u64 *)(rec + 1) + 1;
	u8 *p;

	if (unlikely(!room_for_one(s, r, LINX_WAY_STAT)))
		return linx_exit_long(s, regs, ret, key, key);
	*(s64 *)(rec + 1) = ret;
	begin_short(rec, r, LINX_REC_EXIT, regs, key, row->nargs, 0);
	if (unlikely(failed(rec) || !args[row->one] || !args[row->two]))
		return fill_more(s, rec, row, args);
	rec->nvals = 2;
	pagefault_disable();
	p = put_one(s, row, args, (u8 *)(args + row->nargs), row->one, LINX_WAY_STR);
	if (likely(p))
		p = put_one(s, row, args, p, row->two, LINX_WAY_FIX);
	pagefault_enable();
	if (unlikely(!p))
		return again_long(s);
	end_values(s, this_cpu_ptr(s->ring), rec, p);
}

/* A value of less than LINX_SIMPLE_MAX bytes for what a member points to; base: its head without lengths. */
static __always_inline u8 *put_memory(u8 *p, u64 addr, u64 len, u64 count, u64 base)
{
	if (count < len) {
		base += (u64)(LINX_TRUNCATED - LINX_WHOLE) << 24;
		len = min_t(u64, len, U32_MAX - sizeof(u64));
	}
	*(u64 *)p = (base | (count + sizeof(u64))) + ((len + sizeof(u64)) << 32);
	*(u64 *)(p + sizeof(u64)) = addr;
	return linx_user_simple(p + 2 * sizeof(u64), addr, count);
}

/*
 * What an array of buffers in the record points to: it has less than
 * LINX_SIMPLE_MAX bytes, so that LINX_SHAPE_ROOM is enough. Returns the end, or
 * NULL. Page faults are refused.
 */
static noinline u8 *put_buffers(const struct linx_session *s, struct linx_rec *rec, u8 *p, const struct linx_shape *shape,
				const u64 *iov, u32 left, u64 base)
{
	bool part = shape->follow->kind == LINX_FOLLOW_PART;
	u64 filled = part ? *(const u64 *)(rec + 1) : U64_MAX;
	const u64 *end = iov + 2 * left;
	u64 keep = s->snap_bytes, n;

	for (; iov < end; iov += 2) {
		n = min(iov[1], filled);
		if (!iov[0] || !n)
			continue;
		if (part)
			filled -= n;
		rec->nvals++;
		p = put_memory(p, iov[0], n, min(n, keep), base);
		if (unlikely(!p))
			return NULL;
	}
	return p;
}

/* What a structure in the record points to: linx_shape_plain(). Likewise. */
static noinline u8 *put_members(const struct linx_session *s, struct linx_rec *rec, u8 *p, const struct linx_shape *shape,
				const u8 *data, u8 dirs, u64 base)
{
	const struct linx_follow *fo = shape->follow, *end = fo + shape->count;
	const struct linx_shape *inner;
	u64 addr, n;
	u8 *v;

	for (; fo < end; fo++) {
		addr = *(const u64 *)(data + LINX_MEMBER_AT(fo->ptr));
		n = *(const u64 *)(data + LINX_MEMBER_AT(fo->len));
		if (LINX_MEMBER_WIDTH((u32)fo->len) == 4)
			n = (u32)n;
		if (!(fo->dir & dirs) || !addr || !n)
			continue;
		inner = linx_shapes + fo->what;
		v = p;
		if (unlikely(n >= LINX_SIMPLE_MAX))
			return NULL;
		n *= inner->size[LINX_ABI_X86_64];
		if (unlikely(n >= LINX_SIMPLE_MAX))
			return NULL;
		rec->nvals++;
		p = put_memory(p, addr, n, n, base);
		if (p && inner->count && inner->follow->dir & dirs)
			p = put_buffers(s, rec, p, inner, (const u64 *)(v + 2 * sizeof(u64)), n / (2 * sizeof(u64)), base);
		if (unlikely(!p))
			return NULL;
	}
	return p;
}

/* The members behind the value at v, which is all of a structure or an array of buffers. */
static __always_inline u8 *put_shape(const struct linx_session *s, struct linx_rec *rec, u8 *p, const struct linx_shape *shape,
				     const u8 *v, unsigned int arg)
{
	u64 base = LINX_VAL_HEAD(0, arg, LINX_VAL_INFO(LINX_VAL_MEM, LINX_WHOLE), 0);
	u8 dirs = failed(rec) ? LINX_DIR_IN : LINX_DIR_IN | LINX_DIR_OUT;
	const u8 *data = v + sizeof(struct linx_val);

	if (!linx_shape_buffers(shape))
		return put_members(s, rec, p, shape, data, dirs, base);
	if (!(shape->follow->dir & dirs))
		return p;
	return put_buffers(s, rec, p, shape, (const u64 *)data, (p - data) / (2 * sizeof(u64)), base);
}

/* A structure or an array, and what it points to, if that is no more than buffers. */
static LINX_APART void exit_shape(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key,
				  const struct linx_row *row)
{
	struct linx_ring *r = this_cpu_ptr(s->ring);
	struct linx_rec *rec = linx_short_rec(r);
	u64 *args = (u64 *)(rec + 1) + 1;
	unsigned int i = row->one;
	u8 *v, *p;

	if (unlikely(!room_for_one(s, r, LINX_WAY_ARR)))
		return linx_exit_long(s, regs, ret, key, key);
	*(s64 *)(rec + 1) = ret;
	begin_short(rec, r, LINX_REC_EXIT, regs, key, row->nargs, 0);
	v = p = (u8 *)(args + row->nargs);
	if (likely(args[i] && (row->in || (failed(rec) ? row->err : row->out)))) {
		rec->nvals = 1;
		pagefault_disable();
		p = put_one(s, row, args, v, i, *(row->fixed + i) & LINX_FIXED_ONE ? LINX_WAY_FIX : LINX_WAY_ARR);
		if (likely(p))
			p = put_shape(s, rec, p, linx_shapes + LINX_ARGDEF_WHAT(LINX_ROW_ARG(row, i)), v, i);
		pagefault_enable();
	}
	if (unlikely(!p || p - (u8 *)args > s->user_max))
		return fill_more(s, rec, row, args);
	end_values(s, this_cpu_ptr(s->ring), rec, p);
}

static LINX_APART void exit_few(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key,
				const struct linx_row *row)
{
	struct linx_ring *r = this_cpu_ptr(s->ring);
	struct linx_rec *rec = linx_short_rec(r);
	u64 *args = (u64 *)(rec + 1) + 1;

	if (unlikely(!linx_short_room(r, LINX_FIXED_MAX + s->few_room, false)))
		return linx_exit_long(s, regs, ret, key, key);
	*(s64 *)(rec + 1) = ret;
	begin_short(rec, r, LINX_REC_EXIT, regs, key, row->nargs, 0);
	fill_few(s, rec, row, args, row->in | (failed(rec) ? row->err : row->out), (u8 *)(args + row->nargs));
}

static LINX_APART void exit_more(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key,
				 const struct linx_row *row)
{
	struct linx_ring *r = this_cpu_ptr(s->ring);
	struct linx_rec *rec = linx_short_rec(r);

	if (unlikely(!linx_short_room(r, LINX_FIXED_MAX + max_t(u64, s->follow_room, s->few_room), false)))
		return linx_exit_long(s, regs, ret, key, key);
	*(s64 *)(rec + 1) = ret;
	begin_short(rec, r, LINX_REC_EXIT, regs, key, row->nargs, 0);
	fill_more(s, rec, row, (u64 *)(rec + 1) + 1);
}

/* With a row that an argument has chosen. */
static LINX_APART void exit_by(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key,
			       const struct linx_row *row)
{
	row = linx_choose(row, regs, LINX_ABI_X86_64);
	if (row->exit_way <= LINX_WAY_PLAIN_MAX)
		return exit_plain(s, regs, ret, key, row->nargs);
	if (row->exit_way == LINX_WAY_FIX)
		return exit_fix(s, regs, ret, key, row);
	if (row->exit_way == LINX_WAY_ARR)
		return exit_arr(s, regs, ret, key, row);
	if (row->exit_way == LINX_WAY_LONG)
		return linx_exit_long(s, regs, ret, key, key);
	exit_more(s, regs, ret, key, row);
}

/*
 * A usual call that somebody selected: key is its number. The functions above
 * are apart, with their arguments where they are already, and end with a call
 * or none.
 */
LINX_APART void linx_enter_usual(void *data, struct pt_regs *regs, unsigned long key)
{
	struct linx_session *s;
	u8 way;

	if (unlikely(!probe_enter()))
		return linx_nested_leave();
	s = READ_ONCE(linx_only);
	if (likely(s && linx_seen(s))) {
		way = READ_ONCE(*(s->enter_way + key));
		if (way == LINX_WAY_STR)
			return enter_str(s, regs, key);
		if (way == LINX_WAY_BUF)
			return enter_buf(s, regs, key);
		if (likely(way != LINX_WAY_LONG))
			return enter_few(s, regs, key, way);
	}
	linx_enter_long(s, regs, key, key);
}

LINX_APART void linx_exit_usual(void *data, struct pt_regs *regs, long ret, unsigned long key)
{
	struct linx_session *s;
	const struct linx_row *row;
	u8 way;

	if (unlikely(!probe_enter()))
		return linx_nested_leave();
	s = READ_ONCE(linx_only);
	if (likely(s && linx_seen(s))) {
		way = READ_ONCE(*(s->exit_way + key));
		if (way <= LINX_WAY_PLAIN_MAX)
			return exit_plain(s, regs, ret, key, way);
		row = linx_table_row(key);
		if (way == LINX_WAY_BUF)
			return exit_buf(s, regs, ret, key, row);
		if (way == LINX_WAY_STR)
			return exit_str(s, regs, ret, key, row);
		if (way == LINX_WAY_FIX)
			return exit_fix(s, regs, ret, key, row);
		if (way == LINX_WAY_STAT)
			return exit_stat(s, regs, ret, key, row);
		if (way == LINX_WAY_ARR)
			return exit_arr(s, regs, ret, key, row);
		if (way == LINX_WAY_SHAPE)
			return exit_shape(s, regs, ret, key, row);
		if (way == LINX_WAY_FEW)
			return exit_few(s, regs, ret, key, row);
		if (way == LINX_WAY_MORE)
			return exit_more(s, regs, ret, key, row);
		if (way == LINX_WAY_BY)
			return exit_by(s, regs, ret, key, row);
	}
	linx_exit_long(s, regs, ret, key, key);
}
