/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Copying of captured bytes with what is special among them escaped. Most bytes
 * stand for themselves and are copied 16 at a time; buffers full of NULs are
 * the other thing that is common, and are written as many at a time as fill LINX_NULS_ROOM bytes.
 */
#ifndef LINX_ESCAPE_H
#define LINX_ESCAPE_H

#include "base/strbuf.h"

/* What a byte becomes. */
struct linx_escaped {
	char text[15];
	uint8_t len;
};

#define LINX_NULS_ROOM 48u

/* One manner of escaping. */
struct linx_escape {
	unsigned int most; /* bytes that one byte can become */
	unsigned int nul_len; /* of a NUL that no digit follows; LINX_NULS_ROOM is a multiple of it */
	const char *nuls; /* LINX_NULS_ROOM bytes full of them */
	const struct linx_escaped *table[2]; /* by byte; [1]: an octal digit follows */
	/* Writes what begins as a letter in UTF-8, or its first byte; *to moves on. How many bytes were taken? NULL: no letters. */
	size_t (*put_letter)(char **to, const char *s, size_t n);
};

/* All 256 bytes through a macro that makes a struct linx_escaped of each. */
#define LINX_ESCAPED_8(E, c) E(c), E((c) + 1), E((c) + 2), E((c) + 3), E((c) + 4), E((c) + 5), E((c) + 6), E((c) + 7)
#define LINX_ESCAPED_64(E, c)                                                                          \
	LINX_ESCAPED_8(E, c), LINX_ESCAPED_8(E, (c) + 8), LINX_ESCAPED_8(E, (c) + 16),                 \
		LINX_ESCAPED_8(E, (c) + 24), LINX_ESCAPED_8(E, (c) + 32), LINX_ESCAPED_8(E, (c) + 40), \
		LINX_ESCAPED_8(E, (c) + 48), LINX_ESCAPED_8(E, (c) + 56)
#define LINX_ESCAPED_256(E) \
	LINX_ESCAPED_64(E, 0), LINX_ESCAPED_64(E, 64), LINX_ESCAPED_64(E, 128), LINX_ESCAPED_64(E, 192)

/* Control characters, quote, backslash and what is beyond ASCII are special; the others are plain. */
#define LINX_PLAIN(c) ((c) >= ' ' && (c) < 0x7f && (c) != '"' && (c) != '\\')

void linx_strbuf_escaped(struct linx_strbuf *o, const char *s, size_t n, const struct linx_escape *how);
/* The same between quotes. */
void linx_strbuf_quoted(struct linx_strbuf *o, const char *s, size_t n, const struct linx_escape *how);

/* The fallback of linx_escape() without memory: every byte that is not printable ASCII becomes a question mark. */
void linx_escape_mask(char *text);

#endif
