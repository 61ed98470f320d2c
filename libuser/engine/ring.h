/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reader's side of one CPU's mapped ring, and the steps from record to record
 * that every source needs. The protocol is that of ring_proto.h.
 */
#ifndef LINX_RING_H
#define LINX_RING_H

#include "shared/ring_proto.h"
#include "engine/engine.h"

/* No head record with its pieces is longer; see LINX_PIECES_MAX. */
#define LINX_GROUP_MAX (1u << 20)

/* Bytes [tail, head) of one data area that are this reader's. */
struct linx_span {
	const uint8_t *data; /* mapped twice, back to back */
	uint64_t tail, head;
	bool placed; /* recorder mode, at the begin: as linx_chunk says */
	uint64_t at;
};

struct linx_ring_reader {
	const struct linx_producer *prod; /* NULL: this CPU has no ring */
	struct linx_consumer *cons;
	const uint8_t *data[2]; /* [1]: recorder mode */
	uint64_t size; /* bytes of one data area */
	size_t page;
	struct linx_span now;
	struct linx_span next; /* recorder, after the last flush: what follows now, see linx_ring_reader_yield() */
	uint64_t published; /* discard: tail as the kernel knows it */
};

/* Map CPU cpu's ring. -ENXIO or another errno of mmap(2): it has none. */
int linx_ring_map(struct linx_ring_reader *r, int fd, unsigned int cpu, size_t page, uint64_t size,
		  bool recorder);
void linx_ring_unmap(struct linx_ring_reader *r);

/* Discard mode. -EBADMSG: the positions make no sense. */
int linx_ring_peek(struct linx_ring_reader *r, struct linx_chunk *c);
/* Recorder mode: what the last linx_ring_take() gave. */
int linx_ring_peek_frozen(struct linx_ring_reader *r, struct linx_chunk *c);
/* Recorder mode: on to what was kept. Once all rings are read: what it has is later than what any had before. */
void linx_ring_reader_yield(struct linx_ring_reader *r);
/* Recorder mode: read half from now on, or from linx_ring_reader_yield() on if keep. next_seq: as LINX_IOC_COUNTERS tells, asked after. -EBADMSG. */
int linx_ring_take(struct linx_ring_reader *r, unsigned int half, uint64_t next_seq, bool keep);
void linx_ring_advance(struct linx_ring_reader *r, size_t len);
/* Let the kernel have the room that was read. */
void linx_ring_publish(struct linx_ring_reader *r);

/* Length of the head record at data with its pieces; 0: there is no whole one. */
size_t linx_group_len_all(const uint8_t *data, size_t avail);
static inline size_t linx_group_len(const uint8_t *data, size_t avail)
{
	const struct linx_rec *rec = (const void *)data;
	bool alone = linx_rec_fits(rec, avail) && !(rec->flags & LINX_RF_MORE);

	return alone ? LINX_REC_LEN(rec) : linx_group_len_all(data, avail);
}
/* Does it count in the account? What only describes other records does not. */
static inline bool linx_rec_counts(const struct linx_rec *rec)
{
	return rec->kind != LINX_REC_PAD && rec->kind != LINX_REC_GAP &&
	       rec->kind != LINX_REC_PIECE;
}
/*
 * Number of a record, of which it has the lower half: near is that of one before
 * it. A GAP has all of it, since more than 2^32 may have been lost there.
 */
uint64_t linx_gap_seq(const struct linx_rec *rec, uint64_t near);
static inline uint64_t linx_rec_seq(const struct linx_rec *rec, uint64_t near)
{
	return rec->kind == LINX_REC_GAP ? linx_gap_seq(rec, near) : near + (uint32_t)(rec->seq - (uint32_t)near);
}
/* Records in these bytes that count; stops at the first that makes no sense. */
uint64_t linx_count_records(const uint8_t *data, size_t len);
/* The same of all that r still holds. */
uint64_t linx_ring_count(struct linx_ring_reader *r, bool recorder);

#endif
