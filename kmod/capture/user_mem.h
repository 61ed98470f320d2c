/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads user memory into records. capture/user_mem.c describes how, and in which contexts. */
#ifndef LINX_KMOD_USER_MEM_H
#define LINX_KMOD_USER_MEM_H

#include <linux/kernel.h>
#include <linux/linx.h>
#include "core/session.h"
#include "shared/ring_proto.h"

struct pt_regs;
struct task_struct;

/* Reads n bytes. Returns how many could be read. */
u32 linx_user_read(void *to, u64 addr, u32 n);

/*
 * Reads a string. Returns its length without the NUL; count: there is no NUL in that many bytes; below zero: it
 * cannot be read, and ~n bytes of it were.
 */
long linx_user_str(void *to, u64 addr, u32 count);

/* Writes the head of a value at v, whose bytes stand behind it already. Returns the end. */
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
	*last &= (1ULL << rest * 8) - 1; /* clears the padding; little endian */
	return (u8 *)(last + 1);
}

/* Captures len bytes as a value, and keeps at most keep of them. NULL: no room; the record is lost. */
struct linx_val *linx_capture_bytes(struct linx_fill *f, u8 arg, u64 addr, u64 len, u32 keep);
/*
 * Capture a value with its address, for memory that a member points to. Such values come behind all others. In a ring
 * too small for all of them, there are fewer or shorter values. linx_capture_room(): is there room for another one?
 */
bool linx_capture_room(const struct linx_fill *f);
struct linx_val *linx_capture_mem(struct linx_fill *f, u8 arg, u64 addr, u64 len, u32 keep);
void linx_capture_memstr(struct linx_fill *f, u8 arg, u64 addr);
/* Extends the value captured last, whose memory has len bytes. */
void linx_capture_more(struct linx_fill *f, struct linx_val *v, u64 addr, u64 len, u32 keep);

static inline const struct linx_val *linx_val_next(const struct linx_val *v)
{
	return (const struct linx_val *)((const u8 *)(v + 1) + LINX_ALIGN8(v->size));
}

/* Returns the memory in a value, and sets *size to its bytes. */
static inline const u8 *linx_val_memory(const struct linx_val *v, u32 *size)
{
	u32 skip = LINX_VAL_KIND(v->info) == LINX_VAL_MEM ? sizeof(u64) : 0;

	*size = v->size - skip;
	return (const u8 *)(v + 1) + skip;
}

/* Captures a string that ends with NUL. */
void linx_capture_str(struct linx_fill *f, u8 arg, u64 addr);
/* Writes kernel memory as a value. */
void linx_put_bytes(struct linx_fill *f, u8 arg, u8 kind, u8 state, const void *from, u32 size);

/*
 * Writes a value for a buffer of len bytes that the call left unchanged: its memory holds none of the call's data.
 * kind: BYTES or MEM.
 */
void linx_put_unfilled(struct linx_fill *f, u8 arg, u8 kind, u64 addr, u64 len);

/* Writes the number of a call that does not fit into the record's head. LINX_NUMBER_SIZE is free. */
#define LINX_NUMBER_SIZE (sizeof(struct linx_val) + sizeof(u64))
void linx_put_number(struct linx_fill *f, s32 nr);
/* Writes the address at which the task continues, in sessions that ask for it. LINX_POINTER_SIZE is free. */
#define LINX_POINTER_SIZE (sizeof(struct linx_val) + sizeof(u64))
void linx_put_pointer(struct linx_fill *f, struct pt_regs *regs);

/* Captures the signal mask that a sigreturn is about to restore. rt: the call is rt_sigreturn. */
void linx_put_sigmask(struct linx_fill *f, struct pt_regs *regs, u8 abi, bool rt);

/*
 * Captures strings in the memory of another process, at most keep bytes, as far as the pages are present. The caller
 * holds the process. Process context, for snapshots: may sleep.
 */
void linx_capture_foreign(struct linx_fill *f, u8 arg, struct mm_struct *mm, u64 addr, u64 len, u32 keep);

/*
 * Captures the long values in f->longs, whose members are zero except for the first line. The first part of each
 * stands in the head record; therefore all are captured together, behind all other values.
 */
void linx_capture_long(struct linx_fill *f);
/*
 * Captures the rest of a cut buffer in pieces, as far as the session's limit, the ring and the probe's work allow.
 * nth: place of its value in the head record. addr: address of the buffer, if the value does not hold it.
 */
void linx_capture_rest(struct linx_fill *f, struct linx_val *v, u8 nth, u64 addr);

/* Marks the value captured last as a buffer. */
static __always_inline void linx_captured_buffer(struct linx_fill *f)
{
	if (unlikely(f->s->snap_long))
		__set_bit((u8)(f->head->nvals - 1), f->buffers);
}

#endif
