/* SPDX-License-Identifier: GPL-2.0-only */
/* cgroups of tasks, and the list of those whose calls a session records: see filter/cgroup.c. */
#ifndef LINX_KMOD_CGROUP_H
#define LINX_KMOD_CGROUP_H

#include <linux/types.h>
#include "compat/compat.h"
#include "core/session.h"

struct cgroup;
struct linx_cgroups;

/* The cgroup of a task's unified hierarchy; where that says nothing, the first other one that does. RCU read side. */
struct cgroup *linx_cgroup_of(struct task_struct *p);
/*
 * Its path with the NUL, PATH_MAX bytes at most: the length without it, or -errno. RCU read side. Takes spinlocks, so
 * that a probe may call it with LINX_HAVE_PATHS alone: then it is a part of its work.
 */
int linx_cgroup_path(struct cgroup *cgroup, char *to, bool in_probe);

/* Checks and copies the words of a list, len bytes: *out. Process context, no lock held. */
int linx_cgroups_new(const char *words, u32 len, struct linx_cgroups **out);
/* Takes NULL. No probe may look at it any more. */
void linx_cgroups_free(struct linx_cgroups *c);

/* 1, 0; without search: -EAGAIN where the list would have to be searched. */
int linx_cgroup_listed(const struct linx_session *s, bool search);

/*
 * May a call of current be recorded, as far as its cgroup says? True where that is not known. Probe context, not nested,
 * whose work has begun: core/probe_work.h.
 */
static __always_inline bool linx_filter_cgroup(const struct linx_session *s)
{
	return likely(!(READ_ONCE(s->filter) & LINX_FILTER_CGROUPS)) || linx_cgroup_listed(s, true);
}

/* linx_filter_cgroup() for a fast path, which has begun no work: -EAGAIN where the slow one has to ask. */
static __always_inline int linx_filter_cgroup_quick(const struct linx_session *s)
{
	return likely(!(READ_ONCE(s->filter) & LINX_FILTER_CGROUPS)) ? 1 : linx_cgroup_listed(s, false);
}

#endif
