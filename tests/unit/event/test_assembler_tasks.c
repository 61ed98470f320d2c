// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The context of tasks is announced by records, inherited by children, invalidated by losses and removed by the tasks'
 * ends.
 */
#include "assembly.h"
#include "libuser/event/join.h"
#include "libuser/state/tasks.h"

#define TID 100

static const struct linx_event *getpid_of(struct assembly *as, uint32_t tid)
{
	record_exit(&as->r, tid, NR_GETPID, tid, NO_ARGS);
	return assembly_event(as);
}

static void fork_of(struct assembly *as, uint32_t parent, uint32_t tid, uint32_t pid,
		    uint32_t flags)
{
	struct linx_ctx ctx = record_ctx(tid, pid, parent, "child");

	ctx.flags = flags;
	record_context(&as->r, LINX_REC_FORK, parent, &ctx);
	assembly_event(as);
	assert_int_equal(as->ev->kind, LINX_EVENT_FORK);
	assert_int_equal(as->ev->ctx->tid, tid);
}

static void exit_of(struct assembly *as, uint32_t tid)
{
	struct linx_ctx ctx = record_ctx(tid, tid, 1, "gone");

	record_context(&as->r, LINX_REC_TASK_EXIT, tid, &ctx);
	assembly_event(as);
}

static void lose_context(struct assembly *as)
{
	struct linx_gap gap = { .first_seq = 1, .lost = { 3 }, .lost_context = 1 };

	record_gap(&as->r, &gap);
	assembly_event(as);
	assert_int_equal(as->ev->kind, LINX_EVENT_GAP);
}

static void a_task_record_has_all(void **state)
{
	struct assembly *as = *state;

	assembly_meet(as, TID, TID, "cat");
	getpid_of(as, TID);
	assert_int_equal(as->ev->flags, 0);
	assert_string_equal(linx_event_get_comm(as->ev), "cat");
	assert_int_equal(as->ev->task->ppid, 1);
	assert_string_equal(as->ev->task->process->exe.data, "/bin/cat");
	assert_string_equal(as->ev->task->process->cwd.data, "/root");
	assert_int_equal(as->ev->task->process->cmdline.len, 16);
}

static void children_inherit_threads_share(void **state)
{
	struct assembly *as = *state;
	const struct linx_process *process;

	assembly_meet(as, TID, TID, "cat");
	fork_of(as, TID, 101, 101, 0);
	assert_int_equal(as->ev->task->tid, TID); /* the event's task is the parent */
	getpid_of(as, 101);
	assert_string_equal(as->ev->task->comm, "child");
	assert_int_equal(as->ev->task->ppid, TID);
	assert_string_equal(as->ev->task->process->exe.data, "/bin/cat");
	assert_int_equal(as->ev->task->process->cmdline.len, 16);
	process = getpid_of(as, TID)->task->process;
	fork_of(as, TID, 102, TID, LINX_CTX_THREAD);
	assert_ptr_equal(getpid_of(as, 102)->task->process, process);
	assert_ptr_not_equal(getpid_of(as, 101)->task->process, process);
}

static void the_end_of_a_task_frees_it_after_its_event(void **state)
{
	struct assembly *as = *state;

	assembly_meet(as, TID, TID, "cat");
	exit_of(as, TID);
	assert_string_equal(as->ev->task->comm, "cat");
	assert_null(getpid_of(as, TID)->task);
}

static void losing_context_makes_stale_until_announced_again(void **state)
{
	struct assembly *as = *state;

	assembly_meet(as, TID, TID, "cat");
	assembly_meet(as, 200, 200, "dog");
	lose_context(as);
	getpid_of(as, TID);
	assert_int_equal(as->ev->flags, LINX_EVENT_STALE);
	assert_string_equal(as->ev->task->comm, "cat");
	assembly_meet(as, TID, TID, "cat");
	assert_int_equal(getpid_of(as, TID)->flags, 0);
	assert_int_equal(getpid_of(as, 200)->flags, LINX_EVENT_STALE);
	/* The context of a child is stale if that of its parent is. */
	fork_of(as, 200, 201, 201, 0);
	assert_int_equal(getpid_of(as, 201)->flags, LINX_EVENT_STALE);
	fork_of(as, TID, 101, 101, 0);
	assert_int_equal(getpid_of(as, 101)->flags, 0);
}

