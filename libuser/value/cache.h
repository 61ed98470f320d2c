/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Cache of texts that a printer wrote, and of members that it looked up: names of tasks, of flags, of members. The hash
 * of an entry's key is the only index at which the entry can be, so the cache has a fixed size. An entry holds its
 * whole key, so it is never out of date.
 */
#ifndef LINX_CACHE_H
#define LINX_CACHE_H

#include "table/names.h"
#include "base/strbuf.h"
#include "table/type.h"

/* Text "comm[tid] " of a task, for one tid and one command name. */
struct linx_cache_who {
	uint32_t tid, len; /* len: bytes of "text"; 0: the entry is empty */
	char comm[16];
	char text[72];
};

/* Text that stands for a number, with the names of one set of constants. */
struct linx_cache_flags {
	const struct linx_flagset *set; /* NULL: the entry is empty */
	uint64_t n;
	char how[4]; /* rest of the key: size of the number, its base, enum linx_xlat, enum linx_want */
	uint32_t len;
	char text[104];
};

/* Offset of a member in a structure of one ABI. */
struct linx_cache_member {
	const struct linx_ty *ty; /* NULL: the entry is empty */
	const struct linx_type_member *member;
	uint32_t abi, at;
};

#define LINX_CACHE_MEMBERS 256u
#define LINX_CACHE_WHO 64u
#define LINX_CACHE_FLAGS 256u

struct linx_cache {
	struct linx_cache_who who[LINX_CACHE_WHO];
	struct linx_cache_flags flags[LINX_CACHE_FLAGS];
	struct linx_cache_member members[LINX_CACHE_MEMBERS];
};

static inline struct linx_cache_who *linx_cache_who_at(struct linx_cache *cache, uint32_t tid)
{
	return cache ? &cache->who[tid % LINX_CACHE_WHO] : NULL;
}

static inline struct linx_cache_flags *linx_cache_flags_at(struct linx_cache *cache, const struct linx_flagset *set,
							 uint64_t n)
{
	uint64_t hash = ((uint64_t)(uintptr_t)set >> 3 ^ n) * 0x9e3779b97f4a7c15u;

	return cache ? &cache->flags[hash >> 32 & (LINX_CACHE_FLAGS - 1)] : NULL;
}

static inline struct linx_cache_member *linx_cache_member_at(struct linx_cache *cache, const struct linx_ty *ty,
							   const char *name)
{
	uint64_t hash = ((uint64_t)(uintptr_t)ty >> 4 ^ (uint64_t)(uintptr_t)name) * 0x9e3779b97f4a7c15u;

	return cache ? &cache->members[hash >> 32 & (LINX_CACHE_MEMBERS - 1)] : NULL;
}

/*
 * Copies the text of a task, or of a number that is shown as names, into a cache entry; does nothing if the text is too
 * long.
 */
void linx_cache_who_set(struct linx_cache_who *cache, uint32_t tid, const char *comm, const char *text, size_t len);
void linx_cache_flags_set(struct linx_cache_flags *cache, const struct linx_flagset *set, uint64_t n, const char *how,
			 const char *text, size_t len);

#endif
