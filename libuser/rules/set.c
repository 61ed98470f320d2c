// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Memory of a set of rules, the index of items (rules, macros, lists) by name, the problems found, and their places in
 * the files.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/array_size.h"
#include "rules/by_value.h"
#include "rules/rule_set.h"

static const char *const priorities[] = {
	"Emergency", "Alert", "Critical", "Error", "Warning", "Notice", "Informational", "Debug",
};

LINX_API const char *linx_rule_priority_name(unsigned int priority)
{
	return priority < ARRAY_SIZE(priorities) ? priorities[priority] : NULL;
}

LINX_API int linx_rule_priority_parse(const char *name, enum linx_rule_priority *priority)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(priorities); i++) {
		if (strcasecmp(name, priorities[i]) != 0 && !(i == LINX_PRIORITY_INFO && !strcasecmp(name, "info")))
			continue;
		*priority = (enum linx_rule_priority)i;
		return 0;
	}
	return -ENOENT;
}

LINX_API int linx_rules_new(struct linx_rules **out)
{
	struct linx_rules *r = calloc(1, sizeof(*r));

	if (!r)
		return -ENOMEM;
	r->tree = linx_cond_alloc();
	if (!r->tree) {
		free(r);
		return -ENOMEM;
	}
	r->tree->is_of_rules = true;
	r->tree->keeps = true;
	*out = r;
	return 0;
}

/* ---- parts ------------------------------------------------------------------------------------- */

int linx_rules_add_part(struct linx_rules_text *t, const char *text, struct linx_rules_place place)
{
	struct linx_rules_part *p = realloc(t->parts, (t->n + 1) * sizeof(*p));

	if (!p)
		return -ENOMEM;
	t->parts = p;
	p[t->n].place = place;
	p[t->n].text = strdup(text);
	if (!p[t->n].text)
		return -ENOMEM;
	t->n++;
	return 0;
}

char *linx_rules_join(const struct linx_rules_text *t)
{
	size_t n = 1;
	char *s, *at;

	for (unsigned int i = 0; i < t->n; i++)
		n += strlen(t->parts[i].text) + 1;
	s = at = malloc(n);
	for (unsigned int i = 0; s && i < t->n; i++) {
		if (i)
			*at++ = ' ';
		at = stpcpy(at, t->parts[i].text);
	}
	if (s)
		*at = '\0';
	return s;
}

void linx_rules_text_free(struct linx_rules_text *t)
{
	for (unsigned int i = 0; i < t->n; i++)
		free(t->parts[i].text);
	free(t->parts);
	*t = (struct linx_rules_text){ 0 };
}

int linx_rules_strings_add(struct linx_rules_strings *s, const char *text)
{
	char **p = realloc(s->s, (s->n + 1) * sizeof(*p));

	if (!p)
		return -ENOMEM;
	s->s = p;
	p[s->n] = strdup(text);
	if (!p[s->n])
		return -ENOMEM;
	s->n++;
	return 0;
}

void linx_rules_strings_free(struct linx_rules_strings *s)
{
	for (unsigned int i = 0; i < s->n; i++)
		free(s->s[i]);
	free(s->s);
	*s = (struct linx_rules_strings){ 0 };
}

void linx_rules_value_free(struct linx_rules_value *v)
{
	for (unsigned int i = 0; i < v->n; i++)
		linx_rules_value_free(&v->items[i]);
	free(v->items);
	free(v->s);
	*v = (struct linx_rules_value){ 0 };
}

void linx_rules_exceptions_free(struct linx_rules_exception *x, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++) {
		linx_rules_value_free(&x[i].fields);
		linx_rules_value_free(&x[i].comps);
		for (unsigned int j = 0; j < x[i].nvalues; j++)
			linx_rules_value_free(&x[i].values[j]);
		free(x[i].values);
		free(x[i].name);
	}
	free(x);
}

