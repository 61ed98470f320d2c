/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What was captured of a task's memory, as pieces that know where they lay. A
 * decoder follows pointers through it as a debugger does in a stopped process.
 */
#ifndef LINX_MEM_H
#define LINX_MEM_H

#include <linx/linx.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A piece: what an argument or a pointer in a structure pointed to. */
struct linx_extent {
	uint64_t addr;
	struct linx_value v; /* BYTES or STR, in whatever state */
	uint8_t arg; /* under which argument */
	bool entry; /* as it was when the call began; else when it returned */
	bool over; /* written over what another argument had there, which is not known */
};

/* Pieces of one event; the memory of the array is used again. */
struct linx_mem {
	struct linx_extent *pieces;
	unsigned int n, cap;
};

/* Room for one more, which counts once m->n is raised. NULL: no memory; its address is all that is shown. */
struct linx_extent *linx_mem_grow(struct linx_mem *m);
static inline struct linx_extent *linx_mem_room(struct linx_mem *m)
{
	return m->n < m->cap ? &m->pieces[m->n] : linx_mem_grow(m);
}

void linx_mem_free(struct linx_mem *m);

/* What the entry told may have stood there for another call. */
void linx_mem_doubt_entry(struct linx_mem *m);

/*
 * The piece that holds the byte at addr. late: as the call left it; else as it
 * found it, as far as that is known. NULL: none, or nothing of it could be read.
 */
const struct linx_extent *linx_mem_find(const struct linx_mem *m, uint64_t addr, bool late);
/* A piece that begins at addr and could not be read at all. */
bool linx_mem_unreadable(const struct linx_mem *m, uint64_t addr, bool late);
/* A buffer that begins at addr, and that the call left as it was: what another piece has there is none of its data. */
bool linx_mem_unfilled(const struct linx_mem *m, uint64_t addr);
/* A string that begins at addr, with its state. NULL: none was captured there. */
const struct linx_value *linx_mem_find_str(const struct linx_mem *m, uint64_t addr, bool late);

#endif
