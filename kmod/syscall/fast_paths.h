/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The fast paths: one function for each shape of record. This header is a part of syscall/fast.c, as fast_record.h is.
 */
#ifndef LINX_KMOD_FAST_PATHS_H
#define LINX_KMOD_FAST_PATHS_H

#include "table/variant.h"
#include "syscall/fast_record.h"
#include "capture/fd.h"
#include "capture/fd_fast.h"
#include "capture/encode_fast_members.h"

/* Does the ring have room for a record with one value, or with two values if the path is LINX_FAST_STAT? */
static __always_inline bool room_for_one(const struct linx_session *s, const struct linx_ring *r, enum linx_fast_path fast)
{
	u32 room = LINX_SIMPLE_MAX + 2 * sizeof(struct linx_val);

	if (fast == LINX_FAST_STR || fast == LINX_FAST_STAT || fast == LINX_FAST_ARR)
		room = s->fast_values_room;
	return linx_fast_room(r, LINX_FIXED_MAX + room);
}

static __always_inline void enter_one(struct linx_session *s, struct pt_regs *regs, unsigned long key, enum linx_fast_path fast)
{
	const struct linx_row *row = linx_table_row(key);
	struct linx_ring *r = this_cpu_ptr(s->ring);
	struct linx_rec *rec = linx_fast_rec(r);
	u64 *args = (u64 *)(rec + 1);

	OPTIMIZER_HIDE_VAR(row);
	if (unlikely(!room_for_one(s, r, fast)))
		return linx_enter_slow(s, regs, key, key);
	begin_fast(rec, r, LINX_REC_ENTER, 0, regs, key, row->nargs, 0);
	fill_one(s, rec, row, args, (u8 *)(args + row->nargs), true, fast, false);
}

static LINX_TAIL_FN void enter_buf(struct linx_session *s, struct pt_regs *regs, unsigned long key)
{
	enter_one(s, regs, key, LINX_FAST_BUF);
}

static LINX_TAIL_FN void enter_addr(struct linx_session *s, struct pt_regs *regs, unsigned long key)
{
	enter_one(s, regs, key, LINX_FAST_ADDR);
}

static LINX_TAIL_FN void enter_str(struct linx_session *s, struct pt_regs *regs, unsigned long key)
{
	enter_one(s, regs, key, LINX_FAST_STR);
}

/*
 * Returns the fast path of an entry, given the call's arguments. An entry with LINX_FAST_RECV has no record if the
 * last argument, which points to the length of an address, is null; otherwise it takes the slow path.
 */
static __always_inline u32 entry_path(const struct pt_regs *regs, u32 fast)
{
	if ((fast & LINX_FAST_MASK) != LINX_FAST_RECV || linx_last_arg_64(regs))
		return fast;
	return (fast & ~LINX_FAST_MASK) | LINX_FAST_NONE;
}

static LINX_TAIL_FN void enter_few(struct linx_session *s, struct pt_regs *regs, unsigned long key, u8 fast)
{
	const struct linx_row *row = linx_table_row(key);
	struct linx_ring *r = this_cpu_ptr(s->ring);
	struct linx_rec *rec = linx_fast_rec(r);
	u64 *args = (u64 *)(rec + 1);

	OPTIMIZER_HIDE_VAR(row);
	if (fast == LINX_FAST_RECV && !linx_last_arg_64(regs))
		return probe_leave();
	if (unlikely(fast == LINX_FAST_RECV || !linx_fast_room(r, LINX_FIXED_MAX + s->fast_values_room)))
		return linx_enter_slow(s, regs, key, key);
	begin_fast(rec, r, LINX_REC_ENTER, 0, regs, key, row->nargs, 0);
	if (fast == LINX_FAST_FDS)
		return fill_fds(s, rec, row, args);
	if (fast == LINX_FAST_MORE)
		return fill_more(s, rec, row, args);
	fill_few(s, rec, row, args, row->in, (u8 *)(args + row->nargs));
}

