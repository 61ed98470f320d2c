// SPDX-License-Identifier: LGPL-2.1-or-later
/* Finds positions in a valid JSON text. */
#include <string.h>

#include "base/json_pos.h"

unsigned int position_line(const char *text, const char *at)
{
	unsigned int line = 1;

	for (; text < at; text++)
		line += *text == '\n';
	return line;
}

static const char *skip_blanks(const char *s)
{
	return s + strspn(s, " \t\r\n");
}

/* Returns the position after the closing quote. */
static const char *skip_string(const char *s)
{
	for (s++; *s && *s != '"'; s++)
		s += *s == '\\' && s[1];
	return s + !!*s;
}

/* Returns the position after the value. Brackets in strings are not counted. */
static const char *skip_value(const char *s)
{
	unsigned int depth = 0;

	s = skip_blanks(s);
	do {
		if (*s == '"') {
			s = skip_string(s);
		} else if (*s == '{' || *s == '[') {
			depth++;
			s++;
		} else if (*s == '}' || *s == ']') {
			depth--;
			s++;
		} else if (depth) {
			s++;
		} else {
			s += strcspn(s, ",]} \t\r\n");
		}
	} while (*s && depth);
	return s;
}

const char *position_child(const char *from, const cJSON *parent, const cJSON *child)
{
	const cJSON *c;
	const char *s = skip_blanks(from);

	if (*s != '{' && *s != '[')
		return NULL;
	s = skip_blanks(s + 1);
	for (c = parent->child; c; c = c->next) {
		if (c->string)
			s = skip_blanks(skip_blanks(skip_string(s)) + 1); /* + 1: the colon */
		if (c == child)
			return s;
		s = skip_blanks(skip_value(s));
		s = skip_blanks(s + (*s == ','));
	}
	return NULL;
}
