// SPDX-License-Identifier: LGPL-2.1-or-later
/* Names of hosts: see filter/hosts.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "filter/hosts.h"

int linx_hosts_add(struct linx_hosts *h, const char *name)
{
	struct linx_host *p;

	for (unsigned int i = 0; i < h->n; i++)
		if (!strcmp(h->all[i].name, name))
			return 0;
	if (h->n == LINX_HOSTS_MAX)
		return -E2BIG;
	p = realloc(h->all, (h->n + 1) * sizeof(*p));
	if (!p)
		return -ENOMEM;
	h->all = p;
	p[h->n] = (struct linx_host){ .name = strdup(name) };
	if (!p[h->n].name)
		return -ENOMEM;
	h->n++;
	return 0;
}

int linx_hosts_set(struct linx_hosts *h, unsigned int i, const uint8_t (*addresses)[16], unsigned int n)
{
	uint8_t (*copy)[16];

	if (i >= h->n)
		return -ENOENT;
	if (n > LINX_HOST_ADDRESSES_MAX)
		n = LINX_HOST_ADDRESSES_MAX;
	copy = calloc(n + 1, sizeof(*copy));
	if (!copy)
		return -ENOMEM;
	if (n)
		memcpy(copy, addresses, n * sizeof(*copy));
	free(h->all[i].addresses);
	h->all[i].addresses = copy;
	h->all[i].n = n;
	return 0;
}

static bool has_address(const struct linx_host *host, const uint8_t address[16])
{
	for (unsigned int i = 0; i < host->n; i++)
		if (!memcmp(host->addresses[i], address, sizeof(host->addresses[i])))
			return true;
	return false;
}

const char *linx_hosts_find(const struct linx_hosts *h, const uint8_t address[16], unsigned int i)
{
	for (unsigned int k = 0; k < h->n; k++)
		if (has_address(&h->all[k], address) && !i--)
			return h->all[k].name;
	return NULL;
}

void linx_hosts_free(struct linx_hosts *h)
{
	for (unsigned int i = 0; i < h->n; i++) {
		free(h->all[i].name);
		free(h->all[i].addresses);
	}
	free(h->all);
	*h = (struct linx_hosts){ 0 };
}
