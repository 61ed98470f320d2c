// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The cost of an event must not depend on the number of processes, or on how many files one has: the same events of one
 * task are timed alone, beside 100,000 others with 20 files each, and with 10,000 files. The cost of a process must not
 * depend on the number of its ancestors.
 */
#include <time.h>
#include "assembly.h"
#include "libuser/event/join.h"
#include "libuser/state/tasks.h"

enum { PROCESSES = 100000, FILES = 10000, SHARERS = 30000, ROUNDS = 20000 };

static uint64_t cpu_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void feed(struct assembly *as)
{
	struct linx_group g = record_group(&as->r);
	const struct linx_event *ev;

	assert_true(linx_assembler_feed(as->a, &g, &ev) >= 0);
}

static void context(struct assembly *as, uint8_t kind, uint32_t by, uint32_t tid, uint32_t flags)
{
	struct linx_ctx ctx = record_ctx(tid, tid, by, "many");
	struct linx_who who = { .files = tid, .fs = tid };

	ctx.start_time = tid;
	ctx.flags = flags;
	record_context(&as->r, kind, by, &ctx);
	record_val(&as->r, LINX_FIELD_WHO, LINX_VAL_BYTES, LINX_WHOLE, &who, sizeof(who), sizeof(who));
	feed(as);
}

static void open_of(struct assembly *as, uint32_t tid, int fd)
{
	struct linx_files_change c = { .table = tid, .first = (uint32_t)fd, .last = (uint32_t)fd };

	record_files(&as->r, tid, &c);
	record_fd(&as->r, fd, "/some/path/that/is/open", 0);
	feed(as);
}

static void close_of(struct assembly *as, uint32_t tid, int fd)
{
	struct linx_files_change c = {
		.table = tid, .op = LINX_FILES_CLOSED, .first = (uint32_t)fd, .last = (uint32_t)fd
	};

	record_files(&as->r, tid, &c);
	feed(as);
}

/* Times opens, calls and closes of one task; returns the best of five, in ns for each round. */
static uint64_t rounds(struct assembly *as, uint32_t tid, int fd)
{
	uint64_t best = UINT64_MAX, begun;

	for (int k = 0; k < 5; k++) {
		begun = cpu_ns();
		for (int i = 0; i < ROUNDS; i++) {
			open_of(as, tid, fd);
			record_exit(&as->r, tid, NR_GETPID, tid, NO_ARGS);
			feed(as);
			close_of(as, tid, fd);
		}
		begun = (cpu_ns() - begun) / ROUNDS;
		best = begun < best ? begun : best;
	}
	return best;
}

/* Times forks, changes and ends of children of one task. */
static uint64_t forks(struct assembly *as, uint32_t tid)
{
	uint64_t best = UINT64_MAX, begun;

	for (int k = 0; k < 5; k++) {
		begun = cpu_ns();
		for (int i = 0; i < ROUNDS / 10; i++) {
			context(as, LINX_REC_FORK, tid, 3000000, 0);
			close_of(as, 3000000, 3);
			context(as, LINX_REC_TASK_EXIT, tid, 3000000, LINX_CTX_GROUP_DEAD);
		}
		begun = (cpu_ns() - begun) / (ROUNDS / 10);
		best = begun < best ? begun : best;
	}
	return best;
}

/* Times execs by a thread other than the leader, which takes the leader's place. */
static uint64_t execs(struct assembly *as, uint32_t pid)
{
	struct linx_ctx ctx = record_ctx(3000001, pid, 50, "thread");
	uint64_t best = UINT64_MAX, begun;

	ctx.start_time = pid;
	for (int k = 0; k < 5; k++) {
		begun = cpu_ns();
		for (int i = 0; i < ROUNDS / 100; i++) {
			ctx.tid = 3000001;
			ctx.flags = LINX_CTX_THREAD;
			record_context(&as->r, LINX_REC_FORK, pid, &ctx);
			feed(as);
			ctx.tid = pid;
			ctx.code = 3000001;
			ctx.flags = 0;
			record_context(&as->r, LINX_REC_EXEC, pid, &ctx);
			feed(as);
		}
		begun = (cpu_ns() - begun) / (ROUNDS / 100);
		best = begun < best ? begun : best;
	}
	return best;
}

/*
 * Times the records of one of many tasks that share a directory: each record changes the directory of all (if away is
 * true), or has the same directory as before. Returns the best of five, in ns for each record.
 */
static uint64_t moves(struct assembly *as, bool away)
{
	uint64_t best = UINT64_MAX, begun;
	struct linx_ctx ctx = record_ctx(60, 60, 1, "moves");
	struct linx_who who = { .fs = 60, .files = 60 };

	ctx.start_time = 60;
	for (int k = 0; k < 5; k++) {
		begun = cpu_ns();
		for (int i = 0; i < ROUNDS / 100; i++) {
			record_context(&as->r, LINX_REC_TASK, 60, &ctx);
			record_val(&as->r, LINX_FIELD_WHO, LINX_VAL_BYTES, LINX_WHOLE, &who, sizeof(who), sizeof(who));
			record_str(&as->r, LINX_FIELD_CWD, away && i % 2 ? "/some/where/else" : "/some/where");
			feed(as);
		}
		begun = (cpu_ns() - begun) / (ROUNDS / 100);
		best = begun < best ? begun : best;
	}
	return best;
}

