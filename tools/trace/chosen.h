/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Filters that a kernel applies while it records, applied to a capture file: -p, -f, -u,
 * -e status= and --min-duration with -r. They mean what they mean live.
 */
#ifndef LINXCAP_CHOSEN_H
#define LINXCAP_CHOSEN_H

#include "trace/settings.h"

struct chosen;

/* Is one of these filters set, and a file read? */
bool chosen_wanted(const struct settings *s);
/* Does it need to see all events, and evaluate FILTER itself? */
bool chosen_decides_filter(const struct settings *s);
/* NULL: why is set. s stays the caller's until chosen_free(). */
struct chosen *chosen_new(const struct settings *s, struct problem *why);
/* Is the event wanted? They come in the order of the file. */
bool chosen_takes(struct chosen *c, const struct linx_event *ev);
/* Says in one line if calls had no duration, which --min-duration asks for. c may be NULL. */
void chosen_report(const struct chosen *c);
void chosen_free(struct chosen *c);

#endif
