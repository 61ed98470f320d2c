/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a live source cannot record, and who is concerned by it: said once, when a program that is
 * traced is known to use it. The account does not show what was never recorded.
 */
#ifndef LINXCAP_MISSING_H
#define LINXCAP_MISSING_H

#include "trace/settings.h"

struct missing {
	bool uring; /* operations of io_uring would be missed, and nothing has been said of them */
};

/* Has this kernel an io_uring of which the source can record nothing? */
bool missing_uring(const struct linx *l);
/* After linx_start(): says what concerns somebody now, and begins to look for the rest. */
void missing_begin(struct missing *m, const struct settings *s, const struct linx *l);
/* Between two batches. */
void missing_look(struct missing *m, const struct linx *l);
/* Each event that is read. */
void missing_event(struct missing *m, const struct linx *l, const struct linx_event *ev);

#endif
