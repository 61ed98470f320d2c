// SPDX-License-Identifier: LGPL-2.1-or-later
/* Draws the table of linxcap top: columns that fit the screen, and the tree. See top/draw.h. */
#include <stdio.h>
#include <string.h>

#include "top/draw.h"
#include "top/text.h"

/* Least widths to which fit() narrows columns of texts: in its step 1, and in its step 3. */
#define LEAST 8
#define LEAST_OF_ALL 4
/* In a column of at least this width, a long text loses its middle; in a narrower one its end. GAP: between columns. */
#define MIDDLE 12
#define GAP 2

/* ---- the table -------------------------------------------------------------------------------- */

/* Widths and kinds of the table's columns on this screen. */
struct grid {
	int widths[VIEW_ITEMS_MAX]; /* 0: the column is not on the screen */
	bool texts[VIEW_ITEMS_MAX];
	unsigned int stem; /* index of the column that shows the branches of the tree in front of its texts; nitems: none */
};

/* Gets a cell's text with secrets blanked. */
static void cell_text(struct top *t, const struct top_row *row, unsigned int item, char text[SHEET_CELL])
{
	top_table_text(&top_now(t)->table, row, item, text);
	top_blank(t, text, SHEET_CELL);
}

static void measure(struct top *t, struct grid *g)
{
	struct top_table *table = &top_now(t)->table;
	const struct view_def *v = table->view;
	bool utf8 = screen_utf8(t->screen);
	char text[SHEET_CELL];
	int n;

	g->stem = v->nitems;
	for (unsigned int i = 0; i < v->nitems; i++) {
		g->texts[i] = top_table_is_text(table, i);
		/* a mark follows the name of the column that rows are sorted by */
		n = top_text_width(v->items[i].look.head ? v->items[i].look.head : "", utf8) + (i == table->item);
		table->widths[i] = n > table->widths[i] ? n : table->widths[i];
		for (unsigned int row = table->first; row < table->n && row < table->first + t->height; row++) {
			cell_text(t, &table->rows[row], i, text);
			n = top_text_width(text, utf8);
			if (g->texts[i] && table->tree && (g->stem == v->nitems || g->stem == i))
				n += 3 * table->rows[row].depth;
			table->widths[i] = n > table->widths[i] ? n : table->widths[i];
		}
		g->widths[i] = i < top_now(t)->left ? 0 : table->widths[i];
		if (g->texts[i] && table->tree && g->stem == v->nitems)
			g->stem = i;
	}
}

static int sum_of(const struct grid *g, unsigned int n)
{
	int sum = 0;

	for (unsigned int i = 0; i < n; i++)
		sum += g->widths[i] ? g->widths[i] + (sum ? GAP : 0) : 0;
	return sum;
}

/* Makes the widest columns of texts narrower until all columns fit, but no column narrower than "least". */
static void narrow(struct grid *g, unsigned int n, int columns, int least)
{
	int widest;

	while (sum_of(g, n) > columns) {
		widest = -1;
		for (unsigned int i = 0; i < n; i++)
			if (g->texts[i] && g->widths[i] > least && (widest < 0 || g->widths[i] >= g->widths[widest]))
				widest = (int)i;
		if (widest < 0)
			return;
		g->widths[widest]--;
	}
}

/*
 * Makes all columns fit the screen. Takes these steps in turn until they fit:
 * 1. columns of texts become narrower, down to a third of the screen, or to LEAST;
 * 2. columns of numbers are left out, from the right;
 * 3. columns of texts become narrower, down to LEAST_OF_ALL;
 * 4. other columns are left out, from the right.
 * The column that rows are sorted by always stays. Step 2 leaves out no key, step 4 not the first column.
 */
static void fit(struct top *t, struct grid *g, int columns)
{
	const struct top_table *table = &top_now(t)->table;
	unsigned int n = table->view->nitems;

	narrow(g, n, columns, columns / 3 > LEAST ? columns / 3 : LEAST);
	for (unsigned int i = n; i-- > 0 && sum_of(g, n) > columns;)
		if (!g->texts[i] && !table->view->items[i].is_key && i != table->item)
			g->widths[i] = 0;
	narrow(g, n, columns, LEAST_OF_ALL);
	for (unsigned int i = n; i-- > 1 && sum_of(g, n) > columns;)
		if (i != table->item)
			g->widths[i] = 0;
}

/* Lets the last column take the rest of the line, if it is shown and has texts. */
static void widen(struct top *t, struct grid *g, int columns)
{
	unsigned int n = top_view(t)->nitems;

	if (n && g->widths[n - 1] && g->texts[n - 1])
		g->widths[n - 1] += columns - sum_of(g, n);
}

static void draw_heads(struct top *t, const struct grid *g, int row, int columns)
{
	const struct top_table *table = &top_now(t)->table;
	char text[80];
	int at = 0, n;

	screen_put(t->screen, row, 0, columns, true, LOOK_HEADS, "");
	for (unsigned int i = 0; i < table->view->nitems; i++) {
		t->columns_at[i] = g->widths[i] ? at : -1;
		if (!g->widths[i])
			continue;
		snprintf(text, sizeof(text), "%s%s", table->view->items[i].look.head ? table->view->items[i].look.head : "",
			 i != table->item ? "" : top_table_descends(table) ? "v" : "^");
		n = top_text_width(text, screen_utf8(t->screen));
		screen_put(t->screen, row, at + (g->texts[i] || n > g->widths[i] ? 0 : g->widths[i] - n), g->widths[i], false,
			   i == table->item ? LOOK_SORTED : LOOK_HEADS, text);
		at += g->widths[i] + GAP;
	}
}

