/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Shapes: how large a structure is on each ABI, and which of its members point
 * to more. Made from tables/shapes.def. What the members mean is user space's
 * business.
 */
#ifndef LINX_KMOD_LAYOUT_H
#define LINX_KMOD_LAYOUT_H

#include <linux/linx.h>
#include <linux/types.h>
#include "shared/ids.h"
#include "shared/row.h"

extern const struct linx_shape linx_shapes[LINX_SHAPE_NR];

/* The index needs no check. */
static __always_inline u32 linx_shape_size(u32 id, u32 abi)
{
	return *((linx_shapes + id)->size + abi);
}

/* Does it say itself how long it is? */
static inline bool linx_shape_sized(u32 id)
{
	return linx_shapes[id].count && linx_shapes[id].follow->kind == LINX_FOLLOW_SIZE;
}

/* After linx_shape_size(), which it needs. */
#include "shared/extent.h"

/* Has it one member, a pointer to a buffer of single bytes? Of this layout there are two: iovec, and as it is filled. */
static __always_inline bool linx_shape_buffers(const struct linx_shape *shape)
{
	const struct linx_follow *fo = shape->follow;

	return shape->count == 1 && (fo->kind == LINX_FOLLOW_BUF || fo->kind == LINX_FOLLOW_PART) && !fo->mask &&
	       fo->what == 1 && shape->size[LINX_ABI_X86_64] == 2 * sizeof(u64);
}

/*
 * Is it such, or are its members pointers to what has no members, or is such? On
 * x86_64: capture/encode_fast_members.c follows those. At load.
 */
bool linx_shape_plain(u32 id);

/* A pointer of a structure, on x86_64: all that can be known of it. */
struct linx_member {
	u16 ptr, len, when; /* places of the pointer, of its length (a number), of a word on which it depends */
	u16 end; /* the structure must be as long as this */
	u16 unit; /* bytes of an element */
	u16 most; /* elements that are less than LINX_SIMPLE_MAX bytes */
	u16 inner; /* elements are buffers, of this shape; 0: bytes */
	u8 dir; /* LINX_WHEN_* */
	u32 count; /* without a length: how many elements */
	u32 mask, value; /* only if the word has this value in these bits */
	u64 len_mask; /* bits of the length */
};

/* Constant once loaded. By shape: where its members begin, and how long it must be, if each of them has a length and depends on nothing; else more than any is. */
extern struct linx_member linx_members[];
extern u8 linx_member_of[LINX_SHAPE_NR];
extern u16 linx_simple_from[LINX_SHAPE_NR];

/* At load. */
void linx_members_init(void);

#endif
