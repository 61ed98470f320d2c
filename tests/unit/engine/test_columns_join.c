// SPDX-License-Identifier: LGPL-2.1-or-later
/* Records that are split into columns and joined again are the same. Columns that no splitting makes are refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "libuser/engine/columns.h"
#include "kmod/shared/ring_proto.h"

#define ROOM (4u << 20)

/* Consecutive records, and the columns made of them. */
struct stream {
	uint8_t *records, *columns, *again;
	size_t len, n;
	uint64_t time;
	uint32_t seq;
};

static void begin(struct stream *s)
{
	*s = (struct stream){ .records = malloc(ROOM), .columns = malloc(3 * ROOM), .again = malloc(ROOM), .seq = 1000 };
	assert_true(s->records && s->columns && s->again);
}

static void end(struct stream *s)
{
	free(s->records);
	free(s->columns);
	free(s->again);
}

/* Adds a record that has "words" words after its header, which resemble those of other records. */
static struct linx_rec *add(struct stream *s, unsigned int kind, int nr, unsigned int words)
{
	struct linx_rec *rec = (void *)(s->records + s->len);
	uint64_t *body = (uint64_t *)(rec + 1);

	*rec = (struct linx_rec){
		.words = (sizeof(*rec) / 8 + words) & 0x1fff,
		.kind = kind & 0xff,
		.nr = (unsigned int)nr & 0x3ff,
		.seq = s->seq++,
		.time = s->time += (unsigned int)rand() % 70000,
		.tid = (100 + (unsigned int)rand() % 3) & 0x3fffff,
		.pid = 100,
	};
	for (unsigned int i = 0; i < words; i++)
		body[i] = rand() % 3 ? i * 1000 : (uint64_t)rand() << 32 | (unsigned int)rand();
	s->len += sizeof(*rec) + words * 8;
	return rec;
}

static bool split(struct stream *s)
{
	struct linx_splitter *splitter = linx_splitter_new();
	struct linx_column_part parts[LINX_COLUMNS];
	bool ok = linx_columns_split(splitter, s->records, s->len, parts);

	assert_non_null(splitter);
	s->n = 0;
	for (unsigned int c = 0; ok && c < LINX_COLUMNS; c++) {
		memcpy(s->columns + s->n, parts[c].data, parts[c].len);
		s->n += parts[c].len;
	}
	linx_splitter_free(splitter);
	return ok;
}

static void same_again(struct stream *s)
{
	assert_true(split(s));
	assert_true(s->n <= linx_columns_bound(s->len));
	memset(s->again, 0xa5, s->len + 8);
	assert_true(linx_columns_join(s->columns, s->n, s->again, s->len));
	assert_memory_equal(s->again, s->records, s->len);
	assert_int_equal(s->again[s->len], 0xa5);
}

static void any_records(void **state)
{
	struct stream s;

	(void)state;
	begin(&s);
	srand(5);
	for (unsigned int i = 0; i < 4000; i++)
		add(&s, (unsigned int)rand() % 12, rand() % 5 - 1, (unsigned int)rand() % 30);
	same_again(&s);
	end(&s);
}

/*
 * Splits and joins records of more shapes (kind, call and length) than the codec remembers, and then of the first
 * shapes again.
 */
static void many_shapes(void **state)
{
	struct stream s;

	(void)state;
	begin(&s);
	for (unsigned int batch = 0; batch < 2; batch++)
		for (int nr = 0; nr < 3 * (int)LINX_SHAPES; nr++)
			add(&s, LINX_REC_EXIT, nr, 1 + (unsigned int)nr % 40);
	same_again(&s);
	end(&s);
}

static void odd_heads(void **state)
{
	struct linx_rec *rec;
	struct stream s;

	(void)state;
	begin(&s);
	add(&s, LINX_REC_EXIT, 0, 4);
	rec = add(&s, LINX_REC_PAD, -1, 0);
	rec->time = UINT64_MAX;
	rec->seq = s.seq--;
	rec = add(&s, LINX_REC_EXIT, 0, (LINX_REC_MAX - sizeof(*rec)) / 8);
	rec->time = 0;
	add(&s, LINX_REC_EXIT, 0, 0)->seq = 1u << 31;
	rec = add(&s, 255, LINX_REC_NR_OTHER, 1);
	rec->nargs = 7;
	rec->abi = 3;
	rec->nvals = rec->flags = 255;
	rec->tid = rec->pid = 0x3fffff;
	same_again(&s);
	end(&s);
}

static void nothing(void **state)
{
	struct stream s;

	(void)state;
	begin(&s);
	same_again(&s);
	assert_false(linx_columns_join(s.columns, s.n, s.again, 40));
	end(&s);
}

static void not_records(void **state)
{
	struct stream s;

	(void)state;
	begin(&s);
	add(&s, LINX_REC_EXIT, 0, 4)->words = 2;
	assert_false(split(&s));
	((struct linx_rec *)(void *)s.records)->words = s.len / 8 & 0x1fff;
	assert_true(split(&s));
	s.len -= 8;
	assert_false(split(&s));
	end(&s);
}

/* Columns that are too short or too long, or that are for another number of bytes, are refused. */
static void other_lengths(void **state)
{
	struct stream s;

	(void)state;
	begin(&s);
	for (int i = 0; i < 40; i++)
		add(&s, LINX_REC_EXIT, i % 3, 5);
	assert_true(split(&s));
	for (size_t n = 0; n < s.n; n++)
		assert_false(linx_columns_join(s.columns, n, s.again, s.len));
	s.columns[s.n] = 0;
	assert_false(linx_columns_join(s.columns, s.n + 1, s.again, s.len));
	for (size_t len = 0; len < s.len + 200; len += 8)
		assert_int_equal(linx_columns_join(s.columns, s.n, s.again, len), len == s.len);
	end(&s);
}

/*
 * Changes any byte of the columns: no byte out of bounds is written or read, and the result still consists of records.
 */
static void every_byte_changed(void **state)
{
	struct stream s;
	uint32_t step;

	(void)state;
	begin(&s);
	for (int i = 0; i < 40; i++)
		add(&s, LINX_REC_EXIT, i % 3, 5);
	assert_true(split(&s));
	for (size_t at = 0; at < s.n; at++) {
		s.columns[at] ^= 0x80 | (uint8_t)at;
		if (linx_columns_join(s.columns, s.n, s.again, s.len))
			for (size_t i = 0; i < s.len; i += step) {
				assert_true(linx_rec_fits((const void *)(s.again + i), s.len - i));
				step = LINX_REC_LEN((const struct linx_rec *)(const void *)(s.again + i));
			}
		s.columns[at] ^= 0x80 | (uint8_t)at;
	}
	end(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_records),	 cmocka_unit_test(many_shapes),	  cmocka_unit_test(odd_heads),
		cmocka_unit_test(nothing),	 cmocka_unit_test(not_records),	  cmocka_unit_test(other_lengths),
		cmocka_unit_test(every_byte_changed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
