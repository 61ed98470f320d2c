// SPDX-License-Identifier: LGPL-2.1-or-later
/* Makes the view of a table from options: see trace/table_options.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "trace/table_options.h"
#include "base/parse_value.h"
#include "top/top.h"

#define WORD_MAX 512u
/* Default and least number of bytes of the newest records that linxcap top keeps. */
#define KEEP_DEFAULT (64u << 20)
#define KEEP_LEAST (1u << 20)

static struct table_settings *of(const struct option_use *use)
{
	return &((struct settings *)use->settings)->look.table;
}

enum option_next table_option_top(const struct option_use *use)
{
	uint64_t n;

	if (!value_number(use->arg, &n) || !n || n > UINT32_MAX)
		return option_refuse(use, "not a count", "write a number of rows from 1 on");
	of(use)->top = (unsigned int)n;
	return OPTION_DONE;
}

enum option_next table_option_form(const struct option_use *use)
{
	int i = value_choice(use->arg, use->option->arg);

	if (i < 0)
		return option_refuse(use, "unknown word", "write one of text|json|csv");
	of(use)->form = (enum table_form)i;
	return OPTION_DONE;
}

enum option_next table_option_keep(const struct option_use *use)
{
	if (!value_size(use->arg, &of(use)->keep) || of(use)->keep < KEEP_LEAST || of(use)->keep > 1ull << 40)
		return option_refuse(use, "not a size", "write bytes, as 64M or 1G, and at least 1M");
	return OPTION_DONE;
}

enum option_next table_option_rules(const struct option_use *use)
{
	if (of(use)->rules.n == RULE_FILES_MAX)
		return option_refuse(use, "too many files", "write at most 64");
	of(use)->rules.files[of(use)->rules.n++] = use->arg;
	return OPTION_DONE;
}

bool table_option_view_word(unsigned int i, struct option_word *word)
{
	const char *yaml;
	size_t len;

	return view_own(i, &word->name, &word->text, &yaml, &len);
}

/* ---- lists ---------------------------------------------------------------------------------- */

/* Returns the length of the first item of a list. Commas in parentheses, brackets and quotes separate nothing. */
static size_t item_length(const char *s)
{
	int depth = 0;
	char quote = 0;
	size_t n = 0;

	for (; s[n]; n++) {
		if (quote)
			quote = s[n] == quote ? 0 : quote;
		else if (s[n] == '"' || s[n] == '\'')
			quote = s[n];
		else if (strchr("([", s[n]))
			depth++;
		else if (strchr(")]", s[n]))
			depth--;
		else if (s[n] == ',' && depth <= 0)
			break;
	}
	return n;
}

/* Calls add() for each item of a list, which is the argument of "option"; list NULL: the option is not given. */
static int each_item(struct view_def *v, const char *option, const char *list, int (*add)(struct view_def *v, const char *item, struct problem *why),
		     struct problem *why)
{
	char item[WORD_MAX];
	size_t n;

	for (; list; list = list[n] ? list + n + 1 : NULL) {
		n = item_length(list);
		if (!n || n >= sizeof(item))
			return problem_set(why, "not a list: %s %.100s: write words joined by commas", option, list);
		memcpy(item, list, n);
		item[n] = '\0';
		if (add(v, item, why))
			return -1;
	}
	return 0;
}

static int add_key(struct view_def *v, const char *item, struct problem *why)
{
	return view_def_add_key(v, item, why) ? 0 : -1;
}

static int add_column(struct view_def *v, const char *item, struct problem *why)
{
	return view_def_add_column(v, item, why) ? 0 : -1;
}

static int add_histogram(struct view_def *v, const char *item, struct problem *why)
{
	char text[WORD_MAX + 8];

	snprintf(text, sizeof(text), "hist(%s)", item);
	return view_def_add_column(v, text, why) ? 0 : -1;
}

/* ---- the view ------------------------------------------------------------------------------- */

/* Makes a view of --by, --columns and --hist. */
static int make_view(const struct table_settings *t, struct view_def *v, struct problem *why)
{
	v->name = "stat";
	if (each_item(v, "--by", t->by, add_key, why))
		return -1;
	if (each_item(v, "--columns", t->columns ? t->columns : t->hist ? "count" : "count,share,rate", add_column, why))
		return -1;
	return each_item(v, "--hist", t->hist, add_histogram, why);
}

/* Adds a column of --sort to the order: "NAME" or "-NAME" puts its largest value first, "+NAME" its smallest. */
static int set_order(struct view_def *v, const char *item, struct problem *why)
{
	char text[WORD_MAX + 2];

	snprintf(text, sizeof(text), "%s%s", *item == '+' || *item == '-' ? "" : "-", *item == '+' ? item + 1 : item);
	return view_def_sort(v, text, why);
}

/* True if a field of the view is one of HTTP requests. */
static bool is_of_http(const struct view_def *v)
{
	bool http = false;

	for (unsigned int i = 0; i < v->nkeys; i++)
		http |= strstr(v->keys[i].field, "linx.http.") || !strcmp(v->keys[i].field, "linx.target");
	for (unsigned int i = 0; i < v->ncolumns; i++)
		http |= v->columns[i].of.field && strstr(v->columns[i].of.field, "linx.http.");
	return http;
}

