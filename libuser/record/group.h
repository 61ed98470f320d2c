/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Groups. A group is a record with the pieces that continue it, and the position of the record. */
#ifndef LINX_GROUP_H
#define LINX_GROUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct linx_rec;

/* Position of a record in the stream: its CPU, and its sequence number on that CPU. */
struct linx_position {
	uint64_t seq;
	uint32_t cpu;
};
/*
 * Copies a position member by member. A single load of both members would have to wait for the separate stores that
 * wrote them.
 */
static inline void linx_position_set(struct linx_position *to, const struct linx_position *from)
{
	to->seq = from->seq;
	to->cpu = from->cpu;
}

/* Record with its pieces: contiguous bytes of one lane (the records of one CPU). */
struct linx_group {
	const struct linx_rec *rec; /* first record, which linx_rec_fits() has checked */
	size_t len; /* bytes of rec and its pieces */
	struct linx_position position; /* position of rec; its cpu is the number of the lane */
	bool late; /* a group with a later time was delivered before this group */
	bool hole; /* sequence numbers of the CPU are missing before this group, and no GAP record reports them */
};

#endif
