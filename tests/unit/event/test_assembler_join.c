// SPDX-License-Identifier: LGPL-2.1-or-later
/* Tests which entries and returns are joined to one event of a call, and which are not. */
#include "libuser/base/array_size.h"
#include "assembly.h"
#include "libuser/event/join.h"
#include "libuser/table/select.h"

#define TID 100

static void enter_openat(struct assembly *as, const char *path)
{
	record_enter(&as->r, TID, NR_OPENAT, ARGS(AT_FDCWD_ARG, 0x1000, 0, 0));
	if (path)
		record_str(&as->r, 1, path);
	else
		record_val(&as->r, 1, LINX_VAL_STR, LINX_UNREADABLE, "", 0, UINT32_MAX);
	assert_null(assembly_feed(as));
}

static void exit_openat(struct assembly *as, const char *path)
{
	record_exit(&as->r, TID, NR_OPENAT, 3, ARGS(AT_FDCWD_ARG, 0x1000, 0, 0));
	record_str(&as->r, 1, path);
	assembly_event(as);
}

static void is_text(const struct linx_value *v, const char *text, uint8_t state)
{
	assert_int_equal(v->state, state);
	assert_int_equal(v->size, strlen(text));
	assert_memory_equal(v->data, text, v->size);
}

static void return_alone_is_folded(void **state)
{
	struct assembly *as = *state;

	exit_openat(as, "/etc/passwd");
	assert_false(as->ev->entry);
	assert_true(as->ev->has_ret);
	assert_false(as->ev->has_entry_time);
	assert_int_equal(as->ev->ret, 3);
	assert_int_equal(as->ev->nargs, 4);
	is_text(&as->ev->in[1], "/etc/passwd", LINX_WHOLE);
	assert_int_equal(as->ev->flags, LINX_EVENT_STALE); /* task 100 has no context record yet */
	assert_null(as->ev->task);
}

static void entry_and_return_are_one(void **state)
{
	struct assembly *as = *state;
	uint64_t entered, ns;

	assembly_meet(as, TID, TID, "cat");
	enter_openat(as, "/etc/passwd");
	entered = as->r.time;
	exit_openat(as, "/etc/passwd");
	assert_int_equal(as->ev->flags, 0);
	assert_true(as->ev->has_entry_time);
	assert_int_equal(as->ev->entry_time, entered);
	assert_int_equal(linx_event_get_duration_ns(as->ev, &ns), 0);
	assert_int_equal(ns, 1000);
	is_text(&as->ev->in[1], "/etc/passwd", LINX_WHOLE);
}

static void unreadable_at_entry_is_late(void **state)
{
	struct assembly *as = *state;

	enter_openat(as, NULL);
	exit_openat(as, "/etc/passwd");
	is_text(&as->ev->in[1], "/etc/passwd", LINX_LATE);
	assert_false(as->ev->flags & LINX_EVENT_RACED);
}

static void other_bytes_at_return_are_raced(void **state)
{
	struct assembly *as = *state;
	struct linx_value v;

	enter_openat(as, "/etc/passwd");
	exit_openat(as, "/etc/shadow");
	is_text(&as->ev->in[1], "/etc/passwd", LINX_WHOLE);
	assert_true(as->ev->flags & LINX_EVENT_RACED);
	assert_int_equal(as->ev->raced, 1u << 1);
	is_text(&as->ev->used[1], "/etc/shadow", LINX_WHOLE);
	assert_int_equal(linx_event_get_raced_value(as->ev, 1, &v), 0);
	is_text(&v, "/etc/shadow", LINX_WHOLE);
	assert_int_equal(linx_event_get_raced_value(as->ev, 0, &v), -ENODATA);
	assert_int_equal(linx_event_get_raced_value(as->ev, LINX_NARGS, &v), -ENODATA);
	enter_openat(as, "/etc/pass");
	exit_openat(as, "/etc/passwd");
	assert_true(as->ev->flags & LINX_EVENT_RACED);
	/* the values of this event do not appear in the next one */
	enter_openat(as, "/etc/passwd");
	exit_openat(as, "/etc/passwd");
	assert_false(as->ev->flags & LINX_EVENT_RACED);
	assert_int_equal(linx_event_get_raced_value(as->ev, 1, &v), -ENODATA);
}

