// SPDX-License-Identifier: LGPL-2.1-or-later
/* Columns of rows in memory. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "rows/row_columns.h"

#define ROOM_MIN 1024u
#define SLOTS_MIN 256u
/*
 * The dictionary of a column is given up if more than half of the first PROBE values are different: such texts, like
 * the arguments of calls, are seldom repeated.
 */
#define PROBE 4096u
/* Limit of the bytes of a dictionary, which readers must hold in memory. */
#define DICTIONARY_MAX (1u << 20)
/* Greatest size in bytes of the length of a text, with 7 bits in a byte. */
#define LENGTH_MAX 5u

int linx_columns_new(struct linx_columns *c, const struct linx_column_spec *specs, unsigned int n)
{
	*c = (struct linx_columns){ .columns = calloc(n, sizeof(*c->columns)) };
	if (!c->columns)
		return -ENOMEM;
	c->n = n;
	for (unsigned int i = 0; i < n; i++) {
		c->columns[i].spec = &specs[i];
		c->row_bytes += specs[i].type == LINX_COLUMN_TEXT ? LENGTH_MAX : linx_column_number_size(&specs[i]);
		c->row_bytes += specs[i].optional;
	}
	/*
	 * the kernel has no random key early at boot: programs could then choose texts with equal hashes, which are
	 * slow
	 */
	if (getrandom(c->key, sizeof(c->key), GRND_NONBLOCK) < 0)
		c->key[0] = 0x9e3779b97f4a7c15ull;
	c->key[1] |= 1;
	return 0;
}

void linx_columns_free(struct linx_columns *c)
{
	for (unsigned int i = 0; i < c->n; i++) {
		struct linx_rows_column *column = &c->columns[i];

		free(column->numbers);
		free(column->present);
		free(column->texts.bytes.data);
		free(column->texts.offsets);
		free(column->texts.slots);
		free(column->texts.other.bytes.data);
		free(column->texts.other.offsets);
	}
	free(c->columns);
	*c = (struct linx_columns){ 0 };
}

/* Exchanges the buffers of texts with the other ones. */
static void exchange(struct linx_texts *t)
{
	const struct linx_text_room room = { .bytes = t->bytes, .offsets = t->offsets, .offsets_room = t->offsets_room };

	t->bytes = t->other.bytes;
	t->offsets = t->other.offsets;
	t->offsets_room = t->other.offsets_room;
	t->other = room;
}

static void clear_texts(struct linx_texts *t)
{
	if (t->is_plain && !t->never)
		exchange(t);
	t->bytes.len = 0;
	t->bytes.failed = false;
	t->n = 0;
	t->is_plain = t->never;
	memset(t->names, 0, sizeof(t->names));
	if (t->slots)
		memset(t->slots, 0, t->nslots * sizeof(*t->slots));
}

void linx_columns_use_plain(struct linx_columns *c, unsigned int i)
{
	c->columns[i].texts.never = c->columns[i].texts.is_plain = true;
}

void linx_columns_clear(struct linx_columns *c)
{
	for (unsigned int i = 0; i < c->n; i++) {
		c->columns[i].nvalues = c->columns[i].nrows = c->columns[i].repeats = 0;
		c->columns[i].last = NULL;
		c->columns[i].last_len = 0;
		clear_texts(&c->columns[i].texts);
	}
	c->nrows = 0;
	c->text_bytes = 0;
	c->plain_bytes = 0;
	c->failed = false;
	c->numbering++;
}

/* ---- one value more -------------------------------------------------------------------------- */

bool linx_columns_grow(struct linx_columns *c, struct linx_rows_column *column, uint32_t n)
{
	uint32_t room = column->room ? column->room : ROOM_MIN;
	int64_t *numbers;
	uint8_t *present = NULL;

	while (room < column->nrows + n)
		room *= 2;
	numbers = realloc(column->numbers, room * sizeof(*numbers));
	if (numbers)
		column->numbers = numbers;
	if (numbers && column->spec->optional) {
		present = realloc(column->present, room);
		column->present = present ? present : column->present;
	}
	if (!numbers || (column->spec->optional && !present)) {
		c->failed = true;
		return false;
	}
	column->room = room;
	return true;
}

