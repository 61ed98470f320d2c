/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which container a process is in: what its cgroup says. */
#ifndef LINX_CONTAINER_H
#define LINX_CONTAINER_H

#include <stdbool.h>

struct linx_container {
	const char *runtime; /* see linx_process.runtime */
	char id[256]; /* as the runtime names it: 64 hex digits, or a name */
};

/* The innermost container that the path of a cgroup tells of. */
bool linx_container_find(const char *cgroup, struct linx_container *c);

#endif
