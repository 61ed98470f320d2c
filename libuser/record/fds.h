/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Descriptors as the records of a call describe them, with lookup by number. Values may be
 * hostile: parts that would lie beyond the end of a value count as missing.
 */
#ifndef LINX_FDS_H
#define LINX_FDS_H

#include <linx/linx.h>

struct linx_event;

/* Descriptors of one event. The memory is reused for the next event. */
struct linx_fds {
	struct linx_descriptor *items;
	unsigned int n, cap;
	bool entered; /* the call's entry record was read: descriptors that are not in it were not open at entry */
};

/* Empties the list for the next event. */
static inline void linx_fds_begin(struct linx_fds *fds)
{
	fds->n = 0;
	fds->entered = false;
}
/* Adds the descriptor in a value. field: linx_val.arg of the value. Without memory the descriptor is left out. */
void linx_fds_add(struct linx_fds *fds, const struct linx_value *v, unsigned int field, bool entry);
/* Drops the descriptors of the entry record, which may belong to another call. */
void linx_fds_drop_entry(struct linx_fds *fds);
void linx_fds_free(struct linx_fds *fds);

/*
 * Finds a descriptor of the calling process, as it was at return (late) or at entry. If only the description at the
 * other moment is recorded, this description is returned. NULL: not recorded.
 */
const struct linx_descriptor *linx_fds_find(const struct linx_fds *fds, int32_t fd, bool late);
/* Finds a descriptor of another process that is argument arg, as for pidfd_getfd(2). NULL: not recorded. */
const struct linx_descriptor *linx_fds_find_foreign(const struct linx_fds *fds, unsigned int arg,
						    int32_t fd);
/* Returns the descriptor that the call returned; NULL: it returned no descriptor, or it was not recorded. */
const struct linx_descriptor *linx_fds_result(const struct linx_fds *fds);

/* Returns the name of an enum linx_fd_type: "file", "socket" ...; NULL: not known. */
const char *linx_fd_type_name(unsigned int type);
/* True if the path is known, perhaps truncated. */
static inline bool linx_fd_has_path(const struct linx_descriptor *d)
{
	return d->path_state == LINX_WHOLE || d->path_state == LINX_TRUNCATED;
}
/* Returns the length of the path without " (deleted)", which the kernel appends for a deleted file. */
uint32_t linx_fd_path_len(const struct linx_descriptor *d);
/*
 * Reads the number after a label such as "eventfd-count:" in the text of an eventfd or signalfd. False: the text has no
 * such label.
 */
bool linx_fd_info(const struct linx_descriptor *d, const char *label, unsigned int base,
		  uint64_t *n);

#endif
