/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reports of what fails again and again. */
#ifndef LINXCAP_COMPLAINT_H
#define LINXCAP_COMPLAINT_H

#include <stdint.h>

struct complaint {
	char text[256]; /* the last one */
	uint64_t n; /* how often it was made; 0: nothing failed since complaint_over() */
};

/* Prints a warning the first time, the second, the fourth and so on, and whenever it is another one than before. */
void complain(struct complaint *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Ends a series of reports: the operation that failed goes well again. */
void complaint_over(struct complaint *c);

#endif
