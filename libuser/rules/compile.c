// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Compiles the loaded rules to one tree of tests. A macro's condition is compiled once, and all rules and macros that
 * name the macro share the result. As in Falco, a macro can name only macros that were defined before its own last
 * change; a rule can name all macros.
 *
 * Of several mistakes, the one that Falco finds first is reported: first the syntax of all macros, then the macros that
 * macros name. Then comes each rule: its exceptions, its output, the syntax of its condition, the macros in it, and at
 * last its fields, operators and values.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "filter/condition/syntax.h"
#include "filter/calls.h"
#include "rules/rule_set.h"

/* ---- lists -------------------------------------------------------------------------------------------- */

/*
 * Adds one value to a list. Falco puts the elements of a list into the text of a condition in place of the list's name,
 * and then parses the text. So an element can be several values with commas between them, or no value at all.
 */
static int add_value(struct linx_rules *r, struct linx_rules_item *list, const char *s, size_t n)
{
	const char **p = realloc(list->flat, (list->nflat + 1) * sizeof(*p));
	char *text = linx_cond_keep(r->tree, s, n);

	if (p)
		list->flat = p;
	if (!p || !text)
		return -ENOMEM;
	p[list->nflat++] = text;
	return 0;
}

/* Adds the values that the text of an element stands for. */
static int add_values(struct linx_rules *r, struct linx_rules_item *list, const char *s)
{
	bool more = true;
	int ret = 0;

	while (!ret && more) {
		size_t n;

		s += strspn(s, " \t\b\r\n");
		n = linx_cond_value_length(s);
		list->broken |= !n;
		ret = n ? add_value(r, list, s, n) : 0;
		s += n;
		s += strspn(s, " \t\b\r\n");
		more = *s == ',';
		s += more;
	}
	list->broken |= *s != '\0';
	return ret;
}

/* Adds an element as it is written in a file. An element that has a blank and no quotes is put in quotes. */
static int add_element(struct linx_rules *r, struct linx_rules_item *list, const char *s)
{
	char *quoted;
	int ret;

	/* An empty element disappears at the beginning of a list. After other elements it leaves a comma. */
	if (!*s) {
		list->broken |= list->nflat > 0;
		return 0;
	}
	if (!strchr(s, ' ') || *s == '"' || *s == '\'')
		return add_values(r, list, s);
	if (asprintf(&quoted, "\"%s\"", s) < 0)
		return -ENOMEM;
	ret = add_values(r, list, quoted);
	free(quoted);
	return ret;
}

/*
 * Adds an element, or the elements of the list that it names. Falco replaces the names of all lists in a text, one list
 * after the other in the order of their definitions. So a name that comes from a list is replaced only if it is the
 * name of a later list.
 */
static int expand(struct linx_rules *r, struct linx_rules_item *list, const char *name, uint32_t *total)
{
	const struct linx_rules_item *other = linx_rules_item(r, LINX_RULES_LIST, name, strlen(name));
	int ret = 0;

	if (!other || other->index <= list->index) {
		ret = add_element(r, list, name);
		++*total;
	}
	for (uint32_t i = 0; !ret && other && other->index > list->index && i < other->nflat; i++, ++*total)
		ret = add_value(r, list, other->flat[i], strlen(other->flat[i]));
	list->broken |= other && other->index > list->index && other->broken;
	if (!ret && *total > LINX_COND_OPERANDS)
		ret = linx_rules_report(r, true, "LOAD_ERR_VALIDATE", list->place, list->name, "the lists have too many items");
	return ret;
}

/*
 * Sets the values of a list. An element that names a list which was defined before stands for the elements that this
 * list has in its file.
 */
static int flatten(struct linx_rules *r, struct linx_rules_item *list, uint32_t *total)
{
	int ret = 0;

	for (unsigned int i = 0; !ret && i < list->items.n; i++) {
		const char *name = list->items.s[i];
		struct linx_rules_item *other = linx_rules_item(r, LINX_RULES_LIST, name, strlen(name));

		if (!other || other->index >= list->visibility) {
			ret = expand(r, list, name, total);
			continue;
		}
		other->used = true;
		for (unsigned int k = 0; !ret && k < other->items.n; k++)
			ret = expand(r, list, other->items.s[k], total);
	}
	list->done = true;
	return ret;
}

