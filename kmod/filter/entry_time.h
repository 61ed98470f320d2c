/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Entry times of calls that have not returned yet, from which durations are computed. They are in a small hash table of
 * slots by tid. A task's home slot is the first slot for its hash. A task keeps its slot from call to call. Therefore
 * most entries and returns find the home slot to be the task's own. Between two calls a task's slot is idle, and a task
 * that finds no free slot can take it away. A call without a slot has no entry time. Implemented in
 * filter/entry_time.c.
 *
 * Probe context. Only the task itself fills its slot, and only it and linx_entry_slots_forget() make the slot idle.
 * Therefore an atomic exchange is needed only where linx_entry_slots_forget() or another task can change the slot.
 */
#ifndef LINX_KMOD_ENTRY_TIME_H
#define LINX_KMOD_ENTRY_TIME_H

#include <linux/atomic.h>
#include <linux/minmax.h>
#include "compat/compat.h"
#include "core/session.h"

struct linx_entry_slot {
	u64 owner; /* LINX_ENTRY_SLOT(); 0: free */
	u64 time;
};

/*
 * Values of linx_entry_slot.owner: a task, and the call that it is in (a number that the caller chooses) or
 * LINX_ENTRY_SLOT_IDLE: the task is in no call.
 */
#define LINX_ENTRY_SLOT(tid, call) ((u64)(call) << 32 | (u32)(tid))
#define LINX_ENTRY_SLOT_IDLE 0xfffffffeu

static __always_inline struct linx_entry_slot *linx_entry_slot_at(const struct linx_session *s, pid_t tid, u32 i)
{
	return s->entry_slots + ((tid * 0x61c88647u + i) & s->entry_slots_mask); /* golden ratio, as in hash_32() */
}

/*
 * Stores in the current task's home slot that the task begins a call now. Returns false, and does nothing, if that slot
 * does not belong to the task.
 */
static __always_inline bool linx_entry_slot_quick_set(const struct linx_session *s, u32 call, u64 now)
{
	u32 tid = current->pid;
	struct linx_entry_slot *slot = linx_entry_slot_at(s, tid, 0);
	u64 owner = READ_ONCE(slot->owner);

	if (unlikely((u32)owner != tid || cmpxchg(&slot->owner, owner, LINX_ENTRY_SLOT(tid, call)) != owner))
		return false;
	slot->time = now;
	return true;
}

/*
 * Returns the entry time from the current task's home slot, at the return of a selected call, and makes the slot idle.
 * No other task makes the slot of a selected call idle. Returns 0 if the home slot does not hold this call.
 */
static __always_inline u64 linx_entry_slot_quick_take(const struct linx_session *s, u32 call)
{
	u32 tid = current->pid;
	struct linx_entry_slot *slot = linx_entry_slot_at(s, tid, 0);
	u64 time;

	if (unlikely(READ_ONCE(slot->owner) != LINX_ENTRY_SLOT(tid, call)))
		return 0;
	time = slot->time;
	smp_store_release(&slot->owner, LINX_ENTRY_SLOT(tid, LINX_ENTRY_SLOT_IDLE)); /* pairs with slot_grab() */
	return time;
}

/*
 * Returns the task's CPU time, but never 0, which stands for "no time". Where interrupt time is counted separately, a
 * new task may have a CPU time of 0.
 */
static __always_inline u64 linx_entry_cpu_time(void)
{
	return linx_cpu_time() ?: 1;
}

/*
 * Returns the value that a slot holds during a call: the entry time, or in sessions of CPU time the task's CPU time at
 * entry.
 */
static __always_inline u64 linx_entry_begin(const struct linx_session *s, u64 now)
{
	return unlikely(s->flags & LINX_SETUP_CPU_TIME) ? linx_entry_cpu_time() : now;
}

/*
 * Returns the entry time for a record in a session of CPU time, so that the duration is CPU time: "now" minus the CPU
 * time that the task has used since its entry. begun: CPU time of the task at its entry.
 */
static __always_inline u64 linx_entry_of_cpu_time(u64 begun, u64 now)
{
	s64 ran = linx_cpu_time() - begun;

	return now - clamp_t(s64, ran, 0, now - 1);
}

/*
 * Returns the entry time for a record, from the value that a slot held. 0 (not known) stays 0. An entry time from
 * another CPU may be later than "now", since the clocks of two CPUs differ a little; then "now" is returned.
 */
static __always_inline u64 linx_entry_end(const struct linx_session *s, u64 begun, u64 now)
{
	if (likely(!(s->flags & LINX_SETUP_CPU_TIME)) || !begun)
		return min(begun, now);
	return linx_entry_of_cpu_time(begun, now);
}

/* Stores the entry time in the current task's slot, which need not be its home slot, or in a new slot. */
void linx_entry_slot_set(struct linx_session *s, u32 call, u64 now);
/*
 * Returns the entry time of the current task's call; 0: not known. The slot is idle afterwards, whatever call it held.
 */
u64 linx_entry_slot_take(struct linx_session *s, u32 call);
/*
 * Makes idle each slot that holds a call whose returns are no longer selected, since no return of that call will make
 * the slot idle. Called by an owner's ioctl when all probes see the new selection. May sleep.
 */
void linx_entry_slots_forget(struct linx_session *s);
/* Clears the slot of a task that has ended or has another tid now. */
void linx_entry_slot_drop(struct linx_session *s, pid_t tid);

#endif
