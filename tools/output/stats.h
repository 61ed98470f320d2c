/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* --stats: every counter as one JSON object. */
#ifndef LINXCAP_STATS_H
#define LINXCAP_STATS_H

#include <linx/linx.h>

#include "base/message.h"

/*
 * Writes the counters. c NULL: the end was not seen, only events is known. path NULL: standard error. -1: why
 * is set.
 */
int stats_write(const struct linx_certificate *c, uint64_t events, const char *path,
		struct problem *why);

#endif
