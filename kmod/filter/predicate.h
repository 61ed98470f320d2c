/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A program of a session that decides which calls are recorded, by their numbers, arguments and results: see
 * filter/predicate.c.
 */
#ifndef LINX_KMOD_PREDICATE_H
#define LINX_KMOD_PREDICATE_H

#include <linux/cred.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include "capture/encode.h"
#include "capture/encoder_check.h"
#include "compat/compat.h"
#include "core/session.h"

/*
 * A test of a program: it passes if (word & mask) - lo, computed as an unsigned number, is at most span. The next test
 * to be made always has a higher offset in linx_predicate.tests.
 */
struct linx_test {
	u32 mask, lo, span;
	u8 at; /* offset of the word in struct linx_predicate_data */
	u8 yes, no; /* where to go on if the test passes, or fails: offset of a test in tests[], or LINX_TEST_* */
};
#define LINX_TESTS 15u
/*
 * Results of a list of tests. They are greater than the offset of any test. Therefore one comparison finds out whether
 * a value is a result.
 */
#define LINX_TEST_REJECT (LINX_TESTS * sizeof(struct linx_test))
#define LINX_TEST_ACCEPT (LINX_TEST_REJECT + 1)
#define LINX_TEST_ALL (LINX_TEST_REJECT + 2) /* not decided: run the tests from the first one */
static_assert(LINX_TEST_ALL <= U8_MAX);

/* A program and the words that it loads. Constant once it is made; freed after a grace period. */
struct linx_predicate {
	struct bpf_prog *prog;
	u32 loads; /* LINX_LOADS_*: parts of struct linx_predicate_data */
	/*
	 * is_tests: the program consists of few tests, in tests[]. calls_nothing: in addition the program loads no word
	 * of LINX_LOADS_FEW. Then no function has to be called to fill the data.
	 */
	bool is_tests, calls_nothing;
	struct linx_test tests[LINX_TESTS];
	/*
	 * For each call number of ABI 0, [0] for returns and [1] for entries: offset of the first test whose result
	 * the number alone does not decide, or a result. LINX_TEST_ALL: a later test depends on the number, too.
	 */
	u8 start[2][LINX_NR_MAX];
};
/* Parts of struct linx_predicate_data that are filled only if a program loads them. */
#define LINX_LOADS_FLAGS BIT(0)
#define LINX_LOADS_FEW BIT(1) /* words that few programs load: linx_predicate_fill() */
#define LINX_LOADS_ARGS BIT(2)

/* Copies a program from user space, checks and compiles it, and sets *out. Process context, no lock held. */
int linx_predicate_new(u64 user, u32 len, struct linx_predicate **out);
/* Frees a program that no probe runs any more. */
void linx_predicate_free(struct linx_predicate *p);

/*
 * Copies the program of a probe from user space, checks and compiles it, and sets *out. The program loads words of
 * struct linx_probe_data. Process context, no lock held. bpf_prog_destroy() frees the program.
 */
int linx_probe_program_new(u64 user, u32 len, struct bpf_prog **out);

bool linx_predicate_slow(const struct linx_session *s, const struct linx_call *c, bool entering, u64 entry);

/* Does the program accept this call? entry: time at which it began, 0: not known. Probe context. */
static __always_inline bool linx_predicate(const struct linx_session *s, const struct linx_call *c, bool entering,
					   u64 entry)
{
	return likely(!(READ_ONCE(s->filter) & LINX_FILTER_PREDICATE)) || linx_predicate_slow(s, c, entering, entry);
}

static __always_inline u32 linx_predicate_flags(const struct linx_row *row, bool entering)
{
	return (entering ? LINX_PREDICATE_ENTRY : 0) |
	       (row->flags & (LINX_ROW_CONTEXT | LINX_ROW_EXEC) ? LINX_PREDICATE_CONTEXT : 0);
}

void linx_predicate_fill(struct linx_predicate_data *data, u32 loads, struct pt_regs *regs, unsigned long key);

/* Does a word of this value pass the test? */
static __always_inline bool linx_test_passes(const struct linx_test *t, u32 word)
{
	return (word & t->mask) - t->lo <= t->span;
}

