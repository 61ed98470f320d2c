// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Writes columns as a Parquet file. A row group has a chunk for each column. A chunk is one data page, with the page of
 * its dictionary before it if it has a dictionary. The footer, which is written last, has the offset of each chunk.
 * Numbers of fields, types and encodings are those of parquet.thrift.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "rows/parquet.h"
#include "rows/thrift.h"

static const char magic[4] = { 'P', 'A', 'R', '1' };

enum physical { PHYSICAL_INT32 = 1, PHYSICAL_INT64 = 2, PHYSICAL_BYTE_ARRAY = 6 };
enum converted { CONVERTED_UTF8 = 0, CONVERTED_UINT_32 = 13, CONVERTED_UINT_64 = 14 };
enum encoding {
	ENCODING_PLAIN = 0,
	ENCODING_RLE = 3,
	ENCODING_DELTA_BINARY_PACKED = 5,
	ENCODING_DELTA_LENGTH_BYTE_ARRAY = 6,
	ENCODING_RLE_DICTIONARY = 8,
};
enum page { PAGE_DATA = 0, PAGE_DICTIONARY = 2 };
enum { CODEC_ZSTD = 6, REQUIRED = 0, OPTIONAL = 1 };

/* Column of a row group, as the footer describes it. Offsets are from the start of the file. */
struct chunk {
	enum encoding encoding;
	uint64_t dictionary, data; /* first byte of each page; dictionary 0: the chunk has no dictionary */
	uint64_t raw, packed; /* bytes of the pages with their heads, before and after compression */
	uint32_t nulls;
	bool has_range;
	int64_t min, max; /* least and greatest number, if has_range */
};

struct linx_parquet_group {
	/* offsets in the file of the first byte of the group, and of the byte after its last one */
	uint64_t begin, end;
	uint32_t nrows;
	struct chunk *chunks; /* array with an element for each column */
};

void linx_parquet_begin(struct linx_parquet *p, const struct linx_column_spec *specs, unsigned int n, int level)
{
	*p = (struct linx_parquet){ .specs = specs, .n = n, .level = level };
}

void linx_parquet_drop(struct linx_parquet *p)
{
	free(p->groups[--p->ngroups].chunks);
}

void linx_parquet_clear(struct linx_parquet *p)
{
	while (p->ngroups)
		linx_parquet_drop(p);
}

void linx_parquet_free(struct linx_parquet *p)
{
	linx_parquet_clear(p);
	free(p->groups);
	ZSTD_freeCCtx(p->zstd);
	p->groups = NULL;
	p->zstd = NULL;
	p->room = 0;
}

uint64_t linx_parquet_size(const struct linx_parquet *p)
{
	return p->ngroups ? p->groups[p->ngroups - 1].end : 0;
}

/* ---- encodings --------------------------------------------------------------------------------- */

static unsigned int width_of(uint64_t v)
{
	return v ? 64 - (unsigned int)__builtin_clzll(v) : 0;
}

/*
 * Writes n numbers of "width" bits each, the least bit first. n * width is a multiple of 8, so the result is whole
 * bytes.
 */
static void put_packed(struct linx_strbuf *o, const uint64_t *v, uint32_t n, unsigned int width)
{
	char *to = linx_strbuf_room(o, (size_t)n * width / 8 + sizeof(uint64_t));
	uint64_t bits = 0;
	unsigned int used = 0;

	if (!to)
		return;
	o->len += (size_t)n * width / 8;
	for (uint32_t i = 0; i < n && width; i++) {
		bits |= v[i] << used;
		used += width;
		if (used < 64)
			continue;
		memcpy(to, &bits, sizeof(bits));
		to += sizeof(bits);
		used -= 64;
		bits = used ? v[i] >> (width - used) : 0;
	}
	memcpy(to, &bits, (used + 7) / 8);
}

/* A block of DELTA_BINARY_PACKED has four miniblocks of 32 differences, each with a width of its own. */
#define MINIBLOCK 32u
#define MINIBLOCKS 4u
#define BLOCK (MINIBLOCK * MINIBLOCKS)

/* Returns a - b. is_32: the difference has 32 bits, and wraps around */
static int64_t difference(int64_t a, int64_t b, bool is_32)
{
	uint64_t d = (uint64_t)a - (uint64_t)b;

	return is_32 ? (int32_t)d : (int64_t)d;
}

