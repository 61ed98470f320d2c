/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Inode numbers of namespaces, from /proc/PID/ns: see namespaces(7). */
#ifndef LINX_NAMESPACE_H
#define LINX_NAMESPACE_H

#include <stdint.h>
#include <sys/types.h>

/* Returns the inode number of a running task's namespace; name: "pid", "mnt" ... as in /proc/PID/ns. 0: not known. */
uint32_t linx_namespace_of(pid_t tid, const char *name);

#endif
