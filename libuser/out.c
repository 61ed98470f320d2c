// SPDX-License-Identifier: LGPL-2.1-or-later
/* Numbers into the printers' buffer, without stdio and without locale. */
#include <stdlib.h>

#include "out.h"

bool linx_out_grow(struct linx_out *o, size_t n)
{
	size_t cap = o->cap ? o->cap : 4096;
	char *data;

	while (cap - o->len < n)
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

/* Longer than any number; as much may be read behind one that is as long. */
#define NUMBER_MAX 24u

/* The digits from start on, up to the middle of a buffer of twice NUMBER_MAX. */
static void put_number(struct linx_out *o, const char *buf, const char *start)
{
	linx_out_short(o, start, (size_t)(buf + NUMBER_MAX - start), NUMBER_MAX);
}

void linx_out_u64(struct linx_out *o, uint64_t n)
{
	char buf[2 * NUMBER_MAX] = { 0 };

	if (n < 10)
		linx_out_char(o, (char)('0' + n));
	else
		put_number(o, buf, digits_before(buf + NUMBER_MAX, n));
}

void linx_out_i64(struct linx_out *o, int64_t n)
{
	if (n < 0)
		linx_out_char(o, '-');
	linx_out_u64(o, n < 0 ? -(uint64_t)n : (uint64_t)n);
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
	char buf[2 * NUMBER_MAX] = { 0 }, *start = buf + NUMBER_MAX;

	if (!n) {
		linx_out_char(o, '0');
		return;
	}
	for (; n; n >>= 4)
		*--start = "0123456789abcdef"[n & 15];
	*--start = 'x';
	*--start = '0';
	put_number(o, buf, start);
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
