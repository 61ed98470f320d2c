// SPDX-License-Identifier: GPL-2.0-only
/*
 * Snapshot of the tasks and open files that exist when a session starts; its probes record all later changes. Process
 * context, in an ioctl of the owner. The walk visits tasks in the order of their tids. Therefore an ioctl can continue
 * where the last one ended, whatever tasks began and ended meanwhile. An ioctl takes about STEP_NS at most, since the
 * reader reads no ring while it waits for the ioctl. A program decides how much time the paths of all its files take:
 * see PATHS_NS.
 *
 * Each record says when the reading of its contents began and when it had ended. docs/state.md shows why no change is
 * missed or applied twice.
 */
#include <linux/dcache.h>
#include <linux/fdtable.h>
#include <linux/file.h>
#include <linux/fs_struct.h>
#include <linux/idr.h>
#include <linux/mm.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include "capture/user_mem.h"
#include "compat/compat.h"
#include "capture/fd.h"
#include "capture/path.h"
#include "ring/ring_fast.h"
#include "task/snapshot.h"
#include "task/context.h"
#include "task/fd_table.h"
#include "task/task_info.h"

/* Most files in one record: all of them fit, however long their paths are. */
#define FILES_AT_ONCE 7
static_assert(sizeof(struct linx_rec) + sizeof(struct linx_files_change) +
		      FILES_AT_ONCE * (sizeof(struct linx_val) + LINX_RING_SCRATCH) <= LINX_REC_MAX);

/* Most bytes of a command line. */
#define ARGV_KEEP 4096

/* Longest time of one ioctl, except for its last record. */
#define STEP_NS (100 * NSEC_PER_MSEC)
/* Longest time that the locks of a table are held, except for the last file. */
#define HOLD_NS NSEC_PER_MSEC
/*
 * FILE_NS: expected time to record one file. PATHS_NS: when the files of a table have together taken this much more
 * time than expected, the paths of its further files are left out.
 */
#define FILE_NS (10 * NSEC_PER_USEC)
#define PATHS_NS (100 * NSEC_PER_MSEC)

/*
 * Elements of linx_snapshot.cursor, the position of the walk: a tid, a descriptor of that task, the time that the
 * task's files have taken, and the low half of the task's start time. AT_SPENT 0: the task's own record is written
 * next; else its files are next, and the value is 1 + the microseconds that they took beyond FILE_NS each.
 */
enum { AT_TID, AT_FD, AT_SPENT, AT_START };

struct snapshot {
	struct linx_session *s;
	struct linx_snapshot *u;
	struct linx_ring r; /* belongs to no CPU; the functions that write records need a ring */
	char scratch[LINX_RING_SCRATCH];
	u8 *buf; /* records written so far, u->used bytes */
	u32 size;
	char root[PATH_MAX]; /* root directory of the task, as the reader of the snapshot sees it */
};

/* ---- records --------------------------------------------------------------------- */

static struct linx_fill *begin(struct snapshot *w, struct task_struct *p, u8 kind)
{
	struct linx_rec *rec = (struct linx_rec *)(w->buf + w->u->used);
	struct linx_fill *f = &w->r.fill;

	linx_rec_head(rec, p, kind, 0, ktime_get_mono_fast_ns(), LINX_REC_NR_OTHER, 0);
	f->s = w->s;
	f->r = &w->r;
	f->head = f->rec = rec;
	f->p = (u8 *)(rec + 1);
	f->end = (u8 *)rec + LINX_REC_MAX;
	f->budget = LINX_REC_USER_MAX;
	f->fast_room = f->full = f->slow = f->late = f->in_probe = false;
	f->nlongs = f->nfds = 0;
	smp_mb(); /* the time is read before any data of the task */
	return f;
}

static void commit(struct snapshot *w, struct linx_fill *f)
{
	struct linx_rec *rec = f->head;

	smp_mb(); /* the second time is read after all data of the task */
	rec->seq = min_t(u64, (ktime_get_mono_fast_ns() - rec->time) / NSEC_PER_USEC + 1, U32_MAX);
	rec->words = (f->p - (u8 *)rec) / 8;
	w->u->used += LINX_REC_LEN(rec);
}

static bool has_room(const struct snapshot *w)
{
	return w->size - w->u->used >= LINX_REC_MAX;
}

/* ---- a task ------------------------------------------------------------------------ */

static void put_cwd(struct linx_fill *f, struct task_struct *p)
{
	task_lock(p);
	linx_task_put_cwd(f, p->fs);
	task_unlock(p);
}

