// SPDX-License-Identifier: GPL-2.0-only
/*
 * Context records. Probe context, preemption off: nothing here sleeps, faults or keeps a reference, except
 * linx_task_forget_filtered(), which sleeps. Functions with a parameter "locks" also serve a task that is not the
 * current one: in a snapshot, in process context, and in the probe of a setpgid(2) of that task.
 *
 * A task's bit in linx_session.announced means that the stream has an up-to-date context record of the task. The bit
 * is set when a record of the current task or of a child begins. If that record could not be written, the bit is
 * cleared again, so that the task's next event makes up for the loss. The bit is also cleared when the record is out
 * of date. The bit in linx_session.ever_announced is cleared when the task has ended.
 */
#include <linux/binfmts.h>
#include <linux/cred.h>
#include <linux/dcache.h>
#include <linux/file.h>
#include <linux/magic.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include "capture/user_mem.h"
#include "compat/compat.h"
#include "capture/fd.h"
#include "capture/path.h"
#include "task/fd_table.h"
#include "filter/filter.h"
#include "ring/ring_fast.h"
#include "shared/context_facts.h"
#include "table/table.h"
#include "task/context.h"
#include "task/crowd.h"
#include "task/rename.h"
#include "task/task_info.h"

#define FIXED (sizeof(struct linx_rec) + sizeof(struct linx_ctx))

/*
 * Copies a task's name up to its NUL: Linux 5.10 leaves bytes of a longer, earlier name after the NUL. The name may
 * change meanwhile. to: filled with zeroes by the caller.
 */
static void put_comm(char *to, const struct task_struct *p)
{
	unsigned int i;

	for (i = 0; i < TASK_COMM_LEN - 1; i++) {
		to[i] = READ_ONCE(p->comm[i]);
		if (!to[i])
			return;
	}
}

/*
 * Writes a task's name. Sets f->old_name if the name is out of date because another task is renaming this one at this
 * moment (task/rename.c). The rename is looked up before the name is read: a rename that begins later makes the
 * session forget the task.
 */
static void put_name(struct linx_fill *f, char *to, const struct task_struct *p)
{
	char comm[TASK_COMM_LEN] = { 0 }, future[TASK_COMM_LEN];
	bool renaming = linx_rename_find(p->pid, future);

	put_comm(comm, p);
	memcpy(to, comm, sizeof(comm));
	f->old_name = renaming && memcmp(comm, future, sizeof(comm));
	if (unlikely(renaming && !f->old_name))
		linx_rename_end(p->pid, future);
}

void linx_task_put_ctx(struct linx_fill *f, struct task_struct *p, u32 flags, u32 code)
{
	struct linx_ctx *ctx = (struct linx_ctx *)f->p;
	const struct cred *cred;

	rcu_read_lock();
	cred = __task_cred(p);
	*ctx = (struct linx_ctx){
		.tid = p->pid,
		.pid = p->tgid,
		/* a task that is not alive may have a parent that was freed */
		.ppid = pid_alive(p) ? rcu_dereference(p->real_parent)->tgid : 0,
		.flags = flags | (p->flags & PF_KTHREAD ? LINX_CTX_KERNEL : 0),
		.uid = __kuid_val(cred->uid),
		.gid = __kgid_val(cred->gid),
		.euid = __kuid_val(cred->euid),
		.egid = __kgid_val(cred->egid),
		.start_time = p->start_boottime,
		.code = code,
	};
	rcu_read_unlock();
	put_name(f, ctx->comm, p);
	f->p += sizeof(*ctx);
}

static struct linx_file_id id_of(const struct inode *inode)
{
	return (struct linx_file_id){ .dev = inode->i_sb->s_dev, .ino = inode->i_ino };
}

/* Writes a path. Returns true if the file has been unlinked, which a mark at the end of the path shows. */
static bool put_path(struct linx_fill *f, u8 field, const struct path *path)
{
	bool unlinked;
	char *name = linx_d_path(path, f->r->scratch, &unlinked, f);

	if (IS_ERR(name))
		linx_put_bytes(f, field, LINX_VAL_STR, LINX_UNAVAILABLE, NULL, 0);
	else
		linx_put_bytes(f, field, LINX_VAL_STR, LINX_WHOLE, name, strlen(name));
	return unlinked;
}

