/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Names of hosts that conditions compare with. The library asks no name server: the user of a
 * condition looks the names up, and sets their addresses with linx_hosts_set().
 */
#ifndef LINX_HOSTS_H
#define LINX_HOSTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LINX_HOSTS_MAX 256u
#define LINX_HOST_ADDRESSES_MAX 64u

struct linx_host {
	char *name;
	uint8_t (*addresses)[16]; /* IPv4 as ::ffff:a.b.c.d */
	unsigned int n;
};

struct linx_hosts {
	struct linx_host *all;
	unsigned int n;
};

/* Adds a name, unless it was already added. 0; -ENOMEM; -E2BIG: there are LINX_HOSTS_MAX names */
int linx_hosts_add(struct linx_hosts *h, const char *name);
/* Replaces the addresses of host i. Addresses beyond LINX_HOST_ADDRESSES_MAX are left out. 0, -ENOENT, -ENOMEM */
int linx_hosts_set(struct linx_hosts *h, unsigned int i, const uint8_t (*addresses)[16], unsigned int n);
/* Returns name i, counted from 0, of the names that have this address; NULL: i is past the last name. */
const char *linx_hosts_find(const struct linx_hosts *h, const uint8_t address[16], unsigned int i);
void linx_hosts_free(struct linx_hosts *h);

#endif
