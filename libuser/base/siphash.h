/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SipHash-2-4: a keyed hash of bytes. Without knowing the key, nobody can make data whose hashes collide. */
#ifndef LINX_SIPHASH_H
#define LINX_SIPHASH_H

#include <stddef.h>
#include <stdint.h>

struct linx_siphash_key {
	uint64_t k[2];
};

uint64_t linx_siphash(const struct linx_siphash_key *key, const void *data, size_t n);

#endif
