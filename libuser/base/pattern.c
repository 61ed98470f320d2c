// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Calls regcomp(3) within bounds. The C library expands repetitions, a+ to aa*, even inside other
 * repetitions: thirty + in a row become a thousand million parts, with memory for each, before
 * anything is matched. So the parts of an expression are counted first.
 */
#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/pattern.h"

/*
 * Limit of the parts after expansion. An item of a selection's expression has at most 256 characters, and names of
 * calls are shorter. If parts are optional, the memory of regcomp(3) may grow with the square of their number.
 */
#define PARTS_MAX 1024u
#define DEPTH_MAX 64u

/* A group "(...)" of a regular expression that is not closed yet; the outermost group is the whole expression. */
struct group {
	size_t parts; /* number of parts, after expansion, before the group's last atom */
	size_t last; /* number of parts of the last atom, which a repetition multiplies */
};

/* Returns the end of the bracket expression whose [ is at s: behind its ], or the end of the pattern. */
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

/*
 * Returns the factor by which the interval {m}, {m,}, {,n} or {m,n} at s multiplies the parts of the
 * atom before it, at most PARTS_MAX; 1: it is not an interval. *end: set to the closing brace.
 */
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

/* Returns the number of parts of a pattern after expansion; above PARTS_MAX: too many. */
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
