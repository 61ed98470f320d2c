// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Finds similar words by their edit distance: an insertion, a deletion, a replacement and a swap of neighbors cost
 * one each (optimal string alignment).
 */
#include <limits.h>
#include <string.h>

#include "base/suggest.h"

#define WORD_MAX 32

static unsigned int least(unsigned int a, unsigned int b, unsigned int c)
{
	unsigned int m = a < b ? a : b;

	return m < c ? m : c;
}

static unsigned int edit_distance(const char *a, const char *b)
{
	unsigned int d[WORD_MAX + 1][WORD_MAX + 1];
	size_t m = strlen(a), n = strlen(b), i, j;

	if (m > WORD_MAX || n > WORD_MAX)
		return UINT_MAX;
	for (i = 0; i <= m; i++)
		d[i][0] = i;
	for (j = 0; j <= n; j++)
		d[0][j] = j;
	for (i = 1; i <= m; i++) {
		for (j = 1; j <= n; j++) {
			d[i][j] = least(d[i - 1][j] + 1, d[i][j - 1] + 1,
					d[i - 1][j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				d[i][j] = least(d[i][j], d[i - 2][j - 2] + 1, UINT_MAX);
		}
	}
	return d[m][n];
}

void nearest_begin(struct nearest *n, const char *word)
{
	*n = (struct nearest){ .word = word, .distance = UINT_MAX };
}

void nearest_try(struct nearest *n, const char *candidate)
{
	unsigned int distance = edit_distance(n->word, candidate);

	if (distance < n->distance) {
		n->distance = distance;
		n->best = candidate;
	}
}

const char *nearest_best(const struct nearest *n)
{
	return n->distance <= strlen(n->word) / 3 + 1 && n->distance < strlen(n->word) ? n->best :
											 NULL;
}
