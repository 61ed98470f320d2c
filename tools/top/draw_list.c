// SPDX-License-Identifier: LGPL-2.1-or-later
/* Draws lists of events, one event, and the heat map of linxcap top. See top/draw.h. */
#include <stdio.h>
#include <string.h>

#include "top/draw.h"
#include "top/text.h"

/* Blanks before the further lines of a wrapped text, besides its own, on screens with more columns than WRAP_LEAST. */
#define WRAP 4
#define WRAP_LEAST 40

/* ---- lists ------------------------------------------------------------------------------------ */

/* Returns why a list has no lines. */
static const char *nothing(const struct top *t)
{
	switch (t->levels[t->level].shows) {
	case TOP_ALERTS:
		return t->rules ? "no alerts" : "no rules: begin with linxcap top --rules FILE";
	case TOP_ECHO:
		return "no data: of these calls, none moved data that was recorded";
	default:
		return "no events";
	}
}

void top_draw_list(struct top *t, int row, int columns)
{
	const struct top_line *line;
	unsigned int look;

	t->body_row = row;
	top_list_scroll(&t->list, t->height);
	for (unsigned int i = 0; i < t->height; i++) {
		line = top_list_get(&t->list, t->list.first + i);
		if (!line && !i && t->facts.read < 0)
			screen_put(t->screen, row, 0, columns, false, LOOK_DIM, nothing(t));
		if (!line)
			break;
		look = t->list.first + i == t->list.selected ? LOOK_SELECTED : line->failed ? LOOK_FAILED : LOOK_PLAIN;
		if (look == LOOK_PLAIN && line->head)
			look = LOOK_DIM;
		screen_put(t->screen, row + (int)i, 0, columns, look == LOOK_SELECTED, look, top_shifted(line->text, top_now(t)->left));
	}
}

void top_draw_list_sums(struct top *t, int row, int columns)
{
	const struct top_list *l = &t->list;
	char text[160], n[16], all[16];
	int at = 0;

	snprintf(text, sizeof(text), "%u of %u lines", l->n ? l->selected + 1 : 0, l->n);
	top_put_whole(t, row, &at, columns, LOOK_DIM, text);
	if (l->all > l->n) {
		snprintf(text, sizeof(text), l->newest ? "the newest %s of %s" : "the first %s of %s: choose a part in time with + and ]",
			 top_put_count(l->n, n), top_put_count((double)l->all, all));
		top_put_part(t, row, &at, columns, LOOK_LOSS, text);
	}
	if (l->follow)
		top_put_part(t, row, &at, columns, LOOK_DIM, "follows");
}

/*
 * Draws a text on as many lines of the screen as it needs, as far as they are visible. line: the number of its first
 * line, counted from the event's first line. Returns the number of the next text's first line.
 */
static unsigned int draw_wrapped(struct top *t, int row, int columns, const char *text, unsigned int line)
{
	bool utf8 = screen_utf8(t->screen), visible;
	int indent = columns > WRAP_LEAST ? (int)strspn(text, " ") + WRAP : 0, at = 0;
	size_t n;

	indent = indent > columns / 2 ? columns / 2 : indent;
	do {
		visible = line >= t->whole_first && line - t->whole_first < t->height;
		if (visible)
			screen_put(t->screen, row + (int)(line - t->whole_first), at, columns - at, false, LOOK_PLAIN, text);
		n = top_text_fit(text, columns - at, utf8);
		text += n;
		at = indent;
		line++;
	} while (n && *text);
	return line;
}

void top_draw_event(struct top *t, int row, int columns)
{
	unsigned int line = 0, last;

	t->body_row = row;
	if (!t->nwhole && t->facts.read < 0)
		screen_put(t->screen, row, 0, columns, false, LOOK_ERROR, "this event is not kept any more");
	for (unsigned int i = 0; i < t->nwhole; i++)
		line = draw_wrapped(t, row, columns, t->whole[i], line);
	t->whole_lines = line;
	last = line > t->height ? line - t->height : 0;
	if (t->whole_first <= last)
		return;
	/* the event has fewer lines than before, since the screen has become wider: the last page is shown */
	t->whole_first = last;
	t->draw_due = 0;
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

void top_draw_map(struct top *t, int row, int columns)
{
	unsigned int width = columns > AXIS ? (unsigned int)(columns - AXIS) : 1, low, high, used, lines = t->height > 1 ? t->height - 1 : 1;
	uint64_t most = heat_range(&t->heat, width, &low, &high), counts[HEAT_ROWS], each, to;
	char axis[AXIS + 1], begin[32], end[32];

	if (!most) {
		screen_put(t->screen, row, 0, columns, false, LOOK_DIM, t->heat.untimed ? "no call has a duration: record with -T" : "no calls yet");
		return;
	}
	/* the fastest calls are left out if there are too few lines, since the slowest matter most */
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
	top_put_clock(t->heat.from_ns, true, begin);
	top_put_clock(to, true, end);
	row += (int)(high - low) + 1;
	screen_put(t->screen, row, AXIS, columns - AXIS, false, LOOK_DIM, begin);
	if ((int)used > 28)
		screen_put(t->screen, row, AXIS + (int)used - (int)strlen(end), columns, false, LOOK_DIM, end);
}

void top_draw_map_sums(struct top *t, int row, int columns)
{
	const struct view_look look = { .unit = VIEW_TIME, .digits = -1 };
	unsigned int width = columns > AXIS ? (unsigned int)(columns - AXIS) : 1, each = (t->heat.steps + width - 1) / width;
	const struct linx_cell cell = { .type = LINX_CELL_NUMBER, .num = (int64_t)(t->heat.step_ns * each) };
	char text[160], n[16], step[SHEET_CELL];
	int at = 0;

	sheet_cell_text(&look, &cell, step);
	snprintf(text, sizeof(text), "a column: %.20s  %s: more calls", step, screen_shades(t->screen) ? "brighter" : "denser");
	if (t->heat.untimed) {
		snprintf(text, sizeof(text), "%s calls have no duration", top_put_count((double)t->heat.untimed, n));
		top_put_part(t, row, &at, columns, LOOK_LOSS, text);
		return;
	}
	top_put_part(t, row, &at, columns, LOOK_DIM, text);
}
