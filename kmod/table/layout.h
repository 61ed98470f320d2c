/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Shapes: the size of a structure on each ABI, and which of its members point to more memory. Made from
 * tables/shapes.def. Only user space knows what the members mean.
 */
#ifndef LINX_KMOD_LAYOUT_H
#define LINX_KMOD_LAYOUT_H

#include <linux/linx.h>
#include <linux/types.h>
#include "shared/ids.h"
#include "shared/row.h"

extern const struct linx_shape linx_shapes[LINX_SHAPE_NR];

/* Returns the size of a shape. The index needs no check. */
static __always_inline u32 linx_shape_size(u32 id, u32 abi)
{
	return *((linx_shapes + id)->size + abi);
}

/* Does the structure hold its own length? */
static inline bool linx_shape_sized(u32 id)
{
	return linx_shapes[id].count && linx_shapes[id].follow->kind == LINX_FOLLOW_SIZE;
}

/* Included here, as it needs linx_shape_size(). */
#include "shared/extent.h"

/*
 * Has the shape one member, a pointer to a buffer of single bytes? There are two of this layout: iovec, and the one
 * that a call fills.
 */
static __always_inline bool linx_shape_buffers(const struct linx_shape *shape)
{
	const struct linx_follow *fo = shape->follow;

	return shape->count == 1 && (fo->kind == LINX_FOLLOW_BUF || fo->kind == LINX_FOLLOW_PART) && !fo->mask &&
	       fo->what == 1 && shape->size[LINX_ABI_X86_64] == 2 * sizeof(u64);
}

/*
 * Is it such a shape, or do all its members point to shapes that are such or have no members? On x86_64;
 * capture/encode_fast_members.c follows these. At load.
 */
bool linx_shape_plain(u32 id);

/* A pointer in a structure, on x86_64, with all facts known at load. */
struct linx_member {
	u16 ptr, len, when; /* offsets of the pointer, of its length (a number), and of a word that it depends on */
	u16 end; /* the structure must have at least so many bytes */
	u16 unit; /* bytes of an element */
	u16 most; /* largest number of elements below LINX_SIMPLE_MAX bytes */
	u16 inner; /* shape of the elements, if they are buffers; 0: bytes */
	u8 dir; /* LINX_WHEN_* */
	u32 count; /* number of elements, if there is no length */
	u32 mask, value; /* followed only if the word has this value in these bits */
	u64 len_mask; /* bits of the length */
};

/*
 * Constant after load. By shape: index of its first member, and the least size of the structure for the fast path.
 * The least size is larger than any if a member has no length or depends on a word.
 */
extern struct linx_member linx_members[];
extern u8 linx_member_of[LINX_SHAPE_NR];
extern u16 linx_simple_from[LINX_SHAPE_NR];

/* Called at load. */
void linx_members_init(void);

#endif
