/* SPDX-License-Identifier: (GPL-2.0-only WITH Linux-syscall-note) OR LGPL-2.1-or-later */
/*
 * How a message of HTTP/1 begins: one rule for each engine in the kernel and for the library.
 *
 * A response begins with "HTTP/1.". A request begins with a method, which is any token (RFC 9110,
 * 9.1), a space, a target without blanks and controls, a space, and "HTTP/". Empty lines may
 * stand before both (RFC 9112, 2.2). The rule reads byte after byte and keeps its place in a word,
 * so that a program of eBPF can run it as a loop's turns.
 *
 * The first LINX_HTTP_LOOK bytes decide. Where they end within a request line, or the data does,
 * a method of capitals and hyphens is believed, and another one if its target begins with a
 * slash: words of other protocols come in pieces, too.
 */
#ifndef LINX_HTTP_BEGIN_H
#define LINX_HTTP_BEGIN_H

#include <linux/types.h>

/* Bytes that are looked at, and those of them that may be a method and empty lines before it. */
#define LINX_HTTP_LOOK 64u
#define LINX_HTTP_METHOD_MAX 32u

/* Kinds of data, by their first bytes. */
enum linx_http_looks {
	LINX_HTTP_LOOKS_FOREIGN,
	LINX_HTTP_LOOKS_SHORT, /* too short to say */
	LINX_HTTP_LOOKS_RIGHT,
};

/* Places in the first line. */
enum linx_http_place {
	LINX_HTTP_AT_START, /* or behind an empty line */
	LINX_HTTP_AT_NAME, /* within "HTTP/1.", one more for each byte of it: a response, or a method so far */
	LINX_HTTP_AT_METHOD = LINX_HTTP_AT_NAME + 7,
	LINX_HTTP_AT_SPACE,
	LINX_HTTP_AT_TARGET,
	LINX_HTTP_AT_VERSION, /* within "HTTP/" behind the target, likewise */
	LINX_HTTP_AT_FOREIGN = LINX_HTTP_AT_VERSION + 5,
	LINX_HTTP_AT_RIGHT,
	LINX_HTTP_AT_MASK = 31,
	LINX_HTTP_ODD = 32, /* the method has something else than capitals and hyphens */
	LINX_HTTP_PATH = 64, /* the target begins with a slash */
};

#define LINX_HTTP_IS_DECIDED(place) (((place) & LINX_HTTP_AT_MASK) >= LINX_HTTP_AT_FOREIGN)

/* RFC 9110, 5.6.2: letters, digits, and !#$%&'*+-.^_`|~ */
static inline int linx_http_is_token(__u8 c)
{
	const __u64 low = 0x03ff6cfa00000000ull, high = 0x57ffffffc7fffffeull;

	return c < 128 && (c < 64 ? low : high) >> (c & 63) & 1;
}

/* Byte number i of "HTTP/1.". */
static inline __u8 linx_http_name_byte(__u32 i)
{
	return (__u8)(0x2e312f50545448ull >> i * 8);
}

static inline __u32 linx_http_step_method(__u32 place, __u8 c, __u32 i)
{
	const __u32 capital = (c >= 'A' && c <= 'Z') || c == '-';

	if (c == ' ')
		return LINX_HTTP_AT_SPACE | (place & LINX_HTTP_ODD);
	if (!linx_http_is_token(c) || i >= LINX_HTTP_METHOD_MAX)
		return LINX_HTTP_AT_FOREIGN;
	return LINX_HTTP_AT_METHOD | (place & LINX_HTTP_ODD) | (capital ? 0 : LINX_HTTP_ODD);
}

static inline __u32 linx_http_step_start(__u8 c, __u32 i)
{
	if (c == '\r' || c == '\n')
		return LINX_HTTP_AT_START;
	if (c == ' ')
		return LINX_HTTP_AT_FOREIGN;
	return c == 'H' ? LINX_HTTP_AT_NAME + 1 : linx_http_step_method(LINX_HTTP_AT_METHOD, c, i);
}

