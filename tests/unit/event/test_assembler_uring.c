// SPDX-License-Identifier: LGPL-2.1-or-later
/* Operations of io_uring: submission and completion become one event, whatever other records are between them. */
#include <stdio.h>
#include "assembly.h"
#include "libuser/event/join.h"
#include "libuser/event/uring.h"

#define TID 100
#define OPENAT 18
#define MORE 2 /* IORING_CQE_F_MORE */

static uint8_t file_index; /* value of the member file_index in the entry of the next submission */

static void put_uring(struct assembly *as, uint64_t id, uint8_t opcode, uint32_t cqe_flags, bool with_entry)
{
	struct linx_uring u = { .id = id, .user_data = 7, .opcode = opcode, .cqe_flags = cqe_flags };

	u.state = with_entry ? LINX_WHOLE : LINX_UNAVAILABLE;
	u.entry[0] = opcode;
	u.entry[8] = 5; /* offset of the operation */
	u.entry[44] = file_index;
	record_val(&as->r, LINX_FIELD_URING, LINX_VAL_BYTES, LINX_WHOLE, &u,
		   with_entry ? sizeof(u) : offsetof(struct linx_uring, entry),
		   with_entry ? sizeof(u) : offsetof(struct linx_uring, entry));
}

static void submit(struct assembly *as, uint64_t id, const char *path)
{
	as->r.flags = LINX_RF_URING;
	record_enter(&as->r, TID, NR_OPENAT, ARGS(AT_FDCWD_ARG, 0x1000, 0, 0));
	put_uring(as, id, OPENAT, 0, true);
	record_str(&as->r, 1, path);
	as->r.flags = 0;
}

static void complete(struct assembly *as, uint64_t id, int64_t ret, uint32_t cqe_flags)
{
	as->r.flags = LINX_RF_URING;
	record_exit(&as->r, TID, NR_OPENAT, ret, ARGS(AT_FDCWD_ARG, 0x1000, 0, 0));
	put_uring(as, id, OPENAT, cqe_flags, false);
	as->r.flags = 0;
}

static void is_path(const struct assembly *as, const char *path)
{
	assert_int_equal(as->ev->in[1].size, strlen(path));
	assert_memory_equal(as->ev->in[1].data, path, strlen(path));
	assert_true(as->ev->flags & LINX_EVENT_IO_URING);
	assert_int_equal(as->ev->uring->opcode, OPENAT);
}

/* Feeds a submission, which makes no event before its result arrives. */
static void waits(struct assembly *as, uint64_t id, const char *path)
{
	submit(as, id, path);
	assert_null(assembly_feed(as));
}

/* Feeds the only or last result of an operation and expects its event. */
static void ends(struct assembly *as, uint64_t id, int64_t ret, const char *path)
{
	complete(as, id, ret, 0);
	assembly_event(as);
	is_path(as, path);
}

/* Results arrive in another order than the submissions, between other calls of the thread. */
static void results_in_any_order(void **state)
{
	struct assembly *as = *state;

	assembly_meet(as, TID, TID, "ring");
	waits(as, 1ull << 32 | 1, "/one");
	waits(as, 1ull << 32 | 2, "/two");
	record_enter(&as->r, TID, NR_OPENAT, ARGS(AT_FDCWD_ARG, 0x1000, 0, 0));
	record_str(&as->r, 1, "/call");
	assert_null(assembly_feed(as));
	ends(as, 1ull << 32 | 2, 4, "/two");
	assert_int_equal(as->ev->ret, 4);
	assert_int_equal(as->ev->uring->state, LINX_WHOLE);
	record_exit(&as->r, TID, NR_OPENAT, 9, ARGS(AT_FDCWD_ARG, 0x1000, 0, 0));
	assembly_event(as);
	assert_false(as->ev->flags & LINX_EVENT_IO_URING);
	assert_null(as->ev->uring);
	assert_int_equal(as->ev->in[1].size, 5);
	ends(as, 1ull << 32 | 1, -2, "/one");
	assert_int_equal(as->ev->ret, -2);
}

/*
 * The kernel gives the number of an ended operation to a new one. The clocks of two CPUs differ, so the result of the
 * ended operation may seem to arrive after the new operation's submission. A result without a submission is an event by
 * itself.
 */
static void numbers_are_used_again(void **state)
{
	struct assembly *as = *state;

	waits(as, 1ull << 32 | 1, "/old");
	waits(as, 2ull << 32 | 1, "/new");
	ends(as, 1ull << 32 | 1, 3, "/old");
	assert_int_equal(as->ev->flags & LINX_EVENT_UNFINISHED, 0);
	complete(as, 1ull << 32 | 1, 3, 0);
	assembly_event(as);
	assert_int_equal(as->ev->in[1].state, 0);
	assert_int_equal(as->ev->nargs, 4);
	assert_int_equal(as->ev->uring->state, LINX_UNAVAILABLE);
	ends(as, 2ull << 32 | 1, 3, "/new");
	assert_int_equal(linx_assembler_flush(as->a, &as->ev), 0);
}

