/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Destination of `linxcap strace`: lines, messages and the table. */
#ifndef LINXCAP_STRACE_DESTINATION_H
#define LINXCAP_STRACE_DESTINATION_H

#include "strace/strace_cmd.h"
#include "trace/destinations/destination.h"

#define ATTACHED_MAX 16

/* The opener fills in the members, in the order in which strace reports errors, and releases them. */
struct strace_destination {
	struct destination base;
	const struct strace_settings *settings;
	struct linx_printer *printer;
	struct strace_summary_table *summary; /* NULL: no -c and no -C */
	struct strace_log log;
	uint32_t attached[ATTACHED_MAX]; /* traced tasks that were not reported yet */
	unsigned int nattached;
};

/* Begins a destination whose memory is zero. */
void strace_destination_begin(struct strace_destination *t, const struct strace_settings *s);
/* True if messages of this kind (QUIET_*) are wanted. */
bool strace_says(const struct strace_settings *s, unsigned int what);
/* Name of the destination of lines, for messages. */
const char *strace_log_name(const struct strace_settings *s);

#endif
