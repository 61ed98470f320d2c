// SPDX-License-Identifier: GPL-2.0-only
/*
 * The producer: numbers a record, finds room, fills it in place, publishes it, and counts the records that could not
 * be written. Runs in probes with preemption off, on the ring of this CPU; never sleeps, faults, allocates or takes a
 * lock. Functions for other contexts say so.
 */
#include <linux/kernel.h>
#include <linux/processor.h>
#include <linux/sched.h>
#include <linux/string.h>
#include "ring/ring_fast.h"
#include "ring/throttle.h"

/*
 * Bytes that the flight recorder gives up at a time beyond the need of a record: about 250 records, a few
 * microseconds.
 */
#define RECORDER_AHEAD (16u << 10)

static_assert(sizeof(struct linx_ctx) == 64);
static_assert(8 + LINX_NARGS * 8 + 8 <= 64);

static_assert(LINX_REC_FORK == LINX_REC_TASK + 1 && LINX_REC_EXEC == LINX_REC_FORK + 1 &&
	      LINX_REC_TASK_EXIT == LINX_REC_EXEC + 1); /* used by is_context() */

static bool is_context(u8 kind)
{
	return kind >= LINX_REC_TASK && kind <= LINX_REC_TASK_EXIT;
}

static struct linx_rec *rec_at(const struct linx_ring *r, const struct linx_area *a, u64 pos)
{
	return (struct linx_rec *)(a->data + (pos & r->mask));
}

void linx_ring_close_limits(struct linx_ring *r)
{
	WRITE_ONCE(r->limit[0], 0);
	WRITE_ONCE(r->limit[1], 0);
}

/*
 * Opens the fast path up to the known tail; no gap is pending. An interrupt may meanwhile give up a record, whose
 * loss the next record has to report, or the owner may flip the halves.
 */
static void set_limits(const struct linx_session *s, struct linx_ring *r, const struct linx_area *a)
{
	WRITE_ONCE(r->limit[0], a->tail + r->low_mark[0]);
	WRITE_ONCE(r->limit[1], a->tail + r->low_mark[1]);
	if (s->mode == LINX_MODE_RECORDER)
		smp_mb(); /* pairs with the one in linx_session_flush() */
	else
		barrier(); /* pairs with linx_ring_nested(), on this CPU */
	if (unlikely(READ_ONCE(r->nested) != r->nested_folded || READ_ONCE(s->flips) != r->flips))
		linx_ring_close_limits(r);
}

/* Flight recorder: follows the owner's flips since this CPU's last record. The half to be written is empty. */
static void follow_flips(const struct linx_session *s, struct linx_ring *r)
{
	u32 flips = smp_load_acquire(&s->flips); /* pairs with linx_session_flush() */

	if ((flips ^ r->flips) & 1)
		swap(r->areas[0], r->areas[1]);
	r->areas[0].tail = r->areas[0].head;
	r->out = r->prod->half + (flips & 1);
	r->flips = flips;
}

/*
 * Accepts the space that the reader has given back. Pairs with the reader's store of tail (B in shared/ring_proto.h).
 */
static void refresh_tail(struct linx_ring *r, struct linx_area *a)
{
	a->tail = linx_pos_clamp(a->tail, a->head, linx_pos_load(&r->cons->tail));
}

/*
 * Opens a ring, perhaps while a probe runs on that CPU. The limits stay 0, so that the first record takes the slow
 * path and follows flips.
 */
void linx_ring_open(struct linx_session *s, struct linx_ring *r)
{
	r->fill.s = s;
	r->fill.r = r;
	r->fill.area = &r->areas[0];
	r->out = r->prod->half;
	WRITE_ONCE(r->prod->active, s->flips & 1); /* no flush comes in between, as the owner's lock is held */
	smp_store_release(&r->area, &r->areas[0]); /* pairs with linx_rec_begin_slow() and linx_ring_mmap() */
}

/* Kinds of records that have no number of their own, as a mask for one test per dropped record. */
#define UNCOUNTED_KINDS (BIT(LINX_REC_PAD) | BIT(LINX_REC_GAP) | BIT(LINX_REC_PIECE))
static_assert(LINX_REC_PAD < 32 && LINX_REC_GAP < 32 && LINX_REC_PIECE < 32);

/*
 * Flight recorder: drops the oldest records with their pieces, up to a position or the first record that begins
 * behind it. We wrote their lengths into pages that user space cannot write. A task whose context record is dropped
 * gets a new one with its next event.
 */