/* The kernel reuses the number of an operation whose result was lost: the operation is delivered without a result. */
static void one_that_is_replaced_is_delivered(void **state)
{
	struct assembly *as = *state;

	waits(as, 1ull << 32 | 1, "/etc/shadow");
	waits(as, 2ull << 32 | 1, "/last");
	as->r.time += 2000000;
	submit(as, 1ull << 32 | 2, "/other");
	assembly_event(as);
	is_path(as, "/etc/shadow");
	assert_true(as->ev->entry);
	assert_false(as->ev->has_ret);
	assert_int_equal(as->ev->flags & (LINX_EVENT_UNFINISHED | LINX_EVENT_CUT), LINX_EVENT_UNFINISHED);
	assert_true(linx_event_get_seq(as->ev) + 1 < as->r.seq);
	complete(as, 1ull << 32 | 1, 3, 0);
	assembly_event(as);
	assert_int_equal(as->ev->in[1].state, 0);
	ends(as, 2ull << 32 | 1, 3, "/last");
	ends(as, 1ull << 32 | 2, 3, "/other");
	assert_int_equal(linx_assembler_flush(as->a, &as->ev), 0);
}

static unsigned int path_number(const struct assembly *as)
{
	return (unsigned int)strtoul((const char *)as->ev->in[1].data + 1, NULL, 10);
}

/*
 * Each of many submissions without a result becomes one event, except those for which a filter by results requires a
 * result.
 */
static void none_of_many_is_lost(void **state)
{
	enum { N = 200 };
	struct assembly *as = *state;
	unsigned int seen[N] = { 0 };
	char path[16];

	for (unsigned int i = 0; i < N; i++) {
		snprintf(path, sizeof(path), "/%03u", i);
		submit(as, (uint64_t)(i + 1) << 32 | 1 | (i & 2), path);
		if (i % 10 == 0)
			record_head(&as->r)->flags |= LINX_RF_IF_RESULT;
		if (assembly_feed(as))
			seen[path_number(as)]++;
	}
	assert_int_equal(seen[1], 1);
	while (linx_assembler_flush(as->a, &as->ev) == 1)
		seen[path_number(as)]++;
	for (unsigned int i = 0; i < N; i++)
		assert_int_equal(seen[i], i % 10 != 0);
}

static void entries_are_delivered_once(void **state)
{
	struct assembly *as = *state;

	linx_assembler_entries(as->a, true);
	for (unsigned int i = 1; i <= 50; i++) {
		submit(as, (uint64_t)i << 32 | 1, "/one");
		assembly_event(as);
		assert_int_equal(as->ev->flags & LINX_EVENT_UNFINISHED, 0);
		as->r.time += 2000000;
	}
	assert_int_equal(linx_assembler_flush(as->a, &as->ev), 1);
	assert_int_equal(linx_assembler_flush(as->a, &as->ev), 0);
}

/*
 * A submission for which there is no memory is delivered at once, and does not displace submissions that wait for their
 * results.
 */
static void without_room(void **state)
{
	struct assembly *as = *state;

	waits(as, 1ull << 32 | 1, "/first");
	linx_tasks_limit(as->a->tasks, 0);
	submit(as, 2ull << 32 | 1, "/hidden?");
	assembly_event(as);
	is_path(as, "/hidden?");
	assert_true(as->ev->entry);
	assert_true(as->ev->flags & LINX_EVENT_UNFINISHED);
	complete(as, 2ull << 32 | 1, 4, 0);
	assembly_event(as);
	assert_int_equal(as->ev->in[1].state, 0);
	ends(as, 1ull << 32 | 1, 3, "/first");
	assert_int_equal(linx_assembler_flush(as->a, &as->ev), 0);
}

static void several_results(void **state)
{
	struct assembly *as = *state;

	waits(as, 1ull << 32 | 5, "/many");
	for (int i = 0; i < 3; i++) {
		complete(as, 1ull << 32 | 5, i, i < 2 ? MORE : 0);
		assembly_event(as);
		is_path(as, "/many");
		assert_int_equal(as->ev->uring->cqe_flags, i < 2 ? MORE : 0);
	}
	complete(as, 1ull << 32 | 5, 3, 0);
	assembly_event(as);
	assert_int_equal(as->ev->in[1].state, 0);
}

/*
 * A submission without a number never gets a result, so it is delivered at once. At the end of the stream, the other
 * submissions without a result are delivered.
 */
static void no_result(void **state)
{
	struct assembly *as = *state;

	submit(as, 0, "/unknown");
	assembly_event(as);
	is_path(as, "/unknown");
	assert_true(as->ev->entry);
	waits(as, 3ull << 32 | 9, "/waits");
	assert_int_equal(linx_assembler_flush(as->a, &as->ev), 1);
	is_path(as, "/waits");
	assert_int_equal(as->ev->flags & (LINX_EVENT_UNFINISHED | LINX_EVENT_CUT), LINX_EVENT_UNFINISHED | LINX_EVENT_CUT);
	assert_int_equal(linx_assembler_flush(as->a, &as->ev), 0);
}

