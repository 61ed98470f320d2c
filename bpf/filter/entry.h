/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Calls under way, for durations: when each task began one. The rules are those of
 * kmod/filter/entry_time.c: a small open table by task, of fixed size.
 */
#ifndef LINX_BPF_ENTRY_H
#define LINX_BPF_ENTRY_H

#include "base/maps.h"

/* One number for all execs, since an exec may return with another ABI's number. */
static __always_inline __u32 pair_of(const struct cpu *x)
{
	return x->row->flags & LINX_ROW_EXEC ? ~0u : x->w->key;
}

static __always_inline __u64 owner_of(__u32 tid, __u32 call)
{
	return (__u64)call << 32 | tid;
}

/* Time since the task got this CPU, or since the call began, if that is later. */
static __always_inline __u64 ran_here(const struct linx_bpf_cpu *c, const struct linx_bpf_entry *e, __u64 now)
{
	__u64 since = c->switched > e->time ? c->switched : e->time;

	return now > since ? now - since : 0;
}

/* Begin of the call that stands there: or a time as long before its end as the task ran. */
static __always_inline __u64 begin_of(const struct cpu *x, const struct linx_bpf_entry *e)
{
	__u64 now = x->w->time;

	if (config.flags & LINX_BPF_CPU_TIMES)
		return now - min_u64(e->ran + ran_here(x->c, e, now), now - 1);
	return min_u64(e->time, now);
}

#ifdef LINX_REDUCED

/* A hash by task: it alone changes its own entry, but for the end. */
MAP_OF(entries, MAP_HASH, 1, 0, __u32, struct linx_bpf_entry);

static __always_inline void entry_set(struct cpu *x)
{
	__u32 tid = x->w->tid;
	struct linx_bpf_entry *e = bpf_map_lookup_elem(&entries, &tid), first = { 0 };

	if (!e) {
		first.owner = owner_of(tid, pair_of(x));
		first.time = x->w->time;
		bpf_map_update_elem(&entries, &tid, &first, 0); /* no room: the begin is not known */
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

/* Makes the place the task's, if it still is what it was. */
static __always_inline bool entry_grab(struct linx_bpf_entry *e, __u64 was, __u64 owner, __u64 now)
{
	if (__sync_val_compare_and_swap(&e->owner, was, owner) != was)
		return false;
	e->time = now;
	e->ran = 0;
	return true;
}

/* The first place that is its own or free; only then an idle one of another task, which would miss it. */
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

/* The current task begins a call. */
static __always_inline void entry_set(struct cpu *x)
{
	__u32 tid = x->w->tid;
	__u64 owner = owner_of(tid, pair_of(x)), was;
	struct linx_bpf_entry *e = entry_at(tid, 0);

	was = e ? owner_now(e) : 0;
	if (!e || (__u32)was != tid || !entry_grab(e, was, owner, x->w->time))
		entry_search(tid, owner, x->w->time);
}

/* The latest of several places counts, as in the module. */
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

/* Takes the begin of the call that the current task returns from. 0: not known. */
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

/* The task ended, or has another number now. */
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

/* The task leaves this CPU: adds what it ran of its call. */
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