/* Records the return of a call that has only scalars. */
static __always_inline void exit_registers(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key, u32 nargs,
					   bool timed)
{
	struct linx_ring *r = this_cpu_ptr(s->ring);
	struct linx_rec *rec = linx_fast_rec(r);
	u32 len = sizeof(*rec) + 8 + (nargs + timed) * 8;

	if (unlikely(!linx_fast_room(r, LINX_FIXED_MAX) || !begin_exit(s, r, rec, regs, ret, key, nargs, len, timed)))
		return linx_exit_slow(s, regs, ret, key, key);
	end_fast(s, r, rec, len, timed);
}

/*
 * Defines the function of a path for returns twice: with entry times, and without them, where no test for them is
 * needed.
 */
#define EXIT_FAST_PATH(name, ...)                                                                                            \
	static LINX_TAIL_FN void name(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key,         \
				    const struct linx_row *row)                                                        \
	{                                                                                                              \
		do_##name(s, regs, ret, key, row, false, ##__VA_ARGS__);                                               \
	}                                                                                                              \
	static LINX_TAIL_FN void name##_timed(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key, \
					    const struct linx_row *row)                                                \
	{                                                                                                              \
		do_##name(s, regs, ret, key, row, true, ##__VA_ARGS__);                                                \
	}

static __always_inline void do_exit_plain(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key,
					  const struct linx_row *row, bool timed)
{
	exit_registers(s, regs, ret, key, row->nargs, timed);
}

EXIT_FAST_PATH(exit_plain)

static __always_inline void exit_one(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key,
				     const struct linx_row *row, bool timed, enum linx_fast_path fast)
{
	struct linx_ring *r = this_cpu_ptr(s->ring);
	struct linx_rec *rec = linx_fast_rec(r);
	u64 *args = (u64 *)(rec + 1) + 1;
	bool read;

	if (unlikely(!room_for_one(s, r, fast) || !begin_exit(s, r, rec, regs, ret, key, row->nargs, 0, timed)))
		return linx_exit_slow(s, regs, ret, key, key);
	read = fast == LINX_FAST_STR || row->in || (linx_fast_failed(rec) ? row->err : row->out);
	fill_one(s, rec, row, args, (u8 *)(args + row->nargs + timed), read, fast, timed);
}

/*
 * Returns true if a receiving call passes no address buffer and no MSG_TRUNC, and its socket is not netlink. args: the
 * call's arguments in the record.
 */
static __always_inline bool is_plain_recv(const u64 *args)
{
	return likely(!(args[LINX_RECV_ADDR] | args[LINX_RECV_ADDR + 1] | (args[LINX_RECV_FLAGS] & MSG_TRUNC)) &&
		      !linx_fd_is_netlink_quick(args[0]));
}

/*
 * Returns true if a sendto passes no address and no MSG_TRUNC, and, where the session records the netlink sockets of
 * messages, its socket is not netlink. args: the call's arguments in the record.
 */
static __always_inline bool is_plain_send(const struct linx_session *s, const u64 *args)
{
	return likely(!(args[LINX_RECV_ADDR] | (args[LINX_RECV_FLAGS] & MSG_TRUNC)) &&
		      !(s->flags & LINX_SETUP_RESOLVED && linx_fd_is_netlink_quick(args[0])));
}

/*
 * Records a return with the bytes that the call read or wrote, where the buffer is argument LINX_BYTES_BUF and its
 * length LINX_BYTES_LEN. http: the session keeps HTTP headers. A sendto is recorded here only if is_plain_send() is
 * true of it. fast, nargs and http are constants at each call.
 */
