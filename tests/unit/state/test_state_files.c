// SPDX-License-Identifier: LGPL-2.1-or-later
/* The open files and parents of tasks, as the stream describes them: changes, copies, snapshots, losses. */
#include <arpa/inet.h>
#include <stdio.h>
#include "assembly.h"
#include "libuser/event/join.h"
#include "libuser/state/tasks.h"

#define TID 100

static struct linx_who who_of(uint64_t files)
{
	return (struct linx_who){ .files = files, .fs = files + 1, .loginuid = 1000, .pgid = 7, .ns = { [LINX_NS_PID] = 4 } };
}

static void put_task_info(struct assembly *as, uint64_t files)
{
	struct linx_who who = who_of(files);

	record_val(&as->r, LINX_FIELD_WHO, LINX_VAL_BYTES, LINX_WHOLE, &who, sizeof(who), sizeof(who));
}

static void context(struct assembly *as, uint8_t kind, uint32_t by, struct linx_ctx ctx, uint64_t files)
{
	record_context(&as->r, kind, by, &ctx);
	put_task_info(as, files);
	assembly_event(as);
}

static void meet(struct assembly *as, uint32_t tid, uint32_t ppid, uint64_t files)
{
	struct linx_ctx ctx = record_ctx(tid, tid, ppid, "met");

	ctx.start_time = tid;
	context(as, LINX_REC_TASK, tid, ctx, files);
}

static void fork_to(struct assembly *as, uint32_t parent, uint32_t tid, uint32_t flags, uint64_t files)
{
	struct linx_ctx ctx = record_ctx(tid, flags & LINX_CTX_THREAD ? parent : tid, parent, "child");

	ctx.start_time = tid;
	ctx.flags = flags;
	context(as, LINX_REC_FORK, parent, ctx, files);
}

static void end(struct assembly *as, uint32_t tid)
{
	struct linx_ctx ctx = record_ctx(tid, tid, 1, "gone");

	ctx.flags = LINX_CTX_GROUP_DEAD;
	record_context(&as->r, LINX_REC_TASK_EXIT, tid, &ctx);
	assembly_event(as);
}

/* Feeds a record that a descriptor of the table has a path; path NULL: that it was closed. */
static void set_fd(struct assembly *as, uint32_t tid, uint64_t table, int fd, const char *path, uint16_t flags)
{
	struct linx_files_change c = { .table = table, .op = path ? LINX_FILES_TOLD : LINX_FILES_CLOSED };

	c.first = c.last = (uint32_t)fd;
	record_files(&as->r, tid, &c);
	if (path)
		record_fd(&as->r, fd, path, flags);
	assert_null(assembly_feed(as));
}

/* Feeds a record of the set of open descriptors in the table, as bits. */
static void set_open(struct assembly *as, uint32_t tid, uint64_t table, uint8_t open)
{
	struct linx_files_change c = { .table = table, .op = LINX_FILES_OPEN };

	record_files(&as->r, tid, &c);
	record_val(&as->r, LINX_FIELD_OPEN, LINX_VAL_BYTES, LINX_WHOLE, &open, sizeof(open), sizeof(open));
	assert_null(assembly_feed(as));
}

static const struct linx_files *files_of(struct assembly *as, uint32_t tid)
{
	record_exit(&as->r, tid, NR_GETPID, tid, NO_ARGS);
	return linx_event_borrow_files(assembly_event(as));
}

static void expect(struct assembly *as, uint32_t tid, int fd, const char *path)
{
	const struct linx_files *f = files_of(as, tid);
	struct linx_descriptor d;

	assert_non_null(f);
	if (!path) {
		assert_int_not_equal(linx_files_find(f, fd, &d), 0);
		return;
	}
	assert_int_equal(linx_files_find(f, fd, &d), 0);
	assert_int_equal(d.path_len, strlen(path));
	assert_memory_equal(d.path, path, d.path_len);
}

static void a_stream_without_files_has_none(void **state)
{
	struct assembly *as = *state;

	meet(as, TID, 1, 5);
	assert_null(files_of(as, TID));
}

static void changes_follow_the_table(void **state)
{
	struct assembly *as = *state;

	meet(as, TID, 1, 5);
	set_fd(as, TID, 5, 3, "/a", 0);
	set_fd(as, TID, 5, 4, "/b", LINX_FD_CLOEXEC);
	expect(as, TID, 3, "/a");
	assert_false(linx_files_is_complete(files_of(as, TID)));
	/* A thread shares the table, and a child has a copy. */
	fork_to(as, TID, 101, LINX_CTX_THREAD | LINX_CTX_FILES_SHARED, 5);
	fork_to(as, TID, 102, 0, 6);
	set_fd(as, 101, 5, 3, NULL, 0);
	expect(as, TID, 3, NULL);
	expect(as, 102, 3, "/a");
	set_fd(as, 102, 6, 5, "/c", 0);
	expect(as, TID, 5, NULL);
	/* The thread has a copy of its own after unshare. */
	set_fd(as, 101, 9, 6, "/d", 0);
	expect(as, 101, 4, "/b");
	expect(as, TID, 6, NULL);
}

/*
 * The session leaves out a thread that changes the descriptor table which it shares with a recorded thread. Records of
 * these changes are the only sign of them.
 */
