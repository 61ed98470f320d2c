// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fast path of 32-bit calls (i386, 32-bit ARM), where only one session runs, which neither filters nor keeps entry
 * times. There is a function for scalars alone, one for a buffer, and one for records of all other shapes. All other
 * calls go to syscall/slow.c before anything has been counted. linx_session.enter_32 and exit_32 say which calls may
 * take this path.
 *
 * Probe context: preemption off by probe_enter(); nothing sleeps, faults or allocates.
 */
#include <linux/percpu.h>
#include "syscall/calls.h"
#include "core/clock.h"
#include "compat/compat.h"
#include "capture/encode.h"
#include "capture/encode_fast.h"
#include "capture/fd.h"
#include "core/probe_guard.h"
#include "core/session.h"
#include "ring/wake.h"

/*
 * Writes the values of the record from p on, and the memory that they point to. Returns the end of the values; NULL:
 * the general encoder has to write the record.
 */
static __always_inline u8 *put_values(struct linx_session *s, struct linx_ring *r, struct linx_rec *rec, const struct linx_row *row,
				      u64 *args, u8 *p, unsigned int mask)
{
	u8 *end = linx_fast_values(s, row, rec, LINX_ABI_I386, args, p, mask);

	if (unlikely(!end || end - p > s->user_max))
		return NULL;
	if (!(row->follow & mask))
		return end;
	probe_begin_work();
	return linx_follow_few(s, r, row, rec, args, p, end);
}

/*
 * Writes at p the file that the call has opened or the peer of its socket, if the session records that. Returns the
 * end of the values.
 */
static __always_inline u8 *put_resolved(const struct linx_session *s, struct linx_ring *r, struct linx_rec *rec, u32 key,
					long ret, const u64 *args, u8 *p)
{
	enum linx_resolved what = linx_fd_row(key)->resolved;

	if (what == LINX_RESOLVED_NONE || !(s->flags & LINX_SETUP_RESOLVED) || !linx_has_resolved(what, ret))
		return p;
	probe_begin_work();
	return what == LINX_RESOLVED_OPENED ? linx_fd_opened(r, rec, p, ret) : linx_fd_peer(rec, p, args[0]);
}

/* Wakes a sleeping reader after a record was published, and ends the probe. */
static noinline void wake_leave(struct linx_session *s)
{
	linx_wake_look(s, this_cpu_ptr(s->ring));
	probe_leave();
}

/* Completes the record of len bytes with the time "now", then counts and publishes it. Ends the probe. */
static __always_inline void end_record_at(struct linx_session *s, struct linx_ring *r, struct linx_rec *rec, u32 key, u32 len,
					  u64 now)
{
	now = linx_ring_time(r, now);
	rec->time = now;
	if (unlikely(linx_fast_end(s, r, key, len, now)))
		return wake_leave(s);
	probe_leave();
}

/*
 * Completes the record with the time of the kernel's clock, as linx_clock_quick() could not compute the time. Ends the
 * probe.
 */
static LINX_TAIL_FN void end_record_by_clock(struct linx_session *s, struct linx_rec *rec, u32 key, u32 len)
{
	u64 now = linx_clock_read();

	end_record_at(s, this_cpu_ptr(s->ring), rec, key, len, now);
}

static __always_inline void end_record(struct linx_session *s, struct linx_ring *r, struct linx_rec *rec, u32 key, u32 len)
{
	u64 now;

	if (unlikely(!linx_clock_quick(&now)))
		return end_record_by_clock(s, rec, key, len);
	end_record_at(s, r, rec, key, len, now);
}

static __always_inline void begin_record(struct linx_rec *rec, const struct linx_ring *r, u8 kind, struct pt_regs *regs, u32 key,
					 u32 nargs, u32 len)
{
	u64 *body = (u64 *)(rec + 1);

	linx_fast_head(rec, r, kind, 0, len, LINX_ABI_I386, key % LINX_NR_MAX, nargs);
	linx_args_32(regs, kind == LINX_REC_EXIT ? body + 1 : body);
}

static __always_inline u64 room_of(const struct linx_session *s, const struct linx_row *row)
{
	return LINX_FIXED_MAX + LINX_FD_FAST_ROOM + (row->follow ? s->follow_room : s->fast_values_room);
}

