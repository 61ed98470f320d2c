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

static void put_head(struct linx_strbuf *o, const struct linx_rows_column *c)
{
	uint8_t *absent;

	put_names(o, c->spec);
	if (!c->spec->optional)
		return;
	absent = (uint8_t *)linx_strbuf_room(o, c->nrows);
	for (uint32_t i = 0; absent && i < c->nrows; i++)
		absent[i] = !c->present[i];
	o->len += absent ? c->nrows : 0;
}

/*
 * Writes a number of "size" bytes for each row, and 0 for a row without a value; size: 4 or 8, a constant where this is
 * inlined. On little endian, the first bytes of a number are its low bytes.
 */
static inline __attribute__((always_inline)) void put_numbers(char *to, const struct linx_rows_column *c, size_t size)
{
	const int64_t *from = c->numbers;
	int64_t number;

	for (uint32_t i = 0; i < c->nrows; i++, to += size) {
		bool has = !c->present || c->present[i];

		number = has ? *from : 0;
		memcpy(to, &number, size);
		from += has;
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

/* Writes the text of a value n times. The copies double, so that many copies of a short text take few steps. */
static void put_text_run(struct linx_strbuf *o, const struct linx_rows_column *c, uint32_t value, uint32_t n)
{
	uint32_t len;
	const char *text = linx_columns_text_of(c, value, &len);
	size_t from = o->len, one, all;
	char *to;

	put_text(o, text, len);
	one = o->len - from;
	all = one * n;
	to = n > 1 ? linx_strbuf_room(o, all - one) : NULL;
	if (!to)
		return;
	to -= one;
	for (size_t done = one; done < all; done *= 2)
		memcpy(to + done, to, done < all - done ? done : all - done);
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

	while (!c->texts.is_plain && i + n < c->nrows && (!c->present || c->present[i + n]) && c->numbers[value + n] == c->numbers[value])
		n++;
	return n;
}

/* Writes a text for each row, and the empty text for a row without a value. */
static void put_text_column(struct linx_strbuf *o, const struct linx_rows_column *c)
{
	uint32_t value = 0, n;
	char *to;

	for (uint32_t i = 0; i < c->nrows; i += n) {
		if (c->present && !c->present[i]) {
			n = absent_run(c, i);
			to = linx_strbuf_room(o, n);
			if (to)
				memset(to, 0, n);
			o->len += to ? n : 0;
		} else {
			n = text_run(c, i, value);
			put_text_run(o, c, value, n);
			value += n;
		}
	}
}

void linx_native_put_columns(const struct linx_columns *c, struct linx_strbuf *out)
{
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