static inline __u32 linx_http_step_name(__u32 place, __u8 c, __u32 i)
{
	if (c == linx_http_name_byte(place - LINX_HTTP_AT_NAME))
		return place + 1 < LINX_HTTP_AT_METHOD ? place + 1 : LINX_HTTP_AT_RIGHT;
	return place > LINX_HTTP_AT_NAME + 4 ? LINX_HTTP_AT_FOREIGN : linx_http_step_method(LINX_HTTP_AT_METHOD, c, i);
}

static inline __u32 linx_http_step_target(__u32 place, __u8 c)
{
	const __u32 flags = place & ~(__u32)LINX_HTTP_AT_MASK;

	if (c == ' ')
		return (place & LINX_HTTP_AT_MASK) == LINX_HTTP_AT_SPACE ? LINX_HTTP_AT_FOREIGN : flags | LINX_HTTP_AT_VERSION;
	if (c < ' ' || c == 0x7f)
		return LINX_HTTP_AT_FOREIGN;
	if ((place & LINX_HTTP_AT_MASK) == LINX_HTTP_AT_SPACE && c == '/')
		return flags | LINX_HTTP_AT_TARGET | LINX_HTTP_PATH;
	return flags | LINX_HTTP_AT_TARGET;
}

/* The place behind byte number i, which is c. */
static inline __u32 linx_http_step(__u32 place, __u8 c, __u32 i)
{
	const __u32 at = place & LINX_HTTP_AT_MASK;

	if (at == LINX_HTTP_AT_START)
		return linx_http_step_start(c, i);
	if (at < LINX_HTTP_AT_METHOD)
		return linx_http_step_name(place, c, i);
	if (at == LINX_HTTP_AT_METHOD)
		return linx_http_step_method(place, c, i);
	if (at < LINX_HTTP_AT_VERSION)
		return linx_http_step_target(place, c);
	if (at >= LINX_HTTP_AT_FOREIGN)
		return place;
	if (c != linx_http_name_byte(at - LINX_HTTP_AT_VERSION))
		return LINX_HTTP_AT_FOREIGN;
	return at + 1 < LINX_HTTP_AT_FOREIGN ? place + 1 : LINX_HTTP_AT_RIGHT;
}

/* Kind of n bytes that lead to a place. Empty lines alone are nothing that anybody waits behind. */
static inline enum linx_http_looks linx_http_looks_at(__u32 place, __u32 n)
{
	const __u32 at = place & LINX_HTTP_AT_MASK;

	if (at == LINX_HTTP_AT_RIGHT)
		return LINX_HTTP_LOOKS_RIGHT;
	if (at == LINX_HTTP_AT_FOREIGN || at == LINX_HTTP_AT_START)
		return LINX_HTTP_LOOKS_FOREIGN;
	if ((place & (LINX_HTTP_ODD | LINX_HTTP_PATH)) == LINX_HTTP_ODD)
		return LINX_HTTP_LOOKS_FOREIGN;
	return n >= LINX_HTTP_LOOK || (place & (LINX_HTTP_ODD | LINX_HTTP_PATH)) == LINX_HTTP_PATH ? LINX_HTTP_LOOKS_RIGHT :
												    LINX_HTTP_LOOKS_SHORT;
}

/* Kind of n bytes at p. */
static inline enum linx_http_looks linx_http_looks(const __u8 *p, __u32 n)
{
	__u32 place = LINX_HTTP_AT_START, i;

	for (i = 0; i < n && i < LINX_HTTP_LOOK && !LINX_HTTP_IS_DECIDED(place); i++)
		place = linx_http_step(place, p[i], i);
	return linx_http_looks_at(place, n);
}

/*
 * May data begin a message, whose first bytes are this word, with zeroes behind them if they are fewer? Most of what
 * programs move is turned away here: the four are printable, or fewer of them are, or an empty line begins.
 */
static inline int linx_http_may_begin(__u32 word)
{
	return !(((word - 0x20202020u) | word) & 0x80808080u) || ((word & 0xff) | 7) == 15 || (word < 1u << 24 && (word & 0x40));
}

#endif
