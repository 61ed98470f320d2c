/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Paths of files, directories and cgroups, built from the last name to the first. Nothing is locked: if the file
 * moves meanwhile, the path may mix names from before and after the move.
 */
#ifndef LINX_BPF_PATH_H
#define LINX_BPF_PATH_H

#include "value/value.h"

/* Upper limit for the names and mounts of a path. */
#define WALK_MAX 512u
#define DELETED " (deleted)"

/* Puts len bytes in front of the path. */
static __always_inline bool prepend(struct work *w, const void *from, __u64 len)
{
	__u64 at;

	pin(len);
	if (len > 255 || w->path_at < len || w->path_at > PATH_SIZE)
		return false;
	at = w->path_at - len;
	w->path_at = at;
	pin(at);
	if (at >= PATH_SIZE)
		return len == 0;
	return !bpf_probe_read_kernel(w->path + at, len, from);
}

static __always_inline bool prepend_slash(struct work *w)
{
	__u64 at = w->path_at - 1;

	w->path_at = at;
	pin(at);
	if (at >= PATH_SIZE)
		return false;
	w->path[at] = '/';
	return true;
}

STEP(walk_step)
{
	struct work *w = x->w;
	struct dentry *d = (void *)w->walk_dentry, *up;
	struct vfsmount *mnt = (void *)w->walk_mnt;
	struct mount *m, *parent;
	__u32 len;

	if (w->walk_dentry == w->root_dentry && w->walk_mnt == w->root_mnt)
		goto end;
	if (d == GET(mnt, vfsmount, mnt_root)) {
		m = (void *)mnt - __builtin_preserve_field_info(((struct mount *)0)->mnt, 0);
		parent = GET(m, mount, mnt_parent);
		if (parent == m)
			goto end;
		w->walk_dentry = (__u64)GET(m, mount, mnt_mountpoint);
		w->walk_mnt = (__u64)parent + __builtin_preserve_field_info(((struct mount *)0)->mnt, 0);
		return 0;
	}
	up = GET(d, dentry, d_parent);
	len = GET(d, dentry, d_name.len);
	if (!prepend(w, GET(d, dentry, d_name.name), len) || !prepend_slash(w))
		return 1;
	if (up == d)
		goto end;
	w->walk_dentry = (__u64)up;
	return 0;
end:
	w->walk_ok = 1;
	return 1;
}

/* Builds the path of a file as seen from the task's root. Returns its length; below zero: unreadable or too long. */
static __noinline long make_path(struct cpu *x, struct dentry *d, struct vfsmount *mnt, struct fs_struct *fs)
{
	struct work *w = x->w;
	bool unlinked = !GET(d, dentry, d_hash.pprev) && GET(d, dentry, d_parent) != d;

	w->unlinked = unlinked;
	w->root_dentry = (__u64)GET(fs, fs_struct, root.dentry);
	w->root_mnt = (__u64)GET(fs, fs_struct, root.mnt);
	w->walk_dentry = (__u64)d;
	w->walk_mnt = (__u64)mnt;
	w->path_at = PATH_SIZE;
	w->walk_ok = 0;
	if (unlinked && !prepend(w, DELETED, sizeof(DELETED) - 1))
		return -1;
	repeat(WALK_MAX, walk_step, x);
	if (!w->walk_ok)
		return -1;
	if (w->path_at >= PATH_SIZE - (unlinked ? sizeof(DELETED) - 1 : 0) && !prepend_slash(w))
		return -1;
	return PATH_SIZE - w->path_at;
}

/* Writes the path that was built in w->path as a string value. */
static __noinline int put_path(struct cpu *x, __u32 field, long len)
{
	__u64 at = x->w->path_at;

	pin(at);
	if (len < 0 || at > PATH_SIZE)
		return put_state(x, WHAT(field, LINX_VAL_STR), LINX_UNAVAILABLE);
	return put_kernel(x, WHAT(field, LINX_VAL_STR), x->w->path + at, len);
}

STEP(kernfs_step)
{
	struct work *w = x->w;
	struct kernfs_node *n = (void *)w->walk_dentry, *up;
	struct kernfs_node___new *now = (void *)n;
	long len;

	if (bpf_core_field_exists(n->parent))
		up = GET(n, kernfs_node, parent);
	else
		up = BPF_CORE_READ(now, __parent);
	if (!up) {
		w->walk_ok = 1;
		return 1;
	}
	len = bpf_probe_read_kernel_str(w->name, sizeof(w->name), GET(n, kernfs_node, name));
	if (len <= 0 || !prepend(w, w->name, len - 1) || !prepend_slash(w))
		return 1;
	w->walk_dentry = (__u64)up;
	return 0;
}

#define SUBSYSTEMS_MAX 16

/*
 * Returns the task's cgroup of the unified hierarchy; if this is the root cgroup, returns the first cgroup of another
 * hierarchy that is not a root.
 */
static __noinline struct cgroup *cgroup_of(struct task_struct *p)
{
	struct css_set *set = BPF_CORE_READ(p, cgroups);
	struct cgroup *unified = BPF_CORE_READ(set, dfl_cgrp), *c;
	__u32 count = bpf_core_field_size(set->subsys) / sizeof(void *);

	if (BPF_CORE_READ(unified, level))
		return unified;
	for (__u32 i = 0; i < SUBSYSTEMS_MAX && i < count; i++) {
		c = BPF_CORE_READ(set, subsys[i], cgroup);
		if (BPF_CORE_READ(c, level))
			return c;
	}
	return unified;
}

static __noinline int put_cgroup(struct cpu *x, struct task_struct *p)
{
	struct work *w = x->w;

	w->walk_dentry = (__u64)BPF_CORE_READ(cgroup_of(p), kn);
	w->path_at = PATH_SIZE;
	w->walk_ok = 0;
	repeat(WALK_MAX, kernfs_step, x);
	if (w->walk_ok && w->path_at == PATH_SIZE)
		prepend_slash(w);
	return put_path(x, LINX_FIELD_CGROUP, w->walk_ok ? (long)(PATH_SIZE - w->path_at) : -1);
}

#endif