/* Sets the values of all lists, the last list first, since a list can contain the values of later lists. */
static int flatten_all(struct linx_rules *r)
{
	uint32_t total = 0;
	int ret = 0;

	for (uint32_t i = r->nitems; !ret && i-- > 0;)
		if (r->items[i]->kind == LINX_RULES_LIST)
			ret = flatten(r, r->items[i], &total);
	return ret;
}

/* ---- conditions ------------------------------------------------------------------------------------------ */

/* Rule or macro "it" whose condition is being compiled. It can name macros whose index is below "visibility". */
struct viewer {
	struct linx_rules *r;
	const struct linx_rules_item *it;
	const struct linx_rules_text *text;
	uint32_t visibility;
};

static bool name_is_list(void *ctx, const char *name, size_t n)
{
	struct viewer *v = ctx;

	return linx_rules_item(v->r, LINX_RULES_LIST, name, n);
}

static bool item_of_list(void *ctx, const char *name, size_t n, unsigned int i, const char **s, size_t *len)
{
	struct viewer *v = ctx;
	struct linx_rules_item *list = linx_rules_item(v->r, LINX_RULES_LIST, name, n);

	list->used = true;
	if (i >= list->nflat)
		return false;
	*s = list->flat[i];
	*len = strlen(*s);
	return true;
}

/* ---- names ----------------------------------------------------------------------------------------------- */

/*
 * Returns the macro that a name in a condition stands for. As in Falco, the name of a list is replaced by its elements.
 * If the list has one element, this is the name of the macro. NULL: there is no such macro; *name and *n are then the
 * missing name.
 */
static struct linx_rules_item *macro_of(const struct linx_rules *r, const char **name, size_t *n)
{
	struct linx_rules_item *list = linx_rules_item(r, LINX_RULES_LIST, *name, *n);

	if (list && list->nflat == 1) {
		list->used = true;
		*name = list->flat[0];
		*n = strlen(*name);
	}
	return linx_rules_item(r, LINX_RULES_MACRO, *name, *n);
}

/* Search for a macro that a condition names and that it cannot see. */
struct missing {
	struct linx_rules *r;
	uint32_t visibility;
	bool found;
	struct linx_cond_problem why;
};

static void note_macro(void *ctx, const char *name, size_t n, size_t at)
{
	struct missing *x = ctx;
	struct linx_rules_item *m = macro_of(x->r, &name, &n);

	if (m && m->index < x->visibility) {
		m->used = true;
		return;
	}
	if (x->found)
		return;
	x->found = x->why.macro = true;
	x->why.at = at;
	snprintf(x->why.why, sizeof(x->why.why), "undefined macro '%.*s'", n > 80 ? 80 : (int)n, name);
}

static int size_of_list(void *ctx, const char *name, size_t n)
{
	struct missing *x = ctx;
	struct linx_rules_item *list = linx_rules_item(x->r, LINX_RULES_LIST, name, n);

	if (!list)
		return -1;
	list->used = true;
	return list->broken ? -2 : (int)list->nflat;
}

static int report_text(struct linx_rules *r, const struct linx_rules_item *it, const struct linx_rules_text *text, const struct linx_cond_problem *why)
{
	const char *code = why->macro ? "LOAD_ERR_VALIDATE" : "LOAD_ERR_COMPILE_CONDITION";

	return linx_rules_report(r, true, code, linx_rules_locate(r, text, why->at), it->name, "%s", why->why);
}

/* Checks the syntax of a condition. macros: also checks that the condition can see the macros that it names */
static int check_text(struct linx_rules *r, const struct linx_rules_item *it, const struct linx_rules_text *text, uint32_t visibility, bool macros)
{
	struct missing missing = { .r = r, .visibility = visibility };
	const struct linx_cond_named named = { .ctx = &missing, .macro = macros ? note_macro : NULL, .value = size_of_list };
	struct linx_cond_problem why;
	char *s = linx_rules_join(text);
	int ret = s ? linx_cond_check_syntax(s, &named, &why) : -ENOMEM;

	free(s);
	if (ret == -EINVAL)
		return report_text(r, it, text, &why);
	return !ret && missing.found ? report_text(r, it, text, &missing.why) : ret;
}

