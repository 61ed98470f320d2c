// SPDX-License-Identifier: GPL-2.0-only
/*
 * The probes of system calls, as far as a usual call goes: one of x86_64, in a
 * session that is alone. It has a way for each shape of record; everything else
 * goes the long way, calls.c. Each function here ends the probe, most of them by
 * ending with another: the compiler makes jumps of these, and a short way takes
 * no call and saves no register.
 *
 * Probe context: preemption off by probe_enter(), page faults refused where user
 * memory is read; nothing sleeps, faults or allocates.
 */
#include <linux/percpu.h>
#include <linux/sched/task_stack.h>
#include <asm/syscall.h>
#include "calls.h"
#include "choice.h"
#include "clock.h"
#include "compat.h"
#include "fd.h"
#include "fd_fast.h"
#include "members.h"
#include "probe_guard.h"
#include "session.h"
#include "short.h"
#include "slot.h"

/* A reader sleeps. Ends the probe. */
static noinline void wake_leave(struct linx_session *s)
{
	linx_wake_look(s, this_cpu_ptr(s->ring));
	probe_leave();
}

/* Where the values of a record begin. */
static __always_inline u8 *values_of(const struct linx_rec *rec, u64 *args)
{
	return (u8 *)(args + rec->nargs + (rec->flags & LINX_RF_ENTRY_TIME));
}

static_assert(LINX_RF_ENTRY_TIME == 1);

/*
 * A record that went a short way as far as its values, which are not there, or
 * its time: the long way does it all again. What it needs is in the record, and
 * that where it was begun; the slot of its task gets back what was taken.
 */
static noinline void again_long(struct linx_session *s)
{
	struct linx_rec *rec = linx_short_rec(this_cpu_ptr(s->ring));
	struct pt_regs *regs = task_pt_regs(current);

	if (rec->kind == LINX_REC_ENTER)
		return linx_enter_long(s, regs, rec->nr, rec->nr);
	if (rec->flags & LINX_RF_ENTRY_TIME)
		linx_slot_set(s, rec->nr, *(u64 *)values_of(rec, (u64 *)(rec + 1)));
	linx_exit_long(s, regs, *(const s64 *)(rec + 1), rec->nr, rec->nr);
}

/*
 * All of a record but its values and its time, for a call whose session is
 * alone. What was an argument is in the record then and need not be kept: the
 * barrier makes it so, and the shortest ways save nothing on the stack.
 */
static __always_inline void begin_short(struct linx_rec *rec, struct linx_ring *r, u8 kind, u8 flags,
					struct pt_regs *regs, u32 key, u32 nargs, u32 len)
{
	u64 *body = (u64 *)(rec + 1);

	linx_short_head(rec, r, kind, flags, len, LINX_ABI_X86_64, key, nargs);
	linx_args_64(regs, nargs, kind == LINX_REC_EXIT ? body + 1 : body);
	barrier();
}

/* The same of a return; timed: with its time of entry. false: that is not where it should be, and nothing has been done. */
static __always_inline bool begin_exit(struct linx_session *s, struct linx_ring *r, struct linx_rec *rec,
				       struct pt_regs *regs, long ret, u32 key, u32 nargs, u32 len, bool timed)
{
	s64 *body = (s64 *)(rec + 1);
	u64 entry = 0;

	if (timed) {
		entry = linx_slot_quick_take(s, key);
		if (unlikely(!entry))
			return false;
	}
	*body = ret;
	begin_short(rec, r, LINX_REC_EXIT, timed ? LINX_RF_ENTRY_TIME : 0, regs, key, nargs, len);
	if (timed)
		body[1 + nargs] = entry;
	return true;
}

/* At this time, with all that it has, it is counted and published. Ends the probe. */
static __always_inline void end_short(struct linx_session *s, struct linx_ring *r, struct linx_rec *rec, u32 len,
				      bool timed)
{
	u64 now, *entry;

	if (unlikely(!linx_clock_quick(&now)))
		return again_long(s);
	now = linx_ring_time(r, now);
	rec->time = now;
	if (timed) {
		entry = (u64 *)(rec + 1) + 1 + rec->nargs;
		*entry = min(*entry, now); /* of another CPU, whose clock may be ahead by as much as clock.h says */
	}
	if (unlikely(linx_short_end(s, r, linx_short_nr(rec), len, now)))
		return wake_leave(s);
	probe_leave();
}

