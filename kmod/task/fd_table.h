/* SPDX-License-Identifier: GPL-2.0-only */
/* Records how descriptor tables change: LINX_REC_FILES. Implemented in task/fd_table.c. */
#ifndef LINX_KMOD_FD_TABLE_H
#define LINX_KMOD_FD_TABLE_H

#include "core/session.h"

struct linx_call;

/* Called once, after linx_table_init() and linx_fd_init(). */
void linx_files_init(void);

/*
 * Records what a returned call of the current task may have changed in its descriptor table (linx_row.files). Called
 * in a session with LINX_SETUP_FILES, before the record of the call. c->now is a time before the table is read. Probe
 * context.
 */
void linx_files_changed(struct linx_session *s, struct linx_ring *r, const struct linx_call *c);

/*
 * Records a new child's table, if other tasks may have changed the parent's table while it was copied. Probe context.
 */
void linx_files_fork(struct linx_session *s, struct linx_ring *r, struct task_struct *child, u64 now);

/* Records all descriptors of the current task after an exec, which has left them open. Probe context. */
void linx_files_all(struct linx_session *s, struct linx_ring *r, u64 now);

/*
 * Records the current task's table when the reader first meets the task, as it may have changed unseen. A table with
 * too many descriptors is recorded as unknown. Probe context.
 */
void linx_files_announce(struct linx_session *s, struct linx_ring *r, u64 now);

#endif
