/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The table of -c, of strace and of linxcap itself: calls by name. */
#ifndef LINXCAP_SUMMARY_H
#define LINXCAP_SUMMARY_H

#include <linx/linx.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/message.h"

struct summary_options {
	const char *columns, *sort; /* lists of column names; NULL: the defaults */
	uint64_t overhead_ns; /* subtracted from each call */
	bool wall_clock; /* times from entry to return, not CPU times */
};

struct strace_summary_table;
/* Makes an empty table. -1: why is set: unknown columns */
int strace_summary_new(const struct summary_options *o, struct strace_summary_table **out, struct problem *why);
void strace_summary_free(struct strace_summary_table *t);
bool strace_summary_shows_wall(const struct strace_summary_table *t); /* always of the wall clock: a column, or the order */
void strace_summary_count(struct strace_summary_table *t, const struct linx_event *ev);
/* Writes the table; the caller frees *text. 0 or -errno. */
int strace_summary_print(struct strace_summary_table *t, char **text, size_t *len);

#endif
