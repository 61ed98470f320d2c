/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Internals of an aggregate: fields that are read of each event, and what is counted of each group. */
#ifndef LINX_AGGREGATE_OWN_H
#define LINX_AGGREGATE_OWN_H

#include <linx/aggregate.h>

#include "aggregate/distinct.h"
#include "aggregate/sketch.h"
#include "filter/condition/source.h"

#define LINX_AGGREGATE_ALTERNATIVES 4u
/* Most bytes of an encoded value: see linx_aggregate_put(). */
#define LINX_AGGREGATE_VALUE (LINX_AGGREGATE_TEXT + 3u)
#define LINX_AGGREGATE_KEY_BYTES (LINX_AGGREGATE_KEYS * LINX_AGGREGATE_VALUE)

/*
 * Fields that are read from the event itself: most views count them, and a getter, which makes a value of any kind,
 * costs several times as much. The values are the same as those of the getters. LINX_QUICK_NONE: any other field, whose
 * getter is called.
 */
enum linx_quick { LINX_QUICK_NONE, LINX_QUICK_PID, LINX_QUICK_TID, LINX_QUICK_DURATION, LINX_QUICK_FAILED };
/* Calls whose groups are remembered by number, in an aggregate by their name: see linx_aggregate.by_call. */
#define LINX_AGGREGATE_CALLS 512u

/* A field of keys or columns, or several of which the first one with a value is used. */
struct linx_aggregate_field {
	/*
	 * indexes of the field's sources: the last one in linx_aggregate.fields, those before it in
	 * linx_aggregate.optional
	 */
	uint32_t sources[LINX_AGGREGATE_ALTERNATIVES];
	unsigned int n;
	bool is_bool; /* its numbers stand for false and true */
	enum linx_quick quick;
	/*
	 * plain: the field, if its value can be read at once, since the field has no alternative, no transformer and no
	 * other use; scratch: the buffer for its text. NULL: linx_condition computes the value, once for each event.
	 */
	const struct linx_fld *plain;
	struct linx_strbuf *scratch;
};

/* Count, sum, least and greatest of the numbers that a field had in a group. */
struct linx_numbers {
	uint64_t n;
	int64_t sum, min, max; /* sum stays at INT64_MAX or INT64_MIN where it would overflow */
};

/* Latest value of a field. */
struct linx_last {
	char *text; /* LINX_AGGREGATE_TEXT bytes; NULL: no value was a text */
	int64_t num;
	uint16_t len;
	uint8_t type; /* enum linx_cell_type */
};

/*
 * A field that columns measure. Each at_ member is the offset in linx_tally.slots at which one kind of count of this
 * field is; -1: no column needs that kind.
 */
struct linx_measure {
	char *text; /* the field as the caller wrote it */
	struct linx_aggregate_field field;
	bool zero;
	unsigned int bits; /* bits of the field's sketch; 0: no column has set them yet */
	int32_t at_numbers, at_last, at_distinct, at_sketch, at_histogram;
	bool sums; /* at_numbers is the only at_ member that is set */
	/*
	 * only the field's latest value is wanted, and it can only change together with the task: the value is read
	 * again when an event of the group is of another task, or of another state of the task, than the event before
	 */
	bool of_task;
	uint64_t missing; /* events without a value */
};

/* Task, and its state, from which the values of a group's measures with of_task set were read last; tid 0: no task. */
struct linx_seen_task {
	uint64_t start_time;
	uint32_t tid, version, process_version;
};

struct linx_aggregate_column {
	enum linx_column_kind kind;
	int measure; /* index in linx_aggregate.measures; -1: the column has no field */
	uint32_t share; /* PERCENTILE: share of the numbers that do not exceed the result, in parts of 100,000 */
	bool upper; /* PERCENTILE: the upper end of a range is the result */
};

/* A group of events. Its memory: this structure, its slots, its encoded key, and the key as it is shown. */
struct linx_tally {
	struct linx_tally *next; /* next group in the same bucket of the hash table */
	uint64_t hash, count;
	uint32_t number; /* number of groups that were made before this one */
	uint32_t len, shown_len; /* bytes of the encoded key, and of the key as it is shown */
	uint64_t slots[];
};

struct linx_aggregate {
	struct linx_condition *fields, *optional; /* sources of keys and columns: see struct linx_aggregate_field */
	char *shape; /* keys and columns as text: aggregates with equal shapes can be merged */
	struct linx_aggregate_field keys[LINX_AGGREGATE_KEYS];
	unsigned int nkeys;
	uint32_t required; /* bits of keys without which an event is left out */
	struct linx_aggregate_column columns[LINX_AGGREGATE_COLUMNS];
	unsigned int ncolumns;
	struct linx_measure measures[LINX_AGGREGATE_COLUMNS]; /* measures with of_task come last */
	unsigned int nmeasures, neach; /* neach: number of measures that are not of_task */
	uint32_t nslots; /* bytes of linx_tally.slots */
	int32_t at_seen; /* offset of struct linx_seen_task in slots; -1: no measure is of_task */
	uint32_t most; /* limit of groups */
	uint64_t most_bytes, bytes; /* limit of memory, and memory of groups so far */

