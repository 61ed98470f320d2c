// SPDX-License-Identifier: LGPL-2.1-or-later
/* Draws linxcap top: see top/top.h. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/array_size.h"
#include "top/text.h"
#include "top/top.h"

/* Narrowest column of texts, and blanks between columns. */
#define LEAST 8
#define GAP 2
#define SECOND_NS 1000000000u

/* ---- texts ------------------------------------------------------------------------------------ */

static void put_clock(uint64_t ns, bool millis, char text[32])
{
	time_t second = (time_t)(ns / SECOND_NS);
	struct tm tm;
	size_t n;

	text[0] = '\0';
	if (!localtime_r(&second, &tm))
		return;
	n = strftime(text, 32, "%H:%M:%S", &tm);
	if (millis)
		snprintf(text + n, 32 - n, ".%03u", (unsigned int)(ns / 1000000 % 1000));
}

/* Writes a number as people count: 1234567 as "1.2M". */
static const char *put_count(double n, char text[16])
{
	static const char prefixes[] = " kMGTP";
	unsigned int i = 0;

	for (; n >= 9999.5 && i + 2 < sizeof(prefixes); i++)
		n /= 1000;
	if (i)
		snprintf(text, 16, n < 99.95 ? "%.1f%c" : "%.0f%c", n, prefixes[i]);
	else
		snprintf(text, 16, "%.0f", n);
	return text;
}

/* ---- the lines above -------------------------------------------------------------------------- */

/* Puts a part of a line with a blank behind it, and moves *at. */
static void put_part(struct top *t, int row, int *at, int columns, unsigned int look, const char *text)
{
	*at += screen_put(t->screen, row, *at, columns - *at, false, look, text);
	*at += screen_put(t->screen, row, *at, columns - *at, false, LOOK_PLAIN, "  ");
}

static void put_losses(struct top *t, int row, int *at, int columns)
{
	const struct top_facts *f = &t->facts;
	char text[256], n[16], causes[160] = "";
	uint64_t lost = 0;

	for (unsigned int i = 0; i < LINX_LOST_MAX; i++) {
		lost += f->losses[i];
		if (f->losses[i] && linx_lost_name(i))
			snprintf(causes + strlen(causes), sizeof(causes) - strlen(causes), "%s%s %s", *causes ? ", " : "", put_count((double)f->losses[i], n), linx_lost_name(i));
	}
	if (lost)
		snprintf(text, sizeof(text), "%s LOST (%s)", put_count((double)lost, n), causes);
	put_part(t, row, at, columns, lost ? LOOK_LOSS : LOOK_PLAIN, lost ? text : "none lost");
	if (f->skipped) {
		snprintf(text, sizeof(text), "up to %s SKIPPED", put_count((double)f->skipped, n));
		put_part(t, row, at, columns, LOOK_LOSS, text);
	}
	if (f->cut_off)
		put_part(t, row, at, columns, LOOK_LOSS, f->live ? "CUT OFF" : "NO END: R reads on");
}

static void draw_title(struct top *t, int columns)
{
	const struct top_facts *f = &t->facts;
	char text[128], n[16];
	int at = 0;

	/* losses stand first, so that no width hides them */
	put_part(t, 0, &at, columns, LOOK_HEADER, "linxcap top");
	put_losses(t, 0, &at, columns);
	put_part(t, 0, &at, columns, LOOK_PLAIN, f->source ? f->source : "");
	snprintf(text, sizeof(text), "%s calls", put_count((double)f->seen, n));
	put_part(t, 0, &at, columns, LOOK_PLAIN, text);
	if (f->live) {
		snprintf(text, sizeof(text), "%s/s", put_count(f->rate, n));
		put_part(t, 0, &at, columns, LOOK_PLAIN, text);
	}
	if (t->paused)
		put_part(t, 0, &at, columns, LOOK_SELECTED, "PAUSED");
	if (t->interval_ns)
		put_part(t, 0, &at, columns, LOOK_PLAIN, "of 2 s");
	if (f->read >= 0) {
		snprintf(text, sizeof(text), "reading %.0f %%", f->read * 100);
		put_part(t, 0, &at, columns, LOOK_PLAIN, text);
	}
	if (*f->trouble)
		put_part(t, 0, &at, columns, LOOK_ERROR, f->trouble);
}

