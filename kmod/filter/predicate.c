// SPDX-License-Identifier: GPL-2.0-only
/*
 * Programs of classic BPF that decide which calls are recorded. The kernel checks and compiles the programs, as those
 * of seccomp. This file checks that a program has only these instructions: arithmetic, forward jumps, scratch memory,
 * and loads of aligned words of struct linx_predicate_data. Other loads are refused, as they read a packet, which does
 * not exist here; modulo is refused, as by seccomp. The offset of each load is constant. Therefore only the words that
 * a program loads have to be filled in.
 */
#include <linux/cred.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include "compat/compat.h"
#include "filter/predicate.h"

/*
 * Checks a load from the program's data, which have size bytes, and replaces its opcode by the one that
 * bpf_convert_filter() accepts as a load from the context.
 */
static int allow_load(struct sock_filter *f, u32 size)
{
	if (f->k >= size || f->k & 3)
		return -EINVAL;
	f->code = BPF_LDX | BPF_W | BPF_ABS;
	return 0;
}

static bool is_arithmetic(u16 code)
{
	switch (BPF_OP(code)) {
	case BPF_ADD:
	case BPF_SUB:
	case BPF_MUL:
	case BPF_DIV:
	case BPF_AND:
	case BPF_OR:
	case BPF_XOR:
	case BPF_LSH:
	case BPF_RSH:
	case BPF_NEG:
		return true;
	default:
		return false;
	}
}

static bool is_allowed(u16 code)
{
	switch (code) {
	case BPF_LD | BPF_IMM:
	case BPF_LDX | BPF_IMM:
	case BPF_LD | BPF_MEM:
	case BPF_LDX | BPF_MEM:
	case BPF_ST:
	case BPF_STX:
	case BPF_MISC | BPF_TAX:
	case BPF_MISC | BPF_TXA:
	case BPF_RET | BPF_K:
	case BPF_RET | BPF_A:
	case BPF_JMP | BPF_JA:
	case BPF_JMP | BPF_JEQ | BPF_K:
	case BPF_JMP | BPF_JEQ | BPF_X:
	case BPF_JMP | BPF_JGE | BPF_K:
	case BPF_JMP | BPF_JGE | BPF_X:
	case BPF_JMP | BPF_JGT | BPF_K:
	case BPF_JMP | BPF_JGT | BPF_X:
	case BPF_JMP | BPF_JSET | BPF_K:
	case BPF_JMP | BPF_JSET | BPF_X:
		return true;
	default:
		return BPF_CLASS(code) == BPF_ALU && is_arithmetic(code);
	}
}

/*
 * Checks a program that bpf_check_classic() has accepted: its opcodes are known, its jumps lead forward and stay
 * inside, and it ends with a return.
 */
static int check_code(struct sock_filter *filter, unsigned int len, u32 size)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < len && !err; i++) {
		if (filter[i].code == (BPF_LD | BPF_W | BPF_ABS))
			err = allow_load(&filter[i], size);
		else if (!is_allowed(filter[i].code))
			err = -EINVAL;
	}
	return err;
}

static int check_program(struct sock_filter *filter, unsigned int len)
{
	return check_code(filter, len, sizeof(struct linx_predicate_data));
}

static int check_probe_program(struct sock_filter *filter, unsigned int len)
{
	return check_code(filter, len, sizeof(struct linx_probe_data));
}

/*
 * Returns the part of struct linx_predicate_data (LINX_LOADS_*) that contains the word at this offset; 0: the word is
 * always filled in.
 */
static u32 part_at(u32 at)
{
	switch (at) {
	case offsetof(struct linx_predicate_data, nr):
	case offsetof(struct linx_predicate_data, abi):
	case offsetof(struct linx_predicate_data, ret):
	case offsetof(struct linx_predicate_data, ret) + 4:
	case offsetof(struct linx_predicate_data, pid):
	case offsetof(struct linx_predicate_data, uid):
		return 0;
	case offsetof(struct linx_predicate_data, flags):
		return LINX_LOADS_FLAGS;
	default:
		return at >= offsetof(struct linx_predicate_data, args) ? LINX_LOADS_ARGS | LINX_LOADS_FEW : LINX_LOADS_FEW;
	}
}