static void a_thread_that_is_not_known_changes_what_it_shares(void **state)
{
	struct assembly *as = *state;

	meet(as, TID, 1, 5);
	set_fd(as, TID, 5, 3, "/former", 0);
	set_fd(as, TID + 1, 5, 3, "/latter", 0);
	expect(as, TID, 3, "/latter");
	set_fd(as, TID + 2, 6, 3, "/of nobody", 0);
	expect(as, TID, 3, "/latter");
	assert_null(linx_tasks_find(as->a->tasks, TID + 1));
	assert_null(linx_tasks_find(as->a->tasks, TID + 2));
}

static void an_exec_closes_what_is_marked(void **state)
{
	struct linx_ctx ctx = record_ctx(TID, TID, 1, "new");
	struct assembly *as = *state;

	meet(as, TID, 1, 5);
	set_fd(as, TID, 5, 3, "/a", 0);
	set_fd(as, TID, 5, 4, "/b", LINX_FD_CLOEXEC);
	set_fd(as, TID, 5, 5, "/never closed, says the stream", 0);
	ctx.start_time = TID;
	ctx.code = TID;
	context(as, LINX_REC_EXEC, TID, ctx, 5);
	expect(as, TID, 4, NULL);
	expect(as, TID, 3, "/a");
	set_open(as, TID, 5, 1 << 3);
	expect(as, TID, 5, NULL);
	assert_true(linx_files_is_complete(files_of(as, TID)));
}

static void what_others_opened_in_a_closed_range_is_known_or_marked(void **state)
{
	struct linx_files_change c = { .table = 5, .op = LINX_FILES_CLOSED, .first = 3, .last = UINT32_MAX };
	struct assembly *as = *state;

	meet(as, TID, 1, 5);
	set_fd(as, TID, 5, 2, "/out", 0);
	set_fd(as, TID, 5, 3, "/a", 0);
	set_fd(as, TID, 5, 4, "/b", 0);
	record_files(&as->r, TID, &c);
	assert_null(assembly_feed(as));
	expect(as, TID, 3, NULL);
	set_fd(as, TID, 5, 4, "/again", 0);
	set_open(as, TID, 5, 1 << 2 | 1 << 4);
	expect(as, TID, 2, "/out");
	expect(as, TID, 4, "/again");
	assert_true(linx_files_is_complete(files_of(as, TID)));
	/* no record describes descriptor 6 of the set; therefore the table becomes incomplete */
	set_open(as, TID, 5, 1 << 2 | 1 << 4 | 1 << 6);
	expect(as, TID, 4, "/again");
	expect(as, TID, 6, NULL);
	assert_false(linx_files_is_complete(files_of(as, TID)));
}

/* Makes one TASK and one FILES item of a snapshot in buf. The kernel read both at most 10000 ns after "time". */
static size_t put_items(struct assembly *as, uint8_t *buf, uint32_t tid, uint64_t table, uint64_t time, const char *path)
{
	struct linx_files_change c = { .table = table, .flags = LINX_FILES_FIRST | LINX_FILES_LAST };
	struct linx_ctx ctx = record_ctx(tid, tid, 1, "before");
	size_t len;

	ctx.start_time = tid;
	record_context(&as->r, LINX_REC_TASK, tid, &ctx);
	put_task_info(as, table);
	record_head(&as->r)->time = time;
	record_head(&as->r)->seq = 10;
	memcpy(buf, as->r.words, as->r.len);
	len = as->r.len;
	record_files(&as->r, tid, &c);
	record_fd(&as->r, 3, path, 0);
	record_head(&as->r)->time = time;
	record_head(&as->r)->seq = 10;
	memcpy(buf + len, as->r.words, as->r.len);
	return len + as->r.len;
}

static void snapshot_of(struct assembly *as, uint32_t tid, uint64_t table, uint64_t time, const char *path)
{
	uint64_t buf[512];
	size_t len = put_items(as, (uint8_t *)buf, tid, table, time, path);

	assert_int_equal(linx_assembler_snapshot(as->a, (const uint8_t *)buf, len), 0);
}

static void snapshot(struct assembly *as)
{
	snapshot_of(as, TID, 5, 50000, "/before");
}

static void a_snapshot_joins_the_stream(void **state)
{
	struct assembly *as = *state;

	as->r.time = 4000;
	snapshot(as);
	as->r.time = 4000;
	/* the descriptor was recorded at 5000; therefore it can have been opened after the time of the item */
	assert_false(linx_files_is_complete(files_of(as, TID)));
	as->r.time = 90000;
	assert_true(linx_files_is_complete(files_of(as, TID)));
	expect(as, TID, 3, "/before");
	/* a change that is in the snapshot and also in a record is applied once */
	set_fd(as, TID, 5, 3, "/before", 0);
	assert_int_equal(linx_files_get_count(files_of(as, TID)), 1);
	set_fd(as, TID, 5, 3, NULL, 0);
	assert_int_equal(linx_files_get_count(files_of(as, TID)), 0);
	assert_true(linx_files_is_complete(files_of(as, TID)));
}

static void set_all(struct assembly *as, uint32_t tid, uint64_t table)
{
	struct linx_files_change c = { .table = table, .flags = LINX_FILES_FIRST | LINX_FILES_LAST };

	record_files(&as->r, tid, &c);
	record_fd(&as->r, 3, "/all", 0);
	assert_null(assembly_feed(as));
}

