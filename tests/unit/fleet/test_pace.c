// SPDX-License-Identifier: LGPL-2.1-or-later
/* When linx-ship sends blocks that had to wait: after a random pause, and not faster than recorded times the factor. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "fleet/ship/pace.c"

#define SECOND 1000000000ull
#define NOW (1000 * SECOND)
#define WALL (1700000000 * SECOND)

static void test_pause_after_an_outage(void **state)
{
	struct pace p = { .factor = 2, .jitter_ns = 30 * SECOND }, none = { .factor = 2 };

	(void)state;
	pace_outage(&p, NOW, 7 * SECOND);
	assert_int_equal(p.until_ns, NOW + 7 * SECOND);
	pace_outage(&p, NOW, UINT64_MAX);
	assert_true(p.until_ns >= NOW && p.until_ns < NOW + 30 * SECOND);
	pace_outage(&none, NOW, 7 * SECOND);
	assert_int_equal(none.until_ns, 0);
}

/* Sends n blocks that are an hour old, of which one was recorded each second, whenever it may. Returns how long it takes. */
static uint64_t send_old(struct pace *p, unsigned int n)
{
	uint64_t now = NOW;

	for (unsigned int i = 0; i < n; i++) {
		now = now > p->until_ns ? now : p->until_ns;
		pace_sent(p, now, WALL + now, WALL - 3600 * SECOND + i * SECOND);
	}
	return (now > p->until_ns ? now : p->until_ns) - NOW;
}

static void test_speed(void **state)
{
	struct pace twice = { .factor = 2 }, slow = { .factor = 0.5 }, none = { .factor = 0 };

	(void)state;
	assert_int_equal(send_old(&twice, 101), 50 * SECOND);
	assert_int_equal(send_old(&slow, 101), 200 * SECOND);
	assert_int_equal(send_old(&none, 101), 0);
}

static void test_blocks_that_did_not_wait(void **state)
{
	struct pace p = { .factor = 2, .last_to_ns = WALL - 100 * SECOND };

	(void)state;
	pace_sent(&p, NOW, WALL, WALL - 14 * SECOND);
	assert_int_equal(p.until_ns, NOW);
	/* silence between two old blocks counts as 5 seconds at most */
	pace_sent(&p, NOW, WALL + 7200 * SECOND, WALL + 3600 * SECOND);
	assert_int_equal(p.until_ns, NOW + 5 * SECOND / 2);
}

/* A clock that jumps back, or forward, neither stops blocks nor makes them wait longer than 5 seconds each. */
static void test_clock_that_jumps(void **state)
{
	struct pace p = { .factor = 1, .last_to_ns = WALL };

	(void)state;
	pace_sent(&p, NOW, WALL + 3600 * SECOND, WALL - 900 * SECOND);
	assert_int_equal(p.until_ns, NOW);
	pace_sent(&p, NOW, WALL + 2 * 86400 * SECOND, WALL + 86400 * SECOND);
	assert_int_equal(p.until_ns, NOW + 5 * SECOND);
	pace_sent(&p, NOW + 5 * SECOND, WALL - 86400 * SECOND, WALL);
	assert_int_equal(p.until_ns, NOW + 5 * SECOND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pause_after_an_outage),
		cmocka_unit_test(test_speed),
		cmocka_unit_test(test_blocks_that_did_not_wait),
		cmocka_unit_test(test_clock_that_jumps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
