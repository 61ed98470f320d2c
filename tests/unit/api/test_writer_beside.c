// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A capture written by a writer beside linx_next(): of all records, or only of events that match a filter. A filter of
 * the whole recording must show the same as the filtered capture.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>
#include <cmocka.h>
#include "assembly.h"
#include "fake_engine.h"

#define LANES 3
#define TASKS 6
#define FIRST_TID 100

/* A generator of random recordings: the state of each task says which records of it may follow. */
struct story {
	struct fake *f;
	struct record r;
	uint64_t now;
	uint32_t random;
	struct {
		bool known, calls, ring;
		int nr;
	} tasks[TASKS];
};

static unsigned int pick(struct story *s, unsigned int n)
{
	s->random = s->random * 1103515245u + 12345u;
	return (s->random >> 16) % n;
}

/* Adds the prepared record and its pieces to a lane, with a time 2.5 to 5.5 us after that of the record before. */
static void append_on(struct story *s, unsigned int lane)
{
	const uint8_t *at = (const uint8_t *)s->r.words;
	size_t len = record_group(&s->r).len;
	uint64_t seq = s->f->lanes[lane].seq;

	s->now += 2500 + pick(s, 3000); /* in ns: the clocks of two CPUs may differ by 2000 */
	for (size_t step; len; len -= step, at += step) {
		struct linx_rec *rec = fake_add(s->f, lane, at);

		step = LINX_REC_LEN(rec);
		rec->time = s->now;
		rec->seq = (uint32_t)seq;
	}
}

static void append(struct story *s)
{
	append_on(s, pick(s, LANES));
}

static void meet(struct story *s, unsigned int i)
{
	struct linx_ctx c = record_ctx(FIRST_TID + i, FIRST_TID + i % 2, 1, i % 2 ? "odd" : "even");

	c.start_time = s->now; /* a new task with the same id */
	record_context(&s->r, LINX_REC_TASK, FIRST_TID + i, &c);
	append(s);
	s->tasks[i].known = true;
	s->tasks[i].calls = false;
}

static void enter(struct story *s, unsigned int i)
{
	static const char *const paths[] = { "/etc/passwd", "/tmp/x", "/dev/null" };
	char big[6000];

	s->tasks[i].nr = pick(s, 8) ? NR_OPENAT : NR_EXECVE;
	s->r.flags = 0;
	if (s->tasks[i].nr == NR_EXECVE) {
		uint32_t head[4] = { 1, 1, 0, 0 };

		memset(big, 'v', sizeof(big));
		memcpy(big, head, sizeof(head));
		record_enter(&s->r, FIRST_TID + i, NR_EXECVE, ARGS(0x1000, 0x2000, 0x3000));
		record_str(&s->r, 0, "/bin/true");
		record_val(&s->r, 1, LINX_VAL_STRV, LINX_WHOLE, big, 3000, 6000);
		record_piece(&s->r, 1, 3000, big + 3000, 3000);
	} else {
		record_enter(&s->r, FIRST_TID + i, NR_OPENAT, ARGS(AT_FDCWD_ARG, 0x1000, 0, 0));
		record_str(&s->r, 1, paths[pick(s, 3)]);
	}
	append(s);
	s->tasks[i].calls = true;
}

static void leave(struct story *s, unsigned int i)
{
	if (s->tasks[i].nr == NR_EXECVE)
		record_exit(&s->r, FIRST_TID + i, NR_EXECVE, -2, ARGS(0x1000, 0x2000, 0x3000));
	else
		record_exit(&s->r, FIRST_TID + i, NR_OPENAT, (int64_t)pick(s, 6) - 2, ARGS(AT_FDCWD_ARG, 0x1000, 0, 0));
	append(s);
	s->tasks[i].calls = false;
}

static void die(struct story *s, unsigned int i)
{
	struct linx_ctx c = record_ctx(FIRST_TID + i, FIRST_TID + i % 2, 1, "");

	record_context(&s->r, LINX_REC_TASK_EXIT, FIRST_TID + i, &c);
	append(s);
	s->tasks[i].known = s->tasks[i].calls = false;
}

/* Adds an exec by a thread, which takes the id of its leader. */
static void execute(struct story *s, unsigned int i)
{
	unsigned int leader = i % 2;
	struct linx_ctx c = record_ctx(FIRST_TID + leader, FIRST_TID + leader, 1, "new");

	for (unsigned int k = leader; k < TASKS; k += 2)
		if (k != i && s->tasks[k].known)
			die(s, k);
	c.start_time = s->now;
	c.code = FIRST_TID + i;
	s->r.flags = 0;
	record_context(&s->r, LINX_REC_EXEC, FIRST_TID + leader, &c);
	append(s);
	s->r.flags = LINX_RF_ARGS_GONE;
	record_exit(&s->r, FIRST_TID + leader, NR_EXECVE, 0, NO_ARGS);
	s->r.flags = 0;
	append(s);
	s->tasks[i].calls = s->tasks[leader].calls = false;
	s->tasks[i].known = i == leader;
	s->tasks[leader].known = true;
}

