/* SPDX-License-Identifier: GPL-2.0-only */
/* Finds the thread of a process whose end is recorded last. Implemented in filter/task_exit.c. */
#ifndef LINX_KMOD_TASK_EXIT_H
#define LINX_KMOD_TASK_EXIT_H

#include <linux/types.h>

struct task_struct;

/*
 * Allocates or clears the bits of exit probes. Called before probes are attached for the first running session. Returns
 * 0 or -ENOMEM. Sleeps; the caller holds linx_sessions_lock.
 */
int linx_task_exit_init(void);
/* Accounts for tasks that are exiting already. Called after linx_task_exit_init(), when the probes are attached. */
void linx_task_exit_hooked(void);
/*
 * Calls fn() for each task that exists at the beginning, or for a newer task with its tid. Sleeps now and then; fn()
 * is called as an RCU reader.
 */
void linx_task_each(void (*fn)(const struct task_struct *p, void *data), void *data);
/* Frees the bits. Called when the module is unloaded and no probe runs in its text any more. */
void linx_task_exit_unload(void);

/*
 * Clears the bits of a tid, which now belongs to a new task, or to a live task that has taken over this tid. Probe
 * context.
 */
void linx_task_exit_reset(pid_t tid);
/*
 * Notes that p's exit probe begins. Returns true if the exit probes of all other threads of p's process have begun;
 * only one thread of a process gets true. *now is then made later than the times that the other threads got. Probe
 * context.
 */
bool linx_task_exit_begin(const struct task_struct *p, u64 *now);
/*
 * Notes that p's exit probe has written all its records. Returns true if p is the last thread of its process to do so:
 * no more records of the process follow then. Probe context.
 */
bool linx_task_exit_finish(const struct task_struct *p);
/* Has the exit probe of the task with this tid ended? The task must still exist. */
bool linx_task_exit_seen(pid_t tid);
/* Has the process ended, and have the exit probes of all its threads run? RCU read side. */
bool linx_process_exited(const struct task_struct *p);

#endif
