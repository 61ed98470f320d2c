/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A record with its pieces, and the position where it stands. */
#ifndef LINX_GROUP_H
#define LINX_GROUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct linx_rec;

/* Where a record stands: its CPU, and its number there. */
struct linx_position {
	uint64_t seq;
	uint32_t cpu;
};
/* Member by member: what was just stored in two pieces is not waited for. */
static inline void linx_position_set(struct linx_position *to, const struct linx_position *from)
{
	to->seq = from->seq;
	to->cpu = from->cpu;
}

/* A record with its pieces: contiguous bytes of one lane. */
struct linx_group {
	const struct linx_rec *rec; /* checked by linx_rec_fits() */
	size_t len; /* of rec and its pieces */
	struct linx_position position; /* cpu: its lane */
	bool late; /* older than what was released before it */
	bool hole; /* numbers of its CPU are missing before it, and no GAP tells why */
};

#endif
