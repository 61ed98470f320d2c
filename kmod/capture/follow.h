/* SPDX-License-Identifier: GPL-2.0-only */
/* Captures the memory that structures in a record point to, as values of their own. Implemented in capture/follow.c. */
#ifndef LINX_KMOD_FOLLOW_H
#define LINX_KMOD_FOLLOW_H

#include <linux/types.h>

struct linx_fill;
struct linx_val;

/* State that is the same for all structures and members to which one argument leads. */
struct linx_path {
	u8 arg; /* number of the argument */
	u8 abi; /* enum linx_abi */
	u8 dirs; /* LINX_WHEN_*: members whose memory is captured now */
	const u64 *args; /* the call's arguments; at return, args[-1] is the call's result */
};

/*
 * If the shape is one whose structures contain their own size, captures the rest of such a structure. v: its value,
 * the last of the record so far. addr: address of the structure in the program's memory.
 */
void linx_shape_extend(struct linx_fill *f, const struct linx_path *path, u32 shape, struct linx_val *v, u64 addr);
/*
 * Captures the memory that structures of this shape point to, each pointer as a value. data: the structures' copy in
 * the record, of size bytes. single: it is one structure, however long; else an array. filled: bytes that the call
 * wrote into the buffers.
 */
void linx_shape_follow(struct linx_fill *f, const struct linx_path *path, u32 shape, const u8 *data, u32 size,
		       bool single, u64 filled);

#endif
