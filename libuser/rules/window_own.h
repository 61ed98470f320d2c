/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Internal structures of a window: the keys, and the matches that are remembered for each key. */
#ifndef LINX_RULES_WINDOW_OWN_H
#define LINX_RULES_WINDOW_OWN_H

#include "base/siphash.h"
#include "rules/window.h"

/* Value that LINX_WINDOW_VALUES counts, and the time when the value was last seen. */
struct linx_window_value {
	uint64_t time, hash;
	size_t n;
	char *data;
};

/*
 * For LINX_WINDOW_SEQUENCE: times of a sequence's first step and of this step. If there were several first steps,
 * "first" is the time of the latest one.
 */
struct linx_window_steps {
	uint64_t first, last;
	bool reached;
};

struct linx_window_key {
	struct linx_window_key *next; /* next key in the same bucket of the hash table */
	struct linx_window_key *older, *newer; /* neighbours in the list of keys by last match */
	uint64_t hash;
	uint64_t newest; /* time of the key's latest match */
	/*
	 * LINX_WINDOW_COUNT: n times from index first, ascending. LINX_WINDOW_VALUES: n values, unordered.
	 * LINX_WINDOW_SEQUENCE: all steps but the last.
	 */
	uint32_t first, n, cap;
	union {
		uint64_t *times;
		struct linx_window_value *values;
		struct linx_window_steps *steps;
	};
	size_t bytes; /* memory of the key with its matches */
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
	/* number of forgotten keys, and the time until which an alert may lack matches of these keys */
	uint64_t forgotten, forgotten_until;
	uint64_t span_ns;
	bool at_least;
};

/*
 * rules/window_marks.c: the matches remembered for one key. The functions named add update k->bytes and k->newest, and
 * return false if there is no memory. linx_window_marks_span() returns the time from the oldest to the newest match.
 */
bool linx_window_add_time(const struct linx_window *w, struct linx_window_key *k, uint64_t time);
bool linx_window_add_value(const struct linx_window *w, struct linx_window_key *k, uint64_t time, struct linx_window_bytes value);
bool linx_window_add_step(const struct linx_window *w, struct linx_window_key *k, uint64_t time, unsigned int step);
uint64_t linx_window_marks_span(const struct linx_window *w, const struct linx_window_key *k);
void linx_window_marks_free(const struct linx_window *w, struct linx_window_key *k);

#endif
