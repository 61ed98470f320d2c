// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Writes rows in ClickHouse's format Native: the numbers of columns and rows, then each column with its name, its type
 * and its values. A column of type Nullable has a byte for each row before the values. ClickHouse reads this from
 * version 18.16 on.
 */
#include "rows/row_blocks.h"
#include "rows/varint.h"

static const char *type_of(const struct linx_column_spec *spec)
{
	if (spec->type == LINX_COLUMN_TEXT)
		return "String";
	if (spec->sense == LINX_SENSE_UNSIGNED)
		return spec->type == LINX_COLUMN_INT32 ? "UInt32" : "UInt64";
	return spec->type == LINX_COLUMN_INT32 ? "Int32" : "Int64";
}

static void put_text(struct linx_strbuf *o, const char *text, size_t len)
{
	linx_put_varint(o, len);
	linx_strbuf_mem(o, text, len);
}

void linx_native_put_type(struct linx_strbuf *o, const struct linx_column_spec *spec)
{
	if (spec->optional)
		linx_strbuf_str(o, "Nullable(");
	linx_strbuf_str(o, type_of(spec));
	if (spec->optional)
		linx_strbuf_char(o, ')');
}

static void put_names(struct linx_strbuf *o, const struct linx_column_spec *spec)
{
	size_t around = spec->optional ? sizeof("Nullable()") - 1 : 0;

	put_text(o, spec->name, strlen(spec->name));
	linx_put_varint(o, around + strlen(type_of(spec)));
	linx_native_put_type(o, spec);
}

/* Writes a byte for each row: 1 if the row has no value. */
static void put_absences(char *to, const struct linx_rows_column *c)
{
	const uint64_t ones = 0x0101010101010101ull;
	uint64_t word;
	uint32_t i = 0;

	if (c->nvalues == c->nrows || !c->nvalues) {
		memset(to, !c->nvalues, c->nrows);
		return;
	}
	for (; i + sizeof(word) <= c->nrows; i += sizeof(word)) {
		memcpy(&word, c->present + i, sizeof(word));
		word ^= ones;
		memcpy(to + i, &word, sizeof(word));
	}
	for (; i < c->nrows; i++)
		to[i] = !c->present[i];
}

static void put_head(struct linx_strbuf *o, const struct linx_rows_column *c)
{
	char *to;

	put_names(o, c->spec);
	to = c->spec->optional ? linx_strbuf_room(o, c->nrows) : NULL;
	if (!to)
		return;
	put_absences(to, c);
	o->len += c->nrows;
}

/* Writes the "one" bytes at "to" again and again, to a length of "all". The copies double, so that they take few steps. */
static void fill(char *to, size_t one, size_t all)
{
	for (size_t done = one; done < all; done *= 2)
		memcpy(to + done, to, done < all - done ? done : all - done);
}

/* True if all rows have the same number, which for a text is that in the dictionary. */
static bool is_constant(const struct linx_rows_column *c)
{
	return c->nvalues == c->nrows && !memcmp(c->numbers, c->numbers + 1, (c->nvalues - 1) * sizeof(*c->numbers));
}

/*
 * Writes the low "size" bytes of a number for each row, and 0 for a row without a value; size: 4 or 8, a constant where
 * this is inlined. On little endian, the first bytes of a number are its low bytes.
 */
static inline __attribute__((always_inline)) void put_some(char *to, const struct linx_rows_column *c, size_t size)
{
	const int64_t *from = c->numbers;
	int64_t number;

	for (uint32_t i = 0; i < c->nrows; i++, to += size) {
		number = c->present[i] ? *from : 0;
		memcpy(to, &number, size);
		from += c->present[i];
	}
}

static inline __attribute__((always_inline)) void put_numbers(char *to, const struct linx_rows_column *c, size_t size)
{
	if (!c->nvalues) {
		memset(to, 0, c->nrows * size);
	} else if (c->nvalues < c->nrows) {
		put_some(to, c, size);
	} else if (size == sizeof(*c->numbers)) {
		memcpy(to, c->numbers, c->nrows * size);
	} else if (is_constant(c)) {
		memcpy(to, c->numbers, size);
		fill(to, size, c->nrows * size);
	} else {
		for (uint32_t i = 0; i < c->nrows; i++)
			memcpy(to + i * size, &c->numbers[i], size);
	}
}

static void put_number_column(struct linx_strbuf *o, const struct linx_rows_column *c)
{
	size_t size = linx_column_number_size(c->spec);
	char *to = linx_strbuf_room(o, c->nrows * size);

	if (!to)
		return;
	if (size == sizeof(int32_t))
		put_numbers(to, c, sizeof(int32_t));
	else
		put_numbers(to, c, sizeof(int64_t));
	o->len += c->nrows * size;
}

