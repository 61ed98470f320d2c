/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Escaping of captured bytes. Most bytes need no escape and are copied 16 at a time. Buffers full
 * of NULs are also common, and are written LINX_NULS_ROOM bytes at a time.
 */
#ifndef LINX_ESCAPE_H
#define LINX_ESCAPE_H

#include "base/strbuf.h"

/* Escaped form of a byte. */
struct linx_escaped {
	char text[15];
	uint8_t len;
};

#define LINX_NULS_ROOM 48u

/* A style of escaping. */
struct linx_escape {
	unsigned int most; /* length of the longest escape */
	unsigned int nul_len; /* length of an escaped NUL that no digit follows; LINX_NULS_ROOM is a multiple of it */
	const char *nuls; /* LINX_NULS_ROOM bytes of escaped NULs */
	const struct linx_escaped *table[2]; /* tables by byte; [1] is used if an octal digit follows the byte */
	/*
	 * Writes the UTF-8 letter at s, or its first byte escaped, and advances *to. Returns the
	 * number of bytes of s that were used. NULL: bytes of letters are escaped like all others.
	 */
	size_t (*put_letter)(char **to, const char *s, size_t n);
};

/* Initializer of a table for all 256 bytes; E(c) gives the struct linx_escaped of c. */
#define LINX_ESCAPED_8(E, c) E(c), E((c) + 1), E((c) + 2), E((c) + 3), E((c) + 4), E((c) + 5), E((c) + 6), E((c) + 7)
#define LINX_ESCAPED_64(E, c)                                                                          \
	LINX_ESCAPED_8(E, c), LINX_ESCAPED_8(E, (c) + 8), LINX_ESCAPED_8(E, (c) + 16),                 \
		LINX_ESCAPED_8(E, (c) + 24), LINX_ESCAPED_8(E, (c) + 32), LINX_ESCAPED_8(E, (c) + 40), \
		LINX_ESCAPED_8(E, (c) + 48), LINX_ESCAPED_8(E, (c) + 56)
#define LINX_ESCAPED_256(E) \
	LINX_ESCAPED_64(E, 0), LINX_ESCAPED_64(E, 64), LINX_ESCAPED_64(E, 128), LINX_ESCAPED_64(E, 192)

/* True for plain bytes: no control character, quote or backslash, and not beyond ASCII. */
#define LINX_PLAIN(c) ((c) >= ' ' && (c) < 0x7f && (c) != '"' && (c) != '\\')

void linx_strbuf_escaped(struct linx_strbuf *o, const char *s, size_t n, const struct linx_escape *how);
/* Appends bytes like linx_strbuf_escaped(), but between quotes. */
void linx_strbuf_quoted(struct linx_strbuf *o, const char *s, size_t n, const struct linx_escape *how);

/*
 * Replaces each byte that is not printable ASCII by a question mark. Used instead of linx_escape() if there is no
 * memory.
 */
void linx_escape_mask(char *text);

#endif
