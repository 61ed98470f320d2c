// SPDX-License-Identifier: LGPL-2.1-or-later
/* Loads rules from a file. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/array_size.h"
#include "rules/load.h"

/* ---- rules --------------------------------------------------------------------------------------------- */

/* Sets a text of a rule, such as its output; append: a blank and the text are appended */
static int take_text(struct linx_loader *l, const char *key, bool append, char **out)
{
	const char *s = linx_load_need_text(l, key, NULL);
	char *text;

	if (!s)
		return -EINVAL;
	if (asprintf(&text, "%s%s%s", append && *out ? *out : "", append && *out ? " " : "", s) < 0)
		return -ENOMEM;
	free(*out);
	*out = text;
	return 0;
}

/*
 * Removes the blanks around the output of a definition. As in Falco, a text that is appended to the output or replaces
 * it keeps its blanks.
 */
static void trim(char *s)
{
	size_t from = strspn(s, " \t\f\v\n\r"), n = strlen(s);

	while (n > from && strchr(" \t\f\v\n\r", s[n - 1]))
		n--;
	memmove(s, s + from, n - from);
	s[n - from] = '\0';
}

static int take_priority(struct linx_loader *l, struct linx_rules_item *it)
{
	const yaml_node_t *n;
	const char *s = linx_load_need_text(l, "priority", &n);

	if (!s)
		return -EINVAL;
	return linx_rule_priority_parse(s, &it->priority) ? linx_load_refuse(l, n, LINX_LOAD_SHAPE, "this is no priority") : 0;
}

static int take_action(struct linx_loader *l, struct linx_rules_item *it)
{
	struct linx_error err;
	const yaml_node_t *n;
	const char *s;

	if (!linx_load_get(l, l->map, "action"))
		return 0;
	s = linx_load_need_text(l, "action", &n);
	if (!s)
		return -EINVAL;
	it->has_action = true;
	return linx_action_parse(s, &it->action, &err) ? linx_load_refuse(l, n, LINX_LOAD_SENSE, err.text) : 0;
}

int linx_load_check_kind(struct linx_loader *l, bool acts)
{
	if (l->rules == LINX_LOAD_NO_RULE)
		l->rules = acts ? LINX_LOAD_ACTIONS : LINX_LOAD_ALERTS;
	if (acts == (l->rules == LINX_LOAD_ACTIONS))
		return 0;
	return linx_load_refuse(l, NULL, LINX_LOAD_SENSE,
				acts ? "rules with an action have files of their own: the rules before this one have none" :
				       "rules with an action have files of their own: this rule has none");
}

static int take_tags(struct linx_loader *l, struct linx_rules_item *it, bool append)
{
	if (!append)
		linx_rules_strings_free(&it->tags);
	return linx_load_strings(l, "tags", false, &it->tags);
}

int linx_load_number(struct linx_loader *l, const char *key, uint64_t most, uint64_t *out)
{
	const yaml_node_t *n = linx_load_get(l, l->map, key);
	const char *s = n ? linx_load_scalar(n) : NULL;
	char *end = NULL;

	if (!n)
		return 0;
	errno = 0;
	if (s && (isdigit((unsigned char)*s) || (*s == '+' && isdigit((unsigned char)s[1]))))
		*out = strtoull(s, &end, 0);
	if (!end || errno || end[strspn(end, " \t\n")] || *out > most)
		return linx_load_refuse(l, n, LINX_LOAD_SHAPE, "a number is expected here");
	return 0;
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
	if (!strcmp(key, "action"))
		return take_action(l, it);
	if (!strcmp(key, "enabled"))
		return linx_load_bool(l, key, &it->enabled);
	if (!strcmp(key, "warn_evttypes"))
		return linx_load_bool(l, key, &it->warn_evttypes);
	if (!strcmp(key, "skip-if-unknown-filter"))
		return linx_load_bool(l, key, &it->skip_unknown);
	if (!strcmp(key, "capture"))
		return linx_load_bool(l, key, &it->capture);
	return linx_load_number(l, key, UINT32_MAX, &it->capture_ms);
}

