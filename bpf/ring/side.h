/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Side rings. A program in an interrupt or a softirq may have interrupted another program, which is filling a record in
 * the ring of this CPU. It writes its own record to the side ring of its context, with a work area of its own. The
 * interrupted program moves these records to the ring, in the order of their times, before the CPU counts as idle. Thus
 * the ring has one writer at a time. kmod/ring/side.c does the same for the module; here no code can switch interrupts
 * off, so the rules differ (tests/model/side_ring.c):
 *
 * 	A program appends to its side ring, and then adds LINX_BPF_WAITS to linx_bpf_cpu.begun. The program that moves the
 * 	records subtracts LINX_BPF_WAITS after each of them. As long as the sum is not 0, programs in interrupts find this
 * 	CPU at work. The subtraction that leaves 0 is the end of all that was at work.
 *
 * 	Records are moved from linx_bpf_cpu.tail of a side ring on, which only the moving program changes. A program that
 * 	appends finds nothing left at that place if all records have been moved, and then sets both positions to 0.
 *
 * A record that finds no room in its side ring is lost (nested). One for which the ring has no room when it is moved is
 * lost like any other, and counted by site in moved_lost, as programs of calls do not have the counters of probes.
 */
#ifndef LINX_BPF_SIDE_H
#define LINX_BPF_SIDE_H

#include "base/context.h"
#include "base/loop.h"
#include "ring/ring.h"

/* Stands before each record of a side ring. */
struct side_entry {
	__u32 site, prio; /* site: that of the hit, or SIDE_NO_SITE */
};
#define SIDE_NO_SITE (~0u)

/* More than any side ring holds records. */
#define SIDE_TURNS 65536

/* Returns the index of the map cpus where a CPU's state for a side ring is. */
static __always_inline __u32 side_number(__u32 cpu, __u32 side)
{
	return config.cpus + 1 + (side - 1) * config.cpus + cpu;
}

static __always_inline struct linx_bpf_cpu *main_of(const struct cpu *x)
{
	__u32 cpu = x->number;
	struct place *place = bpf_map_lookup_elem(&cpus, &cpu);

	return place ? &place->c : 0;
}

/* Sets *x to the side ring of a program that has interrupted another one. Returns false if there is none. */
static __always_inline bool side_take(struct cpu *x, __u32 cpu, __u32 side)
{
	__u32 at = side_number(cpu, side), zero = 0;
	struct place *place = bpf_map_lookup_elem(&cpus, &at);
	void *inner = bpf_map_lookup_elem(&rings, &cpu);
	__u64 behind;

	if (!place)
		return false;
	x->c = &place->c;
	x->w = &place->w;
	note_positions(x, 0);
	x->ring = inner ? bpf_map_lookup_elem(inner, &zero) : 0;
	if (!x->ring)
		return false;
	x->w->side = side;
	behind = side * (__u64)LINX_BPF_SLACK;
	pin(behind);
	if (behind > LINX_BPF_SIDES * LINX_BPF_SLACK)
		return false;
	x->ring += behind;
	return true;
}

/*
 * Begins the work of a program that may run in any context but an NMI; see cpu_begin(). level: its context, 0 for a task.
 * cpu_end_at() ends it.
 */
static __always_inline bool cpu_begin_at(struct cpu *x, __u32 level)
{
	__u32 cpu = bpf_get_smp_processor_id(), bit = 1u << (level & 3);
	struct linx_bpf_cpu *c;

	x->number = cpu;
	if (!level)
		return cpu_begin(x);
	c = main_of(x);
	if (!c)
		return cpu_begin(x);
	if (!(c->levels & bit)) {
		/* an interrupt between load and store leaves the word as it has found it */
		c->levels |= bit;
		if (c->begun & LINX_BPF_AT_WORK ? side_take(x, cpu, level) : cpu_begin(x))
			return true;
		c->levels &= ~bit;
		if (!(c->begun & LINX_BPF_AT_WORK))
			return false;
	}
	add_atomic(&c->nested, 1);
	x->c = c;
	return false;
}

static __always_inline void cpu_end_at(struct cpu *x, __u32 level)
{
	struct linx_bpf_cpu *c;

	if (!x->w->side)
		cpu_end(x->c, x->number);
	if (!level)
		return;
	/*
	 * A function that is called while records are moved can be probed. Its hit is one inside a program of the same
	 * context until here, else each record that is moved would make one more, without end.
	 */
	c = main_of(x);
	if (c)
		c->levels &= ~(1u << (level & 3));
}

