// SPDX-License-Identifier: LGPL-2.1-or-later
/* The list of formats: each format has a printer whose output agrees with the format's row in the list. */
#include "assembly.h"
#include "within.h"

#define TID 100

static int setup(void **state)
{
	assembly_setup(state);
	assembly_meet(*state, TID, TID, "cat");
	return 0;
}
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, assembly_teardown)

static void rows_are_complete(void **state)
{
	struct linx_format_info info, other;
	unsigned int n = 0;

	(void)state;
	for (; !linx_get_format(n, &info); n++) {
		struct linx_printer *p = NULL;

		assert_true(*info.name && *info.text && strlen(info.text) < 60);
		for (unsigned int i = 0; i < n; i++) {
			assert_int_equal(linx_get_format(i, &other), 0);
			assert_string_not_equal(info.name, other.name);
		}
		assert_int_equal(linx_printer_new((enum linx_format)n, NULL, &p), 0);
		linx_printer_free(p);
	}
	assert_int_equal(n, LINX_FORMAT_LINE + 1);
	assert_int_equal(linx_get_format(n, &info), -ENOENT);
	assert_int_equal(linx_printer_new((enum linx_format)n, NULL, &(struct linx_printer *){ NULL }), -EINVAL);
}

static void names_are_those_of_the_numbers(void **state)
{
	static const char *const names[] = {
		[LINX_FORMAT_TEXT] = "text", [LINX_FORMAT_STRACE] = "strace", [LINX_FORMAT_JSON] = "json", [LINX_FORMAT_LINE] = "line",
	};
	struct linx_format_info info;

	(void)state;
	for (unsigned int i = 0; !linx_get_format(i, &info); i++)
		assert_string_equal(info.name, names[i]);
}

/* A format that has no line for signals does not request them. */
static void signals_are_shown_where_needed(void **state)
{
	struct assembly *as = *state;
	struct linx_format_info info;

	for (unsigned int i = 0; !linx_get_format(i, &info); i++) {
		assembly_format(as, (enum linx_format)i, NULL);
		record_signal(&as->r, TID, 15, LINX_SIGNAL_FATAL, 7);
		assembly_event(as);
		if (info.needs & LINX_NEEDS_SIGNALS)
			assert_true(*assembly_print(as));
	}
}

/* Formats that are meant for terminals shorten their lines; the other formats never do. */
static void lines_fit_where_they_are_to(void **state)
{
	static const struct linx_print_opts narrow = { .size = sizeof(narrow), .width = 60 };
	struct assembly *as = *state;
	struct linx_format_info info;

	for (unsigned int i = 0; !linx_get_format(i, &info); i++) {
		size_t whole;

		record_exit(&as->r, TID, NR_MMAP, 0, ARGS(0, 4096, 3, 34, 5, 0));
		assembly_format(as, (enum linx_format)i, NULL);
		assembly_event(as);
		whole = strlen(assembly_print(as));
		assembly_format(as, (enum linx_format)i, &narrow);
		assert_int_equal(strlen(assembly_print(as)) < whole, info.terminal);
	}
}

/* A byte that is not a letter is escaped in the form that the format's row names. */
static void strings_stand_in_the_form_that_is_said(void **state)
{
	static const char *const shown[] = {
		[LINX_FORM_QUOTED] = "\"q\\1z\"", [LINX_FORM_JSON] = "\"q\\u0001z\"", [LINX_FORM_PLAIN] = "q\\1z",
	};
	struct assembly *as = *state;
	struct linx_format_info info;

	for (unsigned int i = 0; !linx_get_format(i, &info); i++) {
		assembly_format(as, (enum linx_format)i, NULL);
		record_exit(&as->r, TID, NR_OPENAT, 3, ARGS(-100, 0x1000, 0, 0));
		record_str(&as->r, 1, "q\1z");
		assembly_event(as);
		assert_within(info.form, LINX_FORM_QUOTED, LINX_FORM_PLAIN);
		assert_non_null(strstr(assembly_print(as), shown[info.form]));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(rows_are_complete),
		TEST(names_are_those_of_the_numbers),
		TEST(signals_are_shown_where_needed),
		TEST(lines_fit_where_they_are_to),
		TEST(strings_stand_in_the_form_that_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
