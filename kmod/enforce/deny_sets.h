/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sets of rules that refuse operations: sessions load, change and end them. Implemented in enforce/deny_sets.c. Process
 * context, may sleep.
 */
#ifndef LINX_KMOD_DENY_SETS_H
#define LINX_KMOD_DENY_SETS_H

#include "core/session.h"
#include "enforce/deny_set.h"

/*
 * Loads a set of rules, in place of the session's set or, with LINX_DENY_KEEP, of the kept set with the same name.
 * Returns 0, or -errno after setting *why. *from: see linx_deny_set_load(). The caller holds session.lock, and has
 * checked the lengths of the arrays.
 */
int linx_deny_load(struct linx_session *s, const struct linx_deny *u, struct linx_deny_arrays *from,
		   struct linx_deny_error *why);
/*
 * Ends the session's own set, if there is one; its counters stay. Kept sets stay in force, and their records are not
 * written to this session any more. The caller holds session.lock.
 */
void linx_deny_end(struct linx_session *s);
/* Frees the session's ended and replaced sets. The caller holds session.lock, or is about to free the session. */
void linx_deny_forget(struct linx_session *s);
/*
 * Stores the counters of rules, from rule u->first on, in to[], which has u->count elements and is zero at the call.
 * Sets u->nrules to the number of rules in the set. The set is the one that the session loaded last or, with
 * LINX_DENY_COUNTS_BEFORE, the one before. The caller holds session.lock.
 */
void linx_deny_counters(struct linx_session *s, struct linx_deny_counts *u, struct linx_deny_counters *to);
/* Does LINX_IOC_DENY_CHANGE. The caller holds session.lock. */
int linx_deny_change(struct linx_session *s, const struct linx_deny_change *u);

/*
 * Memory for the description of a set. The arrays have the lengths that the caller has given in struct linx_deny_list:
 * about_len, nrules, nprograms.
 */
struct linx_deny_listed {
	char *about;
	struct linx_deny_state *rules;
	struct linx_deny_program *programs;
};
/* Does LINX_IOC_DENY_LIST. Stores in the arrays of *to as much as they have room for. The caller holds session.lock. */
int linx_deny_list(struct linx_session *s, struct linx_deny_list *u, const struct linx_deny_listed *to);

/* Ends the kept sets. Called when the module's parameter "enforce" was set to 0, and at unloading. */
void linx_deny_end_kept(void);
/* Detaches all hooks when the module is unloaded. There is no session any more. */
void linx_deny_exit(void);

#endif
