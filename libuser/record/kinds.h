/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Records by CPU and kind: how many were delivered, and how many of them are shown. */
#ifndef LINX_KINDS_H
#define LINX_KINDS_H

#include <stdbool.h>
#include <stdint.h>

/* Kinds up to LINX_REC_BUDGET; 0 is PAD, which does not count, and stands for kinds of a newer format. */
#define LINX_KINDS 12u

struct linx_kinds {
	uint64_t (*n)[LINX_KINDS]; /* [ncpus] */
	unsigned int ncpus;
};

static inline unsigned int linx_kind_index(unsigned int kind)
{
	return kind < LINX_KINDS ? kind : 0;
}

/* "enter", "return", "task" ...; NULL: records of this kind do not count. */
const char *linx_kind_name(unsigned int index);
/* Makes room for ncpus CPUs. False: no memory; the present counts stay. */
bool linx_kinds_grow(struct linx_kinds *k, uint64_t ncpus);
void linx_kinds_free(struct linx_kinds *k);
/* Counts one record, if there is memory. */
void linx_kinds_count(struct linx_kinds *k, unsigned int cpu, unsigned int kind);

#endif
