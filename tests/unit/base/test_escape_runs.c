// SPDX-License-Identifier: LGPL-2.1-or-later
/* Escapes bytes: the output for a run of bytes is the same as for each of its bytes alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include <linx/linx.h>

#include "libuser/base/escape.h"
#include "libuser/value/json.h"

#define LONGEST 2100u

/* Writes the reference output, byte by byte. A NUL becomes "\0", or "\000" in front of a digit. */
static void put_slowly(struct linx_strbuf *o, const char *s, size_t n)
{
	static const char specials[] = "\t\n\v\f\r\"\\", letters[] = "tnvfr\"\\";

	for (size_t i = 0; i < n; i++) {
		const char *special = s[i] ? strchr(specials, s[i]) : NULL;
		bool digit = i + 1 < n && s[i + 1] >= '0' && s[i + 1] <= '7';
		uint8_t c = (uint8_t)s[i];
		char octal[5];

		if (special) {
			linx_strbuf_char(o, '\\');
			linx_strbuf_char(o, letters[special - specials]);
		} else if (c >= ' ' && c < 0x7f) {
			linx_strbuf_char(o, s[i]);
		} else {
			snprintf(octal, sizeof(octal), digit ? "\\%03o" : "\\%o", c);
			linx_strbuf_str(o, octal);
		}
	}
}

static void put_json_slowly(struct linx_strbuf *o, const char *s, size_t n)
{
	static const char specials[] = "\b\t\n\f\r\"\\", letters[] = "btnfr\"\\";

	for (size_t i = 0; i < n; i++) {
		const char *special = s[i] ? strchr(specials, s[i]) : NULL;
		uint8_t c = (uint8_t)s[i];
		char escape[16];

		snprintf(escape, sizeof(escape), c >= 0x80 ? "\\udbff\\ude%02x" : "\\u%04x", c);
		if (special) {
			linx_strbuf_char(o, '\\');
			linx_strbuf_char(o, letters[special - specials]);
		} else if (c >= ' ' && c < 0x7f) {
			linx_strbuf_char(o, s[i]);
		} else {
			linx_strbuf_str(o, escape);
		}
	}
}

typedef void (*put_fn)(struct linx_strbuf *o, const char *s, size_t n);

/* Expects that the functions fast and slow have the same output between quotes. */
static void check(const char *s, size_t n, put_fn fast, put_fn slow)
{
	struct linx_strbuf got = { 0 }, expected = { 0 };

	fast(&got, s, n);
	linx_strbuf_char(&expected, '"');
	slow(&expected, s, n);
	linx_strbuf_char(&expected, '"');
	assert_int_equal(got.len, expected.len);
	assert_memory_equal(got.data, expected.data, expected.len);
	free(got.data);
	free(expected.data);
}

/* Copies the bytes into a buffer of exactly their length, so that sanitizers detect a read beyond it. */
static void check_all(const char *bytes, size_t n)
{
	char *s = malloc(n ? n : 1);

	assert_non_null(s);
	memcpy(s, bytes, n);
	check(s, n, linx_strbuf_quote_ascii, put_slowly);
	check(s, n, linx_json_string, put_json_slowly);
	free(s);
}

/* Fills a buffer with runs of equal bytes. */
static void fill(char *s, size_t n)
{
	/* No two of these bytes form a UTF-8 letter. */
	static const char kinds[] = "\0\0\0aaaa07\n\"\\\x7f\x01\xff\x80\xc0";

	for (size_t i = 0; i < n;) {
		char c = kinds[(size_t)rand() % (sizeof(kinds) - 1)];
		size_t run = 1 + (size_t)rand() % 40;

		for (; run && i < n; run--)
			s[i++] = c;
	}
}

static void test_runs(void **state)
{
	char s[LONGEST];

	(void)state;
	srand(1);
	for (size_t n = 0; n < 600; n++) {
		fill(s, n);
		check_all(s, n);
	}
	for (size_t n = 1000; n < LONGEST; n += 1 + (size_t)rand() % 9) {
		fill(s, n);
		check_all(s, n);
	}
}

static void test_random_bytes(void **state)
{
	char s[256];

	(void)state;
	srand(2);
	for (int batch = 0; batch < 2000; batch++) {
		size_t n = (size_t)rand() % sizeof(s);

		for (size_t i = 0; i < n; i++)
			s[i] = (char)(rand() % 128 | (rand() % 4 ? 0 : 0x80));
		for (size_t i = 0; i < n; i++)
			if ((uint8_t)s[i] >= 0xc2)
				s[i] = (char)0x80; /* replaces each byte with which a UTF-8 letter can begin */
		check_all(s, n);
	}
}

static void test_nuls_before_digits(void **state)
{
	char s[64];

	(void)state;
	for (size_t nuls = 0; nuls <= 40; nuls++)
		for (const char *next = "0789a\n"; *next; next++) {
			memset(s, 0, nuls);
			s[nuls] = *next;
			check_all(s, nuls);
			check_all(s, nuls + 1);
		}
}

/* A letter of several bytes stays whole at the places where the buffer grows. */
static void test_letters_stay_whole(void **state)
{
	struct linx_strbuf o = { 0 };
	char s[LONGEST];

	(void)state;
	for (size_t at = 1015; at < 1030; at++) {
		size_t n = at + 3;

		memset(s, 'a', sizeof(s));
		memcpy(s + at, "\xe2\x82\xac", 3);
		o.len = 0;
		linx_strbuf_text(&o, s, n);
		assert_int_equal(o.len, n);
		assert_memory_equal(o.data, s, n);
	}
	free(o.data);
}

/* Text for a terminal that is cut to a size ends with a whole letter and a whole escape. */
static void test_cut_text(void **state)
{
	static const char text[] = "x\xe2\x82\xac\033y\n";
	static const char *const cut[] = { "", "x", "x", "x", "x\xe2\x82\xac" };
	char to[32], whole[32];

	(void)state;
	linx_escape(whole, sizeof(whole), text);
	assert_string_equal(whole, "x\xe2\x82\xac\\33y\\n");
	for (size_t size = 1; size <= sizeof(cut) / sizeof(cut[0]); size++) {
		assert_int_equal(linx_escape(to, size, text), strlen(cut[size - 1]));
		assert_string_equal(to, cut[size - 1]);
	}
	assert_int_equal(linx_escape(to, 7, text), 4); /* no room for the whole first escape */
	assert_int_equal(linx_escape(to, 8, text), 7); /* room for the first escape */
	assert_int_equal(linx_escape(to, sizeof(to), text), strlen(whole));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_runs),
		cmocka_unit_test(test_random_bytes),
		cmocka_unit_test(test_nuls_before_digits),
		cmocka_unit_test(test_letters_stay_whole),
		cmocka_unit_test(test_cut_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