void linx_rules_item_clear(struct linx_rules_item *it)
{
	linx_rules_strings_free(&it->items);
	linx_rules_text_free(&it->condition);
	linx_rules_strings_free(&it->tags);
	linx_rules_exceptions_free(it->exceptions, it->nexceptions);
	linx_rules_shown_free(it);
	linx_rules_stateful_free(it);
	free(it->watches);
	free(it->flat);
	free(it->desc);
	free(it->output);
	free(it->source);
	free(it->text);
	free(it->name);
}

LINX_API void linx_rules_free(struct linx_rules *r)
{
	if (!r)
		return;
	for (uint32_t i = 0; i < r->nfiles; i++) {
		free(r->files[i].name);
		free(r->files[i].text);
	}
	for (uint32_t i = 0; i < r->nitems; i++) {
		linx_rules_item_clear(r->items[i]);
		free(r->items[i]);
	}
	for (uint32_t i = 0; i < r->nissues; i++) {
		free(r->issues[i].item);
		free(r->issues[i].text);
	}
	linx_rules_additions_free(r);
	linx_condition_free(r->tree);
	free(r->files);
	free(r->items);
	free(r->by_name);
	free(r->rules);
	free(r->issues);
	linx_rules_by_value_free(r->by_value);
	free(r->starts);
	free(r->by_call);
	free(r->all);
	free(r->exits);
	free(r->hits);
	linx_rules_strings_free(&r->probes);
	free(r->matched);
	free(r->fields);
	free(r->names);
	free(r->met);
	free(r->key.data);
	free(r->value.data);
	free(r->text.data);
	free(r->values.data);
	free(r->shown.data);
	free(r);
}

LINX_API const char *linx_rules_get_host_name(const struct linx_rules *r, unsigned int i)
{
	return i < r->tree->hosts.n ? r->tree->hosts.all[i].name : NULL;
}

LINX_API int linx_rules_set_host_addresses(struct linx_rules *r, unsigned int i, const uint8_t (*addresses)[16], unsigned int n)
{
	return linx_hosts_set(&r->tree->hosts, i, addresses, n);
}

/* ---- items by name --------------------------------------------------------------------------- */

static uint32_t slot_of(const struct linx_rules *r, enum linx_rules_kind kind, const char *name, size_t n)
{
	uint32_t at = (linx_cond_hash(name, n) + (uint32_t)kind) & r->name_mask;

	for (; r->by_name[at]; at = (at + 1) & r->name_mask) {
		const struct linx_rules_item *it = r->items[r->by_name[at] - 1];

		if (it->kind == kind && strlen(it->name) == n && !memcmp(it->name, name, n))
			break;
	}
	return at;
}

static void index_item(struct linx_rules *r, uint32_t i)
{
	const struct linx_rules_item *it = r->items[i];

	r->by_name[slot_of(r, it->kind, it->name, strlen(it->name))] = i + 1;
}

/*
 * Doubles the hash table of items by name if the next item would fill more than half of it. The free slots keep
 * searches short, and end them.
 */
static int grow_index(struct linx_rules *r)
{
	uint32_t size = r->by_name ? 2 * (r->name_mask + 1) : 256, *p;

	if (r->by_name && 2 * (r->nitems + 1) <= r->name_mask)
		return 0;
	p = calloc(size, sizeof(*p));
	if (!p)
		return -ENOMEM;
	free(r->by_name);
	r->by_name = p;
	r->name_mask = size - 1;
	for (uint32_t i = 0; i < r->nitems; i++)
		index_item(r, i);
	return 0;
}

int linx_rules_make_room(struct linx_rules *r)
{
	struct linx_rules_item **items;

	if (r->nitems == LINX_RULES_ITEMS_MAX || grow_index(r))
		return -ENOMEM;
	items = realloc(r->items, (r->nitems + 1) * sizeof(*items));
	if (!items)
		return -ENOMEM;
	r->items = items;
	return 0;
}

void linx_rules_add_item(struct linx_rules *r, struct linx_rules_item *it)
{
	it->index = r->next++;
	r->items[r->nitems++] = it;
	index_item(r, r->nitems - 1);
}

struct linx_rules_item *linx_rules_item(const struct linx_rules *r, enum linx_rules_kind kind, const char *name, size_t n)
{
	uint32_t at = r->by_name ? r->by_name[slot_of(r, kind, name, n)] : 0;

