// SPDX-License-Identifier: LGPL-2.1-or-later
/* Makes aggregates, and counts events: see <linx/aggregate.h>. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "aggregate/own.h"
#include "base/array_size.h"
#include "base/error.h"
#include "filter/falco/event_names.h"

#define GROUPS 10000u
#define BYTES (256ull << 20)

/* ---- columns -------------------------------------------------------------------------------- */

/*
 * Properties of each kind of column: whether the kind takes a field, and whether the values of that field must be
 * numbers.
 */
static const struct {
	const char *name;
	enum { NO_FIELD, MAY, MUST } field;
	bool numbers;
} kinds[] = {
	[LINX_COLUMN_COUNT] = { "count", NO_FIELD, false },
	[LINX_COLUMN_SHARE] = { "share", MAY, true },
	[LINX_COLUMN_RATE] = { "rate", MAY, true },
	[LINX_COLUMN_SUM] = { "sum", MUST, true },
	[LINX_COLUMN_MIN] = { "min", MUST, true },
	[LINX_COLUMN_MAX] = { "max", MUST, true },
	[LINX_COLUMN_MEAN] = { "mean", MUST, true },
	[LINX_COLUMN_LAST] = { "last", MUST, false },
	[LINX_COLUMN_DISTINCT] = { "distinct", MUST, false },
	[LINX_COLUMN_PERCENTILE] = { "percentile", MUST, true },
	[LINX_COLUMN_HISTOGRAM] = { "histogram", MUST, true },
};

/* Returns how many bits (linx_measure.bits) the sketch of a column's field needs; 0: the column needs no sketch. */
static unsigned int bits_of(const struct linx_column *c)
{
	if (c->kind != LINX_COLUMN_PERCENTILE)
		return 0;
	return c->ranges ? (unsigned int)__builtin_ctz(c->ranges) : LINX_SKETCH_BITS;
}

/* Returns linx_aggregate_column.share; 0: the column is not a percentile. */
static uint32_t share_of(const struct linx_column *c)
{
	return c->kind == LINX_COLUMN_PERCENTILE && c->percent >= 0 && c->percent <= 100 ? (uint32_t)(c->percent * 1000 + 0.5) : 0;
}

static int check_column(const struct linx_column *c, struct linx_error *err)
{
	if ((unsigned int)c->kind >= ARRAY_SIZE(kinds))
		return linx_fail(err, -EINVAL, "there is no such kind of column: %d", (int)c->kind);
	if (!c->field && kinds[c->kind].field == MUST)
		return linx_fail(err, -EINVAL, "%s needs a field, as linx.duration", kinds[c->kind].name);
	if (c->field && kinds[c->kind].field == NO_FIELD)
		return linx_fail(err, -EINVAL, "%s takes no field: it counts events", kinds[c->kind].name);
	if (c->kind != LINX_COLUMN_PERCENTILE)
		return 0;
	if (!(c->percent >= 0 && c->percent <= 100))
		return linx_fail(err, -EINVAL, "a percentile is from 0 to 100");
	/* with a single range for each power of two, 0 and 1 would share a range */
	if (c->ranges == 1 || c->ranges > 1u << LINX_SKETCH_BITS || c->ranges & (c->ranges - 1))
		return linx_fail(err, -EINVAL, "ranges of a percentile: a power of two from 2 to %u", 1u << LINX_SKETCH_BITS);
	return 0;
}

/*
 * Reserves a slot of size bytes for a measure, and stores the slot's offset in *at, unless the measure has one already.
 */
static void take_slot(struct linx_aggregate *a, int32_t *at, size_t size)
{
	if (*at >= 0)
		return;
	*at = (int32_t)a->nslots;
	a->nslots += (uint32_t)(size + 7) / 8 * 8;
}

static void take_slots(struct linx_aggregate *a, struct linx_measure *m, const struct linx_column *c)
{
	switch (c->kind) {
	case LINX_COLUMN_LAST:
		take_slot(a, &m->at_last, sizeof(struct linx_last));
		break;
	case LINX_COLUMN_DISTINCT:
		take_slot(a, &m->at_distinct, sizeof(struct linx_distinct));
		break;
	case LINX_COLUMN_PERCENTILE:
		take_slot(a, &m->at_sketch, sizeof(struct linx_sketch));
		if (!c->ranges)
			/*
			 * a percentile must not be beyond the least and the greatest value, so these are counted, too
			 */
			take_slot(a, &m->at_numbers, sizeof(struct linx_numbers));
		break;
	case LINX_COLUMN_HISTOGRAM:
		take_slot(a, &m->at_histogram, LINX_HISTOGRAM_BUCKETS * sizeof(uint64_t));
		break;
	default:
		take_slot(a, &m->at_numbers, sizeof(struct linx_numbers));
	}
}

