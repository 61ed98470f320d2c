// SPDX-License-Identifier: LGPL-2.1-or-later
/* Escaping of bytes into a buffer: see base/escape.h. */
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "base/attributes.h"
#include "base/escape.h"

#define CHUNK 16u
/* Limit of the bytes of input that are escaped at once, after room for them was reserved. */
#define STEP 1024u
/* Limit of the bytes by which the last UTF-8 letter may extend beyond a step. */
#define BEYOND 3u

#ifdef __SSE2__
static unsigned int specials_of(__m128i c)
{
	__m128i bits = _mm_cmplt_epi8(c, _mm_set1_epi8(' ')); /* signed comparison: also true for bytes beyond ASCII */

	bits = _mm_or_si128(bits, _mm_cmpeq_epi8(c, _mm_set1_epi8('"')));
	bits = _mm_or_si128(bits, _mm_cmpeq_epi8(c, _mm_set1_epi8('\\')));
	bits = _mm_or_si128(bits, _mm_cmpeq_epi8(c, _mm_set1_epi8(0x7f)));
	return (unsigned int)_mm_movemask_epi8(bits);
}

/* Returns a bit mask of the special bytes in a chunk: those that may need an escape. */
static unsigned int specials(const char *s)
{
	return specials_of(_mm_loadu_si128((const __m128i *)s));
}

/*
 * Returns a bit mask of the special bytes in two words. The words do not go through memory, where the load of a vector
 * would have to wait for the stores of both.
 */
static unsigned int specials_in(uint64_t first, uint64_t second)
{
	return specials_of(_mm_set_epi64x((long long)second, (long long)first));
}
#else
static unsigned int specials(const char *s)
{
	unsigned int bits = 0;

	for (unsigned int i = 0; i < CHUNK; i++)
		bits |= (unsigned int)!LINX_PLAIN(s[i]) << i;
	return bits;
}

static unsigned int specials_in(uint64_t first, uint64_t second)
{
	uint64_t both[2] = { first, second };

	return specials((const char *)both);
}
#endif

static uint64_t word_at(const char *s)
{
	uint64_t word;

	memcpy(&word, s, sizeof(word));
	return word;
}

/* Loads n bytes, 1 to 7, into the lower bytes of a word; the upper bytes are 0. */
static uint64_t few_at(const char *s, size_t n)
{
	uint32_t first, last;

	if (n < 4)
		return (uint8_t)s[0] | (uint64_t)(uint8_t)s[n / 2] << n / 2 * 8 | (uint64_t)(uint8_t)s[n - 1] << (n - 1) * 8;
	memcpy(&first, s, sizeof(first));
	memcpy(&last, s + n - 4, sizeof(last));
	return first | (uint64_t)last << (n - 4) * 8;
}

/*
 * Copies n bytes, fewer than a chunk, up to the first special byte, and returns the number copied.
 * Up to a whole chunk may be written to "to".
 */
static size_t put_few(char *to, const char *s, size_t n)
{
	uint64_t first = n >= 8 ? word_at(s) : few_at(s, n), last;
	unsigned int bits;

	memcpy(to, &first, sizeof(first));
	if (n < 8) {
		/* bit n, of the position behind the last byte, ends the search */
		bits = specials_in(first, first) | 1u << n;
		return (size_t)__builtin_ctz(bits);
	}
	last = word_at(s + n - 8);
	memcpy(to + n - 8, &last, sizeof(last));
	bits = specials_in(first, last);
	if (bits & 0xff)
		return (size_t)__builtin_ctz(bits);
	return bits ? n - 16 + (size_t)__builtin_ctz(bits) : n;
}

/* Copies bytes up to the first special byte, and returns the number copied. Up to a chunk more may be written. */
static size_t put_plain(char *to, const char *s, size_t n)
{
	unsigned int bits;
	size_t i = 0;

	for (; n - i >= CHUNK; i += CHUNK) {
		bits = specials(s + i);
		memcpy(to + i, s + i, CHUNK);
		if (bits)
			return i + (size_t)__builtin_ctz(bits);
	}
	return i == n ? n : i + put_few(to + i, s + i, n - i);
}

/* True for an octal digit: if it follows an octal escape, it would be read as part of the escape. */
static bool is_octal(char c)
{
	return c >= '0' && c <= '7';
}

/* Returns the number of NULs at s, within n bytes. */
static size_t count_nuls(const char *s, size_t n)
{
	size_t i = 0;
	uint64_t word;

	while (n - i >= 4 * sizeof(word) && !(word_at(s + i) | word_at(s + i + 8) | word_at(s + i + 16) | word_at(s + i + 24)))
		i += 4 * sizeof(word);
	for (; n - i >= sizeof(word); i += sizeof(word)) {
		word = word_at(s + i);
		if (word)
			/* correct on little-endian machines such as x86 and arm64 */
			return i + (size_t)__builtin_ctzll(word) / 8;
	}
	while (i < n && !s[i])
		i++;
	return i;
}

/* Escapes the NULs at s, at most step of them, and returns their number; n bytes may be read. */
static size_t put_nuls(char **to, const char *s, size_t step, size_t n, const struct linx_escape *how)
{
	size_t count = count_nuls(s, step), len;
	const char *nuls = how->nuls;

	/* Only the last NUL may be followed by a digit, and then needs the longer escape. */
	if (count && count < n && is_octal(s[count]))
		count--;
	len = count * how->nul_len;
	for (size_t i = 0; i < len; i += LINX_NULS_ROOM)
		memcpy(*to + i, nuls, LINX_NULS_ROOM);
	*to += len;
	return count;
}