/* A text that is at most so long is copied by instructions instead of a call, with bytes that stand behind it. */
#define SHORT 32u

/* Writes the text of a value. */
static void put_value(struct linx_strbuf *o, const struct linx_texts *t, uint32_t i)
{
	const size_t at = t->offsets[i] + sizeof(uint32_t);
	uint32_t len;
	const char *text = linx_columns_text_at(t, i, &len);
	char *to;

	if (len > SHORT || t->bytes.cap - at < SHORT) {
		put_text(o, text, len);
		return;
	}
	to = linx_strbuf_room(o, 1 + SHORT);
	if (!to)
		return;
	*to = (char)len;
	memcpy(to + 1, text, SHORT);
	o->len += 1 + len;
}

/* Writes the text of a value n times. */
static void put_text_run(struct linx_strbuf *o, const struct linx_texts *t, uint32_t i, uint32_t n)
{
	size_t from = o->len, one, all;
	char *to;

	put_value(o, t, i);
	if (n == 1)
		return;
	one = o->len - from;
	all = one * n;
	to = linx_strbuf_room(o, all - one);
	if (!to)
		return;
	fill(to - one, one, all);
	o->len = from + all;
}

/* Returns how many rows from row i on have no value; at least 1. */
static uint32_t absent_run(const struct linx_rows_column *c, uint32_t i)
{
	const uint8_t *next = memchr(c->present + i, 1, c->nrows - i);

	return (next ? (uint32_t)(next - c->present) : c->nrows) - i;
}

/* Returns how many rows from row i on have the same text as value "value", which is that of row i. */
static uint32_t text_run(const struct linx_rows_column *c, uint32_t i, uint32_t value)
{
	uint32_t n = 1;

	while (i + n < c->nrows && (!c->present || c->present[i + n]) && c->numbers[value + n] == c->numbers[value])
		n++;
	return n;
}

static void put_absent(struct linx_strbuf *o, uint32_t n)
{
	char *to = linx_strbuf_room(o, n);

	if (to)
		memset(to, 0, n);
	o->len += to ? n : 0;
}

/* Writes a text for each row, and the empty text for a row without a value. Texts without a dictionary stand in order. */
static void put_plain_column(struct linx_strbuf *o, const struct linx_rows_column *c)
{
	uint32_t value = 0, n;

	for (uint32_t i = 0; i < c->nrows; i += n) {
		n = 1;
		if (!c->present || c->present[i])
			put_value(o, &c->texts, value++);
		else
			put_absent(o, n = absent_run(c, i));
	}
}

static void put_numbered_column(struct linx_strbuf *o, const struct linx_rows_column *c)
{
	uint32_t value = 0, n;

	for (uint32_t i = 0; i < c->nrows; i += n) {
		if (c->present && !c->present[i]) {
			n = absent_run(c, i);
			put_absent(o, n);
		} else {
			n = text_run(c, i, value);
			put_text_run(o, &c->texts, (uint32_t)c->numbers[value], n);
			value += n;
		}
	}
}

static void put_text_column(struct linx_strbuf *o, const struct linx_rows_column *c)
{
	if (!c->nvalues)
		put_absent(o, c->nrows);
	else if (c->texts.is_plain)
		put_plain_column(o, c);
	else if (is_constant(c))
		put_text_run(o, &c->texts, (uint32_t)c->numbers[0], c->nrows);
	else
		put_numbered_column(o, c);
}

void linx_native_put_columns(struct linx_columns *c, struct linx_strbuf *out)
{
	linx_columns_settle(c);
	out->failed |= c->failed;
	for (unsigned int i = 0; i < c->n; i++) {
		put_head(out, &c->columns[i]);
		if (c->columns[i].spec->type == LINX_COLUMN_TEXT)
			put_text_column(out, &c->columns[i]);
		else
			put_number_column(out, &c->columns[i]);
	}
}

void linx_native_put_null(const struct linx_column_spec *spec, uint32_t rows, struct linx_strbuf *out)
{
	size_t size = spec->type == LINX_COLUMN_TEXT ? 1 : linx_column_number_size(spec);
	char *to;

	put_names(out, spec);
	to = linx_strbuf_room(out, rows * (1 + size));
	if (!to)
		return;
	memset(to, 1, rows);
	memset(to + rows, 0, rows * size);
	out->len += rows * (1 + size);
}

void linx_native_put_counts(uint32_t columns, uint32_t rows, struct linx_strbuf *out)
{
	linx_put_varint(out, columns);
	linx_put_varint(out, rows);
}