void linx_columns_settle_one(struct linx_columns *c, struct linx_rows_column *column)
{
	uint32_t n = column->repeats;
	int64_t *to, number;
	bool has_value;

	column->repeats = 0;
	if (!n || (column->room - column->nrows < n && !linx_columns_grow(c, column, n)))
		return;
	has_value = !column->present || column->present[column->nrows - 1];
	if (column->present)
		memset(column->present + column->nrows, has_value, n);
	column->nrows += n;
	if (!has_value)
		return;
	to = column->numbers + column->nvalues;
	number = to[-1];
	for (uint32_t i = 0; i < n; i++)
		to[i] = number;
	column->nvalues += n;
}

void linx_columns_settle(struct linx_columns *c)
{
	for (unsigned int i = 0; i < c->n; i++)
		if (c->columns[i].repeats)
			linx_columns_settle_one(c, &c->columns[i]);
}

void linx_columns_numbers(struct linx_columns *c, unsigned int i, const void *values, const uint8_t *absent, uint32_t n)
{
	struct linx_rows_column *column = &c->columns[i];
	bool is_small = column->spec->type == LINX_COLUMN_INT32, is_unsigned = column->spec->sense == LINX_SENSE_UNSIGNED;
	const uint8_t *at = values;
	int64_t number, *to;
	int32_t small;

	if (column->repeats)
		linx_columns_settle_one(c, column);
	column->last = NULL;
	column->last_len = 0;
	if (column->room - column->nrows < n && !linx_columns_grow(c, column, n))
		return;
	to = column->numbers + column->nvalues;
	for (uint32_t k = 0; k < n; k++) {
		if (is_small) {
			memcpy(&small, at + k * sizeof(small), sizeof(small));
			number = is_unsigned ? (int64_t)(uint32_t)small : small;
		} else {
			memcpy(&number, at + k * sizeof(number), sizeof(number));
		}
		if (column->present)
			column->present[column->nrows + k] = !(absent && absent[k]);
		if (!absent || !absent[k])
			*to++ = number;
	}
	column->nvalues = (uint32_t)(to - column->numbers);
	column->nrows += n;
	if (!i)
		c->nrows = column->nrows;
}

/* ---- dictionaries ---------------------------------------------------------------------------- */

const char *linx_columns_text_at(const struct linx_texts *t, uint32_t i, uint32_t *len)
{
	const char *at = t->bytes.data + t->offsets[i];

	memcpy(len, at, sizeof(*len));
	return at + sizeof(*len);
}

static bool append(struct linx_texts *t, const char *text, uint32_t len)
{
	uint32_t *offsets, room;

	if (t->bytes.len > UINT32_MAX) /* an offset has 32 bits */
		return false;
	if (t->n == t->offsets_room) {
		room = t->offsets_room ? t->offsets_room * 2 : ROOM_MIN;
		offsets = realloc(t->offsets, room * sizeof(*offsets));
		if (!offsets)
			return false;
		t->offsets = offsets;
		t->offsets_room = room;
	}
	t->offsets[t->n] = (uint32_t)t->bytes.len;
	linx_strbuf_mem(&t->bytes, &len, sizeof(len));
	linx_strbuf_mem(&t->bytes, text, len);
	t->n++;
	return !t->bytes.failed;
}

static bool is_text(const struct linx_texts *t, uint32_t i, const char *text, uint32_t len)
{
	uint32_t other;
	const char *at = linx_columns_text_at(t, i, &other);

	return other == len && !memcmp(at, text, len);
}

