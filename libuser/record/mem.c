// SPDX-License-Identifier: LGPL-2.1-or-later
/* Captured memory of an event. An event has few pieces of memory, so they are searched linearly. */
#include <limits.h>
#include <stdlib.h>

#include "record/decode.h"
#include "record/mem.h"

struct linx_extent *linx_mem_grow(struct linx_mem *m)
{
	unsigned int cap = m->cap ? m->cap * 2 : 16;
	struct linx_extent *pieces = m->cap > UINT_MAX / 2 ? NULL : reallocarray(m->pieces, cap, sizeof(*pieces));

	if (!pieces)
		return NULL;
	m->pieces = pieces;
	m->cap = cap;
	return &m->pieces[m->n];
}

void linx_mem_free(struct linx_mem *m)
{
	free(m->pieces);
	*m = (struct linx_mem){ 0 };
}

void linx_mem_doubt_entry(struct linx_mem *m)
{
	for (unsigned int i = 0; i < m->n; i++)
		if (m->pieces[i].entry && linx_value_readable(&m->pieces[i].v))
			m->pieces[i].v.state = LINX_LATE;
}

static bool holds(const struct linx_extent *e, uint64_t addr)
{
	return e->v.kind == LINX_VAL_BYTES && addr >= e->addr && addr - e->addr < e->v.size;
}

/*
 * True if e is better for addr than "found": it was read at the right moment (late: at return), or has more bytes after
 * addr.
 */
static bool is_better(const struct linx_extent *e, const struct linx_extent *found, bool late, uint64_t addr)
{
	if (!found || e->entry != found->entry)
		return !found || e->entry != late;
	return e->v.size - (addr - e->addr) > found->v.size - (addr - found->addr);
}

/*
 * Skips pieces that the call wrote over another argument's input ("over") if the state at entry is wanted. If several
 * pieces have the byte at addr, returns the one with the most bytes after it.
 */
const struct linx_extent *linx_mem_find(const struct linx_mem *m, uint64_t addr, bool late)
{
	const struct linx_extent *found = NULL;

	for (unsigned int i = 0; i < m->n; i++) {
		const struct linx_extent *e = &m->pieces[i];

		if (holds(e, addr) && !(late ? e->entry : e->over) && is_better(e, found, late, addr))
			found = e;
	}
	return found;
}

bool linx_mem_unreadable(const struct linx_mem *m, uint64_t addr, bool late)
{
	for (unsigned int i = 0; i < m->n; i++) {
		const struct linx_extent *e = &m->pieces[i];

		if (e->addr == addr && e->v.state == LINX_UNREADABLE && !(late && e->entry))
			return true;
	}
	return false;
}

bool linx_mem_unfilled(const struct linx_mem *m, uint64_t addr)
{
	for (unsigned int i = 0; i < m->n; i++) {
		const struct linx_extent *e = &m->pieces[i];

		if (e->addr == addr && e->v.state == LINX_UNAVAILABLE && e->v.orig && !e->entry)
			return true;
	}
	return false;
}

const struct linx_value *linx_mem_find_str(const struct linx_mem *m, uint64_t addr, bool late)
{
	const struct linx_value *found = NULL;

	for (unsigned int i = 0; i < m->n; i++) {
		const struct linx_extent *e = &m->pieces[i];

		if (e->v.kind != LINX_VAL_STR || e->addr != addr)
			continue;
		if (e->entry != late)
			return &e->v;
		if (!found)
			found = &e->v;
	}
	return found;
}
