/* SPDX-License-Identifier: (GPL-2.0-only WITH Linux-syscall-note) OR LGPL-2.1-or-later */
/*
 * Rules by which the module and the eBPF engine record changes of descriptor tables. The including file has included
 * the numbers of errors and of socketcall(2) operations (errno.h, linux/net.h).
 */
#ifndef LINX_FILES_FACTS_H
#define LINX_FILES_FACTS_H

#include <linux/types.h>

/* Is the result of a call an error number? */
static __always_inline bool linx_call_failed(__s64 ret)
{
	return (__u64)ret >= (__u64)-4095;
}

/*
 * May a receiving call with this result have received a message, and installed the descriptors in it? A failed call may
 * have done so too: the kernel installs descriptors before it copies the message's address, and that copy may fail.
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
