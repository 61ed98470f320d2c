// SPDX-License-Identifier: GPL-2.0-only
/*
 * The producer of a ring: numbers each record, finds room for it, publishes it when it has been filled in place, and
 * counts the records that could not be written. Runs in probes with preemption off, on the ring of this CPU; never
 * sleeps, faults, allocates or takes a lock. Functions for other contexts say so.
 */
#include <linux/kernel.h>
#include <linux/processor.h>
#include <linux/sched.h>
#include <linux/string.h>
#include "ring/ring_fast.h"
#include "ring/side.h"
#include "ring/throttle.h"

static_assert(sizeof(struct linx_ctx) == 64);
static_assert(8 + LINX_NARGS * 8 + 8 <= 64);

static_assert(LINX_REC_FORK == LINX_REC_TASK + 1 && LINX_REC_EXEC == LINX_REC_FORK + 1 &&
	      LINX_REC_TASK_EXIT == LINX_REC_EXEC + 1); /* is_context() relies on this order of the kinds */

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
 * Sets the positions up to which the fast path may write, counted from a->tail, the reader's position when it was last
 * checked. Called when no gap record is pending. Sets these positions to 0 again if meanwhile an interrupt has lost a
 * record, which the next record has to report, or if the owner has switched the halves of a recorder's ring.
 */
static void set_limits(const struct linx_session *s, struct linx_ring *r, const struct linx_area *a)
{
	WRITE_ONCE(r->limit[0], a->tail + r->low_mark[0]);
	WRITE_ONCE(r->limit[1], a->tail + r->low_mark[1]);
	if (s->mode == LINX_MODE_RECORDER)
		smp_mb(); /* pairs with smp_mb() in linx_session_flush() */
	else
		barrier(); /* pairs with linx_ring_nested(), on this CPU */
	if (unlikely(READ_ONCE(r->nested) != r->nested_folded || READ_ONCE(s->flips) != r->flips))
		linx_ring_close_limits(r);
}

/*
 * Switches to the half of a flight recorder's ring that linx_session.flips selects, and empties that half, if the owner
 * has changed linx_session.flips since this CPU's last record.
 */
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
 * Reads the reader's position, so that the space that the reader has released can be used again. Pairs with the
 * reader's store of its position "tail" (B in shared/ring_proto.h).
 */
static void refresh_tail(struct linx_ring *r, struct linx_area *a)
{
	a->tail = linx_pos_clamp(a->tail, a->head, linx_pos_load(&r->cons->tail));
}

/*
 * Lets probes write to a ring, perhaps while a probe runs on that CPU. The limits stay 0, so that the first record
 * takes the slow path, which follows linx_session.flips.
 */
void linx_ring_open(struct linx_session *s, struct linx_ring *r)
{
	r->fill.s = s;
	r->fill.r = r;
	r->fill.area = &r->areas[0];
	r->out = r->prod->half;
	WRITE_ONCE(r->prod->active, s->flips & 1); /* flips cannot change now: the owner's lock is held */
	smp_store_release(&r->area, &r->areas[0]); /* pairs with linx_rec_begin_slow() and linx_ring_mmap() */
}

/*
 * Kinds of records that have no sequence number of their own, as a bit mask: drop_oldest() needs one test for each
 * record.
 */
#define UNCOUNTED_KINDS (BIT(LINX_REC_PAD) | BIT(LINX_REC_GAP) | BIT(LINX_REC_PIECE))
static_assert(LINX_REC_PAD < 32 && LINX_REC_GAP < 32 && LINX_REC_PIECE < 32);

/*
 * Drops the oldest records of a flight recorder, each with its pieces, until the tail has reached the position up_to.
 * The lengths in the records can be trusted, as user space cannot write these pages. A task whose context record is
 * dropped gets a new one with its next event.
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
 * Drops old records of a flight recorder until there is room for the current record, and then some more, so that many
 * of the next records find room on the fast path. Returns the number of bytes from a->head that may be written. used:
 * bytes there that the current record and its pieces take already. worst: most bytes that are to be added.
 */
static u64 make_room(struct linx_session *s, struct linx_ring *r, struct linx_area *a, u64 used, u32 worst)
{
	u64 least = used + worst;

	if (used + worst > r->size / 2)
		return used;
	if (r->size - (a->head - a->tail) < least)
		drop_oldest(s, r, a, a->head - r->size + least + min_t(u64, r->size / 16, LINX_RECORDER_AHEAD));
	return used + worst;
}

/*
 * Returns the number of bytes from a->head that may be written. used: bytes there that the current record and its
 * pieces take already. worst: most bytes that are to be added.
 */
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

/* Counts n lost records; the first of them has the sequence number seq. */
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
	if (smp_load_acquire(&r->area)) /* r->prod is valid then; pairs with linx_ring_open() */
		WRITE_ONCE(r->prod->lost, r->prod->lost + n);
}

void linx_ring_lost(struct linx_ring *r, enum linx_lost cause, u64 seq, u64 time, int call, bool context)
{
	count_lost(r, cause, 1, seq, time, context);
	if (call >= 0)
		r->calls[call].lost++;
}

/* Counts a lost record like linx_ring_lost() and, if it is a hit of a probe, at the probe's site too. */
static void lose(struct linx_session *s, struct linx_ring *r, enum linx_lost cause, u64 seq, u64 time, int call)
{
	if (unlikely(call <= LINX_CALL_SITE(0)))
		this_cpu_inc(s->hits[LINX_CALL_SITE(0) - call]->lost[cause]);
	linx_ring_lost(r, cause, seq, time, call, call == LINX_CALL_CONTEXT);
}

