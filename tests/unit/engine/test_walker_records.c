// SPDX-License-Identifier: LGPL-2.1-or-later
/* The walker makes records from registers and memory; the library's own decoder must be able to read them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <cmocka.h>
#include "libuser/record/decode.h"
#include "engine/walk/walker.h"

/* Simulated user memory: SIZE bytes from the address BASE on. The memory before and after them is unmapped. */
#define BASE 0x10000u
#define SIZE 0x50000u

struct test {
	uint8_t memory[SIZE];
	struct linx_walker_opts opts;
	struct linx_walker w;
	struct linx_walker_call call;
	struct linx_rows *rows;
	struct linx_scratch scratch;
	struct linx_value values[LINX_DECODE_VALUES];
	uint32_t there; /* bit set of the arguments whose values must be captured whole */
	size_t len;
};

static uint32_t read_memory(void *ctx, void *to, uint64_t addr, uint32_t n)
{
	struct test *t = ctx;
	uint64_t left = addr >= BASE && addr < BASE + SIZE ? BASE + SIZE - addr : 0;

	n = n < left ? n : (uint32_t)left;
	if (n)
		memcpy(to, t->memory + (addr - BASE), n);
	return n;
}

static int setup(void **state)
{
	struct test *t = calloc(1, sizeof(*t));

	t->opts = (struct linx_walker_opts){ .snap_bytes = 80, .snap_str = 4096, .page_size = 4096 };
	t->w = (struct linx_walker){ .opts = &t->opts, .read = read_memory, .ctx = t };
	t->w.room = aligned_alloc(8, (LINX_WALKER_GROUP_MAX + 7) & ~7u);
	t->rows = linx_rows_new();
	*state = t;
	return !t->rows;
}

static int teardown(void **state)
{
	struct test *t = *state;

	linx_rows_free(t->rows);
	free(t->scratch.data);
	free(t->w.room);
	free(t);
	return 0;
}

static uint64_t put(struct test *t, size_t at, const void *from, size_t size)
{
	memcpy(t->memory + at, from, size);
	return BASE + at;
}

static uint64_t put_str(struct test *t, size_t at, const char *s)
{
	return put(t, at, s, strlen(s) + 1);
}

static void set_call(struct test *t, unsigned int abi, int nr, const uint64_t args[LINX_NARGS])
{
	t->call = (struct linx_walker_call){ .tid = 7, .pid = 5, .abi = abi, .nr = nr, .time = 1000 };
	memcpy(t->call.args, args, sizeof(t->call.args));
	t->call.row = linx_rows_variant(t->rows, linx_rows_get(t->rows, abi, (unsigned int)nr), t->call.args);
}

static void decode(struct test *t)
{
	const struct linx_rec *rec = (const void *)t->w.room;

	t->len = linx_walker_end(&t->w);
	assert_true(linx_rec_fits(rec, t->len));
	memset(t->values, 0, sizeof(t->values));
	t->there = linx_decode_values(rec, t->len, &t->scratch, t->values);
}

static const struct linx_rec *leave(struct test *t, int64_t ret)
{
	t->call.ret = ret;
	linx_walker_exit(&t->w, &t->call);
	decode(t);
	return (const void *)t->w.room;
}

#define CALL(t, nr, ...) set_call(t, LINX_ABI_X86_64, nr, (const uint64_t[LINX_NARGS]){ __VA_ARGS__ })

static void assert_value(const struct test *t, unsigned int arg, unsigned int state, const void *data, size_t size)
{
	assert_true(t->there & 1u << arg);
	assert_int_equal(t->values[arg].state, state);
	assert_int_equal(t->values[arg].size, size);
	assert_memory_equal(t->values[arg].data, data, size);
}

static void test_head_and_string(void **state)
{
	struct test *t = *state;
	const struct linx_rec *rec;
	struct linx_regs regs;

	CALL(t, 257, (uint64_t)-100, put_str(t, 0, "/etc/passwd"), 0x80000, 0);
	rec = leave(t, 3);
	assert_int_equal(rec->kind, LINX_REC_EXIT);
	assert_int_equal(rec->nr, 257);
	assert_int_equal(rec->tid, 7);
	assert_int_equal(rec->pid, 5);
	assert_int_equal(rec->time, 1000);
	regs = linx_decode_regs(rec, true);
	assert_int_equal(regs.nargs, 4);
	assert_int_equal(regs.ret, 3);
	assert_int_equal(linx_reg_at(&regs, 2), 0x80000);
	assert_value(t, 1, LINX_WHOLE, "/etc/passwd", 11);
	assert_int_equal(t->there, 1u << 1);
}