/*
 * Returns the index of the measure that the column can share with earlier columns; a->nmeasures: there is no such
 * measure.
 */
static unsigned int find_measure(const struct linx_aggregate *a, const struct linx_column *c)
{
	unsigned int i, bits = bits_of(c);

	for (i = 0; i < a->nmeasures; i++) {
		const struct linx_measure *m = &a->measures[i];

		if (!strcmp(m->text, c->field) && m->zero == c->zero && (!bits || !m->bits || m->bits == bits))
			break;
	}
	return i;
}

static int add_measure(struct linx_aggregate *a, const struct linx_column *c, int *index, struct linx_error *err)
{
	unsigned int i = find_measure(a, c);
	struct linx_measure *m = &a->measures[i];
	struct linx_aggregate_field field;
	int ret = linx_aggregate_parse(a, c->field, kinds[c->kind].numbers, &field, err);

	if (ret)
		return ret;
	if (i == a->nmeasures) {
		*m = (struct linx_measure){
			.text = strdup(c->field), .field = field, .zero = c->zero,
			.at_numbers = -1, .at_last = -1, .at_distinct = -1, .at_sketch = -1, .at_histogram = -1,
		};
		if (!m->text)
			return linx_fail(err, -ENOMEM, "out of memory");
		a->nmeasures++;
	}
	if (bits_of(c))
		m->bits = bits_of(c);
	take_slots(a, m, c);
	*index = (int)i;
	return 0;
}

static int add_column(struct linx_aggregate *a, const struct linx_column *c, struct linx_error *err)
{
	struct linx_aggregate_column *to = &a->columns[a->ncolumns];
	int ret = check_column(c, err);

	if (ret)
		return ret;
	*to = (struct linx_aggregate_column){
		.kind = c->kind, .measure = -1, .share = share_of(c), .upper = c->ranges,
	};
	if (c->field)
		ret = add_measure(a, c, &to->measure, err);
	a->ncolumns += !ret;
	return ret;
}

/* ---- making --------------------------------------------------------------------------------- */

/* Writes keys and columns as text, so that two aggregates can be compared. */
static int describe(struct linx_aggregate *a, const struct linx_aggregate_opts *o)
{
	struct linx_strbuf s = { 0 };

	for (unsigned int i = 0; i < o->nkeys; i++) {
		linx_strbuf_str(&s, o->keys[i]);
		linx_strbuf_char(&s, '\n');
	}
	for (unsigned int i = 0; i < o->ncolumns; i++) {
		const struct linx_column *c = &o->columns[i];

		linx_strbuf_u64(&s, c->kind);
		linx_strbuf_char(&s, c->zero ? '0' : '-');
		linx_strbuf_u64(&s, c->ranges);
		linx_strbuf_char(&s, ' ');
		linx_strbuf_u64(&s, share_of(c));
		linx_strbuf_char(&s, ' ');
		linx_strbuf_str(&s, c->field ? c->field : "");
		linx_strbuf_char(&s, '\n');
	}
	if (o->required)
		linx_strbuf_u64(&s, o->required);
	linx_strbuf_char(&s, '\0');
	a->shape = s.data;
	return s.failed ? -ENOMEM : 0;
}

static int fill(struct linx_aggregate *a, const struct linx_aggregate_opts *o, struct linx_error *err)
{
	int ret = describe(a, o);

	a->fields = linx_cond_alloc();
	a->optional = linx_cond_alloc();
	if (ret || !a->fields || !a->optional)
		return linx_fail(err, -ENOMEM, "out of memory");
	if (o->nkeys > LINX_AGGREGATE_KEYS || o->ncolumns > LINX_AGGREGATE_COLUMNS)
		return linx_fail(err, -EINVAL, "too many: at most %u keys and %u columns", LINX_AGGREGATE_KEYS, LINX_AGGREGATE_COLUMNS);
	if (o->required >> o->nkeys)
		return linx_fail(err, -EINVAL, "required: there are only %u keys", o->nkeys);
	for (; !ret && a->nkeys < o->nkeys; a->nkeys++)
		ret = linx_aggregate_parse(a, o->keys[a->nkeys], false, &a->keys[a->nkeys], err);
	for (unsigned int i = 0; !ret && i < o->ncolumns; i++)
		ret = add_column(a, &o->columns[i], err);
	if (!ret)
		linx_aggregate_find_plain(a);
	a->required = o->required;
	a->most = o->groups ? o->groups : GROUPS;
	a->most_bytes = o->bytes ? o->bytes : BYTES;
	return ret;
}