/*
 * Is the file a memfd? Such a file is in tmpfs, or in hugetlbfs (MFD_HUGETLB), in no directory, with a name that
 * begins with "memfd:". The files of pid_fs and others have no such name.
 */
static bool is_memfd(const struct file *file)
{
	const struct dentry *dentry = file->f_path.dentry;
	unsigned long magic = dentry->d_sb->s_magic;

	return IS_ROOT(dentry) && (magic == TMPFS_MAGIC || magic == HUGETLBFS_MAGIC) &&
	       !strncmp(dentry->d_name.name, "memfd:", 6);
}

/*
 * Returns LINX_WHO_LAYER, and LINX_WHO_UPPER if the executable lies in the upper layer of an overlay; 0: that is not
 * known. Overlayfs returns the dentry that the file has in its layer, but not which layer it is. The dentry of the
 * upper layer is stored after the inode in memory, in a structure without a public header. It is used only if overlayfs
 * returns the same dentry.
 */
static u32 layer_of(const struct file *file)
{
	struct dentry *dentry = file->f_path.dentry, *upper;

	if (dentry->d_sb->s_magic != OVERLAYFS_SUPER_MAGIC)
		return LINX_WHO_LAYER;
	if (!LINX_HAVE_REAL_DENTRY)
		return 0;
	upper = READ_ONCE(*(struct dentry **)(d_inode(dentry) + 1));
	if (!upper)
		return LINX_WHO_LAYER;
	return linx_real_dentry(dentry) == upper ? LINX_WHO_LAYER | LINX_WHO_UPPER : 0;
}

/* Writes the identity of an executable file and, if "paths" is set, its path. Returns LINX_WHO_*. */
static u32 put_exe_file(struct linx_fill *f, const struct file *file, bool paths)
{
	const struct inode *inode = file_inode(file);
	struct linx_exe_id id = { id_of(inode), linx_inode_mtime(inode), linx_inode_ctime(inode) };
	bool unlinked = d_unlinked(file->f_path.dentry);

	linx_put_bytes(f, LINX_FIELD_EXE_ID, LINX_VAL_BYTES, LINX_WHOLE, &id, sizeof(id));
	if (paths)
		unlinked = put_path(f, LINX_FIELD_EXE, &file->f_path);
	else
		linx_put_bytes(f, LINX_FIELD_EXE, LINX_VAL_STR, LINX_UNAVAILABLE, NULL, 0);
	if (is_memfd(file))
		return LINX_WHO_MEMFD | LINX_WHO_LAYER;
	return layer_of(file) | (unlinked ? LINX_WHO_DELETED : 0);
}

/*
 * Writes the executable of an address space, or that there is none. A reference is taken, since another task that
 * shares mm may replace exe_file meanwhile (prctl PR_SET_MM_EXE_FILE). If it has become the last reference, fput()
 * leaves the rest to task work.
 */
static u32 put_exe_of(struct linx_fill *f, struct mm_struct *mm, bool paths)
{
	struct file *file = NULL;
	u32 flags;

	rcu_read_lock();
	if (mm)
		file = linx_get_exe_file(mm);
	rcu_read_unlock();
	if (!file) {
		linx_put_bytes(f, LINX_FIELD_EXE, LINX_VAL_STR, LINX_ABSENT, NULL, 0);
		return 0;
	}
	flags = put_exe_file(f, file, paths);
	fput(file);
	return flags;
}

/*
 * Writes the executable of another task, which may end meanwhile. The reference to the file is dropped before the
 * reference to the task's mm, which also holds the file. Otherwise fput() could close the file here, which takes as
 * long as its file system needs.
 */
static u32 put_exe_of_other(struct linx_fill *f, struct task_struct *p)
{
	struct mm_struct *mm = get_task_mm(p); /* NULL: a kernel thread, or its mm is gone */
	u32 flags = put_exe_of(f, mm, true);

	if (mm)
		mmput_async(mm);
	return flags;
}

u32 linx_task_put_exe(struct linx_fill *f, struct task_struct *p, bool locks)
{
	if (locks)
		return put_exe_of_other(f, p);
	return put_exe_of(f, p->flags & PF_KTHREAD ? NULL : p->mm, LINX_HAVE_PATHS);
}

