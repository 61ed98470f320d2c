/* SPDX-License-Identifier: GPL-2.0-only */
/* Operations of io_uring as system calls. syscall/uring.c */
#ifndef LINX_KMOD_URING_H
#define LINX_KMOD_URING_H

#include "core/session.h"

struct linx_submitted;
struct linx_completed;

/* Whole probes, from any context of a task, completions also from an interrupt; end with preemption as it was. */
void linx_uring_submit(const struct linx_submitted *sub);
void linx_uring_complete(const struct linx_completed *done);

/* Is any operation's call among those that a session selected? */
bool linx_uring_selected(const struct linx_session *s);

/* Operations under way: a table for s->ops; freed with kvfree(). */
struct linx_ops *linx_uring_ops(void);
/* All that were under way; nobody is at it. */
void linx_uring_forget(struct linx_ops *ops);

/* Once, when the table of calls is complete. */
void linx_uring_init(void);

#endif
