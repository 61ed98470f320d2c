/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The producer of a ring: gaps, counters, and all that is too rare for
 * ring/ring_fast.h. ring/producer.c
 *
 * The room ring/ holds the producer, the memory of rings and its mapping, wake-up of
 * the reader, and throttling. It reserves and publishes records; their contents are
 * made in the rooms above.
 */
#ifndef LINX_KMOD_PRODUCER_H
#define LINX_KMOD_PRODUCER_H

#include "core/session.h"

/* The slow path of linx_rec_begin() and linx_rec_commit(); those are in ring/ring_fast.h. */
struct linx_fill *linx_rec_begin_slow(struct linx_session *s, struct linx_ring *r, u8 kind, u64 time, u32 worst,
				      bool prio, int call, u32 key, u32 nargs);
bool linx_rec_commit_slow(struct linx_fill *f);
/* Close the record and open a piece of it: user memory of value arg, or of the nth value, goes on at offset. false: no room. */
bool linx_rec_piece(struct linx_fill *f, u8 arg, u8 nth, u32 offset);
/* The end of the piece opened last: n bytes were put at f->p. */
void linx_rec_piece_end(struct linx_fill *f, u32 n);

/* Count one selected record as lost. call: -1 as long as there is no ring. */
void linx_ring_lost(struct linx_ring *r, enum linx_lost cause, u64 seq, u64 time, int call, bool context);
/* Write what is known of a gap at the end, when no probe runs any more. */
void linx_ring_final_gap(struct linx_session *s, struct linx_ring *r);
/* Bytes that the reader has not taken yet. Any context; racy by nature. */
u64 linx_ring_used(struct linx_ring *r);
/* Counters of a ring; exact when the session is stopped. */
void linx_ring_counters(const struct linx_ring *r, struct linx_cpu_counters *c);
/* Everything of the ring is there: let probes write to it. */
void linx_ring_open(struct linx_session *s, struct linx_ring *r);
/* Do some of them lie before r->due? */
bool linx_ring_due(struct linx_ring *r);
/* Recorder, owner's ioctl: shows a half that no probe writes as empty; it is to be written next. */
void linx_ring_empty_half(struct linx_ring *r, u32 half);
/* Likewise: the next record looks at linx_session.flips. */
void linx_ring_close_limits(struct linx_ring *r);

#endif
