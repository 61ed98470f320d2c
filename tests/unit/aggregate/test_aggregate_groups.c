// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Groups events by fields, and compares the cells of the table with exact values. Also tests order, limits, sections
 * and merging.
 */
#include <linx/aggregate.h>
#include <stdio.h>
#include <stdlib.h>

#include "assembly.h"

#define N(array) (unsigned int)(sizeof(array) / sizeof(*(array)))

static struct linx_aggregate *make(const char *const *keys, unsigned int nkeys, const struct linx_column *columns, unsigned int ncolumns,
				   unsigned int groups)
{
	const struct linx_aggregate_opts o = {
		.size = sizeof(o), .keys = keys, .nkeys = nkeys, .columns = columns, .ncolumns = ncolumns, .groups = groups,
	};
	struct linx_error err = { "" };
	struct linx_aggregate *a = NULL;

	if (linx_aggregate_new(&o, &a, &err))
		fail_msg("%s", err.text);
	return a;
}

static void add(struct linx_aggregate *a, struct assembly *as, uint32_t tid, int nr, int64_t ret)
{
	record_exit(&as->r, tid, nr, ret, ARGS(3, 0, 0));
	assert_int_equal(linx_aggregate_add(a, assembly_event(as)), 0);
}

static int sort_by(struct linx_aggregate *a, unsigned int index, bool key, bool descending)
{
	const struct linx_aggregate_order order = { index, key, descending };
	const struct linx_aggregate_sorting s = { .size = sizeof(s), .order = &order, .norder = 1 };

	return linx_aggregate_sort(a, &s);
}

static const char *key(const struct linx_aggregate *a, uint32_t row, unsigned int i)
{
	static char text[LINX_AGGREGATE_TEXT + 1];
	struct linx_cell c;

	assert_int_equal(linx_aggregate_get_key(a, row, i, &c), 0);
	if (c.type == LINX_CELL_TEXT)
		snprintf(text, sizeof(text), "%.*s", (int)c.len, c.text);
	else
		snprintf(text, sizeof(text), c.type == LINX_CELL_NUMBER ? "%lld" : "-", (long long)c.num);
	return text;
}

static int64_t cell(const struct linx_aggregate *a, uint32_t row, unsigned int column)
{
	struct linx_cell c;

	assert_int_equal(linx_aggregate_get_cell(a, row, column, &c), 0);
	assert_int_equal(c.type, LINX_CELL_NUMBER);
	return c.num;
}

static double real(const struct linx_aggregate *a, uint32_t row, unsigned int column)
{
	struct linx_cell c;

	assert_int_equal(linx_aggregate_get_cell(a, row, column, &c), 0);
	assert_int_equal(c.type, LINX_CELL_REAL);
	return c.real;
}

enum { COUNT, SHARE, SUM, MIN, MAX, MEAN, LAST, DISTINCT, HALF, FAILED, RATE, BYTES };
static const struct linx_column all[] = {
	[COUNT] = { .kind = LINX_COLUMN_COUNT },
	[SHARE] = { .kind = LINX_COLUMN_SHARE },
	[SUM] = { .kind = LINX_COLUMN_SUM, .field = "linx.res" },
	[MIN] = { .kind = LINX_COLUMN_MIN, .field = "linx.res" },
	[MAX] = { .kind = LINX_COLUMN_MAX, .field = "linx.res" },
	[MEAN] = { .kind = LINX_COLUMN_MEAN, .field = "linx.res" },
	[LAST] = { .kind = LINX_COLUMN_LAST, .field = "linx.comm" },
	[DISTINCT] = { .kind = LINX_COLUMN_DISTINCT, .field = "linx.tid" },
	[HALF] = { .kind = LINX_COLUMN_PERCENTILE, .field = "linx.res", .percent = 50 },
	[FAILED] = { .kind = LINX_COLUMN_SUM, .field = "evt.failed" },
	[RATE] = { .kind = LINX_COLUMN_RATE },
	[BYTES] = { .kind = LINX_COLUMN_HISTOGRAM, .field = "linx.res" },
};

