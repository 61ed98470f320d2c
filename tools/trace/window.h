/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The part of a recording that --from, --to and --last choose. Events before this part are read and followed, so that
 * the state of tasks and descriptors is right, but they are not shown. The time of an event is that of
 * linx_event_get_time_ns(): for a call the time of its return, for an entry or an unfinished call the time of its
 * entry.
 */
#ifndef LINXCAP_WINDOW_H
#define LINXCAP_WINDOW_H

#include "trace/settings.h"

struct window {
	uint64_t from_ns, to_ns; /* first time that is shown, and first later time that is not shown; 0, 0: all is shown */
};

enum window_side { WINDOW_BEFORE = -1, WINDOW_INSIDE = 0, WINDOW_AFTER = 1 };

/* True if the settings choose a part of a recording. */
bool window_wanted(const struct settings *s);
/* True if what is shown is a part of a capture file; a live trace with --to is the whole of its recording. */
bool window_in_file(const struct settings *s);
/*
 * Finds the chosen part of the capture file at the offset of fd. Call it before the file is read. -1: why has the
 * reason.
 */
int window_find(const struct settings *s, int fd, struct window *w, struct problem *why);
/* Finds the side of an event. Certificates are inside, since they describe the whole recording. */
enum window_side window_side(const struct window *w, const struct linx_event *ev);

/*
 * Returns the wall clock at which --to ends a live trace that begins now; 0: there is no --to, or it is relative to the
 * beginning. If that time has passed already, prints a message and sets *status to an exit status. Otherwise *status
 * does not change.
 */
uint64_t window_live_until(const struct settings *s, int *status);
/* Returns the time from now until a time of the wall clock; 0: that time has passed. */
uint64_t window_left(uint64_t until_ns);

#endif
