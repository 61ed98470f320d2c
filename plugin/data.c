// SPDX-License-Identifier: LGPL-2.1-or-later
/* Writes and reads the data of events: see plugin/data.h. */
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "plugin/data.h"
#include "plugin/fields.h"

struct head {
	uint8_t version;
	uint8_t kind; /* enum data_kind */
	uint16_t parts;
};

#define DOTS "..."
#define DOTS_LEN (sizeof(DOTS) - 1)

size_t data_room(size_t len, unsigned int parts)
{
	/* a part that is cut gets dots and perhaps a parenthesis at its end */
	return sizeof(struct head) + parts * sizeof(uint32_t) + len + parts * (DOTS_LEN + 2);
}

size_t data_cut(char *text, size_t len, size_t most)
{
	size_t n = most > DOTS_LEN ? most - DOTS_LEN : 0;

	if (len <= most || len <= DOTS_LEN)
		return len;
	while (n && ((uint8_t)text[n] & 0xc0) == 0x80)
		n--;
	memcpy(text + n, DOTS, DOTS_LEN);
	return n + DOTS_LEN;
}

/* Copies a part; if its content is longer than "most", it is cut. Returns the number of bytes, without a NUL. */
static size_t put_part(char *to, const char *text, size_t len, size_t most)
{
	bool inside = len >= 2 && text[0] == '(';
	size_t content = len - (inside ? 2 : 0), n;

	memcpy(to, text, len);
	if (!most || content <= most)
		return len;
	n = inside + data_cut(to + inside, content, most);
	if (inside)
		to[n++] = ')';
	return n;
}

/* Offsets of the parts that have been found so far. */
struct places {
	uint8_t *offsets;
	unsigned int n, most;
};

/* Adds the offset of a part. False: there are already as many as expected. */
static bool add_place(struct places *p, size_t at)
{
	uint32_t offset = (uint32_t)at;

	if (p->n == p->most)
		return false;
	memcpy(p->offsets + p->n++ * sizeof(offset), &offset, sizeof(offset));
	return true;
}

/* Replaces each PART_MARK from i to end by a NUL, and adds the offset of the part after it. False: too many parts. */
static bool split(struct places *p, char *texts, size_t i, size_t end)
{
	for (; i < end; i++) {
		if (texts[i] != PART_MARK)
			continue;
		texts[i] = '\0';
		if (!add_place(p, i + 1))
			return false;
	}
	return true;
}

/*
 * Replaces each PART_MARK in texts by a NUL, and adds the offset of the part after it; 16 bytes at a time where
 * possible, since marks are rare. False: too many parts.
 */
static bool split_all(struct places *p, char *texts, size_t len)
{
	size_t i = 0;
#ifdef __SSE2__
	const __m128i mark = _mm_set1_epi8(PART_MARK);

	for (; i + 16 <= len; i += 16) {
		__m128i bytes = _mm_loadu_si128((const void *)(texts + i)), same = _mm_cmpeq_epi8(bytes, mark);
		unsigned int found = (unsigned int)_mm_movemask_epi8(same);

		if (!found)
			continue;
		_mm_storeu_si128((void *)(texts + i), _mm_andnot_si128(same, bytes));
		for (; found; found &= found - 1)
			if (!add_place(p, i + (size_t)__builtin_ctz(found) + 1))
				return false;
	}
#endif
	return split(p, texts, i, len);
}

/*
 * Copies all parts at once, as none is too long. text begins with a PART_MARK. Returns the number of bytes; 0: too
 * many parts.
 */
static size_t copy_parts(struct places *p, char *to, const char *text, size_t len)
{
	memcpy(to, text + 1, len - 1);
	to[len - 1] = '\0';
	return add_place(p, 0) && split_all(p, to, len - 1) ? len : 0;
}

static size_t cut_parts(struct places *p, char *to, const char *text, size_t len, size_t most)
{
	const char *end = text + len, *next;
	char *at = to;

	while (text < end && add_place(p, (size_t)(at - to))) {
		text++;
		next = memchr(text, PART_MARK, (size_t)(end - text));
		next = next ? next : end;
		at += put_part(at, text, (size_t)(next - text), most);
		*at++ = '\0';
		text = next;
	}
	return text == end ? (size_t)(at - to) : 0;
}

size_t data_write(void *to, enum data_kind kind, const char *text, size_t len, unsigned int parts, size_t most)
{
	const struct head head = { .version = DATA_VERSION, .kind = (uint8_t)kind, .parts = (uint16_t)parts };
	struct places p = { .offsets = (uint8_t *)to + sizeof(head), .most = parts };
	char *texts = (char *)p.offsets + parts * sizeof(uint32_t);
	size_t n;

	if (!len || *text != PART_MARK)
		return 0;
	memcpy(to, &head, sizeof(head));
	n = !most || len <= most ? copy_parts(&p, texts, text, len) : cut_parts(&p, texts, text, len, most);
	return n && p.n == parts ? (size_t)(texts - (char *)to) + n : 0;
}

bool data_read(struct data *d, const void *data, size_t len)
{
	struct head head;
	size_t begin;

	if (len < sizeof(head))
		return false;
	memcpy(&head, data, sizeof(head));
	begin = sizeof(head) + head.parts * sizeof(uint32_t);
	if (head.version != DATA_VERSION || (head.kind != DATA_CALL && head.kind != DATA_LOSS) || len <= begin ||
	    ((const char *)data)[len - 1])
		return false;
	*d = (struct data){
		.offsets = (const uint8_t *)data + sizeof(head),
		.texts = (const char *)data + begin,
		.len = len - begin,
		.parts = head.parts,
		.kind = head.kind,
	};
	return true;
}

const char *data_part(const struct data *d, unsigned int i)
{
	uint32_t offset;

	if (i >= d->parts)
		return NULL;
	memcpy(&offset, d->offsets + i * sizeof(offset), sizeof(offset));
	return offset < d->len ? d->texts + offset : NULL;
}
