/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the records of a call tell of its descriptors, and looking it up by
 * number. Values are hostile: what does not fit into one is not there.
 */
#ifndef LINX_FDS_H
#define LINX_FDS_H

#include <linx/linx.h>

struct linx_event;

/* Of one event; the memory is used again for the next. */
struct linx_fds {
	struct linx_descriptor *items;
	unsigned int n, cap;
	bool entered; /* there is an entry record: what it does not tell was not there yet */
};

/* Forget what is told of the event before. */
static inline void linx_fds_begin(struct linx_fds *fds)
{
	fds->n = 0;
	fds->entered = false;
}
/* Add what a value tells, of linx_val.arg field. Without memory less is known. */
void linx_fds_add(struct linx_fds *fds, const struct linx_value *v, unsigned int field, bool entry);
/* The entry that told of some may be another call's: they are not known. */
void linx_fds_drop_entry(struct linx_fds *fds);
void linx_fds_free(struct linx_fds *fds);

/*
 * A descriptor of the caller. late: as it is when the call returns; else as it
 * was before. Where only the other one can be known, that. NULL: nothing was told.
 */
const struct linx_descriptor *linx_fds_find(const struct linx_fds *fds, int32_t fd, bool late);
/* A descriptor of another process that is an argument; NULL: it is none. */
const struct linx_descriptor *linx_fds_find_foreign(const struct linx_fds *fds, unsigned int arg,
						    int32_t fd);
/* What the call returned; NULL: no descriptor. */
const struct linx_descriptor *linx_fds_result(const struct linx_fds *fds);

/* "file", "socket" ...; NULL: not known. */
const char *linx_fd_type_name(unsigned int type);
/* Is its path known, if perhaps not whole? */
static inline bool linx_fd_has_path(const struct linx_descriptor *d)
{
	return d->path_state == LINX_WHOLE || d->path_state == LINX_TRUNCATED;
}
/* Its path without the mark of a deleted file. */
uint32_t linx_fd_path_len(const struct linx_descriptor *d);
/*
 * A number that follows label in what an eventfd or a signalfd tells of itself,
 * "eventfd-count:" for instance. False: it is not there.
 */
bool linx_fd_info(const struct linx_descriptor *d, const char *label, unsigned int base,
		  uint64_t *n);

#endif
