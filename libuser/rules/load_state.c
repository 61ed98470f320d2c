// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Loads the items linx_count and linx_sequence of a file. Falco skips them with a warning, since they have none of the
 * keys by which Falco recognizes its own items.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/array_size.h"
#include "base/duration.h"
#include "rules/load.h"

/* ---- names ---------------------------------------------------------------------------------- */

static int add_name(struct linx_loader *l, const yaml_node_t *n, struct linx_rules_names *to)
{
	const char *s = linx_load_scalar(n);
	struct linx_rules_name *p;

	if (!s || !*s)
		return linx_load_refuse(l, n, LINX_LOAD_SHAPE, "a text is expected here");
	if (to->n == LINX_RULES_BY_MAX)
		return linx_load_refuse(l, n, LINX_LOAD_SENSE, "there are more than 16 fields");
	p = realloc(to->all, (to->n + 1) * sizeof(*p));
	if (!p)
		return -ENOMEM;
	to->all = p;
	p[to->n] = (struct linx_rules_name){ .s = strdup(s), .place = linx_load_place(l, n) };
	if (!p[to->n].s)
		return -ENOMEM;
	to->n++;
	return 0;
}

/* Adds the names in the value of a key, which is one text or a list of texts. The key may be missing. */
static int take_names(struct linx_loader *l, const yaml_node_t *map, const char *key, struct linx_rules_names *to)
{
	const yaml_node_t *n = linx_load_get(l, map, key);
	int ret = 0;

	if (!n)
		return 0;
	if (n->type != YAML_SEQUENCE_NODE)
		return add_name(l, n, to);
	for (unsigned int i = 0; !ret && i < linx_load_length(n); i++)
		ret = add_name(l, linx_load_element(l, n, i), to);
	return ret;
}

/* ---- steps ---------------------------------------------------------------------------------- */

/* Adds a step. n: the name of a rule, or a mapping with the name as "rule" and the fields of the step's key as "by". */
static int add_step(struct linx_loader *l, const yaml_node_t *n, struct linx_rules_stateful *st)
{
	struct linx_rules_step *p = realloc(st->steps, (st->nsteps + 1) * sizeof(*p));
	const yaml_node_t *rule = linx_load_get(l, n, "rule");
	const char *s;

	if (!p)
		return -ENOMEM;
	st->steps = p;
	if (!rule)
		rule = n;
	s = linx_load_scalar(rule);
	if (!s || !*s)
		return linx_load_refuse(l, rule, LINX_LOAD_SHAPE, "the name of a rule is expected here");
	p[st->nsteps] = (struct linx_rules_step){ .rule = { .s = strdup(s), .place = linx_load_place(l, rule) } };
	if (!p[st->nsteps].rule.s)
		return -ENOMEM;
	return take_names(l, n, "by", &p[st->nsteps++].by);
}

static int take_steps(struct linx_loader *l, const char *key, unsigned int least, unsigned int most, struct linx_rules_stateful *st)
{
	const yaml_node_t *n = linx_load_get(l, l->map, key);
	unsigned int count;
	char why[80];
	int ret = 0;

	snprintf(why, sizeof(why), "%u to %u rules are expected in '%s'", least, most, key);
	if (!n || linx_load_is_null(n))
		return linx_load_refuse(l, n, LINX_LOAD_SHAPE, why);
	count = n->type == YAML_SEQUENCE_NODE ? linx_load_length(n) : 1;
	if (count < least || count > most)
		return linx_load_refuse(l, n, LINX_LOAD_SHAPE, why);
	if (n->type != YAML_SEQUENCE_NODE)
		return add_step(l, n, st);
	for (unsigned int i = 0; !ret && i < count; i++)
		ret = add_step(l, linx_load_element(l, n, i), st);
	return ret;
}

/* ---- numbers -------------------------------------------------------------------------------- */

static int take_number(struct linx_loader *l, const char *key, uint64_t least, uint64_t most, uint64_t *out)
{
	const yaml_node_t *n = linx_load_get(l, l->map, key);
	char why[80];
	int ret = linx_load_number(l, key, UINT64_MAX, out);

	if (ret || (*out >= least && *out <= most))
		return ret;
	snprintf(why, sizeof(why), "'%s' is a number from %llu to %llu", key, (unsigned long long)least, (unsigned long long)most);
	return linx_load_refuse(l, n, LINX_LOAD_SHAPE, why);
}

static int take_within(struct linx_loader *l, struct linx_rules_stateful *st)
{
	const yaml_node_t *n;
	const char *s = linx_load_need_text(l, "within", &n);

	if (!s)
		return -EINVAL;
	if (!linx_duration_parse(s, &st->within_ns) || !st->within_ns)
		return linx_load_refuse(l, n, LINX_LOAD_SHAPE, "a time is expected here, as 500ms, 60s, 10m or 1h");
	return 0;
}

