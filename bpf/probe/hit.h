/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Programs at probes, which make records of hits. The steps and their order are those of kmod/probe/hit.c: filters of
 * tasks, reading the scalars, the probe's tests, sampling, budget, writing the record.
 *
 * A program runs in any context. In an interrupt or a softirq, on top of another program that writes to this CPU's ring,
 * the record goes to a side ring (ring/side.h). In an NMI, or inside a program of the same context, the hit is counted as
 * lost (nested). The kernel itself skips a program of a kprobe or of a perf event on top of another such
 * program on the CPU; it counts these runs by program from Linux 6.7 on.
 */
#ifndef LINX_BPF_HIT_H
#define LINX_BPF_HIT_H

#include "filter/filter.h"
#include "probe/fetched.h"
#include "ring/side.h"

MAP_OF(probes, MAP_ARRAY, 1, 0, __u32, struct linx_bpf_probe);
MAP_OF(sites, MAP_ARRAY, 1, 0, __u32, struct linx_bpf_site);
/* An element for each site on each CPU. The elements of a CPU follow each other. */
MAP_OF(hits, MAP_ARRAY, 1, MAP_MMAPABLE, __u32, struct linx_bpf_hits);
MAP_OF(frames, MAP_HASH, LINX_BPF_FRAMES, 0, struct linx_bpf_frame, struct linx_bpf_kept);

/* Number of sites; set before the programs are loaded. */
const volatile __u32 nsites SEC(".rodata.probes") = 1;

/* ---- handling a hit */

/* A hit that is being handled. x comes first: callbacks of loops get its address. */
struct hit {
	struct cpu x;
	const struct linx_bpf_probe *probe;
	struct linx_bpf_hits *count;
	__u32 nth, level, site, pad;
};

#define COUNT(h, member) add_atomic(&(h)->count->member, 1)

/* Finds the site, its probe and its counters on this CPU. */
static __always_inline bool find_site(struct hit *h, __u32 site)
{
	struct linx_bpf_site *s = bpf_map_lookup_elem(&sites, &site);
	__u32 probe, at = bpf_get_smp_processor_id() * nsites + site;

	if (!s)
		return false;
	probe = s->probe;
	h->site = site;
	h->nth = s->nth;
	h->probe = bpf_map_lookup_elem(&probes, &probe);
	h->count = bpf_map_lookup_elem(&hits, &at);
	return h->probe && h->count;
}

/* Do the filters of tasks accept the current task? In an interrupt, they are asked about the interrupted task. */
static __always_inline bool hit_passes(const struct hit *h)
{
	return (h->level != LINX_HIT_TASK || !is_owner(h->x.task)) && filters_say(h->x.task) == TASK_PASSES;
}

static __always_inline void give_up(struct hit *h, __u32 cause)
{
	COUNT(h, selected);
	COUNT(h, lost[cause & 7]);
}

_Static_assert(LINX_LOST_MAX >= 8, "a cause with 3 bits is in bounds");

/*
 * Begins to handle a hit. Returns false if it is left out or lost, and has counted it then. is_judged: the filters have
 * accepted the task before. The caller has called hold_cpu().
 */
static __always_inline bool hit_begin(struct hit *h, __u32 site, bool is_judged)
{
	struct place *place;
	__u32 cpu;

	if (!is_running() || !find_site(h, site))
		return false;
	h->x.task = current_task();
	h->x.http = 0;
	h->level = level_now(h->x.task);
	if (!is_judged && !hit_passes(h)) {
		COUNT(h, filtered);
		return false;
	}
	if (h->level == LINX_HIT_NMI) {
		cpu = bpf_get_smp_processor_id();
		place = bpf_map_lookup_elem(&cpus, &cpu);
		if (place) {
			add_atomic(&place->c.nested, 1);
			give_up(h, LINX_LOST_NESTED);
		}
		return false;
	}
	if (!cpu_begin_at(&h->x, h->level)) {
		if (h->x.c)
			give_up(h, h->x.ring ? LINX_LOST_NESTED : LINX_LOST_NO_RING);
		return false;
	}
	h->x.w->time = time_now(h->x.c);
	h->x.w->hit.level = h->level;
	h->x.w->hit.regs = h->x.w->hit.record = h->x.w->hit.entry = 0;
	return true;
}

/* Runs a step of the list; returns true after an END step. */
static __always_inline bool run_step(struct cpu *x, const struct linx_fetch_step *step)
{
	struct linx_fetch_io io = { .x = x };

	return linx_fetch_step(&io, fetch_of(x), step);
}

