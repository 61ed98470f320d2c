/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The commands of -z, one for each file that is complete. A few run at a time,
 * the others wait for their turn; recording waits for none.
 */
#ifndef LINXCAP_AFTER_H
#define LINXCAP_AFTER_H

#include "signals.h"

struct after_job;

struct after {
	const char *command; /* NULL: there is none */
	struct after_job *jobs; /* in the order of their files */
};

/* A file that is complete. */
void after_file(struct after *a, const char *path);
/* Takes notice of those that have ended, and starts those whose turn it is. */
void after_look(struct after *a);
/* Waits for all, but not once a signal asks to stop (again). */
void after_close(struct after *a, struct signals *signals);

#endif
