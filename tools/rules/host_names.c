// SPDX-License-Identifier: LGPL-2.1-or-later
/* Looks up the addresses of hosts that rules name: see rules/host_names.h. */
#include <netdb.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "rules/host_names.h"
#include "base/capabilities.h"
#include "base/deadline.h"
#include "base/signals.h"

#define AGAIN_S 60
#define ADDRESSES_MAX 64u

struct host {
	char *name;
	uint8_t addresses[ADDRESSES_MAX][16]; /* IPv4 addresses as ::ffff:a.b.c.d */
	unsigned int n;
	bool fresh; /* the addresses were not yet set in the rules */
};

/* The thread and the caller of host_names_begin() hold one reference each. The last put_names() frees the structure. */
struct host_names {
	pthread_mutex_t lock; /* not held while a name is looked up, since the reader of events takes it, too */
	pthread_cond_t change;
	unsigned int refs;
	bool ending;
	bool looked; /* all names were looked up at least once, with or without success */
	unsigned int n;
	struct host hosts[];
};

static void put_names(struct host_names *h)
{
	bool last;

	pthread_mutex_lock(&h->lock);
	last = !--h->refs;
	pthread_mutex_unlock(&h->lock);
	if (!last)
		return;
	for (unsigned int i = 0; i < h->n; i++)
		free(h->hosts[i].name);
	pthread_cond_destroy(&h->change);
	pthread_mutex_destroy(&h->lock);
	free(h);
}

/* Copies an address from a look-up. False: it is neither IPv4 nor IPv6. */
static bool read_address(const struct sockaddr *from, uint8_t to[16])
{
	struct sockaddr_in in4;
	struct sockaddr_in6 in6;

	if (from->sa_family == AF_INET6) {
		memcpy(&in6, from, sizeof(in6));
		memcpy(to, &in6.sin6_addr, 16);
		return true;
	}
	memcpy(&in4, from, sizeof(in4));
	memcpy(to, "\0\0\0\0\0\0\0\0\0\0\xff\xff", 12);
	memcpy(to + 12, &in4.sin_addr, 4);
	return from->sa_family == AF_INET;
}

/* Looks up the addresses of a host. After a failure the previous addresses stay. */
static void look_up(struct host_names *h, struct host *host)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	uint8_t found[ADDRESSES_MAX][16];
	struct addrinfo *list;
	unsigned int n = 0;

	if (getaddrinfo(host->name, NULL, &hints, &list))
		return;
	for (const struct addrinfo *a = list; a && n < ADDRESSES_MAX; a = a->ai_next)
		n += read_address(a->ai_addr, found[n]);
	freeaddrinfo(list);
	pthread_mutex_lock(&h->lock);
	memcpy(host->addresses, found, n * sizeof(found[0]));
	host->n = n;
	host->fresh = true;
	pthread_mutex_unlock(&h->lock);
}

static void *run(void *arg)
{
	struct host_names *h = arg;
	bool may = capabilities_drop(), ending = false;
	struct timespec next;

	while (may && !ending) {
		for (unsigned int i = 0; i < h->n && !ending; i++) {
			look_up(h, &h->hosts[i]);
			pthread_mutex_lock(&h->lock);
			ending = h->ending;
			pthread_mutex_unlock(&h->lock);
		}
		pthread_mutex_lock(&h->lock);
		h->looked = true;
		pthread_cond_broadcast(&h->change);
		next = deadline_after(AGAIN_S * 1000);
		while (!h->ending && !pthread_cond_timedwait(&h->change, &h->lock, &next))
			;
		ending = h->ending;
		pthread_mutex_unlock(&h->lock);
	}
	put_names(h);
	return NULL;
}

/* Makes the structure with the names in the rules; addresses and the thread are still missing. NULL: no memory. */
static struct host_names *make(const struct linx_rules *r, unsigned int n)
{
	struct host_names *h = calloc(1, sizeof(*h) + n * sizeof(h->hosts[0]));

	if (!h)
		return NULL;
	pthread_mutex_init(&h->lock, NULL);
	deadline_cond_init(&h->change);
	h->refs = 1;
	for (; h->n < n; h->n++) {
		h->hosts[h->n].name = strdup(linx_rules_get_host_name(r, h->n));
		if (h->hosts[h->n].name)
			continue;
		put_names(h);
		return NULL;
	}
	return h;
}

struct host_names *host_names_begin(const struct linx_rules *r)
{
	struct host_names *h;
	unsigned int n = 0;
	pthread_t thread;

	while (linx_rules_get_host_name(r, n))
		n++;
	h = n ? make(r, n) : NULL;
	if (!h)
		return NULL;
	h->refs++;
	if (signals_start_thread(&thread, run, h)) {
		h->refs--;
		put_names(h);
		return NULL;
	}
	pthread_detach(thread);
	return h;
}

void host_names_wait(struct host_names *h, unsigned int ms)
{
	struct timespec end = deadline_after(ms);

	if (!h)
		return;
	pthread_mutex_lock(&h->lock);
	while (!h->looked && !pthread_cond_timedwait(&h->change, &h->lock, &end))
		;
	pthread_mutex_unlock(&h->lock);
}

void host_names_give(struct host_names *h, struct linx_rules *r)
{
	if (!h)
		return;
	pthread_mutex_lock(&h->lock);
	for (unsigned int i = 0; i < h->n; i++) {
		const struct host *host = &h->hosts[i];

		if (host->fresh && !linx_rules_set_host_addresses(r, i, (const uint8_t (*)[16])host->addresses, host->n))
			h->hosts[i].fresh = false;
	}
	pthread_mutex_unlock(&h->lock);
}

const char *host_names_missing(struct host_names *h, unsigned int i)
{
	const char *name = NULL;

	if (!h)
		return NULL;
	pthread_mutex_lock(&h->lock);
	for (unsigned int k = 0; !name && k < h->n; k++)
		if (!h->hosts[k].n && !i--)
			name = h->hosts[k].name;
	pthread_mutex_unlock(&h->lock);
	return name;
}

void host_names_end(struct host_names *h)
{
	if (!h)
		return;
	pthread_mutex_lock(&h->lock);
	h->ending = true;
	pthread_cond_broadcast(&h->change);
	pthread_mutex_unlock(&h->lock);
	put_names(h);
}
