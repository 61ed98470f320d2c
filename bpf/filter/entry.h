/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Times at which calls began, from which durations are computed: one entry per task in a small hash table of fixed
 * size. The rules are those of kmod/filter/entry_time.c.
 */
#ifndef LINX_BPF_ENTRY_H
#define LINX_BPF_ENTRY_H

#include "base/maps.h"

/*
 * Returns the number under which the entry and the return of a call are paired. All execs share one such number, since
 * an exec may return under a number of another ABI.
 */
static __always_inline __u32 pair_of(const struct cpu *x)
{
	return x->row->flags & LINX_ROW_EXEC ? ~0u : x->w->key;
}

static __always_inline __u64 owner_of(__u32 tid, __u32 call)
{
	return (__u64)call << 32 | tid;
}

/* Returns how long the task has run since it got this CPU, or since its call began if that is later, in ns. */
static __always_inline __u64 ran_here(const struct linx_bpf_cpu *c, const struct linx_bpf_entry *e, __u64 now)
{
	__u64 since = c->switched > e->time ? c->switched : e->time;

	return now > since ? now - since : 0;
}

/*
 * Returns the time when the call in the entry began. In sessions that record CPU time, returns the current time minus
 * the time that the task ran in the call.
 */
static __always_inline __u64 begin_of(const struct cpu *x, const struct linx_bpf_entry *e)
{
	__u64 now = x->w->time;

	if (config.flags & LINX_BPF_CPU_TIMES)
		return now - min_u64(e->ran + ran_here(x->c, e, now), now - 1);
	return min_u64(e->time, now);
}

#ifdef LINX_REDUCED

/* Entries by task. Only the task itself changes its entry, until the task ends. */
MAP_OF(entries, MAP_HASH, 1, 0, __u32, struct linx_bpf_entry);

static __always_inline void entry_set(struct cpu *x)
{
	__u32 tid = x->w->tid;
	struct linx_bpf_entry *e = bpf_map_lookup_elem(&entries, &tid), first = { 0 };

	if (!e) {
		first.owner = owner_of(tid, pair_of(x));
		first.time = x->w->time;
		bpf_map_update_elem(&entries, &tid, &first, 0); /* a full map makes the time unknown */
		return;
	}
	e->owner = owner_of(tid, pair_of(x));
	e->time = x->w->time;
	e->ran = 0;
}

static __always_inline __u64 entry_take(struct cpu *x)
{
	__u32 tid = x->w->tid;
	struct linx_bpf_entry *e = bpf_map_lookup_elem(&entries, &tid);

	if (!e || e->owner != owner_of(tid, pair_of(x)))
		return 0;
	e->owner = owner_of(tid, LINX_BPF_ENTRY_IDLE);
	return begin_of(x, e);
}

static __noinline int entry_drop(__u32 tid)
{
	bpf_map_delete_elem(&entries, &tid);
	return 0;
}

static __noinline int entry_pause(const struct linx_bpf_cpu *c, __u32 tid, __u64 now)
{
	struct linx_bpf_entry *e = bpf_map_lookup_elem(&entries, &tid);

	if (e && e->owner >> 32 != LINX_BPF_ENTRY_IDLE)
		e->ran += ran_here(c, e, now);
	return 0;
}

#else

MAP_OF(entries, MAP_ARRAY, 1, MAP_MMAPABLE, __u32, struct linx_bpf_entry);

#define ENTRY_TRIES 8

static __always_inline struct linx_bpf_entry *entry_at(__u32 tid, __u32 i)
{
	__u32 at = (tid * 0x61c88647u + i) & (config.entries - 1); /* golden ratio, as in hash_32() */

	return bpf_map_lookup_elem(&entries, &at);
}

static __always_inline __u64 owner_now(const struct linx_bpf_entry *e)
{
	return *(volatile __u64 *)&e->owner;
}

/*
 * Stores in the slot "owner" (a task and its call) and "now", the time when that call began. Returns false, and changes
 * nothing, if the owner in the slot is not "was" any more.
 */
static __always_inline bool entry_grab(struct linx_bpf_entry *e, __u64 was, __u64 owner, __u64 now)
{
	if (__sync_val_compare_and_swap(&e->owner, was, owner) != was)
		return false;
	e->time = now;
	e->ran = 0;
	return true;
}

