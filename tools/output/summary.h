/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The summary table of -c, for linxcap strace and for linxcap itself: calls by name. */
#ifndef LINXCAP_SUMMARY_H
#define LINXCAP_SUMMARY_H

#include <linx/linx.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/message.h"

struct summary_options {
	const char *columns, *sort; /* names of columns: a list of those to show, and the one to sort by; NULL: the defaults */
	uint64_t overhead_ns; /* time that is subtracted from each call */
	bool wall_clock; /* times are from entry to return, instead of CPU time */
};

struct strace_summary_table;
/* Makes an empty table. -1: why has the reason, as an unknown column. */
int strace_summary_new(const struct summary_options *o, struct strace_summary_table **out, struct problem *why);
void strace_summary_free(struct strace_summary_table *t);
bool strace_summary_shows_wall(const struct strace_summary_table *t); /* true if a column or the order uses wall time */
void strace_summary_count(struct strace_summary_table *t, const struct linx_event *ev);
/* Prints the table to *text, which the caller frees. 0 or -errno. */
int strace_summary_print(struct strace_summary_table *t, char **text, size_t *len);

#endif
