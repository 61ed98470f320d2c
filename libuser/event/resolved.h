/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the kernel made of a call's arguments: the file that it opened, the peer that it connected. */
#ifndef LINX_RESOLVED_H
#define LINX_RESOLVED_H

#include "event/event.h"

/* NULL: nothing was opened, or it was not recorded what. */
const struct linx_descriptor *linx_resolved_opened(const struct linx_event *ev);
/* Is that not where the argument itself leads, read by its letters? Not known of a path with "..", say: no. */
bool linx_resolved_elsewhere(const struct linx_event *ev, const struct linx_descriptor *opened);
/* The socket as connect left it. False: not connected, or no record tells. */
bool linx_resolved_connected(const struct linx_event *ev, struct linx_descriptor *d);

#endif