/*
 * Sets the root directory from which the paths of the record begin. It is the task's own root, as in the records of its
 * calls.
 */
static void find_root(struct snapshot *w, struct linx_fill *f, struct task_struct *p)
{
	struct path root, own;
	bool unlinked;

	f->root = NULL;
	task_lock(p);
	rcu_read_lock();
	if (p->fs) {
		linx_fs_copy(p->fs, &p->fs->root, &root);
		linx_fs_copy(current->fs, &current->fs->root, &own);
		if (!path_equal(&root, &own))
			f->root = linx_d_path(&root, w->root, &unlinked, NULL);
	}
	rcu_read_unlock();
	task_unlock(p);
	if (IS_ERR(f->root))
		f->root = NULL;
	else if (f->root && unlinked)
		linx_path_unmark(f->root);
}

static void put_argv(struct linx_fill *f, struct task_struct *p)
{
	struct mm_struct *mm = get_task_mm(p); /* NULL: a kernel thread, or its mm is gone */
	u64 start, end;

	if (!mm)
		return;
	start = READ_ONCE(mm->arg_start);
	end = READ_ONCE(mm->arg_end);
	if (start)
		linx_capture_foreign(f, LINX_FIELD_ARGV, mm, start, end > start ? end - start : 0, ARGV_KEEP);
	mmput_async(mm); /* dropping the last reference can take long: a worker does it then */
}

/*
 * Writes a task's record, unless the end of the task may have been recorded before this record's time: then the reader
 * would regard the ended task as alive.
 */
static void emit_task(struct snapshot *w, struct task_struct *p)
{
	struct linx_fill *f = begin(w, p, LINX_REC_TASK);

	if (READ_ONCE(p->flags) & PF_EXITING)
		return;
	find_root(w, f, p);
	linx_task_put_ctx(f, p, p->pid == p->tgid ? 0 : LINX_CTX_THREAD, 0);
	linx_task_info_put(f, p, linx_task_put_exe(f, p, true), true);
	put_cwd(f, p);
	linx_task_info_put_cgroup(f, p, true);
	if (p->pid == p->tgid)
		put_argv(f, p);
	if (pid_alive(p)) /* a task that is alive here had valid pointers while they were read */
		commit(w, f);
}

/* ---- the files of a task ------------------------------------------------------------ */

/*
 * Writes the open files of a table from descriptor i on. The table's lock keeps each file open meanwhile. No references
 * are taken, as one could become the last, and this function would close the file: a socket that lingers takes as long
 * as its program decides. Adds to *spent, for each file, the ns that it took beyond FILE_NS. Returns the descriptor to
 * continue with; 0: all open files have been written.
 */
static u32 emit_open(struct linx_fill *f, struct files_struct *files, u32 i, u64 *spent)
{
	u64 begun, gone = 0;
	unsigned int n = 0;
	struct fdtable *fdt;
	struct file *file;
	u32 end;

	spin_lock(&files->file_lock);
	begun = ktime_get_mono_fast_ns();
	fdt = files_fdtable(files);
	end = min_t(u64, fdt->max_fds, (u64)i + LINX_FDS_LOOK_MAX);
	for (; (i = find_next_bit(fdt->open_fds, end, i)) < end; i++) {
		if (n == FILES_AT_ONCE || gone > HOLD_NS)
			break;
		file = rcu_dereference_raw(fdt->fd[i]);
		if (!file)
			/* a task is opening or closing this descriptor, and its own record will have the result */
			continue;
		linx_fd_emit_file(f, file, i, test_bit(i, fdt->close_on_exec));
		n++;
		gone = ktime_get_mono_fast_ns() - begun;
	}
	i = i < fdt->max_fds ? i : 0;
	spin_unlock(&files->file_lock);
	*spent += gone > n * FILE_NS ? gone - n * FILE_NS : 0;
	return i;
}

/*
 * Does the task share its leader's table, and does the leader's record cover it? An ending leader is not recorded any
 * more, though it may still have its table.
 */
static bool shares_with_leader(struct task_struct *p)
{
	bool shares;

	rcu_read_lock();
	shares = pid_alive(p) && p != p->group_leader && p->files == READ_ONCE(p->group_leader->files) &&
		 !(READ_ONCE(p->group_leader->flags) & PF_EXITING);
	rcu_read_unlock();
	return shares;
}

