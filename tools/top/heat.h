/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A heat map of durations: counts by time and by power of two. It grows with time, in memory of a fixed size. */
#ifndef LINXCAP_TOP_HEAT_H
#define LINXCAP_TOP_HEAT_H

#include <stdint.h>

/* Steps of time. If an event is later than the last step, every two steps become one of twice the length. */
#define HEAT_STEPS 512u
/* Powers of two of ns, as many as a duration can have: row i has those from 2^i to 2^(i + 1) - 1 ns, row 0 also 0. */
#define HEAT_ROWS 63u

struct heat {
	uint64_t from_ns; /* time at which the first step begins; 0: no event was added */
	uint64_t step_ns; /* length of a step */
	unsigned int steps; /* number of steps up to that of the latest event */
	uint64_t untimed; /* events without a duration */
	uint32_t counts[HEAT_STEPS][HEAT_ROWS];
};

/* Returns the row of a duration. */
static inline unsigned int heat_row(uint64_t ns)
{
	unsigned int row = ns ? 63u - (unsigned int)__builtin_clzll(ns) : 0;

	return row < HEAT_ROWS ? row : HEAT_ROWS - 1;
}

/* Forgets all events. step_ns: the length of a step at first. */
void heat_clear(struct heat *h, uint64_t step_ns);
/* Counts an event at a time. Times before the first event count in the first step, as after a clock was set back. */
void heat_add(struct heat *h, uint64_t time_ns, uint64_t duration_ns);
/*
 * Sums the steps of column c, counted from 0, of a map with this many columns. If there are few steps, each has a
 * column of its own, otherwise several share one. Returns how many columns are used.
 */
unsigned int heat_column(const struct heat *h, unsigned int columns, unsigned int c, uint64_t counts[HEAT_ROWS]);
/* Gets the first and the last row with a count. Returns the largest count of a cell in a map of so many columns. */
uint64_t heat_range(const struct heat *h, unsigned int columns, unsigned int *low, unsigned int *high);
/* Returns a count's shade: 0 for 0; else 1 to shades - 1, by the logarithms of count and of most, the largest count. */
unsigned int heat_shade(uint64_t count, uint64_t most, unsigned int shades);

#endif