static void submit(struct story *s, unsigned int i, bool result, unsigned int more)
{
	struct linx_uring u = { .id = (uint64_t)(1 + i) << 32 | i, .opcode = 18, .cqe_flags = more };
	size_t size = result ? offsetof(struct linx_uring, entry) : sizeof(u);

	u.state = result ? LINX_UNAVAILABLE : LINX_WHOLE;
	s->r.flags = LINX_RF_URING;
	if (result)
		record_exit(&s->r, FIRST_TID + i, NR_OPENAT, pick(s, 5), ARGS(AT_FDCWD_ARG, 0x1000, 0, 0));
	else
		record_enter(&s->r, FIRST_TID + i, NR_OPENAT, ARGS(AT_FDCWD_ARG, 0x1000, 0, 0));
	record_val(&s->r, LINX_FIELD_URING, LINX_VAL_BYTES, LINX_WHOLE, &u, size, size);
	if (!result)
		record_str(&s->r, 1, "/etc/ring");
	s->r.flags = 0;
	append(s);
	s->tasks[i].ring = !result || more;
}

static void step(struct story *s)
{
	unsigned int i = pick(s, TASKS), what = pick(s, 40);

	if (!s->tasks[i].known)
		meet(s, i);
	if (what == 0) {
		fake_lose(s->f, pick(s, LANES), s->now += 2500, 1 + pick(s, 5));
		if (s->tasks[i].calls && pick(s, 2))
			enter(s, i); /* the return before this entry was lost */
	} else if (what == 1) {
		die(s, i);
	} else if (what == 2) {
		s->r.flags = 0;
		record_signal(&s->r, FIRST_TID + i, 10 + (int)pick(s, 3), LINX_SIGNAL_DELIVERED, 1);
		append(s);
	} else if (what < 5) {
		submit(s, i, s->tasks[i].ring, pick(s, 2) ? 2 : 0);
	} else if (s->tasks[i].calls) {
		if (s->tasks[i].nr == NR_EXECVE && pick(s, 2))
			execute(s, i);
		else
			leave(s, i);
	} else if (what < 20) {
		enter(s, i);
	} else {
		s->r.flags = 0;
		record_exit(&s->r, FIRST_TID + i, pick(s, 2) ? NR_CLOSE : NR_READ, (int64_t)pick(s, 4) - 1, ARGS(pick(s, 9), 0, 0));
		append(s);
	}
}

/* Makes a capture of one or two sections. */
static uint8_t *make(uint32_t seed, unsigned int steps, unsigned int sections, size_t *len)
{
	uint8_t *all = NULL;

	*len = 0;
	for (unsigned int k = 0; k < sections; k++) {
		struct story s = { .f = fake_new(LANES), .random = seed + k, .now = 1000 };
		uint8_t *part;
		size_t n;

		s.f->account_known = true;
		record_init(&s.r);
		for (unsigned int i = 0; i < steps; i++)
			step(&s);
		record_end(&s.r);
		part = record(s.f, k ? 3 : 0, &n);
		all = realloc(all, *len + n);
		assert_non_null(all);
		memcpy(all + *len, part, n);
		*len += n;
		free(part);
	}
	return all;
}

struct shown {
	char *text;
	size_t len;
	unsigned int calls;
	bool complete;
	uint64_t delivered, left_out, committed;
};

/* Collects the printed lines of all events that match a filter, except the line of the certificate. */
static struct shown show(const uint8_t *data, size_t len, const char *filter, bool entries)
{
	struct memory m = { .data = data, .len = len };
	struct linx_print_opts opts = { .size = sizeof(opts) };
	const struct linx_certificate *c;
	struct linx_printer *p;
	const struct linx_event *ev;
	struct shown s = { 0 };
	struct linx *l;
	FILE *to = open_memstream(&s.text, &s.len);
	const char *text;
	size_t n;
	int ret;

