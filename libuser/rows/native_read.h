/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads a block of ClickHouse's Native, as rows/native.c writes it. The block may come from an attacker. Every length
 * is checked against the bytes of the block, every text must be valid UTF-8, and nothing is read beyond the end.
 */
#ifndef LINX_NATIVE_READ_H
#define LINX_NATIVE_READ_H

#include <linx/rowset.h>

#include "rows/row_columns.h"

/* True if len bytes are a block with the n columns of a row, and the facts in *want hold. */
bool linx_native_check(const uint8_t *data, size_t len, unsigned int n, const struct linx_rowset_block *want);
/* Appends the rows of a block for which linx_native_check() has returned true. */
void linx_native_add(const uint8_t *data, size_t len, struct linx_columns *to);

#endif
