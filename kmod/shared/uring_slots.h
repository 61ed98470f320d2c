/* SPDX-License-Identifier: (GPL-2.0-only WITH Linux-syscall-note) OR LGPL-2.1-or-later */
/*
 * The table of io_uring operations under way, for the module and the eBPF engine: in which slots an operation can be,
 * which operation loses its slot to another one, and what is known of operations that have no slot.
 * kmod/syscall/uring.c describes how operations are recorded.
 */
#ifndef LINX_URING_SLOTS_H
#define LINX_URING_SLOTS_H

#include <linux/types.h>

/*
 * An operation may be in two runs of LINX_URING_TRIES slots. The first run begins at the hash of user_data, which every
 * result has, and its slots are neighbours. The second begins at the hash of the request, and its slots are
 * LINX_URING_STEP apart: programs may give all operations the same user_data, but a request belongs to one operation. As
 * the steps differ, the slots that one user_data fills are never all slots of a request.
 */
#define LINX_URING_TRIES 8
#define LINX_URING_STEP 61
/*
 * Age of an operation in ns from which another operation may take its slot. Without this, operations whose end the kernel
 * never reports would fill the table.
 */
#define LINX_URING_OLD 10000000000ull
/* Passes in which a search looks for a slot that a new operation may take. */
#define LINX_URING_PASSES 3

/*
 * Parts of a counter, which all operations with the same hash of io_uring and user_data share. KEPT_ALL: number of the
 * operations that have a slot. KEPT_ALL_BY_REQUEST: number of the operations whose slot only a search by request finds.
 * UNKEPT_ONE: some operation has no slot, as its success is never reported, or it found no free slot, or it lost its
 * slot. UNKEPT_SEVERAL: some operation that may have several results has no slot. KEPT_ONE or KEPT_BY_REQUEST is added
 * for one operation.
 */
#define LINX_KEPT_ONE 1u
#define LINX_KEPT_ALL 0xffffu
#define LINX_KEPT_BY_REQUEST 0x10001u
#define LINX_KEPT_ALL_BY_REQUEST 0x1fff0000u
#define LINX_UNKEPT_ONE 0x20000000u
#define LINX_UNKEPT_SEVERAL 0x40000000u

/*
 * May a new operation take the slot of an earlier one in this pass? over: the earlier operation has ended, since its
 * request was reused. old_silent: the earlier operation is not recorded. silent: the new one is not recorded. time:
 * when the earlier one was submitted. An operation is old after LINX_URING_OLD ns. From pass 1 on, an operation that is
 * not recorded gives way to one that is recorded or, if it is old, to any other. In pass 2, an old operation gives way
 * to one that is recorded. An operation that is not recorded never replaces one that is recorded; otherwise a program
 * with many such operations could drop those of other programs.
 */
static __always_inline int linx_uring_slot_may_go(int over, int old_silent, int silent, __u64 time, __u64 now, __u32 pass)
{
	int old = time + LINX_URING_OLD <= now;

	if (over)
		return 1;
	if (old_silent)
		return pass >= 1 && (!silent || old);
	return pass >= 2 && !silent && old;
}

#endif
