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

/* Returns the size of a shape. The caller ensures that id and abi are in bounds. */
static __always_inline u32 linx_shape_size(u32 id, u32 abi)
{
	return *((linx_shapes + id)->size + abi);
}

/* Does the structure hold its own length? */
static inline bool linx_shape_sized(u32 id)
{
	return linx_shapes[id].count && linx_shapes[id].follow->kind == LINX_FOLLOW_SIZE;
}

/* shared/extent.h uses linx_shape_size(), so it is included after that function. */
#include "shared/extent.h"

/*
 * Does the shape consist of two words: a pointer to a buffer of single bytes, and the buffer's length? Two shapes are
 * like this: iovec, and iovec_room, whose buffers a call fills. Not so xattr_value, whose length has only 4 bytes.
 */
static __always_inline bool linx_shape_buffers(const struct linx_shape *shape)
{
	const struct linx_follow *fo = shape->follow;

	return shape->count == 1 && (fo->kind == LINX_FOLLOW_BUF || fo->kind == LINX_FOLLOW_PART) && !fo->mask &&
	       fo->what == 1 && LINX_MEMBER_WIDTH((u32)fo->len) == sizeof(u64) && shape->size[LINX_ABI_X86_64] == 2 * sizeof(u64);
}

/*
 * Can capture/encode_fast_members.c follow this shape on x86_64? It can if linx_shape_buffers() is true of the shape;
 * or if its members are few and point to shapes without members, except at most one that points to an array of shapes
 * for which linx_shape_buffers() is true. Called at load.
 */
bool linx_shape_plain(u32 id);

/* A member of a structure on x86_64 that points to more memory, with all that is known about it at load. */
struct linx_member {
	/* offsets of the pointer, of its length (a number), and of the word that decides whether it is followed */
	u16 ptr, len, when;
	u16 end; /* offset at which the last of these three words ends */
	u16 unit; /* bytes of an element */
	u16 most; /* largest number of elements that have less than LINX_SIMPLE_MAX bytes together */
	u16 inner; /* shape of the elements, if they are buffers; 0: bytes */
	u8 dir; /* LINX_WHEN_* */
	u32 count; /* number of elements, if there is no length */
	u32 mask, value; /* the pointer is followed only if the word at "when" has this value in the bits of mask */
	u64 len_mask; /* bits of the length; 0: there is no length */
};

/*
 * Constant after load. linx_member_of: by shape, index of its first member in linx_members. linx_simple_from: by shape,
 * the least size of a structure from which all members can be read without further tests; U16_MAX: there is no such
 * size, as some member has no length or is followed only under a condition.
 */
extern struct linx_member linx_members[];
extern u8 linx_member_of[LINX_SHAPE_NR];
extern u16 linx_simple_from[LINX_SHAPE_NR];

/* Fills linx_members, linx_member_of and linx_simple_from at load. */
void linx_members_init(void);

#endif