/*
 * Writes the working directory: its path or, if that cannot be found, its device and inode. RCU read side. The
 * directory may have been removed, and then has no inode.
 */
static void put_directory(struct linx_fill *f, const struct path *path)
{
	const struct inode *inode = d_inode_rcu(path->dentry);
	struct linx_file_id id = { };
	bool unlinked;
	char *name = linx_d_path(path, f->r->scratch, &unlinked, f);

	if (inode)
		id = id_of(inode);
	if (IS_ERR(name) && !inode)
		linx_put_bytes(f, LINX_FIELD_CWD, LINX_VAL_STR, LINX_UNAVAILABLE, NULL, 0);
	else if (IS_ERR(name))
		linx_put_bytes(f, LINX_FIELD_CWD, LINX_VAL_BYTES, LINX_UNAVAILABLE, &id, sizeof(id));
	else
		linx_put_bytes(f, LINX_FIELD_CWD, LINX_VAL_STR, LINX_WHOLE, name, strlen(name));
}

void linx_task_put_cwd(struct linx_fill *f, const struct fs_struct *fs)
{
	struct path path;

	if ((f->in_probe && !LINX_HAVE_PATHS) || !fs) {
		linx_put_bytes(f, LINX_FIELD_CWD, LINX_VAL_STR, fs ? LINX_UNAVAILABLE : LINX_ABSENT, NULL, 0);
		return;
	}
	rcu_read_lock();
	linx_fs_copy(fs, &fs->pwd, &path);
	put_directory(f, &path);
	rcu_read_unlock();
}

static void put_string(struct linx_fill *f, u8 field, const char *str)
{
	size_t len = strnlen(str, PATH_MAX);

	linx_put_bytes(f, field, LINX_VAL_STR, LINX_WHOLE, str, len);
}

static void add_block(struct linx_fill *f, u8 field, u64 start, u64 end)
{
	f->longs[f->nlongs++] = (struct linx_long_value){
		.arg = field,
		.keep = true,
		.addr = start,
		.left = end > start ? end - start : 0,
	};
}

/*
 * Writes the command line and, if asked for, the environment from the program's stack. again: only the part of the
 * command line that needs no PIECE records is written, since the reader has the line already. Otherwise a call that
 * renews the context record often (chdir) would write all of the command line again, into the reserved share of the
 * ring.
 */
static void put_argv(struct linx_fill *f, bool again, bool envp)
{
	struct mm_struct *mm = current->mm;

	if (!mm)
		return;
	add_block(f, LINX_FIELD_ARGV, READ_ONCE(mm->arg_start), READ_ONCE(mm->arg_end));
	f->longs[0].head = again;
	if (envp)
		add_block(f, LINX_FIELD_ENVP, READ_ONCE(mm->env_start), READ_ONCE(mm->env_end));
	linx_capture_long(f);
}

/* Begins a context record. room: most bytes that the record needs in addition to its fixed part. */
static struct linx_fill *begin(struct linx_session *s, struct linx_ring *r, u8 kind, u64 now, u32 room)
{
	struct linx_fill *f = linx_rec_begin(s, r, kind, now, FIXED + room, true, LINX_CALL_CONTEXT, LINX_REC_NR_OTHER, 0);

	if (f)
		f->in_probe = true;
	return f;
}

/* Most bytes of a value: the attributes of a task, its resource usage, a path. */
#define WHO_ROOM (sizeof(struct linx_val) + sizeof(struct linx_who))
#define USAGE_ROOM (sizeof(struct linx_val) + sizeof(struct linx_usage))
#define PATH_ROOM (sizeof(struct linx_val) + PATH_MAX)

static u32 full_room(const struct linx_session *s)
{
	return s->user_max + 4 * PATH_MAX;
}

/*
 * Begins a context record of the task tid, and sets the task's bit in linx_session.announced. The bit is set before
 * anything of the task is read. So a change of its name or cgroup meanwhile clears the bit, and the task gets another
 * context record.
 */
static struct linx_fill *begin_seen(struct linx_session *s, struct linx_ring *r, u8 kind, pid_t tid, u64 now, u32 room)
{
	struct linx_fill *f = begin(s, r, kind, now, room);

