// SPDX-License-Identifier: LGPL-2.1-or-later
/* linx_seal() with an engine that seals, with one that fails, and with one that has no seal. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "fake_engine.h"

static struct {
	struct linx_engine_ops ops;
	int seals, result;
} engine;

static int on_seal(struct linx_engine *e)
{
	engine.seals++;
	return engine.result ? linx_fail(&e->err, engine.result, "no seal: fake") : 0;
}

static struct linx *open_source(bool can_seal, int result)
{
	struct fake *f = fake_new(1);
	struct linx *l;

	memset(&engine, 0, sizeof(engine));
	engine.ops = *f->e.ops;
	engine.ops.seal = can_seal ? on_seal : NULL;
	engine.result = result;
	f->e.ops = &engine.ops;
	assert_int_equal(linx_source_open(&f->e, &l, NULL), 0);
	return l;
}

static void by_the_engine(void **state)
{
	struct linx *l = open_source(true, 0);

	(void)state;
	assert_int_equal(linx_seal(l), 0);
	assert_int_equal(linx_seal(l), 0);
	assert_int_equal(engine.seals, 2);
	linx_close(l);
}

static void refused(void **state)
{
	struct linx *l = open_source(true, -EPERM);

	(void)state;
	assert_int_equal(linx_seal(l), -EPERM);
	assert_string_equal(linx_error_text(l), "no seal: fake");
	linx_close(l);
}

static void without_one(void **state)
{
	struct linx *l = open_source(false, 0);

	(void)state;
	assert_int_equal(linx_seal(l), -EOPNOTSUPP);
	assert_non_null(strstr(linx_error_text(l), "engine fake: "));
	assert_int_equal(engine.seals, 0);
	linx_close(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(by_the_engine),
		cmocka_unit_test(refused),
		cmocka_unit_test(without_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
