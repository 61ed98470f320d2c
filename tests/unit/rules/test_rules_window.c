// SPDX-License-Identifier: LGPL-2.1-or-later
/* The state that counting rules keep: time windows, limits, and what an alert reports if state was forgotten. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "failing_memory.h"
#include "libuser/rules/window.h"

#define S 1000000000ull

static struct linx_window *state_of(enum linx_window_kind kind, uint32_t count, uint64_t within, uint32_t keys, size_t bytes)
{
	const struct linx_window_opts o = { .kind = kind, .count = count, .within_ns = within, .keys = keys, .bytes = bytes };
	struct linx_window *s;

	assert_int_equal(linx_window_new(&o, &s), 0);
	return s;
}
#define COUNTING(n, within) state_of(LINX_WINDOW_COUNT, n, within, 1000, 1 << 20)

static struct linx_window_bytes text(const char *s)
{
	return (struct linx_window_bytes){ s, strlen(s) };
}

static bool count(struct linx_window *s, uint64_t time, const char *key)
{
	return linx_window_count(s, time, text(key), (struct linx_window_bytes){ NULL, 0 });
}

static bool value(struct linx_window *s, uint64_t time, const char *key, const char *v)
{
	return linx_window_count(s, time, text(key), text(v));
}

static bool step(struct linx_window *s, uint64_t time, const char *key, unsigned int n)
{
	return linx_window_step(s, time, text(key), n);
}

/*
 * Three matches count if the last one is exactly one window later than the first, but not if it is one nanosecond later
 * still.
 */
static void edges_of_a_window(void **state)
{
	struct linx_window *s = COUNTING(3, 60 * S);

	(void)state;
	assert_false(count(s, 10 * S, "a"));
	assert_false(count(s, 11 * S, "a"));
	assert_true(count(s, 70 * S, "a"));
	assert_true(linx_window_get_span_ns(s) == 60 * S);
	assert_false(linx_window_is_at_least(s));
	assert_false(count(s, 100 * S, "a"));
	assert_false(count(s, 101 * S, "a"));
	assert_false(count(s, 160 * S + 1, "a"));
	assert_true(count(s, 161 * S, "a"));
	assert_true(linx_window_get_span_ns(s) == 60 * S);
	linx_window_free(s);
}

/* Counting begins again for a key after its alert; other keys are not affected. */
static void keys_are_apart_and_begin_anew(void **state)
{
	struct linx_window *s = COUNTING(2, S);

	(void)state;
	assert_false(count(s, 1, "a"));
	assert_false(count(s, 2, "b"));
	assert_true(count(s, 3, "a"));
	assert_false(count(s, 4, "a"));
	assert_true(count(s, 5, "b"));
	assert_true(count(s, 6, "a"));
	assert_int_equal(linx_window_get_keys(s), 0);
	assert_false(linx_window_count(s, 7, (struct linx_window_bytes){ NULL, 0 }, text("")));
	assert_true(linx_window_count(s, 8, (struct linx_window_bytes){ NULL, 0 }, text("")));
	linx_window_free(s);
	s = COUNTING(1, 0);
	for (uint64_t i = 0; i < 3; i++)
		assert_true(count(s, i, "a"));
	linx_window_free(s);
}

/*
 * A match that is delivered late counts at the time at which it happened. One that is older than the window does not
 * count.
 */
static void matches_out_of_order(void **state)
{
	struct linx_window *s = COUNTING(3, 10 * S);

	(void)state;
	assert_false(count(s, 20 * S, "a"));
	assert_false(count(s, 30 * S, "a"));
	assert_false(count(s, 19 * S, "a"));
	assert_true(count(s, 25 * S, "a"));
	assert_true(linx_window_get_span_ns(s) == 10 * S);
	assert_false(count(s, 40 * S, "a"));
	assert_false(count(s, 35 * S, "a"));
	assert_false(count(s, 46 * S, "a"));
	assert_true(count(s, 42 * S, "a"));
	assert_true(linx_window_get_span_ns(s) == 6 * S);
	linx_window_free(s);
}

