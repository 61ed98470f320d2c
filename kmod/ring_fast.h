/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The short way of the producer, inline: discard mode, room known to be there,
 * no gap pending. One comparison tells (linx_ring.limit). Everything else goes
 * the long way, ring.c, which tells the same story at length.
 */
#ifndef LINX_KMOD_RING_FAST_H
#define LINX_KMOD_RING_FAST_H

#include "ring_proto.h"
#include "session.h"

/* The largest fixed part of a record, of EXIT and of context records: what every record is given. */
#define LINX_FIXED_MAX (sizeof(struct linx_rec) + 64)

/* The time of a record: never before that of the record before. */
static __always_inline u64 linx_ring_time(const struct linx_ring *r, u64 now)
{
	return now < r->last_time ? r->last_time : now;
}

/* abi, nr and nargs as linx_rec says, 0, -1 and 0 where no system call is meant. */
static __always_inline void linx_rec_head(struct linx_rec *rec, const struct linx_ring *r, u8 kind, u64 seq, u64 time,
					  u32 abi, s32 nr, u32 nargs)
{
	rec->len = 0;
	rec->kind = kind;
	rec->abi = abi;
	rec->flags = 0;
	rec->nr = nr;
	rec->cpu = r->cpu;
	rec->nargs = nargs;
	rec->nvals = 0;
	rec->seq = seq;
	rec->time = time;
	rec->tid = current->pid;
	rec->pid = current->tgid;
}

/*
 * Discard mode: all up to area.head is complete, let the reader see it (A in
 * ring_proto.h). true: a reader sleeps, and linx_wake_look() has to be called.
 */
static __always_inline __must_check bool linx_ring_publish(struct linx_session *s, struct linx_ring *r, u64 head, u64 time)
{
	struct linx_producer *prod = r->prod;

	r->last_time = time;
	WRITE_ONCE(prod->last_time, time);
	linx_pos_store(&prod->half[0].head, head);
	linx_fence(); /* C: pairs with the fence in linx_wake_poll() */
	return unlikely((s64)head + READ_ONCE(s->wake.armed) >= (s64)r->wake_at);
}

/*
 * Begin a record: number it and find room for the worst that it may need. NULL:
 * it is lost and counted. Preemption is off. f->p has room for the fixed part of
 * any kind. call is an index into linx_ring.calls (linx_key()), or LINX_CALL_*.
 */
static __always_inline struct linx_fill *linx_rec_begin(struct linx_session *s, struct linx_ring *r, u8 kind, u64 now,
							u32 worst, bool prio, int call, s32 nr, u32 nargs)
{
	u64 head = r->areas[0].head, time = linx_ring_time(r, now);
	struct linx_fill *f = &r->fill;

	worst = min(worst, r->rec_limit);
	if (unlikely(head + worst >= r->limit[prio])) /* also 0 >= 0: no ring */
		return linx_rec_begin_slow(s, r, kind, time, worst, prio, call, nr, nargs);
	f->head = f->rec = (struct linx_rec *)(r->areas[0].data + (head & r->mask));
	f->p = (u8 *)(f->rec + 1);
	f->end = (u8 *)f->rec + worst;
	f->seq = r->selected++;
	f->time = time;
	f->budget = s->user_max;
	f->call = call;
	f->prio = prio;
	f->short_room = f->full = f->slow = false;
	f->nlongs = f->nfds = 0;
	if (call >= 0)
		r->calls[call].selected++;
	linx_rec_head(f->rec, r, kind, f->seq, time, call < 0 ? 0 : (u32)call / LINX_NR_MAX, nr, nargs);
	return f;
}

/* Publish, or count as lost if it did not fit. true: it is in the ring. */
static __always_inline bool linx_rec_commit(struct linx_fill *f)
{
	struct linx_ring *r = f->r;
	u32 len = f->p - (u8 *)f->head;

	if (likely(f->rec == f->head))
		f->rec->len = len;
	if (unlikely(f->slow))
		return linx_rec_commit_slow(f);
	r->areas[0].head += len;
	r->committed++;
	if (linx_ring_publish(f->s, r, r->areas[0].head, f->time))
		linx_wake_look(f->s, r);
	return true;
}

#endif