static __always_inline void exit_bytes(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key,
				       bool timed, enum linx_fast_path fast, u32 nargs, bool http)
{
	u32 size;
	struct linx_ring *r = this_cpu_ptr(s->ring);
	struct linx_rec *rec = linx_fast_rec(r);
	u64 *args = (u64 *)(rec + 1) + 1, len;
	const u32 offset = sizeof(*rec) + (1 + nargs + timed) * sizeof(u64) + sizeof(struct linx_val); /* offset of the data */
	u8 *p = (u8 *)(args + nargs + timed);

	if (unlikely(!room_for_one(s, r, LINX_FAST_BUF) || !begin_exit(s, r, rec, regs, ret, key, nargs, 0, timed)))
		return linx_exit_slow(s, regs, ret, key, key);
	if (fast == LINX_FAST_RECV && !is_plain_recv(args))
		return retry_slow(s);
	if (fast == LINX_FAST_WRITE && nargs == LINX_NARGS && !is_plain_send(s, args))
		return retry_slow(s);
	if (likely(args[LINX_BYTES_BUF] && (fast == LINX_FAST_WRITE || !linx_fast_failed(rec)))) {
		rec->nvals = 1;
		len = args[LINX_BYTES_LEN];
		if (fast != LINX_FAST_WRITE && args[-1] < len)
			len = args[-1];
		*(u64 *)p = linx_fast_bytes(LINX_BYTES_BUF << 16, len, s->snap_bytes, &size);
		linx_faults_off();
		p = linx_user_simple(p + sizeof(struct linx_val), args[LINX_BYTES_BUF], size);
		linx_faults_on();
		if (unlikely(!p))
			return retry_slow(s);
		if (http && unlikely(linx_http_may_begin((u8 *)rec + offset)))
			return look_for_header(s, rec, p, offset, ((struct linx_val *)((u8 *)rec + offset))[-1].size, false);
		if (http && linx_http_is_busy(s))
			return look_at_socket(s, rec, p, false);
	}
	end_values(s, this_cpu_ptr(s->ring), rec, p, timed);
}

/* Defines a path that records the bytes of a call twice: for sessions that keep HTTP headers, and for others. */
#define EXIT_BYTES(name, fast, nargs)                                                                                        \
	static __always_inline void do_##name(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key, \
					      const struct linx_row *row, bool timed)                                  \
	{                                                                                                              \
		exit_bytes(s, regs, ret, key, timed, fast, nargs, false);                                              \
	}                                                                                                              \
	EXIT_FAST_PATH(name)                                                                                           \
	EXIT_BYTES_HTTP(name##_http, fast, nargs)
#define EXIT_BYTES_HTTP(name, fast, nargs)                                                                                   \
	static __always_inline void do_##name(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key, \
					      const struct linx_row *row, bool timed)                                  \
	{                                                                                                              \
		exit_bytes(s, regs, ret, key, timed, fast, nargs, true);                                               \
	}                                                                                                              \
	EXIT_FAST_PATH(name)

EXIT_BYTES(exit_read, LINX_FAST_READ, LINX_BYTES_ARGS)
EXIT_BYTES(exit_write, LINX_FAST_WRITE, LINX_BYTES_ARGS)
EXIT_BYTES(exit_recv, LINX_FAST_RECV, LINX_NARGS)
EXIT_BYTES_HTTP(exit_send_http, LINX_FAST_WRITE, LINX_NARGS)
#define do_exit_buf(...) exit_one(__VA_ARGS__, LINX_FAST_BUF)
EXIT_FAST_PATH(exit_buf)
#define do_exit_addr(...) exit_one(__VA_ARGS__, LINX_FAST_ADDR)
EXIT_FAST_PATH(exit_addr)
#define do_exit_str(...) exit_one(__VA_ARGS__, LINX_FAST_STR)
EXIT_FAST_PATH(exit_str)
#define do_exit_fix(...) exit_one(__VA_ARGS__, LINX_FAST_FIX)
EXIT_FAST_PATH(exit_fix)
#define do_exit_arr(...) exit_one(__VA_ARGS__, LINX_FAST_ARR)
EXIT_FAST_PATH(exit_arr)

/* Records a return with a path and, after success, a structure: stat and similar calls. */
static __always_inline void do_exit_stat(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key,
					 const struct linx_row *row, bool timed)
{
	struct linx_ring *r = this_cpu_ptr(s->ring);
	struct linx_rec *rec = linx_fast_rec(r);
	u64 *args = (u64 *)(rec + 1) + 1;
	u8 *p;

	if (unlikely(!room_for_one(s, r, LINX_FAST_STAT) || !begin_exit(s, r, rec, regs, ret, key, row->nargs, 0, timed)))
		return linx_exit_slow(s, regs, ret, key, key);
	if (unlikely(linx_fast_failed(rec) || !args[row->one] || !args[row->two]))
		return fill_more(s, rec, row, args);
	rec->nvals = 2;
	linx_faults_off();
	p = put_one(s, row, args, (u8 *)(args + row->nargs + timed), row->one, LINX_FAST_STR);
	if (likely(p))
		p = put_one(s, row, args, p, row->two, LINX_FAST_FIX);
	linx_faults_on();
	if (unlikely(!p))
		return retry_slow(s);
	end_values(s, this_cpu_ptr(s->ring), rec, p, timed);
}

