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
static_assert(LINX_TEST_ACCEPT <= U8_MAX);

/* A program and what it loads. It does not change; freed after a grace period. */
struct linx_predicate {
	struct bpf_prog *prog;
	u32 loads; /* LINX_LOADS_*: parts of struct linx_predicate_data */
	/* The program as tests, if it is short and has nothing else; calls_nothing: and LINX_LOADS_FEW neither. */
	bool is_tests, calls_nothing;
	struct linx_test tests[LINX_TESTS];
};
/* Parts, as far as it costs something to fill them. */
#define LINX_LOADS_FLAGS BIT(0)
#define LINX_LOADS_PID BIT(1)
#define LINX_LOADS_UID BIT(2)
#define LINX_LOADS_FEW BIT(3) /* any other but those that are always filled */
#define LINX_LOADS_ARGS BIT(4)

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

/* The offsets are those that make_tests() gave, which lead forward: to an end at last. */
static __always_inline bool linx_tests_accept(const struct linx_predicate *p, const struct linx_predicate_data *data)
{
	const struct linx_test *t = p->tests;
	unsigned long at;
	u32 word;

	do {
		word = *(const u32 *)((const void *)data + t->at);
		at = t->no;
		if ((word & t->mask) - t->lo <= t->span)
			at = t->yes;
		t = (const void *)p->tests + at;
	} while (at < LINX_TEST_REJECT);
	linx_check_tests(p->prog, data, at == LINX_TEST_ACCEPT);
	return at == LINX_TEST_ACCEPT;
}

/* Words that programs load most, filled for a call on its fast path. Such a call is of the first ABI, whose number is 0. */
static __always_inline void linx_predicate_usual(struct linx_predicate_data *data, u32 loads, long ret, unsigned long key,
						 bool entering)
{
	data->nr = key;
	data->ret = ret;
	if (loads & LINX_LOADS_PID)
		data->pid = current->tgid;
	if (loads & LINX_LOADS_UID)
		data->uid = __kuid_val(current_cred()->uid);
	if (loads & LINX_LOADS_FLAGS)
		data->flags = linx_predicate_flags(linx_table_row(key), entering);
}

/*
 * May this call be recorded, which is on its fast path, in a session with a program and no times of entry? Only what the
 * program loads is filled, in the ring's own memory: probes that nest do not come here. Probe context. The quick one is
 * for session.quick_predicate: its caller has no register to save, and no place on the stack.
 */
static __always_inline bool linx_predicate_quick(struct linx_predicate_data *data, const struct linx_predicate *p, long ret,
						 unsigned long key)
{
	linx_predicate_usual(data, p->loads, ret, key, false);
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
	linx_predicate_usual(data, p->loads, ret, key, entering);
	if (p->loads & LINX_LOADS_FEW)
		linx_predicate_fill(data, p->loads, regs, key);
	return p->is_tests ? linx_tests_accept(p, data) : linx_run_program(p->prog, data);
}

#endif
