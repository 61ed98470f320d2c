/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* --stats: writes all counters as one JSON object. */
#ifndef LINXCAP_STATS_H
#define LINXCAP_STATS_H

#include <linx/linx.h>

#include "base/message.h"

/*
 * Writes the counters of a source, which is at its end. c: its certificate; NULL: the end was not reached, so only
 * events is known. path NULL: to standard error. -1: why has the reason.
 */
int stats_write(struct linx *l, const struct linx_certificate *c, uint64_t events, const char *path,
		struct problem *why);

#endif
