/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Nkeys: the keys by which NATS knows its users. A seed, which is secret, and a public key are texts in base32. They have
 * a kind, 32 bytes of Ed25519, and a checksum. Ed25519 is that of OpenSSL's libcrypto, which is loaded when it is needed.
 */
#ifndef FLEET_NKEY_H
#define FLEET_NKEY_H

#include <stdbool.h>

#include "base/message.h"

/* Lengths of the texts, without NUL. */
#define NKEY_SEED 58
#define NKEY_PUBLIC 56

struct nkey {
	char seed[NKEY_SEED + 1];
	char public[NKEY_PUBLIC + 1];
};

/* Makes a key of a user from random bytes. The caller clears it after use. 0; -1: why has the reason. */
int nkey_make(struct nkey *k, struct problem *why);
/* Reads a file that has a line with a user's seed, and computes the public key. 0; -1: why has the reason. */
int nkey_read(const char *path, struct nkey *k, struct problem *why);
/* True if the text is the public key of a user, with a right checksum. */
bool nkey_is_public(const char *text);

#endif
