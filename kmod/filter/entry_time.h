/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Calls under way, for durations: when the current task began one, in a small
 * open table by task. A task keeps its slot from call to call, so that most
 * entries and returns find it at its home; one that is between two calls may lose
 * it to a task that finds no other. No slot: the entry time stays unknown. filter/entry_time.c
 *
 * Probe context. Only the task itself fills its slot and makes it idle, so that
 * an exchange is needed just where another one may take it.
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

/* A task, and the call that it is in: a number of the caller's choice, or none. */
#define LINX_ENTRY_SLOT(tid, call) ((u64)(call) << 32 | (u32)(tid))
#define LINX_ENTRY_SLOT_IDLE 0xfffffffeu

static __always_inline struct linx_entry_slot *linx_entry_slot_at(const struct linx_session *s, pid_t tid, u32 i)
{
	return s->entry_slots + ((tid * 0x61c88647u + i) & s->entry_slots_mask); /* golden ratio, as in hash_32() */
}

/* The current task begins a call now. false: its slot is not at home. */
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
 * Takes the entry time from the current task's slot at the return of a selected call,
 * whose slot nobody else forgets, and makes the slot idle. 0: that slot is not at home.
 */
static __always_inline u64 linx_entry_slot_quick_take(const struct linx_session *s, u32 call)
{
	u32 tid = current->pid;
	struct linx_entry_slot *slot = linx_entry_slot_at(s, tid, 0);
	u64 time;

	if (unlikely(READ_ONCE(slot->owner) != LINX_ENTRY_SLOT(tid, call)))
		return 0;
	time = slot->time;
	smp_store_release(&slot->owner, LINX_ENTRY_SLOT(tid, LINX_ENTRY_SLOT_IDLE)); /* pairs with the cmpxchg of who takes it */
	return time;
}

/* The task's CPU time; never 0, which is no time, though where interrupts are counted apart a new task may have none yet. */
static __always_inline u64 linx_entry_cpu_time(void)
{
	return linx_cpu_time() ?: 1;
}

/*
 * What a slot holds while a call is under way: the time of entry or, where CPU time is asked for,
 * the task's CPU time.
 */
static __always_inline u64 linx_entry_begin(const struct linx_session *s, u64 now)
{
	return unlikely(s->flags & LINX_SETUP_CPU_TIME) ? linx_entry_cpu_time() : now;
}

/* The time of entry as records have it, of a task that has run since its CPU time was this. */
static __always_inline u64 linx_entry_of_cpu_time(u64 begun, u64 now)
{
	s64 ran = linx_cpu_time() - begun;

	return now - clamp_t(s64, ran, 0, now - 1);
}

/*
 * The time of entry as records have it, of what a slot held. 0, not known, stays 0. An entry on another
 * CPU may be later than now, by as much as core/clock.h says.
 */
static __always_inline u64 linx_entry_end(const struct linx_session *s, u64 begun, u64 now)
{
	if (likely(!(s->flags & LINX_SETUP_CPU_TIME)) || !begun)
		return min(begun, now);
	return linx_entry_of_cpu_time(begun, now);
}

/* Sets the time of entry wherever the task's slot is, or may be. */
void linx_entry_slot_set(struct linx_session *s, u32 call, u64 now);
/* 0: not known. The slot is idle then, whatever call it was in. */
u64 linx_entry_slot_take(struct linx_session *s, u32 call);
/* Owner's ioctl, may sleep: those in calls whose returns are not looked at any more, and would leave them so. No probe thinks otherwise. */
void linx_entry_slots_forget(struct linx_session *s);
/* The task ended, or has another tid now. */
void linx_entry_slot_drop(struct linx_session *s, pid_t tid);

#endif
