/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A few pages by HTTP, through libmicrohttpd: for few clients, each with a time limit. */
#ifndef LINXCAP_HTTP_SERVER_H
#define LINXCAP_HTTP_SERVER_H

#include <stdbool.h>
#include <stdio.h>

#include "base/message.h"

struct http_page {
	const char *path;
	/* Writes the page, in the thread of the server. False: the answer has status 503. */
	bool (*print)(void *data, FILE *to);
};

#define HTTP_PAGES_MAX 8u

/* Pages of a server. Strings and data belong to the caller and outlive the server. */
struct http_pages {
	const char *what; /* noun for messages: "cannot serve WHAT: ..." */
	const char *type; /* Content-Type of every answer */
	void *data;
	struct http_page pages[HTTP_PAGES_MAX];
	unsigned int n;
};

struct http_server;
/* Makes a server on a listening socket and takes it over. NULL: why is set, and the socket stays the caller's. */
struct http_server *http_server_new(int fd, const struct http_pages *pages, struct problem *why);
/* Serves until the descriptor end becomes readable. */
void http_server_run(struct http_server *s, int end);
/* Takes NULL. */
void http_server_free(struct http_server *s);

#endif