/* The number of the table belonged to the table of another process, which ended before the time of the snapshot. */
static void a_number_of_a_table_is_used_again(void **state)
{
	struct assembly *as = *state;

	snapshot(as);
	as->r.time = 1000;
	meet(as, 1, 0, 9);
	fork_to(as, 1, 200, 0, 5);
	set_fd(as, 200, 5, 8, "/of the other", 0);
	end(as, 200);
	fork_to(as, 1, TID, 0, 5);
	fork_to(as, TID, 101, LINX_CTX_THREAD | LINX_CTX_FILES_SHARED, 5);
	set_fd(as, 101, 5, 4, "/of a thread", 0);
	expect(as, TID, 4, "/of a thread");
	as->r.time = 90000;
	set_fd(as, 101, 5, 6, "/later", 0);
	expect(as, TID, 6, "/later");
	expect(as, TID, 3, "/before");
	expect(as, 101, 3, "/before");
	expect(as, TID, 8, NULL);
	/* descriptor 4 was closed before the snapshot read the table, so the snapshot lacks it */
	expect(as, TID, 4, NULL);
	assert_true(linx_files_is_complete(files_of(as, TID)));
}

/*
 * A process that only its first event has announced uses a table number. A snapshot's item of a later time has the
 * number for another process: only the item's table is complete.
 */
static void a_number_was_that_of_one_who_is_met(void **state)
{
	struct assembly *as = *state;

	snapshot(as);
	as->r.time = 1000;
	meet(as, 200, 1, 5);
	assert_false(linx_files_is_complete(files_of(as, 200)));
	fork_to(as, 200, 201, 0, 6);
	assert_false(linx_files_is_complete(files_of(as, 201)));
	end(as, 201);
	/* The new task has a copy of the former table. */
	set_fd(as, 200, 7, 8, "/of the other", 0);
	assert_false(linx_files_is_complete(files_of(as, 200)));
	end(as, 200);
	as->r.time = 90000;
	expect(as, TID, 3, "/before");
	assert_true(linx_files_is_complete(files_of(as, TID)));
}

/*
 * A table that was recorded whole counts as incomplete once a later part of the snapshot has another process with the
 * same table number.
 */
static void a_number_was_that_of_one_who_is_known(void **state)
{
	struct assembly *as = *state;

	as->r.time = 1000;
	meet(as, 200, 1, 5);
	set_all(as, 200, 5);
	assert_true(linx_files_is_complete(files_of(as, 200)));
	snapshot_of(as, TID, 5, 50000, "/before");
	as->r.time = 2000;
	assert_false(linx_files_is_complete(files_of(as, 200)));
	fork_to(as, 200, 201, 0, 6);
	assert_false(linx_files_is_complete(files_of(as, 201)));
}

/*
 * Two processes in one snapshot have the same table number: the first one had ended before the snapshot came to the
 * second one.
 */
static void a_number_is_used_again_within_a_snapshot(void **state)
{
	struct assembly *as = *state;
	uint64_t buf[1024];
	size_t len = put_items(as, (uint8_t *)buf, TID, 5, 50000, "/before");

	len += put_items(as, (uint8_t *)buf + len, 200, 5, 70000, "/of the other");
	assert_int_equal(linx_assembler_snapshot(as->a, (const uint8_t *)buf, len), 0);
	as->r.time = 62000;
	expect(as, TID, 3, "/before");
	assert_true(linx_files_is_complete(files_of(as, TID)));
	end(as, TID);
	meet(as, 1, 0, 9);
	fork_to(as, 1, 200, 0, 5);
	assert_false(linx_files_is_complete(files_of(as, 200)));
	fork_to(as, 200, 201, LINX_CTX_THREAD | LINX_CTX_FILES_SHARED, 5);
	assert_false(linx_files_is_complete(files_of(as, 201)));
	as->r.time = 82000;
	expect(as, 200, 3, "/of the other");
	assert_true(linx_files_is_complete(files_of(as, 200)));
	set_fd(as, 201, 5, 4, "/shared", 0);
	expect(as, 200, 4, "/shared");
	assert_true(linx_files_is_complete(files_of(as, 201)));
}

/* An item of a snapshot is applied when the stream reaches the item's time, after the records of earlier times. */
static void an_item_is_of_its_own_time(void **state)
{
	struct assembly *as = *state;

	snapshot(as);
	as->r.time = 3000;
	set_fd(as, TID, 5, 3, NULL, 0); /* closed now, but open again in the snapshot's item, whose time is later */
	expect(as, TID, 3, NULL);
	as->r.time = 90000;
	expect(as, TID, 3, "/before");
}

/*
 * The table of a child that was forked before the time of its parent's item in a snapshot is incomplete. That of a
 * child that is forked later is complete.
 */
static void a_child_of_the_time_between_is_marked(void **state)
{
	struct assembly *as = *state;

	snapshot(as);
	as->r.time = 3000;
	fork_to(as, TID, 101, 0, 6);
	as->r.time = 90000;
	fork_to(as, TID, 102, 0, 7);
	assert_false(linx_files_is_complete(files_of(as, 101)));
	assert_true(linx_files_is_complete(files_of(as, 102)));
	expect(as, 101, 3, "/before");
}

/*
 * Other threads of the parent may have changed the table while it was copied, so the child's table is incomplete.
 * Without other threads it is complete.
 */
static void a_child_of_threads_is_marked(void **state)
{
	struct assembly *as = *state;

	snapshot(as);
	as->r.time = 90000;
	fork_to(as, TID, 101, 0, 6);
	fork_to(as, TID, 102, LINX_CTX_THREAD | LINX_CTX_FILES_SHARED, 5);
	fork_to(as, TID, 103, 0, 7);
	assert_true(linx_files_is_complete(files_of(as, 101)));
	assert_true(linx_files_is_complete(files_of(as, 102)));
	assert_false(linx_files_is_complete(files_of(as, 103)));
	expect(as, 103, 3, "/before");
	/*
	 * The other thread may have ended after the copy for 104. At the time of the copy for 105 no other thread
	 * exists.
	 */
	end(as, 102);
	fork_to(as, TID, 104, 0, 8);
	assert_false(linx_files_is_complete(files_of(as, 104)));
	fork_to(as, TID, 105, 0, 9);
	assert_true(linx_files_is_complete(files_of(as, 105)));
}

