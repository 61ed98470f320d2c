/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads a block of ClickHouse's Native, as rows/native.c writes it. The block may come from anyone: every length is
 * checked against the bytes that are there, every text is valid UTF-8, and nothing is read behind the end.
 */
#ifndef LINX_NATIVE_READ_H
#define LINX_NATIVE_READ_H

#include <linx/rowset.h>

#include "rows/row_columns.h"

/* Returns true if len bytes are a block with these n columns, of which all is as want says. */
bool linx_native_check(const uint8_t *data, size_t len, unsigned int n, const struct linx_rowset_block *want);
/* Appends the rows of a block that linx_native_check() has found right. */
void linx_native_add(const uint8_t *data, size_t len, struct linx_columns *to);

#endif
