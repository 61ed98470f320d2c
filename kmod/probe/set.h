/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The probes of a session: structures that probe/arm.c makes, probe/hook.c hooks, and handlers read.
 *
 * Lifetime: LINX_IOC_PROBE makes the sites, and they are freed with the session. In between START hooks them, and STOP
 * unhooks them and waits until no handler uses a site. Handlers write only counters, and skip sites that are gone.
 * linx_probes_lock protects everything except the counters.
 */
#ifndef LINX_KMOD_PROBE_SET_H
#define LINX_KMOD_PROBE_SET_H

#include <linux/filter.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/tracepoint.h>
#include "compat/probes.h"
#include "core/session.h"

/* A scalar of a plain probe: an argument that is moved up, then down with its highest bit repeated, and masked. */
struct linx_plain {
	u64 mask; /* of a signed scalar: all ones */
	u8 place; /* linx_ftrace_arg_place() of the argument */
	u8 up, down; /* at most 63 */
	bool whole; /* the whole argument: nothing to shift and to mask */
};

/* A probe, as LINX_IOC_PROBE has passed it. Constant. */
struct linx_probe_spec {
	struct list_head link; /* entry of linx_probes.specs */
	u32 number, kind; /* linx_probe.number, linx_probe.kind */
	u32 sample;
	bool prio;
	struct bpf_prog *program; /* NULL: none */
	u32 scalars; /* number of scalars */
	u32 size; /* most bytes that a record of the probe needs */
	u32 nscalar_steps, nsteps; /* numbers of elements in steps[]: those of scalars, which come first, and all */
	struct linx_site *sites; /* array of the probe's sites, nsites elements */
	u32 nsites;
	/*
	 * A hit consists of arguments of a function alone, each hit is recorded, and no program is run. Such a probe has a
	 * path of its own in probe/hit.c.
	 */
	bool is_plain;
	u32 plain_len; /* bytes of the record of a plain hit */
	u64 plain_states; /* linx_hit.states of each plain hit */
	struct linx_plain plain[LINX_PROBE_ARGS_MAX]; /* by number of the scalar; used if is_plain */
	struct linx_fetch_step steps[];
};

/* How a site is hooked. */
enum linx_site_hook {
	LINX_BY_FTRACE,
	LINX_BY_KPROBE,
	LINX_BY_KRETPROBE,
	LINX_BY_TRACEPOINT,
	LINX_BY_RECORD,
};

/* Levels at which hits interrupt each other: task, softirq, interrupt, NMI. */
#define LINX_TP_LEVELS 4

/* A site BY_RECORD on one CPU. */
struct linx_tp_cpu {
	struct perf_event *event; /* passes records to the handler; NULL: none. Protected by linx_probes_lock */
	u64 reached; /* hits that the counting handler has counted */
	u64 passed; /* hits among the reached ones that perf has passed on */
	/* by level: task of the last hit that the counting handler has seen; bit 0: it has counted the hit */
	unsigned long last[LINX_TP_LEVELS];
};

/* Hits are recorded in the second and third phase. In the second and fourth, hits of the phase before are under way. */
enum linx_tp_phase {
	LINX_TP_OFF,
	LINX_TP_BEGINS,
	LINX_TP_ON,
	LINX_TP_ENDS,
};

/* A site BY_RECORD: see probe/tracepoint.c. */
struct linx_tp_record {
	u32 number; /* linx_probe.offset */
	struct linx_tp_cpu __percpu *cpus;
	bool has_counter; /* the counting handler is hooked */
	u8 phase; /* enum linx_tp_phase */
	bool unsure; /* reached - passed is not exact. Set once */
};

struct linx_place;

/* A site: a function or a tracepoint that a probe hooks. */
struct linx_site {
	const struct linx_probe_spec *spec;
	struct linx_probes *set;
	u16 nth; /* linx_hit.site */
	u8 hook; /* enum linx_site_hook */
	bool registered; /* BY_KPROBE, BY_KRETPROBE: the kernel knows the probe, which is disabled until START */
	bool hooked; /* the handler can be called; not used with LINX_BY_FTRACE */
	bool may_be_hit; /* true between START and stop; protected by linx_probes_lock */
	bool shared; /* ftrace may have dropped hits uncounted: see linx_place_hooked(). Set once */
	bool gone; /* the module was unloaded: handlers skip the site. Set once, under linx_probes_lock */
	u32 index; /* index of the site's counters in linx_session.hits */
	/*
	 * address of the function, of the instruction within one, or of the struct tracepoint; BY_RECORD without a tracepoint
	 * of its own: of the struct trace_event_call
	 */
	unsigned long addr;
	struct linx_site_count __percpu *count;
	struct linx_place *place; /* place of all sites at addr; NULL: the site is not on its list yet */
	struct list_head at_place; /* entry of linx_place.sites */
	struct hlist_node same_hash; /* BY_FTRACE: entry of linx_probes.table */
	int id; /* BY_TRACEPOINT, BY_RECORD with a counter: number by which a handler of the tracepoint finds it */
	union {
		struct linx_tp_record tp;
		struct kprobe kp;
		struct kretprobe krp;
	};
};

struct linx_probes {
	struct list_head link; /* entry of the list of all sets, in probe/hook.c */
	struct linx_session *session;
	struct list_head specs;
	u32 nsites, nprobes;
	u32 returns; /* number of sites with LINX_BY_KRETPROBE */
	bool by_ftrace; /* a site is hooked by ftrace: ops has a filter */
	bool hooked; /* ops is registered */
	bool stuck; /* ops could not be unregistered: the set is never freed, and its handler does nothing */
	struct hlist_head *table; /* sites BY_FTRACE by address; constant while ops is registered */
	u32 mask; /* table has mask + 1 elements */
#if LINX_HAVE_FTRACE
	struct ftrace_ops ops; /* its filter has the addresses of all sites BY_FTRACE */
#endif
};

#define linx_for_each_site(spec, site, set)                     \
	list_for_each_entry(spec, &(set)->specs, link)          \
		for (site = (spec)->sites; site < (spec)->sites + (spec)->nsites; site++)

extern struct mutex linx_probes_lock;

/* Entry arguments of a function, kept until it returns. */
struct linx_kept {
	u64 args[6];
	u64 entry; /* time */
	bool is_judged; /* the filters of tasks and cgroups accepted the task at the entry */
};

#endif
