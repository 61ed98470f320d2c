/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An HTTP server of a few pages, by means of libmicrohttpd. It is made for few clients, each with a time limit. */
#ifndef LINXCAP_HTTP_SERVER_H
#define LINXCAP_HTTP_SERVER_H

#include <stdbool.h>
#include <stdio.h>

#include "base/message.h"

struct http_page {
	const char *path;
	/* Writes the page, in the thread of the server. False: the status of the answer is 503. */
	bool (*print)(void *data, FILE *to);
};

#define HTTP_PAGES_MAX 8u

/* The pages of a server. The caller owns the strings and data, which must live as long as the server. */
struct http_pages {
	const char *what; /* noun for error messages: "cannot serve WHAT: ..." */
	const char *type; /* Content-Type of all answers */
	void *data;
	struct http_page pages[HTTP_PAGES_MAX];
	unsigned int n;
};

struct http_server;
/*
 * Makes a server for a listening socket, which it then owns. NULL: why has the reason, and the socket still belongs
 * to the caller.
 */
struct http_server *http_server_new(int fd, const struct http_pages *pages, struct problem *why);
/* Runs the server until the descriptor "end" is readable. */
void http_server_run(struct http_server *s, int end);
/* Stops the server and frees it. s may be NULL. */
void http_server_free(struct http_server *s);

#endif
