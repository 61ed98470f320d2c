// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The kernel and the library decide alike about a condition: random conditions are tried on random events. An
 * interpreter of classic BPF runs the condition's program. The program must accept each event that matches the
 * condition, and no other event if the kernel has the data for all tests of the condition.
 */
#include <stdio.h>
#include "libuser/base/array_size.h"
#include "assembly.h"
#include "libuser/filter/program.h"
#include "within.h"

#define TASKS 4
#define BASE 100

static uint32_t seed;

static uint32_t any(uint32_t n)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % n;
}

/* ---- the interpreter ----------------------------------------------------------------------- */

static void step(const struct sock_filter *f, const uint32_t *data, uint32_t *a)
{
	if (f->code == (BPF_LD | BPF_W | BPF_ABS)) {
		assert_true(f->k % 4 == 0 && f->k < sizeof(struct linx_predicate_data));
		*a = data[f->k / 4];
	} else if (f->code == (BPF_ALU | BPF_XOR | BPF_K)) {
		*a ^= f->k;
	} else {
		fail_msg("unexpected instruction %#x", f->code);
	}
}

static bool run(const struct linx_program *p, const struct linx_predicate_data *d)
{
	uint32_t a = 0, words[sizeof(*d) / 4];

	memcpy(words, d, sizeof(*d));
	for (unsigned int pc = 0; pc < p->len; pc++) {
		const struct sock_filter *f = &p->insns[pc];

		if (f->code == (BPF_RET | BPF_K))
			return f->k;
		if (BPF_CLASS(f->code) != BPF_JMP) {
			step(f, words, &a);
			continue;
		}
		if (BPF_OP(f->code) == BPF_JA)
			pc += f->k;
		else if (BPF_OP(f->code) == BPF_JEQ)
			pc += a == f->k ? f->jt : f->jf;
		else if (BPF_OP(f->code) == BPF_JGT)
			pc += a > f->k ? f->jt : f->jf;
		else if (BPF_OP(f->code) == BPF_JGE)
			pc += a >= f->k ? f->jt : f->jf;
		else if (BPF_OP(f->code) == BPF_JSET)
			pc += a & f->k ? f->jt : f->jf;
		else
			fail_msg("unexpected jump %#x", f->code);
	}
	fail_msg("the program has no end");
	return false;
}

/* ---- random conditions ------------------------------------------------------------------------ */

static const char *const exact[] = {
	"linx.pid = 100", "linx.pid != 101", "linx.pid in (100, 102, 7)", "linx.tid >= 102", "linx.tid < 102",
	"linx.pid > -1", "linx.pid < 5000000000", "linx.pid = 4294967396", "linx.cpu = 0", "linx.cpu > 0",
	"linx.user[key] = 0", "linx.user = 1001", "linx.group[key] >= 1002", "linx.euser = 1003", "linx.egroup in (1001, 1003)",
	"linx.res < 0", "linx.res >= 0", "linx.res = -2", "linx.res in (-9, 3, 0)", "linx.res > 4294967295",
	"linx.res <= -4294967297", "linx.res != 0", "linx.res > -9223372036854775807", "linx.type = close",
	"linx.type != read", "linx.type in (openat, close, 39)", "linx.type startswith open", "linx.type = 3",
	"linx.type[key] >= 3", "linx.abi = x86_64", "linx.abi != i386", "linx.kind = syscall", "linx.kind = exit",
};
static const char *const inexact[] = {
	"linx.comm = t1", "linx.comm startswith t", "linx.user = root", "linx.arg[fd] = 3", "linx.arg[fd] > 2", "linx.arg[count] > 100",
	"linx.arg[0] < 0", "linx.duration > 1", "linx.errno = ENOENT", "linx.fullpath exists", "linx.ppid = 1",
};

static size_t put_test(char *to, bool *is_exact)
{
	const char *text = exact[any(ARRAY_SIZE(exact))];

	if (!any(4)) {
		text = inexact[any(ARRAY_SIZE(inexact))];
		*is_exact = false;
	}
	return (size_t)sprintf(to, "%s", text);
}

static size_t put_random(char *to, unsigned int depth, bool *is_exact)
{
	size_t n = 0;

	if (!any(3))
		n += (size_t)sprintf(to + n, "not ");
	if (!depth || !any(3))
		return n + put_test(to + n, is_exact);
	n += (size_t)sprintf(to + n, "(");
	n += put_random(to + n, depth - 1, is_exact);
	for (unsigned int i = any(3) + 1; i--;) {
		n += (size_t)sprintf(to + n, any(2) ? " and " : " or ");
		n += put_random(to + n, depth - 1, is_exact);
	}
	return n + (size_t)sprintf(to + n, ")");
}

