// SPDX-License-Identifier: LGPL-2.1-or-later
/* Opens the levels of linxcap top: the first one, and those for the events of a row. See top/top.h. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "top/act.h"

/* The view that is shown first. */
#define FIRST_VIEW "processes"

void top_blank(const struct top *t, char *text, size_t size)
{
	size_t len = strlen(text);
	const char *blanked = t->redact && len ? redact_apply(t->redact, LINX_FORM_PLAIN, text, &len) : text;

	if (blanked == text)
		return;
	len = blanked && len < size ? len : blanked ? size - 1 : 0;
	memmove(text, blanked ? blanked : "", len);
	text[len] = '\0';
}

void top_say(struct top *t, bool failed, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(t->message, sizeof(t->message), fmt, args);
	va_end(args);
	t->failed = failed;
}

/* ---- beginning and end ------------------------------------------------------------------------ */

/* Reads a view, from a file or a built-in one, and adds it to t->views. */
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

/*
 * Sorts the view that is shown first by a column that the user named: "NAME" or "-NAME", the largest value first, or
 * "+NAME", the smallest first.
 */
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

/* Returns what a view is: a list of alerts, or a table. */
static enum top_shows shows_of(const struct top *t, unsigned int view)
{
	return t->views[view].events == VIEW_ALERTS ? TOP_ALERTS : TOP_TABLE;
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
		/* views that only the command itself uses, such as the table of -c, have no title */
		if (!rc && !t->views[t->nviews - 1].title)
			view_def_free(&t->views[--t->nviews]);
	}
	if (!rc && !file)
		top_find_view(t, FIRST_VIEW, &top_now(t)->view);
	if (!rc && sort)
		rc = sort_view(t, sort, why);
	if (!rc) {
		top_now(t)->shows = shows_of(t, top_now(t)->view);
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
	linx_rules_free(t->rules);
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

void top_go_back(struct top *t)
{
	if (!t->level) {
		top_say(t, false, "this is the first level: q quits");
		return;
	}
	top_drop(t);
	top_table_free(&top_now(t)->table);
	t->level--;
	t->wants = true;
}

/* Shows another view on the same level. */
void top_change_view(struct top *t, unsigned int view)
{
	struct top_level *l;

	/* a single event has no views: the view of its list changes instead */
	if (top_now(t)->shows == TOP_EVENT)
		top_go_back(t);
	l = top_now(t);
	top_drop(t);
	top_table_free(&l->table);
	l->shows = shows_of(t, view);
	l->view = view;
	l->left = 0;
	top_table_begin(&l->table, &t->views[view]);
	t->wants = true;
}

const struct top_row *top_selected_row(struct top *t)
{
	struct top_table *table = &top_now(t)->table;

	if (top_now(t)->shows != TOP_TABLE || !t->shown || table->selected >= table->n)
		return NULL;
	return &table->rows[table->selected];
}

/* Appends text and then part. False: there is no room for all of it. */
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

/* Writes a condition for the events of the tagged rows; if none is tagged, of the selected row. -1: see *why. */
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
	return top_table_condition(table, top_selected_row(t), to, size, why);
}

/*
 * Writes the condition of a level that is opened from this one: this level's condition and, if this level is a table,
 * the view's condition and a condition for the rows.
 */
static int next_condition(struct top *t, char *to, size_t size, struct problem *why)
{
	const struct top_level *l = top_now(t);
	const char *where = top_view(t)->where;
	char rows[TOP_CONDITION];

	snprintf(to, size, "%s", l->condition);
	if (l->shows != TOP_TABLE)
		return 0;
	if (rows_condition(t, rows, sizeof(rows), why))
		return -1;
	if (where && !(append(to, size, *to ? " and (" : "(", where) && append(to, size, ")", "")))
		return problem_set(why, "the condition is too long");
	if (*rows && !append(to, size, *to ? " and " : "", rows))
		return problem_set(why, "the condition is too long");
	return 0;
}

/*
 * Writes the label of a level that is opened from a table: how many rows are tagged, or, if none is, the values of the
 * selected row's keys and of its column "name".
 */
static void row_label(struct top *t, char *label, size_t size)
{
	const struct top_table *table = &top_now(t)->table;
	const struct top_row *row = top_selected_row(t);
	char text[SHEET_CELL];

	*label = '\0';
	if (row && table->ntags) {
		snprintf(label, size, "%u row%s", table->ntags, table->ntags == 1 ? "" : "s");
		return;
	}
	for (unsigned int i = 0; row && i < table->view->nitems; i++)
		if ((table->view->items[i].is_key || !strcmp(table->view->items[i].look.name, "name")) && top_table_text(table, row, i, text)) {
			top_blank(t, text, sizeof(text));
			append(label, size, *label ? " " : "", text);
		}
}

void top_open_as(struct top *t, enum top_shows shows, unsigned int view)
{
	char condition[TOP_CONDITION], label[TOP_LABEL];
	struct problem why;

	if (top_now(t)->shows == TOP_TABLE && !top_selected_row(t)) {
		top_say(t, false, "there is no row");
		return;
	}
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
	char condition[TOP_CONDITION];
	struct top_line event;

	if (!line)
		return;
	event = *line;
	event.text = NULL;
	/* the new level has the list's condition, for levels that are opened from it */
	snprintf(condition, sizeof(condition), "%s", top_now(t)->condition);
	if (!top_open(t, TOP_EVENT, top_now(t)->view, condition, "event"))
		return;
	top_now(t)->event = event;
	t->whole_first = 0;
}

void top_open_row(struct top *t)
{
	const struct view_def *v = top_view(t);
	unsigned int view;

	switch (top_now(t)->shows) {
	case TOP_TABLE:
		if (!v->open || !strcmp(v->open, "events"))
			top_open_as(t, TOP_LIST, top_now(t)->view);
		else if (top_find_view(t, v->open, &view))
			top_open_as(t, TOP_TABLE, view);
		else
			top_say(t, true, "no such view: open: %s", v->open);
		return;
	case TOP_LIST:
	case TOP_ECHO:
	case TOP_ALERTS:
		open_event(t);
		return;
	case TOP_MAP:
		top_open_as(t, TOP_LIST, top_now(t)->view);
		return;
	default:
		return;
	}
}