static const char *level_title(const struct top *t, const struct top_level *l)
{
	const struct view_def *v = &t->views[l->view];

	switch (l->shows) {
	case TOP_TABLE:
		return v->title ? v->title : v->name;
	case TOP_LIST:
		return "Events";
	case TOP_ECHO:
		return "Echo";
	case TOP_MAP:
		return "Heat map";
	default:
		return "Event";
	}
}

static void draw_path(struct top *t, int row, int columns)
{
	char text[64];
	int at = 0;

	for (unsigned int i = 0; i <= t->level; i++) {
		if (i) {
			at -= at > 0;
			at += screen_put(t->screen, row, at, columns - at, false, LOOK_DIM, "> ");
			at += screen_put(t->screen, row, at, columns - at, false, LOOK_PLAIN, t->levels[i].label);
			at += screen_put(t->screen, row, at, columns - at, false, LOOK_DIM, *t->levels[i].label ? ": " : "");
		}
		put_part(t, row, &at, columns, i == t->level ? LOOK_HEADER : LOOK_DIM, level_title(t, &t->levels[i]));
	}
	if (*t->filter) {
		at += screen_put(t->screen, row, at, columns - at, false, LOOK_DIM, "FILTER ");
		put_part(t, row, &at, columns, LOOK_PLAIN, t->filter);
	}
	if (*t->user) {
		at += screen_put(t->screen, row, at, columns - at, false, LOOK_DIM, "user ");
		put_part(t, row, &at, columns, LOOK_PLAIN, t->user);
	}
	if (t->facts.since_ns) {
		char clock[32];

		put_clock(t->facts.since_ns, false, clock);
		snprintf(text, sizeof(text), "before %s not kept", clock);
		put_part(t, row, &at, columns, LOOK_DIM, text);
	}
}

/* Draws the time of the file, with the part that is shown: 09:43:01 [----=====----] 09:45:10. */
static void draw_time(struct top *t, int row, int columns)
{
	const struct top_facts *f = &t->facts;
	bool utf8 = screen_utf8(t->screen);
	uint64_t span = f->last_ns - f->first_ns + 1;
	char begin[32], end[32], part[96] = "", bar[1200] = "";
	int at = 0, width;
	size_t n = 0;

	put_clock(f->first_ns, true, begin);
	put_clock(f->last_ns, true, end);
	if (t->to_ns) {
		char from[32], to[32];

		put_clock(t->from_ns, true, from);
		put_clock(t->to_ns, true, to);
		snprintf(part, sizeof(part), "  shown: %s to %s", from, to);
	}
	width = columns - (int)(strlen(begin) + strlen(end) + strlen(part)) - 4;
	if (width < 8) {
		width = columns - (int)(strlen(begin) + strlen(end)) - 4;
		part[0] = '\0';
	}
	if (width < 4)
		return;
	for (int i = 0; i < width && n + 4 < sizeof(bar); i++) {
		uint64_t from = f->first_ns + (uint64_t)((double)span * i / width), to = f->first_ns + (uint64_t)((double)span * (i + 1) / width);
		bool inside = !t->to_ns || (from < t->to_ns && to > t->from_ns);

		n += (size_t)sprintf(bar + n, "%s", utf8 ? inside ? "\xe2\x96\x88" : "\xe2\x94\x80" : inside ? "=" : "-");
	}
	at += screen_put(t->screen, row, at, columns - at, false, LOOK_PLAIN, begin);
	at += screen_put(t->screen, row, at, columns - at, false, LOOK_PLAIN, " [");
	at += screen_put(t->screen, row, at, columns - at, false, LOOK_DIM, bar);
	at += screen_put(t->screen, row, at, columns - at, false, LOOK_PLAIN, "] ");
	at += screen_put(t->screen, row, at, columns - at, false, LOOK_PLAIN, end);
	screen_put(t->screen, row, at, columns - at, false, LOOK_DIM, part);
}

/* ---- the table -------------------------------------------------------------------------------- */

/* What each column of the table has on this screen. */
struct grid {
	int widths[VIEW_ITEMS_MAX]; /* 0: the column is not on the screen */
	bool texts[VIEW_ITEMS_MAX];
	unsigned int stem; /* column of texts in which the tree is drawn; nitems: none */
};

