/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Attributes of a task besides its ids. Implemented in task/task_info.c.
 *
 * p is the current task or a child that does not run yet, in probe context; or, if "locks" is true, any task to which
 * the caller has a reference, in process context or in a probe with LINX_HAVE_PATHS.
 */
#ifndef LINX_KMOD_TASK_INFO_H
#define LINX_KMOD_TASK_INFO_H

#include "core/session.h"

/* Called once, before all other functions here. */
void linx_task_info_init(void);

/* Returns a number for a kernel object, which is equal for equal objects as long as they live. */
u64 linx_task_info_id(const void *p);

struct nsproxy;

/* Returns the number of a mount namespace; 0: this kernel's layout is not known. */
u32 linx_task_info_mnt_ns(const struct nsproxy *ns);

void linx_task_info_put(struct linx_fill *f, struct task_struct *p, u32 flags, bool locks);
void linx_task_info_put_cgroup(struct linx_fill *f, struct task_struct *p, bool locks);
/* Is a child of the current task in another cgroup than the current task? */
bool linx_task_info_moved(struct task_struct *child);
/* Writes the resource usage of an exiting task, or of its whole process. */
void linx_task_info_put_usage(struct linx_fill *f, struct task_struct *p, bool group);

#endif