EXIT_FAST_PATH(exit_stat)

/* Records a return with a structure or an array of buffers, and the buffers they point to. */
static __always_inline void exit_follow(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key,
					const struct linx_row *row, bool timed, bool buffers, bool http)
{
	struct linx_ring *r = this_cpu_ptr(s->ring);
	struct linx_rec *rec = linx_fast_rec(r);
	u64 *args = (u64 *)(rec + 1) + 1, base;
	unsigned int i = row->one;
	u8 *v, *p, *first = NULL;
	u32 shape, size;

	if (unlikely(!room_for_one(s, r, LINX_FAST_ARR) || !begin_exit(s, r, rec, regs, ret, key, row->nargs, 0, timed)))
		return linx_exit_slow(s, regs, ret, key, key);
	if (!buffers && unlikely(row->flags & LINX_ROW_RECVMSG) && args[LINX_RECVMSG_FLAGS] & MSG_TRUNC)
		return retry_slow(s);
	v = p = (u8 *)(args + row->nargs + timed);
	if (likely(args[i] && (row->in || (linx_fast_failed(rec) ? row->err : row->out)))) {
		rec->nvals = 1;
		base = LINX_VAL_HEAD(0, i, LINX_VAL_INFO(LINX_VAL_MEM, LINX_WHOLE), 0);
		shape = LINX_ARGDEF_WHAT(LINX_ROW_ARG(row, i));
		linx_faults_off();
		p = put_one(s, row, args, v, i,
			    !buffers && linx_cap_fixed(LINX_ARGDEF_COPY(LINX_ROW_ARG(row, i))) ? LINX_FAST_FIX : LINX_FAST_ARR);
		v += sizeof(struct linx_val);
		size = p - v;
		first = buffers ? p : NULL;
		if (likely(p) && !buffers)
			p = linx_put_members(s, rec, p, shape, v, ((struct linx_val *)v)[-1].size, base, http ? &first : NULL);
		else if (likely(p) && (!linx_fast_failed(rec) || (linx_shapes + shape)->follow->dir & LINX_WHEN_IN))
			p = linx_put_buffers(s, rec, p, shape, (const u64 *)v, size / (2 * sizeof(u64)), base);
		linx_faults_on();
		if (http && likely(p) && (buffers || first)) {
			if (unlikely(linx_http_may_begin(first + 2 * sizeof(u64))))
				return look_for_header(s, rec, p, first + 2 * sizeof(u64) - (u8 *)rec,
						       ((struct linx_val *)first)->size - sizeof(u64), false);
			if (linx_http_is_busy(s))
				return look_at_socket(s, rec, p, false);
		}
	}
	if (unlikely(!p))
		return http ? fill_all_http(s, rec, row, args) : fill_more(s, rec, row, args);
	end_values(s, this_cpu_ptr(s->ring), rec, p, timed);
}

#define do_exit_shape(...) exit_follow(__VA_ARGS__, false, false)
EXIT_FAST_PATH(exit_shape)
#define do_exit_buffers(...) exit_follow(__VA_ARGS__, true, false)
EXIT_FAST_PATH(exit_buffers)
#define do_exit_shape_http(...) exit_follow(__VA_ARGS__, false, true)
EXIT_FAST_PATH(exit_shape_http)
#define do_exit_buffers_http(...) exit_follow(__VA_ARGS__, true, true)
EXIT_FAST_PATH(exit_buffers_http)

