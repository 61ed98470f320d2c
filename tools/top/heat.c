// SPDX-License-Identifier: LGPL-2.1-or-later
/* A heat map of durations: see top/heat.h. */
#include <string.h>

#include "top/heat.h"

void heat_clear(struct heat *h, uint64_t step_ns)
{
	memset(h, 0, sizeof(*h));
	h->step_ns = step_ns ? step_ns : 1;
}

static uint32_t sum(uint32_t a, uint32_t b)
{
	return a + b < a ? UINT32_MAX : a + b;
}

/* Joins the steps two by two: the map then has room for twice the time. */
static void halve(struct heat *h)
{
	for (unsigned int i = 0; i < HEAT_STEPS / 2; i++)
		for (unsigned int row = 0; row < HEAT_ROWS; row++)
			h->counts[i][row] = sum(h->counts[2 * i][row], h->counts[2 * i + 1][row]);
	memset(h->counts[HEAT_STEPS / 2], 0, sizeof(h->counts) / 2);
	h->step_ns *= 2;
	h->steps = (h->steps + 1) / 2;
}

void heat_add(struct heat *h, uint64_t time_ns, uint64_t duration_ns)
{
	uint64_t after, step;
	uint32_t *count;

	if (!h->from_ns)
		h->from_ns = time_ns ? time_ns : 1;
	after = time_ns > h->from_ns ? time_ns - h->from_ns : 0;
	while (after / h->step_ns >= HEAT_STEPS && h->step_ns < UINT64_MAX / 2)
		halve(h);
	step = after / h->step_ns;
	if (step >= HEAT_STEPS)
		step = HEAT_STEPS - 1;
	if (step >= h->steps)
		h->steps = (unsigned int)step + 1;
	count = &h->counts[step][heat_row(duration_ns)];
	*count = sum(*count, 1);
}

unsigned int heat_column(const struct heat *h, unsigned int columns, unsigned int c, uint64_t counts[HEAT_ROWS])
{
	unsigned int each = columns ? (h->steps + columns - 1) / columns : 0;
	unsigned int used = each ? (h->steps + each - 1) / each : 0;

	memset(counts, 0, HEAT_ROWS * sizeof(*counts));
	for (unsigned int i = c * each; i < (c + 1) * each && i < h->steps; i++)
		for (unsigned int row = 0; row < HEAT_ROWS; row++)
			counts[row] += h->counts[i][row];
	return used;
}

uint64_t heat_range(const struct heat *h, unsigned int columns, unsigned int *low, unsigned int *high)
{
	uint64_t counts[HEAT_ROWS], most = 0;

	*low = HEAT_ROWS;
	*high = 0;
	for (unsigned int c = 0; c < heat_column(h, columns, c, counts); c++)
		for (unsigned int row = 0; row < HEAT_ROWS; row++) {
			if (!counts[row])
				continue;
			most = counts[row] > most ? counts[row] : most;
			*low = row < *low ? row : *low;
			*high = row > *high ? row : *high;
		}
	if (!most)
		*low = 0;
	return most;
}

static unsigned int log_of(uint64_t n)
{
	return n ? 64u - (unsigned int)__builtin_clzll(n) : 0;
}

unsigned int heat_shade(uint64_t count, uint64_t most, unsigned int shades)
{
	unsigned int bits = log_of(count), all = log_of(most), shade;

	if (!count || !all || shades < 2)
		return 0;
	shade = 1 + (bits - 1) * (shades - 1) / all;
	return shade < shades ? shade : shades - 1;
}
