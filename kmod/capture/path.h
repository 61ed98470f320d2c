/* SPDX-License-Identifier: GPL-2.0-only */
/* Paths as d_path() writes them, in bounded time. capture/path.c */
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

/* Called once, when the module is loaded; may sleep. */
void linx_path_init(void);

/*
 * Writes the path into PATH_MAX bytes like d_path(), always with a NUL, and sets *unlinked if the file had lost its
 * name, as the mark at the path's end shows. Any task's context. f: the record, which says whether the path counts as
 * work of a probe, and the root at which the path begins; NULL: neither. ERR_PTR(-ELOOP): too many mounts lie below
 * it; -EBUSY: the probe has done enough work; -ENOENT: the file has been freed.
 */
char *linx_d_path(const struct path *path, char *buf, bool *unlinked, const struct linx_fill *f);

/*
 * Writes the name that a socket or a pipe makes up, as d_path() has it, and a word of zeroes behind it. It avoids
 * d_path()'s formatting, which takes a thousand instructions. Probe context. Returns the end; NULL: the file has
 * another kind of name.
 */
u8 *linx_put_made_name(const struct inode *inode, u8 *to);

/*
 * Copies the root or the working directory of an fs_struct. of: the member to copy; both its words are of one moment.
 * Returns false while another task changes it.
 *
 * No reference is taken, since dropping it may sleep. fs->lock is not taken either, since other tasks hold it while
 * they walk all threads of a process. A caller that is an RCU reader from before the copy on may read the copied path
 * and follow it upwards, as getcwd(2) does: dentry, inode, mount and super block were held at that moment, and each
 * is freed a grace period after its last reference went. They may die meanwhile; a dead dentry has no inode.
 */
static __always_inline bool linx_fs_try_copy(const struct fs_struct *fs, const struct path *of, struct path *to)
{
	unsigned int seq = raw_seqcount_begin(linx_fs_seq(fs));

	to->mnt = READ_ONCE(of->mnt);
	to->dentry = READ_ONCE(of->dentry);
	return !read_seqcount_retry(linx_fs_seq(fs), seq);
}

/*
 * Copies like linx_fs_try_copy() and tries again if need be. If another task changes the path all the time, mnt is
 * NULL, and linx_d_path() fails.
 */
void linx_fs_copy(const struct fs_struct *fs, const struct path *of, struct path *to);

/*
 * Finds the place of a mount that lies in the mount in. The caller is an RCU reader. Returns false if the mount lies
 * elsewhere, is being moved, or has an unknown layout.
 *
 * The two words that hold the place change under mount_lock, which modules cannot see. path_is_mountpoint() waits
 * until nobody holds it. Words that are the same before and after it were valid at that moment.
 */
bool linx_mount_place(const struct vfsmount *mnt, const struct vfsmount *in, struct path *at);

/* The mark that d_path() adds to the path of a file without a name; linx_path_unmark() removes it. */
#define LINX_PATH_DELETED " (deleted)"
void linx_path_unmark(char *path);

#endif