static __always_inline void end_values(struct linx_session *s, struct linx_ring *r, struct linx_rec *rec, const u8 *end,
				       bool timed)
{
	u32 len = end - (u8 *)rec;

	linx_short_len(rec, len);
	end_short(s, r, rec, len, timed);
}

/* The arguments to read for this record. */
static __always_inline unsigned int mask_of(const struct linx_row *row, const struct linx_rec *rec)
{
	if (rec->kind == LINX_REC_ENTER)
		return row->in;
	return row->in | (linx_short_failed(rec) ? row->err : row->out);
}

/* All values of the record and what they point to. Ends the probe, as the next one. */
static LINX_APART void fill_more(struct linx_session *s, struct linx_rec *rec, const struct linx_row *row, u64 *args)
{
	struct linx_ring *r = this_cpu_ptr(s->ring);
	unsigned int mask = mask_of(row, rec);
	u8 *p = values_of(rec, args);
	u8 *end;

	rec->nvals = 0;
	end = linx_short_values(s, row, rec, LINX_ABI_X86_64, args, p, mask);
	if (unlikely(!end || end - p > s->user_max))
		return again_long(s);
	if (row->follow & mask) {
		if (unlikely(!linx_short_room(r, LINX_FIXED_MAX + s->follow_room)))
			return again_long(s);
		end = linx_follow_few(s, r, row, rec, args, p, end);
	}
	end_values(s, r, rec, end, rec->flags);
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

	linx_faults_off();
	p = linx_short_string(s, p, args[i], *(row->fixed + i));
	linx_faults_on();
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
		if (linx_cap_fixed(LINX_ARGDEF_CAP(def)))
			head = fixed | (u64)(u16)fixed << 32;
		else if (LINX_ARGDEF_CAP(def) == LINX_CAP_BUF)
			head = linx_short_buffer(s, def, fixed, args);
		else if (LINX_ARGDEF_CAP(def) == LINX_CAP_BITS)
			head = linx_short_bits(def, fixed, args);
		else
			head = linx_short_array(def, fixed, args);
		if (unlikely((u16)head >= LINX_SIMPLE_MAX))
			return fill_more(s, rec, row, args);
		*(u64 *)p = head;
		linx_faults_off();
		p = linx_user_simple(p + sizeof(struct linx_val), args[i], (u16)head);
		linx_faults_on();
		if (unlikely(!p))
			return again_long(s);
	}
	if (unlikely(p - (u8 *)args > s->user_max))
		return again_long(s);
	end_values(s, this_cpu_ptr(s->ring), rec, p, unlikely(rec->flags));
}

/* A single value at p, of which way says what it is. Returns the end, or NULL. */
static __always_inline u8 *put_one(const struct linx_session *s, const struct linx_row *row, const u64 *args, u8 *p,
				   unsigned int i, enum linx_way way)
{
	u32 fixed = *(row->fixed + i);
	u64 head = fixed | (u64)(u16)fixed << 32;
	u32 size;

	if (way == LINX_WAY_STR)
		return linx_short_string(s, p, args[i], fixed);
	if (way == LINX_WAY_BUF)
		head = linx_short_buffer(s, LINX_ROW_ARG(row, i), fixed, args);
	if (way == LINX_WAY_ADDR)
		head = linx_short_bytes(fixed, (u32)*(args + (u16)fixed), LINX_SOCKADDR_MAX, &size);
	if (way == LINX_WAY_ARR)
		head = linx_short_array(LINX_ROW_ARG(row, i), fixed, args);
	if (way == LINX_WAY_ARR && unlikely((u16)head >= LINX_SIMPLE_MAX))
		return NULL;
	*(u64 *)p = head;
	return linx_user_simple(p + sizeof(struct linx_val), args[i], (u16)head);
}

/* Ways that end the probe with one value, from p on; read: there may be one. */
static __always_inline void fill_one(struct linx_session *s, struct linx_rec *rec, const struct linx_row *row, u64 *args,
				     u8 *p, bool read, enum linx_way way, bool timed)
{
	unsigned int i = row->one;

	if (likely(read && args[i])) {
		rec->nvals = 1;
		linx_faults_off();
		p = put_one(s, row, args, p, i, way);
		linx_faults_on();
		if (unlikely(!p))
			return way == LINX_WAY_ARR ? fill_more(s, rec, row, args) : again_long(s);
	}
	end_values(s, this_cpu_ptr(s->ring), rec, p, timed);
}

