/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The fast path of the producer, inline, for a ring that has room and no pending gap record. One comparison with
 * linx_ring.limit tests both conditions. Every other case takes the slow path in ring/producer.c.
 */
#ifndef LINX_KMOD_RING_FAST_H
#define LINX_KMOD_RING_FAST_H

#include "ring/producer.h"
#include "shared/ring_proto.h"
#include "core/session.h"
#include "ring/wake.h"

/*
 * Size of the largest fixed part of a record (EXIT and context records); linx_rec_begin() finds at least this much
 * room for every record.
 */
#define LINX_FIXED_MAX (sizeof(struct linx_rec) + 64)

/* Returns the time for a record, never earlier than that of the record before. */
static __always_inline u64 linx_ring_time(const struct linx_ring *r, u64 now)
{
	return now < r->last_time ? r->last_time : now;
}

static_assert(LINX_REC_NR_OTHER == LINX_NR_OTHER);

/*
 * Writes the head of a record about the task p, without its length. key: linx_key() of the record's system call, or
 * LINX_REC_NR_OTHER.
 */
static __always_inline void linx_rec_head(struct linx_rec *rec, const struct task_struct *p, u8 kind, u64 seq, u64 time,
					  u32 key, u32 nargs)
{
	*rec = (struct linx_rec){
		.kind = kind,
		.nargs = nargs,
		.seq = (u32)seq,
		.time = time,
		.tid = p->pid,
		.pid = p->tgid,
		.nr = key % LINX_NR_MAX,
		.abi = key / LINX_NR_MAX,
	};
}

/*
 * Makes all complete records up to the position "head" visible to the reader (A in shared/ring_proto.h). They are
 * visible at once or, in recorder mode, when this half of the ring is no longer written. Returns true if a reader
 * sleeps and the caller has to call linx_wake_look().
 */
static __always_inline __must_check bool linx_ring_publish(struct linx_session *s, struct linx_ring *r, u64 head, u64 time)
{
	struct linx_producer *prod = r->prod;

	r->last_time = time;
	WRITE_ONCE(prod->last_time, time);
	linx_pos_store(&r->out->head, head);
	linx_fence(); /* barrier C of shared/ring_proto.h; pairs with the fence in linx_wake_poll() */
	return unlikely((s64)head + READ_ONCE(s->wake.armed) >= (s64)r->wake_at);
}

/*
 * Begins a record: numbers it and finds room for the largest size that it may reach. Returns NULL if there is no room;
 * the record has been counted as lost then. The caller has disabled preemption. At f->p of the result there is room for
 * the fixed part of any kind of record. call: an index into linx_ring.calls (linx_key()), or LINX_CALL_*. key:
 * linx_key() of the call that the record is about, or LINX_REC_NR_OTHER.
 */
static __always_inline struct linx_fill *linx_rec_begin(struct linx_session *s, struct linx_ring *r, u8 kind, u64 now,
							u32 worst, bool prio, int call, u32 key, u32 nargs)
{
	u64 head = r->areas[0].head, time = linx_ring_time(r, now);
	struct linx_fill *f = &r->fill;

	worst = clamp(worst, r->least_room, r->rec_limit);
	/* the limit is 0 without a ring, or after a nested probe has set it to 0 */
	if (unlikely(head + worst >= data_race(r->limit[prio])))
		return linx_rec_begin_slow(s, r, kind, time, worst, prio, call, key, nargs);
	f->head = f->rec = (struct linx_rec *)(r->areas[0].data + (head & r->mask));
	f->p = (u8 *)(f->rec + 1);
	f->end = (u8 *)f->rec + worst;
	f->seq = r->selected++;
	f->time = time;
	f->budget = s->user_max;
	f->call = call;
	f->prio = prio;
	f->fast_room = f->full = f->slow = false;
	f->special = 0;
	f->nlongs = f->nfds = 0;
	if (call >= 0)
		r->calls[call].selected++;
	linx_rec_head(f->rec, current, kind, f->seq, time, key, nargs);
	return f;
}

/* Publishes the record, or counts it as lost if it did not fit. Returns true if the record is in the ring. */
static __always_inline bool linx_rec_commit(struct linx_fill *f)
{
	struct linx_ring *r = f->r;
	u32 len = f->p - (u8 *)f->head;

	if (likely(f->rec == f->head))
		f->rec->words = len / 8;
	if (unlikely(f->slow))
		return linx_rec_commit_slow(f);
	r->areas[0].head += len;
	r->committed++;
	if (linx_ring_publish(f->s, r, r->areas[0].head, f->time))
		linx_wake_look(f->s, r);
	return true;
}

#endif