/* ---- random events ------------------------------------------------------------------------------ */

static void meet_tasks(struct assembly *as)
{
	for (uint32_t i = 0; i < TASKS; i++) {
		char comm[16];
		struct linx_ctx ctx;

		snprintf(comm, sizeof(comm), "t%u", i);
		ctx = record_ctx(BASE + i, BASE + i / 2 * 2, 1, comm);
		ctx.uid = ctx.euid = i ? 1000 + i : 0;
		ctx.gid = ctx.egid = 1000 + i;
		as->r.pid = ctx.pid;
		record_context(&as->r, LINX_REC_TASK, ctx.tid, &ctx);
		assembly_event(as);
	}
}

/* Fills the data that a program can load as the kernel does. */
static void fill_data(const struct linx_event *ev, struct linx_predicate_data *d)
{
	*d = (struct linx_predicate_data){
		.nr = ev->nr, .abi = ev->rec->abi, .cpu = ev->position->cpu, .pid = ev->rec->pid, .tid = ev->rec->tid,
		.uid = ev->task->uid, .gid = ev->task->gid, .euid = ev->task->euid, .egid = ev->task->egid,
		.ret = ev->ret, .duration = UINT64_MAX,
	};
	memcpy(d->args, ev->args, sizeof(d->args));
}

static const struct linx_event *random_event(struct assembly *as, struct linx_predicate_data *d)
{
	static const int calls[] = { NR_READ, NR_WRITE, NR_CLOSE, NR_MMAP, NR_GETPID, NR_OPENAT, NR_FCNTL };
	static const int64_t results[] = { 0, 3, -2, -9, 1LL << 32, -(1LL << 32) - 1, INT64_MAX, 4096, -4096 };
	uint64_t args[6];
	uint32_t task = any(TASKS);

	for (int i = 0; i < 6; i++)
		args[i] = any(2) ? any(5) : any(2) ? (uint64_t)-1 : (uint64_t)any(1 << 20) << 20 | 3;
	as->r.pid = BASE + task / 2 * 2;
	as->r.abi = any(4) ? LINX_ABI_X86_64 : LINX_ABI_I386;
	for (int i = 0; as->r.abi && i < 6; i++)
		args[i] = (uint32_t)args[i];
	record_exit(&as->r, BASE + task, calls[any(7)], results[any(9)], 6, args);
	as->r.cpu = any(2);
	as->r.abi = 0;
	assembly_event(as);
	fill_data(as->ev, d);
	return as->ev;
}

static bool selected(const struct linx_select *sel, const struct linx_event *ev)
{
	return sel->exit[ev->rec->abi][ev->rec->nr / 64] >> ev->rec->nr % 64 & 1;
}

/*
 * Returns whether the kernel accepts the call whatever the program decides: exec, sigreturn, calls that change the
 * context of a task, calls that consist of parts (i386's ipc and socketcall), and restart_syscall.
 */
static bool is_maybe_mismatched(const struct linx_event *ev)
{
	return ev->call->row->class_mask & (LINX_CLASS_EXEC | LINX_CLASS_SIGRETURN | LINX_CLASS_CONTEXT) ||
	       ev->call->row->subcalls || ev->call->row->restarts;
}

static void same_result(void **state)
{
	struct assembly *as = *state;
	unsigned int accepted = 0, refused = 0, programs = 0;

	meet_tasks(as);
	for (seed = 1; programs < 1500; programs++) {
		struct linx_condition *c;
		struct linx_program p;
		struct linx_select sel;
		struct linx_error err;
		bool is_exact = true;
		char text[8192];

		put_random(text, 3, &is_exact);
		if (linx_condition_new(text, &c, &err))
			fail_msg("%s: %s", text, err.text);
		assert_int_equal(linx_table_select(as->table, "all", &sel, NULL), 0);
		linx_program_compile(c, as->table, &sel, &p);
		for (int i = 0; i < 20; i++) {
			struct linx_predicate_data d;
			const struct linx_event *ev = random_event(as, &d);
			bool kernel = selected(&sel, ev) && (!p.len || run(&p, &d)), library = linx_condition_match(c, ev);

			accepted += kernel && library;
			refused += !kernel;
			if (library && !kernel)
				fail_msg("%s: the kernel leaves out %s(%lld) = %lld", text, ev->call->name,
					 (long long)ev->args[0], (long long)ev->ret);
			if (is_exact && kernel && !library && !is_maybe_mismatched(ev))
				fail_msg("%s: %u instructions: the kernel lets through %s = %lld of %u", text, p.len, ev->call->name,
					 (long long)ev->ret, ev->rec->tid);
		}
		free(p.insns);
		linx_condition_free(c);
	}
	assert_true(accepted > 5000 && refused > 5000);
}

