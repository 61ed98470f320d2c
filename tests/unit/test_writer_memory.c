// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Copying a capture of two sections while memory is short: whichever allocation
 * fails, the copy ends with that error, says it again, and nothing is written after it.
 */
#include "failing_memory.h"
#include "fake_engine.h"
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <cmocka.h>

#if CAN_FAIL
static uint8_t *two_sections(size_t *len)
{
	struct fake *f = fake_new(2);
	uint8_t *one, *two;

	for (uint64_t t = 1; t <= 10; t++)
		fake_exit(f, t & 1, t, 1, 0);
	one = record(f, 0, len);
	two = malloc(2 * *len);
	assert_non_null(two);
	memcpy(two, one, *len);
	memcpy(two + *len, one, *len);
	*len *= 2;
	free(one);
	return two;
}

/* With the nth calloc() failing. True: there was one. */
static bool copy(const uint8_t *data, size_t len, int nth)
{
	struct memory m = { .data = data, .len = len };
	int fd = memfd_create("copy", MFD_CLOEXEC), ret;
	struct linx_writer *w;
	struct linx *l;
	bool failed;
	off_t size;

	assert_true(fd >= 0);
	assert_int_equal(memory_open(&m, &l, NULL), 0);
	assert_int_equal(linx_writer_new(l, fd, NULL, &w, NULL), 0);
	failing = FAIL_CALLOC;
	until_failure = nth;
	while ((ret = linx_writer_step(w, 0)) >= 0)
		;
	failed = !failing;
	failing = 0;
	until_failure = 0;
	assert_int_equal(ret, failed ? -ENOMEM : -ENODATA);
	size = lseek(fd, 0, SEEK_END);
	if (failed && linx_writer_step(w, 0) == -ENOMEM) {
		assert_int_equal(linx_writer_finish(w), -ENOMEM);
		assert_int_equal(lseek(fd, 0, SEEK_END), size);
	}
	linx_writer_free(w);
	linx_close(l);
	close(fd);
	return failed;
}

static void each_allocation_may_fail(void **state)
{
	size_t len;
	uint8_t *data = two_sections(&len);
	int n = 1;

	(void)state;
	while (copy(data, len, n))
		n++;
	assert_true(n > 10);
	free(data);
}
#else
static void each_allocation_may_fail(void **state)
{
	(void)state;
	skip();
}
#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
