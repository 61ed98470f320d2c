// SPDX-License-Identifier: GPL-2.0-only
/*
 * Handlers of probes on functions and tracepoints, which make records of hits. A handler can be called in any context,
 * even for a function that the handler itself calls. It disables preemption, which makes it an RCU reader, and calls
 * linx_probe_begin(). In an NMI, or inside another probe of the same context, linx_probe_begin() fails, and the hit is
 * counted as lost. Nothing here sleeps, faults, allocates or takes a lock, with one exception: the filter of cgroups
 * can read a path, under a lock that others hold only with interrupts off. With interrupts off the filter reads no
 * path.
 *
 * Steps, in this order: filters of tasks, filter of cgroups, reading the scalars, the probe's program, sampling,
 * budget, writing the record.
 */
#include <linux/cred.h>
#include <linux/hash.h>
#include <linux/idr.h>
#include <linux/rculist.h>
#include "core/clock.h"
#include "filter/cgroup.h"
#include "filter/filter.h"
#include "filter/predicate.h"
#include "filter/rate.h"
#include "probe/hit.h"
#include "probe/place.h"
#include "ring/ring_fast.h"
#include "ring/side.h"

#define LINX_FETCH_RUNS
#include "shared/probe_fetch.h"

DEFINE_IDR(linx_sites_by_id);

/* A hit that is being handled. */
struct hit {
	const struct linx_site *site;
	struct linx_fetch_io io;
	const struct linx_probe_run *run;
	bool in_trap; /* see linx_probe_begin_in_trap() */
	u64 entry; /* kind RETURN: time at which the function began; else 0 */
	u64 states; /* linx_hit.states */
	u64 scalars[LINX_PROBE_ARGS_MAX];
};

#define COUNT(site, member) this_cpu_inc((site)->count->member)

/*
 * Do the filters of tasks accept the current task? In an interrupt, hits are recorded even if the interrupted task is
 * the reader.
 */
static bool task_passes(const struct linx_session *s, bool in_task)
{
	if (in_task)
		return linx_filter_task(s, current);
	return !(READ_ONCE(s->filter) & LINX_FILTER_OF_TASK) || linx_filter_task_slow(s, current);
}

/*
 * Does the filter of cgroups accept the current task? With interrupts off, or in a nested hit, only cached answers are
 * used; if there is none, returns true.
 */
static bool cgroup_passes(const struct linx_session *s, const struct linx_probe_run *run)
{
	bool passes;
	u32 work;

	if (likely(!(READ_ONCE(s->filter) & LINX_FILTER_CGROUPS)))
		return true;
	if (run->nested || run->level || irqs_disabled())
		return linx_cgroup_listed(s, false);
	/*
	 * A search needs half of a whole probe's work, and the share of a site that is not alone at its place is smaller. Its
	 * answer is cached for the other sites, so that a place makes one search for each session.
	 */
	work = linx_probe_spent();
	linx_probe_begins();
	passes = linx_cgroup_listed(s, true);
	linx_probe_goes_on(max(work, linx_probe_spent()));
	return passes;
}

/*
 * Does a step of a list. Once the hit has used up its share of work, the values that are left are unavailable. Returns
 * true after an END step.
 */
static bool fetch(struct hit *h, struct linx_fetch *f, const struct linx_fetch_step *step)
{
	bool reads = step->op == LINX_FETCH_LOAD || step->op > LINX_FETCH_SCALAR;

	if (unlikely(reads && f->state == LINX_WHOLE && linx_probe_is_spent()))
		linx_fetch_fail(f, LINX_UNAVAILABLE);
	return linx_fetch_step(&h->io, f, step);
}

static void fetch_scalars(struct hit *h, const struct linx_probe_spec *spec)
{
	struct linx_fetch f = { };
	u32 i, n = 0;

	h->states = 0;
	for (i = 0; i < spec->nscalar_steps; i++) {
		if (!fetch(h, &f, &spec->steps[i]))
			continue;
		h->scalars[n] = f.state == LINX_WHOLE ? f.number : 0;
		h->states |= (u64)f.state << n++ * 4;
	}
}

static u64 duration_of(const struct hit *h)
{
	return h->entry && h->run->now >= h->entry ? h->run->now - h->entry : 0;
}

