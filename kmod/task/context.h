/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Context records: identity and attributes of a task. Implemented in task/context.c.
 *
 * The directory task/ holds the records about tasks instead of calls: context, FILES and SIGNAL records, and snapshots
 * of all processes. Other directories (syscall/, control/) decide when they are written.
 */
#ifndef LINX_KMOD_CONTEXT_H
#define LINX_KMOD_CONTEXT_H

#include "core/session.h"

struct fs_struct;
struct linux_binprm;
struct linx_row;

/*
 * Writes a context record of the current task, if the reader has none that is up to date. Called before another record
 * of the task is written.
 */
void linx_task_announce_slow(struct linx_session *s, struct linx_ring *r, u64 now);

static __always_inline void linx_task_announce(struct linx_session *s, struct linx_ring *r, u64 now)
{
	if (unlikely(!linx_is_announced(s)))
		linx_task_announce_slow(s, r, now);
}

/*
 * Lets the fast paths count the current task's calls, in a session with LINX_SETUP_COUNT, which writes no context
 * records: there the task's bit says that the filters of tasks accept the task, and that it is not a task of the
 * reader.
 */
static inline void linx_task_count(struct linx_session *s)
{
	if (!test_bit(current->pid, s->announced))
		set_bit(current->pid, s->announced);
}

/* Makes the session write a new context record before the task's next record. */
static inline void linx_task_forget(struct linx_session *s, pid_t tid)
{
	if (test_bit(tid, s->announced))
		clear_bit(tid, s->announced);
}

/* Makes the session write new context records of all threads of p's process. */
void linx_task_forget_threads(struct linx_session *s, const struct task_struct *p);

/*
 * Does the reader know the task's process, even if filters leave out this task? A reader that knows the process needs
 * to know what this task changes for all of its threads.
 */
static inline bool linx_task_process_announced(const struct linx_session *s, const struct task_struct *p)
{
	return test_bit(p->tgid, s->process_announced);
}

/* Forgets the tasks that a new filter leaves out. Called by an owner's ioctl. */
void linx_task_forget_filtered(struct linx_session *s);

/* Forgets all that the session knows of tid: its task is gone, and the next task with this tid is another one. */
static inline void linx_task_gone(struct linx_session *s, pid_t tid)
{
	linx_task_forget(s, tid);
	if (test_bit(tid, s->ever_announced))
		clear_bit(tid, s->ever_announced);
	if (test_bit(tid, s->process_announced))
		clear_bit(tid, s->process_announced);
	if (test_bit(tid, s->cmdline_sent))
		clear_bit(tid, s->cmdline_sent);
}

/*
 * Writes a new context record of the current task, after a call of the task has made the last one out of date. arg0:
 * first argument of the call. Returns true if the filter leaves the task out now but did not before; the caller
 * records the call and then forgets the task.
 */
bool linx_task_changed(struct linx_session *s, struct linx_ring *r, const struct linx_row *row, s32 arg0, u64 now);

void linx_task_fork(struct linx_session *s, struct linx_ring *r, struct task_struct *child, u64 now);
void linx_task_exec(struct linx_session *s, struct linx_ring *r, pid_t old_tid, struct linux_binprm *bprm, u64 now);
/* Handles an exec of a task that filters leave out now. */
void linx_task_exec_left_out(struct linx_session *s, struct linx_ring *r, u64 now);
void linx_task_exit(struct linx_session *s, struct linx_ring *r, struct task_struct *p, bool last, u64 now);
/* Forgets a process whose last thread has ended. */
void linx_task_end_process(struct linx_session *s, pid_t tgid);

/*
 * The functions below write parts of a context record. p: the current task, a child that does not run yet, or, if
 * "locks" is true, any task: in process context, or in a probe with LINX_HAVE_PATHS. linx_task_put_exe() returns
 * LINX_WHO_* of the executable.
 */
void linx_task_put_ctx(struct linx_fill *f, struct task_struct *p, u32 flags, u32 code);
u32 linx_task_put_exe(struct linx_fill *f, struct task_struct *p, bool locks);
void linx_task_put_cwd(struct linx_fill *f, const struct fs_struct *fs);

#endif