/*
 * Returns all parts of the data (LINX_LOADS_*) that the program can load. orig is the kernel's copy of the program,
 * which user space cannot change.
 */
static u32 loads_of(const struct sock_fprog_kern *orig)
{
	u32 loads = 0;
	unsigned int i;

	for (i = 0; i < orig->len; i++)
		if (orig->filter[i].code == (BPF_LD | BPF_W | BPF_ABS))
			loads |= part_at(orig->filter[i].k);
	return loads;
}

/* ---- programs that are run as a list of tests ------------------------------------------- */

#define SIMPLE_MAX 40u /* most instructions of a program that is converted to tests */
#define NO_WORD 0xff

/* Properties of each instruction of a program. */
struct simple {
	const struct sock_filter *f;
	unsigned int len;
	/*
	 * offset of the word that the accumulator holds before each instruction; NO_WORD: none, or not the same word on
	 * all paths
	 */
	u8 word[SIMPLE_MAX + 1];
	bool met[SIMPLE_MAX + 1]; /* a path leads to the instruction */
	u8 test[SIMPLE_MAX]; /* offset in linx_predicate.tests of the test that the instruction becomes */
};

/* Notes that a path leads to an instruction, with this word in the accumulator. */
static void lead_to(struct simple *p, unsigned int to, u8 word)
{
	p->word[to] = p->met[to] && p->word[to] != word ? NO_WORD : word;
	p->met[to] = true;
}

static bool is_test(u16 code)
{
	return BPF_CLASS(code) == BPF_JMP && BPF_OP(code) != BPF_JA && BPF_SRC(code) == BPF_K;
}

/*
 * Follows all paths through the program; jumps only lead forward. Returns false if a path has anything but loads,
 * tests, jumps and returns.
 */
static bool follow_ways(struct simple *p)
{
	unsigned int i;
	u8 word;

	lead_to(p, 0, NO_WORD);
	for (i = 0; i < p->len; i++) {
		const struct sock_filter *f = &p->f[i];

		if (!p->met[i])
			continue;
		word = p->word[i];
		if (f->code == (BPF_LD | BPF_W | BPF_ABS)) {
			lead_to(p, i + 1, f->k);
		} else if (f->code == (BPF_JMP | BPF_JA)) {
			lead_to(p, i + 1 + f->k, word);
		} else if (is_test(f->code) && word != NO_WORD) {
			lead_to(p, i + 1 + f->jt, word);
			lead_to(p, i + 1 + f->jf, word);
		} else if (f->code != (BPF_RET | BPF_K)) {
			return false;
		}
	}
	return true;
}

/*
 * Returns the offset of the first test from instruction i on, or LINX_TEST_ACCEPT or LINX_TEST_REJECT if the program
 * returns before a test.
 */
static u8 next_test(const struct simple *p, unsigned int i)
{
	while (!is_test(p->f[i].code)) {
		if (p->f[i].code == (BPF_RET | BPF_K))
			return p->f[i].k ? LINX_TEST_ACCEPT : LINX_TEST_REJECT;
		i += p->f[i].code == (BPF_JMP | BPF_JA) ? 1 + p->f[i].k : 1;
	}
	return p->test[i];
}

