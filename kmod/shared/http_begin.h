/* SPDX-License-Identifier: (GPL-2.0-only WITH Linux-syscall-note) OR LGPL-2.1-or-later */
/*
 * Tests whether data begin like a message of HTTP/1. The module, the eBPF programs and the library use the same rule.
 *
 * A response begins with "HTTP/1.". A request begins with a method, which is any token (RFC 9110,
 * 9.1), a space, a target without blanks and controls, a space, and "HTTP/". Empty lines may
 * stand before both (RFC 9112, 2.2). The rule reads byte after byte and keeps its state in a word,
 * so that an eBPF program can run it as the turns of a loop.
 *
 * The first LINX_HTTP_LOOK bytes decide. If the data end earlier, within a request line, it is not
 * known yet whether they begin a message; but if the method is not made of capitals and hyphens
 * and the target does not begin with a slash, they do not. If the request line goes on behind
 * LINX_HTTP_LOOK bytes, the target must begin with a slash, or the method must be made of capitals
 * and hyphens and the target have a colon, since text of other protocols may also begin with two
 * words.
 *
 * Most text begins with a word of small letters. Therefore a method with other characters than
 * capitals and hyphens, or with a leading hyphen, must be short, and its target must begin with a
 * slash, a star, "h" or "H" (for "http"). So the first 16 bytes are enough to reject most text.
 */
#ifndef LINX_HTTP_BEGIN_H
#define LINX_HTTP_BEGIN_H

#include <linux/types.h>

#define LINX_HTTP_LOOK 64u /* most bytes that are examined */
#define LINX_HTTP_METHOD_MAX 32u /* most bytes of a method, with the empty lines before it */
#define LINX_HTTP_ODD_MAX 14u /* LINX_HTTP_METHOD_MAX for a method with other characters than capitals and hyphens */

/* Do data begin a message of HTTP/1, judged by their first bytes? */
enum linx_http_looks {
	LINX_HTTP_LOOKS_FOREIGN, /* no */
	LINX_HTTP_LOOKS_SHORT, /* the data are too short to decide */
	LINX_HTTP_LOOKS_RIGHT, /* yes */
};

/* States of the scanner, which reads byte after byte: one LINX_HTTP_AT_*, and the flags from LINX_HTTP_ODD on. */
enum linx_http_place {
	LINX_HTTP_AT_START, /* at the start, or behind an empty line */
	/*
	 * AT_NAME + n: n bytes of "HTTP/1." were read, which begin a response, or a method with the same first letters.
	 */
	LINX_HTTP_AT_NAME,
	LINX_HTTP_AT_METHOD = LINX_HTTP_AT_NAME + 7,
	LINX_HTTP_AT_SPACE,
	LINX_HTTP_AT_TARGET,
	LINX_HTTP_AT_VERSION, /* AT_VERSION + n: the target and n bytes of "HTTP/" were read */
	LINX_HTTP_AT_FOREIGN = LINX_HTTP_AT_VERSION + 5,
	LINX_HTTP_AT_RIGHT,
	LINX_HTTP_AT_MASK = 31,
	LINX_HTTP_ODD = 32, /* the method has other characters than capitals and hyphens */
	LINX_HTTP_PATH = 64, /* the target begins with a slash */
	LINX_HTTP_COLON = 128, /* the target has a colon, and the method consists of capitals and hyphens */
};

#define LINX_HTTP_IS_DECIDED(place) (((place) & LINX_HTTP_AT_MASK) >= LINX_HTTP_AT_FOREIGN)

/* Classes of bytes, as bits in linx_http_classes. */
enum {
	LINX_HTTP_BYTE_FIRST = 1, /* may be the first byte of a message */
	LINX_HTTP_BYTE_SECOND = 2, /* may be the second byte of a message; also NUL, which pads data of one byte */
	LINX_HTTP_BYTE_TOKEN = 4, /* RFC 9110, 5.6.2: letters, digits, and !#$%&'*+-.^_`|~ */
	LINX_HTTP_BYTE_NEWLINE = LINX_HTTP_BYTE_FIRST | LINX_HTTP_BYTE_SECOND,
	LINX_HTTP_BYTE_LETTER = LINX_HTTP_BYTE_TOKEN | LINX_HTTP_BYTE_FIRST | LINX_HTTP_BYTE_SECOND,
};
static const __u8 linx_http_classes[256] = {
	[0] = LINX_HTTP_BYTE_SECOND,
	['\n'] = LINX_HTTP_BYTE_NEWLINE,
	['\r'] = LINX_HTTP_BYTE_NEWLINE,
	[' '] = LINX_HTTP_BYTE_SECOND,
	['!'] = LINX_HTTP_BYTE_LETTER,
	['#' ... '\''] = LINX_HTTP_BYTE_LETTER,
	['*' ... '+'] = LINX_HTTP_BYTE_LETTER,
	['-' ... '.'] = LINX_HTTP_BYTE_LETTER,
	['0' ... '9'] = LINX_HTTP_BYTE_LETTER,
	['A' ... 'Z'] = LINX_HTTP_BYTE_LETTER,
	['^' ... 'z'] = LINX_HTTP_BYTE_LETTER,
	['|'] = LINX_HTTP_BYTE_LETTER,
	['~'] = LINX_HTTP_BYTE_LETTER,
};

/* May the byte occur in a token (RFC 9110, 5.6.2)? */
static inline int linx_http_is_token(__u8 c)
{
	return linx_http_classes[c] & LINX_HTTP_BYTE_TOKEN;
}

/* Returns byte number i of "HTTP/1.". */
static inline __u8 linx_http_name_byte(__u32 i)
{
	return (__u8)(0x2e312f50545448ull >> i * 8);
}

