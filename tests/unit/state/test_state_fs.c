// SPDX-License-Identifier: LGPL-2.1-or-later
/* Tasks that share a working directory and root, and that stop sharing. */
#include "assembly.h"
#include "libuser/event/join.h"

/* Content of a context record. The start time of the task is its tid. */
struct who_record {
	uint32_t tid, pid; /* pid 0: the same as tid */
	uint32_t by; /* tid of the parent; only for a FORK record */
	uint32_t flags; /* LINX_CTX_* */
	uint64_t fs;
	const char *cwd;
	bool chroot;
};

static void put(struct assembly *as, uint8_t kind, struct who_record w)
{
	uint32_t pid = w.pid ? w.pid : w.tid;
	struct linx_who who = { .fs = w.fs, .process_start = pid, .flags = w.chroot ? LINX_WHO_CHROOT : 0 };
	struct linx_ctx ctx = record_ctx(w.tid, pid, 1, "known");

	ctx.start_time = w.tid;
	ctx.flags = w.flags | (w.pid ? LINX_CTX_THREAD : 0);
	record_context(&as->r, kind, w.by ? w.by : w.tid, &ctx);
	record_val(&as->r, LINX_FIELD_WHO, LINX_VAL_BYTES, LINX_WHOLE, &who, sizeof(who), sizeof(who));
	if (w.cwd)
		record_str(&as->r, LINX_FIELD_CWD, w.cwd);
}

static void announce(struct assembly *as, struct who_record w)
{
	put(as, LINX_REC_TASK, w);
	assembly_event(as);
}

static void fork_to(struct assembly *as, struct who_record w)
{
	put(as, LINX_REC_FORK, w);
	assembly_event(as);
}

static void end(struct assembly *as, uint32_t tid, uint32_t pid)
{
	struct linx_ctx ctx = record_ctx(tid, pid, 1, "gone");

	ctx.flags = tid == pid ? LINX_CTX_GROUP_DEAD : 0;
	record_context(&as->r, LINX_REC_TASK_EXIT, tid, &ctx);
	assembly_event(as);
}

static const struct linx_process *process_of(struct assembly *as, uint32_t tid)
{
	record_exit(&as->r, tid, NR_GETPID, tid, NO_ARGS);
	return linx_event_borrow_process(assembly_event(as));
}

static const char *cwd_of(struct assembly *as, uint32_t tid)
{
	return process_of(as, tid)->cwd.data;
}

static bool is_chrooted(struct assembly *as, uint32_t tid)
{
	return process_of(as, tid)->flags & LINX_PROCESS_CHROOT;
}

/*
 * The cached text for tasks that share a directory stays if a record says that a task has the same directory as before.
 * A record with another directory changes the directory of all tasks that share it.
 */
static void who_goes_nowhere_changes_nobody_else(void **state)
{
	struct assembly *as = *state;
	uint32_t version;

	announce(as, (struct who_record){ .tid = 100, .fs = 6, .cwd = "/a" });
	fork_to(as, (struct who_record){ .tid = 101, .by = 100, .flags = LINX_CTX_FS_SHARED, .fs = 6 });
	version = process_of(as, 100)->version;
	announce(as, (struct who_record){ .tid = 101, .fs = 6, .cwd = "/a" });
	assert_int_equal(process_of(as, 100)->version, version);
	announce(as, (struct who_record){ .tid = 101, .fs = 6, .cwd = "/b" });
	assert_int_not_equal(process_of(as, 100)->version, version);
	assert_string_equal(cwd_of(as, 100), "/b");
}

