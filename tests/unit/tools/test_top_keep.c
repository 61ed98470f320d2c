// SPDX-License-Identifier: LGPL-2.1-or-later
/* The newest records of a source: a capture of all that was read, then of the newest part, with the names of tasks. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "fake_engine.h"
#include "records.h"

#include <sys/mman.h>

static _Thread_local unsigned int files; /* number of files that this thread made in memory */

static int memfd_counted(const char *name, unsigned int flags)
{
	files++;
	return memfd_create(name, flags);
}
#define memfd_create memfd_counted

#include "tools/top/keep.c"
#include "common/base/sanitize.c"
#include "common/base/message.c"
#include "common/base/signals.c"
#include "common/files/write_at.c"

#define KEEP (2u << 20)
#define CALLS 120000u
/* The task of the first lane, and the number of read(2). */
#define FIRST_TID 100
#define CALL_READ 0

/*
 * Calls in a capture: their number, the results of the first and of the last one, and whether the task of each is
 * known.
 */
struct found {
	unsigned int calls;
	int64_t first, last;
	bool known;
	int end;
};

static struct found read_from(int fd)
{
	struct found f = { .known = true };
	const struct linx_event *ev;
	struct linx *l;
	int64_t ret;

	assert_int_equal(linx_open_file(fd, "kept", &l, NULL), 0);
	while ((f.end = linx_next(l, &ev, -1)) >= 0) {
		if (f.end != 1 || linx_event_get_kind(ev) != LINX_EVENT_SYSCALL || linx_event_get_ret(ev, &ret))
			continue;
		if (!f.calls++)
			f.first = ret;
		/* no call is missing within the kept ones */
		else if (ret != f.last + 1)
			fail_msg("%lld behind %lld", (long long)ret, (long long)f.last);
		f.last = ret;
		f.known &= linx_event_get_comm(ev) && !strcmp(linx_event_get_comm(ev), "fake");
	}
	linx_close(l);
	close(fd);
	return f;
}

/* Reads what is kept. Several readings need no more memory than one, and one that ends early disturbs no other. */
static struct found read_kept(struct top_keep *k)
{
	unsigned int before = files;
	int fd, other, third;

	assert_int_equal(top_keep_flush(k), 0);
	fd = top_keep_open(k);
	other = top_keep_open(k);
	third = top_keep_open(k);
	assert_true(fd >= 0 && other >= 0 && third >= 0);
	assert_int_equal(files, before);
	close(third);
	struct found f = read_from(fd), same = read_from(other);
	assert_true(f.calls == same.calls && f.first == same.first && f.last == same.last && f.known == same.known && f.end == same.end);
	return f;
}

static void keeps(bool on_disk)
{
	struct fake *f = fake_new(1);
	const struct linx_event *ev;
	struct top_keep *k;
	struct problem why;
	struct found found;
	unsigned int n = 0;
	struct linx *l;
	int rc;

	fake_context(f, 0, 50, LINX_REC_TASK, FIRST_TID);
	for (unsigned int i = 0; i < CALLS; i++)
		fake_exit(f, 0, 100 + i * 10, CALL_READ, i);
	assert_int_equal(linx_source_open(&f->e, &l, NULL), 0);
	k = top_keep_new(l, KEEP, on_disk, &why);
	assert_non_null(k);
	while ((rc = linx_next(l, &ev, 0)) >= 0) {
		if (rc != 1 || linx_event_get_kind(ev) != LINX_EVENT_SYSCALL)
			continue;
		n++;
		assert_int_equal(top_keep_look(k, 100 + n), 0);
		if (n == 100 || n == 101 || n == CALLS / 2) {
			/* the kept calls include the one that was read just now */
			found = read_kept(k);
			assert_int_equal(found.end, -ENODATA);
			assert_int_equal(found.last, n - 1);
			assert_int_equal(found.first, n == CALLS / 2 ? found.first : 0);
			assert_true(found.known);
			assert_int_equal(top_keep_since(k) != 0, n == CALLS / 2);
		}
	}
	assert_int_equal(n, CALLS);
	found = read_kept(k);
	assert_int_equal(found.last, CALLS - 1);
	assert_true(found.first > 0);
	assert_true(found.known);
	assert_true(found.calls * FAKE_EXIT_LEN >= KEEP / 4 && found.calls * FAKE_EXIT_LEN <= 2 * KEEP);
	top_keep_free(k);
	linx_close(l);
}

static void kept(void **state)
{
	(void)state;
	keeps(false);
}

static void kept_on_disk(void **state)
{
	(void)state;
	keeps(true);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(kept), cmocka_unit_test(kept_on_disk) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
