/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Values of files behind descriptors: type, identity, path, addresses of sockets. The rules are those of
 * kmod/capture/fd.c. The program takes no lock and no reference. Another thread may therefore close the file meanwhile.
 * So the program reads the descriptor's entry in the table again after it has read the file, and once more after it has
 * read the file's socket. If the entry has changed, the program leaves out what it read, which may be of another file.
 */
#ifndef LINX_BPF_FILE_H
#define LINX_BPF_FILE_H

#include "value/sock.h"
#include "task/task.h"

/* Facts of a file to record: one bit each. */
#define RECORD_PATH 0x1u
#define RECORD_DETAILS 0x2u
#define RECORD_DEVICE 0x4u /* the device number, if the file is a device */
#define RECORD_SOCKET 0x8u /* addresses and other details, if the file is a socket */

#define S_IFMT 0170000
#define S_IFCHR 0020000
#define S_IFBLK 0060000

static __always_inline bool is_device(__u32 mode)
{
	return (mode & S_IFMT) == S_IFCHR || (mode & S_IFMT) == S_IFBLK;
}

/* Copies type, identity and file system of the file's inode to *f. */
static __always_inline int look_at(struct found *f, struct dentry *d, struct vfsmount *mnt)
{
	struct inode *inode = GET(d, dentry, d_inode);
	struct super_block *sb = GET(inode, inode, i_sb);

	f->dentry = (__u64)d;
	f->mnt = (__u64)mnt;
	f->inode = (__u64)inode;
	f->mode = GET(inode, inode, i_mode);
	f->ino = GET(inode, inode, i_ino);
	f->magic = GET(sb, super_block, s_magic);
	f->dev = GET(sb, super_block, s_dev);
	f->rdev = is_device(f->mode) ? GET(inode, inode, i_rdev) : 0;
	return 0;
}

/*
 * Reads the file in the entry of a descriptor table. slot: address of the entry. Returns false if the entry has no
 * file, or if it has changed at the end: the memory of a struct file may be reused at once when the file is closed. The
 * memory of dentries and inodes is not reused before the program ends.
 */
static __always_inline bool look_at_slot(struct found *f, __u64 slot)
{
	__u64 file = word_at(slot);

	if (!file)
		return false;
	f->slot = slot;
	f->file = file;
	look_at(f, GET(file, file, f_path.dentry), GET(file, file, f_path.mnt));
	return word_at(slot) == file;
}

/*
 * Finds the file of a descriptor in the table of x->task, and sets x->w->found. Returns false if the descriptor has no
 * file.
 */
static __noinline bool find_file(struct cpu *x, __u32 fd)
{
	struct files_struct *files = MEMBER(x->task, files);
	struct fdtable *fdt = MEMBER(files, fdt);
	__u64 bits;

	if (fd >= MEMBER(fdt, max_fds))
		return false;
	bits = word_at((__u64)MEMBER(fdt, close_on_exec) + (fd / 64) * 8ull);
	x->w->found.cloexec = bits >> (fd & 63) & 1;
	return look_at_slot(&x->w->found, (__u64)MEMBER(fdt, fd) + (__u64)fd * 8);
}

static __always_inline __u32 type_of_mode(__u32 mode)
{
	switch (mode & S_IFMT) {
	case 0100000:
		return LINX_FD_FILE;
	case 0040000:
		return LINX_FD_DIR;
	case S_IFCHR:
		return LINX_FD_CHAR;
	case S_IFBLK:
		return LINX_FD_BLOCK;
	case 0010000:
		return LINX_FD_PIPE;
	case 0140000:
		return LINX_FD_SOCKET;
	case 0120000:
		return LINX_FD_LINK;
	default:
		return LINX_FD_OTHER;
	}
}

static __always_inline bool name_is(const char *name, const char *want, __u64 size)
{
	for (__u64 i = 0; i < size; i++)
		if (name[i] != want[i])
			return false;
	return true;
}

/* Returns the type of an anonymous inode by its name, which the kernel alone chooses. */
static __noinline __u32 anon_type(struct dentry *d)
{
	char name[16] = { 0 };

	bpf_probe_read_kernel_str(name, sizeof(name), GET(d, dentry, d_name.name));
	if (name_is(name, "[eventfd]", 10))
		return LINX_FD_EVENTFD;
	if (name_is(name, "[signalfd]", 11))
		return LINX_FD_SIGNALFD;
	return name_is(name, "[pidfd]", 8) ? LINX_FD_PIDFD : LINX_FD_ANON;
}

