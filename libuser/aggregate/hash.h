/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A keyed hash of short byte strings. It is faster than base/siphash.h, and weaker: its key is secret and random.
 * Programs therefore cannot choose names whose hashes collide without seeing which of them collide.
 */
#ifndef LINX_AGGREGATE_HASH_H
#define LINX_AGGREGATE_HASH_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline uint64_t linx_hash_mix(uint64_t h, uint64_t word, uint64_t key)
{
	h = (h ^ word) * (key | 1);
	h ^= h >> 29;
	h *= 0xbf58476d1ce4e5b9ull;
	return h ^ h >> 32;
}

/* Returns the hash of n bytes. */
static inline uint64_t linx_hash_bytes(uint64_t key, const void *data, size_t n)
{
	const unsigned char *at = data;
	uint64_t h = key ^ n * 0x9e3779b97f4a7c15ull, word;

	for (; n >= 8; n -= 8, at += 8) {
		memcpy(&word, at, 8);
		h = linx_hash_mix(h, word, key);
	}
	word = 0;
	if (at != data) /* the last 8 bytes, some of which are in h already */
		memcpy(&word, at + n - 8, 8);
	else
		for (size_t i = 0; i < n; i++)
			word |= (uint64_t)at[i] << 8 * i;
	return linx_hash_mix(h, word, ~key);
}

#endif