/* ---- items ---------------------------------------------------------------------------------- */

static int take_count(struct linx_loader *l, struct linx_rules_stateful *st)
{
	int ret = take_steps(l, "rules", 1, LINX_RULES_COUNTED_MAX, st);

	if (!ret)
		ret = take_names(l, l->map, "distinct", &st->distinct);
	if (!ret && st->distinct.n > 1)
		ret = linx_load_refuse(l, linx_load_get(l, l->map, "distinct"), LINX_LOAD_SHAPE, "one field is expected here");
	st->kind = st->distinct.n ? LINX_WINDOW_VALUES : LINX_WINDOW_COUNT;
	if (!ret && !linx_load_need_text(l, "count", NULL))
		ret = -EINVAL;
	return ret ? ret : take_number(l, "count", 1, st->distinct.n ? LINX_WINDOW_VALUES_MAX : LINX_WINDOW_COUNT_MAX, &st->count);
}

static int take_sequence(struct linx_loader *l, struct linx_rules_stateful *st)
{
	int ret = take_steps(l, "steps", 2, LINX_WINDOW_STEPS_MAX, st);

	st->kind = LINX_WINDOW_SEQUENCE;
	st->count = st->nsteps;
	return ret;
}

/* Reads the YAML keys that linx_count and linx_sequence share: by, within, keys, and the keys that rules have, too. */
static int take_rest(struct linx_loader *l, struct linx_rules_item *it)
{
	static const char *const needed[] = { "output", "priority" };
	static const char *const keys[] = { "output", "desc", "tags", "priority", "enabled", "capture", "capture_duration" };
	int ret = take_names(l, l->map, "by", &it->stateful->by);

	if (!ret)
		ret = take_within(l, it->stateful);
	it->stateful->keys = LINX_RULES_KEYS;
	if (!ret)
		ret = take_number(l, "keys", 1, LINX_RULES_KEYS_MAX, &it->stateful->keys);
	for (size_t i = 0; !ret && i < ARRAY_SIZE(needed); i++)
		if (!linx_load_need_text(l, needed[i], NULL))
			ret = -EINVAL;
	for (size_t i = 0; !ret && i < ARRAY_SIZE(keys); i++)
		if (linx_load_get(l, l->map, keys[i]))
			ret = linx_load_rule_key(l, it, keys[i], false);
	return ret;
}

/*
 * Refuses YAML keys by which Falco would take a linx_count or linx_sequence for another kind of item, such as a rule.
 */
static int check_keys(struct linx_loader *l)
{
	static const char *const foreign[] = { "rule", "macro", "list", "required_engine_version", "required_plugin_versions" };

	for (size_t i = 0; i < ARRAY_SIZE(foreign); i++)
		if (linx_load_get(l, l->map, foreign[i]))
			return linx_load_refuse(l, linx_load_get(l, l->map, foreign[i]), LINX_LOAD_SHAPE,
						"Falco would take the item for another by this key: rules are named in 'rules' or 'steps'");
	return 0;
}

/*
 * Makes the linx_count or linx_sequence, or empties the one that has this name: a later definition replaces an earlier
 * one.
 */
static struct linx_rules_item *begin(struct linx_loader *l)
{
	struct linx_rules_item *it = linx_load_make_item(l, LINX_RULES_STATE);

	if (!it)
		return NULL;
	linx_rules_stateful_free(it);
	linx_rules_strings_free(&it->tags);
	free(it->desc);
	it->desc = NULL;
	it->place = l->place;
	it->enabled = true;
	it->capture = false;
	it->capture_ms = 0;
	it->stateful = calloc(1, sizeof(*it->stateful));
	if (!it->source)
		it->source = strdup("syscall");
	return it->stateful && it->source ? it : NULL;
}

static int define(struct linx_loader *l, const char *const *keys, int (*take)(struct linx_loader *l, struct linx_rules_stateful *st))
{
	struct linx_rules_item *it;
	int ret = check_keys(l);

	if (!ret)
		ret = linx_load_check_kind(l, false);
	if (ret)
		return ret;
	it = begin(l);
	if (!it)
		return linx_load_too_many(l);
	ret = take(l, it->stateful);
	if (!ret)
		ret = take_rest(l, it);
	linx_load_warn_keys(l, keys);
	return ret;
}

int linx_load_count(struct linx_loader *l)
{
	static const char *const keys[] = {
		"linx_count", "desc", "rules", "by", "distinct", "count", "within", "keys", "output", "priority", "tags", "enabled", "capture",
		"capture_duration", NULL,
	};

	return define(l, keys, take_count);
}

int linx_load_sequence(struct linx_loader *l)
{
	static const char *const keys[] = {
		"linx_sequence", "desc", "steps", "by", "within", "keys", "output", "priority", "tags", "enabled", "capture", "capture_duration", NULL,
	};

	return define(l, keys, take_sequence);
}
