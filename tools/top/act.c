// SPDX-License-Identifier: LGPL-2.1-or-later
/* What keys do in linxcap top: see top/top.h. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array_size.h"
#include "top/top.h"

#define INTERVAL_NS 2000000000u
#define WHEEL 3
/* The view that is shown first. */
#define FIRST_VIEW "processes"

void top_say(struct top *t, bool failed, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(t->message, sizeof(t->message), fmt, args);
	va_end(args);
	t->failed = failed;
}

/* ---- beginning and end ------------------------------------------------------------------------ */

/* Adds a view. It has a letter, its own or the first one that is free. */
static int add_view(struct top *t, const char *name, struct problem *why)
{
	struct view_def *v = &t->views[t->nviews];

	view_def_init(v);
	if (view_def_open(v, name, why)) {
		view_def_free(v);
		return -1;
	}
	t->nviews++;
	return 0;
}

/* Sorts the view that is shown first by a column that the user named. */
static int sort_view(struct top *t, const char *sort, struct problem *why)
{
	struct view_def *v = &t->views[top_now(t)->view];
	bool descending = *sort != '+';
	const char *name = sort + (*sort == '+' || *sort == '-');
	struct linx_aggregate_order which;

	if (!view_def_find(v, name, &which))
		return problem_set(why, "no such column: --sort %.100s: the view %.100s does not have it", name, v->name);
	which.descending = descending;
	memmove(v->order + 1, v->order, sizeof(v->order) - sizeof(which));
	v->norder += v->norder < VIEW_ITEMS_MAX;
	v->order[0] = which;
	return 0;
}

struct top *top_new(const char *file, const char *sort, struct problem *why)
{
	struct top *t = problem_alloc(sizeof(*t), why);
	const char *name, *text, *yaml;
	size_t len;
	int rc = 0;

	if (!t)
		return NULL;
	if (file)
		rc = add_view(t, file, why);
	for (unsigned int i = 0; !rc && t->nviews < TOP_VIEWS_MAX && view_own(i, &name, &text, &yaml, &len); i++) {
		if (file && !strcmp(file, name))
			continue;
		rc = add_view(t, name, why);
		/* views for a command alone, as the table of -c, have no title */
		if (!rc && !t->views[t->nviews - 1].title)
			view_def_free(&t->views[--t->nviews]);
	}
	if (!rc && !file)
		top_find_view(t, FIRST_VIEW, &top_now(t)->view);
	if (!rc && sort)
		rc = sort_view(t, sort, why);
	if (!rc) {
		top_table_begin(&top_now(t)->table, top_view(t));
		t->facts.read = -1;
		t->wants = true;
		return t;
	}
	top_free(t);
	return NULL;
}

void top_free(struct top *t)
{
	if (!t)
		return;
	top_drop(t);
	for (unsigned int i = 0; i <= t->level; i++)
		top_table_free(&t->levels[i].table);
	for (unsigned int i = 0; i < t->nviews; i++)
		view_def_free(&t->views[i]);
	free(t);
}

const struct view_def *top_view(const struct top *t)
{
	return &t->views[t->levels[t->level].view];
}

bool top_find_view(const struct top *t, const char *name, unsigned int *view)
{
	for (unsigned int i = 0; i < t->nviews; i++)
		if (!strcmp(t->views[i].name, name)) {
			*view = i;
			return true;
		}
	return false;
}

/* ---- levels ----------------------------------------------------------------------------------- */

bool top_open(struct top *t, enum top_shows shows, unsigned int view, const char *condition, const char *label)
{
	struct top_level *l;

	if (t->level + 1 == TOP_LEVELS) {
		top_say(t, true, "too many levels: go back with Backspace");
		return false;
	}
	top_drop(t);
	l = &t->levels[++t->level];
	memset(l, 0, sizeof(*l));
	l->shows = shows;
	l->view = view;
	snprintf(l->condition, sizeof(l->condition), "%s", condition);
	snprintf(l->label, sizeof(l->label), "%s", label);
	if (shows == TOP_TABLE)
		top_table_begin(&l->table, &t->views[view]);
	t->wants = true;
	return true;
}

