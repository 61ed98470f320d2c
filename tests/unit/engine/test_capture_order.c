// SPDX-License-Identifier: LGPL-2.1-or-later
/* Captures with whole blocks at wrong places: swapped, repeated, left out. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "assembly.h"
#include "captures.h"
#include "within.h"

struct bytes {
	const uint8_t *data;
	size_t len, at;
};

static ssize_t read_bytes(void *ctx, void *buf, size_t len)
{
	struct bytes *b = ctx;

	if (len > b->len - b->at)
		len = b->len - b->at;
	memcpy(buf, b->data + b->at, len);
	b->at += len;
	return (ssize_t)len;
}

static struct outcome read_all(const uint8_t *data, size_t len, bool salvage)
{
	struct bytes b = { data, len, 0 };

	return read_input(&(struct linx_input){ .read = read_bytes, .ctx = &b, .fd = -1 }, salvage);
}

/* Writes the blocks of f in the given order. */
static uint8_t *arrange(const struct file *f, const unsigned int *order, unsigned int n, size_t *len)
{
	uint8_t *data = malloc(f->len * 2);

	assert_non_null(data);
	*len = f->at[0];
	memcpy(data, f->data, *len);
	for (unsigned int i = 0; i < n; i++) {
		memcpy(data + *len, block(f, order[i]), block_len(f, order[i]));
		*len += block_len(f, order[i]);
	}
	return data;
}

/*
 * Returns the index in "order" of the first block at which the record numbers of a CPU decrease, or f.n if they never
 * do; *times: how often they decrease.
 */
static unsigned int first_behind(const struct file *f, const unsigned int *order, unsigned int n, unsigned int *times)
{
	uint64_t next[CPUS] = { 0 };
	unsigned int first = f->n;

	*times = 0;

	for (unsigned int i = 0; i < n; i++) {
		const struct linx_cap_block *b = block(f, order[i]);

		if (!is_data(f, order[i]))
			continue;
		if (b->first_seq < next[b->cpu])
			first = (*times)++ ? first : i;
		if (b->last_seq >= next[b->cpu])
			next[b->cpu] = b->last_seq + 1;
	}
	return first;
}

/*
 * Reads a capture up to the misplaced block, and then all of it in salvage mode, in which each block is read as often
 * as the file has it.
 */
static void check(const struct file *f, const unsigned int *order, unsigned int n, bool complete)
{
	unsigned int places, behind = first_behind(f, order, n, &places), events = 0, times[CPUS][EVENTS] = { 0 };
	size_t len, at = f->at[0];
	uint8_t *data = arrange(f, order, n, &len);
	struct outcome o;
	char where[60];

	for (unsigned int i = 0; i < n; i++) {
		const struct linx_cap_block *b = block(f, order[i]);

		for (uint64_t seq = b->first_seq; is_data(f, order[i]) && seq <= b->last_seq; seq++) {
			times[b->cpu][seq]++;
			events += i < behind;
		}
		at += i < behind ? block_len(f, order[i]) : 0;
	}
	o = read_all(data, len, false);
	assert_int_equal(o.end, behind < f->n ? -EBADMSG : -ENODATA);
	assert_int_equal(o.events, events);
	assert_int_equal(o.complete, complete && behind == f->n);
	snprintf(where, sizeof(where), "damaged at offset %zu: records that belong before", at);
	if (behind < f->n)
		assert_non_null(strstr(o.text, where));
	o = read_all(data, len, true);
	assert_int_equal(o.end, -ENODATA);
	assert_memory_equal(o.seen, times, sizeof(times));
	assert_int_equal(o.complete, complete && behind == f->n);
	assert_int_equal(o.damage.places, places);
	assert_int_equal(o.damage.bytes, 0);
	assert_int_equal(o.damage.first_offset, places ? at : 0);
	free(data);
}

static void changed_places(void **state)
{
	struct file f = capture();
	unsigned int order[BLOCKS], times, behind = 0;

	(void)state;
	assert_true(f.n > 10);
	for (unsigned int a = 0; a + 1 < f.n; a++)
		for (unsigned int b = a + 1; b + 1 < f.n; b++) {
			for (unsigned int i = 0; i < f.n; i++)
				order[i] = i == a ? b : i == b ? a : i;
			check(&f, order, f.n, true);
			first_behind(&f, order, f.n, &times);
			behind += times;
		}
	assert_true(behind > 10);
	free(f.data);
}

