/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Functions that begin, fill and end records on the fast paths. This header is a part of syscall/fast.c, and only that
 * file includes it. Therefore all functions here are static, and begin without ENDBR. The kernel's build adds this
 * instruction to all other functions.
 */
#ifndef LINX_KMOD_FAST_RECORD_H
#define LINX_KMOD_FAST_RECORD_H

#include <linux/percpu.h>
#include <linux/sched/task_stack.h>
#include "syscall/calls.h"
#include "core/clock.h"
#include "compat/compat.h"
#include "capture/encode_fast_members.h"
#include "core/probe_guard.h"
#include "core/session.h"
#include "capture/encode_fast.h"
#include "capture/fd.h"
#include "capture/fd_fast.h"
#include "capture/http.h"
#include "filter/entry_time.h"
#include "ring/wake.h"

/* Wakes a sleeping reader after a record was published, and ends the probe. */
static noinline void wake_leave(struct linx_session *s)
{
	linx_wake_look(s, this_cpu_ptr(s->ring));
	probe_leave();
}

/* Returns the start of a record's values, which stand after its arguments and, if it has one, the entry time. */
static __always_inline u8 *values_of(const struct linx_rec *rec, u64 *args)
{
	return (u8 *)(args + rec->nargs + (rec->flags & LINX_RF_ENTRY_TIME));
}

static_assert(LINX_RF_ENTRY_TIME == 1);

/*
 * Lets the slow path write a record again, as the fast path could not capture all of it. The unpublished record is
 * dropped, after the slow path's arguments have been read from it. An entry time in it goes back to the task's entry
 * slot.
 */
static noinline void retry_slow(struct linx_session *s)
{
	struct linx_rec *rec = linx_fast_rec(this_cpu_ptr(s->ring));
	struct pt_regs *regs = task_pt_regs(current);

	if (rec->kind == LINX_REC_ENTER)
		return linx_enter_slow(s, regs, rec->nr, rec->nr);
	if (rec->flags & LINX_RF_ENTRY_TIME)
		linx_entry_slot_set(s, rec->nr, *(u64 *)values_of(rec, (u64 *)(rec + 1)));
	linx_exit_slow(s, regs, *(const s64 *)(rec + 1), rec->nr, rec->nr);
}

/*
 * Calls retry_slow() for a fast path that has called probe_begin_work(). The slow path adds its work to the count that
 * probe_begin_work() began.
 */
static noinline void retry_begun(struct linx_session *s)
{
	probe_enter_again();
	retry_slow(s);
	probe_back_again();
	probe_leave();
}

/*
 * Writes struct linx_rec and the arguments of a record, but not its time and values. The arguments are in the record
 * afterwards and need no registers. A barrier makes the compiler read them from the record, so that the shortest paths
 * save nothing on the stack.
 */
static __always_inline void begin_fast(struct linx_rec *rec, struct linx_ring *r, u8 kind, u8 flags,
					struct pt_regs *regs, u32 key, u32 nargs, u32 len)
{
	u64 *body = (u64 *)(rec + 1);

	linx_fast_head(rec, r, kind, flags, len, LINX_ABI_X86_64, key, nargs);
	linx_args_64(regs, nargs, kind == LINX_REC_EXIT ? body + 1 : body);
	barrier();
}

/*
 * Writes struct linx_rec, the result and the arguments of the record of a return, but not its time and values. timed:
 * also writes the entry time. Returns false if the entry time is not in the task's home slot (filter/entry_time.h);
 * nothing has been done then.
 */
static __always_inline bool begin_exit(struct linx_session *s, struct linx_ring *r, struct linx_rec *rec,
				       struct pt_regs *regs, long ret, u32 key, u32 nargs, u32 len, bool timed)
{
	s64 *body = (s64 *)(rec + 1);
	u64 entry = 0;

	if (timed) {
		entry = linx_entry_slot_quick_take(s, key);
		if (unlikely(!entry))
			return false;
	}
	*body = ret;
	begin_fast(rec, r, LINX_REC_EXIT, timed ? LINX_RF_ENTRY_TIME : 0, regs, key, nargs, len);
	if (timed)
		body[1 + nargs] = entry;
	return true;
}

/* Counts and publishes a complete record. Ends the probe. */
static __always_inline void publish_fast(struct linx_session *s, struct linx_ring *r, struct linx_rec *rec, u32 len, u64 now)
{
	if (unlikely(linx_fast_end(s, r, linx_fast_nr(rec), len, now)))
		return wake_leave(s);
	probe_leave();
}

/*
 * Counts and publishes a complete record in which the CPU time at entry stands in place of the entry time. Computes
 * the entry time first. Ends the probe.
 */
