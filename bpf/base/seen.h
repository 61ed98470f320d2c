/* SPDX-License-Identifier: GPL-2.0-only */
/* Marks for each tid: the stream has a context record of the task, or had one. */
#ifndef LINX_BPF_SEEN_H
#define LINX_BPF_SEEN_H

#include "base/maps.h"

static __always_inline struct seen *seen_of(__u32 tid)
{
	__u32 at = tid / 64;

	return bpf_map_lookup_elem(&seen, &at);
}

#ifdef LINX_REDUCED
#define SEEN_TEST(s, field, tid) (s->field[tid & 63] & 1)
#define SEEN_SET(s, field, tid) ((void)(*(volatile __u8 *)&s->field[tid & 63] = 1))
#define SEEN_CLEAR(s, field, tid) ((void)(*(volatile __u8 *)&s->field[tid & 63] = 0))
#else
#define SEEN_TEST(s, field, tid) (s->field >> (tid & 63) & 1)
#define SEEN_SET(s, field, tid) __sync_fetch_and_or(&s->field, 1ull << (tid & 63))
#define SEEN_CLEAR(s, field, tid) __sync_fetch_and_and(&s->field, ~(1ull << (tid & 63)))
#endif

static __always_inline bool is_announced(__u32 tid)
{
	struct seen *s = seen_of(tid);

	return s && SEEN_TEST(s, now, tid);
}

static __always_inline bool was_announced(__u32 tid)
{
	struct seen *s = seen_of(tid);

	return s && SEEN_TEST(s, ever, tid);
}

/*
 * Marks the task as one with a context record, before its name and other facts are read for that record. If these facts
 * change meanwhile, the program that sees the change clears the mark, and the task gets another context record.
 */
static __always_inline void begin_announced(__u32 tid)
{
	struct seen *s = seen_of(tid);

	if (s)
		SEEN_SET(s, now, tid);
}

/*
 * Completes what begin_announced() began, after the context record. there: true if that record is in the stream; false
 * if it was lost: the task then gets another one.
 */
static __always_inline void end_announced(__u32 tid, bool there)
{
	struct seen *s = seen_of(tid);

	if (!s)
		return;
	if (there)
		SEEN_SET(s, ever, tid);
	else
		SEEN_CLEAR(s, now, tid);
}

static __always_inline void forget(__u32 tid)
{
	struct seen *s = seen_of(tid);

	if (s)
		SEEN_CLEAR(s, now, tid);
}

/* Forgets a task that has ended, as a new task may get its tid. */
static __always_inline void forget_for_good(__u32 tid)
{
	struct seen *s = seen_of(tid);

	if (!s)
		return;
	SEEN_CLEAR(s, now, tid);
	SEEN_CLEAR(s, ever, tid);
}

/* Walks over the threads of a process, one by one. */
struct thread_walk {
	struct list_head *at, *end;
};

static __always_inline struct thread_walk walk_threads(struct task_struct *p)
{
	struct signal_struct *sig = BPF_CORE_READ(p, signal);
	struct list_head *head = (void *)sig + bpf_core_field_offset(struct signal_struct, thread_head);

	return (struct thread_walk){ .at = BPF_CORE_READ(head, next), .end = head };
}

/* Returns the next thread; NULL after the last one. */
static __always_inline struct task_struct *next_thread(struct thread_walk *w)
{
	struct list_head *at = w->at;

	if (!at || at == w->end)
		return 0;
	w->at = BPF_CORE_READ(at, next);
	return (void *)at - bpf_core_field_offset(struct task_struct, thread_node);
}

/* Calls fn(i, data) at most "most" times, until it returns a value other than 0. */
#ifdef LINX_REDUCED
#define for_each(most, fn, data) \
	for (__u32 i_ = 0; i_ < (most) && !(fn)(i_, data); i_++)
#else
#define for_each(most, fn, data) bpf_loop(most, fn, data, 0)
#endif

/* Most threads of a process whose context records forget_threads() makes out of date. */
#ifdef LINX_REDUCED
#define FORGET_MAX 256
#else
#define FORGET_MAX 8192
#endif

static __always_inline long forget_next(__u32 i, void *data)
{
	struct task_struct *p = next_thread(data);

	if (!p)
		return 1;
	forget(BPF_CORE_READ(p, pid));
	return 0;
}

/*
 * Makes the threads of a process get new context records with their next events. Threads beyond FORGET_MAX keep the
 * records that they have.
 */
static __noinline int forget_threads(struct task_struct *p)
{
	struct thread_walk threads = walk_threads(p);

	for_each(FORGET_MAX, forget_next, &threads);
	return 0;
}

/*
 * Runs at an exec. If the thread was not the leader of its process, it now has the leader's tid instead of its own:
 * the bit "ever" is moved to that tid. The bit "now" is cleared, as the exec brings a new context record.
 */
static __always_inline void inherit_number(__u32 old, __u32 tid)
{
	struct seen *s = seen_of(tid);

	forget(tid);
	if (old == tid)
		return;
	if (s && was_announced(old))
		SEEN_SET(s, ever, tid);
	forget_for_good(old);
}

#endif
