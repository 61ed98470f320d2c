// SPDX-License-Identifier: LGPL-2.1-or-later
/* The queue of alerts, with a simulated clock: shares of machines, failures of receivers, and refusals of alerts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "fleet/store/alert_queue.c"

static struct queue queue;
static uint64_t now, until;

static int begin(void **state)
{
	(void)state;
	memset(&queue, 0, sizeof(queue));
	queue.nreceivers = 1;
	now = 1000 * SECOND_NS;
	return 0;
}

static int end(void **state)
{
	(void)state;
	while (queue.n) {
		struct queued *a = queue.alerts[0];

		queue_remove(&queue, 0);
		free(a);
	}
	assert_int_equal(queue.bytes, 0);
	return 0;
}

static bool add(const char *machine, uint64_t number, size_t len)
{
	struct queued *a = calloc(1, sizeof(*a));

	a->place = (struct alert_place){ .spool = 1, .number = number, .last = number };
	strcpy(a->place.machine, machine);
	a->len = len;
	if (queue_add(&queue, a))
		return true;
	free(a);
	return false;
}

static struct queued *next(unsigned int receiver)
{
	return queue_next(&queue, receiver, now, &until);
}

static void result(struct queued *a, enum post_result what)
{
	assert_non_null(a);
	queue_result(&queue, 0, a, what, 0, 0, now);
}

/* Moves the clock to the time at which an alert can be posted, and returns it. */
static struct queued *next_later(void)
{
	struct queued *a = next(0);

	while (!a) {
		assert_true(until != UINT64_MAX && until > now);
		now = until;
		a = next(0);
	}
	return a;
}

static void remove_done(void)
{
	bool aside;

	for (unsigned int i = 0; i < queue.n;) {
		struct queued *a = queue.alerts[i];

		if (queue_is_idle(&queue, a) && (a->later || queue_is_done(&queue, a, &aside))) {
			queue_remove(&queue, i);
			free(a);
		} else {
			i++;
		}
	}
}

static void prove(void)
{
	assert_true(add("proof", 1, 1));
	result(next(0), POST_TAKEN);
	remove_done();
}

static void test_shares(void **state)
{
	unsigned int n;

	(void)state;
	for (n = 0; add("a", n + 1, 10); n++)
		;
	assert_int_equal(n, QUEUE_SHARE);
	assert_true(add("b", 1, QUEUE_SHARE_BYTES)); /* one alert can have all bytes of its machine */
	assert_false(add("b", 2, 1));
	assert_true(add("c", 1, 10));
	assert_ptr_equal(queue_find(&queue, &(struct alert_place){ .machine = "c", .spool = 1, .number = 1, .last = 5 }), queue.alerts[queue.n - 1]);
	assert_null(queue_find(&queue, &(struct alert_place){ .machine = "c", .spool = 2, .number = 1, .last = 1 }));
	assert_null(queue_find(&queue, &(struct alert_place){ .machine = "d", .spool = 1, .number = 1, .last = 1 }));
}

static void test_limit_of_all(void **state)
{
	char name[16];
	unsigned int n;

	(void)state;
	for (n = 0; !queue_is_full(&queue); n++) {
		snprintf(name, sizeof(name), "m%u", n / 200);
		assert_true(add(name, n + 1, 10));
	}
	assert_int_equal(n, QUEUE_ALERTS);
	assert_false(add("other", 1, 10));
}

/* A receiver that is away: one alert is tried after ever longer pauses, each time another one, and none is lost. */
static void test_receiver_away(void **state)
{
	struct queued *a, *last = NULL;
	uint64_t before;

	(void)state;
	prove();
	for (unsigned int i = 1; i <= 10; i++)
		assert_true(add("a", i, 10));
	for (unsigned int i = 0; i < 40; i++) {
		before = now;
		a = next_later();
		if (i)
			assert_null(next(0)); /* while it fails, one post at a time */
		if (i > 1)
			assert_ptr_not_equal(a, last);
		if (i > 8)
			assert_true(now - before >= PAUSE_MAX_NS / 2 && now - before <= PAUSE_MAX_NS);
		result(a, i % 2 ? POST_FAILED : POST_DENIED);
		assert_int_equal(queue.receivers[0].failures, i + 1);
		last = a;
	}
	for (unsigned int i = 0; i < queue.n; i++) {
		assert_false(queue.alerts[i]->at[0].aside || queue.alerts[i]->later);
		assert_int_equal(queue.alerts[i]->at[0].tries, 0);
	}
	/* it is well again: all but the first, which can be the reason, go at once */
	result(next_later(), POST_TAKEN);
	assert_int_equal(queue.receivers[0].failures, 0);
	for (unsigned int i = 0; i < 8; i++)
		result(next(0), POST_TAKEN);
	result(next_later(), POST_TAKEN);
	remove_done();
	assert_int_equal(queue.n, 0);
}

