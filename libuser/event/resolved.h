/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finds the file that a call opened, or the socket that it connected, in the descriptors recorded with the event. */
#ifndef LINX_RESOLVED_H
#define LINX_RESOLVED_H

#include "event/event.h"

/* Returns the descriptor that the call opened. NULL: it opened none, or the descriptor was not recorded. */
const struct linx_descriptor *linx_resolved_opened(const struct linx_event *ev);
/*
 * True if the opened file has another path than the call's path argument, as after a symbolic
 * link. False for paths that only the kernel can resolve, such as paths with "..".
 */
bool linx_resolved_elsewhere(const struct linx_event *ev, const struct linx_descriptor *opened);
/*
 * Gets the directory from which a relative path starts: that of descriptor fd, or with LINX_FD_CWD the working directory.
 * False: not recorded.
 */
bool linx_resolved_base(const struct linx_event *ev, int32_t fd, const char **path, size_t *len);
/* Gets the socket of a connect in its state after the call. False: not connected, or not recorded. */
bool linx_resolved_connected(const struct linx_event *ev, struct linx_descriptor *d);

#endif
