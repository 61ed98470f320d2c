/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Runtimes' files about a container, and the check that they are of that container. */
#ifndef LINX_RUNTIME_H
#define LINX_RUNTIME_H

#include "base/container.h"
#include "metadata/container_info.h"

/*
 * Read what the runtimes below the directory root store about the container c, in which a process is; path:
 * the cgroup up to the container. Sets the reason if nothing is known; true: that may change soon.
 */
bool linx_runtime_ask(int root, const struct linx_container *c, const char *path, struct linx_container_own *own);

/* True if path is the cgroup that a runtime makes when its bundle's cgroupsPath is asked. */
bool linx_runtime_made(const char *wanted, const char *path);

#endif
