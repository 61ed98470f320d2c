/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Values that may be longer than a record, and continue in pieces: vectors of strings and blocks of memory. */
#ifndef LINX_ENGINE_WALK_LONG_H
#define LINX_ENGINE_WALK_LONG_H

#include "engine/walk/walker.h"

/* A value that continues in pieces: a vector of strings (width: bytes of a pointer), or a block of memory. */
struct linx_walker_long {
	uint8_t arg, width, state;
	uint8_t kind; /* kind of the value: enum linx_val_kind */
	bool keep, done, full;
	const uint8_t *own; /* the caller's bytes; NULL: user memory at addr */
	uint64_t addr, left, str;
	uint32_t count, stored, total;
	struct linx_val *v;
};

/*
 * Captures n values that may continue in pieces, the last values of their record: the first part of each, then the
 * pieces of each.
 */
void linx_walker_longs(struct linx_walker *w, struct linx_walker_long *l, unsigned int n);
/*
 * Writes the rest of cut buffers in pieces. Cut buffers are searched from the value "first" on; place: index of that
 * value in the head record.
 */
void linx_walker_rest(struct linx_walker *w, const uint64_t *args, uint8_t *first, unsigned int place);

#endif
