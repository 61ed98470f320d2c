// SPDX-License-Identifier: LGPL-2.1-or-later
/* Facts of the page: processes and threads by identity, sums, and bounds beyond which events are counted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <errno.h>
#include <linx/state.h>
#include <stdio.h>
#include <string.h>

#include "tools/page/model.h"

/* A bound that a test can reach. */
#undef PAGE_SPANS_MAX
#define PAGE_SPANS_MAX 1000u

static const struct linx_process *borrow_ancestor(const struct linx_event *ev, unsigned int n);
static const struct linx_task *borrow_task(const struct linx_event *ev);
static enum linx_event_kind get_kind(const struct linx_event *ev);
static const char *get_name(const struct linx_event *ev);
static uint64_t get_time(const struct linx_event *ev);
static int get_ret(const struct linx_event *ev, int64_t *ret);
static int get_duration(const struct linx_event *ev, uint64_t *ns);

#define linx_event_borrow_ancestor borrow_ancestor
#define linx_event_borrow_task borrow_task
#define linx_event_get_kind get_kind
#define linx_event_get_name get_name
#define linx_event_get_time_ns get_time
#define linx_event_get_ret get_ret
#define linx_event_get_duration_ns get_duration
#include "common/base/message.c"
#include "common/base/sanitize.c"
#include "tools/page/model.c"

static struct linx_process process, parent = { .pid = 1, .start_time = 1, .comm = "init" };
static struct linx_task task;
static enum linx_event_kind kind;
static const char *call;
static int64_t result;
static uint64_t now, duration;

static const struct linx_process *borrow_ancestor(const struct linx_event *ev, unsigned int n)
{
	(void)ev;
	return n == 0 ? &process : n == 1 ? &parent : NULL;
}

static const struct linx_task *borrow_task(const struct linx_event *ev)
{
	(void)ev;
	return task.tid ? &task : NULL;
}

static enum linx_event_kind get_kind(const struct linx_event *ev)
{
	(void)ev;
	return kind;
}

static const char *get_name(const struct linx_event *ev)
{
	(void)ev;
	return call;
}

static uint64_t get_time(const struct linx_event *ev)
{
	(void)ev;
	return now;
}

static int get_ret(const struct linx_event *ev, int64_t *ret)
{
	(void)ev;
	*ret = result;
	return 0;
}

static int get_duration(const struct linx_event *ev, uint64_t *ns)
{
	(void)ev;
	*ns = duration;
	return duration ? 0 : -ENODATA;
}

/* Stubs: the model of this test has no views, which tests/cli/serve.sh compares with linxcap stat. */
bool view_own(unsigned int i, const char **name, const char **text, const char **yaml, size_t *len)
{
	(void)i, (void)name, (void)text, (void)yaml, (void)len;
	return false;
}

void view_def_init(struct view_def *v)
{
	(void)v;
}

int view_def_open(struct view_def *v, const char *name, struct problem *why)
{
	(void)v, (void)name, (void)why;
	return -1;
}

struct linx_aggregate *view_def_aggregate(const struct view_def *v, struct problem *why)
{
	(void)v, (void)why;
	return NULL;
}

void view_def_free(struct view_def *v)
{
	(void)v;
}

/* Stubs of what all views share. Each call of this test has returned, and each gap is of three records. */
bool view_def_counts(enum view_events events, const struct linx_event *ev, bool *counts)
{
	(void)events, (void)ev, (void)counts;
	return kind == LINX_EVENT_SYSCALL;
}

void sheet_count_losses(struct sheet_losses *l, const struct linx_event *ev)
{
	(void)ev;
	l->lost[LINX_LOST_FULL] += 3;
}

static struct page_model m;

static int setup(void **state)
{
	struct problem why;

	(void)state;
	kind = LINX_EVENT_SYSCALL;
	call = "read";
	result = 0;
	now = 1000000;
	duration = 10;
	return page_model_init(&m, &why);
}

static int teardown(void **state)
{
	(void)state;
	page_model_free(&m);
	return 0;
}

/* Adds a call of a thread. The thread and its process begin at the same time. */
static void add(uint32_t pid, uint32_t tid, uint64_t start_time)
{
	process = (struct linx_process){ .pid = pid, .start_time = start_time, .comm = "one", .version = 1 };
	task = (struct linx_task){ .tid = tid, .pid = pid, .start_time = start_time + tid, .comm = "one", .process = &process };
	now += 100;
	assert_int_equal(page_model_take(&m, NULL), 0);
}

static void sums(void **state)
{
	(void)state;
	add(10, 10, 5);
	result = -2;
	add(10, 11, 5);
	result = -5000; /* an address, not an error */
	call = "mmap";
	add(10, 10, 5);
	duration = 0;
	add(10, 10, 6); /* another process of the same number */
	assert_int_equal(m.calls, 4);
	assert_int_equal(m.untimed, 1);
	assert_int_equal(m.nprocesses, 3);
	assert_int_equal(m.ntasks, 3);
	assert_int_equal(m.processes[0].count, 3);
	assert_int_equal(m.processes[0].failed, 1);
	assert_int_equal(m.processes[0].ns, 30);
	assert_int_equal(m.processes[m.processes[0].parent].pid, 1);
	assert_int_equal(m.tasks[0].nspans, 2);
	assert_int_equal(m.tasks[0].spans[1].end, 200);
	assert_int_equal(m.end, 300);
	kind = LINX_EVENT_GAP;
	add(10, 10, 5);
	assert_int_equal(m.losses.lost[LINX_LOST_FULL], 3);
	assert_int_equal(m.events, 4);
}

/*
 * The first event sets the beginning of the page. An event with an earlier time, after the clock was set back, counts
 * as one at the beginning.
 */
static void clock_set_back(void **state)
{
	(void)state;
	add(10, 10, 5);
	now = 500;
	add(10, 10, 5);
	assert_int_equal(m.tasks[0].spans[1].end, 0);
	assert_int_equal(m.end, 0);
}

static void bounds(void **state)
{
	char name[32];

	(void)state;
	call = name;
	for (unsigned int i = 0; i < PAGE_PROCESSES_MAX + 100; i++) {
		snprintf(name, sizeof(name), "call_%u", i % 5000);
		add(100 + i, 100 + i, 7);
	}
	assert_int_equal(m.nprocesses, PAGE_PROCESSES_MAX);
	assert_int_equal(m.no_task, 101); /* init is a process, too */
	assert_int_equal(m.nspans, PAGE_SPANS_MAX);
	assert_int_equal(m.no_span, PAGE_PROCESSES_MAX - 1 - PAGE_SPANS_MAX);
	assert_int_equal(m.nnames, PAGE_NAMES_MAX);
	assert_int_equal(m.calls, PAGE_PROCESSES_MAX + 100);
	for (unsigned int i = 0; i < PAGE_TASKS_MAX; i++)
		add(100, 1000000 + i, 7);
	assert_int_equal(m.ntasks, PAGE_TASKS_MAX);
	task.tid = 0;
	assert_int_equal(page_model_take(&m, NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(sums, setup, teardown),
		cmocka_unit_test_setup_teardown(clock_set_back, setup, teardown),
		cmocka_unit_test_setup_teardown(bounds, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
