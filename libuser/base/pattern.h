/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Compiles regular expressions of users with regcomp(3), within bounds of memory. */
#ifndef LINX_PATTERN_H
#define LINX_PATTERN_H

#include <regex.h>
#include <stddef.h>

/*
 * Compiles a POSIX extended expression, for tests without positions (REG_NOSUB). 0: the caller
 * frees re with regfree(). -EINVAL: why has the reason; expressions for which regcomp(3) would
 * need more than some megabytes are refused.
 */
int linx_pattern_compile(regex_t *re, const char *pattern, char *why, size_t size);

#endif
