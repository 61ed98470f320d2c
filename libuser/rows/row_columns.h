/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Columns of rows in memory: numbers, and texts with a dictionary. An encoder, such as rows/parquet.c, writes the
 * columns as a row group.
 *
 * The folder rows/ makes a table of events, one row for each event that JSON has a line for. rows/rowset.c reads
 * events. Encoders do not know events.
 */
#ifndef LINX_ROW_COLUMNS_H
#define LINX_ROW_COLUMNS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/strbuf.h"

enum linx_column_type { LINX_COLUMN_INT32, LINX_COLUMN_INT64, LINX_COLUMN_TEXT };
/* Meaning of the numbers of a column. */
enum linx_column_sense { LINX_SENSE_SIGNED, LINX_SENSE_UNSIGNED, LINX_SENSE_TIME }; /* TIME: ns since 1970 */

struct linx_column_spec {
	const char *name;
	enum linx_column_type type;
	enum linx_column_sense sense; /* meaning of numbers; not used for texts */
	bool optional; /* a row can be without a value */
};

/* Returns the bytes that a number of a column has in files and blocks. */
static inline size_t linx_column_number_size(const struct linx_column_spec *spec)
{
	return spec->type == LINX_COLUMN_INT32 ? sizeof(int32_t) : sizeof(int64_t);
}

/*
 * Number of places for names in a column, a power of two. If another name has the place of a name, the name is looked
 * up by its text.
 */
#define LINX_KNOWN_NAMES 64u

/* Texts of a column. Equal texts are stored once, until there are too many different texts. */
struct linx_texts {
	/* each text, with its length before it as 4 bytes, the least significant byte first */
	struct linx_strbuf bytes;
	uint32_t n; /* how many texts are stored in the member "bytes" */
	uint32_t *offsets; /* [n] offset in "bytes" of each text, at its length */
	uint32_t offsets_room;
	uint32_t *slots; /* hash table: 1 + number of a text; 0: free */
	uint32_t nslots; /* a power of two; 0: there is no table yet */
	bool is_plain; /* the column has no dictionary: bytes has the text of each value, in the order of rows */
	bool never; /* the column never gets a dictionary */
	/*
	 * Empty buffers that "bytes" and "offsets" are exchanged with when a dictionary is given up, and when the column is
	 * cleared. A column that has given up its dictionary once mostly does so again.
	 */
	struct linx_text_room {
		struct linx_strbuf bytes;
		uint32_t *offsets;
		uint32_t offsets_room;
	} other;
	struct linx_known_name {
		const char *name; /* NULL: the place is free */
		uint32_t number; /* number that the text has in this column: its index in linx_texts.offsets */
	} names[LINX_KNOWN_NAMES]; /* numbers of names, by a hash of their addresses; empty if is_plain is set */
};

struct linx_rows_column {
	const struct linx_column_spec *spec;
	/* [nvalues] values of the rows that have one; for a text its number in texts, unless texts.is_plain */
	int64_t *numbers;
	uint8_t *present; /* [nrows] 1: the row has a value; NULL for a column that is not optional */
	uint32_t nvalues, nrows, room; /* room: allocated length of the arrays "numbers" and "present" */
	/*
	 * Further rows, which are as row nrows - 1. The arrays do not have them yet, so that a row that is as the one before
	 * takes few instructions: linx_columns_settle() adds them. The texts of such a row have numbers.
	 */
	uint32_t repeats;
	/* content of the last row: a name of linx_columns_name(); the member spec: no value; NULL: anything, or there is no row */
	const void *last;
	uint32_t last_len; /* bytes of the last row's text; 0 for a number */
	struct linx_texts texts;
};

struct linx_columns {
	struct linx_rows_column *columns;
	unsigned int n;
	uint32_t nrows;
	size_t text_bytes; /* bytes of all texts in memory; equal texts of a column are in memory once */
	size_t plain_bytes; /* bytes of the texts of all rows without a dictionary: equal texts count each time */
	size_t row_bytes; /* greatest size of a row in a block, without its texts */
	bool failed; /* there was no memory: the columns have lost values */
	uint32_t numbering; /* raised whenever a text's number in its column can change */
	uint64_t key[2]; /* random key of hash tables, since programs choose the texts in rows */
};

/* Makes n columns; specs must outlive them. 0 or -ENOMEM; linx_columns_free() is needed in both cases. */
int linx_columns_new(struct linx_columns *c, const struct linx_column_spec *specs, unsigned int n);
void linx_columns_free(struct linx_columns *c);
/* Removes all rows, and keeps the memory. */
void linx_columns_clear(struct linx_columns *c);
/* Returns the size of the rows if each text is written as often as it occurs. The result may be somewhat greater. */
static inline size_t linx_columns_plain_size(const struct linx_columns *c)
{
	return c->plain_bytes + c->nrows * c->row_bytes;
}

