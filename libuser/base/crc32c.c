// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * CRC32C, since Debian has no small library for it. On x86-64 the processor's crc32 instruction
 * sums 8 bytes at a time; on other processors a table of 16 entries is used for 4 bits at a time.
 *
 * A crc32 instruction needs the result of the one before, but the processor can execute three
 * independent ones at once, so long data is summed in three parts at the same time. Sums are
 * polynomials over GF(2), with bit 31 the coefficient of x^0: the sum of A followed by B is the
 * sum of A, times x to the power of B's number of bits, plus the sum of B.
 *
 * Processors that can multiply such polynomials in vectors (VPCLMULQDQ) fold four vectors along
 * the data: 128 bits, times x to the power of a distance in bits, modulo the polynomial, can be
 * added to the data at that distance.
 */
#ifdef __x86_64__
#include <immintrin.h>
#endif
#include <stdbool.h>

#include "base/crc32c.h"

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
/* Bytes of one of the three parts; x to the power of the number of bits in one part, and in two parts. */
#define PART 4096u
#define SHIFT_1 0x35d73a62u
#define SHIFT_2 0x28461564u

/* Multiplies a by b, modulo the polynomial. */
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

#pragma GCC unroll 8
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

#define VECTORS "avx512f,avx512vl,vpclmulqdq,pclmul,sse4.2"
#define STRIDE 256u /* bytes of four vectors */
/*
 * Factors that move 128 bits over a distance in bits: x to the power of the distance plus 32 and
 * minus 32, modulo the polynomial, for the two 64-bit halves.
 */
#define DISTANCE_2048 0xdcb17aa4, 0xb9e02b86
#define DISTANCE_512 0x740eef02, 0x9e4addf8
#define DISTANCE_384 0x1c291d04, 0x1d82c63da
#define DISTANCE_256 0x1384aa63a, 0xba4fc28e
#define DISTANCE_128 0xf20c0dfe, 0x14cd00bd6
#define FACTORS(d) FACTORS_(d)
#define FACTORS_(plus, minus) _mm_set_epi64x(minus, plus)

__attribute__((target(VECTORS))) static __m512i fold(__m512i v, __m512i by, __m512i onto)
{
	return _mm512_ternarylogic_epi64(_mm512_clmulepi64_epi128(v, by, 0x00), _mm512_clmulepi64_epi128(v, by, 0x11),
					 onto, 0x96 /* 0x96: the XOR of all three */);
}

__attribute__((target(VECTORS))) static __m128i fold_128(__m128i v, __m128i by, __m128i onto)
{
	return _mm_xor_si128(_mm_xor_si128(_mm_clmulepi64_si128(v, by, 0x00), _mm_clmulepi64_si128(v, by, 0x11)), onto);
}

/*
 * Computes the checksum over all whole strides (of STRIDE bytes) in len bytes; there must be at least one. The caller
 * continues with the rest.
 */
__attribute__((target(VECTORS))) static uint32_t crc_vectors(uint32_t crc, const uint8_t *p, size_t len)
{
	__m512i far = _mm512_broadcast_i32x4(FACTORS(DISTANCE_2048)), near = _mm512_broadcast_i32x4(FACTORS(DISTANCE_512));
	__m512i v[4];
	__m128i sum;

	for (int i = 0; i < 4; i++)
		v[i] = _mm512_loadu_si512(p + i * 64);
	v[0] = _mm512_xor_si512(v[0], _mm512_zextsi128_si512(_mm_cvtsi32_si128((int)crc)));
	for (p += STRIDE, len -= STRIDE; len >= STRIDE; p += STRIDE, len -= STRIDE)
		for (int i = 0; i < 4; i++)
			v[i] = fold(v[i], far, _mm512_loadu_si512(p + i * 64));
	for (int i = 1; i < 4; i++)
		v[i] = fold(v[i - 1], near, v[i]);
	sum = _mm512_extracti32x4_epi32(v[3], 3);
	sum = fold_128(_mm512_extracti32x4_epi32(v[3], 2), FACTORS(DISTANCE_128), sum);
	sum = fold_128(_mm512_extracti32x4_epi32(v[3], 1), FACTORS(DISTANCE_256), sum);
	sum = fold_128(_mm512_castsi512_si128(v[3]), FACTORS(DISTANCE_384), sum);
	crc = (uint32_t)_mm_crc32_u64(0, (uint64_t)_mm_cvtsi128_si64(sum));
	return (uint32_t)_mm_crc32_u64(crc, (uint64_t)_mm_extract_epi64(sum, 1));
}

static bool has_vectors(void)
{
	return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
	       __builtin_cpu_supports("vpclmulqdq");
}

static uint32_t crc_fastest(uint32_t crc, const uint8_t *p, size_t len)
{
	size_t strides = len / STRIDE * STRIDE;

	if (!strides || !has_vectors())
		return crc_sse42(crc, p, len);
	crc = crc_vectors(crc, p, strides);
	return crc_sse42(crc, p + strides, len - strides);
}
#endif

uint32_t linx_crc32c(uint32_t crc, const void *data, size_t len)
{
#ifdef __x86_64__
	if (__builtin_cpu_supports("sse4.2"))
		return ~crc_fastest(~crc, data, len);
#endif
	return ~crc_table(~crc, data, len);
}
