// SPDX-License-Identifier: LGPL-2.1-or-later
/* exec: its return has no arguments, may have another call number, and may have another thread's id. */
#include "assembly.h"
#include "libuser/event/join.h"
#include "libuser/table/select.h"

#define TID 100

static void is_text(const struct linx_value *v, const char *text, uint8_t state)
{
	assert_int_equal(v->state, state);
	assert_int_equal(v->size, strlen(text));
	assert_memory_equal(v->data, text, v->size);
}

/* Adds a string vector of "count" strings, of which the first "stored" are captured: "true" and "-x". */
static void put_argv(struct assembly *as, uint32_t count, uint32_t stored, uint8_t state)
{
	struct {
		struct linx_strv head;
		char text[8];
	} v = { { count, stored, 0 }, "true\0-x" };

	record_val(&as->r, 1, LINX_VAL_STRV, state, &v, sizeof(v), sizeof(v));
}

static void enter_exec(struct assembly *as, const char *path, bool argv)
{
	record_enter(&as->r, TID, NR_EXECVE, ARGS(0x1000, 0x2000, 0x3000));
	if (path)
		record_str(&as->r, 0, path);
	else
		record_val(&as->r, 0, LINX_VAL_STR, LINX_UNREADABLE, "", 0, UINT32_MAX);
	if (argv)
		put_argv(as, 2, 2, LINX_WHOLE);
	else
		record_val(&as->r, 1, LINX_VAL_STRV, LINX_UNREADABLE, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", sizeof(struct linx_strv),
			   UINT32_MAX);
	assert_null(assembly_feed(as));
}

static void exec_record(struct assembly *as, uint32_t old_tid, const char *interp)
{
	struct linx_ctx ctx = record_ctx(TID, TID, 1, "true");

	ctx.code = old_tid;
	record_context(&as->r, LINX_REC_EXEC, TID, &ctx);
	record_str(&as->r, LINX_FIELD_EXE, "/usr/bin/true");
	record_val(&as->r, LINX_FIELD_ARGV, LINX_VAL_STRINGS, LINX_WHOLE, "true\0-y", 8, 8);
	record_str(&as->r, LINX_FIELD_FILENAME, "/bin/true");
	if (interp)
		record_str(&as->r, LINX_FIELD_INTERP, interp);
	assembly_event(as);
	assert_int_equal(as->ev->kind, LINX_EVENT_EXEC);
	assert_string_equal(as->ev->task->process->exe.data, "/usr/bin/true");
	assert_string_equal(as->ev->task->comm, "true");
}

static const struct linx_event *exit_exec(struct assembly *as, int nr)
{
	as->r.flags = LINX_RF_ARGS_GONE;
	record_exit(&as->r, TID, nr, 0, NO_ARGS);
	return assembly_feed(as);
}

static void success_has_the_entrys_arguments(void **state)
{
	struct assembly *as = *state;

	enter_exec(as, "/bin/true", true);
	exec_record(as, TID, NULL);
	assert_non_null(exit_exec(as, NR_EXECVE));
	assert_false(as->ev->args_gone);
	assert_int_equal(as->ev->args[1], 0x2000);
	is_text(&as->ev->in[0], "/bin/true", LINX_WHOLE);
	assert_int_equal(as->ev->in[1].state, LINX_WHOLE);
	is_text(&as->ev->field[LINX_FIELD_EXE], "/usr/bin/true", LINX_WHOLE);
	assert_string_equal(as->ev->ctx->comm, "true");
	assert_false(as->ev->flags & LINX_EVENT_RACED);
}

static void return_by_another_abis_number(void **state)
{
	struct assembly *as = *state;

	enter_exec(as, "/bin/true", true);
	exec_record(as, TID, NULL);
	as->r.abi = LINX_ABI_I386;
	assert_non_null(exit_exec(as, 11));
	assert_int_equal(as->ev->nr, NR_EXECVE);
	assert_int_equal(as->ev->abi, LINX_ABI_X86_64);
	is_text(&as->ev->in[0], "/bin/true", LINX_WHOLE);
}

