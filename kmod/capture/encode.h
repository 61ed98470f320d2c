/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Records of system calls. Implemented in capture/encode.c.
 *
 * The directory capture/ writes the arguments, user memory and descriptors of a call into its record. Only user_mem.c
 * and user_mem_fast.h read the memory of a traced task. Other directories decide whether a call is recorded.
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
 * Clears the upper half of those of the six arguments that a compat ABI takes as 32 bits, as the kernel ignores it.
 * key: linx_key() of the call.
 */
void linx_cut_args(u32 key, u64 *args);

/*
 * Stores all six argument words at to, even if the call has fewer arguments. LINX_FIXED_MAX includes room for all six.
 * What the caller writes next overwrites the words beyond the call's own arguments.
 */
static __always_inline void linx_put_args(u32 key, struct pt_regs *regs, u64 *to)
{
	syscall_get_arguments(current, regs, (unsigned long *)to);
	if (unlikely(key >= LINX_NR_MAX))
		linx_cut_args(key, to);
}

/* Returns the most bytes that are kept of a buffer or string. def: LINX_ARGDEF() of the argument. */
static __always_inline u32 linx_snap(const struct linx_session *s, unsigned int def)
{
	return linx_snap_of(def, s->snap_bytes, s->snap_str);
}

/* Returns the length, or the number of elements, of what an argument points to. def: LINX_ARGDEF() of the argument. */
static __always_inline u64 linx_length(unsigned int def, const u64 *args, u64 ret)
{
	return linx_length_of(def, args[LINX_ARGDEF_N(def)], ret);
}

/*
 * Returns how many bytes an argument points to, and sets *keep to the number of bytes that are kept. def: LINX_ARGDEF()
 * of the argument, of any kind but LINX_COPY_STR, STRV, LENP and AT.
 */
static __always_inline u64 linx_extent(const struct linx_session *s, unsigned int def, u32 abi, const u64 *args,
				       u64 ret, u32 *keep)
{
	u64 kept, n = linx_extent_of(def, linx_length(def, args, ret), ret, abi, s->snap_bytes, s->snap_str, PAGE_SIZE, &kept);

	*keep = kept;
	return n;
}

/* Returns the linx_rec.flags of an EXIT record that holds the time of entry. */
static __always_inline u8 linx_entry_flags(const struct linx_session *s)
{
	return LINX_RF_ENTRY_TIME | (unlikely(s->flags & LINX_SETUP_CPU_TIME) ? LINX_RF_CPU_TIME : 0);
}

/*
 * Captures the memory that structures in the values from first to end point to, as further values behind end. The fast
 * path calls this for a record that it has not published yet. Returns the end of the new values.
 */
u8 *linx_follow_few(const struct linx_session *s, struct linx_ring *r, const struct linx_row *row, struct linx_rec *rec,
		    const u64 *args, const u8 *first, u8 *end);

/* Writes the ENTER record of a call. */
void linx_encode_enter(struct linx_session *s, struct linx_ring *r, const struct linx_call *c);
/* Writes the EXIT record of a call. entry: the time of its entry; 0: not known. */
void linx_encode_exit(struct linx_session *s, struct linx_ring *r, const struct linx_call *c, u64 entry);
/*
 * Records the submission or completion of the io_uring operation c->op. Returns the bytes of user memory that were
 * captured, even if the record is lost for lack of room.
 */
u32 linx_encode_op(struct linx_session *s, struct linx_ring *r, const struct linx_call *c, u64 entry);

#endif
