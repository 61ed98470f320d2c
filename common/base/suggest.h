/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The known word that a mistyped one was most likely meant to be. */
#ifndef LINXCAP_SUGGEST_H
#define LINXCAP_SUGGEST_H

struct nearest {
	const char *word; /* the word typed */
	const char *best;
	unsigned int distance; /* of best */
};

void nearest_begin(struct nearest *n, const char *word);
void nearest_try(struct nearest *n, const char *candidate);
/* NULL: none is near enough to be worth a suggestion. */
const char *nearest_best(const struct nearest *n);

#endif