static void emit_files(struct snapshot *w, struct task_struct *p, u32 *fd, u32 *us)
{
	struct linx_fill *f = begin(w, p, LINX_REC_FILES);
	struct linx_files_change *change = (struct linx_files_change *)f->p;
	u64 spent = (u64)(*us - 1) * NSEC_PER_USEC;

	if (READ_ONCE(p->flags) & PF_EXITING) {
		*fd = 0;
		return;
	}
	*change = (struct linx_files_change){ .op = LINX_FILES_TOLD, .flags = *fd ? 0 : LINX_FILES_FIRST };
	f->p += sizeof(*change);
	f->late = spent > PATHS_NS;
	find_root(w, f, p);
	task_lock(p); /* keeps p->files */
	change->table = linx_task_info_id(p->files);
	*fd = p->files ? emit_open(f, p->files, *fd, &spent) : 0;
	task_unlock(p);
	*us = 1 + min_t(u64, spent / NSEC_PER_USEC, U32_MAX - 1);
	change->flags |= *fd ? 0 : LINX_FILES_LAST;
	commit(w, f);
}

/* ---- the walk -------------------------------------------------------------------------- */

/* task_from() lets other tasks run each time after it has passed this number of ids that belong to no live task. */
#define ENDED_AT_ONCE 1024

/*
 * Returns the first task that is not ending and whose tid is *tid or more, with a reference, and sets *tid to its tid.
 * NULL: there are no more tasks.
 */
static struct task_struct *task_from(u32 *tid)
{
	struct task_struct *p = NULL;
	struct pid *pid;
	int nr = *tid, n = 0;

	rcu_read_lock();
	while ((pid = idr_get_next(&init_pid_ns.idr, &nr))) {
		p = pid_task(pid, PIDTYPE_PID);
		if (p && p->flags & PF_EXITING)
			p = NULL; /* an exiting task needs no record: a probe records its end */
		if (p) {
			get_task_struct(p);
			break;
		}
		nr++;
		if (++n % ENDED_AT_ONCE == 0) {
			rcu_read_unlock();
			cond_resched();
			rcu_read_lock();
		}
	}
	rcu_read_unlock();
	*tid = nr;
	return p;
}

/* Writes one record. Returns false, and writes nothing, if all records have been written before. */
static bool step(struct snapshot *w)
{
	u32 *at = w->u->cursor, tid = at[AT_TID];
	struct task_struct *p = task_from(&at[AT_TID]);
	bool more;

	if (!p)
		return false;
	/*
	 * The task's own record comes first. This also holds if the tid now belongs to another task than in the last
	 * ioctl.
	 */
	if (!at[AT_SPENT] || at[AT_TID] != tid || at[AT_START] != (u32)p->start_boottime) {
		emit_task(w, p);
		at[AT_FD] = 0;
		at[AT_SPENT] = 1;
		at[AT_START] = (u32)p->start_boottime;
		more = w->s->flags & LINX_SETUP_FILES && p->files && !shares_with_leader(p);
	} else {
		emit_files(w, p, &at[AT_FD], &at[AT_SPENT]);
		more = at[AT_FD];
	}
	if (!more) {
		at[AT_TID]++;
		at[AT_SPENT] = 0;
	}
	put_task_struct(p);
	return true;
}

/*
 * Writes records until the buffer is full, STEP_NS have passed or a signal is pending; writes at least one record,
 * unless all have been written.
 */
static void walk(struct snapshot *w)
{
	u64 until = ktime_get_mono_fast_ns() + STEP_NS;
	u32 *at = w->u->cursor;
	bool more;

	at[AT_TID] = clamp_t(u32, at[AT_TID], 1, PID_MAX_LIMIT);
	at[AT_FD] = min_t(u32, at[AT_FD], INT_MAX);
	do {
		more = step(w);
		cond_resched();
	} while (more && has_room(w) && !signal_pending(current) && ktime_get_mono_fast_ns() < until);
	if (!more)
		memset(at, 0, sizeof(w->u->cursor));
}

static_assert(LINX_SNAPSHOT_MIN >= LINX_REC_MAX);

int linx_session_snapshot(struct linx_session *s, struct linx_snapshot *u, void *buf, u32 size)
{
	struct snapshot *w;

	if (!smp_load_acquire(&s->ready))
		return -EINVAL;
	WRITE_ONCE(s->has_snapshot, true);
	u->used = 0;
	w = kvzalloc(sizeof(*w), LINX_GFP);
	if (!w)
		return -ENOMEM;
	w->s = s;
	w->u = u;
	w->buf = buf;
	w->size = size;
	w->r.scratch = w->scratch;
	w->r.rec_limit = LINX_REC_MAX;
	walk(w);
	kvfree(w);
	return 0;
}
