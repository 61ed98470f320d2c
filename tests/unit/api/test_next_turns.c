// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * linx_next() and linx_writer_step() may return 0 for two reasons: there is no event, or they yield to the caller,
 * which linx_pending() reports.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zstd.h>
#include <cmocka.h>
#include "libuser/engine/capture_format.h"
#include "libuser/base/crc32c.h"
#include "fake_engine.h"

#define MANY 70000u /* more records than one call of linx_next() handles */
#define RARE 5

/* Makes all records visible at once, and afterwards reports the end. */
static int all_then_nothing(struct fake *f)
{
	bool more = f->lanes[0].shown < f->lanes[0].len;

	fake_show_all(f);
	return more;
}

/*
 * Many events do not match the condition, and one matches: linx_next() returns to its caller before it has found that
 * one.
 */
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
	assert_int_equal(linx_source_open(&f->e, &l, NULL), 0);
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

/* Makes a capture without a record, with n copies of the given bytes in front of its last block. */
static uint8_t *filled(unsigned int n, const void *bytes, size_t size, size_t *len)
{
	struct fake *f = fake_new(1);
	uint8_t *data = record(f, 0, len);
	size_t head = ((const struct linx_cap_head *)(const void *)data)->len, rest = *len - head;

	data = realloc(data, *len + n * size);
	assert_non_null(data);
	memmove(data + head + n * size, data + head, rest);
	for (unsigned int i = 0; i < n; i++)
		memcpy(data + head + i * size, bytes, size);
	*len += n * size;
	return data;
}

static uint8_t *unknown_blocks(unsigned int n, size_t *len)
{
	struct linx_cap_block b = { .magic = LINX_CAP_BLOCK_MAGIC, .type = 99 };

	b.crc = linx_crc32c(0, &b, sizeof(b));
	return filled(n, &b, sizeof(b), len);
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

/* Makes a block of LINX_CAP_BLOCK_MAX equal bytes, which compress to almost nothing. */
static size_t large_block(uint8_t *to, size_t room, uint16_t type, int value)
{
	struct linx_cap_block b = { .magic = LINX_CAP_BLOCK_MAGIC, .type = type, .flags = LINX_CAP_ZSTD,
				    .len = LINX_CAP_BLOCK_MAX };
	uint8_t *plain = malloc(LINX_CAP_BLOCK_MAX);
	size_t n;

	assert_non_null(plain);
	memset(plain, value, LINX_CAP_BLOCK_MAX);
	memset(to, 0, room);
	n = ZSTD_compress(to + sizeof(b), room - sizeof(b), plain, LINX_CAP_BLOCK_MAX, 1);
	assert_false(ZSTD_isError(n));
	free(plain);
	b.stored = (uint32_t)n;
	n = (n + 7) & ~7ul;
	b.crc = linx_crc32c(linx_crc32c(0, &b, sizeof(b)), to + sizeof(b), n);
	memcpy(to, &b, sizeof(b));
	return sizeof(b) + n;
}

/* Returns the number of calls to linx_next() until the end. */
static unsigned int turns(const uint8_t *data, size_t len, bool salvage)
{
	struct memory m = { .data = data, .len = len };
	const struct linx_event *ev;
	unsigned int n = 0;
	struct linx *l;
	int ret;

	assert_int_equal(memory_open(&m, &l, NULL), 0);
	if (salvage)
		assert_int_equal(linx_salvage(l), 0);
	while ((ret = linx_next(l, &ev, -1)) == 0) {
		assert_true(linx_pending(l));
		n++;
	}
	assert_int_equal(ret, 1);
	assert_int_equal(linx_event_get_kind(ev), LINX_EVENT_CERTIFICATE);
	linx_close(l);
	return n;
}

static unsigned int turns_of(unsigned int n, uint16_t type, int value, bool salvage)
{
	uint8_t block[8192], *data;
	size_t len, size = large_block(block, sizeof(block), type, value);
	unsigned int count;

	data = filled(n, block, size, &len);
	count = turns(data, len, salvage);
	free(data);
	return count;
}

/* linx_next() yields to its caller while it reads a small file that is large when decompressed. */
static void large_blocks(void **state)
{
	enum { BLOCKS = 40 };
	const unsigned int least = (unsigned int)(BLOCKS * (uint64_t)LINX_CAP_BLOCK_MAX / LINX_YIELD_BYTES);

	(void)state;
	assert_true(turns_of(BLOCKS, LINX_CAP_CLOCK, 0, false) >= least);
	/* Each block is unpacked, and then skipped as damage, because it has no valid record. */
	assert_true(turns_of(BLOCKS, LINX_CAP_DATA, 0xff, true) >= least);
	/* Blocks of the type FLOOR and of unknown types are skipped without unpacking their content. */
	assert_int_equal(turns_of(BLOCKS, LINX_CAP_FLOOR, 0, false), 0);
	assert_int_equal(turns_of(BLOCKS, 99, 0, false), 0);
}

/* linx_next() returns to its caller before it has found the end of a large hole of zeroes in a capture. */
static void nothing_at_all(void **state)
{
	const size_t size = 40 << 20;
	uint8_t *hole = calloc(1, size), *data;
	size_t len;

	(void)state;
	assert_non_null(hole);
	data = filled(1, hole, size, &len);
	assert_true(turns(data, len, true) > 0);
	free(data);
	free(hole);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hidden_events),
		cmocka_unit_test(blocks_of_no_known_type),
		cmocka_unit_test(copied_blocks_of_no_known_type),
		cmocka_unit_test(large_blocks),
		cmocka_unit_test(nothing_at_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