static __always_inline __u32 type_of(const struct found *f)
{
	if (f->magic == ANON_INODE_FS_MAGIC)
		return anon_type((void *)f->dentry);
	return f->magic == PID_FS_MAGIC ? LINX_FD_PIDFD : type_of_mode(f->mode);
}

/* Returns the process number of a pidfd; 0: the process is gone, or the number cannot be read. */
static __noinline __u32 pid_of(const struct found *f)
{
	struct pid *pid = 0;

	if (f->magic == PID_FS_MAGIC)
		pid = GET(f->inode, inode, i_private);
	else if (f->file && !(GET(f->file, file, f_mode) & FMODE_PATH))
		pid = GET(f->file, file, private_data);
	if (!pid || !BPF_CORE_READ(pid, tasks[0].first))
		return 0;
	return number_in(pid, true);
}

static __always_inline bool prepend_word(struct work *w, const char *word, __u64 size)
{
	return prepend(w, word, size - 1);
}

STEP(prepend_digit)
{
	struct work *w = x->w;
	char digit = '0' + w->walk_dentry % 10;

	if (!prepend(w, &digit, 1))
		return 1;
	w->walk_dentry /= 10;
	return !w->walk_dentry;
}

/* Prepends ":[number]" to the path. The caller then prepends the kind of the file. */
static __always_inline bool prepend_number(struct cpu *x, __u64 number)
{
	struct work *w = x->w;

	w->walk_dentry = number;
	if (!prepend_word(w, "]", 2))
		return false;
	repeat(20, prepend_digit, x);
	return prepend_word(w, ":[", 3);
}

static __noinline bool prepend_name(struct work *w, const void *from)
{
	long len = bpf_probe_read_kernel_str(w->name, sizeof(w->name), from);

	return len > 0 && prepend(w, w->name, len - 1);
}

static __always_inline bool make_ns_name(struct cpu *x)
{
	struct ns_common___ops *ns = GET(x->w->found.inode, inode, i_private);

	return prepend_number(x, x->w->found.ino) && prepend_name(x->w, BPF_CORE_READ(ns, ops, name));
}

/* Makes the path of a file that has no place in a directory, as the kernel's d_dname() does for each kind. */
static __noinline bool make_name(struct cpu *x)
{
	struct work *w = x->w;
	struct dentry *d = (void *)w->found.dentry;

	switch (w->found.magic) {
	case PIPEFS_MAGIC:
		return prepend_number(x, w->found.ino) && prepend_word(w, "pipe", 5);
	case SOCKFS_MAGIC:
		return prepend_number(x, w->found.ino) && prepend_word(w, "socket", 7);
	case NSFS_MAGIC:
		return make_ns_name(x);
	case PID_FS_MAGIC:
		return prepend_word(w, "anon_inode:[pidfd]", 19);
	case ANON_INODE_FS_MAGIC:
		return prepend_name(w, GET(d, dentry, d_name.name)) && prepend_word(w, "anon_inode:", 12);
	case TMPFS_MAGIC:
	case HUGETLBFS_MAGIC:
	case SECRETMEM_MAGIC:
		return prepend_word(w, DELETED, sizeof(DELETED)) && prepend_name(w, GET(d, dentry, d_name.name)) &&
		       prepend_slash(w);
	default:
		return false;
	}
}

/* Does the kernel make up the path of this file? */
static __always_inline bool is_made_up(const struct found *f)
{
	const struct dentry_operations *op = GET(f->dentry, dentry, d_op);

	if (!op || !GET(op, dentry_operations, d_dname))
		return false;
	return GET(f->dentry, dentry, d_parent) != (void *)f->dentry ||
	       GET(f->mnt, vfsmount, mnt_root) != (void *)f->dentry;
}

/*
 * Makes the path of the file in w->found, at the end of w->path. Returns the length of the path; below zero: the path
 * cannot be made. *deleted: set to 1 if the kernel marks the file as deleted.
 */