/* Feeds a record which shows that the return of the call before it was lost, so that the entry is delivered first. */
static void had_no_return(struct assembly *as, int nr)
{
	assembly_event(as);
	assert_int_equal(as->ev->nr, nr);
	assert_true(as->ev->entry);
	assert_int_equal(as->ev->flags & (LINX_EVENT_UNFINISHED | LINX_EVENT_CUT), LINX_EVENT_UNFINISHED);
}

static void another_calls_return_takes_no_entry(void **state)
{
	struct assembly *as = *state;

	enter_openat(as, "/etc/passwd");
	record_exit(&as->r, TID, NR_READ, 0, ARGS(3, 0x2000, 10));
	had_no_return(as, NR_OPENAT);
	is_text(&as->ev->in[1], "/etc/passwd", LINX_WHOLE);
	assert_non_null(assembly_more(as));
	assert_int_equal(as->ev->nr, NR_READ);
	assert_false(as->ev->has_entry_time);
	assert_null(assembly_more(as));
	exit_openat(as, "/etc/shadow");
	assert_false(as->ev->has_entry_time);
	assert_false(as->ev->flags & LINX_EVENT_RACED);
}

/*
 * A return and an entry were lost between an entry and a return. If the registers of entry and return differ, two
 * events are delivered. If the registers are equal, only the reported loss shows that the entry's values may be of
 * another call, and the values count as late.
 */
static void another_return_of_the_same_call(void **state)
{
	struct linx_gap gap = { .first_seq = 1, .lost = { 2 } };
	struct assembly *as = *state;

	enter_openat(as, "/etc/passwd");
	record_exit(&as->r, TID, NR_OPENAT, 3, ARGS(AT_FDCWD_ARG, 0x1000, 0101, 0600));
	record_str(&as->r, 1, "/etc/motd");
	had_no_return(as, NR_OPENAT);
	is_text(&as->ev->in[1], "/etc/passwd", LINX_WHOLE);
	assert_int_equal(as->ev->args[2], 0);
	assert_non_null(assembly_more(as));
	is_text(&as->ev->in[1], "/etc/motd", LINX_WHOLE);
	assert_int_equal(as->ev->args[2], 0101);
	assert_false(as->ev->has_entry_time);
	assert_null(assembly_more(as));

	enter_openat(as, "/etc/passwd");
	gap.last_time = as->r.time;
	record_gap(&as->r, &gap);
	assembly_event(as);
	exit_openat(as, "/etc/passwd");
	is_text(&as->ev->in[1], "/etc/passwd", LINX_LATE);
	assert_true(as->ev->late);
	assert_false(as->ev->has_entry_time);
	enter_openat(as, "/etc/passwd");
	record_gap(&as->r, &gap); /* a loss before the entry */
	assembly_event(as);
	exit_openat(as, "/etc/passwd");
	is_text(&as->ev->in[1], "/etc/passwd", LINX_WHOLE);
	assert_true(as->ev->has_entry_time);
	/* the entry may be of another call, and its value differs from that of the return: both values are delivered */
	enter_openat(as, "/etc/passwd");
	linx_assembler_lost(as->a, as->r.time, false);
	exit_openat(as, "/etc/shadow");
	is_text(&as->ev->in[1], "/etc/passwd", LINX_LATE);
	assert_true(as->ev->flags & LINX_EVENT_RACED);
}

/*
 * The calls that trampolines of uprobes make return with the number -1. Such a return belongs to the task's last entry.
 */