/* Counts the record that a program has begun, or would begin, in a side ring as lost. */
static __noinline int side_lose(struct cpu *x)
{
	struct linx_bpf_cpu *c = main_of(x);

	if (c)
		add_atomic(&c->nested, 1);
	return 0;
}

static __always_inline bool side_rec_begin(struct cpu *x, __u32 kind, bool prio, __u32 site)
{
	struct linx_bpf_cpu *c = x->c;
	struct work *w = x->w;
	__u64 head = c->prod.half[0].head;
	__u8 *p;

	if (head == c->tail)
		c->prod.half[0].head = c->tail = head = 0;
	p = ring_at(x, config.ring_size + head, sizeof(struct side_entry));
	if (!p || head > LINX_BPF_SIDE - FIXED_MAX - sizeof(struct side_entry)) {
		side_lose(x);
		return false;
	}
	*(volatile __u64 *)p = site | (__u64)prio << 32;
	w->rec = w->head = config.ring_size + head + sizeof(struct side_entry);
	w->end = config.ring_size + LINX_BPF_SIDE;
	w->room = w->end - w->rec;
	w->kind = kind;
	w->done = w->head_len = 0;
	w->nargs = w->flags = w->nvals = w->full = w->nlongs = w->gap = 0;
	w->squeezed = 1;
	w->at = w->rec + sizeof(struct linx_rec);
	w->budget = config.user_max;
	return true;
}

static __always_inline bool side_rec_commit(struct cpu *x)
{
	struct linx_bpf_cpu *c = main_of(x);
	struct work *w = x->w;

	if (!c || w->full || !put_head(x, 0)) {
		side_lose(x);
		return false;
	}
	*(volatile __u64 *)&x->c->prod.half[0].head = w->at - config.ring_size;
	add_ordered(&c->begun, LINX_BPF_WAITS);
	return true;
}

/* Returns the address of the entry at position "at" of a side ring, with "need" bytes behind it. */
static __always_inline __u8 *side_entry_at(__u8 *ring, __u32 side, __u64 at, __u64 need)
{
	__u64 behind = side * (__u64)LINX_BPF_SLACK;

	pin(at);
	if (at > LINX_BPF_SLACK - need)
		return 0;
	pin(behind);
	if (behind > LINX_BPF_SIDES * LINX_BPF_SLACK)
		return 0;
	pin(at);
	return ring + config.ring_size + behind + at;
}

/* Returns the ring behind which the CPU's side rings lie: in a flight recorder the first half. */
static __always_inline __u8 *side_memory(const struct cpu *x)
{
	__u32 cpu = x->number, zero = 0;
	void *inner = bpf_map_lookup_elem(&rings, &cpu);

	return inner ? bpf_map_lookup_elem(inner, &zero) : 0;
}

static __always_inline struct linx_bpf_cpu *side_state(const struct cpu *x, __u32 side)
{
	__u32 at = side_number(x->number, side);
	struct place *place = bpf_map_lookup_elem(&cpus, &at);

	return place ? &place->c : 0;
}

/* Returns the time of the next record of a side ring; ~0: it has none. */
static __noinline __u64 side_time(struct cpu *x, __u32 side)
{
	struct linx_bpf_cpu *c = side_state(x, side);
	__u8 *ring = side_memory(x), *p;
	__u64 tail;

	if (!c || !ring)
		return ~0ull;
	tail = c->tail;
	if (tail == *(volatile __u64 *)&c->prod.half[0].head)
		return ~0ull;
	p = side_entry_at(ring, side, tail, sizeof(struct side_entry) + sizeof(struct linx_rec));
	return p ? *(volatile __u64 *)(p + sizeof(struct side_entry) + 8) : ~0ull;
}

/* Takes over the head of a record: what put_head() writes again. Returns the record's length. */
static __always_inline __u64 side_parse(struct work *w, const __u8 *rec)
{
	__u64 head = *(volatile __u64 *)rec, ids = *(volatile __u64 *)(rec + 16);

	w->tid = ids & 0x3fffff;
	w->nr = ids >> 22 & 0x3ff;
	w->pid = ids >> 32 & 0x3fffff;
	w->abi = ids >> 54 & 3;
	w->kind = head >> 24 & 0xff;
	return (head >> 3 & 0x1fff) * 8;
}

