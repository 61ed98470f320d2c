/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads the files of container runtimes about a container, and checks that they are about that container. */
#ifndef LINX_RUNTIME_H
#define LINX_RUNTIME_H

#include "base/container.h"
#include "metadata/container_info.h"

/*
 * Reads the description of container c from the runtimes' files below the directory root to *own. path: path of the
 * container's cgroup. If nothing is known, own->info.reason is set. True: the runtime may write the files soon, so the
 * caller should try again.
 */
bool linx_runtime_ask(int root, const struct linx_container *c, const char *path, struct linx_container_own *own);

/* True if path is the cgroup that a runtime makes for a bundle whose cgroupsPath is wanted. */
bool linx_runtime_made(const char *wanted, const char *path);

#endif