static void what_exec_knew_fills_in(void **state)
{
	struct assembly *as = *state;

	enter_exec(as, NULL, false);
	exec_record(as, TID, NULL);
	assert_non_null(exit_exec(as, NR_EXECVE));
	is_text(&as->ev->in[0], "/bin/true", LINX_LATE);
	assert_int_equal(as->ev->in[1].state, LINX_LATE);
	assert_int_equal(as->ev->in[1].kind, LINX_VAL_STRINGS);
}

/*
 * The values of the entry are not compared with those that the kernel used (in the EXEC record) if there is no memory
 * to keep the latter.
 */
static void without_room_nothing_is_compared(void **state)
{
	struct assembly *as = *state;
	struct linx_ctx ctx = record_ctx(TID, TID, 1, "true");

	ctx.code = TID;
	assembly_meet(as, TID, TID, "sh");
	enter_exec(as, "/bin/another", true);
	linx_tasks_limit(as->a->tasks, 0);
	record_context(&as->r, LINX_REC_EXEC, TID, &ctx);
	record_str(&as->r, LINX_FIELD_FILENAME, "/bin/true");
	assembly_event(as);
	assert_non_null(exit_exec(as, NR_EXECVE));
	is_text(&as->ev->in[0], "/bin/another", LINX_LATE);
	assert_int_equal(as->ev->in[1].state, LINX_LATE);
	assert_int_equal(as->ev->flags, 0);
	linx_tasks_limit(as->a->tasks, 100000);
	enter_exec(as, "/bin/another", true);
	exec_record(as, TID, NULL);
	assert_non_null(exit_exec(as, NR_EXECVE));
	is_text(&as->ev->in[0], "/bin/another", LINX_WHOLE);
	assert_int_equal(as->ev->flags, LINX_EVENT_RACED);
}

static void a_scripts_arguments_are_not_the_calls(void **state)
{
	struct assembly *as = *state;

	enter_exec(as, "/bin/true", false);
	exec_record(as, TID, "/bin/sh");
	assert_non_null(exit_exec(as, NR_EXECVE));
	assert_int_equal(as->ev->in[1].state, LINX_UNREADABLE);
}

static void another_file_name_is_raced(void **state)
{
	struct assembly *as = *state;

	enter_exec(as, "/bin/false", true);
	exec_record(as, TID, NULL);
	assert_non_null(exit_exec(as, NR_EXECVE));
	assert_true(as->ev->flags & LINX_EVENT_RACED);
	is_text(&as->ev->in[0], "/bin/false", LINX_WHOLE);
	assert_int_equal(as->ev->raced, 1);
	is_text(&as->ev->used[0], "/bin/true", LINX_WHOLE);
}

static void without_an_entry_the_record_decides(void **state)
{
	struct assembly *as = *state;

	exec_record(as, TID, NULL);
	assert_non_null(exit_exec(as, NR_EXECVE));
	assert_true(as->ev->args_gone);
	is_text(&as->ev->in[0], "/bin/true", LINX_LATE);
	assert_int_equal(as->ev->in[1].state, LINX_LATE);
	assert_int_equal(as->ev->in[2].state, 0);
}