/* Takes each two blocks a and b: replaces a by a copy of b, and then inserts a copy of b before a. */
static void come_twice(struct file f)
{
	unsigned int order[BLOCKS + 1];

	for (unsigned int a = 0; a + 1 < f.n; a++)
		for (unsigned int b = 0; b + 1 < f.n; b++) {
			if (!is_data(&f, a) || !is_data(&f, b))
				continue;
			for (unsigned int i = 0; i < f.n; i++)
				order[i] = i == a ? b : i;
			check(&f, order, f.n, a == b);
			for (unsigned int i = 0; i <= f.n; i++)
				order[i] = i < a ? i : i == a ? b : i - 1;
			check(&f, order, f.n + 1, false);
		}
	free(f.data);
}

static void came_twice(void **state)
{
	(void)state;
	come_twice(capture());
	come_twice(capture_with(fake_show_one)); /* blocks of a single record */
}

/* Leaves a block out: only the account shows that events are missing. */
static void left_out(void **state)
{
	struct file f = capture();
	unsigned int order[BLOCKS];

	(void)state;
	for (unsigned int a = 0; a + 1 < f.n; a++) {
		for (unsigned int i = 0; i < f.n; i++)
			order[i] = i < a ? i : i + 1;
		check(&f, order, f.n - 1, !is_data(&f, a));
	}
	free(f.data);
}

static void add_openat(struct fake *fake, struct record *r, bool entry, uint64_t flags)
{
	if (entry)
		record_enter(r, 100, NR_OPENAT, ARGS(AT_FDCWD_ARG, 0x1000, flags, 0));
	else
		record_exit(r, 100, NR_OPENAT, 3, ARGS(AT_FDCWD_ARG, 0x1000, flags, 0));
	record_str(r, 1, "/etc/passwd");
	fake_add(fake, 0, record_group(r).rec);
}

/*
 * The block that is left out has the return of one call and the entry of the next. So the entry before that block and
 * the return after it look like one call.
 */
static void entry_and_return(uint64_t flags, unsigned int events, unsigned int state, bool cut)
{
	struct fake *fake = fake_new(1);
	const struct linx_event *ev = NULL;
	struct linx_value v;
	unsigned int n = 0;
	struct bytes b = { 0 };
	struct record r;
	struct file f;
	struct linx *l;

	record_init(&r);
	fake->on_wait = fake_show_one;
	add_openat(fake, &r, true, 0);
	record_exit(&r, 101, NR_GETPID, 101, NO_ARGS);
	fake_add(fake, 0, record_group(&r).rec);
	add_openat(fake, &r, false, flags);
	record_end(&r);
	f = file_of(fake);
	for (unsigned int i = 0; i < f.n && cut; i++)
		if (is_data(&f, i) && block(&f, i)->first_seq == 1) {
			memmove(f.data + f.at[i], f.data + f.at[i + 1], f.len - f.at[i + 1]);
			f.len -= block_len(&f, i);
			break;
		}
	b = (struct bytes){ f.data, f.len, 0 };
	l = open_input(&(struct linx_input){ .read = read_bytes, .ctx = &b, .fd = -1 });
	while (linx_next(l, &ev, -1) == 1) {
		if (linx_event_get_kind(ev) != LINX_EVENT_SYSCALL || linx_event_get_nr(ev) != NR_OPENAT)
			continue;
		n++;
		assert_int_equal(linx_event_get_value(ev, 1, &v), 0);
		assert_int_equal(v.state, state);
	}
	assert_int_equal(n, events);
	linx_close(l);
	free(f.data);
}

static void left_out_between(void **state)
{
	(void)state;
	entry_and_return(0, 1, LINX_WHOLE, false);
	entry_and_return(0, 1, LINX_LATE, true);
	entry_and_return(0101, 2, LINX_WHOLE, true); /* two calls with different registers */
}

/*
 * A loss between an entry and its return is reported by a gap of another CPU, which is written only when that CPU's
 * ring has room again: the entry's value counts as late.
 */
static void lost_on_another_cpu(void **state)
{
	struct fake *fake = fake_new(2);
	const struct linx_event *ev = NULL;
	struct linx_value v = { 0 };
	struct linx *l;
	struct record r;

	(void)state;
	record_init(&r);
	add_openat(fake, &r, true, 0);
	add_openat(fake, &r, false, 0);
	fake_lose(fake, 1, r.time + 100, 2);
	record_end(&r);
	assert_int_equal(linx_source_open(&fake->e, &l, NULL), 0);
	while (linx_next(l, &ev, -1) == 1)
		if (linx_event_get_kind(ev) == LINX_EVENT_SYSCALL)
			assert_int_equal(linx_event_get_value(ev, 1, &v), 0);
	assert_int_equal(v.state, LINX_LATE);
	linx_close(l);
}

