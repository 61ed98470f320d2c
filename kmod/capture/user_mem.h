/* SPDX-License-Identifier: GPL-2.0-only */
/* Reading user memory into records: capture/user_mem.c says how, and in which contexts. */
#ifndef LINX_KMOD_USER_MEM_H
#define LINX_KMOD_USER_MEM_H

#include <linux/kernel.h>
#include <linux/linx.h>
#include "core/session.h"
#include "shared/ring_proto.h"

struct pt_regs;
struct task_struct;

/* Returns how many of n bytes were read: less than n if memory is not there. */
u32 linx_user_read(void *to, u64 addr, u32 n);

/*
 * A string: its length without the NUL; count, if there is no NUL in that many
 * bytes; below zero, ~n bytes of it could be read.
 */
long linx_user_str(void *to, u64 addr, u32 count);

/* A value's size, argument and all that, at v; the bytes stand behind it. Returns what follows. */
static __always_inline u8 *linx_val_finish(struct linx_val *v, u8 arg, u8 info, u32 size, u64 orig)
{
	u64 *last = (u64 *)(v + 1) + size / 8;
	u32 rest = size % 8;

	v->size = size;
	v->arg = arg;
	v->info = info;
	v->orig = min_t(u64, orig, U32_MAX);
	if (!rest)
		return (u8 *)last;
	*last &= (1ULL << rest * 8) - 1; /* padding is zero; little endian */
	return (u8 *)(last + 1);
}

/* A value of len bytes, of which at most keep are kept. NULL: no room, the record is lost. */
struct linx_val *linx_capture_bytes(struct linx_fill *f, u8 arg, u64 addr, u64 len, u32 keep);
/*
 * Values with their address, for memory that members point to. They come after all other
 * values of a record; a ring so small that a record cannot hold them all gets fewer or
 * shorter ones. linx_capture_room(): is there room for another?
 */
bool linx_capture_room(const struct linx_fill *f);
struct linx_val *linx_capture_mem(struct linx_fill *f, u8 arg, u64 addr, u64 len, u32 keep);
void linx_capture_memstr(struct linx_fill *f, u8 arg, u64 addr);
/* The value captured last, whole so far, has len bytes of memory. */
void linx_capture_more(struct linx_fill *f, struct linx_val *v, u64 addr, u64 len, u32 keep);

static inline const struct linx_val *linx_val_next(const struct linx_val *v)
{
	return (const struct linx_val *)((const u8 *)(v + 1) + LINX_ALIGN8(v->size));
}

/* Memory that a value holds, and its size. */
static inline const u8 *linx_val_memory(const struct linx_val *v, u32 *size)
{
	u32 skip = LINX_VAL_KIND(v->info) == LINX_VAL_MEM ? sizeof(u64) : 0;

	*size = v->size - skip;
	return (const u8 *)(v + 1) + skip;
}

/* A value of a NUL-terminated string. */
void linx_capture_str(struct linx_fill *f, u8 arg, u64 addr);
/* A value of kernel memory. */
void linx_put_bytes(struct linx_fill *f, u8 arg, u8 kind, u8 state, const void *from, u32 size);

/* A buffer of len bytes that a call left as it was: what stands there is none of its data. kind: BYTES or MEM. */
void linx_put_unfilled(struct linx_fill *f, u8 arg, u8 kind, u64 addr, u64 len);

/* The number of a call that the head of its record cannot tell: room for LINX_NUMBER_SIZE. */
#define LINX_NUMBER_SIZE (sizeof(struct linx_val) + sizeof(u64))
void linx_put_number(struct linx_fill *f, s32 nr);
/* Address at which a task continues, in sessions that ask for it: room for LINX_POINTER_SIZE. */
#define LINX_POINTER_SIZE (sizeof(struct linx_val) + sizeof(u64))
void linx_put_pointer(struct linx_fill *f, struct pt_regs *regs);

/* The signal mask that a sigreturn is about to restore; rt: of rt_sigreturn. */
void linx_put_sigmask(struct linx_fill *f, struct pt_regs *regs, u8 abi, bool rt);

/*
 * Strings that lie in the memory of another process, which the caller holds, at
 * most keep bytes: what is there of them. Process context, for snapshots: may sleep.
 */
void linx_capture_foreign(struct linx_fill *f, u8 arg, struct mm_struct *mm, u64 addr, u64 len, u32 keep);

/*
 * Captures the long values in f->longs, set to zero but for their first line. The first
 * part of each stands in the head record, so that all are captured together and last.
 */
void linx_capture_long(struct linx_fill *f);
/*
 * Goes on in pieces with a buffer that was cut, the nth value of the head: as far as the session asks, the ring
 * has room and the probe may work. addr: of the buffer, unless the value tells it.
 */
void linx_capture_rest(struct linx_fill *f, struct linx_val *v, u8 nth, u64 addr);

/* The value captured last is a buffer. */
static __always_inline void linx_captured_buffer(struct linx_fill *f)
{
	if (unlikely(f->s->snap_long))
		__set_bit((u8)(f->head->nvals - 1), f->buffers);
}

#endif
