// SPDX-License-Identifier: LGPL-2.1-or-later
/* Prints the account of events that a trace ends with, and writes the counters of --stats. */
#include "output/stats.h"
#include "trace/trace.h"

int trace_account(const struct settings *s, struct linx *l, const struct linx_certificate *c, uint64_t events)
{
	struct problem why;

	if (c && !s->where.quiet)
		report_certificate(c);
	if (s->where.stats && stats_write(l, c, events, s->where.stats_path, &why))
		return say_status(STATUS_FAILURE, "%s", why.text);
	return STATUS_OK;
}
