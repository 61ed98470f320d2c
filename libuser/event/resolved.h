/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Takes the new program's arguments as those of the call if the latter were not captured. A script's differ. */
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
