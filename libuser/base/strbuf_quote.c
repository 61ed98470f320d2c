// SPDX-License-Identifier: LGPL-2.1-or-later
/* Quoting of strings in the styles of C and strace. */
#include "base/escape.h"

static bool continues(const char *s, size_t i)
{
	return (s[i] & 0xc0) == 0x80;
}

size_t linx_utf8(const char *s, size_t n, uint32_t *code)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	uint8_t lead = (uint8_t)s[0];
	size_t len = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
	uint32_t c = lead & (0x7f >> len);

	if (lead < 0xc2 || lead > 0xf4 || n < len)
		return 0;
	for (size_t i = 1; i < len; i++) {
		if (!continues(s, i))
			return 0;
		c = c << 6 | (s[i] & 0x3f);
	}
	if (c < least[len] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0;
	*code = c;
	return len;
}

/* True for characters beyond ASCII that change how a terminal shows their surroundings. */
static bool controls(uint32_t code)
{
	return code < 0xa0 || code == 0xad || code == 0x61c || code == 0x180e || (code >= 0x200b && code <= 0x200f) ||
	       (code >= 0x2028 && code <= 0x202e) || (code >= 0x2060 && code <= 0x206f) ||
	       code == 0xfeff || (code >= 0xe000 && code <= 0xf8ff) ||
	       (code >= 0xfff0 && code <= 0xfffb) || code >= 0xe0000;
}

/* Longest escape of a byte: a backslash and three digits. */
#define ESCAPE_MAX 4u

/* Letter of the short escape of c, such as n of \n; 0: c has none. */
#define LETTER(c) \
	((c) == '\t' ? 't' : (c) == '\n' ? 'n' : (c) == '\v' ? 'v' : (c) == '\f' ? 'f' : (c) == '\r' ? 'r' : (c) == '"' || (c) == '\\' ? (c) : 0)
/* Octal digit of c; i 0 is the last digit. */
#define DIGIT(c, i) ('0' + ((c) >> (i) * 3 & 7))
#define NDIGITS(c) ((c) < 010 ? 1 : (c) < 0100 ? 2 : 3)

/* Element of the table for c, where an octal escape has n digits. */
#define NUMBERED(c, n)                                                                                       \
	{                                                                                                    \
		{ (char)(LINX_PLAIN(c) ? (c) : '\\'), (char)(LETTER(c) ? LETTER(c) : DIGIT(c, (n)-1)),       \
		  (char)DIGIT(c, (n) > 1 ? (n)-2 : 0), (char)DIGIT(c, 0) },                                  \
			LINX_PLAIN(c) ? 1 : LETTER(c) ? 2 : (n) + 1                                          \
	}
/*
 * Elements of tables. SHORT: with the shortest octal escape; LONG: with one of three digits, for a byte that another
 * digit follows.
 */
#define SHORT(c) NUMBERED(c, NDIGITS(c))
#define LONG(c) NUMBERED(c, 3)

static const struct linx_escaped shortest[256] = { LINX_ESCAPED_256(SHORT) };
static const struct linx_escaped longest[256] = { LINX_ESCAPED_256(LONG) };

/* Returns the length of the UTF-8 sequence at s if a terminal shows it as a letter; 0: it is not such a sequence. */
static size_t letter_of(const char *s, size_t n)
{
	uint32_t code;
	size_t len = linx_utf8(s, n, &code);

	return len && !controls(code) ? len : 0;
}

static size_t put_letter(char **to, const char *s, size_t n)
{
	size_t len = letter_of(s, n);

	memcpy(*to, len ? s : longest[(uint8_t)*s].text, len ? len : ESCAPE_MAX);
	*to += len ? len : ESCAPE_MAX;
	return len ? len : 1;
}

#define NULS_8 "\\0\\0\\0\\0\\0\\0\\0\\0"
static const char nuls[LINX_NULS_ROOM + 1] = NULS_8 NULS_8 NULS_8;
#define MANNER ESCAPE_MAX, 2, nuls, { shortest, longest }

