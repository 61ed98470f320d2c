/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Destination of `linxcap strace`: it prints lines, messages and the summary. */
#ifndef LINXCAP_STRACE_DESTINATION_H
#define LINXCAP_STRACE_DESTINATION_H

#include "strace/strace_cmd.h"
#include "trace/destinations/destination.h"

#define ATTACHED_MAX 16

/*
 * State of the destination. The code that opens a trace sets and frees all members except base, settings and log. It
 * sets the members in the order in which strace reports errors.
 */
struct strace_destination {
	struct destination base;
	const struct strace_settings *settings;
	struct linx_printer *printer;
	struct strace_summary_table *summary; /* NULL: neither -c nor -C is given */
	struct strace_log log;
	uint32_t attached[ATTACHED_MAX]; /* new tasks for which "Process N attached" was not printed yet */
	unsigned int nattached;
};

/* Initializes a destination whose memory is zero. */
void strace_destination_begin(struct strace_destination *t, const struct strace_settings *s);
/* True if messages of this kind (QUIET_*) are printed. */
bool strace_says(const struct strace_settings *s, unsigned int what);
/* Returns the name of the output for messages. */
const char *strace_log_name(const struct strace_settings *s);

#endif