LINX_TAIL_FN void linx_enter_32(struct linx_session *s, struct pt_regs *regs, unsigned long key)
{
	const struct linx_row *row = linx_table_row(key);
	struct linx_ring *r = this_cpu_ptr(s->ring);
	struct linx_rec *rec = linx_fast_rec(r);
	u64 *args = (u64 *)(rec + 1);
	u8 *end;

	if (unlikely(!linx_fast_room(r, room_of(s, row))))
		return linx_enter_slow(s, regs, key, key % LINX_NR_MAX);
	begin_record(rec, r, LINX_REC_ENTER, regs, key, row->nargs, 0);
	end = put_values(s, r, rec, row, args, (u8 *)(args + row->nargs), row->in);
	if (unlikely(!end))
		return linx_enter_slow(s, regs, key, key % LINX_NR_MAX);
	linx_fast_len(rec, end - (u8 *)rec);
	end_record(s, r, rec, key, end - (u8 *)rec);
}

static LINX_TAIL_FN void exit_values(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key)
{
	const struct linx_row *row = linx_table_row(key);
	struct linx_ring *r = this_cpu_ptr(s->ring);
	struct linx_rec *rec = linx_fast_rec(r);
	u64 *args = (u64 *)(rec + 1) + 1;
	u8 *end;

	if (unlikely(!linx_fast_room(r, room_of(s, row))))
		return linx_exit_slow(s, regs, ret, key, key % LINX_NR_MAX);
	args[-1] = ret;
	begin_record(rec, r, LINX_REC_EXIT, regs, key, row->nargs, 0);
	end = put_values(s, r, rec, row, args, (u8 *)(args + row->nargs), row->in | (IS_ERR_VALUE(ret) ? row->err : row->out));
	if (unlikely(!end))
		return linx_exit_slow(s, regs, ret, key, key % LINX_NR_MAX);
	end = put_resolved(s, r, rec, key, ret, args, end);
	linx_fast_len(rec, end - (u8 *)rec);
	end_record(s, r, rec, key, end - (u8 *)rec);
}

/* Records the return of a call with a buffer, such as read or write. */
static LINX_TAIL_FN void exit_buffer(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key)
{
	const struct linx_row *row = linx_table_row(key);
	struct linx_ring *r = this_cpu_ptr(s->ring);
	struct linx_rec *rec = linx_fast_rec(r);
	u64 *args = (u64 *)(rec + 1) + 1, head;
	u8 *p = (u8 *)(args + row->nargs);
	unsigned int i = row->one;

	if (unlikely(!linx_fast_room(r, LINX_FIXED_MAX + LINX_SIMPLE_MAX + 2 * sizeof(struct linx_val))))
		return linx_exit_slow(s, regs, ret, key, key % LINX_NR_MAX);
	args[-1] = ret;
	begin_record(rec, r, LINX_REC_EXIT, regs, key, row->nargs, 0);
	if (likely((row->in || (IS_ERR_VALUE(ret) ? row->err : row->out)) && args[i])) {
		head = linx_fast_buffer(s, LINX_ROW_ARG(row, i), *(row->fixed + i), args);
		if (unlikely((u16)head >= LINX_SIMPLE_MAX))
			return exit_values(s, regs, ret, key);
		rec->nvals = 1;
		*(u64 *)p = head;
		linx_faults_off();
		p = linx_user_simple(p + sizeof(struct linx_val), args[i], (u16)head);
		linx_faults_on();
		if (unlikely(!p))
			return linx_exit_slow(s, regs, ret, key, key % LINX_NR_MAX);
	}
	linx_fast_len(rec, p - (u8 *)rec);
	end_record(s, r, rec, key, p - (u8 *)rec);
}

LINX_TAIL_FN void linx_exit_32(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key)
{
	const struct linx_row *row = linx_table_row(key);
	struct linx_ring *r = this_cpu_ptr(s->ring);
	struct linx_rec *rec = linx_fast_rec(r);
	u32 len = sizeof(*rec) + 8 + row->nargs * 8;

	if (row->exit_fast >= LINX_FAST_READ && row->exit_fast <= LINX_FAST_BUF)
		return exit_buffer(s, regs, ret, key);
	if (!linx_row_plain(row))
		return exit_values(s, regs, ret, key);
	if (unlikely(!linx_fast_room(r, LINX_FIXED_MAX)))
		return linx_exit_slow(s, regs, ret, key, key % LINX_NR_MAX);
	*(s64 *)(rec + 1) = ret;
	begin_record(rec, r, LINX_REC_EXIT, regs, key, row->nargs, len);
	end_record(s, r, rec, key, len);
}
