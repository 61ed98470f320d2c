// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hooks tracepoints. A handler of a tracepoint gets the number of its site as its data: a tracepoint can call a handler
 * even after it was unregistered, and such a call finds no site with that number.
 *
 * Arguments (sites BY_TRACEPOINT) are passed by the tracepoint itself. Records (sites BY_RECORD) are made by perf: an
 * event of perf on each CPU passes each record to on_record(), in the context of the tracepoint, with preemption off.
 *
 * Perf does not pass on, and does not count, a hit inside another hit of perf's at the same level (task, softirq,
 * interrupt, NMI), a hit at which a program of eBPF asks for that, a record above 8 KB, and hits on a CPU that is coming
 * or going. Therefore a handler of the same tracepoint, on_reached(), which is called before perf's, counts all hits.
 * Both handlers have to count the same hits, also if recording begins or ends while hits are under way: on_reached()
 * notes the task and whether it has counted the hit, and on_record() follows the note. Between the two the task may be
 * preempted (since 7.0, and at the tracepoints of system calls since 6.13). Then the note is another task's, and only if
 * recording was just beginning or ending, the count is unsure.
 *
 * An event of perf holds a reference to the module that has the tracepoint, so that it cannot be unloaded.
 *
 * A CPU that goes offline loses its events. When a CPU comes online, renew_all() makes new ones. This is done by a work
 * item, since the callback is called under a lock that is taken after linx_probes_lock.
 */
#include <linux/cpuhotplug.h>
#include <linux/cpumask.h>
#include <linux/idr.h>
#include <linux/perf_event.h>
#include <linux/slab.h>
#include <linux/trace_events.h>
#include <linux/workqueue.h>
#include "core/keep_loaded.h"
#include "probe/hit.h"
#include "probe/hook.h"
#include "probe/tracepoint.h"

/* Hooks a handler of the site's tracepoint. Handlers with a higher priority are called earlier. */
static int handler_hook(struct linx_site *site, void *handler, int priority)
{
	struct tracepoint *tp = (struct tracepoint *)site->addr;
	int err;

	site->id = idr_alloc_cyclic(&linx_sites_by_id, site, 1, 0, GFP_KERNEL);
	if (site->id < 0)
		return site->id;
	err = tracepoint_probe_register_prio(tp, handler, (void *)(long)site->id, priority);
	if (err)
		idr_remove(&linx_sites_by_id, site->id);
	return err;
}

/*
 * Removes a tracepoint's handler. That can fail on kernels before 5.11, which need memory for it. Then the handler
 * stays and finds no site, and this module stays loaded.
 */
static void handler_unhook(struct linx_site *site, void *handler)
{
	struct tracepoint *tp = (struct tracepoint *)site->addr;

	idr_remove(&linx_sites_by_id, site->id);
	if (!tracepoint_probe_unregister(tp, handler, (void *)(long)site->id))
		return;
	linx_keep_loaded("no memory to remove a probe of a tracepoint");
}

#if LINX_HAVE_TP_RECORD
/* Bit 0 of linx_tp_cpu.last. */
#define COUNTED 1ul

static __always_inline u32 level_now(void)
{
	if (preempt_count() & NMI_MASK)
		return 3;
	if (preempt_count() & HARDIRQ_MASK)
		return 2;
	return in_serving_softirq() ? 1 : 0;
}

static bool is_recorded(u8 phase)
{
	return phase == LINX_TP_BEGINS || phase == LINX_TP_ON;
}

/* Handler of the tracepoint that counts its hits. The tracepoint's arguments follow, and are not used. */
static notrace void on_reached(void *data)
{
	struct linx_tp_cpu *cpu;
	struct linx_site *site;
	bool counts;

	preempt_disable_notrace();
	site = idr_find(&linx_sites_by_id, (unsigned long)data);
	if (site) {
		counts = is_recorded(READ_ONCE(site->tp.phase));
		cpu = this_cpu_ptr(site->tp.cpus);
		WRITE_ONCE(cpu->last[level_now()], (unsigned long)current | (counts ? COUNTED : 0));
		if (counts)
			this_cpu_inc(site->tp.cpus->reached);
	}
	preempt_enable_notrace();
}

