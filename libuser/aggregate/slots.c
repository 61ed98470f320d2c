// SPDX-License-Identifier: LGPL-2.1-or-later
/* Counts of one group: numbers, latest values, different values, sketches and histograms of the measured fields. */
#include <stdlib.h>
#include <string.h>

#include "aggregate/own.h"

/* ---- numbers -------------------------------------------------------------------------------- */

static int64_t add_up(int64_t a, int64_t b)
{
	int64_t sum;

	if (__builtin_add_overflow(a, b, &sum))
		return b < 0 ? INT64_MIN : INT64_MAX;
	return sum;
}

static void merge_numbers(struct linx_numbers *to, const struct linx_numbers *from)
{
	if (!from->n)
		return;
	to->min = !to->n || from->min < to->min ? from->min : to->min;
	to->max = !to->n || from->max > to->max ? from->max : to->max;
	to->sum = add_up(to->sum, from->sum);
	to->n += from->n;
}

static inline void add_number(struct linx_numbers *to, int64_t num)
{
	if (__builtin_expect(!to->n++, 0))
		to->min = to->max = num;
	if (num < to->min)
		to->min = num;
	if (num > to->max)
		to->max = num;
	to->sum = add_up(to->sum, num);
}

static unsigned int bucket_of(int64_t num)
{
	return num < 0 ? 0 : num ? 65u - (unsigned int)__builtin_clzll((uint64_t)num) : 1;
}

/* ---- latest values -------------------------------------------------------------------------- */

static bool make_room(struct linx_aggregate *a, struct linx_last *to)
{
	to->text = malloc(LINX_AGGREGATE_TEXT);
	if (!to->text)
		return false;
	a->bytes += LINX_AGGREGATE_TEXT;
	return true;
}

static inline bool set_last(struct linx_aggregate *a, struct linx_last *to, enum linx_cell_type type, int64_t num, const char *s, size_t n)
{
	if (type == LINX_CELL_TEXT && !to->text && !make_room(a, to))
		return false;
	to->type = (uint8_t)type;
	to->num = num;
	to->len = (uint16_t)(n < LINX_AGGREGATE_TEXT ? n : LINX_AGGREGATE_TEXT);
	if (type == LINX_CELL_TEXT && to->len)
		memcpy(to->text, s, to->len);
	return true;
}

/*
 * Stores a value that is an address, as text. The function is separate from add_last(), in which its buffers would cost
 * time at each call.
 */
static __attribute__((noinline)) bool add_last_address(struct linx_aggregate *a, struct linx_last *to, const struct linx_fld_value *v)
{
	struct linx_cell cell;
	unsigned char value[LINX_AGGREGATE_VALUE], shown[LINX_AGGREGATE_VALUE];
	size_t n = linx_aggregate_put(value, v);

	linx_aggregate_show(shown, value, n);
	linx_aggregate_decode(shown, 0, &cell);
	return set_last(a, to, cell.type, 0, cell.text, cell.len);
}

static bool add_last(struct linx_aggregate *a, struct linx_last *to, const struct linx_fld_value *v)
{
	if (v->has_text)
		return set_last(a, to, LINX_CELL_TEXT, 0, v->s, v->n);
	if (v->has_num)
		return set_last(a, to, LINX_CELL_NUMBER, v->num, NULL, 0);
	return add_last_address(a, to, v);
}

/* ---- all of a group ------------------------------------------------------------------------- */

static bool add_distinct(struct linx_aggregate *a, struct linx_distinct *to, const struct linx_fld_value *v)
{
	bool is_number = v->has_num && !v->has_text;
	unsigned char value[LINX_AGGREGATE_VALUE];

	if (is_number && to->has_last && to->last == v->num)
		return true;
	if (!linx_distinct_add(to, value, linx_aggregate_put(value, v), &a->bytes))
		return false;
	to->has_last = is_number;
	to->last = v->num;
	return true;
}

/*
 * Adds a number to the sum, the histogram and the sketch of a measured field, as far as columns need them. False: no
 * memory.
 */
static bool add_measured(struct linx_aggregate *a, const struct linx_measure *m, struct linx_tally *g, int64_t num)
{
	if (m->at_numbers >= 0)
		add_number(linx_tally_slot(g, m->at_numbers), num);
	if (m->at_histogram >= 0)
		((uint64_t *)linx_tally_slot(g, m->at_histogram))[bucket_of(num)]++;
	return m->at_sketch < 0 || linx_sketch_add(linx_tally_slot(g, m->at_sketch), m->bits, num, &a->bytes);
}

/* True for numbers. Sums and the like are of signed numbers: unsigned ones above INT64_MAX count as missing. */
static inline bool is_summed(const struct linx_fld_value *v)
{
	return v->has_num && !v->is_large;
}

static bool add_any_value(struct linx_aggregate *a, struct linx_measure *m, struct linx_tally *g, const struct linx_fld_value *v)
{
	static const struct linx_fld_value zero = { .has_num = true };
	bool good = true;

	if (!v)
		m->missing++;
	if (!v && m->zero)
		v = &zero;
	if (!v)
		return true;
	if (m->at_last >= 0)
		good = add_last(a, linx_tally_slot(g, m->at_last), v);
	if (m->at_distinct >= 0)
		good &= add_distinct(a, linx_tally_slot(g, m->at_distinct), v);
	m->missing += v->is_large && (m->at_numbers >= 0 || m->at_sketch >= 0 || m->at_histogram >= 0);
	return (!is_summed(v) || add_measured(a, m, g, v->num)) && good;
}

