/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Tables of descriptors. What fork copies is shared until one of the two
 * changes it, in leaves of some descriptors: a table of ten thousand costs a
 * fork nothing, and the first change after it a leaf. Where memory or the room
 * for it is missing, the table says that it is not complete.
 */
#ifndef LINX_FILES_H
#define LINX_FILES_H

#include <linx/state.h>

/* What all tables of a source share. */
struct linx_files_account {
	size_t *room; /* bytes that may still be kept */
	uint64_t generation; /* of the newest change */
};

/* An empty table of which nothing is known, held once; NULL: no memory. */
struct linx_files *linx_files_new(struct linx_files_account *a);
/* Its contents in a table of its own. */
struct linx_files *linx_files_copy(struct linx_files *f);
struct linx_files *linx_files_get(struct linx_files *f);
void linx_files_put(struct linx_files *f); /* NULL is fine */

/* Whether anything is missing. */
void linx_files_set_complete(struct linx_files *f, bool complete);
/* A descriptor is this now; path and info are copied. */
void linx_files_set(struct linx_files *f, const struct linx_descriptor *d);
void linx_files_close(struct linx_files *f, int32_t fd);
/* close_range(2), the second with CLOSE_RANGE_CLOEXEC. */
void linx_files_close_range(struct linx_files *f, uint32_t first, uint32_t last);
void linx_files_mark_range(struct linx_files *f, uint32_t first, uint32_t last);
/* An exec closes what is marked so. */
void linx_files_exec(struct linx_files *f);

#endif