LINX_API int linx_aggregate_new(const struct linx_aggregate_opts *opts, struct linx_aggregate **out, struct linx_error *err)
{
	struct linx_aggregate_opts o = { .size = sizeof(o) };
	struct linx_aggregate *a;
	int ret = linx_take_opts(&o, sizeof(o), opts, opts->size, err);

	if (ret)
		return ret;
	a = calloc(1, sizeof(*a));
	if (!a)
		return linx_fail(err, -ENOMEM, "out of memory");
	/*
	 * early at boot there can be no random seed: programs can then choose keys with equal hashes, and the chains
	 * get long
	 */
	if (getrandom(&a->seed, sizeof(a->seed), GRND_NONBLOCK) < 0)
		a->seed = 0x9e3779b97f4a7c15ull;
	ret = fill(a, &o, err);
	if (!ret) {
		*out = a;
		return 0;
	}
	linx_aggregate_free(a);
	return ret;
}

LINX_API void linx_aggregate_free(struct linx_aggregate *a)
{
	if (!a)
		return;
	linx_groups_clear(a);
	for (unsigned int i = 0; i < a->nmeasures; i++)
		free(a->measures[i].text);
	linx_condition_free(a->fields);
	linx_condition_free(a->optional);
	free(a->buckets);
	free(a->groups);
	free(a->by_call);
	free(a->rows);
	free(a->shape);
	free(a);
}

LINX_API unsigned int linx_aggregate_get_needs(const struct linx_aggregate *a)
{
	return linx_condition_get_needs(a->fields);
}

/* ---- counting ------------------------------------------------------------------------------- */

static void changed(struct linx_aggregate *a)
{
	free(a->rows);
	a->rows = NULL;
}

/*
 * Returns the group of an event in an aggregate whose only key is a quick field, which is read from the event without a
 * getter. num: the field's value. NULL: no memory.
 */
static inline struct linx_tally *group_of_number(struct linx_aggregate *a, int64_t num)
{
	struct linx_tally *g;

	/* a task makes many calls before another one runs: most events are of the group of the event before */
	if (a->quick_latest && a->quick_number == num)
		return a->quick_latest;
	g = linx_groups_get(a, linx_aggregate_put_number(a->key, num));
	a->quick_latest = g;
	a->quick_number = num;
	return g;
}

/* Finds the group of a call in an aggregate by the names of calls, which are those of the table. NULL: no memory. */
static inline struct linx_tally *group_of_call(struct linx_aggregate *a, const struct linx_event *ev)
{
	const struct linx_fld_value v = { .has_text = true, .s = ev->call->name, .n = strlen(ev->call->name) };
	struct linx_tally **at = &a->by_call[(unsigned int)ev->nr % LINX_AGGREGATE_CALLS];

	/* a further table of the stream can have another name for the number */
	if (!*at || !linx_aggregate_is_text(linx_tally_key(a, *at), (*at)->len, v.s, v.n))
		*at = linx_groups_get(a, linx_aggregate_put(a->key, &v));
	return *at;
}

/* Finds the group of an event. 1: the event is left out; 0: *g is the group, or NULL if there is no memory. */
static inline int find_group(struct linx_aggregate *a, struct linx_tally **g)
{
	size_t len = 0;
	int64_t num;

	if (a->by_call && a->env.ev->kind == LINX_EVENT_SYSCALL && a->env.ev->call) {
		*g = group_of_call(a, a->env.ev);
		return 0;
	}
	for (unsigned int i = 0; i < a->nkeys; i++) {
		const struct linx_aggregate_field *f = &a->keys[i];
		const struct linx_fld_value *v;

		if (f->quick && linx_aggregate_number(a->env.ev, f->quick, &num)) {
			if (a->nkeys == 1) {
				*g = group_of_number(a, num);
				return 0;
			}
			len += linx_aggregate_put_number(a->key + len, num);
			continue;
		}
		v = f->quick ? NULL : linx_aggregate_value(a, f);
		if (!v && a->required >> i & 1)
			return 1;
		len += linx_aggregate_put(a->key + len, v);
	}
	*g = linx_groups_get(a, len);
	return 0;
}

