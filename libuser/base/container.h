/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finds the container of a process in the path of its cgroup. */
#ifndef LINX_CONTAINER_H
#define LINX_CONTAINER_H

#include <stdbool.h>
#include <stddef.h>

struct linx_container {
	const char *runtime; /* name of the runtime: see linx_process.runtime */
	char id[256]; /* id that the runtime uses: 64 hex digits, or a name */
	size_t end; /* length of the path up to the end of the directory with the id */
};
/* Number of hexadecimal digits of an id that a runtime makes. */
#define LINX_CONTAINER_ID_LEN 64u

/* Finds the innermost container in the path of a cgroup. False: there is no container. */
bool linx_container_find(const char *cgroup, struct linx_container *c);
/*
 * Finds the outermost container in the path of a cgroup, which a runtime of the machine itself made. False: there is no
 * container.
 */
bool linx_container_find_outer(const char *cgroup, struct linx_container *c);
/* True if s is an id of 64 hex digits, not a name. */
bool linx_container_is_id(const char *s, size_t n);

#endif
