// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The order in which linx_merge_next() releases groups of records, and when it asks for the floor (the time before
 * which no more records appear).
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "libuser/base/array_size.h"
#include "fake_engine.h"
#include "libuser/engine/run.h"

static struct linx_merge *merge_of(struct fake *f)
{
	struct linx_merge *m;

	assert_int_equal(linx_merge_new(&f->e, &m), 0);
	return m;
}

static void end(struct linx_merge *m, struct fake *f)
{
	linx_merge_free(m);
	fake_free(f);
}

static void expect(struct linx_merge *m, unsigned int lane, uint64_t time)
{
	struct linx_group g;

	assert_int_equal(linx_merge_next(m, &g, 0), 1);
	assert_int_equal(g.rec->time, time);
	assert_int_equal(g.position.cpu, lane);
	assert_false(g.late);
}

static void expect_nothing(struct linx_merge *m, int code)
{
	struct linx_group g;

	assert_int_equal(linx_merge_next(m, &g, 0), code);
}

static int wait_times_out(struct fake *f)
{
	(void)f;
	return 0;
}

static int wait_shows_all(struct fake *f)
{
	fake_show_all(f);
	return 1;
}

static void by_time_then_lane(void **state)
{
	struct fake *f = fake_new(3);
	struct linx_merge *m = merge_of(f);

	(void)state;
	fake_exit(f, 0, 20, 0, 0);
	fake_exit(f, 0, 30, 0, 0);
	fake_exit(f, 1, 10, 0, 0);
	fake_exit(f, 1, 20, 0, 0);
	fake_exit(f, 2, 20, 0, 0);
	fake_exit(f, 2, 25, 0, 0);
	expect(m, 1, 10);
	expect(m, 0, 20);
	expect(m, 1, 20);
	expect(m, 2, 20);
	expect(m, 2, 25);
	expect(m, 0, 30);
	expect_nothing(m, -ENODATA);
	expect_nothing(m, -ENODATA);
	assert_int_equal(linx_merge_delivered(m, 0), 2);
	assert_int_equal(linx_merge_delivered(m, 9), 0);
	end(m, f);
}

/* Merges random lanes: the result is sorted and complete, and each step of the merge is bounded. */
static void many_random(void **state)
{
	struct fake *f = fake_new(4);
	struct linx_merge *m = merge_of(f);
	struct linx_group g;
	uint64_t last = 0, times[4] = { 0 }, seqs[4] = { 0 };

	(void)state;
	srand(7);
	for (int i = 0; i < 40000; i++) {
		unsigned int lane = (unsigned int)rand() % 4;

		times[lane] += (unsigned int)rand() % 50;
		fake_exit(f, lane, times[lane], 1, 0);
	}
	for (int i = 0; i < 40000; i++) {
		assert_int_equal(linx_merge_next(m, &g, 0), 1);
		assert_true(g.rec->time >= last && !g.late);
		assert_int_equal(g.position.seq, seqs[g.position.cpu]++);
		last = g.rec->time;
	}
	expect_nothing(m, -ENODATA);
	for (int i = 0; i < 4; i++)
		assert_int_equal(f->lanes[i].tail, f->lanes[i].len);
	end(m, f);
}

/*
 * A lane without records delays the others until the floor has passed their records. The floor is asked for once each
 * time the merge stands still.
 */
static void quiet_lane_floor(void **state)
{
	struct fake *f = fake_new(2);
	struct linx_merge *m = merge_of(f);

	(void)state;
	f->on_wait = wait_times_out;
	for (uint64_t t = 10; t <= 50; t += 10)
		fake_exit(f, 0, t, 0, 0);
	fake_show_all(f);
	f->on_wait = wait_shows_all;
	f->floor = 30;
	expect(m, 0, 10);
	expect(m, 0, 20);
	assert_int_equal(f->floors, 1);
	f->on_wait = wait_times_out;
	expect_nothing(m, 0); /* a record at the floor's time, 30, is not before the floor */
	expect_nothing(m, 0);
	assert_int_equal(f->floors, 1);
	f->on_wait = wait_shows_all;
	f->floor = 51;
	expect(m, 0, 30);
	expect(m, 0, 40);
	expect(m, 0, 50);
	assert_int_equal(f->floors, 2);
	end(m, f);
}

