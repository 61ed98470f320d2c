/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The flight recorder for alerts (--alert-capture). It is a session of its own, whose rings overwrite their oldest
 * records until an alert asks to keep them in a capture file. The next session starts before the previous one stops. If
 * the file of an alert lacks events that came before the alert, they are therefore at the end of the previous file.
 *
 * A thread opens, stops and writes sessions, so that the reader of alerts does not wait for the disk.
 */
#ifndef LINXCAP_FLIGHT_H
#define LINXCAP_FLIGHT_H

#include <linx/linx.h>

#include "trace/settings.h"

#define FLIGHT_PATH_MAX 512u

struct flight;
/*
 * Opens the first session and its file, with the engine of l. NULL: the reason was printed, and *status is the exit
 * status.
 */
struct flight *flight_open(const struct settings *s, const struct linx *l, int *status);
/*
 * Starts to record. If l records only a list of processes (-p or a command), the recorder gets the same list. Returns
 * an exit status.
 */
int flight_start(struct flight *f, const struct linx *l);
/*
 * Asks to write the recorded events to the file for an alert of a rule, after_ns from now. *last_ns is the time of the
 * rule's last such request (0: never). If that was less than a minute ago, nothing happens; otherwise *last_ns is set
 * to now. True: path is the name that the file will have. Alerts share a file if they come before it is written, or
 * within a second. f may be NULL. The function never waits for the disk.
 */
bool flight_keep(struct flight *f, uint64_t *last_ns, uint64_t after_ns, char path[FLIGHT_PATH_MAX]);
/* A capture whose end is missing, since its file reached the largest size (alert_settings.before.most). */
struct flight_cut {
	char path[FLIGHT_PATH_MAX];
	uint64_t bytes; /* size of the file */
};
/*
 * Removes the oldest entry from the list of captures that reached their largest size, and returns it in *cut.
 * False: the list is empty. f may be NULL.
 */
bool flight_take_cut(struct flight *f, struct flight_cut *cut);
/*
 * Ends the recorder: writes the session if an alert asked for it, otherwise removes its empty file, and prints what
 * was kept. flight_take_cut() still works afterwards. f may be NULL.
 */
void flight_end(struct flight *f);
/* Ends the recorder if it still runs, and frees it. f may be NULL. */
void flight_close(struct flight *f);

#endif
