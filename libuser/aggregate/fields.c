// SPDX-License-Identifier: LGPL-2.1-or-later
/* Parses the fields of keys and columns once, and reads their values for each event. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "aggregate/own.h"
#include "base/array_size.h"
#include "base/error.h"
#include "filter/getters.h"

/* Letters at the begin of an encoded value. */
enum { NONE = '-', NUMBER = 'n', ADDRESS = 'a', TEXT = 't' };

/* ---- parsing -------------------------------------------------------------------------------- */

static bool has_number(const struct linx_cond_source *s)
{
	if (s->transform != LINX_TF_NONE)
		return s->transform == LINX_TF_LEN;
	switch (s->field.desc->kind) {
	case LINX_FLD_NUMBER:
	case LINX_FLD_BOOL:
	case LINX_FLD_ARG:
		return true;
	case LINX_FLD_PAIR:
		return s->field.part != LINX_FLD_VALUE;
	default:
		return false;
	}
}

/* True for a field of which one event can have several values. No single value then stands for the event. */
static bool has_many(const struct linx_cond_source *s)
{
	if (s->transform != LINX_TF_NONE)
		return s->transform == LINX_TF_GETOPT && !s->option;
	return linx_fld_is_list(s->field.desc) && s->field.desc->kind != LINX_FLD_ADDR;
}

/* Parses the field at *at, and moves *at behind it. last: no other field follows. */
static int parse_one(struct linx_aggregate *a, const char **at, bool last, bool needs_number, struct linx_aggregate_field *f,
		     struct linx_error *err)
{
	struct linx_condition *c = last ? a->fields : a->optional;
	struct linx_cond_problem why = { .why = "" };
	const struct linx_cond_source *s;
	size_t used = 0;
	uint32_t source;
	int ret = linx_cond_parse_source(c, *at, &used, &source, &why);

	if (ret)
		return linx_fail(err, ret, "%s", ret == -ENOMEM ? "out of memory" : why.why);
	s = &c->sources[source];
	if (has_many(s))
		return linx_fail(err, -EINVAL, "%.*s: an event can have several values of it: they make no groups", (int)used, *at);
	if (needs_number && !has_number(s))
		return linx_fail(err, -EINVAL, "%.*s is no number: count, last and distinct can take it", (int)used, *at);
	f->sources[f->n++] = source;
	f->is_bool = s->transform == LINX_TF_NONE && s->field.desc->kind == LINX_FLD_BOOL;
	*at += used;
	return 0;
}

/* True if no other field follows the one at s. Bars within brackets, parentheses and quotes separate no fields. */
static bool is_last(const char *s)
{
	int depth = 0;
	char quote = 0;

	for (; *s; s++) {
		if (quote)
			quote = *s == quote ? 0 : quote;
		else if (*s == '"' || *s == '\'')
			quote = *s;
		else if (strchr("([", *s))
			depth++;
		else if (strchr(")]", *s))
			depth--;
		else if (*s == '|' && depth <= 0)
			return false;
	}
	return true;
}

int linx_aggregate_parse(struct linx_aggregate *a, const char *text, bool needs_number, struct linx_aggregate_field *f, struct linx_error *err)
{
	const char *at = text;
	bool last;
	int ret;

	*f = (struct linx_aggregate_field){ 0 };
	for (;; at++) {
		if (f->n == LINX_AGGREGATE_ALTERNATIVES)
			return linx_fail(err, -EINVAL, "%s: these are more than %u fields", text, LINX_AGGREGATE_ALTERNATIVES);
		last = is_last(at);
		ret = parse_one(a, &at, last, needs_number, f, err);
		if (ret || last)
			break;
		if (*at != '|')
			return linx_fail(err, -EINVAL, "%s: a field or | is expected at: %s", text, at);
	}
	if (!ret && *at)
		return linx_fail(err, -EINVAL, "%s: this is more than a field: %s", text, at);
	return ret;
}

/* ---- values --------------------------------------------------------------------------------- */