/* Makes all records visible just before the floor is taken. Their times are not before the floor. */
static void appears(struct fake *f)
{
	fake_show_all(f);
}

static int wait_shows_lane0(struct fake *f)
{
	f->lanes[0].shown = f->lanes[0].len;
	return 1;
}

static void floor_then_look_again(void **state)
{
	struct fake *f = fake_new(2);
	struct linx_merge *m = merge_of(f);

	(void)state;
	fake_exit(f, 0, 20, 0, 0);
	fake_exit(f, 1, 10, 0, 0);
	f->on_wait = wait_shows_lane0;
	f->on_floor = appears;
	f->floor = 100;
	expect(m, 1, 10);
	expect(m, 0, 20);
	end(m, f);
}

static void no_floor_when_idle(void **state)
{
	struct fake *f = fake_new(2);
	struct linx_merge *m = merge_of(f);

	(void)state;
	f->on_wait = wait_times_out;
	expect_nothing(m, 0);
	assert_int_equal(f->floors, 0);
	/* The merge asks for no floor while all lanes have records. */
	fake_exit(f, 0, 1, 0, 0);
	fake_exit(f, 1, 2, 0, 0);
	f->on_wait = wait_shows_all;
	expect(m, 0, 1);
	assert_int_equal(f->floors, 0);
	end(m, f);
}

static void absent_lane_holds_nothing_up(void **state)
{
	struct fake *f = fake_new(3);
	struct linx_merge *m = merge_of(f);

	(void)state;
	f->lanes[1].absent = f->lanes[2].absent = true;
	fake_exit(f, 0, 10, 0, 0);
	fake_exit(f, 0, 20, 0, 0);
	f->on_wait = wait_shows_all;
	expect(m, 0, 10);
	assert_int_equal(f->floors, 0);
	expect(m, 0, 20);
	/* A lane is added later, as for a CPU that gets its ring later. */
	fake_exit(f, 1, 30, 0, 0);
	fake_exit(f, 0, 40, 0, 0);
	f->floor = 31;
	expect(m, 1, 30);
	f->floor = 41;
	expect(m, 0, 40);
	end(m, f);
}

static void late_is_marked(void **state)
{
	struct fake *f = fake_new(2);
	struct linx_merge *m = merge_of(f);
	struct linx_group g;

	(void)state;
	f->on_wait = wait_shows_all;
	fake_exit(f, 0, 100, 0, 0);
	f->floor = 101;
	expect(m, 0, 100);
	fake_exit(f, 1, 50, 0, 0);
	fake_exit(f, 1, 100, 0, 0);
	assert_int_equal(linx_merge_next(m, &g, 0), 1);
	assert_true(g.late);
	assert_int_equal(g.rec->time, 50);
	assert_int_equal(linx_merge_next(m, &g, 0), 1);
	assert_false(g.late);
	end(m, f);
}

static void groups_pads_and_gaps(void **state)
{
	struct fake *f = fake_new(1);
	struct linx_merge *m = merge_of(f);
	struct linx_group g;

	(void)state;
	fake_pad(f, 0, 64);
	fake_pieces(f, 0, 10, 3);
	fake_lose(f, 0, 11, 5);
	fake_pad(f, 0, 40);
	fake_exit(f, 0, 12, 3, 0);
	fake_pad(f, 0, 48);
	assert_int_equal(linx_merge_next(m, &g, 0), 1);
	assert_int_equal(g.len, FAKE_EXIT_LEN + 3 * 48);
	assert_int_equal(linx_merge_next(m, &g, 0), 1);
	assert_int_equal(g.rec->kind, LINX_REC_GAP);
	assert_int_equal(linx_merge_next(m, &g, 0), 1);
	assert_int_equal(g.position.seq, 6);
	expect_nothing(m, -ENODATA);
	assert_int_equal(linx_merge_delivered(m, 0), 2);
	assert_int_equal(f->lanes[0].tail, f->lanes[0].len);
	end(m, f);
}