static __always_inline void do_exit_few(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key,
					const struct linx_row *row, bool timed)
{
	struct linx_ring *r = this_cpu_ptr(s->ring);
	struct linx_rec *rec = linx_fast_rec(r);
	u64 *args = (u64 *)(rec + 1) + 1;

	if (unlikely(!linx_fast_room(r, LINX_FIXED_MAX + s->fast_values_room) ||
		     !begin_exit(s, r, rec, regs, ret, key, row->nargs, 0, timed)))
		return linx_exit_slow(s, regs, ret, key, key);
	fill_few(s, rec, row, args, row->in | (linx_fast_failed(rec) ? row->err : row->out),
		 (u8 *)(args + row->nargs + timed));
}

EXIT_FAST_PATH(exit_few)

/*
 * Writes the memory at addr, a multiple of 8 bytes, as a value. Writes nothing if addr is null. head: the value's
 * struct linx_val as one word, LINX_VAL_HEAD(). Returns the end; NULL: not all of the memory is present.
 */
static __always_inline u8 *put_words(struct linx_rec *rec, u8 *p, u64 addr, u64 head)
{
	if (!addr)
		return p;
	*(u64 *)p = head;
	rec->nvals++;
	return linx_user_words(p + sizeof(struct linx_val), addr, (u16)head);
}

/*
 * Writes the values of select and similar calls: three sets of bits, for argument row->one and the two arguments after
 * it, and a structure, for the next argument. The number of bits is an int argument. Returns the end; NULL: the slow
 * path has to write the record. Page faults are disabled.
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
	struct linx_rec *rec = linx_fast_rec(r);
	u64 *args = (u64 *)(rec + 1) + 1;
	u8 *p;

	if (unlikely(!linx_fast_room(r, LINX_FIXED_MAX + s->fast_values_room) ||
		     !begin_exit(s, r, rec, regs, ret, key, row->nargs, 0, timed)))
		return linx_exit_slow(s, regs, ret, key, key);
	linx_faults_off();
	p = put_sets(rec, row, args, (u8 *)(args + row->nargs + timed));
	linx_faults_on();
	if (unlikely(!p))
		return retry_slow(s);
	end_values(s, this_cpu_ptr(s->ring), rec, p, timed);
}

EXIT_FAST_PATH(exit_sets)

static __always_inline void do_exit_fds(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key,
					const struct linx_row *row, bool timed)
{
	struct linx_ring *r = this_cpu_ptr(s->ring);
	struct linx_rec *rec = linx_fast_rec(r);

	if (unlikely(!linx_fast_room(r, LINX_FIXED_MAX + s->fast_values_room) ||
		     !begin_exit(s, r, rec, regs, ret, key, row->nargs, 0, timed)))
		return linx_exit_slow(s, regs, ret, key, key);
	fill_fds(s, rec, row, (u64 *)(rec + 1) + 1);
}

EXIT_FAST_PATH(exit_fds)

static __always_inline void exit_all(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key,
				     const struct linx_row *row, bool timed, bool http)
{
	struct linx_ring *r = this_cpu_ptr(s->ring);
	struct linx_rec *rec = linx_fast_rec(r);

	if (unlikely(!linx_fast_room(r, LINX_FIXED_MAX + s->follow_room) ||
		     !begin_exit(s, r, rec, regs, ret, key, row->nargs, 0, timed)))
		return linx_exit_slow(s, regs, ret, key, key);
	if (http)
		return fill_messages(s, rec, row, (u64 *)(rec + 1) + 1);
	fill_more(s, rec, row, (u64 *)(rec + 1) + 1);
}

#define do_exit_more(...) exit_all(__VA_ARGS__, false)
EXIT_FAST_PATH(exit_more)
#define do_exit_messages_http(...) exit_all(__VA_ARGS__, true)
EXIT_FAST_PATH(exit_messages_http)

/*
 * Writes at p the file that a call has opened or the peer of its socket, where the fast path cannot write it. Ends the
 * probe.
 */
static noinline void resolve_slow(struct linx_session *s, struct linx_rec *rec, u8 *p, enum linx_resolved what)
{
	struct linx_ring *r = this_cpu_ptr(s->ring);
	const s64 *body = (const s64 *)(rec + 1);

	probe_begin_work();
	p = what == LINX_RESOLVED_OPENED ? linx_fd_opened(r, rec, p, body[0]) : linx_fd_peer(rec, p, body[1]);
	end_values(s, r, rec, p, rec->flags);
}