static void fill(struct linx_aggregate *a, struct assembly *as)
{
	assembly_meet(as, 10, 10, "cat");
	assembly_meet(as, 11, 11, "dd");
	add(a, as, 10, NR_READ, 5);
	add(a, as, 10, NR_READ, -9);
	add(a, as, 11, NR_READ, 10);
	add(a, as, 10, NR_CLOSE, 0);
}

static void cells(void **state)
{
	static const char *const keys[] = { "linx.type" };
	struct linx_aggregate *a = make(keys, 1, all, N(all), 0);
	struct linx_cell c;

	fill(a, *state);
	assert_int_equal(sort_by(a, COUNT, false, true), 2);
	assert_string_equal(key(a, 0, 0), "read");
	assert_int_equal(cell(a, 0, COUNT), 3);
	assert_int_equal(cell(a, 0, SUM), 6);
	assert_int_equal(cell(a, 0, MIN), -9);
	assert_int_equal(cell(a, 0, MAX), 10);
	assert_true(real(a, 0, MEAN) == 2.0);
	assert_true(real(a, 0, SHARE) == 75.0);
	assert_int_equal(cell(a, 0, DISTINCT), 2);
	assert_int_equal(cell(a, 0, HALF), 5);
	assert_int_equal(cell(a, 0, FAILED), 1);
	assert_true(real(a, 0, RATE) == 3 / 3e-6); /* records are 1000 ns apart */
	assert_int_equal(linx_aggregate_get_cell(a, 0, LAST, &c), 0);
	assert_memory_equal(c.text, "dd", 2);
	assert_int_equal(linx_aggregate_get_cell(a, 0, BYTES, &c), 0);
	assert_int_equal(c.buckets[0], 1); /* -9 */
	assert_int_equal(c.buckets[2 + 2], 1); /* 5 */
	assert_int_equal(c.buckets[2 + 3], 1); /* 10 */
	assert_string_equal(key(a, 1, 0), "close");
	assert_int_equal(cell(a, LINX_ROW_TOTAL, COUNT), 4);
	assert_int_equal(cell(a, LINX_ROW_TOTAL, SUM), 6);
	assert_true(real(a, LINX_ROW_TOTAL, SHARE) == 100.0);
	assert_int_equal(linx_aggregate_get_cell(a, LINX_ROW_FOLDED, COUNT, &c), -ENOENT);
	assert_int_equal(linx_aggregate_get_cell(a, 2, COUNT, &c), -ENOENT);
	linx_aggregate_free(a);
}

/* Returns the value of a column in the total row, which has all groups. */
static int64_t of_all(struct linx_aggregate *a, unsigned int column)
{
	sort_by(a, column, false, true);
	return cell(a, LINX_ROW_TOTAL, column);
}

/*
 * A percentile without "ranges" is the middle of a range of values, but no smaller than the minimum and no larger than
 * the maximum. With "ranges" it is the upper end of a range.
 */
static void percentiles_within_limits(void **state)
{
	const struct linx_column columns[] = {
		{ .kind = LINX_COLUMN_PERCENTILE, .field = "linx.res", .percent = 1 },
		{ .kind = LINX_COLUMN_PERCENTILE, .field = "linx.res", .percent = 99 },
		{ .kind = LINX_COLUMN_PERCENTILE, .field = "linx.res", .percent = 99, .ranges = 32 },
	};
	struct linx_aggregate *a = make(NULL, 0, columns, N(columns), 0);

	/* the range that contains all values of this test is 1,015,808 to 1,032,191 */
	add(a, *state, 10, NR_READ, 1016000);
	assert_int_equal(of_all(a, 0), 1016000);
	assert_int_equal(of_all(a, 1), 1016000);
	assert_int_equal(of_all(a, 2), 1032191);
	linx_aggregate_clear(a);
	add(a, *state, 10, NR_READ, 1032000);
	assert_int_equal(of_all(a, 0), 1032000);
	linx_aggregate_clear(a);
	add(a, *state, 10, NR_READ, 1016000);
	add(a, *state, 10, NR_READ, 1032000);
	assert_int_equal(of_all(a, 1), 1023999);
	linx_aggregate_free(a);
}

