// SPDX-License-Identifier: LGPL-2.1-or-later
/* Number of different values: see aggregate/distinct.h. */
#include <stdlib.h>

#include "aggregate/distinct.h"
#include "aggregate/hash.h"

#define SLOTS (2 * LINX_DISTINCT_EXACT)
#define TABLE_BYTES (SLOTS * sizeof(uint64_t))
/* Key of the hash. It is the same in all processes, since the counts of several processes can be merged. */
#define KEY 0x6c696e7820646973ull
/*
 * Number of bits of a hash that do not select a register. The register holds 1 + the number of zeroes before the first
 * 1 among these bits.
 */
#define REST (64u - LINX_DISTINCT_BITS)

static void put_register(uint8_t *registers, uint64_t hash)
{
	uint64_t rest = hash << LINX_DISTINCT_BITS;
	uint8_t rank = (uint8_t)(rest ? (unsigned int)__builtin_clzll(rest) + 1 : REST);
	uint8_t *r = &registers[hash >> REST];

	*r = rank > *r ? rank : *r;
}

/* Adds a hash, not 0, to the table, which has room. */
static void put_hash(struct linx_distinct *d, uint64_t hash)
{
	uint32_t at = (uint32_t)hash % SLOTS;

	while (d->hashes[at] && d->hashes[at] != hash)
		at = (at + 1) % SLOTS;
	d->n += !d->hashes[at];
	d->hashes[at] = hash;
}

/* Replaces the table of hashes by registers. False: no memory, and nothing has changed. */
static bool begin_registers(struct linx_distinct *d, uint64_t *bytes)
{
	uint8_t *registers = calloc(LINX_DISTINCT_REGISTERS, 1);

	if (!registers)
		return false;
	*bytes += LINX_DISTINCT_REGISTERS;
	for (uint32_t i = 0; d->hashes && i < SLOTS; i++)
		if (d->hashes[i])
			put_register(registers, d->hashes[i]);
	for (uint32_t i = 0; !d->hashes && i < d->n; i++)
		put_register(registers, d->few[i]);
	*bytes -= d->hashes ? TABLE_BYTES : 0;
	free(d->hashes);
	*d = (struct linx_distinct){ .registers = registers };
	return true;
}

static bool is_of_few(const struct linx_distinct *d, uint64_t hash)
{
	for (uint32_t i = 0; i < d->n; i++)
		if (d->few[i] == hash)
			return true;
	return false;
}

/* Moves the few hashes to a table. False: no memory, and nothing has changed. */
static bool begin_table(struct linx_distinct *d, uint64_t *bytes)
{
	const uint32_t n = d->n;

	d->hashes = calloc(1, TABLE_BYTES);
	if (!d->hashes)
		return false;
	*bytes += TABLE_BYTES;
	d->n = 0;
	for (uint32_t i = 0; i < n; i++)
		put_hash(d, d->few[i]);
	return true;
}

static bool add_hash(struct linx_distinct *d, uint64_t hash, uint64_t *bytes)
{
	/*
	 * If there is no memory for registers, the hash is not added: a full table would have no free place to end a
	 * search.
	 */
	if (d->n > LINX_DISTINCT_EXACT && !begin_registers(d, bytes))
		return false;
	if (!d->hashes && !d->registers) {
		if (is_of_few(d, hash))
			return true;
		if (d->n < LINX_DISTINCT_FEW) {
			d->few[d->n++] = hash;
			return true;
		}
		if (!begin_table(d, bytes))
			return false;
	}
	if (d->hashes)
		put_hash(d, hash);
	else
		put_register(d->registers, hash);
	return d->n <= LINX_DISTINCT_EXACT || begin_registers(d, bytes);
}

bool linx_distinct_add(struct linx_distinct *d, const void *data, size_t n, uint64_t *bytes)
{
	uint64_t hash = linx_hash_bytes(KEY, data, n);

	return add_hash(d, hash ? hash : 1, bytes);
}

bool linx_distinct_merge(struct linx_distinct *d, const struct linx_distinct *from, uint64_t *bytes)
{
	bool good = true;

	if (from->registers && !d->registers && !begin_registers(d, bytes))
		return false;
	for (uint32_t i = 0; from->registers && i < LINX_DISTINCT_REGISTERS; i++)
		if (from->registers[i] > d->registers[i])
			d->registers[i] = from->registers[i];
	for (uint32_t i = 0; good && !from->hashes && !from->registers && i < from->n; i++)
		good = add_hash(d, from->few[i], bytes);
	for (uint32_t i = 0; good && from->hashes && i < SLOTS; i++)
		good = !from->hashes[i] || add_hash(d, from->hashes[i], bytes);
	return good;
}

/* Returns Ertl's function sigma: x + the sum over k from 1 of x^(2^k) * 2^(k - 1), for x below 1. */
static double sigma(double x)
{
	double y = 1, z = x, before;

	do {
		x *= x;
		before = z;
		z += x * y;
		y += y;
	} while (z > before);
	return z;
}

uint64_t linx_distinct_get(const struct linx_distinct *d)
{
	const double m = LINX_DISTINCT_REGISTERS, alpha = 0.72134752044448170368; /* 1 / (2 ln 2) */
	unsigned int counts[REST + 1] = { 0 };
	double z = 0;

	if (!d->registers)
		return d->n;
	for (uint32_t i = 0; i < LINX_DISTINCT_REGISTERS; i++)
		counts[d->registers[i]]++;
	for (unsigned int k = REST; k >= 1; k--)
		z = 0.5 * (z + counts[k]);
	z += m * sigma(counts[0] / m);
	return (uint64_t)(alpha * m * m / z + 0.5);
}

void linx_distinct_clear(struct linx_distinct *d, uint64_t *bytes)
{
	*bytes -= (d->hashes ? TABLE_BYTES : 0) + (d->registers ? LINX_DISTINCT_REGISTERS : 0);
	free(d->hashes);
	free(d->registers);
	*d = (struct linx_distinct){ 0 };
}
