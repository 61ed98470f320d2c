/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Internal structure of a set of rows, for the files of the room (source folder) rows/. */
#ifndef LINX_ROWSET_OWN_H
#define LINX_ROWSET_OWN_H

#include <linx/rowset.h>

#include "format/printer.h"
#include "rows/parquet.h"
#include "rows/row_specs.h"

/*
 * Numbers of rows of the same record. A record has several rows if it completes a call and an HTTP message, or if an
 * entry gets an event of its own. These rows are near each other, so one place for each hash of a record is enough.
 */
#define PLACES 16384u
struct place {
	uint64_t seq;
	uint32_t cpu, rows; /* rows: number of rows so far; 0: the place is free */
};

/*
 * Numbers of a process's texts in the columns from ROW_EXE to ROW_CONTAINER. All rows of a process have the same texts
 * until it executes another program. The numbers save the look-up of a command line, which can have many kilobytes.
 */
#define KNOWN_PROCESSES 256u
#define PROCESS_COLUMNS (ROW_CONTAINER - ROW_EXE + 1)
/* Columns from ROW_CONTAINER_NAME to ROW_LABELS, about the container of a process and its pod. */
#define POD_COLUMNS (ROW_LABELS - ROW_CONTAINER_NAME + 1)
struct known_process {
	const struct linx *of; /* NULL: a free place */
	uint32_t version; /* linx_process.version, which no two processes of a stream share */
	uint32_t numbering; /* linx_columns.numbering for which the numbers are valid */
	int64_t last[PROCESS_COLUMNS]; /* see linx_columns_last() */
	/* the same for the columns of its container; valid while linx_metadata_generation() is "described" */
	int64_t pod[POD_COLUMNS];
	uint64_t described; /* 0: not valid */
};

/*
 * Facts of the task of the last row, on which the columns from ROW_PID to ROW_CONTAINER and those of POD_COLUMNS depend.
 * Rows of the same facts are mostly in series. Such a row is only counted here, and linx_rowset_settle() adds the rows to
 * the columns.
 */
struct same_who {
	const struct linx *of; /* NULL: no row can be added in this way */
	uint32_t pid, tid; /* ids in the row's record */
	uint32_t task, process; /* linx_task.version and linx_process.version; all versions of a stream differ */
	uint64_t described; /* linx_metadata_generation() */
	size_t bytes; /* bytes of the texts of such a row */
	uint32_t rows; /* rows that the columns do not have yet */
};

struct linx_rowset {
	struct linx_columns columns;
	struct same_who who;
	struct linx_parquet parquet;
	bool regrows; /* the last row group in "parquet" has the rows of "columns", and can still grow */
	bool ends; /* the row group counts as full though it is small, since a block did not fit */
	uint64_t done; /* rows of the row groups that are full, or of the blocks so far */
	uint64_t written; /* bytes of the blocks so far */
	struct linx_rowset_opts opts;
	struct linx_printer *json;
	struct linx_strbuf text, states, out; /* text: buffer for a value that is converted */
	void *packer, *unpacker; /* ZSTD_CCtx and ZSTD_DCtx of blocks, made when the first block needs it; NULL: not yet */
	struct linx_strbuf block; /* a block that is packed or unpacked */
	/* [ncpus] rows by CPU since the last linx_rowset_make(); also of CPUs without a row */
	struct linx_rowset_cpu *cpus;
	unsigned int ncpus;
	struct place *places; /* [PLACES] */
	struct known_process *known; /* [KNOWN_PROCESSES] by version */
	uint64_t session; /* session of the rows in places, and of the processes in known */
};

/* Adds the rows of r->who to the columns. The next row is not counted there. */
void linx_rowset_settle(struct linx_rowset *r);
/*
 * Packs the block in r->out as two frames of zstd: its first "counts" bytes, which are the numbers of columns and rows,
 * and its columns. 0 or -ENOMEM.
 */
int linx_rowset_pack(struct linx_rowset *r, size_t counts);
/* Notes in r->cpus that a row of this position was added. -ENOMEM: the row was not noted. */
int linx_rowset_count_cpu(struct linx_rowset *r, uint32_t cpu, uint64_t seq, uint32_t part);
/* Forgets the rows that linx_rowset_count_cpu() noted. */
void linx_rowset_clear_cpus(struct linx_rowset *r);
/* Frees the memory that rows/rowset_blocks.c allocated in *r. */
void linx_rowset_free_blocks(struct linx_rowset *r);

#endif