/* Events that lack a value share a key of their own, which is before all others. */
static void keys_without_a_value(void **state)
{
	static const char *const keys[] = { "linx.comm", "linx.errno" };
	struct linx_aggregate *a = make(keys, 2, all, 1, 0);

	fill(a, *state);
	assert_int_equal(sort_by(a, 1, true, false), 3);
	assert_string_equal(key(a, 0, 0), "cat");
	assert_string_equal(key(a, 0, 1), "-");
	assert_string_equal(key(a, 1, 0), "dd");
	assert_string_equal(key(a, 2, 1), "EBADF");
	linx_aggregate_free(a);
}

/* Groups beyond the limit are folded into one, and the sum over all groups still has every event. */
static void folded(void **state)
{
	static const char *const keys[] = { "linx.res" };
	struct linx_aggregate *a = make(keys, 1, all, 1, 10);
	struct linx_aggregate_info info;
	struct assembly *as = *state;

	for (int i = 0; i < 100; i++)
		add(a, as, 10, NR_READ, i % 50);
	assert_int_equal(sort_by(a, 0, true, false), 10);
	assert_int_equal(cell(a, 9, COUNT), 2);
	assert_int_equal(cell(a, LINX_ROW_FOLDED, COUNT), 80);
	assert_int_equal(cell(a, LINX_ROW_TOTAL, COUNT), 100);
	linx_aggregate_get_info(a, &info);
	assert_int_equal(info.folded, 80);
	assert_int_equal(info.events, 100);
	linx_aggregate_clear(a);
	linx_aggregate_get_info(a, &info);
	assert_int_equal(info.folded + info.events + info.groups, 0);
	linx_aggregate_free(a);
}

static void limit_of_memory(void **state)
{
	static const char *const keys[] = { "linx.res" };
	const struct linx_aggregate_opts o = {
		.size = sizeof(o), .keys = keys, .nkeys = 1, .columns = all, .ncolumns = N(all), .bytes = 10000,
	};
	struct linx_aggregate_info info;
	struct linx_aggregate *a;

	assert_int_equal(linx_aggregate_new(&o, &a, NULL), 0);
	for (int i = 0; i < 100; i++)
		add(a, *state, 10, NR_READ, i);
	linx_aggregate_get_info(a, &info);
	assert_true(info.groups > 2 && info.groups < 20);
	assert_int_equal(info.groups + info.folded, 100);
	linx_aggregate_free(a);
}

/* Two aggregates, each of a part of the events, are merged. The result is that of one aggregate of all events. */
static void merged(void **state)
{
	static const char *const keys[] = { "linx.type", "linx.comm" };
	struct linx_aggregate *whole = make(keys, 2, all, N(all), 3), *a = make(keys, 2, all, N(all), 3), *b = make(keys, 2, all, N(all), 3);
	struct linx_aggregate *other = make(keys, 1, all, N(all), 0);
	struct assembly *as = *state;

	for (int i = 0; i < 2; i++) {
		struct linx_aggregate *part = i ? b : a;

		fill(part, as);
		add(part, as, 10, NR_WRITE, 1000 * (i + 1));
		fill(whole, as);
		add(whole, as, 10, NR_WRITE, 1000 * (i + 1));
	}
	assert_int_equal(linx_aggregate_merge(a, b), 0);
	assert_int_equal(linx_aggregate_merge(a, other), -EINVAL);
	assert_int_equal(sort_by(a, COUNT, false, true), sort_by(whole, COUNT, false, true));
	for (uint32_t row = 0; row < 3; row++) {
		char text[64];

		snprintf(text, sizeof(text), "%s", key(whole, row, 0));
		assert_string_equal(key(a, row, 0), text);
		for (unsigned int c = 0; c < N(all); c++)
			if (c == COUNT || (c >= SUM && c <= MAX) || c == HALF || c == DISTINCT || c == FAILED)
				assert_int_equal(cell(a, row, c), cell(whole, row, c));
	}
	assert_int_equal(cell(a, LINX_ROW_FOLDED, SUM), 3000);
	assert_int_equal(cell(a, LINX_ROW_TOTAL, COUNT), 10);
	linx_aggregate_free(whole);
	linx_aggregate_free(a);
	linx_aggregate_free(b);
	linx_aggregate_free(other);
}

