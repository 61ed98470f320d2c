/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The known word nearest to a mistyped one. */
#ifndef LINXCAP_SUGGEST_H
#define LINXCAP_SUGGEST_H

struct nearest {
	const char *word; /* the typed word */
	const char *best;
	unsigned int distance; /* of best */
};

void nearest_begin(struct nearest *n, const char *word);
void nearest_try(struct nearest *n, const char *candidate);
/* Returns the nearest word. NULL: none is near enough. */
const char *nearest_best(const struct nearest *n);

#endif
