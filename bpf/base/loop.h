/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Loops. STEP(name) begins the function that runs one turn. The function gets the number of the turn as i and the state
 * as x. It ends the loop by returning a value other than 0. repeat(n, name, x) runs at most n turns.
 *
 * Before Linux 5.17 (LINX_REDUCED) the verifier would check every turn of such a loop. For such kernels the function is
 * a global one, which is verified once. The parameters of a global function can only be numbers. Therefore it looks up
 * all pointers again.
 */
#ifndef LINX_BPF_LOOP_H
#define LINX_BPF_LOOP_H

#include "base/maps.h"

#ifdef LINX_REDUCED

/* Limit of the turns of one loop. */
#define TURNS_MAX 256u

/*
 * Sets *x to the state of the program that is running on this CPU, by looking up all pointers in the maps again.
 * Returns false if an element is missing in a map.
 */
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

/*
 * Saves what cpu_resume() restores: the task that the program works on, or the index of the call's row in the map of
 * calls.
 */
#define note_task(x) ((void)((x)->w->task = (__u64)(x)->task))
#define note_row(x, place) ((void)((x)->w->row = (place)))

#define STEP(name)                                               \
	static __always_inline int name##_in(__u32 i, struct cpu *x); \
	__noinline int name(__u32 i)                             \
	{                                                        \
		struct cpu x;                                    \
								 \
		pin(i); /* keeps the compiler from removing i if a step does not use it */      \
		return cpu_resume(&x) ? name##_in(i, &x) : 1;    \
	}                                                        \
	static __always_inline int name##_in(__u32 i, struct cpu *x)

/*
 * Hides a number of turns that is not constant from the verifier. Otherwise the verifier would follow each possible
 * number separately, and check the code after the loop once for each number.
 */
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