static bool program_passes(const struct hit *h, const struct linx_probe_spec *spec)
{
	const struct cred *cred = current_cred();
	struct linx_probe_data data = {
		.probe = spec->number,
		.site = h->site->nth,
		.context = h->run->context,
		.cpu = smp_processor_id(),
		.pid = current->tgid,
		.tid = current->pid,
		.uid = __kuid_val(cred->uid),
		.gid = __kgid_val(cred->gid),
		.euid = __kuid_val(cred->euid),
		.egid = __kgid_val(cred->egid),
		.duration = h->entry ? duration_of(h) : U64_MAX,
		.states = h->states,
	};

	memcpy(data.scalars, h->scalars, spec->scalars * sizeof(*data.scalars));
	return linx_run_program(spec->program, &data);
}

static bool is_sampled_out(const struct linx_site *site)
{
	u32 every = site->spec->sample;

	return every > 1 && (this_cpu_inc_return(site->count->passed) - 1) % every;
}

static void put_values(struct hit *h, struct linx_fill *f, const struct linx_probe_spec *spec)
{
	struct linx_fetch state = { };
	const struct linx_fetch_step *step;
	u32 i;

	for (i = spec->nscalar_steps; i < spec->nsteps; i++) {
		step = &spec->steps[i];
		if (fetch(h, &state, step))
			linx_put_fetched(f, &h->io, step, state.state, state.number, linx_fetch_most(&state, step));
	}
}

static u32 fixed_size(const struct hit *h, const struct linx_probe_spec *spec)
{
	return sizeof(struct linx_hit) + (h->entry ? sizeof(u64) : 0) + spec->scalars * sizeof(u64);
}

/* Writes struct linx_hit, the entry time if there is one, the scalars and, if with_values is set, the values. */
static void fill(struct hit *h, struct linx_fill *f, const struct linx_probe_spec *spec, bool with_values)
{
	if (f->end - f->p < fixed_size(h, spec)) {
		f->full = f->slow = true;
		return;
	}
	*(struct linx_hit *)f->p = (struct linx_hit){
		.probe = spec->number,
		.site = h->site->nth,
		.flags = h->entry ? LINX_HIT_ENTRY_TIME : 0,
		.scalars = spec->scalars,
		.context = h->run->context,
		.states = h->states,
	};
	f->p += sizeof(struct linx_hit);
	if (h->entry) {
		*(u64 *)f->p = min(h->entry, f->time);
		f->p += sizeof(u64);
	}
	memcpy(f->p, h->scalars, spec->scalars * sizeof(u64));
	f->p += spec->scalars * sizeof(u64);
	if (with_values)
		put_values(h, f, spec);
	else
		f->rec->flags |= LINX_RF_SCALARS;
}

/*
 * Writes the record of a selected hit. If a side ring has no room for the record, the record is lost with the cause
 * "nested". If it is lost later, when it is moved to the ring of the CPU, it is counted there.
 */
static void record(struct hit *h, struct linx_session *s, const struct linx_probe_spec *spec, bool with_values)
{
	struct linx_ring *r = linx_probe_ring(h->run, s);
	struct linx_fill *f;
	bool side = h->run->nested;

	if (unlikely(!r)) {
		linx_ring_nested(s->ring);
		COUNT(h->site, lost[LINX_LOST_NESTED]);
		return;
	}
	f = linx_rec_begin(s, r, LINX_REC_PROBE, h->run->now, spec->size, spec->prio, LINX_CALL_SITE(h->site->index), 0, 0);
	if (f) {
		fill(h, f, spec, with_values);
		if (linx_rec_commit(f))
			return;
	}
	if (side)
		COUNT(h->site, lost[LINX_LOST_NESTED]);
}

/* Returns true if the filters of tasks and of cgroups accept the current task. */
static bool filters_pass(const struct linx_session *s, const struct linx_probe_run *run)
{
	return task_passes(s, !run->context) && cgroup_passes(s, run);
}

/*
 * Decides by filters, sampling and budget whether a hit is recorded, and writes its record or counts the hit as left
 * out. Called after begin(). is_judged: the filters of tasks and cgroups have accepted the task before.
 */
