/* SPDX-License-Identifier: GPL-2.0-only */
/* Rules that refuse, as sessions load and end them. Implemented in enforce/deny_hook.c. Process context, may sleep. */
#ifndef LINX_KMOD_DENY_HOOK_H
#define LINX_KMOD_DENY_HOOK_H

#include "core/session.h"
#include "enforce/deny_set.h"

/*
 * Replaces the session's set of rules. The caller holds session.lock. Returns 0 or an error, and then sets *why. Arrays:
 * as for linx_deny_set_load().
 */
int linx_deny_load(struct linx_session *s, const struct linx_deny *u, struct linx_deny_arrays *from,
		   struct linx_deny_error *why);
/* Ends the session's rules, if it has any, and keeps them for their counters. The caller holds session.lock. */
void linx_deny_end(struct linx_session *s);
/* Frees what linx_deny_end() has kept. The caller holds session.lock, or frees the session. */
void linx_deny_forget(struct linx_session *s);
/*
 * Stores counters of the session's rules from u->first on in to[u->count], which is zero, and the number of rules in
 * u->nrules. The caller holds session.lock.
 */
void linx_deny_counters(struct linx_session *s, struct linx_deny_counts *u, struct linx_deny_counters *to);
/* Unloads: no set is left. */
void linx_deny_exit(void);

#endif
