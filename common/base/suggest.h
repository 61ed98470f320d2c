/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finds the known word that is most similar to a mistyped one. */
#ifndef LINXCAP_SUGGEST_H
#define LINXCAP_SUGGEST_H

struct nearest {
	const char *word; /* the mistyped word */
	const char *best;
	unsigned int distance; /* edit distance of best */
};

void nearest_begin(struct nearest *n, const char *word);
void nearest_try(struct nearest *n, const char *candidate);
/* Returns the most similar word. NULL: none is similar enough. */
const char *nearest_best(const struct nearest *n);

#endif