LINX_API int linx_aggregate_add(struct linx_aggregate *a, const struct linx_event *ev)
{
	uint64_t now = ev->wall_ns;
	struct linx_tally *g;

	if (a->rows)
		changed(a);
	linx_aggregate_next(a, ev);
	if (find_group(a, &g))
		return 1;
	if (!g)
		return -ENOMEM;
	a->events++;
	a->first_ns = now < a->first_ns || !a->first_ns ? now : a->first_ns;
	a->last_ns = now > a->last_ns ? now : a->last_ns;
	return linx_slots_add(a, g) ? 0 : -ENOMEM;
}

/* Does the aggregate count the calls of each name, and nothing else? */
static bool counts_types(const struct linx_aggregate *a)
{
	return a->nkeys == 1 && !a->nmeasures && (!strncmp(a->shape, "linx.type\n", 10) || !strncmp(a->shape, "evt.type\n", 9));
}

LINX_API int linx_aggregate_add_counts(struct linx_aggregate *a, const struct linx_certificate *cert)
{
	if (!counts_types(a))
		return -EINVAL;
	changed(a);
	for (unsigned int i = 0; cert->calls_sampled && i < cert->ncalls; i++) {
		struct linx_fld_value v = { .has_text = true, .s = cert->calls[i].name, .n = strlen(cert->calls[i].name) };
		struct linx_tally *g;

		if (!cert->calls_sampled[i])
			continue;
		if (*a->shape == 'e')
			v.s = linx_falco_call_name(v.s, &v.n);
		g = linx_groups_get(a, linx_aggregate_put(a->key, &v));
		if (!g)
			return -ENOMEM;
		g->count += cert->calls_sampled[i];
		a->events += cert->calls_sampled[i];
	}
	a->first_ns = cert->start_ns && (cert->start_ns < a->first_ns || !a->first_ns) ? cert->start_ns : a->first_ns;
	a->last_ns = cert->stop_ns > a->last_ns ? cert->stop_ns : a->last_ns;
	return 0;
}

/*
 * Adds a group of another aggregate to the group with the same key; folded: to the group of all events beyond the limit
 * of groups.
 */
static bool merge_group(struct linx_aggregate *a, const struct linx_aggregate *from, const struct linx_tally *g, bool folded)
{
	struct linx_tally *to;

	if (folded && !a->folded)
		a->folded = linx_tally_new(a, 0);
	if (!folded)
		memcpy(a->key, linx_tally_key(from, g), g->len);
	to = folded ? a->folded : linx_groups_get(a, g->len);
	return to && linx_slots_merge(a, to, g);
}

LINX_API int linx_aggregate_merge(struct linx_aggregate *a, const struct linx_aggregate *from)
{
	bool good = true;

	if (strcmp(a->shape, from->shape) != 0)
		return -EINVAL;
	changed(a);
	for (uint32_t i = 0; good && i < from->ngroups; i++)
		good = merge_group(a, from, from->groups[i], false);
	if (good && from->folded)
		good = merge_group(a, from, from->folded, true);
	for (unsigned int i = 0; i < a->nmeasures; i++)
		a->measures[i].missing += from->measures[i].missing;
	a->events += from->events;
	if (from->first_ns && (from->first_ns < a->first_ns || !a->first_ns))
		a->first_ns = from->first_ns;
	a->last_ns = from->last_ns > a->last_ns ? from->last_ns : a->last_ns;
	return good ? 0 : -ENOMEM;
}

LINX_API void linx_aggregate_clear(struct linx_aggregate *a)
{
	changed(a);
	linx_groups_clear(a);
	for (unsigned int i = 0; i < a->nmeasures; i++)
		a->measures[i].missing = 0;
	a->events = a->first_ns = a->last_ns = 0;
}

LINX_API void linx_aggregate_get_info(const struct linx_aggregate *a, struct linx_aggregate_info *info)
{
	*info = (struct linx_aggregate_info){
		.groups = a->ngroups, .events = a->events, .folded = a->folded ? a->folded->count : 0,
		.first_ns = a->first_ns, .last_ns = a->last_ns,
	};
}

LINX_API uint64_t linx_aggregate_get_missing(const struct linx_aggregate *a, unsigned int column)
{
	int m = column < a->ncolumns ? a->columns[column].measure : -1;

	return m >= 0 ? a->measures[m].missing : 0;
}