static int check_macros(struct linx_rules *r, bool macros)
{
	int ret = 0;

	for (uint32_t i = 0; !ret && i < r->nitems; i++)
		if (r->items[i]->kind == LINX_RULES_MACRO)
			ret = check_text(r, r->items[i], &r->items[i]->condition, r->items[i]->visibility, macros);
	return ret;
}

/* ---- the tree ---------------------------------------------------------------------------------------------- */

static int compile_text(struct linx_rules *r, struct linx_rules_item *it, const struct linx_rules_text *text, uint32_t visibility,
			uint32_t *node);

static int compile_macro(struct linx_rules *r, struct linx_rules_item *m, uint32_t *node)
{
	int ret = 0;

	m->used = true;
	if (m->busy)
		return linx_rules_report(r, true, "LOAD_ERR_VALIDATE", m->place, m->name, "this macro is made of itself");
	if (!m->done) {
		if (r->depth == LINX_RULES_MACRO_DEPTH)
			return linx_rules_report(r, true, "LOAD_ERR_VALIDATE", m->place, m->name, "macros are nested too deep");
		m->busy = true;
		r->depth++;
		ret = compile_text(r, m, &m->condition, m->visibility, &m->node);
		r->depth--;
		m->busy = false;
		m->done = !ret;
	}
	*node = m->node;
	return ret;
}

static int node_of_macro(void *ctx, const char *name, size_t n, uint32_t *node)
{
	struct viewer *v = ctx;
	struct linx_rules_item *m = macro_of(v->r, &name, &n);

	return !m || m->index >= v->visibility ? -ENOENT : compile_macro(v->r, m, node);
}

static void warn_of_text(void *ctx, size_t at, const char *why)
{
	struct viewer *v = ctx;

	linx_rules_report(v->r, false, "LOAD_COMPILE_CONDITION", linx_rules_locate(v->r, v->text, at), v->it->name, "%s", why);
}

/*
 * Reports an error in a condition. As in Falco, wrong fields, operators and values in a macro are errors of the rules
 * that name the macro. If no rule names the macro, they are not reported. Returns 1 if the rule, or a macro that no
 * rule names, is to be skipped.
 */
static int report_parse(struct linx_rules *r, struct linx_rules_item *it, const struct linx_rules_text *text, const struct linx_cond_problem *why)
{
	bool skips = r->rule && r->rule->skip_unknown && why->unknown;

	if (!r->rule && why->sense)
		return 1;
	if (skips)
		it = r->rule;
	const char *code = skips ? "LOAD_UNKNOWN_FILTER" : why->macro ? "LOAD_ERR_VALIDATE" : "LOAD_ERR_COMPILE_CONDITION";

	linx_rules_report(r, !skips, code, linx_rules_locate(r, text, why->at), it->name, "%s", why->why);
	return skips ? 1 : -EINVAL;
}

/* Compiles a condition to *node. Returns 1 if the rule is to be skipped. */
static int compile_text(struct linx_rules *r, struct linx_rules_item *it, const struct linx_rules_text *text, uint32_t visibility,
			uint32_t *node)
{
	struct viewer v = { .r = r, .it = it, .text = text, .visibility = visibility };
	const struct linx_cond_names names = {
		.ctx = &v, .macro = node_of_macro, .item = item_of_list, .is_list = name_is_list, .warn = warn_of_text,
	};
	struct linx_cond_problem why;
	char *s = linx_rules_join(text);
	int ret;

	if (!s)
		return -ENOMEM;
	ret = linx_cond_parse(r->tree, s, &names, &why);
	*node = r->tree->root;
	if (ret == -EINVAL && why.why[0])
		ret = report_parse(r, it, text, &why);
	free(s);
	return ret;
}