/* The module records the child's whole table, so the child's table is complete. */
static void a_child_whose_table_is_recorded_is_complete(void **state)
{
	struct linx_files_change c = { .table = 7, .flags = LINX_FILES_FIRST };
	struct assembly *as = *state;

	snapshot(as);
	as->r.time = 90000;
	fork_to(as, TID, 102, LINX_CTX_THREAD | LINX_CTX_FILES_SHARED, 5);
	fork_to(as, TID, 103, 0, 7);
	record_files(&as->r, 103, &c);
	record_fd(&as->r, 4, "/another thread's", 0);
	assert_null(assembly_feed(as));
	assert_false(linx_files_is_complete(files_of(as, 103)));
	c.flags = LINX_FILES_LAST;
	record_files(&as->r, 103, &c);
	record_fd(&as->r, 5, "/one more", 0);
	assert_null(assembly_feed(as));
	assert_true(linx_files_is_complete(files_of(as, 103)));
	expect(as, 103, 3, NULL);
	expect(as, 103, 4, "/another thread's");
	expect(as, 103, 5, "/one more");
	expect(as, TID, 3, "/before");
}

/* Feeds the EXEC record of a task, which has the descriptor table "table" from then on. */
static void exec_in(struct assembly *as, uint32_t tid, uint64_t table)
{
	struct linx_ctx ctx = record_ctx(tid, tid, 1, "new");

	ctx.start_time = ctx.code = tid;
	context(as, LINX_REC_EXEC, tid, ctx, table);
}

/*
 * Another process that shares the table may have replaced files while the kernel copied the table. The copy is then
 * incomplete.
 */
static void a_copy_of_a_shared_table_is_marked(void **state)
{
	struct linx_files_change c = { .table = 8, .op = LINX_FILES_CLOSED, .first = 100, .last = 200 };
	struct assembly *as = *state;

	snapshot(as);
	as->r.time = 90000;
	/* exec records only the numbers of open descriptors if the table is too large to describe */
	fork_to(as, TID, 101, LINX_CTX_FILES_SHARED, 5);
	assert_true(linx_files_is_complete(files_of(as, 101)));
	exec_in(as, 101, 6);
	set_open(as, 101, 6, 1 << 3);
	expect(as, 101, 3, "/before");
	assert_false(linx_files_is_complete(files_of(as, 101)));
	assert_true(linx_files_is_complete(files_of(as, TID)));
	/* Copies of an incomplete table are incomplete; a wholly recorded table is complete. */
	fork_to(as, 101, 102, 0, 7);
	assert_false(linx_files_is_complete(files_of(as, 102)));
	set_all(as, 101, 6);
	assert_true(linx_files_is_complete(files_of(as, 101)));
	assert_false(linx_files_is_complete(files_of(as, 102)));
	/* unshare copies the table, and so does close_range with CLOSE_RANGE_UNSHARE */
	fork_to(as, 101, 103, LINX_CTX_FILES_SHARED, 6);
	meet(as, 103, 1, 9);
	assert_false(linx_files_is_complete(files_of(as, 103)));
	fork_to(as, 101, 104, LINX_CTX_FILES_SHARED, 6);
	record_files(&as->r, 104, &c);
	assert_null(assembly_feed(as));
	set_open(as, 104, 8, 1 << 3);
	assert_false(linx_files_is_complete(files_of(as, 104)));
	/* No other process uses the table of process 103 any more, so its copy is complete. */
	set_all(as, 103, 9);
	meet(as, 103, 1, 10);
	assert_true(linx_files_is_complete(files_of(as, 103)));
}

static void a_loss_is_mended_by_another_snapshot(void **state)
{
	struct linx_gap gap = { .first_seq = 1, .lost = { 3 }, .lost_context = 1, .last_time = 4900 };
	struct assembly *as = *state;

	as->r.time = 1000;
	meet(as, TID, 1, 5);
	set_fd(as, TID, 5, 8, "/lost", 0);
	record_gap(&as->r, &gap);
	assembly_event(as);
	files_of(as, TID);
	assert_int_equal(as->ev->flags & LINX_EVENT_STALE, LINX_EVENT_STALE);
	snapshot(as);
	as->r.time = 90000;
	expect(as, TID, 8, NULL);
	expect(as, TID, 3, "/before");
	assert_true(linx_files_is_complete(files_of(as, TID)));
	assert_int_equal(as->ev->flags, 0);
}

/* A part of a snapshot arrives in the middle of the stream. What changed before the time of that part is unknown. */
static void a_part_in_the_middle_is_marked(void **state)
{
	struct assembly *as = *state;

	as->r.time = 4000;
	snapshot(as);
	as->r.time = 90000;
	assert_true(linx_files_is_complete(files_of(as, TID)));
	assert_int_equal(as->ev->flags, 0);
	snapshot_of(as, TID, 5, 200000, "/later");
	as->r.time = 150000;
	assert_false(linx_files_is_complete(files_of(as, TID)));
	assert_int_equal(as->ev->flags & LINX_EVENT_STALE, LINX_EVENT_STALE);
	as->r.time = 290000;
	assert_true(linx_files_is_complete(files_of(as, TID)));
	expect(as, TID, 3, "/later");
	assert_int_equal(as->ev->flags, 0);
}

