// SPDX-License-Identifier: LGPL-2.1-or-later
/* Reads blocks of rows: see rows/native_read.h. */
#include <stdlib.h>

#include "rows/native_read.h"
#include "rows/row_blocks.h"
#include "rows/row_specs.h"

/* Bytes of a block that are not read yet. */
struct rest {
	const uint8_t *at, *end;
	bool bad; /* the block ended too early, or has something that is not allowed */
};

static size_t left(const struct rest *r)
{
	return (size_t)(r->end - r->at);
}

/* Returns the next n bytes; NULL: the block has fewer bytes left. */
static const uint8_t *take(struct rest *r, uint64_t n)
{
	const uint8_t *at = r->at;

	if (r->bad || n > left(r)) {
		r->bad = true;
		return NULL;
	}
	r->at += n;
	return at;
}

/* Returns the next number, which has at most 32 bits here. If there is no such number, returns 0 and sets r->bad. */
static uint32_t take_varint(struct rest *r)
{
	uint64_t value = 0;
	const uint8_t *byte;

	for (unsigned int shift = 0; shift < 35; shift += 7) {
		byte = take(r, 1);
		if (!byte)
			return 0;
		value |= (uint64_t)(*byte & 127) << shift;
		if (*byte < 128)
			break;
	}
	r->bad |= value > UINT32_MAX || r->at[-1] >= 128;
	return r->bad ? 0 : (uint32_t)value;
}

static bool take_same(struct rest *r, const char *text, size_t len)
{
	const uint8_t *at = take_varint(r) == len ? take(r, len) : NULL;

	if (!at || memcmp(at, text, len) != 0)
		r->bad = true;
	return !r->bad;
}

/*
 * Reads name and type of a column. Returns a byte for each row, which is 1 if the row has no value; NULL: the column is
 * not optional.
 */
static const uint8_t *take_head(struct rest *r, const struct linx_column_spec *spec, uint32_t nrows)
{
	struct linx_strbuf head = { 0 };

	take_same(r, spec->name, strlen(spec->name));
	linx_native_put_type(&head, spec);
	if (head.failed)
		r->bad = true;
	else
		take_same(r, head.data, head.len);
	free(head.data);
	return spec->optional ? take(r, nrows) : NULL;
}

/* True if n bytes are 0 or 1. */
static bool are_marks(const uint8_t *at, size_t n)
{
	uint64_t word, all = 0;

	for (; n >= sizeof(word); at += sizeof(word), n -= sizeof(word)) {
		memcpy(&word, at, sizeof(word));
		all |= word;
	}
	for (; n; at++, n--)
		all |= *at;
	return !(all & ~0x0101010101010101ull);
}

/* ---- texts ------------------------------------------------------------------------------------ */

static bool is_utf8(const char *s, size_t n)
{
	uint32_t code;

	if (linx_is_ascii(s, n))
		return true;
	for (size_t len; n; s += len, n -= len) {
		len = (uint8_t)*s < 0x80 ? 1 : linx_utf8(s, n, &code);
		if (!len)
			return false;
	}
	return true;
}

/* Reads the next text. Returns NULL with *len 0 if the block has fewer bytes. */
static inline const char *take_text(struct rest *r, uint32_t *len)
{
	const uint8_t *at = r->at;

	if (!r->bad && left(r) && *at < 128 && *at < left(r)) { /* nearly all lengths have one byte */
		*len = *at;
		r->at += 1 + *len;
		return (const char *)at + 1;
	}
	*len = take_varint(r);
	at = take(r, *len);
	*len = at ? *len : 0;
	return (const char *)at;
}