static void trampolines_return_as_minus_one(void **state)
{
	enum { URETPROBE = 335, UPROBE = 336 };
	struct assembly *as = *state;

	for (int nr = URETPROBE; nr <= UPROBE; nr++) {
		record_enter(&as->r, TID, nr, NO_ARGS);
		assert_null(assembly_feed(as));
		record_exit(&as->r, TID, -1, 77, ARGS(1, 2, 3, 4, 5, 6));
		assembly_event(as);
		assert_int_equal(as->ev->nr, nr);
		assert_false(as->ev->flags & LINX_EVENT_UNFINISHED);
		assert_null(assembly_more(as));
	}
}

/* An entry that follows another entry of the task shows that the return of the first call was lost. */
static void an_entry_after_an_entry(void **state)
{
	struct assembly *as = *state;

	enter_openat(as, "/etc/shadow");
	record_enter(&as->r, TID, NR_OPENAT, ARGS(AT_FDCWD_ARG, 0x1000, 0, 0));
	record_str(&as->r, 1, "/tmp/harmless");
	had_no_return(as, NR_OPENAT);
	is_text(&as->ev->in[1], "/etc/shadow", LINX_WHOLE);
	assert_null(assembly_more(as));
	exit_openat(as, "/tmp/harmless");
	is_text(&as->ev->in[1], "/tmp/harmless", LINX_WHOLE);
	assert_true(as->ev->has_entry_time);
}

static void same_number_of_another_abi_does_not_pair(void **state)
{
	struct assembly *as = *state;

	record_enter(&as->r, TID, 5, ARGS(1, 2, 3));
	assert_null(assembly_feed(as));
	as->r.abi = LINX_ABI_I386;
	record_exit(&as->r, TID, 5, 4, ARGS(0xffffffff00001000, 0, 0));
	had_no_return(as, 5);
	assert_non_null(assembly_more(as));
	assert_false(as->ev->has_entry_time);
	assert_string_equal(linx_event_get_name(as->ev), "open");
	assert_int_equal(as->ev->args[0], 0x1000);
}

static void sigreturn_returns_as_minus_one(void **state)
{
	struct assembly *as = *state;

	record_enter(&as->r, TID, NR_SIGRETURN, NO_ARGS);
	assert_null(assembly_feed(as));
	record_exit(&as->r, TID, -1, -4, ARGS(1, 2, 3, 4, 5, 6));
	assembly_event(as);
	assert_int_equal(as->ev->nr, NR_SIGRETURN);
	assert_string_equal(linx_event_get_name(as->ev), "rt_sigreturn");
	assert_int_equal(as->ev->ret, -4);
	assert_int_equal(as->ev->nargs, 0);
	/* A return without an entry is shown as a call of that number. */
	record_exit(&as->r, TID, -1, -38, ARGS(1, 2, 3, 4, 5, 6));
	assembly_event(as);
	assert_string_equal(linx_event_get_name(as->ev), "syscall_-1");
}

static void minus_one_is_wanted_only_with_all(void **state)
{
	struct assembly *as = *state;
	struct linx_select sel;
	struct linx_error err;

	linx_table_select(as->table, "rt_sigreturn", &sel, &err);
	linx_assembler_select(as->a, &sel);
	record_exit(&as->r, TID, -1, -38, ARGS(1, 2, 3, 4, 5, 6));
	assert_null(assembly_feed(as));
	linx_table_select(as->table, "!read", &sel, &err);
	linx_assembler_select(as->a, &sel);
	record_exit(&as->r, TID, -1, -38, ARGS(1, 2, 3, 4, 5, 6));
	assembly_event(as);
}