/* A damaged block may have held an exec of the task, so the task's events after that block are stale. */
static void left_out_context(void **state)
{
	struct fake *fake = fake_new(1);
	const struct linx_event *ev = NULL;
	struct bytes b = { 0 };
	struct record r;
	struct file f;
	struct linx *l;

	(void)state;
	record_init(&r);
	fake->on_wait = fake_show_one;
	fake_context(fake, 0, 10, LINX_REC_TASK, 100);
	for (unsigned int i = 0; i < 3; i++) {
		r.time = 20 + 10 * i;
		record_exit(&r, 100, NR_GETPID, i, NO_ARGS);
		fake_add(fake, 0, record_group(&r).rec);
	}
	record_end(&r);
	f = file_of(fake);
	for (unsigned int i = 0; i < f.n; i++)
		if (is_data(&f, i) && block(&f, i)->first_seq == 2)
			f.data[f.at[i + 1] - 1] ^= 1;
	b = (struct bytes){ f.data, f.len, 0 };
	l = open_input(&(struct linx_input){ .read = read_bytes, .ctx = &b, .fd = -1 });
	assert_int_equal(linx_salvage(l), 0);
	for (int64_t expected = 0; expected < 3; expected += 2) {
		int64_t ret;

		do
			assert_int_equal(linx_next(l, &ev, -1), 1);
		while (linx_event_get_kind(ev) != LINX_EVENT_SYSCALL);
		assert_int_equal(linx_event_get_ret(ev, &ret), 0);
		assert_int_equal(ret, expected);
		assert_int_equal(linx_event_get_flags(ev) & LINX_EVENT_STALE, expected ? LINX_EVENT_STALE : 0);
	}
	linx_close(l);
	free(f.data);
}

/*
 * A block of the greatest length consists of copies of "step", which look like heads of blocks, but are none. The
 * reader must not move the rest of its buffer for each copy, which would take too long.
 */
static void all_looks_like_blocks(void **state)
{
	const struct linx_cap_block fake = { .magic = LINX_CAP_BLOCK_MAGIC, .type = 999, .len = LINX_CAP_BLOCK_MAX,
					     .stored = LINX_CAP_BLOCK_MAX };
	const uint32_t step[2] = { LINX_CAP_BLOCK_MAGIC, UINT32_MAX };
	size_t more = sizeof(fake) + LINX_CAP_BLOCK_MAX + sizeof(step);
	struct file f = capture();
	uint8_t *data = calloc(1, f.len + more);
	struct outcome o;

	(void)state;
	assert_non_null(data);
	memcpy(data, f.data, f.at[2]);
	memcpy(data + f.at[2], &fake, sizeof(fake));
	for (size_t at = sizeof(fake); at < more - sizeof(step); at += sizeof(step))
		memcpy(data + f.at[2] + at, step, sizeof(step));
	memcpy(data + f.at[2] + more, f.data + f.at[2], f.len - f.at[2]);
	o = read_all(data, f.len + more, true);
	assert_int_equal(o.end, -ENODATA);
	assert_false(o.complete);
	assert_int_equal(o.events, EVENTS);
	assert_true(o.damage.first_offset == f.at[2]);
	assert_int_equal(o.damage.bytes, more);
	/*
	 * The members of the last false heads lie partly in the bytes after the large block and may be possible
	 * lengths, so that a few heads may be skipped together.
	 */
	assert_within(o.damage.places, LINX_CAP_BLOCK_MAX / sizeof(step) - 8, 1 + LINX_CAP_BLOCK_MAX / sizeof(step));
	free(data);
	free(f.data);
}

/* Reads from a file system that reports an error in the middle of the file. */
static ssize_t read_broken(void *ctx, void *buf, size_t len)
{
	struct bytes *b = ctx;

	return b->at < b->len ? read_bytes(ctx, buf, len) : -EBADMSG;
}

/* The search for blocks ends at a read error, because the bytes after the error cannot be read. */
static void damage_of_the_file_system(void **state)
{
	struct file f = capture();

	(void)state;
	for (size_t cut = f.at[1]; cut < f.at[2]; cut += 8)
		for (int salvage = 0; salvage < 2; salvage++) {
			struct bytes b = { f.data, cut, 0 };
			struct outcome o =
				read_input(&(struct linx_input){ .read = read_broken, .ctx = &b, .fd = -1 }, salvage);

			assert_int_equal(o.end, -EIO);
			assert_string_equal(o.text, "mem: cannot read: Bad message");
			assert_int_equal(o.damage.places, 0);
			assert_false(o.complete);
		}
	free(f.data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(changed_places),
		cmocka_unit_test(came_twice),
		cmocka_unit_test(left_out),
		cmocka_unit_test(left_out_between),
		cmocka_unit_test(lost_on_another_cpu),
		cmocka_unit_test(left_out_context),
		cmocka_unit_test(all_looks_like_blocks),
		cmocka_unit_test(damage_of_the_file_system),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
