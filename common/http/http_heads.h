/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Further headers of HTTP requests, from a file with lines "Name: value". A value can be a secret, such as a token, so it
 * does not stand in arguments, and a file that everybody may read is refused.
 */
#ifndef LINXCAP_HTTP_HEADS_H
#define LINXCAP_HTTP_HEADS_H

#include "base/message.h"

/* Most headers of a file, and most bytes of it. */
#define HTTP_HEADS_MAX 16u
#define HTTP_HEADS_BYTES 8192u

struct http_heads {
	const char *lines[HTTP_HEADS_MAX + 1]; /* the last entry is NULL, as http_client_opts.heads needs it */
	char text[HTTP_HEADS_BYTES + 1]; /* text of the lines */
};

/* Reads a file. 0; -1: why has the reason, without any content of the file. */
int http_heads_read(struct http_heads *h, const char *path, struct problem *why);

#endif