/* socketcall with a number that stands for no call matches only if socketcall itself is selected. */
static void a_whole_is_not_a_part(void **state)
{
	enum { I386_SOCKETCALL = 102 };
	static const struct {
		const char *set;
		bool shown;
	} sets[] = { { "accept", false }, { "%ipc,accept4", false }, { "read,%unnamed", false }, { "socketcall", true },
		     { "!accept", true }, { "!socketcall", false }, { "all", true } };
	struct assembly *as = *state;
	struct linx_error err;

	as->r.abi = LINX_ABI_I386;
	for (size_t i = 0; i < ARRAY_SIZE(sets); i++) {
		struct linx_select sel;

		linx_table_select(as->table, sets[i].set, &sel, &err);
		linx_assembler_select(as->a, &sel);
		record_exit(&as->r, TID, I386_SOCKETCALL, -22, ARGS(0, 0));
		if (!assembly_feed(as) == sets[i].shown)
			fail_msg("%s", sets[i].set);
	}
}

static void selection_narrows_but_joining_goes_on(void **state)
{
	struct assembly *as = *state;
	struct linx_select sel;
	struct linx_error err;

	linx_table_select(as->table, "openat,exit_group", &sel, &err);
	linx_assembler_select(as->a, &sel);
	record_exit(&as->r, TID, NR_READ, 0, ARGS(3, 0x2000, 10));
	assert_null(assembly_feed(as));
	enter_openat(as, "/etc/passwd");
	exit_openat(as, "/etc/passwd");
	assert_true(as->ev->has_entry_time);
	record_enter(&as->r, TID, NR_EXIT_GROUP, ARGS(0));
	assembly_event(as);
	linx_assembler_select(as->a, NULL);
	record_exit(&as->r, TID, NR_READ, 0, ARGS(3, 0x2000, 10));
	assembly_event(as);
}

static bool passes(struct assembly *as, int nr, int64_t ret)
{
	record_exit(&as->r, TID, nr, ret, ARGS(3, 0x2000, 10));
	return linx_assembler_passes(as->a, record_head(&as->r));
}

/* The header of a return's record alone decides whether the event is selected, if no entry waits for the return. */
static void heads_that_decide(void **state)
{
	struct assembly *as = *state;
	struct linx_select sel;
	struct linx_error err;

	assert_false(passes(as, NR_READ, 0));
	linx_table_select(as->table, "openat", &sel, &err);
	linx_assembler_select(as->a, &sel);
	assert_true(passes(as, NR_READ, 0));
	assert_true(passes(as, NR_READ, -4));
	assert_false(passes(as, NR_READ, -516)); /* after this result the call may continue as restart_syscall */
	assert_false(passes(as, NR_OPENAT, 3));
	assert_false(passes(as, NR_EXECVE, 0));
	assert_false(passes(as, -1, 0));
	assert_false(passes(as, LINX_NR_MAX, 0));
	record_enter(&as->r, TID, NR_READ, ARGS(3, 0x2000, 10));
	assert_false(linx_assembler_passes(as->a, record_head(&as->r)));
	enter_openat(as, "/etc/passwd");
	assert_false(passes(as, NR_READ, 0));
	exit_openat(as, "/etc/passwd");
	assert_true(passes(as, NR_READ, 0));
	linx_assembler_select(as->a, NULL);
	assert_false(passes(as, NR_READ, 0));
}

static void what_does_not_return_comes_at_once(void **state)
{
	struct assembly *as = *state;
	struct linx_ctx ctx = record_ctx(TID, TID, 1, "cat");
	const struct linx_event *ev;

	assembly_meet(as, TID, TID, "cat");
	record_enter(&as->r, TID, NR_EXIT_GROUP, ARGS(3));
	assembly_event(as);
	assert_true(as->ev->entry);
	assert_false(as->ev->has_ret);
	ctx.code = 3 << 8;
	record_context(&as->r, LINX_REC_TASK_EXIT, TID, &ctx);
	ev = assembly_event(as);
	assert_int_equal(ev->kind, LINX_EVENT_EXIT);
	assert_null(assembly_more(as));
}

