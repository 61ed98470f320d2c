/* SPDX-License-Identifier: GPL-2.0-only */
/* Captures the memory that structures in a record point to, as values of their own. capture/follow.c */
#ifndef LINX_KMOD_FOLLOW_H
#define LINX_KMOD_FOLLOW_H

#include <linux/types.h>

struct linx_fill;
struct linx_val;

/* State shared by all members that are followed under one argument. */
struct linx_path {
	u8 arg;
	u8 abi;
	u8 dirs; /* LINX_WHEN_* of the memory to follow */
	const u64 *args; /* the call's arguments; at return the result stands before them */
};

/* Captures the rest of a structure that holds its own length. v: its value, captured last, from memory at addr. */
void linx_shape_extend(struct linx_fill *f, const struct linx_path *path, u32 shape, struct linx_val *v, u64 addr);
/*
 * Captures the memory that structures of this shape, in size bytes of the record, point to, as values of their own.
 * single: they are one structure, however long; else an array. filled: bytes that the call put into its buffers.
 */
void linx_shape_follow(struct linx_fill *f, const struct linx_path *path, u32 shape, const u8 *data, u32 size,
		       bool single, u64 filled);

#endif
