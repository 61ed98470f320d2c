// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The seccomp filter of a command: selected calls stop, all others run at full speed. The filter is a binary
 * search over the numbers of each architecture. The kernel evaluates it beforehand for calls that it always
 * allows.
 */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>

#include "engine/ptrace/filter.h"
#include "engine/ptrace/overruled.h"
#include "engine/ptrace/untraced.h"

#define X32_BIT 0x40000000u
#define NEGATIVE 0x80000000u

enum action {
	PASSES,
	STOPS,
	STOPS_UNTRACED, /* stops if the call makes an untraced child */
	STOPS_LISTENER, /* stops if the call installs a seccomp filter with a listener */
};

/*
 * By action: the call stops if the lower half of its argument arg has one of the bits, and passes otherwise. An action
 * without bits always stops.
 */
static const struct {
	uint32_t arg, bits;
} conditions[] = {
	[STOPS_UNTRACED] = { 0, CLONE_UNTRACED },
	[STOPS_LISTENER] = { LINX_OVERRULED_FLAGS, SECCOMP_FILTER_FLAG_NEW_LISTENER },
};

/* A range of call numbers with the same action: from number first on, up to the next span. */
struct span {
	uint32_t first;
	enum action action;
};

/* Bound of the number of spans: two for each number, and one for each place where an ABI begins. */
#define SPANS_MAX (4 * LINX_NR_MAX + 8)

struct spans {
	struct span s[SPANS_MAX];
	unsigned int n;
};

/*
 * The BPF program that is being written. n also counts instructions for which there is no room, so that the needed
 * length is known.
 */
struct program {
	struct sock_filter *at;
	unsigned int n, room;
	uint32_t stop; /* what the program returns for a call that stops */
};

static bool bit(__u64 map[LINX_ABI_NR][LINX_NR_WORDS], uint32_t abi, uint32_t nr)
{
	return map[abi % LINX_ABI_NR][nr / 64] >> nr % 64 & 1;
}

/*
 * True if a call stops. Calls that change a task's context stop in any case, since its context record would be
 * out of date; so does the call that makes an io_uring, whose operations cause no stops.
 */
static bool stops(struct linx_engine_ptrace *p, uint32_t abi, uint32_t nr)
{
	if (bit(p->select.enter, abi, nr) || bit(p->select.exit, abi, nr))
		return true;
	if (p->watches_rings && nr == LINX_PTRACE_RING_SETUP)
		return true;
	return nr < LINX_NR_OTHER && linx_rows_get(p->rows, abi % LINX_ABI_NR, nr)->flags & LINX_ROW_CONTEXT;
}

/*
 * Returns the action of the filter for a call. A call by which an untraced child can be made has to stop, since the
 * child would inherit the filter: see engine/ptrace/untraced.h. clone3(2) always stops: a filter cannot read its flags,
 * which are in memory.
 */
static enum action action_of(struct linx_engine_ptrace *p, uint32_t abi, uint32_t nr)
{
	const struct linx_walker_row *row;

	if (stops(p, abi, nr))
		return STOPS;
	if (nr >= LINX_NR_OTHER)
		return PASSES;
	if (linx_overruled_concerns(abi, nr))
		return STOPS_LISTENER;
	row = linx_rows_get(p->rows, abi % LINX_ABI_NR, nr);
	if (!linx_untraced_concerns(row))
		return PASSES;
	return row->in & 1 ? STOPS : STOPS_UNTRACED;
}

static void add_span(struct spans *spans, uint32_t first, enum action action)
{
	if (!spans->n || spans->s[spans->n - 1].action != action)
		spans->s[spans->n++] = (struct span){ first, action };
}

/* Adds the call numbers of an ABI. base: the kernel's number of the ABI's first call. */
static void add_abi(struct linx_engine_ptrace *p, struct spans *spans, uint32_t abi, uint32_t base)
{
	for (uint32_t nr = 0; nr < LINX_NR_MAX; nr++)
		add_span(spans, base + nr, action_of(p, abi, nr));
}

