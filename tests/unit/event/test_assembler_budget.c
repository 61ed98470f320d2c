// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Tests calls of which a budget records less than usual, and returns that were recorded without the memory of their
 * arguments.
 */
#include "assembly.h"

#define TID 100

static void step(struct assembly *as, int nr, uint32_t from, uint32_t to)
{
	struct linx_budget_step step = { .from = from, .to = to, .counted = 7 };

	record_budget(&as->r, nr, &step);
}

static void a_step_names_its_call(void **state)
{
	struct assembly *as = *state;
	enum linx_recorded from, to;

	step(as, NR_OPEN, LINX_BUDGET_FULL, LINX_BUDGET_SCALARS);
	assembly_event(as);
	assert_int_equal(linx_event_get_kind(as->ev), LINX_EVENT_BUDGET);
	assert_string_equal(linx_event_get_name(as->ev), "open");
	assert_int_equal(linx_event_get_nr(as->ev), NR_OPEN);
	assert_int_equal(linx_event_get_budget(as->ev, &from, &to), 0);
	assert_int_equal(from, LINX_RECORDED_ALL);
	assert_int_equal(to, LINX_RECORDED_SCALARS);
}

static void a_number_without_a_name(void **state)
{
	struct assembly *as = *state;

	step(as, 999, LINX_BUDGET_SCALARS, LINX_BUDGET_COUNTS);
	assembly_event(as);
	assert_string_equal(linx_event_get_name(as->ev), "syscall_999");
	step(as, 5000, LINX_BUDGET_SCALARS, LINX_BUDGET_COUNTS);
	assembly_event(as);
	assert_string_equal(linx_event_get_name(as->ev), "syscall_5000");
}

/* An unknown level, of a newer module or of damaged data, is ignored. */
static void an_unknown_level(void **state)
{
	struct assembly *as = *state;

	step(as, NR_OPEN, LINX_BUDGET_COUNTS + 1, LINX_BUDGET_FULL);
	assert_null(assembly_feed(as));
}

static void printed(void **state)
{
	struct assembly *as = *state;

	assembly_format(as, LINX_FORMAT_JSON, NULL);
	step(as, NR_OPEN, LINX_BUDGET_SCALARS, LINX_BUDGET_COUNTS);
	assembly_event(as);
	assert_non_null(strstr(assembly_print(as), "\"kind\":\"budget\""));
	assert_non_null(strstr(as->text, "\"abi\":\"x86_64\",\"syscall\":\"open\",\"from\":\"scalars\",\"to\":\"counts\",\"counted\":7}"));
	assembly_format(as, LINX_FORMAT_TEXT, NULL);
	step(as, NR_OPEN, LINX_BUDGET_COUNTS, LINX_BUDGET_FULL);
	assembly_event(as);
	assert_non_null(strstr(assembly_print(as), "--- budget: open on cpu 0: counts to full ---\n"));
	assembly_format(as, LINX_FORMAT_STRACE, NULL);
	assert_string_equal(assembly_print(as), "");
}

static void no_other_kind_has_a_step(void **state)
{
	struct assembly *as = *state;
	enum linx_recorded from, to;

	record_exit(&as->r, TID, NR_CLOSE, 0, ARGS(3));
	assembly_event(as);
	assert_int_equal(linx_event_get_budget(as->ev, &from, &to), -ENODATA);
	assert_int_equal(linx_event_get_flags(as->ev) & LINX_EVENT_SCALARS, 0);
}

static void a_return_without_values(void **state)
{
	struct assembly *as = *state;

	assembly_meet(as, TID, TID, "cat");
	assembly_format(as, LINX_FORMAT_JSON, NULL);
	as->r.flags = LINX_RF_SCALARS;
	record_exit(&as->r, TID, NR_OPEN, 3, ARGS(0x1000, 0, 0));
	as->r.flags = 0;
	assembly_event(as);
	assert_int_equal(linx_event_get_flags(as->ev), LINX_EVENT_SCALARS);
	assert_non_null(strstr(assembly_print(as), "\"scalars\""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ASSEMBLY_TEST(a_step_names_its_call),
		ASSEMBLY_TEST(a_number_without_a_name),
		ASSEMBLY_TEST(an_unknown_level),
		ASSEMBLY_TEST(printed),
		ASSEMBLY_TEST(no_other_kind_has_a_step),
		ASSEMBLY_TEST(a_return_without_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
