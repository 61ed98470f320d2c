/* SPDX-License-Identifier: GPL-2.0-only */
/* Sets of rules that refuse, as sessions load, change and end them. Implemented in enforce/deny_sets.c. Process context, may sleep. */
#ifndef LINX_KMOD_DENY_SETS_H
#define LINX_KMOD_DENY_SETS_H

#include "core/session.h"
#include "enforce/deny_set.h"

/*
 * Replaces the session's set of rules, or the kept set of the name. The caller holds session.lock, and has checked the
 * lengths. Returns 0 or an error, and then sets *why. Arrays: as for linx_deny_set_load().
 */
int linx_deny_load(struct linx_session *s, const struct linx_deny *u, struct linx_deny_arrays *from,
		   struct linx_deny_error *why);
/*
 * Ends the session's rules, if it has any, and keeps them for their counters. Kept sets lose their reader and go on. The
 * caller holds session.lock.
 */
void linx_deny_end(struct linx_session *s);
/* Frees what was kept for counters. The caller holds session.lock, or frees the session. */
void linx_deny_forget(struct linx_session *s);
/*
 * Stores counters of the set that the session loaded, from u->first on, in to[u->count], which is zero, and the number of
 * rules in u->nrules. The caller holds session.lock.
 */
void linx_deny_counters(struct linx_session *s, struct linx_deny_counts *u, struct linx_deny_counters *to);
/* LINX_IOC_DENY_CHANGE. The caller holds session.lock. */
int linx_deny_change(struct linx_session *s, const struct linx_deny_change *u);

/* Room for a description of a set, of u->about_len, u->nrules and u->nprograms elements. */
struct linx_deny_listed {
	char *about;
	struct linx_deny_state *rules;
	struct linx_deny_program *programs;
};
/* LINX_IOC_DENY_LIST. Stores in *to as much as there is room for. The caller holds session.lock. */
int linx_deny_list(struct linx_session *s, struct linx_deny_list *u, const struct linx_deny_listed *to);

/* Ends the kept sets: the parameter enforce was set to 0. */
void linx_deny_end_kept(void);
/* Unloads: no session is left. */
void linx_deny_exit(void);

#endif