/*
 * A table that is recorded in two parts is complete with the second part. That also holds for a thread that shares the
 * table and whose own item was applied before the second part.
 */
static void a_table_in_two_parts_is_settled_late(void **state)
{
	struct linx_files_change c = { .table = 5, .flags = LINX_FILES_LAST };
	struct assembly *as = *state;
	const struct linx_rec *rec;

	meet(as, TID, 1, 5);
	set_all(as, TID, 5);
	fork_to(as, TID, 101, LINX_CTX_THREAD | LINX_CTX_FILES_SHARED, 5);
	snapshot(as);
	as->r.time = 90000;
	assert_true(linx_files_is_complete(files_of(as, 101)));
	record_files(&as->r, TID, &c);
	record_fd(&as->r, 9, "/last", 0);
	rec = record_head(&as->r);
	record_head(&as->r)->time = 200000;
	record_head(&as->r)->seq = 10; /* sequence number of the record that this test makes */
	assert_int_equal(linx_assembler_snapshot(as->a, (const uint8_t *)rec, LINX_REC_LEN(rec)), 0);
	as->r.time = 150000;
	assert_false(linx_files_is_complete(files_of(as, 101)));
	as->r.time = 290000;
	assert_true(linx_files_is_complete(files_of(as, 101)));
}

/*
 * A table was found incomplete by a newer snapshot whose items are not applied yet. An item of an older snapshot does
 * not make the table complete.
 */
static void an_older_snapshot_decides_nothing(void **state)
{
	struct assembly *as = *state;

	as->r.time = 4000;
	snapshot(as);
	snapshot_of(as, TID, 5, 150000, "/now");
	as->r.time = 90000;
	assert_false(linx_files_is_complete(files_of(as, TID)));
	as->r.time = 190000;
	assert_true(linx_files_is_complete(files_of(as, TID)));
	expect(as, TID, 3, "/now");
}

/*
 * A part of a new snapshot, which has other tasks, arrives before the last item of the older snapshot is applied. The
 * item is applied nevertheless.
 */
static void another_snapshot_leaves_what_waits(void **state)
{
	struct assembly *as = *state;

	as->r.time = 4000;
	snapshot(as);
	set_fd(as, TID, 5, 3, "/older", 0);
	snapshot_of(as, TID + 1, 6, 60000, "/other");
	as->r.time = 90000;
	expect(as, TID, 3, "/before");
	assert_true(linx_files_is_complete(files_of(as, TID)));
}

#define PART ((size_t)1 << 20)

/*
 * All parts together are longer than LINX_SNAP_MAX, and each is accepted: when a part arrives, only the last item of
 * the part before it is still pending, since applied items are dropped.
 */
static void parts_do_not_pile_up(void **state)
{
	struct assembly *as = *state;
	uint8_t *part = calloc(1, PART);
	struct linx_rec *rec = NULL;
	uint64_t time = 1000000;

	assert_non_null(part);
	as->r.time = 1000;
	meet(as, TID, 1, 5);
	for (size_t done = 0; done < 2 * LINX_SNAP_MAX; done += PART) {
		for (size_t at = 0; at < PART; at += LINX_REC_LEN(rec)) {
			rec = (struct linx_rec *)(part + at);
			rec->kind = 0xff; /* a kind of a newer format */
			rec->words = LINX_REC_MAX / 8;
			rec->time = time += 100000;
		}
		assert_int_equal(linx_assembler_snapshot(as->a, part, PART), 0);
		as->r.time = time - 50000;
		files_of(as, TID);
	}
	free(part);
}

static void put_fillers(uint8_t *buf, size_t len, uint64_t time)
{
	struct linx_rec *rec;

	for (size_t at = 0; at < len; at += LINX_REC_LEN(rec)) {
		rec = (struct linx_rec *)(buf + at);
		*rec = (struct linx_rec){ .kind = 0xff, .time = time };
		rec->words = (uint16_t)((len - at < LINX_REC_MAX ? len - at : LINX_REC_MAX) / 8);
	}
}

static void take(struct assembly *as, uint8_t *data, size_t len)
{
	struct linx_snap s = { .data = data, .len = len, .cap = len };

	assert_non_null(data);
	assert_int_equal(linx_assembler_take(as->a, &s), 0);
	assert_null(s.data);
}

static void take_filler(struct assembly *as)
{
	uint8_t *part = calloc(1, sizeof(struct linx_rec));

	put_fillers(part, sizeof(struct linx_rec), UINT64_MAX);
	take(as, part, sizeof(struct linx_rec));
}

/*
 * The next part of a snapshot arrives whenever one more item of the part before it has been applied. The pending items
 * must not be moved each time.
 */
static void what_waits_is_not_moved_for_each_part(void **state)
{
	enum { PARTS = 500, FILL = 1 << 18 };
	struct assembly *as = *state;
	uint8_t *list = malloc(FILL + PARTS * 4096);
	size_t len = 0, all, moved = 0, waited;
	char path[32];

	assert_non_null(list);
	for (unsigned int i = 0; i < PARTS; i++) {
		snprintf(path, sizeof(path), "/of %u", i);
		len += put_items(as, list + len, TID, 5, 100000ull * (i + 1), path);
	}
	put_fillers(list + len, FILL, UINT64_MAX);
	all = len + FILL;
	take(as, list, all);
	for (unsigned int i = 0; i < PARTS; i++) {
		as->r.time = 100000ull * (i + 1) + 40000;
		snprintf(path, sizeof(path), "/of %u", i);
		expect(as, TID, 3, path);
		waited = as->a->snap.len - as->a->snap_at;
		assert_true(as->a->snap_at);
		take_filler(as);
		moved += as->a->snap_at ? 0 : waited;
	}
	assert_true(moved);
	assert_true(moved < 16 * all);
	assert_true(as->a->snap.len <= all + PARTS * sizeof(struct linx_rec));
}