static void test_pause_that_the_receiver_wants(void **state)
{
	struct queued *a;

	(void)state;
	prove();
	assert_true(add("a", 1, 10));
	queue_result(&queue, 0, next(0), POST_FAILED, 20, 0, now);
	assert_true(queue.receivers[0].hold_ns - now >= 20 * SECOND_NS && queue.receivers[0].hold_ns - now <= 21 * SECOND_NS);
	now = queue.receivers[0].hold_ns;
	a = next_later();
	queue_result(&queue, 0, a, POST_FAILED, 1000000, 0, now);
	assert_true(queue.receivers[0].hold_ns - now >= 300 * SECOND_NS && queue.receivers[0].hold_ns - now <= 302 * SECOND_NS);
}

/* Posts that fail together are one failure. */
static void test_failures_at_once(void **state)
{
	struct queued *a[4];

	(void)state;
	prove();
	for (unsigned int i = 0; i < 4; i++)
		assert_true(add("a", i + 1, 10));
	for (unsigned int i = 0; i < 4; i++)
		a[i] = next(0);
	for (unsigned int i = 0; i < 4; i++)
		result(a[i], POST_FAILED);
	assert_int_equal(queue.receivers[0].failures, 1);
	assert_int_equal(queue.receivers[0].faults, 4);
}

/* An alert that is refused ten times is set aside, and meanwhile others go on. */
static void test_refused(void **state)
{
	struct queued *a;
	bool aside;

	(void)state;
	prove();
	assert_true(add("a", 1, 10));
	a = queue.alerts[0];
	for (unsigned int i = 1; i <= QUEUE_TRIES; i++) {
		assert_false(queue_is_done(&queue, a, &aside));
		assert_ptr_equal(next_later(), a);
		result(a, POST_REFUSED);
		assert_true(add("b", i, 10));
		result(next(0), POST_TAKEN);
	}
	assert_true(queue_is_done(&queue, a, &aside));
	assert_true(aside);
	assert_int_equal(queue.receivers[0].refusals, QUEUE_TRIES);
	assert_true(add("a", 2, 10));
	a = queue.alerts[queue.n - 1];
	result(next(0), POST_REJECTED);
	assert_true(queue_is_done(&queue, a, &aside) && aside);
}

/* As long as a receiver has taken nothing, refusals set no alert aside, and do not hold up other machines for long. */
static void test_refusals_without_proof(void **state)
{
	uint64_t begun = now;
	struct queued *a;
	unsigned int n = 0;

	(void)state;
	for (unsigned int i = 1; i <= 100; i++)
		assert_true(add("bad", i, 10));
	assert_true(add("good", 1, 10));
	for (;; n++) {
		a = next_later();
		if (!strcmp(a->place.machine, "good"))
			break;
		result(a, POST_REFUSED);
		remove_done();
	}
	assert_true(now - begun < 40 * SECOND_NS);
	assert_int_equal(queue.receivers[0].failures, 0);
	result(a, POST_TAKEN);
	assert_true(queue.receivers[0].proven);
	for (unsigned int i = 0; i < queue.n; i++)
		assert_int_equal(queue.alerts[i]->at[0].tries, 0);
}

/* Bad alerts of one machine: only a few are tried at a time, and those of another machine go on. */
static void test_bad_machine(void **state)
{
	unsigned int posts = 0;
	struct queued *a;

	(void)state;
	prove();
	for (unsigned int i = 1; i <= QUEUE_SHARE; i++)
		assert_true(add("bad", i, 10));
	while ((a = next(0))) {
		posts++;
		result(a, POST_REFUSED);
	}
	assert_int_equal(posts, QUEUE_TROUBLED);
	assert_true(add("good", 1, 10));
	a = next(0);
	assert_string_equal(a->place.machine, "good");
	result(a, POST_TAKEN);
	/* all bad ones are set aside in the end */
	remove_done();
	while (queue.n) {
		result(next_later(), POST_REFUSED);
		remove_done();
	}
}

