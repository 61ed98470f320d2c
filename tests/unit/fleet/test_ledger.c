// SPDX-License-Identifier: LGPL-2.1-or-later
/* Compares the ledger of linx-store with a table that has a mark for each block, and tests the speed of catching up. */
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
		assert_true(source_has(ledger_find(&l, i % 2 ? "web-1" : "web-2", i / 2), i, i));
	assert_false(source_has(ledger_find(&l, "web-1", 1), 4, 4));
	assert_null(ledger_find(&l, "web-1", 77));
	assert_null(ledger_find(&l, "web-3", 1));
	assert_int_equal(l.n, 2);
	ledger_free(&l);
}

static void test_many_machines(void **state)
{
	struct ledger l = { 0 };
	char name[32];

	(void)state;
	for (uint64_t i = 0; i < 3000; i++) {
		snprintf(name, sizeof(name), "m%llu", (unsigned long long)i);
		assert_true(source_add(ledger_get(&l, name, i), i + 1, i + 1));
	}
	for (uint64_t i = 0; i < 3000; i++) {
		snprintf(name, sizeof(name), "m%llu", (unsigned long long)i);
		assert_true(source_has(ledger_find(&l, name, i), i + 1, i + 1));
	}
	assert_int_equal(l.n, 3000);
	ledger_free(&l);
}

/* A machine that names ever new spools takes no place from other machines, nor from its own stored blocks. */
static void test_one_machine_harms_itself_alone(void **state)
{
	struct ledger l = { 0 };

	(void)state;
	assert_true(source_add(ledger_get(&l, "evil", 5), 1, 9));
	assert_non_null(ledger_hear(&l, "web-1", 1, 1));
	for (uint64_t i = 0; i < 300000; i++)
		assert_non_null(ledger_hear(&l, "evil", 1000 + i, 2 + i));
	assert_int_equal(ledger_machine(&l, "evil")->n, 1 + LEDGER_HEARD);
	assert_true(source_has(ledger_find(&l, "evil", 5), 1, 9));
	assert_int_equal(ledger_find(&l, "web-1", 1)->heard_ns, 1);
	assert_true(ledger_has_place(&l, "web-1", 2));
	assert_true(ledger_has_place(&l, "new", 1));
	for (uint64_t i = 1; i < LEDGER_SPOOLS; i++)
		assert_true(source_add(ledger_get(&l, "evil", 1000000 + i), 1, 1));
	assert_false(ledger_has_place(&l, "evil", 7));
	assert_true(ledger_has_place(&l, "evil", 5));
	assert_true(ledger_has_place(&l, "new", 1));
	/* a spool with stored blocks is accepted, although the machine has no place for a new spool */
	assert_non_null(ledger_hear(&l, "evil", 5, 1000000));
	assert_int_equal(ledger_find(&l, "evil", 5)->heard_ns, 1000000);
	ledger_free(&l);
}

#define S 1000000000ull

/*
 * A block is missing from a machine that sends one block each second. The block is requested 10 seconds later, and then
 * ever more rarely.
 */
static void test_missing_blocks_of_a_busy_machine(void **state)
{
	struct ledger l = { 0 };
	struct source *s = ledger_hear(&l, "web-1", 5, S);
	uint64_t asked[16], now;
	unsigned int n = 0;

	(void)state;
	for (uint64_t i = 1; i <= 200; i++) {
		now = i * S;
		s->next = i + 1;
		assert_true(i == 20 || source_add(s, i, i));
		if (source_asks(s, now, 10 * S) && n < 16)
			asked[n++] = now;
	}
	assert_int_equal(n, 4);
	assert_int_equal(asked[0], 29 * S);
	assert_int_equal(asked[1], 49 * S);
	assert_int_equal(asked[2], 89 * S);
	assert_int_equal(asked[3], 149 * S);
	assert_true(source_add(s, 20, 20));
	assert_false(source_asks(s, 201 * S, 10 * S));
	s->next = 300;
	assert_false(source_asks(s, 202 * S, 10 * S));
	assert_true(source_asks(s, 212 * S, 10 * S));
	ledger_free(&l);
}

static void test_cut(void **state)
{
	struct ledger l = { 0 };
	struct source *s = ledger_get(&l, "web-1", 5);
	struct range r = { 1, 4 };

	(void)state;
	assert_true(source_add(s, 5, 7));
	assert_true(source_add(s, 10, 12));
	assert_true(source_cut(s, &r));
	assert_true(r.from == 1 && r.to == 4);
	r = (struct range){ 3, 20 };
	assert_true(source_cut(s, &r));
	assert_true(r.from == 3 && r.to == 4);
	r = (struct range){ 6, 20 };
	assert_true(source_cut(s, &r));
	assert_true(r.from == 8 && r.to == 9);
	r = (struct range){ 11, 20 };
	assert_true(source_cut(s, &r));
	assert_true(r.from == 13 && r.to == 20);
	r = (struct range){ 10, 12 };
	assert_false(source_cut(s, &r));
	ledger_free(&l);
}

/*
 * Old blocks are sent twice as fast as they were made: those of 50 minutes in 25 minutes. A block after a long silence
 * waits at most 3 seconds, and a live block does not wait.
 */
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
		cmocka_unit_test(test_many_machines),
		cmocka_unit_test(test_one_machine_harms_itself_alone),
		cmocka_unit_test(test_missing_blocks_of_a_busy_machine),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_catching_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
