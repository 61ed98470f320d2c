// SPDX-License-Identifier: LGPL-2.1-or-later
/* The parts of linxcap top that need no source: texts for a terminal, the heat map, lists of events, edited lines, keys. */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "tools/top/text.c"
#include "tools/top/heat.c"
#include "tools/top/list.c"
#include "tools/top/edit.c"
#include "tools/top/keys.c"

/* ---- texts ------------------------------------------------------------------------------------ */

static void shows(const char *from, int most, bool utf8, const char *want, int columns)
{
	char text[256];

	assert_int_equal(top_text(text, sizeof(text), from, most, utf8), columns);
	assert_string_equal(text, want);
}

static void hostile_names(void **state)
{
	(void)state;
	shows("plain name", 80, true, "plain name", 10);
	shows("\033[2J\a", 80, true, "\\u{1b}[2J\\u{7}", 14);
	shows("\302\233m", 80, true, "\\u{9b}m", 7);
	shows("a\342\200\256txt.exe", 80, true, "a\\u{202e}txt.exe", 16);
	shows("\342\201\246x", 80, true, "\\u{2066}x", 9);
	shows("\360\237\230\200", 80, true, "\\u{1f600}", 9);
	shows("\342\200\213", 80, true, "\\u{200b}", 8);
	shows("e\314\201", 80, true, "e\\u{301}", 8);
	shows("\377\300\200", 80, true, "\\xff\\xc0\\x80", 12);
	shows("\355\240\200", 80, true, "\\xed\\xa0\\x80", 12);
	shows("\302", 80, true, "\\xc2", 4);
	/* an escape is shown whole or not at all */
	shows("ab\033", 5, true, "ab", 2);
}

static void letters(void **state)
{
	(void)state;
	shows("gr\303\274n", 80, true, "gr\303\274n", 4);
	shows("gr\303\274n", 3, true, "gr\303\274", 3);
	shows("gr\303\274n", 80, false, "gr\\u{fc}n", 9);
	/* wide letters take two columns, and half of one is not shown */
	shows("\346\227\245\346\234\254", 80, true, "\346\227\245\346\234\254", 4);
	shows("\346\227\245\346\234\254", 3, true, "\346\227\245", 2);
	assert_int_equal(top_text_width("\346\227\245\033", true), 8);
	assert_string_equal(top_text_end("ab\346\227\245c", 4, true), "b\346\227\245c");
	assert_string_equal(top_text_end("ab\346\227\245c", 2, true), "c");
	assert_string_equal(top_text_end("abc", 3, true), "abc");
	assert_string_equal(top_text_end("abc", 0, true), "");
}

static void short_buffers(void **state)
{
	char text[4];

	(void)state;
	assert_int_equal(top_text(text, sizeof(text), "abcdef", 80, true), 3);
	assert_string_equal(text, "abc");
	assert_int_equal(top_text(text, 1, "abc", 80, true), 0);
	assert_string_equal(text, "");
}

/* ---- the heat map ----------------------------------------------------------------------------- */

static struct heat heat;

static uint64_t all_of(unsigned int columns)
{
	uint64_t counts[HEAT_ROWS], sum = 0;

	for (unsigned int c = 0; c < heat_column(&heat, columns, c, counts); c++)
		for (unsigned int row = 0; row < HEAT_ROWS; row++)
			sum += counts[row];
	return sum;
}

static void heat_rows(void **state)
{
	unsigned int low, high;
	uint64_t counts[HEAT_ROWS];

	(void)state;
	heat_clear(&heat, 100);
	assert_int_equal(heat_range(&heat, 10, &low, &high), 0);
	heat_add(&heat, 1000, 0);
	heat_add(&heat, 1000, 1);
	heat_add(&heat, 1000, 1024);
	heat_add(&heat, 1099, 2047);
	heat_add(&heat, 1100, UINT64_MAX);
	assert_int_equal(heat_column(&heat, 10, 0, counts), 2);
	assert_int_equal(counts[0], 2);
	assert_int_equal(counts[10], 2);
	heat_column(&heat, 10, 1, counts);
	assert_int_equal(counts[HEAT_ROWS - 1], 1);
	assert_int_equal(heat_range(&heat, 10, &low, &high), 2);
	assert_int_equal(low, 0);
	assert_int_equal(high, HEAT_ROWS - 1);
	/* each power of two begins a row of its own, also for calls that take hours or days */
	for (unsigned int power = 1; power < 63; power++) {
		assert_int_equal(heat_row(1ull << power), power);
		assert_int_equal(heat_row((1ull << power) - 1), power - 1);
	}
}

/* All events stay counted when time goes on, and when a clock is set back. */
static void heat_grows(void **state)
{
	(void)state;
	heat_clear(&heat, 10);
	for (unsigned int i = 0; i < 5000; i++)
		heat_add(&heat, 1000 + i * 10, 64);
	heat_add(&heat, 5, 64);
	heat_add(&heat, UINT64_MAX, 64);
	assert_true(heat.steps <= HEAT_STEPS);
	for (unsigned int columns = 1; columns < 600; columns += 37)
		assert_int_equal(all_of(columns), 5002);
}

static void heat_shades(void **state)
{
	(void)state;
	assert_int_equal(heat_shade(0, 100, 8), 0);
	assert_int_equal(heat_shade(1, 1, 8), 1);
	assert_int_equal(heat_shade(1, UINT64_MAX, 8), 1);
	assert_int_equal(heat_shade(UINT64_MAX, UINT64_MAX, 8), 7);
	for (uint64_t n = 1; n < 1000; n++)
		assert_true(heat_shade(n, 1000, 12) >= heat_shade(n - 1, 1000, 12));
}

