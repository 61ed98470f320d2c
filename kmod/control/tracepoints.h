/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Finds the kernel's tracepoints, and attaches and detaches the probes that are needed. Implemented in
 * control/tracepoints.c.
 */
#ifndef LINX_KMOD_TRACEPOINTS_H
#define LINX_KMOD_TRACEPOINTS_H

#include <linux/types.h>

/* Groups of tracepoints; bits for linx_probe_need(). */
#define LINX_HOOK_ENTER 0x01
#define LINX_HOOK_EXIT 0x02
#define LINX_HOOK_TASKS 0x04 /* new tasks, fork, exec, exit, rename, move to a cgroup */
#define LINX_HOOK_SIGNALS 0x08
#define LINX_HOOK_URING 0x10

/* Finds all tracepoints. Returns -ENODEV, with a line in the log, if this kernel lacks one. */
int linx_probe_init(void);
/*
 * Attaches the probes of exactly these groups, and detaches all others. On failure, those that were added are detached
 * again. Probes that were called before they were detached may still run on return. Sleeps; caller holds
 * linx_sessions_lock.
 */
int linx_probe_need(unsigned int hooks);
/* Does this kernel have the tracepoints of io_uring? */
bool linx_probe_has_uring(void);
/*
 * Waits until no probe runs in the module's text. Called when the module is unloaded, after all probes have been
 * detached. Sleeps, and also waits for running probes of other tracers at the same tracepoints.
 */
void linx_probe_exit(void);
/* Waits until no probe can see a session that was taken off linx_sessions. Sleeps. */
void linx_probe_wait(void);
/* Is a probe running on that CPU, as of the last linx_probe_fence()? */
bool linx_probe_busy(int cpu);
/*
 * Makes each CPU's earlier stores visible: afterwards, each probe that has begun on any CPU is seen as busy by
 * linx_probe_busy(), or its record is visible. Sleeps.
 */
void linx_probe_fence(void);

#endif
