/* SPDX-License-Identifier: (GPL-2.0-only WITH Linux-syscall-note) OR LGPL-2.1-or-later */
/*
 * Rules by which the module and the eBPF engine record changes of descriptor tables. The including file has included
 * the numbers of errors and of socketcall(2) operations (errno.h, linux/net.h).
 */
#ifndef LINX_FILES_FACTS_H
#define LINX_FILES_FACTS_H

#include <linux/types.h>

/*
 * Most bytes of FILES records for one call, as preemption is off meanwhile, and paths may be long. Beyond this limit, a
 * record only says which descriptors are open.
 */
#define LINX_FILES_SPENT_MAX (256 * 1024)
/* Most descriptors of a table that is recorded whole, and of one record. This bounds the cost of a fork. */
#define LINX_FILES_ALL_MAX 256
#define LINX_FILES_AT_ONCE_MAX 32
/* Most bytes of the bitmap of open descriptors that are recorded; descriptors beyond it are not recorded. */
#define LINX_FILES_OPEN_BYTES 512
/* Most descriptor numbers of a table that are examined for one call. A table can have 2^30 of them. */
#define LINX_FDS_LOOK_MAX (1 << 18)

/*
 * Limits of what is read of received messages: control messages of one message, descriptors of a whole call (the kernel
 * allows 253 in one control message), and messages.
 */
#define LINX_CMSG_MAX 64
#define LINX_RIGHTS_MAX 1024
#define LINX_MMSG_MAX 64

/*
 * Offsets in struct msghdr of the name's length and of the address and length of the control messages, and the sizes of
 * struct msghdr and struct mmsghdr, for programs with 32-bit longs (narrow) and 64-bit longs. The address of the name is
 * at offset 0.
 */
#define LINX_MSG_NAMELEN(narrow) ((narrow) ? 4 : 8)
#define LINX_MSG_CONTROL(narrow) ((narrow) ? 16 : 32)
#define LINX_MSG_CONTROLLEN(narrow) ((narrow) ? 20 : 40)
#define LINX_MSG_SIZE(narrow) ((narrow) ? 28 : 56)
#define LINX_MMSG_SIZE(narrow) ((narrow) ? 32 : 64)

/*
 * Reasons why a call may have added more descriptors to the table than the program's memory shows, from weak to strong.
 */
enum linx_doubt {
	LINX_DOUBT_NONE,
	LINX_DOUBT_SILENT, /* a message came, and its buffer for control messages shows no descriptor */
	LINX_DOUBT_LATER, /* the call may have overwritten its own list of new descriptors */
	/*
	 * the program's memory that shows the new descriptors cannot be read, is malformed or was overwritten, or shows
	 * more than is checked; or the call may have changed the table before it failed, or may change any descriptor
	 */
	LINX_DOUBT_SOME,
};

/*
 * Does the family of the socket decide whether a doubt is weak? Then the doubt is weak if the socket is not a UNIX
 * socket, as only UNIX sockets bring descriptors. Nothing is recorded for a weak doubt. alone: no other task shares the
 * table. In a shared table another task may have replaced the socket meanwhile, so the family decides only for
 * LINX_DOUBT_LATER. There LINX_DOUBT_SILENT is always weak, since most such messages come from sockets that cannot
 * bring descriptors, and LINX_DOUBT_SOME never is.
 */
static __always_inline int linx_doubt_by_family(__u32 doubt, int alone)
{
	return alone || doubt == LINX_DOUBT_LATER;
}

/*
 * Is the whole table recorded for a doubt that is not weak? If not, only the numbers of open descriptors are recorded.
 */
static __always_inline int linx_doubt_takes_all(__u32 doubt, int alone)
{
	return doubt != LINX_DOUBT_SILENT && alone;
}

/* Do two ranges of memory overlap? */
static __always_inline int linx_ranges_meet(__u64 a, __u64 a_size, __u64 b, __u64 b_size)
{
	return a_size && b_size && (a - b < b_size || b - a < a_size);
}

/* Is the result of a call an error number? */
static __always_inline bool linx_call_failed(__s64 ret)
{
	return (__u64)ret >= (__u64)-4095;
}

/*
 * Can a receiving call with this result have received a message, and have installed the descriptors in that message? A
 * failed call can have done so, too: the kernel installs descriptors before it copies the message's address, and that
 * copy may fail.
 */
static __always_inline bool linx_may_have_come(__s64 ret)
{
	return !linx_call_failed(ret) || ret == -EFAULT || ret == -EINVAL || ret == -ENOMEM;
}

/*
 * Returns how many arguments of a socketcall(2) operation are needed to find the descriptors that it may have changed:
 * at most 4; 0: it changed none. call: number of the operation. ret: its result.
 */
static __always_inline __u32 linx_socketcall_args(__u64 call, __s64 ret)
{
	switch (call) {
	case SYS_BIND:
	case SYS_CONNECT:
		return ret == -EBADF ? 0 : 1;
	case SYS_RECVMSG:
		return linx_may_have_come(ret) ? 2 : 0;
	case SYS_RECVMMSG:
		return linx_may_have_come(ret) ? 3 : 0;
	case SYS_SOCKETPAIR:
	case SYS_GETSOCKOPT:
		return linx_call_failed(ret) ? 0 : 4;
	default:
		return 0;
	}
}

#endif
