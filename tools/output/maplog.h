/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A log file that is appended to through a window of memory that slides along
 * it: a line is a copy, without a system call, and is there even if this process
 * dies right after. Room is allocated a window ahead, so that a full disk is an
 * error and not a signal; what is not used is cut off at the end, or by who opens
 * the file next. Somebody may rename, delete or truncate the file meanwhile.
 */
#ifndef LINXCAP_MAPLOG_H
#define LINXCAP_MAPLOG_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/message.h"

struct maplog {
	int fd; /* -1: not open */
	const char *path; /* the caller's */
	char *window; /* NULL: none */
	off_t from; /* offset of the window in the file */
	size_t size; /* size of the window */
	off_t end; /* offset of the next line */
	off_t looked; /* end, when the file was looked at last */
	uint64_t due_ns; /* not looked at again before */
	int error; /* -errno of what failed first; nothing is written after it */
};

/* Behind what the file holds. -1: why is set. */
int maplog_open(struct maplog *m, const char *path, struct problem *why);
/* 0 or -errno. */
int maplog_put(struct maplog *m, const char *text, size_t len);
/* Is it still the file of that name? At most once a second; tells what happened. 0 or -errno. */
int maplog_look(struct maplog *m, uint64_t now_ns);
void maplog_close(struct maplog *m);

#endif
