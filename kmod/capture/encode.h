/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Records of system calls. capture/encode.c
 *
 * The room capture/ puts arguments, user memory and descriptors of a call into its
 * record. Memory of a traced task is read by user_mem.c and user_mem_fast.h alone.
 * Whether a call is recorded is not decided here.
 */
#ifndef LINX_KMOD_ENCODE_H
#define LINX_KMOD_ENCODE_H

#include <asm/syscall.h>
#include "capture/call.h"
#include "capture/user_mem.h"
#include "ring/ring_fast.h"
#include "table/layout.h"
#include "table/table.h"

/*
 * Cuts the arguments to what a compat ABI takes: the upper half of an argument that it
 * takes as 32 bits means nothing.
 */
void linx_cut_args(u32 key, u64 *args);

/*
 * All six argument words are stored, whatever the call has: there is always
 * LINX_FIXED_MAX of room, and what follows simply overwrites those too many.
 */
static __always_inline void linx_put_args(u32 key, struct pt_regs *regs, u64 *to)
{
	syscall_get_arguments(current, regs, (unsigned long *)to);
	if (unlikely(key >= LINX_NR_MAX))
		linx_cut_args(key, to);
}

static __always_inline u32 linx_snap(const struct linx_session *s, unsigned int def)
{
	return linx_snap_of(def, s->snap_bytes, s->snap_str);
}

/* A length, or a number of elements. */
static __always_inline u64 linx_length(unsigned int def, const u64 *args, u64 ret)
{
	return linx_length_of(def, args[LINX_ARGDEF_N(def)], ret);
}

/* How many bytes an argument points to, and how many of them are kept. Not for strings, LENP and AT. */
static __always_inline u64 linx_extent(const struct linx_session *s, unsigned int def, u32 abi, const u64 *args,
				       u64 ret, u32 *keep)
{
	u64 kept, n = linx_extent_of(def, linx_length(def, args, ret), ret, abi, s->snap_bytes, s->snap_str, PAGE_SIZE, &kept);

	*keep = kept;
	return n;
}

/* The flags of a record that has its time of entry. */
static __always_inline u8 linx_entry_flags(const struct linx_session *s)
{
	return LINX_RF_ENTRY_TIME | (unlikely(s->flags & LINX_SETUP_CPU_TIME) ? LINX_RF_CPU_TIME : 0);
}

/*
 * Captures, behind a record's values from first to end, the memory that structures among
 * them point to. Returns the new end.
 */
u8 *linx_follow_few(const struct linx_session *s, struct linx_ring *r, const struct linx_row *row, struct linx_rec *rec,
		    const u64 *args, const u8 *first, u8 *end);

void linx_encode_enter(struct linx_session *s, struct linx_ring *r, const struct linx_call *c);
/* entry: time of entry, 0: not known */
void linx_encode_exit(struct linx_session *s, struct linx_ring *r, const struct linx_call *c, u64 entry);
/* Submission or completion of c->op. Returns the bytes of its values, also of a record that found no room. */
u32 linx_encode_op(struct linx_session *s, struct linx_ring *r, const struct linx_call *c, u64 entry);

#endif
