/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Number of different values in bounded memory. Up to LINX_DISTINCT_EXACT hashes of values are kept, so the number is
 * exact. Above it is a HyperLogLog of 2048 registers (standard error 1.04 / sqrt(2048) = 2.3 %), read by the estimator
 * of Ertl (2017), which needs no correction for small numbers.
 */
#ifndef LINX_DISTINCT_H
#define LINX_DISTINCT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LINX_DISTINCT_EXACT 128u
/* Up to this number of hashes need no memory of their own: most groups have few different values. */
#define LINX_DISTINCT_FEW 3u
#define LINX_DISTINCT_BITS 11u
#define LINX_DISTINCT_REGISTERS (1u << LINX_DISTINCT_BITS)

struct linx_distinct {
	uint64_t *hashes; /* hash table of 2 * LINX_DISTINCT_EXACT hashes, 0: free; NULL: all are in few, or registers are used */
	uint8_t *registers; /* NULL: the number is exact */
	uint32_t n; /* number of hashes in the table, or in few */
	bool has_last; /* true: "last" is the value that was counted last, and counting it again changes nothing */
	int64_t last;
	uint64_t few[LINX_DISTINCT_FEW];
};

/*
 * Counts a value by its bytes. *bytes grows by the memory that this takes. False: no memory, and the value is not
 * counted. Equal values have equal hashes in all aggregates and processes. Counts of several aggregates can therefore
 * be merged.
 */
bool linx_distinct_add(struct linx_distinct *d, const void *data, size_t n, uint64_t *bytes);
bool linx_distinct_merge(struct linx_distinct *d, const struct linx_distinct *from, uint64_t *bytes);
uint64_t linx_distinct_get(const struct linx_distinct *d);
/* Forgets all values. *bytes shrinks by the memory that this frees. */
void linx_distinct_clear(struct linx_distinct *d, uint64_t *bytes);

#endif
