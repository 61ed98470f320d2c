/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A log file that others follow while it is written. Lines are copied into a window, a mapped file beside the
 * log (PATH.window): a line costs no system call, and survives the death of this process. Whole lines go from
 * the window to the log when it is full or a quarter of a second has passed. The next writer appends the lines
 * in a dead writer's window before its own.
 *
 * Other processes may rename, delete or truncate the log meanwhile. The window's room is allocated at the
 * beginning, so that a full disk is an error and not a signal.
 */
#ifndef LINXCAP_MAPLOG_H
#define LINXCAP_MAPLOG_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/message.h"

struct maplog_window;

struct maplog_opts {
	mode_t mode; /* permissions of a new log */
	const char *group; /* group of a new log; NULL: that of the directory */
	/*
	 * Lines go to the log at once, one call of write(2) for each maplog_put(). For a library in another
	 * program's process, which has no SIGBUS handler for a truncated window.
	 */
	bool no_window;
	const struct listener *listener; /* receives messages about the log; NULL: say_at() */
};

struct maplog {
	int fd; /* -1: not open */
	const char *path; /* the caller's */
	struct maplog_opts opts;
	int window_fd; /* -1: there is no window; each line is written by itself */
	struct maplog_window *window; /* NULL: none */
	uint64_t len, base; /* bytes of lines in the window, and length of the log before them; the window's head has both, too */
	off_t looked, before; /* sizes of the log at the last check, and at the one before */
	uint64_t since_ns; /* time since which lines wait in the window; 0: none, or not checked yet */
	uint64_t due_ns; /* time of the next check whether the name still means this file */
	int error; /* -errno of the first failure; nothing is written after it */
};

/* Opens a log and continues behind its content. -1: why is set. */
int maplog_open(struct maplog *m, const char *path, const struct maplog_opts *opts, struct problem *why);
/* Writes whole lines. 0 or -errno. */
int maplog_put(struct maplog *m, const char *text, size_t len);
/*
 * Moves lines that have waited long enough to the log. Once a second it checks whether the name still means
 * this file, and reports changes. 0 or -errno.
 */
int maplog_look(struct maplog *m, uint64_t now_ns);
/* Time at which maplog_look() has lines to move; UINT64_MAX: none wait. */
uint64_t maplog_due(struct maplog *m, uint64_t now_ns);
/* Moves all lines to the log and removes the window. 0 or -errno: lines stay in the window. */
int maplog_close(struct maplog *m);

#endif
