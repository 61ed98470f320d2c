/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A set of rows, for the files of this room. */
#ifndef LINX_ROWSET_OWN_H
#define LINX_ROWSET_OWN_H

#include <linx/rowset.h>

#include "format/printer.h"
#include "rows/parquet.h"
#include "rows/row_specs.h"

/*
 * Numbers of rows of the same record. A record has several rows if it completes a call and an HTTP message, or if an
 * entry gets an event of its own. These rows are near each other, so that a place for each hash of a record is enough.
 */
#define PLACES 16384u
struct place {
	uint64_t seq;
	uint32_t cpu, rows; /* rows: number of rows so far; 0: a free place */
};

/*
 * The texts of a process, by their numbers in the columns from ROW_EXE to ROW_CONTAINER. All rows of a process have the
 * same ones until it executes another program, and a command line can have many kilobytes.
 */
#define KNOWN_PROCESSES 256u
#define PROCESS_COLUMNS (ROW_CONTAINER - ROW_EXE + 1)
struct known_process {
	const struct linx *of; /* NULL: a free place */
	uint32_t version; /* linx_process.version, which no two processes of a stream share */
	uint32_t numbering; /* linx_columns.numbering for which the numbers are valid */
	int64_t last[PROCESS_COLUMNS]; /* see linx_columns_last() */
};

struct linx_rowset {
	struct linx_columns columns;
	struct linx_parquet parquet;
	bool regrows; /* the last row group of parquet is that of columns, which can still grow */
	bool ends; /* the row group is full though it is small: a block did not fit */
	uint64_t done; /* rows of the row groups that are full, or of the blocks so far */
	uint64_t written; /* bytes of the blocks so far */
	struct linx_rowset_opts opts;
	struct linx_printer *json;
	struct linx_strbuf text, states, out; /* text: a value that is converted */
	void *packer, *unpacker; /* ZSTD_CCtx and ZSTD_DCtx of blocks, made when the first block needs it; NULL: not yet */
	struct linx_strbuf block; /* a block that is packed or unpacked */
	struct linx_rowset_cpu *cpus; /* [ncpus] of the rows since the last linx_rowset_make(), CPUs without a row included */
	unsigned int ncpus;
	struct place *places; /* [PLACES] */
	struct known_process *known; /* [KNOWN_PROCESSES] by version */
	uint64_t session; /* session of the rows in places, and of the processes in known */
};

/* Packs the block in r->out as one frame of zstd. 0 or -ENOMEM. */
int linx_rowset_pack(struct linx_rowset *r);
/* Notes that a row of this position was added. -ENOMEM: it was not noted. */
int linx_rowset_count_cpu(struct linx_rowset *r, uint32_t cpu, uint64_t seq, uint32_t part);
/* Forgets what linx_rowset_count_cpu() noted. */
void linx_rowset_clear_cpus(struct linx_rowset *r);
/* Frees what rows/rowset_blocks.c made. */
void linx_rowset_free_blocks(struct linx_rowset *r);

#endif
