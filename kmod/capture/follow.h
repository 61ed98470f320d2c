/* SPDX-License-Identifier: GPL-2.0-only */
/* Captures the memory that structures in a record point to, as values of their own. capture/follow.c */
#ifndef LINX_KMOD_FOLLOW_H
#define LINX_KMOD_FOLLOW_H

#include <linux/types.h>

struct linx_fill;
struct linx_val;

/* How members are followed: the same for all that hangs under an argument. */
struct linx_path {
	u8 arg;
	u8 abi;
	u8 dirs; /* LINX_WHEN_*: what is followed now */
	const u64 *args; /* arguments of the call; at return, the result is before them */
};

/* The rest of a structure that says how long it is: v is the value captured last, of addr. */
void linx_shape_extend(struct linx_fill *f, const struct linx_path *path, u32 shape, struct linx_val *v, u64 addr);
/*
 * Captures the memory that structures of this shape, in size bytes of the record, point
 * to, as values of their own. single: one structure, however long; else an array. filled:
 * bytes that the call put into its buffers.
 */
void linx_shape_follow(struct linx_fill *f, const struct linx_path *path, u32 shape, const u8 *data, u32 size,
		       bool single, u64 filled);

#endif
