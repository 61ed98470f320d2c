/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Listens at an address and serves pages there, in a thread without capabilities.
 *
 * The directory serve/ has all that answers by HTTP. libmicrohttpd is loaded when the first listener is started. A
 * process that serves nothing does not need it.
 */
#ifndef LINXCAP_LISTENER_H
#define LINXCAP_LISTENER_H

#include <stdint.h>

#include "serve/http_server.h"

#define LISTENER_HOST_MAX 64 /* bytes of a numeric address with its NUL */

/* Reads "[ADDRESS:]PORT"; the default address is 127.0.0.1. False: the word has another form. */
bool listener_read_address(const char *word, char host[LISTENER_HOST_MAX], uint16_t *port);

/*
 * Opens a listening socket at a numeric address. If *port is 0, the kernel chooses a port, and *port is set to it.
 * Returns the descriptor; -1: why has the reason. what: noun for error messages, "cannot serve WHAT: ...".
 */
int listener_open(const char *host, uint16_t *port, const char *what, struct problem *why);

struct listener_thread;
/* Starts to listen. host: a numeric address; port 0: the kernel chooses one. NULL: why has the reason. */
struct listener_thread *listener_begin(const char *host, uint16_t port, const struct http_pages *pages, struct problem *why);
/* Ends the thread, even if it has clients. t may be NULL. */
void listener_end(struct listener_thread *t);
/* Returns the port at which the thread listens. */
uint16_t listener_port(const struct listener_thread *t);

#endif
