/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Memory captured from a task, as pieces with their addresses. A decoder follows pointers
 * through it as a debugger does in a stopped process.
 */
#ifndef LINX_MEM_H
#define LINX_MEM_H

#include <linx/linx.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A piece: the target of an argument, or of a pointer in a structure. */
struct linx_extent {
	uint64_t addr;
	struct linx_value v; /* BYTES or STR, in any state */
	uint8_t arg; /* argument that it belongs to */
	bool entry; /* read at entry; else at return */
	bool over; /* the call wrote it over another argument's input, which is unknown */
};

/* Pieces of one event; the array is reused for the next. */
struct linx_mem {
	struct linx_extent *pieces;
	unsigned int n, cap;
};

/* Next free piece, which counts once m->n is raised. NULL: no memory; the event then shows only the address. */
struct linx_extent *linx_mem_grow(struct linx_mem *m);
static inline struct linx_extent *linx_mem_room(struct linx_mem *m)
{
	return m->n < m->cap ? &m->pieces[m->n] : linx_mem_grow(m);
}

void linx_mem_free(struct linx_mem *m);

/* Marks pieces of the entry record late, since it may be another call's. */
void linx_mem_doubt_entry(struct linx_mem *m);

/*
 * Finds the piece with the byte at addr. late: as the call left it; else as the call found it, if that is
 * known. NULL: none, or unreadable.
 */
const struct linx_extent *linx_mem_find(const struct linx_mem *m, uint64_t addr, bool late);
/* True if a piece begins at addr and was unreadable. */
bool linx_mem_unreadable(const struct linx_mem *m, uint64_t addr, bool late);
/* True if a buffer begins at addr that the call did not write: data of another piece there is not its own. */
bool linx_mem_unfilled(const struct linx_mem *m, uint64_t addr);
/* Finds the string that begins at addr, with its state. NULL: not captured. */
const struct linx_value *linx_mem_find_str(const struct linx_mem *m, uint64_t addr, bool late);

#endif