/* Room for a single value. */
static __always_inline bool room_for_one(const struct linx_session *s, const struct linx_ring *r, enum linx_way way)
{
	u32 room = LINX_SIMPLE_MAX + 2 * sizeof(struct linx_val);

	if (way == LINX_WAY_STR || way == LINX_WAY_STAT || way == LINX_WAY_ARR)
		room = s->few_room;
	return linx_short_room(r, LINX_FIXED_MAX + room);
}

static __always_inline void enter_one(struct linx_session *s, struct pt_regs *regs, unsigned long key, enum linx_way way)
{
	const struct linx_row *row = linx_table_row(key);
	struct linx_ring *r = this_cpu_ptr(s->ring);
	struct linx_rec *rec = linx_short_rec(r);
	u64 *args = (u64 *)(rec + 1);

	OPTIMIZER_HIDE_VAR(row);
	if (unlikely(!room_for_one(s, r, way)))
		return linx_enter_long(s, regs, key, key);
	begin_short(rec, r, LINX_REC_ENTER, 0, regs, key, row->nargs, 0);
	fill_one(s, rec, row, args, (u8 *)(args + row->nargs), true, way, false);
}

static LINX_APART void enter_buf(struct linx_session *s, struct pt_regs *regs, unsigned long key)
{
	enter_one(s, regs, key, LINX_WAY_BUF);
}

static LINX_APART void enter_addr(struct linx_session *s, struct pt_regs *regs, unsigned long key)
{
	enter_one(s, regs, key, LINX_WAY_ADDR);
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
	if (unlikely(!linx_short_room(r, LINX_FIXED_MAX + s->few_room)))
		return linx_enter_long(s, regs, key, key);
	begin_short(rec, r, LINX_REC_ENTER, 0, regs, key, row->nargs, 0);
	if (way == LINX_WAY_MORE)
		return fill_more(s, rec, row, args);
	fill_few(s, rec, row, args, row->in, (u8 *)(args + row->nargs));
}

/* A call of registers alone. */
static __always_inline void exit_registers(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key, u32 nargs,
					   bool timed)
{
	struct linx_ring *r = this_cpu_ptr(s->ring);
	struct linx_rec *rec = linx_short_rec(r);
	u32 len = sizeof(*rec) + 8 + (nargs + timed) * 8;

	if (unlikely(!linx_short_room(r, LINX_FIXED_MAX) || !begin_exit(s, r, rec, regs, ret, key, nargs, len, timed)))
		return linx_exit_long(s, regs, ret, key, key);
	end_short(s, r, rec, len, timed);
}

/* What follows is there twice: for sessions without entry times, which would pay for each question, and with. */
#define EXIT_WAY(name, ...)                                                                                            \
	static LINX_APART void name(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key,         \
				    const struct linx_row *row)                                                        \
	{                                                                                                              \
		do_##name(s, regs, ret, key, row, false, ##__VA_ARGS__);                                               \
	}                                                                                                              \
	static LINX_APART void name##_timed(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key, \
					    const struct linx_row *row)                                                \
	{                                                                                                              \
		do_##name(s, regs, ret, key, row, true, ##__VA_ARGS__);                                                \
	}

static __always_inline void do_exit_plain(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key,
					  const struct linx_row *row, bool timed)
{
	exit_registers(s, regs, ret, key, row->nargs, timed);
}

EXIT_WAY(exit_plain)

static __always_inline void exit_one(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key,
				     const struct linx_row *row, bool timed, enum linx_way way)
{
	struct linx_ring *r = this_cpu_ptr(s->ring);
	struct linx_rec *rec = linx_short_rec(r);
	u64 *args = (u64 *)(rec + 1) + 1;
	bool read;

	if (unlikely(!room_for_one(s, r, way) || !begin_exit(s, r, rec, regs, ret, key, row->nargs, 0, timed)))
		return linx_exit_long(s, regs, ret, key, key);
	read = way == LINX_WAY_STR || row->in || (linx_short_failed(rec) ? row->err : row->out);
	fill_one(s, rec, row, args, (u8 *)(args + row->nargs + timed), read, way, timed);
}

/*
 * Has a call that may tell an address none, and a socket that says nothing of itself, and did it perhaps not throw
 * away what came? Its arguments stand in the record.
 */
