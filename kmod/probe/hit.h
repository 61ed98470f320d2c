/* SPDX-License-Identifier: GPL-2.0-only */
/* Handlers of probes, which record or count each hit. Implemented in probe/hit.c. */
#ifndef LINX_KMOD_PROBE_HIT_H
#define LINX_KMOD_PROBE_HIT_H

#include "probe/set.h"
#include "probe/value.h"

/* Handlers, attached by probe/hook.c. */
#if LINX_HAVE_FTRACE
void linx_on_function(unsigned long ip, unsigned long parent, struct ftrace_ops *ops, LINX_FTRACE_REGS *regs);
#endif
int linx_on_kprobe(struct kprobe *kp, struct pt_regs *regs);
int linx_on_place(struct kprobe *kp, struct pt_regs *regs);
/*
 * Does nothing. A kprobe with such a handler is hit by a trap each time. Otherwise the kernel may put a jump there, and a
 * handler in an NMI could not know whether the NMI or a trap has called it.
 */
void linx_after_place(struct kprobe *kp, struct pt_regs *regs, unsigned long flags);
int linx_on_entry(struct kretprobe_instance *ri, struct pt_regs *regs);
int linx_on_return(struct kretprobe_instance *ri, struct pt_regs *regs);
/*
 * Handler of tracepoints. data: linx_site.id. A tracepoint passes as many arguments as its prototype has; the other
 * parameters have undefined values from registers or the stack.
 */
void linx_on_rawtp(void *data, u64 a0, u64 a1, u64 a2, u64 a3, u64 a4, u64 a5, u64 a6, u64 a7, u64 a8, u64 a9, u64 a10,
		   u64 a11);

/* Handles a hit of a site BY_RECORD. record: the kernel's memory, which is valid during the call. Preemption is off. */
void linx_hit_record(const struct linx_site *site, const void *record);

/*
 * Sites by linx_site.id. A handler of a tracepoint gets this number, not a pointer, since it may be called after its site
 * was removed.
 */
extern struct idr linx_sites_by_id;

static inline struct hlist_head *linx_sites_at(const struct linx_probes *set, unsigned long addr)
{
	return set->table + (hash_64(addr, 32) & set->mask);
}

#endif
