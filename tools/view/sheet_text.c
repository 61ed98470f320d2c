// SPDX-License-Identifier: LGPL-2.1-or-later
/* A table as text: columns as wide as their values, sections, a row of sums, and a line with counts and losses. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "view/sheet.h"

#define BOLD "\033[1m"
#define RED "\033[31m"
#define NORMAL "\033[0m"
/* Columns of a terminal that a column of texts keeps if the table is too wide. */
#define LEAST 12
/*
 * Most sections of a table. Rows of further sections are not shown. There are few sections, since a section is a value
 * like an ABI.
 */
#define SECTIONS_MAX 64u

/* The texts of a table, row by row, and the widths of its columns. */
struct grid {
	char **cells; /* [rows * columns], each allocated */
	unsigned int rows, columns, room;
	int widths[VIEW_ITEMS_MAX];
	bool left[VIEW_ITEMS_MAX]; /* the column has texts, which stand at its left */
};

static void grid_free(struct grid *g)
{
	for (unsigned int i = 0; i < g->rows * g->columns; i++)
		free(g->cells[i]);
	free(g->cells);
}

/* Returns the number of columns that a text takes on a terminal; characters beyond ASCII are taken to have one each. */
static int width_of(const char *s)
{
	int n = 0;

	for (; *s; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	return n;
}

/* ---- cells ---------------------------------------------------------------------------------- */

/*
 * Adds a row. name: text that stands in place of the row's first key, while its other keys and latest values are blank;
 * NULL: the row has keys.
 */
static int add_row(struct grid *g, const struct sheet *s, uint32_t row, const char *name)
{
	char text[SHEET_CELL];
	struct linx_cell cell;
	char **cells;

	if (g->rows == g->room) {
		g->room = g->room ? 2 * g->room : 64;
		cells = realloc(g->cells, (size_t)g->room * g->columns * sizeof(*cells));
		if (!cells)
			return -ENOMEM;
		g->cells = cells;
	}
	cells = g->cells + (size_t)g->rows * g->columns;
	memset(cells, 0, g->columns * sizeof(*cells));
	g->rows++;
	for (unsigned int i = 0; i < g->columns; i++) {
		const struct view_item *item = &s->view->items[i];

		text[0] = '\0';
		sheet_cell(s, row, item, &cell);
		if (item->is_key ? !name : !name || s->view->columns[item->index].of.kind != LINX_COLUMN_LAST)
			sheet_cell_text(&item->look, &cell, text);
		cells[i] = strdup(!item->is_key || !name ? text : name);
		if (!cells[i])
			return -ENOMEM;
		name = item->is_key && name ? "" : name;
	}
	return 0;
}

/* True if the column has texts: a key, unless all its values are numbers, or the last value of a field. */
static bool is_text(const struct sheet *s, unsigned int shown, const struct view_item *item)
{
	struct linx_cell cell;
	bool numbers = false;

	if (!item->is_key && s->view->columns[item->index].of.kind != LINX_COLUMN_LAST)
		return false;
	for (unsigned int row = 0; row < shown; row++) {
		sheet_cell(s, row, item, &cell);
		if (cell.type == LINX_CELL_TEXT)
			return true;
		numbers |= cell.type == LINX_CELL_NUMBER;
	}
	return !numbers;
}

static int fill(struct grid *g, const struct sheet *s, unsigned int shown)
{
	struct linx_aggregate_info info;
	int rc = 0;

	g->columns = s->view->nitems;
	for (unsigned int i = 0; i < g->columns; i++)
		g->left[i] = is_text(s, shown, &s->view->items[i]);
	for (unsigned int row = 0; !rc && row < shown; row++)
		rc = add_row(g, s, row, NULL);
	linx_aggregate_get_info(s->a, &info);
	if (!rc && info.folded && !s->view->folded && !s->view->sections.key)
		rc = add_row(g, s, LINX_ROW_FOLDED, "(others)");
	if (!rc && s->view->total)
		rc = add_row(g, s, LINX_ROW_TOTAL, s->view->total);
	return rc;
}

/* ---- widths --------------------------------------------------------------------------------- */

static void measure(struct grid *g, const struct view_def *v)
{
	unsigned int keyed = g->rows - (v->total ? 1 : 0);

	for (unsigned int i = 0; i < g->columns; i++) {
		const struct view_look *look = &v->items[i].look;
		int head = width_of(look->head ? look->head : "");

		g->widths[i] = look->width;
		if (v->fixed)
			continue;
		g->widths[i] = head > g->widths[i] ? head : g->widths[i];
		for (unsigned int row = 0; row < g->rows; row++) {
			int n = width_of(g->cells[row * g->columns + i]) + look->margin;

			/* the text in place of the keys of the last row does not make the column wider */
			if (row >= keyed && v->items[i].is_key)
				continue;
			g->widths[i] = n > g->widths[i] ? n : g->widths[i];
		}
	}
}

static unsigned int sum_of_widths(const struct grid *g, unsigned int gap)
{
	unsigned int sum = 0;

	for (unsigned int i = 0; i < g->columns; i++)
		sum += (unsigned int)g->widths[i] + (i ? gap : 0);
	return sum;
}

/* Makes the widest column of texts narrower, until the table fits the terminal. */
static void shrink(struct grid *g, const struct sheet *s)
{
	while (s->width && !s->view->fixed && sum_of_widths(g, s->view->gap) > s->width) {
		int widest = -1;

		for (unsigned int i = 0; i < g->columns; i++)
			if (g->left[i] && g->widths[i] > LEAST && (widest < 0 || g->widths[i] > g->widths[widest]))
				widest = (int)i;
		if (widest < 0)
			return;
		g->widths[widest]--;
	}
}

/* Returns how many bytes of a text take this number of columns. */
static size_t bytes_of(const char *s, int width)
{
	const char *at = s;

	while (*at && (((unsigned char)*at & 0xc0) == 0x80 || width-- > 0))
		at++;
	return (size_t)(at - s);
}

/* ---- lines ---------------------------------------------------------------------------------- */

static void put_blanks(FILE *f, int n)
{
	for (; n > 0; n--)
		fputc(' ', f);
}

/*
 * Writes a text in its column. If the text stands at the left of the last column, no blanks follow it. A text that is
 * wider than its column ends in "...".
 */
static void put_cell(FILE *f, const struct grid *g, const struct sheet *s, unsigned int i, const char *text)
{
	bool last = i + 1 == g->columns, cut = s->width && !s->view->fixed && width_of(text) > g->widths[i] && g->widths[i] > 3;
	int pad = g->widths[i] - width_of(text);

	put_blanks(f, i ? (int)s->view->gap : 0);
	if (!g->left[i])
		put_blanks(f, pad);
	if (cut)
		fprintf(f, "%.*s...", (int)bytes_of(text, g->widths[i] - 3), text);
	else
		fputs(text, f);
	if (g->left[i] && !last)
		put_blanks(f, pad);
}

static void put_heads(FILE *f, const struct grid *g, const struct sheet *s)
{
	fputs(s->colour ? BOLD : "", f);
	for (unsigned int i = 0; i < g->columns; i++)
		put_cell(f, g, s, i, s->view->items[i].look.head ? s->view->items[i].look.head : "");
	fputs(s->colour ? NORMAL "\n" : "\n", f);
}

static void put_dashes(FILE *f, const struct grid *g, const struct sheet *s)
{
	for (unsigned int i = 0; i < g->columns; i++) {
		put_blanks(f, i ? (int)s->view->gap : 0);
		for (int k = 0; k < g->widths[i]; k++)
			fputc('-', f);
	}
	fputc('\n', f);
}

static void put_row(FILE *f, const struct grid *g, const struct sheet *s, unsigned int row)
{
	for (unsigned int i = 0; i < g->columns; i++)
		put_cell(f, g, s, i, g->cells[row * g->columns + i]);
	fputc('\n', f);
}

static void put_grid(FILE *f, struct grid *g, const struct sheet *s)
{
	const struct view_def *v = s->view;

	measure(g, v);
	shrink(g, s);
	put_heads(f, g, s);
	if (v->lines)
		put_dashes(f, g, s);
	for (unsigned int row = 0; row < g->rows; row++) {
		if (v->lines && v->total && row + 1 == g->rows)
			put_dashes(f, g, s);
		put_row(f, g, s, row);
	}
}

/* Writes the table of one section; section NULL: the table of all rows. Returns how many rows there are, or -errno. */
static int put_table(const struct sheet *s, const struct linx_cell *section, FILE *f)
{
	struct grid g = { 0 };
	unsigned int shown;
	int n = sheet_sort(s, section, &shown), rc = n < 0 ? n : fill(&g, s, shown);

	if (!rc)
		put_grid(f, &g, s);
	grid_free(&g);
	return rc ? rc : n;
}

/* ---- sections ------------------------------------------------------------------------------- */

struct section {
	char value[SHEET_CELL];
	struct linx_cell cell;
	const struct view_value *known; /* NULL: the view does not name the value */
	unsigned int rank; /* place in the order of sections */
};

static const struct view_value *find_value(const struct view_sections *of, const char *value)
{
	for (unsigned int i = 0; i < of->n; i++)
		if (!strcmp(of->values[i].value, value))
			return &of->values[i];
	return NULL;
}

/* Adds the section of a row, unless it is there. False: there are too many sections. */
static bool add_section(const struct sheet *s, uint32_t row, struct section *list, unsigned int *n)
{
	const struct view_sections *of = &s->view->sections;
	const struct view_look look = { .none = "-" };
	struct section *to = &list[*n];

	if (linx_aggregate_get_key(s->a, row, of->index, &to->cell))
		return true;
	sheet_cell_text(&look, &to->cell, to->value);
	for (unsigned int i = 0; i < *n; i++)
		if (!strcmp(list[i].value, to->value))
			return true;
	if (*n == SECTIONS_MAX)
		return false;
	to->known = find_value(of, to->value);
	++*n;
	return true;
}

/*
 * Sets the rank of each section. The home family comes first. The families after it in the view's order follow, and
 * then the families before it. Values that the view does not name come last.
 */
static void rank(const struct view_sections *of, struct section *list, unsigned int n, unsigned int home)
{
	for (unsigned int i = 0; i < n; i++) {
		const struct view_value *v = list[i].known;

		list[i].rank = v ? (unsigned int)(v - of->values) + (v->family < home ? of->n : 0) : 2 * of->n + i;
	}
}

static int by_rank(const void *x, const void *y)
{
	const struct section *a = x, *b = y;

	return (a->rank > b->rank) - (a->rank < b->rank);
}

/* Writes the heading of a section; the first value of the home family has no heading. */
static void put_heading(const struct sheet *s, const struct section *at, unsigned int home, FILE *f)
{
	const struct view_sections *of = &s->view->sections;
	bool is_home = at->known && at->known->family == home;
	const char *name = is_home && at->known->name ? at->known->name : at->value, *place = strstr(of->heading, "{}");

	if (is_home && (at->known == of->values || at->known[-1].family != home))
		return;
	if (place)
		fprintf(f, "%.*s%s%s\n", (int)(place - of->heading), of->heading, name, place + 2);
	else
		fprintf(f, "%s\n", of->heading);
}

static int put_sections(const struct sheet *s, FILE *f)
{
	const struct linx_aggregate_sorting as_made = { .size = sizeof(as_made) };
	struct section *list = calloc(SECTIONS_MAX + 1, sizeof(*list));
	int rows = list ? linx_aggregate_sort(s->a, &as_made) : -ENOMEM, rc = rows < 0 ? rows : 0;
	unsigned int n = 0, home, without = 0;

	for (int row = 0; row < rows; row++)
		without += !add_section(s, (uint32_t)row, list, &n);
	home = n && list[0].known ? list[0].known->family : 0;
	if (n)
		rank(&s->view->sections, list, n, home);
	if (n)
		qsort(list, n, sizeof(*list), by_rank);
	for (unsigned int i = 0; rc >= 0 && i < n; i++) {
		put_heading(s, &list[i], home, f);
		rc = put_table(s, &list[i].cell, f);
	}
	if (without)
		fprintf(f, "%u rows of further sections are not shown: --format json has them\n", without);
	free(list);
	return rc < 0 ? rc : rows;
}

/* ---- foot ----------------------------------------------------------------------------------- */

/*
 * Returns how many events lack the time that a column shows. If several columns show times, the largest number counts.
 */
static uint64_t most_untimed(const struct sheet *s)
{
	uint64_t most = 0;

	for (unsigned int i = 0; i < s->view->ncolumns; i++) {
		uint64_t n = s->view->columns[i].look.unit == VIEW_TIME ? linx_aggregate_get_missing(s->a, i) : 0;

		most = n > most ? n : most;
	}
	return most;
}

/* Writes the line below the table: "1234 events in 10.0 s, 12 rows of 40, none lost". */
static void put_foot(const struct sheet *s, unsigned int rows, FILE *f)
{
	struct linx_aggregate_info info;
	uint64_t span, untimed;

	linx_aggregate_get_info(s->a, &info);
	span = s->to_ns ? sheet_span_ns(s) : info.last_ns - info.first_ns;
	fprintf(f, "%" PRIu64 " event%s in %.3f s, ", info.events, info.events == 1 ? "" : "s", (double)span / 1e9);
	if (s->view->nkeys && s->top && rows > s->top)
		fprintf(f, "%u of %u rows, ", s->top, rows);
	else if (s->view->nkeys)
		fprintf(f, "%u row%s, ", rows, rows == 1 ? "" : "s");
	if (info.folded)
		fprintf(f, "%" PRIu64 " of rows beyond the limit, ", info.folded);
	untimed = most_untimed(s);
	if (untimed)
		fprintf(f, "%" PRIu64 " without a time, ", untimed);
	sheet_put_losses(&s->losses, s->colour ? RED : "", s->colour ? NORMAL : "", f);
	fputc('\n', f);
}

/*
 * Writes the command that shows more of the first row, by the row's first key. Writes nothing if the output is not a
 * terminal, or if the command would count other events.
 */
static void put_drill(const struct sheet *s, FILE *f)
{
	const struct view_def *v = s->view;
	char text[SHEET_CELL];
	struct linx_cell cell;

	if (!s->width || !s->drills || !v->drill || !v->nkeys || s->to_ns || linx_aggregate_get_key(s->a, 0, 0, &cell) || cell.type == LINX_CELL_NONE)
		return;
	sheet_cell_text(&v->keys[0].look, &cell, text);
	if (!*text || strpbrk(text, "\"'\\"))
		return;
	fprintf(f, cell.type == LINX_CELL_TEXT ? "more of a row: linxcap stat --view %s '%s = \"%s\"'\n" :
						 "more of a row: linxcap stat --view %s '%s = %s'\n", v->drill, v->keys[0].field, text);
}

/* Writes the time at which the interval of a table begins, if it is one of several. */
static void put_time(const struct sheet *s, FILE *f)
{
	time_t second = (time_t)(s->from_ns / 1000000000);
	char text[32];
	struct tm tm;

	if (!s->to_ns)
		return;
	if (!localtime_r(&second, &tm) || !strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &tm))
		text[0] = '\0';
	fprintf(f, "%s%s.%03u%s\n", s->colour ? BOLD : "", text, (unsigned int)(s->from_ns / 1000000 % 1000), s->colour ? NORMAL : "");
}

int sheet_print_text(const struct sheet *s, FILE *f)
{
	struct linx_aggregate_info info;
	int rows;

	put_time(s, f);
	if (sheet_histogram(s->view) >= 0)
		rows = sheet_print_histograms(s, f);
	else
		rows = s->view->sections.key ? put_sections(s, f) : put_table(s, NULL, f);
	if (rows < 0)
		return rows;
	linx_aggregate_get_info(s->a, &info);
	if (info.folded && s->view->folded)
		fprintf(f, "%*" PRIu64 " %s\n", s->view->items[0].look.width, info.folded, s->view->folded);
	if (s->view->foot) {
		put_foot(s, (unsigned int)rows, f);
		put_drill(s, f);
	}
	if (s->to_ns)
		fputc('\n', f);
	return 0;
}
