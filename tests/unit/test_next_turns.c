// SPDX-License-Identifier: LGPL-2.1-or-later
/* linx_next() and linx_writer_step() that give 0: because nothing is there, or so that the caller has a turn, which linx_pending() tells. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <cmocka.h>
#include "capture_format.h"
#include "crc32c.h"
#include "fake_engine.h"

#define MANY 70000u /* more than go by in one turn */
#define RARE 5

/* All at once, and then nothing for ever. */
static int all_then_nothing(struct fake *f)
{
	bool more = f->lanes[0].shown < f->lanes[0].len;

	fake_show_all(f);
	return more;
}

/* Many events that the condition hides, and one that it does not. */
static void hidden_events(void **state)
{
	const struct linx_event *ev;
	struct fake *f = fake_new(1);
	struct linx *l;

	(void)state;
	for (unsigned int i = 0; i < MANY; i++)
		fake_exit(f, 0, 10 + i, 1, 0);
	fake_exit(f, 0, 10 + MANY, 1, RARE);
	f->on_wait = all_then_nothing;
	f->floor = UINT64_MAX;
	assert_int_equal(linx_open_engine(&f->e, &l, NULL), 0);
	assert_int_equal(linx_set_condition(l, "linx.res = 5"), 0);
	assert_false(linx_pending(l));
	assert_int_equal(linx_next(l, &ev, -1), 0);
	assert_null(ev);
	assert_true(linx_pending(l));
	assert_int_equal(linx_next(l, &ev, -1), 1);
	assert_int_equal(linx_next(l, &ev, 0), 0);
	assert_false(linx_pending(l));
	linx_close(l);
}

/* A capture without a record, and in front of its last block n others of no known type. */
static uint8_t *unknown_blocks(unsigned int n, size_t *len)
{
	struct linx_cap_block b = { .magic = LINX_CAP_BLOCK_MAGIC, .type = 99 };
	struct fake *f = fake_new(1);
	uint8_t *data = record(f, 0, len);
	size_t head = ((const struct linx_cap_head *)(const void *)data)->len, rest = *len - head;

	b.crc = linx_crc32c(0, &b, sizeof(b));
	data = realloc(data, *len + n * sizeof(b));
	assert_non_null(data);
	memmove(data + head + n * sizeof(b), data + head, rest);
	for (unsigned int i = 0; i < n; i++)
		memcpy(data + head + i * sizeof(b), &b, sizeof(b));
	*len += n * sizeof(b);
	return data;
}

static void blocks_of_no_known_type(void **state)
{
	const struct linx_event *ev;
	struct memory m = { 0 };
	uint8_t *data = unknown_blocks(MANY, &m.len);
	struct linx *l;

	(void)state;
	m.data = data;
	assert_int_equal(memory_open(&m, &l, NULL), 0);
	assert_int_equal(linx_next(l, &ev, -1), 0);
	assert_true(linx_pending(l));
	assert_int_equal(linx_next(l, &ev, -1), 1);
	assert_int_equal(linx_event_get_kind(ev), LINX_EVENT_CERTIFICATE);
	assert_false(linx_pending(l));
	linx_close(l);
	free(data);
}

static void copied_blocks_of_no_known_type(void **state)
{
	struct linx_writer_opts o = { .size = sizeof(o) };
	struct memory m = { 0 };
	uint8_t *data = unknown_blocks(MANY, &m.len);
	int fd = memfd_create("copy", MFD_CLOEXEC);
	struct linx_writer *w;
	struct linx *l;

	(void)state;
	m.data = data;
	assert_int_equal(memory_open(&m, &l, NULL), 0);
	assert_int_equal(linx_writer_new(l, fd, &o, &w, NULL), 0);
	assert_int_equal(linx_writer_step(w, -1), 0);
	assert_true(linx_pending(l));
	assert_int_equal(linx_writer_step(w, -1), -ENODATA);
	assert_false(linx_pending(l));
	linx_writer_free(w);
	linx_close(l);
	close(fd);
	free(data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hidden_events),
		cmocka_unit_test(blocks_of_no_known_type),
		cmocka_unit_test(copied_blocks_of_no_known_type),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
