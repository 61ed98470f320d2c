/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Container of a process, found in the path of its cgroup. */
#ifndef LINX_CONTAINER_H
#define LINX_CONTAINER_H

#include <stdbool.h>

struct linx_container {
	const char *runtime; /* see linx_process.runtime */
	char id[256]; /* id that the runtime uses: 64 hex digits, or a name */
};

/* Finds the innermost container in the path of a cgroup. False: none. */
bool linx_container_find(const char *cgroup, struct linx_container *c);

#endif
