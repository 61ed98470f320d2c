// SPDX-License-Identifier: LGPL-2.1-or-later
/* Tests captures of more than 4 GiB, and lists of processes of the greatest length. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "assembly.h"
#include "libuser/base/crc32c.h"
#include "captures.h"

/* A capture with MANY blocks of the greatest length and of an unknown type after its second block. */
#define MANY 260u

struct enormous {
	const struct file *f;
	struct linx_cap_block head; /* head of each large block */
	size_t before, total; /* number of bytes before the large blocks; number of bytes of all large blocks */
	uint64_t at;
};

static ssize_t read_enormous(void *ctx, void *buf, size_t len)
{
	struct enormous *e = ctx;
	const size_t size = sizeof(e->head) + LINX_CAP_BLOCK_MAX;
	size_t at = e->at < e->before ? e->at : e->at < e->before + e->total ? e->before : e->at - e->total;
	const uint8_t *from = e->f->data + at;
	size_t left = e->at < e->before ? e->before - e->at : e->f->len + e->total - e->at, in;

	if (e->at >= e->before && e->at < e->before + e->total) {
		in = (e->at - e->before) % size;
		left = in < sizeof(e->head) ? sizeof(e->head) - in : size - in;
		len = len < left ? len : left;
		memset(buf, 0, len);
		if (in < sizeof(e->head))
			memcpy(buf, (const uint8_t *)&e->head + in, len);
	} else {
		len = len < left ? len : left;
		memcpy(buf, from, len);
	}
	e->at += len;
	return (ssize_t)len;
}

static struct outcome read_large(const struct file *f, bool salvage)
{
	static uint8_t zeroes[1 << 16];
	struct enormous e = {
		.f = f,
		.head = { .magic = LINX_CAP_BLOCK_MAGIC, .type = 999, .len = LINX_CAP_BLOCK_MAX,
			  .stored = LINX_CAP_BLOCK_MAX },
		.before = f->at[2],
		.total = MANY * (sizeof(e.head) + LINX_CAP_BLOCK_MAX),
	};
	uint32_t crc = linx_crc32c(0, &e.head, sizeof(e.head));

	for (size_t n = 0; n < LINX_CAP_BLOCK_MAX; n += sizeof(zeroes))
		crc = linx_crc32c(crc, zeroes, sizeof(zeroes));
	e.head.crc = crc;
	return read_input(&(struct linx_input){ .read = read_enormous, .ctx = &e, .fd = -1 }, salvage);
}

static void beyond_32_bits(void **state)
{
	struct file f = capture();
	const uint64_t more = MANY * (sizeof(struct linx_cap_block) + (uint64_t)LINX_CAP_BLOCK_MAX);
	struct outcome o = read_large(&f, false);
	char where[60];

	(void)state;
	assert_int_equal(o.end, -ENODATA);
	assert_int_equal(o.events, EVENTS);
	assert_true(o.complete);
	f.data[f.at[7]] ^= 1; /* makes the block's head invalid */
	snprintf(where, sizeof(where), "damaged at offset %llu:", (unsigned long long)(f.at[7] + more));
	o = read_large(&f, false);
	assert_int_equal(o.end, -EBADMSG);
	assert_non_null(strstr(o.text, where));
	o = read_large(&f, true);
	assert_int_equal(o.end, -ENODATA);
	assert_int_equal(o.damage.places, 1);
	assert_true(o.damage.first_offset == f.at[7] + more);
	assert_int_equal(o.damage.bytes, block_len(&f, 7));
	assert_int_equal(o.events, EVENTS - (is_data(&f, 7) ? block(&f, 7)->len / FAKE_EXIT_LEN : 0));
	free(f.data);
}

/* A capture like f, but with n copies of one block, a list of processes, after its second block. */
struct listed {
	const struct file *f;
	const uint8_t *block;
	size_t len, n, at;
};

static ssize_t read_listed(void *ctx, void *buf, size_t len)
{
	struct listed *l = ctx;
	size_t begin = l->f->at[2], more = l->n * l->len, left;
	const uint8_t *from;

	if (l->at >= begin && l->at < begin + more) {
		from = l->block + (l->at - begin) % l->len;
		left = l->len - (l->at - begin) % l->len;
	} else {
		from = l->f->data + l->at - (l->at < begin ? 0 : more);
		left = l->at < begin ? begin - l->at : l->f->len + more - l->at;
	}
	len = len < left ? len : left;
	memcpy(buf, from, len);
	l->at += len;
	return (ssize_t)len;
}

/* Makes a block of records without content. Their time is never reached, so they wait until the end of the capture. */
static uint8_t *list_block(size_t *len)
{
	enum { WORDS = 4096 };
	struct linx_cap_block *b = calloc(1, sizeof(*b) + LINX_CAP_BLOCK_MAX);
	const struct linx_rec rec = { .words = WORDS, .kind = LINX_REC_PAD, .time = UINT64_MAX / 2 };

	assert_non_null(b);
	*b = (struct linx_cap_block){ .magic = LINX_CAP_BLOCK_MAGIC, .type = LINX_CAP_TASKS, .first_seq = 1,
				      .last_seq = 1, .len = LINX_CAP_BLOCK_MAX, .stored = LINX_CAP_BLOCK_MAX };
	for (size_t at = 0; at < LINX_CAP_BLOCK_MAX; at += WORDS * 8ul)
		memcpy((uint8_t *)(b + 1) + at, &rec, sizeof(rec));
	*len = sizeof(*b) + LINX_CAP_BLOCK_MAX;
	b->crc = linx_crc32c(0, b, *len);
	return (uint8_t *)b;
}

static struct outcome read_lists(const struct file *f, const uint8_t *block, size_t len, size_t n, bool salvage)
{
	struct listed l = { .f = f, .block = block, .len = len, .n = n };

	return read_input(&(struct linx_input){ .read = read_listed, .ctx = &l, .fd = -1 }, salvage);
}

/* A list is limited to the length that a large machine needs, whatever length a file claims. */
static void lists_are_bounded(void **state)
{
	const size_t most = LINX_SNAP_MAX / LINX_CAP_BLOCK_MAX;
	struct file f = capture();
	struct outcome o;
	uint8_t *block;
	size_t len;

	(void)state;
	block = list_block(&len);
	o = read_lists(&f, block, len, most, false);
	assert_int_equal(o.end, -ENODATA);
	assert_int_equal(o.events, EVENTS);
	assert_true(o.complete);
	o = read_lists(&f, block, len, most + 1, false);
	assert_int_equal(o.end, -EBADMSG);
	assert_non_null(strstr(o.text, "a list of processes that is too long"));
	o = read_lists(&f, block, len, 2 * most, true);
	assert_int_equal(o.end, -ENODATA);
	assert_int_equal(o.events, EVENTS);
	free(block);
	free(f.data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(beyond_32_bits),
		cmocka_unit_test(lists_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