/*
 * The functions linx_http_step_*() return the state of the scanner after it has read the byte c, number i of the data.
 * place: the state before that byte. The name of each function says for which states it is.
 */
static inline __u32 linx_http_step_method(__u32 place, __u8 c, __u32 i)
{
	const __u32 capital = (c >= 'A' && c <= 'Z') || (c == '-' && i);
	const __u32 odd = (place & LINX_HTTP_ODD) | (capital ? 0 : LINX_HTTP_ODD);

	if (c == ' ')
		return LINX_HTTP_AT_SPACE | (place & LINX_HTTP_ODD);
	if (!linx_http_is_token(c) || i >= (odd ? LINX_HTTP_ODD_MAX : LINX_HTTP_METHOD_MAX))
		return LINX_HTTP_AT_FOREIGN;
	return LINX_HTTP_AT_METHOD | odd;
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

/* May the target begin with this byte if the method has other characters than capitals and hyphens? */
static inline int linx_http_is_plain_target(__u8 c)
{
	return c == '/' || c == '*' || c == 'h' || c == 'H';
}

static inline __u32 linx_http_step_target(__u32 place, __u8 c)
{
	const __u32 first = (place & LINX_HTTP_AT_MASK) == LINX_HTTP_AT_SPACE;
	__u32 flags = place & ~(__u32)LINX_HTTP_AT_MASK;

	if (c == ' ')
		return first ? LINX_HTTP_AT_FOREIGN : flags | LINX_HTTP_AT_VERSION;
	if (c < ' ' || c == 0x7f || (first && flags & LINX_HTTP_ODD && !linx_http_is_plain_target(c)))
		return LINX_HTTP_AT_FOREIGN;
	if (first && c == '/')
		flags |= LINX_HTTP_PATH;
	if (c == ':' && !(flags & LINX_HTTP_ODD))
		flags |= LINX_HTTP_COLON;
	return flags | LINX_HTTP_AT_TARGET;
}

/*
 * Returns the state of the scanner after it has read the byte c, number i of the data. place: the state before that
 * byte.
 */
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

/* Do data begin a message if their first n bytes led to the state "place", which is within a request line? */
static inline enum linx_http_looks linx_http_looks_within(__u32 place, __u32 n)
{
	const __u32 flags = place & (LINX_HTTP_ODD | LINX_HTTP_PATH | LINX_HTTP_COLON);

	if (n >= LINX_HTTP_LOOK)
		return flags & (LINX_HTTP_PATH | LINX_HTTP_COLON) ? LINX_HTTP_LOOKS_RIGHT : LINX_HTTP_LOOKS_FOREIGN;
	if (flags == LINX_HTTP_ODD)
		return LINX_HTTP_LOOKS_FOREIGN;
	return (flags & (LINX_HTTP_ODD | LINX_HTTP_PATH)) == LINX_HTTP_PATH ? LINX_HTTP_LOOKS_RIGHT : LINX_HTTP_LOOKS_SHORT;
}

/* Do data begin a message if their first n bytes led to the state "place"? Empty lines alone do not begin a message. */
static inline enum linx_http_looks linx_http_looks_at(__u32 place, __u32 n)
{
	const __u32 at = place & LINX_HTTP_AT_MASK;

	if (at == LINX_HTTP_AT_RIGHT)
		return LINX_HTTP_LOOKS_RIGHT;
	if (at == LINX_HTTP_AT_FOREIGN || at == LINX_HTTP_AT_START)
		return LINX_HTTP_LOOKS_FOREIGN;
	return linx_http_looks_within(place, n);
}

/* Do the n bytes at p begin a message? */
static inline enum linx_http_looks linx_http_looks(const __u8 *p, __u32 n)
{
	__u32 place = LINX_HTTP_AT_START, i;

	for (i = 0; i < n && i < LINX_HTTP_LOOK && !LINX_HTTP_IS_DECIDED(place); i++)
		place = linx_http_step(place, p[i], i);
	return linx_http_looks_at(place, n);
}

/*
 * Can data begin a message? linx_http_may_begin() and linx_http_may_go_on() are two cheap tests that reject most data
 * which programs send and receive. They never reject data for which linx_http_looks() says that they begin a message.
 * Zeroes stand for bytes behind the end of the data.
 *
 * This first test examines two bytes at p.
 */
static inline int linx_http_may_begin(const __u8 *p)
{
	return linx_http_classes[p[0]] & linx_http_classes[p[1]] >> 1 & LINX_HTTP_BYTE_FIRST;
}

/* Returns the highest bit of each byte that is a space. Bits above the first space may be wrong. */
static inline __u64 linx_http_spaces(__u64 word)
{
	const __u64 each = 0x0101010101010101ull, zero = word ^ (each * ' ');

	return (zero - each) & ~zero & (each << 7);
}

/*
 * Tests data that passed linx_http_may_begin(). low, high: the first 16 bytes, as two words in little endian. True if
 * the first two bytes can begin a method of capitals and hyphens: the first byte lacks the lower-case bit 0x20, and so
 * does the second one, unless it is a hyphen or the space behind the method. Otherwise the byte behind the first space
 * must be one with which a target can begin.
 */
static inline int linx_http_may_go_on(__u64 low, __u64 high)
{
	const __u8 second = low >> 8 & 0xff;
	__u64 spaces;
	__u32 bit;

	if (!(low & 0x20) && (!(second & 0x20) || second == '-' || second == ' '))
		return 1;
	spaces = linx_http_spaces(low);
	if (!spaces) {
		spaces = linx_http_spaces(high);
		low = high;
		high = 0;
	}
	if (!spaces)
		return 0;
	bit = (__u32)__builtin_ctzll(spaces) + 1;
	return linx_http_is_plain_target((__u8)(bit < 64 ? low >> bit : high));
}

#endif