static void a_gap_without_context_hurts_nobody(void **state)
{
	struct assembly *as = *state;
	struct linx_gap gap = { .first_seq = 1, .lost = { 3 } };

	assembly_meet(as, TID, TID, "cat");
	record_gap(&as->r, &gap);
	assembly_event(as);
	assert_int_equal(getpid_of(as, TID)->flags, 0);
}

static void an_id_used_again_inherits_nothing(void **state)
{
	struct assembly *as = *state;
	struct linx_ctx ctx = record_ctx(TID, TID, 7, "new");

	assembly_meet(as, TID, TID, "old");
	record_enter(&as->r, TID, NR_OPENAT, ARGS(AT_FDCWD_ARG, 0x1000, 0, 0));
	assert_null(assembly_feed(as));
	ctx.start_time = 99;
	record_context(&as->r, LINX_REC_TASK, TID, &ctx);
	assembly_event(as);
	assert_string_equal(as->ev->task->comm, "old");
	assert_non_null(assembly_more(as));
	assert_null(as->ev->task->process->exe.data);
	record_exit(&as->r, TID, NR_OPENAT, 3, ARGS(AT_FDCWD_ARG, 0x1000, 0, 0));
	assembly_event(as);
	assert_false(as->ev->has_entry_time);
	assert_string_equal(as->ev->task->comm, "new");
}

static void enter_read(struct assembly *as, uint32_t tid)
{
	record_enter(&as->r, tid, NR_READ, ARGS(0, 0x1000, 10));
	assert_null(assembly_feed(as));
}

/* Expects that the last event is the read(), without a return, of a task whose end was lost. */
static void is_unfinished(struct assembly *as, uint32_t tid, const char *comm)
{
	assert_non_null(as->ev);
	assert_int_equal(as->ev->kind, LINX_EVENT_SYSCALL);
	assert_int_equal(as->ev->flags & LINX_EVENT_UNFINISHED, LINX_EVENT_UNFINISHED);
	assert_int_equal(linx_event_get_tid(as->ev), tid);
	assert_string_equal(as->ev->task->comm, comm);
}

/* The end of a task was lost: its pending call is delivered before the record that shows the loss. */
static void an_id_used_again_within_a_call(void **state)
{
	static const uint8_t kinds[] = { LINX_REC_FORK, LINX_REC_TASK };
	struct assembly *as = *state;
	struct linx_ctx ctx = record_ctx(TID, TID, 1, "next");

	for (unsigned int i = 0; i < 2; i++) {
		assembly_meet(as, TID, TID, "former");
		enter_read(as, TID);
		ctx.start_time = 99;
		record_context(&as->r, kinds[i], kinds[i] == LINX_REC_FORK ? 1 : TID, &ctx);
		assembly_event(as);
		is_unfinished(as, TID, "former");
		assert_non_null(assembly_more(as));
		assert_int_equal(as->ev->kind, i ? LINX_EVENT_TASK : LINX_EVENT_FORK);
		assert_string_equal(as->ev->ctx->comm, "next");
		assert_null(assembly_more(as));
		assert_false(getpid_of(as, TID)->flags & LINX_EVENT_UNFINISHED);
		exit_of(as, TID);
	}
	/* A skipped task delivers no events. */
	assembly_meet(as, TID, TID, "former");
	linx_assembler_skip(as->a, TID);
	enter_read(as, TID);
	record_context(&as->r, LINX_REC_FORK, 1, &ctx);
	assembly_event(as);
	assert_int_equal(as->ev->kind, LINX_EVENT_FORK);
	assert_int_equal(as->ev->position->seq, record_head(&as->r)->seq);
}

static void snapshot_of(struct assembly *as, uint32_t tid, uint64_t start)
{
	struct linx_ctx ctx = record_ctx(tid, tid, 1, "met");

	ctx.start_time = start;
	record_context(&as->r, LINX_REC_TASK, tid, &ctx);
	assert_int_equal(linx_assembler_snapshot(as->a, (const uint8_t *)as->r.words, as->r.len), 0);
}

/*
 * A snapshot may show that an id has a new owner. That makes no event by itself. The pending call of the former owner
 * is delivered with the next record, or at the end, when nothing is known about its task any more.
 */
