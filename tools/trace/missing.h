/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Warnings about what a live source cannot record. Each is printed once, as soon as a traced program is known to be
 * affected. The account at the end cannot show such calls, since they were never recorded.
 */
#ifndef LINXCAP_MISSING_H
#define LINXCAP_MISSING_H

#include "trace/settings.h"

struct missing {
	bool uring; /* true until the warning about io_uring is printed, if the source cannot record its operations */
};

/* True if this kernel has an io_uring that the source cannot record. */
bool missing_uring(const struct linx *l);
/* Prints the warnings that apply already, and prepares the other functions. Call it after linx_start(). */
void missing_begin(struct missing *m, const struct settings *s, const struct linx *l);
/* Prints a warning if the engine itself found a cause for one. Called between two batches of events. */
void missing_look(struct missing *m, const struct linx *l);
/* Prints a warning if the event shows that a program begins to use io_uring. Called for each event. */
void missing_event(struct missing *m, const struct linx *l, const struct linx_event *ev);

#endif
