/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Hash table of objects by the number that the kernel gave them. A number belongs to one object at
 * a time, since the kernel reuses numbers. Each object contains its node, a struct linx_numbered.
 */
#ifndef LINX_ID_MAP_H
#define LINX_ID_MAP_H

#include <stddef.h>
#include <stdint.h>

struct linx_numbered {
	uint64_t number; /* 0: none */
	struct linx_numbered *next; /* next in the same bucket */
};

struct linx_id_map {
	struct linx_numbered **buckets;
	size_t nbuckets, n; /* number of buckets, a power of two; number of nodes */
	uint64_t seed; /* random, so that a hostile file cannot put all of its numbers into one bucket */
};

/* Makes an empty map. -ENOMEM */
int linx_id_map_new(struct linx_id_map *t);
/* Frees the buckets; the nodes belong to the objects. */
void linx_id_map_free(struct linx_id_map *t);

/* Finds the node with this number; NULL: there is no such node. */
struct linx_numbered *linx_id_map_find(const struct linx_id_map *t, uint64_t number);
/* Sets the number of a node. Another node that has this number loses it. 0: the node has no number any more. */
void linx_id_map_set(struct linx_id_map *t, struct linx_numbered *one, uint64_t number);

#endif