/* Compiles a rule's output and condition. Returns 1 if the rule is to be skipped. */
static int compile_parts(struct linx_rules *r, struct linx_rules_item *it, const struct linx_rules_text *text)
{
	int ret;

	it->text = linx_rules_join(text);
	if (!it->text)
		return -ENOMEM;
	ret = linx_rules_parse_output(r, it);
	if (!ret)
		ret = check_text(r, it, text, UINT32_MAX, true);
	return ret ? ret : compile_text(r, it, text, UINT32_MAX, &it->node);
}

static int compile_rule(struct linx_rules *r, struct linx_rules_item *it)
{
	struct linx_rules_text text = { 0 };
	int ret = linx_rules_except(r, it, &text);

	r->rule = it;
	if (!ret)
		ret = compile_parts(r, it, &text);
	r->rule = NULL;
	linx_rules_text_free(&text);
	if (ret)
		return ret < 0 ? ret : 0;
	it->done = true;
	return 0;
}

static bool is_rule(const struct linx_rules_item *it)
{
	return it->kind == LINX_RULES_RULE || it->kind == LINX_RULES_STATE;
}

static void warn_unused(struct linx_rules *r)
{
	for (uint32_t i = 0; i < r->nitems; i++) {
		struct linx_rules_item *it = r->items[i];

		if (it->used || is_rule(it))
			continue;
		if (it->kind == LINX_RULES_MACRO)
			linx_rules_report(r, false, "LOAD_UNUSED_MACRO", it->place, it->name, "nothing names this macro");
		else
			linx_rules_report(r, false, "LOAD_UNUSED_LIST", it->place, it->name, "nothing names this list");
	}
}

/* Compiles all macros. A wrong field, operator or value is not reported here, but in each rule that names the macro. */
static int compile_macros(struct linx_rules *r)
{
	int ret = check_macros(r, false);

	if (!ret)
		ret = check_macros(r, true);
	for (uint32_t i = 0; ret >= 0 && i < r->nitems; i++) {
		struct linx_rules_item *it = r->items[i];
		bool used = it->used;
		uint32_t node;

		if (it->kind != LINX_RULES_MACRO)
			continue;
		ret = compile_macro(r, it, &node);
		it->used = used;
	}
	return ret < 0 ? ret : 0;
}

