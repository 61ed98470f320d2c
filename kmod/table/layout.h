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

enum linx_shape_id {
	LINX_SHAPE_none,
#define SHAPE(name, size64, size_i386, size_x32, ...) LINX_SHAPE_##name,
#include "tables/shapes.def"
#undef SHAPE
	LINX_SHAPE_NR,
};

/* A structure is kept as far as this many bytes. */
#define LINX_STRUCT_MAX 4096

/*
 * A member as one number: where it is and how wide, on x86_64 and on i386 and
 * x32, unless the shape's size on x32 is not that on i386: then x32 has the
 * members of x86_64. Width 0: there is none, and the place is its value.
 */
#define LINX_MEMBER(at64, width64, at32, width32) \
	((u64)(at64) | (u64)(width64) << 16 | (u64)(at32) << 32 | (u64)(width32) << 48)
#define LINX_MEMBER_AT(m) ((u32)(m) & 0xffff)
#define LINX_MEMBER_WIDTH(m) ((u32)(m) >> 16)
#define LINX_MEMBER_ARGN 0xff /* width: the place is the number of an argument of the call */
#define LINX_MEMBER_RESULT 0xfe /* width: the member is the call's result */

enum linx_follow_kind {
	LINX_FOLLOW_STR, /* a string */
	LINX_FOLLOW_BUF, /* a buffer of len * what bytes */
	LINX_FOLLOW_PART, /* a buffer that takes its part of what the call filled */
	LINX_FOLLOW_BITS, /* longs for len bits */
	LINX_FOLLOW_LENP, /* a buffer; len is the pointer to its length, of what bytes each */
	LINX_FOLLOW_ALL, /* len of the shape what, as many as a record carries: a program */
	LINX_FOLLOW_LIMIT, /* no pointer: len is what the call filled of this element's buffers */
	LINX_FOLLOW_SIZE, /* no pointer: of this structure there are add + len * what bytes; comes first */
	LINX_FOLLOW_ONE, /* one structure of the shape what */
	LINX_FOLLOW_ARR, /* len of them; from ONE on there are structures */
};

/* A member that is a pointer, and what it points to. */
struct linx_follow {
	u8 kind; /* enum linx_follow_kind */
	u8 dir; /* LINX_DIR_IN, LINX_DIR_OUT */
	u16 what;
	u16 add;
	u64 mask, value; /* only if when has this value in these bits */
	u64 ptr, len, when; /* LINX_MEMBER() */
};

struct linx_shape {
	u16 size[LINX_ABI_NR];
	u16 count; /* number of members to follow */
	const struct linx_follow *follow;
};

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

/* Bits in longs of the ABI. */
static __always_inline u64 linx_bits_bytes(u64 bits, u32 abi)
{
	u32 unit = abi == LINX_ABI_X86_64 ? 8 : 4;

	return ((bits > U32_MAX ? U32_MAX : bits) + unit * 8 - 1) / (unit * 8) * unit;
}

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
	u8 dir; /* LINX_DIR_* */
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
