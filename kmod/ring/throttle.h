/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LINX_KMOD_THROTTLE_H
#define LINX_KMOD_THROTTLE_H

#include <linux/linx.h>
#include "core/ring.h"

struct linx_session;
struct linx_throttle;

/*
 * Makes the throttle of a session in LINX_MODE_THROTTLE. Process context, may sleep; the caller is the session's owner.
 * exempt: u->exempt_count ids of cgroups, in kernel memory. Returns NULL if there is no memory.
 */
struct linx_throttle *linx_throttle_new(const struct linx_setup *u, const u64 *exempt);
/* Ends every wait and lets none begin. Process context; the first call sleeps for a grace period. t may be NULL. */
void linx_throttle_end(struct linx_throttle *t);
/* Drops a reference to t: that of the session, after linx_throttle_end(), or that of a task work. t may be NULL. */
void linx_throttle_put(struct linx_throttle *t);

/*
 * Called when the current CPU's ring is filled beyond its mark: makes the current task wait when it returns to user
 * space. Probe context.
 */
void linx_throttle_request(struct linx_session *s, struct linx_ring *r, u64 now);
/* Returns the cause for which a record is counted as lost if the ring has no room for it. Probe context. */
enum linx_lost linx_throttle_cause(struct linx_throttle *t, u64 now);
void linx_throttle_counters(const struct linx_throttle *t, struct linx_counters *u);

/*
 * Waits until no task work is queued or runs. Called at unloading, when no session is left. Process context, may
 * sleep.
 */
void linx_throttle_exit(void);

#endif