/*
 * The items of a snapshot that wait to be applied are dropped if a new snapshot arrives and the two snapshots together
 * are too long.
 */
static void a_list_takes_the_place_of_one_that_is_too_long(void **state)
{
	const size_t most = LINX_SNAP_MAX, next = 4096;
	struct assembly *as = *state;
	/* for most of the items only the headers are read, so the rest needs no memory */
	uint8_t *older = calloc(1, most), *newer = calloc(1, next);
	size_t len;

	assert_non_null(older);
	assert_non_null(newer);
	len = put_items(as, older, TID, 5, 100000, "/older");
	put_fillers(older + len, most - len, UINT64_MAX);
	take(as, older, most);
	as->r.time = 140000;
	expect(as, TID, 3, "/older");
	len = put_items(as, newer, TID, 5, 200000, "/newer");
	put_fillers(newer + len, next - len, UINT64_MAX);
	take(as, newer, next);
	as->r.time = 190000;
	set_fd(as, TID, 5, 3, "/between", 0);
	as->r.time = 240000;
	expect(as, TID, 3, "/newer");
	assert_int_equal(as->a->snap.len, next);
	assert_int_equal(as->a->snap_at, len);
}

static void nonsense_in_a_snapshot_is_refused(void **state)
{
	struct assembly *as = *state;
	uint64_t words[8] = { 7 };

	assert_int_equal(linx_assembler_snapshot(as->a, (const uint8_t *)words, sizeof(words)), -EBADMSG);
	assert_int_equal(linx_assembler_snapshot(as->a, (const uint8_t *)words, 0), 0);
}

static void children_go_to_whom_the_kernel_gives_them(void **state)
{
	struct assembly *as = *state;
	const struct linx_event *ev;

	meet(as, 1, 0, 0);
	meet(as, 10, 1, 0);
	fork_to(as, 10, 20, 0, 0);
	fork_to(as, 20, 30, 0, 0);
	files_of(as, 30);
	assert_int_equal(linx_event_borrow_ancestor(as->ev, 1)->pid, 20);
	assert_int_equal(linx_event_borrow_ancestor(as->ev, 3)->pid, 1);
	assert_null(linx_event_borrow_ancestor(as->ev, 4));
	end(as, 20);
	files_of(as, 30);
	ev = as->ev;
	assert_int_equal(linx_event_borrow_task(ev)->ppid, 1);
	assert_int_equal(linx_event_borrow_process(ev)->ppid, 1);
	assert_int_equal(linx_event_borrow_ancestor(ev, 1)->pid, 1);
	assert_int_equal(linx_event_borrow_process(ev)->loginuid, 1000);
}

static void a_subreaper_takes_children_over(void **state)
{
	struct linx_who who = { .flags = LINX_WHO_REAPER };
	struct linx_ctx ctx = record_ctx(10, 10, 1, "reaper");
	struct assembly *as = *state;

	meet(as, 1, 0, 0);
	ctx.start_time = 10;
	record_context(&as->r, LINX_REC_TASK, 10, &ctx);
	record_val(&as->r, LINX_FIELD_WHO, LINX_VAL_BYTES, LINX_WHOLE, &who, sizeof(who), sizeof(who));
	assembly_event(as);
	fork_to(as, 10, 20, 0, 0);
	fork_to(as, 20, 30, 0, 0);
	end(as, 20);
	files_of(as, 30);
	assert_int_equal(linx_event_borrow_process(as->ev)->ppid, 10);
}

/* Feeds a thread's record with the start time of its process. */
static void meet_thread(struct assembly *as, uint32_t tid, uint32_t pid, uint32_t ppid, uint64_t process_start)
{
	struct linx_who who = { .process_start = process_start };
	struct linx_ctx ctx = record_ctx(tid, pid, ppid, "thread");

	record_context(&as->r, LINX_REC_TASK, tid, &ctx);
	record_val(&as->r, LINX_FIELD_WHO, LINX_VAL_BYTES, LINX_WHOLE, &who, sizeof(who), sizeof(who));
	assembly_event(as);
}

/*
 * Task 10 is the parent of task 20. Task 20 is the parent of a later task that has the number 10 again. No search for
 * ancestors goes in a circle.
 */
static void parents_form_no_circle(void **state)
{
	struct assembly *as = *state;
	const struct linx_process *old;
	struct linx_ctx ctx = record_ctx(10, 10, 20, "later");

	meet_thread(as, 11, 10, 0, 5);
	meet_thread(as, 21, 20, 10, 10);
	ctx.start_time = 20;
	record_context(&as->r, LINX_REC_TASK, 10, &ctx);
	assembly_event(as);
	assert_int_equal(linx_event_borrow_ancestor(as->ev, 1)->pid, 20);
	old = linx_event_borrow_ancestor(as->ev, 2);
	assert_int_equal(old->pid, 10);
	assert_int_equal(old->start_time, 5);
	assert_null(linx_event_borrow_ancestor(as->ev, 3));
	end(as, 10);
	files_of(as, 21);
	assert_ptr_equal(linx_event_borrow_ancestor(as->ev, 1), old);
	assert_null(linx_event_borrow_ancestor(as->ev, 2));
}

