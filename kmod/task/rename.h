/* SPDX-License-Identifier: GPL-2.0-only */
/* Tasks that another task is renaming at this moment. Implemented in task/rename.c. */
#ifndef LINX_KMOD_RENAME_H
#define LINX_KMOD_RENAME_H

#include <linux/sched.h>
#include <linux/types.h>

/*
 * Stores that p, which is not the current task, is about to get this name. Called by the probe of task_rename, in any
 * context, also with a lock of p held; takes a raw spinlock. Returns the tid of the task whose entry was replaced, or
 * 0.
 */
pid_t linx_rename_begin(const struct task_struct *p, const char *comm);

/* Returns true if the task is being renamed now, and copies the new name to comm. Probe context. */
bool linx_rename_find(pid_t pid, char comm[TASK_COMM_LEN]);

/* Removes the task's entry: a context record has the name comm, or the task has ended (comm is NULL). Probe context. */
void linx_rename_end(pid_t pid, const char *comm);

#endif
