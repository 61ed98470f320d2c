// SPDX-License-Identifier: LGPL-2.1-or-later
/* The reader's side of a ring: wrapping, batches, impossible positions, frozen halves. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <cmocka.h>
#include "libuser/engine/merge.h"

static int answer(int fd, unsigned long request, void *arg);
#define linx_kmod_ioctl answer
#include "libuser/engine/kmod/kmod.c"

#define SIZE 8192u

/* A ring as the kernel maps it: data twice, back to back. */
struct test_ring {
	struct linx_ring_reader r;
	struct linx_producer prod;
	struct linx_consumer cons;
	uint8_t *data[2];
	uint64_t seq;
};

static uint8_t *map_twice(void)
{
	int fd = memfd_create("ring", 0);
	uint8_t *p = mmap(NULL, 2 * SIZE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	assert_true(fd >= 0 && p != MAP_FAILED && ftruncate(fd, SIZE) == 0);
	for (int i = 0; i < 2; i++)
		assert_ptr_not_equal(mmap(p + i * SIZE, SIZE, PROT_READ | PROT_WRITE,
					  MAP_SHARED | MAP_FIXED, fd, 0),
				     MAP_FAILED);
	close(fd);
	return p;
}

static void setup(struct test_ring *t, uint64_t start, bool recorder)
{
	memset(t, 0, sizeof(*t));
	for (int i = 0; i <= recorder; i++)
		t->r.data[i] = t->data[i] = map_twice();
	t->r.size = SIZE;
	t->r.prod = &t->prod;
	t->r.cons = &t->cons;
	t->r.now.data = t->data[0];
	t->r.now.tail = t->r.now.head = t->r.published = t->cons.tail = start;
	t->prod.half[0].head = t->prod.half[1].head = t->prod.half[1].tail = start;
}

static void teardown(struct test_ring *t)
{
	for (int i = 0; i < 2; i++)
		if (t->data[i])
			munmap(t->data[i], 2 * SIZE);
}

static void produce(struct test_ring *t, int half, unsigned int len, uint8_t kind)
{
	struct linx_positions *p = &t->prod.half[half];
	struct linx_rec *rec = (void *)(t->data[half] + p->head % SIZE);

	memset(rec, (int)t->seq, len);
	*rec = (struct linx_rec){ .words = len / 8 & 0x1fff, .kind = kind, .seq = t->seq++ };
	linx_pos_store(&p->head, p->head + len);
}

/* Reads records of varying length over many wraps, also at positions beyond 2^63. */
static void around(void **state)
{
	static const uint64_t starts[] = { 0, SIZE - 8, UINT64_MAX - 3 * SIZE + 1 };

	(void)state;
	for (size_t s = 0; s < 3; s++) {
		struct test_ring t;
		uint64_t next = 0;

		setup(&t, starts[s], false);
		for (unsigned int i = 0; i < 5000; i++) {
			struct linx_chunk c;

			produce(&t, 0, 40 + i % 100 * 8, LINX_REC_EXIT);
			if (i % 3)
				continue;
			assert_int_equal(linx_ring_peek(&t.r, &c), 0);
			while (c.len) {
				const struct linx_rec *rec = (const void *)c.data;
				size_t n = linx_group_len(c.data, c.len);

				assert_int_equal(n, LINX_REC_LEN(rec));
				assert_int_equal(rec->seq, next);
				if (n > sizeof(*rec))
					assert_int_equal(c.data[n - 1], (uint8_t)next);
				next++;
				linx_ring_advance(&t.r, n);
				c.data += n;
				c.len -= n;
			}
			assert_int_equal(t.cons.tail, t.prod.half[0].head);
		}
		teardown(&t);
	}
}

/* The reader publishes its position when it has read an eighth of the ring or all of it, not after each record. */
static void publishes_in_batches(void **state)
{
	struct test_ring t;
	struct linx_chunk c;
	unsigned int changes = 0;
	uint64_t last = 0;

	(void)state;
	setup(&t, 0, false);
	for (int i = 0; i < 64; i++)
		produce(&t, 0, 64, LINX_REC_EXIT);
	assert_int_equal(linx_ring_peek(&t.r, &c), 0);
	assert_int_equal(c.len, 4096);
	for (int i = 0; i < 63; i++) {
		linx_ring_advance(&t.r, 64);
		changes += t.cons.tail != last;
		last = t.cons.tail;
		assert_true(t.r.now.tail - t.cons.tail < SIZE / 8);
	}
	assert_int_equal(changes, 3);
	linx_ring_publish(&t.r);
	assert_int_equal(t.cons.tail, 63 * 64);
	linx_ring_advance(&t.r, 64);
	assert_int_equal(t.cons.tail, 4096);
	teardown(&t);
}

static void bad_positions(void **state)
{
	static const uint64_t heads[] = { SIZE + 8, 4, UINT64_MAX - 7, 1ull << 40 };
	struct linx_chunk c;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct test_ring t;

		setup(&t, 0, false);
		t.prod.half[0].head = heads[i];
		assert_int_equal(linx_ring_peek(&t.r, &c), -EBADMSG);
		assert_int_equal(linx_ring_count(&t.r, false), 0);
		teardown(&t);
	}
}

