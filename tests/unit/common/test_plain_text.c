// SPDX-License-Identifier: LGPL-2.1-or-later
/* Makes text from other programs printable before it is shown. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "common/base/sanitize.c"
#include "libuser/base/escape.h"

static void expect(size_t size, const char *text, const char *expected)
{
	char to[64];

	memset(to, 'x', sizeof(to));
	assert_int_equal(plain_text(to, size, text), strlen(expected));
	if (size)
		assert_string_equal(to, expected);
	for (size_t i = size; i < sizeof(to); i++)
		assert_int_equal(to[i], 'x');
}

static void text_stays(void **state)
{
	(void)state;
	expect(64, "", "");
	expect(64, "-r \"a\\b\": it's", "-r \"a\\b\": it's");
	expect(64, "gr\xc3\xbcn \xe2\x82\xac", "gr\xc3\xbcn \xe2\x82\xac");
}

static void controls_do_not(void **state)
{
	(void)state;
	expect(64, "a\nb\r\tc", "a\\nb\\r\\tc");
	expect(64, "\033[31m\0337\177", "\\33[31m\\0337\\177");
	/* Control sequences and invalid text: CSI as one byte, alone and as a letter; direction marks; half a letter */
	expect(64, "\x9b \xc2\x9b \xe2\x80\xae \xd8\x9c \xc3", "\\233 \\302\\233 \\342\\200\\256 \\330\\234 \\303");
}

static void as_much_as_there_is_room_for(void **state)
{
	(void)state;
	expect(0, "abc", "");
	expect(0, "", "");
	expect(1, "abc", "");
	expect(3, "abc", "ab");
	expect(4, "abc", "abc");
	expect(5, "ab\ncd", "ab\\n");
}

static void without_memory(void **state)
{
	char text[] = "a\n\033\x9b\177z";

	(void)state;
	linx_escape_mask(text);
	assert_string_equal(text, "a????z");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_stays),
		cmocka_unit_test(controls_do_not),
		cmocka_unit_test(as_much_as_there_is_room_for),
		cmocka_unit_test(without_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