/*
 * Is the hit that perf passes on one that on_reached() has counted? Without its note, that is known except in the phases
 * in which hits of the phase before are under way.
 */
static bool is_counted(struct linx_tp_record *tp)
{
	u8 phase = READ_ONCE(tp->phase);
	unsigned long last;

	if (phase == LINX_TP_OFF)
		return false; /* notes may be old: on_reached() is hooked later, and unhooked earlier, than perf's events */
	if (tp->has_counter) {
		last = READ_ONCE(this_cpu_ptr(tp->cpus)->last[level_now()]);
		if ((last & ~COUNTED) == (unsigned long)current)
			return last & COUNTED;
	}
	if (phase == LINX_TP_BEGINS || phase == LINX_TP_ENDS)
		WRITE_ONCE(tp->unsure, true);
	return is_recorded(phase);
}

/* Handler of the events of perf. */
static notrace void on_record(struct perf_event *event, struct perf_sample_data *data, struct pt_regs *regs)
{
	struct linx_site *site = event->overflow_handler_context;

	preempt_disable_notrace();
	if (is_counted(&site->tp)) {
		this_cpu_inc(site->tp.cpus->passed);
		linx_hit_record(site, data->raw->frag.data);
	}
	preempt_enable_notrace();
}

/*
 * Makes an event of perf. PERF_SAMPLE_PERIOD: perf passes each hit on once, even those that count as many (the times of
 * tasks in the scheduler's tracepoints).
 */
static struct perf_event *event_new(struct linx_site *site, u32 number, unsigned int cpu)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_TRACEPOINT,
		.size = sizeof(attr),
		.config = number,
		.sample_type = PERF_SAMPLE_RAW | PERF_SAMPLE_PERIOD,
		.sample_period = 1,
		.disabled = !site,
	};

	return perf_event_create_kernel_counter(&attr, cpu, NULL, on_record, site);
}

/* Returns the linx_site.addr of an event. 0: it is not of a tracepoint, nor of a system call. */
static unsigned long addr_of(const struct perf_event *event)
{
	const struct trace_event_call *call = event->tp_event;

	if (call->flags & TRACE_EVENT_FL_TRACEPOINT)
		return (unsigned long)call->tp;
	/* events of single calls, which the kernel makes of the tracepoints of all calls */
	return strcmp(call->class->system, "syscalls") ? 0 : (unsigned long)call;
}

static bool has_tracepoint(const struct perf_event *event)
{
	return event->tp_event->flags & TRACE_EVENT_FL_TRACEPOINT;
}

/*
 * Is the module that has the event completely loaded? If loading fails later, the kernel frees it although the event
 * holds a reference.
 */
static bool is_live(const struct perf_event *event)
{
	const struct module *mod = linx_event_module(event->tp_event);

	return !mod || mod->state == MODULE_STATE_LIVE;
}

static bool has_name(const struct perf_event *event, const char *name)
{
	const char *system = event->tp_event->class->system;
	size_t n = strlen(system);

	return !strncmp(name, system, n) && name[n] == ':' && !strcmp(name + n + 1, trace_event_name(event->tp_event));
}

int linx_tp_find(const char *name, u32 number, unsigned long *addr)
{
	struct perf_event *event = ERR_PTR(-ENODEV);
	unsigned int cpu;
	int err = 0;

	lockdep_assert_held(&linx_probes_lock);
	for_each_online_cpu(cpu) {
		event = event_new(NULL, number, cpu);
		if (event != ERR_PTR(-ENODEV)) /* the CPU has gone offline */
			break;
	}
	if (IS_ERR(event)) {
		err = PTR_ERR(event);
		/* EPERM: sampling is forbidden at the tracepoint, as at irq_work_exit, where it would go on without end */
		return err == -EINVAL ? -ENOENT : err == -EPERM ? -EADDRNOTAVAIL : err;
	}
	*addr = addr_of(event);
	if (!*addr)
		err = -EADDRNOTAVAIL;
	else if (!has_name(event, name) || !is_live(event))
		err = -ENOENT;
	perf_event_release_kernel(event);
	return err;
}

