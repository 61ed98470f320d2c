/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Counts of records by CPU and kind, for example of the records that were delivered. */
#ifndef LINX_KINDS_H
#define LINX_KINDS_H

#include <stdbool.h>
#include <stdint.h>

#include <linux/linx_record.h>

/*
 * Number of kinds of records, up to LINX_REC_REFUSED. Records of the kind PAD, which is 0, are never counted, so index
 * 0 is the count of all kinds that only a newer format has. The kind SWITCH counts there, too, since no version writes
 * it yet.
 */
#define LINX_KINDS 18u

struct linx_kinds {
	uint64_t (*n)[LINX_KINDS]; /* [ncpus] numbers of records of each kind */
	unsigned int ncpus;
};

static inline unsigned int linx_kind_index(unsigned int kind)
{
	return kind < LINX_KINDS && kind != LINX_REC_SWITCH ? kind : 0;
}

/* Returns the name of an index: "enter", "return", "task" ...; NULL: records of this kind are not counted. */
const char *linx_kind_name(unsigned int index);
/* Makes room for ncpus CPUs. False: no memory; the counts so far stay. */
bool linx_kinds_grow(struct linx_kinds *k, uint64_t ncpus);
void linx_kinds_free(struct linx_kinds *k);
/* Counts one record, if there is memory. */
void linx_kinds_count(struct linx_kinds *k, unsigned int cpu, unsigned int kind);

#endif
