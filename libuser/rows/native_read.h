/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads a block of ClickHouse's Native, as rows/native.c writes it. The block may come from an attacker. Every length
 * is checked against the bytes of the block, every text must be valid UTF-8, and nothing is read beyond the end.
 */
#ifndef LINX_NATIVE_READ_H
#define LINX_NATIVE_READ_H

#include <linx/rowset.h>

#include "rows/row_columns.h"

/* A block that was checked. */
struct linx_native_view {
	uint32_t n, nrows; /* how many columns and rows */
	const uint8_t *columns; /* the columns, up to the end of the block */
	size_t len;
};

/*
 * True if len bytes are a block with the columns of a row, of this version or of an earlier one, and the facts in *want
 * hold. *view then shows the block, in the same memory.
 */
bool linx_native_check(const uint8_t *data, size_t len, const struct linx_rowset_block *want, struct linx_native_view *view);
/*
 * Appends the rows of a block for which linx_native_check() has returned true. Columns that an earlier version did not
 * have are null.
 */
void linx_native_add(const struct linx_native_view *view, struct linx_columns *to);

#endif
