/* SPDX-License-Identifier: GPL-2.0-only */
/* Records operations of io_uring as system calls. Implemented in syscall/uring.c. */
#ifndef LINX_KMOD_URING_H
#define LINX_KMOD_URING_H

#include "core/session.h"

struct linx_submitted;
struct linx_completed;

/*
 * The probes of io_uring, for a submission and for a result. They run in any task, linx_uring_complete() also in an
 * interrupt. On return preemption is on or off as it was before.
 */
void linx_uring_submit(const struct linx_submitted *sub);
void linx_uring_complete(const struct linx_completed *done);

/* Does the session select any of the calls that operations of io_uring can stand for? */
bool linx_uring_selected(const struct linx_session *s);

/* Allocates the table of operations under way, for s->ops; kvfree() frees it. NULL: no memory. */
struct linx_ops *linx_uring_ops(void);
/* Forgets all operations under way. The caller ensures that no probe uses the table. */
void linx_uring_forget(struct linx_ops *ops);

/* Finds the call numbers for the rules of tables/uring.def. Called once, when the table of calls is complete. */
void linx_uring_init(void);

#endif