	if (f) {
		set_bit(tid, s->announced);
		smp_mb__after_atomic(); /* pairs with test_bit() of linx_task_forget() after the change */
	}
	return f;
}

/* Ends a context record. Returns true if it was written. */
static bool finish(struct linx_fill *f, struct linx_session *s, const struct task_struct *p)
{
	if (!linx_rec_commit(f)) {
		linx_task_forget(s, p->pid);
		return false;
	}
	if (unlikely(f->old_name))
		linx_task_forget(s, p->pid);
	if (!test_bit(p->pid, s->ever_announced))
		set_bit(p->pid, s->ever_announced);
	if (!test_bit(p->tgid, s->process_announced))
		set_bit(p->tgid, s->process_announced);
	return true;
}

/* Does the record have the command line, and is that line not cut for lack of room in the ring? */
static bool has_line(const struct linx_fill *f)
{
	return f->nlongs && (f->longs[0].state != LINX_TRUNCATED || f->longs[0].total >= LINX_PIECES_MAX);
}

static void change_cmdline_sent(struct linx_session *s, pid_t pid, bool has)
{
	if (has && !test_bit(pid, s->cmdline_sent))
		set_bit(pid, s->cmdline_sent);
	else if (!has && test_bit(pid, s->cmdline_sent))
		clear_bit(pid, s->cmdline_sent);
}

static void announce_anew(struct linx_session *s, struct linx_ring *r, u64 now)
{
	bool all = READ_ONCE(s->filters_threads) && s->flags & LINX_SETUP_FILES && current->files && !linx_task_process_announced(s, current);
	struct linx_fill *f = begin_seen(s, r, LINX_REC_TASK, current->pid, now, full_room(s));
	bool again;

	if (!f)
		return;
	linx_task_put_ctx(f, current, 0, 0);
	linx_task_info_put(f, current, linx_task_put_exe(f, current, false), false);
	linx_task_put_cwd(f, current->fs);
	linx_task_info_put_cgroup(f, current, false);
	/* A flight recorder may have dropped the record with the command line. */
	again = s->mode != LINX_MODE_RECORDER && test_bit(current->tgid, s->cmdline_sent);
	put_argv(f, again, false);
	if (finish(f, s, current) && !again)
		change_cmdline_sent(s, current->tgid, has_line(f));
	if (unlikely(all))
		linx_files_announce(s, r, now);
}

void linx_task_announce_slow(struct linx_session *s, struct linx_ring *r, u64 now)
{
	if (!linx_crowd_spares_current(s))
		announce_anew(s, r, now);
}

/* Writes the FORK record of a child, in the parent. Attributes that the child inherits are in the parent's records. */
void linx_task_fork(struct linx_session *s, struct linx_ring *r, struct task_struct *child, u64 now)
{
	const void *cgroups = rcu_access_pointer(child->cgroups);
	bool moved = linx_task_info_moved(child);
	struct linx_fill *f;
	u32 flags = 0;

	linx_task_announce(s, r, now);
	linx_task_forget(s, child->pid);
	if (child->tgid == child->pid)
		change_cmdline_sent(s, child->tgid, false);
	f = begin_seen(s, r, LINX_REC_FORK, child->pid, now, WHO_ROOM + (moved ? PATH_ROOM : 0));
	if (!f)
		return;
	if (child->tgid == current->tgid)
		flags |= LINX_CTX_THREAD;
	if (child->mm && child->mm == current->mm)
		flags |= LINX_CTX_VM_SHARED;
	if (child->files && child->files == current->files)
		flags |= LINX_CTX_FILES_SHARED;
	if (child->fs && child->fs == current->fs)
		flags |= LINX_CTX_FS_SHARED;
	linx_task_put_ctx(f, child, flags, 0);
	linx_task_info_put(f, child, 0, false);
	if (moved)
		linx_task_info_put_cgroup(f, child, false);
	if (finish(f, s, child) && child->tgid != current->tgid)
		change_cmdline_sent(s, child->tgid, test_bit(current->tgid, s->cmdline_sent));
	/*
	 * Another task may have moved the child or its parent to another cgroup meanwhile. The probe of that move could
	 * not clear the child's bit, as it was not set yet. So the child gets another context record.
	 */
	if (unlikely(rcu_access_pointer(child->cgroups) != cgroups || linx_task_info_moved(child) != moved))
		linx_task_forget(s, child->pid);
	if (s->flags & LINX_SETUP_FILES)
		linx_files_fork(s, r, child, now);
}