static LINX_TAIL_FN void end_cpu_time(struct linx_session *s, struct linx_rec *rec, u32 len, u64 now)
{
	u64 *entry = (u64 *)(rec + 1) + 1 + rec->nargs;

	*entry = linx_entry_of_cpu_time(*entry, now);
	rec->flags = linx_entry_flags(s);
	publish_fast(s, this_cpu_ptr(s->ring), rec, len, now);
}

/* Completes a record with the time "now", then counts and publishes it. Ends the probe. */
static __always_inline void end_fast_at(struct linx_session *s, struct linx_ring *r, struct linx_rec *rec, u32 len,
					bool timed, u64 now)
{
	u64 *entry;

	now = linx_ring_time(r, now);
	rec->time = now;
	if (timed) {
		if (unlikely(s->flags & LINX_SETUP_CPU_TIME))
			return end_cpu_time(s, rec, len, now);
		entry = (u64 *)(rec + 1) + 1 + rec->nargs;
		*entry = min(*entry, now); /* the clock of the entry's CPU may be ahead (core/clock.h) */
	}
	publish_fast(s, r, rec, len, now);
}

/*
 * Completes a record with the time of the kernel's clock, as linx_clock_quick() could not compute the time. It cannot
 * do so after a pause of this CPU's probes and, on some machines, never can. Ends the probe.
 */
static LINX_TAIL_FN void end_fast_by_clock(struct linx_session *s, struct linx_rec *rec, u32 len, bool timed)
{
	u64 now = linx_clock_read();

	end_fast_at(s, this_cpu_ptr(s->ring), rec, len, timed, now);
}

static __always_inline void end_fast(struct linx_session *s, struct linx_ring *r, struct linx_rec *rec, u32 len,
				      bool timed)
{
	u64 now;

	if (unlikely(!linx_clock_quick(&now)))
		return end_fast_by_clock(s, rec, len, timed);
	end_fast_at(s, r, rec, len, timed, now);
}

static __always_inline void end_values(struct linx_session *s, struct linx_ring *r, struct linx_rec *rec, const u8 *end,
				       bool timed)
{
	u32 len = end - (u8 *)rec;

	linx_fast_len(rec, len);
	end_fast(s, r, rec, len, timed);
}

/* Returns, as bits, the arguments whose memory is to be in the record of this return. */
static __always_inline unsigned int mask_of_exit(const struct linx_row *row, const struct linx_rec *rec)
{
	return row->in | (linx_fast_failed(rec) ? row->err : row->out);
}

static __always_inline unsigned int mask_of(const struct linx_row *row, const struct linx_rec *rec)
{
	return rec->kind == LINX_REC_ENTER ? row->in : mask_of_exit(row, rec);
}

/* Which values of a record may begin an HTTP header? */
enum linx_fast_http {
	LINX_FAST_NO_HTTP,
	LINX_FAST_ANY_HTTP, /* any value may begin a header */
	/* calls with messages: only the first buffer of the first message may begin a header */
	LINX_FAST_MESSAGES_HTTP,
};

/*
 * Ends a record of a call that begins no HTTP header itself, while a header of some socket is unfinished. If a header
 * of this call's socket is unfinished, the slow path writes the record. begun: probe_begin_work() has been called. Ends
 * the probe.
 */
static LINX_TAIL_FN void look_at_socket(struct linx_session *s, struct linx_rec *rec, u8 *p, bool begun)
{
	const u64 *args = (const u64 *)(rec + 1) + 1;
	u32 ino = linx_http_socket(args[0]);

	if (ino && unlikely(linx_http_is_open(s, ino)))
		return begun ? retry_begun(s) : retry_slow(s);
	end_values(s, this_cpu_ptr(s->ring), rec, p, unlikely(rec->flags));
}

/*
 * Ends a record whose first buffer, n bytes at the offset "at", begins like an HTTP header or is empty. If the buffer
 * may belong to a header, the slow path writes the record. begun: probe_begin_work() has been called. Ends the probe.
 */
static LINX_TAIL_FN void look_for_header(struct linx_session *s, struct linx_rec *rec, u8 *p, unsigned long at, u32 n,
					 bool begun)
{
	const u64 *args = (const u64 *)(rec + 1) + 1;
	const u8 *data = (const u8 *)rec + at;

	if (likely(!linx_http_may_go_on_padded(data, n) && !linx_http_is_busy(s)))
		return end_values(s, this_cpu_ptr(s->ring), rec, p, unlikely(rec->flags));
	if (linx_http_matters(s, args[0], data, n))
		return begun ? retry_begun(s) : retry_slow(s);
	end_values(s, this_cpu_ptr(s->ring), rec, p, unlikely(rec->flags));
}

/* Indices of words in a struct msghdr of x86_64, with which a struct mmsghdr begins. */
#define MSGHDR_NAME 0
#define MSGHDR_IOV 2
#define MMSGHDR_LEN 7 /* lower half: bytes that the message has moved */

