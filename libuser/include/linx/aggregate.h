/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * liblinx: tables of events. An aggregate groups events by the values of fields. It counts the events of each group,
 * and sums up and ranks their values.
 *
 *   linx_aggregate_new(); linx_aggregate_add() for each event that the table is about;
 *   linx_aggregate_sort(), and then linx_aggregate_get_cell() for each key and column of each row.
 *
 * Memory is bounded: the number of groups has a limit, and events of further groups are counted ("folded") in one row,
 * LINX_ROW_FOLDED. An aggregate keeps no pointer to an event. One thread at a time can use an aggregate.
 */
#ifndef LINX_AGGREGATE_H
#define LINX_AGGREGATE_H

#include <linx/linx.h>

#ifdef __cplusplus
extern "C" {
#endif

struct linx_aggregate;

enum linx_column_kind {
	LINX_COLUMN_COUNT = 0, /* number of events */
	LINX_COLUMN_SHARE = 1, /* percent of all events; with a field: of the sum of its values over all groups */
	LINX_COLUMN_RATE = 2, /* events per second; with a field: the sum of its values per second */
	LINX_COLUMN_SUM = 3,
	LINX_COLUMN_MIN = 4,
	LINX_COLUMN_MAX = 5,
	LINX_COLUMN_MEAN = 6, /* sum divided by the number of values, rounded down */
	LINX_COLUMN_LAST = 7, /* value of the last event that had one */
	LINX_COLUMN_DISTINCT = 8, /* number of different values: exact up to 128, above with a standard error of 2.3 % */
	LINX_COLUMN_PERCENTILE = 9, /* value that this percentage of the values does not exceed; see "ranges" */
	LINX_COLUMN_HISTOGRAM = 10, /* number of values in each power of two */
};

/* Column of a table. The strings are only used by linx_aggregate_new(). */
struct linx_column {
	enum linx_column_kind kind;
	/*
	 * Field or transformer of conditions, such as "linx.duration". If several are given, separated by '|', the
	 * first one that has a value in the event is used. NULL: no field, as COUNT requires and SHARE and RATE allow.
	 */
	const char *field;
	double percent; /* PERCENTILE: 0 to 100, with up to three digits after the point */
	/*
	 * PERCENTILE: number of ranges into which each power of two is divided, itself a power of two from 2 to 32. The
	 * result is the upper end of a range. 0: 32 ranges, and the result is the middle of a range, with an error of
	 * at most 1.6 %. The result is then not below the smallest and not above the largest value.
	 */
	unsigned int ranges;
	bool zero; /* an event without a value counts as 0; otherwise it is left out of this column */
};

struct linx_aggregate_opts {
	size_t size; /* sizeof(struct linx_aggregate_opts) */
	const char *const *keys; /* fields or transformers of conditions, as in struct linx_column */
	unsigned int nkeys; /* at most LINX_AGGREGATE_KEYS; 0: all events are one group */
	const struct linx_column *columns;
	unsigned int ncolumns; /* at most LINX_AGGREGATE_COLUMNS */
	unsigned int groups; /* limit of the number of groups; 0: 10,000 */
	uint64_t bytes; /* bytes of memory at which new groups are folded, too; 0: 256 MiB */
	uint32_t required; /* bits 1 << i: events without a value of key i are left out */
};
/* Limits of the numbers of keys and columns. A table on a screen has room for fewer. */
#define LINX_AGGREGATE_KEYS 8u
#define LINX_AGGREGATE_COLUMNS 32u
/*
 * Limit of the bytes of a text in a key or in a column LAST. A longer text is cut. Texts that are equal after the cut
 * are one key.
 */
#define LINX_AGGREGATE_TEXT 1024u

/*
 * Makes an empty aggregate; opts must not be NULL. -EINVAL: err says what is wrong with a key or column; -E2BIG:
 * options of a newer version of the library; -ENOMEM. The caller ends *out with linx_aggregate_free().
 */
LINX_API int linx_aggregate_new(const struct linx_aggregate_opts *opts, struct linx_aggregate **out, struct linx_error *err);
LINX_API void linx_aggregate_free(struct linx_aggregate *a);
/*
 * Returns the recording options that keys and columns need: LINX_NEEDS_*. If several fields are separated by '|', only
 * the last one is considered.
 */
LINX_API unsigned int linx_aggregate_get_needs(const struct linx_aggregate *a);

/*
 * Counts an event of any kind. 0: it was counted; 1: it was left out, since it has no value of a required key; -ENOMEM:
 * the event may be missing in a column of its group.
 */
LINX_API int linx_aggregate_add(struct linx_aggregate *a, const struct linx_event *ev);
/*
 * Adds the counts of a source with linx_live_opts.count; cert is the source's certificate. The only key must be
 * linx.type or evt.type, and no column may have a field. -EINVAL: the aggregate has other keys or columns; -ENOMEM: a
 * part of the counts may be missing.
 */
LINX_API int linx_aggregate_add_counts(struct linx_aggregate *a, const struct linx_certificate *cert);
/*
 * Adds everything that the aggregate "from" has counted. -EINVAL: "from" has other keys or columns; -ENOMEM: a part may
 * be missing.
 */
LINX_API int linx_aggregate_merge(struct linx_aggregate *a, const struct linx_aggregate *from);
/* Forgets all events, so that counting begins anew with the same keys and columns. */
LINX_API void linx_aggregate_clear(struct linx_aggregate *a);

/* Facts about an aggregate. */
struct linx_aggregate_info {
	unsigned int groups; /* groups that were not folded */
	uint64_t events;
	uint64_t folded; /* events in LINX_ROW_FOLDED */
	uint64_t first_ns, last_ns; /* wall clock of the earliest and the latest event; 0: no events */
};
/* Gets the facts about an aggregate, as it is now. */
LINX_API void linx_aggregate_get_info(const struct linx_aggregate *a, struct linx_aggregate_info *info);
/* Returns how many of the events so far had no value of the column's field. */
LINX_API uint64_t linx_aggregate_get_missing(const struct linx_aggregate *a, unsigned int column);

/* Order of rows: by a key or a column. */
struct linx_aggregate_order {
	unsigned int index; /* number of the column, or of the key, from 0 */
	bool key;
	bool descending;
};
/* Choice and order of rows; a member that is zero means its default. */
struct linx_aggregate_sorting {
	size_t size; /* sizeof(struct linx_aggregate_sorting) */
	/*
	 * rows are ordered by order[0]; equal rows by order[1], and so on; finally by the time when the group was first
	 * counted
	 */
	const struct linx_aggregate_order *order;
	unsigned int norder;
	uint64_t span_ns; /* time for RATE; 0: from the earliest to the latest event */
	/*
	 * only groups with this value of key only_key are rows and count in LINX_ROW_TOTAL and in shares; NULL: all
	 * groups
	 */
	const struct linx_cell *only;
	unsigned int only_key;
};
/*
 * Puts the rows in order. Call it after the last linx_aggregate_add() and before rows are read. sorting must not be
 * NULL. Returns the number of rows, without LINX_ROW_FOLDED. -EINVAL: no such key or column; -ENOMEM
 */
LINX_API int linx_aggregate_sort(struct linx_aggregate *a, const struct linx_aggregate_sorting *sorting);

/*
 * Numbers of two special rows. All other rows are numbered from 0 on, and linx_aggregate_sort() returns how many they
 * are.
 */
#define LINX_ROW_TOTAL UINT32_MAX /* all rows, and the folded events unless only one value of a key is chosen; has no keys */
#define LINX_ROW_FOLDED (UINT32_MAX - 1) /* events of groups beyond the limit; has no keys */

enum linx_cell_type { LINX_CELL_NONE, LINX_CELL_NUMBER, LINX_CELL_REAL, LINX_CELL_TEXT, LINX_CELL_HISTOGRAM };
struct linx_cell {
	enum linx_cell_type type;
	int64_t num; /* NUMBER */
	double real; /* REAL */
	const char *text; /* TEXT: bytes as programs chose them, without a NUL at the end; valid until the next add, merge or clear */
	size_t len;
	const uint64_t *buckets; /* HISTOGRAM: LINX_HISTOGRAM_BUCKETS counts; valid as long as text */
};
/*
 * Buckets of a histogram: [0] negative values, [1] zero, [2 + i] values from 2^i to 2^(i + 1) - 1.
 */
#define LINX_HISTOGRAM_BUCKETS 65u /* 2 and the 63 powers of two below 2^63 */

/*
 * Gets a key or a column of a row, in the order of linx_aggregate_sort(). LINX_CELL_NONE: the group's events had no
 * value of the field. -ENOENT: there is no such row, key or column, or the rows are not sorted since the last event.
 */
LINX_API int linx_aggregate_get_key(const struct linx_aggregate *a, uint32_t row, unsigned int key, struct linx_cell *cell);
LINX_API int linx_aggregate_get_cell(const struct linx_aggregate *a, uint32_t row, unsigned int column, struct linx_cell *cell);

#ifdef __cplusplus
}
#endif

#endif