/* Returns the test that does the same as a conditional jump. All comparisons are unsigned. */
static struct linx_test test_of(const struct sock_filter *f)
{
	switch (BPF_OP(f->code)) {
	case BPF_JEQ:
		return (struct linx_test){ .mask = U32_MAX, .lo = f->k };
	case BPF_JGE:
		return (struct linx_test){ .mask = U32_MAX, .lo = f->k, .span = U32_MAX - f->k };
	case BPF_JGT: /* no word is above U32_MAX: the test always fails */
		return f->k == U32_MAX ? (struct linx_test){ .lo = 1 } :
					 (struct linx_test){ .mask = U32_MAX, .lo = f->k + 1, .span = U32_MAX - f->k - 1 };
	default: /* a test of bits (BPF_JSET) */
		return (struct linx_test){ .mask = f->k, .lo = 1, .span = U32_MAX - 1 };
	}
}

/* Assigns each test its place in linx_predicate.tests. Returns false if there are more tests than places. */
static bool number_tests(struct simple *p)
{
	unsigned int i, n = 0;

	for (i = 0; i < p->len; i++) {
		if (!p->met[i] || !is_test(p->f[i].code))
			continue;
		if (n == LINX_TESTS)
			return false;
		p->test[i] = n++ * sizeof(struct linx_test);
	}
	return true;
}

/*
 * Returns where the tests begin for calls with this number: the offset of the first test that needs more than the
 * number (and the ABI and flags, which follow from it). Returns LINX_TEST_ACCEPT or LINX_TEST_REJECT if the number
 * alone decides.
 */
static u8 start_of(const struct linx_predicate *p, u32 nr, bool entering)
{
	u32 flags = linx_predicate_flags(linx_table_row(nr), entering);
	const struct linx_test *t;
	u8 at = 0;

	while (at < LINX_TEST_REJECT) {
		t = &p->tests[at / sizeof(*t)];
		if (t->at == offsetof(struct linx_predicate_data, nr))
			at = linx_test_passes(t, nr) ? t->yes : t->no;
		else if (t->at == offsetof(struct linx_predicate_data, flags))
			at = linx_test_passes(t, flags) ? t->yes : t->no;
		else if (t->at == offsetof(struct linx_predicate_data, abi))
			at = linx_test_passes(t, LINX_ABI_X86_64) ? t->yes : t->no;
		else
			break;
	}
	return at;
}

/* Does the test at this offset, or any test that can be reached from it, depend on the number of the call? */
static bool looks_at_number(const struct linx_predicate *p, u8 at)
{
	bool met[LINX_TESTS] = { };
	const struct linx_test *t;
	unsigned int i;

	for (i = at / sizeof(*t); i < LINX_TESTS; i++) {
		t = &p->tests[i];
		if (i != at / sizeof(*t) && !met[i])
			continue;
		if (t->at == offsetof(struct linx_predicate_data, nr) || t->at == offsetof(struct linx_predicate_data, flags))
			return true;
		if (t->yes < LINX_TEST_REJECT)
			met[t->yes / sizeof(*t)] = true;
		if (t->no < LINX_TEST_REJECT)
			met[t->no / sizeof(*t)] = true;
	}
	return false;
}

static void find_starts(struct linx_predicate *p)
{
	bool entering;
	u32 nr;
	u8 at;

	for (nr = 0; nr < 2 * LINX_NR_MAX; nr++) {
		entering = nr >= LINX_NR_MAX;
		at = start_of(p, nr % LINX_NR_MAX, entering);
		p->start[entering][nr % LINX_NR_MAX] = at < LINX_TEST_REJECT && looks_at_number(p, at) ? LINX_TEST_ALL : at;
	}
}

static void make_tests(struct linx_predicate *to, const struct sock_fprog_kern *orig)
{
	struct simple p = { .f = orig->filter, .len = orig->len };
	unsigned int i;

	if (p.len > SIMPLE_MAX || !follow_ways(&p) || !number_tests(&p) || next_test(&p, 0) >= LINX_TEST_REJECT)
		return;
	for (i = 0; i < p.len; i++) {
		struct linx_test t;

		if (!p.met[i] || !is_test(p.f[i].code))
			continue;
		t = test_of(&p.f[i]);
		t.at = p.word[i];
		t.yes = next_test(&p, i + 1 + p.f[i].jt);
		t.no = next_test(&p, i + 1 + p.f[i].jf);
		to->tests[p.test[i] / sizeof(t)] = t;
	}
	find_starts(to);
	to->is_tests = true;
	to->calls_nothing = !(to->loads & LINX_LOADS_FEW);
}