	assert_int_equal(memory_open(&m, &l, NULL), 0);
	assert_int_equal(linx_select_entries(l, entries), 0);
	assert_int_equal(linx_set_condition(l, filter), 0);
	assert_int_equal(linx_printer_new(LINX_FORMAT_JSON, &opts, &p), 0);
	while ((ret = linx_next(l, &ev, 0)) >= 0) {
		if (!ret || linx_event_get_kind(ev) == LINX_EVENT_CERTIFICATE)
			continue;
		assert_int_equal(linx_print(p, ev, &text, &n), 0);
		fwrite(text, 1, n, to);
		s.calls += linx_event_get_kind(ev) == LINX_EVENT_SYSCALL;
	}
	assert_int_equal(ret, -ENODATA);
	assert_int_equal(linx_get_certificate(l, &c), 0);
	s.complete = c->complete;
	s.delivered = c->total.delivered;
	s.committed = c->total.committed;
	s.left_out = c->left_out;
	fclose(to);
	linx_printer_free(p);
	linx_close(l);
	return s;
}

/* Writes to a descriptor: function of linx_writer_opts. */
static int write_to(void *fd, const struct iovec *pieces, int count)
{
	size_t n = 0;

	for (int i = 0; i < count; i++)
		n += pieces[i].iov_len;
	return writev(*(int *)fd, pieces, count) == (ssize_t)n ? 0 : -EIO;
}

/*
 * Returns a capture that a writer makes of "data". The writer works beside linx_next(), or alone if "beside" is
 * LINX_WRITER_READS. It writes to a descriptor, or by a function if "beside" is LINX_WRITER_ALL.
 */
static uint8_t *cut(const uint8_t *data, size_t len, const char *filter, enum linx_writer_beside beside, size_t *n)
{
	struct memory m = { .data = data, .len = len };
	int fd = memfd_create("piece", MFD_CLOEXEC), ret;
	struct linx_writer_opts o = { .size = sizeof(o), .beside = beside, .write = beside == LINX_WRITER_ALL ? write_to : NULL, .data = &fd };
	const struct linx_event *ev;
	struct linx_writer *w;
	struct linx *l;
	uint8_t *piece;

	assert_int_equal(memory_open(&m, &l, NULL), 0);
	assert_int_equal(linx_set_condition(l, filter), 0);
	assert_int_equal(linx_writer_new(l, o.write ? -1 : fd, &o, &w, NULL), 0);
	if (beside == LINX_WRITER_READS) {
		while ((ret = linx_writer_step(w, 0)) >= 0)
			;
	} else {
		while ((ret = linx_next(l, &ev, 0)) >= 0)
			if (ret)
				assert_int_equal(linx_writer_keep(w, ev), 0);
		assert_int_equal(linx_writer_step(w, 0), 0);
	}
	assert_int_equal(ret, -ENODATA);
	assert_int_equal(linx_writer_finish(w), 0);
	linx_writer_free(w);
	linx_close(l);
	*n = (size_t)lseek(fd, 0, SEEK_END);
	piece = malloc(*n);
	assert_int_equal(pread(fd, piece, *n, 0), *n);
	close(fd);
	return piece;
}

static void is_same(const struct shown *a, const struct shown *b, uint32_t seed, const char *filter)
{
	size_t i = 0;

	while (i < a->len && i < b->len && a->text[i] == b->text[i])
		i++;
	if (a->len == b->len && i == a->len)
		return;
	while (i && a->text[i - 1] != '\n')
		i--;
	fail_msg("seed %u, %s:\n%.*s\nbut of the piece:\n%.*s", seed, filter, (int)strcspn(a->text + i, "\n"), a->text + i,
		 (int)strcspn(b->text + i, "\n"), b->text + i);
}

static const char *const filters[] = {
	"linx.type = openat",
	"linx.ret < 0",
	"fd.num = 3",
	"fd.name contains passwd or linx.type = close",
	"linx.comm = even and linx.type in (openat, execve)",
	"linx.tid = 103",
	"linx.type = execve",
	"linx.comm = nothing_like_it",
	"linx.tid > 0",
};

static void check_piece(const uint8_t *data, size_t len, uint32_t seed, const char *filter)
{
	size_t n, again;
	uint8_t *piece = cut(data, len, filter, LINX_WRITER_KEPT, &n), *copy;
	struct shown of = show(data, len, filter, false), in = show(piece, n, filter, false), all;

	is_same(&of, &in, seed, filter);
	if (!in.complete)
		fail_msg("seed %u, %s: %llu committed, %llu delivered, %llu left out", seed, filter, (unsigned long long)in.committed,
			 (unsigned long long)in.delivered, (unsigned long long)in.left_out);
	assert_int_equal(in.committed, of.committed);
	assert_int_equal(in.delivered + in.left_out, of.delivered);
	free(in.text);
	all = show(piece, n, "linx.tid > 0 or linx.tid = 0", false);
	assert_int_equal(all.calls, of.calls); /* the filtered capture has no events that do not match */
	free(all.text);

	copy = cut(piece, n, NULL, LINX_WRITER_READS, &again);
	in = show(copy, again, filter, false);
	is_same(&of, &in, seed, filter);
	assert_true(in.complete);
	free(in.text);
	free(copy);
	copy = cut(piece, n, filter, LINX_WRITER_KEPT, &again);
	in = show(copy, again, filter, false);
	is_same(&of, &in, seed, filter);
	assert_true(in.complete);
	free(in.text);
	free(copy);
	free(of.text);
	free(piece);
}