	uint64_t seed;
	struct linx_tally **buckets;
	uint32_t mask;
	struct linx_tally **groups; /* in the order in which they were made */
	uint32_t ngroups, room;
	struct linx_tally *latest; /* group that was found last; NULL: none */
	/*
	 * for an aggregate whose only key is a quick field: the group that was found last, and its value of the field
	 */
	struct linx_tally *quick_latest;
	int64_t quick_number;
	/*
	 * for an aggregate whose only key is the name of a call: the group that was found last for a number, which is
	 * taken again if it has the name of the event's call. NULL: any other aggregate, or no memory.
	 */
	struct linx_tally **by_call;
	struct linx_tally *folded, *total; /* total: made by linx_aggregate_sort() */
	uint64_t events, first_ns, last_ns;
	uint64_t span_ns;
	/* groups in the order of linx_aggregate_sort(); NULL: not sorted since the last change */
	struct linx_tally **rows;
	uint32_t nrows;
	unsigned char key[LINX_AGGREGATE_KEY_BYTES];
	struct linx_fld_env env; /* facts of the current event, for plain fields */
	struct linx_fld_value value; /* value of the plain field that was read last */
};

/* ---- aggregate/fields.c ---- */

/* Parses fields separated by '|'. needs_number: refuses fields that are texts. -EINVAL: err has the reason; -ENOMEM */
int linx_aggregate_parse(struct linx_aggregate *a, const char *text, bool needs_number, struct linx_aggregate_field *f, struct linx_error *err);
/* Finds out which fields are plain and which measures are of_task, when all fields of the aggregate are parsed. */
void linx_aggregate_find_plain(struct linx_aggregate *a);
static inline void linx_aggregate_next(struct linx_aggregate *a, const struct linx_event *ev)
{
	linx_cond_next(a->fields);
	linx_cond_next(a->optional);
	a->env.ev = ev;
}
/* Gets the value of a quick field (enum linx_quick) from an event. False: the event has none. */
static inline bool linx_aggregate_number(const struct linx_event *ev, enum linx_quick quick, int64_t *num)
{
	uint64_t ns;

	switch (quick) {
	case LINX_QUICK_PID:
	case LINX_QUICK_TID:
		if (!ev->rec)
			return false;
		*num = quick == LINX_QUICK_PID ? ev->rec->pid : ev->rec->tid;
		return true;
	case LINX_QUICK_DURATION:
		if (linx_event_lasted(ev, &ns))
			return false;
		*num = (int64_t)ns;
		return true;
	case LINX_QUICK_FAILED:
		*num = linx_event_errno(ev) != 0;
		return ev->has_ret;
	default:
		return false;
	}
}
/* Computes the value of a field that is not plain. */
const struct linx_fld_value *linx_aggregate_compute(struct linx_aggregate *a, const struct linx_aggregate_field *f);
/*
 * Returns the value of a field for the event of linx_aggregate_next(), valid until the next call; NULL: the event has
 * no value.
 */
static inline const struct linx_fld_value *linx_aggregate_value(struct linx_aggregate *a, const struct linx_aggregate_field *f)
{
	struct linx_fld_value *v = &a->value;

	if (!f->plain)
		return linx_aggregate_compute(a, f);
	*v = (struct linx_fld_value){ 0 };
	a->env.scratch = f->scratch;
	return f->plain->desc->get(&a->env, f->plain, 0, v) && (v->has_num || v->has_text || v->has_addr) ? v : NULL;
}
/*
 * Encodes a value (NULL: no value) as a letter, then a number, an address, or the length and bytes of a text. Different
 * values have different bytes. Returns the number of bytes, at most LINX_AGGREGATE_VALUE.
 */
size_t linx_aggregate_put(unsigned char *to, const struct linx_fld_value *v);
size_t linx_aggregate_put_number(unsigned char *to, int64_t num);
/* True if an encoded key of len bytes is this text alone. */
bool linx_aggregate_is_text(const unsigned char *key, size_t len, const char *s, size_t n);
/* Writes an encoded key as it is shown, with texts in place of addresses, to "to". Returns the number of bytes. */
size_t linx_aggregate_show(unsigned char *to, const unsigned char *key, size_t len);
/* Gets value i of a shown key. */
void linx_aggregate_decode(const unsigned char *key, unsigned int i, struct linx_cell *cell);

/* ---- aggregate/slots.c ---- */

/* Counts the event of linx_aggregate_next() in the slots of a group. False: no memory. */
bool linx_slots_add(struct linx_aggregate *a, struct linx_tally *g);
/*
 * Adds the slots of the group "from" to those of g. The aggregates of both groups have the same shape. False: no
 * memory.
 */
bool linx_slots_merge(struct linx_aggregate *a, struct linx_tally *g, const struct linx_tally *from);
void linx_slots_free(struct linx_aggregate *a, struct linx_tally *g);

/* ---- aggregate/groups.c ---- */

/*
 * Returns the group with the key in a->key, len bytes. If there is no room for another group, returns the group of all
 * events beyond the limit (folded). NULL: no memory.
 */
struct linx_tally *linx_groups_get(struct linx_aggregate *a, size_t len);
/* Makes a group that is in no table. NULL: no memory. */
struct linx_tally *linx_tally_new(struct linx_aggregate *a, size_t key_len);
void linx_groups_clear(struct linx_aggregate *a);

static inline unsigned char *linx_tally_key(const struct linx_aggregate *a, const struct linx_tally *g)
{
	return (unsigned char *)(uintptr_t)g->slots + a->nslots;
}

static inline void *linx_tally_slot(const struct linx_tally *g, int32_t at)
{
	return (char *)(uintptr_t)g->slots + at;
}

#endif
