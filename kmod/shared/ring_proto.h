/* SPDX-License-Identifier: (GPL-2.0-only WITH Linux-syscall-note) OR LGPL-2.1-or-later */
/*
 * The protocol of a ring: positions and barriers. Pure C; compiled in the
 * module, the library, the unit tests and the model test (tests/model).
 *
 *   producer (one CPU, preemption off)        consumer (one thread)
 *   ------------------------------------      --------------------------------
 *   room: tail from linx_pos_load(cons.tail)  head from linx_pos_load(prod.head)
 *   write record                              read records in [tail, head)
 *   linx_pos_store(prod.head)                 linx_pos_store(cons.tail)
 *
 *   A: store(head) pairs with load(head): records before a visible head are complete.
 *   B: store(tail) pairs with load(tail): room is reused only after the reader
 *      has finished with the records in it.
 *   C: sleep and wake. Producer: store(head), linx_fence(), load(armed).
 *      Reader (in poll): store(armed), linx_fence(), load(head). Either the
 *      producer sees the reader armed, or the reader sees the record.
 *
 * The data is mapped twice, back to back, so that a record that passes the end
 * is contiguous for both sides:
 *
 *        |<-- size -->|<-- size -->|
 *        | cdef....ab | cdef....ab |      record "abcdef" at pos % size = 8
 *                  ^---------^
 *
 * Positions count bytes and never wrap; the difference of two is a number of bytes. The
 * producer uses the consumer's position only to find out how much of the committed data
 * is free room: see linx_pos_clamp().
 *
 * The directory shared/ holds code that both the kernel and user space compile. It may
 * use integer types and barriers, but no function of the kernel or of a library.
 */
#ifndef LINX_RING_PROTO_H
#define LINX_RING_PROTO_H

#ifdef __KERNEL__
#include <linux/compiler.h>
#include <asm/barrier.h>
#include <linux/linx_record.h>
#define linx_pos_load(p) smp_load_acquire(p)
#define linx_pos_store(p, v) smp_store_release(p, v)
#define linx_fence() smp_mb()
#else
#include <stdbool.h>
#include <stdint.h>
#include <linux/linx_record.h>
#define linx_pos_load(p) __atomic_load_n(p, __ATOMIC_ACQUIRE)
#define linx_pos_store(p, v) __atomic_store_n(p, v, __ATOMIC_RELEASE)
#define linx_fence() __atomic_thread_fence(__ATOMIC_SEQ_CST)
#endif

#define LINX_ALIGN8(n) (((n) + 7u) & ~7u)

/*
 * Returns the consumer position that the producer uses. The reader may write any number as its position (claimed) at
 * any time. It is accepted if it is not below the last accepted position (believed) and not above the end of the
 * records (committed). Therefore a hostile reader can only lose its own records or fill its own ring.
 */
static inline __u64 linx_pos_clamp(__u64 believed, __u64 committed, __u64 claimed)
{
	return claimed - believed <= committed - believed ? claimed : believed;
}

/* Returns the free bytes for a record. keep: bytes that are reserved for other records. */
static inline __u64 linx_ring_room(__u64 size, __u64 head, __u64 tail, __u64 keep)
{
	__u64 used = head - tail + keep;

	return used < size ? size - used : 0;
}

/* Returns the length of the longest record that a ring of this size can hold. */
static inline __u32 linx_rec_limit(__u64 ring_size)
{
	return ring_size / 2 < LINX_REC_MAX ? (__u32)(ring_size / 2) : LINX_REC_MAX;
}

/* Returns the offset of the values in an ENTER record, or in an EXIT record if "returned" is true. */
static inline __u32 linx_rec_call_values_at(const struct linx_rec *rec, bool returned)
{
	__u32 n = sizeof(*rec) + rec->nargs * 8u;

	if (returned)
		n += rec->flags & LINX_RF_ENTRY_TIME ? 16 : 8;
	return n;
}

/*
 * Returns the offset of the values in a PROBE record. The caller has checked that the record holds a struct linx_hit.
 */
static inline __u32 linx_rec_probe_values_at(const struct linx_rec *rec)
{
	const struct linx_hit *hit = (const struct linx_hit *)(rec + 1);

	return sizeof(*rec) + sizeof(*hit) + (hit->flags & LINX_HIT_ENTRY_TIME ? 8u : 0) + hit->scalars * 8u;
}

/* Returns the offset of the values in a record; 0: a record of this kind has no values. */
static inline __u32 linx_rec_values_at(const struct linx_rec *rec)
{
	switch (rec->kind) {
	case LINX_REC_ENTER:
	case LINX_REC_EXIT:
		return linx_rec_call_values_at(rec, rec->kind == LINX_REC_EXIT);
	case LINX_REC_TASK:
	case LINX_REC_FORK:
	case LINX_REC_EXEC:
	case LINX_REC_TASK_EXIT:
		return sizeof(*rec) + sizeof(struct linx_ctx);
	case LINX_REC_SIGNAL:
		return sizeof(*rec) + sizeof(struct linx_signal);
	case LINX_REC_FILES:
		return sizeof(*rec) + sizeof(struct linx_files_change);
	case LINX_REC_BUDGET:
		return sizeof(*rec) + sizeof(struct linx_budget_step);
	case LINX_REC_TAMPER:
		return sizeof(*rec) + sizeof(struct linx_tamper);
	case LINX_REC_REFUSED:
		return sizeof(*rec) + sizeof(struct linx_refused);
	case LINX_REC_PROBE:
		return LINX_REC_LEN(rec) < sizeof(*rec) + sizeof(struct linx_hit) ? 0 : linx_rec_probe_values_at(rec);
	default:
		return 0;
	}
}

/*
 * Does the record at rec have a possible length, and does it lie whole within the avail bytes there? Then a reader
 * can go on to the next record. Does not check the contents of the record.
 */
static inline bool linx_rec_fits(const struct linx_rec *rec, __u64 avail)
{
	__u32 len;

	if (avail < sizeof(*rec))
		return false;
	len = LINX_REC_LEN(rec);
	return len >= sizeof(*rec) && len <= LINX_REC_MAX && len <= avail;
}

#endif
