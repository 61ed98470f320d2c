/* SPDX-License-Identifier: GPL-2.0-only */
/* Bits by task: whose context record is in the stream, or was. */
#ifndef LINX_BPF_SEEN_H
#define LINX_BPF_SEEN_H

#include "maps.h"

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

/* A context record is begun, before the name and the like are read: who changes them meanwhile takes this away again, and it is told anew. */
static __always_inline void begin_announced(__u32 tid)
{
	struct seen *s = seen_of(tid);

	if (s)
		SEEN_SET(s, now, tid);
}

/* The context record of a task is in the stream (there), or was lost. */
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

/* Threads of a process that are looked at one by one. */
#ifdef LINX_REDUCED
#define FORGET_MAX 256
#else
#define FORGET_MAX 4096
#endif

struct thread_walk {
	struct list_head *at, *end;
};

/* False: it was the last one. */
static __always_inline bool forget_thread(struct thread_walk *t)
{
	struct list_head *at = t->at;
	struct task_struct *p = (void *)at - bpf_core_field_offset(struct task_struct, thread_node);

	if (!at || at == t->end)
		return false;
	forget(BPF_CORE_READ(p, pid));
	t->at = BPF_CORE_READ(at, next);
	return true;
}

static __always_inline struct thread_walk walk_threads(__u64 signal)
{
	struct list_head *head = (void *)signal + bpf_core_field_offset(struct signal_struct, thread_head);

	return (struct thread_walk){ .at = BPF_CORE_READ(head, next), .end = head };
}

/*
 * Threads of a process are to be told anew; signal is the address of its signal_struct. Global functions, which are
 * verified once, wherever they are called from.
 */
#ifdef LINX_REDUCED

/* Of a process with more threads, the others are told as they were. */
__noinline int forget_threads(__u64 signal)
{
	struct thread_walk t = walk_threads(signal);

	for (int i = 0; i < FORGET_MAX; i++)
		if (!forget_thread(&t))
			break;
	return 0;
}

#else

static long forget_next(__u32 i, void *walk)
{
	return !forget_thread(walk);
}

static long forget_word(__u32 at, void *none)
{
	struct seen *s = bpf_map_lookup_elem(&seen, &at);

	if (s)
		*(volatile __u64 *)&s->now = 0;
	return 0;
}

/* Of a process with more threads every task is told anew, which takes less. */
__noinline int forget_threads(__u64 signal)
{
	struct thread_walk t = walk_threads(signal);

	bpf_loop(FORGET_MAX, forget_next, &t, 0);
	if (t.at && t.at != t.end)
		bpf_loop(SEEN_WORDS, forget_word, &t, 0);
	return 0;
}

#endif

/* The task has ended: another one may get its number. */
static __always_inline void forget_for_good(__u32 tid)
{
	struct seen *s = seen_of(tid);

	if (!s)
		return;
	SEEN_CLEAR(s, now, tid);
	SEEN_CLEAR(s, ever, tid);
}

#endif