static void go_back(struct top *t)
{
	if (!t->level) {
		top_say(t, false, "this is the first level: q quits");
		return;
	}
	top_drop(t);
	top_table_free(&top_now(t)->table);
	t->level--;
	top_now(t)->table.a = NULL;
	top_now(t)->table.n = 0;
	t->wants = true;
}

/* Shows another view on the same level. */
static void change_view(struct top *t, unsigned int view)
{
	struct top_level *l = top_now(t);

	top_drop(t);
	top_table_free(&l->table);
	l->shows = TOP_TABLE;
	l->view = view;
	l->left = 0;
	top_table_begin(&l->table, &t->views[view]);
	t->wants = true;
}

static const struct top_row *selected_row(struct top *t)
{
	struct top_table *table = &top_now(t)->table;

	if (top_now(t)->shows != TOP_TABLE || !t->shown || table->selected >= table->n)
		return NULL;
	return &table->rows[table->selected];
}

/* Appends text, with part behind it. False: there is no room. */
static bool append(char *to, size_t size, const char *text, const char *part)
{
	size_t at = strlen(to), n = strlen(text), m = strlen(part);
	bool whole = at + n + m < size;

	n = n < size - at - 1 ? n : size - at - 1;
	m = m < size - at - n - 1 ? m : size - at - n - 1;
	memcpy(to + at, text, n);
	memcpy(to + at + n, part, m);
	to[at + n + m] = '\0';
	return whole;
}

/* Writes a condition of the tagged rows, or of the selected one. -1: why has the reason. */
static int rows_condition(struct top *t, char *to, size_t size, struct problem *why)
{
	const struct top_table *table = &top_now(t)->table;
	char one[TOP_CONDITION];
	bool any = false;

	*to = '\0';
	for (unsigned int i = 0; table->ntags && i < table->n; i++) {
		if (!top_table_is_tagged(table, table->rows[i].id))
			continue;
		if (top_table_condition(table, &table->rows[i], one, sizeof(one), why))
			return -1;
		if (!append(to, size, any ? ") or (" : "((", one))
			return problem_set(why, "too many rows are tagged");
		any = true;
	}
	if (any)
		return append(to, size, "))", "") ? 0 : problem_set(why, "too many rows are tagged");
	return top_table_condition(table, selected_row(t), to, size, why);
}

/* Writes the condition of the next level: that of this one, of its view and of the rows. */
static int next_condition(struct top *t, char *to, size_t size, struct problem *why)
{
	const struct top_level *l = top_now(t);
	const char *where = top_view(t)->where;
	char rows[TOP_CONDITION];

	snprintf(to, size, "%s", l->condition);
	if (l->shows != TOP_TABLE || !selected_row(t))
		return 0;
	if (rows_condition(t, rows, sizeof(rows), why))
		return -1;
	if (where && !(append(to, size, *to ? " and (" : "(", where) && append(to, size, ")", "")))
		return problem_set(why, "the condition is too long");
	if (*rows && !append(to, size, *to ? " and " : "", rows))
		return problem_set(why, "the condition is too long");
	return 0;
}

/* Writes what is opened: values of the row's keys. */
static void row_label(struct top *t, char *label, size_t size)
{
	const struct top_table *table = &top_now(t)->table;
	const struct top_row *row = selected_row(t);
	char text[SHEET_CELL];

	*label = '\0';
	if (row && table->ntags) {
		snprintf(label, size, "%u rows", table->ntags);
		return;
	}
	for (unsigned int i = 0; row && i < table->view->nitems; i++)
		if ((table->view->items[i].is_key || !strcmp(table->view->items[i].look.name, "name")) && top_table_text(table, row, i, text))
			append(label, size, *label ? " " : "", text);
}

