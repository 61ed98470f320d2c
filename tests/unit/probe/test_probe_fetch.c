// SPDX-License-Identifier: LGPL-2.1-or-later
/* Tests which fetch lists of probes are valid, and what the interpreter reads from simulated memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <linux/linx.h>

#include "libuser/base/array_size.h"

#define BASE 0xffff888000001000u

/* A kernel of 64 bytes at BASE, user memory of 16 bytes at 0x1000, and two arguments. */
struct linx_fetch_io {
	uint8_t kernel[64];
	uint8_t user[16];
	uint64_t args[2];
	unsigned int reads;
};

static bool at(const uint8_t *from, size_t size, uint64_t begin, uint64_t addr, uint32_t n, void *to)
{
	if (addr < begin || addr - begin > size || n > size - (addr - begin))
		return false;
	memcpy(to, from + (addr - begin), n);
	return true;
}

static int linx_fetch_read(struct linx_fetch_io *io, __u64 *to, __u32 size, __u64 from, bool user)
{
	io->reads++;
	return !(user ? at(io->user, sizeof(io->user), 0x1000, from, size, to) :
			at(io->kernel, sizeof(io->kernel), BASE, from, size, to));
}

static bool linx_fetch_start(struct linx_fetch_io *io, __u32 op, __u32 n, __u64 *to)
{
	if (op == LINX_FETCH_ARG && n < ARRAY_SIZE(io->args))
		*to = io->args[n];
	else if (op == LINX_FETCH_CURRENT || op == LINX_FETCH_RECORD)
		*to = BASE;
	else if (op == LINX_FETCH_RET)
		*to = (__u64)-2;
	else
		return false;
	return true;
}

#define LINX_FETCH_RUNS
#include "kmod/shared/probe_fetch.h"

#define ARG(n) { .op = LINX_FETCH_ARG, .imm = (n) }
#define START(o) { .op = LINX_FETCH_##o }
#define ADD(n) { .op = LINX_FETCH_ADD, .imm = (n) }
#define LOAD(s, f) { .op = LINX_FETCH_LOAD, .size = (s), .flags = (f) }
#define CAST(s, f) { .op = LINX_FETCH_CAST, .size = (s), .flags = (f) }
#define BITS(from, width, f) { .op = LINX_FETCH_BITS, .flags = (f), .imm = LINX_FETCH_BITS_IMM(from, width) }
#define LOC(n) { .op = LINX_FETCH_DATA_LOC, .imm = (n) }
#define SCALAR(n) { .op = LINX_FETCH_SCALAR, .arg = (n) }
#define END(o, n, most) { .op = LINX_FETCH_##o, .arg = (n), .imm = (most) }
#define SIGNED LINX_FETCH_SIGNED
#define USER LINX_FETCH_USER

static int check(const struct linx_fetch_step *s, uint32_t n, uint32_t kind, uint32_t *where)
{
	struct linx_fetch_sum sum;

	return linx_fetch_check(s, n, kind, &sum, where);
}

static void put64(struct linx_fetch_io *io, size_t where, uint64_t v)
{
	memcpy(io->kernel + where, &v, sizeof(v));
}

/* ---- the interpreter --------------------------------------------------------------------- */

