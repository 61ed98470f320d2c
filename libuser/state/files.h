/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Tables of descriptors, as trees. After a fork, parent and child share the tree. A change then copies one leaf (64
 * descriptors) and the nodes above it, at most four. So a fork costs the same for a table of any size, and the cost of
 * a change does not grow with the distance between descriptor numbers. If there is not enough memory, or not enough
 * left of the budget "room", for a change, the table reports that it is incomplete.
 */
#ifndef LINX_FILES_H
#define LINX_FILES_H

#include <linx/state.h>

#include "base/id_map.h"

/* State common to all tables of a source. */
struct linx_files_account {
	size_t *room; /* memory budget left, in bytes */
	uint64_t generation; /* number of the newest change, counted over all tables */
	uint64_t lost_until; /* stream time up to which records of changes were lost; 0: no records were lost */
	struct linx_id_map by_id; /* tables by the number that the kernel gave them */
};

int linx_files_begin(struct linx_files_account *a, size_t *room);
/* Frees the account. All tables must have been freed before. */
void linx_files_end(struct linx_files_account *a);

/*
 * Sets the number by which the kernel's records name the table (linx_who.files). Another table that has this number
 * loses it, since the kernel reuses numbers. 0: no number.
 */
void linx_files_set_id(struct linx_files *f, uint64_t id);
uint64_t linx_files_get_id(const struct linx_files *f);
/* Finds the table with this number; NULL: there is no such table. */
struct linx_files *linx_files_by_id(const struct linx_files_account *a, uint64_t id);

/* Makes an empty, incomplete table with one reference; NULL: no memory, or no room. */
struct linx_files *linx_files_new(struct linx_files_account *a);
/* Makes a table with the same contents, one reference and no number; NULL: no memory, or no room. */
struct linx_files *linx_files_copy(struct linx_files *f);
struct linx_files *linx_files_get(struct linx_files *f); /* adds a reference */
/*
 * True if more than one task has the table, or had it at any time since the previous call. Call it when the kernel has
 * copied the table: tasks that share the original table may have changed it while it was copied.
 */
bool linx_files_was_shared(struct linx_files *f);
/*
 * Marks that descriptors may refer to other files than recorded. The table counts as incomplete until the next reset,
 * even if records of changes follow.
 */
void linx_files_doubt(struct linx_files *f);
void linx_files_put(struct linx_files *f); /* drops a reference; f may be NULL */

/* Empties the table, as of this stream time: records lost before that time do not make it incomplete. */
void linx_files_reset(struct linx_files *f, uint64_t time);
/* Sets the stream time from which on all open descriptors are known. */
void linx_files_know(struct linx_files *f, uint64_t time);
/*
 * Prepares the table to be shown with an event. early: the event is older than the table's contents, so the table
 * counts as incomplete
 */
void linx_files_look(struct linx_files *f, bool early);
/*
 * Sets the stream time at which a snapshot that was applied early had read the table: for events before that time, the
 * table may show descriptors that were not open yet. The time belongs to the table and not to a task, since tasks that
 * appear later may share the table by its number. A copy of the table does not get this time: a caller that copies a
 * table for an earlier time must call linx_files_doubt().
 */
void linx_files_settle(struct linx_files *f, uint64_t time);
uint64_t linx_files_settled(const struct linx_files *f);
/*
 * Sets whether every open descriptor has been recorded. If there was no room for a descriptor, the table stays
 * incomplete until the next reset, even if it is set to complete here.
 */
void linx_files_set_complete(struct linx_files *f, bool complete);
/* Sets the description of a descriptor. path and info are copied. */
void linx_files_set(struct linx_files *f, const struct linx_descriptor *d);
void linx_files_close(struct linx_files *f, int32_t fd);
/* linx_files_close_range() applies close_range(2) without flags, linx_files_mark_range() with CLOSE_RANGE_CLOEXEC. */
void linx_files_close_range(struct linx_files *f, uint32_t first, uint32_t last);
void linx_files_mark_range(struct linx_files *f, uint32_t first, uint32_t last);
/*
 * Applies a bitmap, of "size" bytes, of the open descriptors. Descriptors in the table whose bit is 0 are closed. A bit
 * of 1 for a descriptor that is not in the table makes the table incomplete. all: the bitmap covers the whole table,
 * and descriptors beyond its end are closed, too
 */
void linx_files_match(struct linx_files *f, const uint8_t *map, uint32_t size, bool all);
/* Closes the descriptors that exec closes. */
void linx_files_exec(struct linx_files *f);

#endif
