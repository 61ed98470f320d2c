// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Splits records of one CPU into columns, and joins them again. Both sides maintain the same list of shapes (kind,
 * call and length of a record) with the last record of each shape. A record is stored as the words that differ from
 * the last record of its shape, and its head as the values that differ from a prediction by the record before. Each
 * block begins with an empty list.
 */
#include <stdlib.h>
#include <string.h>
#include "engine/columns.h"
#include "engine/ring.h"

#define HEAD_WORDS (sizeof(struct linx_rec) / 8)
/* Size of the hash tables in which the splitter looks up shapes. */
#define POSITIONS 4096u

/* A shape, and the last record that had it. */
struct shape {
	uint8_t head[LINX_SHAPE_HEAD];
	const uint8_t *rec; /* in the records of this block; NULL: none yet */
};

/* State from which the next record's head is predicted; equal in the splitter and in the joiner. */
struct track {
	struct shape shapes[LINX_SHAPES];
	unsigned int next; /* index of the element that the next new shape replaces */
	uint32_t seq;
	uint64_t time, task;
};

struct linx_splitter {
	uint8_t *room;
	size_t size;
	uint8_t *begin[LINX_COLUMNS], *end[LINX_COLUMNS];
	uint32_t sizes[LINX_COLUMNS];
	struct track t;
	/*
	 * Hash tables that find a record's shape. Each element is the number of a shape to try: in by_head by the hash
	 * of the values by which shapes differ (linx_shape_new.head), in by_call by the hash of the record's call
	 * number and kind. LINX_SHAPE_NEW: none.
	 */
	uint8_t by_head[POSITIONS], by_call[POSITIONS];
};

static uint64_t word_at(const uint8_t *p)
{
	uint64_t w;

	memcpy(&w, p, sizeof(w));
	return w;
}

static uint32_t length_of(const uint8_t *rec)
{
	return LINX_REC_LEN((const struct linx_rec *)(const void *)rec);
}

static uint64_t task_of(const struct linx_rec *rec)
{
	return rec->tid | (uint64_t)rec->pid << 32;
}

/* Makes a record the one from which the next record is predicted. */
static void follow(struct track *t, unsigned int shape, const struct linx_rec *rec)
{
	t->shapes[shape].rec = (const uint8_t *)rec;
	t->seq = rec->seq + linx_rec_counts(rec);
	t->time = rec->time;
	t->task = task_of(rec);
}

static struct shape *new_shape(struct track *t, const uint8_t *head, unsigned int *number)
{
	struct shape *s = &t->shapes[*number = t->next];

	t->next = (t->next + 1) % LINX_SHAPES;
	memcpy(s->head, head, sizeof(s->head));
	return s;
}

/* ---- splitting ----------------------------------------------------------------------- */

struct linx_splitter *linx_splitter_new(void)
{
	return calloc(1, sizeof(struct linx_splitter));
}

void linx_splitter_free(struct linx_splitter *s)
{
	if (s)
		free(s->room);
	free(s);
}

/* Returns an upper bound of the bytes of one column for len bytes of records. */
static size_t column_bound(enum linx_column c, size_t len)
{
	size_t records = len / sizeof(struct linx_rec);

	switch (c) {
	case LINX_COLUMN_SIZES:
		return sizeof(uint32_t[LINX_COLUMNS]);
	case LINX_COLUMN_NEW:
		return records * sizeof(struct linx_shape_new);
	case LINX_COLUMN_MASKS:
		return len / 64 + records;
	case LINX_COLUMN_WIDE:
		return records * 24;
	case LINX_COLUMN_WORDS:
		return len;
	default:
		return records;
	}
}

size_t linx_columns_bound(size_t len)
{
	size_t bound = 0;

	for (unsigned int c = 0; c < LINX_COLUMNS; c++)
		bound += column_bound(c, len);
	return bound;
}

