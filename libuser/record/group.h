/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A group: a record with its pieces, and its position. */
#ifndef LINX_GROUP_H
#define LINX_GROUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct linx_rec;

/* Position of a record: its CPU, and its number there. */
struct linx_position {
	uint64_t seq;
	uint32_t cpu;
};
/* Copies by member: a load of the whole would wait for stores of two members just done. */
static inline void linx_position_set(struct linx_position *to, const struct linx_position *from)
{
	to->seq = from->seq;
	to->cpu = from->cpu;
}

/* A record with its pieces: contiguous bytes of one lane. */
struct linx_group {
	const struct linx_rec *rec; /* checked by linx_rec_fits() */
	size_t len; /* bytes of rec and its pieces */
	struct linx_position position; /* cpu: lane of the record */
	bool late; /* older than a group released before it */
	bool hole; /* numbers of its CPU are missing before it without a GAP record */
};

#endif
