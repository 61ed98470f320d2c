// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Columns in memory: values that are appended in any way, in series and by turns, are those that the arrays have in the
 * end, and those of the block that is made of them. The rows are chosen at random, with fixed seeds.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "rows/row_blocks.h"
#include "rows/row_columns.h"

#define ROWS 6000u
#define TEXT 64u
#define SEEDS 40u

enum { MACHINE, NAME, STRING, WORDS, PLAIN, SAME, NUMBER, COLUMNS };

static const struct linx_column_spec specs[COLUMNS] = {
	{ "machine", LINX_COLUMN_TEXT, LINX_SENSE_SIGNED, false },  { "name", LINX_COLUMN_TEXT, LINX_SENSE_SIGNED, true },
	{ "string", LINX_COLUMN_TEXT, LINX_SENSE_SIGNED, true },    { "words", LINX_COLUMN_TEXT, LINX_SENSE_SIGNED, true },
	{ "plain", LINX_COLUMN_TEXT, LINX_SENSE_SIGNED, true },	    { "same", LINX_COLUMN_INT32, LINX_SENSE_UNSIGNED, true },
	{ "number", LINX_COLUMN_INT64, LINX_SENSE_SIGNED, false },
};

/* Content of a row in a column. */
struct value {
	bool absent;
	int64_t number;
	char text[TEXT];
};

struct model {
	struct linx_columns c;
	struct value *rows; /* [ROWS * COLUMNS] */
	uint32_t n;
	unsigned int seed;
	char strings[3][TEXT]; /* strings that are changed while they keep their addresses */
};

static unsigned int roll(struct model *m, unsigned int below)
{
	m->seed = m->seed * 1103515245u + 12345u;
	return (m->seed >> 16) % below;
}

static struct value *value_of(struct model *m, uint32_t row, unsigned int column)
{
	return &m->rows[row * COLUMNS + column];
}

/* Series of equal rows are as likely as rows that differ. */
static bool goes_on(struct model *m)
{
	return m->n && roll(m, 8);
}

static void put_text(struct model *m, unsigned int column, struct value *v)
{
	static const char *const names[] = { "enter", "exit", "", "a name of more than thirty-two bytes, to be copied" };
	unsigned int which = roll(m, 4);
	int64_t last;

	if (column == NAME) {
		snprintf(v->text, TEXT, "%s", names[which]);
		linx_columns_name(&m->c, column, names[which]);
	} else if (column == MACHINE || column == STRING) {
		which %= 3;
		if (!roll(m, 20))
			snprintf(m->strings[which], TEXT, "s%u", roll(m, 50));
		snprintf(v->text, TEXT, "%s", m->strings[which]);
		linx_columns_string(&m->c, column, m->strings[which]);
	} else {
		last = linx_columns_last(&m->c, column);
		if (column == WORDS && last >= 0 && roll(m, 2)) {
			*v = *value_of(m, m->n - 1, column);
			linx_columns_again(&m->c, column, last);
			return;
		}
		/* with many different texts, the column "words" gives up its dictionary */
		snprintf(v->text, TEXT, "word %u", roll(m, m->seed % 3 ? 9 : 30000));
		linx_columns_text(&m->c, column, v->text, strlen(v->text));
	}
}

static void put_value(struct model *m, unsigned int column)
{
	struct value *v = value_of(m, m->n, column);
	bool as_before = goes_on(m);

	*v = (struct value){ 0 };
	if (as_before && column != PLAIN && column != WORDS && linx_columns_last(&m->c, column) != LINX_COLUMN_PLAIN) {
		*v = *value_of(m, m->n - 1, column);
		linx_columns_repeat(&m->c, column, 1);
		m->c.plain_bytes += m->c.columns[column].last_len;
	} else if (specs[column].optional && !roll(m, 3)) {
		v->absent = true;
		linx_columns_null(&m->c, column);
	} else if (specs[column].type == LINX_COLUMN_TEXT) {
		put_text(m, column, v);
	} else if (column == SAME) {
		v->number = roll(m, 3);
		linx_columns_same(&m->c, column, v->number);
	} else {
		v->number = -(int64_t)roll(m, 100000);
		linx_columns_number(&m->c, column, v->number);
	}
}

