// SPDX-License-Identifier: GPL-2.0-only
/*
 * Functions of filter/entry_time.h for a task whose entry is not in its home slot, the first one of its hash: they
 * search SLOT_TRIES slots from there on. Probe context, except linx_entry_slots_forget().
 */
#include "filter/entry_time.h"

#define SLOT_TRIES 8

/* Gives the slot to the current task if slot->owner is still "was", the value that the caller has read. */
static bool slot_grab(struct linx_entry_slot *slot, u64 was, u32 call, u64 now)
{
	if (cmpxchg(&slot->owner, was, LINX_ENTRY_SLOT(current->pid, call)) != was)
		return false;
	slot->time = now;
	return true;
}

/*
 * Stores the entry time of the current task's call in the first slot that belongs to the task or is free. If there is
 * no such slot, the time is stored in an idle slot of another task. That task then has no slot any more.
 */
void linx_entry_slot_set(struct linx_session *s, u32 call, u64 now)
{
	u32 tid = current->pid, i;
	struct linx_entry_slot *slot;
	u64 owner;

	for (i = 0; i < SLOT_TRIES; i++) {
		slot = linx_entry_slot_at(s, tid, i);
		owner = READ_ONCE(slot->owner);
		if ((!owner || (u32)owner == tid) && slot_grab(slot, owner, call, now))
			return;
	}
	for (i = 0; i < SLOT_TRIES; i++) {
		slot = linx_entry_slot_at(s, tid, i);
		owner = READ_ONCE(slot->owner);
		if (owner >> 32 == LINX_ENTRY_SLOT_IDLE && slot_grab(slot, owner, call, now))
			return;
	}
}

/*
 * Returns the time at which this call of the current task began, 0 if it is not known, and makes the task's slots idle.
 * A slot can hold another call than this one: either this call had no entry (seccomp), or the call in the slot had no
 * return (sigreturn). If several slots hold this call, the latest time counts: an earlier one is left over from a call
 * whose return no probe saw.
 */
u64 linx_entry_slot_take(struct linx_session *s, u32 call)
{
	u32 tid = current->pid, i;
	struct linx_entry_slot *slot;
	u64 owner, began, time = 0;

	for (i = 0; i < SLOT_TRIES; i++) {
		slot = linx_entry_slot_at(s, tid, i);
		owner = READ_ONCE(slot->owner);
		if ((u32)owner != tid || owner >> 32 == LINX_ENTRY_SLOT_IDLE)
			continue;
		began = owner >> 32 == call ? READ_ONCE(slot->time) : 0;
		/* The exchange fails if linx_entry_slots_forget() has made the slot idle meanwhile. */
		if (cmpxchg(&slot->owner, owner, LINX_ENTRY_SLOT(tid, LINX_ENTRY_SLOT_IDLE)) == owner)
			time = max(time, began);
	}
	return time;
}

void linx_entry_slots_forget(struct linx_session *s)
{
	u64 owner, call;
	u32 i;

	for (i = 0; i <= s->entry_slots_mask; i++) {
		if (!(i & 1023))
			cond_resched();
		owner = READ_ONCE(s->entry_slots[i].owner);
		call = owner >> 32;
		if (!owner || call == LINX_ENTRY_SLOT_IDLE)
			continue;
		/*
		 * The slot of an exec (call >= LINX_KEYS) does not say whether the returns of that exec are still
		 * selected. Such a slot is always made idle: a missing entry time is better than the time of another
		 * call. The exchange fails if the task has begun another call.
		 */
		if (call >= LINX_KEYS || !linx_bit(s->exit, call))
			cmpxchg(&s->entry_slots[i].owner, owner, LINX_ENTRY_SLOT(owner, LINX_ENTRY_SLOT_IDLE));
	}
}

void linx_entry_slot_drop(struct linx_session *s, pid_t tid)
{
	struct linx_entry_slot *slot;
	u64 owner;
	u32 i;

	for (i = 0; i < SLOT_TRIES; i++) {
		slot = linx_entry_slot_at(s, tid, i);
		owner = READ_ONCE(slot->owner);
		if ((u32)owner == tid)
			cmpxchg(&slot->owner, owner, 0); /* fails if another task has just taken the slot */
	}
}