static void frozen_halves(void **state)
{
	struct test_ring t;
	struct linx_chunk c;

	(void)state;
	setup(&t, 0, true);
	t.r.now.tail = t.r.now.head = 0;
	assert_int_equal(linx_ring_peek_frozen(&t.r, &c), 0);
	assert_null(c.data);
	for (int i = 0; i < 5; i++)
		produce(&t, 0, 64, LINX_REC_EXIT);
	t.prod.half[0].tail = 64; /* the oldest record was overwritten */
	assert_int_equal(linx_ring_take(&t.r, 0, t.seq, false), 0);
	assert_int_equal(linx_ring_peek_frozen(&t.r, &c), 0);
	assert_int_equal(c.len, 256);
	linx_ring_advance(&t.r, 64);
	assert_int_equal(linx_ring_count(&t.r, true), 3);
	/* The second half follows the rest of the first one when the recording has ended. */
	for (int i = 0; i < 2; i++)
		produce(&t, 1, 48, LINX_REC_EXIT);
	assert_int_equal(linx_ring_take(&t.r, 1, t.seq, true), 0);
	assert_int_equal(linx_ring_count(&t.r, true), 5);
	assert_int_equal(linx_ring_peek_frozen(&t.r, &c), 0);
	assert_int_equal(c.len, 192);
	linx_ring_advance(&t.r, 192);
	assert_int_equal(linx_ring_peek_frozen(&t.r, &c), 0);
	assert_null(c.data); /* no more data until all rings are read up to the same time */
	linx_ring_reader_yield(&t.r);
	assert_int_equal(linx_ring_peek_frozen(&t.r, &c), 0);
	assert_int_equal(c.len, 96);
	assert_int_equal(((const struct linx_rec *)(const void *)c.data)->seq, 5);
	linx_ring_advance(&t.r, 96);
	assert_int_equal(linx_ring_peek_frozen(&t.r, &c), 0);
	assert_int_equal(c.len, 0);
	assert_int_equal(t.cons.tail, 0); /* in recorder mode the reader publishes no position */
	assert_int_equal(linx_ring_take(&t.r, 2, t.seq, false), -EBADMSG);
	t.prod.half[0].tail = t.prod.half[0].head + 8;
	assert_int_equal(linx_ring_take(&t.r, 0, t.seq, false), -EBADMSG);
	/* The counters have the whole sequence number of the first record; the record holds only its lower half. */
	t.prod.half[0].tail = t.prod.half[0].head - 64;
	assert_int_equal(linx_ring_take(&t.r, 0, (9ull << 32) + 3, false), 0);
	assert_int_equal(linx_ring_peek_frozen(&t.r, &c), 0);
	assert_true(c.placed);
	assert_int_equal(c.at, (8ull << 32) + 4);
	assert_int_equal(linx_ring_take(&t.r, 0, (9ull << 32) + 4, false), 0);
	assert_int_equal(linx_ring_peek_frozen(&t.r, &c), 0);
	assert_int_equal(c.at, (9ull << 32) + 4);
	t.prod.half[0].tail = t.prod.half[0].head;
	assert_int_equal(linx_ring_take(&t.r, 0, 7, false), 0);
	assert_int_equal(linx_ring_peek_frozen(&t.r, &c), 0);
	assert_false(c.placed);
	teardown(&t);
}

/* ---- a flight recorder of two CPUs is stopped while a dump of it is being read */

static struct test_ring cpus[2];
static unsigned int writing; /* index of the half that both CPUs write */

static int answer(int fd, unsigned long request, void *arg)
{
	struct linx_flush *f = arg;

	(void)fd;
	if (request == LINX_IOC_FLUSH) {
		f->half = writing;
		writing ^= 1;
	}
	return 0;
}

