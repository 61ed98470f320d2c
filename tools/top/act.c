// SPDX-License-Identifier: LGPL-2.1-or-later
/* Actions of the keys of linxcap top: see top/top.h. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array_size.h"
#include "top/act.h"

#define INTERVAL_NS 2000000000u
#define WHEEL 3

/* ---- moving ----------------------------------------------------------------------------------- */

static void move_whole(struct top *t, long by)
{
	long to = (long)t->whole_first + by, last = (long)t->whole_lines - (long)t->height;

	to = to > last ? last : to;
	t->whole_first = to > 0 ? (unsigned int)to : 0;
}

static void move(struct top *t, long by)
{
	struct top_level *l = top_now(t);

	if (l->shows == TOP_TABLE)
		top_table_move(&l->table, by, t->height);
	else if (l->shows == TOP_EVENT)
		move_whole(t, by);
	else if (l->shows != TOP_MAP)
		top_list_move(&t->list, by, t->height);
}

static void shift(struct top *t, bool right)
{
	struct top_level *l = top_now(t);
	unsigned int step = l->shows == TOP_TABLE ? 1 : 20;

	if (l->shows == TOP_EVENT || l->shows == TOP_MAP)
		return;
	if (right && (l->shows != TOP_TABLE || l->left + 1 < top_view(t)->nitems))
		l->left += step;
	else if (!right)
		l->left -= l->left > step ? step : l->left;
}

/* ---- order, search and tags ------------------------------------------------------------------- */

void top_sort_by(struct top *t, unsigned int item)
{
	struct top_table *table = &top_now(t)->table;

	top_table_sort_by(table, item);
	table->moved = false;
	table->selected = table->first = 0;
}

static void sort_next(struct top *t, int by)
{
	struct top_table *table = &top_now(t)->table;
	unsigned int n = table->view->nitems;

	if (n)
		top_sort_by(t, (table->item + n + (unsigned int)by) % n);
}

void top_search(struct top *t, bool skip)
{
	bool found;

	if (!*t->search)
		return;
	if (top_now(t)->shows == TOP_TABLE)
		found = top_table_search(&top_now(t)->table, t->search, skip, t->height);
	else
		found = top_list_search(&t->list, t->search, skip, t->height);
	if (!found)
		top_say(t, true, "not found: %s", t->search);
}

/* ---- the part of a file's time that is shown ---------------------------------------------------------- */

static void set_window(struct top *t, uint64_t from, uint64_t to)
{
	const struct top_facts *f = &t->facts;

	if (from <= f->first_ns && to > f->last_ns)
		from = to = 0;
	t->from_ns = from;
	t->to_ns = to;
	t->wants = true;
}

static void change_window(struct top *t, enum top_action action)
{
	const struct top_facts *f = &t->facts;
	uint64_t from = t->to_ns ? t->from_ns : f->first_ns, to = t->to_ns ? t->to_ns : f->last_ns + 1, length = to - from, by = length / 2;

	if (!f->again || !f->last_ns) {
		top_say(t, true, "the part in time is chosen of a file alone");
		return;
	}
	switch (action) {
	case TOP_WINDOW_LEFT:
		by = from - f->first_ns < by ? from - f->first_ns : by;
		set_window(t, from - by, to - by);
		break;
	case TOP_WINDOW_RIGHT:
		by = f->last_ns + 1 - to < by ? f->last_ns + 1 - to : by;
		set_window(t, from + by, to + by);
		break;
	case TOP_WINDOW_IN:
		if (length > 2000)
			set_window(t, from, from + by);
		break;
	case TOP_WINDOW_OUT:
		from = from - f->first_ns > by ? from - by : f->first_ns;
		set_window(t, from, from + 2 * length < f->last_ns + 1 ? from + 2 * length : f->last_ns + 1);
		break;
	default:
		set_window(t, 0, 0);
	}
}

/* ---- keys of a level -------------------------------------------------------------------------- */

static void do_views(struct top *t, int arg)
{
	(void)arg;
	top_ask(t, TOP_ASKS_VIEW, "");
	t->choice = top_now(t)->view;
}

static void do_sort(struct top *t, int arg)
{
	(void)arg;
	if (top_now(t)->shows != TOP_TABLE)
		return;
	top_ask(t, TOP_ASKS_SORT, "");
	t->choice = top_now(t)->table.item;
}

static void do_ask(struct top *t, int asks)
{
	const char *const texts[] = { [TOP_ASKS_SEARCH] = t->search, [TOP_ASKS_FILTER] = t->filter, [TOP_ASKS_USER] = t->user };
	const char *text = (size_t)asks < ARRAY_SIZE(texts) ? texts[asks] : NULL;

	top_ask(t, (enum top_asks)asks, text ? text : "");
}

