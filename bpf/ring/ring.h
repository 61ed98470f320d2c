/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Producer of a CPU's ring: sequence numbers, room, reports of lost records (GAP), counters. Preemption is off from
 * cpu_begin() to cpu_end().
 */
#ifndef LINX_BPF_RING_H
#define LINX_BPF_RING_H

#include "ring/recorder.h"

#define GAP_LEN (sizeof(struct linx_rec) + sizeof(struct linx_gap))
/* Largest part of a record, of any kind, without its values. */
#define FIXED_MAX 128u

#ifdef __TARGET_ARCH_arm64
/* Adds with a fully ordered instruction, which compilers choose only if the result of the operation is used. */
#define add_ordered(p, n) ({ volatile __u64 was_ = __sync_fetch_and_add(p, n); (void)was_; })
#else
/* Atomic operations of this processor are ordered by themselves; only the compiler needs a barrier. */
#define add_ordered(p, n) ({ barrier(); add_atomic(p, n); barrier(); })
#endif

#ifndef LINX_REDUCED
static __noinline int move_waiting(__u32 cpu);
#endif

/*
 * Ends a program's work on this CPU, whose number and counters are given. If programs that have interrupted it have left
 * records in the side rings, the CPU stays at work until these records are in the ring.
 */
static __always_inline void cpu_end(struct linx_bpf_cpu *c, __u32 number)
{
#ifdef LINX_REDUCED
	add_ordered(&c->begun, -LINX_BPF_BUSY);
#else
	if (__sync_fetch_and_add(&c->begun, -LINX_BPF_BUSY) & LINX_BPF_WAITING)
		move_waiting(number);
#endif
}

/*
 * Begins a program's work on this CPU, and sets x->c to the CPU's counters, or NULL if there are none. Returns false if
 * the CPU has no counters or no ring, or if another program is at work on the CPU. If there are counters, the record is
 * then counted as lost.
 */
static __always_inline bool cpu_begin(struct cpu *x)
{
	__u32 cpu = bpf_get_smp_processor_id(), zero = 0;
	struct place *place;
	void *inner;

	x->number = cpu;
	place = bpf_map_lookup_elem(&cpus, &cpu);
	x->c = place ? &place->c : 0;
	if (!place)
		return false;
	note_positions(x, 0);
	x->w = &place->w;
	inner = bpf_map_lookup_elem(&rings, &cpu);
	x->ring = inner ? bpf_map_lookup_elem(inner, &zero) : 0;
	if (!x->ring) {
		/*
		 * c->begun does not keep other programs out if the CPU has no ring: a program in an interrupt may count
		 * here at the same time.
		 */
		add_atomic(&x->c->selected, 1);
		add_atomic(&x->c->lost[LINX_LOST_NO_RING], 1);
		return false;
	}
	if (x->c->begun & LINX_BPF_AT_WORK) {
		add_atomic(&x->c->nested, 1);
		return false;
	}
	note_task(x);
	/*
	 * c->begun is set before the clock is read. Therefore, if the library reads in c->begun that no program is at
	 * work, all records that begin afterwards have later times than that moment.
	 */
	add_ordered(&x->c->begun, LINX_BPF_BEGINS + LINX_BPF_BUSY);
	if (!IS_RECORDER || recorder_begin(x))
		return true;
	x->c->selected++;
	x->c->lost[LINX_LOST_NO_RING]++;
	/* A CPU has both rings of a flight recorder or none, so that no record waits here in a side ring. */
	add_ordered(&x->c->begun, -LINX_BPF_BUSY);
	return false;
}

/*
 * Keeps the task pointer alive on the stack for the verifier of Linux 7.2. That verifier forgets a word of the stack if
 * it sees no later read of this word, and it does not see all reads in callbacks of loops.
 */
static __always_inline void keep_task(struct cpu *x)
{
	if (RECORDS_FILES)
		asm volatile("" : : "r"(x->task));
}

static __always_inline struct linx_bpf_count *count_of(struct cpu *x, __u32 call)
{
	__u32 at = x->number * (LINX_ABI_NR * LINX_NR_MAX) + call;

	return bpf_map_lookup_elem(&counts, &at);
}