static void values_have_their_states(void **state)
{
	static const struct {
		struct linx_fetch_step steps[8];
		uint32_t n, kind;
		uint64_t number;
		uint32_t state;
	} all[] = {
		{ { ARG(1), SCALAR(0) }, 2, LINX_PROBE_FUNCTION, 0xfffffffff0f1f2f3u, LINX_WHOLE },
		{ { ARG(1), CAST(4, SIGNED), SCALAR(0) }, 3, LINX_PROBE_FUNCTION, 0xfffffffff0f1f2f3u, LINX_WHOLE },
		{ { ARG(1), CAST(4, 0), SCALAR(0) }, 3, LINX_PROBE_FUNCTION, 0xf0f1f2f3u, LINX_WHOLE },
		{ { ARG(1), CAST(8, SIGNED), SCALAR(0) }, 3, LINX_PROBE_FUNCTION, 0xfffffffff0f1f2f3u, LINX_WHOLE },
		{ { ARG(1), CAST(1, SIGNED), SCALAR(0) }, 3, LINX_PROBE_FUNCTION, 0xfffffffffffffff3u, LINX_WHOLE },
		{ { START(RET), CAST(4, SIGNED), SCALAR(0) }, 3, LINX_PROBE_RETURN, (uint64_t)-2, LINX_WHOLE },
		/* the pointer at 8 leads to 32, where 0x8182 stands */
		{ { ARG(0), ADD(8), LOAD(8, 0), ADD(2), LOAD(2, 0), SCALAR(0) }, 6, LINX_PROBE_FUNCTION, 0x8182u, LINX_WHOLE },
		{ { ARG(0), ADD(8), LOAD(8, 0), ADD(2), LOAD(2, SIGNED), SCALAR(0) }, 6, LINX_PROBE_FUNCTION,
		  0xffffffffffff8182u, LINX_WHOLE },
		{ { ARG(0), ADD(8), LOAD(8, 0), ADD(2), LOAD(2, 0), BITS(1, 3, 0), SCALAR(0) }, 7, LINX_PROBE_FUNCTION, 1, LINX_WHOLE },
		{ { ARG(0), ADD(8), LOAD(8, 0), ADD(2), LOAD(2, 0), BITS(7, 2, SIGNED), SCALAR(0) }, 7, LINX_PROBE_FUNCTION,
		  (uint64_t)-1, LINX_WHOLE },
		{ { START(CURRENT), BITS(0, 64, 0), SCALAR(0) }, 3, LINX_PROBE_RAWTP, BASE, LINX_WHOLE },
		/* the pointer at 16 is null: its number is known, and the memory to which it would point is absent */
		{ { ARG(0), ADD(16), LOAD(8, 0), SCALAR(0) }, 4, LINX_PROBE_FUNCTION, 0, LINX_WHOLE },
		{ { ARG(0), ADD(16), LOAD(8, 0), ADD(4), LOAD(4, 0), SCALAR(0) }, 6, LINX_PROBE_FUNCTION, 0, LINX_ABSENT },
		{ { ARG(0), ADD(16), LOAD(8, 0), END(STR, 0, 16) }, 4, LINX_PROBE_FUNCTION, 0, LINX_ABSENT },
		{ { ARG(0), ADD(16), LOAD(8, 0), END(PATH, 0, 0) }, 4, LINX_PROBE_FUNCTION, 0, LINX_ABSENT },
		/* memory beyond the end, kernel memory read as user memory, and the reverse */
		{ { ARG(0), ADD(60), LOAD(8, 0), SCALAR(0) }, 4, LINX_PROBE_FUNCTION, 0, LINX_UNREADABLE },
		{ { ARG(0), ADD(-8), LOAD(8, 0), ADD(1), LOAD(1, 0), SCALAR(0) }, 6, LINX_PROBE_FUNCTION, 0, LINX_UNREADABLE },
		{ { ARG(0), LOAD(8, USER), SCALAR(0) }, 3, LINX_PROBE_FUNCTION, 0, LINX_UNREADABLE },
		{ { ARG(0), ADD(24), LOAD(8, 0), LOAD(4, 0), SCALAR(0) }, 5, LINX_PROBE_FUNCTION, 0, LINX_UNREADABLE },
		{ { ARG(0), ADD(24), LOAD(8, 0), LOAD(4, USER), SCALAR(0) }, 5, LINX_PROBE_FUNCTION, 0x04030201u, LINX_WHOLE },
		{ { ARG(0), END(STR, 0, 16) }, 2, LINX_PROBE_FUNCTION, BASE, LINX_WHOLE },
		/* a first step that the simulated engine cannot do: the value is unavailable */
		{ { { .op = LINX_FETCH_REG, .imm = 3 }, ADD(1), SCALAR(0) }, 3, LINX_PROBE_FUNCTION, 0, LINX_UNAVAILABLE },
		{ { ARG(5), SCALAR(0) }, 2, LINX_PROBE_FUNCTION, 0, LINX_UNAVAILABLE },
	};
	struct linx_fetch_io io = { .args = { BASE, 0xfffffffff0f1f2f3u }, .user = { 1, 2, 3, 4 } };
	uint32_t where;

	(void)state;
	put64(&io, 8, BASE + 32);
	put64(&io, 24, 0x1000);
	put64(&io, 32, 0x81820000u);
	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		struct linx_fetch f = { .state = LINX_ABSENT };

		if (check(all[i].steps, all[i].n, all[i].kind, &where))
			fail_msg("list %zu: step %u is not valid", i, where);
		for (uint32_t n = 0; n < all[i].n; n++)
			assert_int_equal(linx_fetch_step(&io, &f, &all[i].steps[n]), n + 1 == all[i].n);
		if (f.number != all[i].number || f.state != all[i].state)
			fail_msg("list %zu: %llx, state %u", i, (unsigned long long)f.number, f.state);
	}
}

