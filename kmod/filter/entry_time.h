/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Entry times of calls under way, for durations, in a small hash table by task. A task keeps its slot from call to
 * call, so that most entries and returns find it at its home. Between two calls it may lose the slot to a task that
 * finds no other. A call without a slot has no entry time. filter/entry_time.c
 *
 * Probe context. Only the task itself fills its slot and makes it idle, so that an atomic exchange is needed only
 * where another task may take the slot.
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

/* A task and the call that it is in: a number that the caller chooses, or none. */
#define LINX_ENTRY_SLOT(tid, call) ((u64)(call) << 32 | (u32)(tid))
#define LINX_ENTRY_SLOT_IDLE 0xfffffffeu

static __always_inline struct linx_entry_slot *linx_entry_slot_at(const struct linx_session *s, pid_t tid, u32 i)
{
	return s->entry_slots + ((tid * 0x61c88647u + i) & s->entry_slots_mask); /* golden ratio, as in hash_32() */
}

/* Notes that the current task begins a call now. Returns false if its slot is not at home. */
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
 * Takes the entry time from the current task's slot, at the return of a selected call, and makes the slot idle.
 * Nothing else forgets the slot of such a call. 0: the slot is not at home.
 */
static __always_inline u64 linx_entry_slot_quick_take(const struct linx_session *s, u32 call)
{
	u32 tid = current->pid;
	struct linx_entry_slot *slot = linx_entry_slot_at(s, tid, 0);
	u64 time;

	if (unlikely(READ_ONCE(slot->owner) != LINX_ENTRY_SLOT(tid, call)))
		return 0;
	time = slot->time;
	smp_store_release(&slot->owner, LINX_ENTRY_SLOT(tid, LINX_ENTRY_SLOT_IDLE)); /* pairs with a taker's cmpxchg */
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

/* Returns what a slot holds during a call: the entry time, or the task's CPU time in sessions of CPU time. */
static __always_inline u64 linx_entry_begin(const struct linx_session *s, u64 now)
{
	return unlikely(s->flags & LINX_SETUP_CPU_TIME) ? linx_entry_cpu_time() : now;
}

/* Returns the entry time for records, of a task whose CPU time at entry is given. */
static __always_inline u64 linx_entry_of_cpu_time(u64 begun, u64 now)
{
	s64 ran = linx_cpu_time() - begun;

	return now - clamp_t(s64, ran, 0, now - 1);
}

/*
 * Returns the entry time for records from the content of a slot. 0 (not known) stays 0. An entry on another CPU may
 * be later than now, by as much as core/clock.h says.
 */
static __always_inline u64 linx_entry_end(const struct linx_session *s, u64 begun, u64 now)
{
	if (likely(!(s->flags & LINX_SETUP_CPU_TIME)) || !begun)
		return min(begun, now);
	return linx_entry_of_cpu_time(begun, now);
}

/* Notes the entry time in the task's slot, wherever it is, or in a new slot. */
void linx_entry_slot_set(struct linx_session *s, u32 call, u64 now);
/* Takes the entry time; 0: not known. The slot is idle afterwards, whatever call it held. */
u64 linx_entry_slot_take(struct linx_session *s, u32 call);
/*
 * Makes slots idle whose call's return is no longer selected and would never clear them. Owner's ioctl, may sleep.
 * All probes see the new selection.
 */
void linx_entry_slots_forget(struct linx_session *s);
/* Clears the slot of a task that has ended or has another tid now. */
void linx_entry_slot_drop(struct linx_session *s, pid_t tid);

#endif
