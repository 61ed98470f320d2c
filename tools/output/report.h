/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reports of a capture's account: losses when they happen, the certificate at the end. */
#ifndef LINXCAP_REPORT_H
#define LINXCAP_REPORT_H

#include <linx/linx.h>

/* Losses reported so far. Zeroed: none. */
struct losses {
	uint64_t reported;
	uint64_t due_ns; /* time of the next check: at most one line a second */
	bool dirty; /* events came since the last check */
};

uint64_t report_clock_ns(void); /* monotonic */

/* Reports new losses, if it is time for a check. */
void losses_look(struct losses *s, struct linx *l, uint64_t now);

uint64_t report_lost(const struct linx_counts *counts);

/* Prints the closing lines. */
void report_certificate(const struct linx_certificate *c);

/* Reports the counts of HTTP, and of connections that could not be followed; nothing if l does not follow it. */
void report_http(const struct linx *l);

#endif