static void put_delta_block(struct linx_strbuf *o, const int64_t *v, uint32_t n, bool is_32)
{
	uint64_t step[BLOCK] = { 0 }, all;
	int64_t least = INT64_MAX, d;
	unsigned int width[MINIBLOCKS] = { 0 };

	for (uint32_t i = 0; i < n; i++) {
		d = difference(v[i], v[(int64_t)i - 1], is_32);
		step[i] = (uint64_t)d;
		least = d < least ? d : least;
	}
	linx_put_varint(o, thrift_zigzag(least));
	for (uint32_t m = 0; m < MINIBLOCKS; m++) {
		all = 0;
		for (uint32_t i = m * MINIBLOCK; i < (m + 1) * MINIBLOCK && i < n; i++) {
			step[i] = (step[i] - (uint64_t)least) & (is_32 ? UINT32_MAX : UINT64_MAX);
			all |= step[i];
		}
		width[m] = width_of(all);
		linx_strbuf_char(o, (char)width[m]);
	}
	/* miniblocks after the last value are left out; a miniblock that has values is written whole */
	for (uint32_t m = 0; m * MINIBLOCK < n; m++)
		put_packed(o, step + m * MINIBLOCK, MINIBLOCK, width[m]);
}

static void put_delta(struct linx_strbuf *o, const int64_t *v, uint32_t n, bool is_32)
{
	linx_put_varint(o, BLOCK);
	linx_put_varint(o, MINIBLOCKS);
	linx_put_varint(o, n);
	linx_put_varint(o, thrift_zigzag(n ? v[0] : 0));
	for (uint32_t i = 1; i < n; i += BLOCK)
		put_delta_block(o, v + i, n - i < BLOCK ? n - i : BLOCK, is_32);
}

/* Writes the same number n times, as a run of the hybrid encoding of run lengths and packed bits. */
static void put_run(struct linx_strbuf *o, uint32_t n, uint8_t value)
{
	linx_put_varint(o, (uint64_t)n << 1);
	linx_strbuf_char(o, (char)value);
}

/* Begins n packed numbers of the hybrid encoding, which come in groups of eight. */
static void begin_packed(struct linx_strbuf *o, uint32_t n)
{
	linx_put_varint(o, (uint64_t)((n + 7) / 8) << 1 | 1);
}

/* Writes eight bytes that are 0 or 1 as the bits of a byte. */
static char eight_levels(const uint8_t *present)
{
	uint64_t word;

	memcpy(&word, present, sizeof(word));
	return (char)(word * 0x0102040810204080ull >> 56);
}

/* Writes for each row whether it has a value. The length of this in bytes comes first. */
static void put_levels(struct linx_strbuf *o, const struct linx_rows_column *c)
{
	uint8_t rest[8] = { 0 };
	size_t at = o->len;
	uint32_t len = 0;

	linx_strbuf_mem(o, &len, sizeof(len));
	if (c->nvalues == c->nrows || !c->nvalues) {
		put_run(o, c->nrows, c->nvalues > 0);
	} else {
		begin_packed(o, c->nrows);
		for (uint32_t i = 0; i < c->nrows / 8; i++)
			linx_strbuf_char(o, eight_levels(c->present + i * 8));
		memcpy(rest, c->present + c->nrows / 8 * 8, c->nrows % 8);
		if (c->nrows % 8)
			linx_strbuf_char(o, eight_levels(rest));
	}
	len = (uint32_t)(o->len - at - sizeof(len));
	if (!o->failed)
		memcpy(o->data + at, &len, sizeof(len));
}

/*
 * Writes the indexes of values in a dictionary of ndictionary values, after the width of an index in bits. Indexes of
 * more than 4 bits take whole bytes, since zstd finds repetitions only in whole bytes.
 */
static void put_indexes(struct linx_strbuf *o, const int64_t *index, uint32_t n, uint32_t ndictionary)
{
	unsigned int width = ndictionary > 1 ? width_of(ndictionary - 1) : 1;
	uint64_t last[8] = { 0 };

	if (width > 4)
		width = (width + 7) / 8 * 8;
	linx_strbuf_char(o, (char)width);
	if (ndictionary <= 1) {
		put_run(o, n, 0);
		return;
	}
	begin_packed(o, n);
	put_packed(o, (const uint64_t *)index, n / 8 * 8, width);
	if (n % 8) {
		memcpy(last, index + n / 8 * 8, n % 8 * sizeof(*last));
		put_packed(o, last, 8, width);
	}
}