/* A value that fails does not affect the next one, and nothing is read for its remaining steps. */
static void failed_values_end_alone(void **state)
{
	static const struct linx_fetch_step list[] = {
		ARG(0), LOAD(8, USER), LOAD(8, 0), ADD(1), LOAD(8, 0), SCALAR(0),
		ARG(0), ADD(8), LOAD(1, 0), SCALAR(1),
	};
	struct linx_fetch_io io = { .args = { BASE, 0 } };
	struct linx_fetch f = { .state = LINX_WHOLE };
	uint64_t got[2];
	uint32_t states[2], n = 0;

	(void)state;
	put64(&io, 8, 0x77);
	for (size_t i = 0; i < ARRAY_SIZE(list); i++)
		if (linx_fetch_step(&io, &f, &list[i])) {
			got[n] = f.number;
			states[n++] = f.state;
		}
	assert_int_equal(n, 2);
	assert_int_equal(states[0], LINX_UNREADABLE);
	assert_int_equal(got[0], 0);
	assert_int_equal(states[1], LINX_WHOLE);
	assert_int_equal(got[1], 0x77);
	assert_int_equal(io.reads, 2);
}

/* A __data_loc holds length and offset of the data within the tracepoint's record. */
static void data_of_a_record_is_found(void **state)
{
	static const struct linx_fetch_step list[] = {
		START(RECORD), ADD(16), LOAD(4, 0), LOC(0), END(STR, 0, 64),
		START(RECORD), ADD(16), LOAD(4, 0), LOC(20), END(BYTES, 1, 3),
	};
	struct linx_fetch_io io = { .args = { 0, 0 } };
	struct linx_fetch f = { .state = LINX_WHOLE };
	uint32_t n = 0, where;

	(void)state;
	put64(&io, 16, 5u << 16 | 40);
	assert_int_equal(check(list, ARRAY_SIZE(list), LINX_PROBE_TRACEPOINT, &where), 0);
	for (size_t i = 0; i < ARRAY_SIZE(list); i++)
		if (linx_fetch_step(&io, &f, &list[i])) {
			assert_int_equal(f.state, LINX_WHOLE);
			assert_true(f.number == BASE + (n ? 60 : 40));
			assert_int_equal(linx_fetch_most(&f, &list[i]), n ? 3 : 5);
			n++;
		}
	assert_int_equal(n, 2);
}

/* ---- the check --------------------------------------------------------------------------- */

