// SPDX-License-Identifier: LGPL-2.1-or-later
/* A hash table with chains: see base/id_map.h. */
#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>

#include "base/id_map.h"

#define BUCKETS_MIN 256u

int linx_id_map_new(struct linx_id_map *t)
{
	*t = (struct linx_id_map){ .nbuckets = BUCKETS_MIN };
	/* Early at boot there can be no seed. The hash is then predictable, and a hostile file can make chains long. */
	if (getrandom(&t->seed, sizeof(t->seed), GRND_NONBLOCK) < 0)
		t->seed = 0;
	t->buckets = calloc(t->nbuckets, sizeof(struct linx_numbered *));
	return t->buckets ? 0 : -ENOMEM;
}

void linx_id_map_free(struct linx_id_map *t)
{
	free(t->buckets);
	t->buckets = NULL;
}

static struct linx_numbered **bucket_of(const struct linx_id_map *t, uint64_t number)
{
	uint64_t h = (number ^ t->seed) * 0x9e3779b97f4a7c15u;

	h = (h ^ h >> 32) * 0x9e3779b97f4a7c15u;
	return &t->buckets[h >> 32 & (t->nbuckets - 1)];
}

struct linx_numbered *linx_id_map_find(const struct linx_id_map *t, uint64_t number)
{
	struct linx_numbered *one = number ? *bucket_of(t, number) : NULL;

	while (one && one->number != number)
		one = one->next;
	return one;
}

static void put_in(struct linx_id_map *t, struct linx_numbered *one)
{
	struct linx_numbered **bucket = bucket_of(t, one->number);

	one->next = *bucket;
	*bucket = one;
}

static void take_out(struct linx_id_map *t, struct linx_numbered *one)
{
	struct linx_numbered **at;

	if (!one->number)
		return;
	for (at = bucket_of(t, one->number); *at != one; at = &(*at)->next)
		;
	*at = one->next;
	one->number = 0;
	t->n--;
}

/* Doubles the number of buckets. If there is no memory, nothing changes, and the chains become longer. */
static void grow(struct linx_id_map *t)
{
	struct linx_numbered **old = t->buckets, *one, *next;
	size_t n = t->nbuckets;
	struct linx_numbered **larger = calloc(n * 2, sizeof(struct linx_numbered *));

	if (!larger)
		return;
	t->buckets = larger;
	t->nbuckets = n * 2;
	for (size_t i = 0; i < n; i++)
		for (one = old[i]; one; one = next) {
			next = one->next;
			put_in(t, one);
		}
	free(old);
}

void linx_id_map_set(struct linx_id_map *t, struct linx_numbered *one, uint64_t number)
{
	struct linx_numbered *other;

	if (one->number == number)
		return;
	other = linx_id_map_find(t, number);
	if (other)
		take_out(t, other);
	take_out(t, one);
	if (!number)
		return;
	if (++t->n > t->nbuckets)
		grow(t);
	one->number = number;
	put_in(t, one);
}
