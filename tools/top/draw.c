// SPDX-License-Identifier: LGPL-2.1-or-later
/* Draws linxcap top: see top/top.h. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/array_size.h"
#include "top/draw.h"
#include "top/text.h"

#define SECOND_NS 1000000000u
/* On screens with fewer columns, the words "linxcap top" and the line with the file's time are left out. */
#define NARROW 40

/* ---- texts ------------------------------------------------------------------------------------ */

void top_put_clock(uint64_t ns, bool millis, char text[32])
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
const char *top_put_count(double n, char text[16])
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

/* Puts a part of a line with two blanks behind it, and moves *at behind them. */
void top_put_part(struct top *t, int row, int *at, int columns, unsigned int look, const char *text)
{
	*at += screen_put(t->screen, row, *at, columns - *at, false, look, text);
	*at += screen_put(t->screen, row, *at, columns - *at, false, LOOK_PLAIN, "  ");
}

/* Puts a part with a number, if there is room for all of it: the first digits alone would be another number. */
void top_put_whole(struct top *t, int row, int *at, int columns, unsigned int look, const char *text)
{
	if (top_text_width(text, screen_utf8(t->screen)) <= columns - *at)
		top_put_part(t, row, at, columns, look, text);
}

/* Returns the text without its first "by" characters. */
const char *top_shifted(const char *text, unsigned int by)
{
	for (; by && *text; by--)
		do
			text++;
		while (((unsigned char)*text & 0xc0) == 0x80);
	return text;
}

/* ---- the lines above -------------------------------------------------------------------------- */

static void put_losses(struct top *t, int row, int *at, int columns)
{
	const struct sheet_losses *l = &t->facts.losses;
	char text[256], n[16], causes[160] = "";
	uint64_t lost = sheet_lost(l);

	for (unsigned int i = 0; i < LINX_LOST_NR; i++)
		if (l->lost[i])
			snprintf(causes + strlen(causes), sizeof(causes) - strlen(causes), "%s%s %s", *causes ? ", " : "", top_put_count((double)l->lost[i], n), linx_lost_name(i));
	if (lost)
		snprintf(text, sizeof(text), columns < NARROW ? "%s LOST" : "%s LOST (%s)", top_put_count((double)lost, n), causes);
	top_put_part(t, row, at, columns, lost ? LOOK_LOSS : LOOK_PLAIN, lost ? text : "none lost");
	if (l->skipped) {
		snprintf(text, sizeof(text), "up to %s SKIPPED", top_put_count((double)l->skipped, n));
		top_put_part(t, row, at, columns, LOOK_LOSS, text);
	}
	if (l->cut_off)
		top_put_part(t, row, at, columns, LOOK_LOSS, t->facts.live ? "CUT OFF" : "NO END: R reads on");
	if (l->doubtful)
		top_put_part(t, row, at, columns, LOOK_LOSS, "NOT COMPLETE");
}

static void draw_title(struct top *t, int columns)
{
	const struct top_facts *f = &t->facts;
	char text[128], n[16];
	int at = 0;

	/* losses stand first, so that no width hides them */
	if (columns >= NARROW)
		top_put_part(t, 0, &at, columns, LOOK_HEADER, "linxcap top");
	put_losses(t, 0, &at, columns);
	top_put_part(t, 0, &at, columns, LOOK_PLAIN, f->source ? f->source : "");
	snprintf(text, sizeof(text), "%s calls", top_put_count((double)f->seen, n));
	top_put_whole(t, 0, &at, columns, LOOK_PLAIN, text);
	if (f->live) {
		snprintf(text, sizeof(text), "%s/s", top_put_count(f->rate, n));
		top_put_whole(t, 0, &at, columns, LOOK_PLAIN, text);
	}
	if (t->paused)
		top_put_part(t, 0, &at, columns, LOOK_SELECTED, "PAUSED");
	if (t->interval_ns)
		top_put_part(t, 0, &at, columns, LOOK_PLAIN, "of 2 s");
	if (f->read >= 0) {
		snprintf(text, sizeof(text), "reading %.0f %%", f->read * 100);
		top_put_whole(t, 0, &at, columns, LOOK_PLAIN, text);
	}
	if (*f->trouble)
		top_put_part(t, 0, &at, columns, LOOK_ERROR, f->trouble);
}

