// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * strace's names of arguments: each belongs to a row of the table of calls, they are sorted by the row's name, and at
 * least one name of each row differs from the row's own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "libuser/base/array_size.h"
#include "linx/linx.h"
#include "libuser/table/strace_names.h"
#include "libuser/table/table.h"

static const struct {
	const char *row, *name[7];
} given[] = {
#define NAMES(row, ...) { #row, { __VA_ARGS__ } },
#include "libuser/table/strace_names.def"
#undef NAMES
};

static const struct linx_table_row *find_row(const struct linx_table *t, const char *id)
{
	for (unsigned int i = 0; i < t->nrows; i++)
		if (!strcmp(t->rows[i].id, id))
			return &t->rows[i];
	return NULL;
}

static void test_rows(void **state)
{
	struct linx_table *t;

	(void)state;
	assert_int_equal(linx_table_new_builtin(&t), 0);
	for (size_t k = 0; k < ARRAY_SIZE(given); k++) {
		const struct linx_table_row *row = find_row(t, given[k].row);
		unsigned int n = 0, others = 0;

		assert_non_null(row);
		for (; given[k].name[n]; n++) {
			assert_true(n < row->nargs);
			assert_string_equal(linx_strace_name(row->id, n), given[k].name[n]);
			others += strcmp(given[k].name[n], row->args[n].name) != 0;
		}
		assert_true(others > 0);
		assert_null(linx_strace_name(row->id, n));
		if (k)
			assert_true(strcmp(given[k - 1].row, given[k].row) < 0);
	}
	linx_table_free(t);
}

static void test_what_is_not_there(void **state)
{
	(void)state;
	assert_null(linx_strace_name("read", 0));
	assert_null(linx_strace_name("", 0));
	assert_null(linx_strace_name("openat", 6));
	assert_null(linx_strace_name("openat", UINT32_MAX));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_what_is_not_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