const struct linx_fld_value *linx_aggregate_compute(struct linx_aggregate *a, const struct linx_aggregate_field *f)
{
	const struct linx_fld_value *v;

	for (unsigned int i = 0; i + 1 < f->n; i++) {
		v = linx_source_value(a->optional, a->env.ev, f->sources[i]);
		if (v)
			return v;
	}
	return linx_source_value(a->fields, a->env.ev, f->sources[f->n - 1]);
}

/* Returns the number of fields whose last alternative is this source. */
static unsigned int uses_of(const struct linx_aggregate *a, uint32_t source)
{
	unsigned int uses = 0;

	for (unsigned int i = 0; i < a->nkeys; i++)
		uses += a->keys[i].sources[a->keys[i].n - 1] == source;
	for (unsigned int i = 0; i < a->nmeasures; i++)
		uses += a->measures[i].field.sources[a->measures[i].field.n - 1] == source;
	return uses;
}

static enum linx_quick quick_of(const struct linx_fld_desc *d)
{
	static const struct {
		linx_fld_getter *get;
		enum linx_quick quick;
	} all[] = {
		{ linx_own_pid, LINX_QUICK_PID },
		{ linx_own_tid, LINX_QUICK_TID },
		{ linx_own_duration, LINX_QUICK_DURATION },
		{ linx_falco_evt_failed, LINX_QUICK_FAILED },
	};

	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		if (d->get == all[i].get)
			return all[i].quick;
	return LINX_QUICK_NONE;
}

static void find_plain(struct linx_aggregate *a, struct linx_aggregate_field *f)
{
	struct linx_cond_source *s = &a->fields->sources[f->sources[0]];

	if (f->n > 1 || s->transform != LINX_TF_NONE || s->field.part != LINX_FLD_WHOLE)
		return;
	f->quick = quick_of(s->field.desc);
	if (uses_of(a, f->sources[0]) > 1)
		return;
	f->plain = &s->field;
	f->scratch = &s->text;
}

/* True if the aggregate's only key is linx.call, the name of a call. */
static bool is_by_call(const struct linx_aggregate *a)
{
	return a->nkeys == 1 && a->keys[0].plain && a->keys[0].plain->desc->get == linx_own_call;
}

static bool has_but_numbers(const struct linx_measure *m)
{
	return m->at_last < 0 && m->at_distinct < 0 && m->at_sketch < 0 && m->at_histogram < 0;
}

/* True if the field's value is a single one that can only change with the task, and only the latest one is wanted. */
static bool is_of_task(const struct linx_measure *m)
{
	const struct linx_fld_desc *d = m->field.plain ? m->field.plain->desc : NULL;

	return d && d->changes == LINX_FLD_TASK && !linx_fld_is_list(d) && m->at_last >= 0 && m->at_numbers < 0 && m->at_distinct < 0 &&
	       m->at_sketch < 0 && m->at_histogram < 0 && !m->zero;
}

/*
 * Moves the measures with of_task set, whose values change only with the task, behind all others, and corrects the
 * indexes of measures in columns.
 */
static void order_measures(struct linx_aggregate *a)
{
	struct linx_measure ordered[LINX_AGGREGATE_COLUMNS];
	int place[LINX_AGGREGATE_COLUMNS];
	unsigned int n = 0;

	for (unsigned int of_task = 0; of_task < 2; of_task++) {
		for (unsigned int i = 0; i < a->nmeasures; i++) {
			if (a->measures[i].of_task != of_task)
				continue;
			place[i] = (int)n;
			ordered[n++] = a->measures[i];
		}
		a->neach = of_task ? a->neach : n;
	}
	memcpy(a->measures, ordered, n * sizeof(*ordered));
	for (unsigned int i = 0; i < a->ncolumns; i++)
		if (a->columns[i].measure >= 0)
			a->columns[i].measure = place[a->columns[i].measure];
}

