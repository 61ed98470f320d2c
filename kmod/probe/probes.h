/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Probes of sessions on functions and tracepoints of the kernel: what the rest of the module calls. Implemented in
 * probe/arm.c and probe/hook.c.
 *
 * The directory probe/ finds functions by name, hooks them, and makes records of their hits. probe/set.h describes its
 * structures, probe/hit.c the contexts of its handlers.
 */
#ifndef LINX_KMOD_PROBES_H
#define LINX_KMOD_PROBES_H

#include <linux/linx.h>
#include "core/session.h"

/* Begin and end the watch for modules that are loaded and unloaded. Process context, when linx is loaded and unloaded. */
int linx_probes_init(void);
/* Waits until no handler is in the module's text. No session is left. */
void linx_probes_exit(void);

/* Checks the members of a request that need no other memory: name_len and nsteps are within their limits then. */
int linx_probes_check(const struct linx_probe *u);

/*
 * Adds a probe to a session that is ready and does not run, and sets u->sites. name and steps are copies of those that
 * u points to; the name has a NUL behind it. Process context; takes session.lock. Returns 0 or -errno, as LINX_IOC_PROBE
 * does.
 */
int linx_probes_add(struct linx_session *s, struct linx_probe *u, const char *name, const struct linx_fetch_step *steps);

/*
 * linx_probes_hook() hooks all probes of a session that is on linx_sessions. On failure none is hooked.
 * linx_probes_unhook() unhooks them: no handler of them runs any more when the caller has also waited by
 * linx_probe_wait(). Process context, may sleep; session.lock is held.
 */
int linx_probes_hook(struct linx_session *s);
void linx_probes_unhook(struct linx_session *s);
/* Frees the probes of a session that is stopped. */
void linx_probes_free(struct linx_session *s);

/* Adds the counters that LINX_IOC_PROBE_COUNTERS asks for to to[u->count]. Takes session.lock. */
void linx_probes_counters(struct linx_session *s, const struct linx_probe_counts *u, struct linx_probe_counters *to);

#endif