static void a_piece_shows_what_the_filter_shows(void **state)
{
	(void)state;
	for (uint32_t seed = 1; seed <= 16; seed++) {
		size_t len;
		uint8_t *data = make(seed, 300, 1 + seed % 2, &len);

		for (size_t i = 0; i < sizeof(filters) / sizeof(*filters); i++)
			check_piece(data, len, seed, filters[i]);
		free(data);
	}
}

static void all_that_is_read_is_written(void **state)
{
	(void)state;
	for (uint32_t seed = 100; seed < 112; seed++) {
		size_t len, n, small;
		/*
		 * some recordings are so long that parts of lanes are written directly from the memory in which they
		 * lie
		 */
		uint8_t *data = make(seed, seed % 4 ? 400 : 10000, 2, &len), *copy, *piece;
		struct shown of, in;

		copy = cut(data, len, "linx.type = close", LINX_WRITER_ALL, &n);
		for (int entries = 0; entries < 2; entries++) {
			of = show(data, len, NULL, entries);
			in = show(copy, n, NULL, entries);
			is_same(&of, &in, seed, "all");
			assert_true(in.complete);
			assert_int_equal(in.left_out, 0);
			assert_int_equal(in.delivered, of.delivered);
			free(of.text);
			free(in.text);
		}
		piece = cut(data, len, "linx.type = openat", LINX_WRITER_KEPT, &small);
		free(copy);
		copy = cut(piece, small, NULL, LINX_WRITER_ALL, &n);
		of = show(piece, small, NULL, true);
		in = show(copy, n, NULL, true);
		is_same(&of, &in, seed, "all of a piece");
		assert_int_equal(in.left_out, of.left_out);
		assert_true(in.complete);
		free(of.text);
		free(in.text);
		free(piece);
		free(copy);
		free(data);
	}
}

/*
 * Counts the blocks of a capture that hold records. Each must begin with the sequence number that follows the last one
 * of the block before it of the same lane.
 */
static unsigned int count_data(const uint8_t *data, size_t len)
{
	uint64_t next[LANES] = { 0 };
	unsigned int n = 0;
	uint32_t header;

	memcpy(&header, data + 16, sizeof(header)); /* length of the file's header */
	for (size_t at = header; at < len;) {
		const struct linx_cap_block *b = (const void *)(data + at);

		at += sizeof(*b) + (b->stored + 7u) / 8 * 8;
		if (b->type != LINX_CAP_DATA)
			continue;
		assert_true(b->cpu < LANES && (!next[b->cpu] || b->first_seq == next[b->cpu]) && b->last_seq >= b->first_seq && b->last_time >= b->first_time);
		next[b->cpu] = b->last_seq + 1;
		n++;
	}
	return n;
}

/*
 * Records of a lane are written many at a time, even if each comes between two of another lane. The copy has the same
 * events.
 */
static void all_is_written_in_long_pieces(void **state)
{
	const unsigned int records = 40000;
	struct fake *f = fake_new(LANES);
	unsigned int events, same;
	uint64_t hash, same_hash;
	struct memory m = { 0 };
	size_t len, n;
	uint8_t *data, *copy;
	struct linx *l;

	(void)state;
	for (unsigned int i = 0; i < records; i++)
		fake_exit(f, i % LANES, 1000 + 10 * i, 0, i);
	data = record(f, 0, &len);
	copy = cut(data, len, NULL, LINX_WRITER_ALL, &n);
	assert_true(count_data(copy, n) <= records * FAKE_EXIT_LEN / (16u << 10) + LANES);
	m = (struct memory){ .data = data, .len = len };
	assert_int_equal(memory_open(&m, &l, NULL), 0);
	assert_int_equal(drain(l, &events, &hash), -ENODATA);
	linx_close(l);
	m = (struct memory){ .data = copy, .len = n };
	assert_int_equal(memory_open(&m, &l, NULL), 0);
	assert_int_equal(drain(l, &same, &same_hash), -ENODATA);
	linx_close(l);
	assert_true(events == same && hash == same_hash);
	free(data);
	free(copy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_piece_shows_what_the_filter_shows),
		cmocka_unit_test(all_that_is_read_is_written),
		cmocka_unit_test(all_is_written_in_long_pieces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