static void an_id_used_again_by_whom_a_snapshot_met(void **state)
{
	const uint32_t flags = LINX_EVENT_UNFINISHED | LINX_EVENT_STALE;
	struct assembly *as = *state;

	for (uint32_t tid = TID; tid < TID + 10; tid++) {
		assembly_meet(as, tid, tid, "former");
		enter_read(as, tid);
	}
	for (uint32_t tid = TID; tid < TID + 10; tid++)
		snapshot_of(as, tid, 99);
	record_exit(&as->r, 7, NR_GETPID, 7, NO_ARGS);
	assembly_event(as);
	for (uint32_t n = 0; n < 10; n++, assembly_more(as)) {
		assert_int_equal(linx_event_get_nr(as->ev), NR_READ);
		assert_int_equal(linx_event_get_tid(as->ev), TID + 9 - n);
		assert_int_equal(as->ev->flags, flags);
		assert_null(as->ev->task);
	}
	assert_int_equal(linx_event_get_nr(as->ev), NR_GETPID);
	assert_int_equal(as->ev->position->seq, record_head(&as->r)->seq);
	assert_null(assembly_more(as));
	assert_string_equal(getpid_of(as, TID)->task->comm, "met");
	/* no record of the stream is as late as the item of the snapshot */
	enter_read(as, TID);
	snapshot_of(as, TID, 100);
	assert_int_equal(linx_assembler_flush(as->a, &as->ev), 1);
	assert_int_equal(as->ev->flags & (LINX_EVENT_UNFINISHED | LINX_EVENT_CUT), LINX_EVENT_UNFINISHED | LINX_EVENT_CUT);
	assert_int_equal(linx_assembler_flush(as->a, &as->ev), 0);
	/* a pending call that is never fetched is freed */
	enter_read(as, TID);
	enter_read(as, TID + 1);
	snapshot_of(as, TID, 101);
	snapshot_of(as, TID + 1, 101);
	record_exit(&as->r, 7, NR_GETPID, 7, NO_ARGS);
	assembly_event(as);
	assert_int_equal(linx_event_get_tid(as->ev), TID + 1);
}

/*
 * A snapshot's item shows the new owner of an id, and has a later time than the return of the former owner's call,
 * which is still to come: the return belongs to the former owner.
 */
static void an_id_used_again_after_a_return(void **state)
{
	struct assembly *as = *state;

	as->r.time = 1000;
	assembly_meet(as, TID, TID, "former");
	enter_read(as, TID);
	as->r.time = 90000;
	snapshot_of(as, TID, 99);
	as->r.time = 2000;
	record_exit(&as->r, TID, NR_READ, 5, NO_ARGS);
	assembly_event(as);
	assert_int_equal(linx_event_get_nr(as->ev), NR_READ);
	assert_int_equal(as->ev->flags & LINX_EVENT_UNFINISHED, 0);
	assert_int_not_equal(as->ev->entry_time, 0);
	assert_string_equal(as->ev->task->comm, "former");
	as->r.time = 190000;
	assert_string_equal(getpid_of(as, TID)->task->comm, "met");
}

/*
 * The former owner of an id ends just before a snapshot's item shows a new owner: a record after that item, even with
 * an earlier time, belongs to the new owner.
 */
static void an_id_used_again_after_an_end(void **state)
{
	struct linx_ctx ctx = record_ctx(TID, TID, 1, "former");
	struct assembly *as = *state;

	as->r.time = 1000;
	assembly_meet(as, TID, TID, "former");
	ctx.flags = LINX_CTX_GROUP_DEAD;
	record_context(&as->r, LINX_REC_TASK_EXIT, TID, &ctx);
	assembly_event(as);
	as->r.time = 90000;
	snapshot_of(as, TID, 99);
	as->r.time = 2000;
	assert_non_null(getpid_of(as, TID)->task);
	assert_string_equal(as->ev->task->comm, "met");
	as->r.time = 190000;
	assert_string_equal(getpid_of(as, TID)->task->comm, "met");
	assert_false(as->ev->flags & LINX_EVENT_STALE);
}

/*
 * An exec ends all other threads of its process without records of their ends: the pending call of each thread is
 * delivered.
 */
