/* SPDX-License-Identifier: (GPL-2.0-only WITH Linux-syscall-note) OR LGPL-2.1-or-later */
/*
 * Computes how many bytes an argument, or a member of a structure, points to, and how many of them are captured. The
 * including file defines linx_shape_size(), which returns the size of a structure (shape) on an ABI.
 */
#ifndef LINX_SHARED_EXTENT_H
#define LINX_SHARED_EXTENT_H

#ifndef __KERNEL__
#include <stdbool.h>
#endif
#include <linux/linx_record.h>
#include "shared/abi_facts.h"
#include "shared/row.h"

#define LINX_MOST_32 0xffffffffull
#define LINX_MOST_OF(n, most) ((n) < (most) ? (n) : (most))

/* Returns the size in bytes of a set of bits, which consists of longs of the ABI's size. */
static __always_inline __u64 linx_bits_bytes(__u64 bits, __u32 abi)
{
	__u32 unit = abi == LINX_ABI_X86_64 ? 8 : 4;

	return (LINX_MOST_OF(bits, LINX_MOST_32) + unit * 8 - 1) / (unit * 8) * unit;
}

/*
 * Returns the most bytes that are captured of what an argument points to. def: LINX_ARGDEF() of the argument.
 * snap_bytes, snap_str: limits for buffers and for strings.
 */
static __always_inline __u64 linx_snap_of(__u32 def, __u64 snap_bytes, __u64 snap_str)
{
	if (!(def & (LINX_ARGDEF_SOCKADDR | LINX_ARGDEF_PATH)))
		return snap_bytes;
	return def & LINX_ARGDEF_PATH ? snap_str : LINX_SOCKADDR_MAX;
}

/*
 * Returns the length, or number of elements, of what an argument points to. def: LINX_ARGDEF() of the argument. arg:
 * value of the argument with number LINX_ARGDEF_N(def). ret: the call's result.
 */
static __always_inline __u64 linx_length_of(__u32 def, __u64 arg, __u64 ret)
{
	if (def & LINX_ARGDEF_32BIT)
		arg = (__u32)arg;
	return def & LINX_ARGDEF_RESULT && ret < arg ? ret : arg;
}

/* Does the argument point to data of the program, of which at most snap_bytes are captured? */
static __always_inline bool linx_is_buffer(__u32 def)
{
	__u32 copy = LINX_ARGDEF_COPY(def);

	return !(def & (LINX_ARGDEF_SOCKADDR | LINX_ARGDEF_PATH)) &&
	       (copy == LINX_COPY_BUF || copy == LINX_COPY_FIT || copy == LINX_COPY_MSG || copy == LINX_COPY_LENP ||
		copy == LINX_COPY_AT);
}

/*
 * Returns how many bytes an argument points to, and sets *keep to how many are captured at most. len: result of
 * linx_length_of() for the argument. The function is not for LINX_COPY_STR, STRV, LENP and AT, whose length is in
 * memory.
 */
static __always_inline __u64 linx_extent_of(__u32 def, __u64 len, __u64 ret, __u32 abi, __u64 snap_bytes, __u64 snap_str,
					    __u64 page_size, __u64 *keep)
{
	__u32 what = LINX_ARGDEF_WHAT(def);

	if (LINX_ARGDEF_COPY(def) == LINX_COPY_BUF) {
		*keep = linx_snap_of(def, snap_bytes, snap_str);
		return len;
	}
	*keep = LINX_STRUCT_MAX;
	switch (LINX_ARGDEF_COPY(def)) {
	case LINX_COPY_FIT:
		*keep = linx_snap_of(def, snap_bytes, snap_str);
		return ret == len ? len : 0;
	case LINX_COPY_ONE:
		return linx_shape_size(what, abi);
	case LINX_COPY_N:
		return LINX_MOST_OF(len, LINX_MOST_32) * linx_shape_size(what, abi);
	case LINX_COPY_FIX:
		return what;
	case LINX_COPY_SZ:
	case LINX_COPY_ALL:
		return len;
	case LINX_COPY_IOC:
		return len >> 16 & 0x3fff; /* _IOC_SIZE() */
	case LINX_COPY_BITS:
		return len > what ? linx_bits_bytes(len - what, abi) : 0;
	case LINX_COPY_PAGES:
		return (LINX_MOST_OF(len, ~0ull >> 1) + page_size - 1) / page_size;
	default: /* LINX_COPY_MSG */
		what = abi == LINX_ABI_I386 ? 4 : 8;
		*keep = snap_bytes + what;
		return LINX_MOST_OF(len, LINX_MOST_32) + what;
	}
}

/*
 * Returns how many bytes a member of a structure points to, and sets *keep to how many are captured at most. len: value
 * of fo->len; for LINX_FOLLOW_LENP: the length to which fo->len points. *filled: bytes that the call wrote into this
 * and all following buffers of the structures; for LINX_FOLLOW_PART, the bytes of the member's own buffer are
 * subtracted from *filled.
 */
static __always_inline __u64 linx_member_extent(const struct linx_follow *fo, __u64 len, __u32 abi, __u64 snap_bytes, __u64 *filled,
						__u64 *keep)
{
	__u64 n = LINX_MOST_OF(len, LINX_MOST_32);

	*keep = LINX_STRUCT_MAX;
	switch (fo->kind) {
	case LINX_FOLLOW_BUF:
		*keep = snap_bytes;
		return n * fo->what;
	case LINX_FOLLOW_PART:
		*keep = snap_bytes;
		n = LINX_MOST_OF(n, *filled);
		*filled -= n;
		return n;
	case LINX_FOLLOW_LENP:
		return n * fo->what;
	case LINX_FOLLOW_BITS:
		return linx_bits_bytes(n, abi);
	case LINX_FOLLOW_ALL:
		*keep = LINX_REC_USER_MAX;
		return n * linx_shape_size(fo->what, abi);
	default:
		return n * linx_shape_size(fo->what, abi);
	}
}

#endif