/*
 * Finds a slot for the call that the task begins, and stores the time there: in the task's own slot or a free one. If
 * the task has no slot and there is no free one, takes an idle slot away from another task.
 */
static __noinline int entry_search(__u32 tid, __u64 owner, __u64 now)
{
	struct linx_bpf_entry *e;
	__u64 was;

	for (int i = 0; i < ENTRY_TRIES; i++) {
		e = entry_at(tid, i);
		was = e ? owner_now(e) : 1;
		if (e && (!was || (__u32)was == tid) && entry_grab(e, was, owner, now))
			return 0;
	}
	for (int i = 0; i < ENTRY_TRIES; i++) {
		e = entry_at(tid, i);
		was = e ? owner_now(e) : 0;
		if (e && was >> 32 == LINX_BPF_ENTRY_IDLE && entry_grab(e, was, owner, now))
			return 0;
	}
	return 0;
}

/* Stores the time at which the current task begins a call. */
static __always_inline void entry_set(struct cpu *x)
{
	__u32 tid = x->w->tid;
	__u64 owner = owner_of(tid, pair_of(x)), was;
	struct linx_bpf_entry *e = entry_at(tid, 0);

	was = e ? owner_now(e) : 0;
	if (!e || (__u32)was != tid || !entry_grab(e, was, owner, x->w->time))
		entry_search(tid, owner, x->w->time);
}

/*
 * Searches the task's slots for the time when this call began, and makes those slots idle. Returns the time; 0: not
 * found. If several slots hold this call, the latest time counts, as in kmod/filter/entry_time.c.
 */
static __noinline __u64 entry_search_out(struct cpu *x, __u32 call)
{
	__u32 tid = x->w->tid;
	struct linx_bpf_entry *e;
	__u64 was, begin, latest = 0;

	for (int i = 0; i < ENTRY_TRIES; i++) {
		e = entry_at(tid, i);
		was = e ? owner_now(e) : 0;
		if (!e || (__u32)was != tid || was >> 32 == LINX_BPF_ENTRY_IDLE)
			continue;
		begin = was >> 32 == call ? begin_of(x, e) : 0;
		if (__sync_val_compare_and_swap(&e->owner, was, owner_of(tid, LINX_BPF_ENTRY_IDLE)) == was && begin > latest)
			latest = begin;
	}
	return latest;
}

/*
 * Returns the time when the call of the current task, which returns now, began; 0: not known. The task's slots are idle
 * afterwards.
 */
static __always_inline __u64 entry_take(struct cpu *x)
{
	__u32 tid = x->w->tid, call = pair_of(x);
	struct linx_bpf_entry *e = entry_at(tid, 0);
	__u64 begin, owner = owner_of(tid, call);

	if (!e || owner_now(e) != owner)
		return entry_search_out(x, call);
	begin = begin_of(x, e);
	if (__sync_val_compare_and_swap(&e->owner, owner, owner_of(tid, LINX_BPF_ENTRY_IDLE)) != owner)
		return 0;
	return begin;
}

/* Frees all slots of a task that has ended, or whose tid has changed. */
static __noinline int entry_drop(__u32 tid)
{
	struct linx_bpf_entry *e;
	__u64 was;

	for (int i = 0; i < ENTRY_TRIES; i++) {
		e = entry_at(tid, i);
		was = e ? owner_now(e) : 0;
		if (e && (__u32)was == tid)
			__sync_val_compare_and_swap(&e->owner, was, 0);
	}
	return 0;
}

/* Runs when the task leaves this CPU: adds the time it ran here to the CPU time of the call that it is in. */
static __noinline int entry_pause(const struct linx_bpf_cpu *c, __u32 tid, __u64 now)
{
	struct linx_bpf_entry *e;
	__u64 was;

	for (int i = 0; i < ENTRY_TRIES; i++) {
		e = entry_at(tid, i);
		was = e ? owner_now(e) : 0;
		if (!e || (__u32)was != tid || was >> 32 == LINX_BPF_ENTRY_IDLE)
			continue;
		e->ran += ran_here(c, e, now);
	}
	return 0;
}

#endif
#endif
