// SPDX-License-Identifier: LGPL-2.1-or-later
/* Reads YAML nodes: the value of a key, the line where a node stands, and the key 'override'. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>

#include "base/array_size.h"
#include "rules/load.h"

struct linx_rules_place linx_load_place(const struct linx_loader *l, const yaml_node_t *n)
{
	static const char styles[] = {
		[YAML_SINGLE_QUOTED_SCALAR_STYLE] = '\'', [YAML_DOUBLE_QUOTED_SCALAR_STYLE] = '"',
		[YAML_LITERAL_SCALAR_STYLE] = '|',	 [YAML_FOLDED_SCALAR_STYLE] = '>',
	};

	return (struct linx_rules_place){
		.file = l->file,
		.line = (unsigned int)n->start_mark.line + 1,
		.column = (unsigned int)n->start_mark.column + 1,
		.style = n->type == YAML_SCALAR_NODE && n->data.scalar.style < ARRAY_SIZE(styles) ? styles[n->data.scalar.style] : 0,
	};
}

int linx_load_refuse(struct linx_loader *l, const yaml_node_t *n, const char *code, const char *why)
{
	return linx_rules_report(l->r, true, code, n ? linx_load_place(l, n) : l->place, l->item, "%s", why);
}

void linx_load_warn(struct linx_loader *l, const yaml_node_t *n, const char *code, const char *why)
{
	linx_rules_report(l->r, false, code, n ? linx_load_place(l, n) : l->place, l->item, "%s", why);
}

/* ---- nodes ------------------------------------------------------------------------------------------- */

const char *linx_load_scalar(const yaml_node_t *n)
{
	return n->type == YAML_SCALAR_NODE ? (const char *)n->data.scalar.value : NULL;
}

bool linx_load_is_null(const yaml_node_t *n)
{
	static const char *const words[] = { "", "~", "null", "Null", "NULL" };
	const char *s = linx_load_scalar(n);

	for (size_t i = 0; s && n->data.scalar.style == YAML_PLAIN_SCALAR_STYLE && i < ARRAY_SIZE(words); i++)
		if (!strcmp(s, words[i]))
			return true;
	return false;
}

bool linx_load_is_text(const yaml_node_t *n)
{
	return linx_load_scalar(n) && *linx_load_scalar(n) && !linx_load_is_null(n);
}

yaml_node_t *linx_load_get(const struct linx_loader *l, const yaml_node_t *map, const char *key)
{
	const yaml_node_pair_t *p = map->data.mapping.pairs.start;

	for (; map->type == YAML_MAPPING_NODE && p < map->data.mapping.pairs.top; p++) {
		const char *s = linx_load_scalar(yaml_document_get_node(l->doc, p->key));

		if (s && !strcmp(s, key))
			return yaml_document_get_node(l->doc, p->value);
	}
	return NULL;
}

unsigned int linx_load_length(const yaml_node_t *seq)
{
	return (unsigned int)(seq->data.sequence.items.top - seq->data.sequence.items.start);
}

yaml_node_t *linx_load_element(const struct linx_loader *l, const yaml_node_t *seq, unsigned int i)
{
	return yaml_document_get_node(l->doc, seq->data.sequence.items.start[i]);
}

/*
 * Returns the text of a key of the current item (the YAML mapping that is being read), which must have that key. NULL:
 * the key is missing or has no text, and the error was added.
 */
const char *linx_load_need_text(struct linx_loader *l, const char *key, const yaml_node_t **node)
{
	const yaml_node_t *n = linx_load_get(l, l->map, key);
	char why[80];

	if (node)
		*node = n;
	if (!n || linx_load_is_null(n)) {
		snprintf(why, sizeof(why), n ? "the value of '%s' is empty" : "the key '%s' is missing", key);
		linx_load_refuse(l, n, LINX_LOAD_SHAPE, why);
		return NULL;
	}
	if (!linx_load_scalar(n) || !*linx_load_scalar(n) || memchr(linx_load_scalar(n), 0, n->data.scalar.length)) {
		snprintf(why, sizeof(why), "the value of '%s' is no text", key);
		linx_load_refuse(l, n, LINX_LOAD_SHAPE, why);
		return NULL;
	}
	return linx_load_scalar(n);
}

/* True if s is the word in small letters, in capitals, or with a capital at its beginning. */
static bool is_word(const char *s, const char *word)
{
	size_t n = strlen(word), capitals = 0;

	if (strcasecmp(s, word) != 0)
		return false;
	while (isupper((unsigned char)s[capitals]))
		capitals++;
	for (size_t i = capitals; i < n; i++)
		if (isupper((unsigned char)s[i]))
			return false;
	return capitals <= 1 || capitals == n;
}

int linx_load_bool(struct linx_loader *l, const char *key, bool *out)
{
	static const char *const words[][2] = { { "false", "true" }, { "no", "yes" }, { "off", "on" }, { "n", "y" } };
	const yaml_node_t *n = linx_load_get(l, l->map, key);
	const char *s = n ? linx_load_scalar(n) : NULL;

	if (!n)
		return 0;
	for (size_t i = 0; s && i < ARRAY_SIZE(words); i++) {
		if (!is_word(s, words[i][0]) && !is_word(s, words[i][1]))
			continue;
		*out = is_word(s, words[i][1]);
		return 0;
	}
	return linx_load_refuse(l, n, LINX_LOAD_SHAPE, "true or false is expected here");
}

