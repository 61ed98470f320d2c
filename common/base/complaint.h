/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reports of what fails again and again. */
#ifndef LINXCAP_COMPLAINT_H
#define LINXCAP_COMPLAINT_H

#include <stdint.h>

struct complaint {
	char text[256]; /* text of the last report */
	uint64_t n; /* number of reports with this text; 0: nothing failed since complaint_over() */
};

/*
 * Prints a warning if its text differs from the previous one. If the text is the same again and again, prints it only
 * the first, second, fourth, eighth time and so on.
 */
void complain(struct complaint *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Ends a series of reports, since the operation succeeds again. */
void complaint_over(struct complaint *c);

#endif
