/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Containers of a source by the cgroups of their processes: read once, kept, and bounded in number and rate. */
#ifndef LINX_METADATA_H
#define LINX_METADATA_H

#include <linx/state.h>

struct linx_metadata;

int linx_metadata_new(struct linx_metadata **out);
void linx_metadata_free(struct linx_metadata *m);
/* Reads runtimes' files below this directory from now on. 0 or -errno. */
int linx_metadata_read(struct linx_metadata *m, const char *root);

/*
 * Facts of the container with this cgroup, at this time of the stream. NULL: in no container, or nothing is
 * known. Valid until the second call with another cgroup.
 */
const struct linx_container_info *linx_metadata_find(struct linx_metadata *m, const char *cgroup, uint64_t now);
/* Like linx_metadata_find(), for a process, whose last answer is cached. */
const struct linx_container_info *linx_metadata_of(struct linx_metadata *m, const struct linx_process *p, uint64_t now);

/* Takes the payload of a METADATA block. -EBADMSG, -ENOMEM. */
int linx_metadata_take(struct linx_metadata *m, const char *json, size_t len);
/*
 * Gets the payload of the next METADATA block for a capture that is being written; the caller frees it. NULL:
 * all known containers have been returned.
 */
char *linx_metadata_give(struct linx_metadata *m);

#endif