/* Gets a cell's text with secrets blanked. */
static void cell_text(struct top *t, const struct top_row *row, unsigned int item, char text[SHEET_CELL])
{
	size_t len = top_table_text(&top_now(t)->table, row, item, text);
	const char *blanked;

	if (!t->redact || !len)
		return;
	blanked = redact_apply(t->redact, LINX_FORM_PLAIN, text, &len);
	snprintf(text, SHEET_CELL, "%.*s", blanked ? (int)len : 1, blanked ? blanked : "?");
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
		/* a mark of the order stands behind the name of a column */
		n = top_text_width(v->items[i].look.head ? v->items[i].look.head : "", utf8) + (i == table->item);
		table->widths[i] = n > table->widths[i] ? n : table->widths[i];
		for (unsigned int row = table->first; row < table->n && row < table->first + t->height; row++) {
			cell_text(t, &table->rows[row], i, text);
			n = top_text_width(text, utf8);
			if (g->texts[i] && table->tree)
				n += 3 * table->rows[row].depth;
			table->widths[i] = n > table->widths[i] ? n : table->widths[i];
		}
		g->widths[i] = i < top_now(t)->left ? 0 : table->widths[i];
		if (g->texts[i] && table->tree)
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

/* True if a column goes before others when there is no room: neither keys nor what rows are sorted by. */
static bool can_go(const struct top_table *table, unsigned int i)
{
	return !table->view->items[i].is_key && i != table->item;
}

/* Makes columns of texts narrower, then leaves out columns of numbers, until all fit. */
static void fit(struct top *t, struct grid *g, int columns)
{
	const struct top_table *table = &top_now(t)->table;
	unsigned int n = table->view->nitems;
	int widest;

	while (sum_of(g, n) > columns) {
		widest = -1;
		for (unsigned int i = 0; i < n; i++)
			if (g->texts[i] && g->widths[i] > LEAST && (widest < 0 || g->widths[i] >= g->widths[widest]))
				widest = (int)i;
		if (widest < 0)
			break;
		g->widths[widest]--;
	}
	for (unsigned int i = n; i-- > 0 && sum_of(g, n) > columns;)
		if (can_go(table, i))
			g->widths[i] = 0;
	for (unsigned int i = n; i-- > 1 && sum_of(g, n) > columns;)
		if (i != table->item)
			g->widths[i] = 0;
}

/* The last column of texts takes the rest of the line. */
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
		if (n > width && width > 3) {
			n = screen_put(t->screen, line, from, width - 3, false, look, text);
			screen_put(t->screen, line, from + n, 3, false, look, "...");
		} else {
			screen_put(t->screen, line, from + (g->texts[k] || n > width ? 0 : width - n), width, false, look, text);
		}
		at += g->widths[k] + GAP;
	}
}

/* Draws the line below the table: how many rows there are, and which values were folded. */
static void draw_sums(struct top *t, int row, int columns)
{
	const struct top_table *table = &top_now(t)->table;
	struct linx_aggregate_info info = { 0 };
	char text[160], n[16];
	int at = 0;

	if (t->shown)
		linx_aggregate_get_info(t->shown, &info);
	snprintf(text, sizeof(text), "%u of %u rows", table->n ? table->selected + 1 : 0, table->n);
	put_part(t, row, &at, columns, LOOK_DIM, text);
	snprintf(text, sizeof(text), "%s %s", put_count((double)info.events, n), top_view(t)->events == VIEW_HTTP ? "requests" : "calls");
	put_part(t, row, &at, columns, LOOK_DIM, text);
	if (table->ntags) {
		snprintf(text, sizeof(text), "%u tagged", table->ntags);
		put_part(t, row, &at, columns, LOOK_TAGGED, text);
	}
	if (info.folded) {
		snprintf(text, sizeof(text), "%s in rows beyond the limit", put_count((double)info.folded, n));
		put_part(t, row, &at, columns, LOOK_LOSS, text);
	}
}

static void draw_table(struct top *t, int row, int columns)
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
	for (unsigned int i = 0; i < t->height && table->first + i < table->n; i++)
		draw_row(t, &g, table->first + i, row + 1 + (int)i, columns);
}

/* ---- lists ------------------------------------------------------------------------------------ */

/* Returns the text behind so many columns. */
static const char *shifted(const char *text, unsigned int by)
{
	for (; by && *text; by--)
		do
			text++;
		while (((unsigned char)*text & 0xc0) == 0x80);
	return text;
}