void linx_task_exec(struct linx_session *s, struct linx_ring *r, pid_t old_tid, struct linux_binprm *bprm, u64 now)
{
	struct linx_fill *f;

	linx_task_forget(s, old_tid);
	linx_task_forget(s, current->pid);
	change_cmdline_sent(s, current->tgid, false);
	f = begin_seen(s, r, LINX_REC_EXEC, current->pid, now, full_room(s));
	if (!f)
		return;
	linx_task_put_ctx(f, current, 0, old_tid);
	linx_task_info_put(f, current, linx_task_put_exe(f, current, false), false);
	linx_task_put_cwd(f, current->fs);
	linx_task_info_put_cgroup(f, current, false);
	put_string(f, LINX_FIELD_FILENAME, bprm->filename);
	if (bprm->interp != bprm->filename)
		put_string(f, LINX_FIELD_INTERP, bprm->interp);
	put_argv(f, false, s->flags & LINX_SETUP_ENVP);
	change_cmdline_sent(s, current->tgid, finish(f, s, current) && has_line(f));
	if (s->flags & LINX_SETUP_FILES)
		linx_files_all(s, r, now);
}

/*
 * Handles an exec of a task that filters leave out now. The table of descriptors is recorded again, since the reader
 * may still have the one from before the exec.
 */
void linx_task_exec_left_out(struct linx_session *s, struct linx_ring *r, u64 now)
{
	linx_task_forget(s, current->pid);
	change_cmdline_sent(s, current->tgid, false);
	if (s->flags & LINX_SETUP_FILES && !READ_ONCE(s->owner_gone) && linx_task_process_announced(s, current))
		linx_files_all(s, r, now);
}

/*
 * Records the end of a task: its ids, exit code and resource usage. It reads nothing of the task's mm, which is gone
 * already on older kernels.
 */
void linx_task_exit(struct linx_session *s, struct linx_ring *r, struct task_struct *p, bool last, u64 now)
{
	bool all = s->flags & LINX_SETUP_SIGNALS || READ_ONCE(s->has_snapshot);
	bool process_announced = test_bit(p->pid, s->ever_announced);
	const struct task_struct *successor = linx_exec_successor(p);
	struct linx_fill *f;

	linx_task_forget(s, p->pid);
	if (process_announced)
		clear_bit(p->pid, s->ever_announced);
	if (successor && test_bit(successor->pid, s->ever_announced))
		/* this thread takes over the leader's id, and ends under it */
		set_bit(p->tgid, s->ever_announced);
	/*
	 * The end of a task that the reader knows is recorded, even if the task made no call or filters leave it out
	 * now.
	 */
	if (!process_announced && (!all || !linx_filter_task(s, p)))
		return;
	f = begin(s, r, LINX_REC_TASK_EXIT, now, USAGE_ROOM);
	if (!f)
		return;
	linx_task_put_ctx(f, p, last ? LINX_CTX_GROUP_DEAD : 0, p->exit_code);
	linx_task_info_put_usage(f, p, last);
	linx_rec_commit(f);
}

void linx_task_end_process(struct linx_session *s, pid_t tgid)
{
	clear_bit(tgid, s->process_announced);
	clear_bit(tgid, s->ever_announced);
	change_cmdline_sent(s, tgid, false);
}

/*
 * Writes a context record of another task, after a call of the current task has changed it. Takes the other task's
 * locks, whose holders reach no tracepoint that leads here. The other task's bit in linx_session.announced stays
 * clear, so that a further record precedes its next event: if it is renaming itself, this record has the old name.
 */
static void emit_other(struct linx_session *s, struct linx_ring *r, struct task_struct *p, u64 now)
{
	struct linx_fill *f;

	linx_task_forget(s, p->pid);
	f = begin(s, r, LINX_REC_TASK, now, full_room(s));
	if (!f)
		return;
	f->rec->tid = p->pid;
	f->rec->pid = p->tgid;
	linx_task_put_ctx(f, p, p->pid == p->tgid ? 0 : LINX_CTX_THREAD, 0);
	linx_task_info_put(f, p, linx_task_put_exe(f, p, true), true);
	linx_task_info_put_cgroup(f, p, true);
	finish(f, s, p);
}

