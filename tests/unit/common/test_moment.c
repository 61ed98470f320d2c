// SPDX-License-Identifier: LGPL-2.1-or-later
/* Times as users write them on the command line, and the moments of a recording for which they stand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#include "common/base/moment.c"
#include "common/base/parse_value.c"

#define S 1000000000ull
#define NOON 1749729600ull /* 2025-06-12 12:00:00 UTC */

static void zone(const char *tz)
{
	setenv("TZ", tz, 1);
	tzset();
}

static void is(const char *word, enum moment_kind kind, uint64_t ns)
{
	struct moment m;

	if (!moment_read(word, &m))
		fail_msg("refused: '%s'", word);
	if (m.kind != kind || m.ns != ns)
		fail_msg("'%s' is %llu of kind %d", word, (unsigned long long)m.ns, m.kind);
	assert_string_equal(m.text, word);
}

static void calendar(void **state)
{
	(void)state;
	zone("UTC");
	is("2025-06-12T12:00:00Z", MOMENT_AT, NOON * S);
	is("2025-06-12t12:00:00.25z", MOMENT_AT, NOON * S + S / 4);
	is("2025-06-12T14:00:00+02:00", MOMENT_AT, NOON * S);
	is("2025-06-12T06:30:00-0530", MOMENT_AT, NOON * S);
	is("2025-06-12 12:00:00.000000001", MOMENT_AT, NOON * S + 1);
	is("2025-06-12T12:00:00.1234567899", MOMENT_AT, NOON * S + 123456789);
	is("2024-02-29T00:00:00Z", MOMENT_AT, 1709164800ull * S);
	is("2016-12-31T23:59:60Z", MOMENT_AT, 1483228800ull * S);
	zone("EST5EDT,M3.2.0,M11.1.0");
	is("2025-06-12T08:00:00", MOMENT_AT, NOON * S);
	is("2025-01-12T07:00:00", MOMENT_AT, 1736683200ull * S);
	is("2025-06-12T12:00:00Z", MOMENT_AT, NOON * S);
}

static void others(void **state)
{
	(void)state;
	is("@1749729600", MOMENT_AT, NOON * S);
	is("@1749729600.5", MOMENT_AT, NOON * S + S / 2);
	is("12:34:56", MOMENT_CLOCK, (12 * 3600 + 34 * 60 + 56) * S);
	is("00:00:00.000001", MOMENT_CLOCK, 1000);
	is("+5s", MOMENT_AFTER, 5 * S);
	is("+1.5", MOMENT_AFTER, 3 * S / 2);
	is("+20us", MOMENT_AFTER, 20000);
	is("+0", MOMENT_AFTER, 0);
}

static void wrong(void **state)
{
	static const char *const words[] = {
		"",		       "now",		      "12",		      "12:00",		     "24:00:00",
		"12:60:00",	       "12:00:61",	      "12:00:00.",	      "12:00:00Z",	     "1:2:3",
		"5s",		       "+",		      "+s",		      "+-5s",		     "+5x",
		"@",		       "@x",		      "@1s",		      "@1.",		     "@.5",
		"@1.2.3",	       "2025-06-12",	      "2025-02-30T12:00:00Z", "2025-13-01T12:00:00", "2025-6-12T12:00:00",
		"1969-12-31T23:59:59", "2025-06-12T12:00:00+2", "2025-06-12T12:00:00 Z", "2025-06-12T12:00:00ZZ",
		"9999-01-01T00:00:00Z", "@99999999999", "2025-06-12T12:00:00+24:00", "-5s", " 12:00:00", "12:00:00 ",
	};
	struct moment m;

	(void)state;
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (moment_read(words[i], &m))
			fail_msg("accepted: '%s'", words[i]);
}

static uint64_t find(const char *word, uint64_t begin_s, uint64_t end_s)
{
	struct moment m;

	assert_true(moment_read(word, &m));
	return moment_resolve(&m, begin_s * S, end_s * S) / S;
}

static void resolved(void **state)
{
	const uint64_t day = 86400;

	(void)state;
	zone("UTC");
	assert_int_equal(find("+5s", NOON, NOON + 9), NOON + 5);
	assert_int_equal(find("2025-06-12T12:00:00Z", 1, 2), NOON);
	assert_int_equal(find("12:00:05", NOON, NOON + 9), NOON + 5);
	/* 11:59 is before the beginning of the recording, unless the recording lasts until 11:59 of the next day */
	assert_int_equal(find("11:59:00", NOON, NOON + 9), NOON - 60);
	assert_int_equal(find("11:59:00", NOON, NOON + day), NOON + day - 60);
	assert_int_equal(find("00:10:00", NOON + 12 * 3600 - 60, NOON + 13 * 3600), NOON + 12 * 3600 + 600);
	/* in a live trace, whose end is not known, a time of day is the next such time */
	assert_int_equal(moment_resolve(&(struct moment){ MOMENT_CLOCK, 11 * 3600 * S, "" }, NOON * S, UINT64_MAX) / S, NOON + day - 3600);
	assert_int_equal(moment_resolve(&(struct moment){ MOMENT_AFTER, UINT64_MAX, "" }, NOON * S, 0), UINT64_MAX);
	/* in this night clocks are put forward, so 8 hours on the clock are 7 hours of time */
	zone("EST5EDT,M3.2.0,M11.1.0");
	assert_int_equal(find("08:00:00", 1741496400, 1741496400 + day), 1741496400 + 7 * 3600);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(calendar),
		cmocka_unit_test(others),
		cmocka_unit_test(wrong),
		cmocka_unit_test(resolved),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
