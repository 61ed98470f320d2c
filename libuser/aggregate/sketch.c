// SPDX-License-Identifier: LGPL-2.1-or-later
/* Percentiles with a bounded relative error: see aggregate/sketch.h. */
#include <stdlib.h>
#include <string.h>

#include "aggregate/sketch.h"

/*
 * The counts of ranges are allocated in multiples of this number. It is the number of ranges of one power of two with
 * LINX_SKETCH_BITS.
 */
#define STEP 32u
#define PARTS 100000u

/* ---- ranges --------------------------------------------------------------------------------- */

/* Returns the range of a number. Below 2^bits each number has a range of its own. */
static uint32_t range_of(uint64_t number, unsigned int bits)
{
	unsigned int log = number ? 63u - (unsigned int)__builtin_clzll(number) : 0;

	if (log < bits)
		return (uint32_t)number;
	return ((log - bits + 1) << bits) + (uint32_t)(number >> (log - bits) & ((1u << bits) - 1));
}

static uint64_t lower_end(uint32_t range, unsigned int bits)
{
	return range >> bits ? ((1ull << bits) + (range & ((1u << bits) - 1))) << ((range >> bits) - 1) : range;
}

static uint64_t upper_end(uint32_t range, unsigned int bits)
{
	return lower_end(range, bits) + (range >> bits ? (1ull << ((range >> bits) - 1)) - 1 : 0);
}

/* Returns the number that stands for a range; for the ranges of negative numbers, its absolute value. */
static uint64_t number_of(uint32_t range, unsigned int bits, bool upper)
{
	uint64_t lower = lower_end(range, bits), end = upper_end(range, bits);

	return upper ? end : lower + (end - lower) / 2;
}

/* ---- counts --------------------------------------------------------------------------------- */

/* Makes room for the ranges from first to last. False: no memory. */
static bool make_room(struct linx_sketch_side *s, uint32_t first, uint32_t last, uint64_t *bytes)
{
	uint32_t from = first / STEP * STEP, end = (last / STEP + 1) * STEP;
	uint64_t *counts;

	if (s->counts && s->from < from)
		from = s->from;
	if (s->counts && s->from + s->n > end)
		end = s->from + s->n;
	counts = calloc(end - from, sizeof(*counts));
	if (!counts)
		return false;
	if (s->counts)
		memcpy(counts + (s->from - from), s->counts, s->n * sizeof(*counts));
	*bytes += (end - from - s->n) * sizeof(*counts);
	free(s->counts);
	*s = (struct linx_sketch_side){ counts, from, end - from };
	return true;
}

static inline bool has_room(const struct linx_sketch_side *s, uint32_t range)
{
	return range - s->from < s->n && range >= s->from;
}

bool linx_sketch_add(struct linx_sketch *s, unsigned int bits, int64_t number, uint64_t *bytes)
{
	struct linx_sketch_side *side = number < 0 ? &s->minus : &s->plus;
	uint32_t range = range_of(number < 0 ? -(uint64_t)number : (uint64_t)number, bits);

	if (!has_room(side, range) && !make_room(side, range, range, bytes))
		return false;
	side->counts[range - side->from]++;
	s->n++;
	return true;
}

static bool merge_side(struct linx_sketch_side *s, const struct linx_sketch_side *from, uint64_t *bytes)
{
	if (!from->n)
		return true;
	if ((!has_room(s, from->from) || !has_room(s, from->from + from->n - 1)) &&
	    !make_room(s, from->from, from->from + from->n - 1, bytes))
		return false;
	for (uint32_t i = 0; i < from->n; i++)
		s->counts[from->from - s->from + i] += from->counts[i];
	return true;
}

/* Returns how many numbers one side (plus or minus) of a sketch has counted. */
static uint64_t sum(const struct linx_sketch_side *s)
{
	uint64_t n = 0;

	for (uint32_t i = 0; i < s->n; i++)
		n += s->counts[i];
	return n;
}

bool linx_sketch_merge(struct linx_sketch *s, const struct linx_sketch *from, uint64_t *bytes)
{
	bool good = merge_side(&s->minus, &from->minus, bytes) && merge_side(&s->plus, &from->plus, bytes);

	s->n = good ? s->n + from->n : sum(&s->minus) + sum(&s->plus);
	return good;
}

/* ---- percentiles ---------------------------------------------------------------------------- */

/* Returns the rank, from 1, of the number that this share of n numbers does not exceed. No intermediate overflows. */
static uint64_t rank_of(uint64_t n, uint32_t share)
{
	uint64_t rank = n / PARTS * share + (n % PARTS * share + PARTS - 1) / PARTS;

	return rank ? rank : 1;
}

/*
 * Negates a number. The middle of the range of INT64_MIN is beyond the numbers of an int64_t: INT64_MIN is returned for
 * it.
 */
static int64_t negated(uint64_t number)
{
	return number > INT64_MAX ? INT64_MIN : -(int64_t)number;
}

bool linx_sketch_get(const struct linx_sketch *s, unsigned int bits, uint32_t share, bool upper, int64_t *number)
{
	uint64_t rank = rank_of(s->n, share), seen = 0;

	if (!s->n)
		return false;
	for (uint32_t i = s->minus.n; i-- > 0;) {
		seen += s->minus.counts[i];
		if (seen < rank)
			continue;
		*number = negated(number_of(s->minus.from + i, bits, upper));
		return true;
	}
	for (uint32_t i = 0; i < s->plus.n; i++) {
		seen += s->plus.counts[i];
		if (seen < rank)
			continue;
		*number = (int64_t)number_of(s->plus.from + i, bits, upper);
		return true;
	}
	return false;
}

void linx_sketch_clear(struct linx_sketch *s)
{
	if (s->plus.counts)
		memset(s->plus.counts, 0, s->plus.n * sizeof(*s->plus.counts));
	if (s->minus.counts)
		memset(s->minus.counts, 0, s->minus.n * sizeof(*s->minus.counts));
	s->n = 0;
}

void linx_sketch_free(struct linx_sketch *s)
{
	free(s->plus.counts);
	free(s->minus.counts);
	*s = (struct linx_sketch){ 0 };
}
