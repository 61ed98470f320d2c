/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel's tracepoints: found, hooked and unhooked by need. control/tracepoints.c */
#ifndef LINX_KMOD_TRACEPOINTS_H
#define LINX_KMOD_TRACEPOINTS_H

#include <linux/types.h>

/* Which tracepoints; bits for linx_probe_need(). */
#define LINX_HOOK_ENTER 0x01
#define LINX_HOOK_EXIT 0x02
#define LINX_HOOK_TASKS 0x04 /* new tasks, fork, exec, exit, rename */
#define LINX_HOOK_SIGNALS 0x08
#define LINX_HOOK_URING 0x10

/* Find them all; -ENODEV with a line in the log if this kernel lacks one. */
int linx_probe_init(void);
/*
 * Hook exactly these. On failure what was added is taken back. Probes that were
 * called before they were unhooked may still run on return. Sleeps; caller holds
 * linx_sessions_lock.
 */
int linx_probe_need(unsigned int hooks);
/* Does this kernel tell of io_uring? */
bool linx_probe_has_uring(void);
/*
 * Unloading, nothing is hooked: wait until no probe is in our text. Sleeps, also
 * as long as another tracer that is called at the same places.
 */
void linx_probe_exit(void);
/* Wait until no probe can still see what was taken off linx_sessions. Sleeps. */
void linx_probe_wait(void);
/* Is a probe running on that CPU, as seen after linx_probe_fence()? */
bool linx_probe_busy(int cpu);
/* After this, a probe on any CPU that had begun is seen as busy, or its records are visible. Sleeps. */
void linx_probe_fence(void);

#endif