static void check_column(struct model *m, unsigned int column)
{
	const struct linx_rows_column *c = &m->c.columns[column];
	uint32_t value = 0, len;
	const char *text;

	assert_int_equal(c->nrows, m->n);
	for (uint32_t i = 0; i < m->n; i++) {
		const struct value *v = value_of(m, i, column);

		if (c->present)
			assert_int_equal(c->present[i], !v->absent);
		if (v->absent)
			continue;
		if (specs[column].type == LINX_COLUMN_TEXT) {
			text = linx_columns_text_of(c, value, &len);
			assert_int_equal(len, strlen(v->text));
			assert_memory_equal(text, v->text, len);
		} else {
			assert_int_equal(c->numbers[value], v->number);
		}
		value++;
	}
	assert_int_equal(c->nvalues, value);
}

/* Appends what Native has for a column, one value after the other. */
static void expect_native(struct model *m, unsigned int column, struct linx_strbuf *o)
{
	static const char *const types[COLUMNS] = { "String", "Nullable(String)", "Nullable(String)", "Nullable(String)", "Nullable(String)",
						    "Nullable(UInt32)", "Int64" };

	linx_strbuf_char(o, (char)strlen(specs[column].name));
	linx_strbuf_str(o, specs[column].name);
	linx_strbuf_char(o, (char)strlen(types[column]));
	linx_strbuf_str(o, types[column]);
	for (uint32_t i = 0; i < m->n && specs[column].optional; i++)
		linx_strbuf_char(o, (char)value_of(m, i, column)->absent);
	for (uint32_t i = 0; i < m->n; i++) {
		const struct value *v = value_of(m, i, column);

		if (specs[column].type == LINX_COLUMN_TEXT) {
			linx_strbuf_char(o, (char)strlen(v->text));
			linx_strbuf_str(o, v->text);
		} else {
			linx_strbuf_mem(o, &v->number, linx_column_number_size(&specs[column]));
		}
	}
}

static void check(struct model *m)
{
	struct linx_strbuf expected = { 0 }, out = { 0 };
	size_t texts = 0;

	assert_int_equal(m->c.nrows, m->n);
	for (unsigned int column = 0; column < COLUMNS; column++)
		expect_native(m, column, &expected);
	linx_native_put_columns(&m->c, &out);
	for (unsigned int column = 0; column < COLUMNS; column++)
		check_column(m, column);
	for (uint32_t i = 0; i < m->n * COLUMNS; i++)
		texts += strlen(m->rows[i].text);
	assert_int_equal(m->c.plain_bytes, texts);
	assert_int_equal(out.len, expected.len);
	assert_memory_equal(out.data, expected.data, out.len);
	assert_false(m->c.failed);
	free(expected.data);
	free(out.data);
}

static void test_rows_are_those_that_were_put(void **state)
{
	struct model m;

	(void)state;
	for (unsigned int seed = 0; seed < SEEDS; seed++) {
		m = (struct model){ .rows = calloc(ROWS * COLUMNS, sizeof(*m.rows)), .seed = seed, .strings = { "one", "two", "" } };
		assert_non_null(m.rows);
		assert_int_equal(linx_columns_new(&m.c, specs, COLUMNS), 0);
		linx_columns_use_plain(&m.c, PLAIN);
		for (unsigned int blocks = 0; blocks < 3; blocks++) {
			const uint32_t rows = seed % 2 ? ROWS : 1 + roll(&m, 20);

			for (m.n = 0; m.n < rows; m.n++)
				for (unsigned int column = 0; column < COLUMNS; column++)
					put_value(&m, column);
			check(&m);
			linx_columns_clear(&m.c);
		}
		linx_columns_free(&m.c);
		free(m.rows);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_rows_are_those_that_were_put) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
