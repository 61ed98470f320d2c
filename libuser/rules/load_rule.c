// SPDX-License-Identifier: LGPL-2.1-or-later
/* Loads rules from a file. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/array_size.h"
#include "rules/load.h"

/* ---- rules --------------------------------------------------------------------------------------------- */

/* Sets a text of a rule, such as its output; with append, appends a blank and the text. */
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

int linx_load_number(struct linx_loader *l, const char *key, uint64_t *out)
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

int linx_load_rule_key(struct linx_loader *l, struct linx_rules_item *it, const char *key, bool append)
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
		return linx_load_exceptions(l, it, append);
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
	return linx_load_number(l, key, &it->capture_ms);
}

static const struct linx_load_key rule_keys[] = {
	{ "condition", true, true },	    { "output", true, true },	      { "desc", true, true },
	{ "tags", true, true },		    { "exceptions", true, true },     { "priority", false, true },
	{ "enabled", false, true },	    { "warn_evttypes", false, true }, { "skip-if-unknown-filter", false, true },
	{ "capture", false, true }, { "capture_duration", false, true },
};

static const char *source_of(const struct linx_loader *l)
{
	const yaml_node_t *n = linx_load_get(l, l->map, "source");

	return n && !linx_load_is_null(n) && linx_load_scalar(n) ? linx_load_scalar(n) : "";
}

/* Checks that an item which changes a rule names the source that the rule was defined with, or no source (""). */
static int check_source(struct linx_loader *l, const char *source)
{
	const struct linx_rules_item *it = linx_rules_item(l->r, LINX_RULES_RULE, l->item, strlen(l->item));

	if (!it || !it->source || !*source || !strcmp(it->source, source))
		return 0;
	return linx_load_refuse(l, linx_load_get(l, l->map, "source"), LINX_LOAD_SENSE, "the rule was defined before with another source");
}

static int define_rule(struct linx_loader *l)
{
	static const char *const needed[] = { "condition", "output", "desc", "priority" };
	struct linx_rules_item *it;
	const yaml_node_t *source = linx_load_get(l, l->map, "source");
	int ret = 0;

	for (size_t i = 0; i < ARRAY_SIZE(needed); i++)
		if (!linx_load_need_text(l, needed[i], NULL))
			return -EINVAL;
	if (source && !linx_load_need_text(l, "source", NULL))
		return -EINVAL;
	ret = check_source(l, source ? source_of(l) : "syscall");
	if (ret)
		return ret;
	it = linx_load_make_item(l, LINX_RULES_RULE);
	if (!it)
		return linx_load_too_many(l);
	it->place = l->place;
	it->enabled = it->warn_evttypes = true;
	it->skip_unknown = it->capture = false;
	it->capture_ms = 0;
	free(it->source);
	it->source = strdup(source ? source_of(l) : "syscall");
	if (!it->source)
		return -ENOMEM;
	it->foreign = strcmp(it->source, "syscall") != 0;
	for (size_t i = 0; !ret && i < ARRAY_SIZE(rule_keys); i++)
		ret = linx_load_rule_key(l, it, rule_keys[i].key, false);
	if (!ret && it->foreign)
		linx_load_warn(l, source, "LOAD_UNKNOWN_SOURCE", "unknown source: the rule is passed over");
	return ret;
}

/* Changes a rule as the key 'append' or 'override' of the YAML item that is being read says. */
static int change_rule(struct linx_loader *l, bool append)
{
	struct linx_rules_item *it = linx_rules_item(l->r, LINX_RULES_RULE, l->item, strlen(l->item));
	enum linx_load_way condition;
	int ret = linx_load_override(l, "condition", &condition);

	if (!ret && (append || condition != LINX_LOAD_DEFINE))
		ret = check_source(l, source_of(l));
	if (ret)
		return ret;
	if (!it)
		return linx_load_refuse(l, NULL, LINX_LOAD_SENSE, "there is no rule of this name before, to be changed");
	if (append && !linx_load_get(l, l->map, "condition") && !linx_load_get(l, l->map, "exceptions"))
		return linx_load_refuse(l, NULL, LINX_LOAD_SENSE, "nothing is appended: there is neither 'condition' nor 'exceptions'");
	for (size_t i = 0; !ret && i < ARRAY_SIZE(rule_keys); i++) {
		enum linx_load_way way = LINX_LOAD_APPEND;

		if (!append)
			ret = linx_load_override(l, rule_keys[i].key, &way);
		if (append && i != 0 && strcmp(rule_keys[i].key, "exceptions") != 0)
			continue;
		if (!ret && way != LINX_LOAD_DEFINE && linx_load_get(l, l->map, rule_keys[i].key))
			ret = linx_load_rule_key(l, it, rule_keys[i].key, way == LINX_LOAD_APPEND);
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
		ret = linx_load_check_override(l, rule_keys, linx_load_has_override(l) ? ARRAY_SIZE(rule_keys) : 0);
	if (ret)
		return ret;
	linx_load_warn_keys(l, keys);
	if (append || linx_load_has_override(l))
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