STEP(fetch_scalar)
{
	struct hit *h = (struct hit *)x;
	struct hit_work *w = &x->w->hit;
	const struct linx_fetch *f = fetch_of(x);
	__u64 n;

	pin(i);
	if (i >= LINX_FETCH_STEPS_MAX)
		return 1;
	if (!run_step(x, &h->probe->steps[i]))
		return 0;
	n = w->nscalars;
	pin(n);
	if (n >= LINX_PROBE_ARGS_MAX)
		return 1;
	w->scalars[n] = f->state == LINX_WHOLE ? f->number : 0;
	w->states |= (__u64)f->state << n * 4;
	w->nscalars = n + 1;
	return 0;
}

STEP(fetch_value)
{
	struct hit *h = (struct hit *)x;
	__u32 at = i + h->probe->nscalar_steps;

	pin(at);
	if (at >= LINX_FETCH_STEPS_MAX)
		return 1;
	return run_step(x, &h->probe->steps[at]) ? put_fetched(x, &h->probe->steps[at], h->probe->rename_lock) : 0;
}

/* Compares as signed or unsigned numbers: a flipped sign turns one order into the other. */
static __always_inline bool test_holds(__u32 op, __u64 a, __u64 b)
{
	switch (op) {
	case LINX_BPF_TEST_EQ:
		return a == b;
	case LINX_BPF_TEST_NE:
		return a != b;
	case LINX_BPF_TEST_LT:
		return a < b;
	case LINX_BPF_TEST_LE:
		return a <= b;
	case LINX_BPF_TEST_GT:
		return a > b;
	default:
		return a >= b;
	}
}

static __always_inline bool test_passes(const struct hit_work *w, const struct linx_bpf_test *t)
{
	__u64 flip = t->is_signed ? 1ull << 63 : 0, n, at = t->scalar;

	pin(at);
	if (at >= LINX_PROBE_ARGS_MAX || (w->states >> at * 4 & 15) != LINX_WHOLE)
		return false;
	n = w->scalars[at];
	if (t->swap)
		n = swap16(n);
	return test_holds(t->op, n ^ flip, t->number ^ flip);
}

static __noinline bool tests_pass(const struct hit_work *w, const struct linx_bpf_probe *p)
{
	for (__u32 i = 0; i < LINX_BPF_TESTS_MAX && i < p->ntests; i++)
		if (!test_passes(w, &p->tests[i]))
			return false;
	return true;
}

static __always_inline bool is_hit_sampled_out(struct hit *h)
{
	__u32 every = h->probe->sample;

	return every > 1 && h->count->passed++ % every;
}

/*
 * Returns how much of a hit is recorded: see linx_rate_take_hit() of kmod/filter/rate.c. A hit on top of another program
 * does not count against the budget.
 */
static __noinline __u32 hit_level(struct hit *h)
{
	struct linx_bpf_cpu *c = h->x.c;
	__u32 quota = settings()->quota, level;

	if (!quota || h->probe->prio || h->x.w->side)
		return LINX_BUDGET_FULL;
	roll_window(c, h->x.w->time);
	if (h->count->window != c->window) {
		h->count->window = c->window;
		h->count->used = 0;
	}
	level = linx_budget_next(LINX_BUDGET_FULL, h->count->used, c->used, quota);
	c->made++;
	c->used += level != LINX_BUDGET_COUNTS;
	h->count->used += level != LINX_BUDGET_COUNTS;
	return level;
}

/* Writes struct linx_hit, the entry time if there is one, and the scalars. */
static __always_inline void put_fixed(struct hit *h)
{
	struct cpu *x = &h->x;
	struct work *w = x->w;
	const struct linx_bpf_probe *p = h->probe;
	__u32 flags = w->hit.entry ? LINX_HIT_ENTRY_TIME : 0;

	put_word(x, w->at, (p->number & 0xffff) | h->nth << 16 | (__u64)(flags | (p->scalars & 0xff) << 8 | w->hit.level << 16) << 32);
	put_word(x, w->at + 8, w->hit.states);
	w->at += sizeof(struct linx_hit);
	if (flags) {
		put_word(x, w->at, min_u64(w->hit.entry, w->time));
		w->at += 8;
	}
	for (__u32 i = 0; i < LINX_PROBE_ARGS_MAX && i < p->scalars; i++) {
		put_word(x, w->at, w->hit.scalars[i]);
		w->at += 8;
	}
}

/* Begins the record in the CPU's ring, or in the side ring of the program's context. */
static __always_inline bool hit_rec_begin(struct hit *h)
{
	struct cpu *x = &h->x;

	if (x->w->side)
		return side_rec_begin(x, LINX_REC_PROBE, h->probe->prio, h->site);
	return rec_begin(x, LINX_REC_PROBE, h->probe->prio, NO_CALL_BUT_OTHER);
}

