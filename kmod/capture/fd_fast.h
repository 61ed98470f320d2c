/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The inline part of capture/fd.c, which writes a descriptor directly into its record in simple cases: the descriptor
 * table is not shared, and the file lies in the mount of the task's root, or is an internet socket. In other cases a
 * function returns NULL and has added no value; capture/fd.c then writes the value. Probe context, at the return of a
 * call. Preemption is off, which makes the probe an RCU reader.
 */
#ifndef LINX_KMOD_FD_FAST_H
#define LINX_KMOD_FD_FAST_H

#include <linux/dcache.h>
#include <linux/fdtable.h>
#include <linux/fs_struct.h>
#include <linux/limits.h>
#include <linux/magic.h>
#include <linux/mount.h>
#include <linux/seqlock.h>
#include <linux/string.h>
#include <net/sock.h>
#include "capture/user_mem.h"
#include "compat/compat.h"
#include "capture/fd.h"
#include "capture/path.h"
#include "shared/ring_proto.h"
#include "capture/sock_fast.h"

/*
 * Returns the file of a descriptor in the current task's table, and sets *flags to LINX_FD_CLOEXEC or 0. NULL: the
 * table is shared with other tasks, or the descriptor is not open.
 */
static __always_inline struct file *linx_own_file(u32 fd, u16 *flags)
{
	struct fdtable *fdt;

	if (unlikely(!linx_fds_are_own()))
		return NULL;
	fdt = rcu_dereference_raw(current->files->fdt);
	if (unlikely(fd >= fdt->max_fds))
		return NULL;
	fd = array_index_nospec(fd, fdt->max_fds);
	*flags = test_bit(fd, fdt->close_on_exec) ? LINX_FD_CLOEXEC : 0;
	return rcu_dereference_raw(fdt->fd[fd]);
}

/*
 * Returns whether the open of a file created it: LINX_FD_CREATED or LINX_FD_FOUND. mode: mode of the file's inode. 0:
 * the file is not a regular one.
 */
static __always_inline u16 linx_open_origin(const struct file *file, umode_t mode)
{
#ifdef FMODE_CREATED
	if (likely(S_ISREG(mode)))
		return file->f_mode & FMODE_CREATED ? LINX_FD_CREATED : LINX_FD_FOUND;
#endif
	return 0;
}

/*
 * Returns linx_open_origin() of a file whose descriptor is the result of a call; 0: the field is not that of a result.
 */
static __always_inline u16 linx_fd_origin(const struct file *file, u8 field)
{
	return field == LINX_FIELD_FD_RESULT && file ? linx_open_origin(file, file_inode(file)->i_mode) : 0;
}

/* One name of a path. The names are collected from the file up to the root. */
struct linx_part {
	const u8 *name;
	u32 len;
};
#define LINX_PATH_PARTS 15
static_assert(LINX_PATH_PARTS * sizeof(struct linx_part) <= LINX_RING_SCRATCH);
static_assert(LINX_PATH_PARTS * (NAME_MAX + 1) < PATH_MAX);

/*
 * Writes a slash and a name. Returns the end; NULL: the name is too long; this happens if length and name do not belong
 * together.
 */
static __always_inline u8 *linx_put_part(u8 *to, const struct linx_part *part)
{
	*to = '/';
	return linx_put_name(to + 1, part->name, part->len);
}

/*
 * Stores the names of the path from d up to stop at *part, with the name of d first and without that of stop, and
 * moves *part behind them. Returns false if the names do not fit before end, or if top is reached before stop.
 */
static __always_inline bool linx_find_parts(struct linx_part **part, const struct linx_part *end, const struct dentry *d,
					    const struct dentry *stop, const struct dentry *top)
{
	for (; d != stop; d = READ_ONCE(d->d_parent)) {
		if (unlikely(d == top || *part == end))
			return false;
		(*part)->name = READ_ONCE(d->d_name.name);
		(*part)->len = READ_ONCE(d->d_name.len);
		(*part)++;
	}
	return true;
}

/*
 * Stores the names of a path at part, like linx_find_parts(). The path's mount must be mounted within mnt, the mount of
 * the task's root; root is that root. Returns the end of the names; NULL: the mount lies elsewhere, or the path has too
 * many names.
 */
static noinline struct linx_part *linx_find_parts_across(struct linx_part *part, const struct linx_part *end, const struct path *path,
							 const struct dentry *root, const struct vfsmount *mnt)
{
	struct path at;

	if (!linx_find_parts(&part, end, path->dentry, path->mnt->mnt_root, NULL) || !linx_mount_place(path->mnt, mnt, &at) ||
	    !linx_find_parts(&part, end, at.dentry, root, mnt->mnt_root))
		return NULL;
	return part;
}

