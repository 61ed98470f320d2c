/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Things that the kernel gave a number, by that. A number belongs to one of
 * them at a time: it is used again. What has one holds the node.
 */
#ifndef LINX_NUMBERS_H
#define LINX_NUMBERS_H

#include <stddef.h>
#include <stdint.h>

struct linx_numbered {
	uint64_t number; /* 0: none */
	struct linx_numbered *next; /* same bucket */
};

struct linx_id_map {
	struct linx_numbered **buckets;
	size_t nbuckets, n; /* a power of two */
	uint64_t seed; /* numbers of a hostile file must not all meet in one bucket */
};

/* -ENOMEM */
int linx_id_map_new(struct linx_id_map *t);
/* Nothing has a number any more. */
void linx_id_map_free(struct linx_id_map *t);

/* NULL: nobody has it. */
struct linx_numbered *linx_id_map_find(const struct linx_id_map *t, uint64_t number);
/* It is this one's from now on, and no other's. 0: it has none. */
void linx_id_map_set(struct linx_id_map *t, struct linx_numbered *one, uint64_t number);

#endif
