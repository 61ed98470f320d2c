// SPDX-License-Identifier: LGPL-2.1-or-later
/* Descriptor tables: changes, sharing, and freed memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "libuser/state/files.h"

#define ROOM (64u << 20)

struct fixture {
	struct linx_files_account a;
	size_t room;
	struct linx_files *f;
};

static int setup(void **state)
{
	struct fixture *x = calloc(1, sizeof(*x));

	x->room = ROOM;
	if (linx_files_begin(&x->a, &x->room))
		return -1;
	x->f = linx_files_new(&x->a);
	*state = x;
	return x->f ? 0 : -1;
}

/* Frees the table of the test. Fails if not all memory of the tables is free then. */
static int teardown(void **state)
{
	struct fixture *x = *state;
	int ret;

	linx_files_put(x->f);
	ret = x->room == ROOM && !x->a.by_id.n ? 0 : -1;
	linx_files_end(&x->a);
	free(x);
	return ret;
}

static void set(struct linx_files *f, int fd, const char *path, unsigned int flags)
{
	struct linx_descriptor d = {
		.fd = fd,
		.type = LINX_FD_FILE,
		.path_state = LINX_WHOLE,
		.flags = (uint16_t)flags,
		.path = path,
		.path_len = (uint32_t)strlen(path),
	};

	linx_files_set(f, &d);
}

static void expect(const struct linx_files *f, int fd, const char *path)
{
	struct linx_descriptor d;

	assert_int_equal(linx_files_find(f, fd, &d), 0);
	assert_int_equal(d.fd, fd);
	assert_int_equal(d.path_len, strlen(path));
	assert_memory_equal(d.path, path, d.path_len);
}

static void expect_closed(const struct linx_files *f, int fd)
{
	struct linx_descriptor d;

	assert_int_not_equal(linx_files_find(f, fd, &d), 0);
}

static void descriptors_come_in_order(void **state)
{
	static const int order[] = { 0, 1, 31, 32, 9999 };
	struct fixture *x = *state;
	struct linx_descriptor d = { .fd = -1 };

	for (int i = 4; i >= 0; i--)
		set(x->f, order[i], "/x", 0);
	for (int i = 0; i < 5; i++) {
		assert_int_equal(linx_files_next(x->f, d.fd, &d), 0);
		assert_int_equal(d.fd, order[i]);
	}
	assert_int_not_equal(linx_files_next(x->f, d.fd, &d), 0);
	assert_int_not_equal(linx_files_next(x->f, INT32_MAX, &d), 0);
	assert_int_equal(linx_files_get_count(x->f), 5);
}

static void the_generation_shows_changes(void **state)
{
	struct fixture *x = *state;
	uint64_t before = linx_files_get_generation(x->f);

	set(x->f, 3, "/a", 0);
	assert_int_not_equal(linx_files_get_generation(x->f), before);
	before = linx_files_get_generation(x->f);
	linx_files_close(x->f, 4);
	linx_files_close_range(x->f, 4, UINT32_MAX);
	assert_int_equal(linx_files_get_generation(x->f), before);
	linx_files_close(x->f, 3);
	assert_int_not_equal(linx_files_get_generation(x->f), before);
}

static void a_copy_goes_its_own_way(void **state)
{
	struct fixture *x = *state;
	struct linx_files *child;

	for (int fd = 0; fd < 100; fd++)
		set(x->f, fd, "/shared", fd % 2 ? LINX_FD_CLOEXEC : 0);
	child = linx_files_copy(x->f);
	assert_int_equal(linx_files_get_generation(child), linx_files_get_generation(x->f));
	set(child, 5, "/childs", 0);
	linx_files_close(x->f, 7);
	linx_files_close(child, 6);
	expect(x->f, 5, "/shared");
	expect(child, 5, "/childs");
	expect_closed(x->f, 7);
	expect(child, 7, "/shared");
	expect(x->f, 6, "/shared");
	linx_files_exec(child);
	assert_int_equal(linx_files_get_count(child), 50);
	expect(child, 5, "/childs");
	expect_closed(child, 9);
	assert_int_equal(linx_files_get_count(x->f), 99);
	linx_files_put(child);
}

