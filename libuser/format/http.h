/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writes HTTP requests: whole as JSON, and in parts for a line of text. */
#ifndef LINX_FORMAT_HTTP_H
#define LINX_FORMAT_HTTP_H

#include <linx/http.h>

#include "format/printer.h"

void linx_http_json(struct linx_printer *p, const struct linx_event *ev);
/* Writes the request: "GET example.org/path?..." */
void linx_http_put_target(struct linx_strbuf *o, const struct linx_http *h);
/* Writes the status code of the response, "200"; "?" if no response was seen. */
void linx_http_put_status(struct linx_strbuf *o, const struct linx_http *h);
/* Writes the socket's addresses, " [127.0.0.1:4000 -> 127.0.0.1:80]"; nothing if they are not known. */
void linx_http_put_addresses(struct linx_strbuf *o, const struct linx_http *h);
const char *linx_http_side_name(unsigned int side); /* returns "client" or "server" */

#endif
