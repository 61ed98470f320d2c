/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Views as data: what a table of events has as rows and columns, and how it looks. A view comes from a YAML file, from
 * one of those in the command itself (view/own/), or from the options of linxcap stat. docs/views.md describes the files.
 *
 * The directory view/ has views and their output as text, JSON and CSV. It reads no source.
 */
#ifndef LINXCAP_VIEW_DEF_H
#define LINXCAP_VIEW_DEF_H

#include <linx/aggregate.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/message.h"

#define VIEW_ITEMS_MAX (LINX_AGGREGATE_KEYS + LINX_AGGREGATE_COLUMNS)
#define VIEW_NAMES_MAX 32u

/* Events that a view counts. */
enum view_events {
	VIEW_CALLS, /* system calls that have returned, without operations of io_uring, as strace -c counts them */
	VIEW_OPERATIONS, /* the same calls as VIEW_CALLS, and operations of io_uring */
	VIEW_HTTP, /* requests of HTTP */
	VIEW_ALERTS, /* alerts of rules, one by one; only linxcap top has this */
};
/* Units of numbers. Fields that are times are in ns. */
enum view_unit { VIEW_NUMBER, VIEW_TIME, VIEW_SECONDS, VIEW_MS, VIEW_US, VIEW_BYTES };
/* Words for enum view_events and enum view_unit, in their order. */
#define VIEW_EVENTS_WORDS "calls|operations|http|alerts"
#define VIEW_UNIT_WORDS "number|time|s|ms|us|bytes"

/* Look of a key or column. */
struct view_look {
	const char *name; /* name by which "show" and "sort" of a view refer to it */
	const char *head;
	const char *none; /* text for a missing value */
	enum view_unit unit;
	/* width: least width in columns of the terminal; margin: least number of blanks beside the longest value */
	int width, margin;
	int digits; /* digits after the decimal point; 0: rounded down; -1: as many as the unit needs */
	bool blank; /* the cell stays empty if the value is zero */
};

struct view_key {
	struct view_look look;
	const char *field;
};

struct view_column {
	struct view_look look;
	struct linx_column of;
	const char *untimed; /* message at the end if events had no value of the field; NULL: none */
};

/* A key or column that is shown. */
struct view_item {
	struct view_look look;
	bool is_key;
	unsigned int index; /* index of the key or column among those of the view */
};

/*
 * Sections: a table for each value of a key. Values of one family belong together; the family of the first event is
 * the home family. Its first value has a table without a heading, before all others.
 */
struct view_sections {
	const char *key; /* name of the key; NULL: there is only one table */
	unsigned int index; /* number of the key */
	const char *heading; /* "{}" stands for the value's name */
	struct view_value {
		/*
		 * name: shown instead of the value if the value's family is the home family; NULL: the value is shown
		 */
		const char *value, *name;
		unsigned int family;
	} values[VIEW_NAMES_MAX];
	unsigned int n;
};

/* A command for a row of linxcap top. Words "{NAME}" stand for values of the row. */
#define VIEW_ACTIONS_MAX 8u
#define VIEW_WORDS_MAX 8u
struct view_action {
	const char *key, *text; /* letter that chooses the command, and a text that says what the command does */
	const char *run[VIEW_WORDS_MAX];
	unsigned int nrun;
};

