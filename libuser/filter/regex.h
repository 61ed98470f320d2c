/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Regular expressions in bounded time: PCRE2's matcher counts its steps and gives up at a limit. At the limit the
 * result is LINX_REGEX_LIMIT, since it is not known if the text matches.
 */
#ifndef LINX_REGEX_H
#define LINX_REGEX_H

#include <linx/linx.h>

struct linx_regex;

enum linx_regex_result { LINX_REGEX_DIFFERS, LINX_REGEX_MEETS, LINX_REGEX_LIMIT };

/* Compiles a pattern that must match the whole of a text. -EINVAL: the pattern is wrong at offset *at; -ENOMEM */
int linx_regex_new(const char *pattern, size_t n, struct linx_regex **out, size_t *at, struct linx_error *err);
/*
 * Compiles a pattern that must match a part of a text; ^ and $ are the ends of a line. Errors as for linx_regex_new()
 */
int linx_regex_new_part(const char *pattern, size_t n, struct linx_regex **out, size_t *at, struct linx_error *err);
/*
 * Checks that a pattern, which has a NUL at its end, has nothing that Falco refuses. Falco takes only the syntax of
 * POSIX, so "\\d" is an error. -EINVAL: Falco refuses the pattern.
 */
int linx_regex_check(const char *pattern, size_t n, struct linx_error *err);
void linx_regex_free(struct linx_regex *r);
enum linx_regex_result linx_regex_match(struct linx_regex *r, const char *s, size_t n);

#endif
