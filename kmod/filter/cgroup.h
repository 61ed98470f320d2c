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
 * that a probe may call it with LINX_HAVE_PATHS alone.
 */
int linx_cgroup_path(struct cgroup *cgroup, char *to);

/* Checks and copies the words of a list, len bytes: *out. Process context, no lock held. */
int linx_cgroups_new(const char *words, u32 len, struct linx_cgroups **out);
/* Takes NULL. No probe may look at it any more. */
void linx_cgroups_free(struct linx_cgroups *c);

bool linx_cgroup_listed(const struct linx_session *s);

/* May a call of current be recorded, as far as its cgroup says? True where that is not known. Probe context, not nested. */
static __always_inline bool linx_filter_cgroup(const struct linx_session *s)
{
	return likely(!(READ_ONCE(s->filter) & LINX_FILTER_CGROUPS)) || linx_cgroup_listed(s);
}

#endif