/*
 * Returns the value after v, if the size of v is a multiple of 8 bytes, which is true of arrays of structures. If v
 * was cut within a word, the result lies before the end of v.
 */
static __always_inline const struct linx_val *behind_words(const struct linx_val *v)
{
	return (const struct linx_val *)((const u8 *)(v + 1) + v->size);
}

/*
 * Returns the first buffer of the first message, in a record of messages whose values begin at v. The values are the
 * messages, then the array of buffers, known by its address, then the first buffer. NULL: the record has other values.
 * NULL is also returned for a message with a name, since the name stands before the array and its bytes could look like
 * an array; and for a message without moved bytes or with a cut array, as such a message may have no buffer.
 */
static __always_inline const struct linx_val *first_buffer(const struct linx_rec *rec, const u8 *v)
{
	const struct linx_val *array, *buffer;

	if (unlikely(rec->nvals < 3))
		return NULL;
	array = behind_words((const struct linx_val *)v);
	if (unlikely(((const u64 *)v)[1 + MSGHDR_NAME] || !(u32)((const u64 *)v)[1 + MMSGHDR_LEN] ||
		     array->info != LINX_VAL_INFO(LINX_VAL_MEM, LINX_WHOLE) ||
		     ((const u64 *)array)[1] != ((const u64 *)v)[1 + MSGHDR_IOV]))
		return NULL;
	buffer = behind_words(array);
	return likely(((const u64 *)array)[2] == ((const u64 *)buffer)[1]) ? buffer : NULL;
}

/*
 * Writes all values of the record and the memory they point to, and completes the record. Ends the probe. http is a
 * constant at each call.
 */
static __always_inline void fill_all(struct linx_session *s, struct linx_rec *rec, const struct linx_row *row, u64 *args,
				     enum linx_fast_http http)
{
	struct linx_ring *r = this_cpu_ptr(s->ring);
	unsigned int mask = http ? mask_of_exit(row, rec) : mask_of(row, rec);
	const struct linx_val *buffer = NULL;
	u8 *p = values_of(rec, args);
	u8 *end;

	linx_check_begin();
	rec->nvals = 0;
	end = linx_fast_values(s, row, rec, LINX_ABI_X86_64, args, p, mask);
	if (unlikely(!end || end - p > s->user_max))
		return retry_slow(s);
	if (row->follow & mask) {
		/* In a record of messages exit_all() has already ensured this room. */
		if (http != LINX_FAST_MESSAGES_HTTP && unlikely(!linx_fast_room(r, LINX_FIXED_MAX + s->follow_room)))
			return retry_slow(s);
		probe_begin_work();
		end = linx_follow_few(s, r, row, rec, args, p, end);
	}
	if (http == LINX_FAST_MESSAGES_HTTP)
		buffer = first_buffer(rec, p);
	if (buffer) {
		if (unlikely(linx_http_may_begin((const u8 *)(buffer + 2))))
			return look_for_header(s, rec, end, (const u8 *)(buffer + 2) - (const u8 *)rec, buffer->size - sizeof(u64), row->follow & mask);
		if (linx_http_is_busy(s))
			return look_at_socket(s, rec, end, row->follow & mask);
	} else if (http && unlikely(linx_http_concerns(s, linx_fast_nr(rec), args, p, end))) {
		return row->follow & mask ? retry_begun(s) : retry_slow(s);
	}
	end_values(s, r, rec, end, rec->flags);
}

static LINX_TAIL_FN void fill_more(struct linx_session *s, struct linx_rec *rec, const struct linx_row *row, u64 *args)
{
	fill_all(s, rec, row, args, LINX_FAST_NO_HTTP);
}

static LINX_TAIL_FN void fill_all_http(struct linx_session *s, struct linx_rec *rec, const struct linx_row *row, u64 *args)
{
	fill_all(s, rec, row, args, LINX_FAST_ANY_HTTP);
}

static LINX_TAIL_FN void fill_messages(struct linx_session *s, struct linx_rec *rec, const struct linx_row *row, u64 *args)
{
	fill_all(s, rec, row, args, LINX_FAST_MESSAGES_HTTP);
}

/*
 * Writes all values of the record, which point to no further memory, and the descriptors among its arguments. Ends the
 * probe.
 */