/* Aggregates whose columns have different percents are not merged, even if the percents differ by only 0.001. */
static void merged_alike_alone(void **state)
{
	static const char *const keys[] = { "linx.type" };
	const struct linx_column half = { .kind = LINX_COLUMN_PERCENTILE, .field = "linx.res", .percent = 50 };
	struct linx_column other = half;
	struct linx_aggregate *a = make(keys, 1, &half, 1, 0), *b = make(keys, 1, &half, 1, 0), *c;

	(void)state;
	assert_int_equal(linx_aggregate_merge(a, b), 0);
	other.percent = 99;
	c = make(keys, 1, &other, 1, 0);
	assert_int_equal(linx_aggregate_merge(a, c), -EINVAL);
	linx_aggregate_free(c);
	other.percent = 50.001;
	c = make(keys, 1, &other, 1, 0);
	assert_int_equal(linx_aggregate_merge(a, c), -EINVAL);
	linx_aggregate_free(a);
	linx_aggregate_free(b);
	linx_aggregate_free(c);
}

/*
 * The counts of calls in a certificate become rows: those of two ABIs are added under one name, and the rows have
 * Falco's names if the key is evt.type.
 */
static void counted_by_kernel(void **state)
{
	static const char *const type[] = { "linx.type" }, *const falco[] = { "evt.type" }, *const comm[] = { "linx.comm" };
	static const struct linx_call_counts calls[] = {
		{ .nr = 0, .abi = LINX_ABI_X86_64, .name = "read" },
		{ .nr = 17, .abi = LINX_ABI_X86_64, .name = "pread64" },
		{ .nr = 3, .abi = LINX_ABI_I386, .name = "read" },
		{ .nr = 6, .abi = LINX_ABI_I386, .name = "close" },
	};
	static const uint64_t sampled[] = { 5, 3, 4, 0 };
	const struct linx_certificate cert = { .calls = calls, .ncalls = N(calls), .calls_sampled = sampled, .start_ns = 1000, .stop_ns = 5000 };
	const struct linx_column count = { .kind = LINX_COLUMN_COUNT }, mean = { .kind = LINX_COLUMN_MEAN, .field = "linx.res" };
	struct linx_aggregate *a = make(type, 1, &count, 1, 0), *b = make(falco, 1, &count, 1, 0);
	struct linx_aggregate *no_key = make(comm, 1, &count, 1, 0), *no_column = make(type, 1, &mean, 1, 0);
	struct linx_aggregate_info info;

	(void)state;
	assert_int_equal(linx_aggregate_add_counts(a, &cert), 0);
	assert_int_equal(sort_by(a, 0, false, true), 2);
	assert_string_equal(key(a, 0, 0), "read");
	assert_int_equal(cell(a, 0, 0), 9);
	assert_string_equal(key(a, 1, 0), "pread64");
	assert_int_equal(cell(a, 1, 0), 3);
	linx_aggregate_get_info(a, &info);
	assert_int_equal(info.events, 12);
	assert_int_equal(info.first_ns, 1000);
	assert_int_equal(info.last_ns, 5000);
	assert_int_equal(linx_aggregate_add_counts(b, &cert), 0);
	assert_int_equal(sort_by(b, 0, false, true), 2);
	assert_string_equal(key(b, 1, 0), "pread");
	assert_int_equal(linx_aggregate_add_counts(no_key, &cert), -EINVAL);
	assert_int_equal(linx_aggregate_add_counts(no_column, &cert), -EINVAL);
	linx_aggregate_free(a);
	linx_aggregate_free(b);
	linx_aggregate_free(no_key);
	linx_aggregate_free(no_column);
}

