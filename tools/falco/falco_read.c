// SPDX-License-Identifier: LGPL-2.1-or-later
/* Reads values of falco.yaml: see falco/falco_read.h. */
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/parse_value.h"
#include "falco/falco_read.h"

/*
 * Upper limits for one value: its bytes after environment variables were expanded, and the number of expansions.
 * The value of a variable may contain variables, even itself.
 */
#define EXPANDED_MAX 65536u
#define REPLACED_MAX 1000u

struct owned {
	struct owned *next;
	max_align_t bytes[];
};

/* ---- error messages ------------------------------------------------------------------ */

int falco_refuse(const struct reading *r, const yaml_node_t *n, const char *fmt, ...)
{
	char text[320];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	return problem_set(r->why, "%s:%zu:%zu: %s", r->file, n->start_mark.line + 1, n->start_mark.column + 1, text);
}

void falco_warn(const struct reading *r, const yaml_node_t *n, const char *what, const char *todo)
{
	say_at(SAY_WARNING, "%s:%zu:%zu: %s: %s", r->file, n->start_mark.line + 1, n->start_mark.column + 1, what, todo);
}

/* ---- memory of the configuration ----------------------------------------------------- */

void *falco_keep_bytes(const struct reading *r, size_t n)
{
	struct owned *o = problem_alloc(sizeof(*o) + n, r->why);

	if (!o)
		return NULL;
	o->next = r->c->owned;
	r->c->owned = o;
	return o->bytes;
}

const char *falco_keep(const struct reading *r, const char *text)
{
	char *copy = falco_keep_bytes(r, strlen(text) + 1);

	return copy ? strcpy(copy, text) : NULL;
}

void falco_config_free(struct falco_config *c)
{
	struct owned *o, *next;

	for (o = c->owned; o; o = next) {
		next = o->next;
		free(o);
	}
	c->owned = NULL;
}

/* ---- environment variables ----------------------------------------------------------- */

/* A text in which environment variables are expanded. */
struct expansion {
	char *text; /* NULL: no memory */
	unsigned int replaced;
};

/* Replaces the n bytes at offset "at" by a value. */
static void replace(struct expansion *x, size_t at, size_t n, const char *value)
{
	char *whole = NULL;

	if (asprintf(&whole, "%.*s%s%s", (int)at, x->text, value, x->text + at + n) < 0)
		whole = NULL;
	free(x->text);
	x->text = whole;
}

/*
 * Replaces the variable at offset "at", which ends with the brace at end, by its value. False: the text gets too
 * long.
 */
static bool replace_variable(struct expansion *x, size_t at, char *end)
{
	const char *value;
	size_t n = (size_t)(end + 1 - x->text) - at;

	*end = '\0';
	value = getenv(x->text + at + strlen("${"));
	*end = '}';
	value = value ? value : "";
	if (strlen(x->text) + strlen(value) > EXPANDED_MAX)
		return false;
	replace(x, at, n, value);
	return true;
}

/*
 * Expands a text as Falco does. "${NAME}" is replaced by the value of the variable, or by nothing if there is no such
 * variable. Variables in the value are expanded, too. "$${" is replaced by "${". At any other dollar sign the expansion
 * stops. False: there are too many replacements, or the text gets too long.
 */
static bool expand(struct expansion *x)
{
	size_t at = 0;
	char *dollar, *end;

	while (x->text && (dollar = strchr(x->text + at, '$'))) {
		at = (size_t)(dollar - x->text);
		end = strchr(dollar, '}');
		if (!end || (strncmp(dollar, "${", 2) != 0 && strncmp(dollar, "$${", 3) != 0))
			return true;
		if (x->replaced++ == REPLACED_MAX)
			return false;
		if (dollar[1] == '{') {
			if (!replace_variable(x, at, end))
				return false;
			continue;
		}
		memmove(dollar, dollar + 1, strlen(dollar));
		at++;
	}
	return true;
}