static void threads_that_an_exec_has_ended(void **state)
{
	struct linx_ctx ctx = record_ctx(TID, TID, 1, "new");
	struct assembly *as = *state;
	unsigned int seen = 0;

	assembly_meet(as, TID, TID, "leader");
	enter_read(as, TID);
	for (uint32_t tid = 101; tid < 105; tid++)
		fork_of(as, TID, tid, TID, LINX_CTX_THREAD);
	enter_read(as, 102);
	enter_read(as, 104);
	ctx.code = 103;
	record_context(&as->r, LINX_REC_EXEC, TID, &ctx);
	for (assembly_event(as); as->ev->kind == LINX_EVENT_SYSCALL; assembly_more(as)) {
		is_unfinished(as, linx_event_get_tid(as->ev), linx_event_get_tid(as->ev) == TID ? "leader" : "child");
		seen |= 1u << (linx_event_get_tid(as->ev) - TID);
	}
	assert_int_equal(seen, 1 << 0 | 1 << 2 | 1 << 4);
	assert_int_equal(as->ev->kind, LINX_EVENT_EXEC);
	assert_null(assembly_more(as));
	assert_int_equal(linx_tasks_count(as->a->tasks), 1);
	assert_string_equal(getpid_of(as, TID)->task->comm, "new");
}

/*
 * An exec of a thread other than the leader gives the thread the leader's number. When the EXEC record comes, the
 * thread's former number may already belong to a new process, which stays.
 */
static void a_number_that_was_given_away(void **state)
{
	struct assembly *as = *state;
	struct linx_ctx ctx = record_ctx(TID, TID, 1, "new");

	assembly_meet(as, TID, TID, "old");
	fork_of(as, TID, 101, TID, LINX_CTX_THREAD);
	enter_read(as, 101);
	assembly_meet(as, 200, 200, "dog");
	ctx.tid = ctx.pid = 101;
	ctx.ppid = 200;
	ctx.start_time = 77;
	record_context(&as->r, LINX_REC_FORK, 200, &ctx);
	assembly_event(as);
	is_unfinished(as, 101, "child");
	assert_non_null(assembly_more(as));
	ctx = record_ctx(TID, TID, 1, "new");
	ctx.code = 101;
	record_context(&as->r, LINX_REC_EXEC, TID, &ctx);
	assembly_event(as);
	assert_int_equal(getpid_of(as, 101)->task->pid, 101);
	assert_int_equal(as->ev->task->ppid, 200);
	assert_int_equal(getpid_of(as, TID)->task->pid, TID);
	assert_string_equal(as->ev->task->comm, "new");
}

static void line_of(struct assembly *as, const char *line, uint8_t value_state, uint32_t orig)
{
	struct linx_ctx ctx = record_ctx(TID, TID, 1, "java");

	record_context(&as->r, LINX_REC_TASK, TID, &ctx);
	record_val(&as->r, LINX_FIELD_ARGV, LINX_VAL_STRINGS, value_state, line, (uint32_t)strlen(line), orig);
	assembly_event(as);
}

/* A truncated copy of the known command line changes nothing; a different line replaces it. */
static void a_line_recorded_again_in_part(void **state)
{
	struct assembly *as = *state;

	line_of(as, "java -jar long", LINX_WHOLE, 14);
	line_of(as, "java", LINX_TRUNCATED, 14);
	assert_int_equal(getpid_of(as, TID)->task->process->cmdline.len, 14);
	assert_int_equal(as->ev->task->process->cmdline.state, LINX_WHOLE);
	line_of(as, "jave", LINX_TRUNCATED, 14);
	assert_string_equal(getpid_of(as, TID)->task->process->cmdline.data, "jave");
	assert_int_equal(as->ev->task->process->cmdline.state, LINX_TRUNCATED);
}

static void context_may_come_after_the_first_call(void **state)
{
	struct assembly *as = *state;

	record_enter(&as->r, TID, NR_OPENAT, ARGS(AT_FDCWD_ARG, 0x1000, 0, 0));
	assert_null(assembly_feed(as));
	assembly_meet(as, TID, TID, "cat");
	record_exit(&as->r, TID, NR_OPENAT, 3, ARGS(AT_FDCWD_ARG, 0x1000, 0, 0));
	assembly_event(as);
	assert_true(as->ev->has_entry_time);
	assert_int_equal(as->ev->flags, 0);
}

static void a_later_fork_record_keeps_what_is_known(void **state)
{
	struct assembly *as = *state;

	assembly_meet(as, 101, 101, "execed");
	assembly_meet(as, TID, TID, "parent");
	fork_of(as, TID, 101, 101, 0);
	assert_string_equal(getpid_of(as, 101)->task->comm, "execed");
}