int linx_load_strings(struct linx_loader *l, const char *key, bool needed, struct linx_rules_strings *out)
{
	const yaml_node_t *n = linx_load_get(l, l->map, key);

	if (!n && !needed)
		return 0;
	if (!n)
		return linx_load_refuse(l, NULL, LINX_LOAD_SHAPE, "the key 'items' is missing");
	if (n->type != YAML_SEQUENCE_NODE)
		return linx_load_refuse(l, n, LINX_LOAD_SHAPE, "a list is expected here");
	for (unsigned int i = 0; i < linx_load_length(n); i++) {
		const yaml_node_t *x = linx_load_element(l, n, i);

		if (!linx_load_scalar(x) || linx_load_is_null(x))
			return linx_load_refuse(l, x, LINX_LOAD_SHAPE, "a text is expected here");
		if (linx_rules_strings_add(out, linx_load_scalar(x)))
			return -ENOMEM;
	}
	return 0;
}

void linx_load_warn_keys(struct linx_loader *l, const char *const *known)
{
	const yaml_node_pair_t *p = l->map->data.mapping.pairs.start;

	for (; p < l->map->data.mapping.pairs.top; p++) {
		const yaml_node_t *n = yaml_document_get_node(l->doc, p->key);
		const char *const *k = known;
		char why[120];

		while (*k && linx_load_scalar(n) && strcmp(*k, linx_load_scalar(n)) != 0)
			k++;
		if (*k && linx_load_scalar(n))
			continue;
		snprintf(why, sizeof(why), "unknown key '%.60s': it is passed over", linx_load_scalar(n) ? linx_load_scalar(n) : "");
		linx_load_warn(l, n, "LOAD_UNKNOWN_KEY", why);
	}
}

/* ---- override --------------------------------------------------------------------------------------- */

bool linx_load_has_override(const struct linx_loader *l)
{
	const yaml_node_t *o = linx_load_get(l, l->map, "override");

	return o && o->type == YAML_MAPPING_NODE && o->data.mapping.pairs.start < o->data.mapping.pairs.top;
}

/* Reads whether "override" asks to append to a key or to replace it; LINX_LOAD_DEFINE: it does not name the key. */
int linx_load_override(struct linx_loader *l, const char *key, enum linx_load_way *way)
{
	const yaml_node_t *o = linx_load_get(l, l->map, "override"), *v = o ? linx_load_get(l, o, key) : NULL;

	*way = LINX_LOAD_DEFINE;
	if (!v)
		return 0;
	if (linx_load_scalar(v) && !strcmp(linx_load_scalar(v), "append"))
		*way = LINX_LOAD_APPEND;
	else if (linx_load_scalar(v) && !strcmp(linx_load_scalar(v), "replace"))
		*way = LINX_LOAD_REPLACE;
	else
		return linx_load_refuse(l, v, LINX_LOAD_SHAPE, "append or replace is expected here");
	return 0;
}

/* Checks one key of "override" with its value, "append" or "replace". */
static int check_way(struct linx_loader *l, const yaml_node_pair_t *p, const struct linx_load_key *known, size_t n)
{
	const yaml_node_t *k = yaml_document_get_node(l->doc, p->key);
	enum linx_load_way way;
	size_t i = 0;
	int ret;

	if (!linx_load_scalar(k) || !linx_load_scalar(yaml_document_get_node(l->doc, p->value)))
		return linx_load_refuse(l, k, LINX_LOAD_SENSE, "keys with append or replace are expected here");
	ret = linx_load_override(l, linx_load_scalar(k), &way);
	while (i < n && strcmp(known[i].key, linx_load_scalar(k)) != 0)
		i++;
	if (!ret && way == LINX_LOAD_APPEND && (i == n || !known[i].append))
		ret = linx_load_refuse(l, k, LINX_LOAD_SHAPE, "this key cannot be appended to: write replace");
	if (!ret && way == LINX_LOAD_REPLACE && (i == n || !known[i].replace))
		ret = linx_load_refuse(l, k, LINX_LOAD_SHAPE, "this key cannot be replaced");
	return ret;
}

int linx_load_check_override(struct linx_loader *l, const struct linx_load_key *known, size_t n)
{
	const yaml_node_t *o = linx_load_get(l, l->map, "override");
	int ret = 0;

	if (o && o->type == YAML_SEQUENCE_NODE && linx_load_length(o))
		return linx_load_refuse(l, o, LINX_LOAD_SENSE, "keys with append or replace are expected here");
	if (!o || o->type != YAML_MAPPING_NODE)
		return 0;
	for (const yaml_node_pair_t *p = o->data.mapping.pairs.start; !ret && p < o->data.mapping.pairs.top; p++)
		ret = check_way(l, p, known, n);
	return ret;
}

int linx_load_append(struct linx_loader *l, const struct linx_load_key *known, size_t n, bool *append)
{
	int ret = linx_load_bool(l, "append", append);

	if (!ret && *append)
		linx_load_warn(l, linx_load_get(l, l->map, "append"), "LOAD_DEPRECATED_ITEM", "'append' is deprecated: write 'override' with append");
	if (!ret)
		ret = linx_load_check_override(l, known, n);
	if (!ret && *append && linx_load_has_override(l))
		ret = linx_load_refuse(l, linx_load_get(l, l->map, "override"), LINX_LOAD_SHAPE, "'override' and 'append' cannot stand together");
	return ret;
}
