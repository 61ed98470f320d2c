/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The producer's side of a ring; the protocol is in ring_proto.h.
 *
 * One struct linx_ring per possible CPU and session. But for what is marked, it
 * is touched only by probes on that CPU with preemption off; probes do not nest
 * (linx_probe_depth sees to it), so nothing here is locked or atomic. Owners'
 * ioctls read the counters of a running ring with READ_ONCE and everything of a
 * stopped one.
 */
#ifndef LINX_KMOD_RING_H
#define LINX_KMOD_RING_H

#include <linux/linx.h>
#include <linux/types.h>

struct linx_session;
struct page;

/* Data area: [0] alone in discard mode, two halves in recorder mode. */
struct linx_area {
	u8 *data; /* vmap: the pages twice */
	struct page **pages;
	u64 head; /* private; what was published or will be at the next commit */
	u64 tail; /* discard: what we believe of the consumer; recorder: oldest record */
};

struct linx_ring {
	struct linx_area *area; /* NULL: this CPU has no ring. Release-stored when all else is set */
	u64 size, mask;
	u64 keep; /* bytes left to context and priority records */
	u64 last_time;
	struct linx_producer *prod; /* user-visible, read-only there; never read back but by us */
	struct linx_consumer *cons; /* user-writable: read once, clamped */
	struct linx_call_counters *calls; /* [LINX_ABI_NR * LINX_NR_MAX] */
	struct linx_cpu_counters count;
	struct linx_gap gap; /* being gathered while gap_pending */
	bool gap_pending;
	u64 nested; /* records given up by nested probes: written by those alone */
	u64 nested_folded; /* of these, numbered and counted so far */
	u64 published; /* discard: head as user space sees it */
	u64 due; /* what lies before has waited for delay_ns; by the timer */
	char *scratch; /* PATH_MAX bytes for d_path() */
	struct linx_area areas[2];
	u32 npages;
};

/* A record being written, from linx_rec_begin() to linx_rec_commit(). On the stack. */
struct linx_fill {
	struct linx_session *s;
	struct linx_ring *r;
	struct linx_area *area;
	struct linx_rec *head; /* pieces follow it */
	struct linx_rec *rec; /* the head or the newest piece */
	u8 *p; /* where the next byte goes; 8-byte aligned between values */
	u8 *end; /* first byte that may not be written */
	u64 room; /* from head */
	u64 seq, time;
	u32 limit; /* longest record */
	u32 gap; /* bytes before head that a pending gap will take */
	u32 budget; /* bytes of user memory that this record may still take */
	int call; /* index into calls, -1: no system call */
	bool prio;
	bool context;
	bool full; /* something did not fit: the record will be counted lost */
};

/*
 * Begin a record: number it, write a pending gap, find room. false: it is lost
 * and counted. worst is the most that it may need (recorder mode makes that
 * much room). Preemption is off; time comes from linx_ring_time(). Afterwards
 * f->p has room for the fixed part of any kind.
 */
bool linx_rec_begin(struct linx_fill *f, struct linx_session *s, struct linx_ring *r, u8 kind, u64 time, u32 worst,
		    bool prio, int call);
/* Publish, or count as lost if it did not fit. true: it is in the ring. */
bool linx_rec_commit(struct linx_fill *f);
/* Close the record and open a piece of it: user memory of value arg goes on at offset. false: no room. */
bool linx_rec_piece(struct linx_fill *f, u8 arg, u32 offset);
/* The end of the piece opened last: n bytes were put at f->p. */
void linx_rec_piece_end(struct linx_fill *f, u32 n);

/* Count one selected record as lost. */
void linx_ring_lost(struct linx_ring *r, enum linx_lost cause, u64 seq, u64 time, int call, bool context);
/* The time of a record: never before that of the record before. */
static inline u64 linx_ring_time(const struct linx_ring *r, u64 now)
{
	return now < r->last_time ? r->last_time : now;
}
/* Write what is known of a gap at the end, when no probe runs any more. */
void linx_ring_final_gap(struct linx_session *s, struct linx_ring *r);
/* Bytes that the reader has not taken yet. Any context; racy by nature. */
u64 linx_ring_used(struct linx_ring *r);
/* Do some of them lie before r->due? */
bool linx_ring_due(struct linx_ring *r);
/* Recorder: empty the half that is to be written next, publish the other. No probe writes to either then. */
void linx_ring_flip(struct linx_ring *r, u32 next);
void linx_ring_publish_half(struct linx_ring *r, u32 half);

/* ring_mem.c */
int linx_ring_alloc(struct linx_session *s, struct linx_ring *r, int cpu);
void linx_ring_free(struct linx_ring *r);
int linx_ring_mmap(struct linx_session *s, struct vm_area_struct *vma);
/* Bytes of ring that all sessions together, and one CPU of a session, may have. */
u64 linx_ring_memory_max(void);
u64 linx_ring_size_max(void);
int linx_ring_charge(struct linx_session *s, u64 bytes);
void linx_ring_uncharge(struct linx_session *s, u64 bytes);

#endif
