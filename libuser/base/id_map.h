/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Map of objects by the number that the kernel gave them. A number belongs to one object at a
 * time, since the kernel uses numbers again. The objects contain the nodes.
 */
#ifndef LINX_ID_MAP_H
#define LINX_ID_MAP_H

#include <stddef.h>
#include <stdint.h>

struct linx_numbered {
	uint64_t number; /* 0: none */
	struct linx_numbered *next; /* same bucket */
};

struct linx_id_map {
	struct linx_numbered **buckets;
	size_t nbuckets, n; /* nbuckets is a power of two */
	uint64_t seed; /* random, so that a hostile file cannot put all of its numbers into one bucket */
};

/* Makes an empty map. -ENOMEM */
int linx_id_map_new(struct linx_id_map *t);
/* Frees the buckets; the nodes belong to the objects. */
void linx_id_map_free(struct linx_id_map *t);

/* Node with this number; NULL: none. */
struct linx_numbered *linx_id_map_find(const struct linx_id_map *t, uint64_t number);
/* Gives a number to a node and takes it from any other. 0: the node loses its number. */
void linx_id_map_set(struct linx_id_map *t, struct linx_numbered *one, uint64_t number);

#endif
