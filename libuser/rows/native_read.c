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

/* One value of a block. */
struct cell {
	const char *text; /* not NULL for texts */
	uint32_t len;
	int64_t number;
};

static struct cell take_cell(struct rest *r, const struct linx_column_spec *spec)
{
	struct cell c = { 0 };
	const uint8_t *at;
	int32_t small;

	if (spec->type == LINX_COLUMN_TEXT) {
		c.len = take_varint(r);
		c.text = (const char *)take(r, c.len);
	} else if (spec->type == LINX_COLUMN_INT64) {
		at = take(r, sizeof(c.number));
		if (at)
			memcpy(&c.number, at, sizeof(c.number));
	} else {
		at = take(r, sizeof(small));
		if (at) {
			memcpy(&small, at, sizeof(small));
			c.number = spec->sense == LINX_SENSE_UNSIGNED ? (int64_t)(uint32_t)small : small;
		}
	}
	return c;
}

/* True if *want allows this value in column i. */
static bool is_wanted(const struct cell *c, unsigned int i, const struct linx_rowset_block *want)
{
	switch (i) {
	case ROW_MACHINE:
		return c->len == strlen(want->machine) && !memcmp(c->text, want->machine, c->len);
	case ROW_SESSION:
		return (uint64_t)c->number == want->session;
	case ROW_TIME:
		return (uint64_t)c->number >= want->from_ns && (uint64_t)c->number <= want->to_ns;
	default:
		return !c->text || is_utf8(c->text, c->len);
	}
}

static bool check_column(struct rest *r, unsigned int i, uint32_t nrows, const struct linx_rowset_block *want)
{
	const struct linx_column_spec *spec = &linx_row_specs[i];
	const uint8_t *absent = take_head(r, spec, nrows);
	struct cell c;

	for (uint32_t k = 0; k < nrows && !r->bad; k++) {
		c = take_cell(r, spec);
		if (absent && absent[k])
			r->bad |= absent[k] != 1 || c.len || c.number;
		else if (!r->bad)
			r->bad = !is_wanted(&c, i, want);
	}
	return !r->bad;
}

bool linx_native_check(const uint8_t *data, size_t len, unsigned int n, const struct linx_rowset_block *want)
{
	struct rest r = { .at = data, .end = data + len };

	if (take_varint(&r) != n || take_varint(&r) != want->rows || r.bad)
		return false;
	for (unsigned int i = 0; i < n; i++)
		if (!check_column(&r, i, want->rows, want))
			return false;
	return !left(&r);
}

static void add_column(struct rest *r, struct linx_columns *to, unsigned int i, uint32_t nrows)
{
	const struct linx_column_spec *spec = to->columns[i].spec;
	const uint8_t *absent = take_head(r, spec, nrows);
	struct cell c;

	for (uint32_t k = 0; k < nrows && !r->bad; k++) {
		c = take_cell(r, spec);
		if (absent && absent[k])
			linx_columns_null(to, i);
		else if (c.text)
			linx_columns_text(to, i, c.text, c.len);
		else
			linx_columns_number(to, i, c.number);
	}
}

void linx_native_add(const uint8_t *data, size_t len, struct linx_columns *to)
{
	struct rest r = { .at = data, .end = data + len };
	uint32_t nrows;

	take_varint(&r);
	nrows = take_varint(&r);
	for (unsigned int i = 0; i < to->n; i++)
		add_column(&r, to, i, nrows);
	/* the block was checked before, so r.bad is not set unless memory is lacking */
	to->failed |= r.bad;
}
