/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The producer of a ring: gap records, counters, and all cases that the fast path in ring/ring_fast.h does not handle.
 * Implemented in ring/producer.c.
 *
 * The directory ring/ holds the producer, the memory of rings and its mapping, wake-up of the reader, and throttling.
 * It reserves and publishes records; other directories (capture/, task/) make their contents.
 */
#ifndef LINX_KMOD_PRODUCER_H
#define LINX_KMOD_PRODUCER_H

#include "core/session.h"

/* Slow paths of linx_rec_begin() and linx_rec_commit() in ring/ring_fast.h. */
struct linx_fill *linx_rec_begin_slow(struct linx_session *s, struct linx_ring *r, u8 kind, u64 time, u32 worst,
				      bool prio, int call, u32 key, u32 nargs);
bool linx_rec_commit_slow(struct linx_fill *f);
/*
 * Ends the current record (or piece) and begins a piece, a record that continues it. The piece holds user memory of the
 * value of argument "arg", or of value number "nth", from "offset" on. Returns false if there is no room.
 */
bool linx_rec_piece(struct linx_fill *f, u8 arg, u8 nth, u32 offset);
/* Ends the newest piece: n bytes were written at f->p. */
void linx_rec_piece_end(struct linx_fill *f, u32 n);

/*
 * Counts a selected record as lost, in the ring's counters and in those of its system call. call: index of that call in
 * linx_ring.calls; below zero: the record is not about a system call, or the CPU has no ring.
 */
void linx_ring_lost(struct linx_ring *r, enum linx_lost cause, u64 seq, u64 time, int call, bool context);
/* Writes a last gap record for pending losses, when no probe runs any more. */
void linx_ring_final_gap(struct linx_session *s, struct linx_ring *r);
/* Returns the number of bytes that the reader has not taken yet. Any context; the value is out of date at once. */
u64 linx_ring_used(struct linx_ring *r);
/*
 * Returns the position up to which the reader has taken bytes, and sets *unread to the number of bytes that it has not
 * taken. If the ring has no memory, returns 0 and leaves *unread unchanged.
 */
u64 linx_ring_taken(struct linx_ring *r, u64 *unread);
/* Reads the counters of a ring; exact when the session is stopped. */
void linx_ring_counters(const struct linx_ring *r, struct linx_cpu_counters *c);
/* Lets probes write to a ring that has all its memory. */
void linx_ring_open(struct linx_session *s, struct linx_ring *r);
/* Returns true if a record that the reader has not taken yet has waited for the whole delay: it lies before r->due. */
bool linx_ring_due(struct linx_ring *r);
/*
 * Marks one half of a flight recorder as empty. No probe writes to this half now; it is the half that probes will write
 * next. Called by an owner's ioctl.
 */
void linx_ring_empty_half(struct linx_ring *r, u32 half);
/*
 * Sends the next record of a flight recorder to the slow path, which looks at linx_session.flips. Called by an owner's
 * ioctl.
 */
void linx_ring_close_limits(struct linx_ring *r);

#endif
