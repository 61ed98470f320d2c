// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Writes blocks through a transport without a descriptor: the bytes are the same, however many it accepts at a time and
 * wherever it fails.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
#include "libuser/api/block_writer.h"

#define ROOM 65536
#define BLOCKS 5u

/* A transport into memory that accepts a limited number of bytes in one call, and a limited number in all. */
struct memory {
	uint8_t data[ROOM];
	size_t len, step, room;
	unsigned int syncs;
	int sync_code;
};

static int memory_write(struct linx_transport *t, const struct iovec *v, int count, size_t *n)
{
	struct memory *m = t->data;

	if (m->len == m->room)
		return -ENOSPC;
	*n = 0;
	for (int i = 0; i < count; i++) {
		const uint8_t *from = v[i].iov_base;

		for (size_t j = 0; j < v[i].iov_len && *n < m->step && m->len < m->room; j++, ++*n)
			m->data[m->len++] = from[j];
	}
	return 0;
}

static void memory_truncate(struct linx_transport *t, size_t n)
{
	struct memory *m = t->data;

	assert_true(n <= m->len);
	m->len -= n;
}

static int memory_sync(struct linx_transport *t)
{
	struct memory *m = t->data;

	m->syncs++;
	return m->sync_code;
}

static const struct linx_transport_ops whole = { memory_write, memory_truncate, memory_sync };
static const struct linx_transport_ops without = { .write = memory_write };

/* Writes blocks of growing length. Returns the sum of their bytes, or the code of the first failure. */
static int write_blocks(struct linx_output *o, size_t ends[BLOCKS + 1])
{
	uint8_t data[BLOCKS * 100];
	int ret = 0;

	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)i;
	for (unsigned int i = 0; i < BLOCKS && !ret; i++) {
		struct linx_cap_block head = { .type = LINX_CAP_TASKS, .first_seq = i };
		size_t len = 100 * i + 3;

		ret = linx_output_block(o, &head, data, len);
		ends[i + 1] = ends[i] + sizeof(head) + (len + 7) / 8 * 8;
	}
	return ret;
}

static size_t file_bytes(uint8_t *to)
{
	FILE *f = tmpfile();
	struct linx_transport t;
	struct linx_output o;
	size_t ends[BLOCKS + 1] = { 0 }, n;

	assert_non_null(f);
	assert_int_equal(linx_transport_fd(&t, fileno(f)), 0);
	assert_int_equal(linx_output_init(&o, &t, 0), 0);
	assert_true(linx_output_truncates(&o));
	assert_int_equal(write_blocks(&o, ends), 0);
	assert_int_equal(linx_output_sync(&o), 0);
	linx_output_end(&o);
	rewind(f);
	n = fread(to, 1, ROOM, f);
	fclose(f);
	assert_int_equal(n, ends[BLOCKS]);
	return n;
}

static void same_bytes_in_pieces(void **state)
{
	static uint8_t expected[ROOM];
	static struct memory m;
	size_t n = file_bytes(expected);

	(void)state;
	for (size_t step = 1; step < 200; step += 7) {
		const struct linx_transport t = { .ops = &whole, .data = &m };
		struct linx_output o;
		size_t ends[BLOCKS + 1] = { 0 };

		m = (struct memory){ .step = step, .room = ROOM };
		assert_int_equal(linx_output_init(&o, &t, 0), 0);
		assert_int_equal(write_blocks(&o, ends), 0);
		linx_output_end(&o);
		assert_int_equal(m.len, n);
		assert_memory_equal(m.data, expected, n);
	}
}

/* The blocks before the place at which the transport fills up are whole, and nothing is written after the failure. */
static void failure_leaves_whole_blocks(void **state)
{
	static uint8_t expected[ROOM];
	static struct memory m;
	size_t n = file_bytes(expected);

	(void)state;
	for (size_t room = 0; room < n; room++) {
		const struct linx_transport t = { .ops = &whole, .data = &m };
		struct linx_output o;
		size_t ends[BLOCKS + 1] = { 0 }, last = 0;

		m = (struct memory){ .step = 64, .room = room };
		assert_int_equal(linx_output_init(&o, &t, 0), 0);
		assert_int_equal(write_blocks(&o, ends), -ENOSPC);
		for (unsigned int i = 0; i < BLOCKS && ends[i] <= room; i++)
			last = ends[i + 1] && ends[i + 1] <= room ? ends[i + 1] : ends[i];
		assert_int_equal(m.len, last);
		assert_memory_equal(m.data, expected, last);
		m.room = ROOM;
		assert_int_equal(linx_output_bytes(&o, "x", 1), -ENOSPC);
		assert_int_equal(linx_output_sync(&o), -ENOSPC);
		assert_int_equal(m.len, last);
		assert_int_equal(m.syncs, 0);
		linx_output_end(&o);
	}
}

/*
 * Bytes that were written stay if there is no operation truncate. The owner of the transport has to sync it if there is
 * no operation sync.
 */
static void optional_operations(void **state)
{
	static struct memory m;
	const struct linx_transport t = { .ops = &without, .data = &m };
	struct linx_output o;

	(void)state;
	m = (struct memory){ .step = 3, .room = 10 };
	assert_int_equal(linx_output_init(&o, &t, 0), 0);
	assert_false(linx_output_truncates(&o));
	assert_int_equal(linx_output_bytes(&o, "0123456789", 10), 0);
	assert_int_equal(linx_output_sync(&o), 0);
	assert_int_equal(linx_output_bytes(&o, "x", 1), -ENOSPC);
	assert_int_equal(m.len, 10);
	linx_output_end(&o);
}

static void sync_reports(void **state)
{
	static struct memory m;
	const struct linx_transport t = { .ops = &whole, .data = &m };
	struct linx_output o;

	(void)state;
	m = (struct memory){ .step = 64, .room = ROOM };
	assert_int_equal(linx_output_init(&o, &t, 0), 0);
	assert_int_equal(linx_output_sync(&o), 0);
	assert_int_equal(m.syncs, 1);
	m.sync_code = -EIO;
	assert_int_equal(linx_output_sync(&o), -EIO);
	assert_int_equal(linx_output_bytes(&o, "x", 1), -EIO);
	assert_int_equal(m.len, 0);
	linx_output_end(&o);
}

/* A pipe cannot be truncated. */
static void pipes_are_not_truncated(void **state)
{
	struct linx_transport t;
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(linx_transport_fd(&t, fds[1]), 0);
	assert_null(t.ops->truncate);
	close(fds[0]);
	close(fds[1]);
	assert_int_equal(linx_transport_fd(&t, -1), -EBADF);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(same_bytes_in_pieces),
		cmocka_unit_test(failure_leaves_whole_blocks),
		cmocka_unit_test(optional_operations),
		cmocka_unit_test(sync_reports),
		cmocka_unit_test(pipes_are_not_truncated),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