static const struct linx_load_key rule_keys[] = {
	{ "condition", true, true },	    { "output", true, true },	      { "desc", true, true },
	{ "tags", true, true },		    { "exceptions", true, true },     { "priority", false, true },
	{ "enabled", false, true },	    { "warn_evttypes", false, true }, { "skip-if-unknown-filter", false, true },
	{ "capture", false, true },	    { "capture_duration", false, true }, { "action", false, true },
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

/*
 * Reads the values of n keys into the empty rule "to". This is done first, so that mistakes in their form are reported
 * before all others. append: the values will be appended to those of a rule
 */
static int read_keys(struct linx_loader *l, const struct linx_load_key *const *which, size_t n, bool append, struct linx_rules_item *to)
{
	int ret = 0;

	for (size_t i = 0; !ret && i < n; i++)
		ret = linx_load_rule_key(l, to, which[i]->key, append);
	return ret;
}

/* Gives the rule "it" the values of n keys. from: rule with the exceptions, which were read before */
static int take_keys(struct linx_loader *l, const struct linx_load_key *const *which, size_t n, enum linx_load_way way, struct linx_rules_item *it,
		     struct linx_rules_item *from)
{
	int ret = 0;

	for (size_t i = 0; !ret && i < n; i++) {
		if (!strcmp(which[i]->key, "exceptions"))
			ret = linx_load_take_exceptions(l, it, from, way);
		else
			ret = linx_load_rule_key(l, it, which[i]->key, way == LINX_LOAD_APPEND);
	}
	return ret;
}

/*
 * Makes the rule, or replaces an earlier definition of it, from the keys of the current item. read: rule with the
 * exceptions, which were read before
 */
static int take_definition(struct linx_loader *l, const struct linx_load_key *const *which, struct linx_rules_item *read)
{
	const yaml_node_t *source = linx_load_get(l, l->map, "source");
	struct linx_rules_item *it = linx_load_make_item(l, LINX_RULES_RULE);
	int ret;

	if (!it)
		return linx_load_too_many(l);
	it->place = l->place;
	it->enabled = it->warn_evttypes = true;
	it->skip_unknown = it->capture = false;
	it->capture_ms = 0;
	it->has_action = false;
	free(it->source);
	it->source = strdup(source ? source_of(l) : "syscall");
	if (!it->source)
		return -ENOMEM;
	it->foreign = strcmp(it->source, "syscall") != 0;
	if (it->foreign)
		linx_load_warn(l, source, "LOAD_UNKNOWN_SOURCE", "unknown source: the rule is passed over");
	ret = take_keys(l, which, ARRAY_SIZE(rule_keys), LINX_LOAD_DEFINE, it, read);
	if (!ret)
		trim(it->output);
	return ret;
}

static int define_rule(struct linx_loader *l)
{
	static const char *const needed[] = { "condition", "output", "desc", "priority" };
	const struct linx_load_key *all[ARRAY_SIZE(rule_keys)];
	const yaml_node_t *source = linx_load_get(l, l->map, "source");
	struct linx_rules_item read = { .kind = LINX_RULES_RULE };
	int ret = linx_load_check_kind(l, linx_load_get(l, l->map, "action"));

	if (ret)
		return ret;
	for (size_t i = 0; i < ARRAY_SIZE(rule_keys); i++)
		all[i] = &rule_keys[i];
	for (size_t i = 0; i < ARRAY_SIZE(needed); i++)
		if (!linx_load_need_text(l, needed[i], NULL))
			return -EINVAL;
	if (source && !linx_load_need_text(l, "source", NULL))
		return -EINVAL;
	ret = read_keys(l, all, ARRAY_SIZE(all), false, &read);
	if (!ret)
		ret = check_source(l, source ? source_of(l) : "syscall");
	if (!ret)
		ret = take_definition(l, all, &read);
	linx_rules_item_clear(&read);
	return ret;
}

/* Gives an earlier rule the values of n keys of the current item, n > 0. */
static int change_rule(struct linx_loader *l, const struct linx_load_key *const *which, size_t n, enum linx_load_way way)
{
	struct linx_rules_item *it = linx_rules_item(l->r, LINX_RULES_RULE, l->item, strlen(l->item));
	struct linx_rules_item read = { .kind = LINX_RULES_RULE };
	bool condition = false;
	int ret = read_keys(l, which, n, way == LINX_LOAD_APPEND, &read);

	for (size_t i = 0; i < n; i++)
		condition |= !strcmp(which[i]->key, "condition");
	/* Another source is noticed only if the condition is changed, or with "append", as in Falco. */
	if (!ret && (condition || !linx_load_has_override(l)))
		ret = check_source(l, source_of(l));
	if (!ret && !it)
		ret = linx_load_refuse(l, NULL, LINX_LOAD_SENSE, "there is no rule of this name before, to be changed");
	if (!ret && read.has_action && !it->has_action)
		ret = linx_load_refuse(l, linx_load_get(l, l->map, "action"), LINX_LOAD_SENSE, "the rule was defined without an action: it gets none later");
	if (!ret && !n)
		ret = linx_load_refuse(l, NULL, LINX_LOAD_SENSE, "nothing is appended: there is neither 'condition' nor 'exceptions'");
	if (!ret)
		ret = take_keys(l, which, n, way, it, &read);
	if (!ret)
		it->visibility = l->r->next++;
	linx_rules_item_clear(&read);
	return ret;
}

static int append_to_rule(struct linx_loader *l)
{
	const struct linx_load_key *which[2];
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(rule_keys); i++)
		if ((!strcmp(rule_keys[i].key, "condition") || !strcmp(rule_keys[i].key, "exceptions")) && linx_load_get(l, l->map, rule_keys[i].key))
			which[n++] = &rule_keys[i];
	return change_rule(l, which, n, LINX_LOAD_APPEND);
}

