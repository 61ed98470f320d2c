/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The kernel's filters during recording, applied to a capture file: -p, -f, -u, -e status= and --min-duration
 * with -r. Their meaning is the same as live.
 */
#ifndef LINXCAP_CHOSEN_H
#define LINXCAP_CHOSEN_H

#include "trace/settings.h"

struct chosen;

/* True if such a filter is set, and a file is read. */
bool chosen_wanted(const struct settings *s);
/* True if it must see all events, and evaluates FILTER itself. */
bool chosen_decides_filter(const struct settings *s);
/* Make the filters. NULL: why is set. s must outlive chosen_free(). */
struct chosen *chosen_new(const struct settings *s, struct problem *why);
/* True if the event is wanted. Events must come in the order of the file. */
bool chosen_takes(struct chosen *c, const struct linx_event *ev);
/* Report in one line calls without a duration that --min-duration needs. c may be NULL. */
void chosen_report(const struct chosen *c);
void chosen_free(struct chosen *c);

#endif
