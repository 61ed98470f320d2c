// SPDX-License-Identifier: LGPL-2.1-or-later
/* A capture that was written is read: events and account are the same as before. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
#include "libuser/engine/capture_format.h"
#include "libuser/base/crc32c.h"
#include "fake_engine.h"

/* Makes records of all kinds, in n steps on two CPUs. */
static struct fake *sample(unsigned int n)
{
	struct fake *f = fake_new(4);

	srand(3);
	for (unsigned int i = 0; i < n; i++) {
		unsigned int lane = (unsigned int)rand() % 2 * 2; /* lane 1 has no records */
		uint64_t t = 100 + i * 10 + (unsigned int)rand() % 9;

		switch (rand() % 8) {
		case 0:
			fake_pieces(f, lane, t, (unsigned int)rand() % 5);
			break;
		case 1:
			fake_lose(f, lane, t, 1 + (unsigned int)rand() % 9);
			break;
		case 2:
			fake_pad(f, lane, 40 + (unsigned int)rand() % 9 * 8);
			break;
		case 3:
			fake_context(f, lane, t, LINX_REC_TASK, 100 + lane);
			break;
		default:
			fake_exit(f, lane, t, rand() % 400, -(rand() % 3));
		}
	}
	return f;
}

static void same_certificate(const struct linx_certificate *a, const struct linx_certificate *b)
{
	assert_int_equal(a->complete, b->complete);
	assert_int_equal(a->cut_off, b->cut_off);
	assert_int_equal(a->events, b->events);
	assert_int_equal(a->ncpus, b->ncpus);
	assert_int_equal(a->ncalls, b->ncalls);
	assert_int_equal(a->start_ns, b->start_ns);
	assert_int_equal(a->stop_ns, b->stop_ns);
	assert_memory_equal(&a->total, &b->total, sizeof(a->total));
	assert_memory_equal(a->cpus, b->cpus, a->ncpus * sizeof(*a->cpus));
	for (unsigned int i = 0; i < a->ncalls; i++) {
		assert_string_equal(a->calls[i].name, b->calls[i].name);
		assert_int_equal(a->calls[i].delivered, b->calls[i].delivered);
		assert_int_equal(a->calls[i].committed, b->calls[i].committed);
	}
}

/* Compares events and account of the source with those of its capture. */
static void compare(struct fake *direct, struct fake *recorded, int level, size_t chunk,
		    unsigned int interrupt)
{
	const struct linx_certificate *c1, *c2;
	unsigned int n1, n2;
	struct linx *l1, *l2;
	uint64_t h1, h2;
	struct memory m = { .chunk = chunk };
	uint8_t *file = record(recorded, level, &m.len);

	m.data = file;
	assert_int_equal(linx_source_open(&direct->e, &l1, NULL), 0);
	assert_int_equal(memory_open(&m, &l2, NULL), 0);
	m.interrupt = interrupt;
	assert_int_equal(drain(l1, &n1, &h1), -ENODATA);
	assert_int_equal(drain(l2, &n2, &h2), -ENODATA);
	assert_int_equal(n1, n2);
	assert_int_equal(h1, h2);
	assert_int_equal(linx_get_certificate(l1, &c1), 0);
	assert_int_equal(linx_get_certificate(l2, &c2), 0);
	assert_true(c1->complete);
	same_certificate(c1, c2);
	linx_close(l1);
	linx_close(l2);
	free(file);
}

static void plain(void **state)
{
	(void)state;
	compare(sample(3000), sample(3000), 0, 0, 0);
}

static void compressed(void **state)
{
	size_t raw, packed;

	(void)state;
	compare(sample(3000), sample(3000), 3, 0, 0);
	free(record(sample(3000), 0, &raw));
	free(record(sample(3000), 3, &packed));
	assert_true(packed < raw / 2);
}

/* A capture is read whole from a pipe that delivers few bytes at a time. */
static void trickling(void **state)
{
	(void)state;
	compare(sample(300), sample(300), 0, 1, 0);
	compare(sample(300), sample(300), 1, 7, 0);
}

static void interrupted(void **state)
{
	(void)state;
	compare(sample(500), sample(500), 0, 1000, 3);
}

