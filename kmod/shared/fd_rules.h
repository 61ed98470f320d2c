/* SPDX-License-Identifier: (GPL-2.0-only WITH Linux-syscall-note) OR LGPL-2.1-or-later */
/*
 * Descriptors of calls: the lines of fds.def and files.def as numbers, and those rules of each engine that need
 * neither a session nor user memory.
 */
#ifndef LINX_SHARED_FD_RULES_H
#define LINX_SHARED_FD_RULES_H

#ifndef __KERNEL__
#include <stdbool.h>
#endif
#include <linux/errno.h>
#include <linux/net.h>
#include <linux/types.h>
#include "shared/files_facts.h"
#include "shared/row.h"

/* Types of arguments that are descriptors or point to some. */
#define LINX_ARG_FD 1u
#define LINX_ARG_DIRFD 2u /* a descriptor, or AT_FDCWD */
#define LINX_ARG_PAIR 4u /* points to two descriptors */
#define LINX_ARG_SET 8u /* points to a set of them */

/* Kinds of lines in fds.def. */
enum linx_fd_rule_kind {
	LINX_FD_RULE_RESULT,
	LINX_FD_RULE_RESULT_UNLESS,
	LINX_FD_RULE_ARG,
	LINX_FD_RULE_NONE,
	LINX_FD_RULE_BEHIND,
	LINX_FD_RULE_AT, /* at a place within captured memory */
	LINX_FD_RULE_AT_WHEN,
	/*
	 * Descriptors of another process. They are recorded once the kernel has let the caller look at that process,
	 * and always for the caller's own.
	 */
	LINX_FD_RULE_FOREIGN, /* by pidfd */
	LINX_FD_RULE_FOREIGN_PID,
	LINX_FD_RULE_FOREIGN_AT,
};

/*
 * A line of fds.def. It holds if argument k & mask is the value; rules that only look at memory ignore this. at:
 * offset in the captured memory. process: an argument; with AT_WHEN the offset on 32-bit ABIs.
 */
struct linx_fd_rule {
	__u8 kind, arg, process, k;
	__u16 row; /* LINX_ROW_ID_* */
	__u16 at;
	__u32 mask, value;
};

/* Does the rule only look at memory, so that no argument decides whether it holds? */
static __always_inline bool linx_fd_rule_looks(__u32 kind)
{
	return kind == LINX_FD_RULE_AT_WHEN || kind == LINX_FD_RULE_RESULT_UNLESS;
}

/* Is the rule about the result? */
static __always_inline bool linx_fd_rule_is_result(__u32 kind)
{
	return kind == LINX_FD_RULE_RESULT || kind == LINX_FD_RULE_RESULT_UNLESS;
}

_Static_assert(LINX_FD_RULE_RESULT_UNLESS < LINX_FD_RULE_FOREIGN && LINX_FD_RULE_AT_WHEN < LINX_FD_RULE_FOREIGN &&
		       LINX_FD_RULE_FOREIGN < LINX_FD_RULE_FOREIGN_PID && LINX_FD_RULE_FOREIGN < LINX_FD_RULE_FOREIGN_AT,
	       "kinds about another process stand last");

/* Does the rule only apply to calls that succeeded? */
static __always_inline bool linx_fd_rule_is_of_success(__u32 kind)
{
	return linx_fd_rule_is_result(kind) || kind == LINX_FD_RULE_BEHIND || kind >= LINX_FD_RULE_FOREIGN;
}

/* Kinds of lines in files.def. */
enum linx_files_rule_kind {
	LINX_FILES_RULE_SLOT,
	LINX_FILES_RULE_RESULT,
	LINX_FILES_RULE_RANGE,
	LINX_FILES_RULE_RIGHTS,
	LINX_FILES_RULE_BEHIND,
	LINX_FILES_RULE_CLONE_ARGS,
	LINX_FILES_RULE_SOCKETCALL,
	LINX_FILES_RULE_UNSHARE,
	LINX_FILES_RULE_ANY,
};

/*
 * A line of files.def. It holds if argument k & mask is the value. RIGHTS: arg is not 0 if the call has an array of
 * messages.
 */
struct linx_files_rule {
	__u8 kind, arg, k, reserved;
	__u16 row, reserved2; /* LINX_ROW_ID_* */
	__u32 mask, value;
};

/* Returns the value that an operation of i386's socketcall resolves. */
static inline __u32 linx_socketcall_resolved(__u32 call)
{
	switch (call) {
	case SYS_CONNECT:
		return LINX_RESOLVED_PEER;
	case SYS_SEND:
	case SYS_RECV:
	case SYS_SENDTO:
	case SYS_RECVFROM:
	case SYS_SENDMSG:
	case SYS_RECVMSG:
	case SYS_RECVMMSG:
	case SYS_SENDMMSG:
		return LINX_RESOLVED_MESSAGE;
	default:
		return LINX_RESOLVED_NONE;
	}
}

/*
 * Does this operation of socketcall receive a message? Sets *flags to the index of its flags among the operation's
 * arguments.
 */
static inline bool linx_socketcall_receives(__u32 call, __u32 *flags)
{
	*flags = call == SYS_RECVMSG ? 2 : 3;
	return call == SYS_RECV || call == SYS_RECVFROM || call == SYS_RECVMSG || call == SYS_RECVMMSG;
}

/* Returns which argument holds the MSG_* flags, for a call with a message and nargs arguments. */
static __always_inline __u32 linx_message_flags(__u32 nargs)
{
	return nargs == 3 ? 2 : 3;
}

/*
 * Has the call resolved the value, given its result? A connect in progress has its peer already, and the socket of a
 * message counts even if the message was not taken.
 */
static __always_inline bool linx_has_resolved(__u32 what, __s64 ret)
{
	return !linx_call_failed(ret) || what == LINX_RESOLVED_MESSAGE || (what == LINX_RESOLVED_PEER && ret == -EINPROGRESS);
}

/* Numbers of the kernel's linux/socket.h, which user space does not get. */
#define LINX_SCM_RIGHTS 1
#define LINX_SCM_PIDFD 4

/* Does a control message of this level and type carry descriptors? */
static __always_inline bool linx_carries_fds(__s32 level, __s32 type)
{
	return level == SOL_SOCKET && (type == LINX_SCM_RIGHTS || type == LINX_SCM_PIDFD);
}

#endif