/* Writes at p the file that a successful call has opened, by the fast path if possible. Ends the probe. */
static LINX_TAIL_FN void resolve_opened(struct linx_session *s, struct linx_rec *rec, u8 *p)
{
	struct linx_ring *r = this_cpu_ptr(s->ring);
	u8 *end = linx_fd_opened_quick(r, rec, p, *(const s64 *)(rec + 1));

	if (unlikely(!end))
		return resolve_slow(s, rec, p, LINX_RESOLVED_OPENED);
	end_values(s, r, rec, end, unlikely(rec->flags));
}

static LINX_TAIL_FN void resolve_peer(struct linx_session *s, struct linx_rec *rec, u8 *p)
{
	u8 *end = linx_fd_peer_quick(rec, p, ((const s64 *)(rec + 1))[1]);

	if (unlikely(!end))
		return resolve_slow(s, rec, p, LINX_RESOLVED_PEER);
	end_values(s, this_cpu_ptr(s->ring), rec, end, unlikely(rec->flags));
}

/* Records a return with a path or an address, and with the file that the call has opened or the peer of its socket. */
static __always_inline void exit_resolving(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key,
					   const struct linx_row *row, bool timed, enum linx_fast_path fast)
{
	struct linx_ring *r = this_cpu_ptr(s->ring);
	struct linx_rec *rec = linx_fast_rec(r);
	u64 *args = (u64 *)(rec + 1) + 1;
	u8 *p;

	if (unlikely(!linx_fast_room(r, LINX_FIXED_MAX + s->fast_values_room + LINX_FD_FAST_ROOM) ||
		     !begin_exit(s, r, rec, regs, ret, key, row->nargs, 0, timed)))
		return linx_exit_slow(s, regs, ret, key, key);
	p = (u8 *)(args + row->nargs + timed);
	if (likely(args[row->one])) {
		rec->nvals = 1;
		linx_faults_off();
		p = put_one(s, row, args, p, row->one, fast);
		linx_faults_on();
	}
	if (unlikely(!p))
		return retry_slow(s);
	if (unlikely(!linx_has_resolved(fast == LINX_FAST_STR ? LINX_RESOLVED_OPENED : LINX_RESOLVED_PEER,
					   *(const s64 *)(rec + 1))))
		return end_values(s, this_cpu_ptr(s->ring), rec, p, timed);
	if (fast == LINX_FAST_STR)
		return resolve_opened(s, rec, p);
	resolve_peer(s, rec, p);
}

/*
 * Records a return with few values of any kind, and with the file that the call has opened or the peer of its socket.
 */
static __always_inline void do_exit_resolved(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key,
					     const struct linx_row *row, bool timed)
{
	struct linx_ring *r = this_cpu_ptr(s->ring);
	struct linx_rec *rec = linx_fast_rec(r);
	u64 *args = (u64 *)(rec + 1) + 1;
	enum linx_resolved what = linx_fd_resolved(key);
	u8 *p;

	if (unlikely(!linx_fast_room(r, LINX_FIXED_MAX + s->fast_values_room + LINX_FD_FAST_ROOM) ||
		     !begin_exit(s, r, rec, regs, ret, key, row->nargs, 0, timed)))
		return linx_exit_slow(s, regs, ret, key, key);
	p = linx_fast_values(s, row, rec, LINX_ABI_X86_64, args, (u8 *)(args + row->nargs + timed), mask_of(row, rec));
	if (unlikely(!p || p - (u8 *)args > s->user_max))
		return retry_slow(s);
	if (!linx_has_resolved(what, ret))
		return end_values(s, r, rec, p, timed);
	resolve_slow(s, rec, p, what);
}

#define do_exit_opened(...) exit_resolving(__VA_ARGS__, LINX_FAST_STR)
EXIT_FAST_PATH(exit_opened)
#define do_exit_peer(...) exit_resolving(__VA_ARGS__, LINX_FAST_ADDR)
EXIT_FAST_PATH(exit_peer)
EXIT_FAST_PATH(exit_resolved)