static __always_inline bool is_plain_recv(const u64 *args)
{
	return likely(!(args[LINX_RECV_ADDR] | args[LINX_RECV_ADDR + 1] | (args[LINX_RECV_FLAGS] & MSG_TRUNC)) &&
		      !linx_fd_is_netlink_quick(args[0]));
}

/* What was read, or is written: of a call of which all is known. */
static __always_inline void exit_bytes(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key,
				       bool timed, enum linx_way way)
{
	u32 nargs = way == LINX_WAY_RECV ? LINX_NARGS : LINX_BYTES_ARGS, size;
	struct linx_ring *r = this_cpu_ptr(s->ring);
	struct linx_rec *rec = linx_short_rec(r);
	u64 *args = (u64 *)(rec + 1) + 1, len;
	u8 *p = (u8 *)(args + nargs + timed);

	if (unlikely(!room_for_one(s, r, LINX_WAY_BUF) || !begin_exit(s, r, rec, regs, ret, key, nargs, 0, timed)))
		return linx_exit_long(s, regs, ret, key, key);
	if (way == LINX_WAY_RECV && !is_plain_recv(args))
		return again_long(s);
	if (likely(args[LINX_BYTES_BUF] && (way == LINX_WAY_WRITE || !linx_short_failed(rec)))) {
		rec->nvals = 1;
		len = args[LINX_BYTES_LEN];
		if (way != LINX_WAY_WRITE && args[-1] < len)
			len = args[-1];
		*(u64 *)p = linx_short_bytes(LINX_BYTES_BUF << 16, len, s->snap_bytes, &size);
		linx_faults_off();
		p = linx_user_simple(p + sizeof(struct linx_val), args[LINX_BYTES_BUF], size);
		linx_faults_on();
		if (unlikely(!p))
			return again_long(s);
	}
	end_values(s, this_cpu_ptr(s->ring), rec, p, timed);
}

#define do_exit_read(s, regs, ret, key, row, timed) exit_bytes(s, regs, ret, key, timed, LINX_WAY_READ)
EXIT_WAY(exit_read)
#define do_exit_write(s, regs, ret, key, row, timed) exit_bytes(s, regs, ret, key, timed, LINX_WAY_WRITE)
EXIT_WAY(exit_write)
#define do_exit_recv(s, regs, ret, key, row, timed) exit_bytes(s, regs, ret, key, timed, LINX_WAY_RECV)
EXIT_WAY(exit_recv)
#define do_exit_buf(...) exit_one(__VA_ARGS__, LINX_WAY_BUF)
EXIT_WAY(exit_buf)
#define do_exit_addr(...) exit_one(__VA_ARGS__, LINX_WAY_ADDR)
EXIT_WAY(exit_addr)
#define do_exit_str(...) exit_one(__VA_ARGS__, LINX_WAY_STR)
EXIT_WAY(exit_str)
#define do_exit_fix(...) exit_one(__VA_ARGS__, LINX_WAY_FIX)
EXIT_WAY(exit_fix)
#define do_exit_arr(...) exit_one(__VA_ARGS__, LINX_WAY_ARR)
EXIT_WAY(exit_arr)

/* A path and, if the call succeeded, a structure: stat and its like. */
static __always_inline void do_exit_stat(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key,
					 const struct linx_row *row, bool timed)
{
	struct linx_ring *r = this_cpu_ptr(s->ring);
	struct linx_rec *rec = linx_short_rec(r);
	u64 *args = (u64 *)(rec + 1) + 1;
	u8 *p;

	if (unlikely(!room_for_one(s, r, LINX_WAY_STAT) || !begin_exit(s, r, rec, regs, ret, key, row->nargs, 0, timed)))
		return linx_exit_long(s, regs, ret, key, key);
	if (unlikely(linx_short_failed(rec) || !args[row->one] || !args[row->two]))
		return fill_more(s, rec, row, args);
	rec->nvals = 2;
	linx_faults_off();
	p = put_one(s, row, args, (u8 *)(args + row->nargs + timed), row->one, LINX_WAY_STR);
	if (likely(p))
		p = put_one(s, row, args, p, row->two, LINX_WAY_FIX);
	linx_faults_on();
	if (unlikely(!p))
		return again_long(s);
	end_values(s, this_cpu_ptr(s->ring), rec, p, timed);
}

EXIT_WAY(exit_stat)