static void ranges_close_and_mark(void **state)
{
	struct fixture *x = *state;

	for (int fd = 0; fd < 200; fd++)
		set(x->f, fd, "/x", 0);
	linx_files_close_range(x->f, 50, 99);
	assert_int_equal(linx_files_get_count(x->f), 150);
	linx_files_mark_range(x->f, 100, UINT32_MAX);
	linx_files_exec(x->f);
	assert_int_equal(linx_files_get_count(x->f), 50);
	expect(x->f, 49, "/x");
	expect_closed(x->f, 50);
}

/* A thousand processes inherit ten thousand files: each process takes memory only for its own changes. */
static void copies_cost_what_they_change(void **state)
{
	enum { FILES = 10000, COPIES = 1000 };
	struct fixture *x = *state;
	struct linx_files *copy[COPIES];
	size_t before;

	for (int fd = 0; fd < FILES; fd++)
		set(x->f, fd, "/some/path/of/usual/length", 0);
	before = x->room;
	for (int i = 0; i < COPIES; i++)
		copy[i] = linx_files_copy(x->f);
	assert_true(before - x->room < COPIES * 100);
	for (int i = 0; i < COPIES; i++)
		linx_files_close(copy[i], i);
	assert_true(before - x->room < COPIES * 8000);
	for (int i = 0; i < COPIES; i++)
		linx_files_put(copy[i]);
	assert_int_equal(before, x->room);
}

/*
 * The last number is far from the others. A change near the first ones must not walk over the distance, which would
 * take forever.
 */
static void high_numbers_cost_the_same(void **state)
{
	enum { LAST = (1 << 26) - 1, ROUNDS = 200000 };
	static const uint8_t map[1] = { 0x09 };
	struct fixture *x = *state;
	size_t before = x->room;
	struct linx_files *copy;
	struct linx_descriptor d;

	set(x->f, LAST, "/far", 0);
	set(x->f, 0, "/near", 0);
	assert_true(before - x->room < 10000);
	before = x->room;
	for (int i = 0; i < ROUNDS; i++) {
		set(x->f, 3, "/x", 0);
		linx_files_mark_range(x->f, 3, 3);
		if (i % 2)
			linx_files_exec(x->f);
		else
			linx_files_close_range(x->f, 1, LAST - 1);
		linx_files_close_range(x->f, 1, 100);
		linx_files_match(x->f, map, sizeof(map), false);
		assert_int_equal(linx_files_next(x->f, 0, &d), 0);
		assert_int_equal(d.fd, LAST);
		assert_int_equal(x->room, before);
	}
	assert_int_equal(linx_files_get_count(x->f), 2);
	for (int i = 0; i < ROUNDS / 10; i++) {
		copy = linx_files_copy(x->f);
		linx_files_mark_range(copy, 0, 0);
		assert_true(before - x->room < 10000);
		linx_files_put(copy);
	}
	/* Numbers that were open before and are closed now cost neither time nor memory. */
	linx_files_close(x->f, LAST);
	linx_files_close(x->f, 0);
	expect_closed(x->f, LAST);
	assert_int_not_equal(linx_files_next(x->f, -1, &d), 0);
	set(x->f, 0, "/near", 0);
	assert_true(x->room > before);
}

static void without_room_it_says_so(void **state)
{
	struct fixture *x = *state;

	linx_files_set_complete(x->f, true);
	set(x->f, 1, "/x", 0);
	assert_true(linx_files_is_complete(x->f));
	set(x->f, INT32_MAX, "/x", 0);
	assert_false(linx_files_is_complete(x->f));
	linx_files_set_complete(x->f, false);
	linx_files_set_complete(x->f, true);
	assert_false(linx_files_is_complete(x->f));
	linx_files_reset(x->f, 1);
	linx_files_set_complete(x->f, true);
	assert_true(linx_files_is_complete(x->f));
	set(x->f, 1, "/x", 0);
	x->room -= ROOM - 70000;
	for (int fd = 0; fd < 1000; fd++)
		set(x->f, fd, "/x", 0);
	assert_false(linx_files_is_complete(x->f));
	expect(x->f, 1, "/x");
	x->room += ROOM - 70000;
}