static void wrong_lists_are_refused(void **state)
{
	static const struct {
		struct linx_fetch_step steps[6];
		uint32_t n, kind, where;
	} all[] = {
		{ { ARG(0) }, 1, LINX_PROBE_FUNCTION, 0 }, /* no end */
		{ { SCALAR(0) }, 1, LINX_PROBE_FUNCTION, 0 }, /* no begin */
		{ { ADD(1), SCALAR(0) }, 2, LINX_PROBE_FUNCTION, 0 },
		{ { ARG(0), ARG(1), SCALAR(0) }, 3, LINX_PROBE_FUNCTION, 1 },
		{ { ARG(0), SCALAR(0), SCALAR(1) }, 3, LINX_PROBE_FUNCTION, 2 },
		{ { { .op = 0 }, SCALAR(0) }, 2, LINX_PROBE_FUNCTION, 0 },
		{ { { .op = 6 }, SCALAR(0) }, 2, LINX_PROBE_FUNCTION, 0 },
		{ { ARG(0), { .op = 21 }, SCALAR(0) }, 3, LINX_PROBE_FUNCTION, 1 },
		{ { ARG(0), { .op = 39 } }, 2, LINX_PROBE_FUNCTION, 1 },
		{ { ARG(0), { .op = 255 } }, 2, LINX_PROBE_FUNCTION, 1 },
		/* sources that this kind of probe does not have */
		{ { ARG(6), SCALAR(0) }, 2, LINX_PROBE_FUNCTION, 0 },
		{ { ARG(-1), SCALAR(0) }, 2, LINX_PROBE_FUNCTION, 0 },
		{ { ARG(12), SCALAR(0) }, 2, LINX_PROBE_RAWTP, 0 },
		{ { ARG(0), SCALAR(0) }, 2, LINX_PROBE_TRACEPOINT, 0 },
		{ { START(RET), SCALAR(0) }, 2, LINX_PROBE_FUNCTION, 0 },
		{ { START(RECORD), SCALAR(0) }, 2, LINX_PROBE_FUNCTION, 0 },
		{ { { .op = LINX_FETCH_REG, .imm = 34 }, SCALAR(0) }, 2, LINX_PROBE_FUNCTION, 0 },
		{ { { .op = LINX_FETCH_REG }, SCALAR(0) }, 2, LINX_PROBE_RETURN, 0 },
		{ { ARG(0), LOC(0), END(STR, 0, 1) }, 3, LINX_PROBE_FUNCTION, 1 },
		{ { ARG(0), SCALAR(0) }, 2, 0, 0 },
		{ { ARG(0), SCALAR(0) }, 2, 5, 0 },
		/* members that have no meaning for the step, or a wrong value */
		{ { { .op = LINX_FETCH_ARG, .size = 1 }, SCALAR(0) }, 2, LINX_PROBE_FUNCTION, 0 },
		{ { { .op = LINX_FETCH_ARG, .flags = 1 }, SCALAR(0) }, 2, LINX_PROBE_FUNCTION, 0 },
		{ { { .op = LINX_FETCH_ARG, .arg = 1 }, SCALAR(0) }, 2, LINX_PROBE_FUNCTION, 0 },
		{ { { .op = LINX_FETCH_CURRENT, .imm = 1 }, SCALAR(0) }, 2, LINX_PROBE_FUNCTION, 0 },
		{ { ARG(0), LOAD(3, 0), SCALAR(0) }, 3, LINX_PROBE_FUNCTION, 1 },
		{ { ARG(0), LOAD(0, 0), SCALAR(0) }, 3, LINX_PROBE_FUNCTION, 1 },
		{ { ARG(0), LOAD(16, 0), SCALAR(0) }, 3, LINX_PROBE_FUNCTION, 1 },
		{ { ARG(0), LOAD(8, 4), SCALAR(0) }, 3, LINX_PROBE_FUNCTION, 1 },
		{ { ARG(0), CAST(4, USER), SCALAR(0) }, 3, LINX_PROBE_FUNCTION, 1 },
		{ { ARG(0), { .op = LINX_FETCH_ADD, .size = 8 }, SCALAR(0) }, 3, LINX_PROBE_FUNCTION, 1 },
		{ { ARG(0), BITS(0, 0, 0), SCALAR(0) }, 3, LINX_PROBE_FUNCTION, 1 },
		{ { ARG(0), BITS(0, 65, 0), SCALAR(0) }, 3, LINX_PROBE_FUNCTION, 1 },
		{ { ARG(0), BITS(63, 2, 0), SCALAR(0) }, 3, LINX_PROBE_FUNCTION, 1 },
		{ { ARG(0), BITS(255, 0xffffff, 0), SCALAR(0) }, 3, LINX_PROBE_FUNCTION, 1 },
		{ { START(RECORD), LOC(-1), END(STR, 0, 1) }, 3, LINX_PROBE_TRACEPOINT, 1 },
		{ { START(RECORD), LOC(LINX_FETCH_RECORD_MAX), END(STR, 0, 1) }, 3, LINX_PROBE_TRACEPOINT, 1 },
		{ { ARG(0), SCALAR(1) }, 2, LINX_PROBE_FUNCTION, 1 }, /* scalars are counted from 0 */
		{ { ARG(0), { .op = LINX_FETCH_SCALAR, .imm = 1 } }, 2, LINX_PROBE_FUNCTION, 1 },
		{ { ARG(0), { .op = LINX_FETCH_SCALAR, .flags = USER } }, 2, LINX_PROBE_FUNCTION, 1 },
		{ { ARG(0), END(STR, 0, 0) }, 2, LINX_PROBE_FUNCTION, 1 },
		{ { ARG(0), END(STR, 0, LINX_FETCH_BYTES_MAX + 1) }, 2, LINX_PROBE_FUNCTION, 1 },
		{ { ARG(0), END(BYTES, 0, -1) }, 2, LINX_PROBE_FUNCTION, 1 },
		{ { ARG(0), END(PATH, 0, 1) }, 2, LINX_PROBE_FUNCTION, 1 },
		{ { ARG(0), END(STR, LINX_PROBE_ARGS_MAX, 1) }, 2, LINX_PROBE_FUNCTION, 1 },
		{ { ARG(0), END(STR, 3, 1), ARG(0), END(STR, 3, 1) }, 4, LINX_PROBE_FUNCTION, 3 }, /* one value of each number */
	};
	uint32_t where;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		if (check(all[i].steps, all[i].n, all[i].kind, &where) != -EINVAL || where != all[i].where)
			fail_msg("list %zu is accepted, or the wrong step is %u", i, where);
}