static void drop_oldest(struct linx_session *s, struct linx_ring *r, struct linx_area *a, u64 up_to)
{
	u64 tail = a->tail, dropped = 0;
	const struct linx_rec *rec;
	u8 kind;

	do {
		rec = rec_at(r, a, tail);
		kind = rec->kind;
		dropped += ~UNCOUNTED_KINDS >> (kind & 31) & 1;
		if (unlikely(is_context(kind)))
			clear_bit(((const struct linx_ctx *)(rec + 1))->tid, s->announced);
		tail += LINX_REC_LEN(rec);
	} while ((s64)(tail - up_to) < 0 || unlikely(rec->flags & LINX_RF_MORE));
	a->tail = tail;
	r->overwritten += dropped;
	WRITE_ONCE(r->out->tail, tail);
}

/*
 * Flight recorder: drops old records until there is room, and more than one record needs, so that many of the next
 * ones find room on the fast path.
 */
static u64 make_room(struct linx_session *s, struct linx_ring *r, struct linx_area *a, u64 used, u32 worst)
{
	u64 least = used + worst;

	if (used + worst > r->size / 2)
		return used;
	if (r->size - (a->head - a->tail) < least)
		drop_oldest(s, r, a, a->head - r->size + least + min_t(u64, r->size / 16, RECORDER_AHEAD));
	return used + worst;
}

/* Returns the bytes from a->head that may be written. used: bytes of this group so far. */
static u64 find_room(struct linx_session *s, struct linx_ring *r, struct linx_area *a, u64 used, u32 worst, bool prio)
{
	u64 keep = prio ? LINX_GAP_LEN : r->keep;
	u64 room;

	if (s->mode == LINX_MODE_RECORDER)
		return make_room(s, r, a, used, worst);
	room = linx_ring_room(r->size, a->head, a->tail, keep);
	if (room <= used + worst || a->head - a->tail >= r->low_mark[prio]) {
		refresh_tail(r, a);
		room = linx_ring_room(r->size, a->head, a->tail, keep);
	}
	return room;
}

/* Counts n lost records, numbered from seq on. */
static __always_inline void count_lost(struct linx_ring *r, enum linx_lost cause, u64 n, u64 seq, u64 time, bool context)
{
	struct linx_gap *gap = &r->gap;

	r->lost[cause] += n;
	r->lost_context += context;
	if (!r->gap_pending) {
		memset(gap, 0, sizeof(*gap));
		gap->first_seq = seq;
		gap->first_time = time;
		r->gap_pending = true;
		r->limit[0] = r->limit[1] = 0;
	}
	gap->lost[cause] += n;
	gap->lost_context += context;
	gap->last_time = time;
	if (smp_load_acquire(&r->area)) /* only when all of the ring exists; pairs with linx_ring_open() */
		WRITE_ONCE(r->prod->lost, r->prod->lost + n);
}

void linx_ring_lost(struct linx_ring *r, enum linx_lost cause, u64 seq, u64 time, int call, bool context)
{
	count_lost(r, cause, 1, seq, time, context);
	if (call >= 0)
		r->calls[call].lost++;
}

/*
 * Numbers and counts the records that nested probes gave up, all at once: one interrupt may make very many, as timers
 * that expire together do. Records that an interrupt gives up meanwhile follow with the next record.
 */
static void fold_nested(struct linx_ring *r, u64 time)
{
	u64 nested = READ_ONCE(r->nested), n = nested - r->nested_folded;

	if (!n)
		return;
	WRITE_ONCE(r->nested_folding, nested);
	smp_wmb(); /* this one and the next pair with read_numbered() */
	count_lost(r, LINX_LOST_NESTED, n, r->selected, time, false);
	r->selected += n;
	smp_wmb();
	WRITE_ONCE(r->nested_folded, nested);
}

/*
 * Writes the pending gap at a->head, before the record with this number; there is room. It is not published or
 * counted yet.
 */
static void write_gap(struct linx_ring *r, struct linx_area *a, u64 seq, u64 time)
{
	struct linx_rec *rec = rec_at(r, a, a->head);

	linx_rec_head(rec, current, LINX_REC_GAP, seq, time, LINX_REC_NR_OTHER, 0);
	rec->words = LINX_GAP_LEN / 8;
	memcpy(rec + 1, &r->gap, sizeof(r->gap));
	a->head += LINX_GAP_LEN;
	r->gap_pending = false;
}

/*
 * Counts a gap record after it is published; counted earlier, linx_ring_counters() would subtract what it cannot see
 * yet.
 */