/* A section of the table has the rows of one value of a key, with a total and shares of their own. */
static void one_section(void **state)
{
	static const char *const keys[] = { "linx.comm", "linx.type" };
	struct linx_aggregate *a = make(keys, 2, all, N(all), 0);
	const struct linx_aggregate_order order = { .index = 1, .key = true };
	const struct linx_cell cat = { .type = LINX_CELL_TEXT, .text = "cat", .len = 3 };
	struct linx_aggregate_sorting s = { .size = sizeof(s), .order = &order, .norder = 1, .only = &cat };

	fill(a, *state);
	assert_int_equal(linx_aggregate_sort(a, &s), 2);
	assert_string_equal(key(a, 0, 1), "close");
	assert_string_equal(key(a, 1, 1), "read");
	assert_int_equal(cell(a, LINX_ROW_TOTAL, COUNT), 3);
	assert_true(real(a, 1, SHARE) > 66.6 && real(a, 1, SHARE) < 66.7);
	s.only_key = 2;
	assert_int_equal(linx_aggregate_sort(a, &s), -EINVAL);
	linx_aggregate_free(a);
}

/*
 * A column with several fields uses the first field that has a value. An event without any of them counts as zero if
 * the column says so.
 */
static void alternatives(void **state)
{
	static const struct linx_column columns[] = {
		{ .kind = LINX_COLUMN_SUM, .field = "linx.duration|linx.res" },
		{ .kind = LINX_COLUMN_MIN, .field = "linx.duration", .zero = true },
		{ .kind = LINX_COLUMN_MIN, .field = "linx.duration" },
	};
	struct linx_aggregate *a = make(NULL, 0, columns, N(columns), 0);
	struct linx_cell c;

	fill(a, *state);
	assert_int_equal(sort_by(a, 0, false, false), 1);
	assert_int_equal(cell(a, 0, 0), 6);
	assert_int_equal(cell(a, 0, 1), 0);
	assert_int_equal(linx_aggregate_get_cell(a, 0, 2, &c), 0);
	assert_int_equal(c.type, LINX_CELL_NONE);
	assert_int_equal(linx_aggregate_get_missing(a, 0), 0);
	assert_int_equal(linx_aggregate_get_missing(a, 2), 4);
	assert_int_equal(linx_aggregate_get_needs(a), LINX_NEEDS_ENTRY_TIME | LINX_NEEDS_RETURN);
	linx_aggregate_free(a);
}

/*
 * Events without a value of a required key are left out. Events without a value of another key form a group of their
 * own.
 */
static void required(void **state)
{
	const char *const keys[] = { "linx.type", "linx.errno" };
	struct linx_column columns[] = { { .kind = LINX_COLUMN_COUNT } };
	struct linx_aggregate_opts o = { .size = sizeof(o), .keys = keys, .nkeys = 2, .columns = columns, .ncolumns = 1, .required = 2 };
	struct linx_error err = { "" };
	struct assembly *as = *state;
	struct linx_aggregate *a, *other;

	assert_int_equal(linx_aggregate_new(&o, &a, &err), 0);
	record_exit(&as->r, 10, 0, 5, ARGS(3, 0, 0));
	assert_int_equal(linx_aggregate_add(a, assembly_event(as)), 1);
	record_exit(&as->r, 10, 0, -11, ARGS(3, 0, 0));
	assert_int_equal(linx_aggregate_add(a, assembly_event(as)), 0);
	assert_int_equal(sort_by(a, 0, true, false), 1);
	assert_int_equal(cell(a, 0, 0), 1);
	assert_string_equal(key(a, 0, 1), "EAGAIN");
	assert_int_equal(cell(a, LINX_ROW_TOTAL, 0), 1);
	/* aggregates that require different keys cannot be merged */
	o.required = 0;
	assert_int_equal(linx_aggregate_new(&o, &other, &err), 0);
	assert_int_equal(linx_aggregate_merge(a, other), -EINVAL);
	linx_aggregate_free(other);
	o.required = 4;
	assert_int_equal(linx_aggregate_new(&o, &other, &err), -EINVAL);
	assert_non_null(strstr(err.text, "only 2 keys"));
	linx_aggregate_free(a);
}

/* Counts events by one field. "by" is the field alone, or the field and an alternative with "|" in between. */
static struct linx_aggregate *count_by(const char *by, struct assembly *as)
{
	static const struct linx_column columns[] = {
		{ .kind = LINX_COLUMN_COUNT },
		{ .kind = LINX_COLUMN_SUM, .field = "evt.failed" },
		{ .kind = LINX_COLUMN_SUM, .field = "linx.duration", .zero = true },
		{ .kind = LINX_COLUMN_MAX, .field = "linx.duration" },
		{ .kind = LINX_COLUMN_DISTINCT, .field = "linx.pid" },
	};
	struct linx_aggregate *a = make(&by, 1, columns, N(columns), 0), *other = make(&by, 1, columns, N(columns), 0);