/*
 * A whole table is recorded, but memory is missing for some of its descriptors, or to remove former ones. The table is
 * then incomplete.
 */
static void all_recorded_is_not_all_kept(void **state)
{
	static const uint8_t map[] = { 0x18 };
	struct fixture *x = *state;
	struct linx_files *copy;
	size_t room;

	for (int from = 0; from < 2; from++) {
		linx_files_reset(x->f, 1);
		set(x->f, 3, "/old", 0);
		linx_files_set_complete(x->f, true);
		room = x->room;
		x->room = 0;
		if (!from)
			linx_files_reset(x->f, 2);
		set(x->f, 3, "/new", 0);
		x->room = room;
		set(x->f, 4, "/new", 0);
		expect(x->f, 3, "/old");
		linx_files_set_complete(x->f, false);
		linx_files_set_complete(x->f, true);
		assert_false(linx_files_is_complete(x->f));
		linx_files_match(x->f, map, sizeof(map), true);
		assert_false(linx_files_is_complete(x->f));
		copy = linx_files_copy(x->f);
		linx_files_set_complete(copy, true);
		assert_false(linx_files_is_complete(copy));
		linx_files_put(copy);
	}
	linx_files_reset(x->f, 3);
	set(x->f, 3, "/new", 0);
	linx_files_set_complete(x->f, true);
	assert_true(linx_files_is_complete(x->f));
}

static void a_number_belongs_to_one_table(void **state)
{
	struct fixture *x = *state;
	struct linx_files *copy = linx_files_copy(x->f);

	linx_files_set_id(x->f, 7);
	assert_ptr_equal(linx_files_by_id(&x->a, 7), x->f);
	linx_files_set_id(copy, 7);
	assert_ptr_equal(linx_files_by_id(&x->a, 7), copy);
	assert_int_equal(linx_files_get_id(x->f), 0);
	linx_files_set_id(copy, 8);
	assert_null(linx_files_by_id(&x->a, 7));
	assert_null(linx_files_by_id(&x->a, 0));
	linx_files_put(copy);
	assert_null(linx_files_by_id(&x->a, 8));
}

static void a_map_of_what_is_open_settles_it(void **state)
{
	static const uint8_t map[] = { 0x03, 0x01 };
	struct fixture *x = *state;

	set(x->f, 0, "/x", 0);
	set(x->f, 1, "/x", 0);
	set(x->f, 2, "/x", 0);
	set(x->f, 500, "/x", 0);
	linx_files_match(x->f, map, sizeof(map), false);
	expect_closed(x->f, 2);
	expect(x->f, 500, "/x");
	assert_false(linx_files_is_complete(x->f)); /* nothing is known about descriptor 8 */
	set(x->f, 8, "/x", 0);
	linx_files_match(x->f, map, sizeof(map), true);
	expect_closed(x->f, 500);
	assert_true(linx_files_is_complete(x->f));
	linx_files_look(x->f, true);
	assert_false(linx_files_is_complete(x->f));
	linx_files_look(x->f, false);
	assert_true(linx_files_is_complete(x->f));
	linx_files_reset(x->f, 200);
	assert_int_equal(linx_files_get_count(x->f), 0);
	assert_false(linx_files_is_complete(x->f));
	linx_files_set_complete(x->f, true);
	x->a.lost_until = 199;
	assert_true(linx_files_is_complete(x->f));
	x->a.lost_until = 200;
	assert_false(linx_files_is_complete(x->f));
	linx_files_know(x->f, 201);
	assert_true(linx_files_is_complete(x->f));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(descriptors_come_in_order), TEST(the_generation_shows_changes),
		TEST(a_copy_goes_its_own_way),	 TEST(ranges_close_and_mark),
		TEST(copies_cost_what_they_change), TEST(high_numbers_cost_the_same),
		TEST(without_room_it_says_so),	 TEST(all_recorded_is_not_all_kept),
		TEST(a_number_belongs_to_one_table), TEST(a_map_of_what_is_open_settles_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
