// SPDX-License-Identifier: LGPL-2.1-or-later
/* Reads the keys of falco.yaml that change the outputs of rules: append_output and static_fields. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "falco/falco_read.h"

/* Most bytes in the name of a static field. */
#define NAME_MAX_BYTES 64u

/* ---- static_fields ----------------------------------------------------------------------- */

static bool is_static_name(const char *s)
{
	size_t n = s ? strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-") : 0;

	return n && n <= NAME_MAX_BYTES && !s[n] && s[0] != '.' && s[n - 1] != '.';
}

static int by_static_name(const void *a, const void *b)
{
	return strcmp(((const struct rule_static *)a)->name, ((const struct rule_static *)b)->name);
}

static int read_static(struct reading *r, const yaml_node_t *name, const yaml_node_t *value)
{
	struct rule_static *s = &r->c->statics[r->c->nstatics];

	if (!is_static_name(falco_scalar(name)))
		return falco_refuse(r, name, "a name is expected here, of at most %u letters, digits and _-.", NAME_MAX_BYTES);
	if (!falco_scalar(value))
		return falco_refuse(r, value, "a text is expected here");
	if (r->c->nstatics == FALCO_STATICS_MAX)
		return falco_refuse(r, name, "too many static fields: at most %u", FALCO_STATICS_MAX);
	*s = (struct rule_static){ falco_keep(r, falco_scalar(name)), falco_keep(r, falco_scalar(value)) };
	r->c->nstatics += s->name && s->value;
	return s->name && s->value ? 0 : -1;
}

/* Reads a map of static fields. It replaces the map of an earlier file. */
int falco_read_statics(struct reading *r, const yaml_node_t *n)
{
	const yaml_node_pair_t *p = n->data.mapping.pairs.start;
	int rc = 0;

	r->c->nstatics = 0;
	if (n->type != YAML_MAPPING_NODE)
		return falco_is_null(n) ? 0 : falco_refuse(r, n, "names with values are expected here");
	for (; !rc && p < n->data.mapping.pairs.top; p++)
		rc = read_static(r, falco_node(r, p->key), falco_node(r, p->value));
	qsort(r->c->statics, r->c->nstatics, sizeof(r->c->statics[0]), by_static_name);
	return rc;
}

/* ---- append_output ----------------------------------------------------------------------- */

/* Reads a text that may be missing. An empty text is treated as missing. */
static int read_maybe(struct reading *r, const yaml_node_t *n, const char **to)
{
	if (!n || falco_is_null(n))
		return 0;
	if (!falco_scalar(n))
		return falco_refuse(r, n, "a text is expected here");
	if (!*falco_scalar(n))
		return 0;
	*to = falco_keep(r, falco_scalar(n));
	return *to ? 0 : -1;
}

static int read_tags(struct reading *r, const yaml_node_t *n, struct linx_rules_choice *to)
{
	const char **tags;
	size_t count;

	if (!n || falco_is_null(n))
		return 0;
	if (n->type != YAML_SEQUENCE_NODE)
		return falco_refuse(r, n, "a list of tags is expected here");
	count = (size_t)(n->data.sequence.items.top - n->data.sequence.items.start);
	tags = falco_keep_bytes(r, (count + 1) * sizeof(*tags));
	for (size_t i = 0; tags && i < count; i++) {
		const yaml_node_t *tag = falco_node(r, n->data.sequence.items.start[i]);

		if (!falco_scalar(tag))
			return falco_refuse(r, tag, "a tag is expected here");
		tags[i] = falco_keep(r, falco_scalar(tag));
		if (!tags[i])
			return -1;
	}
	to->tags = tags;
	to->ntags = (unsigned int)count;
	return tags ? 0 : -1;
}

/* Warns of keys of "map" that are not in the list "words", which ends with NULL. */
static void warn_of_others(const struct reading *r, const yaml_node_t *map, const char *const *words)
{
	char text[96];

	for (const yaml_node_pair_t *p = map->data.mapping.pairs.start; p < map->data.mapping.pairs.top; p++) {
		const yaml_node_t *key = falco_node(r, p->key);
		const char *s = falco_scalar(key);
		unsigned int i = 0;

		while (words[i] && !(s && !strcmp(words[i], s)))
			i++;
		if (words[i])
			continue;
		snprintf(text, sizeof(text), "unknown key append_output: %.64s", s ? s : "");
		falco_warn(r, key, text, "it is passed over");
	}
}

static int read_match(struct reading *r, const yaml_node_t *n, struct linx_rules_choice *to)
{
	static const char *const words[] = { "source", "tags", "rule", NULL };

	if (!n || falco_is_null(n))
		return 0;
	if (n->type != YAML_MAPPING_NODE)
		return falco_refuse(r, n, "'source', 'tags' or 'rule' is expected here");
	warn_of_others(r, n, words);
	return read_maybe(r, falco_get(r, n, "source"), &to->source) || read_maybe(r, falco_get(r, n, "rule"), &to->rule) ||
	       read_tags(r, falco_get(r, n, "tags"), to);
}

