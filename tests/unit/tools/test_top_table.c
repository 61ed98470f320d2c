// SPDX-License-Identifier: LGPL-2.1-or-later
/* The table of linxcap top: rows, order, selection, tags, search, tree, and the conditions of rows. */
#include <linx/aggregate.h>
#include <stdio.h>

#include "assembly.h"

#include "tools/top/table.c"
#include "tools/view/view_def.c"
#include "tools/view/view_words.c"
#include "tools/view/cell_text.c"
#include "tools/view/sheet.c"
#include "common/base/sanitize.c"
#include "common/base/message.c"

struct fixture {
	struct assembly *as;
	struct view_def v;
	struct linx_aggregate *a;
	struct top_table t;
};

static void count(struct fixture *f, uint32_t tid, int nr, int64_t ret)
{
	record_exit(&f->as->r, tid, nr, ret, ARGS(3, 0, 0));
	assert_int_equal(linx_aggregate_add(f->a, assembly_event(f->as)), 0);
}

static void view(struct fixture *f, const char *key, const char *column)
{
	struct problem why;

	view_def_init(&f->v);
	assert_non_null(view_def_add_key(&f->v, key, &why));
	assert_non_null(view_def_add_column(&f->v, "count", &why));
	if (column)
		assert_non_null(view_def_add_column(&f->v, column, &why));
	assert_int_equal(view_def_finish(&f->v, &why), 0);
	f->a = view_def_aggregate(&f->v, &why);
	assert_non_null(f->a);
	top_table_begin(&f->t, &f->v);
}

static void end(struct fixture *f)
{
	top_table_free(&f->t);
	linx_aggregate_free(f->a);
	view_def_free(&f->v);
}

static const char *text(struct fixture *f, unsigned int row, unsigned int item)
{
	static char cell[SHEET_CELL];

	assert_true(row < f->t.n);
	top_table_text(&f->t, &f->t.rows[row], item, cell);
	return cell;
}

static void counts(struct fixture *f)
{
	assembly_meet(f->as, 10, 10, "cat");
	assembly_meet(f->as, 11, 11, "d\"d");
	for (int i = 0; i < 3; i++)
		count(f, 10, NR_READ, 1);
	for (int i = 0; i < 2; i++)
		count(f, 11, NR_CLOSE, 0);
	assert_int_equal(top_table_update(&f->t, f->a, 0), 0);
}

static void order(void **state)
{
	struct fixture f = { .as = *state };

	view(&f, "comm", NULL);
	counts(&f);
	assert_int_equal(f.t.n, 2);
	assert_string_equal(text(&f, 0, 0), "cat");
	assert_true(top_table_descends(&f.t));
	top_table_reverse(&f.t);
	assert_int_equal(top_table_update(&f.t, f.a, 0), 0);
	assert_string_equal(text(&f, 0, 0), "d\"d");
	/*
	 * texts are sorted with the smallest first, numbers with the largest; sorting by the same column again reverses
	 * the order
	 */
	top_table_sort_by(&f.t, 0);
	assert_int_equal(top_table_update(&f.t, f.a, 0), 0);
	assert_string_equal(text(&f, 0, 0), "cat");
	top_table_sort_by(&f.t, 0);
	assert_int_equal(top_table_update(&f.t, f.a, 0), 0);
	assert_string_equal(text(&f, 0, 0), "d\"d");
	top_table_sort_by(&f.t, 1);
	assert_int_equal(top_table_update(&f.t, f.a, 0), 0);
	assert_string_equal(text(&f, 0, 0), "cat");
	end(&f);
}

/*
 * The first row of the table stays selected, whichever row moves there, unless the user has moved the selection away. A
 * row to which the user has moved stays selected when another one overtakes it.
 */
static void selection(void **state)
{
	struct fixture f = { .as = *state };

	view(&f, "comm", NULL);
	counts(&f);
	top_table_move(&f.t, 1, 10);
	top_table_move(&f.t, -1, 10);
	assert_false(f.t.moved);
	top_table_move(&f.t, 1, 10);
	for (int i = 0; i < 5; i++)
		count(&f, 11, NR_CLOSE, 0);
	assert_int_equal(top_table_update(&f.t, f.a, 0), 0);
	assert_int_equal(f.t.selected, 0);
	assert_string_equal(text(&f, f.t.selected, 0), "d\"d");
	top_table_move(&f.t, 1000, 10);
	assert_int_equal(f.t.selected, 1);
	top_table_move(&f.t, -1000, 10);
	assert_int_equal(f.t.selected, 0);
	linx_aggregate_clear(f.a);
	assert_int_equal(top_table_update(&f.t, f.a, 0), 0);
	assert_int_equal(f.t.n, 0);
	top_table_move(&f.t, 1, 10);
	assert_int_equal(f.t.selected, 0);
	end(&f);
}

static void scrolling(void **state)
{
	struct fixture f = { .as = *state };

	view(&f, "linx.res", NULL);
	assembly_meet(f.as, 10, 10, "cat");
	for (int i = 0; i < 100; i++)
		count(&f, 10, NR_READ, i);
	assert_int_equal(top_table_update(&f.t, f.a, 0), 0);
	top_table_select(&f.t, 50, 10);
	assert_int_equal(f.t.first, 41);
	top_table_select(&f.t, 41, 10);
	assert_int_equal(f.t.first, 41);
	top_table_select(&f.t, 40, 10);
	assert_int_equal(f.t.first, 40);
	/* a larger screen shows more rows, and none beyond the last */
	top_table_select(&f.t, 99, 10);
	top_table_scroll(&f.t, 60);
	assert_int_equal(f.t.first, 40);
	top_table_scroll(&f.t, 200);
	assert_int_equal(f.t.first, 0);
	top_table_scroll(&f.t, 0);
	end(&f);
}

