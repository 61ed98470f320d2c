// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Finds the rules that an event matches. An index by call gives the rules that can match at all. A test that several of
 * these rules share is evaluated once.
 */
#include <errno.h>
#include <stdlib.h>

#include "event/event.h"
#include "filter/calls.h"
#include "filter/falco/falco.h"
#include "rules/by_value.h"
#include "rules/rule_set.h"
#include "table/select.h"

struct linx_condition *linx_rules_tree(struct linx_rules *r)
{
	return r->tree;
}

/* ---- rules by call ------------------------------------------------------------------------------------- */

/*
 * Returns, for each rule in r->all, a bitmap of the calls that can match it, LINX_CALL_WORDS words long. The caller
 * frees the array. NULL: no memory
 */
static uint64_t *calls_of_rules(struct linx_rules *r, const struct linx_table *t)
{
	uint32_t *nodes = malloc((r->nall + 1) * sizeof(*nodes));
	uint64_t *can = calloc((size_t)r->nall + 1, LINX_CALL_WORDS * sizeof(*can));

	for (uint32_t i = 0; nodes && i < r->nall; i++)
		nodes[i] = r->rules[r->all[i]]->node;
	if (nodes && can && linx_calls_of(r->tree, t, nodes, r->nall, can)) {
		free(can);
		can = NULL;
	}
	free(nodes);
	return can;
}

/* Lists the rules that may match the end of a task in r->exits. Without memory all rules are listed. */
static void find_exits(struct linx_rules *r, const struct linx_table *t)
{
	uint32_t *nodes = malloc((r->nall + 1) * sizeof(*nodes));
	bool *may = calloc(r->nall + 1, sizeof(*may));
	bool known = false;

	for (uint32_t i = 0; nodes && i < r->nall; i++)
		nodes[i] = r->rules[r->all[i]]->node;
	if (nodes && may)
		known = !linx_calls_of_exits(r->tree, t, nodes, r->nall, may);
	r->nexits = 0;
	for (uint32_t i = 0; i < r->nall; i++)
		if (!known || may[i])
			r->exits[r->nexits++] = r->all[i];
	free(may);
	free(nodes);
}

/*
 * True if rule all[i] is evaluated for each event of the call with this key: the rule may match such events, and is not
 * in the index by texts (by_value).
 */
static bool is_asked(const struct linx_rules *r, const uint64_t *can, uint32_t i, unsigned int key)
{
	return !linx_rules_by_value_has(r->by_value, i) && linx_calls_has(can + (size_t)i * LINX_CALL_WORDS, key);
}

/* Fills the index of rules by call from can, the bitmaps of the rules' calls. 0; -ENOMEM */
static int fill_index(struct linx_rules *r, const uint64_t *can, uint32_t *starts)
{
	uint32_t at = 0;

	r->by_value = linx_rules_by_value_new(r, can);
	for (unsigned int key = 0; key < LINX_NCALLS; key++) {
		starts[key + 1] = starts[key];
		for (uint32_t i = 0; i < r->nall; i++)
			starts[key + 1] += is_asked(r, can, i, key);
	}
	r->by_call = calloc(starts[LINX_NCALLS] + 1, sizeof(*r->by_call));
	for (unsigned int key = 0; r->by_call && key < LINX_NCALLS; key++)
		for (uint32_t i = 0; starts[key] < starts[key + 1] && i < r->nall; i++)
			if (is_asked(r, can, i, key))
				r->by_call[at++] = r->all[i];
	return r->by_call ? 0 : -ENOMEM;
}

/* Makes the index of rules by call for a table of calls. Without memory there is no index, and all rules are tested. */
static void make_index(struct linx_rules *r, const struct linx_table *t)
{
	uint64_t *can = calls_of_rules(r, t);
	uint32_t *starts = calloc(LINX_NCALLS + 1, sizeof(*starts));

	find_exits(r, t);
	linx_rules_by_value_free(r->by_value);
	free(r->starts);
	free(r->by_call);
	r->by_value = NULL;
	r->starts = r->by_call = NULL;
	r->indexed = t;
	if (can && starts && !fill_index(r, can, starts))
		r->starts = starts;
	else
		free(starts);
	free(can);
}

/*
 * Returns the numbers of the rules that may match an event, from the indexes by call and by value. Returns all rules if
 * there is no index, or if the event's call does not belong to its number: the event of a subcall of socketcall(2) has
 * socketcall's number. The caller has called linx_cond_next() for the event.
 */
static const uint32_t *candidates(struct linx_rules *r, const struct linx_event *ev, uint32_t *n)
{
	uint32_t key = ev->abi * LINX_NR_MAX + (uint32_t)ev->nr;

	if (ev->kind == LINX_EVENT_EXIT) {
		bool known = ev->table && ev->table == r->indexed;

		*n = known ? r->nexits : r->nall;
		return known ? r->exits : r->all;
	}
	if (ev->kind == LINX_EVENT_PROBE) {
		*n = r->nhits;
		return r->hits;
	}
	if (!r->starts || ev->table != r->indexed || (uint32_t)ev->nr >= LINX_NR_MAX || ev->abi >= LINX_ABI_NR || !ev->call ||
	    linx_table_lookup(ev->table, ev->abi, ev->nr) != ev->call) {
		*n = r->nall;
		return r->all;
	}
	*n = r->starts[key + 1] - r->starts[key];
	if (linx_rules_by_value_may(r->by_value, key))
		return linx_rules_by_value_merge(r->by_value, r->tree, ev, r->by_call + r->starts[key], n);
	return r->by_call + r->starts[key];
}