/* Makes a column of texts, which is empty, one without a dictionary. Encoders that do not write one need none. */
void linx_columns_use_plain(struct linx_columns *c, unsigned int i);
/* Makes room for n more rows in a column. False: no memory; c->failed is set. */
bool linx_columns_grow(struct linx_columns *c, struct linx_rows_column *column, uint32_t n);
/* Adds the rows of column->repeats to the arrays of a column, or of all columns. On -ENOMEM, c->failed is set. */
void linx_columns_settle_one(struct linx_columns *c, struct linx_rows_column *column);
void linx_columns_settle(struct linx_columns *c);
/*
 * Appends n rows to column i that have the value, or null, of its last row. There must be such a row, and its text must
 * have a number. The caller adds the bytes of the texts to c->plain_bytes.
 */
static inline void linx_columns_repeat(struct linx_columns *c, unsigned int i, uint32_t n)
{
	c->columns[i].repeats += n;
	if (!i)
		c->nrows += n;
}

/* Begins the next row of a column. Returns the column, which has room for a value; NULL: no memory. */
static inline struct linx_rows_column *linx_columns_next(struct linx_columns *c, unsigned int i, bool has_value)
{
	struct linx_rows_column *column = &c->columns[i];

	if (column->repeats)
		linx_columns_settle_one(c, column);
	if (__builtin_expect(column->nrows == column->room, 0) && !linx_columns_grow(c, column, 1))
		return NULL;
	if (column->present)
		column->present[column->nrows] = has_value;
	column->nrows++;
	column->last = NULL;
	column->last_len = 0;
	if (!i)
		c->nrows = column->nrows;
	return column;
}

/*
 * Appends the value of the next row to column i. Each row must append exactly one value, or null, to each column, to
 * column 0 first.
 */
static inline void linx_columns_number(struct linx_columns *c, unsigned int i, int64_t number)
{
	struct linx_rows_column *column = linx_columns_next(c, i, true);

	if (column)
		column->numbers[column->nvalues++] = number;
}
/* Does the same for a number that is mostly that of the row before. */
static inline void linx_columns_same(struct linx_columns *c, unsigned int i, int64_t number)
{
	struct linx_rows_column *column = &c->columns[i];

	if (column->nvalues && column->numbers[column->nvalues - 1] == number && (!column->present || column->present[column->nrows - 1]))
		linx_columns_repeat(c, i, 1);
	else
		linx_columns_number(c, i, number);
}
/* Appends no value. The column must be optional. */
static inline void linx_columns_null(struct linx_columns *c, unsigned int i)
{
	struct linx_rows_column *column = &c->columns[i];

	if (column->last == column->spec) {
		linx_columns_repeat(c, i, 1);
		return;
	}
	column = linx_columns_next(c, i, false);
	if (column)
		column->last = column->spec;
}
void linx_columns_text(struct linx_columns *c, unsigned int i, const char *text, size_t len);
/*
 * Appends n values to a column of numbers. values: each has 4 or 8 bytes, as the column's type says, on any address.
 * absent: [n] 1: the row has no value; NULL: all have one
 */
void linx_columns_numbers(struct linx_columns *c, unsigned int i, const void *values, const uint8_t *absent, uint32_t n);
/* Part of linx_columns_name(): the row before does not have this name. */
void linx_columns_other_name(struct linx_columns *c, unsigned int i, const char *name);
/* Appends a string that keeps its address and contents forever. */
static inline void linx_columns_name(struct linx_columns *c, unsigned int i, const char *name)
{
	if (c->columns[i].last != name) {
		linx_columns_other_name(c, i, name);
		return;
	}
	linx_columns_repeat(c, i, 1);
	c->plain_bytes += c->columns[i].last_len;
}
/* Appends a string of few that mostly keep their addresses, such as the name of a call. */
void linx_columns_string(struct linx_columns *c, unsigned int i, const char *string);

/*
 * Results of linx_columns_last(), which gives the last row's text in a column as a number. A later row can then have
 * the same text without a look-up.
 */
#define LINX_COLUMN_NULL (-1) /* no value */
#define LINX_COLUMN_PLAIN (-2) /* a text without a number: the column has no dictionary */
/*
 * Returns the number of the last row's text in column i, or LINX_COLUMN_NULL or LINX_COLUMN_PLAIN. The number is valid
 * as long as c->numbering does not change.
 */
int64_t linx_columns_last(const struct linx_columns *c, unsigned int i);
/*
 * Appends the text, or null, for which linx_columns_last() returned "last" in an earlier row. last: not
 * LINX_COLUMN_PLAIN
 */
void linx_columns_again(struct linx_columns *c, unsigned int i, int64_t last);

/* Returns text number i of a column, and its length in *len. */
const char *linx_columns_text_at(const struct linx_texts *t, uint32_t i, uint32_t *len);
/* Returns the text of value i of a column, in the order of rows. */
static inline const char *linx_columns_text_of(const struct linx_rows_column *c, uint32_t i, uint32_t *len)
{
	return linx_columns_text_at(&c->texts, c->texts.is_plain ? i : (uint32_t)c->numbers[i], len);
}

#endif