int linx_tp_choose(struct linx_site *site, u32 number)
{
	site->hook = LINX_BY_RECORD;
	site->tp.number = number;
	site->tp.cpus = alloc_percpu_gfp(struct linx_tp_cpu, LINX_GFP);
	return site->tp.cpus ? 0 : -ENOMEM;
}

size_t linx_tp_cost(u32 kind)
{
	return kind == LINX_PROBE_TRACEPOINT ? num_possible_cpus() * (sizeof(struct linx_tp_cpu) + sizeof(struct perf_event)) : 0;
}

void linx_tp_forget(struct linx_site *site)
{
	if (site->hook == LINX_BY_RECORD)
		free_percpu(site->tp.cpus);
}

static void event_end(struct linx_site *site, unsigned int cpu)
{
	struct linx_tp_cpu *c = per_cpu_ptr(site->tp.cpus, cpu);

	if (c->event)
		perf_event_release_kernel(c->event);
	c->event = NULL;
}

/*
 * Gives the site an event on the CPU, if the CPU is online. An earlier event there is of no use: it ended when the CPU
 * went offline. -ENOENT: the tracepoint does not exist any more.
 */
static int event_begin(struct linx_site *site, unsigned int cpu)
{
	struct perf_event *event;

	event_end(site, cpu);
	event = event_new(site, site->tp.number, cpu);
	if (event == ERR_PTR(-ENODEV))
		return 0;
	if (IS_ERR(event))
		return PTR_ERR(event) == -EINVAL ? -ENOENT : PTR_ERR(event);
	if (addr_of(event) != site->addr || !is_live(event)) {
		perf_event_release_kernel(event);
		return -ENOENT;
	}
	per_cpu_ptr(site->tp.cpus, cpu)->event = event;
	site->tp.has_counter = LINX_HAVE_RAWTP && has_tracepoint(event);
	return 0;
}

static void record_unhook(struct linx_site *site)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu)
		event_end(site, cpu);
}

/*
 * Hooks a site BY_RECORD. The events come first, since they keep the module of the tracepoint loaded, and hits are
 * recorded from linx_tp_arm() on.
 */
static int record_hook(struct linx_site *site)
{
	unsigned int cpu;
	int err = 0;

	for_each_online_cpu(cpu) {
		err = event_begin(site, cpu);
		if (err)
			break;
	}
	if (!err && site->tp.has_counter)
		err = handler_hook(site, on_reached, INT_MAX);
	if (!err)
		return 0;
	record_unhook(site);
	if (err != -ENOENT)
		return err;
	WRITE_ONCE(site->gone, true);
	return 0;
}

/* Is a site BY_RECORD of the set hooked? */
static bool has_records(struct linx_probes *set)
{
	struct linx_probe_spec *spec;
	struct linx_site *site;

	linx_for_each_site(spec, site, set)
		if (site->hook == LINX_BY_RECORD && site->hooked)
			return true;
	return false;
}

/* Waits until each hit that is under way has passed both handlers. */
static void wait_for_hits(void)
{
	tracepoint_synchronize_unregister();
	synchronize_rcu();
}

static void set_phase(struct linx_probes *set, u8 phase)
{
	struct linx_probe_spec *spec;
	struct linx_site *site;

	linx_for_each_site(spec, site, set)
		if (site->hook == LINX_BY_RECORD && site->hooked)
			WRITE_ONCE(site->tp.phase, phase);
}

void linx_tp_arm(struct linx_probes *set)
{
	if (!has_records(set))
		return;
	wait_for_hits(); /* hits that began before on_reached() was hooked */
	set_phase(set, LINX_TP_BEGINS);
	wait_for_hits();
	set_phase(set, LINX_TP_ON);
}

