/* SPDX-License-Identifier: GPL-2.0-only */
/* A session's own program over the scalars of a call: see filter/predicate.c. */
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
 * A test of a program: does (word & mask) - lo, without a sign, reach up to span? The next test lies behind it.
 */
struct linx_test {
	u32 mask, lo, span;
	u8 at; /* offset of the word in struct linx_predicate_data */
	u8 yes, no; /* offset of the next test from the first one, or an end */
};
#define LINX_TESTS 15u
/* Ends, behind all tests. */
#define LINX_TEST_REJECT (LINX_TESTS * sizeof(struct linx_test))
#define LINX_TEST_ACCEPT (LINX_TEST_REJECT + 1)
#define LINX_TEST_ALL (LINX_TEST_REJECT + 2) /* no end: begins with the first test, of what is filled for it */
static_assert(LINX_TEST_ALL <= U8_MAX);

/* A program and what it loads. It does not change; freed after a grace period. */
struct linx_predicate {
	struct bpf_prog *prog;
	u32 loads; /* LINX_LOADS_*: parts of struct linx_predicate_data */
	/* The program as tests, if it is short and has nothing else; calls_nothing: and LINX_LOADS_FEW neither. */
	bool is_tests, calls_nothing;
	struct linx_test tests[LINX_TESTS];
	/*
	 * By number, of the first ABI, for returns and for entries: offset of the first test that is of something
	 * else than what a number decides, or an end; LINX_TEST_ALL: such tests may follow it.
	 */
	u8 start[2][LINX_NR_MAX];
};
/* Parts, as far as it costs something to fill them. */
#define LINX_LOADS_FLAGS BIT(0)
#define LINX_LOADS_FEW BIT(1) /* any other but those that are always filled */
#define LINX_LOADS_ARGS BIT(2)

/* Copies the program from user space, checks and compiles it: *out. Process context, no lock held. */
int linx_predicate_new(u64 user, u32 len, struct linx_predicate **out);
/* No probe may run it any more. */
void linx_predicate_free(struct linx_predicate *p);

bool linx_predicate_slow(const struct linx_session *s, const struct linx_call *c, bool entering, u64 entry);

/* May this call be recorded? entry: when it began, 0: not known. Probe context. */
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

/* From a test on. The offsets are those that make_tests() gave, which lead forward: to an end at last. */
static __always_inline unsigned long linx_tests_from(const struct linx_predicate *p, const struct linx_predicate_data *data,
						     unsigned long at)
{
	while (LINX_AS_LIKELY(at < LINX_TEST_REJECT)) { /* a loop that seems long would take the registers of arguments */
		const struct linx_test *t = (const void *)p->tests + at;
		u32 word = *(const u32 *)((const void *)data + t->at);

		if (linx_test_passes(t, word))
			at = READ_ONCE(t->yes); /* a branch: the compiler would load both */
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

/* Words that a number decides, of a call on its fast path. Such a call is of the first ABI, whose number is 0. */
static __always_inline void linx_predicate_fill_number(struct linx_predicate_data *data, u32 loads, u32 nr, bool entering)
{
	data->nr = nr;
	if (loads & LINX_LOADS_FLAGS)
		data->flags = linx_predicate_flags(linx_table_row(nr), entering);
}

/* Others that programs load most. */
static __always_inline void linx_predicate_fill_common(struct linx_predicate_data *data, long ret)
{
	data->ret = ret;
	data->pid = current->tgid;
	data->uid = __kuid_val(current_cred()->uid);
}

/*
 * May this call be recorded, which is on its fast path, in a session with a program and no times of entry? Only what the
 * program loads is filled, in the ring's own memory: probes that nest do not come here. Probe context. The quick one is
 * for session.quick_predicate: tests that are decided by the number of the call have been made before. It returns
 * LINX_TEST_ACCEPT, LINX_TEST_REJECT, or LINX_TEST_ALL: then linx_predicate_all() has to say. Nothing is called, so
 * that arguments of its caller stay in their registers.
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
		return true; /* the session is just removing its predicate */
	linx_predicate_fill_common(data, ret);
	linx_predicate_fill_number(data, p->loads, key, entering);
	if (p->loads & LINX_LOADS_FEW)
		linx_predicate_fill(data, p->loads, regs, key);
	return p->is_tests ? linx_tests_accept(p, data) : linx_run_program(p->prog, data);
}

#endif