static void judge(struct hit *h, bool is_judged)
{
	const struct linx_site *site = h->site;
	const struct linx_probe_spec *spec = site->spec;
	struct linx_session *s = site->set->session;
	enum linx_budget_level level = LINX_BUDGET_FULL;

	if (READ_ONCE(site->gone) || READ_ONCE(s->owner_gone))
		return;
	h->io.in_task = !h->run->context;
	if (!is_judged && !filters_pass(s, h->run)) {
		COUNT(site, filtered);
		return;
	}
	fetch_scalars(h, spec);
	if (spec->program && !program_passes(h, spec)) {
		COUNT(site, filtered);
		return;
	}
	if (is_sampled_out(site)) {
		COUNT(site, sampled);
		return;
	}
	COUNT(site, selected);
	if (unlikely(READ_ONCE(s->quota)) && !spec->prio && !h->run->nested)
		level = linx_rate_take_hit(s, this_cpu_ptr(s->ring), this_cpu_ptr(site->count), h->run->now);
	if (level != LINX_BUDGET_COUNTS)
		record(h, s, spec, level == LINX_BUDGET_FULL);
}

/*
 * Number of calls of lost_passes() that are under way on this CPU. GIVING_UP_MAX: one for each context (task, softirq,
 * interrupt, NMI).
 */
static DEFINE_PER_CPU(int, giving_up);
#define GIVING_UP_MAX 4

/*
 * Do the filters of tasks accept a hit that cannot be recorded? The filters call kernel functions that can be probed,
 * too, and such a hit calls lost_passes() again. Calls nested more than GIVING_UP_MAX deep therefore return true
 * without calling the filters: otherwise the recursion would not end. Returns true also on an idle CPU for which RCU
 * does not wait. in_task: the hit is not in an interrupt.
 */
static bool lost_passes(const struct linx_session *s, bool in_task)
{
	bool passes = true;

	if (this_cpu_inc_return(giving_up) <= GIVING_UP_MAX && rcu_is_watching())
		passes = task_passes(s, in_task);
	this_cpu_dec(giving_up);
	return passes;
}

/*
 * Counts as lost a hit that cannot be recorded. The probe's program is not run, since it needs arguments, which are not
 * read here. in_task: the hit is not in an interrupt. is_judged: see judge().
 */
static void give_up(const struct linx_site *site, bool in_task, bool is_judged)
{
	struct linx_session *s = site->set->session;

	if (READ_ONCE(site->gone) || READ_ONCE(s->owner_gone) || (!is_judged && !lost_passes(s, in_task)))
		return;
	COUNT(site, selected);
	COUNT(site, lost[LINX_LOST_NESTED]);
	linx_ring_nested(s->ring);
}

/*
 * Begins the probe of a hit, which may do its site's share of work. All sites at a place run in a row: one share is left
 * for each, so that the place keeps its CPU no longer than one probe does. Returns false as linx_probe_begin() does.
 */
static bool begin(struct linx_probe_run *run, const struct linx_site *site, bool in_trap)
{
	if (unlikely(in_trap ? !linx_probe_begin_in_trap(run) : !linx_probe_begin(run)))
		return false;
	linx_probe_goes_on(LINX_PROBE_WORK_MAX - linx_place_share(site));
	return true;
}

/* Ends the probe of a hit. The CPU's count of work is set back, so that the next probe begins without this one's. */
static void end(const struct linx_probe_run *run)
{
	linx_probe_begins();
	linx_probe_end(run);
}

/* Handles a hit. Preemption is off. is_judged: see judge(). */
static void on_hit(struct hit *h, bool is_judged)
{
	struct linx_probe_run run;

	if (unlikely(!rcu_is_watching()))
		return give_up(h->site, in_task(), is_judged);
	if (likely(begin(&run, h->site, h->in_trap))) {
		h->run = &run;
		judge(h, is_judged);
		end(&run);
	} else {
		give_up(h->site, run.context == LINX_HIT_TASK, is_judged);
		linx_nested_end();
	}
}

/* Handles a hit of one site, other than a return. */
static void on_site(const struct linx_site *site, const u64 *args, const struct pt_regs *regs)
{
	struct hit h = { .site = site, .io = { .args = args, .regs = regs } };

	on_hit(&h, false);
}

#if LINX_HAVE_FTRACE
/* Handles a hit of a site that ftrace hooks, whatever its probe is. */
static noinline void on_called(const struct linx_site *site, LINX_FTRACE_REGS *regs)
{
	u64 args[6];

	linx_ftrace_args(regs, args);
	on_site(site, args, NULL);
}

