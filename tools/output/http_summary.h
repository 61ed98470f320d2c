/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A table of HTTP requests by host, path and status, with their number and their latencies. */
#ifndef LINXCAP_HTTP_SUMMARY_H
#define LINXCAP_HTTP_SUMMARY_H

#include <linx/http.h>

struct http_summary;
/* Makes an empty table. NULL: out of memory. */
struct http_summary *http_summary_new(void);
void http_summary_free(struct http_summary *t); /* frees the table; t may be NULL */
/* Counts a request. 0 or -ENOMEM. */
int http_summary_count(struct http_summary *t, const struct linx_event *ev);
/*
 * Prints the table, the row with most requests first. rows: how many rows at most; 0: all. The caller frees *text.
 * 0 or -errno.
 */
int http_summary_print(const struct http_summary *t, unsigned int rows, char **text, size_t *len);

#endif