static const struct linx_escape ascii = { MANNER, NULL };
static const struct linx_escape utf8 = { MANNER, put_letter };

static void write_escaped(struct linx_strbuf *o, const char *s, size_t n, bool letters_too)
{
	linx_strbuf_escaped(o, s, n, letters_too ? &utf8 : &ascii);
}

void linx_strbuf_text(struct linx_strbuf *o, const char *s, size_t n)
{
	write_escaped(o, s, n, true);
}

void linx_strbuf_quote_ascii(struct linx_strbuf *o, const char *s, size_t n)
{
	linx_strbuf_quoted(o, s, n, &ascii);
}

void linx_strbuf_quote_text(struct linx_strbuf *o, const char *s, size_t n)
{
	linx_strbuf_quoted(o, s, n, &utf8);
}

static void hex_escape(struct linx_strbuf *o, char c)
{
	char hex[4] = { '\\', 'x', "0123456789abcdef"[(uint8_t)c >> 4], "0123456789abcdef"[c & 15] };

	linx_strbuf_mem(o, hex, sizeof(hex));
}

void linx_strbuf_quote_hex(struct linx_strbuf *o, const char *s, size_t n)
{
	linx_strbuf_char(o, '"');
	for (size_t i = 0; i < n; i++)
		hex_escape(o, s[i]);
	linx_strbuf_char(o, '"');
}

/* True for a byte that is printed as it is, or as a backslash and a letter: \t to \r. */
static bool printable(char c)
{
	return (c >= ' ' && c < 0x7f) || (c >= '\t' && c <= '\r');
}

static void quote_mixed(struct linx_strbuf *o, const char *s, size_t n)
{
	linx_strbuf_char(o, '"');
	for (size_t i = 0; i < n; i++) {
		if (printable(s[i]))
			write_escaped(o, s + i, 1, false);
		else
			hex_escape(o, s[i]);
	}
	linx_strbuf_char(o, '"');
}

void linx_strbuf_quote_x(struct linx_strbuf *o, const char *s, size_t n, unsigned int mode)
{
	size_t i = 0;

	while (i < n && printable(s[i]))
		i++;
	if (mode == 3)
		quote_mixed(o, s, n);
	else if (mode == 2 || i < n)
		linx_strbuf_quote_hex(o, s, n);
	else
		linx_strbuf_quote_ascii(o, s, n);
}

/* Appends c as an octal escape, of three digits if an octal digit follows. more: another byte follows, at "next". */
static void octal_escape(struct linx_strbuf *o, uint8_t c, const char *next, bool more)
{
	linx_strbuf_char(o, '\\');
	linx_strbuf_octal(o, c, more && *next >= '0' && *next <= '7' ? 3 : 1);
}

static size_t angle_run(const char *s, size_t n)
{
	size_t i = 0;

	while (i < n && s[i] != '<' && s[i] != '>')
		i++;
	return i;
}

static bool all_printable(const char *s, size_t n)
{
	size_t i = 0;

	while (i < n && printable(s[i]))
		i++;
	return i == n;
}

void linx_strbuf_angle(struct linx_strbuf *o, const char *s, size_t n, unsigned int mode)
{
	bool hex = mode == 2 || mode == 3 || (mode == 1 && !all_printable(s, n));
	size_t run;

	for (size_t i = 0; i < n; i += run) {
		run = hex ? 0 : angle_run(s + i, n - i);
		if (run) {
			write_escaped(o, s + i, run, mode == LINX_ANGLE_TEXT);
			continue;
		}
		run = 1;
		if (mode == 3 && printable(s[i]) && angle_run(s + i, 1))
			write_escaped(o, s + i, 1, false);
		else if (hex)
			hex_escape(o, s[i]);
		else
			octal_escape(o, (uint8_t)s[i], s + i + 1, i + 1 < n);
	}
}
