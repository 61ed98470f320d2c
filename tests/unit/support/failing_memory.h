/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Makes allocations of this program, and of its libraries, fail on request. */
#ifndef FAILING_MEMORY_H
#define FAILING_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

/*
 * Sanitizers have an allocator of their own, which must not be replaced. gcc shows by macros that a sanitizer is used,
 * clang by features.
 */
#ifndef __has_feature
#define __has_feature(name) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || __has_feature(address_sanitizer) || \
	__has_feature(thread_sanitizer) || !defined(__GLIBC__)
#define CAN_FAIL 0
#else
#define CAN_FAIL 1
void *__libc_calloc(size_t n, size_t size);
void *__libc_malloc(size_t size);
void *__libc_realloc(void *p, size_t size);

enum { FAIL_CALLOC = 1, FAIL_MALLOC = 2, FAIL_REALLOC = 4 };

static unsigned int failing; /* kinds of allocation that fail (FAIL_*); 0: no allocation fails */
static int until_failure; /* number of allocations until one fails; 0: each one fails */

static bool fails(unsigned int kind)
{
	bool each = !until_failure;

	if (!(failing & kind) || (!each && --until_failure))
		return false;
	if (!each)
		failing = 0;
	return true;
}

void *calloc(size_t n, size_t size)
{
	return fails(FAIL_CALLOC) ? NULL : __libc_calloc(n, size);
}

void *malloc(size_t size)
{
	return fails(FAIL_MALLOC) ? NULL : __libc_malloc(size);
}

void *realloc(void *p, size_t size)
{
	return fails(FAIL_REALLOC) ? NULL : __libc_realloc(p, size);
}

static inline void fail_once(unsigned int kinds, int nth)
{
	failing = kinds;
	until_failure = nth;
}

/* Returns whether an allocation has failed, and ends the failures. */
static inline bool has_failed(void)
{
	bool failed = !failing;

	failing = 0;
	until_failure = 0;
	return failed;
}
#endif

#endif
