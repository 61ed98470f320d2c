/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writes strings and captured values as JSON, in objects of any kind. */
#ifndef LINX_JSON_H
#define LINX_JSON_H

#include <linx/linx.h>

#include "base/strbuf.h"

/* Appends a string literal, whose length is known at compile time. */
#define linx_json_lit(o, s) linx_strbuf_mem(o, s, sizeof(s) - 1)

/* Appends a key and a number. key: the whole text before the number, such as ",\"uid\":". */
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

/* Ends the object of a value that is not whole: appends "state":"truncated","len":4096}. has_len false: len is null. */
void linx_json_state(struct linx_strbuf *o, unsigned int state, bool has_len, uint32_t len);

/*
 * Writes a captured string or buffer: a JSON string if it is whole, else an object with value, state and len. limit:
 * limit of the bytes that are shown
 */
void linx_json_bytes(struct linx_strbuf *o, const struct linx_value *v, uint32_t size, uint32_t limit);
/*
 * Writes text that is not an argument of a call: a string if it is whole, else an object as by
 * linx_json_bytes(); null for NULL.
 */
void linx_json_text(struct linx_strbuf *o, const char *text, uint32_t len, uint8_t state);
/*
 * Writes text like linx_json_text(), at most max bytes after escaping. Text that is cut gets the state
 * "truncated".
 */
void linx_json_text_upto(struct linx_strbuf *o, const char *text, uint32_t len, uint8_t state, size_t max);
/*
 * Writes a block of strings that end with NULs, such as a command line, as one string joined by blanks, at most
 * max bytes after escaping.
 */
void linx_json_joined(struct linx_strbuf *o, const char *strings, size_t n, uint8_t state, size_t max);

#endif
