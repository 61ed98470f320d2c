/* SPDX-License-Identifier: GPL-2.0-only */
/* Operations of io_uring as system calls. uring.c */
#ifndef LINX_KMOD_URING_H
#define LINX_KMOD_URING_H

#include "session.h"

struct linx_submitted;
struct linx_completed;

/* An operation on its way to a record: what struct linx_call has in place of registers. */
struct linx_op {
	u64 args[LINX_NARGS];
	const struct linx_uring *told;
	u32 told_size; /* bytes of it that are recorded */
	u32 tid, pid; /* who submitted it */
	u32 uid, gid, euid, egid;
	u16 flags; /* LINX_RF_* beside those that follow from the rest */
	u8 kind; /* enum linx_rec_kind */
	u8 nargs; /* 0: this kernel does not tell them, or there are none */
	bool calm; /* in the submitter, no lock held: descriptors can be told */
	bool flat; /* what structures point to is not read */
	bool registered; /* its buffers are pages that were registered, whatever lies at that address now */
	unsigned int mask; /* arguments whose memory is read */
};

/* Whole probes, from any context of a task, completions also from an interrupt; end with preemption as it was. */
void linx_uring_submit(const struct linx_submitted *sub);
void linx_uring_complete(const struct linx_completed *done);

/* Is any operation's call among those that a session selected? */
bool linx_uring_wanted(const struct linx_session *s);

/* Operations under way: a table for s->ops; freed with kvfree(). */
struct linx_ops *linx_uring_ops(void);
/* All that were under way; nobody is at it. */
void linx_uring_forget(struct linx_ops *ops);

/* Once, when the table of calls is complete. */
void linx_uring_init(void);

#endif