/* Writes the branches in front of a row of the tree. */
static void put_stem(const struct top_row *row, bool utf8, char *to, size_t size)
{
	size_t n = 0;

	for (unsigned int i = 1; i < row->depth && n + 12 < size; i++)
		n += (size_t)snprintf(to + n, size - n, "%s", row->lines >> i & 1 ? utf8 ? "\xe2\x94\x82  " : "|  " : "   ");
	to[n] = '\0';
	if (row->depth)
		snprintf(to + n, size - n, "%s", utf8 ? row->last ? "\xe2\x94\x94\xe2\x94\x80 " : "\xe2\x94\x9c\xe2\x94\x80 " : row->last ? "`- " : "|- ");
}

/*
 * Puts a text that is wider than its column. A mark replaces its middle, since the ends of paths and addresses matter
 * most; in a column narrower than MIDDLE it replaces the end.
 */
static void put_shortened(struct top *t, int row, int at, int width, unsigned int look, const char *text)
{
	bool utf8 = screen_utf8(t->screen);
	const char *mark = width < LEAST ? "~" : "...";
	int room = width - (int)strlen(mark), head = width < MIDDLE ? room : room / 3;

	head = screen_put(t->screen, row, at, head, false, look, text);
	head += screen_put(t->screen, row, at + head, width - head, false, look, mark);
	if (width >= MIDDLE)
		screen_put(t->screen, row, at + head, width - head, false, look, top_text_end(text, width - head, utf8));
}

static void draw_row(struct top *t, const struct grid *g, unsigned int i, int line, int columns)
{
	const struct top_table *table = &top_now(t)->table;
	const struct top_row *row = &table->rows[i];
	bool utf8 = screen_utf8(t->screen), selected = i == table->selected;
	unsigned int look = selected ? LOOK_SELECTED : top_table_is_tagged(table, row->id) ? LOOK_TAGGED : LOOK_PLAIN;
	char text[SHEET_CELL], stem[512];
	int at = 0, n;

	screen_put(t->screen, line, 0, columns, true, look, "");
	for (unsigned int k = 0; k < table->view->nitems; k++) {
		int width = g->widths[k], from = at;

		if (!width)
			continue;
		if (k == g->stem) {
			put_stem(row, utf8, stem, sizeof(stem));
			n = screen_put(t->screen, line, from, width, false, look, stem);
			from += n;
			width -= n;
		}
		cell_text(t, row, k, text);
		n = top_text_width(text, utf8);
		if (n > width)
			put_shortened(t, line, from, width, look, text);
		else
			screen_put(t->screen, line, from + (g->texts[k] ? 0 : width - n), width, false, look, text);
		at += g->widths[k] + GAP;
	}
}

/*
 * Draws the line below the table: which row of how many is selected, how many events are counted, how many rows are
 * tagged, and how many events have no row of their own since the table has a limit of rows.
 */
void top_draw_table_sums(struct top *t, int row, int columns)
{
	const struct top_table *table = &top_now(t)->table;
	struct linx_aggregate_info info = { 0 };
	char text[160], n[16];
	int at = 0;

	if (t->shown)
		linx_aggregate_get_info(t->shown, &info);
	snprintf(text, sizeof(text), "%u of %u rows", table->n ? table->selected + 1 : 0, table->n);
	top_put_whole(t, row, &at, columns, LOOK_DIM, text);
	snprintf(text, sizeof(text), "%s %s", top_put_count((double)info.events, n), top_view(t)->events == VIEW_HTTP ? "requests" : "calls");
	top_put_whole(t, row, &at, columns, LOOK_DIM, text);
	if (table->ntags) {
		snprintf(text, sizeof(text), "%u tagged", table->ntags);
		top_put_whole(t, row, &at, columns, LOOK_TAGGED, text);
	}
	if (info.folded) {
		snprintf(text, sizeof(text), "%s in rows beyond the limit", top_put_count((double)info.folded, n));
		top_put_part(t, row, &at, columns, LOOK_LOSS, text);
	}
}

/* Returns why a table has no rows. */
static const char *nothing(const struct top *t)
{
	bool of_http = top_view(t)->events == VIEW_HTTP;

	if (t->level || *t->filter || *t->user)
		return of_http ? "no requests match" : "no calls match";
	if (of_http)
		return t->facts.live ? "no requests yet; only with --view http or --http they are counted as they come" : "no requests in what was recorded";
	return t->facts.live ? "no calls yet" : "no calls";
}

void top_draw_table(struct top *t, int row, int columns)
{
	struct top_table *table = &top_now(t)->table;
	struct grid g = { .stem = 0 };

	t->heads_row = row;
	t->body_row = row + 1;
	t->height -= t->height > 1;
	top_table_scroll(table, t->height);
	measure(t, &g);
	fit(t, &g, columns);
	widen(t, &g, columns);
	draw_heads(t, &g, row, columns);
	if (!table->n && t->facts.read < 0)
		screen_put(t->screen, row + 1, 0, columns, false, LOOK_DIM, nothing(t));
	for (unsigned int i = 0; i < t->height && table->first + i < table->n; i++)
		draw_row(t, &g, table->first + i, row + 1 + (int)i, columns);
}
