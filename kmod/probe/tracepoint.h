/* SPDX-License-Identifier: GPL-2.0-only */
/* Hooks tracepoints, for their arguments or for their records. Implemented in probe/tracepoint.c. */
#ifndef LINX_KMOD_PROBE_TRACEPOINT_H
#define LINX_KMOD_PROBE_TRACEPOINT_H

#include "probe/set.h"

/* Begins and ends to watch CPUs that come online. Process context. */
int linx_tp_init(void);
void linx_tp_exit(void);

/*
 * Finds the tracepoint SUBSYSTEM:NAME, whose number in its format file is given, and sets *addr (linx_site.addr). Returns
 * 0; -ENOENT: none has this name and number; -EADDRNOTAVAIL: its records are not those of a tracepoint, or perf may not
 * have them; -EACCES: a security module forbids it. Process context, as the two functions below; linx_probes_lock is held.
 */
int linx_tp_find(const char *name, u32 number, unsigned long *addr);
/* Makes a site BY_RECORD. -ENOMEM: there is no memory; the caller calls linx_tp_forget() in any case. */
int linx_tp_choose(struct linx_site *site, u32 number);
void linx_tp_forget(struct linx_site *site);
/* Bytes that a site of the kind needs in addition, as charged to the limit of ring memory. */
size_t linx_tp_cost(u32 kind);

/*
 * linx_tp_hook() hooks a site BY_TRACEPOINT or BY_RECORD; if it returns 0 and site->gone is set, the tracepoint does not
 * exist any more. linx_tp_unhook() unhooks it; handlers may still run. linx_probes_lock is held.
 */
int linx_tp_hook(struct linx_site *site);
void linx_tp_unhook(struct linx_site *site);
/*
 * Begin and end recording at all hooked sites BY_RECORD. linx_tp_disarm() returns when each hit that was counted has also
 * been recorded. session.lock is held.
 */
void linx_tp_arm(struct linx_probes *set);
void linx_tp_disarm(struct linx_probes *set);
/* Adds how many hits of a site BY_RECORD the kernel has not passed on. */
void linx_tp_count(const struct linx_site *site, struct linx_probe_counters *to);

#endif
