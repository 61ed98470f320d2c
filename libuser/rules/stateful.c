// SPDX-License-Identifier: LGPL-2.1-or-later
/* Items linx_count and linx_sequence: finding the rules and fields that they name, and making their windows. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "rules/load.h"

static void free_names(struct linx_rules_names *x)
{
	for (unsigned int i = 0; i < x->n; i++)
		free(x->all[i].s);
	free(x->all);
}

void linx_rules_stateful_free(struct linx_rules_item *it)
{
	struct linx_rules_stateful *st = it->stateful;

	if (!st)
		return;
	for (unsigned int i = 0; i < st->nsteps; i++) {
		free(st->steps[i].rule.s);
		free_names(&st->steps[i].by);
	}
	free(st->steps);
	free_names(&st->by);
	free_names(&st->distinct);
	linx_window_free(st->window);
	free(st->key.data);
	free(st);
	it->stateful = NULL;
}

/* ---- names ---------------------------------------------------------------------------------- */

/*
 * Finds the fields of a key. Warns of a field that linx never knows: a linx_count or linx_sequence with such a key
 * counts nothing.
 */
static int find_fields(struct linx_rules *r, const struct linx_rules_item *it, struct linx_rules_names *names)
{
	struct linx_cond_problem why;
	size_t used;
	int ret;

	for (unsigned int i = 0; i < names->n; i++) {
		struct linx_rules_name *n = &names->all[i];
		const struct linx_cond_source *s;

		ret = linx_cond_parse_source(r->tree, n->s, &used, &n->source, &why);
		if (ret == -ENOMEM)
			return ret;
		if (ret || n->s[used])
			return linx_rules_report(r, true, LINX_LOAD_SENSE, n->place, it->name, "%s", ret ? why.why : "a field is expected here, and no more");
		s = &r->tree->sources[n->source];
		if (s->transform == LINX_TF_NONE && linx_fld_is_absent(s->field.desc))
			linx_rules_report(r, false, "LOAD_COMPILE_CONDITION", n->place, it->name, "%s is not known here: nothing has such a key", n->s);
	}
	return 0;
}

/*
 * Makes *node true also for events that match the rule of this step. 1: the rule was skipped, so the linx_count or
 * linx_sequence that names the rule is skipped, too.
 */
static int link_step(struct linx_rules *r, struct linx_rules_item *it, struct linx_rules_step *step, uint32_t *node)
{
	struct linx_rules_stateful *st = it->stateful;
	struct linx_rules_item *rule = linx_rules_item(r, LINX_RULES_RULE, step->rule.s, strlen(step->rule.s));
	unsigned int nby = step->by.n ? step->by.n : st->by.n;
	const struct linx_rules_step *first = st->steps;

	if (!rule)
		return linx_rules_report(r, true, LINX_LOAD_SENSE, step->rule.place, it->name, "there is no rule '%s'", step->rule.s);
	if (rule->has_action)
		return linx_rules_report(r, true, LINX_LOAD_SENSE, step->rule.place, it->name, "rule '%s' has an action: what it refuses is not counted here",
					 rule->name);
	if (nby != (first->by.n ? first->by.n : st->by.n))
		return linx_rules_report(r, true, LINX_LOAD_SENSE, step->rule.place, it->name, "the rules have keys of different lengths");
	if (!rule->done) {
		linx_rules_report(r, false, "LOAD_UNKNOWN_SOURCE", step->rule.place, it->name, "rule '%s' is passed over, and so is this", rule->name);
		return 1;
	}
	if (step == first) {
		*node = rule->node;
		return find_fields(r, it, &step->by);
	}
	if (linx_cond_add(r->tree, LINX_COND_OR, *node, rule->node, node))
		return linx_rules_report(r, true, LINX_LOAD_SENSE, it->place, it->name, "the rules have too many tests");
	return find_fields(r, it, &step->by);
}

/* ---- words ---------------------------------------------------------------------------------- */

static void put_names(struct linx_strbuf *o, const struct linx_rules_names *x)
{
	for (unsigned int i = 0; i < x->n; i++) {
		linx_strbuf_str(o, i ? ", " : " by ");
		linx_strbuf_str(o, x->all[i].s);
	}
}

/*
 * Returns a text such as "3 different fd.sip of Login failed by user.uid within 60000ms, 1000 keys at most"; the caller
 * frees it. Two linx_count or linx_sequence items count the same if their texts are equal. NULL: no memory
 */
static char *describe(const struct linx_rules_stateful *st)
{
	bool sequence = st->kind == LINX_WINDOW_SEQUENCE;
	struct linx_strbuf o = { 0 };

	if (!sequence) {
		linx_strbuf_u64(&o, st->count);
		linx_strbuf_str(&o, st->distinct.n ? " different " : "");
		linx_strbuf_str(&o, st->distinct.n ? st->distinct.all[0].s : "");
		linx_strbuf_str(&o, " of ");
	}
	for (unsigned int i = 0; i < st->nsteps; i++) {
		if (i)
			linx_strbuf_str(&o, sequence ? " then " : " or ");
		linx_strbuf_str(&o, st->steps[i].rule.s);
		put_names(&o, &st->steps[i].by);
	}
	put_names(&o, &st->by);
	linx_strbuf_str(&o, " within ");
	linx_strbuf_u64(&o, st->within_ns % 1000000 ? st->within_ns : st->within_ns / 1000000);
	linx_strbuf_str(&o, st->within_ns % 1000000 ? "ns, " : "ms, ");
	linx_strbuf_u64(&o, st->keys);
	linx_strbuf_str(&o, " keys at most");
	linx_strbuf_char(&o, '\0');
	if (!o.failed)
		return o.data;
	free(o.data);
	return NULL;
}

