// SPDX-License-Identifier: LGPL-2.1-or-later
/* The controlling terminal of a process is kept if a record lacks it. */
#include "assembly.h"
#include "libuser/event/join.h"

static void meet_in(struct assembly *as, uint32_t tid, uint32_t sid, uint32_t tty, uint32_t flags)
{
	struct linx_ctx ctx = record_ctx(tid, tid, 1, "known");
	struct linx_who who = { .sid = sid, .tty = tty, .pgid = tty, .flags = flags };

	record_context(&as->r, LINX_REC_TASK, tid, &ctx);
	record_val(&as->r, LINX_FIELD_WHO, LINX_VAL_BYTES, LINX_WHOLE, &who, sizeof(who), sizeof(who));
	assembly_event(as);
}

static void meet(struct assembly *as, uint32_t tid, uint32_t tty, uint32_t flags)
{
	meet_in(as, tid, 5, tty, flags);
}

/*
 * A record lacks the terminal if another task held the terminal's lock, or if the kernel has PREEMPT_RT. The process
 * then keeps the terminal of an earlier record.
 */
static void a_terminal_that_is_not_recorded_stays(void **state)
{
	struct assembly *as = *state;

	meet(as, 10, 34816, 0);
	assert_int_equal(as->ev->task->process->tty, 34816);
	meet(as, 10, 0, LINX_WHO_NO_TTY);
	assert_int_equal(as->ev->task->process->pgid, 0);
	assert_int_equal(as->ev->task->process->tty, 34816);
}

static void a_terminal_that_was_given_up_goes(void **state)
{
	struct assembly *as = *state;

	meet(as, 10, 34816, 0);
	meet(as, 10, 0, 0);
	assert_int_equal(as->ev->task->process->tty, 0);
}

static void a_new_session_has_none(void **state)
{
	struct assembly *as = *state;

	meet(as, 10, 34816, 0);
	meet_in(as, 10, 10, 0, LINX_WHO_NO_TTY);
	assert_int_equal(as->ev->task->process->sid, 10);
	assert_int_equal(as->ev->task->process->tty, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ASSEMBLY_TEST(a_terminal_that_is_not_recorded_stays),
		ASSEMBLY_TEST(a_terminal_that_was_given_up_goes),
		ASSEMBLY_TEST(a_new_session_has_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
