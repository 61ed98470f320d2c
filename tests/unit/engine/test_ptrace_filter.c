// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The seccomp filter of a traced command stops the calls that are selected, that change a task's context, or that could
 * make the trace incomplete, and no others.
 */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <cmocka.h>
#include "engine/ptrace/filter.h"
#include "within.h"

#ifdef __aarch64__
#define NATIVE AUDIT_ARCH_AARCH64
#define COMPAT AUDIT_ARCH_ARM
#define SECCOMP_COMPAT 383
#else
#define NATIVE AUDIT_ARCH_X86_64
#define COMPAT AUDIT_ARCH_I386
#define SECCOMP_COMPAT 354
#endif

#define STOP_DATA 0x8123
#define STOPS (SECCOMP_RET_TRACE | STOP_DATA)

struct test {
	struct linx_engine_ptrace p;
	struct sock_filter prog[BPF_MAXINSNS];
	int n;
};

static int setup(void **state)
{
	struct test *t = calloc(1, sizeof(*t));

	t->p.rows = linx_rows_new();
	t->p.stop_data = STOP_DATA;
	*state = t;
	return !t->p.rows;
}

static int teardown(void **state)
{
	struct test *t = *state;

	linx_rows_free(t->p.rows);
	free(t);
	return 0;
}

static void make(struct test *t)
{
	t->n = linx_ptrace_filter(&t->p, t->prog, BPF_MAXINSNS);
	assert_within(t->n, 5, BPF_MAXINSNS);
}

/* Returns the word at offset "at" of struct seccomp_data for a call whose first two arguments are "arg". */
static uint32_t word_of(uint32_t at, uint32_t arch, uint32_t nr, uint32_t arg)
{
	if (at == offsetof(struct seccomp_data, nr))
		return nr;
	if (at == offsetof(struct seccomp_data, args[0]) || at == offsetof(struct seccomp_data, args[1]))
		return arg;
	assert_int_equal(at, offsetof(struct seccomp_data, arch));
	return arch;
}

/*
 * Interprets the filter as the kernel does and returns whether it stops the call. The test fails if the filter has
 * another instruction than those that the interpreter knows.
 */
static bool stops(const struct test *t, uint32_t arch, uint32_t nr, uint32_t arg)
{
	uint32_t a = 0;

	for (int pc = 0; pc < t->n; pc++) {
		const struct sock_filter *f = &t->prog[pc];

		switch (f->code) {
		case BPF_LD | BPF_W | BPF_ABS:
			a = word_of(f->k, arch, nr, arg);
			break;
		case BPF_JMP | BPF_JA:
			pc += (int)f->k;
			break;
		case BPF_JMP | BPF_JEQ | BPF_K:
			pc += a == f->k ? f->jt : f->jf;
			break;
		case BPF_JMP | BPF_JGE | BPF_K:
			pc += a >= f->k ? f->jt : f->jf;
			break;
		case BPF_JMP | BPF_JSET | BPF_K:
			pc += a & f->k ? f->jt : f->jf;
			break;
		default:
			assert_int_equal(f->code, BPF_RET | BPF_K);
			assert_true(f->k == STOPS || f->k == SECCOMP_RET_ALLOW);
			return f->k == STOPS;
		}
	}
	fail_msg("the filter has no end");
	return false;
}

static void set_bit(__u64 map[LINX_ABI_NR][LINX_NR_WORDS], unsigned int abi, unsigned int nr)
{
	map[abi % LINX_ABI_NR][nr / 64] |= 1ull << nr % 64;
}

/*
 * Returns whether the call may create a task that is not traced (CLONE_UNTRACED), and so must stop. clone3(2) always
 * must, because its flags lie in memory, which no filter can read.
 */
static bool makes_untraced(const struct linx_walker_row *row, uint32_t arg)
{
	return row->flags & LINX_ROW_FORK && row->nargs && (row->in & 1 || arg & CLONE_UNTRACED);
}

/* Returns whether the call installs a seccomp filter with a listener, which may overrule the tracer's filter. */
static bool makes_listener(uint32_t arch, uint32_t nr, uint32_t arg)
{
	bool native = arch == NATIVE;

	return nr == (native ? SYS_seccomp : SECCOMP_COMPAT) && arg & SECCOMP_FILTER_FLAG_NEW_LISTENER;
}

