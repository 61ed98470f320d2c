/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Functions shared by walker.c and follow.c: values that begin with an address, and following the pointers in captured
 * structures.
 */
#ifndef LINX_ENGINE_WALK_FOLLOW_H
#define LINX_ENGINE_WALK_FOLLOW_H

#include "engine/walk/walker.h"

/* The argument below which structures are followed, and which of their members are followed. */
struct linx_walker_path {
	const struct linx_walker_call *call;
	uint8_t arg;
	uint8_t dirs; /* bits LINX_WHEN_* of the members that are followed now */
};

/* True if the record has room for another value. */
bool linx_walker_room(const struct linx_walker *w);
/*
 * Captures at most the first "keep" of the len bytes at addr, as a value that begins with the address. NULL: no room.
 */
struct linx_val *linx_walker_mem(struct linx_walker *w, uint8_t arg, uint64_t addr, uint64_t len, uint32_t keep);
void linx_walker_memstr(struct linx_walker *w, uint8_t arg, uint64_t addr);
/* Extends the value captured last, which is whole so far, to len bytes. */
void linx_walker_more(struct linx_walker *w, struct linx_val *v, uint64_t addr, uint64_t len, uint32_t keep);
/* Writes a value for a buffer that the call did not fill. */
void linx_walker_unfilled(struct linx_walker *w, uint8_t arg, unsigned int kind, uint64_t addr, uint64_t len);
/* Returns the memory that a value holds, and sets *size to its size. */
uint8_t *linx_walker_memory(struct linx_val *v, uint32_t *size);

/* Captures the rest of a structure that says how long it is. v: the value captured last, which holds its first part. */
void linx_walker_extend(struct linx_walker *w, const struct linx_walker_call *c, uint32_t shape, struct linx_val *v,
			uint64_t addr);
/*
 * Captures the memory that structures of this shape, in size bytes of the record, point to. single: one structure, not
 * an array.
 */
void linx_walker_follow(struct linx_walker *w, const struct linx_walker_path *path, uint32_t shape, const uint8_t *data,
			uint32_t size, bool single);

#endif
