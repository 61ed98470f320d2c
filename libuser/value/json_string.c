// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Writes bytes as JSON strings, so that every parser accepts them and the exact bytes can be recovered:
 * - valid UTF-8 stands for itself; quote, backslash and control characters (also DEL and U+0080
 *   to U+009F) are escaped by the rules of JSON;
 * - a byte b that is not part of valid UTF-8 (so b >= 0x80) becomes the private-use character
 *   U+10FE00 + b, written \udbff\udeXX;
 * - a genuine U+10FE80 to U+10FEFF in the input is written that way too, byte by byte.
 * To recover the bytes, encode the parsed string as UTF-8, with one exception: a character from U+10FE80 to
 * U+10FEFF becomes one byte, its code minus 0x10FE00.
 */
#include "record/decode.h"
#include "base/escape.h"
#include "value/json.h"

/* Limit of the output for one byte: two escapes \uXXXX, which are a surrogate pair. */
#define ESCAPE_MAX 12u

#define DIGIT(n) ((n) < 10 ? '0' + (n) : 'a' + (n)-10)
/* Letter of a short escape such as "\n"; 0: the character has no short escape. */
#define SHORT(c) \
	((c) == '\b' ? 'b' : (c) == '\t' ? 't' : (c) == '\n' ? 'n' : (c) == '\f' ? 'f' : (c) == '\r' ? 'r' : (c) == '"' || (c) == '\\' ? (c) : 0)
#define ASCII(c)                                                                                             \
	{                                                                                                    \
		{ (char)(LINX_PLAIN(c) ? (c) : '\\'), (char)(SHORT(c) ? SHORT(c) : 'u'), '0', '0',           \
		  (char)DIGIT((c) >> 4), (char)DIGIT((c)&15) },                                              \
			LINX_PLAIN(c) ? 1 : SHORT(c) ? 2 : 6                                                 \
	}
#define RAW(c)                                                                                                 \
	{                                                                                                      \
		{ '\\', 'u', 'd', 'b', 'f', 'f', '\\', 'u', 'd', 'e', (char)DIGIT((c) >> 4), (char)DIGIT((c)&15) }, \
			ESCAPE_MAX                                                                             \
	}
/*
 * Escape of each byte value. A control character is a letter or number after a backslash. Other ASCII characters stand
 * for themselves, some after a backslash. A byte from 0x80 on has the escape for bytes that are not valid UTF-8: the
 * character U+10FE00 plus the byte.
 */
static const struct linx_escaped escaped[256] = {
	LINX_ESCAPED_64(ASCII, 0),
	LINX_ESCAPED_64(ASCII, 64),
	LINX_ESCAPED_64(RAW, 128),
	LINX_ESCAPED_64(RAW, 192),
};

static void put_raw(char **to, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++, *to += ESCAPE_MAX)
		memcpy(*to, escaped[(uint8_t)s[i]].text, ESCAPE_MAX);
}

/*
 * Writes the UTF-8 character at s, or the byte at s if it is not valid UTF-8. Returns how many bytes were read.
 */
static size_t put_letter(char **to, const char *s, size_t n)
{
	uint32_t code;
	size_t len = linx_utf8(s, n, &code);

	if (!len || (code >= 0x10fe80 && code <= 0x10feff)) {
		len = len ? len : 1;
		put_raw(to, s, len);
	} else if (code < 0xa0) {
		memcpy(*to, "\\u00", 4);
		(*to)[4] = "0123456789abcdef"[code >> 4];
		(*to)[5] = "0123456789abcdef"[code & 15];
		*to += 6;
	} else {
		memcpy(*to, s, len);
		*to += len;
	}
	return len;
}

#define NUL "\\u0000"
static const char nuls[LINX_NULS_ROOM + 1] = NUL NUL NUL NUL NUL NUL NUL NUL;

static const struct linx_escape how = {
	ESCAPE_MAX, sizeof(NUL) - 1, nuls, { escaped, escaped }, put_letter,
};

void linx_json_string(struct linx_strbuf *o, const char *s, size_t n)
{
	linx_strbuf_quoted(o, s, n, &how);
}

void linx_json_cstring(struct linx_strbuf *o, const char *s)
{
	if (s)
		linx_json_string(o, s, strlen(s));
	else
		linx_json_lit(o, "null");
}

