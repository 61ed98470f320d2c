// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Reads views from YAML. Each kind of map has a table of its possible members, with the function that reads the value
 * of each.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <yaml.h>

#include "base/array_size.h"
#include "base/parse_value.h"
#include "base/suggest.h"
#include "view/view_def.h"

/* Most bytes of a file. A usual view has some hundred bytes. */
#define FILE_MAX 65536u
#define NUMBER_MAX 1000000u
/* Most columns of a terminal that a width or a margin can have, and most digits of a number or blanks of a gap. */
#define WIDTH_MAX 1000u
#define SMALL_MAX 100u
/* Deepest nesting of a file. libyaml needs a time that grows with the square of the depth. */
#define DEPTH_MAX 16u

struct reading {
	struct view_def *v;
	const char *file;
	yaml_document_t *doc;
	struct problem *why;
};

/* A member of a map. read() stores the value in the structure that the map describes, at the offset of the member. */
struct member {
	const char *name;
	int (*read)(const struct reading *r, const yaml_node_t *n, void *to);
	size_t at;
};

/* ---- messages and nodes --------------------------------------------------------------------- */

/* Sets why to a message with the node's position before it. Returns -1. */
static int refuse(const struct reading *r, const yaml_node_t *n, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
static int refuse(const struct reading *r, const yaml_node_t *n, const char *fmt, ...)
{
	char text[400];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	return problem_set(r->why, "%.100s:%zu:%zu: %s", r->file, n->start_mark.line + 1, n->start_mark.column + 1, text);
}

/* Puts the node's position before the message that a function has left in why. Returns -1. */
static int refuse_why(const struct reading *r, const yaml_node_t *n)
{
	struct problem why = *r->why;

	return refuse(r, n, "%s", why.text);
}

static const yaml_node_t *node(const struct reading *r, int i)
{
	return yaml_document_get_node(r->doc, i);
}

/*
 * True if a terminal shows a text unchanged: it has no control characters, and no marks that change the direction of
 * other text.
 */
static bool is_harmless(const char *s, size_t len)
{
	size_t size = LINX_ESCAPE_MAX * len + 1;
	char *escaped = malloc(size);
	bool same = escaped && linx_escape(escaped, size, s) == len && !memcmp(escaped, s, len);

	free(escaped);
	return same;
}

/* Returns the text of a node. NULL: the node is not a text, or its text is not harmless; why has the reason. */
static const char *text_of(const struct reading *r, const yaml_node_t *n)
{
	const char *s = n->type == YAML_SCALAR_NODE ? (const char *)n->data.scalar.value : NULL;

	if (s && !is_harmless(s, n->data.scalar.length))
		s = NULL;
	if (!s)
		refuse(r, n, "a text in one line is expected here");
	return s;
}

/* ---- values --------------------------------------------------------------------------------- */

static int read_text(const struct reading *r, const yaml_node_t *n, void *to)
{
	const char *s = text_of(r, n);

	if (!s)
		return -1;
	*(const char **)to = view_def_keep(r->v, s, strlen(s), r->why);
	return *(const char **)to ? 0 : -1;
}

static int read_letter(const struct reading *r, const yaml_node_t *n, void *to)
{
	const char *s = text_of(r, n);

	if (!s)
		return -1;
	return *s > ' ' && *s <= '~' && !s[1] ? read_text(r, n, to) : refuse(r, n, "one letter is expected here");
}

static int read_number_to(const struct reading *r, const yaml_node_t *n, unsigned int most, void *to)
{
	const char *s = text_of(r, n);
	uint64_t number;

	if (!s)
		return -1;
	if (!value_number(s, &number) || number > most)
		return refuse(r, n, "a number from 0 to %u is expected here", most);
	*(unsigned int *)to = (unsigned int)number;
	return 0;
}

static int read_number(const struct reading *r, const yaml_node_t *n, void *to)
{
	return read_number_to(r, n, NUMBER_MAX, to);
}

static int read_width(const struct reading *r, const yaml_node_t *n, void *to)
{
	return read_number_to(r, n, WIDTH_MAX, to);
}

static int read_small(const struct reading *r, const yaml_node_t *n, void *to)
{
	return read_number_to(r, n, SMALL_MAX, to);
}

static int read_bool(const struct reading *r, const yaml_node_t *n, void *to)
{
	const char *s = text_of(r, n);
	int i = s ? value_choice(s, "true|false") : -1;

	if (i < 0)
		return s ? refuse(r, n, "true or false is expected here") : -1;
	*(bool *)to = !i;
	return 0;
}

static int read_word(const struct reading *r, const yaml_node_t *n, const char *words, int *i)
{
	const char *s = text_of(r, n);

	*i = s ? value_choice(s, words) : -1;
	return *i >= 0 || !s ? -!s : refuse(r, n, "unknown word: %.100s: write one of %s", s, words);
}

static int read_events(const struct reading *r, const yaml_node_t *n, void *to)
{
	int i, rc = read_word(r, n, VIEW_EVENTS_WORDS, &i);

	*(enum view_events *)to = rc ? VIEW_CALLS : (enum view_events)i;
	return rc;
}

static int read_unit(const struct reading *r, const yaml_node_t *n, void *to)
{
	int i, rc = read_word(r, n, VIEW_UNIT_WORDS, &i);

	*(enum view_unit *)to = rc ? VIEW_NUMBER : (enum view_unit)i;
	return rc;
}

/* ---- maps and lists ------------------------------------------------------------------------- */

static int unknown_member(const struct reading *r, const yaml_node_t *n, const char *name, const struct member *m, unsigned int count)
{
	struct nearest near;

	nearest_begin(&near, name);
	for (unsigned int i = 0; i < count; i++)
		nearest_try(&near, m[i].name);
	if (nearest_best(&near))
		return refuse(r, n, "unknown key: %.100s: did you mean %s?", name, nearest_best(&near));
	return refuse(r, n, "unknown key: %.100s: docs/views.md lists them", name);
}

/* Reads a map. Members are read in the order of the table, so that columns are known when "show" is read. */
static int read_map(const struct reading *r, const yaml_node_t *n, const struct member *m, unsigned int count, void *to)
{
	const yaml_node_t *values[VIEW_NAMES_MAX] = { NULL };
	const char *name;
	unsigned int i;
	int rc = 0;

	if (n->type != YAML_MAPPING_NODE)
		return refuse(r, n, "a map is expected here, as %s: ...", m[0].name);
	for (const yaml_node_pair_t *p = n->data.mapping.pairs.start; p < n->data.mapping.pairs.top; p++) {
		name = text_of(r, node(r, p->key));
		if (!name)
			return -1;
		for (i = 0; i < count && strcmp(m[i].name, name) != 0;)
			i++;
		if (i == count)
			return unknown_member(r, node(r, p->key), name, m, count);
		if (values[i])
			return refuse(r, node(r, p->key), "twice: %s", name);
		values[i] = node(r, p->value);
	}
	for (i = 0; !rc && i < count; i++)
		rc = values[i] ? m[i].read(r, values[i], (char *)to + m[i].at) : 0;
	return rc;
}

/* Calls read() for each item of a list. */
static int read_list(const struct reading *r, const yaml_node_t *n, int (*read)(const struct reading *r, const yaml_node_t *n))
{
	int rc = 0;

	if (n->type != YAML_SEQUENCE_NODE)
		return refuse(r, n, "a list is expected here");
	for (const yaml_node_item_t *i = n->data.sequence.items.start; !rc && i < n->data.sequence.items.top; i++)
		rc = read(r, node(r, *i));
	return rc;
}

/* Returns the text of a member of a map; NULL: there is none. */
static const char *member_text(const struct reading *r, const yaml_node_t *map, const char *name)
{
	for (const yaml_node_pair_t *p = map->data.mapping.pairs.start; map->type == YAML_MAPPING_NODE && p < map->data.mapping.pairs.top; p++) {
		const char *key = text_of(r, node(r, p->key));

		if (key && !strcmp(key, name))
			return text_of(r, node(r, p->value));
	}
	return NULL;
}

/* ---- keys and columns ----------------------------------------------------------------------- */

/* Reads nothing: the field or column of an item was read before its other members, whose defaults depend on it. */
static int skip(const struct reading *r, const yaml_node_t *n, void *to)
{
	(void)r;
	(void)n;
	(void)to;
	return 0;
}

#define LOOK(type, member) offsetof(struct type, look.member)
#define LOOKS(type)                                          \
	{ "name", read_text, LOOK(type, name) },             \
	{ "head", read_text, LOOK(type, head) },             \
	{ "none", read_text, LOOK(type, none) },             \
	{ "unit", read_unit, LOOK(type, unit) },             \
	{ "width", read_width, LOOK(type, width) },         \
	{ "margin", read_width, LOOK(type, margin) },       \
	{ "digits", read_small, LOOK(type, digits) },       \
	{ "blank", read_bool, LOOK(type, blank) }

static const struct member key_members[] = { { "field", skip, 0 }, LOOKS(view_key) };
static const struct member column_members[] = {
	{ "value", skip, 0 },
	LOOKS(view_column),
	{ "ranges", read_number, offsetof(struct view_column, of.ranges) },
	{ "zero", read_bool, offsetof(struct view_column, of.zero) },
	{ "untimed", read_text, offsetof(struct view_column, untimed) },
};

/*
 * Reads the members of a key or column. Its name is also the heading of its column, unless the member "head" has
 * another one.
 */
static int read_members(const struct reading *r, const yaml_node_t *n, const struct member *m, unsigned int count, void *to, struct view_look *look)
{
	if (read_map(r, n, m, count, to))
		return -1;
	if (!member_text(r, n, "head"))
		look->head = look->name;
	return 0;
}

/* Reads a key: a field, or a map that has a field. */
static int read_key(const struct reading *r, const yaml_node_t *n)
{
	bool is_map = n->type == YAML_MAPPING_NODE;
	const char *field = is_map ? member_text(r, n, "field") : text_of(r, n);
	struct view_key *k;

	if (!field)
		return is_map ? refuse(r, n, "a key needs a field") : -1;
	k = view_def_add_key(r->v, field, r->why);
	if (!k)
		return refuse_why(r, n);
	return is_map ? read_members(r, n, key_members, ARRAY_SIZE(key_members), k, &k->look) : 0;
}

static int read_column(const struct reading *r, const yaml_node_t *n)
{
	bool is_map = n->type == YAML_MAPPING_NODE;
	const char *value = is_map ? member_text(r, n, "value") : text_of(r, n);
	struct view_column *c;

	if (!value)
		return is_map ? refuse(r, n, "a column needs a value, as count or sum(linx.duration)") : -1;
	c = view_def_add_column(r->v, value, r->why);
	if (!c)
		return refuse_why(r, n);
	return is_map ? read_members(r, n, column_members, ARRAY_SIZE(column_members), c, &c->look) : 0;
}

static int read_keys(const struct reading *r, const yaml_node_t *n, void *to)
{
	(void)to;
	return read_list(r, n, read_key);
}

static int read_columns(const struct reading *r, const yaml_node_t *n, void *to)
{
	(void)to;
	return read_list(r, n, read_column);
}

/* ---- what is shown, order and sections ------------------------------------------------------ */

static int read_item(const struct reading *r, const yaml_node_t *n)
{
	const char *name = text_of(r, n);

	if (!name)
		return -1;
	return view_def_show(r->v, name, r->why) ? refuse_why(r, n) : 0;
}

static int read_order(const struct reading *r, const yaml_node_t *n)
{
	const char *name = text_of(r, n);

	if (!name)
		return -1;
	return view_def_sort(r->v, name, r->why) ? refuse_why(r, n) : 0;
}

static int read_show(const struct reading *r, const yaml_node_t *n, void *to)
{
	(void)to;
	return read_list(r, n, read_item);
}

static int read_sort(const struct reading *r, const yaml_node_t *n, void *to)
{
	(void)to;
	return read_list(r, n, read_order);
}

/* Reads a family of sections: a map of values and their names. */
static int read_family(const struct reading *r, const yaml_node_t *n)
{
	struct view_sections *s = &r->v->sections;
	unsigned int family = s->n ? s->values[s->n - 1].family + 1 : 0;

	if (n->type != YAML_MAPPING_NODE)
		return refuse(r, n, "a map of values and names is expected here");
	for (const yaml_node_pair_t *p = n->data.mapping.pairs.start; p < n->data.mapping.pairs.top; p++) {
		if (s->n == VIEW_NAMES_MAX)
			return refuse(r, n, "too many sections: at most %u", VIEW_NAMES_MAX);
		s->values[s->n].family = family;
		if (read_text(r, node(r, p->key), &s->values[s->n].value) || read_text(r, node(r, p->value), &s->values[s->n].name))
			return -1;
		s->n++;
	}
	return 0;
}

static int read_families(const struct reading *r, const yaml_node_t *n, void *to)
{
	(void)to;
	return read_list(r, n, read_family);
}

static const struct member sections_members[] = {
	{ "key", read_text, offsetof(struct view_sections, key) },
	{ "heading", read_text, offsetof(struct view_sections, heading) },
	{ "families", read_families, 0 },
};

static int read_sections(const struct reading *r, const yaml_node_t *n, void *to)
{
	const struct view_sections *s = to;

	if (read_map(r, n, sections_members, ARRAY_SIZE(sections_members), to))
		return -1;
	return s->key && s->heading ? 0 : refuse(r, n, "sections need a key and a heading");
}

/* ---- actions -------------------------------------------------------------------------------- */

static int read_word_of(const struct reading *r, const yaml_node_t *n)
{
	struct view_action *a = &r->v->actions[r->v->nactions];

	if (a->nrun == VIEW_WORDS_MAX)
		return refuse(r, n, "too many words: at most %u", VIEW_WORDS_MAX);
	if (read_text(r, n, &a->run[a->nrun]))
		return -1;
	a->nrun++;
	return 0;
}

static int read_run(const struct reading *r, const yaml_node_t *n, void *to)
{
	(void)to;
	return read_list(r, n, read_word_of);
}

static const struct member action_members[] = {
	{ "key", read_letter, offsetof(struct view_action, key) },
	{ "text", read_text, offsetof(struct view_action, text) },
	{ "run", read_run, 0 },
};

static int read_action(const struct reading *r, const yaml_node_t *n)
{
	struct view_action *a = &r->v->actions[r->v->nactions];

	if (r->v->nactions == VIEW_ACTIONS_MAX)
		return refuse(r, n, "too many actions: at most %u", VIEW_ACTIONS_MAX);
	if (read_map(r, n, action_members, ARRAY_SIZE(action_members), a))
		return -1;
	if (!a->key || !a->text || !a->nrun)
		return refuse(r, n, "an action needs a key, a text and words to run");
	r->v->nactions++;
	return 0;
}

static int read_actions(const struct reading *r, const yaml_node_t *n, void *to)
{
	(void)to;
	return read_list(r, n, read_action);
}

/* ---- the whole ------------------------------------------------------------------------------ */

#define AT(member) offsetof(struct view_def, member)
static const struct member view_members[] = {
	{ "view", read_text, AT(name) },
	{ "text", read_text, AT(text) },
	{ "events", read_events, AT(events) },
	{ "where", read_text, AT(where) },
	{ "keys", read_keys, 0 },
	{ "columns", read_columns, 0 },
	{ "show", read_show, 0 },
	{ "sort", read_sort, 0 },
	{ "sections", read_sections, AT(sections) },
	{ "groups", read_number, AT(groups) },
	{ "total", read_text, AT(total) },
	{ "folded", read_text, AT(folded) },
	{ "announce", read_text, AT(announce) },
	{ "drill", read_text, AT(drill) },
	{ "title", read_text, AT(title) },
	{ "key", read_letter, AT(key) },
	{ "open", read_text, AT(open) },
	{ "tree", read_text, AT(tree) },
	{ "actions", read_actions, 0 },
	{ "gap", read_small, AT(gap) },
	{ "lines", read_bool, AT(lines) },
	{ "fixed", read_bool, AT(fixed) },
	{ "refresh", read_bool, AT(refresh) },
	{ "foot", read_bool, AT(foot) },
};
_Static_assert(ARRAY_SIZE(view_members) <= VIEW_NAMES_MAX, "read_map() has a place for each member");

static int read_root(struct reading *r)
{
	const yaml_node_t *root = yaml_document_get_root_node(r->doc);

	if (!root)
		return problem_set(r->why, "%.100s: this is empty", r->file);
	if (read_map(r, root, view_members, ARRAY_SIZE(view_members), r->v))
		return -1;
	if (!*r->v->name)
		return refuse(r, root, "the name is missing, as view: mine");
	return view_def_finish(r->v, r->why) ? refuse_why(r, root) : 0;
}

/* True if the text is nested deeper than a view can be. If the text is not YAML, it is read up to its first mistake. */
static bool is_deep(const char *text, size_t len)
{
	unsigned int depth = 0;
	yaml_parser_t p;
	yaml_event_t e;
	bool ended = false;

	if (!yaml_parser_initialize(&p))
		return false;
	yaml_parser_set_input_string(&p, (const unsigned char *)text, len);
	while (!ended && depth <= DEPTH_MAX && yaml_parser_parse(&p, &e)) {
		depth += e.type == YAML_SEQUENCE_START_EVENT || e.type == YAML_MAPPING_START_EVENT;
		depth -= e.type == YAML_SEQUENCE_END_EVENT || e.type == YAML_MAPPING_END_EVENT;
		ended = e.type == YAML_STREAM_END_EVENT;
		yaml_event_delete(&e);
	}
	yaml_parser_delete(&p);
	return depth > DEPTH_MAX;
}

int view_def_read(struct view_def *v, const char *file, const char *text, size_t len, struct problem *why)
{
	yaml_document_t doc;
	struct reading r = { .v = v, .file = file, .doc = &doc, .why = why };
	yaml_parser_t p;
	int rc;

	if (is_deep(text, len))
		return problem_set(why, "%.100s: this is nested too deeply for a view", file);
	if (!yaml_parser_initialize(&p))
		return problem_set(why, "out of memory");
	yaml_parser_set_input_string(&p, (const unsigned char *)text, len);
	if (yaml_parser_load(&p, &doc)) {
		rc = read_root(&r);
		yaml_document_delete(&doc);
	} else {
		rc = problem_set(why, "%.100s:%zu:%zu: this is no YAML: %s", file, p.problem_mark.line + 1, p.problem_mark.column + 1,
				 p.problem ? p.problem : "out of memory");
	}
	yaml_parser_delete(&p);
	return rc;
}

/* ---- by name or path ------------------------------------------------------------------------ */

/* Reads a file of at most FILE_MAX bytes. Returns its text, which the caller frees; NULL: why has the reason. */
static char *read_file(const char *path, size_t *len, struct problem *why)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	char *text = fd < 0 ? NULL : problem_alloc(FILE_MAX + 1, why);
	ssize_t n = 1;

	if (fd < 0)
		problem_set(why, "cannot read: %s: %s", path, strerror(errno));
	for (*len = 0; text && n > 0 && *len <= FILE_MAX; *len += n > 0 ? (size_t)n : 0)
		n = read(fd, text + *len, FILE_MAX + 1 - *len);
	if (text && n < 0)
		problem_set(why, "cannot read: %s: %s", path, strerror(errno));
	else if (*len > FILE_MAX)
		problem_set(why, "too large for a view: %s: at most %u bytes", path, FILE_MAX);
	if (fd >= 0)
		close(fd);
	if (text && !n && *len <= FILE_MAX)
		return text;
	free(text);
	return NULL;
}

static int open_path(struct view_def *v, const char *path, struct problem *why)
{
	size_t len;
	char *text = read_file(path, &len, why);
	int rc = text ? view_def_read(v, path, text, len, why) : -1;

	free(text);
	return rc;
}

int view_def_open(struct view_def *v, const char *name, struct problem *why)
{
	const char *own, *text, *yaml;
	char names[256] = "";
	size_t len, n = 0;

	for (unsigned int i = 0; view_own(i, &own, &text, &yaml, &len); i++) {
		if (!strcmp(own, name))
			return view_def_read(v, name, yaml, len, why);
		if (n < sizeof(names))
			n += (size_t)snprintf(names + n, sizeof(names) - n, "%s%s", n ? ", " : "", own);
	}
	if (strpbrk(name, "/.") || !access(name, F_OK))
		return open_path(v, name, why);
	return problem_set(why, "no such view: %.100s: write one of %s, or the path of a file", name, names);
}
