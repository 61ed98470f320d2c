// SPDX-License-Identifier: LGPL-2.1-or-later
/* Rules of a file, with their exceptions. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/array_size.h"
#include "rules/load.h"

/* ---- exceptions ---------------------------------------------------------------------------------------- */

#define VALUE_DEPTH 3u

static int read_value(struct linx_loader *l, const yaml_node_t *n, unsigned int depth, struct linx_rules_value *v)
{
	int ret = 0;

	if (linx_load_scalar(n)) {
		v->s = *linx_load_scalar(n) ? strdup(linx_load_scalar(n)) : NULL;
		return v->s ? 0 : *linx_load_scalar(n) ? -ENOMEM : linx_load_refuse(l, n, LINX_LOAD_SHAPE, "an empty value");
	}
	if (n->type != YAML_SEQUENCE_NODE || depth == VALUE_DEPTH)
		return linx_load_refuse(l, n, LINX_LOAD_SHAPE, "a text or a list of texts is expected here");
	v->is_list = true;
	v->items = calloc(linx_load_length(n) + 1, sizeof(*v->items));
	if (!v->items)
		return -ENOMEM;
	for (; !ret && v->n < linx_load_length(n); v->n++)
		ret = read_value(l, linx_load_element(l, n, v->n), depth + 1, &v->items[v->n]);
	return ret;
}

static int read_exception(struct linx_loader *l, const yaml_node_t *n, bool append, struct linx_rules_exception *x)
{
	const yaml_node_t *name = linx_load_get(l, n, "name"), *fields = linx_load_get(l, n, "fields"), *comps = linx_load_get(l, n, "comps"), *values = linx_load_get(l, n, "values");
	int ret = 0;

	x->place = linx_load_place(l, n);
	if (n->type != YAML_MAPPING_NODE)
		return linx_load_refuse(l, n, LINX_LOAD_SHAPE, "an exception has name, fields, comps and values");
	if (!name || !linx_load_scalar(name) || !*linx_load_scalar(name))
		return linx_load_refuse(l, n, LINX_LOAD_SHAPE, "the key 'name' of this exception is missing");
	x->name = strdup(linx_load_scalar(name));
	if (!x->name)
		return -ENOMEM;
	if (!fields && !append)
		return linx_load_refuse(l, n, LINX_LOAD_SHAPE, "the key 'fields' of this exception is missing");
	x->has_fields = fields;
	x->has_comps = comps;
	if (fields)
		ret = read_value(l, fields, 0, &x->fields);
	if (!ret && comps)
		ret = read_value(l, comps, 0, &x->comps);
	if (ret || !values)
		return ret;
	if (values->type != YAML_SEQUENCE_NODE)
		return linx_load_refuse(l, values, LINX_LOAD_SHAPE, "a list is expected here");
	x->values = calloc(linx_load_length(values) + 1, sizeof(*x->values));
	if (!x->values)
		return -ENOMEM;
	for (; !ret && x->nvalues < linx_load_length(values); x->nvalues++)
		ret = read_value(l, linx_load_element(l, values, x->nvalues), 0, &x->values[x->nvalues]);
	return ret;
}

/* Adds to the exception of that name, or a new one. What x had is taken from it. */
static int add_exception(struct linx_loader *l, struct linx_rules_item *it, struct linx_rules_exception *x, bool append)
{
	struct linx_rules_exception *all, *old = NULL;
	struct linx_rules_value *values;

	for (unsigned int i = 0; i < it->nexceptions; i++)
		if (!strcmp(it->exceptions[i].name, x->name))
			old = &it->exceptions[i];
	if (old && append) {
		values = realloc(old->values, (old->nvalues + x->nvalues + 1) * sizeof(*values));
		if (!values)
			return -ENOMEM;
		old->values = values;
		if (x->nvalues)
			memcpy(values + old->nvalues, x->values, x->nvalues * sizeof(*values));
		old->nvalues += x->nvalues;
		x->nvalues = 0;
		return 0;
	}
	if (old)
		linx_rules_tell(l->r, false, "LOAD_EXCEPTION_NAME_NOT_UNIQUE", x->place, l->item, "exception '%s' is defined twice", x->name);
	if (!x->has_fields)
		return linx_rules_tell(l->r, true, LINX_LOAD_SENSE, x->place, l->item, "exception '%s' is new: its key 'fields' is missing", x->name);
	all = realloc(it->exceptions, (it->nexceptions + 1) * sizeof(*all));
	if (!all)
		return -ENOMEM;
	it->exceptions = all;
	all[it->nexceptions++] = *x;
	*x = (struct linx_rules_exception){ 0 };
	return 0;
}

