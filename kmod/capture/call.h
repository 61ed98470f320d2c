/* SPDX-License-Identifier: GPL-2.0-only */
/* Structures from which the record of a system call, or of an operation of io_uring, is built. */
#ifndef LINX_KMOD_CALL_H
#define LINX_KMOD_CALL_H

#include <linux/linx.h>
#include <linux/types.h>
#include "table/table.h"

struct pt_regs;

/* An operation of io_uring about to be recorded. It is used instead of the registers in struct linx_call. */
struct linx_op {
	u64 args[LINX_NARGS];
	const struct linx_uring *uring;
	struct file *file; /* in a record of the result: the operation's file, open during the probe; else NULL */
	const void *files; /* descriptor table of the submitter: only compared, never dereferenced */
	u32 uring_size; /* bytes of *uring that are recorded */
	u32 tid, pid; /* the submitting task */
	u32 uid, gid, euid, egid;
	u16 flags; /* LINX_RF_* that the other members do not imply */
	u8 kind; /* enum linx_rec_kind */
	u8 nargs; /* 0: no arguments, or this kernel does not pass them */
	u8 rule; /* number of the operation's rule in tables/uring.def */
	u8 file_arg; /* the argument that names the operation's file */
	bool calm; /* a record of the submission, and file_arg is a descriptor: descriptors can be looked up */
	bool fixed; /* file_arg is an index of the io_uring's own table, not a descriptor */
	bool made; /* the result can be a descriptor; in a record of the result, the probe can also look it up */
	bool flat; /* memory that structures point to is not captured */
	/* true: memory at the operation's addresses is not captured, since the operation uses registered buffers */
	bool registered;
	unsigned int mask; /* bit i: the memory that argument i points to is captured */
};

/* A system call about to be recorded. All sessions that record the call use the same structure. */
struct linx_call {
	struct pt_regs *regs;
	const struct linx_op *op; /* not NULL: the call was submitted to io_uring, and regs is not used */
	const struct linx_row *row; /* the call's row of the call table (tables/syscalls.def), or its variant */
	u64 now; /* time of the record */
	long nr; /* without the x32 bit */
	long ret;
	u32 key; /* linx_key() */
	bool scalars; /* the arguments are recorded, but no memory that they point to */
};

/* Is the call's number too large for linx_rec.nr? Then linx_put_number() adds the number as a value. */
static __always_inline bool linx_nameless(const struct linx_call *c)
{
	return unlikely(c->key % LINX_NR_MAX == LINX_NR_OTHER) && c->nr != -1;
}

#endif
