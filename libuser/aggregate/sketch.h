/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Sketch of many numbers, from which percentiles are read with a bounded relative error: a DDSketch (Masson, Rim, Lee
 * 2019) with a logarithm that is linear between powers of two and therefore needs no floating point. Each power of two
 * is divided in 2^bits ranges of equal length, and the numbers in each range are counted. Two sketches with the same
 * bits are merged by adding their counts.
 *
 * The folder aggregate/ groups events by fields and has what is counted of each group. It prints nothing.
 */
#ifndef LINX_SKETCH_H
#define LINX_SKETCH_H

#include <stdbool.h>
#include <stdint.h>

/* The middle of a range is at most 1/64 away from each number in it, relative to that number. */
#define LINX_SKETCH_BITS 5u

/* Counts of the ranges from number "from" on, n of them; the array grows when a number falls outside these ranges. */
struct linx_sketch_side {
	uint64_t *counts; /* NULL: no number was counted */
	uint32_t from, n;
};

struct linx_sketch {
	struct linx_sketch_side plus, minus; /* plus: numbers from 0 on; minus: absolute values of numbers below 0 */
	uint64_t n;
};

/* Counts a number. *bytes grows by the memory that this takes. False: no memory, and the number is not counted. */
bool linx_sketch_add(struct linx_sketch *s, unsigned int bits, int64_t number, uint64_t *bytes);
/* Adds the counts of the sketch "from", which has the same bits. False: no memory, and a part is missing. */
bool linx_sketch_merge(struct linx_sketch *s, const struct linx_sketch *from, uint64_t *bytes);
/*
 * Gets the number that a share of all numbers does not exceed; share: in parts of 100,000. *number: the middle of this
 * number's range; upper: the upper end of the range. False: the sketch is empty.
 */
bool linx_sketch_get(const struct linx_sketch *s, unsigned int bits, uint32_t share, bool upper, int64_t *number);
/* Forgets all numbers, and keeps the memory. */
void linx_sketch_clear(struct linx_sketch *s);
void linx_sketch_free(struct linx_sketch *s);

#endif
