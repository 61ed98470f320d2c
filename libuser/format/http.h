/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Parts of lines about requests of HTTP. */
#ifndef LINX_FORMAT_HTTP_H
#define LINX_FORMAT_HTTP_H

#include <linx/http.h>

#include "format/printer.h"

void linx_http_json(struct linx_printer *p, const struct linx_event *ev);
/* "GET example.org/path?..." */
void linx_http_put_target(struct linx_strbuf *o, const struct linx_http *h);
/* "200"; "?": none was seen */
void linx_http_put_status(struct linx_strbuf *o, const struct linx_http *h);
/* " [127.0.0.1:4000 -> 127.0.0.1:80]", or nothing */
void linx_http_put_addresses(struct linx_strbuf *o, const struct linx_http *h);
const char *linx_http_side_name(unsigned int side); /* "client", "server" */

#endif
