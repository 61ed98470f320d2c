// SPDX-License-Identifier: LGPL-2.1-or-later
/* The checksum of long data, which is computed in parts, against one computed bit by bit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#include "libuser/base/array_size.h"
#include "libuser/base/crc32c.h"

#define LONGEST 40000u

static uint32_t bit_by_bit(uint32_t crc, const uint8_t *p, size_t len)
{
	crc = ~crc;
	for (; len; len--) {
		crc ^= *p++;
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78u : 0);
	}
	return ~crc;
}

static void test_known(void **state)
{
	(void)state;
	/* Test vectors of RFC 3720, section B.4, and the check value of CRC-32C in the catalogue of CRCs. */
	static const uint8_t zeros[32];

	assert_int_equal(linx_crc32c(0, zeros, sizeof(zeros)), 0x8a9136aa);
	assert_int_equal(linx_crc32c(0, "123456789", 9), 0xe3069283);
}

static void test_lengths(void **state)
{
	static const size_t lengths[] = { 0, 1, 7, 8, 4095, 4096, 12287, 12288, 12289, 12296, 24576, 24583, 36864, LONGEST };
	uint8_t *data = malloc(LONGEST);

	(void)state;
	assert_non_null(data);
	srand(3);
	for (size_t i = 0; i < LONGEST; i++)
		data[i] = (uint8_t)rand();
	for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
		assert_int_equal(linx_crc32c(0, data, lengths[i]), bit_by_bit(0, data, lengths[i]));
		assert_int_equal(linx_crc32c(0xdeadbeef, data, lengths[i]), bit_by_bit(0xdeadbeef, data, lengths[i]));
	}
	free(data);
}

/* A checksum continues with further data. */
static void test_goes_on(void **state)
{
	uint8_t *data = calloc(1, LONGEST);
	uint32_t all;

	(void)state;
	assert_non_null(data);
	for (size_t i = 0; i < LONGEST; i++)
		data[i] = (uint8_t)(i * 7 + i / 256);
	all = linx_crc32c(0, data, LONGEST);
	for (size_t cut = 0; cut < LONGEST; cut += 3001)
		assert_int_equal(linx_crc32c(linx_crc32c(0, data, cut), data + cut, LONGEST - cut), all);
	free(data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_goes_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
