// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Compares the percentiles of a sketch with those of sorted numbers, and its number of different values with the exact
 * number.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "libuser/aggregate/distinct.h"
#include "libuser/aggregate/sketch.h"

#define N 20000u

static uint64_t state = 88172645463325252ull;

static uint64_t next_random(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

static int by_number(const void *x, const void *y)
{
	int64_t a = *(const int64_t *)x, b = *(const int64_t *)y;

	return (a > b) - (a < b);
}

/*
 * The next four functions return random numbers: of any magnitude, as durations are; of a small range; of both signs;
 * extreme ones.
 */
static int64_t of_any_size(void)
{
	return (int64_t)(next_random() >> 1 >> next_random() % 63);
}

static int64_t small(void)
{
	return (int64_t)(next_random() % 100);
}

static int64_t of_both_signs(void)
{
	return next_random() % 2 ? of_any_size() : -of_any_size();
}

static int64_t extreme(void)
{
	return next_random() % 2 ? INT64_MAX : INT64_MIN;
}

static const uint32_t shares[] = { 0, 1, 1000, 50000, 90000, 99000, 99900, 99999, 100000 };

/*
 * Returns the percentile "share" of the sorted numbers: the smallest number that is at least as large as this share of
 * them.
 */
static int64_t exact(const int64_t *sorted, uint32_t share)
{
	uint64_t rank = ((uint64_t)N * share + 99999) / 100000;

	return sorted[rank ? rank - 1 : 0];
}

static void check_errors(const struct linx_sketch *s, const int64_t *sorted)
{
	for (size_t i = 0; i < sizeof(shares) / sizeof(*shares); i++) {
		int64_t want = exact(sorted, shares[i]), got = 0;
		double error, most;

		assert_true(linx_sketch_get(s, LINX_SKETCH_BITS, shares[i], false, &got));
		error = (double)got - (double)want;
		most = (double)want / 50;
		assert_true((error < 0 ? -error : error) <= (most < 0 ? -most : most));
	}
}

static void percentiles(void **unused)
{
	static int64_t (*const sources[])(void) = { of_any_size, small, of_both_signs, extreme };
	static int64_t numbers[N];

	(void)unused;
	for (size_t i = 0; i < sizeof(sources) / sizeof(*sources); i++) {
		struct linx_sketch all = { 0 }, half[2] = { { .n = 0 }, { .n = 0 } };
		uint64_t bytes = 0;

		for (unsigned int k = 0; k < N; k++) {
			numbers[k] = sources[i]();
			assert_true(linx_sketch_add(&all, LINX_SKETCH_BITS, numbers[k], &bytes));
			assert_true(linx_sketch_add(&half[k % 3 == 0], LINX_SKETCH_BITS, numbers[k], &bytes));
		}
		qsort(numbers, N, sizeof(*numbers), by_number);
		check_errors(&all, numbers);
		assert_true(linx_sketch_merge(&half[0], &half[1], &bytes));
		assert_int_equal(half[0].n, N);
		check_errors(&half[0], numbers);
		/* the ranges of 64-bit numbers of both signs take 16 KiB each */
		assert_true(bytes < 5 * 2 * 16384);
		linx_sketch_free(&all);
		linx_sketch_free(&half[0]);
		linx_sketch_free(&half[1]);
	}
}

/*
 * The sketch has four ranges for each power of two, and returns the upper end of a range. So no result is too low, and
 * none is more than a quarter too high.
 */
static void upper_ends(void **unused)
{
	static int64_t numbers[N];
	struct linx_sketch s = { 0 };
	uint64_t bytes = 0;
	int64_t got;

	(void)unused;
	for (unsigned int k = 0; k < N; k++) {
		numbers[k] = of_any_size();
		assert_true(linx_sketch_add(&s, 2, numbers[k], &bytes));
	}
	qsort(numbers, N, sizeof(*numbers), by_number);
	for (size_t i = 0; i < sizeof(shares) / sizeof(*shares); i++) {
		int64_t want = exact(numbers, shares[i]);

		assert_true(linx_sketch_get(&s, 2, shares[i], true, &got));
		assert_true(got >= want && (double)got <= (double)want * 1.25);
	}
	linx_sketch_free(&s);
}

static void empty_and_cleared(void **unused)
{
	struct linx_sketch s = { 0 }, none = { 0 };
	uint64_t bytes = 0;
	int64_t got;

	(void)unused;
	assert_false(linx_sketch_get(&s, LINX_SKETCH_BITS, 50000, false, &got));
	assert_true(linx_sketch_merge(&s, &none, &bytes));
	assert_true(linx_sketch_add(&s, LINX_SKETCH_BITS, 7, &bytes));
	assert_true(linx_sketch_get(&s, LINX_SKETCH_BITS, 50000, false, &got));
	assert_int_equal(got, 7);
	linx_sketch_clear(&s);
	assert_false(linx_sketch_get(&s, LINX_SKETCH_BITS, 50000, false, &got));
	linx_sketch_free(&s);
}

/* Counts the numbers from "from" to end - 1, each twice. */
static void add_numbers(struct linx_distinct *d, uint64_t from, uint64_t end, uint64_t *bytes)
{
	for (uint64_t i = 2 * from; i < 2 * end; i++) {
		uint64_t number = i / 2;

		assert_true(linx_distinct_add(d, &number, sizeof(number), bytes));
	}
}

/*
 * Checks that the counted number is exact up to 128, and differs from the exact one by at most four times the standard
 * error above that.
 */
static void check_distinct(const struct linx_distinct *d, uint64_t want)
{
	double error = (double)linx_distinct_get(d) - (double)want;

	if (want <= LINX_DISTINCT_EXACT)
		assert_true(error == 0);
	assert_true((error < 0 ? -error : error) <= 4 * 0.023 * (double)want);
}

static void different_values(void **unused)
{
	static const uint64_t numbers[] = { 0, 1, LINX_DISTINCT_FEW, LINX_DISTINCT_FEW + 1, 5, 127, 128, 129, 200, 1000, 5000, 20000, 1000000 };

	(void)unused;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		struct linx_distinct d = { 0 }, half[2] = { { .n = 0 }, { .n = 0 } };
		uint64_t bytes = 0, n = numbers[i];

		add_numbers(&d, 0, n, &bytes);
		check_distinct(&d, n);
		assert_int_equal(bytes != 0, n > LINX_DISTINCT_FEW);
		/* the halves overlap */
		add_numbers(&half[0], 0, n * 2 / 3, &bytes);
		add_numbers(&half[1], n / 3, n, &bytes);
		assert_true(linx_distinct_merge(&half[0], &half[1], &bytes));
		assert_int_equal(linx_distinct_get(&half[0]), linx_distinct_get(&d));
		assert_true(bytes <= 3 * 2048);
		linx_distinct_clear(&d, &bytes);
		linx_distinct_clear(&half[0], &bytes);
		linx_distinct_clear(&half[1], &bytes);
		assert_int_equal(bytes, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(percentiles),
		cmocka_unit_test(upper_ends),
		cmocka_unit_test(empty_and_cleared),
		cmocka_unit_test(different_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