static void emit(struct program *prog, struct sock_filter f)
{
	if (prog->n < prog->room)
		prog->at[prog->n] = f;
	prog->n++;
}

/* Returns the number of instructions that search n spans. */
static unsigned int length(const struct span *s, unsigned int n)
{
	unsigned int left = n / 2, first;

	if (n == 1)
		return conditions[s->action].bits ? 4 : 1;
	first = length(s, left);
	return 1 + (first > UINT8_MAX) + first + length(s + left, n - left);
}

/* Returns the offset of the lower half of an argument. */
static uint32_t argument(uint32_t n)
{
	return (uint32_t)(offsetof(struct seccomp_data, args) + n * sizeof(__u64));
}

/* Appends the instructions for the calls of one span, at which a search ends. */
static void answer(struct program *prog, enum action action)
{
	if (conditions[action].bits) {
		emit(prog, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
							argument(conditions[action].arg)));
		emit(prog, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, conditions[action].bits, 0, 1));
		emit(prog, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, prog->stop));
	}
	emit(prog, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, action == STOPS ? prog->stop : SECCOMP_RET_ALLOW));
}

/* Appends a binary search. Conditional jumps are short: a far target is reached by an unconditional jump. */
static void search(struct program *prog, const struct span *s, unsigned int n)
{
	unsigned int left = n / 2, skip;

	if (n == 1) {
		answer(prog, s->action);
		return;
	}
	skip = length(s, left);
	if (skip <= UINT8_MAX) {
		emit(prog, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, s[left].first, (uint8_t)skip, 0));
	} else {
		emit(prog, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, s[left].first, 0, 1));
		emit(prog, (struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA, skip));
	}
	search(prog, s, left);
	search(prog, s + left, n - left);
}

/* Appends the test of the architecture's number, the search over its calls, and a jump around both. */
static void arch(struct program *prog, uint32_t audit, const struct spans *spans)
{
	unsigned int skip = 1 + length(spans->s, spans->n);

	emit(prog, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, audit, 1, 0));
	emit(prog, (struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA, skip));
	emit(prog, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)));
	search(prog, spans->s, spans->n);
}

/*
 * Appends the search over the native calls. Numbers above those of an ABI, and negative numbers, are treated as its
 * unnamed calls (LINX_NR_OTHER).
 */
static void native(struct linx_engine_ptrace *p, struct program *prog)
{
	struct spans spans = { .n = 0 };

#ifdef __aarch64__
	add_abi(p, &spans, LINX_ABI_ARM64, 0);
	arch(prog, AUDIT_ARCH_AARCH64, &spans);
#else
	add_abi(p, &spans, LINX_ABI_X86_64, 0);
	add_abi(p, &spans, LINX_ABI_X32, X32_BIT);
	add_span(&spans, NEGATIVE, action_of(p, LINX_ABI_X86_64, LINX_NR_OTHER));
	arch(prog, AUDIT_ARCH_X86_64, &spans);
#endif
}

static void compat(struct linx_engine_ptrace *p, struct program *prog)
{
	struct spans spans = { .n = 0 };

#ifdef __aarch64__
	add_abi(p, &spans, LINX_ABI_ARM, 0);
	arch(prog, AUDIT_ARCH_ARM, &spans);
#else
	add_abi(p, &spans, LINX_ABI_I386, 0);
	arch(prog, AUDIT_ARCH_I386, &spans);
#endif
}

int linx_ptrace_filter(struct linx_engine_ptrace *p, struct sock_filter *to, unsigned int room)
{
	struct program prog = { .at = to, .room = room, .stop = SECCOMP_RET_TRACE | p->stop_data };

	emit(&prog, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)));
	native(p, &prog);
	compat(p, &prog);
	emit(&prog, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, prog.stop));
	return prog.n <= room ? (int)prog.n : -E2BIG;
}
