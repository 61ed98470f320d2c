/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One pass over all recorded events, with the condition and the time that choose among them: page/events.c. */
#ifndef LINXCAP_PAGE_READING_H
#define LINXCAP_PAGE_READING_H

#include "page/page.h"

struct page_reading {
	struct page *page;
	const struct page_query *q;
	struct page_reader *r;
	struct linx_condition *filter; /* NULL: all */
	uint64_t start, from, to; /* start: wall clock of the model's start; from, to: ns since that time */
	uint64_t n; /* events that were read */
};

/*
 * Begins a reading. Returns a status of HTTP. If it is not 200, the answer is written, and page_reading_end() must not
 * be called.
 */
unsigned int page_reading_begin(struct page_reading *g, struct page *p, const char *filter, const struct page_query *q, FILE *to);
/*
 * Returns 1 and the next chosen event with its time; 0: the end, or nobody waits for the answer any more; -errno. The
 * certificate is left out.
 */
int page_reading_next(struct page_reading *g, const struct linx_event **ev, uint64_t *at);
void page_reading_end(struct page_reading *g);

#endif
