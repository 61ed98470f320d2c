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