static void draw_list(struct top *t, int row, int columns)
{
	const struct top_line *line;
	unsigned int look;

	t->body_row = row;
	top_list_scroll(&t->list, t->height);
	for (unsigned int i = 0; i < t->height; i++) {
		line = top_list_get(&t->list, t->list.first + i);
		if (!line)
			break;
		look = t->list.first + i == t->list.selected ? LOOK_SELECTED : line->failed ? LOOK_FAILED : LOOK_PLAIN;
		if (look == LOOK_PLAIN && t->levels[t->level].shows == TOP_ECHO && !strncmp(line->text, "------ ", 7))
			look = LOOK_DIM;
		screen_put(t->screen, row + (int)i, 0, columns, look == LOOK_SELECTED, look, shifted(line->text, top_now(t)->left));
	}
}

static void draw_list_sums(struct top *t, int row, int columns)
{
	const struct top_list *l = &t->list;
	char text[160], n[16], all[16];
	int at = 0;

	snprintf(text, sizeof(text), "%u of %u lines", l->n ? l->selected + 1 : 0, l->n);
	put_part(t, row, &at, columns, LOOK_DIM, text);
	if (l->all > l->n) {
		snprintf(text, sizeof(text), l->newest ? "the newest %s of %s" : "the first %s of %s: choose a part in time with + and ]",
			 put_count(l->n, n), put_count((double)l->all, all));
		put_part(t, row, &at, columns, LOOK_LOSS, text);
	}
	if (l->follow)
		put_part(t, row, &at, columns, LOOK_DIM, "follows");
}

static void draw_event(struct top *t, int row, int columns)
{
	t->body_row = row;
	if (!t->nwhole && t->facts.read < 0)
		screen_put(t->screen, row, 0, columns, false, LOOK_ERROR, "this event is not kept any more");
	for (unsigned int i = 0; i < t->height && t->whole_first + i < t->nwhole; i++)
		screen_put(t->screen, row + (int)i, 0, columns, false, LOOK_PLAIN, shifted(t->whole[t->whole_first + i], top_now(t)->left));
}

/* ---- the heat map ----------------------------------------------------------------------------- */

#define AXIS 8

static void put_axis(unsigned int power, char text[AXIS + 1])
{
	const struct view_look look = { .unit = VIEW_TIME, .digits = -1 };
	const struct linx_cell cell = { .type = LINX_CELL_NUMBER, .num = (int64_t)1 << power };
	char number[SHEET_CELL];

	sheet_cell_text(&look, &cell, number);
	snprintf(text, AXIS + 1, "%7.7s ", number);
}

static void draw_cell(struct top *t, int row, int column, uint64_t count, uint64_t most)
{
	static const char plain[] = " .:-=+*oO#%@";
	unsigned int shades = screen_shades(t->screen), shade = heat_shade(count, most, shades ? shades + 1 : sizeof(plain) - 1);
	char text[2] = { shades ? ' ' : plain[shade], '\0' };

	if (shade)
		screen_put(t->screen, row, column, 1, true, shades ? LOOK_HEAT + shade - 1 : LOOK_PLAIN, text);
}

static void draw_map(struct top *t, int row, int columns)
{
	unsigned int width = columns > AXIS ? (unsigned int)(columns - AXIS) : 1, low, high, used, lines = t->height > 1 ? t->height - 1 : 1;
	uint64_t most = heat_range(&t->heat, width, &low, &high), counts[HEAT_ROWS], each, to;
	char axis[AXIS + 1], begin[32], end[32];

	if (!most) {
		screen_put(t->screen, row, 0, columns, false, LOOK_DIM, t->heat.untimed ? "no call has a duration: record with -T" : "no calls yet");
		return;
	}
	/* the slowest calls matter most: fast ones go if there are too few lines */
	if (high - low + 1 > lines)
		low = high - lines + 1;
	for (unsigned int i = 0; i <= high - low; i++) {
		put_axis(high - i, axis);
		screen_put(t->screen, row + (int)i, 0, AXIS, false, LOOK_DIM, axis);
	}
	used = heat_column(&t->heat, width, 0, counts);
	for (unsigned int c = 0; c < used; c++) {
		heat_column(&t->heat, width, c, counts);
		for (unsigned int i = 0; i <= high - low; i++)
			draw_cell(t, row + (int)i, AXIS + (int)c, counts[high - i], most);
	}
	each = (t->heat.steps + width - 1) / width;
	to = t->heat.from_ns + used * each * t->heat.step_ns;
	put_clock(t->heat.from_ns, true, begin);
	put_clock(to, true, end);
	row += (int)(high - low) + 1;
	screen_put(t->screen, row, AXIS, columns - AXIS, false, LOOK_DIM, begin);
	if ((int)used > 28)
		screen_put(t->screen, row, AXIS + (int)used - (int)strlen(end), columns, false, LOOK_DIM, end);
}