/* ---- single conditions --------------------------------------------------------------------------- */

static struct linx_program compile(struct assembly *as, const char *text, struct linx_select *sel)
{
	struct linx_condition *c;
	struct linx_program p;

	assert_int_equal(linx_condition_new(text, &c, NULL), 0);
	assert_int_equal(linx_table_select(as->table, "all", sel, NULL), 0);
	linx_program_compile(c, as->table, sel, &p);
	linx_condition_free(c);
	return p;
}

static bool is_selected(const struct linx_select *sel, int nr)
{
	return sel->exit[0][nr / 64] >> nr % 64 & 1;
}

/*
 * A condition that only names calls needs no program. exec stays selected, because its number may change during the
 * call.
 */
static void calls_are_bits(void **state)
{
	struct assembly *as = *state;
	struct linx_select sel;
	struct linx_program p = compile(as, "linx.type in (close, openat)", &sel);

	assert_int_equal(p.len, 0);
	assert_true(is_selected(&sel, NR_CLOSE) && is_selected(&sel, NR_OPENAT) && is_selected(&sel, NR_EXECVE));
	assert_false(is_selected(&sel, NR_READ) || is_selected(&sel, NR_GETPID));
	free(p.insns);
}

static void argument_by_name(void **state)
{
	struct assembly *as = *state;
	struct linx_predicate_data d = { .nr = NR_CLOSE, .args = { 0xffffffff00000003 } };
	struct linx_select sel;
	struct linx_program p = compile(as, "linx.type = close and linx.arg[fd] = 3", &sel);

	assert_true(p.len > 0 && run(&p, &d));
	d.args[0] = 4;
	assert_false(run(&p, &d));
	d.nr = NR_EXECVE; /* the program cannot decide about this call */
	assert_true(run(&p, &d));
	free(p.insns);
}

static void results_are_not_known_at_entry(void **state)
{
	struct assembly *as = *state;
	struct linx_predicate_data d = { .nr = NR_EXIT_GROUP, .flags = LINX_PREDICATE_ENTRY, .duration = UINT64_MAX };
	struct linx_select sel;
	struct linx_program p = compile(as, "linx.res < 0 or linx.duration > 5", &sel);

	assert_true(p.uses_result);
	assert_true(run(&p, &d));
	d.flags = 0;
	assert_false(run(&p, &d));
	d.duration = 6;
	assert_true(run(&p, &d));
	free(p.insns);
}

static void ids_that_change(void **state)
{
	struct assembly *as = *state;
	struct linx_predicate_data d = { .nr = NR_CLOSE, .uid = 5 };
	struct linx_select sel;
	struct linx_program p = compile(as, "linx.user = 0", &sel);

	assert_false(run(&p, &d));
	d.flags = LINX_PREDICATE_CONTEXT;
	assert_true(run(&p, &d));
	free(p.insns);
}

/* A program decides correctly even if it is so long that its jumps exceed the range of a conditional jump. */
static void long_programs(void **state)
{
	struct assembly *as = *state;
	struct linx_predicate_data d = { .nr = NR_CLOSE, .tid = 3 };
	struct linx_select sel;
	struct linx_program p;
	char text[8192];
	size_t n = (size_t)sprintf(text, "linx.pid in (1");

	for (int i = 2; i < 600; i++)
		n += (size_t)sprintf(text + n, ", %d", i);
	sprintf(text + n, ") and linx.tid = 3 or linx.cpu = 7");
	p = compile(as, text, &sel);
	assert_within(p.len, 500, 1024);
	for (d.pid = 0; d.pid < 700; d.pid++)
		assert_int_equal(run(&p, &d), d.pid && d.pid < 600);
	d.tid = 4;
	d.pid = 5;
	assert_false(run(&p, &d));
	d.cpu = 7;
	assert_true(run(&p, &d));
	free(p.insns);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ASSEMBLY_TEST(same_result), ASSEMBLY_TEST(calls_are_bits), ASSEMBLY_TEST(argument_by_name),
		ASSEMBLY_TEST(results_are_not_known_at_entry), ASSEMBLY_TEST(ids_that_change), ASSEMBLY_TEST(long_programs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
