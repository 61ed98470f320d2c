/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Jobs for each completed file: the file is synced to disk, then handed to the command of
 * -z. A few jobs run at a time and the rest queue; recording waits for none of them.
 */
#ifndef LINXCAP_POST_ROTATE_H
#define LINXCAP_POST_ROTATE_H

#include <stdbool.h>

#include "base/signals.h"

struct post_rotate_job;

struct after {
	const char *command; /* NULL: no command */
	struct post_rotate_job *jobs; /* in the order of their files */
	bool failed; /* a part of a file is not on the disk; reported */
};

/* Takes a completed file and its fd. report: print that it is complete once it is on the disk. */
void post_rotate_file(struct after *a, const char *path, int fd, bool report);
/* Handles jobs that have ended, and starts those whose turn it is. */
void post_rotate_look(struct after *a);
/* Waits for all jobs, until a signal asks to stop (again). */
void post_rotate_close(struct after *a, struct signals *signals);

#endif