/* Writes texts without a dictionary: the lengths of all texts, then the bytes of all texts. */
static void put_texts(struct linx_strbuf *o, const struct linx_texts *t, int64_t *lengths)
{
	uint32_t len;

	for (uint32_t i = 0; i < t->n; i++) {
		linx_columns_text_at(t, i, &len);
		lengths[i] = len;
	}
	put_delta(o, lengths, t->n, true);
	for (uint32_t i = 0; i < t->n; i++) {
		const char *text = linx_columns_text_at(t, i, &len);

		linx_strbuf_mem(o, text, len);
	}
}

/* ---- dictionaries of numbers ----------------------------------------------------------------------- */

/* Limit of the different numbers in a dictionary. The hash table has twice as many slots. */
#define NUMBERS_MAX 4096u
#define NUMBER_SLOT_BITS 13
/*
 * Number of different numbers above which a dictionary is given up if more than a quarter of the numbers so far were
 * new.
 */
#define NUMBERS_FEW 256u

struct numbers {
	int64_t values[NUMBERS_MAX];
	uint16_t slots[1u << NUMBER_SLOT_BITS]; /* 1 + index of a value; 0: free */
	uint32_t n;
};

/* Returns the index of a number in the dictionary. A new number is added. The hash table always has a free slot. */
static uint32_t index_of(struct numbers *d, uint64_t factor, int64_t number)
{
	uint32_t at = (uint32_t)((uint64_t)number * factor >> (64 - NUMBER_SLOT_BITS));

	while (d->slots[at] && d->values[d->slots[at] - 1] != number)
		at = (at + 1) & ((1u << NUMBER_SLOT_BITS) - 1);
	if (!d->slots[at]) {
		d->values[d->n] = number;
		d->slots[at] = (uint16_t)++d->n;
	}
	return d->slots[at] - 1u;
}

/*
 * Makes a dictionary of a column's numbers, and stores the index of each in index[]. False: there are too many
 * different numbers, or none.
 */
static bool find_numbers(struct numbers *d, int64_t *index, const struct linx_rows_column *c, uint64_t factor)
{
	int64_t last = 0;
	uint32_t at = 0;

	memset(d->slots, 0, sizeof(d->slots));
	d->n = 0;
	for (uint32_t i = 0; i < c->nvalues; i++) {
		if (!i || c->numbers[i] != last) {
			if (d->n == NUMBERS_MAX || (d->n > NUMBERS_FEW && d->n > i / 4))
				return false;
			last = c->numbers[i];
			at = index_of(d, factor, last);
		}
		index[i] = at;
	}
	return d->n;
}

/* ---- pages and chunks ---------------------------------------------------------------------------- */

/* State while one row group is written. */
struct writer {
	struct linx_parquet *p;
	struct linx_strbuf *out, raw;
	size_t begin; /* length of out when the group began */
	uint64_t at; /* offset in the file at which the group begins */
	uint64_t factor; /* odd number by which numbers are hashed */
	int64_t *index; /* [nrows] index of each value of a column in its dictionary, or length of its text */
	struct numbers numbers; /* dictionary of the column that is written */
};

static uint64_t place(const struct writer *w)
{
	return w->at + w->out->len - w->begin;
}

/* More than the bytes of a page's head. */
#define HEAD_ROOM 64u

/*
 * Compresses w->raw to the memory behind w->out, HEAD_ROOM bytes after its end, and returns the number of bytes. The head
 * has this number, and comes before. 0: no memory
 */
static size_t compress(struct writer *w)
{
	size_t room = ZSTD_compressBound(w->raw.len), n;
	char *to = linx_strbuf_room(w->out, HEAD_ROOM + room);
	struct linx_parquet *p = w->p;

	p->zstd = p->zstd ? p->zstd : ZSTD_createCCtx();
	n = to && p->zstd ? ZSTD_compressCCtx(p->zstd, to + HEAD_ROOM, room, w->raw.data, w->raw.len, p->level) : 0;
	return ZSTD_isError(n) ? 0 : n;
}

static void put_data_head(struct thrift *t, uint32_t nrows, enum encoding encoding)
{
	thrift_struct(t, 5);
	thrift_i32(t, 1, (int32_t)nrows);
	thrift_i32(t, 2, (int32_t)encoding);
	thrift_i32(t, 3, ENCODING_RLE);
	thrift_i32(t, 4, ENCODING_RLE);
	thrift_end(t);
}

