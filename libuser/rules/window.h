/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Window of a linx_count or linx_sequence of a rule file: remembers matches by key for a time. All times are times of
 * events, and no clock is read. A capture file therefore gives the same alerts as the live run. Memory is bounded: at
 * its limit, the key whose last match is oldest is forgotten, and forgotten keys are counted.
 *
 * A window is used by one thread at a time.
 */
#ifndef LINX_RULES_WINDOW_H
#define LINX_RULES_WINDOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LINX_WINDOW_COUNT_MAX 65536u
#define LINX_WINDOW_VALUES_MAX 1024u /* limit of the different values that an alert can need */
#define LINX_WINDOW_STEPS_MAX 16u

enum linx_window_kind {
	LINX_WINDOW_COUNT, /* alert at a number of matches with the same key */
	LINX_WINDOW_VALUES, /* alert at a number of different values with the same key */
	LINX_WINDOW_SEQUENCE, /* alert when all steps with the same key have matched, in their order */
};

struct linx_window_opts {
	enum linx_window_kind kind;
	uint32_t count; /* number of matches, values or steps (at least 2 steps) that make an alert */
	uint64_t within_ns; /* longest time from the first to the last of the matches of an alert */
	uint32_t keys; /* limit of the keys that are remembered */
	size_t bytes; /* limit of the bytes of memory of all keys and their matches */
};

struct linx_window_bytes {
	const void *data;
	size_t n;
};

struct linx_window;

/* Makes an empty window. -ENOMEM; -EINVAL: a number in opts is out of bounds */
int linx_window_new(const struct linx_window_opts *opts, struct linx_window **out);
/* Frees a window; w may be NULL. */
void linx_window_free(struct linx_window *w);
/*
 * Adds a match at a time, in ns. linx_window_count() takes the value to count, which only LINX_WINDOW_VALUES uses.
 * linx_window_step() takes the index of a step of a LINX_WINDOW_SEQUENCE, from 0. True: the match completes an alert,
 * and the key is removed, so that it begins anew. Matches may arrive out of order: linx_window_count() sorts them by
 * time; linx_window_step() ignores a step whose time is before the time of the preceding step. Without memory the key
 * is forgotten.
 */
bool linx_window_count(struct linx_window *w, uint64_t time, struct linx_window_bytes key, struct linx_window_bytes value);
bool linx_window_step(struct linx_window *w, uint64_t time, struct linx_window_bytes key, unsigned int step);
/* Counts a match as forgotten, because the caller had no memory for its key. */
void linx_window_miss(struct linx_window *w, uint64_t time);
/* Removes all keys and forgets the time, for a new recording. The keys do not count as forgotten. */
void linx_window_clear(struct linx_window *w);

/* Returns the time from the first to the last match of the last alert, in ns. */
uint64_t linx_window_get_span_ns(const struct linx_window *w);
/* True if a key was forgotten less than within_ns before the last alert: the alert may lack matches. */
bool linx_window_is_at_least(const struct linx_window *w);
/*
 * linx_window_get_keys() returns the number of keys that are remembered now, linx_window_get_forgotten() the number of
 * keys that were forgotten while they still counted.
 */
uint32_t linx_window_get_keys(const struct linx_window *w);
uint64_t linx_window_get_forgotten(const struct linx_window *w);

#endif
