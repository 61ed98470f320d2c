// SPDX-License-Identifier: LGPL-2.1-or-later
/* The ledger of linx-store against a table with a mark for each block, and the speed of catching up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "common/spool/spool_block.c"
#include "fleet/ship/pace.c"
#include "fleet/store/ledger.c"

#define BLOCKS 200u

static void compare(const struct source *s, const bool *have)
{
	uint64_t floor = s->first ? s->first : 1;
	struct range missing;

	while (floor < BLOCKS && have[floor])
		floor++;
	assert_int_equal(source_floor(s), floor);
	for (uint64_t i = 1; i < BLOCKS; i++)
		assert_int_equal(source_has(s, i, i), have[i]);
	for (uint64_t i, from = floor; from < s->next; from = missing.to + 1) {
		for (i = from; i < s->next && have[i];)
			i++;
		assert_int_equal(source_missing(s, from, &missing), i < s->next);
		if (i >= s->next)
			break;
		assert_int_equal(missing.from, i);
		for (; i <= missing.to; i++)
			assert_false(have[i]);
		assert_true(i == s->next || have[i]);
	}
}

static void test_blocks_in_any_order(void **state)
{
	(void)state;
	srand(61);
	for (unsigned int round = 0; round < 200; round++) {
		struct ledger l = { 0 };
		struct source *s = ledger_get(&l, "web-1", 5);
		bool have[BLOCKS + 1] = { 0 };

		s->next = BLOCKS;
		for (unsigned int step = 0; step < 60; step++) {
			uint64_t from = 1 + (unsigned int)rand() % (BLOCKS - 1), to = from + (unsigned int)rand() % 6;

			to = to < BLOCKS ? to : BLOCKS - 1;
			assert_true(source_add(s, from, to));
			memset(have + from, true, to - from + 1);
			compare(s, have);
		}
		s->first = 1 + (unsigned int)rand() % BLOCKS;
		compare(s, have);
		ledger_free(&l);
	}
}

static void test_spools_are_apart(void **state)
{
	struct ledger l = { 0 };

	(void)state;
	for (uint64_t i = 1; i <= 40; i++)
		assert_true(source_add(ledger_get(&l, i % 2 ? "web-1" : "web-2", i / 2), i, i));
	for (uint64_t i = 1; i <= 40; i++)
		assert_true(source_has(ledger_get(&l, i % 2 ? "web-1" : "web-2", i / 2), i, i));
	assert_false(source_has(ledger_get(&l, "web-1", 1), 4, 4));
	assert_int_equal(l.n, 40);
	ledger_free(&l);
}

#define S 1000000000ull

/* Blocks that waited an hour are sent in half an hour; live blocks and silence cost no time. */
static void test_catching_up(void **state)
{
	struct pace p = { .factor = 2, .jitter_ns = 30 * S };
	uint64_t now = 100 * S, wall = 1000000 * S, at = wall - 3600 * S;

	(void)state;
	pace_outage(&p, now, 12345678901234567ull);
	assert_true(p.until_ns >= now && p.until_ns < now + 30 * S);
	now = p.until_ns;
	for (unsigned int i = 0; i < 600; i++, at += 5 * S) {
		pace_sent(&p, now, wall, at);
		now = p.until_ns;
	}
	assert_true(now >= 100 * S + 599 * 5 * S / 2 && now <= 131 * S + 600 * 5 * S / 2);
	pace_sent(&p, now, wall, at + 500 * S); /* silence */
	assert_true(p.until_ns <= now + 3 * S);
	pace_sent(&p, now, wall, wall - S); /* live */
	assert_int_equal(p.until_ns, now);
	p.factor = 0;
	pace_sent(&p, now, wall, at);
	assert_int_equal(p.until_ns, now);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_blocks_in_any_order),
		cmocka_unit_test(test_spools_are_apart),
		cmocka_unit_test(test_catching_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