/* Counts a value. Sums and latest values, which most columns have, are counted here, all others in add_any_value(). */
static inline bool add_value(struct linx_aggregate *a, struct linx_measure *m, struct linx_tally *g, const struct linx_fld_value *v)
{
	if (!v || m->at_distinct >= 0 || m->at_sketch >= 0 || m->at_histogram >= 0)
		return add_any_value(a, m, g, v);
	m->missing += v->is_large && m->at_numbers >= 0;
	if (is_summed(v) && m->at_numbers >= 0)
		add_number(linx_tally_slot(g, m->at_numbers), v->num);
	return m->at_last < 0 || add_last(a, linx_tally_slot(g, m->at_last), v);
}

static inline bool is_seen(const struct linx_seen_task *seen, const struct linx_task *t)
{
	return t && seen->tid == t->tid && seen->version == t->version && seen->process_version == t->process->version && seen->start_time == t->start_time;
}

/*
 * Reads the measures with of_task set, whose values change only with the task, again if the task or its state is
 * another than that of the group's last event. False: no memory.
 */
static bool add_of_task(struct linx_aggregate *a, struct linx_tally *g)
{
	struct linx_seen_task *seen = linx_tally_slot(g, a->at_seen);
	const struct linx_task *t = a->env.ev->task;
	bool good = true, whole = t;

	if (is_seen(seen, t))
		return true;
	for (unsigned int i = a->neach; i < a->nmeasures; i++) {
		const struct linx_fld_value *v = linx_aggregate_value(a, &a->measures[i].field);

		whole &= v != NULL;
		good &= add_value(a, &a->measures[i], g, v);
	}
	/*
	 * a missing value is read again at the next event: the name of a container, for example, can become known later
	 */
	*seen = (struct linx_seen_task){ .tid = 0 };
	if (whole && good)
		*seen = (struct linx_seen_task){ .start_time = t->start_time, .tid = t->tid, .version = t->version, .process_version = t->process->version };
	return good;
}

/* Counts a number of a field of which columns need more than sums. */
static __attribute__((noinline)) bool add_any_number(struct linx_aggregate *a, struct linx_measure *m, struct linx_tally *g, int64_t num)
{
	const struct linx_fld_value v = { .has_num = true, .num = num };

	if (m->at_last < 0 && m->at_distinct < 0)
		return add_measured(a, m, g, num);
	return add_any_value(a, m, g, &v);
}

/* Counts the value of a quick field, which is read from the event without a getter. */
static inline bool add_quick(struct linx_aggregate *a, struct linx_measure *m, struct linx_tally *g)
{
	int64_t num;

	if (!linx_aggregate_number(a->env.ev, m->field.quick, &num))
		return add_any_value(a, m, g, NULL);
	if (!m->sums)
		return add_any_number(a, m, g, num);
	add_number(linx_tally_slot(g, m->at_numbers), num);
	return true;
}

bool linx_slots_add(struct linx_aggregate *a, struct linx_tally *g)
{
	bool good = true;

	g->count++;
	for (unsigned int i = 0; i < a->neach; i++) {
		struct linx_measure *m = &a->measures[i];

		good &= m->field.quick ? add_quick(a, m, g) : add_value(a, m, g, linx_aggregate_value(a, &m->field));
	}
	return a->neach == a->nmeasures ? good : add_of_task(a, g) && good;
}

static bool merge_measure(struct linx_aggregate *a, const struct linx_measure *m, struct linx_tally *g, const struct linx_tally *from)
{
	const struct linx_last *last = m->at_last >= 0 ? linx_tally_slot(from, m->at_last) : NULL;
	bool good = true;

	if (m->at_numbers >= 0)
		merge_numbers(linx_tally_slot(g, m->at_numbers), linx_tally_slot(from, m->at_numbers));
	if (last && last->type != LINX_CELL_NONE)
		good = set_last(a, linx_tally_slot(g, m->at_last), (enum linx_cell_type)last->type, last->num, last->text, last->len);
	if (m->at_distinct >= 0)
		good &= linx_distinct_merge(linx_tally_slot(g, m->at_distinct), linx_tally_slot(from, m->at_distinct), &a->bytes);
	if (m->at_sketch >= 0)
		good &= linx_sketch_merge(linx_tally_slot(g, m->at_sketch), linx_tally_slot(from, m->at_sketch), &a->bytes);
	for (unsigned int i = 0; m->at_histogram >= 0 && i < LINX_HISTOGRAM_BUCKETS; i++)
		((uint64_t *)linx_tally_slot(g, m->at_histogram))[i] += ((const uint64_t *)linx_tally_slot(from, m->at_histogram))[i];
	return good;
}

bool linx_slots_merge(struct linx_aggregate *a, struct linx_tally *g, const struct linx_tally *from)
{
	bool good = true;

	g->count += from->count;
	if (a->at_seen >= 0)
		*(struct linx_seen_task *)linx_tally_slot(g, a->at_seen) = (struct linx_seen_task){ .tid = 0 };
	for (unsigned int i = 0; i < a->nmeasures; i++)
		good &= merge_measure(a, &a->measures[i], g, from);
	return good;
}

void linx_slots_free(struct linx_aggregate *a, struct linx_tally *g)
{
	for (unsigned int i = 0; i < a->nmeasures; i++) {
		const struct linx_measure *m = &a->measures[i];

		if (m->at_last >= 0)
			free(((struct linx_last *)linx_tally_slot(g, m->at_last))->text);
		if (m->at_distinct >= 0)
			linx_distinct_clear(linx_tally_slot(g, m->at_distinct), &a->bytes);
		if (m->at_sketch >= 0)
			linx_sketch_free(linx_tally_slot(g, m->at_sketch));
	}
}
