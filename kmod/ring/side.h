/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Records of nested probes. A probe in an interrupt may have interrupted another probe, which is filling a record in
 * the ring of this CPU. The nested probe writes its own record to a side ring. On each CPU, a session has one side ring
 * for softirqs and one for interrupts. The outermost probe moves these records to the ring of the CPU before it ends.
 * Thus the ring has one writer at a time, and the reader sees only whole records. Implemented in ring/side.c.
 *
 *   task         ##### fill ###### publish ## end: move 1, 2, 3 ####
 *   softirq               ## 1 #         # 3 #
 *   interrupt               # 2 #
 *
 * A record is lost, and counted as nested, in three cases: in an NMI; if a probe runs inside a probe of the same
 * context; and if the side ring is full.
 */
#ifndef LINX_KMOD_SIDE_H
#define LINX_KMOD_SIDE_H

#include "core/probe_guard.h"
#include "core/session.h"

/* Does this code run in a task, neither in an interrupt nor in a softirq? */
static __always_inline bool linx_context_is_task(void)
{
	/* PREEMPT_RT does not count softirqs in preempt_count() */
	if (IS_ENABLED(CONFIG_PREEMPT_RT) && in_serving_softirq())
		return false;
	return !(preempt_count() & (NMI_MASK | HARDIRQ_MASK | SOFTIRQ_OFFSET));
}

/* A probe that may run in any context, and may have interrupted another probe. */
struct linx_probe_run {
	u64 now; /* time of the probe's records */
	bool nested; /* the probe has interrupted another one; its records go to side rings */
	u8 level; /* context of the probe: 0: task, 1: softirq, 2: interrupt. PREEMPT_RT: softirqs run in tasks, too */
	u8 context; /* the same as records have it (enum linx_hit_context): softirqs of PREEMPT_RT are softirqs */
	u32 work; /* nested: linx_probe_spent() of the interrupted probe */
};

/*
 * Begins a probe that may run in any context; linx_probe_end() ends it. Returns false if the probe can write no record:
 * in an NMI, or inside a probe of the same context. The caller counts its record by linx_ring_nested() then, and calls
 * linx_nested_end().
 */
bool linx_probe_begin(struct linx_probe_run *p);
/*
 * Begins the probe of a kprobe that is hit by a trap (int3 on x86). The kernel counts such a trap as an NMI, but it is
 * none: nothing but NMIs can interrupt it, and its context is that of the code which it has interrupted.
 */
bool linx_probe_begin_in_trap(struct linx_probe_run *p);
void linx_probe_end(const struct linx_probe_run *p);

/*
 * Returns the ring for records of this probe. NULL: there is no ring, and the caller counts the records by
 * linx_ring_nested().
 */
static inline struct linx_ring *linx_probe_ring(const struct linx_probe_run *p, const struct linx_session *s)
{
	struct linx_ring *r = this_cpu_ptr(s->ring);
	struct linx_side *side;

	if (likely(!p->nested))
		return r;
	side = smp_load_acquire(&r->side); /* pairs with linx_side_alloc() */
	return side ? &side->ring[p->level - 1] : NULL;
}

/*
 * linx_side_alloc() gives side rings to a CPU's ring that has none. Probes may run on that CPU. linx_side_free() is
 * called when no probe sees the session. linx_side_cost(): bytes of the side rings of one CPU.
 */
int linx_side_alloc(struct linx_session *s, struct linx_ring *main, int cpu);
void linx_side_free(struct linx_ring *main);
u64 linx_side_cost(void);

/* Begins and ends a record in a side ring: parts of linx_rec_begin_slow() and linx_rec_commit_slow(). */
struct linx_fill *linx_side_begin(struct linx_session *s, struct linx_ring *r, u8 kind, u64 time, u32 worst, bool prio,
				  int call, u32 key, u32 nargs);
bool linx_side_commit(struct linx_fill *f);

#endif
