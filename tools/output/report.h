/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The account of a capture, told to people: losses as they happen, the certificate at the end. */
#ifndef LINXCAP_REPORT_H
#define LINXCAP_REPORT_H

#include <linx/linx.h>

/* Losses reported so far. Zeroed: none. */
struct losses {
	uint64_t reported;
	uint64_t due_ns; /* not looked at again before: one line a second at most */
	bool dirty; /* events came since the last look */
};

uint64_t report_clock_ns(void); /* monotonic */

/* Looks if it is time to, and tells what is new. */
void losses_look(struct losses *s, struct linx *l, uint64_t now);

uint64_t report_lost(const struct linx_counts *counts);

/* The closing lines. */
void report_certificate(const struct linx_certificate *c);

/* Tells what was found of HTTP, and what could not be followed; nothing if l does not follow it. */
void report_http(const struct linx *l);

#endif
