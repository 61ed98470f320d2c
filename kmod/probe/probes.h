/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Probes of sessions on functions and tracepoints of the kernel: the functions that other directories of the module
 * call. Implemented in probe/arm.c and probe/hook.c.
 *
 * The directory probe/ finds functions by name, hooks them, and makes records of their hits. probe/set.h describes its
 * structures, probe/hit.c the contexts of its handlers.
 */
#ifndef LINX_KMOD_PROBES_H
#define LINX_KMOD_PROBES_H

#include <linux/linx.h>
#include "core/session.h"

/* Begins to watch modules that are loaded and unloaded. Called when linx is loaded. Process context. */
int linx_probes_init(void);
/* Ends the watch when linx is unloaded. There is no session any more. */
void linx_probes_exit(void);

/*
 * Checks the members of a request, not the memory to which they point. If it returns 0, name_len and nsteps are within
 * their limits.
 */
int linx_probes_check(const struct linx_probe *u);

/*
 * Adds a probe to a session that is ready and does not run, and sets u->sites. name and steps: copies of what u->name
 * and u->steps point to; name ends with a NUL. Process context; takes session.lock. Returns 0 or -errno, as
 * LINX_IOC_PROBE does.
 */
int linx_probes_add(struct linx_session *s, struct linx_probe *u, const char *name, const struct linx_fetch_step *steps);

/*
 * linx_probes_hook() hooks all probes of a session that is on linx_sessions. On failure none is hooked.
 * linx_probes_unhook() unhooks them; the caller must also call linx_probe_wait(), after which none of their handlers
 * runs. Process context, may sleep; session.lock is held.
 */
int linx_probes_hook(struct linx_session *s);
void linx_probes_unhook(struct linx_session *s);
/* Frees the probes of a session. Called when the session is stopped or was never started. */
void linx_probes_free(struct linx_session *s);

/*
 * Adds the counters that LINX_IOC_PROBE_COUNTERS asks for to the elements of to[], an array of u->count elements. Takes
 * session.lock.
 */
void linx_probes_counters(struct linx_session *s, const struct linx_probe_counts *u, struct linx_probe_counters *to);

#endif