/* Writes the record of a side ring to the CPU's ring. Returns false if it is lost. */
static __noinline bool side_move(struct cpu *x, const __u8 *rec, __u64 len, bool prio)
{
	struct work *w = x->w;
	__u64 head = *(volatile __u64 *)rec, ids = *(volatile __u64 *)(rec + 16), n = len - sizeof(struct linx_rec);
	__u8 *p;

	if (!rec_begin(x, w->kind, prio, NO_CALL_BUT_OTHER))
		return false;
	w->nargs = head & 7;
	w->flags = head >> 16 & 0xff;
	w->nvals = ids >> 56;
	p = ring_at(x, w->at, LINX_BPF_SIDE);
	pin(n);
	if (n > LINX_BPF_SIDE - sizeof(struct linx_rec) || !p || w->end - w->rec < len)
		w->full = 1;
	else
		bpf_probe_read_kernel(p, n, rec + sizeof(struct linx_rec));
	w->at = w->rec + len;
	if (w->full)
		w->at = w->rec + sizeof(struct linx_rec);
	return rec_commit(x, NO_CALL_BUT_OTHER);
}

static __noinline int side_count_lost(__u32 site)
{
	__u64 *n = bpf_map_lookup_elem(&moved_lost, &site);

	if (n)
		add_atomic(n, 1);
	return 0;
}

/* Somebody has written to the maps: all waiting records are dropped. */
static __noinline int side_drop_all(struct cpu *x)
{
	for (__u32 side = 1; side <= LINX_BPF_SIDES; side++) {
		struct linx_bpf_cpu *c = side_state(x, side);

		if (c)
			c->tail = c->prod.half[0].head;
	}
	__sync_fetch_and_and(&x->c->begun, ~LINX_BPF_WAITING);
	return 1;
}

/* Moves the oldest record that waits. */
STEP(move_one)
{
	__u64 first = side_time(x, 1), second = side_time(x, 2), len, tail;
	__u32 side = opaque(x, second < first ? 2 : 1);
	struct linx_bpf_cpu *c = side_state(x, side);
	__u8 *ring = side_memory(x), *p;
	__u64 entry;

	if (!c || !ring || (first & second) == ~0ull)
		return side_drop_all(x);
	tail = c->tail;
	p = side_entry_at(ring, side, tail, LINX_BPF_SLACK - LINX_BPF_SIDE);
	if (!p)
		return side_drop_all(x);
	entry = *(volatile __u64 *)p;
	p += sizeof(struct side_entry);
	len = side_parse(x->w, p);
	if (len < sizeof(struct linx_rec) || len > LINX_BPF_SIDE)
		return side_drop_all(x);
	x->w->time = first < second ? first : second;
	/* the interrupted program may have read the clock only after the interrupt */
	if (x->w->time < x->c->prod.last_time)
		x->w->time = x->c->prod.last_time;
	if (!opaque(x, side_move(x, p, len, entry >> 32 & 1)))
		side_count_lost(entry);
	*(volatile __u64 *)&c->tail = tail + sizeof(struct side_entry) + len;
	return (__sync_fetch_and_add(&x->c->begun, -LINX_BPF_WAITS) & LINX_BPF_WAITING) == LINX_BPF_WAITS;
}

/*
 * Moves all records that wait in side rings of the CPU. The program's work on its own record has ended. All pointers are
 * looked up again: with a number alone as parameter, the verifier checks this code less often.
 */
static __noinline int move_waiting(__u32 cpu)
{
	struct place *place = bpf_map_lookup_elem(&cpus, &cpu);
	struct cpu x = { .number = cpu };
	__u32 at, zero = 0;
	void *inner;

	if (!place)
		return 0;
	x.c = &place->c;
	x.w = &place->w;
	note_positions(&x, IS_RECORDER ? x.c->flips & 1 : 0);
	at = ring_number(x.c, cpu);
	inner = bpf_map_lookup_elem(&rings, &at);
	x.ring = inner ? bpf_map_lookup_elem(inner, &zero) : 0;
	if (!x.ring)
		return 0;
	repeat(SIDE_TURNS, move_one, &x);
	/* keeps the words of x alive: see keep_task() */
	asm volatile("" : : "r"(x.c), "r"(x.w), "r"(x.ring), "r"(x.pos), "r"(x.number));
	return 0;
}

#endif
