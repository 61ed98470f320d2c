/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Context records: who a task is. task/context.c
 *
 * The room task/ holds the records about tasks rather than calls: context, FILES and
 * SIGNAL records, and snapshots of all processes. When they are written is up to the
 * rooms above.
 */
#ifndef LINX_KMOD_CONTEXT_H
#define LINX_KMOD_CONTEXT_H

#include "core/session.h"

struct fs_struct;
struct linux_binprm;
struct linx_row;

/* A record of the current task is about to be written, and perhaps nothing has said who it is, or was. */
void linx_task_announce_slow(struct linx_session *s, struct linx_ring *r, u64 now);

static __always_inline void linx_task_announce(struct linx_session *s, struct linx_ring *r, u64 now)
{
	if (unlikely(!linx_is_announced(s)))
		linx_task_announce_slow(s, r, now);
}

/* The task's context has changed: announce it anew with its next record. */
static inline void linx_task_forget(struct linx_session *s, pid_t tid)
{
	if (test_bit(tid, s->announced))
		clear_bit(tid, s->announced);
}

/* That of all threads of its process has. */
void linx_task_forget_threads(struct linx_session *s, const struct task_struct *p);

/*
 * Does the reader know the task's process, though the filter may leave the task
 * out? What it changes is then the others' too, or was known before.
 */
static inline bool linx_task_process_announced(const struct linx_session *s, const struct task_struct *p)
{
	return test_bit(p->tgid, s->process_announced);
}

/* Owner's ioctl: whom a new filter leaves out has not been met. */
void linx_task_forget_filtered(struct linx_session *s);

/* The number is another task's from now on. */
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
 * A call of the current task made its context record out of date; arg0: its first
 * argument. true: that of a task which was not left out before, and is now; who
 * records the call makes it forgotten again.
 */
bool linx_task_changed(struct linx_session *s, struct linx_ring *r, const struct linx_row *row, s32 arg0, u64 now);

void linx_task_fork(struct linx_session *s, struct linx_ring *r, struct task_struct *child, u64 now);
void linx_task_exec(struct linx_session *s, struct linx_ring *r, pid_t old_tid, struct linux_binprm *bprm, u64 now);
/* An exec of a task that is filtered by now. */
void linx_task_exec_left_out(struct linx_session *s, struct linx_ring *r, u64 now);
void linx_task_exit(struct linx_session *s, struct linx_ring *r, struct task_struct *p, bool last, u64 now);
/* Nothing more of the process is told. */
void linx_task_end_process(struct linx_session *s, pid_t tgid);

/*
 * Parts of context records: of current or a child that does not run yet, or with
 * locks of any task, in process context. The executable's LINX_WHO_* are returned.
 */
void linx_task_put_ctx(struct linx_fill *f, struct task_struct *p, u32 flags, u32 code);
u32 linx_task_put_exe(struct linx_fill *f, struct task_struct *p, bool locks);
void linx_task_put_cwd(struct linx_fill *f, const struct fs_struct *fs);

#endif