static uint8_t *twice(const uint8_t *file, size_t len)
{
	uint8_t *two = malloc(2 * len);

	assert_non_null(two);
	memcpy(two, file, len);
	memcpy(two + len, file, len);
	return two;
}

/* A file of two captures is read whole although reads are interrupted, also within the header of the second capture. */
static void interrupted_between_sections(void **state)
{
	struct memory m = { .chunk = 100 };
	size_t len;
	uint8_t *file = record(sample(50), 0, &len), *two = twice(file, len);
	unsigned int once, both;
	struct linx *l;
	uint64_t hash;

	(void)state;
	m.data = file;
	m.len = len;
	assert_int_equal(memory_open(&m, &l, NULL), 0);
	assert_int_equal(drain(l, &once, &hash), -ENODATA);
	linx_close(l);
	m = (struct memory){ .chunk = 100, .data = two, .len = 2 * len };
	assert_int_equal(memory_open(&m, &l, NULL), 0);
	m.interrupt = 2;
	assert_int_equal(drain(l, &both, &hash), -ENODATA);
	assert_int_equal(both, 2 * once);
	assert_int_equal(l->ntables, 1);
	linx_close(l);
	free(file);
	free(two);
}

/* Counts the events that are available without waiting. */
static unsigned int take_now(struct linx *l, int *end)
{
	const struct linx_event *ev;
	unsigned int n = 0;

	while ((*end = linx_next(l, &ev, 0)) == 1)
		n += linx_event_get_kind(ev) != LINX_EVENT_CERTIFICATE;
	return n;
}

/* A reader that must not wait returns at once if a pipe is empty, even at the end of a section. */
static void a_pipe_does_not_block(void **state)
{
	size_t len, cut;
	uint8_t *file = record(sample(50), 0, &len), *two = twice(file, len);
	unsigned int n = 0;
	struct linx *l;
	int fds[2], end;

	(void)state;
	assert_int_equal(pipe(fds), 0);
	assert_true(fcntl(fds[1], F_SETPIPE_SZ, 1 << 20) >= (int)(2 * len));
	cut = len;
	assert_int_equal(write(fds[1], two, cut), cut);
	assert_int_equal(linx_open_file(fds[0], "pipe", &l, NULL), 0);
	/* The pipe holds the end of a section, then bytes of a header, then a header with a part of its table. */
	for (unsigned int step = 0; step < 4; step++) {
		size_t more = step == 0 ? 0 : step == 1 ? 30 : step == 2 ? 1000 : 0;

		assert_int_equal(write(fds[1], two + cut, more), more);
		cut += more;
		n += take_now(l, &end);
		assert_int_equal(end, 0);
	}
	assert_true(n > 0);
	assert_int_equal(write(fds[1], two + cut, 2 * len - cut), 2 * len - cut);
	close(fds[1]);
	assert_int_equal(take_now(l, &end), n);
	assert_int_equal(end, -ENODATA);
	linx_close(l);
	close(fds[0]);
	free(file);
	free(two);
}

static void empty(void **state)
{
	(void)state;
	compare(sample(0), sample(0), 0, 0, 0);
}

/*
 * Makes up to 40 further records of each lane visible. The floor (the time before which no more records appear) is the
 * time of the first hidden record, so the writer needs many rounds.
 */
static int show_some(struct fake *f)
{
	uint64_t floor = UINT64_MAX;
	bool more = false;

	for (unsigned int i = 0; i < f->nlanes; i++) {
		struct fake_lane *l = &f->lanes[i];

		for (int n = 0; n < 40 && l->shown < l->len; n++) {
			struct linx_rec *r = (void *)(l->data + l->shown);

			do {
				r = (void *)(l->data + l->shown);
				l->shown += LINX_REC_LEN(r);
			} while (r->flags & LINX_RF_MORE);
			more = true;
		}
		for (size_t at = l->shown; at < l->len;) {
			struct linx_rec *r = (void *)(l->data + at);

			if (r->kind != LINX_REC_PAD) {
				floor = r->time < floor ? r->time : floor;
				break;
			}
			at += LINX_REC_LEN(r);
		}
	}
	f->floor = floor;
	return more ? 1 : -ENODATA;
}

