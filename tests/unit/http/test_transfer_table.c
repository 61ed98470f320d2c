// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Engines capture bytes of the calls in tables/http.def. http/transfer.c must have all of these calls, with the facts
 * that http.def has about them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>
#include <cmocka.h>
#include "libuser/http/transfer.c"
#include "shared/http_facts.h"

#define CALL(row, what) { #row, what },
static const struct {
	const char *name;
	unsigned int what;
} rows[] = {
#include "tables/http.def"
};
#undef CALL

/* Returns the call's name from the name of a row, which has a prefix for x32 calls. */
static const char *call_name(const char *row)
{
	return strncmp(row, "x32_", 4) ? row : row + 4;
}

/* Returns the position of the flags argument from the facts of http.def about a call; -1: the call has no flags. */
static int flags_place(unsigned int what)
{
	unsigned int place = LINX_HTTP_FLAGS_OF(what);

	return place ? (int)place : -1;
}

static void tables_agree(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct linx_transfer *t = find(call_name(rows[i].name));

		assert_non_null(t);
		assert_true(rows[i].what & LINX_HTTP_MOVES);
		assert_int_equal(t->out, !!(rows[i].what & LINX_HTTP_SENDS));
		assert_int_equal(t->flags, flags_place(rows[i].what));
		assert_int_equal(t->kind == LINX_TRANSFER_MESSAGES, !!(rows[i].what & LINX_HTTP_MANY));
	}
}

/*
 * tables/http.def has exactly those calls of http/transfer.c that transfer bytes through a buffer, a vector or
 * messages.
 */
static void all_are_captured(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(transfers); i++) {
		bool bytes = transfers[i].kind == LINX_TRANSFER_BUFFER || transfers[i].kind == LINX_TRANSFER_VECTOR ||
			     transfers[i].kind == LINX_TRANSFER_MESSAGE || transfers[i].kind == LINX_TRANSFER_MESSAGES;
		bool found = false;

		for (size_t j = 0; j < ARRAY_SIZE(rows); j++)
			found = found || !strcmp(transfers[i].name, rows[j].name);
		assert_int_equal(found, bytes);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(tables_agree), cmocka_unit_test(all_are_captured) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
