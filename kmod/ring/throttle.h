/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LINX_KMOD_THROTTLE_H
#define LINX_KMOD_THROTTLE_H

#include <linux/linx.h>
#include "core/ring.h"

struct linx_session;
struct linx_throttle;

/*
 * For a session of LINX_MODE_THROTTLE. Process context, may sleep; the caller is
 * the session's owner. exempt: u->exempt_count ids, copied in. NULL: no memory.
 */
struct linx_throttle *linx_throttle_new(const struct linx_setup *u, const u64 *exempt);
/* Every wait ends, none begins any more. Process context, may sleep: a grace period, the first time. t may be NULL. */
void linx_throttle_end(struct linx_throttle *t);
/* After linx_throttle_end(): the session has it no longer. */
void linx_throttle_put(struct linx_throttle *t);

/* A ring is filled beyond its mark: let the current task wait when it returns to user space. Probe context. */
void linx_throttle_request(struct linx_session *s, struct linx_ring *r, u64 now);
/* Cause under which a record that finds no room is counted lost. Probe context. */
enum linx_lost linx_throttle_cause(struct linx_throttle *t, u64 now);
void linx_throttle_counters(const struct linx_throttle *t, struct linx_counters *u);

/* Unloading: no session is left. Process context, may sleep. */
void linx_throttle_exit(void);

#endif