static void put_dictionary_head(struct thrift *t, uint32_t n)
{
	thrift_struct(t, 7);
	thrift_i32(t, 1, (int32_t)n);
	thrift_i32(t, 2, ENCODING_PLAIN);
	thrift_end(t);
}

/* Writes w->raw as a page of n values. */
static void put_page(struct writer *w, struct chunk *c, enum page type, uint32_t n)
{
	struct thrift t = { .o = w->out };
	size_t start = w->out->len, packed = w->raw.failed || w->raw.len > INT_MAX ? 0 : compress(w);

	if (!packed || packed > INT_MAX) {
		w->out->failed = true;
		return;
	}
	thrift_begin(&t);
	thrift_i32(&t, 1, (int32_t)type);
	thrift_i32(&t, 2, (int32_t)w->raw.len);
	thrift_i32(&t, 3, (int32_t)packed);
	if (type == PAGE_DATA)
		put_data_head(&t, n, c->encoding);
	else
		put_dictionary_head(&t, n);
	thrift_end(&t);
	c->raw += w->out->len - start + w->raw.len;
	if (!w->out->failed) {
		memmove(w->out->data + w->out->len, w->out->data + start + HEAD_ROOM, packed);
		w->out->len += packed;
	}
	c->packed += w->out->len - start;
}

static void put_text_dictionary(struct writer *w, struct chunk *c, const struct linx_texts *texts)
{
	c->dictionary = place(w);
	w->raw.len = 0;
	linx_strbuf_mem(&w->raw, texts->bytes.data, texts->bytes.len);
	put_page(w, c, PAGE_DICTIONARY, texts->n);
}

static void put_number_dictionary(struct writer *w, struct chunk *c, size_t size)
{
	c->dictionary = place(w);
	w->raw.len = 0;
	for (uint32_t i = 0; i < w->numbers.n; i++) /* little endian: the first bytes of a number are its low bytes */
		linx_strbuf_mem(&w->raw, &w->numbers.values[i], size);
	put_page(w, c, PAGE_DICTIONARY, w->numbers.n);
}

static bool is_below(int64_t a, int64_t b, enum linx_column_sense sense)
{
	return sense == LINX_SENSE_UNSIGNED ? (uint64_t)a < (uint64_t)b : a < b;
}

/* Finds the least and the greatest of n numbers of a column. Readers use this range to skip row groups. */
static void find_range(const int64_t *v, uint32_t n, enum linx_column_sense sense, struct chunk *c)
{
	c->has_range = n;
	c->min = c->max = n ? v[0] : 0;
	for (uint32_t i = 1; i < n; i++) {
		if (is_below(v[i], c->min, sense))
			c->min = v[i];
		if (is_below(c->max, v[i], sense))
			c->max = v[i];
	}
}

/* Begins the data page of a chunk. */
static void begin_data(struct writer *w, const struct linx_rows_column *column, struct chunk *c)
{
	c->data = place(w);
	w->raw.len = 0;
	if (column->spec->optional)
		put_levels(&w->raw, column);
}

/* Writes a column of texts: with a dictionary, or each text as it is. */
static void put_text_chunk(struct writer *w, const struct linx_rows_column *column, struct chunk *c)
{
	const struct linx_texts *texts = &column->texts;

	c->encoding = texts->is_plain ? ENCODING_DELTA_LENGTH_BYTE_ARRAY :
		      column->nvalues ? ENCODING_RLE_DICTIONARY : ENCODING_PLAIN;
	if (c->encoding == ENCODING_RLE_DICTIONARY)
		put_text_dictionary(w, c, texts);
	begin_data(w, column, c);
	if (c->encoding == ENCODING_RLE_DICTIONARY)
		put_indexes(&w->raw, column->numbers, column->nvalues, texts->n);
	else if (texts->is_plain)
		put_texts(&w->raw, texts, w->index);
}

/*
 * Writes a column of numbers: with a dictionary if there are few different numbers, else the difference of each number
 * to the number before it.
 */
