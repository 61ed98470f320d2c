/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Hits of plain probes: those at the begin of a function that record arguments, or parts of them, and have no test and no
 * sampling. A hit in a task, outside of other programs, in a session without filters and budget, is recorded here
 * without the interpreter of fetch lists. Records and counts are those of probe/hit.h, which handles all other hits. The
 * library calls no probe plain in a flight recorder, nor in a session that records descriptor tables.
 */
#ifndef LINX_BPF_PLAIN_H
#define LINX_BPF_PLAIN_H

#include "probe/hit.h"

#define PLAIN_ROOM (sizeof(struct linx_rec) + sizeof(struct linx_hit) + LINX_BPF_PLAINS * 8)

/*
 * The plain probe of the only function that linx_probe_function serves, and the number of its site; len 0: there is none.
 * The program then needs neither a cookie nor the map of sites, and the verifier removes what this probe does not use.
 */
const volatile struct linx_bpf_site only SEC(".rodata.only") = { 0 };
const volatile __u32 only_number SEC(".rodata.only") = 0;

/* Has the ring room for the record? The reader's position is read again only if the last known one leaves no room. */
static __always_inline bool plain_room(struct place *place)
{
	struct linx_bpf_cpu *c = &place->c;
	__u64 head = c->prod.half[0].head, tail;

	if (head - c->tail <= config.fast_used)
		return true;
	tail = *(volatile __u64 *)&place->reader.cons.tail;
	if (tail - c->tail <= head - c->tail)
		c->tail = tail;
	return head - c->tail <= config.fast_used;
}

/* Returns the part of an argument that is recorded. */
static __always_inline __u64 plain_part(const volatile struct linx_bpf_plain *one, __u64 n)
{
	return (__s64)(n << (one->up & 63)) >> (one->down & 63) & one->mask;
}

/* Writes the scalars. args: the function's arguments. */
static __always_inline void plain_scalars(__u8 *p, const volatile struct linx_bpf_site *site, const __u64 *args)
{
#pragma clang loop unroll(full)
	for (__u32 i = 0; i < LINX_BPF_PLAINS; i++) {
		const volatile struct linx_bpf_plain *one = &site->plain[i];
		__u64 n;

		if (i >= site->scalars)
			break;
		n = args[one->arg & 7];
		if (one->cut)
			n = plain_part(one, n);
		*(volatile __u64 *)(p + i * 8) = n;
	}
}

/*
 * Takes an argument if the number asks for it. pin() keeps the compiler from choosing between addresses of registers,
 * which older verifiers refuse.
 */
#define TAKE_ARG(to, arg, i, regs)            \
	({                                    \
		if ((arg) == (i)) {           \
			(to) = ARG_##i(regs); \
			pin(to);              \
		}                             \
	})

/* The same for the only site, whose numbers are constants to the verifier: it removes all that is not taken. */
static __always_inline void plain_scalars_of_one(__u8 *p, const volatile struct linx_bpf_site *site, const struct pt_regs *regs)
{
	__u32 scalars = site->scalars;

#pragma clang loop unroll(full)
	for (__u32 i = 0; i < LINX_BPF_PLAINS; i++) {
		__u32 arg = site->plain[i].arg;
		__u64 n = 0;

		if (i >= scalars)
			break;
		TAKE_ARG(n, arg, 0, regs);
		TAKE_ARG(n, arg, 1, regs);
		TAKE_ARG(n, arg, 2, regs);
		TAKE_ARG(n, arg, 3, regs);
		TAKE_ARG(n, arg, 4, regs);
		TAKE_ARG(n, arg, 5, regs);
		if (site->plain[i].cut)
			n = plain_part(&site->plain[i], n);
		*(volatile __u64 *)(p + i * 8) = n;
	}
}

/* Copies the bytes behind the ring's end to its begin. */
static __always_inline void plain_wrap(__u8 *ring, __u64 end)
{
	__u64 over = end - config.ring_size;

	pin(over);
	if (over <= PLAIN_ROOM)
		bpf_probe_read_kernel(ring, over, ring + config.ring_size);
}

