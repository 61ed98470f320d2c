// SPDX-License-Identifier: LGPL-2.1-or-later
/* Open files that are followed through descriptors: copies, children, closing, and numbers that are used again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "tools/page/follow.h"

/*
 * The events of this test have no records. The functions below take the place of the library's, and return the facts of
 * the event that the test has set.
 */
static struct {
	enum linx_event_kind kind;
	uint32_t pid, tid, child;
	const char *name;
	int64_t ret;
	uint64_t args[3];
	int32_t pair[2]; /* memory of an argument */
	uint32_t pair_size;
} event;

static enum linx_event_kind get_kind(const struct linx_event *ev)
{
	(void)ev;
	return event.kind;
}

static uint32_t get_pid(const struct linx_event *ev)
{
	(void)ev;
	return event.pid;
}

static uint32_t get_tid(const struct linx_event *ev)
{
	(void)ev;
	return event.tid;
}

static const char *get_name(const struct linx_event *ev)
{
	(void)ev;
	return event.name;
}

static int get_ret(const struct linx_event *ev, int64_t *ret)
{
	(void)ev;
	*ret = event.ret;
	return 0;
}

static int get_arg(const struct linx_event *ev, unsigned int i, uint64_t *value)
{
	(void)ev;
	if (i > 2)
		return -EINVAL;
	*value = event.args[i];
	return 0;
}

static int get_child(const struct linx_event *ev, uint32_t *tid)
{
	(void)ev;
	*tid = event.child;
	return 0;
}

static int get_value(const struct linx_event *ev, unsigned int arg, struct linx_value *v)
{
	(void)ev;
	(void)arg;
	if (!event.pair_size)
		return -ENODATA;
	*v = (struct linx_value){ .data = event.pair, .size = event.pair_size };
	return 0;
}

#define linx_event_get_kind get_kind
#define linx_event_get_pid get_pid
#define linx_event_get_tid get_tid
#define linx_event_get_name get_name
#define linx_event_get_ret get_ret
#define linx_event_get_arg get_arg
#define linx_event_get_child get_child
#define linx_event_get_value get_value
#include "tools/page/follow.c"

static void call(struct page_follow *f, uint32_t pid, const char *name, uint64_t a, uint64_t b, int64_t ret)
{
	event.kind = LINX_EVENT_SYSCALL;
	event.pid = event.tid = pid;
	event.name = name;
	event.args[0] = a;
	event.args[1] = b;
	event.args[2] = 0;
	event.ret = ret;
	assert_true(page_follow_event(f, NULL));
}

static void forks(struct page_follow *f, uint32_t pid, uint32_t child)
{
	event.kind = LINX_EVENT_FORK;
	event.pid = event.tid = pid;
	event.child = child;
	assert_true(page_follow_event(f, NULL));
}

static void copies(void **state)
{
	struct page_follow *f = page_follow_new();
	uint32_t file;

	(void)state;
	call(f, 1, "openat", 0, 0, 3);
	file = page_follow_find(f, 1, 3);
	assert_true(file);
	call(f, 1, "dup2", 3, 7, 7);
	call(f, 1, "fcntl", 7, 1030, 10);
	call(f, 1, "fcntl", 7, 1, 11); /* F_GETFD */
	call(f, 1, "dup2", 3, 3, 3);
	assert_int_equal(page_follow_find(f, 1, 7), file);
	assert_int_equal(page_follow_find(f, 1, 10), file);
	assert_int_equal(page_follow_find(f, 1, 11), 0);
	assert_int_equal(page_follow_uses(f, file), 3);
	call(f, 1, "close", 3, 0, 0);
	call(f, 1, "close", 7, 0, -9);
	assert_int_equal(page_follow_find(f, 1, 3), 0);
	assert_int_equal(page_follow_uses(f, file), 2);
	call(f, 1, "close_range", 7, UINT32_MAX, 0);
	assert_int_equal(page_follow_uses(f, file), 0);
	/* descriptor 5 was freed without a recorded close, as by an exec, and is used again */
	call(f, 1, "openat", 0, 0, 5);
	file = page_follow_find(f, 1, 5);
	call(f, 1, "accept4", 0, 0, 5);
	assert_int_not_equal(page_follow_find(f, 1, 5), file);
	page_follow_free(f);
}

static void children(void **state)
{
	struct page_follow *f = page_follow_new();
	uint32_t file, out;

	(void)state;
	event.pair[0] = 4;
	event.pair[1] = 5;
	event.pair_size = sizeof(event.pair);
	call(f, 1, "pipe2", 0, 0, 0);
	event.pair_size = 4;
	call(f, 1, "pipe2", 0, 0, 0);
	event.pair_size = 0;
	file = page_follow_find(f, 1, 5);
	assert_true(file && file != page_follow_find(f, 1, 4));
	forks(f, 1, 2);
	/* standard descriptors are those of the parent, though it has not used them */
	call(f, 2, "write", 1, 0, 1);
	out = page_follow_find(f, 2, 1);
	assert_true(out && out == page_follow_find(f, 1, 1));
	call(f, 1, "close", 5, 0, 0);
	assert_int_equal(page_follow_find(f, 2, 5), file);
	forks(f, 2, 3);
	call(f, 2, "close", 5, 0, 0);
	assert_int_equal(page_follow_uses(f, file), 1);
	/* another process with the number of one that is gone inherits what its own parent has */
	forks(f, 1, 3);
	assert_int_equal(page_follow_find(f, 3, 5), 0);
	assert_int_equal(page_follow_uses(f, file), 0);
	for (uint32_t pid = 10; pid < 3000; pid++)
		forks(f, 1, pid);
	assert_int_equal(page_follow_find(f, 2999, 1), out);
	assert_int_equal(page_follow_uses(f, out), 3 + 2990);
	page_follow_free(f);
}

/*
 * Any numbers of processes and descriptors, which a recording can have, are harmless, and the memory for them is
 * bounded.
 */
static void hostile(void **state)
{
	static const char *const names[] = { "close", "close_range", "dup", "dup3", "fcntl", "socket", "read", "openat" };
	static const uint64_t numbers[] = { 0, 3, FDS_MAX - 1, FDS_MAX, INT32_MAX, UINT32_MAX, UINT64_MAX, 1ull << 63 };
	struct page_follow *f = page_follow_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		for (size_t a = 0; a < ARRAY_SIZE(numbers); a++)
			for (size_t b = 0; b < ARRAY_SIZE(numbers); b++)
				call(f, 1, names[i], numbers[a], numbers[b], (int64_t)numbers[b]);
	event.pair[0] = INT32_MIN;
	event.pair[1] = INT32_MAX;
	event.pair_size = sizeof(event.pair);
	call(f, 1, "socketpair", 0, 0, 0);
	event.pair_size = 0;
	forks(f, 1, 1);
	call(f, 0, "socket", 0, 0, 3);
	assert_int_equal(page_follow_find(f, 0, 3), 0);
	/* ten thousand processes, each with the greatest descriptor that is followed: the memory for them is bounded */
	for (uint32_t pid = 2; pid < 10000; pid++)
		call(f, pid, "socket", 0, 0, FDS_MAX - 1);
	assert_true(f->all <= ROOM_MAX);
	assert_int_equal(page_follow_find(f, 9999, FDS_MAX - 1), 0);
	assert_int_equal(page_follow_find(f, 1, -1), 0);
	assert_int_equal(page_follow_find(f, 1, INT64_MAX), 0);
	assert_int_equal(page_follow_uses(f, UINT32_MAX), 0);
	page_follow_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(copies),
		cmocka_unit_test(children),
		cmocka_unit_test(hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