#define NO_CALL (~0u)
/*
 * Key in place of a call's, for records that belong to no call and describe neither a task nor a descriptor table, such
 * as SIGNAL.
 */
#define NO_CALL_BUT_OTHER (~1u)
#define IS_CALL(call) ((call) < NO_CALL_BUT_OTHER)

static __noinline int lost(struct cpu *x, __u32 cause, __u32 call)
{
	struct linx_bpf_cpu *c = x->c;
	__u64 time = x->w->time, number = c->selected - 1;
	struct linx_bpf_count *n;
	bool context = call == NO_CALL;

	if (cause >= LINX_LOST_MAX)
		return 0;
	c->lost[cause]++;
	c->lost_context += context;
	n = IS_CALL(call) ? count_of(x, call) : 0;
	if (n)
		n->lost++;
	if (!c->gap_pending) {
		__builtin_memset(&c->gap, 0, sizeof(c->gap));
		c->gap.first_seq = number;
		c->gap.first_time = time;
		c->gap_pending = 1;
	}
	c->gap.lost[cause]++;
	c->gap.lost_context += context;
	c->gap.last_time = time;
	c->prod.lost++;
	return 0;
}

/*
 * Gives sequence numbers to the records that nested programs gave up, and counts these records as lost. Handles at most
 * eight records in one call; the rest is handled when the next record begins.
 */
static __noinline int fold_nested(struct cpu *x)
{
	struct linx_bpf_cpu *c = x->c;

	for (int i = 0; i < 8 && c->nested_folded != c->nested; i++) {
		c->nested_folded++;
		c->selected++;
		lost(x, LINX_LOST_NESTED, NO_CALL_BUT_OTHER);
	}
	return 0;
}

static __always_inline __u64 head_words(const struct work *w, __u64 len, __u32 kind, __u32 flags, __u32 seq)
{
	return (__u64)(w->nargs | (__u32)(len / 8) << 3 | flags << 16 | kind << 24) | (__u64)seq << 32;
}

static __always_inline bool has_number(__u32 kind)
{
	return kind <= LINX_REC_EXIT || kind == LINX_REC_BUDGET || kind == LINX_REC_PROBE;
}

/* Writes the head of the record from w->rec to w->at. */
static __always_inline bool put_head(struct cpu *x, __u32 seq)
{
	struct work *w = x->w;
	__u8 *p = ring_at(x, w->rec, sizeof(struct linx_rec));

	if (!p)
		return false;
	*(volatile __u64 *)p = head_words(w, w->at - w->rec, w->kind, w->flags, seq);
	*(volatile __u64 *)(p + 8) = w->time;
	*(volatile __u64 *)(p + 16) = (w->tid | (__u32)(has_number(w->kind) ? w->nr & 0x3ff : LINX_REC_NR_OTHER) << 22) |
				      (__u64)(w->pid | w->abi << 22 | w->nvals << 24) << 32;
	return true;
}

/*
 * Completes the record from w->rec to w->at: writes its head, and copies the bytes behind the ring's end to its
 * start.
 */
static __always_inline bool close_record(struct cpu *x, __u32 seq)
{
	struct work *w = x->w;
	__u64 over;
	__u8 *end;

	if (!put_head(x, seq))
		return false;
	over = w->at - config.ring_size;
	if (w->at > config.ring_size) {
		end = ring_at(x, config.ring_size, LINX_BPF_SLACK);
		pin(over);
		if (over <= LINX_BPF_SLACK && end)
			bpf_probe_read_kernel(x->ring, over, end);
	}
	return true;
}

/* Sets w->rec to the offset behind the record that was just completed. */
static __always_inline void next_record(struct work *w)
{
	w->done += w->at - w->rec;
	w->rec = w->at & (config.ring_size - 1);
}