static void values_count_once(void **state)
{
	struct linx_window *s = state_of(LINX_WINDOW_VALUES, 3, 10 * S, 10, 1 << 20);

	(void)state;
	assert_false(value(s, 1 * S, "a", "x"));
	assert_false(value(s, 2 * S, "a", "y"));
	for (uint64_t i = 0; i < 100; i++)
		assert_false(value(s, 3 * S, "a", i % 2 ? "x" : "y"));
	assert_false(value(s, 3 * S, "b", "z"));
	assert_true(value(s, 4 * S, "a", "z"));
	assert_true(linx_window_get_span_ns(s) == S);
	/* A value that is seen again has the time at which it was seen last. */
	assert_false(value(s, 20 * S, "a", "x"));
	assert_false(value(s, 21 * S, "a", "y"));
	assert_false(value(s, 30 * S, "a", "x"));
	assert_false(value(s, 32 * S, "a", "z"));
	assert_false(value(s, 29 * S, "a", "x"));
	assert_true(value(s, 40 * S, "a", ""));
	assert_true(linx_window_get_span_ns(s) == 10 * S);
	linx_window_free(s);
}

static void steps_in_their_order(void **state)
{
	struct linx_window *s = state_of(LINX_WINDOW_SEQUENCE, 3, 10 * S, 10, 1 << 20);

	(void)state;
	assert_false(step(s, 1 * S, "a", 1));
	assert_false(step(s, 2 * S, "a", 2));
	assert_int_equal(linx_window_get_keys(s), 0);
	assert_false(step(s, 3 * S, "a", 0));
	assert_false(step(s, 4 * S, "a", 2));
	assert_false(step(s, 5 * S, "b", 1));
	assert_false(step(s, 6 * S, "a", 1));
	assert_false(step(s, 7 * S, "b", 2));
	assert_true(step(s, 13 * S, "a", 2));
	assert_true(linx_window_get_span_ns(s) == 10 * S);
	assert_false(step(s, 13 * S, "a", 2));
	/*
	 * A later first step replaces an earlier one, except in sequences that have already advanced from the earlier
	 * one.
	 */
	assert_false(step(s, 20 * S, "a", 0));
	assert_false(step(s, 21 * S, "a", 1));
	assert_false(step(s, 28 * S, "a", 0));
	assert_false(step(s, 29 * S, "a", 1));
	assert_true(step(s, 38 * S, "a", 2));
	assert_false(step(s, 40 * S, "a", 0));
	assert_false(step(s, 41 * S, "a", 1));
	assert_false(step(s, 45 * S, "a", 0));
	assert_true(step(s, 46 * S, "a", 2));
	assert_true(linx_window_get_span_ns(s) == 6 * S);
	assert_false(step(s, 60 * S, "a", 0));
	assert_false(step(s, 61 * S, "a", 1));
	assert_false(step(s, 70 * S + 1, "a", 2));
	/* A match whose time is before that of the previous step does not count as the next step. */
	assert_false(step(s, 80 * S, "a", 0));
	assert_false(step(s, 79 * S, "a", 1));
	assert_false(step(s, 81 * S, "a", 2));
	linx_window_free(s);
}

/*
 * The key whose last match is oldest is forgotten when the limit of keys is reached. Keys whose matches have left the
 * window are removed first, and do not count as forgotten.
 */
static void oldest_key_goes_at_the_bound(void **state)
{
	struct linx_window *s = state_of(LINX_WINDOW_COUNT, 3, 10 * S, 2, 1 << 20);

	(void)state;
	count(s, 1 * S, "a");
	count(s, 2 * S, "b");
	count(s, 3 * S, "a");
	count(s, 4 * S, "c");
	assert_int_equal(linx_window_get_forgotten(s), 1);
	assert_int_equal(linx_window_get_keys(s), 2);
	assert_true(count(s, 5 * S, "a"));
	assert_true(linx_window_is_at_least(s));
	count(s, 6 * S, "b");
	count(s, 20 * S, "d");
	count(s, 21 * S, "e");
	assert_int_equal(linx_window_get_keys(s), 2);
	assert_int_equal(linx_window_get_forgotten(s), 1);
	count(s, 22 * S, "e");
	assert_true(count(s, 23 * S, "e"));
	assert_false(linx_window_is_at_least(s));
	/* key "b" was forgotten at time 2; therefore until time 12 an alert can show too low a number */
	linx_window_clear(s);
	count(s, 1 * S, "a");
	count(s, 2 * S, "b");
	count(s, 3 * S, "c");
	assert_int_equal(linx_window_get_forgotten(s), 2);
	count(s, 11 * S, "c");
	assert_true(count(s, 11 * S, "c"));
	assert_true(linx_window_is_at_least(s));
	for (uint64_t i = 0; i < 2; i++)
		count(s, 11 * S + 1, "c");
	assert_true(count(s, 11 * S + 1, "c"));
	assert_false(linx_window_is_at_least(s));
	linx_window_free(s);
}