	add(a, as, 10, NR_READ, 5);
	add(a, as, 10, NR_READ, -9);
	add(a, as, 11, NR_READ, 1);
	add(other, as, 12, NR_READ, 1);
	/* an event before a merge and one after it have the same key; the merge looks up another group in between */
	add(a, as, 10, NR_READ, 2);
	assert_int_equal(linx_aggregate_merge(a, other), 0);
	add(a, as, 10, NR_READ, -1);
	add(a, as, 12, NR_READ, -1);
	linx_aggregate_free(other);
	return a;
}

/*
 * Some fields are read directly from the event if they stand alone, but through a function if they have an alternative.
 * The values are the same.
 */
static void quick(void **state)
{
	static const char *const fields[][2] = {
		{ "linx.pid", "linx.pid|linx.tid" },
		{ "linx.tid", "linx.tid|linx.pid" },
		{ "evt.failed", "evt.failed|evt.failed" },
		{ "linx.duration", "linx.duration|linx.duration" },
	};

	for (unsigned int i = 0; i < N(fields); i++) {
		struct linx_aggregate *a = count_by(fields[i][0], *state), *b = count_by(fields[i][1], *state);
		int n = sort_by(a, 0, true, false);
		struct linx_cell x, y;

		assert_int_equal(sort_by(b, 0, true, false), n);
		assert_true(n > 0);
		for (uint32_t row = 0; row < (uint32_t)n; row++) {
			assert_int_equal(linx_aggregate_get_key(a, row, 0, &x), 0);
			assert_int_equal(linx_aggregate_get_key(b, row, 0, &y), 0);
			assert_true(x.type == y.type && x.num == y.num);
			for (unsigned int column = 0; column < 5; column++) {
				assert_int_equal(linx_aggregate_get_cell(a, row, column, &x), 0);
				assert_int_equal(linx_aggregate_get_cell(b, row, column, &y), 0);
				assert_true(x.type == y.type && x.num == y.num);
			}
		}
		assert_int_equal(linx_aggregate_get_missing(a, 3), linx_aggregate_get_missing(b, 3));
		linx_aggregate_free(a);
		linx_aggregate_free(b);
	}
}

/*
 * An aggregate by the names of calls remembers groups by number. Rows are the same as those of a key that is read by a
 * function: for calls of one name, numbers without a name, numbers that are remembered at the same place, after the
 * limit of groups, after a merge, and after all was cleared.
 */
static void names_of_calls(void **state)
{
	static const char *const alone[] = { "linx.call" }, *const several[] = { "linx.call|linx.call" };
	static const int numbers[] = { NR_READ, NR_WRITE, NR_READ, 512, NR_WRITE + 512, NR_OPENAT, 1000, NR_WRITE, 512, NR_OPENAT + 512, NR_READ };

	for (unsigned int groups = 0; groups < 4; groups += 3) {
		struct linx_aggregate *a = make(alone, 1, all, N(all), groups), *b = make(several, 1, all, N(all), groups);
		struct linx_aggregate *other = make(alone, 1, all, N(all), 0), *others = make(several, 1, all, N(all), 0);

		for (unsigned int round = 0; round < 3; round++) {
			int n;

			for (unsigned int i = 0; i < N(numbers); i++) {
				record_exit(&((struct assembly *)*state)->r, 10, numbers[i], (int64_t)i, ARGS(3, 0, 0));
				const struct linx_event *ev = assembly_event(*state);

				assert_int_equal(linx_aggregate_add(a, ev), 0);
				assert_int_equal(linx_aggregate_add(b, ev), 0);
				assert_int_equal(linx_aggregate_add(other, ev), 0);
				assert_int_equal(linx_aggregate_add(others, ev), 0);
			}
			n = sort_by(a, 0, true, false);
			assert_int_equal(sort_by(b, 0, true, false), n);
			assert_int_equal(n, groups ? 3 : 7);
			for (uint32_t row = 0; row < (uint32_t)n; row++) {
				char name[64];

				snprintf(name, sizeof(name), "%s", key(a, row, 0));
				assert_string_equal(key(b, row, 0), name);
				assert_int_equal(cell(a, row, COUNT), cell(b, row, COUNT));
				assert_int_equal(cell(a, row, SUM), cell(b, row, SUM));
			}
			assert_int_equal(cell(a, LINX_ROW_TOTAL, SUM), cell(b, LINX_ROW_TOTAL, SUM));
			if (round == 1) {
				linx_aggregate_clear(a);
				linx_aggregate_clear(b);
			} else {
				assert_int_equal(linx_aggregate_merge(a, other), 0);
				assert_int_equal(linx_aggregate_merge(b, others), 0);
			}
		}
		linx_aggregate_free(a);
		linx_aggregate_free(b);
		linx_aggregate_free(other);
		linx_aggregate_free(others);
	}
}

