// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Reading a capture while memory is short: whichever allocation fails, that is what
 * is said. The file is not called damaged, and nothing of it is left out for that.
 */
#include "failing_memory.h"
#include "fake_engine.h"
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#if CAN_FAIL
#define RECORDS 3000u

/* Some of it needs memory to be told: a task, a call that is entered. */
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

/* With the nth allocation failing. True: there was one. */
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
	failing = FAIL_CALLOC | FAIL_MALLOC | FAIL_REALLOC;
	until_failure = nth;
	ret = drain(l, &events, &hash);
	failed = !failing;
	failing = 0;
	until_failure = 0;
	assert_int_equal(ret, failed ? -ENOMEM : -ENODATA);
	if (failed)
		assert_null(strstr(linx_error_text(l), "damaged"));
	assert_int_equal(linx_get_damage(l, &damage), salvage ? 0 : -ENODATA);
	assert_true(!salvage || !damage.bytes);
	/* Whoever goes on, now that there is memory, is told whether that is all. */
	if (failed)
		drain(l, &more, &hash);
	assert_int_equal(linx_get_certificate(l, &cert), 0);
	assert_true(failed || cert->complete);
	if (cert->complete)
		assert_int_equal(events + more, RECORDS);
	linx_close(l);
	return failed;
}

static void each_allocation_may_fail(void **state)
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