/* Compares the filter's decision on each call number of an ABI, from base on, with the selection. */
static void check_abi(struct test *t, uint32_t arch, unsigned int abi, uint32_t base, uint32_t arg)
{
	for (uint32_t nr = 0; nr < LINX_NR_MAX + 100; nr++) {
		uint32_t at = nr < LINX_NR_OTHER ? nr : LINX_NR_OTHER;
		bool selected = (t->p.select.enter[abi % LINX_ABI_NR][at / 64] | t->p.select.exit[abi % LINX_ABI_NR][at / 64]) >>
					at % 64 & 1;

		if (at < LINX_NR_OTHER) {
			const struct linx_walker_row *row = linx_rows_get(t->p.rows, abi % LINX_ABI_NR, at);

			selected |= row->flags & LINX_ROW_CONTEXT || makes_untraced(row, arg) || makes_listener(arch, nr, arg);
		}
		if (stops(t, arch, base + nr, arg) != selected)
			fail_msg("arch %#x, call %u: stops %d", arch, nr, !selected);
	}
}

static void check_all(struct test *t)
{
	static const uint32_t args[] = { 0, ~(uint32_t)CLONE_UNTRACED, CLONE_UNTRACED, SECCOMP_FILTER_FLAG_NEW_LISTENER };

	make(t);
	for (size_t i = 0; i < sizeof(args) / sizeof(args[0]); i++) {
		check_abi(t, NATIVE, 0, 0, args[i]);
		check_abi(t, COMPAT, 1, 0, args[i]);
#ifdef __x86_64__
		check_abi(t, NATIVE, LINX_ABI_X32, 0x40000000u, args[i]);
#endif
	}
}

static void stops_what_is_selected(void **state)
{
	struct test *t = *state;

	check_all(t);
	set_bit(t->p.select.exit, 0, 0);
	set_bit(t->p.select.exit, 1, 3);
	set_bit(t->p.select.enter, 2, LINX_NR_OTHER);
	check_all(t);
	memset(&t->p.select, 0xff, sizeof(t->p.select));
	check_all(t);
}

static void stops_any_selection(void **state)
{
	struct test *t = *state;

	srandom(1);
	for (int i = 0; i < 30; i++) {
		memset(&t->p.select, 0, sizeof(t->p.select));
		for (int n = 0; n < 30 * i; n++)
			set_bit(t->p.select.exit, (unsigned int)random(), (unsigned int)random() % LINX_NR_MAX);
		if (linx_ptrace_filter(&t->p, t->prog, BPF_MAXINSNS) > 0)
			check_all(t);
	}
}

static void negative_numbers_are_unnamed(void **state)
{
	struct test *t = *state;

	make(t);
	assert_false(stops(t, NATIVE, (uint32_t)-1, 0));
	assert_false(stops(t, COMPAT, (uint32_t)-1, 0));
	set_bit(t->p.select.exit, 0, LINX_NR_OTHER);
	make(t);
	assert_true(stops(t, NATIVE, (uint32_t)-1, 0));
	assert_false(stops(t, COMPAT, (uint32_t)-1, 0));
}

/* All calls of an unknown machine stop. */
static void other_machines_stop(void **state)
{
	struct test *t = *state;

	make(t);
	assert_true(stops(t, AUDIT_ARCH_MIPS, 1, 0));
}

static void room_is_kept(void **state)
{
	struct test *t = *state;
	struct sock_filter before;

	memset(t->prog, 0x5a, sizeof(t->prog));
	before = t->prog[20];
	assert_int_equal(linx_ptrace_filter(&t->p, t->prog, 20), -E2BIG);
	assert_memory_equal(&t->prog[20], &before, sizeof(before));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(stops_what_is_selected, setup, teardown),
		cmocka_unit_test_setup_teardown(stops_any_selection, setup, teardown),
		cmocka_unit_test_setup_teardown(negative_numbers_are_unnamed, setup, teardown),
		cmocka_unit_test_setup_teardown(other_machines_stop, setup, teardown),
		cmocka_unit_test_setup_teardown(room_is_kept, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
