/* SPDX-License-Identifier: GPL-2.0-only */
/* Tasks that another task is just renaming. task/rename.c */
#ifndef LINX_KMOD_RENAME_H
#define LINX_KMOD_RENAME_H

#include <linux/sched.h>
#include <linux/types.h>

/*
 * Probe of task_rename: p, not the current task, is going to have this name. Any context, also with
 * a lock of p held; takes a raw spinlock. Returns the task whose entry had to go for it, or 0.
 */
pid_t linx_rename_begin(const struct task_struct *p, const char *comm);

/* Probe context. True: the task is being renamed to comm, as of now. */
bool linx_rename_find(pid_t pid, char comm[TASK_COMM_LEN]);

/* Probe context. The task has that name, or (comm is NULL) is gone. */
void linx_rename_end(pid_t pid, const char *comm);

#endif
