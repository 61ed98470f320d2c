// SPDX-License-Identifier: LGPL-2.1-or-later
/* Texts for a terminal: see top/text.h. */
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>

#include "top/text.h"

/* Most bytes of the escape of one character. */
#define ESCAPE_MAX 12
/* Emoji and other pictures begin here. Terminals disagree about their width. */
#define PICTURES 0x1f000u

/* Returns how many bytes the character at s has, and sets *c to it; 0: the bytes are not valid UTF-8. */
static size_t decode(const char *s, uint32_t *c)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	unsigned char lead = (unsigned char)*s;
	size_t n = lead < 0x80 ? 1 : lead >= 0xc2 && lead < 0xe0 ? 2 : lead >= 0xe0 && lead < 0xf0 ? 3 : lead >= 0xf0 && lead < 0xf5 ? 4 : 0;

	*c = n == 1 ? lead : lead & (0x7fu >> n);
	for (size_t i = 1; i < n; i++) {
		if (((unsigned char)s[i] & 0xc0) != 0x80)
			return 0;
		*c = *c << 6 | ((unsigned char)s[i] & 0x3f);
	}
	return n && *c >= least[n] && !(*c >= 0xd800 && *c < 0xe000) && *c <= 0x10ffff ? n : 0;
}

/* True for marks that change the order in which later characters are shown. */
static bool turns(uint32_t c)
{
	return c == 0x61c || c == 0x200e || c == 0x200f || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

/* Returns how many columns a character takes; 0: it must be escaped. */
static int columns_of(uint32_t c, bool utf8)
{
	int n;

	if (c < 0x80)
		return c >= ' ' && c != 0x7f;
	if (!utf8 || turns(c) || (c >= PICTURES && c < 0x20000))
		return 0;
	n = wcwidth((wchar_t)c);
	return n > 0 ? n : 0;
}

/* True for characters of ASCII that are shown as they are. They are tested first, since most text consists of them. */
static bool is_plain(char c)
{
	return c >= ' ' && c < 0x7f;
}

/* Writes the first character of s, or its escape, to piece. Returns its length in s. *columns: columns of piece. */
static size_t next(const char *s, bool utf8, char piece[ESCAPE_MAX + 1], int *columns)
{
	uint32_t c;
	size_t n;

	if (is_plain(*s)) {
		piece[0] = *s;
		piece[1] = '\0';
		*columns = 1;
		return 1;
	}
	n = decode(s, &c);
	*columns = n ? columns_of(c, utf8) : 0;
	if (*columns) {
		memcpy(piece, s, n);
		piece[n] = '\0';
		return n;
	}
	*columns = snprintf(piece, ESCAPE_MAX + 1, n ? "\\u{%x}" : "\\x%02x", n ? c : (uint32_t)(unsigned char)*s);
	return n ? n : 1;
}

int top_text(char *to, size_t size, const char *from, int most, bool utf8)
{
	char piece[ESCAPE_MAX + 1];
	int used = 0, columns;
	size_t at = 0, n;

	while (*from) {
		from += next(from, utf8, piece, &columns);
		n = strlen(piece);
		if (used + columns > most || at + n + 1 > size)
			break;
		memcpy(to + at, piece, n);
		at += n;
		used += columns;
	}
	if (size)
		to[at] = '\0';
	return used;
}

size_t top_text_fit(const char *from, int most, bool utf8)
{
	char piece[ESCAPE_MAX + 1];
	const char *at = from;
	int used = 0, columns;
	size_t n;

	while (*at) {
		n = next(at, utf8, piece, &columns);
		used += columns;
		if (used > most)
			break;
		at += n;
	}
	return (size_t)(at - from);
}

int top_text_width(const char *from, bool utf8)
{
	char piece[ESCAPE_MAX + 1];
	int used = 0, columns;

	while (*from && used < INT_MAX / 2) {
		if (is_plain(*from)) {
			from++;
			used++;
			continue;
		}
		from += next(from, utf8, piece, &columns);
		used += columns;
	}
	return used;
}

const char *top_text_end(const char *from, int most, bool utf8)
{
	int width = top_text_width(from, utf8), columns;
	char piece[ESCAPE_MAX + 1];

	for (; *from && width > most; width -= columns)
		from += next(from, utf8, piece, &columns);
	return from;
}
