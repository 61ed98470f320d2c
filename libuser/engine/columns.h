/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Columns: the records of one CPU, transposed so that they compress well, without loss. docs/columns.md describes the
 * format.
 */
#ifndef LINX_COLUMNS_H
#define LINX_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Columns: each is compressed as a zstd block of its own. The first one holds the sizes of all others. */
enum linx_column {
	LINX_COLUMN_SIZES,
	LINX_COLUMN_SHAPES, /* a byte for each record: number of its shape, or LINX_SHAPE_NEW */
	LINX_COLUMN_NEW, /* definitions of new shapes: struct linx_shape_new */
	LINX_COLUMN_HEADS, /* a byte for each record: bits LINX_HEAD_* */
	LINX_COLUMN_MASKS, /* bit masks: which words of a record differ from the last record of the same shape */
	LINX_COLUMN_LOW, /* low byte of the time since the record before */
	LINX_COLUMN_HIGH, /* high byte of the time since the record before */
	LINX_COLUMN_WIDE, /* values of record heads (struct linx_rec) that differ from the prediction, 8 bytes each */
	LINX_COLUMN_WORDS, /* words that differ, 8 bytes each */
	LINX_COLUMNS
};

#define LINX_SHAPE_NEW 255u
#define LINX_SHAPES 255u /* limit of the number of shapes that are known at a time */
#define LINX_SHAPE_HEAD 8u /* bytes: the first 4 of linx_rec; then its nr, abi and nvals in 10, 2 and 8 bits */

/*
 * The sequence number is in column WIDE. Without the bit, it is 1 more than that of the record before if that one
 * counts (linx_rec_counts()), else the same.
 */
#define LINX_HEAD_SEQ 0x1u
#define LINX_HEAD_TIME 0x2u /* the time since the record before is in column WIDE, not in columns LOW and HIGH */
#define LINX_HEAD_TASK 0x4u /* tid or pid differs from that of the record before: column WIDE has both */
/* ns: a shorter time since the record before is in columns LOW and HIGH, a longer one in WIDE */
#define LINX_STEP_MAX 0xff00u

struct linx_shape_new {
	uint8_t head[LINX_SHAPE_HEAD];
	uint8_t like; /* shape whose last record is compared with the first one of this shape; LINX_SHAPE_NEW: none */
};

/* The bytes of a column. */
struct linx_column_part {
	const void *data;
	size_t len;
};

struct linx_splitter;

struct linx_splitter *linx_splitter_new(void);
void linx_splitter_free(struct linx_splitter *s);
/*
 * Splits the records of one CPU into columns. The elements of "parts" point to memory of the splitter, valid until its
 * next use. False: no whole records, or no memory.
 */
bool linx_columns_split(struct linx_splitter *s, const uint8_t *records, size_t len,
			struct linx_column_part parts[LINX_COLUMNS]);
/* Returns an upper bound of the bytes of all columns for len bytes of records. */
size_t linx_columns_bound(size_t len);
/* Joins n bytes of columns into exactly len bytes of records. The input may be hostile; false: it is malformed. */
bool linx_columns_join(const uint8_t *columns, size_t n, uint8_t *records, size_t len);

#endif