/* A structure or an array of buffers, and what it points to, if that is no more than buffers. */
static __always_inline void exit_follow(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key,
					const struct linx_row *row, bool timed, bool buffers)
{
	struct linx_ring *r = this_cpu_ptr(s->ring);
	struct linx_rec *rec = linx_short_rec(r);
	u64 *args = (u64 *)(rec + 1) + 1, base;
	unsigned int i = row->one;
	u32 shape, size;
	u8 *v, *p;

	if (unlikely(!room_for_one(s, r, LINX_WAY_ARR) || !begin_exit(s, r, rec, regs, ret, key, row->nargs, 0, timed)))
		return linx_exit_long(s, regs, ret, key, key);
	if (!buffers && unlikely(row->flags & LINX_ROW_RECVMSG) && args[LINX_RECVMSG_FLAGS] & MSG_TRUNC)
		return again_long(s);
	v = p = (u8 *)(args + row->nargs + timed);
	if (likely(args[i] && (row->in || (linx_short_failed(rec) ? row->err : row->out)))) {
		rec->nvals = 1;
		base = LINX_VAL_HEAD(0, i, LINX_VAL_INFO(LINX_VAL_MEM, LINX_WHOLE), 0);
		shape = LINX_ARGDEF_WHAT(LINX_ROW_ARG(row, i));
		linx_faults_off();
		p = put_one(s, row, args, v, i,
			    !buffers && linx_cap_fixed(LINX_ARGDEF_CAP(LINX_ROW_ARG(row, i))) ? LINX_WAY_FIX : LINX_WAY_ARR);
		v += sizeof(struct linx_val);
		size = p - v;
		if (likely(p) && !buffers)
			p = linx_put_members(s, rec, p, shape, v, ((struct linx_val *)v)[-1].size, base);
		else if (likely(p) && (!linx_short_failed(rec) || (linx_shapes + shape)->follow->dir & LINX_DIR_IN))
			p = linx_put_buffers(s, rec, p, shape, (const u64 *)v, size / (2 * sizeof(u64)), base);
		linx_faults_on();
	}
	if (unlikely(!p))
		return fill_more(s, rec, row, args);
	end_values(s, this_cpu_ptr(s->ring), rec, p, timed);
}

#define do_exit_shape(...) exit_follow(__VA_ARGS__, false)
EXIT_WAY(exit_shape)
#define do_exit_buffers(...) exit_follow(__VA_ARGS__, true)
EXIT_WAY(exit_buffers)

static __always_inline void do_exit_few(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key,
					const struct linx_row *row, bool timed)
{
	struct linx_ring *r = this_cpu_ptr(s->ring);
	struct linx_rec *rec = linx_short_rec(r);
	u64 *args = (u64 *)(rec + 1) + 1;

	if (unlikely(!linx_short_room(r, LINX_FIXED_MAX + s->few_room) ||
		     !begin_exit(s, r, rec, regs, ret, key, row->nargs, 0, timed)))
		return linx_exit_long(s, regs, ret, key, key);
	fill_few(s, rec, row, args, row->in | (linx_short_failed(rec) ? row->err : row->out),
		 (u8 *)(args + row->nargs + timed));
}

EXIT_WAY(exit_few)

/* Whole words behind a pointer, if there is one: their head, with the argument, is at hand. */
static __always_inline u8 *put_words(struct linx_rec *rec, u8 *p, u64 addr, u64 head)
{
	if (!addr)
		return p;
	*(u64 *)p = head;
	rec->nvals++;
	return linx_user_words(p + sizeof(struct linx_val), addr, (u16)head);
}

/*
 * Three sets of bits, from argument one on, whose number is an int, and a
 * structure: select and its like. Returns the end, or NULL. Page faults are refused.
 */
static __always_inline u8 *put_sets(struct linx_rec *rec, const struct linx_row *row, const u64 *args, u8 *p)
{
	unsigned int i = row->one;
	u32 bits = *(args + LINX_ARGDEF_N(LINX_ROW_ARG(row, i)));
	u32 fixed = *(row->fixed + i + LINX_SETS);
	u64 head, size = (bits + 63) / 64 * 8;

	if (unlikely(bits >= 8 * (LINX_SIMPLE_MAX - 8)))
		return NULL;
	head = *(row->fixed + i) | size | size << 32;
	p = put_words(rec, p, args[i], head);
	if (likely(p))
		p = put_words(rec, p, args[i + 1], head + (1 << 16));
	if (likely(p))
		p = put_words(rec, p, args[i + 2], head + (2 << 16));
	return likely(p) ? put_words(rec, p, args[i + LINX_SETS], fixed | (u64)(u16)fixed << 32) : NULL;
}

