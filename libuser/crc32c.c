// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * CRC32C. Debian has no small library for it; the processor's own instruction
 * does 8 bytes at a time, elsewhere a table of 16 entries does 4 bits.
 *
 * An instruction waits for the one before, but three can be under way: of long
 * data three parts are done side by side. Sums are polynomials modulo 2, bit 31
 * the coefficient of 1: that of A followed by B is the sum of A, times x to the
 * power of B's bits, plus the sum of B.
 */
#include "crc32c.h"

static uint32_t crc_table(uint32_t crc, const uint8_t *p, size_t len)
{
	static const uint32_t nibble[16] = {
		0x00000000, 0x105ec76f, 0x20bd8ede, 0x30e349b1, 0x417b1dbc, 0x5125dad3,
		0x61c69362, 0x7198540d, 0x82f63b78, 0x92a8fc17, 0xa24bb5a6, 0xb21572c9,
		0xc38d26c4, 0xd3d3e1ab, 0xe330a81a, 0xf36e6f75,
	};

	for (; len; len--) {
		crc ^= *p++;
		crc = crc >> 4 ^ nibble[crc & 15];
		crc = crc >> 4 ^ nibble[crc & 15];
	}
	return crc;
}

#ifdef __x86_64__
#define POLYNOMIAL 0x82f63b78u
/* Bytes of a part, and x to the power of as many bits as one and two of them have. */
#define PART 4096u
#define SHIFT_1 0x35d73a62u
#define SHIFT_2 0x28461564u

/* a times b, modulo the polynomial. */
static uint32_t multiply(uint32_t a, uint32_t b)
{
	uint32_t product = 0;

	for (; a; a <<= 1) {
		product ^= a >> 31 ? b : 0;
		b = b >> 1 ^ (b & 1 ? POLYNOMIAL : 0);
	}
	return product;
}

static uint64_t word_at(const uint8_t *p)
{
	uint64_t word;

	__builtin_memcpy(&word, p, sizeof(word));
	return word;
}

__attribute__((target("sse4.2"))) static uint32_t crc_parts(uint32_t crc, const uint8_t *p)
{
	uint64_t a = crc, b = 0, c = 0;

	for (const uint8_t *end = p + PART; p < end; p += 8) {
		a = __builtin_ia32_crc32di(a, word_at(p));
		b = __builtin_ia32_crc32di(b, word_at(p + PART));
		c = __builtin_ia32_crc32di(c, word_at(p + 2 * PART));
	}
	return multiply((uint32_t)a, SHIFT_2) ^ multiply((uint32_t)b, SHIFT_1) ^ (uint32_t)c;
}

__attribute__((target("sse4.2"))) static uint32_t crc_sse42(uint32_t crc, const uint8_t *p,
							    size_t len)
{
	uint64_t c;

	for (; len >= 3 * PART; len -= 3 * PART, p += 3 * PART)
		crc = crc_parts(crc, p);
	c = crc;
	for (; len >= 8; len -= 8, p += 8)
		c = __builtin_ia32_crc32di(c, word_at(p));
	for (; len; len--)
		c = __builtin_ia32_crc32qi((uint32_t)c, *p++);
	return (uint32_t)c;
}
#endif

uint32_t linx_crc32c(uint32_t crc, const void *data, size_t len)
{
#ifdef __x86_64__
	if (__builtin_cpu_supports("sse4.2"))
		return ~crc_sse42(~crc, data, len);
#endif
	return ~crc_table(~crc, data, len);
}
