/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * liblinx: events as rows of a table, in Parquet files or blocks that databases read.
 *
 *   linx_rowset_new(); linx_rowset_add() for each event; when linx_rowset_get_pending() reaches the size of a row group, and
 *   at the end: linx_rowset_make(), whose bytes the caller writes to the file.
 *
 * Each event for which JSON has a line becomes one row, including losses and the certificate. docs/rows.md lists the
 * columns. One thread at a time uses a struct linx_rowset.
 */
#ifndef LINX_ROWSET_H
#define LINX_ROWSET_H

#include <linx/linx.h>

#ifdef __cplusplus
extern "C" {
#endif

struct linx_rowset;

/* Limit of the number of rows in a row group. */
#define LINX_ROWSET_GROUP 64000u
/*
 * A row group is also full when its texts have this many bytes, where equal texts of a column count once. It is also
 * full when its rows have LINX_ROWSET_BLOCK_MAX bytes, where each text counts as often as it occurs.
 */
#define LINX_ROWSET_GROUP_BYTES (32u << 20)

enum linx_rowset_format {
	LINX_ROWSET_PARQUET, /* a file, which is complete after each linx_rowset_make() */
	/*
	 * The formats below are streams of blocks. Each linx_rowset_make() makes one block, with the rows since the
	 * block before. Blocks are not compressed, except those of LINX_ROWSET_PACKED. Rows of all blocks of a session
	 * have the same columns.
	 */
	LINX_ROWSET_NATIVE, /* ClickHouse's Native, from 18.16 on; time is a number: ns since 1970 */
	LINX_ROWSET_JSON, /* lines of JSON, which ClickHouse calls JSONEachRow; keys that are null are left out */
	/*
	 * Blocks of LINX_ROWSET_NATIVE, which linx_rowset_add_block() reads. Each is packed as two frames of zstd: the
	 * numbers of columns and rows, and the columns.
	 */
	LINX_ROWSET_PACKED,
};

struct linx_rowset_opts {
	size_t size; /* sizeof(struct linx_rowset_opts) */
	/* the column "args" is null for calls; rows of gaps, certificates and all other kinds still have it */
	bool no_args;
	int level; /* compression level of zstd in Parquet and in packed blocks, 1 to 19; 0: 3, in packed blocks 2 */
	const struct linx_print_opts *print; /* options of LINX_FORMAT_JSON, for the column "args"; NULL: all zero */
	/*
	 * Function that replaces texts that programs chose, for example to blank secrets; NULL: texts stay. It returns
	 * the new text and sets *len to its length. form: LINX_FORM_JSON for the column "args", else LINX_FORM_PLAIN.
	 * The result is valid until the next call. If it is NULL, there is no memory, and the row is lost.
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
 * Appends the row of an event of the source l. 1: a row was appended; 0: JSON has no line for this event, and so the
 * event has no row; -ENOBUFS: the row group is full: call linx_rowset_make() first; -ENOMEM: the row is lost.
 */
LINX_API int linx_rowset_add(struct linx_rowset *rows, const struct linx *l, const struct linx_event *ev);
/* Returns the number of rows of the block that is not made yet, or of the row group that can still grow. */
LINX_API uint32_t linx_rowset_get_pending(const struct linx_rowset *rows);
/*
 * Returns the bytes that the rows of linx_rowset_get_pending() take in a block of LINX_ROWSET_NATIVE, or some more.
 * Each text counts as often as it occurs.
 */
LINX_API size_t linx_rowset_get_bytes(const struct linx_rowset *rows);
/* Returns the number of all rows of the file or stream. */
LINX_API uint64_t linx_rowset_get_count(const struct linx_rowset *rows);

/* Bytes to be written to the file, at its end. */
struct linx_rowset_end {
	/* place of the bytes in the file; everything before it stays, and everything after the bytes is cut off */
	uint64_t offset;
	const void *data; /* borrowed until the next call for the same struct linx_rowset */
	size_t len;
};
/*
 * Makes the next block of a stream, of no bytes if there are no rows. For Parquet, makes the bytes that end the file: a
 * row group of the rows that were appended last, and the footer. With these bytes the file is complete. Rows that are
 * added later join the last row group until it is full: the next call makes this group again, at the same offset.
 * -ENOMEM: nothing has changed.
 */
LINX_API int linx_rowset_make(struct linx_rowset *rows, struct linx_rowset_end *end);
/* Forgets all rows of the file or stream; the next row is the first row of a new file or stream. */
LINX_API void linx_rowset_clear(struct linx_rowset *rows);

/* ---- rows sent to another machine: packed blocks, and rows that no event makes --------------------- */

/* Rows of one CPU. */
struct linx_rowset_cpu {
	uint32_t cpu;
	uint32_t rows; /* number of rows */
	uint64_t first_seq, last_seq; /* least and greatest number of the rows' records */
	uint32_t last_part; /* greatest value of the column "part" in the rows of record last_seq */
	uint32_t zero;
};
/*
 * Returns an entry for each CPU that has rows in the block which the next linx_rowset_make() will make, and the number
 * of entries in *n. *n is 0 for formats other than LINX_ROWSET_PACKED. Rows of certificates have no CPU. Borrowed until
 * the next call for the same struct linx_rowset.
 */
LINX_API const struct linx_rowset_cpu *linx_rowset_get_cpus(struct linx_rowset *rows, unsigned int *n);

/* Row that no event makes, with which a program reports what it could not keep. */
struct linx_rowset_note {
	size_t size; /* sizeof(struct linx_rowset_note) */
	enum linx_event_kind kind; /* LINX_EVENT_GAP or LINX_EVENT_CERTIFICATE */
	bool placed; /* cpu, seq and time_ns are known; otherwise these columns of the row are null */
	uint32_t cpu, part;
	uint64_t session, seq;
	uint64_t time_ns; /* since 1970 */
	const char *machine;
	const char *args; /* an object of JSON */
};
/*
 * Appends the row of a note. 0; -EINVAL: another kind, or a text is missing; -E2BIG: a note of a newer version of the
 * library; -ENOBUFS and -ENOMEM: as for linx_rowset_add().
 */
LINX_API int linx_rowset_add_note(struct linx_rowset *rows, const struct linx_rowset_note *note);

/* Limit of the bytes of a packed block after it is unpacked. linx_rowset_add_block() takes no larger block. */
#define LINX_ROWSET_BLOCK_MAX (128u << 20)

/*
 * Facts that a sender states about a packed block. linx_rowset_add_block() refuses a block for which they do not hold.
 */
struct linx_rowset_block {
	size_t size; /* sizeof(struct linx_rowset_block) */
	const char *machine; /* machine of all rows of the block; "session" is their session */
	uint64_t session;
	uint64_t from_ns, to_ns; /* the times of all rows are from from_ns to to_ns; a row may have no time */
	uint32_t rows; /* number of rows, 1 to LINX_ROWSET_GROUP */
};
/*
 * Appends all rows of a packed block, or no row. The block is checked completely, since it may come from an attacker. In
 * rows of a block that an earlier version of the library has made, columns that it did not have are null.
 * 0; -EBADMSG: the block is malformed, or the facts in *want do not hold; -ENOBUFS: the rows do not fit into the row
 * group: call linx_rowset_make() first; -EINVAL: *want is wrong; -E2BIG: want has members of a newer version of the
 * library; -ENOMEM: the rows since the last linx_rowset_make() are lost.
 */
LINX_API int linx_rowset_add_block(struct linx_rowset *rows, const struct linx_rowset_block *want, const void *data, size_t len);

/* Columns of a packed block that was checked, as LINX_ROWSET_NATIVE has them behind the numbers of columns and rows. */
struct linx_rowset_native {
	uint32_t columns; /* number of columns */
	const void *data; /* the columns; borrowed until the next call for the same struct linx_rowset */
	size_t len;
	const void *packed; /* the same as a frame of zstd, a part of the caller's block; NULL: the block has no such frame */
	size_t packed_len;
};
/*
 * Checks a packed block as linx_rowset_add_block() does, and adds no row. *out has the block's columns, so that they can
 * be passed on as they are. Columns that the block's version did not have yet are there, and null. Returns as
 * linx_rowset_add_block(), but never -ENOBUFS; after -ENOMEM no row is lost.
 */
LINX_API int linx_rowset_check_block(struct linx_rowset *rows, const struct linx_rowset_block *want, const void *data, size_t len,
				     struct linx_rowset_native *out);

/*
 * Returns the CRC32C (Castagnoli) of len bytes, continued from "crc", the result for the bytes before; crc 0: these are
 * the first bytes.
 */
LINX_API uint32_t linx_checksum(uint32_t crc, const void *data, size_t len);

#ifdef __cplusplus
}
#endif
#endif