/* ---- items ---------------------------------------------------------------------------------- */

static int link_item(struct linx_rules *r, struct linx_rules_item *it)
{
	struct linx_rules_stateful *st = it->stateful;
	int ret;

	if (linx_rules_item(r, LINX_RULES_RULE, it->name, strlen(it->name)))
		return linx_rules_report(r, true, LINX_LOAD_SENSE, it->place, it->name, "a rule has this name");
	it->text = describe(st);
	if (!it->text)
		return -ENOMEM;
	ret = find_fields(r, it, &st->by);
	if (!ret)
		ret = find_fields(r, it, &st->distinct);
	for (unsigned int i = 0; !ret && i < st->nsteps; i++)
		ret = link_step(r, it, &st->steps[i], &it->node);
	if (!ret)
		ret = linx_rules_parse_output(r, it);
	it->done = !ret;
	return ret < 0 ? ret : 0;
}

int linx_rules_link(struct linx_rules *r)
{
	unsigned int n = 0;
	int ret = 0;

	for (uint32_t i = 0; !ret && i < r->nitems; i++) {
		if (r->items[i]->kind != LINX_RULES_STATE)
			continue;
		if (n++ == LINX_RULES_STATES_MAX)
			return linx_rules_report(r, true, LINX_LOAD_SENSE, r->items[i]->place, r->items[i]->name,
						 "there are more than %u of linx_count and linx_sequence", LINX_RULES_STATES_MAX);
		ret = link_item(r, r->items[i]);
	}
	return ret;
}

static int watch_rule(struct linx_rules *r, struct linx_rules_item *it, unsigned int step)
{
	const char *name = it->stateful->steps[step].rule.s;
	struct linx_rules_item *rule = linx_rules_item(r, LINX_RULES_RULE, name, strlen(name));
	struct linx_rules_watch *p = realloc(rule->watches, (rule->nwatches + 1) * sizeof(*p));

	if (!p)
		return -ENOMEM;
	rule->watches = p;
	p[rule->nwatches++] = (struct linx_rules_watch){ it, step };
	return 0;
}

int linx_rules_watch(struct linx_rules *r)
{
	unsigned int n = 0;
	int ret = 0;

	for (uint32_t i = 0; !ret && i < r->nitems; i++) {
		struct linx_rules_item *it = r->items[i];
		struct linx_rules_stateful *st = it->stateful;

		if (it->kind != LINX_RULES_STATE || !it->active)
			continue;
		n++;
		ret = linx_window_new(&(struct linx_window_opts){ .kind = st->kind, .count = (uint32_t)st->count, .within_ns = st->within_ns,
								.keys = (uint32_t)st->keys, .bytes = LINX_RULES_STATE_BYTES }, &st->window);
		for (unsigned int k = 0; !ret && k < st->nsteps; k++)
			ret = watch_rule(r, it, k);
	}
	r->met = calloc(n + 1, sizeof(*r->met));
	return ret || r->met ? ret : -ENOMEM;
}

/* ---- for callers ---------------------------------------------------------------------------- */

LINX_API int linx_rules_get_state(const struct linx_rules *r, unsigned int i, struct linx_rule_state *state)
{
	const struct linx_rules_stateful *st;

	if (i >= r->nrules)
		return -ENOENT;
	st = r->rules[i]->stateful;
	if (!st)
		return -ENODATA;
	*state = (struct linx_rule_state){
		.keys = st->window ? linx_window_get_keys(st->window) : 0,
		.forgotten = st->window ? linx_window_get_forgotten(st->window) : 0,
	};
	return 0;
}

static void forget_state(struct linx_rules *r)
{
	for (uint32_t i = 0; i < r->nitems; i++)
		if (r->items[i]->kind == LINX_RULES_STATE && r->items[i]->stateful->window)
			linx_window_clear(r->items[i]->stateful->window);
	r->timed = NULL;
	r->to_wall = r->last_time = 0;
}

LINX_API void linx_rules_take_state(struct linx_rules *r, struct linx_rules *from)
{
	if (!from) {
		forget_state(r);
		return;
	}
	for (uint32_t i = 0; i < r->nitems; i++) {
		struct linx_rules_item *to = r->items[i], *old;
		struct linx_window *window;

		old = to->kind == LINX_RULES_STATE ? linx_rules_item(from, LINX_RULES_STATE, to->name, strlen(to->name)) : NULL;
		if (!old || !to->stateful->window || !old->stateful->window || strcmp(to->text, old->text) != 0)
			continue;
		window = to->stateful->window;
		to->stateful->window = old->stateful->window;
		old->stateful->window = window;
	}
	r->timed = from->timed;
	r->to_wall = from->to_wall;
	r->last_time = from->last_time;
}
