/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The server of a page, at 127.0.0.1. A browser gets data after it has shown a token, which is printed with the
 * address. The threads of the server have no capabilities.
 */
#ifndef LINXCAP_PAGE_WEB_H
#define LINXCAP_PAGE_WEB_H

#include "page/page.h"

struct web;
/* Starts to serve. port 0: the kernel chooses one. NULL: why has the reason. */
struct web *web_begin(struct page *p, uint16_t port, struct problem *why);
/* Ends the server, even if it has clients. w may be NULL. */
void web_end(struct web *w);
/* Returns the address with the token after '#', a part that browsers do not send to a server. Valid until web_end(). */
const char *web_address(const struct web *w);

#endif
