/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* --stats: writes all counters as one JSON object. */
#ifndef LINXCAP_STATS_H
#define LINXCAP_STATS_H

#include <linx/policy.h>

#include "base/message.h"

/* The source of the counters. */
struct stats_source {
	const struct linx_certificate *c; /* NULL: the end was not reached, and only the member "events" is known */
	uint64_t events;
	struct linx *l; /* the source, for the accounts of its probes and its policy */
	const struct linx_policy *policy; /* NULL: none */
};
/* Writes the counters. path NULL: to standard error. -1: why has the reason. */
int stats_write(const struct stats_source *from, const char *path, struct problem *why);

#endif
