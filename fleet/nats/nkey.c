// SPDX-License-Identifier: LGPL-2.1-or-later
/* Nkeys: see nats/nkey.h. */
#include "nats/nkey.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "base/array_size.h"
#include "base/symbols.h"

#define RAW 32 /* bytes of an Ed25519 seed, and of a public key */
#define CHECK 2 /* bytes of the checksum */
/* First byte of a user's public key. Its five upper bits become the letter "U". */
#define USER (20 << 3)
/* First bytes of a seed: the letter "S", then the kind of the key. */
#define SEED (18 << 3)
#define SEED_FIRST (SEED | USER >> 5)
#define SEED_SECOND ((USER & 31) << 3)

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/* CRC-16 with polynomial 0x1021, from 0 (XMODEM). */
static unsigned int checksum(const unsigned char *data, size_t n)
{
	unsigned int crc = 0;

	for (; n--; data++) {
		crc ^= (unsigned int)*data << 8;
		for (int bit = 0; bit < 8; bit++)
			crc = crc & 0x8000 ? crc << 1 ^ 0x1021 : crc << 1;
	}
	return crc & 0xffff;
}

/* Writes n bytes, whose last two become their checksum, as base32 without padding. */
static void encode(unsigned char *data, size_t n, char *text)
{
	unsigned int crc = checksum(data, n - CHECK), bits = 0, nbits = 0;

	data[n - 2] = crc & 0xff;
	data[n - 1] = crc >> 8 & 0xff;
	for (; n--; data++) {
		bits = bits << 8 | *data;
		for (nbits += 8; nbits >= 5; nbits -= 5)
			*text++ = letters[bits >> (nbits - 5) & 31];
	}
	if (nbits)
		*text++ = letters[bits << (5 - nbits) & 31];
	*text = '\0';
}

/* Reads n bytes in base32 from the first len letters of a text. False: other letters, or a wrong checksum. */
static bool decode(const char *text, size_t len, unsigned char *data, size_t n)
{
	unsigned int bits = 0, nbits = 0;
	size_t at = 0;

	for (; len--; text++) {
		const char *letter = *text ? strchr(letters, *text) : NULL;

		if (!letter)
			return false;
		bits = (bits << 5 | (unsigned int)(letter - letters)) & 0xfff;
		nbits += 5;
		if (nbits < 8)
			continue;
		nbits -= 8;
		if (at < n)
			data[at++] = bits >> nbits & 0xff;
	}
	return at == n && !(bits & ((1u << nbits) - 1)) && checksum(data, n - CHECK) == (data[n - 2] | (unsigned int)data[n - 1] << 8);
}

bool nkey_is_public(const char *text)
{
	unsigned char data[1 + RAW + CHECK];

	return strlen(text) == NKEY_PUBLIC && decode(text, NKEY_PUBLIC, data, sizeof(data)) && data[0] == USER;
}

#if !defined(LINX_WITHOUT_LIBRARIES) && __has_include(<openssl/evp.h>)
#include <openssl/evp.h>

/* row(member of struct crypto, function of libcrypto to which the member points) */
#define CRYPTO_FUNCTIONS(row)                               \
	row(private_key, EVP_PKEY_new_raw_private_key)      \
	row(public_key, EVP_PKEY_get_raw_public_key)        \
	row(key_free, EVP_PKEY_free)

#define CRYPTO_MEMBER(member, function) __typeof__(function) *member;
struct crypto {
	CRYPTO_FUNCTIONS(CRYPTO_MEMBER)
};
#undef CRYPTO_MEMBER

static bool load(struct crypto *c)
{
#define CRYPTO_ROW(member, function) { #function, &c->member },
	const struct symbol symbols[] = { CRYPTO_FUNCTIONS(CRYPTO_ROW) };
#undef CRYPTO_ROW
	/* versions 3, 4 (not tried) and 1.1: the functions are the same in all of them */
	static const char *const names[] = { "libcrypto.so.3", "libcrypto.so.4", "libcrypto.so.1.1" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (symbols_load(names[i], symbols, ARRAY_SIZE(symbols)))
			return true;
	return false;
}

/* Computes the public key of 32 secret bytes. 0; -1: why has the reason. */
static int derive(const unsigned char *secret, char *public, struct problem *why)
{
	unsigned char data[1 + RAW + CHECK] = { USER };
	struct crypto c;
	EVP_PKEY *key;
	size_t n = RAW;
	bool made;

	if (!load(&c))
		return problem_set(why, "libcrypto is missing: install libssl3");
	key = c.private_key(EVP_PKEY_ED25519, NULL, secret, RAW);
	made = key && c.public_key(key, data + 1, &n) == 1 && n == RAW;
	c.key_free(key);
	if (!made)
		return problem_set(why, "libcrypto makes no Ed25519 key");
	encode(data, sizeof(data), public);
	return 0;
}
#else
static int derive(const unsigned char *secret, char *public, struct problem *why)
{
	(void)secret, (void)public;
	return problem_set(why, "built without OpenSSL: libssl-dev was missing");
}
#endif

int nkey_make(struct nkey *k, struct problem *why)
{
	unsigned char data[2 + RAW + CHECK] = { SEED_FIRST, SEED_SECOND };
	int rc;

	/* at most 256 bytes come whole, unless a signal interrupts the wait for the generator at boot */
	while (getrandom(data + 2, RAW, 0) != RAW)
		if (errno != EINTR)
			return problem_set(why, "no random bytes: %s", strerror(errno));
	rc = derive(data + 2, k->public, why);
	encode(data, sizeof(data), k->seed);
	explicit_bzero(data, sizeof(data));
	return rc;
}

int nkey_read(const char *path, struct nkey *k, struct problem *why)
{
	unsigned char data[2 + RAW + CHECK];
	FILE *f = fopen(path, "re");
	char line[256];
	int rc = -1;

	if (!f)
		return problem_set(why, "cannot read seed: %s: %s", path, strerror(errno));
	problem_set(why, "no seed of a user's nkey: %s", path);
	while (rc && fgets(line, sizeof(line), f)) {
		line[strcspn(line, " \t\r\n")] = '\0';
		if (strlen(line) != NKEY_SEED || !decode(line, NKEY_SEED, data, sizeof(data)) || data[0] != SEED_FIRST || data[1] != SEED_SECOND)
			continue;
		memcpy(k->seed, line, sizeof(k->seed));
		rc = derive(data + 2, k->public, why);
		break;
	}
	fclose(f);
	explicit_bzero(line, sizeof(line));
	explicit_bzero(data, sizeof(data));
	return rc;
}