static void entries_are_delivered_and_joined(void **state)
{
	struct assembly *as = *state;

	linx_assembler_entries(as->a, true);
	record_enter(&as->r, TID, NR_OPENAT, ARGS(AT_FDCWD_ARG, 0x1000, 0, 0));
	record_str(&as->r, 1, "/etc/passwd");
	assembly_event(as);
	assert_true(as->ev->entry);
	is_text(&as->ev->in[1], "/etc/passwd", LINX_WHOLE);
	exit_openat(as, "/etc/passwd");
	assert_false(as->ev->entry);
	assert_true(as->ev->has_entry_time);
}

static void killed_within_a_call_is_unfinished(void **state)
{
	struct assembly *as = *state;
	struct linx_ctx ctx = record_ctx(TID, TID, 1, "cat");

	assembly_meet(as, TID, TID, "cat");
	enter_openat(as, "/dev/tty");
	ctx.code = 9;
	record_context(&as->r, LINX_REC_TASK_EXIT, TID, &ctx);
	assembly_event(as);
	assert_int_equal(as->ev->kind, LINX_EVENT_SYSCALL);
	assert_int_equal(as->ev->flags, LINX_EVENT_UNFINISHED);
	is_text(&as->ev->in[1], "/dev/tty", LINX_WHOLE);
	assert_string_equal(as->ev->task->comm, "cat");
	assert_non_null(assembly_more(as));
	assert_int_equal(as->ev->kind, LINX_EVENT_EXIT);
	assert_int_equal(as->ev->ctx->code, 9);
	assert_string_equal(as->ev->task->comm, "cat");
	assert_null(assembly_more(as));
}

static void flush_gives_what_is_left_by_time(void **state)
{
	struct assembly *as = *state;
	const struct linx_event *ev;

	for (uint32_t tid = 300; tid > 290; tid--) {
		record_enter(&as->r, tid, NR_OPENAT, ARGS(AT_FDCWD_ARG, 0x1000, 0, 0));
		assert_null(assembly_feed(as));
	}
	for (uint32_t tid = 300; tid > 290; tid--) {
		assert_int_equal(linx_assembler_flush(as->a, &ev), 1);
		assert_int_equal(linx_event_get_tid(ev), tid);
		assert_true(ev->flags & LINX_EVENT_UNFINISHED);
	}
	assert_int_equal(linx_assembler_flush(as->a, &ev), 0);
	assert_int_equal(linx_assembler_flush(as->a, &ev), 0);
}

static void overwritten_input_is_not_shown(void **state)
{
	struct assembly *as = *state;
	uint64_t set = 0;

	record_exit(&as->r, TID, NR_SIGPROCMASK, 0, ARGS(2, 0x1000, 0x1000, 8));
	record_val(&as->r, 1, LINX_VAL_BYTES, LINX_WHOLE, &set, 8, 8);
	record_val(&as->r, 2, LINX_VAL_BYTES, LINX_WHOLE, &set, 8, 8);
	assembly_event(as);
	assert_int_equal(as->ev->in[1].state, LINX_UNAVAILABLE);
	assert_int_equal(as->ev->out[2].state, LINX_WHOLE);
	assembly_format(as, LINX_FORMAT_STRACE, NULL);
	record_exit(&as->r, TID, NR_SIGPROCMASK, 0, ARGS(2, 0x1000, 0x1000, 8));
	record_val(&as->r, 1, LINX_VAL_BYTES, LINX_WHOLE, &set, 8, 8);
	record_val(&as->r, 2, LINX_VAL_BYTES, LINX_WHOLE, &set, 8, 8);
	assembly_expect(as, "rt_sigprocmask(SIG_SETMASK, 0x1000, [], 8) = 0\n");
}

/*
 * Feeds a call with a path, captured at return, and with the text of a link that the call wrote at buf. Returns the
 * state of the path.
 */
static unsigned int path_beside(struct assembly *as, uint64_t path, uint64_t buf, const char *read, uint32_t written)
{
	static const char text[64];
	uint32_t len = (uint32_t)strlen(read);

	record_exit(&as->r, TID, NR_READLINK, written, ARGS(path, buf, 64));
	record_val(&as->r, 0, LINX_VAL_STR, LINX_WHOLE, read, len, len);
	record_val(&as->r, 1, LINX_VAL_BYTES, LINX_WHOLE, text, written, written);
	assembly_event(as);
	assert_int_equal(as->ev->out[1].state, LINX_WHOLE);
	return as->ev->in[0].state;
}

