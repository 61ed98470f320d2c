/* SPDX-License-Identifier: (GPL-2.0-only WITH Linux-syscall-note) OR LGPL-2.1-or-later */
/*
 * How a message of HTTP/1 begins: one rule for each engine in the kernel and for the library.
 *
 * A response begins with "HTTP/1.". A request begins with a method, which is any token (RFC 9110,
 * 9.1), a space, a target without blanks and controls, a space, and "HTTP/". Empty lines may
 * stand before both (RFC 9112, 2.2). The rule reads byte after byte and keeps its place in a word,
 * so that a program of eBPF can run it as a loop's turns.
 *
 * The first LINX_HTTP_LOOK bytes decide. Where the data end before, a method of capitals and
 * hyphens may go on, and another one if its target begins with a slash. Where the request line
 * is longer, its target has to begin with a slash or, behind a method of capitals, to have a
 * colon: words of other protocols come in pieces, too.
 *
 * Most text begins with a word of small letters. A method with anything but capitals and hyphens,
 * or with a hyphen in front, has few bytes, and a target that begins with a slash, a star or an
 * "h", for "http": so text is turned away by its first two words of eight bytes.
 */
#ifndef LINX_HTTP_BEGIN_H
#define LINX_HTTP_BEGIN_H

#include <linux/types.h>

/* Bytes that are looked at, and those of them that may be a method and empty lines before it. */
#define LINX_HTTP_LOOK 64u
#define LINX_HTTP_METHOD_MAX 32u
#define LINX_HTTP_ODD_MAX 14u /* the same of a method with anything but capitals and hyphens */

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
	LINX_HTTP_COLON = 128, /* the target has a colon, behind a method of capitals */
};

#define LINX_HTTP_IS_DECIDED(place) (((place) & LINX_HTTP_AT_MASK) >= LINX_HTTP_AT_FOREIGN)

/* Classes of bytes. */
enum {
	LINX_HTTP_BYTE_FIRST = 1, /* may begin a message */
	LINX_HTTP_BYTE_SECOND = 2, /* may stand behind it, with zeroes behind the end of data */
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

static inline int linx_http_is_token(__u8 c)
{
	return linx_http_classes[c] & LINX_HTTP_BYTE_TOKEN;
}

/* Byte number i of "HTTP/1.". */
static inline __u8 linx_http_name_byte(__u32 i)
{
	return (__u8)(0x2e312f50545448ull >> i * 8);
}

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

/* May the target of an odd method begin so? */
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

/* Kind of bytes that end within a request line. */
static inline enum linx_http_looks linx_http_looks_within(__u32 place, __u32 n)
{
	const __u32 flags = place & (LINX_HTTP_ODD | LINX_HTTP_PATH | LINX_HTTP_COLON);

	if (n >= LINX_HTTP_LOOK)
		return flags & (LINX_HTTP_PATH | LINX_HTTP_COLON) ? LINX_HTTP_LOOKS_RIGHT : LINX_HTTP_LOOKS_FOREIGN;
	if (flags == LINX_HTTP_ODD)
		return LINX_HTTP_LOOKS_FOREIGN;
	return (flags & (LINX_HTTP_ODD | LINX_HTTP_PATH)) == LINX_HTTP_PATH ? LINX_HTTP_LOOKS_RIGHT : LINX_HTTP_LOOKS_SHORT;
}

/* Kind of n bytes that lead to a place. Empty lines alone are nothing that anybody waits behind. */
static inline enum linx_http_looks linx_http_looks_at(__u32 place, __u32 n)
{
	const __u32 at = place & LINX_HTTP_AT_MASK;

	if (at == LINX_HTTP_AT_RIGHT)
		return LINX_HTTP_LOOKS_RIGHT;
	if (at == LINX_HTTP_AT_FOREIGN || at == LINX_HTTP_AT_START)
		return LINX_HTTP_LOOKS_FOREIGN;
	return linx_http_looks_within(place, n);
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
 * May data begin a message? Two questions that turn away most of what programs move, at small cost. They never say no where
 * the rule above finds a message. Zeroes stand for bytes behind the end of the data. First: by two bytes, at p.
 */
static inline int linx_http_may_begin(const __u8 *p)
{
	return linx_http_classes[p[0]] & linx_http_classes[p[1]] >> 1 & LINX_HTTP_BYTE_FIRST;
}

/* The highest bit of each byte that is a space, up to the first one at least. */
static inline __u64 linx_http_spaces(__u64 word)
{
	const __u64 each = 0x0101010101010101ull, zero = word ^ (each * ' ');

	return (zero - each) & ~zero & (each << 7);
}

/*
 * Second, of data that passed the first one: by 16 bytes, little endian. Capitals and what may follow them have no bit of
 * the case in the first byte, and none in the second one but for a hyphen or a space. Otherwise the first space counts.
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
