/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Addresses of hosts that rules name. A thread without capabilities looks them up, at the start and then every
 * minute, so that the reader of events never waits for a name server.
 */
#ifndef LINXCAP_HOST_NAMES_H
#define LINXCAP_HOST_NAMES_H

#include <linx/rules.h>

struct host_names;

/* Starts the thread. NULL: the rules name no host, or there is no memory, or no thread could be started. */
struct host_names *host_names_begin(const struct linx_rules *r);
/* Waits until all names were looked up once, but at most ms milliseconds. */
void host_names_wait(struct host_names *h, unsigned int ms);
/* Sets in r the addresses that were found since the last call. r: the rules that host_names_begin() got. */
void host_names_give(struct host_names *h, struct linx_rules *r);
/* Returns the name with index i among those that have no address; NULL: i is too large. */
const char *host_names_missing(struct host_names *h, unsigned int i);
/* Lets the thread end, and does not wait for it: a look-up that runs ends later. */
void host_names_end(struct host_names *h);

#endif