/*
 * If a call wrote its output over a part of its own input, the input is unavailable. If the output lies directly before
 * or after the input, the input is whole.
 */
static void partly_overwritten_input_is_not_shown(void **state)
{
	struct assembly *as = *state;

	assert_int_equal(path_beside(as, 0x1000, 0x1001, "/etc/other", 9), LINX_UNAVAILABLE);
	assert_int_equal(path_beside(as, 0x1000, 0x1004, "/etc", 1), LINX_UNAVAILABLE);
	assert_int_equal(path_beside(as, 0x1008, 0x1000, "her", 9), LINX_UNAVAILABLE);
	assert_int_equal(path_beside(as, 0x1000, 0x1005, "/etc", 9), LINX_WHOLE);
	assert_int_equal(path_beside(as, 0x1009, 0x1000, "/etc", 9), LINX_WHOLE);
}

/* The input of a sleep is not shown if the call wrote the remaining time over it, or over a part of it. */
static void overwritten_sleep_is_not_shown(void **state)
{
	struct assembly *as = *state;
	struct timespec left = { 1, 2 };

	assembly_format(as, LINX_FORMAT_STRACE, NULL);
	for (uint64_t rem = 0x1000; rem <= 0x1008; rem += 8) {
		record_exit(&as->r, TID, NR_NANOSLEEP, -516, ARGS(0x1000, rem));
		record_val(&as->r, 0, LINX_VAL_BYTES, LINX_WHOLE, &left, 16, 16);
		record_val(&as->r, 1, LINX_VAL_BYTES, LINX_WHOLE, &left, 16, 16);
		assembly_expect(as, "nanosleep(0x1000, {tv_sec=1, tv_nsec=2}) = ? ERESTART_RESTARTBLOCK "
				    "(Interrupted by signal)\n");
	}
	record_exit(&as->r, TID, NR_NANOSLEEP, -516, ARGS(0x1000, 0x2000));
	record_val(&as->r, 0, LINX_VAL_BYTES, LINX_WHOLE, &left, 16, 16);
	record_val(&as->r, 1, LINX_VAL_BYTES, LINX_WHOLE, &left, 16, 16);
	assembly_expect(as, "nanosleep({tv_sec=1, tv_nsec=2}, {tv_sec=1, tv_nsec=2}) = ? ERESTART_RESTARTBLOCK "
			    "(Interrupted by signal)\n");
}

static void a_step_back_in_time_is_no_duration(void **state)
{
	struct assembly *as = *state;
	uint64_t ns;

	as->r.time = 1000000;
	enter_openat(as, "/etc/passwd");
	as->r.time -= 5000;
	exit_openat(as, "/etc/passwd");
	assert_int_equal(linx_event_get_duration_ns(as->ev, &ns), -ENODATA);
}

static void wall_time_follows_the_newest_relation(void **state)
{
	struct assembly *as = *state;
	struct linx_clock c = { .stream = 1000, .realtime = 5000000 };

	linx_assembler_clock(as->a, &c);
	exit_openat(as, "/etc/passwd");
	assert_int_equal(linx_event_get_time_ns(as->ev), 5000000 + as->r.time - 1000);
	assert_int_equal(linx_event_get_stream_time_ns(as->ev), as->r.time);
}