static void do_search_next(struct top *t, int arg)
{
	(void)arg;
	top_search(t, true);
}

static void do_open_as(struct top *t, int shows)
{
	if ((int)top_now(t)->shows != shows)
		top_open_as(t, (enum top_shows)shows, top_now(t)->view);
}

static void do_actions(struct top *t, int arg)
{
	(void)arg;
	top_ask_action(t);
}

static void do_sort_next(struct top *t, int by)
{
	if (top_now(t)->shows == TOP_TABLE)
		sort_next(t, by);
}

static void do_reverse(struct top *t, int arg)
{
	(void)arg;
	if (top_now(t)->shows == TOP_TABLE)
		top_table_reverse(&top_now(t)->table);
}

static void do_quit(struct top *t, int arg)
{
	(void)arg;
	t->quits = true;
}

static void do_open(struct top *t, int arg)
{
	(void)arg;
	top_open_row(t);
}

static void do_back(struct top *t, int arg)
{
	(void)arg;
	top_go_back(t);
}

static void do_move(struct top *t, int by)
{
	move(t, by);
}

static void do_page(struct top *t, int by)
{
	move(t, by * (long)t->height);
}

static void do_shift(struct top *t, int right)
{
	shift(t, right);
}

static void do_tree(struct top *t, int arg)
{
	struct top_level *l = top_now(t);

	(void)arg;
	if (l->shows == TOP_TABLE && top_table_has_tree(&l->table))
		l->table.tree = !l->table.tree;
	else
		top_say(t, false, "this view has no tree");
}

static void do_tag(struct top *t, int arg)
{
	(void)arg;
	if (top_now(t)->shows == TOP_TABLE)
		top_table_tag(&top_now(t)->table);
	move(t, 1);
}

static void do_untag(struct top *t, int arg)
{
	(void)arg;
	top_now(t)->table.ntags = 0;
}

/*
 * Pauses the screen of a live source, or ends the pause. A file is not paused, since no events are added to it by
 * themselves.
 */
static void do_pause(struct top *t, int arg)
{
	(void)arg;
	t->paused = !t->paused && t->facts.live;
	t->wants |= !t->paused && t->facts.live;
}

static void do_interval(struct top *t, int arg)
{
	(void)arg;
	if (!t->facts.live) {
		top_say(t, true, "intervals are for a live table: of a file choose a part in time with + and ]");
		return;
	}
	t->interval_ns = t->interval_ns ? 0 : INTERVAL_NS;
	t->interval_due = 0;
	t->wants = true;
}

static void do_again(struct top *t, int arg)
{
	(void)arg;
	t->wants = true;
}

static void do_window(struct top *t, int action)
{
	change_window(t, (enum top_action)action);
}

/* The function of each action, and its argument. */
static const struct {
	void (*act)(struct top *t, int arg);
	int arg;
} acts[] = {
	[TOP_HELP] = { do_ask, TOP_ASKS_HELP },
	[TOP_VIEWS] = { do_views, 0 },
	[TOP_SEARCH] = { do_ask, TOP_ASKS_SEARCH },
	[TOP_SEARCH_NEXT] = { do_search_next, 0 },
	[TOP_FILTER] = { do_ask, TOP_ASKS_FILTER },
	[TOP_ECHO_DATA] = { do_open_as, TOP_ECHO },
	[TOP_DIG] = { do_open_as, TOP_LIST },
	[TOP_HEAT] = { do_open_as, TOP_MAP },
	[TOP_ACTIONS] = { do_actions, 0 },
	[TOP_SORT] = { do_sort, 0 },
	[TOP_SORT_NEXT] = { do_sort_next, 1 },
	[TOP_SORT_BEFORE] = { do_sort_next, -1 },
	[TOP_REVERSE] = { do_reverse, 0 },
	[TOP_QUIT] = { do_quit, 0 },
	[TOP_OPEN] = { do_open, 0 },
	[TOP_BACK] = { do_back, 0 },
	[TOP_UP] = { do_move, -1 },
	[TOP_DOWN] = { do_move, 1 },
	[TOP_PAGE_UP] = { do_page, -1 },
	[TOP_PAGE_DOWN] = { do_page, 1 },
	[TOP_FIRST] = { do_move, -INT32_MAX },
	[TOP_LAST] = { do_move, INT32_MAX },
	[TOP_LEFT] = { do_shift, false },
	[TOP_RIGHT] = { do_shift, true },
	[TOP_TREE] = { do_tree, 0 },
	[TOP_USER] = { do_ask, TOP_ASKS_USER },
	[TOP_TAG] = { do_tag, 0 },
	[TOP_UNTAG] = { do_untag, 0 },
	[TOP_PAUSE] = { do_pause, 0 },
	[TOP_INTERVAL] = { do_interval, 0 },
	[TOP_AGAIN] = { do_again, 0 },
	[TOP_WINDOW_LEFT] = { do_window, TOP_WINDOW_LEFT },
	[TOP_WINDOW_RIGHT] = { do_window, TOP_WINDOW_RIGHT },
	[TOP_WINDOW_IN] = { do_window, TOP_WINDOW_IN },
	[TOP_WINDOW_OUT] = { do_window, TOP_WINDOW_OUT },
	[TOP_WINDOW_ALL] = { do_window, TOP_WINDOW_ALL },
};