static __always_inline void do_exit_sets(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key,
					 const struct linx_row *row, bool timed)
{
	struct linx_ring *r = this_cpu_ptr(s->ring);
	struct linx_rec *rec = linx_short_rec(r);
	u64 *args = (u64 *)(rec + 1) + 1;
	u8 *p;

	if (unlikely(!linx_short_room(r, LINX_FIXED_MAX + s->few_room) ||
		     !begin_exit(s, r, rec, regs, ret, key, row->nargs, 0, timed)))
		return linx_exit_long(s, regs, ret, key, key);
	linx_faults_off();
	p = put_sets(rec, row, args, (u8 *)(args + row->nargs + timed));
	linx_faults_on();
	if (unlikely(!p))
		return again_long(s);
	end_values(s, this_cpu_ptr(s->ring), rec, p, timed);
}

EXIT_WAY(exit_sets)

static __always_inline void do_exit_more(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key,
					 const struct linx_row *row, bool timed)
{
	struct linx_ring *r = this_cpu_ptr(s->ring);
	struct linx_rec *rec = linx_short_rec(r);

	if (unlikely(!linx_short_room(r, LINX_FIXED_MAX + s->follow_room) ||
		     !begin_exit(s, r, rec, regs, ret, key, row->nargs, 0, timed)))
		return linx_exit_long(s, regs, ret, key, key);
	fill_more(s, rec, row, (u64 *)(rec + 1) + 1);
}

EXIT_WAY(exit_more)

/* What the kernel made of a call, from p on, where it is not the usual. Ends the probe. */
static noinline void resolve_slow(struct linx_session *s, struct linx_rec *rec, u8 *p, enum linx_resolved what)
{
	struct linx_ring *r = this_cpu_ptr(s->ring);
	const s64 *body = (const s64 *)(rec + 1);

	p = what == LINX_RESOLVED_OPENED ? linx_fd_opened(r, rec, p, body[0]) : linx_fd_peer(rec, p, body[1]);
	end_values(s, r, rec, p, rec->flags);
}

/* The usual: of a call that succeeded. */
static LINX_APART void resolve_opened(struct linx_session *s, struct linx_rec *rec, u8 *p)
{
	struct linx_ring *r = this_cpu_ptr(s->ring);
	u8 *end = linx_fd_opened_quick(r, rec, p, *(const s64 *)(rec + 1));

	if (unlikely(!end))
		return resolve_slow(s, rec, p, LINX_RESOLVED_OPENED);
	end_values(s, r, rec, end, unlikely(rec->flags));
}

static LINX_APART void resolve_peer(struct linx_session *s, struct linx_rec *rec, u8 *p)
{
	u8 *end = linx_fd_peer_quick(rec, p, ((const s64 *)(rec + 1))[1]);

	if (unlikely(!end))
		return resolve_slow(s, rec, p, LINX_RESOLVED_PEER);
	end_values(s, this_cpu_ptr(s->ring), rec, end, unlikely(rec->flags));
}

/* A path or an address, and behind it what the kernel made of it. */
static __always_inline void exit_resolving(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key,
					   const struct linx_row *row, bool timed, enum linx_way way)
{
	struct linx_ring *r = this_cpu_ptr(s->ring);
	struct linx_rec *rec = linx_short_rec(r);
	u64 *args = (u64 *)(rec + 1) + 1;
	u8 *p;

	if (unlikely(!linx_short_room(r, LINX_FIXED_MAX + s->few_room + LINX_FD_SHORT_ROOM) ||
		     !begin_exit(s, r, rec, regs, ret, key, row->nargs, 0, timed)))
		return linx_exit_long(s, regs, ret, key, key);
	p = (u8 *)(args + row->nargs + timed);
	if (likely(args[row->one])) {
		rec->nvals = 1;
		linx_faults_off();
		p = put_one(s, row, args, p, row->one, way);
		linx_faults_on();
	}
	if (unlikely(!p))
		return again_long(s);
	if (unlikely(!linx_fd_has_resolved(way == LINX_WAY_STR ? LINX_RESOLVED_OPENED : LINX_RESOLVED_PEER,
					   *(const s64 *)(rec + 1))))
		return end_values(s, this_cpu_ptr(s->ring), rec, p, timed);
	if (way == LINX_WAY_STR)
		return resolve_opened(s, rec, p);
	resolve_peer(s, rec, p);
}

