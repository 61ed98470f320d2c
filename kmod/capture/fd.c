// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes values of descriptors into records: type, identity, path and addresses of the file that a descriptor refers
 * to. Nothing may sleep: preemption is off in a probe, and a snapshot holds the lock of the table. On PREEMPT_RT values
 * that need a spinlock are left out.
 *
 * A descriptor table that is not shared is written only by its own task: its files are used without a reference, as
 * fdget() does. In a shared table a reference to the file is taken, and dropped before the probe ends. If another
 * thread closed the file in between, that is the last reference, and fput() defers the release to task work.
 */
#include <linux/anon_inodes.h>
#include <linux/fdtable.h>
#include <linux/file.h>
#include <linux/magic.h>
#include <linux/pid.h>
#include <linux/sched/task.h>
#include <linux/seq_file.h>
#include <linux/string.h>
#include "capture/user_mem.h"
#include "compat/compat.h"
#include "core/probe_work.h"
#include "capture/encode.h"
#include "capture/fd.h"
#include "capture/fd_fast.h"
#include "capture/path.h"

/* The file or directory that a value describes. */
struct target {
	struct file *file; /* NULL: a working directory, which has no file */
	const struct path *path;
	const struct inode *inode; /* read once, as a directory's dentry can lose its inode if no file holds it */
	bool counted; /* a reference to the file was taken and has to be dropped */
};

static void set_file(struct target *t, struct file *file)
{
	t->file = file;
	t->path = &file->f_path;
	t->inode = d_inode(file->f_path.dentry);
}

/*
 * Sets *t to the working directory of the current task, and *cwd to its path, which *t points to. Another task may
 * replace the directory meanwhile. The caller is an RCU reader. Returns false if the directory has been freed.
 */
static bool set_cwd(struct target *t, struct path *cwd)
{
	linx_fs_copy(current->fs, &current->fs->pwd, cwd);
	*t = (struct target){ .path = cwd, .inode = d_inode_rcu(cwd->dentry) };
	return t->inode;
}

/* Returns a pointer to the table's element for a descriptor, under rcu_read_lock(). NULL: beyond the table's end. */
static struct file __rcu **slot_of(struct fdtable *fdt, unsigned int fd)
{
	return fd < fdt->max_fds ? &fdt->fd[array_index_nospec(fd, fdt->max_fds)] : NULL;
}

static bool is_cloexec(unsigned int fd)
{
	struct fdtable *fdt;
	bool is = false;

	rcu_read_lock();
	fdt = rcu_dereference(current->files->fdt);
	if (fd < fdt->max_fds)
		is = test_bit(array_index_nospec(fd, fdt->max_fds), fdt->close_on_exec);
	rcu_read_unlock();
	return is;
}

/*
 * Sets *t to the file of the current task's descriptor. Returns false if the descriptor is not open. If t->counted is
 * set, the caller drops the reference.
 */
static bool get_own(struct target *t, unsigned int fd)
{
	struct files_struct *files = current->files;
	struct file __rcu **slot;
	struct file *file;

	if (!files)
		return false;
	t->counted = !linx_fds_are_own();
	if (t->counted) {
		file = fget_raw(fd);
	} else {
		rcu_read_lock();
		slot = slot_of(rcu_dereference(files->fdt), fd);
		file = slot ? rcu_dereference_raw(*slot) : NULL;
		rcu_read_unlock();
	}
	if (file)
		set_file(t, file);
	return file;
}

/* Returns the process that a pidfd refers to; NULL: this kernel's layout of a pidfd is not known. */
static struct pid *pid_of(const struct target *t)
{
	if (!LINX_LAYOUTS_TESTED)
		return NULL;
	if (t->inode->i_sb->s_magic == PID_FS_MAGIC)
		return t->inode->i_private;
	return t->file && !(t->file->f_mode & FMODE_PATH) ? t->file->private_data : NULL;
}