void linx_json_state(struct linx_strbuf *o, unsigned int state, bool has_len, uint32_t len)
{
	linx_json_lit(o, "\"state\":\"");
	linx_strbuf_str(o, linx_state_name(state));
	linx_json_lit(o, "\",\"len\":");
	if (has_len)
		linx_strbuf_u64(o, len);
	else
		linx_json_lit(o, "null");
	linx_strbuf_char(o, '}');
}

/* False for UINT32_MAX, which stands for a length that is not known or is at least UINT32_MAX. */
static bool known_len(uint32_t orig)
{
	return orig != UINT32_MAX;
}

void linx_json_bytes(struct linx_strbuf *o, const struct linx_value *v, uint32_t size, uint32_t limit)
{
	unsigned int state = v->state == LINX_WHOLE && size > limit ? LINX_TRUNCATED : v->state;

	if (state == LINX_WHOLE) {
		linx_json_string(o, v->data, size);
		return;
	}
	linx_json_lit(o, "{\"value\":");
	if (linx_value_readable(v))
		linx_json_string(o, v->data, size < limit ? size : limit);
	else
		linx_json_lit(o, "null");
	linx_strbuf_char(o, ',');
	linx_json_state(o, state, linx_value_readable(v) && known_len(v->orig),
		  v->orig > size ? v->orig : size);
}

void linx_json_text(struct linx_strbuf *o, const char *text, uint32_t len, uint8_t state)
{
	struct linx_value v = { .data = text, .kind = LINX_VAL_STR, .size = len, .state = state, .orig = UINT32_MAX };

	if (!text)
		linx_json_lit(o, "null");
	else if (state == LINX_WHOLE)
		linx_json_string(o, text, len);
	else
		linx_json_bytes(o, &v, len, UINT32_MAX);
}

/* Writes a block of strings, with a blank for each NUL between them. */
static void put_joined(struct linx_strbuf *o, const char *strings, size_t n)
{
	while (n) {
		size_t len = strnlen(strings, n);

		linx_strbuf_escaped(o, strings, len, &how);
		strings += len;
		n -= len;
		if (n) {
			linx_strbuf_char(o, ' ');
			strings++;
			n--;
		}
	}
}

static void put_plain(struct linx_strbuf *o, const char *s, size_t n)
{
	linx_strbuf_escaped(o, s, n, &how);
}

typedef void (*put_fn)(struct linx_strbuf *o, const char *s, size_t n);

/* Writes whole characters as long as their escaped form fits into max bytes. True: all characters fitted. */
static bool put_upto(struct linx_strbuf *o, const char *s, size_t n, size_t max, put_fn put)
{
	size_t start = o->len, before = start, len;
	uint32_t code;

	if (n <= max) {
		put(o, s, n);
		if (o->failed || o->len - start <= max)
			return true;
		o->len = start;
	}
	for (; n; s += len, n -= len) {
		before = o->len;
		len = linx_utf8(s, n, &code);
		len = len ? len : 1;
		put(o, s, len);
		if (o->len - start > max)
			break;
	}
	o->len = before;
	return false;
}

static void put_string_upto(struct linx_strbuf *o, const char *s, size_t n, uint8_t state, size_t max, put_fn put)
{
	bool whole = state == LINX_WHOLE;
	size_t start = o->len;

	if (whole) {
		linx_strbuf_char(o, '"');
		if (put_upto(o, s, n, max, put)) {
			linx_strbuf_char(o, '"');
			return;
		}
		o->len = start;
	}
	linx_json_lit(o, "{\"value\":\"");
	put_upto(o, s, n, max, put);
	linx_strbuf_char(o, '"');
	linx_strbuf_char(o, ',');
	linx_json_state(o, whole ? LINX_TRUNCATED : state, whole, (uint32_t)n);
}

void linx_json_text_upto(struct linx_strbuf *o, const char *text, uint32_t len, uint8_t state, size_t max)
{
	if (text && (state == LINX_WHOLE || state == LINX_TRUNCATED))
		put_string_upto(o, text, len, state, max, put_plain);
	else
		linx_json_text(o, text, len, state);
}

void linx_json_joined(struct linx_strbuf *o, const char *strings, size_t n, uint8_t state, size_t max)
{
	if (n && !strings[n - 1])
		n--;
	put_string_upto(o, strings, n, state, max, put_joined);
}