static bool make_room(struct linx_splitter *s, size_t len)
{
	size_t bound = linx_columns_bound(len);
	uint8_t *p;

	if (s->size < bound) {
		free(s->room);
		s->room = malloc(bound);
		s->size = s->room ? bound : 0;
	}
	p = s->room;
	for (unsigned int c = 0; p && c < LINX_COLUMNS; c++) {
		s->begin[c] = s->end[c] = p;
		p += column_bound(c, len);
	}
	return p;
}

static void put(struct linx_splitter *s, enum linx_column c, const void *data, size_t len)
{
	memcpy(s->end[c], data, len);
	s->end[c] += len;
}

static void put_byte(struct linx_splitter *s, enum linx_column c, unsigned int byte)
{
	*s->end[c]++ = (uint8_t)byte;
}

static void put_wide(struct linx_splitter *s, uint64_t word)
{
	put(s, LINX_COLUMN_WIDE, &word, sizeof(word));
}

static unsigned int position_of(uint64_t a, uint64_t b)
{
	return (unsigned int)((a * 0x9e3779b97f4a7c15ull ^ b * 0xc2b2ae3d27d4eb4full) >> 40) % POSITIONS;
}

/*
 * Stores the shape of a record. Returns the shape's number, and sets *ref to the earlier record whose words the record
 * is compared with; NULL: there is no such record.
 */
static unsigned int split_shape(struct linx_splitter *s, const struct linx_rec *rec, const uint8_t **ref)
{
	const uint32_t call = rec->nr | (uint32_t)rec->abi << 10 | (uint32_t)rec->nvals << 12;
	uint8_t *by_call = &s->by_call[position_of(rec->nr, rec->kind)], *by_head;
	uint8_t head[LINX_SHAPE_HEAD];
	struct shape *shape;
	unsigned int number;

	memcpy(head, rec, sizeof(uint32_t));
	memcpy(head + sizeof(uint32_t), &call, sizeof(call));
	by_head = &s->by_head[position_of(word_at(head), 0)];
	number = *by_head;
	if (number != LINX_SHAPE_NEW && !memcmp(s->t.shapes[number].head, head, LINX_SHAPE_HEAD)) {
		put_byte(s, LINX_COLUMN_SHAPES, number);
		*ref = s->t.shapes[number].rec;
	} else {
		put_byte(s, LINX_COLUMN_SHAPES, LINX_SHAPE_NEW);
		put(s, LINX_COLUMN_NEW, head, LINX_SHAPE_HEAD);
		put_byte(s, LINX_COLUMN_NEW, *by_call);
		*ref = *by_call == LINX_SHAPE_NEW ? NULL : s->t.shapes[*by_call].rec;
		shape = new_shape(&s->t, head, &number);
		*by_head = (uint8_t)(shape - s->t.shapes);
	}
	*by_call = (uint8_t)number;
	return number;
}

static void split_head(struct linx_splitter *s, const struct linx_rec *rec)
{
	uint64_t step = rec->time - s->t.time, task = task_of(rec);
	unsigned int head = 0;

	if (rec->seq != s->t.seq) {
		head |= LINX_HEAD_SEQ;
		put_wide(s, rec->seq);
	}
	if (step < LINX_STEP_MAX) {
		put_byte(s, LINX_COLUMN_LOW, step & 0xff);
		put_byte(s, LINX_COLUMN_HIGH, (unsigned int)(step >> 8));
	} else {
		head |= LINX_HEAD_TIME;
		put_wide(s, step);
	}
	if (task != s->t.task) {
		head |= LINX_HEAD_TASK;
		put_wide(s, task);
	}
	put_byte(s, LINX_COLUMN_HEADS, head);
}

/*
 * Compares up to eight words of rec, from index i on, with words that the joiner knows: those of ref for indexes below
 * "known", 0 for all others. Stores the words that differ. Returns a bit mask of them.
 */