/* The bytes of keys are limited like their number; a single key that takes all of them is forgotten itself. */
static void bytes_are_bounded(void **state)
{
	struct linx_window *s = state_of(LINX_WINDOW_VALUES, 1000, S, 100000, 100000);
	char *large = malloc(60000), key[32];

	(void)state;
	memset(large, 'x', 59999);
	large[59999] = '\0';
	for (unsigned int i = 0; i < 1000; i++) {
		snprintf(key, sizeof(key), "key %u", i);
		value(s, i, key, "v");
	}
	assert_true(linx_window_get_keys(s) > 100 && linx_window_get_keys(s) < 1000);
	assert_true(linx_window_get_keys(s) + linx_window_get_forgotten(s) == 1000);
	value(s, 1000, "a", large);
	large[0] = 'y';
	assert_true(linx_window_get_keys(s) > 1);
	value(s, 1001, "a", large);
	assert_int_equal(linx_window_get_keys(s), 0);
	assert_int_equal(linx_window_get_forgotten(s), 1001);
	linx_window_free(s);
	free(large);
}

static void bounds_of_options(void **state)
{
	static const struct linx_window_opts wrong[] = {
		{ LINX_WINDOW_COUNT, 0, S, 1, 1 }, { LINX_WINDOW_COUNT, LINX_WINDOW_COUNT_MAX + 1, S, 1, 1 }, { LINX_WINDOW_SEQUENCE, 1, S, 1, 1 },
		{ LINX_WINDOW_SEQUENCE, LINX_WINDOW_STEPS_MAX + 1, S, 1, 1 }, { LINX_WINDOW_VALUES, LINX_WINDOW_VALUES_MAX + 1, S, 1, 1 },
		{ LINX_WINDOW_COUNT, 1, S, 0, 1 },
	};
	struct linx_window *s;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_equal(linx_window_new(&wrong[i], &s), -EINVAL);
	linx_window_free(NULL);
}

/* ---- comparison of the windows with a simple implementation ------------------------------------- */

enum { MATCHES = 4000, KEYS = 3, VALUES = 6 };
struct match {
	uint64_t time;
	unsigned int key, what; /* index of the key; index of the value, or of the step */
};

static unsigned int chance;

static unsigned int drawn(unsigned int below)
{
	chance = chance * 1103515245 + 12345;
	return (chance >> 16) % below;
}

/*
 * Returns how many matches of a key up to i are in the window that ends at match i, counted since the key's last alert
 * (from). Times never decrease.
 */
static unsigned int plain_count(const struct match *m, unsigned int from, unsigned int i, uint64_t within, bool values)
{
	bool seen[VALUES] = { false };
	unsigned int n = 0;

	for (unsigned int k = i + 1; k-- > from && m[i].time - m[k].time <= within;) {
		if (m[k].key != m[i].key || (values && seen[m[k].what]))
			continue;
		seen[m[k].what] = true;
		n++;
	}
	return n;
}

/*
 * Returns whether there is a match of each earlier step, in their order, and in time. Only matches after "from" count.
 */
static bool plain_steps(const struct match *m, unsigned int from, unsigned int end, unsigned int i, unsigned int step, uint64_t within)
{
	if (!step)
		return m[end].time - m[i].time <= within;
	for (unsigned int k = i; k-- > from && m[end].time - m[k].time <= within;)
		if (m[k].key == m[end].key && m[k].what == step - 1 && plain_steps(m, from, end, k, step - 1, within))
			return true;
	return false;
}

static void draw(struct match *m, unsigned int whats)
{
	uint64_t time = 0;

	for (unsigned int i = 0; i < MATCHES; i++) {
		time += drawn(5);
		m[i] = (struct match){ .time = time, .key = drawn(KEYS), .what = drawn(whats) };
	}
}

