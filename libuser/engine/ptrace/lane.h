/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A queue of records in memory. Records, with their pieces, are appended at one end and consumed at the other, and
 * never move.
 */
#ifndef LINX_ENGINE_PTRACE_LANE_H
#define LINX_ENGINE_PTRACE_LANE_H

#include <stddef.h>
#include <stdint.h>

struct linx_lane_block;

struct linx_lane {
	struct linx_lane_block *first, *last;
};

/* Reserves room at the end for as many bytes as "most"; returns where it begins. NULL: no memory. */
uint8_t *linx_lane_reserve(struct linx_lane *l, size_t most);
/* Appends the first len of the reserved bytes, which have been written. */
void linx_lane_commit(struct linx_lane *l, size_t len);
/*
 * Returns the first records that were not consumed: *len bytes, which stay where they are until they are consumed.
 * NULL: there are no such records.
 */
const uint8_t *linx_lane_front(const struct linx_lane *l, size_t *len);
void linx_lane_consume(struct linx_lane *l, size_t len);
void linx_lane_free(struct linx_lane *l);

#endif