static void draw_map_sums(struct top *t, int row, int columns)
{
	char text[160], n[16];
	int at = 0;

	snprintf(text, sizeof(text), "durations over time; darkest to brightest by the number of calls, a column is %.1f s",
		 (double)t->heat.step_ns * (double)((t->heat.steps + (unsigned int)columns) / (unsigned int)(columns > AXIS ? columns - AXIS : 1)) / 1e9);
	if (t->heat.untimed) {
		snprintf(text, sizeof(text), "%s calls have no duration", put_count((double)t->heat.untimed, n));
		put_part(t, row, &at, columns, LOOK_LOSS, text);
		return;
	}
	put_part(t, row, &at, columns, LOOK_DIM, text);
}

/* ---- what stands in front --------------------------------------------------------------------- */

static void put_choice(struct top *t, int row, int columns, unsigned int i, const char *letter, const char *name, const char *text)
{
	char line[256];

	snprintf(line, sizeof(line), " %s  %-14s %s", letter ? letter : " ", name, text ? text : "");
	screen_put(t->screen, row, 0, columns, true, i == t->choice ? LOOK_SELECTED : LOOK_PLAIN, line);
}

static void draw_choice(struct top *t, int row, int columns, unsigned int i)
{
	const struct view_def *v = top_view(t);

	if (t->asks == TOP_ASKS_VIEW)
		put_choice(t, row, columns, i, t->views[i].key, t->views[i].title ? t->views[i].title : t->views[i].name, t->views[i].text);
	else if (t->asks == TOP_ASKS_SORT)
		put_choice(t, row, columns, i, NULL, v->items[i].look.head ? v->items[i].look.head : "", v->items[i].look.name);
	else
		put_choice(t, row, columns, i, v->actions[i].key, v->actions[i].text, NULL);
}

static void draw_choices(struct top *t, int row, int columns, unsigned int n)
{
	if (t->choice < t->choice_first)
		t->choice_first = t->choice;
	if (t->height && t->choice - t->choice_first >= t->height)
		t->choice_first = t->choice - t->height + 1;
	for (unsigned int i = t->choice_first; i < n && i - t->choice_first < t->height; i++)
		draw_choice(t, row + (int)(i - t->choice_first), columns, i);
}

/* Draws the help: a line for each action, with all of its keys. */
static void draw_help(struct top *t, int row, int columns)
{
	const struct top_key *k, *other;
	unsigned int line = 0;
	char text[200];
	int n;

	for (unsigned int i = 0; (k = top_key_get(i)); i++) {
		if (!*k->text || line++ < t->choice_first || line - t->choice_first > t->height)
			continue;
		n = snprintf(text, sizeof(text), " %s", k->name);
		for (unsigned int j = 0; (other = top_key_get(j)); j++)
			if (other != k && other->action == k->action)
				n += snprintf(text + n, sizeof(text) - (size_t)n, " %s", other->name);
		snprintf(text + n, sizeof(text) - (size_t)n, "%*s%s", n < 18 ? 18 - n : 1, "", k->text);
		screen_put(t->screen, row + (int)(line - t->choice_first) - 1, 0, columns, false, LOOK_PLAIN, text);
	}
}

/* ---- the last line ---------------------------------------------------------------------------- */

static void draw_bar(struct top *t, int row, int columns)
{
	const struct top_key *k;
	unsigned int n = 0;
	int at = 0;

	for (unsigned int i = 0; (k = top_key_get(i)); i++) {
		if (!*k->label)
			continue;
		if (n < ARRAY_SIZE(t->bar_at))
			t->bar_at[n++] = at < columns ? at : -1;
		at += screen_put(t->screen, row, at, columns - at, false, LOOK_KEY, k->name);
		at += screen_put(t->screen, row, at, columns - at, false, LOOK_LABEL, k->label);
		at += screen_put(t->screen, row, at, columns - at, false, LOOK_PLAIN, " ");
	}
}

