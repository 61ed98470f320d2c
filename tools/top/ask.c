// SPDX-License-Identifier: LGPL-2.1-or-later
/* Questions of linxcap top to the user: edited lines, lists of choices, and commands for a row. See top/act.h. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "top/act.h"

/* ---- what is asked ---------------------------------------------------------------------------- */

void top_ask(struct top *t, enum top_asks asks, const char *text)
{
	t->asks = asks;
	t->choice = t->choice_first = 0;
	t->message[0] = '\0';
	top_edit_set(&t->edit, text);
}

/* True if the edited FILTER is empty or valid. Otherwise its error is shown. */
static bool check_filter(struct top *t)
{
	struct linx_condition *c = NULL;
	struct linx_error error;

	if (!t->edit.len)
		return true;
	if (!linx_condition_new(t->edit.text, &c, &error)) {
		linx_condition_free(c);
		return true;
	}
	top_say(t, true, "%s", error.text);
	return false;
}

/* Uses the edited text and ends the question. An invalid FILTER is not used: the user goes on editing. */
static void end_edit(struct top *t)
{
	enum top_asks asks = t->asks;

	if (asks == TOP_ASKS_FILTER && !check_filter(t))
		return;
	t->asks = TOP_ASKS_NOTHING;
	if (asks == TOP_ASKS_SEARCH) {
		snprintf(t->search, sizeof(t->search), "%.*s", (int)sizeof(t->search) - 1, t->edit.text);
		top_search(t, false);
		return;
	}
	snprintf(asks == TOP_ASKS_FILTER ? t->filter : t->user, TOP_EDIT_MAX, "%s", t->edit.text);
	t->wants = true;
}

static void complete(struct top *t)
{
	char names[400];
	unsigned int n = top_edit_complete(&t->edit, names, sizeof(names));

	if (n > 1)
		top_say(t, false, "%s", names);
	else if (!n)
		top_say(t, false, "no field begins so: 'linxcap fields' lists them");
}

static void insert(struct top *t, int c)
{
	char bytes[4];
	size_t n = 0;

	if (c < 0x80) {
		bytes[n++] = (char)c;
	} else if (c < 0x800) {
		bytes[n++] = (char)(0xc0 | c >> 6);
		bytes[n++] = (char)(0x80 | (c & 0x3f));
	} else if (c < 0x10000) {
		bytes[n++] = (char)(0xe0 | c >> 12);
		bytes[n++] = (char)(0x80 | (c >> 6 & 0x3f));
		bytes[n++] = (char)(0x80 | (c & 0x3f));
	} else {
		bytes[n++] = (char)(0xf0 | c >> 18);
		bytes[n++] = (char)(0x80 | (c >> 12 & 0x3f));
		bytes[n++] = (char)(0x80 | (c >> 6 & 0x3f));
		bytes[n++] = (char)(0x80 | (c & 0x3f));
	}
	top_edit_insert(&t->edit, bytes, n);
}

void top_press_edit(struct top *t, int code)
{
	t->message[0] = '\0';
	switch (code) {
	case KEYS_ENTER:
		end_edit(t);
		break;
	case KEYS_ESCAPE:
		t->asks = TOP_ASKS_NOTHING;
		break;
	case KEYS_BACK:
		top_edit_erase(&t->edit);
		break;
	case KEYS_DELETE:
		top_edit_delete(&t->edit);
		break;
	case KEYS_LEFT:
		top_edit_left(&t->edit);
		break;
	case KEYS_RIGHT:
		top_edit_right(&t->edit);
		break;
	case KEYS_HOME:
		t->edit.at = 0;
		break;
	case KEYS_END:
		t->edit.at = t->edit.len;
		break;
	case 'U' - '@': /* Ctrl-U, as in shells */
		top_edit_clear(&t->edit);
		break;
	case KEYS_TAB:
		if (t->asks == TOP_ASKS_FILTER)
			complete(t);
		break;
	default:
		if (code >= ' ' && code < KEYS_ENTER && code != 0x7f)
			insert(t, code);
	}
	/* the error of an invalid FILTER is shown each time the user completes a word with a blank */
	if (t->asks == TOP_ASKS_FILTER && code == ' ')
		check_filter(t);
}

/* ---- actions ---------------------------------------------------------------------------------- */

/* Writes the value of the selected row's key "name", not escaped. False: there is none, or it does not fit. */
static bool raw_value(struct top *t, const char *name, char *to, size_t size)
{
	const struct top_table *table = &top_now(t)->table;
	struct linx_aggregate_order which;
	struct linx_cell cell;

	if (!view_def_find(table->view, name, &which) || !which.key ||
	    linx_aggregate_get_key(table->a, table->rows[table->selected].group, which.index, &cell))
		return false;
	if (cell.type == LINX_CELL_NUMBER)
		return snprintf(to, size, "%" PRId64, cell.num) < (int)size;
	if (cell.type != LINX_CELL_TEXT || cell.len >= size || memchr(cell.text, '\0', cell.len))
		return false;
	memcpy(to, cell.text, cell.len);
	to[cell.len] = '\0';
	return true;
}