/* A search for ancestors ends at a bounded number of generations. */
static void a_long_line_of_ancestors_ends(void **state)
{
	enum { FIRST = 10, LAST = 3010 };
	struct assembly *as = *state;

	meet(as, 1, 0, 0);
	meet(as, FIRST, 1, 0);
	for (uint32_t tid = FIRST + 1; tid <= LAST; tid++)
		fork_to(as, tid - 1, tid, 0, 0);
	end(as, LAST - 1);
	files_of(as, LAST);
	assert_int_equal(linx_event_borrow_process(as->ev)->ppid, 1);
	for (uint32_t tid = LAST - 2; tid >= FIRST; tid--)
		end(as, tid);
	files_of(as, LAST);
	assert_int_equal(linx_event_borrow_ancestor(as->ev, 1)->pid, 1);
}

/*
 * Each process is the child of the one before, and two numbers alternate: only one task lives at a time, but all
 * ancestors are kept.
 */
static void ancestors_take_room(void **state)
{
	enum { ROOM = 100000, GENERATIONS = 5000 };
	struct assembly *as = *state;
	struct linx_ctx ctx = record_ctx(10, 10, 1, "one");
	unsigned int n = 0;

	meet(as, 10, 1, 0);
	linx_tasks_limit(as->a->tasks, ROOM);
	for (unsigned int i = 1; i <= GENERATIONS; i++) {
		uint32_t parent = ctx.tid;

		ctx = record_ctx(i % 2 ? 20 : 10, i % 2 ? 20 : 10, parent, "next");
		ctx.start_time = 10 + i;
		context(as, LINX_REC_FORK, parent, ctx, 0);
		ctx.flags = 0;
		record_context(&as->r, LINX_REC_TASK_EXIT, parent, &(struct linx_ctx){ .tid = parent, .pid = parent });
		assembly_event(as);
	}
	meet(as, 6000, ctx.tid, 0);
	while (linx_event_borrow_ancestor(as->ev, n))
		n++;
	assert_true(n <= ROOM / sizeof(struct linx_process));
	linx_tasks_limit(as->a->tasks, ROOM);
	meet(as, 40, 0, 0);
	assert_int_equal(linx_event_borrow_process(as->ev)->pid, 40);
}

static void chdir_to(struct assembly *as, uint32_t tid, uint64_t fs, const char *cwd)
{
	struct linx_ctx ctx = record_ctx(tid, tid, 1, "met");

	ctx.start_time = tid;
	record_context(&as->r, LINX_REC_TASK, tid, &ctx);
	put_task_info(as, fs - 1);
	record_str(&as->r, LINX_FIELD_CWD, cwd);
	assembly_event(as);
}

static const char *cwd_of(struct assembly *as, uint32_t tid)
{
	files_of(as, tid);
	return linx_event_borrow_process(as->ev)->cwd.data;
}

static void a_shared_directory_changes_for_all(void **state)
{
	struct assembly *as = *state;

	chdir_to(as, TID, 6, "/first");
	fork_to(as, TID, 101, LINX_CTX_FS_SHARED, 5);
	fork_to(as, TID, 102, 0, 7);
	chdir_to(as, 101, 6, "/second");
	assert_string_equal(cwd_of(as, TID), "/second");
	assert_string_equal(cwd_of(as, 102), "/first");
	/* The thread has a directory of its own after unshare(CLONE_FS). */
	chdir_to(as, 101, 9, "/third");
	assert_string_equal(cwd_of(as, TID), "/second");
	chdir_to(as, TID, 6, "/fourth");
	assert_string_equal(cwd_of(as, 101), "/third");
}

/* The shared directory of other tasks stays as it is if a task stops sharing it, or ends. */
static void many_share_a_directory(void **state)
{
	struct assembly *as = *state;

	chdir_to(as, TID, 6, "/first");
	for (uint32_t tid = 101; tid < 105; tid++)
		fork_to(as, tid - 1, tid, LINX_CTX_FS_SHARED, 5);
	end(as, 102);
	chdir_to(as, 103, 9, "/own");
	chdir_to(as, 104, 6, "/second");
	assert_string_equal(cwd_of(as, TID), "/second");
	assert_string_equal(cwd_of(as, 101), "/second");
	assert_string_equal(cwd_of(as, 103), "/own");
	end(as, TID);
	end(as, 104);
	chdir_to(as, 101, 6, "/third");
	assert_string_equal(cwd_of(as, 101), "/third");
}

/* Feeds a socket whose peer is 127.0.0.1:PORT. */
static void set_socket(struct assembly *as, uint32_t tid, uint64_t table, int fd, uint16_t port)
{
	struct linx_files_change c = { .table = table, .op = LINX_FILES_TOLD };
	struct {
		struct linx_fd head;
		struct linx_sock sock;
	} v = {
		.head = { .fd = fd, .type = LINX_FD_SOCKET, .path_state = LINX_ABSENT, .detail = sizeof(v.sock) },
		.sock = { .family = AF_INET, .type = 2, .peer_port = port, .peer = { 127, 0, 0, 1 } },
	};

	record_files(&as->r, tid, &c);
	record_val(&as->r, LINX_FIELD_FD_RESULT, LINX_VAL_FD, LINX_WHOLE, &v, sizeof(v), sizeof(v));
	assert_null(assembly_feed(as));
}