/* A submission without a result is not delivered if a filter by results is set. */
static void only_with_result(void **state)
{
	struct assembly *as = *state;

	for (unsigned int n = 0; n < 2; n++) {
		submit(as, n ? 1ull << 32 | 4 : 0, "/wanted?");
		record_head(&as->r)->flags |= LINX_RF_IF_RESULT;
		assert_null(assembly_feed(as));
	}
	submit(as, 1ull << 32 | 3, "/failed");
	record_head(&as->r)->flags |= LINX_RF_IF_RESULT;
	assert_null(assembly_feed(as));
	ends(as, 1ull << 32 | 3, -2, "/failed");
	assert_int_equal(linx_assembler_flush(as->a, &as->ev), 0);
}

/* A number that no kernel assigns joins no submission with a result, and a malformed value is ignored. */
static void hostile(void **state)
{
	struct assembly *as = *state;

	submit(as, UINT64_MAX, "/far");
	assembly_event(as);
	is_path(as, "/far");
	complete(as, UINT64_MAX, 3, 0);
	assembly_event(as);
	assert_int_equal(as->ev->in[1].state, 0);
	as->r.flags = LINX_RF_URING;
	record_exit(&as->r, TID, NR_OPENAT, 3, NO_ARGS);
	record_val(&as->r, LINX_FIELD_URING, LINX_VAL_BYTES, LINX_WHOLE, "short", 5, 5);
	as->r.flags = 0;
	assembly_event(as);
	assert_null(as->ev->uring);
}

static void texts(void **state)
{
	struct assembly *as = *state;
	static const struct linx_print_opts opts = { .size = sizeof(opts) };
	struct linx_format_info info;

	assembly_format(as, LINX_FORMAT_TEXT, &opts);
	submit(as, 1ull << 32 | 1, "/one");
	assembly_feed(as);
	complete(as, 1ull << 32 | 1, 4, 0);
	assembly_event(as);
	assert_non_null(strstr(assembly_print(as), "openat(AT_FDCWD, \"/one\", O_RDONLY) = 4"));
	assert_non_null(strstr(assembly_print(as), "[io_uring: IORING_OP_OPENAT]"));
	assembly_format(as, LINX_FORMAT_JSON, &opts);
	assert_non_null(strstr(assembly_print(as), "\"io_uring\":{\"opcode\":{\"value\":18,\"text\":\"IORING_OP_OPENAT\"},\"user_data\":7,"));
	assert_non_null(strstr(assembly_print(as), "\"off\":5,"));
	assembly_format(as, LINX_FORMAT_STRACE, &opts);
	assert_string_equal(assembly_print(as), "");
	for (unsigned int i = 0; !linx_get_format(i, &info); i++) {
		assembly_format(as, (enum linx_format)i, &opts);
		assert_int_equal(!!*assembly_print(as), !!(info.needs & LINX_NEEDS_URING));
	}
}

/* A file in the io_uring's own table has no descriptor, so the result of opening it is not shown as a descriptor. */
static void a_file_without_a_descriptor(void **state)
{
	struct assembly *as = *state;
	static const struct linx_print_opts opts = { .size = sizeof(opts) };

	assembly_format(as, LINX_FORMAT_JSON, &opts);
	file_index = 9;
	submit(as, 1ull << 32 | 1, "/one");
	file_index = 0;
	assembly_feed(as);
	complete(as, 1ull << 32 | 1, 4, 0);
	assembly_event(as);
	assert_true(linx_uring_makes_index(as->ev));
	assert_non_null(strstr(assembly_print(as), ",\"opened\":null"));
	assert_non_null(strstr(assembly_print(as), ",\"direct\":true}"));
	assembly_format(as, LINX_FORMAT_TEXT, &opts);
	assert_non_null(strstr(assembly_print(as), "[io_uring: IORING_OP_OPENAT, direct]"));
	waits(as, 1ull << 32 | 2, "/two");
	ends(as, 1ull << 32 | 2, 5, "/two");
	assert_false(linx_uring_makes_index(as->ev));
	assembly_format(as, LINX_FORMAT_JSON, &opts);
	assert_null(strstr(assembly_print(as), "\"opened\""));
	assert_null(strstr(assembly_print(as), "\"direct\""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ASSEMBLY_TEST(results_in_any_order), ASSEMBLY_TEST(numbers_are_used_again),
		ASSEMBLY_TEST(several_results),	     ASSEMBLY_TEST(no_result),
		ASSEMBLY_TEST(only_with_result),     ASSEMBLY_TEST(hostile),
		ASSEMBLY_TEST(texts),		     ASSEMBLY_TEST(one_that_is_replaced_is_delivered),
		ASSEMBLY_TEST(none_of_many_is_lost), ASSEMBLY_TEST(entries_are_delivered_once),
		ASSEMBLY_TEST(without_room),	     ASSEMBLY_TEST(a_file_without_a_descriptor),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