/* Returns the enum linx_fd_type of a file with an anonymous inode, by its name, which only the kernel can choose. */
static u8 anon_type(const struct dentry *dentry)
{
	static const struct {
		const char *name;
		u8 type;
	} names[] = {
		{ "[eventfd]", LINX_FD_EVENTFD },
		{ "[signalfd]", LINX_FD_SIGNALFD },
		{ "[pidfd]", LINX_FD_PIDFD },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (!strcmp(dentry->d_name.name, names[i].name))
			return names[i].type;
	return LINX_FD_ANON;
}

const u8 linx_fd_types[16] = {
	[S_IFREG >> 12] = LINX_FD_FILE,
	[S_IFDIR >> 12] = LINX_FD_DIR,
	[S_IFCHR >> 12] = LINX_FD_CHAR,
	[S_IFBLK >> 12] = LINX_FD_BLOCK,
	[S_IFIFO >> 12] = LINX_FD_PIPE,
	[S_IFSOCK >> 12] = LINX_FD_SOCKET,
	[S_IFLNK >> 12] = LINX_FD_LINK,
};

static_assert(LINX_FD_OTHER == 0);

static u8 type_of(const struct target *t)
{
	if (t->inode->i_sb->s_magic == ANON_INODE_FS_MAGIC)
		return anon_type(t->path->dentry);
	if (t->inode->i_sb->s_magic == PID_FS_MAGIC)
		return LINX_FD_PIDFD;
	return *(linx_fd_types + (t->inode->i_mode >> 12));
}

static void put_head(struct linx_fd *head, const struct target *t, s32 fd)
{
	const struct inode *inode = t->inode;
	struct pid *pid;

	*head = (struct linx_fd){
		.fd = fd,
		.type = type_of(t),
		.dev = inode->i_sb->s_dev,
		.ino = inode->i_ino,
		.rdev = S_ISCHR(inode->i_mode) || S_ISBLK(inode->i_mode) ? inode->i_rdev : 0,
	};
	if (head->type != LINX_FD_PIDFD)
		return;
	pid = pid_of(t);
	head->pid = pid && pid_has_task(pid, PIDTYPE_PID) ? pid_nr(pid) : 0;
}

#define WORK_OF_INFO 2000

/*
 * Writes the lines that a file adds to /proc/PID/fdinfo. Returns their bytes. Called only for types of files whose
 * show_fdinfo() is known not to sleep: eventfd (a spinlock), signalfd, and the master of a terminal. Another task that
 * hangs up the terminal replaces f_op. Therefore f_op is read once.
 */
static u32 put_info(struct file *file, char *to)
{
	struct seq_file m = { .buf = to, .size = LINX_FD_DETAIL_MAX, .file = file };
	const struct file_operations *ops = file ? READ_ONCE(file->f_op) : NULL;

	if (!LINX_HAVE_PATHS || !ops || !ops->show_fdinfo)
		return 0;
	linx_probe_spend(WORK_OF_INFO);
	ops->show_fdinfo(&m, file);
	return m.count < m.size ? m.count : 0;
}

/* Writes the details of a file behind head: addresses of a socket, or lines of fdinfo. Returns their bytes. */
static u32 put_details(struct linx_fd *head, struct file *file)
{
	switch (head->type) {
	case LINX_FD_SOCKET:
		return file ? linx_sock_put(file, (struct linx_sock *)(head + 1)) : 0;
	case LINX_FD_CHAR:
		return head->rdev == LINX_DEV_PTMX ? put_info(file, (char *)(head + 1)) : 0;
	case LINX_FD_EVENTFD:
	case LINX_FD_SIGNALFD:
		return put_info(file, (char *)(head + 1));
	default:
		return 0;
	}
}

/*
 * Does the path end in a " (deleted)" that the kernel added, and that is not a part of the file's name? Files whose
 * path the kernel makes up with d_dname() can have such a path, too, except DMA buffers, whose names are chosen by
 * programs.
 */
static bool is_deleted(const struct dentry *dentry, bool unlinked, const char *path, u32 len)
{
	const u32 mark = sizeof(LINX_PATH_DELETED) - 1;

	if (len < mark || memcmp(path + len - mark, LINX_PATH_DELETED, mark))
		return false;
	return unlinked || (dentry->d_op && dentry->d_op->d_dname && dentry->d_sb->s_magic != DMA_BUF_MAGIC);
}

/*
 * Writes the path to the address "at", which is in the ring's scratch memory, and sets head->path_state. Returns the
 * path's length.
 */
static u32 put_path(struct linx_fill *f, struct linx_fd *head, const struct path *path, char *at)
{
	char *end = f->r->scratch + LINX_RING_SCRATCH, *name = NULL;
	bool unlinked = false;
	u32 len;

	if (LINX_HAVE_PATHS && !f->late)
		name = linx_d_path(path, end - PATH_MAX, &unlinked, f);

	if (IS_ERR_OR_NULL(name)) {
		head->path_state = LINX_UNAVAILABLE;
		return 0;
	}
	len = strlen(name);
	memmove(at, name, len);
	head->path_state = LINX_WHOLE;
	if (is_deleted(path->dentry, unlinked, at, len))
		head->flags |= LINX_FD_DELETED;
	return len;
}

/*
 * Returns how many bytes the next value may have. If the free room in the ring is smaller than the longest record, the
 * free room is no limit: a value that does not fit then makes the whole record lost, instead of being cut.
 */
static u32 room_of(const struct linx_fill *f)
{
	const u8 *at = f->p + sizeof(struct linx_val);

	if (f->fast_room)
		return f->fd_left;
	return f->end > at ? min_t(u32, f->fd_left, (f->end - at) & ~7) : 0;
}

/*
 * Writes the value of a descriptor, first into the ring's scratch memory, then into the record, as far as fd_left and
 * fd_kept of f allow. If its path or addresses do not fit, the value still has device and inode, so that each
 * descriptor of the call is recorded.
 */
static void put_target(struct linx_fill *f, const struct target *t, const struct linx_fd_request *w, u16 flags)
{
	struct linx_fd *head = (struct linx_fd *)f->r->scratch;
	u32 all = room_of(f), room = all - min(all, f->fd_kept), fixed, len = 0, request = f->fd_flags | w->more;

	put_head(head, t, w->fd);
	head->flags = flags;
	head->path_state = LINX_ABSENT;
	if (request & LINX_SETUP_FD_DETAILS && (!(request & LINX_SETUP_FILES) || head->type == LINX_FD_SOCKET))
		head->detail = put_details(head, t->file);
	if (!(request & (LINX_SETUP_FD_PATHS | (head->rdev ? LINX_WANT_DEVICE : 0))) && !head->detail)
		return;
	fixed = sizeof(*head) + LINX_ALIGN8(head->detail);
	memset((u8 *)(head + 1) + head->detail, 0, fixed - sizeof(*head) - head->detail);
	if (fixed > room) {
		fixed = sizeof(*head);
		head->detail = 0;
		head->path_state = LINX_UNAVAILABLE;
		if (fixed > all)
			return;
	} else if (request & LINX_SETUP_FD_PATHS) {
		len = put_path(f, head, t->path, f->r->scratch + fixed);
	}
	head->path_len = len;
	if (len > room - fixed) {
		len = room - fixed;
		head->path_state = len ? LINX_TRUNCATED : LINX_UNAVAILABLE;
	}
	f->fd_left -= min_t(u32, f->fd_left, sizeof(struct linx_val) + LINX_ALIGN8(fixed + len));
	linx_put_bytes(f, w->field, LINX_VAL_FD, head->path_state == LINX_TRUNCATED ? LINX_TRUNCATED : LINX_WHOLE,
		       head, fixed + len);
}

/* Writes the value of a descriptor of the current task, if it is open. */
static void put_file(struct linx_fill *f, const struct linx_fd_request *w)
{
	struct target t;

	if (!get_own(&t, w->fd))
		return;
	put_target(f, &t, w, (is_cloexec(w->fd) ? LINX_FD_CLOEXEC : 0) | linx_fd_origin(t.file, w->field));
	if (t.counted)
		fput(t.file);
}

/* Takes a spinlock that other tasks use. Returns false if it was not free within LINX_LOCK_TRIES tries. */
static bool lock_in_probe(spinlock_t *lock)
{
	unsigned int tries = 0;

	do {
		if (likely(spin_trylock(lock)))
			return true;
	} while (linx_probe_may_retry(&tries));
	return false;
}

/*
 * Writes the value of another task's descriptor, under the lock of its table. Nothing is written if the lock is not
 * free soon: a task that copies a large table holds it for long.
 */
static void put_slot(struct linx_fill *f, struct files_struct *files, const struct linx_fd_request *w)
{
	struct file __rcu **slot;
	struct target t = {};
	struct file *file;

	if (!lock_in_probe(&files->file_lock))
		return;
	slot = slot_of(files_fdtable(files), w->fd);
	file = slot ? rcu_dereference_raw(*slot) : NULL;
	if (file) {
		set_file(&t, file);
		put_target(f, &t, w, LINX_FD_FOREIGN);
	}
	spin_unlock(&files->file_lock);
}

/*
 * Writes the value of another process's descriptor. The locks of the task and of its table keep the file open
 * meanwhile, as in a snapshot. No reference is taken: it could become the last one, and the file would stay open until
 * the task work of the current task. No tracepoint that the module uses is reached with these locks held.
 */
static void put_foreign(struct linx_fill *f, const struct linx_fd_request *w)
{
	struct task_struct *task;

	if (!LINX_HAVE_PATHS)
		return;
	rcu_read_lock();
	task = pid_task(find_pid_ns(w->pid, &init_pid_ns), PIDTYPE_PID);
	if (task && lock_in_probe(&task->alloc_lock)) { /* false if a snapshot holds the lock */
		if (task->files)
			put_slot(f, task->files, w);
		task_unlock(task);
	}
	rcu_read_unlock();
}

static void put_cwd(struct linx_fill *f, const struct linx_fd_request *w)
{
	struct target t;
	struct path cwd;

	if (!LINX_HAVE_PATHS || !current->fs)
		return;
	rcu_read_lock();
	if (set_cwd(&t, &cwd))
		put_target(f, &t, w, 0);
	rcu_read_unlock();
}

struct linx_sock_kind linx_fd_socket(s32 fd)
{
	struct linx_sock_kind kind;
	struct target t;

	if (!get_own(&t, fd))
		return (struct linx_sock_kind){ };
	kind = linx_sock_kind(t.file);
	if (t.counted)
		fput(t.file);
	return kind;
}

/* Does an earlier request name the same descriptor as request n? */
static bool recorded_before(const struct linx_fill *f, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		if (f->fds[i].fd == f->fds[n].fd && f->fds[i].pid == f->fds[n].pid)
			return true;
	return false;
}

/* Size of the shortest value of a descriptor: device and inode, without path and details. */
#define FD_HEAD (sizeof(struct linx_val) + sizeof(struct linx_fd))

/* Writes the value of the file that the kernel's request of an io_uring operation holds. */
static noinline void put_op_file(struct linx_fill *f, const struct linx_call *c, const u64 *args)
{
	const struct linx_fd_request w = { .fd = args[c->op->file_arg], .field = LINX_FIELD_FD + c->op->file_arg };
	const u32 flags = f->fd_flags;
	struct target t = { };

	f->fd_flags = linx_fd_wants_file(f->s, c);
	f->fd_kept = 0;
	if (f->fd_flags) {
		set_file(&t, c->op->file);
		put_target(f, &t, &w, 0);
	}
	f->fd_flags = flags;
}

void linx_fd_put(struct linx_fill *f, const struct linx_call *c, const u64 *args, const u8 *first)
{
	unsigned int i;

	if (f->rec->flags & LINX_RF_ARGS_GONE)
		return;
	f->fd_left = f->s->fd_max;
	f->fd_flags = f->s->flags & LINX_SETUP_FDS;
	f->in_probe = true;
	f->late = false;
	if (unlikely(c->op)) {
		linx_fd_find_op(f, c, args, first);
		if (f->rec->kind == LINX_REC_EXIT)
			put_op_file(f, c, args);
	} else {
		linx_fd_find(f, c, args, first);
	}
	for (i = 0; i < f->nfds; i++) {
		f->fd_kept = min_t(u32, (f->nfds - i - 1) * FD_HEAD, f->s->fd_max / 2);
		if (recorded_before(f, i))
			continue;
		if (f->fds[i].fd == LINX_FD_CWD)
			put_cwd(f, &f->fds[i]);
		else if (f->fds[i].pid)
			put_foreign(f, &f->fds[i]);
		else
			put_file(f, &f->fds[i]);
	}
}

/*
 * Writes the path of a target to the address "to", and sets head's members for the path. f: the record. Returns the
 * path's length.
 */
static u32 short_path(const struct linx_ring *r, struct linx_fd *head, u8 *to, const struct target *t, const struct linx_fill *f)
{
	const struct path *path = t->path;
	bool unlinked;
	u8 *end;
	char *name;
	u32 len;

	if (LINX_HAVE_PATHS && path->mnt && linx_path_is_plain(path->dentry))
		end = linx_put_path_quick(r, path, true, to);
	else
		end = LINX_HAVE_PATHS ? linx_put_made_name(t->inode, to) : NULL;
	if (end) {
		head->path_state = LINX_WHOLE;
		return head->path_len = end - to;
	}
	name = LINX_HAVE_PATHS ? linx_d_path(path, r->scratch, &unlinked, f) : NULL;
	head->path_state = LINX_UNAVAILABLE;
	if (IS_ERR_OR_NULL(name))
		return 0;
	len = strlen(name);
	memset(to + (len & ~7), 0, sizeof(u64)); /* padding */
	memcpy(to, name, len);
	head->path_state = LINX_WHOLE;
	head->path_len = len;
	if (is_deleted(path->dentry, unlinked, name, len))
		head->flags |= LINX_FD_DELETED;
	return len;
}

/*
 * Sets *t to the file of the current task's descriptor, and fills the head of its value; path and details are still
 * missing. Returns false if the descriptor is not open.
 */
static bool fast_head(struct target *t, s32 fd, struct linx_fd *head)
{
	if (!get_own(t, fd))
		return false;
	put_head(head, t, fd);
	head->flags = is_cloexec(fd) ? LINX_FD_CLOEXEC : 0;
	head->path_state = LINX_ABSENT;
	return true;
}

u8 *linx_fd_opened(struct linx_ring *r, struct linx_rec *rec, u8 *p, s32 fd)
{
	struct linx_fd *head = (struct linx_fd *)(p + sizeof(struct linx_val));
	struct target t;
	u32 len;

	if (!fast_head(&t, fd, head))
		return p;
	head->flags |= linx_fd_origin(t.file, LINX_FIELD_FD_RESULT);
	r->fill.in_probe = true;
	len = short_path(r, head, (u8 *)(head + 1), &t, &r->fill);
	if (t.counted)
		fput(t.file);
	return linx_fd_end(rec, p, len, LINX_FIELD_FD_RESULT);
}

u8 *linx_fd_peer(struct linx_rec *rec, u8 *p, s32 fd)
{
	struct linx_fd *head = (struct linx_fd *)(p + sizeof(struct linx_val));
	struct target t;
	u32 len = 0;

	if (!fast_head(&t, fd, head))
		return p;
	if (head->type == LINX_FD_SOCKET)
		len = linx_sock_put(t.file, (struct linx_sock *)(head + 1));
	if (t.counted)
		fput(t.file);
	if (!len)
		return p;
	head->detail = len;
	memset((u8 *)(head + 1) + len, 0, LINX_ALIGN8(len) - len);
	return linx_fd_end(rec, p, len, LINX_FIELD_FD);
}

/*
 * Sets *t to the current task's working directory and *cwd to its path, and fills the head of its value, without path.
 * Returns false if there is no directory, it was freed, or paths cannot be recorded.
 */
static bool cwd_head(struct target *t, struct path *cwd, struct linx_fd *head)
{
	if (!LINX_HAVE_PATHS || !current->fs || !set_cwd(t, cwd))
		return false;
	put_head(head, t, LINX_FD_CWD);
	head->path_state = LINX_ABSENT;
	return true;
}

/*
 * Writes details (LINX_SETUP_FD_DETAILS in what) and path (LINX_SETUP_FD_PATHS) of a file behind the head of its value.
 * Returns the length of both together.
 */
static u32 put_behind(struct linx_ring *r, struct linx_fd *head, const struct target *t, u32 what)
{
	u8 *details = (u8 *)(head + 1);
	u32 len;

	if (what & LINX_SETUP_FD_DETAILS)
		head->detail = put_details(head, t->file);
	len = LINX_ALIGN8(head->detail);
	memset(details + head->detail, 0, len - head->detail);
	if (!(what & LINX_SETUP_FD_PATHS))
		return len;
	r->fill.in_probe = true;
	return len + short_path(r, head, details + len, t, &r->fill);
}

u8 *linx_fd_put_one(struct linx_ring *r, struct linx_rec *rec, u8 *p, s32 fd, u8 field, u32 what)
{
	struct linx_fd *head = (struct linx_fd *)(p + sizeof(struct linx_val));
	struct path cwd;
	struct target t;
	u16 flags;
	u32 len;

	if (fd >= 0 && linx_fds_are_own() && !linx_own_file(fd, &flags))
		return p;
	if (fd == LINX_FD_CWD) {
		if (!cwd_head(&t, &cwd, head))
			return NULL;
	} else if (!fast_head(&t, fd, head)) {
		return p;
	}
	head->flags |= linx_fd_origin(t.file, field);
	len = put_behind(r, head, &t, what);
	if (t.counted)
		fput(t.file);
	return len || what & LINX_SETUP_FD_PATHS ? linx_fd_end(rec, p, len, field) : p;
}

/* Lets the record take one value of any length that describes a descriptor, with path and details. */
static void emit_all(struct linx_fill *f)
{
	f->fd_left = LINX_RING_SCRATCH + sizeof(struct linx_val);
	f->fd_kept = 0;
	f->fd_flags = LINX_SETUP_FDS | LINX_SETUP_FILES;
}

bool linx_fd_emit(struct linx_fill *f, s32 fd)
{
	struct linx_fd_request w = { .fd = fd, .field = LINX_FIELD_FD_RESULT };
	struct target t;

	if (!get_own(&t, fd))
		return false;
	emit_all(f);
	put_target(f, &t, &w, is_cloexec(fd) ? LINX_FD_CLOEXEC : 0);
	if (t.counted)
		fput(t.file);
	return true;
}

void linx_fd_emit_file(struct linx_fill *f, struct file *file, s32 fd, bool cloexec)
{
	struct linx_fd_request w = { .fd = fd, .field = LINX_FIELD_FD_RESULT };
	struct target t = { };

	set_file(&t, file);
	emit_all(f);
	put_target(f, &t, &w, cloexec ? LINX_FD_CLOEXEC : 0);
}

/*
 * Returns the process, numbered in the initial pid namespace, that a pidfd refers to; 0: fd is not a pidfd, or the
 * process has ended.
 */
pid_t linx_fd_pid(s32 fd)
{
	struct target t;
	struct pid *pid;
	pid_t nr = 0;

	if (fd < 0 || !get_own(&t, fd))
		return 0;
	if (type_of(&t) == LINX_FD_PIDFD) {
		pid = pid_of(&t);
		nr = pid && pid_has_task(pid, PIDTYPE_PID) ? pid_nr(pid) : 0; /* a dead process may have lost its number */
	}
	if (t.counted)
		fput(t.file);
	return nr;
}
