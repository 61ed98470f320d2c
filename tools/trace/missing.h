/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Warnings about what a live source cannot record. Each is printed once, when a traced program is known to be
 * concerned. The account cannot show what was never recorded.
 */
#ifndef LINXCAP_MISSING_H
#define LINXCAP_MISSING_H

#include "trace/settings.h"

struct missing {
	bool uring; /* operations of io_uring would be missed, and no warning was printed yet */
};

/* True if this kernel has an io_uring that the source cannot record. */
bool missing_uring(const struct linx *l);
/* Called after linx_start(): prints the warnings that apply now, and begins to watch for others. */
void missing_begin(struct missing *m, const struct settings *s, const struct linx *l);
/* Called between two batches. */
void missing_look(struct missing *m, const struct linx *l);
/* Called for each event. */
void missing_event(struct missing *m, const struct linx *l, const struct linx_event *ev);

#endif
