/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Memory captured from a task, as pieces with their addresses. Decoders follow pointers in this memory, as a debugger
 * does in a stopped process.
 */
#ifndef LINX_MEM_H
#define LINX_MEM_H

#include <linx/linx.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A piece of captured memory, to which an argument or a pointer in a structure points. */
struct linx_extent {
	uint64_t addr;
	struct linx_value v; /* value of kind LINX_VAL_BYTES or LINX_VAL_STR, in any state */
	uint8_t arg; /* index of the argument that the memory belongs to */
	bool entry; /* true: read at the call's entry; false: at its return */
	bool over; /* the memory is output of the call, and has overwritten another argument's input */
};

/* Pieces of one event. The array is reused for the next event. */
struct linx_mem {
	struct linx_extent *pieces;
	unsigned int n, cap;
};

/*
 * Returns the next free piece. The caller raises m->n to add the piece. NULL: no memory; the event then shows only the
 * address.
 */
struct linx_extent *linx_mem_grow(struct linx_mem *m);
static inline struct linx_extent *linx_mem_room(struct linx_mem *m)
{
	return m->n < m->cap ? &m->pieces[m->n] : linx_mem_grow(m);
}

void linx_mem_free(struct linx_mem *m);

/* Marks the pieces of the entry record LINX_LATE, since the record may belong to another call. */
void linx_mem_doubt_entry(struct linx_mem *m);

/*
 * Finds the piece that contains the byte at addr. late: the piece as it was when the call returned; else the piece as
 * it was at entry, if that is known. NULL: not captured, or unreadable.
 */
const struct linx_extent *linx_mem_find(const struct linx_mem *m, uint64_t addr, bool late);
/* True if a piece begins at addr and was unreadable. */
bool linx_mem_unreadable(const struct linx_mem *m, uint64_t addr, bool late);
/*
 * True if an output buffer begins at addr that the call did not fill. Captured data at this address then belongs to
 * another argument.
 */
bool linx_mem_unfilled(const struct linx_mem *m, uint64_t addr);
/* Finds the string that begins at addr, with its state. NULL: not captured. */
const struct linx_value *linx_mem_find_str(const struct linx_mem *m, uint64_t addr, bool late);

#endif
