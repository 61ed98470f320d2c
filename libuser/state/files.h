/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Tables of descriptors. What fork copies is shared until one of the two
 * changes it, in leaves of 64 descriptors under at most four nodes more: a table
 * of ten thousand costs a fork nothing, and the first change after it a way down.
 * How high a number is costs no more than that. Where memory or the room for it
 * is missing, the table says that it is not complete.
 */
#ifndef LINX_FILES_H
#define LINX_FILES_H

#include <linx/state.h>

#include "base/id_map.h"

/* What all tables of a source share. */
struct linx_files_account {
	size_t *room; /* bytes that may still be kept */
	uint64_t generation; /* of the newest change */
	uint64_t lost_until; /* stream time up to which records of changes were lost; 0: none were */
	struct linx_id_map by_id;
};

int linx_files_begin(struct linx_files_account *a, size_t *room);
/* All tables are gone. */
void linx_files_end(struct linx_files_account *a);

/*
 * The kernel's number of a table (linx_who.files) belongs to this one from now
 * on, and to no other: numbers are used again.
 */
void linx_files_set_id(struct linx_files *f, uint64_t id);
uint64_t linx_files_get_id(const struct linx_files *f);
/* NULL: not there. */
struct linx_files *linx_files_by_id(const struct linx_files_account *a, uint64_t id);

/* An empty table of which nothing is known, held once; NULL: no memory. */
struct linx_files *linx_files_new(struct linx_files_account *a);
/* Its contents in a table of its own. */
struct linx_files *linx_files_copy(struct linx_files *f);
struct linx_files *linx_files_get(struct linx_files *f);
/*
 * For a copy that the kernel has made: has more than one task this table, or had when
 * the last copy was told of? Then others may have changed it while it was copied.
 */
bool linx_files_was_shared(struct linx_files *f);
/* What it has may be another file by now: it is not complete before the next reset, whatever is told to be open. */
void linx_files_doubt(struct linx_files *f);
void linx_files_put(struct linx_files *f); /* NULL is fine */

/* Nothing is open, and what will be told is of this time, or later. */
void linx_files_reset(struct linx_files *f, uint64_t time);
/* All that is open is known now. */
void linx_files_know(struct linx_files *f, uint64_t time);
/* early: whoever looks asks of a time at which it may not have been so yet. */
void linx_files_look(struct linx_files *f, bool early);
/*
 * A snapshot tells of it what may have become so until then. Of the table, not of
 * a task alone: who had its number before in the stream, and is met later, shares
 * it. A copy is settled: who makes one doubts it, if this was not.
 */
void linx_files_settle(struct linx_files *f, uint64_t time);
uint64_t linx_files_settled(const struct linx_files *f);
/* Whether all has been told. What had no room stays missing until the next reset. */
void linx_files_set_complete(struct linx_files *f, bool complete);
/* A descriptor is this now; path and info are copied. */
void linx_files_set(struct linx_files *f, const struct linx_descriptor *d);
void linx_files_close(struct linx_files *f, int32_t fd);
/* close_range(2), the second with CLOSE_RANGE_CLOEXEC. */
void linx_files_close_range(struct linx_files *f, uint32_t first, uint32_t last);
void linx_files_mark_range(struct linx_files *f, uint32_t first, uint32_t last);
/*
 * Bit n: descriptor n is open, all others up to the end are not. What is open
 * and unknown makes the table incomplete; all: the map has the whole table.
 */
void linx_files_match(struct linx_files *f, const uint8_t *map, uint32_t size, bool all);
/* An exec closes what is marked so. */
void linx_files_exec(struct linx_files *f);

#endif