/* Returns the flags of the event of a connect to this host and port. */
static unsigned int connect_to(struct assembly *as, int fd, uint16_t port, uint32_t host, int ret)
{
	struct sockaddr_in in = {
		.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(host)
	};

	record_enter(&as->r, TID, 42, ARGS((uint64_t)fd, 0x1000, sizeof(in)));
	record_val(&as->r, 1, LINX_VAL_BYTES, LINX_WHOLE, &in, sizeof(in), sizeof(in));
	assert_null(assembly_feed(as));
	record_exit(&as->r, TID, 42, ret, ARGS((uint64_t)fd, 0x1000, sizeof(in)));
	return assembly_event(as)->flags;
}

/*
 * A record of changes may have values with memory. The values are dropped, and so take no memory, however many there
 * are.
 */
static void changes_keep_no_memory(void **state)
{
	struct linx_files_change c = { .table = 5, .first = 3, .last = 3, .op = LINX_FILES_CLOSED };
	struct assembly *as = *state;

	for (int i = 0; i < 10000; i++) {
		record_files(&as->r, TID, &c);
		for (unsigned int k = 0; k < 8; k++)
			record_mem(&as->r, 0, LINX_VAL_MEM, 0x1000 + k, "x", 1, 1);
		if (i % 2)
			assert_int_equal(linx_assembler_snapshot(as->a, (const uint8_t *)as->r.words, as->r.len), 0);
		else
			assert_null(assembly_feed(as));
	}
	assert_true(as->a->mem.cap <= 16);
}

static void another_peer_than_the_address_is_raced(void **state)
{
	struct assembly *as = *state;

	meet(as, TID, 1, 5);
	set_socket(as, TID, 5, 3, 80);
	assert_int_equal(connect_to(as, 3, 80, INADDR_LOOPBACK, 0), 0);
	assert_int_equal(connect_to(as, 3, 80, INADDR_ANY, 0), 0);
	assert_int_equal(connect_to(as, 3, 81, INADDR_LOOPBACK, 0), LINX_EVENT_RACED);
	assert_int_equal(connect_to(as, 3, 80, INADDR_LOOPBACK + 1, 0), LINX_EVENT_RACED);
	assert_int_equal(connect_to(as, 3, 81, INADDR_LOOPBACK, -111), 0);
	assert_int_equal(connect_to(as, 4, 81, INADDR_LOOPBACK, 0), 0); /* nothing is known about descriptor 4 */
	assembly_format(as, LINX_FORMAT_JSON, NULL);
	connect_to(as, 3, 81, INADDR_LOOPBACK, 0);
	assert_non_null(strstr(assembly_print(as), "\"port\":81"));
	assert_non_null(strstr(as->text, "\"flags\":[\"raced\"],\"raced\":{\"uservaddr\":{\"family\":\"AF_INET\",\"addr\":\"127.0.0.1\",\"port\":80"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ASSEMBLY_TEST(a_stream_without_files_has_none),
		ASSEMBLY_TEST(changes_follow_the_table),
		ASSEMBLY_TEST(a_thread_that_is_not_known_changes_what_it_shares),
		ASSEMBLY_TEST(an_exec_closes_what_is_marked),
		ASSEMBLY_TEST(what_others_opened_in_a_closed_range_is_known_or_marked),
		ASSEMBLY_TEST(a_child_of_threads_is_marked),
		ASSEMBLY_TEST(a_snapshot_joins_the_stream),
		ASSEMBLY_TEST(a_number_of_a_table_is_used_again),
		ASSEMBLY_TEST(a_number_was_that_of_one_who_is_met),
		ASSEMBLY_TEST(a_number_was_that_of_one_who_is_known),
		ASSEMBLY_TEST(a_number_is_used_again_within_a_snapshot),
		ASSEMBLY_TEST(an_item_is_of_its_own_time),
		ASSEMBLY_TEST(a_child_whose_table_is_recorded_is_complete),
		ASSEMBLY_TEST(a_copy_of_a_shared_table_is_marked),
		ASSEMBLY_TEST(a_child_of_the_time_between_is_marked),
		ASSEMBLY_TEST(a_loss_is_mended_by_another_snapshot),
		ASSEMBLY_TEST(a_part_in_the_middle_is_marked),
		ASSEMBLY_TEST(a_table_in_two_parts_is_settled_late),
		ASSEMBLY_TEST(an_older_snapshot_decides_nothing),
		ASSEMBLY_TEST(another_snapshot_leaves_what_waits),
		ASSEMBLY_TEST(parts_do_not_pile_up),
		ASSEMBLY_TEST(what_waits_is_not_moved_for_each_part),
		ASSEMBLY_TEST(a_list_takes_the_place_of_one_that_is_too_long),
		ASSEMBLY_TEST(nonsense_in_a_snapshot_is_refused),
		ASSEMBLY_TEST(children_go_to_whom_the_kernel_gives_them),
		ASSEMBLY_TEST(a_shared_directory_changes_for_all),
		ASSEMBLY_TEST(changes_keep_no_memory),
		ASSEMBLY_TEST(another_peer_than_the_address_is_raced),
		ASSEMBLY_TEST(a_subreaper_takes_children_over),
		ASSEMBLY_TEST(parents_form_no_circle),
		ASSEMBLY_TEST(ancestors_take_room),
		ASSEMBLY_TEST(a_long_line_of_ancestors_ends),
		ASSEMBLY_TEST(many_share_a_directory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
