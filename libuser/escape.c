// SPDX-License-Identifier: LGPL-2.1-or-later
/* Bytes into a buffer, escaped: see escape.h. */
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "escape.h"

#define CHUNK 16u
/* Room is asked for once for so many bytes. */
#define STEP 1024u
/* What a letter may have beyond a step. */
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
		bits |= (unsigned int)!LINX_PLAIN(s[i]) << i;
	return bits;
#endif
}

/* Fewer bytes than a chunk: two pieces that may overlap. */
static void copy_short(char *to, const char *s, size_t n)
{
	if (n >= 8) {
		memcpy(to, s, 8);
		memcpy(to + n - 8, s + n - 8, 8);
	} else if (n >= 4) {
		memcpy(to, s, 4);
		memcpy(to + n - 4, s + n - 4, 4);
	} else {
		for (size_t i = 0; i < n; i++)
			to[i] = s[i];
	}
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
	copy_short(last, s + i, n - i);
	bits = specials(last);
	memcpy(to + i, last, CHUNK);
	return i + (size_t)__builtin_ctz(bits);
}

/* Behind an octal number it would be read as part of it. */
static bool is_octal(char c)
{
	return c >= '0' && c <= '7';
}

/* How many NULs stand at s, within n bytes? */
static size_t count_nuls(const char *s, size_t n)
{
	size_t i = 0;
	uint64_t word;

	for (; n - i >= sizeof(word); i += sizeof(word)) {
		memcpy(&word, s + i, sizeof(word));
		if (word)
			return i + (size_t)__builtin_ctzll(word) / 8; /* little endian, as is all of x86 */
	}
	while (i < n && !s[i])
		i++;
	return i;
}

/* NULs at s, of which step may be taken and n looked at. How many were taken? */
static size_t put_nuls(char **to, const char *s, size_t step, size_t n, const struct linx_escape *how)
{
	size_t count = count_nuls(s, step), len;
	char nuls[LINX_NULS_ROOM];

	/* Only the last one is followed by anything else. */
	if (count && count < n && is_octal(s[count]))
		count--;
	len = count * how->nul_len;
	memcpy(nuls, how->nuls, sizeof(nuls));
	for (size_t i = 0; i < len; i += sizeof(nuls))
		memcpy(*to + i, nuls, sizeof(nuls));
	*to += len;
	return count;
}

/* Does a letter of several bytes begin so? */
static bool begins_letter(uint8_t c, uint8_t next)
{
	return c >= 0xc2 && c <= 0xf4 && (next & 0xc0) == 0x80;
}

/* A few bytes one by one; where some are special, more are. Otherwise as above. */
static size_t put_mixed(char **at, const char *s, size_t step, size_t n, const struct linx_escape *how)
{
	size_t i = 0, end = step < CHUNK ? step : CHUNK;
	char *to = *at;

	while (i < end) {
		uint8_t c = (uint8_t)s[i], next = i + 1 < n ? (uint8_t)s[i + 1] : 0;
		const struct linx_escaped *e = &how->table[is_octal((char)next)][c];

		if (begins_letter(c, next) && how->put_letter) {
			char *behind = to; /* not to itself, which is in a register */

			i += how->put_letter(&behind, s + i, n - i);
			to = behind;
			continue;
		}
		memcpy(to, e, sizeof(*e));
		to += e->len;
		i++;
	}
	*at = to;
	return i;
}

/* Up to step bytes; what follows them, up to n, is looked at. */
static size_t put_step(struct linx_out *o, const char *s, size_t step, size_t n, const struct linx_escape *how)
{
	char *start = linx_out_room(o, (step + BEYOND) * how->most + LINX_NULS_ROOM), *to = start;
	size_t i = 0, taken;

	if (!start)
		return n;
	while (i < step) {
		taken = put_plain(to, s + i, step - i);
		to += taken;
		i += taken;
		if (i < step && !s[i])
			i += put_nuls(&to, s + i, step - i, n - i, how);
		if (i < step)
			i += put_mixed(&to, s + i, step - i, n - i, how);
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
