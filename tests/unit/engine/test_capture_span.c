// SPDX-License-Identifier: LGPL-2.1-or-later
/* Finds when a recording began and ended, from the heads of its blocks: linx_read_span(). */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
#include "captures.h"

#define WALL 1700000000000000000ull /* wall clock at the stream time 0 of the captures here */

static FILE *on_disk(const uint8_t *data, size_t len)
{
	FILE *f = tmpfile();

	assert_non_null(f);
	assert_int_equal(fwrite(data, 1, len, f), len);
	assert_int_equal(fseek(f, 0, SEEK_SET), 0);
	return f;
}

/* Expects the result of linx_read_span() for these bytes; times are given without WALL. */
static void expect(const uint8_t *data, size_t len, int want, uint64_t first, uint64_t last)
{
	FILE *f = on_disk(data, len);
	uint64_t from = 0, to = 0;

	assert_int_equal(linx_read_span(fileno(f), &from, &to), want);
	assert_int_equal(from, want ? 0 : WALL + first);
	assert_int_equal(to, want ? 0 : WALL + last);
	assert_int_equal(ftell(f), 0);
	fclose(f);
}

/* Returns a capture of n calls that are 10 ns apart. The stream time of the first call is "first". */
static uint8_t *made(uint64_t first, unsigned int n, int level, size_t *len)
{
	struct fake *f = fake_new(2);

	f->clock = (struct linx_clock){ .stream = 50, .realtime = WALL + 50 };
	for (unsigned int i = 0; i < n; i++)
		fake_exit(f, i & 1, first + i * 10, 1, 0);
	f->floor = UINT64_MAX;
	return record(f, level, len);
}

static void first_and_last(void **state)
{
	size_t len;
	uint8_t *data;

	(void)state;
	for (int level = 0; level < 4; level += 3) {
		data = made(100, 5000, level, &len);
		expect(data, len, 0, 100, 100 + 4999 * 10);
		free(data);
	}
}

/* The result has the times of the first and the last event that linx_next() delivers. */
static void as_events(void **state)
{
	struct file file = capture();
	struct memory m = { .data = file.data, .len = file.len };
	FILE *f = on_disk(file.data, file.len);
	uint64_t first = 0, last = 0, from, to;
	const struct linx_event *ev;
	struct linx *l;

	(void)state;
	assert_int_equal(memory_open(&m, &l, NULL), 0);
	while (linx_next(l, &ev, -1) == 1) {
		if (linx_event_get_kind(ev) == LINX_EVENT_CERTIFICATE)
			continue;
		last = linx_event_get_time_ns(ev);
		first = first ? first : last;
	}
	assert_int_equal(linx_read_span(fileno(f), &from, &to), 0);
	assert_int_equal(from, first);
	assert_int_equal(to, last);
	linx_close(l);
	fclose(f);
	free(file.data);
}

/*
 * A file of two sections begins at the first record of its first section and ends at the last record of its second
 * section, even if the second section is older.
 */
static void sections(void **state)
{
	size_t one, two;
	uint8_t *first = made(5000, 10, 0, &one), *second = made(100, 10, 0, &two), *both = malloc(one + two);

	(void)state;
	assert_non_null(both);
	memcpy(both, first, one);
	memcpy(both + one, second, two);
	expect(both, one + two, 0, 5000, 190);
	free(both);
	free(first);
	free(second);
}

/*
 * A capture is cut off at each length. Its recording then has an end that is not later than that of the whole capture,
 * or no end is found.
 */
static void cut_off(void **state)
{
	size_t len, head;
	uint8_t *data = made(100, 40, 0, &len);
	uint64_t from, to, before = 0;

	(void)state;
	head = ((const struct linx_cap_head *)(const void *)data)->len;
	for (size_t n = 0; n <= len; n += n < head ? 8 : 1) {
		FILE *f = on_disk(data, n);
		int ret = linx_read_span(fileno(f), &from, &to);

		assert_true(ret == 0 || ret == (n < LINX_CAP_HEAD_SIZE_V1 ? -EBADMSG : -ENODATA));
		if (!ret) {
			assert_int_equal(from, WALL + 100);
			assert_true(to >= before && to <= WALL + 490);
			before = to;
		}
		fclose(f);
	}
	assert_int_equal(before, WALL + 490);
	free(data);
}

/* The lengths in a hostile file can lead beyond the file, or back to an earlier place. The search ends nevertheless. */
static void hostile(void **state)
{
	size_t len;
	uint8_t *data = made(100, 40, 0, &len);

	(void)state;
	srand(5);
	for (unsigned int i = 0; i < 3000; i++) {
		size_t head = ((const struct linx_cap_head *)(const void *)data)->len, at = head + (size_t)rand() % (len - head);
		uint8_t old = data[at];
		uint64_t from, to;
		FILE *f;

		data[at] = (uint8_t)rand();
		f = on_disk(data, len);
		assert_true(linx_read_span(fileno(f), &from, &to) <= 0);
		fclose(f);
		data[at] = old;
	}
	free(data);
}

static void no_capture(void **state)
{
	static const uint8_t nothing[400];
	uint64_t from, to;
	size_t len;
	uint8_t *data = made(100, 0, 0, &len);
	int ends[2];

	(void)state;
	expect(nothing, 0, -EBADMSG, 0, 0);
	expect(nothing, sizeof(nothing), -EBADMSG, 0, 0);
	expect(data, len, -ENODATA, 0, 0);
	free(data);
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(linx_read_span(ends[0], &from, &to), -ESPIPE);
	close(ends[0]);
	close(ends[1]);
	assert_int_equal(linx_read_span(-1, &from, &to), -EBADF);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(first_and_last), cmocka_unit_test(as_events), cmocka_unit_test(sections),
		cmocka_unit_test(cut_off),	  cmocka_unit_test(hostile),   cmocka_unit_test(no_capture),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
