// SPDX-License-Identifier: LGPL-2.1-or-later
/* Views: their memory, the keys and columns that are shown, and their aggregates. See view/view_def.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "view/view_def.h"

struct view_owned {
	struct view_owned *next;
	char text[];
};

void view_def_init(struct view_def *v)
{
	*v = (struct view_def){ .name = "", .text = "", .gap = 2, .foot = true };
}

void view_def_free(struct view_def *v)
{
	struct view_owned *next;

	for (struct view_owned *o = v->owned; o; o = next) {
		next = o->next;
		free(o);
	}
	v->owned = NULL;
}

const char *view_def_keep(struct view_def *v, const char *text, size_t n, struct problem *why)
{
	struct view_owned *o = problem_alloc(sizeof(*o) + n + 1, why);

	if (!o)
		return NULL;
	memcpy(o->text, text, n);
	o->next = v->owned;
	v->owned = o;
	return o->text;
}

/* ---- what is shown, and its order ----------------------------------------------------------- */

bool view_def_find(const struct view_def *v, const char *name, struct linx_aggregate_order *which)
{
	for (unsigned int i = 0; i < v->ncolumns; i++)
		if (!strcmp(v->columns[i].look.name, name)) {
			*which = (struct linx_aggregate_order){ .index = i };
			return true;
		}
	for (unsigned int i = 0; i < v->nkeys; i++)
		if (!strcmp(v->keys[i].look.name, name)) {
			*which = (struct linx_aggregate_order){ .index = i, .key = true };
			return true;
		}
	return false;
}

static int unknown(const struct view_def *v, const char *name, struct problem *why)
{
	char names[256] = "";
	size_t n = 0;

	for (unsigned int i = 0; i < v->nkeys + v->ncolumns && n < sizeof(names); i++)
		n += (size_t)snprintf(names + n, sizeof(names) - n, "%s%s", i ? ", " : "",
				      i < v->nkeys ? v->keys[i].look.name : v->columns[i - v->nkeys].look.name);
	return problem_set(why, "no such column: %.100s: write one of %s", name, names);
}

static void add_item(struct view_def *v, const struct linx_aggregate_order *which)
{
	v->items[v->nitems++] = (struct view_item){
		.look = which->key ? v->keys[which->index].look : v->columns[which->index].look,
		.is_key = which->key,
		.index = which->index,
	};
}

int view_def_show(struct view_def *v, const char *name, struct problem *why)
{
	struct linx_aggregate_order which;

	if (v->nitems == VIEW_ITEMS_MAX)
		return problem_set(why, "too many columns are shown: at most %u", VIEW_ITEMS_MAX);
	if (!view_def_find(v, name, &which))
		return unknown(v, name, why);
	add_item(v, &which);
	return 0;
}

int view_def_sort(struct view_def *v, const char *name, struct problem *why)
{
	bool descending = *name == '-';
	struct linx_aggregate_order which;

	if (v->norder == VIEW_ITEMS_MAX)
		return problem_set(why, "too many columns to sort by: at most %u", VIEW_ITEMS_MAX);
	if (!view_def_find(v, name + descending, &which))
		return unknown(v, name + descending, why);
	which.descending = descending;
	v->order[v->norder++] = which;
	return 0;
}

/* Shows the keys, and then the columns. Histograms are not columns of a table. */
static void show_all(struct view_def *v)
{
	for (unsigned int i = 0; i < v->nkeys; i++)
		add_item(v, &(struct linx_aggregate_order){ .index = i, .key = true });
	for (unsigned int i = 0; i < v->ncolumns; i++)
		if (v->columns[i].of.kind != LINX_COLUMN_HISTOGRAM)
			add_item(v, &(struct linx_aggregate_order){ .index = i });
}

static int find_sections(struct view_def *v, struct problem *why)
{
	struct linx_aggregate_order which;

	if (!v->sections.key)
		return 0;
	if (!view_def_find(v, v->sections.key, &which) || !which.key)
		return problem_set(why, "no such key: sections: %.100s", v->sections.key);
	v->sections.index = which.index;
	return 0;
}

static int find_tree(struct view_def *v, struct problem *why)
{
	if (!v->tree)
		return 0;
	if (!v->nkeys || !view_def_find(v, v->tree, &v->tree_by))
		return problem_set(why, "no such column: tree: %.100s", v->tree);
	return 0;
}

int view_def_finish(struct view_def *v, struct problem *why)
{
	if (!v->ncolumns && !view_def_add_column(v, "count", why))
		return -1;
	if (!v->nitems)
		show_all(v);
	if (!v->norder) {
		v->order[v->norder++] = (struct linx_aggregate_order){ .descending = true };
		for (unsigned int i = 0; i < v->nkeys; i++)
			v->order[v->norder++] = (struct linx_aggregate_order){ .index = i, .key = true };
	}
	return find_sections(v, why) || find_tree(v, why) ? -1 : 0;
}

bool view_def_counts(enum view_events events, const struct linx_event *ev, bool *counts)
{
	enum linx_event_kind kind = linx_event_get_kind(ev);
	bool of_kind;
	int64_t ret;

	if (events == VIEW_HTTP)
		of_kind = kind == LINX_EVENT_HTTP;
	else
		of_kind = kind == LINX_EVENT_SYSCALL && !(events == VIEW_CALLS && linx_event_get_flags(ev) & LINX_EVENT_IO_URING);
	if (of_kind && counts)
		*counts = true;
	return of_kind && (events == VIEW_HTTP || !linx_event_get_ret(ev, &ret));
}

bool view_def_counts_names(const struct view_def *v)
{
	const char *field = v->nkeys == 1 ? v->keys[0].field : "";

	for (unsigned int i = 0; i < v->ncolumns; i++)
		if (v->columns[i].of.field || v->columns[i].of.kind > LINX_COLUMN_RATE)
			return false;
	return v->events == VIEW_CALLS && !v->sections.key && (!strcmp(field, "linx.type") || !strcmp(field, "evt.type"));
}

/*
 * Returns the bit of the key that events must have, if that is the view's whole condition, as "fd.name exists" with the
 * key fd.name. The aggregate then leaves out events without this key, and computes the value only once. 0: the view has
 * another condition, or none.
 */
static uint32_t required_key(const struct view_def *v)
{
	for (unsigned int i = 0; v->where && i < v->nkeys; i++) {
		size_t n = strlen(v->keys[i].field);

		if (!strncmp(v->where, v->keys[i].field, n) && !strcmp(v->where + n, " exists"))
			return 1u << i;
	}
	return 0;
}

const char *view_def_condition(const struct view_def *v)
{
	return required_key(v) ? NULL : v->where;
}

struct linx_aggregate *view_def_aggregate(const struct view_def *v, struct problem *why)
{
	const char *keys[LINX_AGGREGATE_KEYS];
	struct linx_column columns[LINX_AGGREGATE_COLUMNS];
	const struct linx_aggregate_opts o = {
		.size = sizeof(o), .keys = keys, .nkeys = v->nkeys, .columns = columns, .ncolumns = v->ncolumns, .groups = v->groups,
		.required = required_key(v),
	};
	struct linx_aggregate *a = NULL;
	struct linx_error error = { "out of memory" };

	for (unsigned int i = 0; i < v->nkeys; i++)
		keys[i] = v->keys[i].field;
	for (unsigned int i = 0; i < v->ncolumns; i++)
		columns[i] = v->columns[i].of;
	if (linx_aggregate_new(&o, &a, &error))
		problem_set(why, "%s", error.text);
	return a;
}