static void test_result_decides_what_is_captured(void **state)
{
	struct test *t = *state;
	uint64_t at = put(t, 64, "0123456789", 10);

	CALL(t, 0, 3, at, 4096);
	leave(t, 10);
	assert_value(t, 1, LINX_WHOLE, "0123456789", 10);
	leave(t, -9);
	assert_int_equal(t->there, 0);
	CALL(t, 1, 3, at, 5);
	leave(t, -9);
	assert_value(t, 1, LINX_WHOLE, "01234", 5);
}

static void test_limits(void **state)
{
	struct test *t = *state;

	memset(t->memory, 'a', SIZE);
	t->opts.snap_bytes = 16;
	t->opts.snap_str = 32;
	CALL(t, 1, 3, BASE, 4096);
	leave(t, 4096);
	assert_int_equal(t->values[1].state, LINX_TRUNCATED);
	assert_int_equal(t->values[1].size, 16);
	assert_int_equal(t->values[1].orig, 4096);
	t->memory[99] = 0;
	CALL(t, 2, BASE, 0, 0);
	leave(t, -2);
	assert_int_equal(t->values[0].state, LINX_TRUNCATED);
	assert_int_equal(t->values[0].size, 32);
	assert_int_equal(t->values[0].orig, 99);
}

static void test_unreadable_memory(void **state)
{
	struct test *t = *state;

	memset(t->memory, 'b', SIZE);
	CALL(t, 1, 3, BASE + SIZE - 4, 10);
	leave(t, -14);
	assert_value(t, 1, LINX_UNREADABLE, "bbbb", 4);
	CALL(t, 2, BASE + SIZE - 3, 0, 0); /* a string without an end */
	leave(t, -14);
	assert_value(t, 0, LINX_UNREADABLE, "bbb", 3);
	CALL(t, 2, 0x10, 0, 0);
	leave(t, -14);
	assert_int_equal(t->values[0].state, LINX_UNREADABLE);
	assert_int_equal(t->values[0].size, 0);
}

static void test_variant(void **state)
{
	struct test *t = *state;
	const uint32_t pgid = 77;

	CALL(t, 16, 0, 0x540f /* TIOCGPGRP */, put(t, 0, &pgid, sizeof(pgid)));
	leave(t, 0);
	assert_value(t, 2, LINX_WHOLE, &pgid, sizeof(pgid));
	CALL(t, 16, 0, 0x5409 /* TCSBRK */, 1);
	leave(t, 0);
	assert_int_equal(t->there, 0);
}

static unsigned int count_nested(const struct linx_rec *rec, char *text)
{
	struct linx_walk walk;
	unsigned int n = 0;

	for (walk = linx_walk_begin(rec); linx_walk_next(rec, &walk);)
		if (linx_walk_is_nested(&walk)) {
			memcpy(text + strlen(text), (const uint8_t *)rec + walk.here + sizeof(struct linx_val) + 8,
			       walk.head.size - 8u);
			n++;
		}
	return n;
}

static void test_pointers_are_followed(void **state)
{
	struct test *t = *state;
	struct iovec iov[3] = { { NULL, 5 }, { NULL, 6 }, { NULL, 9 } };
	const struct linx_rec *rec;
	char text[32] = "";

	iov[0].iov_base = (void *)(uintptr_t)put(t, 256, "hello", 5);
	iov[1].iov_base = (void *)(uintptr_t)put(t, 300, " world", 6);
	iov[2].iov_base = (void *)(uintptr_t)put(t, 400, "not asked", 9);
	CALL(t, 19 /* readv */, 3, put(t, 0, iov, sizeof(iov)), 3);
	rec = leave(t, 8);
	assert_int_equal(count_nested(rec, text), 2);
	assert_string_equal(text, "hello wo");
}

/* Fills the memory so that bytes at different places differ. */
static void fill(struct test *t)
{
	for (size_t i = 0; i < SIZE; i++)
		t->memory[i] = (uint8_t)(i * 37 % 251);
}

static void test_long_buffer(void **state)
{
	struct test *t = *state;

	fill(t);
	t->opts.snap_bytes = LINX_PIECES_MAX;
	CALL(t, 1 /* write */, 3, BASE, 200000);
	assert_true(leave(t, 200000)->flags & LINX_RF_MORE);
	assert_value(t, 1, LINX_WHOLE, t->memory, 200000);
	leave(t, -9);
	assert_value(t, 1, LINX_WHOLE, t->memory, 200000);
	CALL(t, 1, 3, BASE, 16385);
	leave(t, 16385);
	assert_value(t, 1, LINX_WHOLE, t->memory, 16385);
	CALL(t, 1, 3, BASE + SIZE - 50000, 100000);
	leave(t, -14);
	assert_value(t, 1, LINX_UNREADABLE, t->memory + SIZE - 50000, 50000);
	t->opts.snap_bytes = 100000;
	CALL(t, 1, 3, BASE, 200000);
	leave(t, 200000);
	assert_value(t, 1, LINX_TRUNCATED, t->memory, 100000);
	assert_int_equal(t->values[1].orig, 200000);
}