static void unreadable_names_are_unknown_not_empty(void **state)
{
	struct assembly *as = *state;
	struct linx_ctx ctx = record_ctx(TID, TID, 1, "cat");

	record_context(&as->r, LINX_REC_TASK, TID, &ctx);
	record_val(&as->r, LINX_FIELD_EXE, LINX_VAL_STR, LINX_UNAVAILABLE, "", 0, 0);
	record_val(&as->r, LINX_FIELD_ARGV, LINX_VAL_STRINGS, LINX_UNREADABLE, "", 0, 9);
	assembly_event(as);
	assert_null(as->ev->task->process->exe.data);
	assert_int_equal(as->ev->task->process->exe.state, LINX_UNAVAILABLE);
	assert_null(as->ev->task->process->cmdline.data);
}

/*
 * Feeds a context record of a task whose executable has the inode number "ino" and whose command line is "line" (empty:
 * none recorded). Expects the command line of the task to be "expected".
 */
static void recorded_line(struct assembly *as, uint8_t kind, uint32_t tid, uint64_t ino, const char *line, const char *expected)
{
	struct linx_ctx ctx = record_ctx(tid, tid, 1, "cat");
	struct linx_file_id id = { .dev = 8, .ino = ino };
	uint32_t len = (uint32_t)strlen(line) + 1;

	record_context(&as->r, kind, tid, &ctx);
	record_val(&as->r, LINX_FIELD_EXE_ID, LINX_VAL_BYTES, LINX_WHOLE, &id, sizeof(id), sizeof(id));
	if (len > 1)
		record_val(&as->r, LINX_FIELD_ARGV, LINX_VAL_STRINGS, LINX_WHOLE, line, len, len);
	assembly_event(as);
	assert_string_equal(as->ev->task->process->cmdline.data, expected);
}

/* A process has the inode times of its executable, or 0 if its record is of an older version that has no such times. */
static void times_of_executables(void **state)
{
	const struct linx_exe_id exe = { { .dev = 8, .ino = 9 }, .mtime = 1700000000123456789, .ctime = 1700000001000000001 };
	struct assembly *as = *state;
	const struct linx_process *p;

	for (size_t size = sizeof(exe); size >= sizeof(exe.file); size -= sizeof(exe) - sizeof(exe.file)) {
		struct linx_ctx ctx = record_ctx(TID, TID, 1, "cat");

		record_context(&as->r, LINX_REC_EXEC, TID, &ctx);
		record_val(&as->r, LINX_FIELD_EXE_ID, LINX_VAL_BYTES, LINX_WHOLE, &exe, (uint32_t)size, (uint32_t)size);
		assembly_event(as);
		p = as->ev->task->process;
		assert_int_equal(p->exe_ino, 9);
		assert_int_equal(p->exe_mtime_ns, size == sizeof(exe) ? exe.mtime : 0);
		assert_int_equal(p->exe_ctime_ns, size == sizeof(exe) ? exe.ctime : 0);
	}
}

/*
 * A program overwrites its command line, and its next call causes a new context record: the line that the exec recorded
 * stays.
 */
static void a_command_line_is_that_of_the_exec(void **state)
{
	struct assembly *as = *state;

	recorded_line(as, LINX_REC_TASK, TID, 1, "before", "before");
	recorded_line(as, LINX_REC_TASK, TID, 1, "again", "again");
	recorded_line(as, LINX_REC_EXEC, TID, 2, "started", "started");
	recorded_line(as, LINX_REC_TASK, TID, 2, "disguised", "started");
	recorded_line(as, LINX_REC_TASK, TID, 3, "exec was lost", "exec was lost");
	recorded_line(as, LINX_REC_TASK, TID, 3, "again", "again");
	recorded_line(as, LINX_REC_EXEC, TID, 3, "next", "next");
}

static void many_tasks_come_and_go(void **state)
{
	struct assembly *as = *state;

	for (uint32_t tid = 1; tid <= 5000; tid++)
		assembly_meet(as, tid, tid, "many");
	for (uint32_t tid = 1; tid <= 5000; tid++)
		assert_int_equal(getpid_of(as, tid)->task->tid, tid);
	for (uint32_t tid = 1; tid <= 5000; tid++)
		exit_of(as, tid);
	assert_null(getpid_of(as, 1)->task);
	assert_null(getpid_of(as, 5000)->task);
}

/*
 * A stream with endless invented tasks, names and calls does not make the library keep more than a fixed amount of
 * memory.
 */