/* True for the events that rules are tested on: ends of tasks, hits of probes and calls, but not the entry of a call. */
static bool is_seen(const struct linx_event *ev)
{
	return (linx_falco_is_seen(ev) && !ev->entry) || ev->kind == LINX_EVENT_PROBE;
}

/* False if the event is a hit of a probe, and the rule names no field of probes. */
static bool is_meant(const struct linx_rules *r, unsigned int rule, const struct linx_event *ev)
{
	uint32_t i = 0;

	while (ev->kind == LINX_EVENT_PROBE && i < r->nhits && r->hits[i] != rule)
		i++;
	return ev->kind != LINX_EVENT_PROBE || i < r->nhits;
}

/*
 * Finds the rule with an action that refused the operation of a LINX_EVENT_REFUSED. Returns the number of rules in
 * r->matched.
 */
static unsigned int match_refusal(struct linx_rules *r, const struct linx_event *ev)
{
	const struct linx_rules_item *it = NULL;
	struct linx_refusal refusal;

	if (!linx_event_get_refusal(ev, &refusal) && refusal.name)
		it = linx_rules_item(r, LINX_RULES_RULE, refusal.name, strlen(refusal.name));
	if (!it || !it->has_action || !it->active)
		return 0;
	linx_cond_next(r->tree); /* drops the values of the event before, since the output shows values of this event */
	r->matched[0] = it->number;
	return 1;
}

LINX_API unsigned int linx_rules_match(struct linx_rules *r, const struct linx_event *ev, const unsigned int **which)
{
	const uint32_t *rules;
	unsigned int found = 0;
	uint32_t n;

	*which = r->matched;
	if (r->compiled && ev->kind == LINX_EVENT_REFUSED)
		return match_refusal(r, ev);
	if (!r->compiled || !is_seen(ev))
		return 0;
	if (ev->table && ev->table != r->indexed)
		/* make_index() evaluates the tree for other events, so linx_cond_next() is called after it */
		make_index(r, ev->table);
	linx_cond_next(r->tree);
	rules = candidates(r, ev, &n);
	for (uint32_t i = 0; i < n; i++) {
		if (!linx_cond_holds(r->tree, ev, r->rules[rules[i]]->node))
			continue;
		if (r->rules[rules[i]]->nwatches)
			return linx_rules_match_counted(r, ev, rules, n);
		r->matched[found++] = rules[i];
	}
	return found;
}

LINX_API bool linx_rules_match_one(struct linx_rules *r, unsigned int i, const struct linx_event *ev)
{
	if (!r->compiled || i >= r->nrules || !r->rules[i]->done || !is_seen(ev) || !is_meant(r, i, ev))
		return false;
	linx_cond_next(r->tree);
	return linx_cond_holds(r->tree, ev, r->rules[i]->node);
}

/* ---- facts about the rules -------------------------------------------------------------------------------------- */

LINX_API const char *linx_rules_get_probe(const struct linx_rules *r, unsigned int i)
{
	return i < r->probes.n ? r->probes.s[i] : NULL;
}

LINX_API int linx_rules_get(const struct linx_rules *r, unsigned int i, struct linx_rule_info *info)
{
	const struct linx_rules_item *it;

	if (i >= r->nrules)
		return -ENOENT;
	it = r->rules[i];
	*info = (struct linx_rule_info){
		.name = it->name,
		.desc = it->desc ? it->desc : "",
		.condition = it->text ? it->text : "",
		.output = it->output ? it->output : "",
		.source = it->source,
		.tags = (const char *const *)it->tags.s,
		.ntags = it->tags.n,
		.priority = it->priority,
		.enabled = it->active,
		.capture = it->capture,
		.capture_ms = it->capture_ms,
		.file = r->files[it->place.file].name,
		.line = it->place.line,
	};
	return 0;
}

LINX_API bool linx_rules_has_action(const struct linx_rules *r, unsigned int i)
{
	return i < r->nrules && r->rules[i]->has_action;
}

LINX_API int linx_rules_find(const struct linx_rules *r, const char *name)
{
	const struct linx_rules_item *it = linx_rules_item(r, LINX_RULES_RULE, name, strlen(name));

	if (!it)
		it = linx_rules_item(r, LINX_RULES_STATE, name, strlen(name));
	return it && r->nrules ? (int)it->number : -ENOENT;
}

LINX_API unsigned int linx_rules_get_needs(const struct linx_rules *r)
{
	return linx_condition_get_needs(r->tree);
}

LINX_API uint64_t linx_rules_get_limited(const struct linx_rules *r)
{
	return r->tree->limited;
}
