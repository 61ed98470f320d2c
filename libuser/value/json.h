/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Strings and values as JSON, whatever object they stand in. */
#ifndef LINX_JSON_H
#define LINX_JSON_H

#include <linx/linx.h>

#include "base/strbuf.h"

/* A literal of known length. */
#define linx_json_lit(o, s) linx_strbuf_mem(o, s, sizeof(s) - 1)

/* Writes a key and a number. key: all text before the number, ",\"uid\":" */
static inline void linx_json_key_u64(struct linx_strbuf *o, const char *key, uint64_t n)
{
	size_t len = strlen(key);
	char *to = linx_strbuf_room(o, len + LINX_NUMBER_ROOM);

	if (!to)
		return;
	memcpy(to, key, len);
	linx_strbuf_end(o, linx_u64_at(to + len, n));
}

/* Writes any bytes as a JSON string, with its quotes; see value/json_string.c. */
void linx_json_string(struct linx_strbuf *o, const char *s, size_t n);
/* Writes a C string, or null. */
void linx_json_cstring(struct linx_strbuf *o, const char *s);

/*
 * Writes a captured string or buffer: a plain string if it is whole, else an object with value, state and len.
 * At most limit bytes of it.
 */
void linx_json_bytes(struct linx_strbuf *o, const struct linx_value *v, uint32_t size, uint32_t limit);
/* Writes text that is no argument: a string; an object as above if it is not whole; NULL: null. */
void linx_json_text(struct linx_strbuf *o, const char *text, uint32_t len, uint8_t state);
/* Like linx_json_text(), but at most max bytes of it, after escaping. A cut text is marked. */
void linx_json_text_upto(struct linx_strbuf *o, const char *text, uint32_t len, uint8_t state, size_t max);
/* Writes strings with their NULs, joined by blanks to one string of at most max bytes after escaping. */
void linx_json_joined(struct linx_strbuf *o, const char *strings, size_t n, uint8_t state, size_t max);

#endif
