// SPDX-License-Identifier: LGPL-2.1-or-later
/* Parses numbers, sizes, durations, users, choices and process lists as users type them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#include "libuser/base/array_size.h"

#include "common/base/parse_value.c"

#define BAD UINT64_MAX /* a value that no test expects, for words that are refused */

struct pair {
	const char *word;
	uint64_t value;
};

static void check(bool (*read)(const char *, uint64_t *), const struct pair *pairs, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint64_t value = BAD;

		if (!read(pairs[i].word, &value))
			value = BAD;
		if (value != pairs[i].value)
			fail_msg("'%s' is %llu", pairs[i].word, (unsigned long long)value);
	}
}

static void numbers(void **state)
{
	static const struct pair pairs[] = {
		{ "0", 0 },    { "1", 1 },    { "18446744073709551614", UINT64_MAX - 1 },
		{ "010", 10 }, { "", BAD },   { "18446744073709551616", BAD },
		{ "-1", BAD }, { "+1", BAD }, { " 1", BAD },
		{ "1 ", BAD }, { "1x", BAD }, { "0x10", BAD },
	};

	(void)state;
	check(value_number, pairs, ARRAY_SIZE(pairs));
}

static void sizes(void **state)
{
	static const struct pair pairs[] = {
		{ "0", 0 },
		{ "65536", 65536 },
		{ "64K", 65536 },
		{ "64k", 65536 },
		{ "8M", 8 << 20 },
		{ "1G", 1 << 30 },
		{ "", BAD },
		{ "K", BAD },
		{ "64KB", BAD },
		{ "1T", BAD },
		{ "1.5M", BAD },
		{ "-8M", BAD },
		{ "99999999999G", BAD },
	};

	(void)state;
	check(value_size, pairs, ARRAY_SIZE(pairs));
}

static void sizes_as_text(void **state)
{
	static const struct pair pairs[] = {
		{ "0", 0 }, { "1000", 1000 }, { "64K", 65536 }, { "8M", 8 << 20 }, { "1G", 1 << 30 }, { "2048G", 1ull << 41 },
	};
	char text[32];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++) {
		value_size_text(pairs[i].value, text);
		assert_string_equal(text, pairs[i].word);
	}
}

static void durations(void **state)
{
	static const struct pair pairs[] = {
		{ "10", 10000000000ull },
		{ "10s", 10000000000ull },
		{ "500ms", 500000000 },
		{ "20us", 20000 },
		{ "7ns", 7 },
		{ "2m", 120000000000ull },
		{ "1h", 3600000000000ull },
		{ "1d", 86400000000000ull },
		{ "0", 0 },
		{ "1.5s", 1500000000 },
		{ "0.25", 250000000 },
		{ "1.5us", 1500 },
		{ "1.9ns", 1 },
		{ "0.0000000019s", 1 },
		{ "1.50h", 5400000000000ull },
		{ "", BAD },
		{ "s", BAD },
		{ "10x", BAD },
		{ "10 s", BAD },
		{ "1.s", BAD },
		{ ".5s", BAD },
		{ "1.2.3s", BAD },
		{ "-1s", BAD },
		{ "1e3", BAD },
		{ "99999999999h", BAD },
	};

	(void)state;
	check(value_duration, pairs, ARRAY_SIZE(pairs));
}

static void users(void **state)
{
	uint32_t uid = 1;

	(void)state;
	assert_true(value_user("root", &uid));
	assert_int_equal(uid, 0);
	assert_true(value_user("4242", &uid));
	assert_int_equal(uid, 4242);
	assert_true(value_user("4294967294", &uid));
	assert_false(value_user("4294967295", &uid));
	assert_false(value_user("no-such-user-here", &uid));
	assert_false(value_user("", &uid));
	assert_false(value_user("-1", &uid));
}

static void choices(void **state)
{
	(void)state;
	assert_int_equal(value_choice("text", "text|strace|json"), 0);
	assert_int_equal(value_choice("json", "text|strace|json"), 2);
	assert_int_equal(value_choice("tex", "text|strace|json"), -1);
	assert_int_equal(value_choice("", "text|strace|json"), -1);
	assert_int_equal(value_choice("text|strace", "text|strace|json"), -1);
}

static void process_lists(void **state)
{
	static const char *const bad[] = { "", ",", "0", "-1", "12x", "1;2", "a", "4294967297" };
	struct pid_list list = { 0 };

	(void)state;
	assert_true(value_pids("12,34", &list));
	assert_true(value_pids(" 56 78\n", &list));
	assert_true(value_pids("9, 10", &list));
	assert_int_equal(list.n, 6);
	assert_int_equal(list.pids[0], 12);
	assert_int_equal(list.pids[3], 78);
	assert_int_equal(list.pids[5], 10);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_false(value_pids(bad[i], &list));
	free(list.pids);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers),   cmocka_unit_test(sizes),
		cmocka_unit_test(sizes_as_text),
		cmocka_unit_test(durations), cmocka_unit_test(users),
		cmocka_unit_test(choices),   cmocka_unit_test(process_lists),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