/* A call number that does not fit into the header of a record is in a value of the record. */
static void far_numbers(void **state)
{
	static const int numbers[] = { LINX_REC_NR_OTHER - 1, LINX_REC_NR_OTHER, LINX_REC_NR_OTHER + 1, INT32_MAX, -2, INT32_MIN };
	struct assembly *as = *state;

	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		record_exit(&as->r, TID, numbers[i], -38, ARGS(1, 2, 3, 4, 5, 6));
		assert_int_equal(record_head(&as->r)->nvals, i != 0);
		assembly_event(as);
		assert_int_equal(linx_event_get_nr(as->ev), numbers[i]);
		assert_null(as->ev->call);
	}
	/* an entry and a return with different numbers beyond the header's range belong to two calls */
	record_enter(&as->r, TID, 2000, ARGS(1, 2, 3, 4, 5, 6));
	assert_null(assembly_feed(as));
	record_exit(&as->r, TID, 2001, -38, ARGS(7, 2, 3, 4, 5, 6));
	had_no_return(as, 2000);
	assert_non_null(assembly_more(as));
	assert_false(as->ev->has_entry_time);
	assert_int_equal(as->ev->args[0], 7);
	record_enter(&as->r, TID, 2000, ARGS(1, 2, 3, 4, 5, 6));
	assert_null(assembly_feed(as));
	record_exit(&as->r, TID, 2000, -38, ARGS(1, 2, 3, 4, 5, 6));
	assembly_event(as);
	assert_true(as->ev->has_entry_time);
	assert_int_equal(linx_event_get_nr(as->ev), 2000);
	/* if the value with the call number is missing, the number is shown as -1 */
	record_exit(&as->r, TID, 2000, -38, ARGS(1, 2, 3, 4, 5, 6));
	record_head(&as->r)->nvals = 0;
	assembly_event(as);
	assert_int_equal(linx_event_get_nr(as->ev), -1);
}

/*
 * Feeds an entry for which there is no memory to keep it until its return: the entry is delivered at once, and the
 * return is not compared with it.
 */
static void delivered_apart(struct assembly *as, unsigned int flags)
{
	record_enter(&as->r, TID, NR_OPENAT, ARGS(AT_FDCWD_ARG, 0x1000, 0, 0));
	record_str(&as->r, 1, "/etc/shadow");
	assembly_event(as);
	assert_true(as->ev->entry);
	assert_int_equal(as->ev->flags, flags);
	is_text(&as->ev->in[1], "/etc/shadow", LINX_WHOLE);
	exit_openat(as, "/tmp/harmless");
	assert_false(as->ev->entry);
	assert_int_equal(as->ev->flags & LINX_EVENT_UNFINISHED, 0);
	assert_true(as->ev->late);
	is_text(&as->ev->in[1], "/tmp/harmless", LINX_LATE);
}

static void without_room_they_are_two(void **state)
{
	struct assembly *as = *state;

	linx_tasks_limit(as->a->tasks, 0);
	delivered_apart(as, LINX_EVENT_STALE | LINX_EVENT_UNFINISHED); /* there is no memory to keep the task either */
	record_enter(&as->r, TID, NR_OPENAT, ARGS(AT_FDCWD_ARG, 0x1000, 0, 0));
	assembly_event(as);
	linx_tasks_limit(as->a->tasks, 100000);
	assembly_meet(as, TID, TID, "cat");
	linx_tasks_limit(as->a->tasks, 0);
	exit_openat(as, "/met in between");
	is_text(&as->ev->in[1], "/met in between", LINX_LATE);
	delivered_apart(as, LINX_EVENT_UNFINISHED);
	record_exit(&as->r, TID, NR_OPENAT, 3, ARGS(AT_FDCWD_ARG, 0x1000, 0, 0));
	record_str(&as->r, 1, "/another");
	assembly_event(as);
	is_text(&as->ev->in[1], "/another", LINX_WHOLE);
	linx_assembler_entries(as->a, true);
	delivered_apart(as, 0);
	linx_assembler_entries(as->a, false);
	linx_tasks_limit(as->a->tasks, 100000);
	enter_openat(as, "/etc/shadow");
	exit_openat(as, "/tmp/harmless");
	assert_int_equal(as->ev->flags, LINX_EVENT_RACED);
	is_text(&as->ev->in[1], "/etc/shadow", LINX_WHOLE);
	assert_int_equal(linx_assembler_flush(as->a, &as->ev), 0);
}

