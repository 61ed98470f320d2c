// SPDX-License-Identifier: GPL-2.0-only
/*
 * Paths of files and directories. Any number of mounts may lie on top of each other at one directory. The path does not
 * show them, but d_path() visits each one, and its time has no bound. Therefore the mounts are counted first, and no
 * path is returned if there are too many.
 *
 * A task that moves mounts during the lookup can evade the count. Then the time of this one call of d_path() has no
 * bound.
 */
#include <linux/dcache.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/fs_struct.h>
#include <linux/lockref.h>
#include <linux/magic.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/path.h>
#include <linux/printk.h>
#include <linux/processor.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/string.h>
#include "capture/path.h"
#include "compat/compat.h"
#include "core/probe_work.h"
#include "core/ring.h"

/* Most mounts between a file and its root. */
#define MOUNTS_MAX 256

/*
 * Work of a path, in the unit of core/probe_work.h: a base, and a part for each mount and for each byte. A byte counts
 * more in a path of LONG_PATH bytes or more.
 */
#define WORK_OF_PATH 500
#define WORK_OF_MOUNT 100
#define WORK_OF_BYTE 10
#define WORK_OF_LONG_BYTE 60
#define LONG_PATH 256

static bool mounts_known __ro_after_init; /* struct linx_mount has the layout of this kernel's private struct mount */

static const struct linx_mount *mount_of(const struct vfsmount *mnt)
{
	return container_of(mnt, struct linx_mount, mnt);
}

/*
 * Goes from a mount to its parent, by the kernel's follow_up() and by struct linx_mount. Returns false if the results
 * differ. *top is set to true if the mount has no parent.
 */
static bool __init goes_up_alike(struct path *at, bool *top)
{
	const struct linx_mount *m = mount_of(at->mnt), *parent = READ_ONCE(m->parent);
	const struct dentry *mountpoint = READ_ONCE(m->mountpoint);

	*top = !follow_up(at);
	if (*top)
		return parent == m && mountpoint == at->mnt->mnt_root;
	return parent == mount_of(at->mnt) && mountpoint == at->dentry;
}

/*
 * Checks that struct linx_mount has the layout of the kernel's private struct mount. A pointer in such a structure is
 * followed only after it has been compared with the result of a kernel function.
 */
void __init linx_path_init(void)
{
	bool top = false, alike = true;
	struct path at;

	get_fs_root(current->fs, &at);
	while (alike && !top)
		alike = goes_up_alike(&at, &top);
	path_put(&at);
	mounts_known = alike;
	if (!alike)
		pr_notice("linx: mounts of this kernel are not those that are known: a path takes as long as mounts lie below it\n");
}

/*
 * Returns the mount at which d_path() stops at the latest: that of the current task's root. NULL: there is none, as
 * the task's root is a directory within its mount.
 */
static const struct vfsmount *root_mount(void)
{
	const struct vfsmount *root = READ_ONCE(current->fs->root.mnt);

	return READ_ONCE(current->fs->root.dentry) == root->mnt_root ? root : NULL;
}

/*
 * Counts the mounts between the file's mount and the task's root, up to MOUNTS_MAX. As in d_path(), RCU keeps the
 * mounts from being freed. 0: the kernel's layout is not known.
 */
static unsigned int count_mounts(const struct path *path)
{
	const struct linx_mount *m = mount_of(path->mnt), *parent;
	const struct vfsmount *root;
	unsigned int n = 0;

	if (!mounts_known)
		return 0;
	rcu_read_lock();
	root = root_mount();
	while (n < MOUNTS_MAX && &m->mnt != root) {
		parent = READ_ONCE(m->parent);
		if (parent == m)
			break;
		m = parent;
		n++;
	}
	rcu_read_unlock();
	return n;
}

bool linx_mounts_known(void)
{
	return mounts_known;
}

bool linx_mount_place(const struct vfsmount *mnt, const struct vfsmount *in, struct path *at)
{
	const struct linx_mount *m = mount_of(mnt);
	const struct linx_mount *parent = READ_ONCE(m->parent);

	if (!mounts_known || &parent->mnt != in)
		return false;
	at->mnt = (struct vfsmount *)in;
	at->dentry = READ_ONCE(m->mountpoint);
	smp_rmb(); /* this and the next smp_rmb(): both members are read before and after path_is_mountpoint() */
	if (!path_is_mountpoint(at))
		return false;
	smp_rmb();
	return READ_ONCE(m->parent) == parent && READ_ONCE(m->mountpoint) == at->dentry;
}