static LINX_TAIL_FN void fill_fds(struct linx_session *s, struct linx_rec *rec, const struct linx_row *row, u64 *args)
{
	struct linx_ring *r = this_cpu_ptr(s->ring);
	u8 *p = values_of(rec, args), *fds, *end;

	if (unlikely(!linx_fast_room(r, LINX_FIXED_MAX + s->fast_values_room + LINX_FD_FAST_MAX * LINX_FD_FAST_ROOM)))
		return retry_slow(s);
	linx_check_begin();
	probe_begin_work();
	rec->nvals = 0;
	fds = linx_fast_values(s, row, rec, LINX_ABI_X86_64, args, p, mask_of(row, rec));
	if (unlikely(!fds || fds - p > s->user_max))
		return retry_slow(s);
	end = linx_fd_put_fast(s, r, rec, row, linx_fast_nr(rec), args, p, fds);
	if (unlikely(!end || end - fds > s->fd_max))
		return retry_begun(s);
	end_values(s, r, rec, end, rec->flags);
}

/*
 * Writes the values of the arguments in mask, if they are of kinds that need no function call, so that no register is
 * saved. If another kind is found, the values are written again from the beginning, by fill_more(). p: the end of the
 * record so far. Ends the probe.
 */
static LINX_TAIL_FN void fill_few(struct linx_session *s, struct linx_rec *rec, const struct linx_row *row, u64 *args,
				unsigned int mask, u8 *p);

static LINX_TAIL_FN void fill_string(struct linx_session *s, struct linx_rec *rec, const struct linx_row *row, u64 *args,
				   unsigned int mask, u8 *p)
{
	unsigned int i = __ffs(mask);

	linx_faults_off();
	p = linx_fast_string(s, p, args[i], *(row->fixed + i));
	linx_faults_on();
	if (unlikely(!p))
		return fill_more(s, rec, row, args);
	fill_few(s, rec, row, args, mask & (mask - 1), p);
}

static LINX_TAIL_FN void fill_few(struct linx_session *s, struct linx_rec *rec, const struct linx_row *row, u64 *args,
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
		if (LINX_ARGDEF_COPY(def) == LINX_COPY_STR)
			return fill_string(s, rec, row, args, mask, p);
		if (linx_cap_fixed(LINX_ARGDEF_COPY(def)))
			head = fixed | (u64)(u16)fixed << 32;
		else if (LINX_ARGDEF_COPY(def) == LINX_COPY_BUF)
			head = linx_fast_buffer(s, def, fixed, args);
		else if (LINX_ARGDEF_COPY(def) == LINX_COPY_BITS)
			head = linx_fast_bits(def, fixed, args);
		else
			head = linx_fast_array(def, fixed, args);
		if (unlikely((u16)head >= LINX_SIMPLE_MAX))
			return fill_more(s, rec, row, args);
		*(u64 *)p = head;
		linx_faults_off();
		p = linx_user_simple(p + sizeof(struct linx_val), args[i], (u16)head);
		linx_faults_on();
		if (unlikely(!p))
			return retry_slow(s);
	}
	if (unlikely(p - (u8 *)args > s->user_max))
		return retry_slow(s);
	end_values(s, this_cpu_ptr(s->ring), rec, p, unlikely(rec->flags));
}

/*
 * Writes the value of argument i at p. fast: the kind of the value. Returns the end; NULL: the slow path has to write
 * the record.
 */
static __always_inline u8 *put_one(const struct linx_session *s, const struct linx_row *row, const u64 *args, u8 *p,
				   unsigned int i, enum linx_fast_path fast)
{
	u32 fixed = *(row->fixed + i);
	u64 head = fixed | (u64)(u16)fixed << 32;
	u32 size;

	if (fast == LINX_FAST_STR)
		return linx_fast_string(s, p, args[i], fixed);
	if (fast == LINX_FAST_BUF)
		head = linx_fast_buffer(s, LINX_ROW_ARG(row, i), fixed, args);
	if (fast == LINX_FAST_ADDR)
		head = linx_fast_bytes(fixed, (u32)*(args + (u16)fixed), LINX_SOCKADDR_MAX, &size);
	if (fast == LINX_FAST_ARR)
		head = linx_fast_array(LINX_ROW_ARG(row, i), fixed, args);
	if (fast == LINX_FAST_ARR && unlikely((u16)head >= LINX_SIMPLE_MAX))
		return NULL;
	*(u64 *)p = head;
	return linx_user_simple(p + sizeof(struct linx_val), args[i], (u16)head);
}

/* Writes one value at p, if read is set and the pointer is not null, and completes the record. Ends the probe. */
static __always_inline void fill_one(struct linx_session *s, struct linx_rec *rec, const struct linx_row *row, u64 *args,
				     u8 *p, bool read, enum linx_fast_path fast, bool timed)
{
	unsigned int i = row->one;

	if (likely(read && args[i])) {
		rec->nvals = 1;
		linx_faults_off();
		p = put_one(s, row, args, p, i, fast);
		linx_faults_on();
		if (unlikely(!p))
			return fast == LINX_FAST_ARR ? fill_more(s, rec, row, args) : retry_slow(s);
	}
	end_values(s, this_cpu_ptr(s->ring), rec, p, timed);
}

#endif