static void put_number_chunk(struct writer *w, const struct linx_rows_column *column, struct chunk *c)
{
	bool is_32 = column->spec->type == LINX_COLUMN_INT32;

	if (find_numbers(&w->numbers, w->index, column, w->factor)) {
		c->encoding = ENCODING_RLE_DICTIONARY;
		find_range(w->numbers.values, w->numbers.n, column->spec->sense, c);
		put_number_dictionary(w, c, is_32 ? sizeof(int32_t) : sizeof(int64_t));
	} else {
		c->encoding = ENCODING_DELTA_BINARY_PACKED;
		find_range(column->numbers, column->nvalues, column->spec->sense, c);
	}
	begin_data(w, column, c);
	if (c->encoding == ENCODING_RLE_DICTIONARY)
		put_indexes(&w->raw, w->index, column->nvalues, w->numbers.n);
	else
		put_delta(&w->raw, column->numbers, column->nvalues, is_32);
}

static void put_chunk(struct writer *w, const struct linx_rows_column *column, struct chunk *c)
{
	c->nulls = column->nrows - column->nvalues;
	if (column->spec->type == LINX_COLUMN_TEXT)
		put_text_chunk(w, column, c);
	else
		put_number_chunk(w, column, c);
	put_page(w, c, PAGE_DATA, column->nrows);
}

static int grow(struct linx_parquet *p)
{
	unsigned int room = p->room ? p->room * 2 : 16;
	struct linx_parquet_group *groups;

	if (p->ngroups < p->room)
		return 0;
	groups = realloc(p->groups, room * sizeof(*groups));
	if (!groups)
		return -ENOMEM;
	p->groups = groups;
	p->room = room;
	return 0;
}

static int put_group(struct writer *w, const struct linx_columns *c, struct linx_parquet_group *g)
{
	struct linx_parquet *p = w->p;

	w->index = malloc((c->nrows + 1) * sizeof(*w->index));
	g->chunks = calloc(p->n, sizeof(*g->chunks));
	if (!w->index || !g->chunks)
		return -ENOMEM;
	if (!p->ngroups)
		linx_strbuf_mem(w->out, magic, sizeof(magic));
	g->begin = place(w);
	for (unsigned int i = 0; i < p->n; i++)
		put_chunk(w, &c->columns[i], &g->chunks[i]);
	g->end = place(w);
	return w->out->failed ? -ENOMEM : 0;
}

int linx_parquet_add(struct linx_parquet *p, struct linx_columns *c, struct linx_strbuf *out)
{
	struct linx_parquet_group g = { .nrows = c->nrows };
	struct writer *w = grow(p) ? NULL : malloc(sizeof(*w));
	int ret;

	linx_columns_settle(c);
	if (!w || c->failed) {
		free(w);
		return -ENOMEM;
	}
	*w = (struct writer){ .p = p, .out = out, .begin = out->len, .at = linx_parquet_size(p), .factor = c->key[1] };
	ret = put_group(w, c, &g);
	free(w->raw.data);
	free(w->index);
	free(w);
	if (ret)
		free(g.chunks);
	else
		p->groups[p->ngroups++] = g;
	return ret;
}

/* ---- the footer ---------------------------------------------------------------------------------- */

static enum physical physical_of(const struct linx_column_spec *spec)
{
	return spec->type == LINX_COLUMN_TEXT ? PHYSICAL_BYTE_ARRAY :
	       spec->type == LINX_COLUMN_INT32 ? PHYSICAL_INT32 : PHYSICAL_INT64;
}

/*
 * Writes the logical type of a time in nanoseconds. The type is not marked as UTC, though the time is in UTC, since
 * DuckDB reads marked times only in microseconds.
 */
static void put_time_type(struct thrift *t)
{
	thrift_struct(t, 10);
	thrift_struct(t, 8);
	thrift_bool(t, 1, false);
	thrift_struct(t, 2);
	thrift_struct(t, 3);
	for (unsigned int i = 0; i < 4; i++)
		thrift_end(t);
}

static void put_spec(struct thrift *t, const struct linx_column_spec *spec)
{
	thrift_begin(t);
	thrift_i32(t, 1, (int32_t)physical_of(spec));
	thrift_i32(t, 3, spec->optional ? OPTIONAL : REQUIRED);
	thrift_text(t, 4, spec->name);
	if (spec->type == LINX_COLUMN_TEXT)
		thrift_i32(t, 6, CONVERTED_UTF8);
	else if (spec->sense == LINX_SENSE_UNSIGNED)
		thrift_i32(t, 6, spec->type == LINX_COLUMN_INT32 ? CONVERTED_UINT_32 : CONVERTED_UINT_64);
	else if (spec->sense == LINX_SENSE_TIME)
		put_time_type(t);
	thrift_end(t);
}

