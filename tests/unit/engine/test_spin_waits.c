// SPDX-License-Identifier: LGPL-2.1-or-later
/* A waiting tracer busy-polls for a short time while stops arrive soon, and polls less often when its polls fail. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "libuser/engine/ptrace/spin.h"
#include "within.h"

#define US 1000ull

static uint64_t now = 1000000;

/*
 * Simulates a wait for a stop of a tracee that comes after us microseconds, while the tracer polls every two
 * microseconds. Returns the number of polls.
 */
static unsigned int wait_for(struct linx_spin *s, uint64_t us)
{
	uint64_t end = now + us * US;
	unsigned int n = 0;

	while (linx_spin_again(s, now)) {
		n++;
		now += 2 * US;
		if (now >= end)
			break;
	}
	now = now > end ? now : end;
	linx_spin_end(s, now);
	return n;
}

static struct linx_spin spin_of_two_cpus(void)
{
	return (struct linx_spin){ .able = true };
}

static void test_looks_once_stops_come_soon(void **state)
{
	struct linx_spin s = spin_of_two_cpus();

	(void)state;
	assert_int_equal(wait_for(&s, 10), 0); /* the tracer knows no earlier waits, and so does not poll */
	for (int i = 0; i < 100; i++)
		assert_int_equal(wait_for(&s, 10), 5);
}

static void test_sleeps_through_long_waits(void **state)
{
	struct linx_spin s = spin_of_two_cpus();

	(void)state;
	for (int i = 0; i < 100; i++)
		assert_int_equal(wait_for(&s, 5000), 0);
}

static void test_calls_and_gaps_differ(void **state)
{
	struct linx_spin s = spin_of_two_cpus();

	(void)state;
	for (int i = 0; i < 100; i++) {
		s.kind = LINX_SPIN_RETURN;
		assert_int_equal(wait_for(&s, 10), i ? 5 : 0);
		s.kind = LINX_SPIN_CALL;
		assert_int_equal(wait_for(&s, 5000), 0);
	}
}

/*
 * Waits of 100 us follow a short wait. The tracer polls for at most 60 us of a wait, so all these polls fail, and it
 * polls in only a few of the waits.
 */
static void test_failures_make_it_rare(void **state)
{
	struct linx_spin s = spin_of_two_cpus();
	unsigned int attempts = 0;

	(void)state;
	wait_for(&s, 10);
	for (int i = 0; i < 10000; i++)
		attempts += wait_for(&s, 100) > 0;
	assert_within(attempts, 5, 25);
	/* The tracer polls in each short wait again after some hundred of them. */
	for (int i = 0; i < 512; i++)
		wait_for(&s, 10);
	for (int i = 0; i < 100; i++)
		assert_int_equal(wait_for(&s, 10), 5);
}

static void test_preempted_is_a_failure(void **state)
{
	struct linx_spin s = spin_of_two_cpus();

	(void)state;
	wait_for(&s, 10);
	assert_true(linx_spin_again(&s, now));
	now += 30 * US; /* another task ran on the CPU meanwhile */
	assert_false(linx_spin_again(&s, now));
	linx_spin_end(&s, now);
	assert_int_equal(wait_for(&s, 10), 0);
}

static void test_one_cpu_never_looks(void **state)
{
	struct linx_spin s = { .able = false };

	(void)state;
	for (int i = 0; i < 100; i++)
		assert_int_equal(wait_for(&s, 10), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_looks_once_stops_come_soon),
		cmocka_unit_test(test_sleeps_through_long_waits),
		cmocka_unit_test(test_calls_and_gaps_differ),
		cmocka_unit_test(test_failures_make_it_rare),
		cmocka_unit_test(test_preempted_is_a_failure),
		cmocka_unit_test(test_one_cpu_never_looks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