/* Forks a child that shares the working directory of its parent. */
static void share(struct assembly *as, uint32_t tid)
{
	struct linx_ctx ctx = record_ctx(tid, tid, 60, "shares");
	struct linx_who who = { .files = tid, .fs = 60 };

	ctx.start_time = tid;
	ctx.flags = LINX_CTX_FS_SHARED;
	record_context(&as->r, LINX_REC_FORK, 60, &ctx);
	record_val(&as->r, LINX_FIELD_WHO, LINX_VAL_BYTES, LINX_WHOLE, &who, sizeof(who), sizeof(who));
	feed(as);
}

static void those_with_one_directory_cost_the_same(void **state)
{
	struct assembly *as = *state;
	uint64_t away, stays, away_many, stays_many;

	context(as, LINX_REC_TASK, 1, 60, 0);
	share(as, 61);
	away = moves(as, true);
	stays = moves(as, false);
	for (uint32_t tid = 100; tid < 100 + SHARERS; tid++)
		share(as, tid);
	away_many = moves(as, true);
	stays_many = moves(as, false);
	print_message("chdir of one of two: %lu ns; of %d %lu\n", away, SHARERS, away_many);
	print_message("setpgid of one of two: %lu ns; of %d %lu\n", stays, SHARERS, stays_many);
	assert_true(away_many < away * 20 + 1000);
	assert_true(stays_many < stays * 20 + 1000);
	record_exit(&as->r, 99 + SHARERS, NR_GETPID, 0, NO_ARGS);
	assert_string_equal(linx_event_borrow_process(assembly_event(as))->cwd.data, "/some/where");
}

static void processes_cost_the_same(void **state)
{
	struct assembly *as = *state;
	uint64_t alone, crowded, move_alone, move_crowded, fork_alone, fork_deep, made, freed;

	context(as, LINX_REC_TASK, 1, 50, 0);
	context(as, LINX_REC_TASK, 1, 60, 0);
	share(as, 61);
	alone = execs(as, 50);
	assert_int_equal(linx_tasks_count(as->a->tasks), 3);
	move_alone = moves(as, true);
	fork_alone = forks(as, 50);
	made = cpu_ns();
	for (uint32_t tid = 100; tid < 100 + PROCESSES; tid++)
		context(as, LINX_REC_FORK, tid == 100 ? 50 : tid - 1, tid, 0);
	made = cpu_ns() - made;
	crowded = execs(as, 50);
	move_crowded = moves(as, true);
	fork_deep = forks(as, 99 + PROCESSES);
	freed = cpu_ns();
	linx_assembler_free(as->a);
	freed = cpu_ns() - freed;
	assert_int_equal(linx_assembler_new(NULL, as->table, &as->a), 0);
	print_message("exec of a thread: %lu ns; beside %d processes %lu\n", alone, PROCESSES, crowded);
	print_message("chdir of two: %lu ns; beside them %lu\n", move_alone, move_crowded);
	print_message("fork, close, exit: %lu ns; with as many ancestors %lu\n", fork_alone, fork_deep);
	print_message("all of them: %lu ns to make, %lu to free\n", made, freed);
	assert_true(crowded < alone * 20 + 1000);
	assert_true(move_crowded < move_alone * 20 + 1000);
	assert_true(fork_deep < fork_alone * 20 + 1000);
	assert_true(freed < made * 3);
}

static void cost_is_flat(void **state)
{
	struct assembly *as = *state;
	uint64_t alone, crowded, wide, fork_alone, fork_wide;

	context(as, LINX_REC_TASK, 50, 50, 0);
	for (int fd = 0; fd < 20; fd++)
		open_of(as, 50, fd);
	alone = rounds(as, 50, 20);
	fork_alone = forks(as, 50);
	for (uint32_t tid = 100; tid < 100 + PROCESSES; tid++)
		context(as, LINX_REC_FORK, 50, tid, 0);
	assert_int_equal(linx_tasks_count(as->a->tasks), PROCESSES + 1);
	crowded = rounds(as, 50, 20);
	for (int fd = 0; fd < FILES; fd++)
		open_of(as, 50, fd);
	wide = rounds(as, 50, FILES);
	fork_wide = forks(as, 50);
	print_message("open, call, close: %lu ns; beside %d processes %lu; with %d files %lu\n", alone, PROCESSES,
		      crowded, FILES, wide);
	print_message("fork, close, exit: %lu ns; with %d files %lu\n", fork_alone, FILES, fork_wide);
	/* Cache misses may make an event slower, but its time must not grow with the number of tasks or files. */
	assert_true(crowded < alone * 5 + 1000);
	assert_true(wide < alone * 5 + 1000);
	assert_true(fork_wide < fork_alone * 20 + 1000);
	for (uint32_t tid = 100; tid < 100 + PROCESSES; tid++)
		context(as, LINX_REC_TASK_EXIT, tid, tid, LINX_CTX_GROUP_DEAD);
	record_exit(&as->r, 50, NR_GETPID, 50, NO_ARGS);
	feed(as);
	assert_int_equal(linx_tasks_count(as->a->tasks), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ASSEMBLY_TEST(cost_is_flat),
		ASSEMBLY_TEST(processes_cost_the_same),
		ASSEMBLY_TEST(those_with_one_directory_cost_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
