/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Work on completed files: each is synced to disk, then the command of -z is run for it. A few commands run at a time,
 * and the others wait. Recording waits neither for a sync nor for a command.
 */
#ifndef LINXCAP_POST_ROTATE_H
#define LINXCAP_POST_ROTATE_H

#include <stdbool.h>

#include "base/signals.h"

struct post_rotate_job;

struct after {
	const char *command; /* NULL: no command */
	struct post_rotate_job *jobs; /* oldest file first */
	bool failed; /* a part of a file may not be on the disk; an error was printed */
};

/* Begins the work on a completed file, which closes fd. report: print a message when the file is on the disk. */
void post_rotate_file(struct after *a, const char *path, int fd, bool report);
/* Finishes jobs whose sync or command has ended, and starts waiting commands. */
void post_rotate_look(struct after *a);
/*
 * Waits for all jobs, until a signal asks to stop. If a signal has asked before this call, waits until another one
 * does.
 */
void post_rotate_close(struct after *a, struct signals *signals);

#endif