static unsigned int split_words(struct linx_splitter *s, const uint8_t *rec, const uint8_t *ref, size_t i, size_t n,
				size_t known)
{
	unsigned int mask = 0;
	uint64_t word;

	for (unsigned int bit = 0; bit < 8 && i < n; bit++, i++) {
		word = word_at(rec + i * 8);
		if (word == (i < known ? word_at(ref + i * 8) : 0))
			continue;
		mask |= 1u << bit;
		put(s, LINX_COLUMN_WORDS, &word, sizeof(word));
	}
	return mask;
}

static void split_record(struct linx_splitter *s, const struct linx_rec *rec)
{
	size_t n = rec->words, known;
	const uint8_t *ref;
	unsigned int shape = split_shape(s, rec, &ref);

	split_head(s, rec);
	known = ref ? length_of(ref) / 8 : 0;
	for (size_t i = HEAD_WORDS; i < n; i += 8)
		put_byte(s, LINX_COLUMN_MASKS, split_words(s, (const uint8_t *)rec, ref, i, n, known));
	follow(&s->t, shape, rec);
}

bool linx_columns_split(struct linx_splitter *s, const uint8_t *records, size_t len,
			struct linx_column_part parts[LINX_COLUMNS])
{
	const struct linx_rec *rec;

	if (len > UINT32_MAX / 4 || !make_room(s, len))
		return false;
	memset(&s->t, 0, sizeof(s->t));
	memset(s->by_head, LINX_SHAPE_NEW, sizeof(s->by_head));
	memset(s->by_call, LINX_SHAPE_NEW, sizeof(s->by_call));
	for (size_t at = 0; at < len; at += LINX_REC_LEN(rec)) {
		rec = (const void *)(records + at);
		if (!linx_rec_fits(rec, len - at))
			return false;
		split_record(s, rec);
	}
	for (unsigned int c = 1; c < LINX_COLUMNS; c++) {
		parts[c] = (struct linx_column_part){ s->begin[c], (size_t)(s->end[c] - s->begin[c]) };
		s->sizes[c] = (uint32_t)parts[c].len;
	}
	parts[0] = (struct linx_column_part){ s->sizes, sizeof(s->sizes) };
	return true;
}

/* ---- joining ------------------------------------------------------------------------- */

struct joiner {
	const uint8_t *at[LINX_COLUMNS], *end[LINX_COLUMNS];
	struct track t;
};

/* Takes the next len bytes of a column; NULL: the column has fewer bytes left. */
static const uint8_t *take(struct joiner *j, enum linx_column c, size_t len)
{
	const uint8_t *p = j->at[c];

	if ((size_t)(j->end[c] - p) < len)
		return NULL;
	j->at[c] += len;
	return p;
}

static bool find_columns(struct joiner *j, const uint8_t *p, size_t n)
{
	uint32_t sizes[LINX_COLUMNS];

	if (n < sizeof(sizes))
		return false;
	memcpy(sizes, p, sizeof(sizes));
	p += sizeof(sizes);
	n -= sizeof(sizes);
	for (unsigned int c = 1; c < LINX_COLUMNS; c++) {
		if (sizes[c] > n)
			return false;
		j->at[c] = p;
		j->end[c] = p += sizes[c];
		n -= sizes[c];
	}
	return n == 0 && sizes[0] == 0;
}

/*
 * Reads the shape of a record into rec, and sets *ref to the earlier record whose words the record was compared with;
 * NULL: there is no such record. False: malformed.
 */
static bool join_shape(struct joiner *j, struct linx_rec *rec, unsigned int *number, const uint8_t **ref)
{
	const uint8_t *p = take(j, LINX_COLUMN_SHAPES, 1), *new;
	uint32_t call;

	if (!p)
		return false;
	*number = *p;
	if (*number != LINX_SHAPE_NEW) {
		*ref = j->t.shapes[*number].rec;
	} else {
		new = take(j, LINX_COLUMN_NEW, sizeof(struct linx_shape_new));
		if (!new)
			return false;
		p = new + LINX_SHAPE_HEAD; /* now points to linx_shape_new.like */
		*ref = *p == LINX_SHAPE_NEW ? NULL : j->t.shapes[*p].rec;
		if (*p != LINX_SHAPE_NEW && !*ref)
			return false;
		new_shape(&j->t, new, number);
	}
	memcpy(rec, j->t.shapes[*number].head, sizeof(uint32_t));
	memcpy(&call, j->t.shapes[*number].head + sizeof(uint32_t), sizeof(call));
	rec->nr = call & 0x3ff;
	rec->abi = call >> 10 & 3;
	rec->nvals = call >> 12 & 0xff;
	return *p == LINX_SHAPE_NEW || *ref;
}

