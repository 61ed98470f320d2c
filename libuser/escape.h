/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Copying of captured bytes with what is special among them escaped. Most bytes
 * stand for themselves and are copied 16 at a time; buffers full of NULs are
 * the other thing that is common, and are written 8 at a time.
 */
#ifndef LINX_ESCAPE_H
#define LINX_ESCAPE_H

#include "out.h"

/* One manner of escaping. */
struct linx_escape {
	unsigned int most; /* bytes that one byte can become */
	unsigned int nuls_len;
	const char *nuls; /* eight NULs that no digit follows */
	/* Writes what is special at s, of n bytes; *to moves on. How many bytes were taken? */
	size_t (*special)(char **to, const char *s, size_t n);
};

/* Is it a control character, a quote, a backslash or beyond ASCII? */
static inline bool linx_is_special(char c)
{
	return (signed char)c < ' ' || c == '"' || c == '\\' || c == 0x7f;
}

void linx_out_escaped(struct linx_out *o, const char *s, size_t n, const struct linx_escape *how);

#endif
