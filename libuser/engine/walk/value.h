/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Values of the record that is being made. All parts of the walker write them. */
#ifndef LINX_ENGINE_WALK_VALUE_H
#define LINX_ENGINE_WALK_VALUE_H

#include "engine/walk/follow.h"
#include "engine/walk/walker.h"
#include "shared/ring_proto.h"

/* Returns the size of a structure on an ABI. */
static inline uint32_t linx_shape_size(uint32_t id, uint32_t abi)
{
	return linx_shape_get(id)->size[abi];
}

#include "shared/extent.h"

/* Begins a value that may take size bytes; NULL: there is no room. */
struct linx_val *linx_walker_val_begin(struct linx_walker *w, uint32_t size);
/* Ends a value that has size bytes; orig: how many it would have if it were whole. */
void linx_walker_val_end(struct linx_walker *w, struct linx_val *v, uint8_t arg, unsigned int kind, unsigned int state,
			 uint32_t size, uint64_t orig);
/*
 * Captures at most "keep" of the len bytes at addr. kind: LINX_VAL_BYTES, or LINX_VAL_MEM with the address before the
 * memory.
 */
struct linx_val *linx_walker_capture(struct linx_walker *w, uint8_t arg, unsigned int kind, uint64_t addr, uint64_t len,
				     uint32_t keep);
/*
 * Captures at most "keep" bytes of a string. kind: LINX_VAL_STR, or LINX_VAL_MEMSTR with the address before the string.
 */
void linx_walker_capture_str(struct linx_walker *w, uint8_t arg, unsigned int kind, uint64_t addr, uint32_t keep);
/*
 * Reads a string of at most count bytes. Returns its length without the NUL; count: no NUL in that many bytes; a value
 * n below zero: only ~n bytes could be read, without a NUL.
 */
int64_t linx_walker_read_str(struct linx_walker *w, uint8_t *to, uint64_t addr, uint32_t count);
/* Ends the record that is being written. A head record and its pieces are several records. */
void linx_walker_close(struct linx_walker *w);

/* True if buffers that are longer than a record continue in pieces. */
static inline bool linx_walker_goes_on(const struct linx_walker *w)
{
	return w->opts->snap_bytes > LINX_REC_USER_MAX;
}

/* Marks the value captured last as a buffer, which may continue in pieces. */
static inline void linx_walker_captured_buffer(struct linx_walker *w)
{
	unsigned int place = w->head->nvals - 1u;

	w->buffers[place / 64 % 4] |= 1ull << place % 64;
}

static inline uint64_t linx_min_u64(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static inline uint32_t linx_min_u32(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

#endif
