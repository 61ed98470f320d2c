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
	if (likely(!(def & (LINX_ARGDEF_SOCKADDR | LINX_ARGDEF_PATH))))
		return s->snap_bytes;
	return def & LINX_ARGDEF_PATH ? s->snap_str : LINX_SOCKADDR_MAX;
}

/* A length, or a number of elements. */
static __always_inline u64 linx_length(unsigned int def, const u64 *args, u64 ret)
{
	u64 len = args[LINX_ARGDEF_N(def)];

	if (def & LINX_ARGDEF_32BIT)
		len = (u32)len;
	return def & LINX_ARGDEF_RESULT && ret < len ? ret : len;
}

/* How many bytes an argument points to, and how many of them are kept. Not for strings, LENP and AT. */
static __always_inline u64 linx_extent(const struct linx_session *s, unsigned int def, u32 abi, const u64 *args,
				       u64 ret, u32 *keep)
{
	u64 len = linx_length(def, args, ret);
	u32 what = LINX_ARGDEF_WHAT(def);

	if (LINX_ARGDEF_COPY(def) == LINX_COPY_BUF) {
		*keep = linx_snap(s, def);
		return len;
	}
	*keep = LINX_STRUCT_MAX;
	switch (LINX_ARGDEF_COPY(def)) {
	case LINX_COPY_FIT:
		*keep = linx_snap(s, def);
		return ret == len ? len : 0;
	case LINX_COPY_ONE:
		return linx_shape_size(what, abi);
	case LINX_COPY_N:
		return min_t(u64, len, U32_MAX) * linx_shape_size(what, abi);
	case LINX_COPY_FIX:
		return what;
	case LINX_COPY_SZ:
	case LINX_COPY_ALL:
		return len;
	case LINX_COPY_IOC:
		return _IOC_SIZE(len);
	case LINX_COPY_BITS:
		return len > what ? linx_bits_bytes(len - what, abi) : 0;
	case LINX_COPY_PAGES:
		return (min_t(u64, len, S64_MAX) + PAGE_SIZE - 1) >> PAGE_SHIFT;
	default: /* MSG */
		what = abi == LINX_ABI_I386 ? 4 : 8;
		*keep = s->snap_bytes + what;
		return min_t(u64, len, U32_MAX) + what;
	}
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