/* All buffers of one call share one limit of the bytes in continuation pieces, so only the last buffer is truncated. */
static void test_long_vector(void **state)
{
	static const unsigned int at[] = { 100, 131000, 40, 140000 }, len[] = { 120000, 130000, 20, 100000 };
	struct test *t = *state;
	const struct linx_rec *rec;
	struct linx_mem mem = { 0 };
	struct linx_fds fds = { 0 };
	struct iovec iov[4];
	size_t total = 0;

	t->opts.snap_bytes = LINX_PIECES_MAX;
	for (unsigned int i = 0; i < 4; i++)
		iov[i] = (struct iovec){ .iov_base = (void *)(uintptr_t)(BASE + at[i]), .iov_len = len[i] };
	fill(t);
	CALL(t, 20 /* writev */, 3, put(t, SIZE - sizeof(iov), iov, sizeof(iov)), 4);
	rec = leave(t, 350020);
	linx_decode_nested(rec, t->len, &t->scratch, &mem, &fds);
	assert_int_equal(mem.n, 4);
	for (unsigned int i = 0; i < 4; i++) {
		const struct linx_value *v = &mem.pieces[i].v;

		assert_int_equal(mem.pieces[i].addr, BASE + at[i]);
		assert_int_equal(v->orig, len[i]);
		assert_int_equal(v->state, i == 3 ? LINX_TRUNCATED : LINX_WHOLE);
		assert_memory_equal(v->data, t->memory + at[i], v->size);
		total += v->size;
	}
	assert_int_equal(total, LINX_REC_USER_MAX - sizeof(iov) + LINX_PIECES_MAX);
	linx_mem_free(&mem);
}

static void test_compat(void **state)
{
	struct test *t = *state;
	const uint64_t args[LINX_NARGS] = { 0xffffffff00000003, BASE | 0xffffffff00000000, 4 };

	set_call(t, LINX_ABI_I386, 4 /* write */, args);
	linx_walker_cut_args(&t->opts, LINX_ABI_I386, 4, t->call.args);
	memcpy(t->memory, "abcd", 4);
	assert_int_equal(leave(t, 4)->abi, LINX_ABI_I386);
	assert_value(t, 1, LINX_WHOLE, "abcd", 4);
}

/*
 * An entry of a call for 32-bit programs cuts arguments to 32 bits. move_pages() had such an entry before Linux 5.15
 * (compat_move_pages), which x32 used as well (number 533).
 */
static void test_x32_cuts_what_the_kernel_cuts(void **state)
{
	const uint64_t wide = 0x100000002;
	struct test *t = *state;
	uint64_t args[LINX_NARGS];

	for (unsigned int old = 0; old < 2; old++) {
		for (unsigned int i = 0; i < LINX_NARGS; i++)
			args[i] = wide;
		t->opts.compat_move_pages = old;
		linx_walker_cut_args(&t->opts, LINX_ABI_X32, 533, args);
		for (unsigned int i = 0; i < LINX_NARGS; i++)
			assert_int_equal(args[i], old && i == 1 ? 2 : wide);
	}
	linx_walker_cut_args(&t->opts, LINX_ABI_X32, 521, args); /* ptrace */
	for (unsigned int i = 0; i < LINX_NARGS; i++)
		assert_int_equal(args[i], i < 4 ? 2 : wide);
}

/* mincore(2) writes one byte for each page, whatever the machine's page size is. */
static void test_mincore_counts_pages_of_the_machine(void **state)
{
	static const uint32_t sizes[] = { 4096, 16384, 65536 };
	const size_t length = 3 * 65536 + 1;
	struct test *t = *state;

	memset(t->memory, 1, 256);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		t->opts.page_size = sizes[i];
		CALL(t, 27, 0x7f0000000000, length, BASE);
		leave(t, 0);
		assert_value(t, 2, LINX_WHOLE, t->memory, length / sizes[i] + 1);
	}
}

static void test_unknown_number(void **state)
{
	struct test *t = *state;
	const struct linx_rec *rec;

	CALL(t, 100000, 1, 2, 3, 4, 5, 6);
	rec = leave(t, -38);
	assert_int_equal(rec->nr, LINX_REC_NR_OTHER);
	assert_int_equal(linx_rec_number(rec), 100000);
	assert_int_equal(linx_decode_regs(rec, true).nargs, 6);
}