static void act(struct top *t, enum top_action action)
{
	if (acts[action].act)
		acts[action].act(t, acts[action].arg);
}

static void click_bar(struct top *t, int column)
{
	const struct top_key *k;
	int found = -1, i = 0;

	for (unsigned int row = 0; (k = top_key_get(row)); row++) {
		if (!*k->label)
			continue;
		if (i < (int)ARRAY_SIZE(t->bar_at) && t->bar_at[i] >= 0 && t->bar_at[i] <= column)
			found = (int)k->action;
		i++;
	}
	if (found >= 0)
		act(t, (enum top_action)found);
}

static void click(struct top *t, const struct screen_key *key)
{
	struct top_level *l = top_now(t);
	int rows, columns, line = key->row - t->body_row;

	screen_size(t->screen, &rows, &columns);
	if (key->row == rows - 1) {
		click_bar(t, key->column);
	} else if (key->row == t->heads_row && l->shows == TOP_TABLE) {
		for (unsigned int i = top_view(t)->nitems; i-- > 0;)
			if (t->columns_at[i] >= 0 && t->columns_at[i] <= key->column) {
				top_sort_by(t, i);
				return;
			}
	} else if (line >= 0 && line < (int)t->height) {
		if (l->shows == TOP_TABLE && l->table.first + (unsigned int)line < l->table.n)
			top_table_select(&l->table, l->table.first + (unsigned int)line, t->height);
		else if (l->shows == TOP_LIST || l->shows == TOP_ECHO || l->shows == TOP_ALERTS)
			top_list_move(&t->list, (long)t->list.first + line - (long)t->list.selected, t->height);
		if (key->twice)
			top_open_row(t);
	}
}

/* Passes a key to the question or the help that is on the screen. */
static void press_question(struct top *t, const struct screen_key *key)
{
	switch (t->asks) {
	case TOP_ASKS_HELP:
		top_press_help(t, key->code);
		break;
	case TOP_ASKS_VIEW:
	case TOP_ASKS_SORT:
	case TOP_ASKS_ACTION:
		if (key->code == KEYS_CLICK)
			top_click_list(t, key->row);
		else
			top_press_list(t, key->code);
		break;
	case TOP_ASKS_SURE:
		t->asks = TOP_ASKS_NOTHING;
		t->runs = key->code == 'y' && top_sure_fits(t);
		break;
	default:
		top_press_edit(t, key->code);
	}
}

void top_press(struct top *t, const struct screen_key *key)
{
	t->draw_due = 0;
	if (key->code == KEYS_RESIZE || !key->code)
		return;
	if (key->code == KEYS_WHEEL_UP || key->code == KEYS_WHEEL_DOWN) {
		if (t->asks == TOP_ASKS_NOTHING)
			move(t, key->code == KEYS_WHEEL_UP ? -WHEEL : WHEEL);
		else
			press_question(t, &(struct screen_key){ .code = key->code == KEYS_WHEEL_UP ? KEYS_UP : KEYS_DOWN });
		return;
	}
	if (t->asks != TOP_ASKS_NOTHING) {
		press_question(t, key);
		return;
	}
	t->message[0] = '\0';
	if (key->code == KEYS_CLICK)
		click(t, key);
	else
		act(t, top_key_action(key->code));
}

void top_press_drawn(struct top *t, const struct screen_key *key, uint64_t now_ns)
{
	struct top_table *table = &top_now(t)->table;
	unsigned int level = t->level, drawn = table->selected, held;
	bool follows = top_now(t)->shows == TOP_TABLE && !table->moved;

	if (follows)
		top_table_hold(table);
	top_refresh(t, now_ns);
	held = table->selected;
	top_press(t, key);
	/* the key did not act on the selected row: the same line stays selected, whichever row is there now */
	if (follows && level == t->level && t->asks != TOP_ASKS_ACTION && table->selected == held) {
		table->selected = drawn;
		table->moved = false;
	}
}
