/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Internals of a window: keys, and what is remembered of each. */
#ifndef LINX_RULES_WINDOW_OWN_H
#define LINX_RULES_WINDOW_OWN_H

#include "base/siphash.h"
#include "rules/window.h"

/* VALUES: a value, and when it was seen last. */
struct linx_window_value {
	uint64_t time, hash;
	size_t n;
	char *data;
};

/* SEQUENCE: the steps up to one, of which the first was as late as can be. */
struct linx_window_steps {
	uint64_t first, last;
	bool reached;
};

struct linx_window_key {
	struct linx_window_key *next; /* same bucket */
	struct linx_window_key *older, *newer; /* by their last matches */
	uint64_t hash;
	uint64_t newest; /* time of its latest match */
	/* COUNT: n times from first, ascending. VALUES: n values in any order. SEQUENCE: one for each step but the last. */
	uint32_t first, n, cap;
	union {
		uint64_t *times;
		struct linx_window_value *values;
		struct linx_window_steps *steps;
	};
	size_t bytes; /* all of its memory */
	size_t len;
	char name[];
};

struct linx_window {
	struct linx_window_opts opts;
	struct linx_siphash_key seed;
	struct linx_window_key **buckets;
	uint32_t mask, nkeys;
	struct linx_window_key *oldest, *newest;
	size_t bytes;
	uint64_t now; /* time of the latest match of any key */
	uint64_t forgotten, forgotten_until; /* until then an alert may lack what a forgotten key had */
	uint64_t span_ns;
	bool at_least;
};

/*
 * rules/window_marks.c: what is remembered of one key. Each changes k->bytes and k->newest; false: no memory. The span
 * is that of the matches that are remembered.
 */
bool linx_window_add_time(const struct linx_window *w, struct linx_window_key *k, uint64_t time);
bool linx_window_add_value(const struct linx_window *w, struct linx_window_key *k, uint64_t time, struct linx_window_bytes value);
bool linx_window_add_step(const struct linx_window *w, struct linx_window_key *k, uint64_t time, unsigned int step);
uint64_t linx_window_marks_span(const struct linx_window *w, const struct linx_window_key *k);
void linx_window_marks_free(const struct linx_window *w, struct linx_window_key *k);

#endif