static void count_gap(struct linx_ring *r)
{
	WRITE_ONCE(r->gap_bytes, r->gap_bytes + LINX_GAP_LEN);
}

struct linx_fill *linx_rec_begin_slow(struct linx_session *s, struct linx_ring *r, u8 kind, u64 time, u32 worst,
				      bool prio, int call, u32 key, u32 nargs)
{
	struct linx_area *a = smp_load_acquire(&r->area); /* pairs with linx_ring_open() */
	struct linx_fill *f = &r->fill;
	u64 room;

	lockdep_assert_preemption_disabled();
	if (unlikely(r->nested_folded != READ_ONCE(r->nested)))
		fold_nested(r, time);
	if (unlikely(a && r->flips != READ_ONCE(s->flips)))
		follow_flips(s, r);
	f->s = s;
	f->r = r;
	f->area = a;
	f->time = time;
	f->call = call;
	f->prio = prio;
	f->full = false;
	f->special = 0;
	f->nlongs = f->nfds = 0;
	f->seq = r->selected++;
	if (unlikely(!a)) {
		linx_ring_lost(r, LINX_LOST_NO_RING, f->seq, time, -1, call == LINX_CALL_CONTEXT);
		return NULL;
	}
	if (call >= 0)
		r->calls[call].selected++;
	f->gap = r->gap_pending ? LINX_GAP_LEN : 0; /* published with the record or not at all */
	f->slow = f->gap;
	worst = min_t(u32, worst, r->rec_limit - f->gap);
	room = find_room(s, r, a, f->gap, worst, prio);
	r->over_throttle_mark = s->throttle && a->head - a->tail >= r->low_mark[0];
	if (unlikely(room < f->gap + LINX_FIXED_MAX)) {
		linx_ring_lost(r, linx_throttle_cause(s->throttle, time), f->seq, time, call, call == LINX_CALL_CONTEXT);
		return NULL;
	}
	room -= f->gap;
	if (!f->slow)
		set_limits(s, r, a); /* up to the tail that was just read */
	f->fast_room = room < worst;
	f->budget = s->user_max;
	f->head = f->rec = rec_at(r, a, a->head + f->gap);
	f->p = (u8 *)(f->rec + 1);
	f->end = (u8 *)f->rec + min_t(u64, room, worst);
	linx_rec_head(f->rec, current, kind, f->seq, time, key, nargs);
	return f;
}

bool linx_rec_commit_slow(struct linx_fill *f)
{
	struct linx_ring *r = f->r;
	struct linx_area *a = f->area;
	bool gap = f->gap, due;

	if (f->full) {
		f->gap = 0;
		linx_ring_lost(r, f->fast_room ? linx_throttle_cause(f->s->throttle, f->time) : LINX_LOST_TOO_BIG,
			       f->seq, f->time, f->call, f->call == LINX_CALL_CONTEXT);
		return false;
	}
	if (gap)
		write_gap(r, a, f->seq, f->time);
	f->gap = 0;
	a->head += f->p - (u8 *)f->head;
	r->committed++;
	due = linx_ring_publish(f->s, r, a->head, f->time);
	if (gap)
		count_gap(r);
	if (due)
		linx_wake_look(f->s, r);
	return true;
}

/* Least bytes of user memory for which a piece is opened. */
#define PIECE_MIN 64

bool linx_rec_piece(struct linx_fill *f, u8 arg, u8 nth, u32 offset)
{
	const u32 fixed = sizeof(struct linx_rec) + sizeof(struct linx_piece);
	u32 used = f->gap + (f->p - (u8 *)f->head);
	u32 wanted = min_t(u32, fixed + LINX_REC_USER_MAX, f->r->rec_limit);
	struct linx_rec *rec = (struct linx_rec *)f->p;
	struct linx_piece *piece;
	u64 room;

	if (f->full)
		return false;
	room = find_room(f->s, f->r, f->area, used, wanted, f->prio);
	if (room < used + fixed + PIECE_MIN)
		return false;
	if (f->rec == f->head)
		f->rec->words = (f->p - (u8 *)f->head) / 8;
	f->rec->flags |= LINX_RF_MORE;
	linx_rec_head(rec, current, LINX_REC_PIECE, f->seq, f->time, LINX_REC_NR_OTHER, 0);
	piece = (struct linx_piece *)(rec + 1);
	piece->offset = offset;
	piece->arg = arg;
	piece->nth = nth;
	f->rec = rec;
	f->p = (u8 *)(piece + 1);
	f->end = (u8 *)rec + min_t(u64, room - used, wanted);
	return true;
}