struct view_def {
	const char *name, *text;
	enum view_events events;
	const char *where; /* condition that events must fulfil in addition to FILTER; NULL: none */
	struct view_key keys[LINX_AGGREGATE_KEYS];
	struct view_column columns[LINX_AGGREGATE_COLUMNS];
	struct view_item items[VIEW_ITEMS_MAX];
	struct linx_aggregate_order order[VIEW_ITEMS_MAX];
	unsigned int nkeys, ncolumns, nitems, norder;
	struct view_sections sections;
	unsigned int groups; /* most groups, which are rows of the table; 0: the library's default */
	const char *total; /* name of the last row, which has the sums of all rows; NULL: no such row */
	const char *folded; /* end of a line with the number of events beyond "groups"; NULL: they are a row like others */
	const char *announce; /* subject of a message that names the file or pipe of the table; NULL: no message */
	const char *drill; /* view that shows more of one row; NULL: none */
	/*
	 * for linxcap top: heading; letter that chooses the view; view behind a row ("events": the row's events); NULL:
	 * none
	 */
	const char *title, *key, *open;
	const char *tree; /* column that has the first key of a row's parent row; NULL: no tree */
	struct linx_aggregate_order tree_by; /* the column "tree" */
	struct view_action actions[VIEW_ACTIONS_MAX];
	unsigned int nactions;
	unsigned int gap; /* blanks between columns */
	bool lines; /* lines of dashes below the heads and before the total */
	bool fixed; /* widths are fixed: a longer value shifts the rest of its row */
	bool refresh; /* on a terminal the table is printed again and again while events come */
	bool foot; /* the line below the table, with counts and losses */
	struct view_owned *owned; /* memory of texts */
};

/* Makes an empty view. */
void view_def_init(struct view_def *v);
void view_def_free(struct view_def *v);
/* Copies n bytes of text to memory that is freed with the view. NULL: why has the reason. */
const char *view_def_keep(struct view_def *v, const char *text, size_t n, struct problem *why);

/*
 * view/view_words.c: adds a key; adds a column by its text, such as "count" or "p99(linx.duration)". A field without a
 * dot is one of linx's: "duration" is linx.duration. Returns the key or column; NULL: why has the reason.
 */
struct view_key *view_def_add_key(struct view_def *v, const char *field, struct problem *why);
struct view_column *view_def_add_column(struct view_def *v, const char *text, struct problem *why);
/*
 * Finds a key or column by its name. view_def_show() shows it after those that are shown already. view_def_sort() adds
 * it to the order of rows: NAME puts the smallest value first, -NAME the largest. -1: why has the reason.
 */
int view_def_show(struct view_def *v, const char *name, struct problem *why);
int view_def_sort(struct view_def *v, const char *name, struct problem *why);
/*
 * Completes a view. If it does not say what to show, it shows everything. If it does not say how to sort, it sorts by
 * the first column. -1: why has the reason.
 */
int view_def_finish(struct view_def *v, struct problem *why);
/* Finds a key or column by its name. False: there is none. */
bool view_def_find(const struct view_def *v, const char *name, struct linx_aggregate_order *which);
/*
 * True if a view of these events counts ev: a call that has returned, or a request. Sets *counts if the account counts
 * ev; the account also counts calls that have not returned. counts may be NULL.
 */
bool view_def_counts(enum view_events events, const struct linx_event *ev, bool *counts);
/* True if the view only counts calls by their names, and shows nothing else of them. */
bool view_def_counts_names(const struct view_def *v);
/* Makes the aggregate of a view. NULL: why has the reason. */
struct linx_aggregate *view_def_aggregate(const struct view_def *v, struct problem *why);
/*
 * Returns the condition that events must fulfil before they are given to the view's aggregate; NULL: none. It is the
 * view's condition, unless the aggregate itself decides that.
 */
const char *view_def_condition(const struct view_def *v);
/* Counts an event, unless the aggregate leaves it out. 0 or -errno. */
static inline int view_def_add(struct linx_aggregate *a, const struct linx_event *ev)
{
	int rc = linx_aggregate_add(a, ev);

	return rc < 0 ? rc : 0;
}

/* view/view_read.c: reads a view from YAML, which messages call "file". -1: why has the reason. */
int view_def_read(struct view_def *v, const char *file, const char *text, size_t len, struct problem *why);
/* Reads a view by the path of its file, or by the name of a view that the command contains. */
int view_def_open(struct view_def *v, const char *name, struct problem *why);

/* view/view_own.c: gets a view that the command contains. False: i is too large. */
bool view_own(unsigned int i, const char **name, const char **text, const char **yaml, size_t *len);

#endif
