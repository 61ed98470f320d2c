/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Numbers of namespaces, as /proc/PID/ns has them: see namespaces(7). */
#ifndef LINX_NAMESPACE_H
#define LINX_NAMESPACE_H

#include <stdint.h>
#include <sys/types.h>

/* Reads the number of the namespace of a running task that is called name there. 0: not known. */
uint32_t linx_namespace_of(pid_t tid, const char *name);

#endif
