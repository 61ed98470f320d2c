// SPDX-License-Identifier: LGPL-2.1-or-later
/* Passes matches of rules to the linx_count and linx_sequence items that name these rules. */
#include "filter/condition/source.h"
#include "rules/rule_set.h"

/*
 * Adds the linx_count and linx_sequence items that name the given rule, which the current event matches, to r->met.
 * feed() then counts the event for these items.
 */
static void note(struct linx_rules *r, const struct linx_rules_item *rule)
{
	for (unsigned int i = 0; i < rule->nwatches; i++) {
		struct linx_rules_item *it = rule->watches[i].item;

		if (!it->stateful->met)
			r->met[r->nmet++] = it;
		it->stateful->met |= 1ull << rule->watches[i].step;
	}
}

/* ---- time ----------------------------------------------------------------------------------- */

static void forget_all(struct linx_rules *r)
{
	for (uint32_t i = 0; i < r->nrules; i++)
		if (r->rules[i]->stateful && r->rules[i]->stateful->window)
			linx_window_clear(r->rules[i]->stateful->window);
}

/*
 * Returns the time of an event as the windows of linx_count and linx_sequence items use it. Within a section of a
 * stream the time advances with the stream's own clock, which no program can set. At the start of a section it is set
 * to the wall clock. A section that begins before the end of the previous section belongs to another recording. The
 * items then forget all matches.
 */
static uint64_t time_of(struct linx_rules *r, const struct linx_event *ev)
{
	bool begins = !r->last_time || (ev->table && r->timed && ev->table != r->timed);
	uint64_t time;

	if (ev->table)
		r->timed = ev->table;
	if (begins) {
		r->to_wall = ev->wall_ns - ev->time;
		if (ev->wall_ns < r->last_time)
			forget_all(r);
		r->last_time = ev->wall_ns;
	}
	time = ev->time + r->to_wall;
	if (time > r->last_time)
		r->last_time = time;
	return time;
}

/* ---- values --------------------------------------------------------------------------------- */

/* Writes the values of fields, each preceded by its length (a size_t). False: the event lacks one of the fields. */
static bool put_values(struct linx_rules *r, const struct linx_event *ev, const struct linx_rules_names *names, struct linx_strbuf *o)
{
	o->len = 0;
	o->failed = false;
	for (unsigned int i = 0; i < names->n; i++) {
		const struct linx_fld_value *v = linx_source_value(r->tree, ev, names->all[i].source);
		size_t at = o->len, len;

		if (!v)
			return false;
		linx_strbuf_mem(o, &at, sizeof(at));
		linx_fld_put_value(o, v);
		if (o->failed)
			break;
		len = o->len - at - sizeof(at);
		memcpy(o->data + at, &len, sizeof(len));
	}
	return true;
}

/* Writes the key as alerts show it: the values, separated by commas. */
static void show_key(struct linx_strbuf *o, const struct linx_strbuf *key)
{
	size_t len;

	o->len = 0;
	o->failed = false;
	for (size_t at = 0; at < key->len; at += len) {
		memcpy(&len, key->data + at, sizeof(len));
		at += sizeof(len);
		if (o->len)
			linx_strbuf_str(o, ", ");
		linx_rules_put_valid(o, key->data + at, len);
	}
}

static struct linx_window_bytes bytes_of(const struct linx_strbuf *o)
{
	return (struct linx_window_bytes){ o->data, o->len };
}

/* ---- items ---------------------------------------------------------------------------------- */

/* Writes an event's key for a step (the values of the fields in "by") to r->key, and the value to count to r->value. */
static bool find_key(struct linx_rules *r, const struct linx_event *ev, const struct linx_rules_stateful *st, unsigned int step)
{
	const struct linx_rules_names *by = &st->steps[step].by;

	return put_values(r, ev, by->n ? by : &st->by, &r->key) && put_values(r, ev, &st->distinct, &r->value);
}

/*
 * Counts an event that matches rules of one item. True: the item raises an alert. A linx_count counts an event once,
 * even if several of its rules match. In a linx_sequence the steps are tried from the last one down, so that one event
 * cannot complete two steps of the same sequence.
 */
static bool take(struct linx_rules *r, const struct linx_event *ev, struct linx_rules_stateful *st, uint64_t time)
{
	bool sequence = st->kind == LINX_WINDOW_SEQUENCE, raised = false;
	uint64_t met = st->met;

	st->met = 0;
	while (met && !raised) {
		unsigned int step = 63 - (unsigned int)__builtin_clzll(met);

		met &= ~(1ull << step);
		if (!find_key(r, ev, st, step))
			continue;
		if (r->key.failed || r->value.failed)
			linx_window_miss(st->window, time);
		else if (sequence)
			raised = linx_window_step(st->window, time, bytes_of(&r->key), step);
		else
			raised = linx_window_count(st->window, time, bytes_of(&r->key), bytes_of(&r->value));
		if (!sequence)
			break;
	}
	if (raised)
		show_key(&st->key, &r->key);
	return raised;
}

/*
 * Counts an event for the linx_count and linx_sequence items in r->met. Appends the numbers of items that raise an
 * alert, in ascending order, to the found numbers in r->matched. Returns the number of numbers that r->matched then
 * has.
 */
static unsigned int feed(struct linx_rules *r, const struct linx_event *ev, unsigned int found)
{
	uint64_t time = time_of(r, ev);
	unsigned int first = found, at;

	for (unsigned int i = 0; i < r->nmet; i++) {
		unsigned int number = r->met[i]->number;

		if (!take(r, ev, r->met[i]->stateful, time))
			continue;
		for (at = found++; at > first && r->matched[at - 1] > number; at--)
			r->matched[at] = r->matched[at - 1];
		r->matched[at] = number;
	}
	r->nmet = 0;
	return found;
}

unsigned int linx_rules_match_counted(struct linx_rules *r, const struct linx_event *ev, const uint32_t *rules, uint32_t n)
{
	unsigned int found = 0;

	for (uint32_t i = 0; i < n; i++) {
		const struct linx_rules_item *it = r->rules[rules[i]];

		if (!linx_cond_holds(r->tree, ev, it->node))
			continue;
		/* A rule that a linx_count or linx_sequence names raises alerts of its own only if it is active. */
		if (it->active)
			r->matched[found++] = rules[i];
		note(r, it);
	}
	return feed(r, ev, found);
}
