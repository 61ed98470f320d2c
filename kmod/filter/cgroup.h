/* SPDX-License-Identifier: GPL-2.0-only */
/* The cgroup of a task, and the session's list of cgroups whose calls it records: see filter/cgroup.c. */
#ifndef LINX_KMOD_CGROUP_H
#define LINX_KMOD_CGROUP_H

#include <linux/types.h>
#include "compat/compat.h"
#include "core/session.h"

struct cgroup;
struct linx_cgroups;

/*
 * Returns the task's cgroup of the unified hierarchy. If that is the root cgroup, returns the first cgroup of another
 * hierarchy that is not a root. RCU read side.
 */
struct cgroup *linx_cgroup_of(struct task_struct *p);
/*
 * Writes the path of a cgroup with its NUL, at most PATH_MAX bytes. Returns its length without the NUL, or -errno. RCU
 * read side. in_probe: a probe is the caller, and its work is counted (core/probe_work.h). A probe may call the
 * function only with LINX_HAVE_PATHS, since spinlocks are taken.
 */
int linx_cgroup_path(struct cgroup *cgroup, char *to, bool in_probe);

/*
 * Makes a list from len bytes of words, and sets *out to it. The words are checked and copied. Returns 0 or -errno.
 * Process context, no lock held.
 */
int linx_cgroups_new(const char *words, u32 len, struct linx_cgroups **out);
/* Frees a list; NULL is allowed. Called when no probe uses the list any more. */
void linx_cgroups_free(struct linx_cgroups *c);

/*
 * Returns 1 if the list has the cgroup of the current task, or if this cannot be found out; 0 if the list does not have
 * the cgroup. search false: only cached answers are used, and -EAGAIN is returned if the list would have to be
 * searched.
 */
int linx_cgroup_listed(const struct linx_session *s, bool search);

/*
 * Does the filter of cgroups accept the current task? Returns true also if the answer cannot be found. Called by an
 * outermost probe, after linx_probe_begins() (core/probe_work.h).
 */
static __always_inline bool linx_filter_cgroup(const struct linx_session *s)
{
	return likely(!(READ_ONCE(s->filter) & LINX_FILTER_CGROUPS)) || linx_cgroup_listed(s, true);
}

/*
 * Does the filter of cgroups accept the current task? Called by fast paths, which have not called linx_probe_begins().
 * Returns 1, 0, or -EAGAIN: the slow path has to find the answer.
 */
static __always_inline int linx_filter_cgroup_quick(const struct linx_session *s)
{
	return likely(!(READ_ONCE(s->filter) & LINX_FILTER_CGROUPS)) ? 1 : linx_cgroup_listed(s, false);
}

#endif