/* A signal mask in the record of a call other than sigreturn is in no later event. */
static void a_mask_is_of_sigreturn_alone(void **state)
{
	static const uint64_t mask = 2;
	struct assembly *as = *state;
	struct linx_value v;

	enter_exec(as, "/bin/true", true);
	exec_record(as, TID, NULL);
	as->r.flags = LINX_RF_ARGS_GONE;
	record_exit(&as->r, TID, NR_EXECVE, 0, NO_ARGS);
	record_val(&as->r, LINX_FIELD_SIGMASK, LINX_VAL_BYTES, LINX_WHOLE, &mask, sizeof(mask), sizeof(mask));
	assembly_event(as);
	assert_int_equal(linx_event_get_value(as->ev, LINX_FIELD_SIGMASK, &v), -ENODATA);
	is_text(&as->ev->field[LINX_FIELD_EXE], "/usr/bin/true", LINX_WHOLE);
	record_exit(&as->r, TID, NR_GETPID, TID, NO_ARGS);
	assembly_event(as);
	for (unsigned int i = 0; i < 33; i++)
		assert_int_equal(linx_event_get_value(as->ev, i, &v), -ENODATA);
	record_enter(&as->r, TID, NR_SIGRETURN, NO_ARGS);
	record_val(&as->r, LINX_FIELD_SIGMASK, LINX_VAL_BYTES, LINX_WHOLE, &mask, sizeof(mask), sizeof(mask));
	assert_null(assembly_feed(as));
	record_exit(&as->r, TID, -1, 0, NO_ARGS);
	assembly_event(as);
	assert_int_equal(linx_event_get_value(as->ev, LINX_FIELD_SIGMASK, &v), 0);
	assert_memory_equal(v.data, &mask, sizeof(mask));
}

static void nothing_is_known_without_both(void **state)
{
	struct assembly *as = *state;

	assert_non_null(exit_exec(as, NR_EXECVE));
	assert_true(as->ev->args_gone);
	assert_int_equal(as->ev->in[0].state, 0);
	assert_null(as->ev->ctx);
}

static void exec_record_does_not_outlive_its_call(void **state)
{
	struct assembly *as = *state;

	exec_record(as, TID, NULL);
	record_exit(&as->r, TID, NR_GETPID, TID, NO_ARGS);
	assembly_event(as);
	assert_non_null(exit_exec(as, NR_EXECVE));
	assert_null(as->ev->ctx);
}

static void a_failed_exec_pairs_as_any_call(void **state)
{
	struct assembly *as = *state;

	enter_exec(as, "/bin/none", true);
	record_exit(&as->r, TID, NR_EXECVE, -2, ARGS(0x1000, 0x2000, 0x3000));
	assembly_event(as);
	assert_true(as->ev->has_entry_time);
	is_text(&as->ev->in[0], "/bin/none", LINX_WHOLE);
}

/* Announces (by context records) a process with a second thread, 101. */
static void meet_two(struct assembly *as)
{
	struct linx_ctx ctx = record_ctx(101, TID, 1, "thread");

	assembly_meet(as, TID, TID, "leader");
	ctx.flags = LINX_CTX_THREAD;
	record_context(&as->r, LINX_REC_FORK, TID, &ctx);
	assembly_event(as);
}

static void a_thread_takes_the_leaders_id(void **state)
{
	struct assembly *as = *state;

	meet_two(as);
	record_enter(&as->r, 101, NR_EXECVE, ARGS(0x1000, 0x2000, 0x3000));
	record_str(&as->r, 0, "/bin/true");
	put_argv(as, 2, 2, LINX_WHOLE);
	assert_null(assembly_feed(as));
	exec_record(as, 101, NULL);
	assert_int_equal(as->ev->task->tid, TID);
	assert_non_null(exit_exec(as, NR_EXECVE));
	assert_true(as->ev->has_entry_time);
	is_text(&as->ev->in[0], "/bin/true", LINX_WHOLE);
	assert_int_equal(as->ev->task->tid, TID);
	/* The id that the thread had before the exec is free. */
	record_exit(&as->r, 101, NR_GETPID, TID, NO_ARGS);
	assembly_event(as);
	assert_null(as->ev->task);
}

