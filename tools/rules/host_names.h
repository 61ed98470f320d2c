/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Addresses of the hosts that rules name. A thread without capabilities looks them up, now and every
 * minute: no event waits for a name server.
 */
#ifndef LINXCAP_HOST_NAMES_H
#define LINXCAP_HOST_NAMES_H

#include <linx/rules.h>

struct host_names;

/* NULL: the rules name no host, or there is no memory or thread for it. */
struct host_names *host_names_begin(const struct linx_rules *r);
/* Waits until each name was looked up once, but not longer than that. */
void host_names_wait(struct host_names *h, unsigned int ms);
/* Gives r, the rules of host_names_begin(), the addresses that were found since the last time. */
void host_names_give(struct host_names *h, struct linx_rules *r);
/* The i-th of the names without an address; NULL: there are no more. */
const char *host_names_missing(struct host_names *h, unsigned int i);
/* Ends the thread without waiting for it: a look-up that is under way ends by itself. */
void host_names_end(struct host_names *h);

#endif
