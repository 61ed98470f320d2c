/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Buffer that printers write text to. It grows, and is reused for the next event. If there is no
 * memory, failed is set, and everything that is written later is dropped.
 */
#ifndef LINX_STRBUF_H
#define LINX_STRBUF_H

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

/* Returns the end of the text, with room for n more bytes; NULL: no memory. Not NULL for n = 0 in an empty buffer. */
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

/*
 * Appends the first n bytes of an array of size bytes. The whole array is copied, since a copy of
 * constant size is faster.
 */
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

/* The texts "00" to "99": two digits for one division. */
extern const char linx_digit_pairs[201];

static inline void linx_two_digits(char *to, uint32_t n)
{
	memcpy(to, linx_digit_pairs + n * 2, 2);
}

/* Bytes of room that are enough for any number with its sign. */
#define LINX_NUMBER_ROOM 24u
/* Writes a number in decimal to memory with enough room, and returns the end. linx_digits_at(): n is 100 or more. */
char *linx_digits_at(char *to, uint64_t n);
/* Writes a number below 10^8 with leading zeroes, LINX_EIGHT_DIGITS bytes. */
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

/* Sets the end of the text to "to", after the caller wrote to the memory of linx_strbuf_room(). */
static inline void linx_strbuf_end(struct linx_strbuf *o, const char *to)
{
	o->len = (size_t)(to - o->data);
}

void linx_strbuf_pad(struct linx_strbuf *o, char c, size_t n);
void linx_strbuf_u64(struct linx_strbuf *o, uint64_t n);
void linx_strbuf_i64(struct linx_strbuf *o, int64_t n);
/* Appends a number as printf() does: linx_strbuf_hex() with %#llx; linx_strbuf_octal() with %0*llo, * being width. */
void linx_strbuf_hex(struct linx_strbuf *o, uint64_t n);
void linx_strbuf_octal(struct linx_strbuf *o, uint64_t n, unsigned int width);
/* Appends a number in decimal with leading zeroes, width at most 20. */
void linx_strbuf_digits(struct linx_strbuf *o, uint64_t n, unsigned int width);

/* Quotes a string like strace: printable ASCII as it is, other bytes as in C, such as "\33". */
void linx_strbuf_quote_ascii(struct linx_strbuf *o, const char *s, size_t n);
/*
 * Quotes a string like strace -x. Mode 1: every byte as \xNN if any is not printable ASCII; 2:
 * every byte, always; 3: only bytes that are not printable ASCII.
 */
void linx_strbuf_quote_x(struct linx_strbuf *o, const char *s, size_t n, unsigned int mode);
/* Quotes every byte as \xNN, for random bytes, which are never text. */
void linx_strbuf_quote_hex(struct linx_strbuf *o, const char *s, size_t n);
/*
 * Quotes a string for terminals: letters of other scripts stay, characters that control a
 * terminal are escaped.
 */
void linx_strbuf_quote_text(struct linx_strbuf *o, const char *s, size_t n);
/*
 * Appends a string without quotes, with < and > escaped. mode: as for linx_strbuf_quote_x();
 * 0: ASCII; LINX_ANGLE_TEXT: as for terminals.
 */
#define LINX_ANGLE_TEXT 4u
void linx_strbuf_angle(struct linx_strbuf *o, const char *s, size_t n, unsigned int mode);
/* Appends a string like linx_strbuf_quote_text(), but without quotes. */
void linx_strbuf_text(struct linx_strbuf *o, const char *s, size_t n);

/*
 * Returns the length of the valid UTF-8 sequence of 2 to 4 bytes at s, and its code point in *code; 0: there is no such
 * sequence.
 */
size_t linx_utf8(const char *s, size_t n, uint32_t *code);

/* Appends text with control characters and backslashes escaped as in C, but not quotes. */
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