/* Changes a rule by those keys that "override" names with this way, "append" or "replace". */
static int override_rule(struct linx_loader *l, enum linx_load_way way)
{
	const struct linx_load_key *which[ARRAY_SIZE(rule_keys)];
	enum linx_load_way found;
	size_t n = 0;
	int ret = 0;

	for (size_t i = 0; !ret && i < ARRAY_SIZE(rule_keys); i++) {
		ret = linx_load_override(l, rule_keys[i].key, &found);
		if (ret || found != way)
			continue;
		which[n++] = &rule_keys[i];
		if (!linx_load_get(l, l->map, rule_keys[i].key))
			ret = linx_load_refuse(l, linx_load_get(l, l->map, "override"), LINX_LOAD_SHAPE, "a key stands under 'override' alone: it has no value");
	}
	return ret || !n ? ret : change_rule(l, which, n, way);
}

/* Checks that "override" names each key of the current item that it could name. */
static int check_overridden(struct linx_loader *l)
{
	enum linx_load_way way;

	for (size_t i = 0; i < ARRAY_SIZE(rule_keys); i++) {
		const yaml_node_t *n = linx_load_get(l, l->map, rule_keys[i].key);
		int ret = linx_load_override(l, rule_keys[i].key, &way);

		if (ret || (way == LINX_LOAD_DEFINE && n))
			return ret ? ret : linx_load_refuse(l, n, LINX_LOAD_SHAPE, "unexpected key: 'override' says nothing of it");
	}
	return 0;
}

static int override_all(struct linx_loader *l)
{
	int ret = override_rule(l, LINX_LOAD_APPEND);

	if (!ret)
		ret = override_rule(l, LINX_LOAD_REPLACE);
	return ret ? ret : check_overridden(l);
}

static int switch_rule(struct linx_loader *l)
{
	struct linx_rules_item *it = linx_rules_item(l->r, LINX_RULES_RULE, l->item, strlen(l->item));
	bool enabled;
	int ret = linx_load_need_text(l, "enabled", NULL) ? linx_load_bool(l, "enabled", &enabled) : -EINVAL;

	if (ret)
		return ret;
	linx_load_warn(l, linx_load_get(l, l->map, "enabled"), "LOAD_DEPRECATED_ITEM", "'enabled' alone is deprecated: write 'override' with enabled: replace");
	if (!it)
		return linx_load_refuse(l, NULL, LINX_LOAD_SENSE, "there is no rule of this name before, to be switched");
	it->enabled = enabled;
	return 0;
}

int linx_load_rule(struct linx_loader *l)
{
	static const char *const keys[] = {
		"rule", "condition", "output", "desc", "priority", "source", "enabled", "capture", "capture_duration",
		"warn_evttypes", "skip-if-unknown-filter", "tags", "exceptions", "action", "override", "append", NULL,
	};
	static const char *const defining[] = { "condition", "output", "desc", "priority" };
	const yaml_node_t *source = linx_load_get(l, l->map, "source");
	bool append = false, defines = false;
	int ret;

	if (source && !linx_load_scalar(source))
		return linx_load_refuse(l, source, LINX_LOAD_SHAPE, "a text is expected here");
	ret = linx_load_append(l, rule_keys, ARRAY_SIZE(rule_keys), &append);
	if (ret)
		return ret;
	linx_load_warn_keys(l, keys);
	for (size_t i = 0; i < ARRAY_SIZE(defining); i++)
		defines |= linx_load_get(l, l->map, defining[i]) != NULL;
	if (linx_load_has_override(l))
		return override_all(l);
	if (append)
		return append_to_rule(l);
	return defines ? define_rule(l) : switch_rule(l);
}