/*
 * Writes a path into the record, at the address "to", as d_path() would. The file is below the task's root in the
 * root's mount, or in a mount within that mount. The path has up to PATH_MAX - 1 bytes, and a word of zeroes follows
 * the path. Returns the end; NULL: the caller has to call d_path(). any: a constant. If false, NULL is also returned
 * for the root itself and for other mounts; then the caller makes no call and saves no register.
 *
 * Names and parents of dentries change only under rename_lock. If the count of rename_lock is the same after all names
 * were found, each name was read with its own length. If the count is the same after the names were copied, the names
 * formed one path all that time, and linx_mount_place() found a moment when the mount was in its place. The memory of
 * names is freed after a grace period at the earliest. The root's mount and dentry belong together if the count of
 * fs->seq is the same.
 */
static __always_inline u8 *linx_put_path_quick(const struct linx_ring *r, const struct path *path, bool any, u8 *to)
{
	struct linx_part *parts = (struct linx_part *)r->scratch, *end = parts + LINX_PATH_PARTS, *part = parts;
	unsigned int fs_seq = raw_seqcount_begin(linx_fs_seq(current->fs));
	unsigned int seq = raw_seqcount_begin(&rename_lock.seqcount);
	const struct dentry *root = READ_ONCE(current->fs->root.dentry);
	const struct vfsmount *mnt = READ_ONCE(current->fs->root.mnt);

	if (likely(mnt == path->mnt)) {
		if (!linx_find_parts(&part, end, path->dentry, root, mnt->mnt_root))
			return NULL;
	} else {
		if (!any)
			return NULL;
		part = linx_find_parts_across(parts, end, path, root, mnt);
		if (unlikely(!part))
			return NULL;
	}
	if (read_seqcount_retry(&rename_lock.seqcount, seq) || read_seqcount_retry(linx_fs_seq(current->fs), fs_seq))
		return NULL;
	if (unlikely(part == parts)) {
		if (!any)
			return NULL;
		*to++ = '/';
	} else {
		do {
			to = linx_put_part(to, --part);
			if (unlikely(!to))
				return NULL;
		} while (part != parts);
	}
	memset(to, 0, sizeof(u64)); /* padding */
	return unlikely(read_seqcount_retry(&rename_lock.seqcount, seq)) ? NULL : to;
}

/* Writes the head of the value at p, which consists of struct linx_fd and len more bytes. Returns the value's end. */
static __always_inline u8 *linx_fd_end(struct linx_rec *rec, u8 *p, u32 len, u8 field)
{
	len += sizeof(struct linx_fd);
	*(u64 *)p = LINX_VAL_HEAD(len, field, LINX_VAL_INFO(LINX_VAL_FD, LINX_WHOLE), len);
	rec->nvals++;
	return p + sizeof(struct linx_val) + LINX_ALIGN8(len);
}

/* Fills struct linx_fd from the inode, except for its members about path and details. */
static __always_inline void linx_fd_head_quick(struct linx_fd *head, const struct inode *inode, s32 fd, u8 type, u16 flags,
					       u64 rdev)
{
	head->fd = fd;
	head->type = type;
	head->flags = flags;
	head->dev = inode->i_sb->s_dev;
	head->ino = inode->i_ino;
	head->rdev = rdev;
	head->pid = 0;
}

/*
 * Does the path consist of the names of dentries? False if the kernel makes up the path (d_dname(), as for pipes), or
 * if the file has been deleted.
 */
static __always_inline bool linx_path_is_plain(const struct dentry *dentry)
{
	return likely(!(dentry->d_op && dentry->d_op->d_dname) && !d_unlinked(dentry));
}

/*
 * Returns the path of a descriptor's file; NULL: the descriptor table is shared, or the descriptor is not open. With
 * any, LINX_FD_CWD stands for the working directory, and the result is a copy of its path in r->cwd. Another task may
 * replace and free that directory meanwhile: then the dentry has no inode. The copy is not on the stack, where the
 * caller would reserve room for it even if no descriptor needs a copy.
 */
static __always_inline const struct path *linx_own_path(struct linx_ring *r, s32 fd, bool any, u16 *flags)
{
	const struct file *file;

	if (any && unlikely(fd == LINX_FD_CWD)) {
		*flags = 0;
		return likely(linx_fs_try_copy(current->fs, &current->fs->pwd, &r->cwd)) ? &r->cwd : NULL;
	}
	file = linx_own_file(fd, flags);
	return likely(file) ? &file->f_path : NULL;
}

