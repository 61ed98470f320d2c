/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a printer has written or looked up before and is likely to need again:
 * names of tasks, flags, members. Each has one place by its hash, so that memory
 * is bounded, and says itself what it is of: nothing is ever out of date.
 */
#ifndef LINX_KEPT_H
#define LINX_KEPT_H

#include "table/names.h"
#include "base/strbuf.h"
#include "table/type.h"

/* "comm[tid]   " of a task of that number and name. */
struct linx_kept_who {
	uint32_t tid, len; /* len 0: none */
	char comm[16];
	char text[72];
};

/* A number by the names of a set. */
struct linx_kept_flags {
	const struct linx_flagset *set; /* NULL: none */
	uint64_t n;
	char how[4]; /* size, base, names or numbers, text or JSON */
	uint32_t len;
	char text[104];
};

/* Where a member lies in a structure. */
struct linx_kept_member {
	const struct linx_ty *ty; /* NULL: none */
	const struct linx_member *member;
	uint32_t abi, at;
};

#define LINX_KEPT_MEMBERS 256u
#define LINX_KEPT_WHO 64u
#define LINX_KEPT_FLAGS 256u

struct linx_kept {
	struct linx_kept_who who[LINX_KEPT_WHO];
	struct linx_kept_flags flags[LINX_KEPT_FLAGS];
	struct linx_kept_member members[LINX_KEPT_MEMBERS];
};

static inline struct linx_kept_who *linx_kept_who_at(struct linx_kept *kept, uint32_t tid)
{
	return kept ? &kept->who[tid % LINX_KEPT_WHO] : NULL;
}

static inline struct linx_kept_flags *linx_kept_flags_at(struct linx_kept *kept, const struct linx_flagset *set,
							 uint64_t n)
{
	uint64_t hash = ((uint64_t)(uintptr_t)set >> 3 ^ n) * 0x9e3779b97f4a7c15u;

	return kept ? &kept->flags[hash >> 32 & (LINX_KEPT_FLAGS - 1)] : NULL;
}

static inline struct linx_kept_member *linx_kept_member_at(struct linx_kept *kept, const struct linx_ty *ty,
							   const char *name)
{
	uint64_t hash = ((uint64_t)(uintptr_t)ty >> 4 ^ (uint64_t)(uintptr_t)name) * 0x9e3779b97f4a7c15u;

	return kept ? &kept->members[hash >> 32 & (LINX_KEPT_MEMBERS - 1)] : NULL;
}

/* Too long a text is not kept. */
void linx_kept_who_set(struct linx_kept_who *kept, uint32_t tid, const char *comm, const char *text, size_t len);
void linx_kept_flags_set(struct linx_kept_flags *kept, const struct linx_flagset *set, uint64_t n, const char *how,
			 const char *text, size_t len);

#endif
