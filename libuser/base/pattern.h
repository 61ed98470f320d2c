/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Regular expressions of users: regcomp(3) within bounds. */
#ifndef LINX_PATTERN_H
#define LINX_PATTERN_H

#include <regex.h>
#include <stddef.h>

/*
 * Compiles a POSIX extended expression for matching alone. 0: the caller frees re with
 * regfree(). -EINVAL: why has the reason; expressions that would take regcomp(3) more than
 * some megabytes are refused.
 */
int linx_pattern_compile(regex_t *re, const char *pattern, char *why, size_t size);

#endif