/* True if a UTF-8 letter of several bytes can begin with these two bytes. */
static bool begins_letter(uint8_t c, uint8_t next)
{
	return c >= 0xc2 && c <= 0xf4 && (next & 0xc0) == 0x80;
}

/* Escapes the byte at s, or the UTF-8 letter that begins there. Returns the bytes of s escaped; n bytes may be read. */
static inline size_t put_special(char **at, const char *s, size_t n, const struct linx_escape *how)
{
	uint8_t c = (uint8_t)*s, next = n > 1 ? (uint8_t)s[1] : 0;
	const struct linx_escaped *e;
	char *to = *at;
	size_t taken;

	if (begins_letter(c, next) && how->put_letter) {
		taken = how->put_letter(&to, s, n);
		/* put_letter() changed a copy of the pointer, so that the caller's pointer stays in a register */
		*at = to;
		return taken;
	}
	e = &how->table[is_octal((char)next)][c];
	memcpy(*at, e, sizeof(*e));
	*at += e->len;
	return 1;
}

/* Escapes step bytes one by one, for data with many special bytes. */
static size_t put_bytes(char **at, const char *s, size_t step, size_t n, const struct linx_escape *how)
{
	char *to = *at;
	size_t i = 0;

	while (i < step)
		i += put_special(&to, s + i, n - i, how);
	*at = to;
	return i;
}

/*
 * True if three special bytes follow each other: then escaping byte by byte is faster than copying the plain bytes
 * between.
 */
static bool is_dense(unsigned int bits)
{
	return bits & bits >> 1 & bits >> 2;
}

/*
 * Escapes a chunk, and the rest of a UTF-8 letter that ends beyond the chunk. Used after a special
 * byte was found, since then more of them are likely. The next chunk must be readable, too.
 */
static size_t put_chunk(char **at, const char *s, size_t n, const struct linx_escape *how)
{
	unsigned int bits = specials(s);
	char *to = *at;
	size_t i = 0, k;

	if (is_dense(bits))
		return put_bytes(at, s, CHUNK, n, how);
	while (bits) {
		k = (size_t)__builtin_ctz(bits);
		memcpy(to, s + i, CHUNK);
		to += k - i;
		i = k + put_special(&to, s + k, n - k, how);
		if (i >= CHUNK)
			break;
		bits &= ~0u << i;
	}
	if (i < CHUNK) {
		memcpy(to, s + i, CHUNK);
		to += CHUNK - i;
		i = CHUNK;
	}
	*at = to;
	return i;
}

static size_t put_mixed(char **at, const char *s, size_t step, size_t n, const struct linx_escape *how)
{
	if (step >= CHUNK && n >= 2 * CHUNK)
		return put_chunk(at, s, n, how);
	return put_bytes(at, s, step < CHUNK ? step : CHUNK, n, how);
}

/* Returns the limit of the bytes that step bytes can need when they are escaped. */
static size_t step_room(size_t step, const struct linx_escape *how)
{
	return (step + BEYOND) * how->most + LINX_NULS_ROOM;
}

/*
 * Escapes step bytes, or a few more if the last letter ends beyond them, to *at, where there is
 * enough room. Returns the bytes of s escaped; n bytes may be read.
 */
static inline size_t put_step(char **at, const char *s, size_t step, size_t n, const struct linx_escape *how)
{
	char *to = *at;
	size_t i = 0, plain;

	while (i < step) {
		plain = s[i] ? put_plain(to, s + i, step - i) : 0;
		to += plain;
		i += plain;
		if (i < step && !s[i])
			i += put_nuls(&to, s + i, step - i, n - i, how);
		if (i < step)
			i += put_mixed(&to, s + i, step - i, n - i, how);
	}
	*at = to;
	return i;
}

void linx_strbuf_escaped(struct linx_strbuf *o, const char *s, size_t n, const struct linx_escape *how)
{
	size_t step, done;
	char *to;

	while (n) {
		step = n < STEP ? n : STEP;
		to = linx_strbuf_room(o, step_room(step, how));
		if (!to)
			return;
		done = put_step(&to, s, step, n, how);
		o->len = (size_t)(to - o->data);
		s += done;
		n -= done;
	}
}

LINX_NOINLINE static void quote_long(struct linx_strbuf *o, const char *s, size_t n, const struct linx_escape *how)
{
	linx_strbuf_char(o, '"');
	linx_strbuf_escaped(o, s, n, how);
	linx_strbuf_char(o, '"');
}

LINX_NOINLINE static void put_rest(char **at, const char *s, size_t n, const struct linx_escape *how)
{
	put_step(at, s, n, n, how);
}

void linx_strbuf_quoted(struct linx_strbuf *o, const char *s, size_t n, const struct linx_escape *how)
{
	char *to = n <= STEP ? linx_strbuf_room(o, step_room(n, how) + 2) : NULL;
	size_t nuls;

	if (!to) {
		quote_long(o, s, n, how);
		return;
	}
	*to++ = '"';
	nuls = n && !*s ? put_nuls(&to, s, n, n, how) : 0;
	if (nuls < n)
		put_rest(&to, s + nuls, n - nuls, how);
	*to++ = '"';
	linx_strbuf_end(o, to);
}
