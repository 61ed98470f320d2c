/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Tables of descriptors, as trees. After a fork, parent and child share the tree. A change then
 * copies one leaf (64 descriptors) and the nodes above it, at most four. So a fork costs the same
 * for a table of any size, and the cost of a change does not grow with the distance between
 * descriptor numbers. If memory or the budget "room" does not suffice for a change, the table
 * reports that it is incomplete.
 */
#ifndef LINX_FILES_H
#define LINX_FILES_H

#include <linx/state.h>

#include "base/id_map.h"

/* State common to all tables of a source. */
struct linx_files_account {
	size_t *room; /* memory budget left, in bytes */
	uint64_t generation; /* number of the newest change, counted over all tables */
	uint64_t lost_until; /* stream time up to which records of changes were lost; 0: none were */
	struct linx_id_map by_id; /* tables by the number that the kernel gave them */
};

int linx_files_begin(struct linx_files_account *a, size_t *room);
/* Frees the account; all tables must be gone. */
void linx_files_end(struct linx_files_account *a);

/*
 * Sets the number by which the kernel's records name the table (linx_who.files). Any other table
 * with this number loses it, since the kernel reuses numbers. 0: no number.
 */
void linx_files_set_id(struct linx_files *f, uint64_t id);
uint64_t linx_files_get_id(const struct linx_files *f);
/* Finds the table with this number; NULL: none. */
struct linx_files *linx_files_by_id(const struct linx_files_account *a, uint64_t id);

/* Makes an empty, incomplete table with one reference; NULL: no memory, or no room. */
struct linx_files *linx_files_new(struct linx_files_account *a);
/* Makes a table with the same contents, one reference and no number; NULL: no memory, or no room. */
struct linx_files *linx_files_copy(struct linx_files *f);
struct linx_files *linx_files_get(struct linx_files *f); /* adds a reference */
/*
 * True if more than one task has the table, or had it at any time since the previous call.
 * Called when the kernel has copied the table: tasks that share the original may have changed
 * it during the copying.
 */
bool linx_files_was_shared(struct linx_files *f);
/*
 * Marks that descriptors may refer to other files than recorded. The table counts as incomplete
 * until the next reset, whatever records follow.
 */
void linx_files_doubt(struct linx_files *f);
void linx_files_put(struct linx_files *f); /* drops a reference; f may be NULL */

/* Empties the table, as of this stream time: records lost before that time do not make it incomplete. */
void linx_files_reset(struct linx_files *f, uint64_t time);
/* Sets the stream time as of which all open descriptors are known. */
void linx_files_know(struct linx_files *f, uint64_t time);
/*
 * Sets whether the event with which the table is shown next is older than the table's contents
 * (early): the table then counts as incomplete.
 */
void linx_files_look(struct linx_files *f, bool early);
/*
 * Sets the stream time at which a snapshot that was applied early had read the table: for events
 * before that time, the table may show descriptors that were not open yet. The time belongs to the
 * table and not to a task, since tasks that appear later may share the table by its number. A copy
 * does not get it: whoever copies a table for an earlier time calls linx_files_doubt().
 */
void linx_files_settle(struct linx_files *f, uint64_t time);
uint64_t linx_files_settled(const struct linx_files *f);
/*
 * Sets whether every open descriptor has been recorded. A descriptor that had no room leaves
 * the table incomplete until the next reset, whatever is set here.
 */
void linx_files_set_complete(struct linx_files *f, bool complete);
/* Sets what a descriptor refers to; path and info are copied. */
void linx_files_set(struct linx_files *f, const struct linx_descriptor *d);
void linx_files_close(struct linx_files *f, int32_t fd);
/* Applies close_range(2): without flags, and with CLOSE_RANGE_CLOEXEC. */
void linx_files_close_range(struct linx_files *f, uint32_t first, uint32_t last);
void linx_files_mark_range(struct linx_files *f, uint32_t first, uint32_t last);
/*
 * Applies a bitmap of size bytes of the descriptors that are open: descriptors in the table whose bit is 0 are
 * closed. A bit of 1 for a descriptor that the table lacks makes the table incomplete. all: the bitmap covers the
 * whole table, so that descriptors beyond its end are closed too.
 */
void linx_files_match(struct linx_files *f, const uint8_t *map, uint32_t size, bool all);
/* Closes the descriptors that exec closes. */
void linx_files_exec(struct linx_files *f);

#endif
