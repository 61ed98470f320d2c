/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Two pages by HTTP, through libmicrohttpd: for few clients, each for a bounded time. */
#ifndef LINXCAP_HTTP_SERVER_H
#define LINXCAP_HTTP_SERVER_H

#include <stdbool.h>
#include <stdio.h>

#include "base/message.h"

struct http_pages {
	void *data;
	void (*print)(void *data, FILE *to); /* /metrics; NULL: there is no such page */
	const char *health; /* path */
	bool (*healthy)(void *data, FILE *to); /* false: status 503 */
};

struct http_server;
/* A socket that listens, which is the server's from then on. NULL: why is set, and it is not. */
struct http_server *http_server_new(int fd, const struct http_pages *pages, struct problem *why);
/* Serves until the descriptor end becomes readable. */
void http_server_run(struct http_server *s, int end);
/* Takes NULL. */
void http_server_free(struct http_server *s);

#endif