/*
 * Writes a vector at offset "at" whose n pointers all lead to one string, so that its content is as long as possible.
 */
static void put_vector(struct test *t, size_t at, unsigned int n, uint64_t to)
{
	for (unsigned int i = 0; i < n; i++)
		put(t, at + i * 8, &to, 8);
	memset(t->memory + at + n * 8, 0, 8);
}

static void test_long_command(void **state)
{
	struct test *t = *state;
	char one[201];

	memset(one, 'x', 200);
	one[200] = 0;
	put_vector(t, 0x1000, 500, put(t, 0x400, one, sizeof(one)));
	CALL(t, 59, put_str(t, 0, "/bin/x"), BASE + 0x1000, 0);
	linx_walker_enter(&t->w, &t->call);
	decode(t);
	assert_true(((const struct linx_rec *)(const void *)t->w.room)->flags & LINX_RF_MORE);
	assert_value(t, 0, LINX_WHOLE, "/bin/x", 6);
	assert_int_equal(t->values[1].state, LINX_WHOLE);
	assert_int_equal(t->values[1].size, sizeof(struct linx_strv) + 500 * 201);
	assert_memory_equal((const uint8_t *)t->values[1].data + sizeof(struct linx_strv) + 499 * 201, one, 201);
}

static void test_successful_exec_has_no_arguments(void **state)
{
	struct test *t = *state;
	const struct linx_rec *rec;

	CALL(t, 59, put_str(t, 0, "/bin/x"), 0, 0);
	rec = leave(t, 0);
	assert_int_equal(rec->flags & LINX_RF_ARGS_GONE, LINX_RF_ARGS_GONE);
	assert_int_equal(rec->nargs, 0);
	assert_int_equal(t->there, 0);
	rec = leave(t, -2);
	assert_int_equal(rec->flags & LINX_RF_ARGS_GONE, 0);
	assert_value(t, 0, LINX_WHOLE, "/bin/x", 6);
}

static void test_entry_time(void **state)
{
	struct test *t = *state;
	struct linx_regs regs;

	CALL(t, 39, 0);
	t->call.timed = true;
	t->call.entry = 900;
	regs = linx_decode_regs(leave(t, 5), true);
	assert_true(regs.has_entry_time);
	assert_int_equal(regs.entry_time, 900);
	t->call.entry = 0;
	assert_int_equal(leave(t, 5)->flags & LINX_RF_NO_SLOT, LINX_RF_NO_SLOT);
}

/* The records of a call with any arguments are well-formed and within their bounds. */
static void test_any_arguments(void **state)
{
	struct test *t = *state;
	static const uint64_t odd[] = { 0, 1, BASE, BASE + 4, BASE + SIZE - 1, ~0ull, 0x7fffffffffffffff, 0x540b, 64 };
	unsigned int seed = 1;

	fill(t);
	for (unsigned int nr = 0; nr < 470; nr++) {
		t->opts.snap_bytes = nr % 2 ? 80 : LINX_PIECES_MAX;
		for (unsigned int abi = 0; abi < LINX_ABI_NR; abi++) {
			uint64_t args[LINX_NARGS];

			for (unsigned int i = 0; i < LINX_NARGS; i++)
				args[i] = odd[(unsigned int)rand_r(&seed) % (sizeof(odd) / sizeof(odd[0]))];
			set_call(t, abi, (int)nr, args);
			linx_walker_cut_args(&t->opts, abi, nr, t->call.args);
			leave(t, (int64_t)odd[(unsigned int)rand_r(&seed) % (sizeof(odd) / sizeof(odd[0]))]);
			assert_true(t->len <= LINX_WALKER_GROUP_MAX);
			linx_walker_enter(&t->w, &t->call);
			decode(t);
			assert_true(t->len <= LINX_WALKER_GROUP_MAX);
		}
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_head_and_string),
		TEST(test_result_decides_what_is_captured),
		TEST(test_limits),
		TEST(test_unreadable_memory),
		TEST(test_variant),
		TEST(test_pointers_are_followed),
		TEST(test_long_buffer),
		TEST(test_long_vector),
		TEST(test_compat),
		TEST(test_x32_cuts_what_the_kernel_cuts),
		TEST(test_mincore_counts_pages_of_the_machine),
		TEST(test_unknown_number),
		TEST(test_long_command),
		TEST(test_successful_exec_has_no_arguments),
		TEST(test_entry_time),
		TEST(test_any_arguments),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