void linx_tp_disarm(struct linx_probes *set)
{
	if (!has_records(set))
		return;
	set_phase(set, LINX_TP_ENDS);
	wait_for_hits();
	set_phase(set, LINX_TP_OFF);
}

void linx_tp_count(const struct linx_site *site, struct linx_probe_counters *to)
{
	u64 reached = 0, passed = 0;
	unsigned int cpu;

	for_each_possible_cpu(cpu)
		reached += READ_ONCE(per_cpu_ptr(site->tp.cpus, cpu)->reached);
	smp_rmb(); /* a hit is counted as reached first: one that is under way is not taken for one that perf has dropped */
	for_each_possible_cpu(cpu)
		passed += READ_ONCE(per_cpu_ptr(site->tp.cpus, cpu)->passed);
	if (reached > passed)
		to->missed += reached - passed;
	if (!site->tp.has_counter || READ_ONCE(site->tp.unsure))
		to->flags |= LINX_PROBE_AT_LEAST;
}

/* ---- CPUs ------------------------------------------------------------------------------ */

static struct cpumask came; /* CPUs that have come online since renew_all() has looked */
static int cpu_state;

/*
 * Gives a site an event on a CPU that has come online. If that fails, the site's hits there are counted as missed.
 */
static void renew(struct linx_site *site, unsigned int cpu)
{
	if (site->hook == LINX_BY_RECORD && site->hooked)
		event_begin(site, cpu);
}

static void renew_all(struct work_struct *work)
{
	unsigned int cpu;

	mutex_lock(&linx_probes_lock);
	for_each_possible_cpu(cpu)
		if (cpumask_test_and_clear_cpu(cpu, &came))
			linx_hook_each(renew, cpu);
	mutex_unlock(&linx_probes_lock);
}
static DECLARE_WORK(renewal, renew_all);

/* Called on a CPU that comes online, before it runs programs. */
static int on_cpu(unsigned int cpu)
{
	cpumask_set_cpu(cpu, &came);
	schedule_work(&renewal);
	return 0;
}

int linx_tp_init(void)
{
	cpu_state = cpuhp_setup_state_nocalls(CPUHP_AP_ONLINE_DYN, "linx:online", on_cpu, NULL);
	return min(cpu_state, 0);
}

void linx_tp_exit(void)
{
	cpuhp_remove_state_nocalls(cpu_state);
	cancel_work_sync(&renewal);
}
#else
int linx_tp_find(const char *name, u32 number, unsigned long *addr)
{
	return -EOPNOTSUPP;
}

int linx_tp_choose(struct linx_site *site, u32 number)
{
	return -EOPNOTSUPP;
}

void linx_tp_forget(struct linx_site *site)
{
}

size_t linx_tp_cost(u32 kind)
{
	return 0;
}

static int record_hook(struct linx_site *site)
{
	return -EOPNOTSUPP;
}

static void record_unhook(struct linx_site *site)
{
}

void linx_tp_arm(struct linx_probes *set)
{
}

void linx_tp_disarm(struct linx_probes *set)
{
}

void linx_tp_count(const struct linx_site *site, struct linx_probe_counters *to)
{
}

int linx_tp_init(void)
{
	return 0;
}

void linx_tp_exit(void)
{
}
#endif

int linx_tp_hook(struct linx_site *site)
{
	return site->hook == LINX_BY_RECORD ? record_hook(site) : handler_hook(site, linx_on_rawtp, TRACEPOINT_DEFAULT_PRIO);
}

void linx_tp_unhook(struct linx_site *site)
{
	if (site->hook == LINX_BY_RECORD) {
#if LINX_HAVE_TP_RECORD
		if (site->tp.has_counter)
			handler_unhook(site, on_reached);
#endif
		record_unhook(site);
	} else {
		handler_unhook(site, linx_on_rawtp);
	}
}