/* Returns the number of a cell; -1e30 for a cell without a value, which is before all numbers. */
static double number_of(const struct linx_cell *c)
{
	assert_true(c->type == LINX_CELL_NONE || c->type == LINX_CELL_NUMBER || c->type == LINX_CELL_REAL);
	return c->type == LINX_CELL_NONE ? -1e30 : c->type == LINX_CELL_REAL ? c->real : (double)c->num;
}

/* Rows are in the order of any column of numbers, with numbers below zero, equal ones, huge ones, and none at all. */
static void order_of_numbers(void **state)
{
	static const char *const keys[] = { "linx.pid" };
	static const struct linx_column columns[] = {
		{ .kind = LINX_COLUMN_SUM, .field = "linx.res" },
		{ .kind = LINX_COLUMN_MEAN, .field = "linx.res" },
		{ .kind = LINX_COLUMN_SHARE, .field = "linx.res" },
		{ .kind = LINX_COLUMN_MAX, .field = "linx.errno" },
		{ .kind = LINX_COLUMN_PERCENTILE, .field = "linx.res", .percent = 50 },
	};
	static const int64_t results[] = { 0, -3, 5, 5, -3, INT64_MAX, INT64_MAX - 1, INT64_MIN + 1, 1, 0, -1, INT64_MAX - 1, 1ll << 53, (1ll << 53) + 1 };
	struct linx_aggregate *a = make(keys, 1, columns, N(columns), 0);
	struct linx_cell x, y;

	for (unsigned int i = 0; i < N(results); i++)
		add(a, *state, 100 + i, NR_MMAP, results[i]);
	for (unsigned int column = 0; column < N(columns); column++)
		for (unsigned int down = 0; down < 2; down++) {
			assert_int_equal(sort_by(a, column, false, down), N(results));
			for (uint32_t row = 0; row + 1 < N(results); row++) {
				assert_int_equal(linx_aggregate_get_cell(a, row, column, &x), 0);
				assert_int_equal(linx_aggregate_get_cell(a, row + 1, column, &y), 0);
				assert_true(down ? number_of(&x) >= number_of(&y) : number_of(&x) <= number_of(&y));
				if (x.type == LINX_CELL_NUMBER && y.type == LINX_CELL_NUMBER)
					assert_true(down ? x.num >= y.num : x.num <= y.num);
				/* equal rows are in the order in which they were first counted */
				if (x.type == y.type && (x.type == LINX_CELL_REAL ? x.real == y.real : x.num == y.num))
					assert_true(strtoll(key(a, row, 0), NULL, 10) < strtoll(key(a, row + 1, 0), NULL, 10));
			}
		}
	linx_aggregate_free(a);
}

static void refuse(const char *field, enum linx_column_kind kind, const char *why)
{
	const struct linx_column column = { .kind = kind, .field = field, .percent = kind == LINX_COLUMN_PERCENTILE ? 101 : 0 };
	const struct linx_aggregate_opts o = { .size = sizeof(o), .columns = &column, .ncolumns = 1 };
	struct linx_error err = { "" };
	struct linx_aggregate *a;

	assert_int_equal(linx_aggregate_new(&o, &a, &err), -EINVAL);
	if (!strstr(err.text, why))
		fail_msg("%s", err.text);
	assert_null(strchr(err.text, '\n'));
}

