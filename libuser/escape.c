// SPDX-License-Identifier: LGPL-2.1-or-later
/* Bytes into a buffer, escaped: see escape.h. */
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "escape.h"

#define CHUNK 16u
#define NULS 8u
/* Room is asked for once for so many bytes. */
#define STEP 1024u
/* What special() may take beyond a step: the rest of a letter in UTF-8. */
#define BEYOND 3u

/* A bit for each special byte of a chunk. */
static unsigned int specials(const char *s)
{
#ifdef __SSE2__
	__m128i c = _mm_loadu_si128((const __m128i *)s);
	__m128i bits = _mm_cmplt_epi8(c, _mm_set1_epi8(' ')); /* as signed numbers: also beyond ASCII */

	bits = _mm_or_si128(bits, _mm_cmpeq_epi8(c, _mm_set1_epi8('"')));
	bits = _mm_or_si128(bits, _mm_cmpeq_epi8(c, _mm_set1_epi8('\\')));
	bits = _mm_or_si128(bits, _mm_cmpeq_epi8(c, _mm_set1_epi8(0x7f)));
	return (unsigned int)_mm_movemask_epi8(bits);
#else
	unsigned int bits = 0;

	for (unsigned int i = 0; i < CHUNK; i++)
		bits |= (unsigned int)linx_is_special(s[i]) << i;
	return bits;
#endif
}

/* Bytes up to the first special one; a chunk more may be written. How many? */
static size_t put_plain(char *to, const char *s, size_t n)
{
	/* What follows the last bytes is special: the search ends there. */
	char last[CHUNK] = "\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"";
	unsigned int bits;
	size_t i = 0;

	for (; n - i >= CHUNK; i += CHUNK) {
		bits = specials(s + i);
		memcpy(to + i, s + i, CHUNK);
		if (bits)
			return i + (size_t)__builtin_ctz(bits);
	}
	if (i == n)
		return n;
	memcpy(last, s + i, n - i);
	bits = specials(last);
	memcpy(to + i, last, CHUNK);
	return i + (size_t)__builtin_ctz(bits);
}

/* A digit behind an octal number would be read as part of it. */
static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* NULs at s, of which step may be taken and n looked at. How many were taken? */
static size_t put_nuls(char **to, const char *s, size_t step, size_t n, const struct linx_escape *how)
{
	static const char nuls[NULS];
	size_t i = 0;

	while (i + NULS <= step && !memcmp(s + i, nuls, NULS) && (i + NULS == n || !is_digit(s[i + NULS]))) {
		memcpy(*to, how->nuls, how->nuls_len);
		*to += how->nuls_len;
		i += NULS;
	}
	return i;
}

static size_t put_special(char **to, const char *s, size_t step, size_t n, const struct linx_escape *how)
{
	size_t taken = *s ? 0 : put_nuls(to, s, step, n, how);

	return taken ? taken : how->special(to, s, n);
}

/* Up to step bytes; what follows them, up to n, is looked at. */
static size_t put_step(struct linx_out *o, const char *s, size_t step, size_t n, const struct linx_escape *how)
{
	char *start = linx_out_room(o, (step + BEYOND) * how->most + CHUNK), *to = start;
	size_t i = 0;

	if (!start)
		return n;
	while (i < step) {
		size_t plain = put_plain(to, s + i, step - i);

		to += plain;
		i += plain;
		while (i < step && linx_is_special(s[i]))
			i += put_special(&to, s + i, step - i, n - i, how);
	}
	o->len += (size_t)(to - start);
	return i;
}

void linx_out_escaped(struct linx_out *o, const char *s, size_t n, const struct linx_escape *how)
{
	while (n) {
		size_t done = put_step(o, s, n < STEP ? n : STEP, n, how);

		s += done;
		n -= done;
	}
}
