/* SPDX-License-Identifier: (GPL-2.0-only WITH Linux-syscall-note) OR LGPL-2.1-or-later */
/*
 * Rules by which engines find descriptors of a call, and calls that change descriptor tables: the types for lines of
 * tables/fds.def and tables/files.def, and functions that need neither a session nor user memory.
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

/* Bits for the type of an argument that is a descriptor, or points to descriptors. */
#define LINX_ARG_FD 1u
#define LINX_ARG_DIRFD 2u /* a descriptor, or AT_FDCWD */
#define LINX_ARG_PAIR 4u /* points to two descriptors */
#define LINX_ARG_SET 8u /* points to an fd_set */

/* Kinds of lines in tables/fds.def, which describes them. */
enum linx_fd_rule_kind {
	LINX_FD_RULE_RESULT,
	LINX_FD_RULE_RESULT_UNLESS,
	LINX_FD_RULE_ARG,
	LINX_FD_RULE_NONE,
	LINX_FD_RULE_BEHIND,
	LINX_FD_RULE_AT, /* the descriptor is at an offset in captured memory */
	LINX_FD_RULE_AT_WHEN,
	/*
	 * Descriptors of another process. They are recorded only if the call succeeded, which shows that the kernel
	 * allowed the caller to access that process. FOREIGN_PID and FOREIGN_AT need no such proof if the process is
	 * the caller's own: its descriptors are recorded at each return.
	 */
	LINX_FD_RULE_FOREIGN, /* the process is given by a pidfd */
	LINX_FD_RULE_FOREIGN_PID,
	LINX_FD_RULE_FOREIGN_AT,
};

/*
 * A line of tables/fds.def, whose head describes each kind of rule. arg: number of an argument that is a descriptor, or
 * that points to memory. at: offset in that memory. process: number of the argument that gives the process. A rule
 * applies to a call if (argument k & mask) == value, except for two kinds, which test 32 bits of the memory that arg
 * points to. AT_WHEN applies if (the bits at offset k & mask) == value; its member "process" is the offset that
 * replaces "at" on 32-bit ABIs. RESULT_UNLESS applies if the bits at offset "at" have no bit of mask.
 */
struct linx_fd_rule {
	__u8 kind, arg, process, k;
	__u16 row; /* LINX_ROW_ID_* */
	__u16 at;
	__u32 mask, value;
};

/* Does a rule of this kind have a condition on memory, not on an argument? */
static __always_inline bool linx_fd_rule_looks(__u32 kind)
{
	return kind == LINX_FD_RULE_AT_WHEN || kind == LINX_FD_RULE_RESULT_UNLESS;
}

/* Does a rule of this kind say whether the call's result is a descriptor? */
static __always_inline bool linx_fd_rule_is_result(__u32 kind)
{
	return kind == LINX_FD_RULE_RESULT || kind == LINX_FD_RULE_RESULT_UNLESS;
}

_Static_assert(LINX_FD_RULE_RESULT_UNLESS < LINX_FD_RULE_FOREIGN && LINX_FD_RULE_AT_WHEN < LINX_FD_RULE_FOREIGN &&
		       LINX_FD_RULE_FOREIGN < LINX_FD_RULE_FOREIGN_PID && LINX_FD_RULE_FOREIGN < LINX_FD_RULE_FOREIGN_AT,
	       "kinds about another process stand last");

/* Does a rule of this kind only apply to calls that succeeded? */
static __always_inline bool linx_fd_rule_is_of_success(__u32 kind)
{
	return linx_fd_rule_is_result(kind) || kind == LINX_FD_RULE_BEHIND || kind >= LINX_FD_RULE_FOREIGN;
}

/* Kinds of lines in tables/files.def, which describes them. */
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
 * A line of tables/files.def. It applies to a call if (argument k & mask) == value. In a line of kind RIGHTS arg is not
 * the number of an argument: it is 1 if the call receives an array of messages, and 0 if it receives one message.
 */
struct linx_files_rule {
	__u8 kind, arg, k, reserved;
	__u16 row, reserved2; /* LINX_ROW_ID_* */
	__u32 mask, value;
};

/* Returns which value LINX_SETUP_RESOLVED adds to the return of socketcall(2). call: number of the operation. */
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
 * Does this operation of socketcall(2) receive a message? Sets *flags to the number of the argument of the operation
 * that holds the MSG_* flags.
 */
static inline bool linx_socketcall_receives(__u32 call, __u32 *flags)
{
	*flags = call == SYS_RECVMSG ? 2 : 3;
	return call == SYS_RECV || call == SYS_RECVFROM || call == SYS_RECVMSG || call == SYS_RECVMMSG;
}

/* Returns which argument holds the MSG_* flags of a call that sends or receives messages and has nargs arguments. */
static __always_inline __u32 linx_message_flags(__u32 nargs)
{
	return nargs == 3 ? 2 : 3;
}

/*
 * Is the value "what" of LINX_SETUP_RESOLVED recorded for a call with the result ret? It is recorded if the call
 * succeeded, or if the call began a connect that is in progress, as the socket has its peer already. The socket of a
 * message is recorded with any result.
 */
static __always_inline bool linx_has_resolved(__u32 what, __s64 ret)
{
	return !linx_call_failed(ret) || what == LINX_RESOLVED_MESSAGE || (what == LINX_RESOLVED_PEER && ret == -EINPROGRESS);
}

/* Types of control messages, from the kernel's include/linux/socket.h, which is not exported to user space. */
#define LINX_SCM_RIGHTS 1
#define LINX_SCM_PIDFD 4

/* Does a control message of this level and type carry descriptors? */
static __always_inline bool linx_carries_fds(__s32 level, __s32 type)
{
	return level == SOL_SOCKET && (type == LINX_SCM_RIGHTS || type == LINX_SCM_PIDFD);
}

#endif