/*
 * Adds a copy of the addition "like" to the list of additions. Messages about it have the position of node n in the
 * file.
 */
static int add(struct reading *r, const yaml_node_t *n, const struct rule_addition *like)
{
	struct rule_addition *x = &r->c->additions[r->c->nadditions];
	char where[320];

	if (r->c->nadditions == FALCO_ADDITIONS_MAX)
		return falco_refuse(r, n, "too many additions to outputs: at most %u", FALCO_ADDITIONS_MAX);
	*x = *like;
	snprintf(where, sizeof(where), "%.256s:%zu:%zu", r->file, n->start_mark.line + 1, n->start_mark.column + 1);
	x->where = falco_keep(r, where);
	r->c->nadditions += x->where != NULL;
	return x->where ? 0 : -1;
}

/*
 * True if the current entry already has an addition with this field. The entry's additions begin at index first. raw:
 * the new addition has the field's own value and no text. A raw addition may follow another one for the same field.
 */
static bool is_given(const struct reading *r, unsigned int first, const char *name, bool raw)
{
	for (unsigned int i = first; i < r->c->nadditions; i++) {
		const struct rule_addition *x = &r->c->additions[i];

		if (x->field && !strcmp(x->field, name) && !(raw && !x->text))
			return true;
	}
	return false;
}

/*
 * Reads a field: "evt.hostname", or {name: "text with %fields"}. first: index of the first addition of the field's
 * entry.
 */
static int read_field(struct reading *r, const yaml_node_t *n, struct rule_addition x, unsigned int first)
{
	const yaml_node_pair_t *p = n->data.mapping.pairs.start;
	const yaml_node_t *name = n, *value = NULL;

	if (n->type == YAML_MAPPING_NODE && n->data.mapping.pairs.top == p + 1) {
		name = falco_node(r, p->key);
		value = falco_node(r, p->value);
	}
	if (!falco_scalar(name) || !*falco_scalar(name) || (value && !falco_scalar(value)))
		return falco_refuse(r, n, "a field is expected here, as evt.hostname, or 'NAME: \"text with %%fields\"'");
	if (is_given(r, first, falco_scalar(name), !value))
		return falco_refuse(r, n, "this field is given twice: %s", falco_scalar(name));
	if (value && !*falco_scalar(value))
		return 0;
	x.field = falco_keep(r, falco_scalar(name));
	x.text = value ? falco_keep(r, falco_scalar(value)) : NULL;
	return !x.field || (value && !x.text) ? -1 : add(r, value ? value : n, &x);
}

static int read_fields(struct reading *r, const yaml_node_t *n, const struct rule_addition *like)
{
	const yaml_node_item_t *i;
	unsigned int first = r->c->nadditions;
	int rc = 0;

	if (!n || falco_is_null(n))
		return 0;
	if (n->type != YAML_SEQUENCE_NODE)
		return falco_refuse(r, n, "a list of fields is expected here");
	for (i = n->data.sequence.items.start; !rc && i < n->data.sequence.items.top; i++)
		rc = read_field(r, falco_node(r, *i), *like, first);
	return rc;
}

/*
 * Reads one entry of append_output. Its additions have the order that Falco uses: extra_output, suggested fields,
 * extra_fields.
 */
static int read_entry(struct reading *r, const yaml_node_t *n)
{
	static const char *const words[] = { "match", "extra_output", "extra_fields", "suggested_output", NULL };
	struct rule_addition x = { .choice.size = sizeof(x.choice) }, text;
	const yaml_node_t *output, *suggested;
	bool suggests = false;

	if (n->type != YAML_MAPPING_NODE)
		return falco_refuse(r, n, "'match', 'extra_output', 'extra_fields' or 'suggested_output' is expected here");
	warn_of_others(r, n, words);
	output = falco_get(r, n, "extra_output");
	suggested = falco_get(r, n, "suggested_output");
	if (read_match(r, falco_get(r, n, "match"), &x.choice))
		return -1;
	text = x;
	if (read_maybe(r, output, &text.text) || (text.text && add(r, output, &text)))
		return -1;
	if (suggested && falco_read_bool(r, suggested, &suggests))
		return -1;
	if (suggests && add(r, suggested, &x))
		return -1;
	return read_fields(r, falco_get(r, n, "extra_fields"), &x);
}

/* Reads the list append_output, and appends it to the lists of earlier files. */
int falco_read_additions(struct reading *r, const yaml_node_t *n)
{
	const yaml_node_item_t *i = n->data.sequence.items.start;
	int rc = 0;

	if (n->type != YAML_SEQUENCE_NODE)
		return falco_is_null(n) ? 0 : falco_refuse(r, n, "a list is expected here");
	for (; !rc && i < n->data.sequence.items.top; i++)
		rc = read_entry(r, falco_node(r, *i));
	return rc;
}