static void open_as(struct top *t, enum top_shows shows, unsigned int view)
{
	char condition[TOP_CONDITION], label[TOP_LABEL];
	struct problem why;

	if (next_condition(t, condition, sizeof(condition), &why)) {
		top_say(t, true, "%s", why.text);
		return;
	}
	row_label(t, label, sizeof(label));
	top_open(t, shows, view, condition, label);
}

static void open_event(struct top *t)
{
	const struct top_line *line = top_list_get(&t->list, t->list.selected);
	struct top_line event;

	if (!line)
		return;
	event = *line;
	event.text = NULL;
	if (!top_open(t, TOP_EVENT, top_now(t)->view, "", "event"))
		return;
	top_now(t)->event = event;
	t->whole_first = 0;
}

static void open_row(struct top *t)
{
	const struct view_def *v = top_view(t);
	unsigned int view;

	switch (top_now(t)->shows) {
	case TOP_TABLE:
		if (!selected_row(t))
			top_say(t, false, "there is no row");
		else if (!v->open || !strcmp(v->open, "events"))
			open_as(t, TOP_LIST, top_now(t)->view);
		else if (top_find_view(t, v->open, &view))
			open_as(t, TOP_TABLE, view);
		else
			top_say(t, true, "no such view: open: %s", v->open);
		return;
	case TOP_LIST:
	case TOP_ECHO:
		open_event(t);
		return;
	case TOP_MAP:
		open_as(t, TOP_LIST, top_now(t)->view);
		return;
	default:
		return;
	}
}

/* ---- moving ----------------------------------------------------------------------------------- */

static void move_whole(struct top *t, long by)
{
	long to = (long)t->whole_first + by, last = (long)t->nwhole - (long)t->height;

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

	if (right && (l->shows != TOP_TABLE || l->left + 1 < top_view(t)->nitems))
		l->left += step;
	else if (!right)
		l->left -= l->left > step ? step : l->left;
}

/* ---- order, search and tags ------------------------------------------------------------------- */

static void sort_by(struct top *t, unsigned int item)
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
		sort_by(t, (table->item + n + (unsigned int)by) % n);
}

static void search(struct top *t, bool skip)
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

/* ---- the part in time ------------------------------------------------------------------------- */

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

/* ---- what is asked ---------------------------------------------------------------------------- */

static void ask(struct top *t, enum top_asks asks, const char *text)
{
	t->asks = asks;
	t->choice = t->choice_first = 0;
	t->message[0] = '\0';
	top_edit_set(&t->edit, text);
}

/* Checks FILTER before it replaces the one before. */
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