/* Puts the columns of --sort before those of the view's own order. */
static int sort_view(const struct table_settings *t, struct view_def *v, struct problem *why)
{
	struct linx_aggregate_order own[VIEW_ITEMS_MAX];
	unsigned int n = v->norder;

	memcpy(own, v->order, sizeof(own));
	v->norder = 0;
	if (each_item(v, "--sort", t->sort, set_order, why))
		return -1;
	for (unsigned int i = 0; i < n && v->norder < VIEW_ITEMS_MAX; i++)
		v->order[v->norder++] = own[i];
	return 0;
}

/* Refuses the view of alerts, which is a list and not a table. -1: why has the reason. */
static int check_events(const struct view_def *v, struct problem *why)
{
	return v->events == VIEW_ALERTS ? problem_set(why, "not a table: --view %.100s: alerts are shown by linxcap top --rules FILE", v->name) : 0;
}

static int fill_view(struct settings *s, struct view_def *v, struct problem *why)
{
	const struct table_settings *t = &s->look.table;
	bool made = t->by || t->columns || t->hist;
	const char *name = s->look.summary ? "summary" : s->look.http_summary ? "http" : t->view ? t->view : "calls";

	if (made && t->view)
		return problem_set(why, "not together: --view and %s: a view has keys and columns of its own",
				   t->by ? "--by" : t->hist ? "--hist" : "--columns");
	if (made ? make_view(t, v, why) : view_def_open(v, name, why) || check_events(v, why))
		return -1;
	if ((made && view_def_finish(v, why)) || sort_view(t, v, why))
		return -1;
	if (made && is_of_http(v))
		v->events = VIEW_HTTP;
	return 0;
}

/* Adds the view's condition to FILTER. */
static int add_condition(struct settings *s, const struct view_def *v, struct problem *why)
{
	struct linx_condition *c;
	struct linx_error error;
	char *text;

	if (!v->where)
		return 0;
	if (linx_condition_new(v->where, &c, &error))
		return problem_set(why, "%s: where: %s", v->name, error.text);
	linx_condition_free(c);
	if (s->what.condition ? asprintf(&text, "(%s) and (%s)", v->where, s->what.condition) < 0 : !(text = strdup(v->where)))
		return problem_set(why, "out of memory");
	free(s->what.condition);
	s->what.condition = text;
	if (linx_condition_new(text, &c, &error))
		return problem_set(why, "%s", error.text);
	s->what.needs = linx_condition_get_needs(c);
	linx_condition_free(c);
	return 0;
}

/* Makes the screen of linxcap top, and sets what must be recorded for it. */
static int open_screen(struct settings *s, struct problem *why)
{
	struct table_settings *t = &s->look.table;

	if (!isatty(STDOUT_FILENO))
		return problem_set(why, "not a terminal: standard output: linxcap stat prints tables elsewhere");
	if (s->how.mode == LINX_RECORDER)
		return problem_set(why, "not together: linxcap top and --mode recorder: it shows what comes");
	if (!t->keep)
		t->keep = KEEP_DEFAULT;
	t->screen = top_new(t->view, t->sort, why);
	/* HTTP is followed if the first view needs it: a live source can begin with that only at its start */
	s->what.http |= t->screen && top_view(t->screen)->events == VIEW_HTTP;
	if (t->screen && t->rules.n) {
		t->screen->rules = rule_files_read(&t->rules, LINX_PRIORITY_DEBUG, false, why);
		if (!t->screen->rules)
			return -1;
	}
	s->look.fds = LINX_SHOW_FD_ALL;
	s->look.durations = true;
	s->what.hide_signals = UINT64_MAX;
	return t->screen ? 0 : -1;
}

int table_options_open(struct settings *s, struct problem *why)
{
	struct view_def *v;

	if (s->look.table.on_screen)
		return open_screen(s, why);
	if (!s->look.table.alone && !s->look.summary && !s->look.http_summary)
		return 0;
	v = problem_alloc(sizeof(*v), why);
	if (!v)
		return -1;
	view_def_init(v);
	s->look.table.def = v;
	if (fill_view(s, v, why) || add_condition(s, v, why))
		return -1;
	if (s->look.table.alone && v->events == VIEW_HTTP)
		s->what.http = s->look.http_alone = true;
	if (s->look.table.alone)
		s->what.hide_signals = UINT64_MAX;
	return 0;
}

int table_options_add_needs(struct settings *s, struct problem *why)
{
	struct linx_aggregate *a = s->look.table.def ? view_def_aggregate(s->look.table.def, why) : NULL;

	if (s->look.table.def && !a)
		return -1;
	s->what.needs |= a ? linx_aggregate_get_needs(a) : 0;
	if (s->look.table.screen)
		s->what.needs |= top_needs(s->look.table.screen);
	linx_aggregate_free(a);
	return 0;
}

void table_options_free(struct settings *s)
{
	if (s->look.table.def)
		view_def_free(s->look.table.def);
	free(s->look.table.def);
	s->look.table.def = NULL;
	top_free(s->look.table.screen);
	s->look.table.screen = NULL;
}
