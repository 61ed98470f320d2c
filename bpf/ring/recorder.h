/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Flight recorder: each CPU has two rings (halves). Programs write to one half and drop its oldest records. The library
 * lets the programs write to the other half (a flip) and waits until no program uses the old one; the rules are those
 * of kmod/ring/producer.c. The reader could overwrite records in the ring. The programs use the contents of a record
 * only to find where the next one begins, and which task gets a new context record when its old one is dropped.
 * Therefore a reader that overwrites records harms only its own session.
 */
#ifndef LINX_BPF_RECORDER_H
#define LINX_BPF_RECORDER_H

#include "base/loop.h"
#include "base/seen.h"

/*
 * Most old records that are dropped for a new one. Even if all of them have the least length, their bytes are enough
 * for the longest record and LINX_RECORDER_AHEAD.
 */
#define DROPS_MAX 2560
/*
 * Records that one turn of the loop drops. With bpf_loop() the number is small, as the verifier checks the turn again
 * for each place that makes room.
 */
#ifdef LINX_REDUCED
#define DROPS_OF_TURN 10
#else
#define DROPS_OF_TURN 2
#endif

static __always_inline bool is_context(__u32 kind)
{
	return kind >= LINX_REC_TASK && kind <= LINX_REC_TASK_EXIT;
}

/*
 * Selects the ring of this CPU (half) to which records are written. If the library has switched the halves since this
 * CPU's last record, that half is empty. Returns false if the CPU has no such ring.
 */
static __noinline bool recorder_begin(struct cpu *x)
{
	__u32 flips = *(volatile __u32 *)&control.flips, zero = 0, at;
	struct linx_bpf_cpu *c = x->c;
	void *inner;

	if (c->flips != flips) {
		c->tail = c->prod.half[flips & 1].head;
		c->flips = flips;
	}
	note_positions(x, flips & 1);
	at = ring_number(c, x->number);
	inner = bpf_map_lookup_elem(&rings, &at);
	x->ring = inner ? bpf_map_lookup_elem(inner, &zero) : 0;
	return x->ring != 0;
}

/* Drops a record. If it is a context record, its task gets a new one with its next event. */
static __always_inline void drop_one(struct work *w, const __u8 *p, __u64 head)
{
	__u32 kind = head >> 24 & 0xff;

	w->dropped += kind != LINX_REC_GAP && kind != LINX_REC_PIECE;
	if (is_context(kind))
		forget(*(volatile __u32 *)(p + sizeof(struct linx_rec)));
}

/* Drops some of the oldest records. The tail moves only to the end of a record with all its pieces. */
STEP(drop_some)
{
	struct linx_bpf_cpu *c = x->c;
	struct work *w = x->w;

	for (int n = 0; n < DROPS_OF_TURN; n++) {
		__u8 *p = ring_at(x, w->drop_at & (config.ring_size - 1), sizeof(struct linx_rec) + sizeof(struct linx_ctx));
		__u64 head = p ? *(volatile __u64 *)p : 0, len = (head >> 3 & 0x1fff) * 8;

		if (!p || len < sizeof(struct linx_rec) || (__s64)(positions(x)->head - w->drop_at) <= 0) {
			/* no program wrote these contents as a record: all records are dropped */
			c->tail = positions(x)->head;
			return 1;
		}
		drop_one(w, p, head);
		w->drop_at += len;
		if (head >> 16 & LINX_RF_MORE)
			continue;
		c->tail = w->drop_at;
		c->overwritten += w->dropped;
		w->dropped = 0;
		if ((__s64)(w->drop_at - w->drop_to) >= 0)
			return 1;
	}
	return 0;
}

static __noinline int drop_oldest(struct cpu *x, __u64 need)
{
	struct linx_bpf_cpu *c = x->c;
	struct work *w = x->w;

	w->drop_at = c->tail;
	w->drop_to = positions(x)->head - config.ring_size + need + min_u64(config.ring_size / 16, LINX_RECORDER_AHEAD);
	w->dropped = 0;
	repeat(DROPS_MAX / DROPS_OF_TURN, drop_some, x);
	*(volatile __u64 *)&positions(x)->tail = c->tail;
	return 0;
}

/* Drops old records until there is room for "need" bytes. */
static __always_inline void make_room(struct cpu *x, __u64 need)
{
	if (positions(x)->head - x->c->tail + need > config.ring_size)
		drop_oldest(x, need);
}

#endif
