/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Addresses of the hosts that rules name. A thread without capabilities looks them up, at once and every
 * minute: no event waits for a name server.
 */
#ifndef LINXCAP_HOST_NAMES_H
#define LINXCAP_HOST_NAMES_H

#include <linx/rules.h>

struct host_names;

/* Begins look-ups. NULL: the rules name no host, or there is no memory or thread for it. */
struct host_names *host_names_begin(const struct linx_rules *r);
/* Waits until each name was looked up once, at most ms milliseconds. */
void host_names_wait(struct host_names *h, unsigned int ms);
/* Sets the newly found addresses in r, the rules of host_names_begin(). */
void host_names_give(struct host_names *h, struct linx_rules *r);
/* Gets name i among those without an address; NULL: there are no more. */
const char *host_names_missing(struct host_names *h, unsigned int i);
/* Ends the thread without waiting for it: a running look-up ends by itself. */
void host_names_end(struct host_names *h);

#endif
