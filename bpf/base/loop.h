/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Loops. STEP(name) begins the function of a turn, which has its number i and x and returns
 * something else than 0 to end the loop; repeat(n, name, x) calls it n times at most.
 *
 * Before Linux 5.17 the verifier goes through each turn. There the function is a global one,
 * which is verified once. It may be given numbers alone, and finds everything else anew.
 */
#ifndef LINX_BPF_LOOP_H
#define LINX_BPF_LOOP_H

#include "base/maps.h"

#ifdef LINX_REDUCED

/* Most turns of a loop. */
#define TURNS_MAX 256u

/* Finds anew, in *x, the pointers of the program that is at work on this CPU. False: its maps have no place for it. */
static __always_inline bool cpu_resume(struct cpu *x)
{
	__u32 cpu = bpf_get_smp_processor_id(), zero = 0, row, at;
	struct place *place = bpf_map_lookup_elem(&cpus, &cpu);
	struct linx_bpf_call *call;
	void *inner;

	if (!place)
		return false;
	at = ring_number(&place->c, cpu);
	inner = bpf_map_lookup_elem(&rings, &at);
	if (!inner)
		return false;
	row = place->w.row;
	call = bpf_map_lookup_elem(&calls, &row);
	x->ring = bpf_map_lookup_elem(inner, &zero);
	if (!call || !x->ring)
		return false;
	x->number = cpu;
	x->c = &place->c;
	x->w = &place->w;
	x->row = &call->row;
	x->task = (void *)place->w.task;
	return true;
}

/* Notes for cpu_resume() what the program is at. */
#define note_task(x) ((void)((x)->w->task = (__u64)(x)->task))
#define note_row(x, place) ((void)((x)->w->row = (place)))

#define STEP(name)                                               \
	static __always_inline int name##_in(__u32 i, struct cpu *x); \
	__noinline int name(__u32 i)                             \
	{                                                        \
		struct cpu x;                                    \
								 \
		pin(i); /* even if no turn needs it */           \
		return cpu_resume(&x) ? name##_in(i, &x) : 1;    \
	}                                                        \
	static __always_inline int name##_in(__u32 i, struct cpu *x)

/* The number is hidden, since what a turn tells the verifier of it would make what follows another path. */
#define repeat(n, step, x)                                               \
	({                                                               \
		__u32 n_ = __builtin_constant_p(n) ? (n) : opaque(x, n); \
		for (__u32 i_ = 0; i_ < TURNS_MAX && i_ < n_; i_++)      \
			if (step(i_))                                    \
				break;                                   \
	})

#else

#define note_task(x) ((void)0)
#define note_row(x, place) ((void)0)

#define STEP(name)                                               \
	static __always_inline int name##_in(__u32 i, struct cpu *x); \
	static long name(__u32 i, void *data)                    \
	{                                                        \
		return name##_in(i, data);                       \
	}                                                        \
	static __always_inline int name##_in(__u32 i, struct cpu *x)

#define repeat(n, step, x) bpf_loop(n, step, x, 0)

#endif
#endif