static void tags_and_search(void **state)
{
	struct fixture f = { .as = *state };

	view(&f, "comm", NULL);
	counts(&f);
	top_table_move(&f.t, 1, 10);
	top_table_tag(&f.t);
	top_table_reverse(&f.t);
	assert_int_equal(top_table_update(&f.t, f.a, 0), 0);
	assert_true(top_table_is_tagged(&f.t, f.t.rows[0].id));
	assert_false(top_table_is_tagged(&f.t, f.t.rows[1].id));
	top_table_select(&f.t, 0, 10);
	top_table_tag(&f.t);
	assert_int_equal(f.t.ntags, 0);
	assert_true(top_table_search(&f.t, "CA", false, 10));
	assert_int_equal(f.t.selected, 1);
	assert_false(top_table_search(&f.t, "none", false, 10));
	assert_false(top_table_search(&f.t, "", false, 10));
	end(&f);
}

static void conditions(void **state)
{
	struct fixture f = { .as = *state };
	struct linx_condition *c;
	struct problem why;
	char condition[256];

	view(&f, "comm", NULL);
	counts(&f);
	assert_int_equal(top_table_condition(&f.t, &f.t.rows[0], condition, sizeof(condition), &why), 0);
	assert_string_equal(condition, "linx.comm = \"cat\"");
	assert_int_equal(top_table_condition(&f.t, &f.t.rows[1], condition, sizeof(condition), &why), 0);
	assert_string_equal(condition, "linx.comm = \"d\\\"d\"");
	assert_int_equal(linx_condition_new(condition, &c, NULL), 0);
	record_exit(&f.as->r, 11, NR_READ, 0, ARGS(3, 0, 0));
	assert_true(linx_condition_match(c, assembly_event(f.as)));
	record_exit(&f.as->r, 10, NR_READ, 0, ARGS(3, 0, 0));
	assert_false(linx_condition_match(c, assembly_event(f.as)));
	linx_condition_free(c);
	assert_int_equal(top_table_condition(&f.t, &f.t.rows[0], condition, 8, &why), -1);
	assembly_meet(f.as, 12, 12, "a'\"\\b");
	count(&f, 12, NR_READ, 0);
	assert_int_equal(top_table_update(&f.t, f.a, 0), 0);
	assert_int_equal(top_table_condition(&f.t, &f.t.rows[2], condition, sizeof(condition), &why), 0);
	assert_string_equal(condition, "linx.comm = \"a'\\\"\\\\b\"");
	assert_int_equal(linx_condition_new(condition, &c, NULL), 0);
	assert_true(linx_condition_match(c, assembly_event(f.as)));
	linx_condition_free(c);
	end(&f);
}

/*
 * The last result of each row names the row's parent. The tree accepts any numbers: rows that are their own parents,
 * parents that form a ring, and parents that do not exist.
 */
static void tree(void **state)
{
	struct fixture f = { .as = *state };
	static const struct {
		uint32_t pid;
		int64_t parent;
	} rows[] = { { 10, 0 }, { 11, 10 }, { 12, 11 }, { 13, 10 }, { 14, 15 }, { 15, 14 }, { 16, 16 }, { 17, 999 } };
	unsigned int roots = 0;

	view(&f, "pid", "last(linx.res)");
	f.v.tree = "last(linx.res)";
	assert_true(view_def_find(&f.v, f.v.tree, &f.v.tree_by));
	for (unsigned int i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		assembly_meet(f.as, rows[i].pid, rows[i].pid, "p");
		count(&f, rows[i].pid, NR_READ, rows[i].parent);
	}
	assert_true(top_table_has_tree(&f.t));
	f.t.tree = true;
	assert_int_equal(top_table_update(&f.t, f.a, 0), 0);
	assert_int_equal(f.t.n, 8);
	assert_string_equal(text(&f, 0, 0), "10");
	assert_string_equal(text(&f, 1, 0), "11");
	assert_int_equal(f.t.rows[1].depth, 1);
	assert_false(f.t.rows[1].last);
	assert_string_equal(text(&f, 2, 0), "12");
	assert_int_equal(f.t.rows[2].depth, 2);
	assert_true(f.t.rows[2].last);
	assert_int_equal(f.t.rows[2].lines, 1u << 1); /* past 12 a line leads from 11 to 13 */
	assert_string_equal(text(&f, 3, 0), "13");
	assert_true(f.t.rows[3].last);
	for (unsigned int i = 0; i < f.t.n; i++)
		roots += !f.t.rows[i].depth;
	assert_int_equal(roots, 4); /* 10, 16, 17, and one of 14 and 15 */
	end(&f);
}

static int setup(void **state)
{
	*state = assembly_new();
	return 0;
}

static int teardown(void **state)
{
	assembly_free(*state);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(order, setup, teardown),
		cmocka_unit_test_setup_teardown(selection, setup, teardown),
		cmocka_unit_test_setup_teardown(scrolling, setup, teardown),
		cmocka_unit_test_setup_teardown(tags_and_search, setup, teardown),
		cmocka_unit_test_setup_teardown(conditions, setup, teardown),
		cmocka_unit_test_setup_teardown(tree, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