static int take_exceptions(struct linx_loader *l, struct linx_rules_item *it, bool append)
{
	const yaml_node_t *n = linx_load_get(l, l->map, "exceptions");
	int ret = 0;

	if (!append) {
		linx_rules_exceptions_free(it->exceptions, it->nexceptions);
		it->exceptions = NULL;
		it->nexceptions = 0;
	}
	if (!n || linx_load_is_null(n))
		return 0;
	if (n->type != YAML_SEQUENCE_NODE)
		return linx_load_refuse(l, n, LINX_LOAD_SHAPE, "a list of exceptions is expected here");
	for (unsigned int i = 0; !ret && i < linx_load_length(n); i++) {
		struct linx_rules_exception *x = calloc(1, sizeof(*x));

		if (!x)
			return -ENOMEM;
		ret = read_exception(l, linx_load_element(l, n, i), append, x);
		if (!ret && append && !x->nvalues)
			linx_rules_tell(l->r, false, "LOAD_APPEND_NO_VALUES", x->place, l->item, "nothing is appended: there are no values");
		if (!ret)
			ret = add_exception(l, it, x, append);
		linx_rules_exceptions_free(x, 1);
	}
	return ret;
}

/* ---- rules --------------------------------------------------------------------------------------------- */

/* Sets a text of a rule, or adds to it behind a blank. */
static int take_text(struct linx_loader *l, const char *key, bool append, char **out)
{
	const char *s = linx_load_need_text(l, key, NULL);
	size_t n;
	char *text;

	if (!s)
		return -EINVAL;
	while (isspace((unsigned char)*s))
		s++;
	n = strlen(s);
	while (n && isspace((unsigned char)s[n - 1]))
		n--;
	if (asprintf(&text, "%s%s%.*s", append && *out ? *out : "", append && *out ? " " : "", (int)n, s) < 0)
		return -ENOMEM;
	free(*out);
	*out = text;
	return 0;
}

static int take_priority(struct linx_loader *l, struct linx_rules_item *it)
{
	const yaml_node_t *n;
	const char *s = linx_load_need_text(l, "priority", &n);

	if (!s)
		return -EINVAL;
	return linx_rule_priority_parse(s, &it->priority) ? linx_load_refuse(l, n, LINX_LOAD_SHAPE, "this is no priority") : 0;
}

static int take_tags(struct linx_loader *l, struct linx_rules_item *it, bool append)
{
	if (!append)
		linx_rules_strings_free(&it->tags);
	return linx_load_strings(l, "tags", false, &it->tags);
}

static int take_number(struct linx_loader *l, const char *key, uint64_t *out)
{
	const yaml_node_t *n = linx_load_get(l, l->map, key);
	const char *s = n ? linx_load_scalar(n) : NULL;
	char *end;

	if (!n)
		return 0;
	if (!s || !isdigit((unsigned char)*s))
		return linx_load_refuse(l, n, LINX_LOAD_SHAPE, "a number is expected here");
	*out = strtoull(s, &end, 10);
	return *end ? linx_load_refuse(l, n, LINX_LOAD_SHAPE, "a number is expected here") : 0;
}

/* Takes the key from the item at hand into the rule. */
static int take_key(struct linx_loader *l, struct linx_rules_item *it, const char *key, bool append)
{
	const yaml_node_t *n = linx_load_get(l, l->map, key);

	if (!strcmp(key, "condition"))
		return linx_load_condition(l, it, append);
	if (!strcmp(key, "output")) {
		it->output_place = n ? linx_load_place(l, n) : l->place;
		return take_text(l, key, append, &it->output);
	}
	if (!strcmp(key, "desc"))
		return take_text(l, key, append, &it->desc);
	if (!strcmp(key, "tags"))
		return take_tags(l, it, append);
	if (!strcmp(key, "exceptions"))
		return take_exceptions(l, it, append);
	if (!strcmp(key, "priority"))
		return take_priority(l, it);
	if (!strcmp(key, "enabled"))
		return linx_load_bool(l, key, &it->enabled);
	if (!strcmp(key, "warn_evttypes"))
		return linx_load_bool(l, key, &it->warn_evttypes);
	if (!strcmp(key, "skip-if-unknown-filter"))
		return linx_load_bool(l, key, &it->skip_unknown);
	if (!strcmp(key, "capture"))
		return linx_load_bool(l, key, &it->capture);
	return take_number(l, key, &it->capture_ms);
}