static __always_inline long find_path(struct cpu *x, __u32 *deleted)
{
	struct work *w = x->w;
	struct found *f = &w->found;
	long len;

	if (is_made_up(f)) {
		w->path_at = PATH_SIZE;
		*deleted = f->magic == TMPFS_MAGIC || f->magic == HUGETLBFS_MAGIC || f->magic == SECRETMEM_MAGIC;
		return make_name(x) ? (long)(PATH_SIZE - w->path_at) : -1;
	}
	len = make_path(x, (void *)f->dentry, (void *)f->mnt, MEMBER(x->task, fs));
	*deleted = len > 0 && w->unlinked;
	return len;
}

/* Writes the structure with which a descriptor's value begins, at offset "at" in the ring. */
static __always_inline void put_fd_words(struct cpu *x, __u64 at, const struct linx_fd *head)
{
	__u8 *p = ring_at(x, at, sizeof(*head));

	for (__u32 i = 0; p && i < sizeof(*head) / 8; i++)
		*(volatile __u64 *)(p + i * 8) = ((const __u64 *)(const void *)head)[i];
}

/* Writes at most "room" bytes of the file's path at offset "at" in the ring. Returns how many bytes were written. */
static __noinline __u64 put_fd_path(struct cpu *x, struct linx_fd *head, __u64 at, __u64 room)
{
	struct work *w = x->w;
	__u32 deleted = 0;
	long n = find_path(x, &deleted);
	__u64 len = n, from = w->path_at;
	__u8 *p = ring_at(x, at, PATH_SIZE);

	head->path_state = LINX_UNAVAILABLE;
	if (n < 0 || !p)
		return 0;
	head->path_len = n;
	head->path_state = len <= room ? LINX_WHOLE : room ? LINX_TRUNCATED : LINX_UNAVAILABLE;
	head->flags |= deleted ? LINX_FD_DELETED : 0;
	len = min_u64(len, room);
	pin(from);
	pin(len);
	if (from > PATH_SIZE || len > PATH_SIZE || bpf_probe_read_kernel(p, len, w->path + from))
		return 0;
	return len;
}

/*
 * Upper limits in bytes. FD_INFO_MAX: lines of fdinfo. FD_FIXED_MAX: a descriptor's value without head and path.
 * FD_ROOM: a descriptor's value with head and path.
 */
#define FD_INFO_MAX 200u
#define FD_FIXED_MAX (sizeof(struct linx_fd) + sizeof(struct linx_sock) + 112)
#define FD_ROOM (8 + FD_FIXED_MAX + PATH_SIZE)

#ifdef LINX_REDUCED
#define put_info(x, at, type) 0
#else
/*
 * Writes the lines that the file adds to /proc/PID/fdinfo, in the format of this kernel. Returns the number of bytes of
 * these lines; 0: there are none.
 */
static __noinline __u64 put_info(struct cpu *x, __u64 at, __u32 type)
{
	static const char count[] = "eventfd-count: %16llx\neventfd-id: %lld\n";
	static const char semaphore[] = "eventfd-count: %16llx\neventfd-id: %lld\neventfd-semaphore: %lld\n";
	static const char mask[] = "sigmask:\t%016llx\n", terminal[] = "tty-index:\t%lld\n";
	struct found *f = &x->w->found;
	void *own = f->file && !(GET(f->file, file, f_mode) & FMODE_PATH) ? GET(f->file, file, private_data) : 0;
	__u8 *p = ring_at(x, at, FD_INFO_MAX);
	__u64 args[3];
	long n = 0;

	if (!own || !p)
		return 0;
	if (type == LINX_FD_SIGNALFD) {
		args[0] = ~(__u64)BPF_CORE_READ((struct signalfd_ctx *)own, sigmask.sig[0]);
		n = bpf_snprintf((char *)p, FD_INFO_MAX, mask, args, 8);
		return n > 0 ? n - 1 : 0;
	}
	if (type == LINX_FD_CHAR) {
		args[0] = BPF_CORE_READ((struct tty_file_private *)own, tty, index);
		n = bpf_snprintf((char *)p, FD_INFO_MAX, terminal, args, 8);
		return n > 0 ? n - 1 : 0;
	}
	args[0] = BPF_CORE_READ((struct eventfd_ctx *)own, count);
	args[1] = BPF_CORE_READ((struct eventfd_ctx *)own, id);
	args[2] = BPF_CORE_READ((struct eventfd_ctx *)own, flags) & 1;
	if (config.flags & LINX_BPF_EVENTFD_SEMAPHORE)
		n = bpf_snprintf((char *)p, FD_INFO_MAX, semaphore, args, 24);
	else if (config.flags & LINX_BPF_EVENTFD)
		n = bpf_snprintf((char *)p, FD_INFO_MAX, count, args, 16);
	return n > 0 ? n - 1 : 0;
}
#endif