static void many_rounds(void **state)
{
	struct fake *direct = sample(5000), *recorded = sample(5000);
	unsigned int floors = 0;
	size_t len;
	uint8_t *file;

	(void)state;
	direct->on_wait = recorded->on_wait = show_some;
	compare(direct, recorded, 0, 0, 0);
	recorded = sample(5000);
	recorded->on_wait = show_some;
	file = record(recorded, 0, &len);
	for (size_t at = ((struct linx_cap_head *)(void *)file)->len; at < len;) {
		struct linx_cap_block *b = (void *)(file + at);

		floors += b->type == LINX_CAP_FLOOR;
		at += sizeof(*b) + b->stored;
		at = (at + 7) & ~7ul;
	}
	assert_true(floors > 50);
	free(file);
}

/* Makes a lane that has many times the records of the other one: the reader must read both at the same pace of time. */
static struct fake *lopsided(void)
{
	struct fake *f = fake_new(2);

	for (uint64_t t = 1; t <= 60000; t++)
		fake_exit(f, 0, t, 1, 0);
	for (uint64_t t = 1; t <= 100; t++)
		fake_exit(f, 1, t * 600, 1, 0);
	return f;
}

static void shares(void **state)
{
	uint64_t floor = 0;
	size_t len;
	uint8_t *file;

	(void)state;
	compare(lopsided(), lopsided(), 0, 0, 0);
	file = record(lopsided(), 0, &len);
	for (size_t at = ((struct linx_cap_head *)(void *)file)->len; at < len;) {
		struct linx_cap_block *b = (void *)(file + at);

		assert_true(b->len <= 1u << 20);
		if (b->type == LINX_CAP_DATA)
			assert_true(b->first_time >= floor);
		if (b->type == LINX_CAP_FLOOR)
			floor = b->first_time;
		at += sizeof(*b) + b->stored;
	}
	free(file);
}

static unsigned int floors_asked;

static void count_floor(struct fake *f)
{
	(void)f;
	floors_asked++;
}

/*
 * The floor is the time before which no more records appear. To ask the kernel for it interrupts all CPUs. So the
 * writer asks again only when no record is left that is older than the last answer.
 */
static void one_floor(void **state)
{
	struct fake *f = lopsided();
	unsigned int floors = 0;
	uint8_t *file;
	size_t len;

	(void)state;
	f->on_floor = count_floor;
	floors_asked = 0;
	file = record(f, 0, &len);
	for (size_t at = ((struct linx_cap_head *)(void *)file)->len; at < len;) {
		const struct linx_cap_block *b = (const void *)(file + at);

		floors += b->type == LINX_CAP_FLOOR;
		at += sizeof(*b) + b->stored;
	}
	assert_int_equal(floors_asked, 1);
	assert_true(floors > 10);
	free(file);
}

/* Makes thousands of records that have only two different times, which must not stop the writer. */
static struct fake *frozen_time(void)
{
	struct fake *f = fake_new(2);

	for (int i = 0; i < 50000; i++)
		fake_exit(f, 0, 500, 1, 0);
	fake_exit(f, 0, 501, 1, 0);
	for (int i = 0; i < 1000; i++)
		fake_exit(f, 1, 500 + (uint64_t)i / 500, 1, 0);
	return f;
}

static void one_moment(void **state)
{
	unsigned int n;
	uint64_t hash;
	struct memory m = { 0 };
	uint8_t *file = record(frozen_time(), 0, &m.len);
	struct linx *l;

	(void)state;
	m.data = file;
	assert_int_equal(memory_open(&m, &l, NULL), 0);
	assert_int_equal(drain(l, &n, &hash), -ENODATA);
	assert_int_equal(n, 51001);
	linx_close(l);
	free(file);
}

/*
 * Decreasing times exist only in a damaged or hostile capture: the writer writes all its records, either in between or
 * at the end.
 */
