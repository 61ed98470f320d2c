// SPDX-License-Identifier: LGPL-2.1-or-later
/* SipHash-2-4 by Aumasson and Bernstein: see base/siphash.h. */
#include "base/siphash.h"

static uint64_t turned(uint64_t x, unsigned int bits)
{
	return x << bits | x >> (64 - bits);
}

static void mix(uint64_t v[4], unsigned int rounds)
{
	for (; rounds; rounds--) {
		v[0] += v[1];
		v[2] += v[3];
		v[1] = turned(v[1], 13) ^ v[0];
		v[3] = turned(v[3], 16) ^ v[2];
		v[0] = turned(v[0], 32) + v[3];
		v[2] += v[1];
		v[3] = turned(v[3], 21) ^ v[0];
		v[1] = turned(v[1], 17) ^ v[2];
		v[2] = turned(v[2], 32);
	}
}

static void take(uint64_t v[4], uint64_t word)
{
	v[3] ^= word;
	mix(v, 2);
	v[0] ^= word;
}

uint64_t linx_siphash(const struct linx_siphash_key *key, const void *data, size_t n)
{
	uint64_t v[4] = { key->k[0] ^ 0x736f6d6570736575u, key->k[1] ^ 0x646f72616e646f6du, key->k[0] ^ 0x6c7967656e657261u,
			  key->k[1] ^ 0x7465646279746573u };
	const uint8_t *b = data;
	uint64_t word = 0;

	for (size_t i = 0; i < n; i++) {
		word |= (uint64_t)b[i] << i % 8 * 8;
		if (i % 8 != 7)
			continue;
		take(v, word);
		word = 0;
	}
	take(v, word | (uint64_t)n << 56);
	v[2] ^= 0xff;
	mix(v, 4);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}