/*
 * Runs the tests from the offset "at" on. If "at" is a result (LINX_TEST_*), returns it unchanged; else returns
 * LINX_TEST_ACCEPT or LINX_TEST_REJECT. The loop ends, since each test leads to a later one or to a result
 * (make_tests()).
 */
static __always_inline unsigned long linx_tests_from(const struct linx_predicate *p, const struct linx_predicate_data *data,
						     unsigned long at)
{
	/* keeps the compiler from assuming that the loop is frequent, and from giving it the arguments' registers */
	while (LINX_AS_LIKELY(at < LINX_TEST_REJECT)) {
		const struct linx_test *t = (const void *)p->tests + at;
		u32 word = *(const u32 *)((const void *)data + t->at);

		if (linx_test_passes(t, word))
			/* READ_ONCE() makes the compiler use a branch; without READ_ONCE() both members are loaded */
			at = READ_ONCE(t->yes);
		else
			at = READ_ONCE(t->no);
		OPTIMIZER_HIDE_VAR(at);
	}
	return at;
}

static __always_inline bool linx_tests_accept(const struct linx_predicate *p, const struct linx_predicate_data *data)
{
	bool accepted = linx_tests_from(p, data, 0) == LINX_TEST_ACCEPT;

	linx_check_tests(p->prog, data, accepted);
	return accepted;
}

/* Fills the words that depend on the call's number alone, for a call on a fast path. Such a call belongs to ABI 0. */
static __always_inline void linx_predicate_fill_number(struct linx_predicate_data *data, u32 loads, u32 nr, bool entering)
{
	data->nr = nr;
	if (loads & LINX_LOADS_FLAGS)
		data->flags = linx_predicate_flags(linx_table_row(nr), entering);
}

/* Fills the words that most programs load: result, process and user. */
static __always_inline void linx_predicate_fill_common(struct linx_predicate_data *data, long ret)
{
	data->ret = ret;
	data->pid = current->tgid;
	data->uid = __kuid_val(current_cred()->uid);
}

/*
 * Does the program accept this call on a fast path, in a session without entry times? Only the words that the program
 * can load are filled in, in linx_ring.judged. Called only by outermost probes.
 *
 * linx_predicate_quick() is for linx_session.quick_predicate. It begins with the first test whose result the call's
 * number alone does not decide. It returns LINX_TEST_ACCEPT, LINX_TEST_REJECT, or LINX_TEST_ALL: then
 * linx_predicate_all() decides. It calls no function, so that its caller's arguments stay in their registers.
 */
static __always_inline unsigned long linx_predicate_quick(struct linx_predicate_data *data, const struct linx_predicate *p,
							  long ret, unsigned long key, bool entering)
{
	unsigned long at;

	linx_predicate_fill_common(data, ret);
	barrier();
	at = linx_tests_from(p, data, *(p->start[entering] + key));
	if (LINX_CHECKS_ENCODERS && at != LINX_TEST_ALL) {
		linx_predicate_fill_number(data, p->loads, key, entering);
		linx_check_tests(p->prog, data, at == LINX_TEST_ACCEPT);
	}
	return at;
}

static __always_inline bool linx_predicate_all(struct linx_predicate_data *data, const struct linx_predicate *p, long ret,
					       unsigned long key, bool entering)
{
	linx_predicate_fill_common(data, ret);
	linx_predicate_fill_number(data, p->loads, key, entering);
	return linx_tests_accept(p, data);
}

static __always_inline bool linx_predicate_fast(const struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key,
						bool entering)
{
	const struct linx_predicate *p = READ_ONCE(s->predicate);
	struct linx_predicate_data *data = &this_cpu_ptr(s->ring)->judged;

	lockdep_assert_preemption_disabled();
	if (unlikely(!p))
		return true; /* the session is removing its predicate */
	linx_predicate_fill_common(data, ret);
	linx_predicate_fill_number(data, p->loads, key, entering);
	if (p->loads & LINX_LOADS_FEW)
		linx_predicate_fill(data, p->loads, regs, key);
	return p->is_tests ? linx_tests_accept(p, data) : linx_run_program(p->prog, data);
}

#endif
