/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Window of one item of a rule file, linx_count or linx_sequence: matches that are remembered by key, for a time.
 * Times are those of events; no clock is asked, so a capture gives what the live run gave. Memory is bounded: at the
 * bound the key whose last match is oldest is forgotten, and counted.
 *
 * A window is used by one thread at a time.
 */
#ifndef LINX_RULES_WINDOW_H
#define LINX_RULES_WINDOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LINX_WINDOW_COUNT_MAX 65536u
#define LINX_WINDOW_VALUES_MAX 1024u /* different values */
#define LINX_WINDOW_STEPS_MAX 16u

enum linx_window_kind {
	LINX_WINDOW_COUNT, /* so many matches of a key */
	LINX_WINDOW_VALUES, /* so many different values of a key */
	LINX_WINDOW_SEQUENCE, /* steps of a key, in their order */
};

struct linx_window_opts {
	enum linx_window_kind kind;
	uint32_t count; /* how many matches or values, or steps (from 2), make an alert */
	uint64_t within_ns; /* the first and the last of them are at most so far apart */
	uint32_t keys; /* most keys that are remembered */
	size_t bytes; /* most bytes of all keys with what is remembered of them */
};

struct linx_window_bytes {
	const void *data;
	size_t n;
};

struct linx_window;

/* Makes a window without keys. -ENOMEM; -EINVAL: a bound of opts is not kept */
int linx_window_new(const struct linx_window_opts *opts, struct linx_window **out);
/* w may be NULL. */
void linx_window_free(struct linx_window *w);
/*
 * Take a match at a time, in ns: with the value that is counted, for VALUES; as a step from 0, for SEQUENCE. True: it
 * completes what makes an alert, and its key begins anew. A match that is earlier than the one before takes its place
 * in time if it counts, and is no step behind a later one. Without memory the key is forgotten.
 */
bool linx_window_count(struct linx_window *w, uint64_t time, struct linx_window_bytes key, struct linx_window_bytes value);
bool linx_window_step(struct linx_window *w, uint64_t time, struct linx_window_bytes key, unsigned int step);
/* Notes a match of a key that the caller had no memory for. */
void linx_window_miss(struct linx_window *w, uint64_t time);
/* Forgets all keys, as if nothing had been. */
void linx_window_clear(struct linx_window *w);

/* Time between the first and the last match of the last alert. */
uint64_t linx_window_get_span_ns(const struct linx_window *w);
/* True if a key was forgotten within the time before the last alert: it may have had more. */
bool linx_window_is_at_least(const struct linx_window *w);
/* Keys that are remembered, and keys that were forgotten at a bound while they still mattered. */
uint32_t linx_window_get_keys(const struct linx_window *w);
uint64_t linx_window_get_forgotten(const struct linx_window *w);

#endif
