// SPDX-License-Identifier: LGPL-2.1-or-later
/* Tests entries for which there is no memory to keep them: the values at return do not count as the values at entry. */
#include "assembly.h"
#include "failing_memory.h"
#include "libuser/event/join.h"

#if CAN_FAIL
#define TID 300

static int enter(struct assembly *as)
{
	const struct linx_event *ev;
	struct linx_group g;
	int ret;

	record_enter(&as->r, TID, NR_OPENAT, ARGS(AT_FDCWD_ARG, 0x1000, 0, 0));
	record_str(&as->r, 1, "/at entry");
	g = record_group(&as->r);
	failing = FAIL_CALLOC | FAIL_REALLOC;
	ret = linx_assembler_feed(as->a, &g, &ev);
	failing = 0;
	return ret;
}

static void returns(struct assembly *as, unsigned int state)
{
	record_exit(&as->r, TID, NR_OPENAT, 3, ARGS(AT_FDCWD_ARG, 0x1000, 0, 0));
	record_str(&as->r, 1, "/at return");
	assembly_event(as);
	assert_int_equal(as->ev->in[1].state, state);
	assert_int_equal(as->ev->late, state == LINX_LATE);
}

/* linx_next() fails once for an entry whose allocation fails, and the stream goes on. */
static void without_memory_for_an_entry(void **state)
{
	struct assembly *as = *state;

	assembly_meet(as, TID, TID, "cat");
	assert_int_equal(enter(as), -ENOMEM);
	returns(as, LINX_LATE);
	returns(as, LINX_WHOLE);
}

/*
 * An entry of a task for which there is no memory is delivered at once, and the values of the return count as late,
 * whether the task is still unknown at the return, or a context record has announced it by then.
 */
static void without_memory_for_a_task(void **state)
{
	struct assembly *as = *state;

	assert_int_equal(enter(as), 1);
	assert_true(as->a->ev.flags & LINX_EVENT_UNFINISHED);
	returns(as, LINX_LATE);
	assert_int_equal(enter(as), 1);
	assembly_meet(as, TID, TID, "cat");
	returns(as, LINX_LATE);
	returns(as, LINX_WHOLE);
}
#else
static void without_memory_for_an_entry(void **state)
{
	(void)state;
	skip();
}

static void without_memory_for_a_task(void **state)
{
	(void)state;
	skip();
}
#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
		ASSEMBLY_TEST(without_memory_for_an_entry),
		ASSEMBLY_TEST(without_memory_for_a_task),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