static void a_root_is_shared_with_the_directory(void **state)
{
	struct assembly *as = *state;
	uint32_t version;

	announce(as, (struct who_record){ .tid = 100, .fs = 6, .cwd = "/" });
	fork_to(as, (struct who_record){ .tid = 101, .by = 100, .flags = LINX_CTX_FS_SHARED, .fs = 6 });
	fork_to(as, (struct who_record){ .tid = 102, .by = 100, .fs = 7 });
	version = process_of(as, 100)->version;
	announce(as, (struct who_record){ .tid = 101, .fs = 6, .cwd = "/", .chroot = true });
	assert_true(is_chrooted(as, 100));
	assert_true(is_chrooted(as, 101));
	assert_false(is_chrooted(as, 102));
	assert_int_not_equal(process_of(as, 100)->version, version);
	/* A child has a copy of the directory. */
	fork_to(as, (struct who_record){ .tid = 103, .by = 100, .fs = 8, .chroot = true });
	announce(as, (struct who_record){ .tid = 100, .fs = 6, .cwd = "/" });
	assert_false(is_chrooted(as, 101));
	assert_true(is_chrooted(as, 103));
}

/* Applies a snapshot of n tasks; time[i] is the time of item i. Records of the stream begin at time as->r.time. */
static void snapshot(struct assembly *as, const struct who_record *w, const uint64_t *time, unsigned int n)
{
	uint64_t buf[512], now = as->r.time;
	size_t len = 0;

	for (unsigned int i = 0; i < n; i++) {
		put(as, LINX_REC_TASK, w[i]);
		record_head(&as->r)->time = time[i];
		record_head(&as->r)->seq = 10;
		memcpy((uint8_t *)buf + len, as->r.words, as->r.len);
		len += as->r.len;
	}
	assert_int_equal(linx_assembler_snapshot(as->a, (const uint8_t *)buf, len), 0);
	as->r.time = now;
}

static void who_shared_before_the_recording_shares(void **state)
{
	const struct who_record items[] = { { .tid = 100, .fs = 6, .cwd = "/a" }, { .tid = 101, .fs = 6, .cwd = "/a" },
				      { .tid = 102, .fs = 7, .cwd = "/a" } };
	const uint64_t times[] = { 50000, 51000, 52000 };
	struct assembly *as = *state;

	snapshot(as, items, times, 3);
	as->r.time = 90000;
	announce(as, (struct who_record){ .tid = 100, .fs = 6, .cwd = "/b" });
	assert_string_equal(cwd_of(as, 101), "/b");
	assert_string_equal(cwd_of(as, 102), "/a");
	announce(as, (struct who_record){ .tid = 101, .fs = 6, .cwd = "/b", .chroot = true });
	assert_true(is_chrooted(as, 100));
	/* The task has a copy of the directory after unshare(CLONE_FS). */
	announce(as, (struct who_record){ .tid = 100, .fs = 9, .cwd = "/c" });
	assert_string_equal(cwd_of(as, 101), "/b");
	announce(as, (struct who_record){ .tid = 101, .fs = 6, .cwd = "/d" });
	assert_string_equal(cwd_of(as, 100), "/c");
}

/*
 * Tasks that are announced only by context records at their first events share a directory if these records have the
 * same number of its structure (fs).
 */
static void who_is_met_shares(void **state)
{
	struct assembly *as = *state;

	announce(as, (struct who_record){ .tid = 100, .fs = 6, .cwd = "/a" });
	announce(as, (struct who_record){ .tid = 101, .fs = 6, .cwd = "/b" });
	assert_string_equal(cwd_of(as, 100), "/b");
	/* The record lacks the number of the shared structure, so it is unknown whether tasks share it. */
	announce(as, (struct who_record){ .tid = 102, .cwd = "/c" });
	announce(as, (struct who_record){ .tid = 103, .cwd = "/d" });
	assert_string_equal(cwd_of(as, 102), "/c");
}

/*
 * The kernel reuses the number of a freed structure at once. Tasks with the new structure do not share the directory of
 * those with the former one.
 */