/*
 * Writes a descriptor with its path as a value of this field at p. Returns the end; NULL: no value was written. any: a
 * constant. If true, the working directory and paths across mounts are written too, and files whose path the kernel
 * makes up, if they have no details.
 */
static __always_inline u8 *linx_fd_path_quick(struct linx_ring *r, struct linx_rec *rec, u8 *p, s32 fd, bool any,
					      bool details, u8 field)
{
	struct linx_fd *head = (struct linx_fd *)(p + sizeof(struct linx_val));
	const struct inode *inode;
	const struct path *path;
	u16 flags, mode;
	bool plain;
	u64 rdev;
	u8 *end;

	path = LINX_HAVE_PATHS ? linx_own_path(r, fd, any, &flags) : NULL;
	if (unlikely(!path))
		return NULL;
	plain = linx_path_is_plain(path->dentry);
	if (!plain && (!any || details))
		return NULL;
	inode = d_inode_rcu(path->dentry);
	if (any && unlikely(!inode))
		return NULL;
	mode = inode->i_mode;
	rdev = S_ISCHR(mode) || S_ISBLK(mode) ? inode->i_rdev : 0;
	if (unlikely(rdev == LINX_DEV_PTMX)) /* the details of /dev/ptmx hold the number of the terminal */
		return NULL;
	if (field == LINX_FIELD_FD_RESULT) /* a result is never the working directory, so the path is that of a file */
		flags |= linx_open_origin(container_of(path, const struct file, f_path), mode);
	linx_fd_head_quick(head, inode, fd, *(linx_fd_types + (mode >> 12)), flags, rdev);
	end = !any || likely(plain) ? linx_put_path_quick(r, path, any, (u8 *)(head + 1)) :
				      linx_put_made_name(inode, (u8 *)(head + 1));
	if (unlikely(!end))
		return NULL;
	head->path_state = LINX_WHOLE;
	head->path_len = end - (u8 *)(head + 1);
	head->detail = 0;
	return linx_fd_end(rec, p, end - (u8 *)(head + 1), field);
}

/* Does the same as linx_fd_opened() in simple cases; else returns NULL. */
static __always_inline u8 *linx_fd_opened_quick(struct linx_ring *r, struct linx_rec *rec, u8 *p, s32 fd)
{
	return linx_fd_path_quick(r, rec, p, fd, false, false, LINX_FIELD_FD_RESULT);
}

/* Does the same as linx_fd_put_one(), without a call in simple cases. */
static __always_inline u8 *linx_fd_put_one_fast(struct linx_ring *r, struct linx_rec *rec, u8 *p, s32 fd, u8 field, u32 what)
{
	u8 *end = NULL;

	if (likely(what & LINX_SETUP_FD_PATHS))
		end = linx_fd_path_quick(r, rec, p, fd, true, what & LINX_SETUP_FD_DETAILS, field);
	return likely(end) ? end : linx_fd_put_one(r, rec, p, fd, field, what);
}

/* Returns argument i of a call, or its result if i is LINX_FD_RESULT, as a descriptor. */
static __always_inline s32 linx_fd_of(const u64 *args, unsigned int i)
{
	return i == LINX_FD_RESULT ? args[-1] : args[i];
}

/* Is fd equal to an argument (or the result) whose bit is set in "recorded"? Then the record already has its value. */
static __always_inline bool linx_fd_is_recorded(const u64 *args, unsigned int recorded, s32 fd)
{
	for (; unlikely(recorded); recorded &= recorded - 1)
		if (linx_fd_of(args, __ffs(recorded)) == fd)
			return true;
	return false;
}

/*
 * Writes at p, in the order of linx_fd_find(), the values of all descriptors of a call that has descriptors only in
 * arguments and result. Used in sessions with LINX_SETUP_FDS. LINX_FD_FAST_ROOM bytes are free for each of
 * LINX_FD_FAST_MAX descriptors. args: the arguments in the record; at a return, args[-1] is the result. first_value:
 * the first of the record's other values; the values end at p. of: the call's row of the call table, or of its variant.
 * Returns the end; NULL: linx_fd_put() has to write the values.
 */
