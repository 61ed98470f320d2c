/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is done with each file that has its end: it goes to the disk, and then
 * it is what the command of -z gets. A few of these run at a time, the others
 * wait for their turn; recording waits for none.
 */
#ifndef LINXCAP_AFTER_H
#define LINXCAP_AFTER_H

#include <stdbool.h>

#include "signals.h"

struct after_job;

struct after {
	const char *command; /* NULL: there is none */
	struct after_job *jobs; /* in the order of their files */
	bool failed; /* something of a file is not on the disk; told */
};

/* A file that has its end; fd is taken over. tell: say that it is complete once it is on the disk. */
void after_file(struct after *a, const char *path, int fd, bool tell);
/* Takes notice of those that have ended, and starts those whose turn it is. */
void after_look(struct after *a);
/* Waits for all, but not once a signal asks to stop (again). */
void after_close(struct after *a, struct signals *signals);

#endif