#define EXIT_END(name) (timed ? name##_timed(s, regs, ret, key, row) : name(s, regs, ret, key, row))

/* Records the return of a call by "row", the variant that an argument of the call selects. */
static __always_inline void exit_variant_row(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key,
					const struct linx_row *row, bool timed)
{
	if (row->exit_fast == LINX_FAST_ARR)
		return EXIT_END(exit_arr);
	if (row->exit_fast == LINX_FAST_FIX)
		return EXIT_END(exit_fix);
	if (row->exit_fast <= LINX_FAST_PLAIN_MAX)
		return EXIT_END(exit_plain);
	if (row->exit_fast == LINX_FAST_SLOW)
		return linx_exit_slow(s, regs, ret, key, key);
	EXIT_END(exit_more);
}

static __always_inline void do_exit_variant_many(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key,
					    const struct linx_row *row, bool timed)
{
	exit_variant_row(s, regs, ret, key, linx_variant_of(row, regs, LINX_ABI_X86_64), timed);
}

EXIT_FAST_PATH(exit_variant_many)

static __always_inline void do_exit_variant(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key,
				       const struct linx_row *row, bool timed)
{
	const struct linx_selector *selector = linx_selectors + row->selector;

	if (linx_selector_may_match(selector, regs))
		return EXIT_END(exit_variant_many);
	exit_variant_row(s, regs, ret, key, selector->fallback, timed);
}

EXIT_FAST_PATH(exit_variant)

/*
 * Records the return of a fork in the parent. The return in the child is not a call of the child, and is not recorded.
 */
static __always_inline void do_exit_fork(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key,
					 const struct linx_row *row, bool timed)
{
	if (!ret)
		return probe_leave();
	if (row->exit_fast == LINX_FAST_FORK_SHAPE)
		return EXIT_END(exit_shape);
	if (row->in | row->out | row->err)
		return EXIT_END(exit_few);
	EXIT_END(exit_plain);
}

EXIT_FAST_PATH(exit_fork)

/*
 * Does the call of a message need the slow path? It does if its socket is netlink, which is recorded with the message,
 * or if data of the message may have been thrown away (MSG_TRUNC).
 */
static __always_inline bool is_unusual_message(const struct linx_session *s, struct pt_regs *regs, const struct linx_row *row)
{
	u64 args[LINX_NARGS];

	linx_args_64(regs, LINX_NARGS, args);
	return unlikely((row->nargs == LINX_RECVMSG_FLAGS + 1 ? args[LINX_RECVMSG_FLAGS] : args[LINX_RECV_FLAGS]) & MSG_TRUNC ||
			(s->flags & LINX_SETUP_RESOLVED && linx_fd_is_netlink_quick(args[0])));
}

static __always_inline void do_exit_message(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key,
					    const struct linx_row *row, bool timed)
{
	if (is_unusual_message(s, regs, row))
		return linx_exit_slow(s, regs, ret, key, key);
	if (row->exit_fast == LINX_FAST_SHAPE)
		return EXIT_END(exit_shape);
	if (row->exit_fast == LINX_FAST_FEW)
		return EXIT_END(exit_few);
	EXIT_END(exit_more);
}

EXIT_FAST_PATH(exit_message)

/*
 * Records the return of a call with one message that may move an HTTP header. do_exit_many_http() records calls with
 * several messages.
 */
static __always_inline void do_exit_message_http(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key,
						 const struct linx_row *row, bool timed)
{
	if (is_unusual_message(s, regs, row))
		return linx_exit_slow(s, regs, ret, key, key);
	EXIT_END(exit_shape_http);
}

EXIT_FAST_PATH(exit_message_http)

static __always_inline void do_exit_many_http(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key,
					      const struct linx_row *row, bool timed)
{
	if (is_unusual_message(s, regs, row))
		return linx_exit_slow(s, regs, ret, key, key);
	EXIT_END(exit_messages_http);
}

EXIT_FAST_PATH(exit_many_http)

#endif