static void like_the_plain_meaning(void **state)
{
	static const char *const names[] = { "a", "b", "c", "d", "e", "f" };
	struct match *m = malloc(MATCHES * sizeof(*m));
	unsigned int from[KEYS], alerts = 0;
	struct linx_window *s;

	(void)state;
	for (unsigned int round = 0; round < 30; round++) {
		enum linx_window_kind kind = round % 3;
		uint32_t n = kind == LINX_WINDOW_SEQUENCE ? 2 + round / 3 % 3 : 2 + round / 3 % 4;
		uint64_t within = 3 + drawn(60);

		draw(m, kind == LINX_WINDOW_SEQUENCE ? n : VALUES);
		memset(from, 0, sizeof(from));
		s = state_of(kind, n, within, 1000, 1 << 20);
		for (unsigned int i = 0; i < MATCHES; i++) {
			const char *key = names[m[i].key];
			bool want, got;

			if (kind == LINX_WINDOW_SEQUENCE) {
				want = m[i].what == n - 1 && plain_steps(m, from[m[i].key], i, i, n - 1, within);
				got = step(s, m[i].time, key, m[i].what);
			} else {
				want = plain_count(m, from[m[i].key], i, within, kind == LINX_WINDOW_VALUES) >= n;
				got = value(s, m[i].time, key, names[m[i].what]);
			}
			if (want != got)
				fail_msg("round %u, match %u: %d", round, i, got);
			if (got)
				from[m[i].key] = i + 1;
			alerts += got;
		}
		assert_int_equal(linx_window_get_forgotten(s), 0);
		linx_window_free(s);
	}
	assert_true(alerts > 1000);
	free(m);
}

/* ---- memory --------------------------------------------------------------------------------- */

static void memory_may_fail(void **state)
{
#if CAN_FAIL
	static const enum linx_window_kind kinds[] = { LINX_WINDOW_COUNT, LINX_WINDOW_VALUES, LINX_WINDOW_SEQUENCE };
	char key[16];

	(void)state;
	for (int nth = 1; nth < 40; nth++) {
		for (size_t i = 0; i < 3; i++) {
			struct linx_window *s = state_of(kinds[i], 3, S, 1000, 1 << 20);
			bool failed;

			fail_once(FAIL_CALLOC | FAIL_MALLOC | FAIL_REALLOC, nth);
			for (unsigned int k = 0; k < 200; k++) {
				snprintf(key, sizeof(key), "%u", k % 100);
				if (kinds[i] == LINX_WINDOW_SEQUENCE)
					step(s, k, key, k / 100);
				else
					value(s, k, key, k < 100 ? "a" : "b");
			}
			failed = has_failed();
			assert_true(failed);
			/*
			 * A lack of memory forgets at most one key, and none if only memory for more buckets is
			 * missing.
			 */
			assert_true(linx_window_get_forgotten(s) <= 1);
			assert_true(linx_window_get_keys(s) + linx_window_get_forgotten(s) >= 100);
			linx_window_free(s);
		}
	}
#else
	(void)state;
	skip();
#endif
}

static void a_state_without_memory(void **state)
{
#if CAN_FAIL
	const struct linx_window_opts o = { LINX_WINDOW_COUNT, 2, S, 10, 1000 };
	struct linx_window *s;

	(void)state;
	for (int nth = 1; nth <= 2; nth++) {
		fail_once(FAIL_CALLOC, nth);
		assert_int_equal(linx_window_new(&o, &s), -ENOMEM);
		assert_true(has_failed());
	}
	assert_int_equal(linx_window_new(&o, &s), 0);
	fail_once(FAIL_CALLOC, 1);
	count(s, 1, "a");
	assert_true(has_failed());
	assert_int_equal(linx_window_get_forgotten(s), 1);
	count(s, 2, "a");
	assert_true(count(s, 3, "a"));
	assert_true(linx_window_is_at_least(s));
	linx_window_free(s);
#else
	(void)state;
	skip();
#endif
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(edges_of_a_window),
		cmocka_unit_test(keys_are_apart_and_begin_anew),
		cmocka_unit_test(matches_out_of_order),
		cmocka_unit_test(values_count_once),
		cmocka_unit_test(steps_in_their_order),
		cmocka_unit_test(oldest_key_goes_at_the_bound),
		cmocka_unit_test(bytes_are_bounded),
		cmocka_unit_test(bounds_of_options),
		cmocka_unit_test(like_the_plain_meaning),
		cmocka_unit_test(memory_may_fail),
		cmocka_unit_test(a_state_without_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