static void refused(void **state)
{
	(void)state;
	refuse("linx.durtaion", LINX_COLUMN_SUM, "did you mean linx.duration?");
	refuse("linx.comm", LINX_COLUMN_MAX, "is no number");
	refuse("linx.fds", LINX_COLUMN_LAST, "several values");
	refuse("linx.res x", LINX_COLUMN_SUM, "more than a field");
	refuse("linx.res|", LINX_COLUMN_SUM, "a field is expected");
	refuse(NULL, LINX_COLUMN_SUM, "needs a field");
	refuse("linx.res", LINX_COLUMN_COUNT, "takes no field");
	refuse("linx.res", LINX_COLUMN_PERCENTILE, "from 0 to 100");
	refuse(NULL, (enum linx_column_kind)99, "no such kind");
}

/* A sum that would overflow becomes the largest or smallest number of its type. */
static void overflow(void **state)
{
	struct linx_aggregate *a = make(NULL, 0, all, N(all), 0);
	struct assembly *as = *state;

	add(a, as, 10, NR_READ, INT64_MAX);
	add(a, as, 10, NR_READ, INT64_MAX);
	sort_by(a, COUNT, false, true);
	assert_true(cell(a, 0, SUM) == INT64_MAX);
	add(a, as, 10, NR_READ, INT64_MIN);
	sort_by(a, COUNT, false, true);
	assert_true(cell(a, 0, MIN) == INT64_MIN);
	linx_aggregate_free(a);
}

/* Adds a call of a thread, and expects the name that the only group has then. */
static void expect_name(struct linx_aggregate *a, struct assembly *as, uint32_t tid, const char *name)
{
	struct linx_cell c;

	add(a, as, tid, NR_READ, 0);
	sort_by(a, 0, false, true);
	assert_int_equal(linx_aggregate_get_cell(a, 0, 1, &c), 0);
	assert_int_equal(c.type, LINX_CELL_TEXT);
	assert_int_equal(c.len, strlen(name));
	assert_memory_equal(c.text, name, c.len);
}

/*
 * A column LAST shows the task's name at the last event, also after a change of the name and if threads alternate,
 * although the library does not read the name at each event.
 */
static void latest_of_tasks(void **state)
{
	static const struct linx_column columns[] = { { .kind = LINX_COLUMN_COUNT }, { .kind = LINX_COLUMN_LAST, .field = "linx.comm" } };
	struct linx_aggregate *a = make(NULL, 0, columns, N(columns), 0), *other = make(NULL, 0, columns, N(columns), 0);
	struct assembly *as = *state;

	assembly_meet(as, 10, 10, "cat");
	expect_name(a, as, 10, "cat");
	expect_name(a, as, 10, "cat");
	assembly_meet(as, 10, 10, "dog");
	expect_name(a, as, 10, "dog");
	assembly_meet(as, 11, 10, "thread");
	expect_name(a, as, 11, "thread");
	expect_name(a, as, 10, "dog");
	expect_name(other, as, 11, "thread");
	assert_int_equal(linx_aggregate_merge(a, other), 0);
	expect_name(a, as, 10, "dog");
	linx_aggregate_free(other);
	linx_aggregate_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ASSEMBLY_TEST(cells),	     ASSEMBLY_TEST(keys_without_a_value), ASSEMBLY_TEST(folded),   ASSEMBLY_TEST(limit_of_memory),
		ASSEMBLY_TEST(merged),	     ASSEMBLY_TEST(one_section),	  ASSEMBLY_TEST(alternatives), ASSEMBLY_TEST(refused),
		ASSEMBLY_TEST(required), ASSEMBLY_TEST(percentiles_within_limits), ASSEMBLY_TEST(quick),
		ASSEMBLY_TEST(names_of_calls), ASSEMBLY_TEST(order_of_numbers),
		ASSEMBLY_TEST(overflow), ASSEMBLY_TEST(latest_of_tasks),     ASSEMBLY_TEST(merged_alike_alone),	  ASSEMBLY_TEST(counted_by_kernel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