/* Draws the line that is edited, shifted so that the cursor is on the screen. */
static void draw_edit(struct top *t, int row, int columns, const char *name)
{
	bool utf8 = screen_utf8(t->screen);
	char before[TOP_EDIT_MAX];
	int at, cursor, by;

	at = screen_put(t->screen, row, 0, columns, false, LOOK_LABEL, name);
	at += screen_put(t->screen, row, at, columns - at, false, LOOK_PLAIN, " ");
	snprintf(before, sizeof(before), "%.*s", (int)t->edit.at, t->edit.text);
	cursor = top_text_width(before, utf8);
	by = cursor >= columns - at ? cursor - (columns - at) + 1 : 0;
	screen_put(t->screen, row, at, columns - at, false, LOOK_PLAIN, shifted(t->edit.text, (unsigned int)by));
	screen_cursor(t->screen, row, at + cursor - by);
}

static void draw_sure(struct top *t, int row, int columns)
{
	char text[600] = "run:";

	for (unsigned int i = 0; i < t->nrun; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), " %s", t->run[i]);
	snprintf(text + strlen(text), sizeof(text) - strlen(text), " ? y: yes");
	screen_put(t->screen, row, 0, columns, false, LOOK_SELECTED, text);
}

/* Draws the last line, and above it the message while a line is edited. */
static void draw_bottom(struct top *t, int row, int columns)
{
	switch (t->asks) {
	case TOP_ASKS_SEARCH:
		draw_edit(t, row, columns, "Search:");
		break;
	case TOP_ASKS_FILTER:
		draw_edit(t, row, columns, "FILTER:");
		break;
	case TOP_ASKS_USER:
		draw_edit(t, row, columns, "User:");
		break;
	case TOP_ASKS_SURE:
		draw_sure(t, row, columns);
		return;
	default:
		if (*t->message)
			screen_put(t->screen, row, 0, columns, false, t->failed ? LOOK_ERROR : LOOK_HEADER, t->message);
		else
			draw_bar(t, row, columns);
		return;
	}
	if (*t->message && row > 0)
		screen_put(t->screen, row - 1, 0, columns, true, t->failed ? LOOK_ERROR : LOOK_HEADER, t->message);
}

/* ---- the whole -------------------------------------------------------------------------------- */

static void draw_level(struct top *t, int row, int columns)
{
	switch (top_now(t)->shows) {
	case TOP_TABLE:
		draw_table(t, row, columns);
		break;
	case TOP_MAP:
		draw_map(t, row, columns);
		break;
	case TOP_EVENT:
		draw_event(t, row, columns);
		break;
	default:
		draw_list(t, row, columns);
	}
}

static void draw_level_sums(struct top *t, int row, int columns)
{
	switch (top_now(t)->shows) {
	case TOP_TABLE:
		draw_sums(t, row, columns);
		break;
	case TOP_MAP:
		draw_map_sums(t, row, columns);
		break;
	case TOP_EVENT:
		break;
	default:
		draw_list_sums(t, row, columns);
	}
}

void top_draw(struct top *t)
{
	const struct top_facts *f = &t->facts;
	int rows, columns, row = 0;

	screen_size(t->screen, &rows, &columns);
	screen_clear(t->screen);
	t->heads_row = t->body_row = -1;
	draw_title(t, columns);
	row++;
	if (rows > 5)
		draw_path(t, row++, columns);
	if (rows > 8 && f->again && f->last_ns)
		draw_time(t, row++, columns);
	/* one line at the bottom, and one for the sums if there is room */
	t->height = rows > row + 1 ? (unsigned int)(rows - row - 1) : 0;
	if (rows > 7 && t->height > 1) {
		t->height--;
		draw_level_sums(t, rows - 2, columns);
	}
	if (t->asks == TOP_ASKS_HELP)
		draw_help(t, row, columns);
	else if (t->asks == TOP_ASKS_VIEW)
		draw_choices(t, row, columns, t->nviews);
	else if (t->asks == TOP_ASKS_SORT)
		draw_choices(t, row, columns, top_view(t)->nitems);
	else if (t->asks == TOP_ASKS_ACTION)
		draw_choices(t, row, columns, top_view(t)->nactions);
	else if (t->height)
		draw_level(t, row, columns);
	if (rows > 1)
		draw_bottom(t, rows - 1, columns);
	screen_show(t->screen);
}