/*
 * Returns d_path() of the path, and sets *unlinked if the file has no name any more. If the name was removed during the
 * call, it is not known whether d_path() added " (deleted)". Then d_path() is called again: the second result is right,
 * since a removed name never comes back.
 */
static char *ask(const struct path *path, char *buf, bool *unlinked)
{
	char *name;

	*unlinked = d_unlinked(path->dentry);
	name = d_path(path, buf, PATH_MAX);
	if (unlikely(*unlinked != d_unlinked(path->dentry))) {
		*unlinked = !*unlinked;
		name = d_path(path, buf, PATH_MAX);
	}
	buf[PATH_MAX - 1] = '\0'; /* paths that the kernel builds end here; d_dname() of a driver may forget the NUL */
	/* d_dname() of a driver may return a pointer outside of buf */
	if (!IS_ERR(name) && (name < buf || name >= buf + PATH_MAX))
		return ERR_PTR(-EFAULT);
	return name;
}

void linx_path_unmark(char *path)
{
	size_t len = strlen(path), mark = sizeof(LINX_PATH_DELETED) - 1;

	if (len >= mark && !strcmp(path + len - mark, LINX_PATH_DELETED))
		path[len - mark] = '\0';
}

/*
 * Returns "path" as seen from the directory "root" if it equals "root" or lies below it, else the whole path. May
 * overwrite bytes of path.
 */
static char *below(char *path, const char *root)
{
	size_t len = strlen(root);

	if (!strcmp(root, "/") || strncmp(path, root, len))
		return path;
	if (path[len] == '/')
		return path + len;
	if (path[len] && strcmp(path + len, LINX_PATH_DELETED))
		return path;
	path[len - 1] = '/'; /* the path is the root itself */
	return path + len - 1;
}

/* Returns the work of a path of len bytes. */
static u32 work_of_name(u32 len)
{
	return len * (len < LONG_PATH ? WORK_OF_BYTE : WORK_OF_LONG_BYTE);
}

/* Most tries to copy a path that another task is changing. A change takes a few instructions. */
#define COPY_TRIES 256

void linx_fs_copy(const struct fs_struct *fs, const struct path *of, struct path *to)
{
	unsigned int i;

	for (i = 0; i < COPY_TRIES; i++) {
		if (likely(linx_fs_try_copy(fs, of, to)))
			return;
		cpu_relax();
	}
	to->mnt = NULL; /* to->mnt and to->dentry may not belong together */
}

char *linx_d_path(const struct path *path, char *buf, bool *unlinked, const struct linx_fill *f)
{
	bool counted = f && f->in_probe;
	unsigned int mounts;
	char *name;

	*unlinked = d_unlinked(path->dentry);
	if (unlikely(!path->mnt))
		return ERR_PTR(-ENOENT);
	if (counted && linx_probe_is_spent())
		return ERR_PTR(-EBUSY);
	mounts = count_mounts(path);
	if (counted)
		linx_probe_spend(WORK_OF_PATH + mounts * WORK_OF_MOUNT);
	if (mounts == MOUNTS_MAX)
		return ERR_PTR(-ELOOP);
	name = ask(path, buf, unlinked);
	if (unlikely(lockref_is_dead(&path->dentry->d_lockref)))
		name = ERR_PTR(-ENOENT); /* the dentry died: d_path() may have taken the file for a deleted one */
	if (counted)
		linx_probe_spend(work_of_name(IS_ERR(name) ? PATH_MAX : buf + PATH_MAX - name));
	else if (f && f->root && !IS_ERR(name))
		name = below(name, f->root);
	return name;
}

/* Writes a number in decimal digits to the address "to". Returns the end of the digits. */
static u8 *put_digits(u8 *to, u64 n)
{
	u8 digits[20], *d = digits; /* 20 digits hold U64_MAX */

	do
		*d++ = '0' + n % 10;
	while (n /= 10);
	while (d != digits)
		*to++ = *--d;
	return to;
}

u8 *linx_put_made_name(const struct inode *inode, u8 *to)
{
	/* The texts are those that sockfs_dname() and pipefs_dname() make in all supported kernels. */
	if (inode->i_sb->s_magic == SOCKFS_MAGIC) {
		memcpy(to, "socket:[", 8);
		to += 8;
	} else if (inode->i_sb->s_magic == PIPEFS_MAGIC) {
		memcpy(to, "pipe:[", 6);
		to += 6;
	} else {
		return NULL;
	}
	to = put_digits(to, inode->i_ino);
	*to++ = ']';
	memset(to, 0, sizeof(u64));
	return to;
}
