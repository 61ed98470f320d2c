/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Listens at an address and serves pages there, in a thread of its own without capabilities.
 *
 * The room serve/ holds everything that answers by HTTP. libmicrohttpd is loaded when the first listener
 * begins: a process that serves nothing does not need it.
 */
#ifndef LINXCAP_LISTENER_H
#define LINXCAP_LISTENER_H

#include <stdint.h>

#include "serve/http_server.h"

#define LISTENER_HOST_MAX 64 /* bytes of a numeric address */

/* Reads "[ADDRESS:]PORT", where 127.0.0.1 is the default address. False: another form. */
bool listener_read_address(const char *word, char host[LISTENER_HOST_MAX], uint16_t *port);

struct listener_thread;
/* Begins to listen. host is a numeric address; port 0: the kernel chooses one. NULL: why is set. */
struct listener_thread *listener_begin(const char *host, uint16_t port, const struct http_pages *pages, struct problem *why);
/* Ends the thread, whatever its clients do. t may be NULL. */
void listener_end(struct listener_thread *t);
/* Gets the port on which it listens. */
uint16_t listener_port(const struct listener_thread *t);

#endif
