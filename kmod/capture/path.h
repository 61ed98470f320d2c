/* SPDX-License-Identifier: GPL-2.0-only */
/* Paths as d_path() writes them, in bounded time. Implemented in capture/path.c. */
#ifndef LINX_KMOD_PATH_H
#define LINX_KMOD_PATH_H

#include <linux/init.h>
#include <linux/path.h>
#include <linux/seqlock.h>
#include <linux/types.h>
#include "compat/compat.h"

struct inode;
struct linx_fill;
struct vfsmount;

/* Checks the kernel's layout of mounts. Called once, when the module is loaded; may sleep. */
void linx_path_init(void);

/*
 * Writes the path into buf, which has PATH_MAX bytes, like d_path(), always with a NUL. Returns where the path begins,
 * and sets *unlinked if the file has no name any more and the path therefore ends in LINX_PATH_DELETED. The function
 * can be called in the context of any task. f: the record, or NULL. If f->in_probe is set, the path counts as work of
 * the probe. If it is not set, the path begins at f->root, unless that is NULL. Errors: ERR_PTR(-ELOOP): too many
 * mounts between the file and the root; -EBUSY: the probe has reached its limit of work; -ENOENT: the file has been
 * freed.
 */
char *linx_d_path(const struct path *path, char *buf, bool *unlinked, const struct linx_fill *f);

/*
 * Writes the path of a socket or a pipe, such as "pipe:[123]", as d_path() does, and a word of zeroes behind it.
 * d_path() would need a thousand instructions to format it. Probe context. Returns the end; NULL: the inode is not that
 * of a socket or a pipe.
 */
u8 *linx_put_made_name(const struct inode *inode, u8 *to);

/*
 * Copies the path of the root or of the working directory of an fs_struct. of: the member to copy. Mount and dentry of
 * the copy belong together. Returns false if another task changes the path meanwhile.
 *
 * No reference is taken, since dropping it may sleep. fs->lock is not taken either, since other tasks hold it while
 * they walk all threads of a process. The caller may use the copy, also to go to its parents, as getcwd(2) does, if it
 * became an RCU reader before the copy and still is one: dentry, inode, mount and super block had references at that
 * moment, and are freed a grace period after the last one is dropped. The dentry may die meanwhile: then it has no
 * inode.
 */
static __always_inline bool linx_fs_try_copy(const struct fs_struct *fs, const struct path *of, struct path *to)
{
	unsigned int seq = raw_seqcount_begin(linx_fs_seq(fs));

	to->mnt = READ_ONCE(of->mnt);
	to->dentry = READ_ONCE(of->dentry);
	return !read_seqcount_retry(linx_fs_seq(fs), seq);
}

/*
 * Copies like linx_fs_try_copy(), with several tries. If another task changes the path all the time, to->mnt is set to
 * NULL. linx_d_path() fails for such a path.
 */
void linx_fs_copy(const struct fs_struct *fs, const struct path *of, struct path *to);

/*
 * Finds the mount point of the mount "mnt", if it lies in the mount "in", and sets *at to the mount point. The caller
 * is an RCU reader. Returns false if mnt is mounted elsewhere, is being moved, or the kernel's layout of mounts is not
 * known.
 *
 * The two members that hold the mount point change under mount_lock, which modules cannot use. path_is_mountpoint()
 * waits until nobody holds that lock. Members that have the same values before and after this call were valid during
 * the call.
 */
bool linx_mount_place(const struct vfsmount *mnt, const struct vfsmount *in, struct path *at);

/* Does struct linx_mount have the layout of this kernel's mounts? */
bool linx_mounts_known(void);

/* Text that d_path() adds to the path of a file whose name was removed; linx_path_unmark() cuts it off the path. */
#define LINX_PATH_DELETED " (deleted)"
void linx_path_unmark(char *path);

#endif