/*
 * Writes the details of the file found (addresses of a socket, or lines of fdinfo) at offset "at" in the ring, and
 * zeroes to the end of the last word. Returns the number of bytes of the details; 0: there are none.
 */
static __noinline __u64 put_details(struct cpu *x, __u64 at, __u32 type)
{
	__u64 len = 0;
	__u8 *last;

	if (type == LINX_FD_SOCKET)
		len = put_sock(x, at);
	else if (type == LINX_FD_EVENTFD || type == LINX_FD_SIGNALFD || (type == LINX_FD_CHAR && x->w->found.rdev == LINX_DEV_PTMX))
		len = put_info(x, at, type);
	len = opaque(x, len);
	last = ring_at(x, at + (len & ~7ull), 8);
	if (last && len & 7)
		*(volatile __u64 *)last &= (1ull << (len & 7) * 8) - 1;
	return len;
}

/* Returns how many bytes of a record may be taken by values about descriptors. */
static __always_inline __u64 fds_room(void)
{
	return min_u64(LINX_BPF_FDS_MAX, config.rec_limit / 4);
}

/*
 * Returns whether the open of a file created it, if the field is that of a call's result and the file is a regular one:
 * LINX_FD_CREATED or LINX_FD_FOUND; else 0.
 */
static __always_inline __u16 origin_of(const struct found *f, __u32 field)
{
	if (field != LINX_FIELD_FD_RESULT || !f->file || (f->mode & S_IFMT) != 0100000)
		return 0;
	return GET(f->file, file, f_mode) & FMODE_CREATED ? LINX_FD_CREATED : LINX_FD_FOUND;
}

/* Writes the value of a field: the file in w->found, which descriptor fd refers to. parts: RECORD_*. */
static __noinline int put_found(struct cpu *x, __s32 fd, __u32 field, __u32 parts)
{
	struct work *w = x->w;
	struct found *f = &w->found;
	struct linx_fd head __attribute__((aligned(8))) = {
		.fd = fd,
		.type = type_of(f),
		.path_state = LINX_ABSENT,
		.flags = (f->cloexec ? LINX_FD_CLOEXEC : 0) | w->foreign | origin_of(f, field),
		.dev = f->dev,
		.ino = f->ino,
		.rdev = f->rdev,
	};
	__u64 at = w->at + 8, fixed = sizeof(head), len = 0;

	if (w->end < w->at || w->end - w->at < FD_ROOM) {
		w->full = 1;
		return 0;
	}
	if (head.type == LINX_FD_PIDFD)
		head.pid = pid_of(f);
	if (parts & (RECORD_DETAILS | RECORD_SOCKET) && (parts & RECORD_DETAILS || head.type == LINX_FD_SOCKET))
		head.detail = put_details(x, at + fixed, head.type);
	if (!(parts & RECORD_PATH) && !head.detail && !(parts & RECORD_DEVICE && f->rdev))
		return 0;
	fixed += align8(head.detail);
	if (fixed + w->fd_kept > w->fd_left) { /* device and inode are recorded even without room for the path */
		fixed = sizeof(head);
		head.detail = 0;
		head.path_state = LINX_UNAVAILABLE;
		if (fixed > w->fd_left)
			return 0;
	} else if (parts & RECORD_PATH) {
		len = put_fd_path(x, &head, at + fixed, w->fd_left - w->fd_kept - fixed);
	}
	put_fd_words(x, at, &head);
	val_finish(x, w->at, field | (LINX_VAL_FD << 3 | (head.path_state == LINX_TRUNCATED ? LINX_TRUNCATED : LINX_WHOLE)) << 8,
		   fixed + len, fixed + len);
	w->fd_left -= min_u64(w->fd_left, 8 + align8(fixed + len));
	w->nvals = (w->nvals + 1) & 0xff;
	return 0;
}

#endif
