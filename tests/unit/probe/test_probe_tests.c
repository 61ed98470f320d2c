// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Tests of a specification: a small interpreter of classic BPF runs the program on numbers at and beside the operand,
 * and must agree with C's comparison, for each operator, form and place of the number in the record.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "libuser/base/array_size.h"
#include "libuser/probe/tests.h"

static uint32_t alu(const struct sock_filter *f, uint32_t a, uint32_t x)
{
	uint32_t by = BPF_SRC(f->code) == BPF_X ? x : f->k;

	switch (BPF_OP(f->code)) {
	case BPF_AND:
		return a & by;
	case BPF_OR:
		return a | by;
	case BPF_XOR:
		return a ^ by;
	case BPF_LSH:
		return a << by;
	default:
		assert_int_equal(BPF_OP(f->code), BPF_RSH);
		return a >> by;
	}
}

static bool jumps(const struct sock_filter *f, uint32_t a)
{
	switch (BPF_OP(f->code)) {
	case BPF_JEQ:
		return a == f->k;
	case BPF_JGT:
		return a > f->k;
	default:
		assert_int_equal(BPF_OP(f->code), BPF_JGE);
		return a >= f->k;
	}
}

static bool run(const struct linx_probe_plan *p, const struct linx_probe_data *d)
{
	uint32_t a = 0, x = 0, mem[16] = { 0 };

	for (uint32_t i = 0;; i++) {
		const struct sock_filter *f = &p->program[i];

		assert_true(i < p->nprogram);
		if (f->code == (BPF_RET | BPF_K))
			return f->k;
		if (f->code == (BPF_LD | BPF_W | BPF_ABS))
			memcpy(&a, (const uint8_t *)d + f->k, sizeof(a));
		else if (BPF_CLASS(f->code) == BPF_ALU)
			a = alu(f, a, x);
		else if (BPF_CLASS(f->code) == BPF_JMP)
			i += jumps(f, a) ? f->jt : f->jf;
		else if (f->code == (BPF_MISC | BPF_TAX))
			x = a;
		else if (f->code == (BPF_MISC | BPF_TXA))
			a = x;
		else if (f->code == BPF_ST)
			mem[f->k] = a;
		else if (f->code == (BPF_LD | BPF_MEM))
			a = mem[f->k];
		else
			fail_msg("code %#x", f->code);
	}
}

static const char *const operators[] = { "=", "!=", ">", ">=", "<", "<=" };

static bool holds(size_t op, uint64_t n, uint64_t operand, bool is_signed)
{
	int order = is_signed ? ((int64_t)n > (int64_t)operand) - ((int64_t)n < (int64_t)operand) : (n > operand) - (n < operand);
	const bool all[] = { !order, order != 0, order > 0, order >= 0, order < 0, order <= 0 };

	return all[op];
}

/* Makes a program of an argument with so many others in front. */
static int compile(const char *text, unsigned int before, enum linx_probe_form form, uint32_t size, struct linx_probe_plan *plan,
		   struct linx_error *err)
{
	struct linx_probe_spec *s;
	int rc;

	assert_int_equal(linx_spec_parse(text, &s, err), 0);
	plan->proto = linx_proto_new(0, "kprobe", "f", text);
	for (unsigned int i = 0; i < before; i++)
		assert_int_equal(linx_proto_add(plan->proto, "x", 1, LINX_AS_HEX, 8, ""), 0);
	assert_int_equal(linx_proto_add(plan->proto, "n", 1, form, size, ""), 0);
	rc = linx_tests_compile(s, plan, err);
	linx_spec_free(s);
	linx_proto_free(plan->proto);
	return rc;
}

static void try_one(size_t op, unsigned int before, enum linx_probe_form form, uint32_t size, uint64_t operand)
{
	const uint64_t numbers[] = { 0, 1, operand - 1, operand, operand + 1, operand ^ 1ull << 32, operand ^ 1ull << 63, UINT64_MAX,
				     INT64_MAX, 1ull << 63, operand << 32, operand >> 32 };
	bool is_signed = form == LINX_AS_SIGNED, minus = is_signed && (int64_t)operand < 0;
	struct linx_probe_plan plan;
	struct linx_error err = { "" };
	char text[100];

	snprintf(text, sizeof(text), "kprobe:f(n) if n %s %s%#llx", operators[op], minus ? "-" : "",
		 (unsigned long long)(minus ? -operand : operand));
	if (compile(text, before, form, size, &plan, &err))
		fail_msg("%s", err.text);
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		struct linx_probe_data d = { .states = 0x111111111111ull };
		uint64_t n = size == 2 ? (uint16_t)numbers[i] : numbers[i];

		memset(d.scalars, 0xa5, sizeof(d.scalars));
		d.scalars[before] = form == LINX_AS_BE ? __builtin_bswap16((uint16_t)n) : n;
		if (run(&plan, &d) != holds(op, n, operand, is_signed))
			fail_msg("%s: %#llx", text, (unsigned long long)n);
		d.states ^= 0x3ull << before * 4;
		assert_false(run(&plan, &d)); /* a number that is not whole passes no test */
	}
}