void linx_aggregate_find_plain(struct linx_aggregate *a)
{
	a->at_seen = -1;
	a->env = linx_source_env(a->fields, NULL, NULL);
	for (unsigned int i = 0; i < a->nkeys; i++)
		find_plain(a, &a->keys[i]);
	if (is_by_call(a))
		a->by_call = calloc(LINX_AGGREGATE_CALLS, sizeof(*a->by_call));
	for (unsigned int i = 0; i < a->nmeasures; i++) {
		find_plain(a, &a->measures[i].field);
		a->measures[i].of_task = is_of_task(&a->measures[i]);
		a->measures[i].sums = a->measures[i].at_numbers >= 0 && has_but_numbers(&a->measures[i]);
		if (!a->measures[i].of_task || a->at_seen >= 0)
			continue;
		a->at_seen = (int32_t)a->nslots;
		a->nslots += (sizeof(struct linx_seen_task) + 7) / 8 * 8;
	}
	order_measures(a);
}

size_t linx_aggregate_put_number(unsigned char *to, int64_t num)
{
	*to = NUMBER;
	memcpy(to + 1, &num, sizeof(num));
	return 1 + sizeof(num);
}

static size_t put_text(unsigned char *to, const char *s, size_t n)
{
	uint16_t len = (uint16_t)(n < LINX_AGGREGATE_TEXT ? n : LINX_AGGREGATE_TEXT);

	*to = TEXT;
	memcpy(to + 1, &len, sizeof(len));
	memcpy(to + 1 + sizeof(len), s, len);
	return 1 + sizeof(len) + len;
}

bool linx_aggregate_is_text(const unsigned char *key, size_t len, const char *s, size_t n)
{
	const size_t head = 1 + sizeof(uint16_t);

	return len == head + n && *key == TEXT && !memcmp(key + head, s, n);
}

size_t linx_aggregate_put(unsigned char *to, const struct linx_fld_value *v)
{
	if (v && v->has_text)
		return put_text(to, v->s ? v->s : "", v->n);
	if (v && v->has_num)
		return linx_aggregate_put_number(to, v->num);
	*to = NONE;
	if (!v || !v->has_addr)
		return 1;
	*to = ADDRESS;
	memcpy(to + 1, v->addr, sizeof(v->addr));
	return 1 + sizeof(v->addr);
}

/* Returns the number of bytes of an encoded value. */
static size_t length_of(const unsigned char *value)
{
	uint16_t len;

	switch (*value) {
	case TEXT:
		memcpy(&len, value + 1, sizeof(len));
		return 1 + sizeof(len) + len;
	case NUMBER:
		return 1 + sizeof(int64_t);
	case ADDRESS:
		return 1 + 16;
	default:
		return 1;
	}
}

/* Writes an encoded address as an encoded text. Returns the length of the text in bytes. */
static size_t show_address(unsigned char *to, const unsigned char *value)
{
	struct linx_fld_value v = { .has_addr = true };
	struct linx_strbuf o = { 0 };
	size_t n;

	memcpy(v.addr, value + 1, sizeof(v.addr));
	linx_fld_put_value(&o, &v);
	n = put_text(to, o.data ? o.data : "", o.len);
	free(o.data);
	return n;
}

size_t linx_aggregate_show(unsigned char *to, const unsigned char *key, size_t len)
{
	const unsigned char *end = key + len;
	size_t n = 0;

	for (; key < end; key += length_of(key)) {
		if (*key == ADDRESS) {
			n += show_address(to + n, key);
			continue;
		}
		memcpy(to + n, key, length_of(key));
		n += length_of(key);
	}
	return n;
}

void linx_aggregate_decode(const unsigned char *key, unsigned int i, struct linx_cell *cell)
{
	uint16_t len;

	*cell = (struct linx_cell){ .type = LINX_CELL_NONE };
	for (; i; i--)
		key += length_of(key);
	if (*key == TEXT) {
		memcpy(&len, key + 1, sizeof(len));
		*cell = (struct linx_cell){ .type = LINX_CELL_TEXT, .text = (const char *)key + 1 + sizeof(len), .len = len };
	} else if (*key == NUMBER) {
		cell->type = LINX_CELL_NUMBER;
		memcpy(&cell->num, key + 1, sizeof(cell->num));
	}
}