/* Records a plain hit for which the ring has no room, or not on the fast path. */
static noinline void record_plain_slow(const struct linx_site *site, LINX_FTRACE_REGS *regs, u64 now)
{
	const struct linx_probe_run run = { .now = now };
	u64 args[6];
	struct hit h = { .site = site, .io = { .args = args }, .run = &run };

	linx_ftrace_args(regs, args);
	linx_probe_goes_on(LINX_PROBE_WORK_MAX - linx_place_share(site));
	fetch_scalars(&h, site->spec);
	record(&h, site->set->session, site->spec, true);
	linx_probe_begins();
}

static __always_inline void put_plain(u64 *to, const struct linx_probe_spec *spec, LINX_FTRACE_REGS *regs)
{
	const struct linx_plain *p, *end = spec->plain + spec->scalars;

	for (p = spec->plain; p != end; p++) {
		u64 n = linx_ftrace_arg(regs, p->place);

		if (!p->whole)
			n = ((s64)(n << (p->up & 63)) >> (p->down & 63)) & p->mask;
		*to++ = n;
	}
}

/* Writes the record of a plain hit, the same as record() does. */
static __always_inline void record_plain(const struct linx_site *site, struct linx_session *s, LINX_FTRACE_REGS *regs)
{
	const struct linx_probe_spec *spec = site->spec;
	struct linx_ring *r = this_cpu_ptr(s->ring);
	u64 now = linx_clock_now(), head = r->areas[0].head, time = linx_ring_time(r, now);
	u32 worst = max(spec->size, r->least_room), len = spec->plain_len;
	struct linx_rec *rec;
	struct linx_hit *hit;

	/* the conditions of linx_rec_begin() */
	if (unlikely(worst > r->rec_limit || head + worst >= data_race(*(r->limit + spec->prio))))
		return record_plain_slow(site, regs, now);
	rec = (struct linx_rec *)(r->areas[0].data + (head & r->mask));
	hit = (struct linx_hit *)(rec + 1);
	linx_rec_head(rec, current, LINX_REC_PROBE, r->selected++, time, 0, 0);
	rec->words = len / 8;
	*hit = (struct linx_hit){
		.probe = spec->number,
		.site = site->nth,
		.scalars = spec->scalars,
		.states = spec->plain_states,
	};
	put_plain((u64 *)(hit + 1), spec, regs);
	r->areas[0].head = head + len;
	r->committed++;
	if (linx_ring_publish(s, r, head + len, time))
		linx_wake_look(s, r);
}

/*
 * Handles a hit of a plain probe in a task, outside of any other probe, in a session without filters and without a
 * budget. Its record and counts are those that on_called() makes. Returns false, and has done nothing, in all other
 * cases.
 */
static __always_inline bool on_plain(const struct linx_site *site, LINX_FTRACE_REGS *regs)
{
	struct linx_session *s = site->set->session;

	if (!site->spec->is_plain || raw_cpu_read(linx_probe_on) != LINX_PROBE_NONE || !linx_context_is_task() ||
	    READ_ONCE(s->filter) & (LINX_FILTER_OF_TASK | LINX_FILTER_CGROUPS) || READ_ONCE(s->quota) || !rcu_is_watching())
		return false;
	probe_enter(); /* outermost: an interrupt since the test above has ended its probes */
	if (unlikely(READ_ONCE(site->gone) || READ_ONCE(s->owner_gone)))
		goto out;
	if (unlikely(linx_filter_is_reader(s, current))) {
		COUNT(site, filtered);
		goto out;
	}
	COUNT(site, selected);
	record_plain(site, s, regs);
out:
	probe_leave();
	return true;
}

/* Handles all sites at an address. Returns false if there are none. */
static __always_inline bool hit_at(const struct linx_probes *set, unsigned long addr, LINX_FTRACE_REGS *regs)
{
	const struct linx_site *site;
	bool any = false;

	hlist_for_each_entry(site, linx_sites_at(set, addr), same_hash) {
		if (site->addr != addr)
			continue;
		any = true;
		if (!on_plain(site, regs))
			on_called(site, regs);
	}
	return any;
}

/* Handles a hit of a function whose begin is not LINX_FTRACE_MOSTLY bytes before ip. */
static noinline void hit_elsewhere(const struct linx_probes *set, unsigned long ip, LINX_FTRACE_REGS *regs)
{
	unsigned long ahead;

	for (ahead = 0; ahead <= LINX_FTRACE_AHEAD; ahead += 4)
		if (ahead != LINX_FTRACE_MOSTLY && hit_at(set, ip - ahead, regs))
			return;
}

