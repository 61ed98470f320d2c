/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A log file that other programs follow while it is written. Lines are copied to a window, which is a mapped file
 * beside the log (PATH.window). Therefore a line costs no system call, and survives a crash of this process. Complete
 * lines are written from the window to the log when the window is full, or a quarter of a second has passed. If a
 * writer dies, the next writer first appends the lines that are left in the window.
 *
 * Other processes may rename, delete or truncate the log while it is written.
 *
 * The window's disk space is allocated at the start, so that a full disk is reported as an error. Without that, a write
 * to the mapped file would end in a signal.
 */
#ifndef LINXCAP_MAPLOG_H
#define LINXCAP_MAPLOG_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/message.h"

struct maplog_window;

struct maplog_opts {
	mode_t mode; /* mode of a newly created log */
	const char *group; /* group of a newly created log; NULL: that of its directory */
	/*
	 * Without a window, each maplog_put() writes to the log at once. A library in the process of another program
	 * needs that, since such a process has no SIGBUS handler for the case that the window is truncated.
	 */
	bool no_window;
	const struct listener *listener; /* receives messages about the log; NULL: say_at() prints them */
};

struct maplog {
	int fd; /* -1: not open */
	const char *path; /* name of the log, owned by the caller */
	struct maplog_opts opts;
	int window_fd; /* -1: there is no window file, and each line is written to the log at once */
	struct maplog_window *window; /* NULL: there is none, or it was given up */
	uint64_t len, base; /* bytes of lines in the window; length of the log before them (as in the window's head) */
	off_t looked, before; /* length of the log at the last check, and at the check before */
	uint64_t since_ns; /* time since which lines wait in the window; 0: none wait, or not yet known */
	uint64_t due_ns; /* time of the next check whether the log's name still means this file */
	int error; /* -errno of the first failure; nothing is written after it */
};

/* Opens a log, to append to it. -1: why has the reason. */
int maplog_open(struct maplog *m, const char *path, const struct maplog_opts *opts, struct problem *why);
/* Writes complete lines to the window or the log. 0 or -errno. */
int maplog_put(struct maplog *m, const char *text, size_t len);
/*
 * Writes the lines of the window to the log if they have waited long enough. Once a second it also checks whether the
 * log's name still means this file, and reports changes. 0 or -errno.
 */
int maplog_look(struct maplog *m, uint64_t now_ns);
/* Returns the time at which maplog_look() must write the waiting lines; UINT64_MAX: none wait. */
uint64_t maplog_due(struct maplog *m, uint64_t now_ns);
/* Writes all lines to the log, and removes the window. After an error, -errno, lines stay in the window file. */
int maplog_close(struct maplog *m);

#endif
