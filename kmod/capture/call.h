/* SPDX-License-Identifier: GPL-2.0-only */
/* Source of a system call's record: the call, or the operation of io_uring that stands for it. */
#ifndef LINX_KMOD_CALL_H
#define LINX_KMOD_CALL_H

#include <linux/linx.h>
#include <linux/types.h>
#include "table/table.h"

struct pt_regs;

/* An operation on its way to a record: what struct linx_call has in place of registers. */
struct linx_op {
	u64 args[LINX_NARGS];
	const struct linx_uring *uring;
	u32 uring_size; /* bytes of it that are recorded */
	u32 tid, pid; /* task that submitted it */
	u32 uid, gid, euid, egid;
	u16 flags; /* LINX_RF_* beside those that follow from the rest */
	u8 kind; /* enum linx_rec_kind */
	u8 nargs; /* 0: this kernel does not tell them, or there are none */
	bool calm; /* in the submitter, no lock held: descriptors can be told */
	bool flat; /* memory that structures point to is not read */
	bool registered; /* buffers are registered pages, whatever lies at that address now */
	unsigned int mask; /* arguments whose memory is read */
};

/* A system call as a probe found it; the same for all sessions. */
struct linx_call {
	struct pt_regs *regs;
	const struct linx_op *op; /* in their place: it was submitted to io_uring */
	const struct linx_row *row;
	u64 now;
	long nr; /* without the x32 bit */
	long ret;
	u32 key; /* linx_key() */
	bool scalars; /* without what the arguments point to */
};

/* Is it a call that the head of its records cannot name? linx_put_number() does. */
static __always_inline bool linx_nameless(const struct linx_call *c)
{
	return unlikely(c->key % LINX_NR_MAX == LINX_NR_OTHER) && c->nr != -1;
}

#endif