/*
 * Gives sequence numbers to the records that nested probes have lost, and counts these records as lost. All of them are
 * handled in one step, since one interrupt can lose very many records, for example when several timers expire together.
 * Records that an interrupt loses meanwhile are counted when the next record begins.
 */
static void fold_nested(struct linx_ring *r, u64 time)
{
	u64 nested = READ_ONCE(r->nested), n = nested - r->nested_folded;

	if (!n)
		return;
	WRITE_ONCE(r->nested_folding, nested);
	smp_wmb(); /* this barrier and the next one pair with read_numbered() */
	count_lost(r, LINX_LOST_NESTED, n, r->selected, time, false);
	r->selected += n;
	smp_wmb();
	WRITE_ONCE(r->nested_folded, nested);
}

/*
 * Writes the pending gap record at a->head, before the record with the number seq. The caller has checked that there is
 * room; after this function the caller publishes the gap record and calls count_gap().
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
 * Counts the bytes of a gap record, after the gap record has been published. If they were counted earlier,
 * linx_ring_counters() would subtract bytes that the published head does not contain yet.
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
	if (unlikely(r->main))
		return linx_side_begin(s, r, kind, time, worst, prio, call, key, nargs);
	if (unlikely(r->nested_folded != READ_ONCE(r->nested)))
		fold_nested(r, time);
	if (unlikely(s->flags & LINX_SETUP_COUNT))
		return NULL; /* such a session only counts; the ring's limits stay 0, and each record comes here */
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
		lose(s, r, LINX_LOST_NO_RING, f->seq, time, call < 0 ? call : LINX_CALL_UNCOUNTED); /* r->calls may be NULL */
		return NULL;
	}
	if (call >= 0)
		r->calls[call].selected++;
	/* publishes the gap record together with this record, or not at all */
	f->gap = r->gap_pending ? LINX_GAP_LEN : 0;
	f->slow = f->gap;
	worst = min_t(u32, worst, r->rec_limit - f->gap);
	room = find_room(s, r, a, f->gap, worst, prio);
	r->over_throttle_mark = s->throttle && a->head - a->tail >= r->low_mark[0];
	if (unlikely(room < f->gap + LINX_FIXED_MAX)) {
		lose(s, r, linx_throttle_cause(s->throttle, time), f->seq, time, call);
		return NULL;
	}
	room -= f->gap;
	if (!f->slow)
		set_limits(s, r, a); /* the fast path may use the room that find_room() found */
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

	if (unlikely(r->main))
		return linx_side_commit(f);
	if (f->full) {
		f->gap = 0;
		lose(f->s, r, f->fast_room ? linx_throttle_cause(f->s->throttle, f->time) : LINX_LOST_TOO_BIG, f->seq, f->time,
		     f->call);
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

/* A piece is begun only where at least this many bytes of user memory fit. */
#define PIECE_MIN 64

bool linx_rec_piece(struct linx_fill *f, u8 arg, u8 nth, u32 offset)
{
	const u32 fixed = sizeof(struct linx_rec) + sizeof(struct linx_piece);
	u32 used = f->gap + (f->p - (u8 *)f->head);
	u32 wanted = min_t(u32, fixed + LINX_REC_USER_MAX, f->r->rec_limit);
	struct linx_rec *rec = (struct linx_rec *)f->p;
	struct linx_piece *piece;
	u64 room;

	if (f->full || f->r->main) /* records in side rings are short and have no pieces */
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
 * Writes the last gap record of a ring. Called by an owner's ioctl on a stopped session: no probe writes any more. The
 * last LINX_GAP_LEN free bytes of a ring are reserved for this record. Therefore there is room, unless an earlier stop
 * has used these bytes and the reader has read nothing since.
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
		return; /* a gap record is not needed: the counters include the lost records */
	write_gap(r, a, r->selected, time);
	due = linx_ring_publish(s, r, a->head, time);
	count_gap(r);
	if (due)
		linx_wake_look(s, r);
}

/*
 * Most tries of read_numbered() to read at a moment when fold_nested() does not run. fold_nested() takes a few
 * instructions, unless the host of a virtual machine stops its CPU.
 */
#define NUMBERED_TRIES 1000

/*
 * Returns the number of selected records. Records that nested probes have lost get their sequence numbers later. Sets
 * *lost to the number of those that have one, and *apart to the number of those that have none yet. Each lost record is
 * counted in exactly one of the two.
 */
static u64 read_numbered(const struct linx_ring *r, u64 *lost, u64 *apart)
{
	u64 folded, selected;
	unsigned int i = 0;

	do {
		folded = READ_ONCE(r->nested_folded);
		smp_rmb(); /* this barrier and the next one pair with fold_nested() */
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
 * Reads the counters of a ring. While the session runs, each value is one that its counter really had. But the values
 * may be of different moments, and the member "bytes" may include a gap record that was written meanwhile.
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

/*
 * Returns the number of bytes that the reader has not taken yet, at most the size of the ring. The reader can write a
 * wrong tail to its page. That gives only the owner of the session a wrong result. Any context.
 */
u64 linx_ring_used(struct linx_ring *r)
{
	u64 head = linx_pos_load(&r->prod->half[0].head);
	u64 used = head - READ_ONCE(r->cons->tail);

	return used <= r->size ? used : r->size;
}

u64 linx_ring_taken(struct linx_ring *r, u64 *unread)
{
	if (!smp_load_acquire(&r->area)) /* pairs with linx_ring_open() */
		return 0;
	*unread = linx_ring_used(r);
	return READ_ONCE(r->cons->tail);
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