static const struct linx_load_key rule_keys[] = {
	{ "condition", true, true },	    { "output", true, true },	      { "desc", true, true },
	{ "tags", true, true },		    { "exceptions", true, true },     { "priority", false, true },
	{ "enabled", false, true },	    { "warn_evttypes", false, true }, { "skip-if-unknown-filter", false, true },
	{ "capture", false, true }, { "capture_duration", false, true },
};

static int define_rule(struct linx_loader *l)
{
	static const char *const needed[] = { "condition", "output", "desc", "priority" };
	struct linx_rules_item *it;
	const yaml_node_t *source = linx_load_get(l, l->map, "source");
	int ret = 0;

	for (size_t i = 0; i < ARRAY_SIZE(needed); i++)
		if (!linx_load_need_text(l, needed[i], NULL))
			return -EINVAL;
	it = linx_load_make_item(l, LINX_RULES_RULE);
	if (!it)
		return linx_load_too_many(l);
	it->place = l->place;
	it->enabled = it->warn_evttypes = true;
	it->skip_unknown = it->capture = false;
	it->capture_ms = 0;
	for (size_t i = 0; !ret && i < ARRAY_SIZE(rule_keys); i++)
		ret = take_key(l, it, rule_keys[i].key, false);
	free(it->source);
	it->source = strdup(source && linx_load_scalar(source) && *linx_load_scalar(source) ? linx_load_scalar(source) : "syscall");
	if (!ret && !it->source)
		ret = -ENOMEM;
	it->foreign = it->source && strcmp(it->source, "syscall") != 0;
	if (!ret && it->foreign)
		linx_load_warn(l, source, "LOAD_UNKNOWN_SOURCE", "unknown source: the rule is passed over");
	return ret;
}

/* Changes a rule as 'append' or 'override' ask to. */
static int change_rule(struct linx_loader *l, bool append)
{
	struct linx_rules_item *it = linx_rules_item(l->r, LINX_RULES_RULE, l->item, strlen(l->item));
	int ret = 0;

	if (!it)
		return linx_load_refuse(l, NULL, LINX_LOAD_SENSE, "there is no rule of this name before, to be changed");
	for (size_t i = 0; !ret && i < ARRAY_SIZE(rule_keys); i++) {
		enum linx_load_way way = LINX_LOAD_APPEND;

		if (!append)
			ret = linx_load_override(l, rule_keys[i].key, &way);
		if (append && i != 0 && strcmp(rule_keys[i].key, "exceptions") != 0)
			continue;
		if (!ret && way != LINX_LOAD_DEFINE && linx_load_get(l, l->map, rule_keys[i].key))
			ret = take_key(l, it, rule_keys[i].key, way == LINX_LOAD_APPEND);
	}
	it->visibility = l->r->next++;
	return ret;
}

int linx_load_rule(struct linx_loader *l)
{
	static const char *const keys[] = {
		"rule", "condition", "output", "desc", "priority", "source", "enabled", "capture", "capture_duration",
		"warn_evttypes", "skip-if-unknown-filter", "tags", "exceptions", "override", "append", NULL,
	};
	struct linx_rules_item *it;
	bool append = false;
	int ret = linx_load_append(l, &append);

	if (!ret)
		ret = linx_load_check_override(l, rule_keys, linx_load_get(l, l->map, "override") ? ARRAY_SIZE(rule_keys) : 0);
	if (ret)
		return ret;
	linx_load_warn_keys(l, keys);
	if (append || linx_load_get(l, l->map, "override"))
		return change_rule(l, append);
	if (linx_load_get(l, l->map, "condition") || linx_load_get(l, l->map, "output") || linx_load_get(l, l->map, "desc") || linx_load_get(l, l->map, "priority"))
		return define_rule(l);
	if (!linx_load_need_text(l, "enabled", NULL))
		return -EINVAL;
	linx_load_warn(l, linx_load_get(l, l->map, "enabled"), "LOAD_DEPRECATED_ITEM", "'enabled' alone is deprecated: write 'override' with enabled: replace");
	it = linx_rules_item(l->r, LINX_RULES_RULE, l->item, strlen(l->item));
	if (!it)
		return linx_load_refuse(l, NULL, LINX_LOAD_SENSE, "there is no rule of this name before, to be switched");
	return linx_load_bool(l, "enabled", &it->enabled);
}