static bool take_wide(struct joiner *j, uint64_t *word)
{
	const uint8_t *p = take(j, LINX_COLUMN_WIDE, sizeof(*word));

	if (p)
		*word = word_at(p);
	return p;
}

static bool take_step(struct joiner *j, uint64_t *step)
{
	const uint8_t *low = take(j, LINX_COLUMN_LOW, 1), *high = take(j, LINX_COLUMN_HIGH, 1);

	if (!low || !high)
		return false;
	*step = *low | (uint64_t)*high << 8;
	return true;
}

static bool join_head(struct joiner *j, struct linx_rec *rec)
{
	const uint8_t *p = take(j, LINX_COLUMN_HEADS, 1);
	uint64_t seq = j->t.seq, task = j->t.task, step = 0;

	if (!p || *p & ~(LINX_HEAD_SEQ | LINX_HEAD_TIME | LINX_HEAD_TASK))
		return false;
	if (*p & LINX_HEAD_SEQ && !take_wide(j, &seq))
		return false;
	if (*p & LINX_HEAD_TIME ? !take_wide(j, &step) : !take_step(j, &step))
		return false;
	if (*p & LINX_HEAD_TASK && !take_wide(j, &task))
		return false;
	rec->seq = (uint32_t)seq;
	rec->time = j->t.time + step;
	rec->tid = task & 0x3fffff;
	rec->pid = task >> 32 & 0x3fffff;
	return true;
}

static bool join_words(struct joiner *j, uint8_t *rec, size_t n)
{
	const uint8_t *mask, *word;

	for (size_t i = HEAD_WORDS; i < n; i += 8) {
		mask = take(j, LINX_COLUMN_MASKS, 1);
		if (!mask)
			return false;
		for (unsigned int left = *mask; left; left &= left - 1) {
			size_t at = i + (unsigned int)__builtin_ctz(left);

			word = take(j, LINX_COLUMN_WORDS, 8);
			if (!word || at >= n)
				return false;
			memcpy(rec + at * 8, word, 8);
		}
	}
	return true;
}

/* Joins the next record and writes it to the memory at "to", where "left" bytes are free. False: malformed. */
static bool join_record(struct joiner *j, uint8_t *to, size_t left)
{
	struct linx_rec *rec = (void *)to;
	unsigned int shape;
	const uint8_t *ref;
	size_t known, len;

	if (left < sizeof(*rec) || !join_shape(j, rec, &shape, &ref) || !linx_rec_fits(rec, left) || !join_head(j, rec))
		return false;
	known = ref ? length_of(ref) : sizeof(*rec);
	len = LINX_REC_LEN(rec);
	if (known > len)
		known = len;
	memcpy(rec + 1, (ref ? ref : to) + sizeof(*rec), known - sizeof(*rec));
	memset(to + known, 0, len - known);
	if (!join_words(j, to, rec->words))
		return false;
	follow(&j->t, shape, rec);
	return true;
}

bool linx_columns_join(const uint8_t *columns, size_t n, uint8_t *records, size_t len)
{
	struct joiner j = { 0 };

	if (!find_columns(&j, columns, n))
		return false;
	for (size_t at = 0; at < len; at += length_of(records + at))
		if (!join_record(&j, records + at, len - at))
			return false;
	for (unsigned int c = 1; c < LINX_COLUMNS; c++)
		if (j.at[c] != j.end[c])
			return false;
	return true;
}
