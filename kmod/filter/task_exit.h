/* SPDX-License-Identifier: GPL-2.0-only */
/* Which thread of a process is the last one of which its end is told. filter/task_exit.c */
#ifndef LINX_KMOD_TASK_EXIT_H
#define LINX_KMOD_TASK_EXIT_H

#include <linux/types.h>

struct task_struct;

/* Before the first session hooks anything: nobody's end has been seen. -ENOMEM. Sleeps; caller holds linx_sessions_lock. */
int linx_task_exit_init(void);
/* Then, with the hooks in place. */
void linx_task_exit_hooked(void);
/* Each task that there is in the beginning, or one that has its number since. Sleeps between many; fn() is an RCU reader. */
void linx_task_each(void (*fn)(const struct task_struct *p, void *data), void *data);
/* Unloading: no probe is in our text. */
void linx_task_exit_unload(void);

/* The number is a new task's, or that of one who took it over and lives. Probe context. */
void linx_task_exit_reset(pid_t tid);
/*
 * Probe context; when p's exit probe begins. Have those of all other threads of
 * its process begun? Of one it is true. now: becomes later than what they told.
 */
bool linx_task_exit_begin(const struct task_struct *p, u64 *now);
/*
 * Probe context; when p's exit probe has emitted all that there is. Have those of all
 * other threads done so? Then nothing more is emitted for the process.
 */
bool linx_task_exit_finish(const struct task_struct *p);
/* Has the exit probe of this task, which still exists, run? */
bool linx_task_exit_seen(pid_t tid);
/* RCU read side. Has the process ended, and is no exit probe of a thread of it still to come? */
bool linx_process_exited(const struct task_struct *p);

#endif
