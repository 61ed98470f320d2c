// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The C library writes a repeated part of an expression as often as it may be
 * repeated, a+ as aa*, and so a part of a part: thirty times + are a thousand
 * million parts, taken from memory before anything is matched. So what an
 * expression would become is counted first.
 */
#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/pattern.h"

/*
 * What stands in an item of an expression is no longer than 256, names of calls
 * are shorter. Memory may grow with the square: parts that need not be there.
 */
#define PARTS_MAX 1024u
#define DEPTH_MAX 64u

/* A group that is open; the outermost one is the expression. */
struct group {
	size_t parts; /* before the last one */
	size_t last; /* what a repetition that follows repeats */
};

/* Behind a bracket expression, whose [ is at s. What is not closed ends with the pattern. */
static const char *skip_brackets(const char *s)
{
	s += s[1] == '^' ? 2 : 1;
	for (bool first = true; *s && (first || *s != ']'); first = false) {
		char kind = s[0] == '[' ? s[1] : '\0';
		const char *end = s + 2;

		s++;
		if (!kind || !strchr(":.=", kind))
			continue;
		while (*end && (end[0] != kind || end[1] != ']'))
			end++;
		if (*end)
			s = end + 2;
	}
	return *s ? s + 1 : s;
}

/* How often {m}, {m,}, {,n} or {m,n} at s repeats at most; 1: it is no repetition. *end: at its brace. */
static size_t read_bounds(const char *s, const char **end)
{
	unsigned long most = 0, n;
	char *next;

	for (*end = s, s++; *s == ',' || isdigit((unsigned char)*s); s = *s == ',' ? s + 1 : s) {
		n = isdigit((unsigned char)*s) ? strtoul(s, &next, 10) : 0;
		s = isdigit((unsigned char)*s) ? next : s;
		most = n > most ? n : most;
	}
	if (*s != '}')
		return 1;
	*end = s;
	return most < PARTS_MAX ? most + 1 : PARTS_MAX;
}

static void add_part(struct group *g, size_t parts)
{
	g->parts += g->last;
	g->last = parts;
}

/* Its parts when all is written out; more than PARTS_MAX: too many. */
static size_t count_parts(const char *s)
{
	struct group open[DEPTH_MAX] = { 0 }, *g = open;

	for (; *s; s++) {
		if (*s == '(') {
			if (++g == open + DEPTH_MAX)
				return PARTS_MAX + 1;
			*g = (struct group){ 0 };
		} else if (*s == ')' && g > open) {
			g--;
			add_part(g, g[1].parts + g[1].last + 1);
		} else if (*s == '*' || *s == '?') {
			g->last++;
		} else if (*s == '+') {
			g->last *= 2;
		} else if (*s == '{') {
			g->last *= read_bounds(s, &s);
		} else {
			if (*s == '[')
				s = skip_brackets(s) - 1;
			else if (*s == '\\' && s[1])
				s++;
			add_part(g, 1);
		}
		if (g->parts + g->last > PARTS_MAX)
			return PARTS_MAX + 1;
	}
	for (; g > open; g--)
		g[-1].last += g->parts + g->last;
	return open->parts + open->last;
}

int linx_pattern_compile(regex_t *re, const char *pattern, char *why, size_t size)
{
	int ret;

	if (count_parts(pattern) > PARTS_MAX) {
		snprintf(why, size, "it repeats too much");
		return -EINVAL;
	}
	ret = regcomp(re, pattern, REG_EXTENDED | REG_NOSUB);
	if (!ret)
		return 0;
	regerror(ret, re, why, size);
	return -EINVAL;
}