void linx_rec_piece_end(struct linx_fill *f, u32 n)
{
	struct linx_piece *piece = (struct linx_piece *)(f->rec + 1);
	u32 padded = LINX_ALIGN8(n);

	piece->size = n;
	memset(f->p + n, 0, padded - n);
	f->p += padded;
	f->rec->words = (f->p - (u8 *)f->rec) / 8;
}

/*
 * Writes the last gap record, from an owner's ioctl on a stopped session: no probe writes any more. No record takes
 * the last LINX_GAP_LEN bytes, so that there is room, unless an earlier stop took them and the reader has not read
 * since.
 */
void linx_ring_final_gap(struct linx_session *s, struct linx_ring *r)
{
	struct linx_area *a = r->area;
	u64 time = r->last_time;
	u64 room;
	bool due;

	fold_nested(r, time);
	if (!a || !r->gap_pending)
		return;
	if (r->flips != s->flips)
		follow_flips(s, r);
	if (time < r->gap.last_time)
		time = r->gap.last_time;
	room = find_room(s, r, a, 0, LINX_GAP_LEN, true);
	if (s->mode != LINX_MODE_RECORDER)
		room = linx_ring_room(r->size, a->head, a->tail, 0);
	if (room < LINX_GAP_LEN)
		return; /* the counters still have the lost records */
	write_gap(r, a, r->selected, time);
	due = linx_ring_publish(s, r, a->head, time);
	count_gap(r);
	if (due)
		linx_wake_look(s, r);
}

/* Most tries; a producer is done within a few instructions, unless its CPU is taken away from it. */
#define NUMBERED_TRIES 1000

/*
 * Returns the number of selected records, and sets *lost and *apart to those lost as nested: numbered ones, and those
 * not numbered yet. Each lost record is seen in exactly one of them.
 */
static u64 read_numbered(const struct linx_ring *r, u64 *lost, u64 *apart)
{
	u64 folded, selected;
	unsigned int i = 0;

	do {
		folded = READ_ONCE(r->nested_folded);
		smp_rmb(); /* this one and the next pair with fold_nested() */
		selected = READ_ONCE(r->selected);
		*lost = READ_ONCE(r->lost[LINX_LOST_NESTED]);
		smp_rmb();
		if (likely(READ_ONCE(r->nested_folding) == folded))
			break;
		cpu_relax();
	} while (++i < NUMBERED_TRIES);
	*apart = READ_ONCE(r->nested) - folded;
	return selected + *apart;
}

/*
 * Reads the counters of a ring. While it runs, each counter has a value that it really had, but they may be of
 * different moments, and bytes may include those of a gap that came meanwhile.
 */
void linx_ring_counters(const struct linx_ring *r, struct linx_cpu_counters *c)
{
	u64 lost, apart, selected = read_numbered(r, &lost, &apart), gap_bytes = READ_ONCE(r->gap_bytes), bytes = 0;
	bool whole = smp_load_acquire(&r->area); /* pairs with linx_ring_open(): r->prod is set */
	unsigned int i;

	smp_rmb(); /* the heads are read after gap_bytes */
	if (whole)
		bytes = READ_ONCE(r->prod->half[0].head) + READ_ONCE(r->prod->half[1].head) - gap_bytes;

	*c = (struct linx_cpu_counters){
		.filtered = READ_ONCE(r->filtered),
		.selected = selected,
		.committed = READ_ONCE(r->committed),
		.overwritten = READ_ONCE(r->overwritten),
		.lost_context = READ_ONCE(r->lost_context),
		.next_seq = selected,
		.bytes = bytes,
		.wakeups = READ_ONCE(r->wakeups),
		.flags = whole ? LINX_CPU_RING : 0,
	};
	for (i = 0; i < LINX_LOST_MAX; i++)
		c->lost[i] = READ_ONCE(r->lost[i]);
	c->lost[LINX_LOST_NESTED] = lost + apart;
}

/* Any context; a hostile tail misleads only its owner. */
u64 linx_ring_used(struct linx_ring *r)
{
	u64 head = linx_pos_load(&r->prod->half[0].head);
	u64 used = head - READ_ONCE(r->cons->tail);

	return used <= r->size ? used : r->size;
}

bool linx_ring_due(struct linx_ring *r)
{
	return (s64)(READ_ONCE(r->due) - READ_ONCE(r->cons->tail)) > 0;
}

void linx_ring_empty_half(struct linx_ring *r, u32 half)
{
	struct linx_positions *p = r->prod->half + half;

	WRITE_ONCE(p->tail, READ_ONCE(p->head));
}