static void without_room_a_last_call_is_delivered(void **state)
{
	struct assembly *as = *state;
	struct linx_ctx ctx = record_ctx(TID, TID, 1, "cat");

	assembly_meet(as, TID, TID, "cat");
	linx_tasks_limit(as->a->tasks, 0);
	record_enter(&as->r, TID, NR_OPENAT, ARGS(AT_FDCWD_ARG, 0x1000, 0, 0));
	record_str(&as->r, 1, "/last");
	assembly_event(as);
	is_text(&as->ev->in[1], "/last", LINX_WHOLE);
	record_context(&as->r, LINX_REC_TASK_EXIT, TID, &ctx);
	assembly_event(as);
	assert_int_equal(as->ev->kind, LINX_EVENT_EXIT);
	assert_null(assembly_more(as));
}

/*
 * There is no memory to keep an entry, and its call is not selected: the return ends the call, though it makes no
 * event.
 */
static void without_room_what_is_not_selected(void **state)
{
	struct assembly *as = *state;
	struct linx_select sel;
	struct linx_error err;

	assembly_meet(as, TID, TID, "cat");
	linx_tasks_limit(as->a->tasks, 0);
	linx_table_select(as->table, "readlink", &sel, &err);
	linx_assembler_select(as->a, &sel);
	enter_openat(as, "/not selected");
	assert_false(passes(as, NR_READ, 0));
	record_exit(&as->r, TID, NR_OPENAT, 3, ARGS(AT_FDCWD_ARG, 0x1000, 0, 0));
	assert_null(assembly_feed(as));
	assert_true(passes(as, NR_READ, 0));
	record_exit(&as->r, TID, NR_READLINK, -2, ARGS(0x1000, 0x2000, 10));
	record_str(&as->r, 0, "/selected");
	assembly_event(as);
	is_text(&as->ev->in[0], "/selected", LINX_WHOLE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ASSEMBLY_TEST(return_alone_is_folded),
		ASSEMBLY_TEST(entry_and_return_are_one),
		ASSEMBLY_TEST(unreadable_at_entry_is_late),
		ASSEMBLY_TEST(other_bytes_at_return_are_raced),
		ASSEMBLY_TEST(another_calls_return_takes_no_entry),
		ASSEMBLY_TEST(another_return_of_the_same_call),
		ASSEMBLY_TEST(trampolines_return_as_minus_one),
		ASSEMBLY_TEST(an_entry_after_an_entry),
		ASSEMBLY_TEST(same_number_of_another_abi_does_not_pair),
		ASSEMBLY_TEST(sigreturn_returns_as_minus_one),
		ASSEMBLY_TEST(a_whole_is_not_a_part),
		ASSEMBLY_TEST(minus_one_is_wanted_only_with_all),
		ASSEMBLY_TEST(selection_narrows_but_joining_goes_on),
		ASSEMBLY_TEST(heads_that_decide),
		ASSEMBLY_TEST(what_does_not_return_comes_at_once),
		ASSEMBLY_TEST(entries_are_delivered_and_joined),
		ASSEMBLY_TEST(killed_within_a_call_is_unfinished),
		ASSEMBLY_TEST(flush_gives_what_is_left_by_time),
		ASSEMBLY_TEST(overwritten_input_is_not_shown),
		ASSEMBLY_TEST(partly_overwritten_input_is_not_shown),
		ASSEMBLY_TEST(overwritten_sleep_is_not_shown),
		ASSEMBLY_TEST(a_step_back_in_time_is_no_duration),
		ASSEMBLY_TEST(wall_time_follows_the_newest_relation),
		ASSEMBLY_TEST(far_numbers),
		ASSEMBLY_TEST(without_room_they_are_two),
		ASSEMBLY_TEST(without_room_a_last_call_is_delivered),
		ASSEMBLY_TEST(without_room_what_is_not_selected),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
