/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Outcome of a call's arguments in the kernel: the file that it opened, the peer that it connected to. */
#ifndef LINX_RESOLVED_H
#define LINX_RESOLVED_H

#include "event/event.h"

/* Descriptor that the call opened. NULL: none, or not recorded. */
const struct linx_descriptor *linx_resolved_opened(const struct linx_event *ev);
/*
 * True if the opened file is not where the path argument leads, taken literally. False for
 * paths that only the kernel can resolve, such as with "..".
 */
bool linx_resolved_elsewhere(const struct linx_event *ev, const struct linx_descriptor *opened);
/* Gets the socket as connect left it. False: not connected, or not recorded. */
bool linx_resolved_connected(const struct linx_event *ev, struct linx_descriptor *d);

#endif