static const char *level_title(const struct top *t, const struct top_level *l)
{
	const struct view_def *v = &t->views[l->view];

	switch (l->shows) {
	case TOP_TABLE:
	case TOP_ALERTS:
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

/* Returns the first level whose name fits into the line together with those of all later levels. */
static unsigned int first_level(const struct top *t, int columns)
{
	bool utf8 = screen_utf8(t->screen);
	unsigned int i = t->level + 1;

	for (int width = 0; i > 0 && (width <= columns || i > t->level); i--) {
		const struct top_level *l = &t->levels[i - 1];

		width += top_text_width(level_title(t, l), utf8) + top_text_width(l->label, utf8) + (i > 1 ? 5 : 2);
		if (width > columns && i <= t->level)
			break;
	}
	return i;
}

static void draw_path(struct top *t, int row, int columns)
{
	unsigned int from = first_level(t, columns);
	char text[64];
	int at = 0;

	for (unsigned int i = from; i <= t->level; i++) {
		if (i) {
			at -= at > 0;
			at += screen_put(t->screen, row, at, columns - at, false, LOOK_DIM, "> ");
			at += screen_put(t->screen, row, at, columns - at, false, LOOK_PLAIN, t->levels[i].label);
			at += screen_put(t->screen, row, at, columns - at, false, LOOK_DIM, *t->levels[i].label ? ": " : "");
		}
		top_put_part(t, row, &at, columns, i == t->level ? LOOK_HEADER : LOOK_DIM, level_title(t, &t->levels[i]));
	}
	if (*t->filter) {
		at += screen_put(t->screen, row, at, columns - at, false, LOOK_DIM, "FILTER ");
		top_put_part(t, row, &at, columns, LOOK_PLAIN, t->filter);
	}
	if (*t->user) {
		at += screen_put(t->screen, row, at, columns - at, false, LOOK_DIM, "user ");
		top_put_part(t, row, &at, columns, LOOK_PLAIN, t->user);
	}
	if (t->facts.since_ns) {
		char clock[32];

		top_put_clock(t->facts.since_ns, false, clock);
		snprintf(text, sizeof(text), "before %s not kept", clock);
		top_put_part(t, row, &at, columns, LOOK_DIM, text);
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

	top_put_clock(f->first_ns, true, begin);
	top_put_clock(f->last_ns, true, end);
	if (t->to_ns) {
		char from[32], to[32];

		top_put_clock(t->from_ns, true, from);
		top_put_clock(t->to_ns, true, to);
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

/* ---- help, lists and edited lines in front of a level -------------------------------------------- */

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
	t->body_row = row;
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

	for (unsigned int i = 0; (k = top_key_get(i)); i++)
		line += *k->text != '\0';
	if (t->choice_first + t->height > line)
		t->choice_first = line > t->height ? line - t->height : 0;
	line = 0;
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
		/* a label that does not fit is left out */
		if (at + (int)(strlen(k->name) + strlen(k->label)) > columns)
			at = columns;
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
	screen_put(t->screen, row, at, columns - at, false, LOOK_PLAIN, top_shifted(t->edit.text, (unsigned int)by));
	screen_cursor(t->screen, row, at + cursor - by);
}

/* Appends a word of a command, in quotes unless it is plain. */
static void put_word(char *to, size_t size, const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-+_./:=@%,";
	size_t at = strlen(to);

	if (*word && !word[strspn(word, plain)]) {
		snprintf(to + at, size - at, " %s", word);
		return;
	}
	at += (size_t)snprintf(to + at, size - at, " '");
	for (; *word; word++)
		at += (size_t)snprintf(to + at, size - at, *word == '\'' ? "'\\''" : "%c", *word);
	snprintf(to + at, size - at, "'");
}

/* Draws the command to be run, from line "row" on. Returns how many lines it needs. row -1: draws nothing. */
static int put_sure(struct top *t, int row, int columns)
{
	char text[sizeof(t->run) * 4 + sizeof(t->run_name) + 64] = "run:";
	bool utf8 = screen_utf8(t->screen);
	const char *at = text;
	int lines = 0;

	for (unsigned int i = 0; i < t->nrun; i++)
		put_word(text, sizeof(text), t->run[i]);
	snprintf(text + strlen(text), sizeof(text) - strlen(text), *t->run_name ? " (%s) ? y: yes" : " ? y: yes", t->run_name);
	top_blank(t, text, sizeof(text));
	for (size_t n; *at; at += n, lines++) {
		n = top_text_fit(at, columns, utf8);
		if (!n)
			return INT32_MAX; /* a character is wider than the screen */
		if (row >= 0)
			screen_put(t->screen, row + lines, 0, columns, true, LOOK_SELECTED, at);
	}
	return lines;
}

bool top_sure_fits(struct top *t)
{
	int rows, columns;

	screen_size(t->screen, &rows, &columns);
	return put_sure(t, -1, columns) < rows;
}

static void draw_sure(struct top *t, int row, int columns)
{
	if (top_sure_fits(t))
		put_sure(t, row + 1 - put_sure(t, -1, columns), columns);
	else
		screen_put(t->screen, row, 0, columns, true, LOOK_ERROR, "the screen is too small for the command: it is not run");
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
		top_draw_table(t, row, columns);
		break;
	case TOP_MAP:
		top_draw_map(t, row, columns);
		break;
	case TOP_EVENT:
		top_draw_event(t, row, columns);
		break;
	default:
		top_draw_list(t, row, columns);
	}
}

static void draw_level_sums(struct top *t, int row, int columns)
{
	switch (top_now(t)->shows) {
	case TOP_TABLE:
		top_draw_table_sums(t, row, columns);
		break;
	case TOP_MAP:
		top_draw_map_sums(t, row, columns);
		break;
	case TOP_EVENT:
		break;
	default:
		top_draw_list_sums(t, row, columns);
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
	if (rows > 8 && columns >= NARROW && f->again && f->last_ns)
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
