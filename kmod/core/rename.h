/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Finds renames that came while names and parents of dentries were read. Nothing is locked and nothing waits, so that
 * these functions can be called in any context. The kernel changes names and parents only while it holds rename_lock.
 * Its sequence count is odd then.
 */
#ifndef LINX_KMOD_RENAME_H
#define LINX_KMOD_RENAME_H

#include <linux/dcache.h>
#include <linux/seqlock.h>

/*
 * Begins to read names and parents. Reads the bare sequence count, since functions of seqlock_t would wait for a rename
 * to end, or, on PREEMPT_RT, take the lock.
 */
static inline unsigned int linx_rename_begin(void)
{
	return raw_read_seqcount(&rename_lock.seqcount.seqcount);
}

/* Was a rename under way when linx_rename_begin() returned seq, or has one come since? */
static inline bool linx_rename_came(unsigned int seq)
{
	return seq & 1 || read_seqcount_retry(&rename_lock.seqcount.seqcount, seq);
}

#endif
