/* SPDX-License-Identifier: GPL-2.0-only */
/* Finds the thread of a process whose end is recorded last. filter/task_exit.c */
#ifndef LINX_KMOD_TASK_EXIT_H
#define LINX_KMOD_TASK_EXIT_H

#include <linux/types.h>

struct task_struct;

/*
 * Called before the first session attaches probes, when no exit has been seen. -ENOMEM: no memory. Sleeps; caller
 * holds linx_sessions_lock.
 */
int linx_task_exit_init(void);
/* Called after that, with the probes attached. */
void linx_task_exit_hooked(void);
/* Each task that there is in the beginning, or one that has its number since. Sleeps between many; fn() is an RCU reader. */
void linx_task_each(void (*fn)(const struct task_struct *p, void *data), void *data);
/* Unloading: no probe is in our text. */
void linx_task_exit_unload(void);

/* The number belongs to a new task, or to a live task that took it over. Probe context. */
void linx_task_exit_reset(pid_t tid);
/*
 * Called when p's exit probe begins. Returns true if those of all other threads of its process have begun; true for
 * one thread only. *now: moved behind the times of the others. Probe context.
 */
bool linx_task_exit_begin(const struct task_struct *p, u64 *now);
/*
 * Called when p's exit probe has written all its records. Returns true if those of all other threads have too; then
 * no more records of the process follow. Probe context.
 */
bool linx_task_exit_finish(const struct task_struct *p);
/* Has the exit probe of this task run? The task still exists. */
bool linx_task_exit_seen(pid_t tid);
/* Has the process ended, with the exit probes of all its threads over? RCU read side. */
bool linx_process_exited(const struct task_struct *p);

#endif
