/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Regular expressions of users: regcomp(3) within bounds. */
#ifndef LINX_PATTERN_H
#define LINX_PATTERN_H

#include <regex.h>
#include <stddef.h>

/*
 * A POSIX extended expression that is only to match or not: 0, and re has to be
 * freed (regfree), or -EINVAL with the reason in why. One that would take
 * regcomp(3) more than some megabytes is refused.
 */
int linx_pattern_compile(regex_t *re, const char *pattern, char *why, size_t size);

#endif
