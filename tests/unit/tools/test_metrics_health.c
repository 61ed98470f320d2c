// SPDX-License-Identifier: LGPL-2.1-or-later
/* The health of a run is bad once somebody has interfered with its recording, and stays bad. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "tools/metrics/metrics.c"

void signals_wake(void)
{
}

int alerts_get_output(const struct alerts *a, unsigned int i, struct alert_output_counts *c, char place[ALERT_PLACE_MAX])
{
	(void)a, (void)i, (void)c, (void)place;
	return -1;
}

int problem_set(struct problem *p, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(p->text, sizeof(p->text), format, args);
	va_end(args);
	return -1;
}

static void test_tampering(void **state)
{
	const struct linx_counts none = { 0 };
	struct metrics *m = metrics_new();
	struct problem why = { "good" };

	(void)state;
	assert_non_null(m);
	metrics_rest(m);
	metrics_publish(m, &none, &(struct metrics_more){ .tampers = 0 });
	assert_true(metrics_healthy(m, &why));
	metrics_publish(m, &none, &(struct metrics_more){ .tampers = 2 });
	assert_false(metrics_healthy(m, &why));
	assert_string_equal(why.text, "recording: tampering was noticed 2 times");
	/* the next file of the same recording */
	metrics_next_source(m);
	metrics_publish(m, &none, &(struct metrics_more){ .tampers = 0 });
	assert_false(metrics_healthy(m, &why));
	metrics_free(m);
}

/* Hits that probes have missed add up over the files of a recording. */
static void test_missed(void **state)
{
	const struct linx_counts none = { 0 };
	struct metrics *m = metrics_new();

	(void)state;
	assert_non_null(m);
	metrics_publish(m, &none, &(struct metrics_more){ .missed = 5, .at_least = 2 });
	metrics_next_source(m);
	metrics_publish(m, &none, &(struct metrics_more){ .missed = 1, .at_least = 1 });
	assert_int_equal(m->numbers[NUMBER_MISSED], 6);
	assert_int_equal(m->numbers[NUMBER_AT_LEAST], 3);
	metrics_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_tampering), cmocka_unit_test(test_missed) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
