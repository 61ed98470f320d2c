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

static void put_head(struct linx_strbuf *o, const struct linx_rows_column *c)
{
	size_t around = c->spec->optional ? sizeof("Nullable()") - 1 : 0;

	put_text(o, c->spec->name, strlen(c->spec->name));
	linx_put_varint(o, around + strlen(type_of(c->spec)));
	linx_native_put_type(o, c->spec);
	for (uint32_t i = 0; c->spec->optional && i < c->nrows; i++)
		linx_strbuf_char(o, !c->present[i]);
}

static void put_value(struct linx_strbuf *o, const struct linx_rows_column *c, uint32_t value)
{
	uint32_t len;
	const char *text;

	if (c->spec->type != LINX_COLUMN_TEXT) { /* on little endian, the first bytes of a number are its low bytes */
		linx_strbuf_mem(o, &c->numbers[value], c->spec->type == LINX_COLUMN_INT32 ? sizeof(int32_t) : sizeof(int64_t));
		return;
	}
	text = linx_columns_text_of(c, value, &len);
	put_text(o, text, len);
}

/* Writes a value for each row. If the row has no value, this is 0 or the empty text. */
static void put_values(struct linx_strbuf *o, const struct linx_rows_column *c)
{
	static const char zero[sizeof(int64_t)];
	size_t size = c->spec->type == LINX_COLUMN_TEXT ? 1 : c->spec->type == LINX_COLUMN_INT32 ? sizeof(int32_t) : sizeof(int64_t);
	uint32_t value = 0;

	for (uint32_t i = 0; i < c->nrows; i++) {
		if (c->present && !c->present[i])
			linx_strbuf_mem(o, zero, size);
		else
			put_value(o, c, value++);
	}
}

void linx_rows_put_native(const struct linx_columns *c, struct linx_strbuf *out)
{
	linx_put_varint(out, c->n);
	linx_put_varint(out, c->nrows);
	for (unsigned int i = 0; i < c->n; i++) {
		put_head(out, &c->columns[i]);
		put_values(out, &c->columns[i]);
	}
}
