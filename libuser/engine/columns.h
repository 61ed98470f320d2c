/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Records of one CPU in columns: the same bytes, in an order in which they
 * compress well. docs/record-format.md has the format.
 */
#ifndef LINX_COLUMNS_H
#define LINX_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Each is compressed by itself. The first says how long the others are. */
enum linx_column {
	LINX_COLUMN_SIZES,
	LINX_COLUMN_SHAPES, /* a byte for each record: number of its shape; LINX_SHAPE_NEW */
	LINX_COLUMN_NEW, /* shapes that were not there before: struct linx_shape_new */
	LINX_COLUMN_HEADS, /* a byte for each record: LINX_HEAD_* */
	LINX_COLUMN_MASKS, /* bits: words that differ from those of the record before of this shape */
	LINX_COLUMN_LOW, /* time since the record before, modulo 256 */
	LINX_COLUMN_HIGH, /* and divided by it */
	LINX_COLUMN_WIDE, /* words of heads that are not as expected */
	LINX_COLUMN_WORDS, /* words that differ */
	LINX_COLUMNS
};

#define LINX_SHAPE_NEW 255u
#define LINX_SHAPES 255u /* that are known at a time */
#define LINX_SHAPE_HEAD 8u /* the first word of linx_rec; nr, abi and nvals of it in 10, 2 and 8 bits */

#define LINX_HEAD_SEQ 0x1u /* the number is none that follows: WIDE has it */
#define LINX_HEAD_TIME 0x2u /* the step of time is in WIDE, not in LOW and HIGH */
#define LINX_HEAD_TASK 0x4u /* tid and pid are not those of the record before: WIDE */
#define LINX_STEP_MAX 0xff00u /* steps below this are in LOW and HIGH */

struct linx_shape_new {
	uint8_t head[LINX_SHAPE_HEAD];
	uint8_t like; /* shape whose last record it is compared with; LINX_SHAPE_NEW: none */
};

/* A column as it was written. */
struct linx_column_part {
	const void *data;
	size_t len;
};

struct linx_splitter;

struct linx_splitter *linx_splitter_new(void);
void linx_splitter_free(struct linx_splitter *s);
/* Whole records of one CPU. parts are the splitter's until its next use. false: they are not that, or no memory. */
bool linx_columns_split(struct linx_splitter *s, const uint8_t *records, size_t len,
			struct linx_column_part parts[LINX_COLUMNS]);
/* The most that the columns of so many bytes of records take. */
size_t linx_columns_bound(size_t len);
/* Make len bytes of records of these n bytes of columns. Nothing is believed of them; false: they are none. */
bool linx_columns_join(const uint8_t *columns, size_t n, uint8_t *records, size_t len);

#endif
