// SPDX-License-Identifier: LGPL-2.1-or-later
/* The groups of an aggregate, in a hash table by their encoded keys. */
#include <stdlib.h>
#include <string.h>

#include "aggregate/hash.h"
#include "aggregate/own.h"

#define BUCKETS_MIN 64u

struct linx_tally *linx_tally_new(struct linx_aggregate *a, size_t key_len)
{
	size_t size = sizeof(struct linx_tally) + a->nslots + key_len;
	struct linx_tally *g = calloc(1, size);

	if (g)
		a->bytes += size;
	return g;
}

/*
 * Doubles the number of buckets. If there is no memory, the number does not change, and the chains become longer.
 * False: there are no buckets at all.
 */
static bool grow_buckets(struct linx_aggregate *a)
{
	uint32_t n = a->buckets ? 2 * (a->mask + 1) : BUCKETS_MIN;
	struct linx_tally **buckets = calloc(n, sizeof(struct linx_tally *));

	if (!buckets)
		return a->buckets;
	for (uint32_t i = 0; i < a->ngroups; i++) {
		struct linx_tally *g = a->groups[i];

		g->next = buckets[g->hash & (n - 1)];
		buckets[g->hash & (n - 1)] = g;
	}
	free(a->buckets);
	a->buckets = buckets;
	a->mask = n - 1;
	return true;
}

/* Makes room for one more group in the table and in the list of groups. False: no memory. */
static bool make_room(struct linx_aggregate *a)
{
	uint32_t room = a->room ? 2 * a->room : BUCKETS_MIN;
	struct linx_tally **groups;

	if ((!a->buckets || a->ngroups > a->mask) && !grow_buckets(a))
		return false;
	if (a->ngroups < a->room)
		return true;
	groups = realloc(a->groups, room * sizeof(struct linx_tally *));
	if (!groups)
		return false;
	a->groups = groups;
	a->room = room;
	return true;
}

static struct linx_tally *add_group(struct linx_aggregate *a, size_t len, uint64_t hash)
{
	unsigned char shown[LINX_AGGREGATE_KEY_BYTES];
	size_t shown_len = linx_aggregate_show(shown, a->key, len);
	struct linx_tally *g = make_room(a) ? linx_tally_new(a, len + shown_len) : NULL;

	if (!g)
		return NULL;
	g->hash = hash;
	g->number = a->ngroups;
	g->len = (uint32_t)len;
	g->shown_len = (uint32_t)shown_len;
	memcpy(linx_tally_key(a, g), a->key, len);
	memcpy(linx_tally_key(a, g) + len, shown, shown_len);
	g->next = a->buckets[hash & a->mask];
	a->buckets[hash & a->mask] = g;
	a->groups[a->ngroups++] = g;
	return g;
}

static struct linx_tally *fold(struct linx_aggregate *a)
{
	if (!a->folded)
		a->folded = linx_tally_new(a, 0);
	return a->folded;
}

/* Compares two keys. A number, the most frequent key, has 9 bytes, which are compared as two words that overlap. */
static inline bool are_equal(const unsigned char *x, const unsigned char *y, size_t len)
{
	uint64_t a[2], b[2];

	if (len < 8 || len > 16)
		return !memcmp(x, y, len);
	memcpy(&a[0], x, 8);
	memcpy(&b[0], y, 8);
	memcpy(&a[1], x + len - 8, 8);
	memcpy(&b[1], y + len - 8, 8);
	return a[0] == b[0] && a[1] == b[1];
}

static bool has_key(const struct linx_aggregate *a, const struct linx_tally *g, size_t len)
{
	return g->len == len && are_equal(linx_tally_key(a, g), a->key, len);
}

struct linx_tally *linx_groups_get(struct linx_aggregate *a, size_t len)
{
	struct linx_tally *g = a->latest;
	uint64_t hash;

	/* a task makes many calls before another one runs: most events are of the group of the event before */
	if (g && has_key(a, g, len))
		return g;
	hash = linx_hash_bytes(a->seed, a->key, len);
	g = a->buckets ? a->buckets[hash & a->mask] : NULL;
	while (g && (g->hash != hash || !has_key(a, g, len)))
		g = g->next;
	a->latest = g;
	if (g)
		return g;
	if (a->ngroups >= a->most || a->bytes >= a->most_bytes)
		return fold(a);
	return add_group(a, len, hash);
}

static void free_group(struct linx_aggregate *a, struct linx_tally *g)
{
	if (g)
		linx_slots_free(a, g);
	free(g);
}

void linx_groups_clear(struct linx_aggregate *a)
{
	for (uint32_t i = 0; i < a->ngroups; i++)
		free_group(a, a->groups[i]);
	free_group(a, a->folded);
	free_group(a, a->total);
	a->folded = a->total = a->latest = a->quick_latest = NULL;
	if (a->by_call)
		memset(a->by_call, 0, LINX_AGGREGATE_CALLS * sizeof(*a->by_call));
	a->ngroups = 0;
	a->bytes = 0;
	if (a->buckets)
		memset(a->buckets, 0, ((size_t)a->mask + 1) * sizeof(*a->buckets));
}
