/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reader's side of one CPU's mapped ring, and the functions that step from record
 * to record in any source. The protocol is that of ring_proto.h.
 */
#ifndef LINX_RING_H
#define LINX_RING_H

#include "shared/ring_proto.h"
#include "engine/engine.h"

/* Limit of the bytes of a head record with its pieces; see LINX_PIECES_MAX. */
#define LINX_GROUP_MAX (1u << 20)

/* Bytes [tail, head) of one data area, which this reader may read. */
struct linx_span {
	const uint8_t *data; /* mapped twice, back to back */
	uint64_t tail, head;
	bool placed; /* recorder mode: "at" is the number of the first record, see linx_chunk */
	uint64_t at;
};

struct linx_ring_reader {
	const struct linx_producer *prod; /* the kernel's page of the ring; NULL: this CPU has no ring */
	struct linx_consumer *cons;
	const uint8_t *data[2]; /* data areas; [1]: the second half, used in recorder mode */
	uint64_t size; /* bytes of one data area */
	size_t page;
	struct linx_span now;
	/*
	 * recorder mode: records of the other half, which are later than those of "now": see linx_ring_reader_yield()
	 */
	struct linx_span next;
	uint64_t published; /* discard mode: the tail that was last stored for the kernel */
};

/* Maps the ring of a CPU. -ENXIO: the CPU has no ring; or another -errno of mmap(2). */
int linx_ring_map(struct linx_ring_reader *r, int fd, unsigned int cpu, size_t page, uint64_t size,
		  bool recorder);
void linx_ring_unmap(struct linx_ring_reader *r);

/* Discard mode: gets the records that are ready. -EBADMSG: the positions make no sense. */
int linx_ring_peek(struct linx_ring_reader *r, struct linx_chunk *c);
/* Recorder mode: gets the unread records of the half (one of the two areas) given by the last linx_ring_take(). */
int linx_ring_peek_frozen(struct linx_ring_reader *r, struct linx_chunk *c);
/*
 * Recorder mode: continues with the half (one of the ring's two areas) that linx_ring_take() stored for later (keep).
 * Called when the present halves of all rings have been read, since the records in the stored halves are later than the
 * records in all present halves.
 */
void linx_ring_reader_yield(struct linx_ring_reader *r);
/*
 * Recorder mode: makes the reader read a frozen half, to which the kernel no longer writes. keep: it starts that only
 * at linx_ring_reader_yield(); else at once. next_seq is from LINX_IOC_COUNTERS, called after LINX_IOC_FLUSH. -EBADMSG:
 * the positions make no sense.
 */
int linx_ring_take(struct linx_ring_reader *r, unsigned int half, uint64_t next_seq, bool keep);
void linx_ring_advance(struct linx_ring_reader *r, size_t len);
/* Stores tail for the kernel, so that it can reuse the room of released records. */
void linx_ring_publish(struct linx_ring_reader *r);

/* Returns the length of the head record at data with its pieces; 0: it is not complete. */
size_t linx_group_len_all(const uint8_t *data, size_t avail);
static inline size_t linx_group_len(const uint8_t *data, size_t avail)
{
	const struct linx_rec *rec = (const void *)data;
	bool alone = linx_rec_fits(rec, avail) && !(rec->flags & LINX_RF_MORE);

	return alone ? LINX_REC_LEN(rec) : linx_group_len_all(data, avail);
}
/*
 * True if a record counts in the account. PAD, GAP and PIECE do not count, since they only describe or continue other
 * records. MOVED does not count, since it repeats a record from elsewhere.
 */
static inline bool linx_rec_counts(const struct linx_rec *rec)
{
	return rec->kind != LINX_REC_PAD && rec->kind != LINX_REC_GAP &&
	       rec->kind != LINX_REC_PIECE && rec->kind != LINX_REC_MOVED;
}
/*
 * Return the full sequence number of a record, which carries only the lower 32 bits; near: the number of a record
 * before it. linx_gap_seq() does this for a GAP. A GAP gives all 64 bits, since more than 2^32 records may have been
 * lost there.
 */
uint64_t linx_gap_seq(const struct linx_rec *rec, uint64_t near);
static inline uint64_t linx_rec_seq(const struct linx_rec *rec, uint64_t near)
{
	return rec->kind == LINX_REC_GAP ? linx_gap_seq(rec, near) : near + (uint32_t)(rec->seq - (uint32_t)near);
}
/* Counts the records in data that count in the account (linx_rec_counts()); stops at the first malformed one. */
uint64_t linx_count_records(const uint8_t *data, size_t len);
/* Counts the unread records in a ring that count in the account (linx_rec_counts()). */
uint64_t linx_ring_count(struct linx_ring_reader *r, bool recorder);

#endif