static __noinline int put_gap(struct cpu *x)
{
	struct linx_bpf_cpu *c = x->c;
	struct work *w = x->w;
	__u8 *p = ring_at(x, w->rec + sizeof(struct linx_rec), sizeof(struct linx_gap));
	__u32 kind = w->kind;

	if (!p)
		return 0;
	bpf_probe_read_kernel(p, sizeof(struct linx_gap), &c->gap);
	w->at = w->rec + GAP_LEN;
	w->kind = LINX_REC_GAP;
	close_record(x, (__u32)(c->selected - 1));
	next_record(w);
	w->kind = kind;
	return 0;
}

static __always_inline void take_tail(struct cpu *x)
{
	__u64 tail = *(volatile __u64 *)&reader_of(x)->cons.tail, head = positions(x)->head;

	if (IS_RECORDER)
		return;
	if (tail - x->c->tail <= head - x->c->tail)
		x->c->tail = tail;
}

/*
 * Begins a record, which pieces may follow. Returns false if there is no room, and counts the record as lost then.
 * prio: the record may take the room that is reserved for context and priority records. call: key of the call; NO_CALL
 * for records of tasks and descriptor tables; NO_CALL_BUT_OTHER for others.
 */
static __always_inline bool rec_begin(struct cpu *x, __u32 kind, bool prio, __u32 call)
{
	struct linx_bpf_cpu *c = x->c;
	struct work *w = x->w;
	__u64 head = positions(x)->head, used, gap, room, most;
	struct linx_bpf_count *n;

	if (COUNTS_ALONE)
		return false;
	if (c->nested_folded != c->nested)
		fold_nested(x);
	c->selected++;
	n = IS_CALL(call) ? count_of(x, call) : 0;
	if (n)
		n->selected++;
	take_tail(x);
	gap = c->gap_pending ? GAP_LEN : 0;
	if (IS_RECORDER)
		make_room(x, gap + config.rec_limit + config.keep);
	used = head - c->tail + (prio ? GAP_LEN : config.keep);
	room = used < config.ring_size ? config.ring_size - used : 0;
	if (room < gap + FIXED_MAX) {
		lost(x, LINX_LOST_FULL, call);
		return false;
	}
	w->rec = head & (config.ring_size - 1);
	w->room = room;
	w->kind = kind;
	w->done = 0;
	w->nargs = w->flags = w->nvals = w->full = w->nlongs = 0;
	w->gap = gap;
	if (gap)
		put_gap(x);
	most = room - gap;
	w->squeezed = most < config.rec_limit;
	w->head = w->rec;
	w->head_len = 0;
	w->end = w->rec + min_u64(most, config.rec_limit);
	w->at = w->rec + sizeof(struct linx_rec);
	w->budget = config.user_max;
	return true;
}

static __noinline int wake_reader(struct cpu *x)
{
	struct linx_bpf_cpu *c = x->c;
	__u64 word = 0;

	take_tail(x);
	if (positions(x)->head - c->tail < config.watermark)
		return 0;
	reader_of(x)->armed = 0;
	c->wakeups++;
	bpf_ringbuf_output(&wake, &word, sizeof(word), BPF_RB_FORCE_WAKEUP);
	return 0;
}

/* Completes a record with its pieces and publishes them to the reader. Returns false if the records are lost. */
static __always_inline bool rec_commit(struct cpu *x, __u32 call)
{
	struct linx_bpf_cpu *c = x->c;
	struct work *w = x->w;

	if (w->full || !close_record(x, (__u32)(c->selected - 1))) {
		lost(x, w->squeezed ? LINX_LOST_FULL : LINX_LOST_TOO_BIG, call);
		return false;
	}
	next_record(w);
	if (w->gap) {
		c->gap_bytes += w->gap;
		c->gap_pending = 0;
	}
	c->committed++;
	c->prod.last_time = w->time;
	/*
	 * A full barrier is needed for two reasons: records before a head that the reader sees are complete; and if the
	 * reader has set "armed" before it read the head, the test below sees "armed".
	 */
	add_ordered(&positions(x)->head, w->done);
	if (*(volatile __u64 *)&reader_of(x)->armed)
		wake_reader(x);
	return true;
}

#endif
