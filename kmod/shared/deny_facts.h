/* SPDX-License-Identifier: (GPL-2.0-only WITH Linux-syscall-note) OR LGPL-2.1-or-later */
/*
 * Facts about rules that refuse operations. The module checks rules by these facts, and the library explains the facts.
 */
#ifndef LINX_DENY_FACTS_H
#define LINX_DENY_FACTS_H

#ifndef __KERNEL__
#include <stdbool.h>
#endif
#include <linux/errno.h>
#include <linux/types.h>

/* Largest error that a call may return. Larger ones, such as ERESTARTSYS, have a meaning for the kernel itself. */
#define LINX_DENY_ERRNO_MAX 133

/*
 * May a rule let an operation fail with this error? Errors that make the kernel try again are not allowed. After ECHILD
 * and ESTALE the kernel looks for the file once more. io_uring takes EAGAIN, EALREADY and EINPROGRESS for an operation
 * that is not ready yet, and tries the operation again and again.
 */
static __always_inline bool linx_deny_may_return(__u32 error)
{
	switch (error) {
	case 0:
	case EAGAIN:
	case ECHILD:
	case EALREADY:
	case EINPROGRESS:
	case ESTALE:
		return false;
	default:
		return error <= LINX_DENY_ERRNO_MAX;
	}
}

#endif
