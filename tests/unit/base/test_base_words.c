// SPDX-License-Identifier: LGPL-2.1-or-later
/* Durations parsed from words, and the keyed hash of bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "libuser/base/array_size.h"
#include "libuser/base/duration.h"
#include "libuser/base/siphash.h"

static void durations(void **state)
{
	static const struct {
		const char *word;
		uint64_t ns; /* 0: the word is not a duration */
	} all[] = {
		{ "10", 10000000000u }, { "1.5s", 1500000000u }, { "500ms", 500000000u }, { "20us", 20000u }, { "7ns", 7u },
		{ "2m", 120000000000u }, { "1h", 3600000000000u }, { "1d", 86400000000000u }, { "0.25m", 15000000000u }, { "1.9ns", 1u },
		{ "", 0 }, { "s", 0 }, { "-1s", 0 }, { " 1s", 0 }, { "1 s", 0 }, { "1.s", 0 }, { "1sec", 0 }, { "1x", 0 }, { "0x10", 0 },
		{ "99999999999999999999s", 0 }, { "9999999999s", 0 }, { "9223372035s", 9223372035000000000u }, { "106752d", 0 },
	};
	uint64_t ns;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		ns = 0;
		if (linx_duration_parse(all[i].word, &ns) != (all[i].ns != 0) || ns != all[i].ns)
			fail_msg("%s is %llu", all[i].word, (unsigned long long)ns);
	}
	assert_true(linx_duration_parse("0s", &ns));
	assert_int_equal(ns, 0);
}

/*
 * Compares hashes with the test vectors that the authors of the hash published: key and input have the bytes 0, 1, 2
 * and so on.
 */
static void hash_is_that_of_its_authors(void **state)
{
	static const struct linx_siphash_key key = { { 0x0706050403020100u, 0x0f0e0d0c0b0a0908u } };
	uint8_t in[15];

	(void)state;
	for (size_t i = 0; i < sizeof(in); i++)
		in[i] = (uint8_t)i;
	assert_true(linx_siphash(&key, in, 0) == 0x726fdb47dd0e0e31u);
	assert_true(linx_siphash(&key, in, 1) == 0x74f839c593dc67fdu);
	assert_true(linx_siphash(&key, in, 8) == 0x93f5f5799a932462u);
	assert_true(linx_siphash(&key, in, 15) == 0xa129ca6149be45e5u);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(durations),
		cmocka_unit_test(hash_is_that_of_its_authors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