/* Each kind of invalid record ends the merge with an error that names the CPU. */
static void nonsense(void **state)
{
	static const struct {
		uint32_t len;
		uint8_t kind;
		uint16_t flags;
	} bad[] = {
		{ 0, LINX_REC_EXIT, 0 },
		{ 16, LINX_REC_EXIT, 0 },
		{ 4096, LINX_REC_EXIT, 0 },
		{ LINX_REC_MAX + 8, LINX_REC_EXIT, 0 },
		{ 48, LINX_REC_EXIT, LINX_RF_MORE },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct fake *f = fake_new(1);
		struct linx_merge *m = merge_of(f);
		struct linx_rec *r;

		fake_exit(f, 0, 5, 0, 0);
		r = fake_exit(f, 0, 6, 0, 0);
		r->words = bad[i].len / 8 & 0x1fff;
		r->kind = bad[i].kind;
		r->flags = bad[i].flags & 0xff;
		fake_show_all(f);
		expect(m, 0, 5);
		expect_nothing(m, -EBADMSG);
		assert_non_null(strstr(f->e.err.text, "CPU 0"));
		end(m, f);
	}
}

/* Groups that the merge has read, but not delivered, are read again after a sync. */
static void sync_hands_back(void **state)
{
	struct fake *f = fake_new(2);
	struct linx_merge *m = merge_of(f);

	(void)state;
	f->on_wait = wait_shows_all;
	f->floor = 1000;
	for (uint64_t t = 1; t <= 6; t++)
		fake_exit(f, t & 1, t, 0, 0);
	expect(m, 1, 1);
	expect(m, 0, 2);
	linx_merge_sync(m);
	assert_int_equal(f->lanes[0].tail, FAKE_EXIT_LEN);
	assert_int_equal(f->lanes[1].tail, FAKE_EXIT_LEN);
	for (uint64_t t = 3; t <= 6; t++)
		expect(m, t & 1, t);
	assert_int_equal(linx_merge_delivered(m, 0) + linx_merge_delivered(m, 1), 6);
	end(m, f);
}

/* Numbers of the groups that the test has taken from runs of records (n), and refused, so far. */
struct taken {
	uint64_t last; /* time */
	uint64_t n, refused;
};

static bool take(struct taken *p, const struct linx_rec *rec)
{
	assert_true(rec->time >= p->last);
	if (rec->seq % 3 == 0) {
		p->refused++;
		return false;
	}
	p->last = rec->time;
	p->n++;
	return true;
}

static unsigned int take_two_of_three(struct linx_merge *m, struct taken *p)
{
	const struct linx_rec *rec;
	struct linx_run run;

	linx_run_begin(m, &run);
	while ((rec = linx_run_next(&run)) && take(p, rec))
		linx_run_step(&run, rec);
	linx_run_end(m, &run);
	return run.n;
}

/*
 * A caller of the merge may take several consecutive groups at once, and may refuse one. The order of all records stays
 * the same, and linx_merge_next() returns the refused group.
 */
static void passed_in_order(void **state)
{
	struct fake *f = fake_new(3);
	struct linx_merge *m = merge_of(f);
	struct taken p = { 0 };
	uint64_t times[3] = { 0 }, handed = 0;
	struct linx_group g;

	(void)state;
	srand(11);
	for (int i = 0; i < 30000; i++) {
		unsigned int lane = (unsigned int)rand() % 3;

		times[lane] += (unsigned int)rand() % 3 ? 1 : 200; /* makes runs of one lane, and equal times on two CPUs */
		fake_exit(f, lane, times[lane], 1, 0);
	}
	for (; linx_merge_next(m, &g, 0) == 1; handed++) {
		uint64_t refused = p.refused;

		assert_true(g.rec->time >= p.last && !g.late);
		p.last = g.rec->time;
		take_two_of_three(m, &p);
		assert_true(p.refused - refused <= 1);
	}
	assert_int_equal(p.n + handed, 30000);
	assert_true(p.n > 5000 && p.refused > 1000);
	assert_int_equal(linx_merge_delivered(m, 0) + linx_merge_delivered(m, 1) + linx_merge_delivered(m, 2), 30000);
	for (int i = 0; i < 3; i++)
		assert_int_equal(f->lanes[i].tail, f->lanes[i].len);
	end(m, f);
}