static __always_inline u8 *linx_fd_put_fast(const struct linx_session *s, struct linx_ring *r, struct linx_rec *rec,
					    const struct linx_row *of, u32 key, const u64 *args, const u8 *first_value, u8 *p)
{
	bool returned = rec->kind == LINX_REC_EXIT, done = returned && !IS_ERR_VALUE(args[-1]);
	const struct linx_fd_row *row = linx_fd_row(key);
	unsigned int all = row->args, todo, i, first = 0;
	bool opened = false, peer = false;
	u32 what;
	s32 fd;

	if (unlikely(row->looks) && linx_fd_has_more(key, first_value, p))
		return NULL;
	if (done)
		/* If the call has an entry record, that record has the descriptors that arguments hold. */
		all = (linx_selects_entry(s, of, key, args) ? 0 : all) | row->result;
	if (returned && s->flags & LINX_SETUP_RESOLVED && linx_has_resolved(row->resolved, args[-1])) {
		opened = row->resolved == LINX_RESOLVED_OPENED;
		peer = row->resolved == LINX_RESOLVED_PEER;
		first = opened ? LINX_FD_RESULT : 0;
		all |= peer; /* bit 0: the socket is argument 0 */
	}
	for (todo = all; p && todo; todo &= ~BIT(i)) {
		i = first ?: __ffs(todo);
		first = 0;
		fd = linx_fd_of(args, i);
		/* A negative number is not a descriptor, except AT_FDCWD in an argument that takes AT_FDCWD. */
		if ((fd < 0 && !(fd == LINX_FD_CWD && row->dirs & BIT(i))) ||
		    linx_fd_is_recorded(args, all & ~todo & (fd < 0 ? row->dirs : ~0U), fd))
			continue;
		what = s->flags & LINX_SETUP_FDS;
		what |= opened && i == LINX_FD_RESULT ? LINX_SETUP_FD_PATHS : 0;
		what |= peer && !i ? LINX_SETUP_FD_DETAILS : 0;
		p = linx_fd_put_one_fast(r, rec, p, fd, i == LINX_FD_RESULT ? LINX_FIELD_FD_RESULT : LINX_FIELD_FD + i, what);
	}
	return p;
}

/*
 * Returns the struct sock of a file, which exists as long as the file. NULL: the file is not a socket, or was opened
 * with O_PATH and therefore keeps only the inode.
 */
static __always_inline const struct sock *linx_file_sock(const struct file *file)
{
	struct inode *inode = d_inode(file->f_path.dentry);

	if (unlikely(file->f_mode & FMODE_PATH))
		return NULL;
	return inode->i_sb->s_magic == SOCKFS_MAGIC ? READ_ONCE(SOCKET_I(inode)->sk) : NULL;
}

/* Does the same as linx_fd_peer() for an internet socket in a table that is not shared; else returns NULL. */
static __always_inline u8 *linx_fd_peer_quick(struct linx_rec *rec, u8 *p, s32 fd)
{
	struct linx_fd *head = (struct linx_fd *)(p + sizeof(struct linx_val));
	struct linx_sock *to = (struct linx_sock *)(head + 1);
	const struct dentry *dentry;
	const struct file *file;
	const struct sock *sk;
	u16 flags;
	u32 len;

	file = linx_own_file(fd, &flags);
	sk = likely(file) ? linx_file_sock(file) : NULL;
	if (unlikely(!sk || (sk->sk_family != AF_INET && sk->sk_family != AF_INET6)))
		return NULL;
	dentry = file->f_path.dentry;
	len = dentry->d_name.len;
	if (unlikely(len >= sizeof(u64)))
		return NULL;
	linx_fd_head_quick(head, d_inode(dentry), fd, LINX_FD_SOCKET, flags, 0);
	head->path_state = LINX_ABSENT;
	head->path_len = 0;
	head->detail = sizeof(*to);
	linx_sock_put_kind(sk, to);
	linx_sock_put_inet(sk, to);
	linx_put_name((u8 *)to->proto, dentry->d_name.name, len);
	memset(to->proto + sizeof(u64), 0, sizeof(to->proto) - sizeof(u64));
	return linx_fd_end(rec, p, sizeof(*to), LINX_FIELD_FD);
}

/* Does the same as linx_fd_is_netlink(), without a call if the descriptor table is not shared. */
static __always_inline bool linx_fd_is_netlink_quick(s32 fd)
{
	const struct file *file;
	const struct sock *sk;
	u16 flags;

	file = linx_own_file(fd, &flags);
	if (unlikely(!file))
		return linx_fd_is_netlink(fd);
	sk = linx_file_sock(file);
	return sk && sk->sk_family == AF_NETLINK;
}

#endif
