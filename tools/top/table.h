/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The table of linxcap top: rows of an aggregate in an order, as a list or a tree, with a selected row, tags and
 * search. It draws nothing and reads no keys.
 */
#ifndef LINXCAP_TOP_TABLE_H
#define LINXCAP_TOP_TABLE_H

#include "view/sheet.h"

/* A row: the number of its group in the aggregate's order, and its place in the tree. */
struct top_row {
	uint64_t id; /* hash of the values of the keys, by which a row is found again after a new count */
	uint32_t group;
	uint16_t depth; /* in the tree; 0: a root, and every row of a list */
	bool last; /* in the tree: no row with the same parent follows */
	uint64_t lines; /* in the tree: bit n: the ancestor of depth n has a sibling below, to which a line leads */
};

#define TOP_TAGS 1024u
#define TOP_SEARCH_MAX 128u

struct top_table {
	const struct view_def *view;
	struct linx_aggregate *a; /* borrowed; NULL: nothing is counted yet */
	struct linx_aggregate_order order[VIEW_ITEMS_MAX];
	unsigned int norder;
	unsigned int item; /* index in view->items of the item by which rows are sorted first */
	struct top_row *rows;
	unsigned int n, room;
	unsigned int selected, first; /* indexes in rows of the selected row, and of the first one on the screen */
	bool moved; /* the user selected a row, which stays selected when the order changes */
	uint64_t wanted; /* id of the selected row, if moved; it can be missing while events are read again */
	bool tree;
	uint64_t tags[TOP_TAGS]; /* ids of tagged rows */
	unsigned int ntags;
	int widths[VIEW_ITEMS_MAX]; /* for each item, the columns that its widest value so far takes */
};

/* Begins the table of a view, sorted as the view says. *t need not be initialized. */
void top_table_begin(struct top_table *t, const struct view_def *view);
void top_table_free(struct top_table *t);
/* Removes all rows. Call it before the aggregate is freed. */
void top_table_forget(struct top_table *t);
/*
 * Sorts the groups of the aggregate a and makes rows of them; span_ns as in struct linx_aggregate_sorting. If the user
 * selected a row, that row stays selected, wherever it is now. 0 or -errno.
 */
int top_table_update(struct top_table *t, struct linx_aggregate *a, uint64_t span_ns);
/* True if the view names the column with each row's parent, by which a tree can be shown. */
bool top_table_has_tree(const struct top_table *t);

/*
 * Selects the row that is "by" rows further down, or the nearest one that exists. height: rows on the screen, which is
 * scrolled to show the row.
 */
void top_table_move(struct top_table *t, long by, unsigned int height);
void top_table_select(struct top_table *t, unsigned int row, unsigned int height);
/* Makes the selected row stay selected when the order changes, as if the user had selected it. */
void top_table_hold(struct top_table *t);
/* Scrolls so that the selected row is on a screen of this height. */
void top_table_scroll(struct top_table *t, unsigned int height);

/* Sorts by an item of the view: numbers descending, texts ascending. If sorted by it already, reverses the order. */
void top_table_sort_by(struct top_table *t, unsigned int item);
void top_table_reverse(struct top_table *t);
/* True if the item by which rows are sorted first is sorted descending. */
bool top_table_descends(const struct top_table *t);

/* Adds or removes the tag of the selected row. */
void top_table_tag(struct top_table *t);
bool top_table_is_tagged(const struct top_table *t, uint64_t id);

/*
 * Selects the next row that has the text in one of its cells, in capital or small letters. The search begins at the
 * selected row (skip: at the row after it), and goes on from the last row to the first. False: no row has the text.
 */
bool top_table_search(struct top_table *t, const char *text, bool skip, unsigned int height);

/* Writes the value of an item of a row as the escaped text that is shown. Returns its length. */
size_t top_table_text(const struct top_table *t, const struct top_row *row, unsigned int item, char text[SHEET_CELL]);
/* True if the item has texts, which stand at the left of their column. */
bool top_table_is_text(const struct top_table *t, unsigned int item);

/*
 * Writes the condition FIELD = "TEXT", with escapes; if the cell's text was cut, a condition on the beginning of FIELD.
 * Returns the length. -1: it is too long; *why has the reason.
 */
int top_put_text(const struct linx_cell *cell, const char *field, char *to, size_t size, struct problem *why);
/*
 * Writes a condition that the events of a row fulfil: FIELD = VALUE for each key. -1: *why has the reason, as for a
 * text that is too long.
 */
int top_table_condition(const struct top_table *t, const struct top_row *row, char *text, size_t size, struct problem *why);

#endif
