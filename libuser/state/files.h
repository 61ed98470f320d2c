/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Tables of descriptors. Fork shares a table until one side changes it: copies are made of
 * leaves of 64 descriptors and the at most four nodes above. So a fork costs the same for a
 * table of any size, and the first change after it copies one path from the root. Cost does
 * not grow with the distance between numbers. A table that lacked memory, or exceeded the
 * room, reports that it is incomplete.
 */
#ifndef LINX_FILES_H
#define LINX_FILES_H

#include <linx/state.h>

#include "base/id_map.h"

/* State common to all tables of a source. */
struct linx_files_account {
	size_t *room; /* memory budget left, in bytes */
	uint64_t generation; /* generation of the newest change */
	uint64_t lost_until; /* stream time up to which records of changes were lost; 0: none were */
	struct linx_id_map by_id;
};

int linx_files_begin(struct linx_files_account *a, size_t *room);
/* Frees the account; all tables must be gone. */
void linx_files_end(struct linx_files_account *a);

/*
 * Gives the table the kernel's number (linx_who.files) and takes it from any other table: the
 * kernel uses numbers again. 0: none.
 */
void linx_files_set_id(struct linx_files *f, uint64_t id);
uint64_t linx_files_get_id(const struct linx_files *f);
/* Table with this number; NULL: none. */
struct linx_files *linx_files_by_id(const struct linx_files_account *a, uint64_t id);

/* Makes an empty, incomplete table with one reference; NULL: no memory, or no room. */
struct linx_files *linx_files_new(struct linx_files_account *a);
/* Makes a table with the same contents, one reference and no number; NULL: no memory, or no room. */
struct linx_files *linx_files_copy(struct linx_files *f);
struct linx_files *linx_files_get(struct linx_files *f);
/*
 * True if more than one task has the table, or had it at any time since the previous call.
 * Called once per copy that the kernel makes: tasks that share the original may have changed
 * it while it was copied.
 */
bool linx_files_was_shared(struct linx_files *f);
/*
 * Marks that descriptors may be other files than recorded. The table is incomplete until the
 * next reset, whatever records follow.
 */
void linx_files_doubt(struct linx_files *f);
void linx_files_put(struct linx_files *f); /* f may be NULL */

/* Empties the table, as of this stream time: losses of records up to then do not concern it. */
void linx_files_reset(struct linx_files *f, uint64_t time);
/* Notes that all open descriptors are known as of this stream time. */
void linx_files_know(struct linx_files *f, uint64_t time);
/*
 * Call before the table is shown. early: the event is older than the contents, so the table
 * counts as incomplete.
 */
void linx_files_look(struct linx_files *f, bool early);
/*
 * Notes that a snapshot applied ahead of its place had read the table by this stream time:
 * earlier events may see descriptors that were not open yet. The note belongs to the table and
 * not to a task, since a task announced later may share the table through the number. A copy
 * has no such note: its maker calls linx_files_doubt() if the copy is of an earlier time.
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
/* Apply close_range(2): without flags, and with CLOSE_RANGE_CLOEXEC. */
void linx_files_close_range(struct linx_files *f, uint32_t first, uint32_t last);
void linx_files_mark_range(struct linx_files *f, uint32_t first, uint32_t last);
/*
 * Applies a bitmap of open descriptors: those below its end whose bit is 0 are closed. An open descriptor that
 * is not known makes the table incomplete. all: the bitmap covers the whole table.
 */
void linx_files_match(struct linx_files *f, const uint8_t *map, uint32_t size, bool all);
/* Closes the descriptors that exec closes. */
void linx_files_exec(struct linx_files *f);

#endif
