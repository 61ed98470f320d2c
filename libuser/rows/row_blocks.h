/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Writes columns as a block that needs no other block, in forms that databases read from a stream. A stream is a
 * sequence of blocks.
 */
#ifndef LINX_ROW_BLOCKS_H
#define LINX_ROW_BLOCKS_H

#include "rows/row_columns.h"

/*
 * Append the two parts of a block of ClickHouse's format Native: the numbers of its columns and rows, and the columns.
 * out->failed: no memory.
 */
void linx_native_put_counts(uint32_t columns, uint32_t rows, struct linx_strbuf *out);
void linx_native_put_columns(struct linx_columns *c, struct linx_strbuf *out);
/* Appends an optional column in which no row has a value. */
void linx_native_put_null(const struct linx_column_spec *spec, uint32_t rows, struct linx_strbuf *out);
/* Appends the name that Native has for the type of a column. */
void linx_native_put_type(struct linx_strbuf *o, const struct linx_column_spec *spec);
/* Appends the rows as lines of JSON, an object for each row (JSONEachRow). out->failed: no memory. */
void linx_rows_put_json(struct linx_columns *c, struct linx_strbuf *out);

#endif