int linx_predicate_new(u64 user, u32 len, struct linx_predicate **out)
{
	struct sock_fprog fprog = { .len = len, .filter = u64_to_user_ptr(user) };
	struct linx_predicate *p;
	int err;

	might_sleep();
	if (!len || len > BPF_MAXINSNS)
		return -EINVAL;
	p = kzalloc(sizeof(*p), LINX_GFP);
	if (!p)
		return -ENOMEM;
	err = bpf_prog_create_from_user(&p->prog, &fprog, check_program, true);
	if (err) {
		kfree(p);
		return err;
	}
	p->loads = loads_of(p->prog->orig_prog);
	make_tests(p, p->prog->orig_prog);
	*out = p;
	return 0;
}

int linx_probe_program_new(u64 user, u32 len, struct bpf_prog **out)
{
	struct sock_fprog fprog = { .len = len, .filter = u64_to_user_ptr(user) };

	might_sleep();
	if (!len || len > BPF_MAXINSNS)
		return -EINVAL;
	return bpf_prog_create_from_user(out, &fprog, check_probe_program, false);
}

void linx_predicate_free(struct linx_predicate *p)
{
	if (!p)
		return;
	bpf_prog_destroy(p->prog);
	kfree(p);
}

/*
 * Fills in the task that submitted an io_uring operation, and the operation's arguments. The current task may be
 * another one, as any task can post the result.
 */
static void set_op(struct linx_predicate_data *data, const struct linx_op *op)
{
	data->pid = op->pid;
	data->tid = op->tid;
	data->uid = op->uid;
	data->gid = op->gid;
	data->euid = op->euid;
	data->egid = op->egid;
	memcpy(data->args, op->args, sizeof(data->args));
}

/* Fills all of the data, since a program can read each byte, and runs the program. */
bool linx_predicate_slow(const struct linx_session *s, const struct linx_call *c, bool entering, u64 entry)
{
	const struct linx_predicate *p = READ_ONCE(s->predicate);
	const struct cred *cred = current_cred();
	struct linx_predicate_data data = {
		.nr = c->nr,
		.abi = c->key / LINX_NR_MAX,
		.flags = linx_predicate_flags(c->row, entering),
		.cpu = smp_processor_id(),
		.pid = current->tgid,
		.tid = current->pid,
		.uid = __kuid_val(cred->uid),
		.gid = __kgid_val(cred->gid),
		.euid = __kuid_val(cred->euid),
		.egid = __kgid_val(cred->egid),
		.ret = entering ? 0 : c->ret,
		.duration = entry && c->now >= entry ? c->now - entry : U64_MAX,
	};

	lockdep_assert_preemption_disabled();
	if (!p)
		return true; /* the predicate is being removed */
	if (c->op)
		set_op(&data, c->op);
	else
		linx_put_args(c->key, c->regs, data.args);
	return linx_run_program(p->prog, &data);
}

/*
 * Fills the words that programs seldom load. The duration of the call is set to unknown, since a fast path has no entry
 * time. The function is not inline, as it is seldom called.
 */
noinline void linx_predicate_fill(struct linx_predicate_data *data, u32 loads, struct pt_regs *regs, unsigned long key)
{
	const struct cred *cred = current_cred();

	data->tid = current->pid;
	data->gid = __kgid_val(cred->gid);
	data->euid = __kuid_val(cred->euid);
	data->egid = __kgid_val(cred->egid);
	data->cpu = smp_processor_id();
	data->duration = U64_MAX;
	if (loads & LINX_LOADS_ARGS)
		linx_put_args(key, regs, data->args);
}
