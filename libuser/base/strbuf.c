// SPDX-License-Identifier: LGPL-2.1-or-later
/* Appends numbers to a buffer, without stdio and independent of the locale. */
#include <stdlib.h>

#include "base/strbuf.h"

bool linx_strbuf_grow(struct linx_strbuf *o, size_t n)
{
	size_t cap = o->cap ? o->cap : 4096;
	char *data;

	while (cap - o->len <= n)
		cap *= 2;
	data = o->failed ? NULL : realloc(o->data, cap);
	if (!data) {
		o->failed = true;
		return false;
	}
	o->data = data;
	o->cap = cap;
	return true;
}

void linx_strbuf_pad(struct linx_strbuf *o, char c, size_t n)
{
	char *to = linx_strbuf_room(o, n);

	if (!to)
		return;
	memset(to, c, n);
	o->len += n;
}

const char linx_digit_pairs[] =
	"0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243"
	"4445464748495051525354555657585960616263646566676869707172737475767778798081828384858687"
	"888990919293949596979899";

#define TO_THE_EIGHTH 100000000u
#define ZEROES 0x3030303030303030u

/*
 * Splits n, below 10^8, into its eight digits, one in each byte, the first digit in the lowest byte.
 * All parts are split at once: four digits in 32 bits become two in 16 bits, then one in 8 bits.
 */
static uint64_t eight_digits(uint32_t n)
{
	uint64_t fours = n / 10000 | (uint64_t)(n % 10000) << 32, twos, upper;

	upper = fours * 5243 >> 19 & 0x7f0000007f; /* each number of four digits, divided by 100 */
	twos = upper | (fours - upper * 100) << 16;
	upper = twos * 103 >> 10 & 0xf000f000f000f; /* each number of two digits, divided by 10 */
	return upper | (twos - upper * 10) << 8;
}

void linx_eight_digits_at(char *to, uint32_t n)
{
	uint64_t digits = eight_digits(n) | ZEROES;

	memcpy(to, &digits, sizeof(digits)); /* correct on little-endian machines such as x86 and arm64 */
}

char *linx_digits_at(char *to, uint64_t n)
{
	unsigned int zeroes;
	uint64_t digits;

	if (n >= TO_THE_EIGHTH) {
		to = linx_u64_at(to, n / TO_THE_EIGHTH);
		linx_eight_digits_at(to, (uint32_t)(n % TO_THE_EIGHTH));
		return to + LINX_EIGHT_DIGITS;
	}
	digits = eight_digits((uint32_t)n);
	zeroes = (unsigned int)__builtin_ctzll(digits) / 8;
	digits = (digits | ZEROES) >> zeroes * 8;
	memcpy(to, &digits, sizeof(digits));
	return to + 8 - zeroes;
}

void linx_strbuf_u64(struct linx_strbuf *o, uint64_t n)
{
	char *to = linx_strbuf_room(o, LINX_NUMBER_ROOM);

	if (to)
		linx_strbuf_end(o, linx_u64_at(to, n));
}

void linx_strbuf_i64(struct linx_strbuf *o, int64_t n)
{
	char *to = linx_strbuf_room(o, LINX_NUMBER_ROOM);

	if (to)
		linx_strbuf_end(o, linx_i64_at(to, n));
}

void linx_strbuf_digits(struct linx_strbuf *o, uint64_t n, unsigned int width)
{
	char buf[LINX_NUMBER_ROOM];
	size_t len = (size_t)(linx_u64_at(buf, n) - buf);

	if (len < width)
		linx_strbuf_pad(o, '0', width - len);
	linx_strbuf_mem(o, buf, len);
}

void linx_strbuf_hex(struct linx_strbuf *o, uint64_t n)
{
	unsigned int len = n ? (67u - (unsigned int)__builtin_clzll(n)) / 4 : 0;
	char *to = linx_strbuf_room(o, LINX_NUMBER_ROOM);

	if (!to)
		return;
	if (!n) {
		*to = '0';
		o->len++;
		return;
	}
	to[0] = '0';
	to[1] = 'x';
	o->len += len + 2;
	for (to += len + 2; n; n >>= 4)
		*--to = "0123456789abcdef"[n & 15];
}

void linx_strbuf_octal(struct linx_strbuf *o, uint64_t n, unsigned int width)
{
	unsigned int len = n ? (66u - (unsigned int)__builtin_clzll(n)) / 3 : 0;
	char *to;

	if (len < width)
		len = width;
	to = linx_strbuf_room(o, len);
	if (!to)
		return;
	o->len += len;
	for (to += len; len; len--, n >>= 3)
		*--to = (char)('0' + (n & 7));
}