/* The same of any values. */
static __always_inline void do_exit_resolved(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key,
					     const struct linx_row *row, bool timed)
{
	struct linx_ring *r = this_cpu_ptr(s->ring);
	struct linx_rec *rec = linx_short_rec(r);
	u64 *args = (u64 *)(rec + 1) + 1;
	enum linx_resolved what = linx_fd_resolved(key);
	u8 *p;

	if (unlikely(!linx_short_room(r, LINX_FIXED_MAX + s->few_room + LINX_FD_SHORT_ROOM) ||
		     !begin_exit(s, r, rec, regs, ret, key, row->nargs, 0, timed)))
		return linx_exit_long(s, regs, ret, key, key);
	p = linx_short_values(s, row, rec, LINX_ABI_X86_64, args, (u8 *)(args + row->nargs + timed), mask_of(row, rec));
	if (unlikely(!p || p - (u8 *)args > s->user_max))
		return again_long(s);
	if (!linx_fd_has_resolved(what, ret))
		return end_values(s, r, rec, p, timed);
	resolve_slow(s, rec, p, what);
}

#define do_exit_opened(...) exit_resolving(__VA_ARGS__, LINX_WAY_STR)
EXIT_WAY(exit_opened)
#define do_exit_peer(...) exit_resolving(__VA_ARGS__, LINX_WAY_ADDR)
EXIT_WAY(exit_peer)
EXIT_WAY(exit_resolved)

#define EXIT_END(name) (timed ? name##_timed(s, regs, ret, key, row) : name(s, regs, ret, key, row))

/* With a row that an argument has chosen. */
static __always_inline void exit_chosen(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key,
					const struct linx_row *row, bool timed)
{
	if (row->exit_way == LINX_WAY_ARR)
		return EXIT_END(exit_arr);
	if (row->exit_way == LINX_WAY_FIX)
		return EXIT_END(exit_fix);
	if (row->exit_way <= LINX_WAY_PLAIN_MAX)
		return EXIT_END(exit_plain);
	if (row->exit_way == LINX_WAY_LONG)
		return linx_exit_long(s, regs, ret, key, key);
	EXIT_END(exit_more);
}

static __always_inline void do_exit_by_seen(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key,
					    const struct linx_row *row, bool timed)
{
	exit_chosen(s, regs, ret, key, linx_choose(row, regs, LINX_ABI_X86_64), timed);
}

EXIT_WAY(exit_by_seen)

static __always_inline void do_exit_by(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key,
				       const struct linx_row *row, bool timed)
{
	const struct linx_by *by = linx_bys + row->by;

	if (linx_by_seen(by, regs))
		return EXIT_END(exit_by_seen);
	exit_chosen(s, regs, ret, key, by->otherwise, timed);
}

EXIT_WAY(exit_by)

/* In the child it is no call that the child made. */
static __always_inline void do_exit_fork(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key,
					 const struct linx_row *row, bool timed)
{
	if (!ret)
		return probe_leave();
	if (row->exit_way == LINX_WAY_FORK_SHAPE)
		return EXIT_END(exit_shape);
	if (row->in | row->out | row->err)
		return EXIT_END(exit_few);
	EXIT_END(exit_plain);
}

EXIT_WAY(exit_fork)

/* A message: of a netlink socket, which is told with it, and of what may have been thrown away, the long way. */
static __always_inline void do_exit_message(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key,
					    const struct linx_row *row, bool timed)
{
	u64 args[LINX_NARGS];

	linx_args_64(regs, LINX_NARGS, args);
	if (unlikely(args[linx_fd_flags_of(row->nargs)] & MSG_TRUNC ||
		     (s->flags & LINX_SETUP_RESOLVED && linx_fd_is_netlink_quick(args[0]))))
		return linx_exit_long(s, regs, ret, key, key);
	if (row->exit_way == LINX_WAY_SHAPE)
		return EXIT_END(exit_shape);
	if (row->exit_way == LINX_WAY_FEW)
		return EXIT_END(exit_few);
	EXIT_END(exit_more);
}

EXIT_WAY(exit_message)

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