static void programs_compare(void **state)
{
	static const uint64_t operands[] = { 0, 1, 443, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xffffffff, 0x100000000,
					     0x123456789abcdef0, INT64_MAX, 1ull << 63, UINT64_MAX, (uint64_t)-2 };

	(void)state;
	for (size_t op = 0; op < ARRAY_SIZE(operators); op++)
		for (size_t i = 0; i < ARRAY_SIZE(operands); i++)
			for (unsigned int before = 0; before < LINX_PROBE_ARGS_MAX; before++) {
				try_one(op, before, LINX_AS_SIGNED, 8, operands[i]);
				try_one(op, before, LINX_AS_UNSIGNED, 8, operands[i]);
				try_one(op, before, LINX_AS_HEX, 8, operands[i]);
				try_one(op, before, LINX_AS_BE, 2, operands[i]);
			}
}

static void all_tests_must_hold(void **state)
{
	static const char text[] = "kprobe:f(n) if n > 10 and n < 20 and n != 15 and n >= 0 and n >= 0 and n >= 0 and n >= 0 and n >= 0";
	struct linx_probe_data d = { .states = 1 };
	struct linx_error err = { "" };
	struct linx_probe_plan plan;

	(void)state;
	assert_int_equal(compile(text, 0, LINX_AS_UNSIGNED, 8, &plan, &err), 0);
	for (d.scalars[0] = 0; d.scalars[0] < 30; d.scalars[0]++)
		assert_int_equal(run(&plan, &d), d.scalars[0] > 10 && d.scalars[0] < 20 && d.scalars[0] != 15);
	assert_int_equal(compile("kprobe:f(n)", 0, LINX_AS_UNSIGNED, 8, &plan, &err), 0);
	assert_int_equal(plan.nprogram, 0);
}

static void wrong_tests_are_refused(void **state)
{
	static const struct {
		const char *text;
		enum linx_probe_form form;
		uint32_t size;
		const char *error;
	} all[] = {
		{ "kprobe:f(n) if m = 1", LINX_AS_HEX, 8, "position 16: the probe records no argument called m" },
		{ "kprobe:f(n) if n = 1", LINX_AS_STR, 8, "n is no number" },
		{ "kprobe:f(n) if n = -1", LINX_AS_UNSIGNED, 8, "n is never such a number" },
		{ "kprobe:f(n) if n < 0xffffffffffffffff", LINX_AS_SIGNED, 8, "n is never such a number" },
		{ "kprobe:f(n) if n < 1", LINX_AS_BE, 4, "can be tested if they have two bytes" },
	};
	static const char *const unreadable[] = {
		"kprobe:f(n) if", "kprobe:f(n) if n", "kprobe:f(n) if n 1", "kprobe:f(n) if n = x", "kprobe:f(n) if n = 1 and",
		"kprobe:f(n) if n = 1 or n = 2", "kprobe:f(n) iff n = 1", "kprobe:f(n) if n = 18446744073709551616",
		"kprobe:f(n) if n=1 and n=1 and n=1 and n=1 and n=1 and n=1 and n=1 and n=1 and n=1",
	};
	struct linx_probe_plan plan;
	struct linx_probe_spec *s;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		struct linx_error err = { "" };

		assert_int_equal(compile(all[i].text, 0, all[i].form, all[i].size, &plan, &err), -EINVAL);
		if (!strstr(err.text, all[i].error))
			fail_msg("%s: %s", all[i].text, err.text);
	}
	for (size_t i = 0; i < ARRAY_SIZE(unreadable); i++)
		if (linx_spec_parse(unreadable[i], &s, NULL) != -EINVAL)
			fail_msg("accepted: %s", unreadable[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(programs_compare),
		cmocka_unit_test(all_tests_must_hold),
		cmocka_unit_test(wrong_tests_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