/*
 * Handles a call of a function that ftrace hooks for the session. The session's table of sites does not change while
 * this handler can be called, since unregister_ftrace_function() waits for it.
 */
notrace void linx_on_function(unsigned long ip, unsigned long parent, struct ftrace_ops *ops, LINX_FTRACE_REGS *regs)
{
	const struct linx_probes *set = container_of(ops, struct linx_probes, ops);

	if (unlikely(!regs))
		return;
	preempt_disable_notrace();
	/* tested with preemption off: ops_unregister() waits for that, and then frees what is read here */
	if (likely(!READ_ONCE(set->stuck)) && unlikely(!hit_at(set, ip - LINX_FTRACE_MOSTLY, regs)))
		hit_elsewhere(set, ip, regs);
	preempt_enable_notrace();
}
#endif

/* Handles a hit within a function, where registers hold no arguments. */
notrace int linx_on_place(struct kprobe *kp, struct pt_regs *regs)
{
	struct hit h = {
		.site = container_of(kp, struct linx_site, kp),
		.io = { .regs = regs },
		.in_trap = !(kp->flags & KPROBE_FLAG_FTRACE),
	};

	preempt_disable_notrace();
	on_hit(&h, false);
	preempt_enable_notrace();
	return 0;
}

notrace void linx_after_place(struct kprobe *kp, struct pt_regs *regs, unsigned long flags)
{
}

notrace int linx_on_kprobe(struct kprobe *kp, struct pt_regs *regs)
{
	u64 args[6];

	preempt_disable_notrace();
	linx_regs_args(regs, args);
	on_site(container_of(kp, struct linx_site, kp), args, regs);
	preempt_enable_notrace();
	return 0;
}

/*
 * Returns true if the filters accept the task that enters a function. Each call under way holds an instance of the
 * kretprobe, and there are few, so that calls of other tasks must take none. If the filters cannot be asked here, returns
 * true and clears *is_judged; they are asked at the return.
 */
static bool entry_passes(const struct linx_site *site, bool *is_judged)
{
	const struct linx_session *s = site->set->session;
	struct linx_probe_run run;
	bool passes = true;

	*is_judged = false;
	if (unlikely(!rcu_is_watching()))
		return true;
	if (likely(begin(&run, site, false))) {
		passes = filters_pass(s, &run);
		*is_judged = true;
		end(&run);
	} else {
		linx_nested_end();
	}
	if (!passes && !READ_ONCE(site->gone) && !READ_ONCE(s->owner_gone))
		COUNT(site, filtered);
	return passes;
}

notrace int linx_on_entry(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct kretprobe *rp = linx_kretprobe(ri);
	const struct linx_site *site = rp ? container_of(rp, struct linx_site, krp) : NULL;
	struct linx_kept *kept = (struct linx_kept *)ri->data;
	bool passes;

	if (!site)
		return 1;
	preempt_disable_notrace();
	passes = entry_passes(site, &kept->is_judged);
	preempt_enable_notrace();
	if (!passes)
		return 1;
	linx_regs_args(regs, kept->args);
	kept->entry = ktime_get_mono_fast_ns();
	return 0;
}

notrace int linx_on_return(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	const struct linx_kept *kept = (const struct linx_kept *)ri->data;
	struct hit h = { .io = { .args = kept->args, .ret = regs_return_value(regs) }, .entry = kept->entry };
	struct kretprobe *rp;

	preempt_disable_notrace();
	rp = linx_kretprobe(ri);
	h.site = rp ? container_of(rp, struct linx_site, krp) : NULL;
	if (h.site)
		on_hit(&h, kept->is_judged);
	preempt_enable_notrace();
	return 0;
}

notrace void linx_on_rawtp(void *data, u64 a0, u64 a1, u64 a2, u64 a3, u64 a4, u64 a5, u64 a6, u64 a7, u64 a8, u64 a9,
			   u64 a10, u64 a11)
{
	const u64 args[12] = { a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11 };
	const struct linx_site *site;

	preempt_disable_notrace();
	site = idr_find(&linx_sites_by_id, (unsigned long)data);
	if (site)
		on_site(site, args, NULL);
	preempt_enable_notrace();
}

notrace void linx_hit_record(const struct linx_site *site, const void *record)
{
	struct hit h = { .site = site, .io = { .record = record } };

	on_hit(&h, false);
}