static uint64_t fold(uint64_t a, uint64_t b)
{
	unsigned __int128 product = (unsigned __int128)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t word_at(const char *at)
{
	uint64_t word;

	memcpy(&word, at, sizeof(word));
	return word;
}

/*
 * Returns a hash of a text. It takes 16 bytes at a time, and folds the halves of a product. Hashes never leave the
 * process, so that nobody without the key can find texts with equal hashes by trying.
 */
static uint64_t hash_of(const struct linx_columns *c, const char *text, uint32_t len)
{
	uint64_t hash = c->key[0] ^ len, rest[2] = { 0 };

	for (; len > 16; text += 16, len -= 16)
		hash = fold(word_at(text) ^ c->key[1], word_at(text + 8) ^ hash);
	memcpy(rest, text, len);
	return fold(rest[0] ^ c->key[1], rest[1] ^ hash);
}

/* Returns the slot that has the text, or the free slot for it. */
static uint32_t *slot_of(const struct linx_columns *c, const struct linx_texts *t, const char *text, uint32_t len)
{
	uint32_t at = (uint32_t)hash_of(c, text, len) & (t->nslots - 1);

	while (t->slots[at] && !is_text(t, t->slots[at] - 1, text, len))
		at = (at + 1) & (t->nslots - 1);
	return &t->slots[at];
}

/* Makes the hash table, or doubles it, so that at most half of its slots are used. */
static bool make_slots(const struct linx_columns *c, struct linx_texts *t)
{
	uint32_t n = t->nslots ? t->nslots * 2 : SLOTS_MIN, len;
	uint32_t *slots = calloc(n, sizeof(*slots));
	const char *text;

	if (!slots)
		return false;
	free(t->slots);
	t->slots = slots;
	t->nslots = n;
	for (uint32_t i = 0; i < t->n; i++) {
		text = linx_columns_text_at(t, i, &len);
		*slot_of(c, t, text, len) = i + 1;
	}
	return true;
}

/* Returns the number of a text in the dictionary. A new text is added. -1: no memory */
static int64_t number_of(struct linx_columns *c, struct linx_texts *t, const char *text, uint32_t len)
{
	uint32_t *slot;

	if (t->n * 2 >= t->nslots && !make_slots(c, t))
		return -1;
	slot = slot_of(c, t, text, len);
	if (!*slot) {
		if (!append(t, text, len))
			return -1;
		c->text_bytes += sizeof(len) + len;
		*slot = t->n;
	}
	return (int64_t)*slot - 1;
}

/* Returns the same as number_of() for the next value of a column. Most texts are that of the row before. */
static int64_t number_after(struct linx_columns *c, struct linx_rows_column *column, const char *text, uint32_t len)
{
	int64_t last = column->nvalues ? column->numbers[column->nvalues - 1] : -1;

	return last >= 0 && is_text(&column->texts, (uint32_t)last, text, len) ? last : number_of(c, &column->texts, text, len);
}

/* Gives up the dictionary: stores the text of each value so far in the order of rows. */
static bool make_plain(struct linx_columns *c, struct linx_rows_column *column)
{
	struct linx_texts *t = &column->texts, old = *t;
	uint32_t len;

	exchange(t);
	t->bytes.len = 0;
	t->bytes.failed = false;
	t->n = 0;
	for (uint32_t i = 0; i < column->nvalues; i++) {
		const char *text = linx_columns_text_at(&old, (uint32_t)column->numbers[i], &len);

		if (!append(t, text, len)) {
			exchange(t); /* the dictionary is as it was */
			t->n = old.n;
			return false;
		}
	}
	t->is_plain = true;
	memset(t->names, 0, sizeof(t->names));
	c->text_bytes += t->bytes.len - old.bytes.len;
	c->numbering++;
	return true;
}

static bool wants_dictionary(const struct linx_rows_column *column)
{
	const struct linx_texts *t = &column->texts;

	return t->bytes.len <= DICTIONARY_MAX && !(column->nvalues == PROBE && t->n > PROBE / 2);
}

/*
 * Appends the text of a value, for which the column has room. Returns its number in the dictionary; 0 if the column has
 * no dictionary.
 */
static int64_t put_text(struct linx_columns *c, struct linx_rows_column *column, const char *text, size_t len)
{
	int64_t number = 0;

	c->plain_bytes += len;
	if (!column->texts.is_plain && !wants_dictionary(column) && !make_plain(c, column)) {
		c->failed = true;
		return 0;
	}
	if (!column->texts.is_plain)
		number = number_after(c, column, text, (uint32_t)len);
	else if (append(&column->texts, text, (uint32_t)len))
		c->text_bytes += sizeof(uint32_t) + len;
	else
		number = -1;
	if (number < 0) {
		c->failed = true;
		return 0;
	}
	column->numbers[column->nvalues++] = number;
	column->last_len = (uint32_t)len;
	return number;
}

void linx_columns_text(struct linx_columns *c, unsigned int i, const char *text, size_t len)
{
	struct linx_rows_column *column = linx_columns_next(c, i, true);

	if (column)
		put_text(c, column, text, len);
}

/* Appends a value with the text that has this number in the dictionary. */
static void put_again(struct linx_columns *c, struct linx_rows_column *column, int64_t number)
{
	uint32_t len;

	linx_columns_text_at(&column->texts, (uint32_t)number, &len);
	c->plain_bytes += len;
	column->numbers[column->nvalues++] = number;
	column->last_len = len;
}

static struct linx_known_name *place_of(struct linx_texts *t, const char *name)
{
	return &t->names[(uintptr_t)name * 0x9e3779b97f4a7c15ull >> 32 & (LINX_KNOWN_NAMES - 1)];
}

void linx_columns_other_name(struct linx_columns *c, unsigned int i, const char *name)
{
	struct linx_rows_column *column = linx_columns_next(c, i, true);
	struct linx_known_name *known;
	int64_t number;

	if (!column)
		return;
	known = place_of(&column->texts, name);
	if (known->name == name) {
		put_again(c, column, known->number);
		column->last = name;
		return;
	}
	number = put_text(c, column, name, strlen(name));
	if (column->texts.is_plain || c->failed)
		return;
	*known = (struct linx_known_name){ .name = name, .number = (uint32_t)number };
	column->last = name;
}

void linx_columns_string(struct linx_columns *c, unsigned int i, const char *string)
{
	struct linx_rows_column *column = &c->columns[i];
	struct linx_known_name *known = place_of(&column->texts, string);
	bool is_known = known->name == string && is_text(&column->texts, known->number, string, (uint32_t)strlen(string));
	int64_t number;

	if (is_known && linx_columns_last(c, i) == known->number) {
		linx_columns_repeat(c, i, 1);
		c->plain_bytes += column->last_len;
		return;
	}
	column = linx_columns_next(c, i, true);
	if (!column)
		return;
	if (is_known) {
		put_again(c, column, known->number);
		return;
	}
	number = put_text(c, column, string, strlen(string));
	if (!column->texts.is_plain && !c->failed)
		*known = (struct linx_known_name){ .name = string, .number = (uint32_t)number };
}

int64_t linx_columns_last(const struct linx_columns *c, unsigned int i)
{
	const struct linx_rows_column *column = &c->columns[i];

	if (!column->nrows || (column->present && !column->present[column->nrows - 1]))
		return LINX_COLUMN_NULL;
	return column->texts.is_plain ? LINX_COLUMN_PLAIN : column->numbers[column->nvalues - 1];
}

void linx_columns_again(struct linx_columns *c, unsigned int i, int64_t last)
{
	struct linx_rows_column *column;

	if (last == LINX_COLUMN_NULL) {
		linx_columns_null(c, i);
		return;
	}
	column = linx_columns_next(c, i, true);
	if (column)
		put_again(c, column, last);
}