/* Returns the number of bytes that are not ASCII. */
static size_t count_high(const uint8_t *at, size_t n)
{
	const uint64_t high = 0x8080808080808080ull;
	uint64_t word[8];
	size_t count = 0;

	for (; n >= sizeof(word); at += sizeof(word), n -= sizeof(word)) {
		memcpy(word, at, sizeof(word));
		if (!((word[0] | word[1] | word[2] | word[3] | word[4] | word[5] | word[6] | word[7]) & high))
			continue;
		for (size_t i = 0; i < 8; i++) /* the product's first byte is the sum of eight bytes that are 0 or 1 */
			count += ((word[i] & high) >> 7) * 0x0101010101010101ull >> 56;
	}
	for (; n; at++, n--)
		count += *at >> 7;
	return count;
}

/* How many cells are compared at once, a power of two. */
#define RUN 32u

/*
 * Returns how many of the next cells, at most "most", have the same "size" bytes as the cell that ends at r->at. Only whole
 * runs are found. Bytes that equal those "size" bytes before them, for a whole run, are the same cell again and again.
 */
static uint32_t same_cells(const struct rest *r, size_t size, uint32_t most)
{
	const uint8_t *at = r->at;
	uint32_t n = 0;

	for (; most - n >= RUN && (size_t)(r->end - at) >= RUN * size && !memcmp(at - size, at, RUN * size); at += RUN * size)
		n += RUN;
	return n;
}

/* Skips the cells that same_cells() finds. Returns how many; *high: raised by their bytes of lengths that are not ASCII. */
static uint32_t skip_same(struct rest *r, const uint8_t *cell, const char *text, uint32_t most, size_t *high)
{
	size_t size = (size_t)(r->at - cell);
	uint32_t n = same_cells(r, size, most);

	*high += n * ((size_t)((const uint8_t *)text - cell) - 1);
	r->at += n * size;
	return n;
}

/*
 * Checks that texts are inside the block, that they are valid UTF-8, and that rows without a value have the empty text.
 * If no byte but those of lengths has its high bit set, all texts are ASCII, and are not looked at one by one. Of the
 * bytes of a length, all but the last one have it set.
 */
static void check_texts(struct rest *r, const uint8_t *absent, uint32_t nrows)
{
	struct rest again = *r;
	const uint8_t *cell;
	size_t high = 0;
	const char *text;
	uint32_t len, n;

	for (uint32_t k = 0; k < nrows && !r->bad; k += n) {
		cell = r->at;
		text = take_text(r, &len);
		n = 1;
		if (!text)
			return;
		high += (size_t)((const uint8_t *)text - cell) - 1;
		if (k % RUN == RUN - 1)
			n += skip_same(r, cell, text, nrows - k - 1, &high);
		r->bad |= len && absent && (n > 1 ? memchr(absent + k, 1, n) != NULL : absent[k]);
	}
	if (r->bad || count_high(again.at, (size_t)(r->at - again.at)) == high)
		return;
	for (uint32_t k = 0; k < nrows && !r->bad; k++) {
		text = take_text(&again, &len);
		r->bad = !text || !is_utf8(text, len);
	}
}

/* Checks that all texts are the same one. */
static void check_same_text(struct rest *r, const char *want, uint32_t nrows)
{
	size_t n = strlen(want), high = 0;
	const uint8_t *cell;
	const char *text;
	uint32_t len;

	for (uint32_t k = 0; k < nrows && !r->bad; k++) {
		cell = r->at;
		text = take_text(r, &len);
		r->bad |= !text || len != n || memcmp(text, want, n) != 0;
		if (!r->bad)
			k += skip_same(r, cell, text, nrows - k - 1, &high);
	}
}

/* ---- numbers ---------------------------------------------------------------------------------- */

/* True if all numbers are from "from" to "to". Rows without a value do not count: see are_zero(). */
static bool are_from_to(const uint8_t *at, const uint8_t *absent, uint32_t nrows, uint64_t from, uint64_t to)
{
	uint64_t number;
	bool bad = false;

	for (uint32_t k = 0; k < nrows; k++, at += sizeof(number)) {
		memcpy(&number, at, sizeof(number));
		bad |= (number < from || number > to) && !(absent && absent[k]);
	}
	return !bad;
}

