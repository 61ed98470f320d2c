// SPDX-License-Identifier: LGPL-2.1-or-later
/* Reads and copies a capture with little memory: a failed allocation is reported as such. */
#include "failing_memory.h"
#include "fake_engine.h"
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <cmocka.h>

#if CAN_FAIL
#define RECORDS 3000u

/* Makes a capture that begins with a snapshot, so that applying its tasks needs memory. */
static uint8_t *capture(int level, size_t *len)
{
	struct fake *f = fake_new(2);

	for (uint64_t t = 1; t <= RECORDS; t++)
		if (t % 500)
			fake_exit(f, t & 1, t, 1, 0);
		else
			fake_context(f, t & 1, t, LINX_REC_TASK, (uint32_t)t);
	return record(f, level, len);
}

/*
 * Reads a capture while the nth allocation fails: the failure is not reported as damage, and the account is complete
 * only if all records were delivered. Returns whether there was an nth allocation.
 */
static bool reads(const uint8_t *data, size_t len, bool salvage, int nth)
{
	struct linx_damage damage;
	struct memory m = { .data = data, .len = len };
	const struct linx_certificate *cert;
	unsigned int events, more = 0;
	struct linx *l;
	uint64_t hash;
	bool failed;
	int ret;

	assert_int_equal(memory_open(&m, &l, NULL), 0);
	if (salvage)
		assert_int_equal(linx_salvage(l), 0);
	fail_once(FAIL_CALLOC | FAIL_MALLOC | FAIL_REALLOC, nth);
	ret = drain(l, &events, &hash);
	failed = has_failed();
	assert_int_equal(ret, failed ? -ENOMEM : -ENODATA);
	if (failed)
		assert_null(strstr(linx_error_text(l), "damaged"));
	assert_int_equal(linx_get_damage(l, &damage), salvage ? 0 : -ENODATA);
	assert_true(!salvage || !damage.bytes);
	/* The reader continues when there is memory again, and reports whether records are missing. */
	if (failed)
		drain(l, &more, &hash);
	assert_int_equal(linx_get_certificate(l, &cert), 0);
	assert_true(failed || cert->complete);
	if (cert->complete)
		assert_int_equal(events + more, RECORDS);
	linx_close(l);
	return failed;
}

static void reading(void **state)
{
	(void)state;
	for (int way = 0; way < 4; way++) {
		size_t len;
		uint8_t *data = capture(way & 1, &len);
		int n = 1;

		while (reads(data, len, way & 2, n))
			n++;
		assert_true(n > 3);
		free(data);
	}
}

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

/*
 * Copies a capture while the nth calloc() fails: the error is permanent, and nothing is written after it. Returns
 * whether there was an nth call of calloc().
 */
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
	fail_once(FAIL_CALLOC, nth);
	while ((ret = linx_writer_step(w, 0)) >= 0)
		;
	failed = has_failed();
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

static void copying(void **state)
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
static void skipped(void **state)
{
	(void)state;
	skip();
}
#define reading skipped
#define copying skipped
#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reading),
		cmocka_unit_test(copying),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
