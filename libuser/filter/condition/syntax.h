/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Grammar of conditions in rules, as Falco's parser reads them. Falco parses a whole condition before it looks at
 * macros, fields and values, so a mistake of syntax anywhere in the text comes before all others.
 */
#ifndef LINX_CONDITION_SYNTAX_H
#define LINX_CONDITION_SYNTAX_H

#include "filter/condition/condition.h"

/* Functions that receive the names in a text, in their order. Each function may be NULL. */
struct linx_cond_named {
	void *ctx;
	/* the n bytes at name, at offset "at" of the text, stand where a macro can stand */
	void (*macro)(void *ctx, const char *name, size_t n, size_t at);
	/*
	 * The n bytes at value are a value without quotes, perhaps the name of a list. Returns the number of the list's
	 * elements; -1: the value is not the name of a list; -2: the list cannot stand in a condition.
	 */
	int (*value)(void *ctx, const char *value, size_t n);
};

/* Checks the syntax of a text. -EINVAL: the text is wrong, and *why has the place. */
int linx_cond_check_syntax(const char *text, const struct linx_cond_named *named, struct linx_cond_problem *why);
/*
 * Returns the length of the value at s, in quotes or without, as it stands in a condition; 0: s does not begin with a
 * value.
 */
size_t linx_cond_value_length(const char *s);

#endif
