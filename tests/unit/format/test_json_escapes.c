// SPDX-License-Identifier: LGPL-2.1-or-later
/* Converts bytes of any kind to JSON, and back by the rule for readers in docs/json.md. */
#include <cjson/cJSON.h>
#include "libuser/base/array_size.h"
#include "assembly.h"

#define TID 100

static int setup(void **state)
{
	assembly_setup(state);
	assembly_format(*state, LINX_FORMAT_JSON, NULL);
	return 0;
}
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, assembly_teardown)

/*
 * Decodes text in which each code point from U+10FE80 to U+10FEFF (in UTF-8 f4 8f ba 80 to f4 8f bb bf) stands for one
 * byte.
 */
static size_t decode(const char *s, char *out)
{
	size_t n = 0;

	while (*s) {
		const uint8_t *u = (const uint8_t *)s;

		if (u[0] == 0xf4 && u[1] == 0x8f && (u[2] == 0xba || u[2] == 0xbb)) {
			out[n++] = (char)((u[2] & 1) << 6 | (u[3] & 0x3f) | 0x80);
			s += 4;
		} else {
			out[n++] = *s++;
		}
	}
	return n;
}

/*
 * Converts bytes to JSON, as the buffer of a write(), and back. The bytes must have no NUL, because cJSON ends strings
 * there.
 */
static void roundtrip(struct assembly *as, const char *bytes, size_t n)
{
	char back[4096];
	cJSON *json, *buf;

	record_exit(&as->r, TID, NR_WRITE, (int64_t)n, ARGS(1, 0x1000, n));
	record_val(&as->r, 1, LINX_VAL_BYTES, LINX_WHOLE, bytes, n, (uint32_t)n);
	assembly_event(as);
	json = cJSON_Parse(assembly_print(as));
	assert_non_null(json);
	buf = cJSON_GetObjectItem(cJSON_GetObjectItem(json, "args"), "buf");
	assert_int_equal(decode(buf->valuestring, back), n);
	assert_memory_equal(back, bytes, n);
	cJSON_Delete(json);
}

static void every_byte(void **state)
{
	char all[255];

	for (int i = 1; i < 256; i++) {
		char one = (char)i;

		all[i - 1] = one;
		roundtrip(*state, &one, 1);
	}
	roundtrip(*state, all, sizeof(all));
}

static void every_length_of_utf8(void **state)
{
	static const char *const texts[] = {
		"plain",
		"\xc3\xbc",
		"\xe6\x97\xa5",
		"\xf0\x9f\x98\x80",
		"\xc2\x9b", /* a C1 control */
		"\xed\xa0\x80", /* a surrogate */
		"\xc0\x80", /* overlong */
		"\xe0\x80\x80",
		"\xf4\x90\x80\x80", /* beyond the last code point of Unicode */
		"\xf4\x8f\xba\x80", /* a code point that stands for a byte */
		"\xf4\x8f\xbb\xbf",
		"\xf4\x8f\xbc\x80", /* a code point beside those that stand for a byte */
		"\xf4\x8f\xb9\xbf",
		"\xe6\x97", /* a letter that is cut off */
		"\xf4\x8f\xba",
		"a\xe6\x97z",
	};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		roundtrip(*state, texts[i], strlen(texts[i]));
}

static void random_bytes(void **state)
{
	uint64_t x = 88172645463325252ull;
	char bytes[300];

	for (int batch = 0; batch < 500; batch++) {
		for (size_t i = 0; i < sizeof(bytes); i++) {
			x ^= x << 13;
			x ^= x >> 7;
			x ^= x << 17;
			bytes[i] = (char)(x % 255 + 1);
		}
		roundtrip(*state, bytes, sizeof(bytes));
	}
}

/* No control character of the data reaches a terminal. */
static void output_has_no_controls(void **state)
{
	struct assembly *as = *state;
	char all[256];

	for (int i = 0; i < 256; i++)
		all[i] = (char)i;
	record_exit(&as->r, TID, NR_WRITE, 256, ARGS(1, 0x1000, 256));
	record_val(&as->r, 1, LINX_VAL_BYTES, LINX_WHOLE, all, 256, 256);
	assembly_event(as);
	for (const char *s = assembly_print(as); *s; s++)
		assert_true((*s >= ' ' && *s < 0x7f) || (*s == '\n' && !s[1]));
	assert_non_null(strstr(as->text, "\"\\u0000\\u0001"));
	assert_non_null(strstr(as->text, "\\b\\t\\n\\u000b\\f\\r\\u000e"));
	assert_non_null(strstr(as->text, "~\\u007f\\udbff\\ude80"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_byte),
		TEST(every_length_of_utf8),
		TEST(random_bytes),
		TEST(output_has_no_controls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