/* Expands node i if it is a text. A node that several aliases refer to is expanded only once. */
static int expand_node(struct reading *r, const yaml_document_t *doc, int i)
{
	const yaml_node_t *from = &doc->nodes.start[i - 1];
	const char *text = (const char *)from->data.scalar.value, *kept;
	struct expansion x = { 0 };
	bool good;

	if (from->type != YAML_SCALAR_NODE || !strchr(text, '$') || strlen(text) != from->data.scalar.length)
		return 0;
	if (r->nodes[i - 1].data.scalar.value != from->data.scalar.value)
		return 0;
	x.text = strdup(text);
	good = expand(&x);
	kept = good && x.text ? falco_keep(r, x.text) : NULL;
	if (!x.text)
		problem_set(r->why, "out of memory");
	free(x.text);
	if (!good)
		return falco_refuse(r, from, "environment variables: one names itself, or they make more than 64 KiB");
	if (!kept)
		return -1;
	r->nodes[i - 1].data.scalar.value = (yaml_char_t *)(uintptr_t)kept;
	r->nodes[i - 1].data.scalar.length = strlen(kept);
	return 0;
}

/* Expands the values of a map or list. */
static int expand_below(struct reading *r, const yaml_document_t *doc, const yaml_node_t *n)
{
	int rc = 0;

	if (n->type == YAML_MAPPING_NODE)
		for (const yaml_node_pair_t *p = n->data.mapping.pairs.start; !rc && p < n->data.mapping.pairs.top; p++)
			rc = expand_node(r, doc, p->value);
	if (n->type == YAML_SEQUENCE_NODE)
		for (const yaml_node_item_t *i = n->data.sequence.items.start; !rc && i < n->data.sequence.items.top; i++)
			rc = expand_node(r, doc, *i);
	return rc;
}

int falco_reading_begin(struct reading *r, const yaml_document_t *doc)
{
	size_t n = (size_t)(doc->nodes.top - doc->nodes.start);
	int rc = 0;

	r->nodes = problem_alloc((n + 1) * sizeof(*r->nodes), r->why);
	if (!r->nodes)
		return -1;
	memcpy(r->nodes, doc->nodes.start, n * sizeof(*r->nodes));
	for (size_t i = 0; !rc && i < n; i++)
		rc = expand_below(r, doc, &doc->nodes.start[i]);
	return rc;
}

/* ---- values of nodes ----------------------------------------------------------------- */

const char *falco_scalar(const yaml_node_t *n)
{
	const char *s = n->type == YAML_SCALAR_NODE ? (const char *)n->data.scalar.value : NULL;

	for (size_t i = 0; s && i < n->data.scalar.length; i++)
		if ((unsigned char)s[i] < ' ' || s[i] == 0x7f)
			return NULL;
	return s;
}

bool falco_is_null(const yaml_node_t *n)
{
	const char *s = falco_scalar(n);

	return s && n->data.scalar.style == YAML_PLAIN_SCALAR_STYLE && (!*s || !strcmp(s, "~") || !strcasecmp(s, "null"));
}

const yaml_node_t *falco_node(const struct reading *r, int i)
{
	return &r->nodes[i - 1];
}

const yaml_node_t *falco_get(const struct reading *r, const yaml_node_t *map, const char *key)
{
	const yaml_node_pair_t *p = map->data.mapping.pairs.start;
	const char *s;

	for (; map->type == YAML_MAPPING_NODE && p < map->data.mapping.pairs.top; p++) {
		s = falco_scalar(falco_node(r, p->key));
		if (s && !strcmp(s, key))
			return falco_node(r, p->value);
	}
	return NULL;
}

int falco_read_bool(const struct reading *r, const yaml_node_t *n, bool *to)
{
	int i = falco_scalar(n) ? value_choice(falco_scalar(n), "true|false|True|False|TRUE|FALSE|yes|no|on|off") : -1;

	if (i < 0)
		return falco_refuse(r, n, "true or false is expected here");
	*to = i % 2 == 0;
	return 0;
}