static void happens(unsigned int cpu, uint64_t time)
{
	struct test_ring *t = &cpus[cpu];
	struct linx_rec *rec = (void *)(t->data[writing] + t->prod.half[writing].head % SIZE);

	produce(t, (int)writing, 64, LINX_REC_EXIT);
	rec->time = time;
}

static uint64_t next_time(struct linx_merge *m)
{
	struct linx_group g;
	int ret = linx_merge_next(m, &g, 0);

	if (ret == -ENODATA)
		return 0;
	assert_int_equal(ret, 1);
	assert_false(g.late);
	return g.rec->time;
}

static void stopped_while_a_dump_is_read(void **state)
{
	struct linx_engine_kmod *k = calloc(1, sizeof(*k));
	struct linx_merge *m;

	(void)state;
	assert_non_null(k);
	*k = (struct linx_engine_kmod){ .e.ops = &kmod_ops,
					.fd = -1,
					.clock_fd = -1,
					.epoll_fd = -1,
					.more_fd = -1,
					.recorder = true,
					.started = true };
	k->info.cpus = 2;
	assert_int_equal(alloc_lanes(k, NULL), 0);
	for (int i = 0; i < 2; i++)
		setup(&cpus[i], 0, true);
	k->rings[0] = cpus[0].r;
	k->rings[1] = cpus[1].r;
	writing = 0;
	for (uint64_t t = 1; t <= 4; t++)
		happens(t == 2, t); /* CPU 1 has no records at this time */
	assert_int_equal(linx_merge_new(&k->e, &m), 0);
	assert_int_equal(kmod_dump(&k->e), 0);
	for (uint64_t t = 1; t <= 3; t++)
		assert_int_equal(next_time(m), t);
	for (uint64_t t = 5; t <= 8; t++)
		happens(t & 1, t);
	assert_int_equal(kmod_stop(&k->e), 0);
	for (uint64_t t = 4; t <= 8; t++)
		assert_int_equal(next_time(m), t);
	assert_int_equal(next_time(m), 0);
	linx_merge_free(m);
	for (int i = 0; i < 2; i++) {
		k->rings[i].prod = NULL; /* memory of this test, which must not be unmapped */
		teardown(&cpus[i]);
	}
	kmod_close(&k->e);
}

static void counting(void **state)
{
	static const uint8_t kinds[] = { LINX_REC_EXIT, LINX_REC_PAD,	LINX_REC_GAP,
					 LINX_REC_TASK, LINX_REC_PIECE, 99 };
	struct test_ring t;

	(void)state;
	setup(&t, SIZE - 100 * 8, false);
	for (size_t i = 0; i < sizeof(kinds); i++)
		produce(&t, 0, 64 + (unsigned int)i * 8, kinds[i]);
	assert_int_equal(linx_ring_count(&t.r, false), 3);
	assert_int_equal(linx_count_records(t.data[0], 0), 0);
	teardown(&t);
}

/* Checks the offsets of the members of a record's header, which the module writes as whole words. */
static void members_of_a_head(void **state)
{
	union {
		struct linx_rec rec;
		uint32_t words[6];
	} u;

	(void)state;
#define IS_AT(member, word, mask)                                               \
	do {                                                                    \
		memset(&u, 0, sizeof(u));                                       \
		u.rec.member--;                                                 \
		for (unsigned int i = 0; i < 6; i++)                            \
			assert_int_equal(u.words[i], i == (word) ? (mask) : 0); \
	} while (0)
	IS_AT(nargs, 0, 0x00000007u);
	IS_AT(words, 0, 0x0000fff8u);
	IS_AT(flags, 0, 0x00ff0000u);
	IS_AT(kind, 0, 0xff000000u);
	IS_AT(seq, 1, 0xffffffffu);
	IS_AT(tid, 4, 0x003fffffu);
	IS_AT(nr, 4, 0xffc00000u);
	IS_AT(pid, 5, 0x003fffffu);
	IS_AT(abi, 5, 0x00c00000u);
	IS_AT(nvals, 5, 0xff000000u);
#undef IS_AT
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(around),
		cmocka_unit_test(publishes_in_batches),
		cmocka_unit_test(bad_positions),
		cmocka_unit_test(frozen_halves),
		cmocka_unit_test(stopped_while_a_dump_is_read),
		cmocka_unit_test(counting),
		cmocka_unit_test(members_of_a_head),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
