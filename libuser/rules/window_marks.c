// SPDX-License-Identifier: LGPL-2.1-or-later
/* Matches that a window remembers for one key: their times, or values with their times, or steps of a sequence. */
#include <stdlib.h>
#include <string.h>

#include "rules/window_own.h"

/*
 * Doubles an array whose elements have this size. The array stays below four times the number of matches that make an
 * alert.
 */
static bool grow(struct linx_window_key *k, void **array, size_t size)
{
	uint32_t cap = k->cap ? 2 * k->cap : 4;
	void *p = realloc(*array, cap * size);

	if (!p)
		return false;
	*array = p;
	k->bytes += (cap - k->cap) * size;
	k->cap = cap;
	return true;
}

static void look(struct linx_window_key *k, uint64_t time)
{
	if (time > k->newest)
		k->newest = time;
}

static bool is_past(const struct linx_window *w, const struct linx_window_key *k, uint64_t time)
{
	return k->newest - time > w->opts.within_ns;
}

/* ---- times ---------------------------------------------------------------------------------- */

/*
 * Makes room for one more time. Times are dropped at the front of the array. The rest is moved to the front only when
 * at least as many were dropped as remain, to keep the average cost low.
 */
static bool make_room(struct linx_window_key *k)
{
	void *times = k->times;

	if (k->first + k->n < k->cap)
		return true;
	if (k->first >= k->n && k->first) {
		memmove(k->times, k->times + k->first, k->n * sizeof(*k->times));
		k->first = 0;
		return true;
	}
	if (!grow(k, &times, sizeof(*k->times)))
		return false;
	k->times = times;
	return true;
}

bool linx_window_add_time(const struct linx_window *w, struct linx_window_key *k, uint64_t time)
{
	uint64_t *t;
	uint32_t at;

	if (!make_room(k))
		return false;
	look(k, time);
	t = k->times + k->first;
	for (at = k->n; at && t[at - 1] > time; at--)
		t[at] = t[at - 1];
	t[at] = time;
	k->n++;
	for (; k->n && is_past(w, k, k->times[k->first]); k->n--)
		k->first++;
	return true;
}

/* ---- values --------------------------------------------------------------------------------- */

static void drop_value(struct linx_window_key *k, uint32_t i)
{
	k->bytes -= k->values[i].n;
	free(k->values[i].data);
	k->values[i] = k->values[--k->n];
}

static struct linx_window_value *find_value(const struct linx_window_key *k, struct linx_window_bytes value, uint64_t hash)
{
	for (uint32_t i = 0; i < k->n; i++) {
		struct linx_window_value *v = &k->values[i];

		if (v->hash == hash && v->n == value.n && (!value.n || !memcmp(v->data, value.data, value.n)))
			return v;
	}
	return NULL;
}

static struct linx_window_value *new_value(struct linx_window_key *k, struct linx_window_bytes value, uint64_t hash)
{
	struct linx_window_value *v;
	void *values = k->values;

	if (k->n == k->cap && !grow(k, &values, sizeof(*v)))
		return NULL;
	k->values = values;
	v = &k->values[k->n];
	*v = (struct linx_window_value){ .hash = hash, .n = value.n, .data = malloc(value.n + 1) };
	if (!v->data)
		return NULL;
	if (value.n)
		memcpy(v->data, value.data, value.n);
	k->bytes += value.n;
	k->n++;
	return v;
}

bool linx_window_add_value(const struct linx_window *w, struct linx_window_key *k, uint64_t time, struct linx_window_bytes value)
{
	uint64_t hash = linx_siphash(&w->seed, value.data, value.n);
	struct linx_window_value *v = find_value(k, value, hash);

	if (!v)
		v = new_value(k, value, hash);
	if (!v)
		return false;
	if (time > v->time)
		v->time = time;
	look(k, time);
	for (uint32_t i = k->n; i--;)
		if (is_past(w, k, k->values[i].time))
			drop_value(k, i);
	return true;
}

/* ---- steps ---------------------------------------------------------------------------------- */

/*
 * Remembers a step of a sequence. If this step continues several first steps of the key, only the latest first step is
 * kept: a step that completes the sequence in time after an earlier first step also does so after the latest one.
 */
bool linx_window_add_step(const struct linx_window *w, struct linx_window_key *k, uint64_t time, unsigned int step)
{
	struct linx_window_steps *to, *from;
	uint32_t n = w->opts.count - 1;

	if (!k->steps) {
		k->steps = calloc(n, sizeof(*k->steps));
		if (!k->steps)
			return false;
		k->cap = n;
		k->bytes += n * sizeof(*k->steps);
	}
	from = step ? &k->steps[step - 1] : NULL;
	to = &k->steps[step];
	if (to->reached && to->first >= (from ? from->first : time))
		return true;
	*to = (struct linx_window_steps){ .first = from ? from->first : time, .last = time, .reached = true };
	look(k, time);
	return true;
}

/* ---- all ------------------------------------------------------------------------------------ */

uint64_t linx_window_marks_span(const struct linx_window *w, const struct linx_window_key *k)
{
	uint64_t least = k->newest;

	if (w->opts.kind == LINX_WINDOW_COUNT && k->n)
		least = k->times[k->first];
	for (uint32_t i = 0; w->opts.kind == LINX_WINDOW_VALUES && i < k->n; i++)
		least = k->values[i].time < least ? k->values[i].time : least;
	return k->newest - least;
}

void linx_window_marks_free(const struct linx_window *w, struct linx_window_key *k)
{
	while (w->opts.kind == LINX_WINDOW_VALUES && k->n)
		drop_value(k, k->n - 1);
	free(k->times);
	k->times = NULL;
}