static void what_is_kept_is_bounded(void **state)
{
	struct assembly *as = *state;
	const size_t room = 20000;
	size_t met = 0, waiting = 0;

	linx_tasks_limit(as->a->tasks, room);
	for (uint32_t tid = 1; tid <= 1000; tid++) {
		assembly_meet(as, tid, tid, "many");
		met += as->ev->task != NULL;
		record_enter(&as->r, tid, NR_EXECVE, ARGS(0x1000, 0x2000, 0x3000));
		record_str(&as->r, 0, "/a/path/that/takes/its/room");
		waiting += !assembly_feed(as);
		assert_true(!as->ev || (as->ev->entry && as->ev->flags & LINX_EVENT_UNFINISHED));
	}
	/* an entry is delivered at once if there is no memory to keep it */
	assert_true(waiting > 10 && waiting <= met);
	assert_true(met > 10 && met < 200);
	assert_int_equal(linx_tasks_count(as->a->tasks), met);
	/* Names are unknown without memory for them; as soon as there is memory they are known again. */
	linx_tasks_limit(as->a->tasks, 0);
	assembly_meet(as, 1, 1, "many");
	assert_null(as->ev->task->process->cmdline.data);
	assert_int_equal(as->ev->task->process->cmdline.state, LINX_UNAVAILABLE);
	linx_tasks_limit(as->a->tasks, room);
	assembly_meet(as, 1, 1, "many");
	assert_int_equal(as->ev->task->process->cmdline.state, LINX_WHOLE);
}

/* The account of kept memory no longer contains any memory of a task that has ended. */
static void nothing_leaks_from_the_account(void **state)
{
	struct assembly *as = *state;
	struct linx_task *task;
	size_t room;

	assembly_meet(as, 1, 1, "first");
	assembly_format(as, LINX_FORMAT_JSON, NULL);
	room = *as->ev->task->own->room;
	for (uint32_t tid = 100; tid < 200; tid++) {
		assembly_meet(as, tid, tid, "many");
		assembly_print(as);
		task = (struct linx_task *)as->ev->task;
		task->version++;
		assembly_print(as);
		record_enter(&as->r, tid, NR_EXECVE, ARGS(0x1000, 0x2000, 0x3000));
		assert_null(assembly_feed(as));
		assembly_meet(as, tid, tid, "again");
		exit_of(as, tid);
		assert_non_null(assembly_more(as));
	}
	assert_int_equal(*getpid_of(as, 1)->task->own->room, room);
}

static void cut_context_is_no_event(void **state)
{
	struct assembly *as = *state;
	struct linx_ctx ctx = record_ctx(TID, TID, 1, "cat");

	for (uint8_t kind = LINX_REC_TASK; kind <= LINX_REC_GAP; kind++) {
		record_context(&as->r, kind, TID, &ctx);
		as->r.len -= 8;
		record_head(&as->r)->words--;
		assert_null(assembly_feed(as));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ASSEMBLY_TEST(a_task_record_has_all),
		ASSEMBLY_TEST(children_inherit_threads_share),
		ASSEMBLY_TEST(the_end_of_a_task_frees_it_after_its_event),
		ASSEMBLY_TEST(losing_context_makes_stale_until_announced_again),
		ASSEMBLY_TEST(a_gap_without_context_hurts_nobody),
		ASSEMBLY_TEST(an_id_used_again_inherits_nothing),
		ASSEMBLY_TEST(an_id_used_again_within_a_call),
		ASSEMBLY_TEST(an_id_used_again_by_whom_a_snapshot_met),
		ASSEMBLY_TEST(an_id_used_again_after_an_end),
		ASSEMBLY_TEST(an_id_used_again_after_a_return),
		ASSEMBLY_TEST(threads_that_an_exec_has_ended),
		ASSEMBLY_TEST(a_number_that_was_given_away),
		ASSEMBLY_TEST(a_line_recorded_again_in_part),
		ASSEMBLY_TEST(context_may_come_after_the_first_call),
		ASSEMBLY_TEST(a_later_fork_record_keeps_what_is_known),
		ASSEMBLY_TEST(unreadable_names_are_unknown_not_empty),
		ASSEMBLY_TEST(times_of_executables),
		ASSEMBLY_TEST(a_command_line_is_that_of_the_exec),
		ASSEMBLY_TEST(many_tasks_come_and_go),
		ASSEMBLY_TEST(what_is_kept_is_bounded),
		ASSEMBLY_TEST(nothing_leaks_from_the_account),
		ASSEMBLY_TEST(cut_context_is_no_event),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
