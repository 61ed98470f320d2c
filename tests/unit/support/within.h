/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Asserts that a number is within bounds. cmocka's names differ between its versions: assert_in_range() in 1,
 * which 2 calls deprecated, and assert_uint_in_range() in 2.
 */
#ifndef TEST_WITHIN_H
#define TEST_WITHIN_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#define assert_within(value, least, most)                                                                           \
	do {                                                                                                        \
		const unsigned long long within_ = (value), least_ = (least), most_ = (most);                       \
		if (within_ < least_ || within_ > most_)                                                            \
			fail_msg("%s is %llu, which is not within %llu and %llu", #value, within_, least_, most_); \
	} while (0)

#endif