static void times_go_back(void **state)
{
	uint64_t hash, seed = 1;
	unsigned int n;

	(void)state;
	for (unsigned int kind = 0; kind < 6; kind++) {
		struct fake *f = fake_new(4);
		struct memory m = { 0 };
		uint8_t *file;
		struct linx *l;

		f->floor = kind < 3 ? UINT64_MAX : 0; /* 0: this floor allows no record to be written before the end */
		for (unsigned int i = 0; i < 60000; i++) {
			seed = seed * 6364136223846793005ull + 1442695040888963407ull;
			fake_exit(f, kind % 3 ? seed >> 62 : 0, kind % 3 == 2 ? 1 + (seed >> 40) : 100000 - i, 1, 0);
		}
		file = record(f, 0, &m.len); /* an endless loop of the writer would hang here */
		m.data = file;
		assert_int_equal(memory_open(&m, &l, NULL), 0);
		assert_int_equal(drain(l, &n, &hash), -ENODATA);
		assert_int_equal(n, 60000);
		linx_close(l);
		free(file);
	}
}

/* No floor is greater than the greatest possible time, so a record of that time is written at the end. */
static void end_of_time(void **state)
{
	const struct linx_certificate *c;
	struct fake *f = fake_new(2);
	struct memory m = { 0 };
	unsigned int n;
	uint64_t hash;
	uint8_t *file;
	struct linx *l;

	(void)state;
	fake_exit(f, 0, 1, 1, 0);
	fake_exit(f, 0, UINT64_MAX, 1, 0);
	fake_exit(f, 0, 2, 1, 0);
	fake_exit(f, 1, 3, 1, 0);
	file = record(f, 0, &m.len);
	m.data = file;
	assert_int_equal(memory_open(&m, &l, NULL), 0);
	assert_int_equal(drain(l, &n, &hash), -ENODATA);
	assert_int_equal(n, 4);
	assert_int_equal(linx_get_certificate(l, &c), 0);
	assert_true(c->complete);
	linx_close(l);
	free(file);
}

static void crc_vectors(void **state)
{
	uint8_t zeroes[32] = { 0 }, ones[32];

	(void)state;
	memset(ones, 0xff, sizeof(ones));
	assert_int_equal(linx_crc32c(0, "123456789", 9), 0xe3069283);
	assert_int_equal(linx_crc32c(0, zeroes, 32), 0x8a9136aa); /* RFC 3720, B.4 */
	assert_int_equal(linx_crc32c(0, ones, 32), 0x62a8ab43);
	assert_int_equal(linx_crc32c(linx_crc32c(0, "1234", 4), "56789", 5), 0xe3069283);
}

/*
 * A record holds only the lower half of its sequence number. A block holds a whole number, from which readers restore
 * the whole numbers of its records.
 */
static void numbers(void **state)
{
	const uint64_t from = (1ull << 40) - 20, lost = 7ull << 32;
	const struct linx_event *ev;
	struct memory m = { 0 };
	struct fake *f = fake_new(1);
	uint64_t expected = from;
	uint8_t *file;
	struct linx *l;

	(void)state;
	f->lanes[0].from = f->lanes[0].seq = from;
	for (uint64_t t = 1; t < 100; t++) {
		if (t == 50)
			fake_lose(f, 0, t, lost);
		else
			fake_exit(f, 0, t, 0, 0);
	}
	file = record(f, 0, &m.len);
	m.data = file;
	assert_int_equal(memory_open(&m, &l, NULL), 0);
	for (uint64_t t = 1; t < 100; t++, expected += t != 51) {
		assert_int_equal(linx_next(l, &ev, -1), 1);
		expected += t == 50 ? lost : 0;
		assert_int_equal(linx_event_get_seq(ev), expected);
	}
	linx_close(l);
	free(file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain),
		cmocka_unit_test(compressed),
		cmocka_unit_test(trickling),
		cmocka_unit_test(interrupted),
		cmocka_unit_test(empty),
		cmocka_unit_test(many_rounds),
		cmocka_unit_test(shares),
		cmocka_unit_test(one_floor),
		cmocka_unit_test(one_moment),
		cmocka_unit_test(times_go_back),
		cmocka_unit_test(end_of_time),
		cmocka_unit_test(crc_vectors),
		cmocka_unit_test(interrupted_between_sections),
		cmocka_unit_test(a_pipe_does_not_block),
		cmocka_unit_test(numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