/* Takes the text that was edited. */
static void end_edit(struct top *t)
{
	enum top_asks asks = t->asks;

	if (asks == TOP_ASKS_FILTER && !check_filter(t))
		return;
	t->asks = TOP_ASKS_NOTHING;
	if (asks == TOP_ASKS_SEARCH) {
		snprintf(t->search, sizeof(t->search), "%.*s", (int)sizeof(t->search) - 1, t->edit.text);
		search(t, false);
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

static void press_edit(struct top *t, int code)
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
	case 'U' - '@': /* as in shells: Ctrl-U */
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
	/* the mistake is shown while the user writes, but not before a word is complete */
	if (t->asks == TOP_ASKS_FILTER && code == ' ')
		check_filter(t);
}

/* ---- actions ---------------------------------------------------------------------------------- */

/* Writes the value of a row's key as a program has it, unescaped. False: there is none. */
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

/* Makes the words of an action: "{NAME}" alone stands for a value, which stays one word. */
static bool make_command(struct top *t, const struct view_action *a)
{
	char name[64];
	size_t n;

	if (!selected_row(t))
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
	if (!make_command(t, &v->actions[i]))
		top_say(t, true, "the row has no value for this command");
	else
		t->asks = TOP_ASKS_SURE;
}

static void ask_action(struct top *t)
{
	if (!t->facts.live)
		top_say(t, true, "commands are for a live table: the processes of a recording may be others now");
	else if (top_now(t)->shows != TOP_TABLE || !top_view(t)->nactions)
		top_say(t, false, "this view has no actions");
	else if (!selected_row(t))
		top_say(t, false, "there is no row");
	else
		ask(t, TOP_ASKS_ACTION, "");
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
		change_view(t, i);
	else if (asks == TOP_ASKS_SORT)
		sort_by(t, i);
	else
		choose_action(t, i);
}

static const char *letter_of(const struct top *t, unsigned int i)
{
	if (t->asks == TOP_ASKS_VIEW)
		return t->views[i].key;
	return t->asks == TOP_ASKS_ACTION ? top_view(t)->actions[i].key : NULL;
}

static void press_list(struct top *t, int code)
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

static void press_help(struct top *t, int code)
{
	if (code == KEYS_UP || code == KEYS_PAGE_UP)
		t->choice_first -= t->choice_first > 0;
	else if (code == KEYS_DOWN || code == KEYS_PAGE_DOWN)
		t->choice_first++;
	else
		t->asks = TOP_ASKS_NOTHING;
}

/* ---- keys of a level -------------------------------------------------------------------------- */

static void do_views(struct top *t, int arg)
{
	(void)arg;
	ask(t, TOP_ASKS_VIEW, "");
	t->choice = top_now(t)->view;
}

static void do_sort(struct top *t, int arg)
{
	(void)arg;
	if (top_now(t)->shows != TOP_TABLE)
		return;
	ask(t, TOP_ASKS_SORT, "");
	t->choice = top_now(t)->table.item;
}

static void do_ask(struct top *t, int asks)
{
	const char *const texts[] = { [TOP_ASKS_SEARCH] = t->search, [TOP_ASKS_FILTER] = t->filter, [TOP_ASKS_USER] = t->user };
	const char *text = (size_t)asks < ARRAY_SIZE(texts) ? texts[asks] : NULL;

	ask(t, (enum top_asks)asks, text ? text : "");
}

static void do_search_next(struct top *t, int arg)
{
	(void)arg;
	search(t, true);
}

static void do_open_as(struct top *t, int shows)
{
	if ((int)top_now(t)->shows != shows)
		open_as(t, (enum top_shows)shows, top_now(t)->view);
}

static void do_actions(struct top *t, int arg)
{
	(void)arg;
	ask_action(t);
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
	open_row(t);
}

static void do_back(struct top *t, int arg)
{
	(void)arg;
	go_back(t);
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

/* A file does not go on, and needs no pause. */
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

/* What each action does. */
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
				sort_by(t, i);
				return;
			}
	} else if (line >= 0 && line < (int)t->height) {
		if (l->shows == TOP_TABLE && l->table.first + (unsigned int)line < l->table.n)
			top_table_select(&l->table, l->table.first + (unsigned int)line, t->height);
		else if (l->shows == TOP_LIST || l->shows == TOP_ECHO)
			top_list_move(&t->list, (long)t->list.first + line - (long)t->list.selected, t->height);
		if (key->twice)
			open_row(t);
	}
}

void top_press(struct top *t, const struct screen_key *key)
{
	t->draw_due = 0;
	if (key->code == KEYS_RESIZE || !key->code)
		return;
	if (key->code == KEYS_WHEEL_UP || key->code == KEYS_WHEEL_DOWN) {
		move(t, key->code == KEYS_WHEEL_UP ? -WHEEL : WHEEL);
		return;
	}
	switch (t->asks) {
	case TOP_ASKS_NOTHING:
		t->message[0] = '\0';
		if (key->code == KEYS_CLICK)
			click(t, key);
		else
			act(t, top_key_action(key->code));
		break;
	case TOP_ASKS_HELP:
		press_help(t, key->code);
		break;
	case TOP_ASKS_VIEW:
	case TOP_ASKS_SORT:
	case TOP_ASKS_ACTION:
		press_list(t, key->code);
		break;
	case TOP_ASKS_SURE:
		t->asks = TOP_ASKS_NOTHING;
		t->runs = key->code == 'y';
		break;
	default:
		press_edit(t, key->code);
	}
}