/* A run of records that is taken at once ends at the floor, a gap, a piece, a decreasing time or a malformed record. */
static void passed_only_plain(void **state)
{
	struct fake *f = fake_new(2);
	struct linx_merge *m = merge_of(f);
	struct taken p = { 0 };

	(void)state;
	f->on_wait = wait_shows_all;
	assert_int_equal(take_two_of_three(m, &p), 0);
	for (uint64_t t = 10; t <= 30; t += 10)
		fake_exit(f, 0, t, 0, 0);
	f->floor = 20;
	expect(m, 0, 10);
	assert_int_equal(take_two_of_three(m, &p), 0); /* the time of the second record is the floor */
	end(m, f);

	f = fake_new(1);
	m = merge_of(f);
	fake_exit(f, 0, 5, 0, 0);
	fake_exit(f, 0, 4, 0, 0);
	fake_pieces(f, 0, 6, 1);
	fake_lose(f, 0, 7, 1);
	fake_exit(f, 0, 8, 0, 0)->words = 2;
	for (struct linx_group g; linx_merge_next(m, &g, 0) == 1;)
		assert_int_equal(take_two_of_three(m, &p), 0);
	assert_int_equal(p.n, 0);
	end(m, f);
}

/*
 * A record holds the lower half of its sequence number; the upper half follows from the record before, and from gaps.
 */
static void numbers_beyond_32_bits(void **state)
{
	const uint64_t from = (5ull << 32) - 2, lost = (3ull << 32) + 7;
	struct fake *f = fake_new(1);
	struct linx_merge *m = merge_of(f);
	uint64_t expected = from;
	struct linx_group g;

	(void)state;
	f->lanes[0].from = f->lanes[0].seq = from;
	for (uint64_t t = 1; t < 5; t++)
		fake_exit(f, 0, t, 0, 0);
	fake_pad(f, 0, 24);
	fake_pieces(f, 0, 5, 2);
	fake_lose(f, 0, 6, lost);
	for (uint64_t t = 7; t < 10; t++)
		fake_exit(f, 0, t, 0, 0);
	for (uint64_t t = 1; t < 10; t++) {
		assert_int_equal(linx_merge_next(m, &g, 0), 1);
		assert_int_equal(g.rec->time, t);
		if (t == 6)
			expected += lost;
		assert_int_equal(g.position.seq, expected);
		expected += t != 6;
		if (t == 3)
			linx_merge_sync(m);
	}
	assert_int_equal(expected, from + 8 + lost);
	end(m, f);
}

static int wait_interrupted(struct fake *f)
{
	(void)f;
	return -EINTR;
}

static void interrupted(void **state)
{
	struct fake *f = fake_new(1);
	struct linx_merge *m = merge_of(f);

	(void)state;
	f->on_wait = wait_interrupted;
	expect_nothing(m, -EINTR);
	fake_exit(f, 0, 5, 0, 0);
	f->on_wait = wait_shows_all;
	expect(m, 0, 5);
	end(m, f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(by_time_then_lane),
		cmocka_unit_test(many_random),
		cmocka_unit_test(quiet_lane_floor),
		cmocka_unit_test(floor_then_look_again),
		cmocka_unit_test(no_floor_when_idle),
		cmocka_unit_test(absent_lane_holds_nothing_up),
		cmocka_unit_test(late_is_marked),
		cmocka_unit_test(groups_pads_and_gaps),
		cmocka_unit_test(nonsense),
		cmocka_unit_test(sync_hands_back),
		cmocka_unit_test(passed_in_order),
		cmocka_unit_test(passed_only_plain),
		cmocka_unit_test(interrupted),
		cmocka_unit_test(numbers_beyond_32_bits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