/*
 * Does the task have the same root directory as the current task? The path of its executable is built as the current
 * task sees it; with another root it would name another file. RCU read side.
 */
static bool shares_root(struct task_struct *p)
{
	struct path own, its;
	bool same = false;

	linx_fs_copy(current->fs, &current->fs->root, &own);
	task_lock(p);
	if (p->fs) {
		linx_fs_copy(p->fs, &p->fs->root, &its);
		same = own.mnt && path_equal(&own, &its);
	}
	task_unlock(p);
	return same;
}

/*
 * Renews the context record of the task nr, which a setpgid(2) of the current task may have changed. Does nothing if
 * the reader does not know that task, which then gets a context record before its first event, or if the task is
 * ending.
 */
static void changed_target(struct linx_session *s, struct linx_ring *r, s32 nr, u64 now)
{
	struct task_struct *p;

	rcu_read_lock();
	p = nr > 0 ? pid_task(find_vpid(nr), PIDTYPE_PID) : NULL;
	if (p && p != current && test_bit(p->pid, s->ever_announced) && !(READ_ONCE(p->flags) & PF_EXITING)) {
		/*
		 * If a snapshot holds the lock, the context record is written with the task's next event instead. If a
		 * snapshot takes the lock right after this test, the probe waits for it, at most a millisecond and the
		 * time of one path.
		 */
		if (LINX_HAVE_PATHS && !spin_is_locked(&p->alloc_lock) && shares_root(p))
			emit_other(s, r, p, now);
		else
			linx_task_forget(s, p->pid);
	}
	rcu_read_unlock();
}

void linx_task_forget_filtered(struct linx_session *s)
{
	const struct task_struct *p;
	unsigned long tid;

	if (!s->announced)
		return;
	for_each_set_bit(tid, s->announced, PID_MAX_LIMIT) {
		rcu_read_lock();
		p = pid_task(find_pid_ns(tid, &init_pid_ns), PIDTYPE_PID);
		if (!p || !linx_filter_task(s, p))
			linx_task_forget(s, tid);
		rcu_read_unlock();
		cond_resched();
	}
}

/*
 * Makes all threads of p's process get new context records. For a process with very many threads, a kernel worker does
 * that (linx_crowd_add()). Runs in process context or in a probe.
 */
void linx_task_forget_threads(struct linx_session *s, const struct task_struct *p)
{
	unsigned int n = 0;
	const struct task_struct *t;

	if (READ_ONCE(p->signal->nr_threads) > LINX_CROWD_THREADS)
		return linx_crowd_add(s, p);
	rcu_read_lock();
	for_each_thread(p, t) { /* new threads may be added meanwhile */
		if (n++ == LINX_CROWD_THREADS) {
			linx_crowd_add(s, p);
			break;
		}
		linx_task_forget(s, t->pid);
	}
	rcu_read_unlock();
}

/*
 * Makes all threads of the current task's process get new context records, since they can share what the task has
 * changed. Called if the filter leaves out the current task. Does nothing if the reader does not know the process.
 */
static void forget_sharing(struct linx_session *s)
{
	if (linx_task_process_announced(s, current))
		linx_task_forget_threads(s, current);
}

/* Writes the new context record at once, since threads that share what the call has changed may run next. */
bool linx_task_changed(struct linx_session *s, struct linx_ring *r, const struct linx_row *row, s32 arg0, u64 now)
{
	bool announced = test_bit(current->pid, s->announced);

	if (row->flags & LINX_ROW_OPTION && !linx_option_changes_context(arg0))
		return false;
	linx_task_forget(s, current->pid);
	if (READ_ONCE(s->owner_gone))
		return false;
	if (row->flags & LINX_ROW_OTHER)
		changed_target(s, r, arg0, now);
	if (!linx_filter_task(s, current)) {
		forget_sharing(s);
		return announced && linx_filter_uid_alone(s, current);
	}
	announce_anew(s, r, now);
	return false;
}
