// SPDX-License-Identifier: LGPL-2.1-or-later
/* Prints the account of events that a trace ends with, and writes the counters of --stats. */
#include "output/stats.h"
#include "trace/trace.h"

int trace_account(const struct settings *s, const struct stats_source *from)
{
	struct problem why;

	if (from->c && !s->where.quiet)
		report_certificate(from->c);
	if (s->where.stats && stats_write(from, s->where.stats_path, &why))
		return say_status(STATUS_FAILURE, "%s", why.text);
	return STATUS_OK;
}
