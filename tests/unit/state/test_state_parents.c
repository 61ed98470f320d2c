// SPDX-License-Identifier: LGPL-2.1-or-later
/* Children of an ended process get a new parent, as in find_new_reaper() of the kernel, also with pid namespaces. */
#include "assembly.h"
#include "libuser/event/join.h"

/* numbers of pid namespaces */
enum { HOST = 4, INNER = 9 };

/* Feeds a record of the task, which started at that time. */
static void announce_at(struct assembly *as, uint8_t kind, uint32_t by, uint32_t tid, uint32_t ppid, struct linx_who who, uint64_t start)
{
	struct linx_ctx ctx = record_ctx(tid, tid, ppid, "known");

	ctx.start_time = start;
	record_context(&as->r, kind, by, &ctx);
	record_val(&as->r, LINX_FIELD_WHO, LINX_VAL_BYTES, LINX_WHOLE, &who, sizeof(who), sizeof(who));
	assembly_event(as);
}

/* Feeds a record of the task, whose start time is its tid. */
static void announce(struct assembly *as, uint8_t kind, uint32_t by, uint32_t tid, uint32_t ppid, struct linx_who who)
{
	announce_at(as, kind, by, tid, ppid, who, tid);
}

static void meet(struct assembly *as, uint32_t tid, uint32_t ppid, uint32_t ns, uint32_t ns_pid, uint32_t flags)
{
	struct linx_who who = { .ns = { [LINX_NS_PID] = ns }, .ns_pid = ns_pid, .flags = flags };

	announce(as, LINX_REC_TASK, tid, tid, ppid, who);
}

static void fork_to(struct assembly *as, uint32_t by, uint32_t tid, uint32_t ns, uint32_t ns_pid)
{
	struct linx_who who = { .ns = { [LINX_NS_PID] = ns }, .ns_pid = ns_pid };

	announce(as, LINX_REC_FORK, by, tid, by, who);
}

static void end(struct assembly *as, uint32_t tid)
{
	struct linx_ctx ctx = record_ctx(tid, tid, 1, "gone");

	ctx.flags = LINX_CTX_GROUP_DEAD;
	record_context(&as->r, LINX_REC_TASK_EXIT, tid, &ctx);
	assembly_event(as);
}

static uint32_t ppid_of(struct assembly *as, uint32_t tid)
{
	record_exit(&as->r, tid, NR_GETPID, tid, NO_ARGS);
	assembly_event(as);
	assert_int_equal(as->ev->task->ppid, as->ev->task->process->ppid);
	return as->ev->task->ppid;
}

/* Announces process 1, a container shim that is a subreaper, and a container whose first process is 20. */
static void meet_container(struct assembly *as)
{
	meet(as, 1, 0, HOST, 1, 0);
	meet(as, 10, 1, HOST, 10, LINX_WHO_REAPER);
	meet(as, 20, 10, INNER, 1, 0);
	meet(as, 21, 20, INNER, 2, 0);
}

/*
 * The case of docker exec C sh -c 'sleep &': the parent of sh is the shim, a subreaper outside of the container's pid
 * namespace. When sh ends, sleep gets the container's first process as its parent.
 */
static void a_subreaper_outside_takes_nobody_over(void **state)
{
	struct assembly *as = *state;

	meet_container(as);
	fork_to(as, 10, 30, INNER, 3);
	fork_to(as, 30, 31, INNER, 4);
	assert_int_equal(ppid_of(as, 31), 30);
	end(as, 30);
	assert_int_equal(ppid_of(as, 31), 20);
	assert_int_equal(linx_event_borrow_ancestor(as->ev, 2)->pid, 10);
}

/*
 * The case of nsenter -t C -p sh -c 'sleep &': the parent of sh is process 1 of the machine. When sh ends, sleep gets
 * the container's first process as its parent.
 */
static void nor_does_the_first_process_outside(void **state)
{
	struct assembly *as = *state;

	meet_container(as);
	fork_to(as, 1, 30, INNER, 3);
	fork_to(as, 30, 31, INNER, 4);
	end(as, 30);
	assert_int_equal(ppid_of(as, 31), 20);
}

static void a_subreaper_inside_does(void **state)
{
	struct assembly *as = *state;

	meet_container(as);
	meet(as, 22, 21, INNER, 3, LINX_WHO_REAPER);
	fork_to(as, 22, 30, INNER, 4);
	fork_to(as, 30, 31, INNER, 5);
	end(as, 30);
	assert_int_equal(ppid_of(as, 31), 22);
	end(as, 22);
	assert_int_equal(ppid_of(as, 31), 20);
}

/*
 * The new parent is chosen by the namespace that the ended parent was in, not by the one that its children got by
 * unshare(CLONE_NEWPID).
 */
static void the_namespace_is_that_of_the_father(void **state)
{
	struct assembly *as = *state;

	meet_container(as);
	fork_to(as, 10, 40, HOST, 40);
	fork_to(as, 40, 41, 11, 1);
	end(as, 40);
	assert_int_equal(ppid_of(as, 41), 10);
}