/*
 * Alerts for which the receiver answers 500 or 403, though it takes others: other machines are slowed down, but go on, and
 * these alerts are never set aside; those of their machine that are too many come again later.
 */
static void test_alerts_that_make_a_receiver_fail(void **state)
{
	unsigned int good = 0, bad = 0;
	uint64_t begun;
	struct queued *a;

	(void)state;
	prove();
	begun = now;
	for (unsigned int i = 1; i <= 60; i++)
		assert_true(add("bad", i, 10));
	for (unsigned int i = 1; i <= 60; i++)
		assert_true(add("good", i, 10));
	while (good < 60) {
		a = next_later();
		if (!strcmp(a->place.machine, "good")) {
			result(a, POST_TAKEN);
			good++;
		} else {
			result(a, now % 2 ? POST_FAILED : POST_DENIED);
			assert_false(a->at[0].aside);
			bad++;
		}
		remove_done();
	}
	assert_true(now - begun < 120 * SECOND_NS);
	assert_true(bad >= 1 && bad <= 40);
	/* an alert that makes the receiver fail again and again leaves its place for a while */
	end(state);
	begin(state);
	prove();
	assert_true(add("bad", 1, 10));
	a = queue.alerts[0];
	for (bad = 0; !a->later; bad++) {
		assert_ptr_equal(next_later(), a);
		result(a, POST_FAILED);
		assert_true(add("good", bad + 1, 10));
		if (!a->later)
			result(next_later(), POST_TAKEN);
	}
	assert_int_equal(bad, QUEUE_TRIES);
	assert_false(a->at[0].aside);
}

/* Of two receivers one is away: the queue gives back what the other has taken, but nothing that was refused. */
static void test_two_receivers(void **state)
{
	char name[16];
	unsigned int n = 0;
	struct queued *a;
	bool aside;

	(void)state;
	queue.nreceivers = 2;
	queue.receivers[0].proven = queue.receivers[1].proven = true;
	for (unsigned int i = 0; !queue_is_full(&queue); i++) {
		snprintf(name, sizeof(name), "m%u", i / 100);
		assert_true(add(name, i + 1, 10));
	}
	queue.receivers[1].failures = 1;
	queue_make_room(&queue);
	for (unsigned int i = 0; i < queue.n; i++)
		n += queue.alerts[i]->later;
	assert_int_equal(n, 0);
	queue.receivers[1].failures = 0;
	a = next(1);
	queue_result(&queue, 1, a, POST_REFUSED, 0, 0, now);
	while ((a = next(0)))
		result(a, POST_TAKEN);
	assert_false(queue_is_done(&queue, queue.alerts[0], &aside));
	queue_make_room(&queue); /* both are well */
	remove_done();
	assert_int_equal(queue.n, QUEUE_ALERTS);
	queue.receivers[1].failures = 1;
	queue_make_room(&queue);
	for (unsigned int i = 0; i < queue.n; i++)
		n += queue.alerts[i]->later;
	assert_int_equal(n, QUEUE_ALERTS / 2);
	assert_false(queue.alerts[0]->later);
	remove_done();
	assert_int_equal(queue.n, QUEUE_ALERTS / 2);
	queue_make_room(&queue);
	remove_done();
	assert_int_equal(queue.n, QUEUE_ALERTS / 2);
	/* the share of one machine is full, and all its alerts wait for the second receiver */
	for (unsigned int i = 1; add("a", i, 10); i++) {
		queue.alerts[queue.n - 1]->at[0].taken = true;
	}
	queue_make_room(&queue);
	remove_done();
	assert_true(add("a", 5000, 10));
	assert_int_equal(queue.n, QUEUE_ALERTS / 2 + QUEUE_SHARE / 2 + 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_shares, begin, end),
		cmocka_unit_test_setup_teardown(test_limit_of_all, begin, end),
		cmocka_unit_test_setup_teardown(test_receiver_away, begin, end),
		cmocka_unit_test_setup_teardown(test_pause_that_the_receiver_wants, begin, end),
		cmocka_unit_test_setup_teardown(test_failures_at_once, begin, end),
		cmocka_unit_test_setup_teardown(test_refused, begin, end),
		cmocka_unit_test_setup_teardown(test_refusals_without_proof, begin, end),
		cmocka_unit_test_setup_teardown(test_bad_machine, begin, end),
		cmocka_unit_test_setup_teardown(test_alerts_that_make_a_receiver_fail, begin, end),
		cmocka_unit_test_setup_teardown(test_two_receivers, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
