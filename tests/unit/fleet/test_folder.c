// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The folder of linx-store: its content is known again at the next start, and a folder that cannot be read does not
 * count as empty.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <unistd.h>

#include "common/base/message.c"
#include "common/base/sanitize.c"
#include "common/files/owned_folder.c"
#include "common/files/write_at.c"
#include "common/spool/spool_block.c"
#include "fleet/store/aside.c"
#include "fleet/store/folder.c"
#include "fleet/store/ledger.c"
#include "scratch.h"

#define DAY_NS SPOOL_DAY_NS

static char path[64], day[160];
static struct problem why;
static struct aside aside;

static int begin(void **state)
{
	(void)state;
	snprintf(path, sizeof(path), "/tmp/linx-folder-test-XXXXXX");
	assert_non_null(mkdtemp(path));
	snprintf(day, sizeof(day), "%s/machine=web-1/day=1970-01-02", path);
	return 0;
}

static int end(void **state)
{
	(void)state;
	scratch_remove(path);
	return 0;
}

static struct folder *open_folder(struct ledger *ledger, struct problem *problem)
{
	struct folder *f = aside_open(&aside, path, problem) ? NULL : folder_open(&aside, ledger, problem);

	if (!f)
		aside_close(&aside);
	return f;
}

static void close_folder(struct folder *f)
{
	folder_close(f);
	aside_close(&aside);
}

static void store(struct folder *f, uint64_t spool, uint64_t from, uint64_t to)
{
	const struct linx_rowset_end bytes = { .data = "rows", .len = 4 };

	assert_int_equal(folder_begin(f, "web-1", DAY_NS + 5), 0);
	assert_int_equal(folder_write(f, &bytes), 0);
	assert_int_equal(folder_end(f, spool, from, to), 0);
}

static void test_what_is_stored_is_known(void **state)
{
	struct ledger l = { 0 }, again = { 0 };
	struct folder *f = open_folder(&l, &why);
	struct stat st;

	(void)state;
	assert_non_null(f);
	store(f, 5, 1, 7);
	store(f, 5, 9, 12);
	store(f, 6, 1, 1);
	close_folder(f);
	assert_int_equal(stat(day, &st), 0);
	assert_int_equal(st.st_mode & 07, 0);
	f = open_folder(&again, &why);
	assert_non_null(f);
	assert_true(source_has(ledger_find(&again, "web-1", 5), 1, 7));
	assert_true(source_has(ledger_find(&again, "web-1", 5), 9, 12));
	assert_false(source_has(ledger_find(&again, "web-1", 5), 8, 8));
	assert_true(source_has(ledger_find(&again, "web-1", 6), 1, 1));
	close_folder(f);
	ledger_free(&l);
	ledger_free(&again);
}

/* Files below the floor may be deleted, and their blocks do not count as missing. */
static void test_floors(void **state)
{
	struct ledger l = { 0 }, again = { 0 }, third = { 0 };
	struct folder *f = open_folder(&l, &why);
	char name[160];
	int fd;

	(void)state;
	store(f, 5, 1, 7);
	store(f, 5, 8, 9);
	assert_int_equal(folder_note_floor(f, "web-1", 5, 8), 0);
	close_folder(f);
	assert_int_equal(scratch_remove(day), 0);
	f = open_folder(&again, &why);
	assert_true(source_has(ledger_find(&again, "web-1", 5), 1, 7));
	assert_false(source_has(ledger_find(&again, "web-1", 5), 8, 8));
	close_folder(f);
	/* a floor that cannot be read does not count as 1: otherwise stored rows would be stored again */
	snprintf(name, sizeof(name), "%s/machine=web-1/0000000000000005.floor", path);
	fd = open(name, O_WRONLY | O_TRUNC);
	assert_true(fd >= 0);
	close(fd);
	assert_null(open_folder(&third, &why));
	assert_non_null(strstr(why.text, "0000000000000005.floor"));
	ledger_free(&l);
	ledger_free(&again);
	ledger_free(&third);
}

static void test_unreadable_day(void **state)
{
	struct ledger l = { 0 }, again = { 0 };
	struct folder *f = open_folder(&l, &why);

	(void)state;
	store(f, 5, 1, 7);
	close_folder(f);
	assert_int_equal(scratch_remove(day), 0);
	assert_int_equal(symlink("/nowhere", day), 0);
	assert_null(open_folder(&again, &why));
	assert_non_null(strstr(why.text, "day=1970-01-02"));
	ledger_free(&l);
	ledger_free(&again);
}

/* One process at a time uses the folder. What was refused earlier counts towards the limit of bytes. */
static void test_refused_messages(void **state)
{
	struct aside again;

	(void)state;
	assert_int_equal(aside_open(&aside, path, &why), 0);
	assert_int_equal(aside_open(&again, path, &why), -1);
	assert_non_null(strstr(why.text, "in use"));
	aside_close(&again);
	aside_put(&aside, "web-1", "block", 5);
	aside_put(&aside, "web-1", "other", 5);
	assert_int_equal(aside.bytes, 10);
	aside_close(&aside);
	assert_int_equal(aside_open(&aside, path, &why), 0);
	assert_int_equal(aside.bytes, 10);
	aside_put(&aside, "web-1", day, ASIDE_BYTES - 9);
	assert_int_equal(aside.bytes, 10);
	aside_close(&aside);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_what_is_stored_is_known, begin, end),
		cmocka_unit_test_setup_teardown(test_floors, begin, end),
		cmocka_unit_test_setup_teardown(test_unreadable_day, begin, end),
		cmocka_unit_test_setup_teardown(test_refused_messages, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