/* Writes the selected row's value of the view's item "name", escaped; "" if the view has no such item. */
static void find_name(struct top *t, char *to, size_t size)
{
	const struct top_table *table = &top_now(t)->table;
	char text[64];
	struct linx_aggregate_order which;
	struct linx_cell cell = { .type = LINX_CELL_NONE };

	*to = '\0';
	if (!view_def_find(table->view, "name", &which))
		return;
	if (which.key)
		linx_aggregate_get_key(table->a, table->rows[table->selected].group, which.index, &cell);
	else
		linx_aggregate_get_cell(table->a, table->rows[table->selected].group, which.index, &cell);
	if (cell.type != LINX_CELL_TEXT)
		return;
	snprintf(text, sizeof(text), "%.*s", (int)cell.len, cell.text);
	linx_escape(to, size, text);
}

/*
 * Makes the words of an action's command. For a word "{KEY}", the selected row's value of that key becomes the word,
 * also if it has blanks. False: the row has no such value, or a word is too long.
 */
static bool make_command(struct top *t, const struct view_action *a)
{
	char name[64];
	size_t n;

	if (!top_selected_row(t))
		return false;
	for (t->nrun = 0; t->nrun < a->nrun; t->nrun++) {
		const char *word = a->run[t->nrun];

		n = strlen(word);
		if (n > 2 && n < sizeof(name) && *word == '{' && word[n - 1] == '}') {
			snprintf(name, sizeof(name), "%.*s", (int)n - 2, word + 1);
			if (!raw_value(t, name, t->run[t->nrun], sizeof(t->run[0])))
				return false;
		} else if (snprintf(t->run[t->nrun], sizeof(t->run[0]), "%s", word) >= (int)sizeof(t->run[0])) {
			return false;
		}
	}
	return true;
}

static void choose_action(struct top *t, unsigned int i)
{
	const struct view_def *v = top_view(t);

	t->asks = TOP_ASKS_NOTHING;
	if (i >= v->nactions)
		return;
	if (!make_command(t, &v->actions[i])) {
		top_say(t, true, "the row has no value for this command");
		return;
	}
	find_name(t, t->run_name, sizeof(t->run_name));
	t->asks = TOP_ASKS_SURE;
}

void top_ask_action(struct top *t)
{
	if (!t->facts.live)
		top_say(t, true, "commands are for a live table: the processes of a recording may be others now");
	else if (top_now(t)->shows != TOP_TABLE || !top_view(t)->nactions)
		top_say(t, false, "this view has no actions");
	else if (!top_selected_row(t))
		top_say(t, false, "there is no row");
	else
		top_ask(t, TOP_ASKS_ACTION, "");
}

/* ---- lists of choices ------------------------------------------------------------------------- */

static unsigned int choices(const struct top *t)
{
	switch (t->asks) {
	case TOP_ASKS_VIEW:
		return t->nviews;
	case TOP_ASKS_SORT:
		return top_view(t)->nitems;
	case TOP_ASKS_ACTION:
		return top_view(t)->nactions;
	default:
		return 0;
	}
}

static void choose(struct top *t, unsigned int i)
{
	enum top_asks asks = t->asks;

	t->asks = TOP_ASKS_NOTHING;
	if (asks == TOP_ASKS_VIEW)
		top_change_view(t, i);
	else if (asks == TOP_ASKS_SORT)
		top_sort_by(t, i);
	else
		choose_action(t, i);
}

static const char *letter_of(const struct top *t, unsigned int i)
{
	if (t->asks == TOP_ASKS_VIEW)
		return t->views[i].key;
	return t->asks == TOP_ASKS_ACTION ? top_view(t)->actions[i].key : NULL;
}

void top_press_list(struct top *t, int code)
{
	unsigned int n = choices(t);

	for (unsigned int i = 0; i < n; i++) {
		const char *letter = letter_of(t, i);

		if (letter && *letter == code) {
			choose(t, i);
			return;
		}
	}
	if (code == KEYS_UP)
		t->choice -= t->choice > 0;
	else if (code == KEYS_DOWN)
		t->choice += t->choice + 1 < n;
	else if (code == KEYS_ENTER && t->choice < n)
		choose(t, t->choice);
	else if (code == KEYS_ESCAPE || code == KEYS_BACK || code == 'q' || code == KEYS_F(2) || code == KEYS_F(8) || code == KEYS_F(9))
		t->asks = TOP_ASKS_NOTHING;
}

void top_click_list(struct top *t, int row)
{
	unsigned int i = t->choice_first + (unsigned int)(row - t->body_row);

	if (t->body_row < 0 || row < t->body_row || row - t->body_row >= (int)t->height || i >= choices(t))
		t->asks = TOP_ASKS_NOTHING;
	else
		choose(t, i);
}

void top_press_help(struct top *t, int code)
{
	if (code == KEYS_UP || code == KEYS_PAGE_UP)
		t->choice_first -= t->choice_first > 0;
	else if (code == KEYS_DOWN || code == KEYS_PAGE_DOWN)
		t->choice_first++;
	else
		t->asks = TOP_ASKS_NOTHING;
}
