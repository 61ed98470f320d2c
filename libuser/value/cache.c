// SPDX-License-Identifier: LGPL-2.1-or-later
/* Cache of texts: see value/cache.h. */
#include "value/cache.h"

void linx_cache_who_set(struct linx_cache_who *cache, uint32_t tid, const char *comm, const char *text, size_t len)
{
	if (len > sizeof(cache->text))
		return;
	cache->tid = tid;
	cache->len = (uint32_t)len;
	memcpy(cache->comm, comm, sizeof(cache->comm));
	memcpy(cache->text, text, len);
}

void linx_cache_flags_set(struct linx_cache_flags *cache, const struct linx_flagset *set, uint64_t n, const char *how,
			 const char *text, size_t len)
{
	if (len > sizeof(cache->text))
		return;
	cache->set = set;
	cache->n = n;
	cache->len = (uint32_t)len;
	memcpy(cache->how, how, sizeof(cache->how));
	memcpy(cache->text, text, len);
}
