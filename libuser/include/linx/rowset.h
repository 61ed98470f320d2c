/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * liblinx: events as rows of a table, in Parquet files or blocks that databases read.
 *
 *   linx_rowset_new(); linx_rowset_add() for each event; when linx_rowset_get_pending() reaches the size of a row group, and
 *   at the end: linx_rowset_make(), whose bytes the caller writes to the file.
 *
 * Each event that JSON has a line for becomes one row, also losses and the certificate; docs/rows.md lists the columns.
 * One thread at a time uses a struct linx_rowset.
 */
#ifndef LINX_ROWSET_H
#define LINX_ROWSET_H

#include <linx/linx.h>

#ifdef __cplusplus
extern "C" {
#endif

struct linx_rowset;

/* Most rows of a row group. */
#define LINX_ROWSET_GROUP 64000u
/*
 * A row group is also full when its texts have this many bytes, equal ones of a column counted once, or when its rows
 * have LINX_ROWSET_BLOCK_MAX bytes with each text written as often as it occurs.
 */
#define LINX_ROWSET_GROUP_BYTES (32u << 20)

enum linx_rowset_format {
	LINX_ROWSET_PARQUET, /* a file, which is whole after each linx_rowset_make() */
	/*
	 * A stream of blocks. Each linx_rowset_make() gives one block, with the rows since the one before; blocks are not
	 * compressed, except those of LINX_ROWSET_PACKED. Rows of all blocks of a session have the same columns.
	 */
	LINX_ROWSET_NATIVE, /* ClickHouse's Native, from 18.16 on; time is a number: ns since 1970 */
	LINX_ROWSET_JSON, /* lines of JSON, which ClickHouse calls JSONEachRow; keys that are null are left out */
	/* Blocks of LINX_ROWSET_NATIVE, each packed as one frame of zstd, which linx_rowset_add_block() reads. */
	LINX_ROWSET_PACKED,
};

struct linx_rowset_opts {
	size_t size; /* sizeof(struct linx_rowset_opts) */
	bool no_args; /* the column args is null for calls; gaps, certificates and all other kinds still have it */
	int level; /* compression level of zstd in Parquet and in packed blocks, 1 to 19; 0: 3 */
	const struct linx_print_opts *print; /* options of LINX_FORMAT_JSON, by which args are written; NULL: all zero */
	/*
	 * Returns what takes the place of a text that a program chose, and sets *len to its length: to blank secrets. form
	 * is LINX_FORM_JSON for args, else LINX_FORM_PLAIN. The result is valid until the next call; NULL: no memory, and the
	 * row is lost. NULL: texts stay.
	 */
	const char *(*change)(void *data, enum linx_text_form form, const char *text, size_t *len);
	void *data; /* first argument of change */
	enum linx_rowset_format format;
};

/*
 * Makes an empty table; the caller ends *out with linx_rowset_free(). opts may be NULL. -EINVAL: options without their
 * size, an unknown format, or a level that zstd does not have; -E2BIG: options of a newer version of the library; -ENOMEM.
 */
LINX_API int linx_rowset_new(const struct linx_rowset_opts *opts, struct linx_rowset **out);
LINX_API void linx_rowset_free(struct linx_rowset *rows);

/*
 * Appends the row of an event of the source l. 1: a row was appended; 0: JSON has no line for this event, and so it has
 * no row; -ENOBUFS: the row group is full, and linx_rowset_make() comes first; -ENOMEM: the row is lost.
 */
LINX_API int linx_rowset_add(struct linx_rowset *rows, const struct linx *l, const struct linx_event *ev);
/* Returns the number of rows of the block that is not made yet, or of the row group that can still grow. */
LINX_API uint32_t linx_rowset_get_pending(const struct linx_rowset *rows);
/* Returns the bytes of these rows in a block of LINX_ROWSET_NATIVE, or some more: texts count as often as they occur. */
LINX_API size_t linx_rowset_get_bytes(const struct linx_rowset *rows);
/* Returns the number of all rows of the file or stream. */
LINX_API uint64_t linx_rowset_get_count(const struct linx_rowset *rows);

/* Bytes that end a file. */
struct linx_rowset_end {
	uint64_t offset; /* place of the bytes in the file: all before it stays, and all behind the bytes is cut off */
	const void *data; /* borrowed until the next call for the same struct linx_rowset */
	size_t len;
};
/*
 * Makes the next block of a stream, of no bytes if there are no rows. In Parquet it makes the bytes that end the file: a
 * row group of the rows that were appended last, and the footer. Every file that is completed so is whole. Rows that are
 * added later join the last row group until it is full; the next call writes this group again, from the same offset.
 * -ENOMEM: nothing has changed.
 */
LINX_API int linx_rowset_make(struct linx_rowset *rows, struct linx_rowset_end *end);
/* Forgets all rows of the file or stream; the next row is the first of another one. */
LINX_API void linx_rowset_clear(struct linx_rowset *rows);

/* ---- rows sent to another machine: packed blocks, and rows that no event makes --------------------- */

/* Rows of one CPU. */
struct linx_rowset_cpu {
	uint32_t cpu;
	uint32_t rows; /* number of rows */
	uint64_t first_seq, last_seq; /* least and greatest number of their records */
	uint32_t last_part; /* greatest part of a row of last_seq */
	uint32_t zero;
};
/*
 * Returns an entry for each CPU that has rows in the block which linx_rowset_make() makes next, and the number of
 * entries in *n. Only for LINX_ROWSET_PACKED; *n is 0 for other formats. Rows of certificates have no CPU. Borrowed until
 * the next call for the same struct linx_rowset.
 */
LINX_API const struct linx_rowset_cpu *linx_rowset_get_cpus(struct linx_rowset *rows, unsigned int *n);

/* A row that a program has to say itself: what it could not keep. */
struct linx_rowset_note {
	size_t size; /* sizeof(struct linx_rowset_note) */
	enum linx_event_kind kind; /* LINX_EVENT_GAP or LINX_EVENT_CERTIFICATE */
	bool placed; /* cpu, seq and time_ns are known; otherwise the row has none */
	uint32_t cpu, part;
	uint64_t session, seq;
	uint64_t time_ns; /* since 1970 */
	const char *machine;
	const char *args; /* an object of JSON */
};
/* Appends such a row. 0; -EINVAL: another kind, or a text is missing; -E2BIG, -ENOBUFS and -ENOMEM as above. */
LINX_API int linx_rowset_add_note(struct linx_rowset *rows, const struct linx_rowset_note *note);

/* Most bytes of a packed block when it is unpacked: linx_rowset_add_block() takes no larger one. */
#define LINX_ROWSET_BLOCK_MAX (128u << 20)

/* Facts that a sender states about a packed block, and which must hold. */
struct linx_rowset_block {
	size_t size; /* sizeof(struct linx_rowset_block) */
	const char *machine; /* machine and session of all its rows */
	uint64_t session;
	uint64_t from_ns, to_ns; /* every row that has a time has one from from_ns to to_ns */
	uint32_t rows; /* number of rows, 1 to LINX_ROWSET_GROUP */
};
/*
 * Appends all rows of a packed block, or none. The block is checked in full: it may come from anyone. 0; -EBADMSG: it is
 * not what want says, or no such block; -ENOBUFS: its rows do not fit into the row group, and linx_rowset_make() comes
 * first; -EINVAL: want is wrong; -E2BIG; -ENOMEM: the rows since the last linx_rowset_make() are lost.
 */
LINX_API int linx_rowset_add_block(struct linx_rowset *rows, const struct linx_rowset_block *want, const void *data, size_t len);

/* Returns the CRC32C (Castagnoli) crc continued with len bytes; crc 0 begins one. */
LINX_API uint32_t linx_checksum(uint32_t crc, const void *data, size_t len);

#ifdef __cplusplus
}
#endif
#endif