/* True if rows without a value have the number 0. */
static bool are_zero(const uint8_t *at, size_t size, const uint8_t *absent, uint32_t nrows)
{
	const uint8_t *first = memchr(absent, 1, nrows); /* nearly always NULL */
	bool bad = false;

	for (size_t k = first ? (size_t)(first - absent) : nrows; k < nrows; k++) {
		uint64_t number = 0;

		memcpy(&number, at + k * size, size);
		bad |= absent[k] && number;
	}
	return !bad;
}

static void check_numbers(struct rest *r, unsigned int i, const uint8_t *absent, uint32_t nrows, const struct linx_rowset_block *want)
{
	size_t size = linx_column_number_size(&linx_row_specs[i]);
	const uint8_t *at = take(r, nrows * size);

	if (!at)
		return;
	r->bad = absent && !are_zero(at, size, absent, nrows);
	if (i == ROW_SESSION)
		r->bad |= !are_from_to(at, absent, nrows, want->session, want->session);
	else if (i == ROW_TIME)
		r->bad |= !are_from_to(at, absent, nrows, want->from_ns, want->to_ns);
}

/* ---- blocks ----------------------------------------------------------------------------------- */

static bool check_column(struct rest *r, unsigned int i, uint32_t nrows, const struct linx_rowset_block *want)
{
	const struct linx_column_spec *spec = &linx_row_specs[i];
	const uint8_t *absent = take_head(r, spec, nrows);

	if (r->bad || (absent && !are_marks(absent, nrows)))
		return false;
	if (spec->type != LINX_COLUMN_TEXT)
		check_numbers(r, i, absent, nrows, want);
	else if (i == ROW_MACHINE)
		check_same_text(r, want->machine, nrows);
	else
		check_texts(r, absent, nrows);
	return !r->bad;
}

bool linx_native_check(const uint8_t *data, size_t len, const struct linx_rowset_block *want, struct linx_native_view *view)
{
	struct rest r = { .at = data, .end = data + len };

	view->n = take_varint(&r);
	if (!linx_row_columns_known(view->n) || take_varint(&r) != want->rows || r.bad)
		return false;
	view->nrows = want->rows;
	view->columns = r.at;
	view->len = left(&r);
	for (unsigned int i = 0; i < view->n; i++)
		if (!check_column(&r, i, want->rows, want))
			return false;
	return !left(&r);
}

static void add_texts(struct rest *r, struct linx_columns *to, unsigned int i, const uint8_t *absent, uint32_t nrows)
{
	const char *text;
	uint32_t len;

	for (uint32_t k = 0; k < nrows; k++) {
		text = take_text(r, &len);
		if (absent && absent[k])
			linx_columns_null(to, i);
		else
			linx_columns_text(to, i, text, len);
	}
}

static void add_column(struct rest *r, struct linx_columns *to, unsigned int i, uint32_t nrows)
{
	const struct linx_column_spec *spec = to->columns[i].spec;
	const uint8_t *absent = take_head(r, spec, nrows), *at;

	if (spec->type == LINX_COLUMN_TEXT) {
		add_texts(r, to, i, absent, nrows);
		return;
	}
	at = take(r, nrows * linx_column_number_size(spec));
	if (at)
		linx_columns_numbers(to, i, at, absent, nrows);
}

void linx_native_add(const struct linx_native_view *view, struct linx_columns *to)
{
	struct rest r = { .at = view->columns, .end = view->columns + view->len };

	for (unsigned int i = 0; i < view->n; i++)
		add_column(&r, to, i, view->nrows);
	for (unsigned int i = view->n; i < to->n; i++)
		for (uint32_t k = 0; k < view->nrows; k++)
			linx_columns_null(to, i);
	/* the block was checked before, so r.bad is not set unless memory is lacking */
	to->failed |= r.bad;
}