/* No parent is shown if the new one is unknown. */
static void without_its_first_process_nobody_is_named(void **state)
{
	struct assembly *as = *state;

	meet(as, 1, 0, HOST, 1, 0);
	meet(as, 10, 1, HOST, 10, LINX_WHO_REAPER);
	fork_to(as, 10, 30, INNER, 3);
	fork_to(as, 30, 31, INNER, 4);
	end(as, 30);
	assert_int_equal(ppid_of(as, 31), 0);
	assert_null(linx_event_borrow_ancestor(as->ev, 1));
	assembly_format(as, LINX_FORMAT_JSON, NULL);
	assert_non_null(strstr(assembly_print(as), "\"ppid\":null"));
	/* the parent is unknown until a record of the task names it */
	meet(as, 31, 10, INNER, 4, 0);
	assert_int_equal(ppid_of(as, 31), 10);
}

/* A subreaper may be among ancestors that are unknown. Then no parent is shown. */
static void unknown_ancestors_name_nobody(void **state)
{
	struct assembly *as = *state;

	meet(as, 1, 0, HOST, 1, 0);
	meet(as, 30, 25, HOST, 30, 0);
	fork_to(as, 30, 31, HOST, 31);
	end(as, 30);
	assert_int_equal(ppid_of(as, 31), 0);
	/* A parent is known once a record has announced it. */
	meet(as, 40, 35, HOST, 40, 0);
	fork_to(as, 40, 41, HOST, 41);
	meet(as, 35, 1, HOST, 35, LINX_WHO_REAPER);
	end(as, 40);
	assert_int_equal(ppid_of(as, 41), 35);
}

/* All processes of a namespace end with its first process, which is their parent until then. */
static void a_first_process_keeps_its_children(void **state)
{
	struct assembly *as = *state;

	meet_container(as);
	fork_to(as, 21, 30, INNER, 3);
	end(as, 20);
	assert_int_equal(ppid_of(as, 21), 20);
	end(as, 21);
	assert_int_equal(ppid_of(as, 30), 20);
	/* The number INNER now belongs to another namespace, whose first process (60) is announced only later. */
	fork_to(as, 10, 50, INNER, 3);
	fork_to(as, 50, 51, INNER, 4);
	end(as, 50);
	assert_int_equal(ppid_of(as, 51), 0);
	fork_to(as, 10, 60, INNER, 1);
	fork_to(as, 10, 61, INNER, 3);
	fork_to(as, 61, 62, INNER, 4);
	end(as, 61);
	assert_int_equal(ppid_of(as, 62), 60);
}

/* Feeds a record of a task that started in the same 10 ms as all others of the test. */
static void meet_at_once(struct assembly *as, uint32_t tid, uint32_t ppid)
{
	announce_at(as, LINX_REC_TASK, tid, tid, ppid, (struct linx_who){ .ns = { [LINX_NS_PID] = HOST } }, 5);
}

/*
 * A parent can have a higher pid than a child that started in the same 10 ms, because pids are used again from 300 on.
 * It still counts as the parent.
 */
static void a_parent_may_have_a_higher_number(void **state)
{
	struct assembly *as = *state;

	meet(as, 1, 0, HOST, 1, 0);
	meet_at_once(as, 32760, 1);
	meet_at_once(as, 301, 32760);
	meet_at_once(as, 302, 301);
	assert_int_equal(ppid_of(as, 302), 301);
	assert_int_equal(linx_event_borrow_ancestor(as->ev, 1)->pid, 301);
	assert_int_equal(linx_event_borrow_ancestor(as->ev, 2)->pid, 32760);
	assert_int_equal(linx_event_borrow_ancestor(as->ev, 3)->pid, 1);
}

/*
 * Records of a damaged file name a process's descendant, or the process itself, as its parent. Then the process has no
 * parent.
 */
static void no_process_is_its_own_ancestor(void **state)
{
	struct assembly *as = *state;

	meet_at_once(as, 20, 0);
	meet_at_once(as, 30, 20);
	meet_at_once(as, 10, 30);
	meet_at_once(as, 20, 10);
	meet_at_once(as, 40, 40);
	ppid_of(as, 10);
	assert_int_equal(linx_event_borrow_ancestor(as->ev, 1)->pid, 30);
	assert_int_equal(linx_event_borrow_ancestor(as->ev, 2)->pid, 20);
	assert_null(linx_event_borrow_ancestor(as->ev, 3));
	ppid_of(as, 40);
	assert_null(linx_event_borrow_ancestor(as->ev, 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ASSEMBLY_TEST(a_subreaper_outside_takes_nobody_over),
		ASSEMBLY_TEST(nor_does_the_first_process_outside),
		ASSEMBLY_TEST(a_subreaper_inside_does),
		ASSEMBLY_TEST(the_namespace_is_that_of_the_father),
		ASSEMBLY_TEST(without_its_first_process_nobody_is_named),
		ASSEMBLY_TEST(unknown_ancestors_name_nobody),
		ASSEMBLY_TEST(a_first_process_keeps_its_children),
		ASSEMBLY_TEST(a_parent_may_have_a_higher_number),
		ASSEMBLY_TEST(no_process_is_its_own_ancestor),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