static void lists_have_bounds(void **state)
{
	struct linx_fetch_step many[LINX_FETCH_STEPS_MAX + 1] = { ARG(0) };
	struct linx_fetch_step values[2 * (LINX_PROBE_ARGS_MAX + 1)];
	struct linx_fetch_sum sum;
	uint32_t where;

	(void)state;
	for (uint32_t i = 1; i < LINX_FETCH_STEPS_MAX; i++)
		many[i] = (struct linx_fetch_step)ADD(1);
	many[LINX_FETCH_STEPS_MAX - 1] = (struct linx_fetch_step)SCALAR(0);
	assert_int_equal(linx_fetch_check(many, LINX_FETCH_STEPS_MAX, LINX_PROBE_FUNCTION, &sum, &where), 0);
	assert_int_equal(sum.scalars, 1);
	assert_int_equal(linx_fetch_check(many, LINX_FETCH_STEPS_MAX + 1, LINX_PROBE_FUNCTION, &sum, &where), -E2BIG);

	for (uint32_t i = 0; i <= LINX_PROBE_ARGS_MAX; i++) {
		values[2 * i] = (struct linx_fetch_step)ARG(0);
		values[2 * i + 1] = (struct linx_fetch_step)SCALAR(i);
	}
	assert_int_equal(linx_fetch_check(values, 2 * LINX_PROBE_ARGS_MAX, LINX_PROBE_FUNCTION, &sum, &where), 0);
	assert_int_equal(sum.scalars, LINX_PROBE_ARGS_MAX);
	values[1] = (struct linx_fetch_step)END(STR, 0, 1);
	for (uint32_t i = 1; i <= LINX_PROBE_ARGS_MAX; i++)
		values[2 * i + 1] = (struct linx_fetch_step)SCALAR(i - 1);
	assert_int_equal(linx_fetch_check(values, 2 * (LINX_PROBE_ARGS_MAX + 1), LINX_PROBE_FUNCTION, &sum, &where), -E2BIG);

	/* Four longest strings fit into a record, five do not. */
	for (uint32_t i = 0; i < 5; i++)
		values[2 * i + 1] = (struct linx_fetch_step)END(STR, i, LINX_FETCH_BYTES_MAX);
	assert_int_equal(linx_fetch_check(values, 8, LINX_PROBE_FUNCTION, &sum, &where), 0);
	assert_int_equal(sum.values, 4);
	assert_int_equal(sum.bytes, 4 * LINX_FETCH_BYTES_MAX);
	assert_int_equal(linx_fetch_check(values, 10, LINX_PROBE_FUNCTION, &sum, &where), -E2BIG);
	assert_int_equal(linx_fetch_check(values, 0, LINX_PROBE_FUNCTION, &sum, &where), 0);
}

/* The interpreter ends a list of random steps that the check accepts, and reads no more than once a step. */
static void random_lists_end(void **state)
{
	struct linx_fetch_step s[8];
	struct linx_fetch_io io = { .args = { BASE, 1 } };
	unsigned int seed = 1, accepted = 0;
	uint32_t where;

	(void)state;
	for (unsigned int round = 0; round < 400000; round++) {
		struct linx_fetch f = { .state = LINX_WHOLE };
		uint32_t n = 2 + (uint32_t)rand_r(&seed) % 4, kind = (uint32_t)rand_r(&seed) % 6;

		for (uint32_t i = 0; i < n; i++) {
			static const uint8_t sizes[] = { 1, 2, 4, 8, 8, 3, 0, 255 };
			uint32_t base = i ? i + 1 == n ? 32 : 16 : 0, op = base + (uint32_t)rand_r(&seed) % 7;
			bool sized = op == LINX_FETCH_LOAD || op == LINX_FETCH_CAST;

			s[i] = (struct linx_fetch_step){ .op = (uint8_t)op,
							 .size = sized ? sizes[rand_r(&seed) % 8] : rand_r(&seed) % 8 == 0,
							 .flags = (uint8_t)(rand_r(&seed) % 8 / 5),
							 .imm = rand_r(&seed) % 2 ? 0 : rand_r(&seed) % 0x2000 };
		}
		if (check(s, n, kind, &where))
			continue;
		accepted++;
		io.reads = 0;
		for (uint32_t i = 0; i < n; i++)
			linx_fetch_step(&io, &f, &s[i]);
		assert_true(io.reads <= n);
		assert_true(f.state >= LINX_WHOLE && f.state <= LINX_ABSENT);
	}
	assert_true(accepted > 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_have_their_states),  cmocka_unit_test(failed_values_end_alone),
		cmocka_unit_test(data_of_a_record_is_found), cmocka_unit_test(wrong_lists_are_refused),
		cmocka_unit_test(lists_have_bounds),	     cmocka_unit_test(random_lists_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
