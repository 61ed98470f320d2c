/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The flight recorder beside alerts (--alert-capture): a session of its own, whose rings overwrite their
 * oldest records until an alert wants to keep them in a capture file. The next session records before the last
 * one stops, so the time that one file lacks before its alert is at the end of the file before.
 *
 * A thread opens, stops and writes sessions, so that the reader of alerts waits for no disk.
 */
#ifndef LINXCAP_FLIGHT_H
#define LINXCAP_FLIGHT_H

#include <linx/linx.h>

#include "trace/settings.h"

#define FLIGHT_PATH_MAX 512u

struct flight;
/*
 * Opens the first session and its file, for the engine of l. NULL: the reason was reported, and *status is the
 * exit status.
 */
struct flight *flight_open(const struct settings *s, const struct linx *l, int *status);
/* Begins to record; with a list of processes, those of l. Returns an exit status. */
int flight_start(struct flight *f, const struct linx *l);
/*
 * Keeps the present content for an alert of a rule, after_ns later. If the rule has kept something less than a
 * minute ago, at *last_ns (0: never), nothing is kept; else *last_ns is set. True: path is the future file.
 * Alerts share a file when they come before it is written, or within a second. f may be NULL. Never waits for
 * a disk.
 */
bool flight_keep(struct flight *f, uint64_t *last_ns, uint64_t after_ns, char path[FLIGHT_PATH_MAX]);
/* A capture that ended at the largest size of a file (alert_settings.before.most). */
struct flight_cut {
	char path[FLIGHT_PATH_MAX];
	uint64_t bytes; /* its size */
};
/* Takes the next such capture. False: there is none. f may be NULL. */
bool flight_take_cut(struct flight *f, struct flight_cut *cut);
/*
 * Ends the recorder: writes what alerts want to keep, removes an unneeded file, and reports what was kept. Its
 * last captures can still be taken. f may be NULL.
 */
void flight_end(struct flight *f);
/* Ends the recorder, unless it has ended, and frees it. f may be NULL. */
void flight_close(struct flight *f);

#endif