static void a_number_is_used_again(void **state)
{
	struct assembly *as = *state;

	announce(as, (struct who_record){ .tid = 100, .fs = 6, .cwd = "/a" });
	fork_to(as, (struct who_record){ .tid = 101, .by = 100, .fs = 7 });
	announce(as, (struct who_record){ .tid = 101, .fs = 7, .cwd = "/child" });
	end(as, 101, 101);
	fork_to(as, (struct who_record){ .tid = 102, .by = 100, .fs = 7 });
	assert_string_equal(cwd_of(as, 102), "/a");
	/* The record of the end of task 100 was lost. */
	fork_to(as, (struct who_record){ .tid = 103, .by = 102, .fs = 6 });
	announce(as, (struct who_record){ .tid = 103, .fs = 6, .cwd = "/new" });
	assert_string_equal(cwd_of(as, 100), "/a");
	/*
	 * The records of unshare() by the tasks 100 and 102 may have been lost as well: task 102 has the number 6,
	 * which was free again. Its directory must not replace that of task 103.
	 */
	announce(as, (struct who_record){ .tid = 102, .fs = 6, .cwd = "/copy" });
	assert_string_equal(cwd_of(as, 103), "/new");
}

/*
 * A snapshot's item is applied before the stream has reached the item's time. Until then, the number of the item's
 * directory (fs) may belong to another directory.
 */
static void an_item_ahead_shares_with_nobody(void **state)
{
	const struct who_record items[] = { { .tid = 100, .fs = 6, .cwd = "/item" }, { .tid = 101, .fs = 6, .cwd = "/item" } };
	const uint64_t times[] = { 50000, 51000 };
	struct assembly *as = *state;

	as->r.time = 1000;
	announce(as, (struct who_record){ .tid = 200, .fs = 6, .cwd = "/other" });
	snapshot(as, items, times, 2);
	assert_string_equal(cwd_of(as, 200), "/other");
	announce(as, (struct who_record){ .tid = 200, .fs = 6, .cwd = "/another" });
	assert_string_equal(cwd_of(as, 100), "/item");
	end(as, 200, 200);
	as->r.time = 90000;
	announce(as, (struct who_record){ .tid = 100, .fs = 6, .cwd = "/later" });
	assert_string_equal(cwd_of(as, 101), "/later");
}

/*
 * Threads of a process may have different directories. The process is shown with the directory of the thread that was
 * recorded last.
 */
static void threads_keep_their_own(void **state)
{
	struct assembly *as = *state;

	announce(as, (struct who_record){ .tid = 100, .fs = 6, .cwd = "/a" });
	fork_to(as, (struct who_record){ .tid = 101, .pid = 100, .by = 100, .flags = LINX_CTX_FS_SHARED, .fs = 6 });
	announce(as, (struct who_record){ .tid = 101, .pid = 100, .fs = 7, .cwd = "/thread" });
	fork_to(as, (struct who_record){ .tid = 200, .by = 101, .flags = LINX_CTX_FS_SHARED, .fs = 7 });
	announce(as, (struct who_record){ .tid = 100, .fs = 6, .cwd = "/b" });
	assert_string_equal(cwd_of(as, 200), "/thread");
	announce(as, (struct who_record){ .tid = 101, .pid = 100, .fs = 7, .cwd = "/c" });
	assert_string_equal(cwd_of(as, 200), "/c");
	/* The number of an ended thread's structure is free, even while the process lives. */
	end(as, 200, 200);
	end(as, 101, 100);
	assert_string_equal(cwd_of(as, 100), "/c");
	announce(as, (struct who_record){ .tid = 300, .fs = 7, .cwd = "/new" });
	assert_string_equal(cwd_of(as, 100), "/c");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ASSEMBLY_TEST(who_goes_nowhere_changes_nobody_else),
		ASSEMBLY_TEST(a_root_is_shared_with_the_directory),
		ASSEMBLY_TEST(who_shared_before_the_recording_shares),
		ASSEMBLY_TEST(who_is_met_shares),
		ASSEMBLY_TEST(a_number_is_used_again),
		ASSEMBLY_TEST(an_item_ahead_shares_with_nobody),
		ASSEMBLY_TEST(threads_keep_their_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
