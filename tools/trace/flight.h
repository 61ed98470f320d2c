/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The flight recorder beside alerts (--alert-capture): a session of its own, whose rings replace their oldest records,
 * until an alert asks for what they hold. That becomes a capture file. The next session records before the last one
 * stops, so that what one file lacks of the time before its alert stands at the end of the file before.
 *
 * A thread opens, stops and writes sessions, so that the reader of alerts waits for no disk.
 */
#ifndef LINXCAP_FLIGHT_H
#define LINXCAP_FLIGHT_H

#include <linx/linx.h>

#include "trace/settings.h"

#define FLIGHT_PATH_MAX 512u

struct flight;
/* Opens the first session and its file, for the engine of l. NULL: it was told why, and *status is the exit status. */
struct flight *flight_open(const struct settings *s, const struct linx *l, int *status);
/* Begins to record, of listed processes those of l. Returns an exit status. */
int flight_start(struct flight *f, const struct linx *l);
/*
 * An alert of a rule keeps what is held when after_ns have passed, unless the rule has kept something less than a
 * minute ago, at *last_ns (0: never), which is set. True: path is the file that will have it. Alerts share a file when
 * they come before it is written, or within a second. Takes f NULL, and never waits for a disk.
 */
bool flight_keep(struct flight *f, uint64_t *last_ns, uint64_t after_ns, char path[FLIGHT_PATH_MAX]);
/* Takes NULL. Writes what was asked for, removes the file that nobody asked for, and tells what was kept. */
void flight_close(struct flight *f);

#endif
