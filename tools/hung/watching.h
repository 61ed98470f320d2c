/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The state of `linxcap hung` while it reads events. Private to the directory hung/. */
#ifndef LINXCAP_WATCHING_H
#define LINXCAP_WATCHING_H

#include "base/signals.h"
#include "hung/hung.h"
#include "output/progress.h"

/* Facts that the recording showed of a task: a call returned; a call began; the task ended, or needs no further look. */
#define WATCHING_RETURNED 0x1u
#define WATCHING_ENTERED 0x2u
#define WATCHING_GONE 0x4u

struct watching {
	const struct hung_settings *settings;
	struct hung_result *result;
	struct linx *l;
	struct linx_printer *printer;
	struct progress *progress; /* progress of reading the file; NULL: none is shown */
	struct signals signals;
	int fd; /* descriptor of the file that is read; -1: none */
	uint64_t to_ns; /* --to: the moment of the recording whose calls are shown, wall clock; 0: its end */
	uint8_t *seen; /* WATCHING_*, by tid */
	bool entries; /* the recording has entry records of all calls */
	/* live: calls that /proc showed before events were read, and at the end */
	struct task_calls before, after;
	struct task_sockets sockets; /* for tasks_read_fd(): sockets that calls to be shown use */
	uint64_t looked_ns; /* wall clock after the reading of "before" */
};

uint64_t watching_wall_clock(void);
/* Writes the addresses of a socket. Empty: they are not known. */
void watching_put_socket(const struct linx_descriptor *d, char *text, size_t size);
/*
 * Compares the calls that the recording shows as unfinished with /proc: drops those that their task has left, and adds
 * those that began before the recording. Returns an exit status.
 */
int watching_compare(struct watching *w);

#endif