/* Returns the cause of the record's loss; LINX_LOST_MAX: it is in the ring. */
static __always_inline __u32 hit_rec_commit(struct cpu *x)
{
	struct work *w = x->w;

	if (w->side)
		return side_rec_commit(x) ? LINX_LOST_MAX : LINX_LOST_NESTED;
	if (rec_commit(x, NO_CALL_BUT_OTHER))
		return LINX_LOST_MAX;
	return w->squeezed ? LINX_LOST_FULL : LINX_LOST_TOO_BIG;
}

/* Writes the record. Returns the cause of its loss; LINX_LOST_MAX: it is in the ring, or in a side ring. */
static __noinline __u32 record_hit(struct hit *h, __u32 level)
{
	struct cpu *x = &h->x;
	struct work *w = x->w;

	w->tid = MEMBER(x->task, pid) & 0x3fffff;
	w->pid = MEMBER(x->task, tgid) & 0x3fffff;
	w->abi = 0;
	w->nr = 0;
	if (!hit_rec_begin(h))
		return w->side ? LINX_LOST_NESTED : LINX_LOST_FULL;
	if (w->end - w->rec < h->probe->size) {
		w->full = 1;
	} else {
		put_fixed(h);
		__builtin_memset(w->hit.fetched, 0, sizeof(w->hit.fetched));
		if (level == LINX_BUDGET_FULL)
			repeat(h->probe->nsteps - h->probe->nscalar_steps, fetch_value, x);
		else
			w->flags |= LINX_RF_SCALARS;
	}
	return hit_rec_commit(x);
}

static __always_inline void judge_hit(struct hit *h)
{
	struct hit_work *w = &h->x.w->hit;
	__u32 level, cause;

	w->nscalars = 0;
	w->states = 0;
	__builtin_memset(w->fetched, 0, sizeof(w->fetched));
	repeat(h->probe->nscalar_steps, fetch_scalar, &h->x);
	if (h->probe->ntests && !tests_pass(w, h->probe)) {
		COUNT(h, filtered);
		return;
	}
	if (is_hit_sampled_out(h)) {
		COUNT(h, sampled);
		return;
	}
	COUNT(h, selected);
	level = opaque(&h->x, hit_level(h));
	if (level == LINX_BUDGET_COUNTS) {
		h->x.c->selected++;
		lost(&h->x, LINX_LOST_BUDGET, NO_CALL_BUT_OTHER);
		COUNT(h, lost[LINX_LOST_BUDGET]);
		return;
	}
	cause = record_hit(h, level);
	if (cause >= LINX_LOST_MAX)
		COUNT(h, committed);
	else
		COUNT(h, lost[cause & 7]);
}

/* Handles a hit whose arguments are in the work area, and ends what hit_begin() began. */
static __always_inline void hit_end(struct hit *h)
{
	judge_hit(h);
	/* keeps the words of *h alive for the verifier of Linux 7.2: see keep_task() */
	asm volatile("" : : "r"(h->x.task), "r"(h->probe), "r"(h->count), "r"(h->x.w), "r"(h->x.ring));
	cpu_end_at(&h->x, h->level);
}

/* ---- registers of a function */

#ifdef __TARGET_ARCH_arm64
#define RESULT_OF(regs) ((regs)->regs[0])
#define SP_AT_ENTRY(regs) ((regs)->sp)
#define SP_AT_RETURN(regs) ((regs)->sp)
#define ARG_0(from) ((from)->regs[0])
#define ARG_1(from) ((from)->regs[1])
#define ARG_2(from) ((from)->regs[2])
#define ARG_3(from) ((from)->regs[3])
#define ARG_4(from) ((from)->regs[4])
#define ARG_5(from) ((from)->regs[5])
#else
#define RESULT_OF(regs) ((regs)->ax)
#define SP_AT_ENTRY(regs) ((regs)->sp)
/* the return has taken the address to which it goes off the stack */
#define SP_AT_RETURN(regs) ((regs)->sp - 8)
#define ARG_0(from) ((from)->di)
#define ARG_1(from) ((from)->si)
#define ARG_2(from) ((from)->dx)
#define ARG_3(from) ((from)->cx)
#define ARG_4(from) ((from)->r8)
#define ARG_5(from) ((from)->r9)
#endif

#define COPY_ARGS(to, from)        \
	({                         \
		(to)[0] = ARG_0(from); \
		(to)[1] = ARG_1(from); \
		(to)[2] = ARG_2(from); \
		(to)[3] = ARG_3(from); \
		(to)[4] = ARG_4(from); \
		(to)[5] = ARG_5(from); \
	})

#endif
