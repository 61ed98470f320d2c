/* SPDX-License-Identifier: (GPL-2.0-only WITH Linux-syscall-note) OR LGPL-2.1-or-later */
/*
 * Rules by which each engine in the kernel reports how tables of descriptors change. Who
 * includes this has the numbers of errors and of socketcall's operations (errno.h, linux/net.h).
 */
#ifndef LINX_FILES_FACTS_H
#define LINX_FILES_FACTS_H

#include <linux/types.h>

static __always_inline bool linx_call_failed(__s64 ret)
{
	return (__u64)ret >= (__u64)-4095;
}

/* May a message have been received? Its descriptors come first, then the address, whose length is read and written. */
static __always_inline bool linx_may_have_come(__s64 ret)
{
	return !linx_call_failed(ret) || ret == -EFAULT || ret == -EINVAL || ret == -ENOMEM;
}

/* How many arguments of a socketcall say which descriptors it may have changed: at most 4. */
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