/* is_one: the site is the only one; a constant. The counter "plain" counts its records as committed, too. */
static __always_inline void plain_record(struct place *place, __u8 *ring, struct task_struct *task, __u64 time,
					 const volatile struct linx_bpf_site *site, struct pt_regs *regs, bool is_one)
{
	struct linx_bpf_cpu *c = &place->c;
	__u64 start = c->prod.half[0].head & (config.ring_size - 1);
	__u8 *p = ring + start;

	pin(site); /* else the compiler writes its address again for each use */
	*(volatile __u64 *)p = site->head | c->selected << 32;
	*(volatile __u64 *)(p + 8) = time;
	*(volatile __u64 *)(p + 16) = (__u32)MEMBER(task, pid) | (__u64)MEMBER(task, tgid) << 32;
	*(volatile __u64 *)(p + 24) = site->first;
	*(volatile __u64 *)(p + 32) = site->states;
	if (is_one) {
		plain_scalars_of_one(p + 40, site, regs);
	} else {
		COPY_ARGS(place->w.hit.args, regs);
		plain_scalars(p + 40, site, place->w.hit.args);
	}
	if (start > config.ring_size - PLAIN_ROOM)
		plain_wrap(ring, start + site->len);
	c->selected++;
	if (!is_one)
		c->committed++;
	c->prod.last_time = time;
	/* publishes the record with a full barrier, for the two reasons that rec_commit() gives */
	add_ordered(&c->prod.half[0].head, site->len);
}

static __noinline int plain_wake(struct place *place, __u8 *ring)
{
	struct cpu x = { .c = &place->c, .w = &place->w, .ring = ring, .number = bpf_get_smp_processor_id() };

	note_positions(&x, 0);
	return wake_reader(&x);
}

/* Is the present context a task? */
static __always_inline bool plain_context(struct task_struct *task)
{
	__u32 count = 0;

	return preempt_count(task, &count) && !(count & (SERVING_SOFTIRQ | HARDIRQS | NMIS));
}

/*
 * Handles a hit if it is plain. hits: the site's counters; NULL: those of the CPU, which the only site has. Returns false
 * if the hit is not plain, and has counted nothing then.
 */
static __always_inline bool plain_hit(struct pt_regs *regs, __u32 cpu, const volatile struct linx_bpf_site *site,
				      struct linx_bpf_hits *hits)
{
	struct place *place = bpf_map_lookup_elem(&cpus, &cpu);
	void *inner = bpf_map_lookup_elem(&rings, &cpu);
	struct task_struct *task = current_task();
	__u32 zero = 0;
	bool done = false;
	__u64 time;
	__u8 *ring;

	if (!place || !inner || is_owner(task) || !plain_context(task))
		return false;
	ring = bpf_map_lookup_elem(inner, &zero);
	if (!ring || place->c.begun & LINX_BPF_AT_WORK)
		return false;
	add_ordered(&place->c.begun, LINX_BPF_BEGINS + LINX_BPF_BUSY);
	/* no call of a function lies between here and the end of a record, so that all that it needs stays in registers */
	time = bpf_ktime_get_ns();
	/* the settings are read now: a library that stops waits only for programs that are at work */
	if (!settings()->filter && !place->c.gap_pending && place->c.nested_folded == place->c.nested && plain_room(place)) {
		/* no other program changes these counters as long as this one is at work */
		if (hits)
			hits->plain++;
		else
			place->c.plain++;
		plain_record(place, ring, task, time, site, regs, !hits);
		if (*(volatile __u64 *)&place->reader.armed)
			plain_wake(place, ring);
		done = true;
	}
	cpu_end(&place->c, bpf_get_smp_processor_id());
	return done;
}

/* Handles a hit of one of many functions. */
static __always_inline bool plain_of_many(struct pt_regs *regs, __u32 number)
{
	__u32 cpu = bpf_get_smp_processor_id(), at = cpu * nsites + number;
	struct linx_bpf_site *site = bpf_map_lookup_elem(&sites, &number);
	struct linx_bpf_hits *count = bpf_map_lookup_elem(&hits, &at);

	return site && count && site->len && plain_hit(regs, cpu, site, count);
}

static __always_inline bool plain_of_one(struct pt_regs *regs)
{
	return plain_hit(regs, bpf_get_smp_processor_id(), &only, 0);
}

#endif
