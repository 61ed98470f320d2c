/* SPDX-License-Identifier: GPL-2.0-only */
/* Paths as d_path() has them, in bounded time. capture/path.c */
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

/* Once, when the module is loaded: may sleep. */
void linx_path_init(void);

/*
 * d_path() into PATH_MAX bytes, within which a NUL ends it, and whether the file had lost its
 * name then, of which the path's end tells. Any task's, as d_path(). f: the record, which says
 * whether this is a part of what a probe may do, and whose root the path begins at; NULL: neither.
 * ERR_PTR(-ELOOP): too many mounts lie below it; -EBUSY: the probe has done enough; -ENOENT:
 * nobody has held the file any more.
 */
char *linx_d_path(const struct path *path, char *buf, bool *unlinked, const struct linx_fill *f);

/*
 * The name that a socket or a pipe makes up, and a word of zeroes behind it, as d_path() has it: without its
 * formatting, which takes a thousand instructions. Probe context. Returns its end; NULL: the file has another name.
 */
u8 *linx_put_made_name(const struct inode *inode, u8 *to);

/*
 * The root or the working directory of an fs_struct, copied as both words of it were at one
 * moment; of is that member. Returns false while another task changes it.
 *
 * No reference is taken, since giving it back may sleep, nor is fs->lock, since others hold it
 * while they look at all threads of a process. Whoever is an RCU reader from before the copy on may
 * look at what it says and follow it upwards, as getcwd(2) does: dentry, inode, mount and super
 * block were held at that moment, and each of them is freed a grace period after its last
 * reference went. But they may die: then the dentry has no inode any more.
 */
static __always_inline bool linx_fs_try_copy(const struct fs_struct *fs, const struct path *of, struct path *to)
{
	unsigned int seq = raw_seqcount_begin(linx_fs_seq(fs));

	to->mnt = READ_ONCE(of->mnt);
	to->dentry = READ_ONCE(of->dentry);
	return !read_seqcount_retry(linx_fs_seq(fs), seq);
}

/* The same, tried often enough. If it is changed all the time, mnt is NULL, and linx_d_path() cannot tell its path. */
void linx_fs_copy(const struct fs_struct *fs, const struct path *of, struct path *to);

/*
 * The place of a mount that lies in another one, for who is an RCU reader. false: it lies
 * elsewhere, or is just being moved, or the structure of mounts is not known.
 *
 * The two words that say where it lies are changed under mount_lock, which no module can
 * see. path_is_mountpoint() begins when nobody holds it. Words that are the same before
 * and after were what they are at that moment.
 */
bool linx_mount_place(const struct vfsmount *mnt, const struct vfsmount *in, struct path *at);

/* The mark that d_path() adds to the path of a file that has no name any more; and takes it off. */
#define LINX_PATH_DELETED " (deleted)"
void linx_path_unmark(char *path);

#endif
