/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Writes columns as Parquet, by the format's own description (parquet-format 2.x: parquet.thrift, Encodings.md). Only
 * features that every reader knows are used: zstd pages, dictionaries, DELTA_BINARY_PACKED numbers,
 * DELTA_LENGTH_BYTE_ARRAY texts, definition levels.
 */
#ifndef LINX_PARQUET_H
#define LINX_PARQUET_H

#include "rows/row_columns.h"

struct linx_parquet_group;

/* File that is being written: facts about its row groups, which the footer will have. */
struct linx_parquet {
	const struct linx_column_spec *specs;
	unsigned int n;
	int level; /* compression level of zstd */
	void *zstd; /* ZSTD_CCtx, whose tables are made once; NULL until the first page */
	struct linx_parquet_group *groups;
	unsigned int ngroups, room;
};

void linx_parquet_begin(struct linx_parquet *p, const struct linx_column_spec *specs, unsigned int n, int level);
void linx_parquet_free(struct linx_parquet *p);
/* Forgets all row groups: the next row group is the first of a new file. */
void linx_parquet_clear(struct linx_parquet *p);
/* Returns the number of bytes of a file before its footer: its magic number and the row groups. */
uint64_t linx_parquet_size(const struct linx_parquet *p);
/*
 * Appends the columns c to "out" as a row group, which begins in the file at linx_parquet_size(). Before the first row
 * group, appends also the magic number. 0, or -ENOMEM: the row group was not added to the file.
 */
int linx_parquet_add(struct linx_parquet *p, struct linx_columns *c, struct linx_strbuf *out);
/* Forgets the last row group: the next row group takes its place in the file. */
void linx_parquet_drop(struct linx_parquet *p);
/* Appends the bytes that follow the last row group and end the file to "out". out->failed: no memory. */
void linx_parquet_end(const struct linx_parquet *p, struct linx_strbuf *out);

#endif