/* ---- lists ------------------------------------------------------------------------------------ */

static void add_lines(struct top_list *l, unsigned int from, unsigned int to)
{
	char text[32];

	for (unsigned int i = from; i < to; i++) {
		const struct top_line line = { .seq = i };
		int n = snprintf(text, sizeof(text), "line %u", i);

		assert_int_equal(top_list_add(l, &line, text, (size_t)n), 0);
	}
}

static void newest_lines(void **state)
{
	struct top_list l;

	(void)state;
	assert_int_equal(top_list_begin(&l, true), 0);
	add_lines(&l, 0, TOP_LIST_MAX + 10);
	assert_int_equal(l.n, TOP_LIST_MAX);
	assert_int_equal(l.all, TOP_LIST_MAX + 10);
	assert_string_equal(top_list_get(&l, 0)->text, "line 10");
	assert_int_equal(l.selected, l.n - 1);
	/* a line that the user selects stays selected while others come */
	top_list_move(&l, -5, 10);
	assert_false(l.follow);
	assert_string_equal(top_list_get(&l, l.selected)->text, "line 20004");
	add_lines(&l, TOP_LIST_MAX + 10, TOP_LIST_MAX + 20);
	assert_string_equal(top_list_get(&l, l.selected)->text, "line 20004");
	top_list_move(&l, 1000000, 10);
	assert_true(l.follow);
	assert_null(top_list_get(&l, l.n));
	top_list_free(&l);
}

static void first_lines(void **state)
{
	struct top_list l;

	(void)state;
	assert_int_equal(top_list_begin(&l, false), 0);
	assert_true(top_list_takes(&l));
	add_lines(&l, 0, TOP_LIST_MAX + 10);
	assert_false(top_list_takes(&l));
	assert_string_equal(top_list_get(&l, l.n - 1)->text, "line 19999");
	assert_int_equal(l.all, TOP_LIST_MAX + 10);
	top_list_move(&l, -1, 10);
	assert_int_equal(l.selected, 0);
	assert_true(top_list_search(&l, "LINE 777", true, 10));
	assert_string_equal(top_list_get(&l, l.selected)->text, "line 777");
	assert_true(l.first <= 777 && l.first + 10 > 777);
	assert_true(top_list_search(&l, "line 777", true, 10));
	assert_string_equal(top_list_get(&l, l.selected)->text, "line 7770");
	assert_false(top_list_search(&l, "no such line", false, 10));
	top_list_free(&l);
}

/* ---- edited lines ----------------------------------------------------------------------------- */

static void editing(void **state)
{
	struct top_edit e;

	(void)state;
	top_edit_set(&e, "a\303\274b");
	top_edit_left(&e);
	top_edit_left(&e);
	assert_int_equal(e.at, 1);
	assert_true(top_edit_insert(&e, "x", 1));
	assert_string_equal(e.text, "ax\303\274b");
	top_edit_delete(&e);
	assert_string_equal(e.text, "axb");
	top_edit_erase(&e);
	assert_string_equal(e.text, "ab");
	top_edit_right(&e);
	top_edit_right(&e);
	top_edit_delete(&e);
	assert_string_equal(e.text, "ab");
	top_edit_clear(&e);
	assert_string_equal(e.text, "");
	top_edit_erase(&e);
	for (unsigned int i = 0; i < 2 * TOP_EDIT_MAX; i++)
		top_edit_insert(&e, "y", 1);
	assert_int_equal(strlen(e.text), TOP_EDIT_MAX - 1);
}

static void completion(void **state)
{
	struct top_edit e;
	char names[400];

	(void)state;
	top_edit_set(&e, "proc.name = a and linx.dur");
	assert_int_equal(top_edit_complete(&e, names, sizeof(names)), 1);
	assert_string_equal(e.text, "proc.name = a and linx.duration");
	top_edit_set(&e, "fd.si");
	assert_true(top_edit_complete(&e, names, sizeof(names)) > 1);
	assert_string_equal(e.text, "fd.sip");
	assert_non_null(strstr(names, "fd.sip.name"));
	top_edit_set(&e, "no.such");
	assert_int_equal(top_edit_complete(&e, names, sizeof(names)), 0);
	assert_string_equal(e.text, "no.such");
}

/* ---- keys ------------------------------------------------------------------------------------- */

/* No key has two actions, and every action has a text for the help. */
static void key_table(void **state)
{
	const struct top_key *a, *b;
	bool explained;

	(void)state;
	for (unsigned int i = 0; (a = top_key_get(i)); i++) {
		explained = false;
		for (unsigned int j = 0; (b = top_key_get(j)); j++) {
			assert_true(i == j || a->code != b->code);
			explained |= b->action == a->action && *b->text;
		}
		if (!explained)
			fail_msg("%s: no text", a->name);
		assert_int_equal(top_key_action(a->code), a->action);
	}
	assert_int_equal(top_key_action('~'), TOP_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hostile_names), cmocka_unit_test(letters),	 cmocka_unit_test(short_buffers), cmocka_unit_test(heat_rows),
		cmocka_unit_test(heat_grows),	 cmocka_unit_test(heat_shades),	 cmocka_unit_test(newest_lines),  cmocka_unit_test(first_lines),
		cmocka_unit_test(editing),	 cmocka_unit_test(completion),	 cmocka_unit_test(key_table),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
