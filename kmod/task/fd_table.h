/* SPDX-License-Identifier: GPL-2.0-only */
/* How tables of descriptors change: LINX_REC_FILES. task/fd_table.c */
#ifndef LINX_KMOD_FD_TABLE_H
#define LINX_KMOD_FD_TABLE_H

#include "core/session.h"

/* Numbers of a table that are looked at in one go, with preemption off or its lock held. A table may have 2^30. */
#define LINX_FDS_LOOK_MAX (1 << 18)

struct linx_call;

/* Once, after linx_table_init() and linx_fd_init(). */
void linx_files_init(void);

/*
 * A call of the current task has returned that may have changed its table:
 * linx_row.files. In a session with LINX_SETUP_FILES, before the record of the
 * call. c->now was read before. Probe context.
 */
void linx_files_changed(struct linx_session *s, struct linx_ring *r, const struct linx_call *c);

/* Emits a new child's table, if other tasks may have changed the table while it was copied. Probe context. */
void linx_files_fork(struct linx_session *s, struct linx_ring *r, struct task_struct *child, u64 now);

/* All that the current task has: what an exec left open. Probe context. */
void linx_files_all(struct linx_session *s, struct linx_ring *r, u64 now);

/*
 * Emits the current task's table when the task is first announced, as it may have changed
 * unseen; one with too many descriptors as unknown. Probe context.
 */
void linx_files_announce(struct linx_session *s, struct linx_ring *r, u64 now);

#endif
