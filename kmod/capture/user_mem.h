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

/* Reads n bytes of the current task's memory. Returns how many bytes, from the first on, could be read. */
u32 linx_user_read(void *to, u64 addr, u32 n);

/*
 * Reads a string of the current task, at most count bytes. Returns n: its length without the NUL; count: no NUL was
 * among the count bytes; below zero: only the first ~n bytes could be read.
 */
long linx_user_str(void *to, u64 addr, u32 count);

/*
 * Reads n bytes of the current task's memory, in any function of the kernel: also where the task is being switched, and
 * in kernel threads, which have the page table of another process. Returns false if a byte cannot be read. Must not be
 * called in interrupts.
 */
bool linx_user_peek(void *to, u64 addr, u32 n);

/* Writes the head of a value at v, when its size bytes have been written behind the head. Returns the value's end. */
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

/*
 * Captures a buffer of len bytes as a value with at most keep bytes. Returns NULL if there is no room; the record is
 * then lost.
 */
struct linx_val *linx_capture_bytes(struct linx_fill *f, u8 arg, u64 addr, u64 len, u32 keep);
/*
 * linx_capture_mem() and linx_capture_memstr() capture memory, or a string, that a member of a structure points to. The
 * value begins with the address. Such values follow all other values. If a record of this ring is too short for all of
 * them, some are cut or left out. linx_capture_room(): does the record have room for another such value?
 */
bool linx_capture_room(const struct linx_fill *f);
struct linx_val *linx_capture_mem(struct linx_fill *f, u8 arg, u64 addr, u64 len, u32 keep);
void linx_capture_memstr(struct linx_fill *f, u8 arg, u64 addr);
/* Extends v, the last value of the record, to at most keep of the len bytes at addr. */
void linx_capture_more(struct linx_fill *f, struct linx_val *v, u64 addr, u64 len, u32 keep);

static inline const struct linx_val *linx_val_next(const struct linx_val *v)
{
	return (const struct linx_val *)((const u8 *)(v + 1) + LINX_ALIGN8(v->size));
}

/* Returns where the captured bytes of a value begin, behind an address, and sets *size to their number. */
static inline const u8 *linx_val_memory(const struct linx_val *v, u32 *size)
{
	u32 skip = LINX_VAL_KIND(v->info) == LINX_VAL_MEM ? sizeof(u64) : 0;

	*size = v->size - skip;
	return (const u8 *)(v + 1) + skip;
}

/* Captures a string that ends with NUL. */
void linx_capture_str(struct linx_fill *f, u8 arg, u64 addr);
/* Writes size bytes of kernel memory as a value. */
void linx_put_bytes(struct linx_fill *f, u8 arg, u8 kind, u8 state, const void *from, u32 size);

/*
 * Writes a value without content for a buffer of len bytes that the call was to fill but left unchanged. kind:
 * LINX_VAL_BYTES or LINX_VAL_MEM.
 */
void linx_put_unfilled(struct linx_fill *f, u8 arg, u8 kind, u64 addr, u64 len);

/* Writes a call number that does not fit into linx_rec.nr as a value. The record has LINX_NUMBER_SIZE bytes for it. */
#define LINX_NUMBER_SIZE (sizeof(struct linx_val) + sizeof(u64))
void linx_put_number(struct linx_fill *f, s32 nr);
/* With LINX_SETUP_POINTER: writes the task's instruction pointer as a value, which has LINX_POINTER_SIZE bytes. */
#define LINX_POINTER_SIZE (sizeof(struct linx_val) + sizeof(u64))
void linx_put_pointer(struct linx_fill *f, struct pt_regs *regs);

/* Captures the signal mask that a sigreturn is about to restore. rt: the call is rt_sigreturn. */
void linx_put_sigmask(struct linx_fill *f, struct pt_regs *regs, u8 abi, bool rt);

/*
 * Captures strings in the memory of another process, at most keep bytes, as far as the pages are present. The caller
 * has a reference to the process. Process context, for snapshots: may sleep.
 */
void linx_capture_foreign(struct linx_fill *f, u8 arg, struct mm_struct *mm, u64 addr, u64 len, u32 keep);

/*
 * Captures the values that f->longs lists, each of which may continue in PIECE records. In each element of the list,
 * the caller has set the members from "arg" to "left"; the other members are zero. The first part of each value goes
 * into the head record, and the rest into pieces behind it. Therefore the caller writes all other values first.
 */
void linx_capture_long(struct linx_fill *f);
/*
 * Captures the rest of a cut buffer in pieces, as far as the session's limit, the ring and the probe's work allow. v:
 * its value. nth: number of the value in the head record, from 1 on. addr: address of the buffer; not used if the value
 * holds it.
 */
void linx_capture_rest(struct linx_fill *f, struct linx_val *v, u8 nth, u64 addr);

/* Marks the last value of the record in f->buffers as a buffer, which pieces may continue. */
static __always_inline void linx_captured_buffer(struct linx_fill *f)
{
	if (unlikely(f->s->snap_long))
		__set_bit((u8)(f->head->nvals - 1), f->buffers);
}

#endif