	return at ? r->items[at - 1] : NULL;
}

/* ---- problems -------------------------------------------------------------------------------------- */

int linx_rules_report(struct linx_rules *r, bool error, const char *code, struct linx_rules_place place, const char *item,
		      const char *fmt, ...)
{
	struct linx_rules_issue *p = realloc(r->issues, (r->nissues + 1) * sizeof(*p));
	va_list ap;
	int ret;

	r->failed |= error;
	if (!p)
		return -ENOMEM;
	r->issues = p;
	p += r->nissues;
	*p = (struct linx_rules_issue){ .error = error, .code = code, .place = place, .item = item ? strdup(item) : NULL };
	va_start(ap, fmt);
	ret = vasprintf(&p->text, fmt, ap);
	va_end(ap);
	if (ret < 0) {
		free(p->item);
		return -ENOMEM;
	}
	r->nissues++;
	return -EINVAL;
}

LINX_API int linx_rules_get_problem(const struct linx_rules *r, unsigned int i, struct linx_rules_problem *p)
{
	const struct linx_rules_issue *x;

	if (i >= r->nissues)
		return -ENOENT;
	x = &r->issues[i];
	*p = (struct linx_rules_problem){
		.error = x->error,
		.code = x->code,
		.file = x->place.file < r->nfiles ? r->files[x->place.file].name : "",
		.line = x->place.line,
		.column = x->place.column,
		.item = x->item,
		.text = x->text,
	};
	return 0;
}

/* ---- places -------------------------------------------------------------------------------------------- */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Position in a file that is being read, with line and column. */
struct cursor {
	const char *s, *end;
	unsigned int line, column;
};

static void step(struct cursor *c)
{
	if (*c->s == '\n') {
		c->line++;
		c->column = 1;
	} else if (((unsigned char)*c->s & 0xc0) != 0x80) {
		c->column++;
	}
	c->s++;
}

static void step_line(struct cursor *c)
{
	while (c->s < c->end && *c->s != '\n')
		step(c);
	if (c->s < c->end)
		step(c);
}

/* True if the next two bytes are an escape that stands for one character: backslash in "", or '' in ''. */
static bool is_pair(const struct cursor *c, char style)
{
	if (c->s + 1 >= c->end)
		return false;
	return (style == '"' && *c->s == '\\') || (style == '\'' && c->s[0] == '\'' && c->s[1] == '\'');
}

/*
 * Finds the place in the file of byte "at" of a scalar's text. The file can have other blanks than the text, and in
 * quotes it has escapes of two characters. So only characters that are not blank are counted, and an escape counts as
 * one character.
 */
static struct linx_rules_place find_place(const struct linx_rules_file *f, const struct linx_rules_part *p, size_t at)
{
	struct cursor c = { f->text, f->text + f->len, 1, 1 };
	struct linx_rules_place place = p->place;
	size_t n = 0;

	for (size_t i = 0; i < at && p->text[i]; i++)
		n += !is_blank(p->text[i]);
	while (c.s < c.end && (c.line < place.line || (c.line == place.line && c.column < place.column)))
		step(&c);
	if (place.style == '>' || place.style == '|')
		step_line(&c);
	else if (place.style && c.s < c.end)
		step(&c);
	while (c.s < c.end && (n || is_blank(*c.s))) {
		n -= n && !is_blank(*c.s);
		if (is_pair(&c, place.style))
			step(&c);
		step(&c);
	}
	place.line = c.line;
	place.column = c.column;
	return place;
}

struct linx_rules_place linx_rules_locate(const struct linx_rules *r, const struct linx_rules_text *t, size_t at)
{
	for (unsigned int i = 0; i < t->n; i++) {
		size_t n = strlen(t->parts[i].text);

		if (at > n && i + 1 < t->n) {
			at -= n + 1;
			continue;
		}
		if (t->parts[i].place.fixed)
			return t->parts[i].place;
		return find_place(&r->files[t->parts[i].place.file], &t->parts[i], at);
	}
	return (struct linx_rules_place){ 0 };
}