/* A leader is superseded only while the exec of another thread is under way. */
static void superseded_leaders(void **state)
{
	struct assembly *as = *state;
	struct linx_ctx leader = record_ctx(TID, TID, 1, "leader");

	meet_two(as);
	record_enter(&as->r, 101, NR_EXECVE, ARGS(0x1000, 0x2000, 0x3000));
	assert_null(assembly_feed(as));
	record_exit(&as->r, 101, NR_EXECVE, -2, ARGS(0x1000, 0x2000, 0x3000));
	assembly_event(as);
	record_context(&as->r, LINX_REC_TASK_EXIT, TID, &leader);
	assembly_event(as);
	assert_int_equal(as->ev->superseded_by, 0);
	assembly_meet(as, TID, TID, "leader");
	record_enter(&as->r, 101, NR_EXECVE, ARGS(0x1000, 0x2000, 0x3000));
	assert_null(assembly_feed(as));
	record_context(&as->r, LINX_REC_TASK_EXIT, TID, &leader);
	assembly_event(as);
	assert_int_equal(as->ev->superseded_by, 101);
}

static void skipped_until_exec(void **state)
{
	struct assembly *as = *state;

	assert_int_equal(linx_assembler_skip(as->a, TID), 0);
	record_exit(&as->r, TID, NR_CLOSE, 0, ARGS(3));
	assert_null(assembly_feed(as));
	enter_exec(as, "/bin/none", true);
	record_exit(&as->r, TID, NR_EXECVE, -2, ARGS(0x1000, 0x2000, 0x3000));
	assembly_event(as);
	record_exit(&as->r, TID, NR_CLOSE, 0, ARGS(3));
	assembly_event(as);
}

/* The events of a skipped task are not delivered before its exec. */
static void skipped_tasks_are_not_delivered(void **state)
{
	struct assembly *as = *state;
	struct linx_ctx ctx = record_ctx(TID, TID, 1, "linxcap");

	linx_assembler_skip(as->a, TID);
	record_context(&as->r, LINX_REC_TASK, TID, &ctx);
	assert_null(assembly_feed(as));
	exec_record(as, TID, NULL);
	assert_int_equal(as->ev->task->ppid, 1);
	assert_non_null(exit_exec(as, NR_EXECVE));
	assert_string_equal(as->ev->task->comm, "true");
	/* A skipped task that never calls exec ends without an event, and is forgotten. */
	ctx = record_ctx(200, 200, 1, "linxcap");
	linx_assembler_skip(as->a, 200);
	record_context(&as->r, LINX_REC_TASK, 200, &ctx);
	assert_null(assembly_feed(as));
	record_context(&as->r, LINX_REC_TASK_EXIT, 200, &ctx);
	assert_null(assembly_feed(as));
	record_exit(&as->r, 200, NR_CLOSE, 0, ARGS(3));
	assembly_event(as);
	assert_null(as->ev->task);
}

static void skipping_ends_with_an_exec_that_was_not_selected(void **state)
{
	struct assembly *as = *state;

	linx_assembler_skip(as->a, TID);
	exec_record(as, TID, NULL);
	record_exit(&as->r, TID, NR_CLOSE, 0, ARGS(3));
	assembly_event(as);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ASSEMBLY_TEST(success_has_the_entrys_arguments),
		ASSEMBLY_TEST(return_by_another_abis_number),
		ASSEMBLY_TEST(what_exec_knew_fills_in),
		ASSEMBLY_TEST(a_scripts_arguments_are_not_the_calls),
		ASSEMBLY_TEST(another_file_name_is_raced),
		ASSEMBLY_TEST(without_an_entry_the_record_decides),
		ASSEMBLY_TEST(a_mask_is_of_sigreturn_alone),
		ASSEMBLY_TEST(nothing_is_known_without_both),
		ASSEMBLY_TEST(exec_record_does_not_outlive_its_call),
		ASSEMBLY_TEST(a_failed_exec_pairs_as_any_call),
		ASSEMBLY_TEST(a_thread_takes_the_leaders_id),
		ASSEMBLY_TEST(without_room_nothing_is_compared),
		ASSEMBLY_TEST(skipped_until_exec),
		ASSEMBLY_TEST(skipped_tasks_are_not_delivered),
		ASSEMBLY_TEST(superseded_leaders),
		ASSEMBLY_TEST(skipping_ends_with_an_exec_that_was_not_selected),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