static int compile_all(struct linx_rules *r)
{
	int ret = flatten_all(r);

	if (!ret)
		ret = compile_macros(r);
	for (uint32_t i = 0; !ret && i < r->nitems; i++)
		if (r->items[i]->kind == LINX_RULES_RULE && !r->items[i]->foreign)
			ret = compile_rule(r, r->items[i]);
	return ret;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Sorts tags and removes duplicates, since alerts show tags as Falco does. */
static void sort_tags(struct linx_rules_strings *tags)
{
	unsigned int kept = 0;

	if (tags->n)
		qsort(tags->s, tags->n, sizeof(*tags->s), by_text);
	for (unsigned int i = 0; i < tags->n; i++)
		if (kept && !strcmp(tags->s[kept - 1], tags->s[i]))
			free(tags->s[i]);
		else
			tags->s[kept++] = tags->s[i];
	tags->n = kept;
}

/* Makes a node that is true if one of n rules matches, n > 0. Splitting the rules in halves keeps the tree flat. */
static int any_of(struct linx_rules *r, const uint32_t *which, uint32_t n, uint32_t *node)
{
	uint32_t left, right;
	int ret;

	if (n == 1) {
		*node = r->rules[*which]->node;
		return 0;
	}
	ret = any_of(r, which, n / 2, &left);
	if (!ret)
		ret = any_of(r, which + n / 2, n - n / 2, &right);
	return ret ? ret : linx_cond_add(r->tree, LINX_COND_OR, left, right, node);
}

/* Marks the rules that raise alerts as active, and counts all rules. */
static void activate(struct linx_rules *r, enum linx_rule_priority least)
{
	for (uint32_t i = 0; i < r->nitems; i++) {
		struct linx_rules_item *it = r->items[i];

		if (!is_rule(it))
			continue;
		it->active = it->done && it->enabled && it->priority <= least;
		r->nrules++;
	}
}

/* Lists the rules that may match a hit of a probe in r->hits. */
static int find_hits(struct linx_rules *r)
{
	uint32_t *nodes = malloc((r->nall + 1) * sizeof(*nodes));
	bool *may = calloc(r->nall + 1, sizeof(*may));
	int ret = nodes && may ? 0 : -ENOMEM;

	for (uint32_t i = 0; !ret && i < r->nall; i++)
		nodes[i] = r->rules[r->all[i]]->node;
	if (!ret)
		ret = linx_calls_of_hits(r->tree, nodes, r->nall, may);
	r->nhits = 0;
	for (uint32_t i = 0; !ret && i < r->nall; i++)
		if (may[i])
			r->hits[r->nhits++] = r->all[i];
	free(may);
	free(nodes);
	return ret;
}

/*
 * Numbers the rules, and makes the tree's root, which is true if one of these rules matches: a rule that is active, or
 * that an active linx_count or linx_sequence names.
 */
static int collect(struct linx_rules *r, enum linx_rule_priority least)
{
	int ret;

	activate(r, least);
	r->rules = calloc(r->nrules + 1, sizeof(*r->rules));
	r->all = calloc(r->nrules + 1, sizeof(*r->all));
	r->exits = calloc(r->nrules + 1, sizeof(*r->exits));
	r->hits = calloc(r->nrules + 1, sizeof(*r->hits));
	r->matched = calloc(r->nrules + 1, sizeof(*r->matched));
	if (!r->rules || !r->all || !r->exits || !r->hits || !r->matched || linx_rules_watch(r))
		return -ENOMEM;
	r->nrules = 0;
	for (uint32_t i = 0; i < r->nitems; i++) {
		struct linx_rules_item *it = r->items[i];

		if (!is_rule(it))
			continue;
		it->number = r->nrules;
		r->rules[r->nrules++] = it;
		sort_tags(&it->tags);
		if (it->kind == LINX_RULES_RULE && !it->has_action && (it->active || it->nwatches))
			r->all[r->nall++] = it->number;
	}
	ret = find_hits(r);
	if (!ret && r->nall)
		ret = any_of(r, r->all, r->nall, &r->tree->root);
	if (ret == -E2BIG)
		return linx_rules_report(r, true, "LOAD_ERR_VALIDATE", (struct linx_rules_place){ 0 }, NULL, "the rules have too many tests");
	return ret;
}

LINX_API int linx_rules_compile(struct linx_rules *r, enum linx_rule_priority least)
{
	int ret;

	if (r->failed || r->compiled)
		return -EINVAL;
	ret = compile_all(r);
	if (!ret)
		ret = linx_rules_link(r);
	if (!ret)
		ret = linx_rules_warn(r);
	if (!ret)
		ret = collect(r, least);
	r->failed |= ret != 0;
	if (r->failed)
		return ret ? ret : -EINVAL;
	r->compiled = true;
	warn_unused(r);
	return 0;
}

/*
 * True if name matches pattern, in which a star stands for any text. On a mismatch, the last star is extended by one
 * more byte.
 */
static bool matches(const char *pattern, const char *name)
{
	const char *star = NULL, *behind = name;

	while (*name) {
		if (*pattern == '*') {
			star = pattern++;
			behind = name;
		} else if (*pattern == *name) {
			pattern++;
			name++;
		} else if (star) {
			pattern = star + 1;
			name = ++behind;
		} else {
			return false;
		}
	}
	return !pattern[strspn(pattern, "*")];
}

LINX_API int linx_rules_enable(struct linx_rules *r, const char *name, const char *tag, bool on)
{
	int n = 0;

	for (uint32_t i = 0; i < r->nitems && !r->compiled; i++) {
		struct linx_rules_item *it = r->items[i];
		unsigned int at = 0;

		if (!is_rule(it) || (name && !matches(name, it->name)))
			continue;
		while (tag && at < it->tags.n && strcmp(it->tags.s[at], tag) != 0)
			at++;
		if (tag && at == it->tags.n)
			continue;
		it->enabled = on;
		n++;
	}
	return n;
}
