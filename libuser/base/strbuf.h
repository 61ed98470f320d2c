/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The buffer that printers write to. It grows and is used again for the next
 * event; without memory it drops what follows and says so in failed.
 */
#ifndef LINX_OUT_H
#define LINX_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct linx_strbuf {
	char *data;
	size_t len, cap;
	bool failed;
};

bool linx_strbuf_grow(struct linx_strbuf *o, size_t n);

/* Room for n more bytes, or NULL. There is memory also if n is 0 and nothing was written yet. */
static inline char *linx_strbuf_room(struct linx_strbuf *o, size_t n)
{
	if (o->cap - o->len <= n && !linx_strbuf_grow(o, n))
		return NULL;
	return o->data + o->len;
}

static inline void linx_strbuf_mem(struct linx_strbuf *o, const void *data, size_t n)
{
	char *to = linx_strbuf_room(o, n);

	if (to && n)
		memcpy(to, data, n);
	o->len += to ? n : 0;
}

/* The first n bytes of an array of size bytes, all of which are copied: a size that is known is fast. */
static inline void linx_strbuf_short(struct linx_strbuf *o, const char *data, size_t n, size_t size)
{
	char *to = linx_strbuf_room(o, size);

	if (to)
		memcpy(to, data, size);
	o->len += to ? n : 0;
}

static inline void linx_strbuf_char(struct linx_strbuf *o, char c)
{
	char *to = linx_strbuf_room(o, 1);

	if (to) {
		*to = c;
		o->len++;
	}
}

static inline void linx_strbuf_str(struct linx_strbuf *o, const char *s)
{
	linx_strbuf_mem(o, s, strlen(s));
}

/* "00" to "99": two digits for one division. */
extern const char linx_digit_pairs[201];

static inline void linx_two_digits(char *to, uint32_t n)
{
	memcpy(to, linx_digit_pairs + n * 2, 2);
}

/* Room for any number, with its sign. */
#define LINX_NUMBER_ROOM 24u
/* Decimal, to where there is room for a number; where it ends. linx_digits_at(): of three digits or more. */
char *linx_digits_at(char *to, uint64_t n);
/* Of a number below 10^8, with leading zeroes: LINX_EIGHT_DIGITS of them. */
#define LINX_EIGHT_DIGITS 8u
void linx_eight_digits_at(char *to, uint32_t n);
static inline char *linx_u64_at(char *to, uint64_t n)
{
	if (n >= 100)
		return linx_digits_at(to, n);
	if (n >= 10) {
		linx_two_digits(to, (uint32_t)n);
		return to + 2;
	}
	*to = (char)('0' + n);
	return to + 1;
}

static inline char *linx_i64_at(char *to, int64_t n)
{
	*to = '-';
	return n < 0 ? linx_u64_at(to + 1, -(uint64_t)n) : linx_u64_at(to, (uint64_t)n);
}

/* What was written up to to, where there was room for it. */
static inline void linx_strbuf_end(struct linx_strbuf *o, const char *to)
{
	o->len = (size_t)(to - o->data);
}

void linx_strbuf_pad(struct linx_strbuf *o, char c, size_t n);
void linx_strbuf_u64(struct linx_strbuf *o, uint64_t n);
void linx_strbuf_i64(struct linx_strbuf *o, int64_t n);
/* As %#llx and, at least width digits, %0*llo. */
void linx_strbuf_hex(struct linx_strbuf *o, uint64_t n);
void linx_strbuf_octal(struct linx_strbuf *o, uint64_t n, unsigned int width);
/* Decimal with leading zeroes, width at most 20. */
void linx_strbuf_digits(struct linx_strbuf *o, uint64_t n, unsigned int width);

/* "\33" as C has it, the way strace writes strings: ASCII alone, between quotes. */
void linx_strbuf_quote_ascii(struct linx_strbuf *o, const char *s, size_t n);
/*
 * strace -x. 1: every byte as \xNN if any of them is no printable ASCII; 2: every
 * byte, always; 3: those bytes that are no printable ASCII.
 */
void linx_strbuf_quote_x(struct linx_strbuf *o, const char *s, size_t n, unsigned int mode);
/* Every byte as \xNN: what is random is never text. */
void linx_strbuf_quote_hex(struct linx_strbuf *o, const char *s, size_t n);
/* The same for terminals: letters of other scripts stay, whatever controls a terminal does not. */
void linx_strbuf_quote_text(struct linx_strbuf *o, const char *s, size_t n);
/* Without quotes, and with < and > escaped. mode: as above, 0: ASCII, LINX_ANGLE_TEXT: as for terminals. */
#define LINX_ANGLE_TEXT 4u
void linx_strbuf_angle(struct linx_strbuf *o, const char *s, size_t n, unsigned int mode);
/* Without quotes. */
void linx_strbuf_text(struct linx_strbuf *o, const char *s, size_t n);

/* Length of the valid UTF-8 sequence at s, of 2 to 4 bytes, and its code point; 0: none. */
size_t linx_utf8(const char *s, size_t n, uint32_t *code);

/* Text whose control characters and backslashes are escaped as in C, while quotes stand as they are. */
static inline void linx_strbuf_unquoted(struct linx_strbuf *o, const char *s, size_t n)
{
	const char *quote;

	while (n && (quote = memchr(s, '"', n))) {
		linx_strbuf_text(o, s, (size_t)(quote - s));
		linx_strbuf_char(o, '"');
		n -= (size_t)(quote - s) + 1;
		s = quote + 1;
	}
	linx_strbuf_text(o, s, n);
}

#endif
