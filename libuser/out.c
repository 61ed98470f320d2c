// SPDX-License-Identifier: LGPL-2.1-or-later
/* Numbers into the printers' buffer, without stdio and without locale. */
#include <stdlib.h>

#include "out.h"

bool linx_out_grow(struct linx_out *o, size_t n)
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

void linx_out_pad(struct linx_out *o, char c, size_t n)
{
	char *to = linx_out_room(o, n);

	if (!to)
		return;
	memset(to, c, n);
	o->len += n;
}

const char linx_digit_pairs[] =
	"0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243"
	"4445464748495051525354555657585960616263646566676869707172737475767778798081828384858687"
	"888990919293949596979899";

/* The digits of n in front of end; where they begin. */
static char *digits_before(char *end, uint64_t n)
{
	while (n >= 100) {
		end -= 2;
		linx_two_digits(end, (uint32_t)(n % 100));
		n /= 100;
	}
	if (n >= 10) {
		end -= 2;
		linx_two_digits(end, (uint32_t)n);
	} else {
		*--end = (char)('0' + n);
	}
	return end;
}

/* As many as its bits make it have at least, or one more. */
static unsigned int count_digits(uint64_t n)
{
	static const uint64_t powers[] = {
		0, 10u, 100u, 1000u, 10000u, 100000u, 1000000u, 10000000u, 100000000u, 1000000000u,
		10000000000u, 100000000000u, 1000000000000u, 10000000000000u, 100000000000000u,
		1000000000000000u, 10000000000000000u, 100000000000000000u, 1000000000000000000u,
		10000000000000000000u,
	};
	unsigned int bits = 64u - (unsigned int)__builtin_clzll(n | 1);
	unsigned int more = bits * 1233 >> 12; /* log10(2) = 0.30103 */

	return more + (n >= powers[more]);
}

char *linx_digits_at(char *to, uint64_t n)
{
	unsigned int len;

	if (n < 100) {
		linx_two_digits(to, (uint32_t)n);
		return to + 2;
	}
	len = count_digits(n);
	digits_before(to + len, n);
	return to + len;
}

void linx_out_u64(struct linx_out *o, uint64_t n)
{
	char *to = linx_out_room(o, LINX_NUMBER_ROOM);

	if (to)
		linx_out_end(o, linx_u64_at(to, n));
}

void linx_out_i64(struct linx_out *o, int64_t n)
{
	char *to = linx_out_room(o, LINX_NUMBER_ROOM);

	if (to)
		linx_out_end(o, linx_i64_at(to, n));
}

void linx_out_digits(struct linx_out *o, uint64_t n, unsigned int width)
{
	char buf[20], *start = digits_before(buf + sizeof(buf), n);

	while (start > buf + sizeof(buf) - width)
		*--start = '0';
	linx_out_mem(o, start, (size_t)(buf + sizeof(buf) - start));
}

void linx_out_hex(struct linx_out *o, uint64_t n)
{
	unsigned int len = n ? (67u - (unsigned int)__builtin_clzll(n)) / 4 : 0;
	char *to = linx_out_room(o, LINX_NUMBER_ROOM);

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

void linx_out_octal(struct linx_out *o, uint64_t n, unsigned int width)
{
	char buf[24], *start = buf + sizeof(buf);

	for (; n; n >>= 3)
		*--start = (char)('0' + (n & 7));
	while (start > buf + sizeof(buf) - width)
		*--start = '0';
	linx_out_mem(o, start, (size_t)(buf + sizeof(buf) - start));
}
