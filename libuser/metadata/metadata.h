/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Descriptions of the containers of a source, found by the cgroups of processes. They are cached; their number and the
 * rate of look-ups are bounded.
 */
#ifndef LINX_METADATA_H
#define LINX_METADATA_H

#include <linx/state.h>

struct linx_metadata;

int linx_metadata_new(struct linx_metadata **out);
void linx_metadata_free(struct linx_metadata *m);
/* Reads runtimes' files below this directory from now on. 0 or -errno. */
int linx_metadata_read(struct linx_metadata *m, const char *root);

/*
 * Takes what linx-pods keeps in this file from now on: see linx_read_pods(). 0, -ENOMEM, or why the file could not be
 * read, which is tried again.
 */
int linx_metadata_read_pods(struct linx_metadata *m, const char *path, uint32_t owner);
/* Returns why the file of pods could not be read, as -errno, once for each reason; 0: there is nothing to report. */
int linx_metadata_pods_error(struct linx_metadata *m);
/* Path of the file of pods; NULL: none is read. */
const char *linx_metadata_pods_path(const struct linx_metadata *m);

/*
 * Finds the description of the container to which a cgroup belongs. now: stream time. NULL: the cgroup is in no
 * container, or the container is not known. The result is valid until the second call with another cgroup.
 */
const struct linx_container_info *linx_metadata_find(struct linx_metadata *m, const char *cgroup, uint64_t now);
/* Finds the description of a process's container like linx_metadata_find(), with a cache of the last results. */
const struct linx_container_info *linx_metadata_of(struct linx_metadata *m, const struct linx_process *p, uint64_t now);

/*
 * Returns a number that is raised when any description can have changed. While it stays, linx_metadata_of() has the same
 * result for a process.
 */
uint64_t linx_metadata_generation(const struct linx_metadata *m);

/* Adds the containers in the payload of a METADATA block. -EBADMSG, -ENOMEM. */
int linx_metadata_take(struct linx_metadata *m, const char *json, size_t len);
/*
 * Makes the payload of the next METADATA block for a capture file that is being written. The caller frees the payload.
 * NULL: all known containers have been returned.
 */
char *linx_metadata_give(struct linx_metadata *m);

#endif