static void put_schema(struct thrift *t, const struct linx_parquet *p)
{
	thrift_list(t, 2, THRIFT_STRUCT, p->n + 1);
	thrift_begin(t);
	thrift_text(t, 4, "linx");
	thrift_i32(t, 5, (int32_t)p->n);
	thrift_end(t);
	for (unsigned int i = 0; i < p->n; i++)
		put_spec(t, &p->specs[i]);
}

static void put_statistics(struct thrift *t, const struct linx_column_spec *spec, const struct chunk *c)
{
	size_t size = linx_column_number_size(spec);

	thrift_struct(t, 12);
	thrift_i64(t, 3, c->nulls);
	if (c->has_range) { /* on little endian, the first bytes of a number are its low bytes */
		thrift_bytes(t, 5, &c->max, size);
		thrift_bytes(t, 6, &c->min, size);
	}
	thrift_end(t);
}

static void put_encodings(struct thrift *t, const struct chunk *c)
{
	const enum encoding used[] = { c->encoding, ENCODING_PLAIN, ENCODING_RLE };

	thrift_list(t, 2, THRIFT_I32, 3);
	for (unsigned int i = 0; i < 3; i++)
		linx_put_varint(t->o, thrift_zigzag((int64_t)used[i]));
}

static void put_column(struct thrift *t, const struct linx_column_spec *spec, const struct chunk *c, uint32_t nrows)
{
	thrift_begin(t);
	thrift_i64(t, 2, c->dictionary ? c->dictionary : c->data);
	thrift_struct(t, 3);
	thrift_i32(t, 1, (int32_t)physical_of(spec));
	put_encodings(t, c);
	thrift_list(t, 3, THRIFT_BINARY, 1);
	linx_put_varint(t->o, strlen(spec->name));
	linx_strbuf_str(t->o, spec->name);
	thrift_i32(t, 4, CODEC_ZSTD);
	thrift_i64(t, 5, nrows);
	thrift_i64(t, 6, c->raw);
	thrift_i64(t, 7, c->packed);
	thrift_i64(t, 9, c->data);
	if (c->dictionary)
		thrift_i64(t, 11, c->dictionary);
	put_statistics(t, spec, c);
	thrift_end(t);
	thrift_end(t);
}

static void put_group_meta(struct thrift *t, const struct linx_parquet *p, const struct linx_parquet_group *g)
{
	uint64_t raw = 0;

	thrift_begin(t);
	thrift_list(t, 1, THRIFT_STRUCT, p->n);
	for (unsigned int i = 0; i < p->n; i++) {
		put_column(t, &p->specs[i], &g->chunks[i], g->nrows);
		raw += g->chunks[i].raw;
	}
	thrift_i64(t, 2, raw);
	thrift_i64(t, 3, g->nrows);
	thrift_i64(t, 5, g->begin);
	thrift_i64(t, 6, g->end - g->begin);
	thrift_end(t);
}

/* Writes that the ranges of columns follow the usual order of their types. Without this, readers ignore the ranges. */
static void put_orders(struct thrift *t, const struct linx_parquet *p)
{
	thrift_list(t, 7, THRIFT_STRUCT, p->n);
	for (unsigned int i = 0; i < p->n; i++) {
		thrift_begin(t);
		thrift_struct(t, 1);
		thrift_end(t);
		thrift_end(t);
	}
}

void linx_parquet_end(const struct linx_parquet *p, struct linx_strbuf *out)
{
	struct thrift t = { .o = out };
	size_t start;
	uint64_t nrows = 0;
	uint32_t len;

	if (!p->ngroups)
		linx_strbuf_mem(out, magic, sizeof(magic));
	start = out->len;
	for (unsigned int i = 0; i < p->ngroups; i++)
		nrows += p->groups[i].nrows;
	thrift_begin(&t);
	thrift_i32(&t, 1, 2);
	put_schema(&t, p);
	thrift_i64(&t, 3, nrows);
	thrift_list(&t, 4, THRIFT_STRUCT, p->ngroups);
	for (unsigned int i = 0; i < p->ngroups; i++)
		put_group_meta(&t, p, &p->groups[i]);
	thrift_text(&t, 6, "linx version " LINX_VERSION);
	put_orders(&t, p);
	thrift_end(&t);
	len = (uint32_t)(out->len - start);
	linx_strbuf_mem(out, &len, sizeof(len));
	linx_strbuf_mem(out, magic, sizeof(magic));
}
