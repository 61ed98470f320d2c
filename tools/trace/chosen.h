/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Applies to a capture file the filters that the kernel applies during recording: -p, -f, -u, -e status= and
 * --min-duration together with -r. These options mean the same as in a live trace.
 */
#ifndef LINXCAP_CHOSEN_H
#define LINXCAP_CHOSEN_H

#include "trace/settings.h"

struct chosen;

/* True if a capture file is read, and the options have a filter that this file (trace/chosen.c) applies. */
bool chosen_wanted(const struct settings *s);
/*
 * True if trace/chosen.c must see all events to follow the children of the processes of -p. The command line's FILTER
 * is then evaluated by chosen_takes(): if the library evaluated it, events of forks could be missing.
 */
bool chosen_decides_filter(const struct settings *s);
/* Makes the filters that s asks for. NULL: why has the reason. s must live until chosen_free(). */
struct chosen *chosen_new(const struct settings *s, struct problem *why);
/* True if the event passes the filters. Call it for each event, in the order of the file. */
bool chosen_takes(struct chosen *c, const struct linx_event *ev);
/* Prints one line if --min-duration left out calls because they have no duration. c may be NULL. */
void chosen_report(const struct chosen *c);
void chosen_free(struct chosen *c);

#endif
