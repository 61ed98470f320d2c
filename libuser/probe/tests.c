// SPDX-License-Identifier: LGPL-2.1-or-later
/* Tests of a specification as a program; see probe/tests.h. */
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "base/array_size.h"
#include "probe/tests.h"

/* Targets of jumps while a program is made: behind the test, and to the end that leaves out the hit. */
#define NEXT 254u
#define REJECT 255u

#define SIGN 0x80000000u

/* Bytes of the words of a number in struct linx_probe_data: all machines of linx are little-endian. */
#define LOW 0u
#define HIGH 4u

struct builder {
	struct sock_filter *code;
	uint32_t n;
};

/* Most instructions of a test, and of a program with its two returns: a jump reaches the end. */
#define TEST_MAX 20u
_Static_assert(LINX_SPEC_TESTS_MAX * TEST_MAX + 2 <= LINX_PROBE_PROGRAM_MAX, "programs fit");
_Static_assert(LINX_PROBE_PROGRAM_MAX < NEXT, "jumps reach the end");

static void put(struct builder *b, unsigned int code, uint32_t k, unsigned int yes, unsigned int no)
{
	b->code[b->n++] = (struct sock_filter){ (uint16_t)code, (uint8_t)yes, (uint8_t)no, k };
}

static void load(struct builder *b, size_t at)
{
	put(b, BPF_LD | BPF_W | BPF_ABS, (uint32_t)at, 0, 0);
}

static void alu(struct builder *b, unsigned int op, uint32_t k)
{
	put(b, BPF_ALU | BPF_K | op, k, 0, 0);
}

static void jump(struct builder *b, unsigned int op, uint32_t k, unsigned int yes, unsigned int no)
{
	put(b, BPF_JMP | BPF_K | op, k, yes, no);
}

/* Lets jumps to a place that is marked lead behind the last instruction. */
static void land(struct builder *b, uint32_t from, unsigned int mark)
{
	for (uint32_t i = from; i < b->n; i++) {
		struct sock_filter *f = &b->code[i];

		if (BPF_CLASS(f->code) != BPF_JMP)
			continue;
		if (f->jt == mark)
			f->jt = (uint8_t)(b->n - i - 1);
		if (f->jf == mark)
			f->jf = (uint8_t)(b->n - i - 1);
	}
}

/* Leaves out hits whose number is not whole. */
static void test_state(struct builder *b, uint32_t scalar)
{
	unsigned int shift = scalar % 8 * 4;

	load(b, offsetof(struct linx_probe_data, states) + scalar / 8 * sizeof(uint32_t));
	alu(b, BPF_AND, 0xfu << shift);
	jump(b, BPF_JEQ, (uint32_t)LINX_WHOLE << shift, 0, REJECT);
}

/* Swaps the two bytes of the low word. */
static void swap_bytes(struct builder *b)
{
	put(b, BPF_MISC | BPF_TAX, 0, 0, 0);
	alu(b, BPF_LSH, 8);
	alu(b, BPF_AND, 0xff00);
	put(b, BPF_ST, 0, 0, 0);
	put(b, BPF_MISC | BPF_TXA, 0, 0, 0);
	alu(b, BPF_RSH, 8);
	put(b, BPF_MISC | BPF_TAX, 0, 0, 0);
	put(b, BPF_LD | BPF_MEM, 0, 0, 0);
	put(b, BPF_ALU | BPF_OR | BPF_X, 0, 0, 0);
}

/* Jumps of each comparison: first by the high words, then by the low words; 0: the next instruction. */
static const struct {
	unsigned int greater, differs; /* targets of the jumps if the high word is greater, and if it differs otherwise */
	unsigned int op, yes, no; /* comparison of the low words if the high ones are equal */
} ways[] = {
	[LINX_SPEC_EQ] = { REJECT, REJECT, BPF_JEQ, NEXT, REJECT }, [LINX_SPEC_NE] = { NEXT, NEXT, BPF_JEQ, REJECT, NEXT },
	[LINX_SPEC_GT] = { NEXT, REJECT, BPF_JGT, NEXT, REJECT },   [LINX_SPEC_GE] = { NEXT, REJECT, BPF_JGE, NEXT, REJECT },
	[LINX_SPEC_LT] = { REJECT, NEXT, BPF_JGE, REJECT, NEXT },   [LINX_SPEC_LE] = { REJECT, NEXT, BPF_JGT, REJECT, NEXT },
};

static void test_number(struct builder *b, const struct linx_spec_test *t, const struct linx_proto_arg *a)
{
	size_t at = offsetof(struct linx_probe_data, scalars) + a->scalar * sizeof(uint64_t);
	uint32_t flip = a->form == LINX_AS_SIGNED ? SIGN : 0, high = (uint32_t)(t->number >> 32) ^ flip;
	uint32_t from = b->n;

	test_state(b, a->scalar);
	load(b, at + HIGH);
	if (flip)
		alu(b, BPF_XOR, flip);
	jump(b, BPF_JGT, high, ways[t->op].greater, 0);
	jump(b, BPF_JEQ, high, 0, ways[t->op].differs);
	load(b, at + LOW);
	if (a->form == LINX_AS_BE && a->size == 2)
		swap_bytes(b);
	jump(b, ways[t->op].op, (uint32_t)t->number, ways[t->op].yes, ways[t->op].no);
	land(b, from, NEXT);
}

/* Finds the number that a test compares. NULL: there is none, and *err is set. */
static const struct linx_proto_arg *number_of(const struct linx_probe_spec *spec, const struct linx_spec_test *t,
					      const struct linx_proto *p, struct linx_error *err)
{
	const struct linx_proto_arg *a = linx_proto_arg_named(p, t->name, strlen(t->name));
	bool fits;

	for (uint32_t i = 0; !strcmp(t->name, "ret") && i < p->nargs; i++)
		if (p->args[i].is_ret)
			a = &p->args[i];
	if (!a || !linx_proto_is_scalar(a->form)) {
		linx_spec_fail(spec, t->at, err, a ? "%.64s is no number" : "the probe records no argument called %.64s", t->name);
		return NULL;
	}
	fits = a->form == LINX_AS_SIGNED ? t->minus == ((int64_t)t->number < 0) || !t->number : !t->minus;
	if (fits && (a->form != LINX_AS_BE || a->size == 1 || a->size == 2))
		return a;
	linx_spec_fail(spec, t->at, err, fits ? "numbers in network order can be tested if they have two bytes" :
						"%.64s is never such a number", t->name);
	return NULL;
}

int linx_tests_compile(const struct linx_probe_spec *spec, struct linx_probe_plan *plan, struct linx_error *err)
{
	struct builder b = { .code = plan->program };
	const struct linx_proto_arg *a;

	plan->nprogram = plan->ntests = 0;
	for (size_t i = 0; i < spec->ntests; i++) {
		a = number_of(spec, &spec->tests[i], plan->proto, err);
		if (!a)
			return -EINVAL;
		test_number(&b, &spec->tests[i], a);
		plan->tests[plan->ntests++] = (struct linx_plan_test){
			.number = spec->tests[i].number,
			.scalar = a->scalar,
			.op = spec->tests[i].op,
			.is_signed = a->form == LINX_AS_SIGNED,
			.swap = a->form == LINX_AS_BE && a->size == 2,
		};
	}
	if (!spec->ntests)
		return 0;
	put(&b, BPF_RET | BPF_K, 1, 0, 0);
	land(&b, 0, REJECT);
	put(&b, BPF_RET | BPF_K, 0, 0, 0);
	plan->nprogram = b.n;
	return 0;
}
