/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Task values beyond its ids. task/task_info.c
 *
 * p is current or a child that does not run yet, in probe context; or, with locks, any
 * task that the caller holds, in process context.
 */
#ifndef LINX_KMOD_TASK_INFO_H
#define LINX_KMOD_TASK_INFO_H

#include "core/session.h"

/* Once, before anything else asks. */
void linx_task_info_init(void);

/* A number for an object that others may be compared with, as long as it lives. */
u64 linx_task_info_id(const void *p);

void linx_task_info_put(struct linx_fill *f, struct task_struct *p, u32 flags, bool locks);
void linx_task_info_put_cgroup(struct linx_fill *f, struct task_struct *p, bool locks);
/* Is a child of current in another cgroup than that? */
bool linx_task_info_moved(struct task_struct *child);
/* Writes the resource usage of an exiting task, or of its whole process. */
void linx_task_info_put_usage(struct linx_fill *f, struct task_struct *p, bool group);

#endif
