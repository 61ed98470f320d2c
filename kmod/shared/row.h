/* SPDX-License-Identifier: (GPL-2.0-only WITH Linux-syscall-note) OR LGPL-2.1-or-later */
/*
 * Rows of the call table and shapes of structures as numbers. The module, the eBPF programs and the library's walker
 * share them, so that a row means the same to each.
 */
#ifndef LINX_SHARED_ROW_H
#define LINX_SHARED_ROW_H

#ifndef __KERNEL__
#include <stdbool.h>
#endif
#include <linux/linx.h>
#include <linux/types.h>

/* Kinds of memory that an argument points to: the words of syscalls.def without their direction. */
enum linx_copy {
	LINX_COPY_V = 0,
	LINX_COPY_STR,
	LINX_COPY_STRV,
	LINX_COPY_BUF, /* a buffer of argument n bytes */
	LINX_COPY_FIT, /* a buffer of as many bytes as the result; nothing if that exceeds argument n */
	LINX_COPY_LENP, /* a buffer, or with a shape an array; its length is the u32 that argument n points to */
	LINX_COPY_ALL, /* a buffer of argument n bytes, kept whole, in pieces if need be */
	LINX_COPY_MSG, /* a long, and behind it a buffer of argument n bytes */
	LINX_COPY_BITS, /* longs that hold argument n minus what bits */
	LINX_COPY_PAGES, /* one byte for each page of argument n bytes */
	LINX_COPY_IOC, /* a buffer of the size that the ioctl command in argument n encodes */
	LINX_COPY_AT, /* a buffer; its length is the u32 at offset what behind argument n */
	LINX_COPY_FIX, /* a buffer of what bytes, a fixed size */
	LINX_COPY_ONE, /* a structure of the shape what */
	LINX_COPY_N, /* an array of argument n structures of the shape what */
	LINX_COPY_SZ, /* a structure whose size is argument n */
	LINX_COPY_ARGS, /* no memory: all arguments together are members of the shape what */
	LINX_COPY_BY, /* variants of the row say: another argument decides */
};

/* Moments at which the memory is copied. */
#define LINX_WHEN_IN 1u /* at entry, and at return */
#define LINX_WHEN_OUT 2u /* at the return of a call that succeeded */
#define LINX_WHEN_ERR 4u /* at the return of a call that failed */
#define LINX_WHEN_INOUT (LINX_WHEN_IN | LINX_WHEN_OUT)

/*
 * An argument as one number, to which a variant can add: kind of memory, moments and, where the kind has them, an
 * argument n and a size or shape.
 */
#define LINX_ARGDEF(copy, when, n, what) ((__u32)(copy) | (__u32)(when) << 5 | (__u32)(n) << 12 | (__u32)(what) << 16)
#define LINX_ARGDEF_COPY(def) ((def) & 0x1fu)
#define LINX_ARGDEF_WHEN(def) ((def) >> 5 & 7u)
#define LINX_ARGDEF_N(def) ((def) >> 12 & 0xfu)
#define LINX_ARGDEF_WHAT(def) ((def) >> 16 & 0x3fffu)
#define LINX_ARGDEF_INT 0x100u /* an int on every ABI, whose upper half means nothing */
#define LINX_ARGDEF_SOCKADDR 0x200u /* kept whole, whatever the limit for buffers is */
#define LINX_ARGDEF_ENVP 0x400u /* kept only on request */
#define LINX_ARGDEF_PATH 0x800u /* a path in a buffer: the limit for strings applies */
#define LINX_ARGDEF_TYPE 0xf00u /* the four flags above, which come from the argument's type */
#define LINX_ARGDEF_32BIT 0x40000000u /* argument n is an int; linx_args_complete() sets it */
/*
 * The length is the result, at most argument n. With MSG_TRUNC, or where a size of 0 asks for the length, the result
 * exceeds what was written.
 */
#define LINX_ARGDEF_RESULT 0x80000000u

_Static_assert(LINX_COPY_BY <= LINX_ARGDEF_COPY(~0u), "all kinds fit into a definition");

/* Behaviour of a row: words of syscalls.def. */
#define LINX_ROW_FORK 0x01u /* the return in a child is no call of the child */
#define LINX_ROW_EXEC 0x02u /* after success the memory of the arguments is gone */
#define LINX_ROW_CONTEXT 0x04u /* on success the task's context record is out of date */
#define LINX_ROW_PRIO 0x08u /* may use the reserved share of the ring */
#define LINX_ROW_SIGRETURN 0x20u /* sigreturn: the mask that it restores lies on the stack */
#define LINX_ROW_ENTRYBY 0x100u /* entries only where an argument is read and written */
/* Flags that linx_row_flags_of() adds. */
#define LINX_ROW_RECVMSG 0x10u /* with MSG_TRUNC in its third argument it may fill no buffer */
#define LINX_ROW_OTHER 0x40u /* like CONTEXT, and also for the task whose number is the first argument */
#define LINX_ROW_OPTION 0x80u /* CONTEXT only if linx_option_changes_context() */
#define LINX_ROW_DEVICE 0x200u /* the device of a descriptor decides what the call does */

/* Calls that have an entry record with LINX_SELECT_CHOSEN. */
enum linx_entry {
	LINX_ENTRY_ALL,
	LINX_ENTRY_NONE,
	LINX_ENTRY_POINTER, /* and up: those whose argument 0 and up is not null */
};

/* Has a call with these arguments an entry record? entry: enum linx_entry of its row; chosen: LINX_SELECT_CHOSEN. */
static __always_inline bool linx_entry_holds(__u32 entry, bool chosen, const __u64 *args)
{
	if (entry == LINX_ENTRY_ALL || !chosen)
		return true;
	entry -= LINX_ENTRY_POINTER; /* below LINX_ENTRY_POINTER the difference is larger than any argument's number */
	return entry < LINX_NARGS && args[entry];
}

/*
 * Value that LINX_SETUP_RESOLVED adds to a call's return: the path of the opened descriptor, or the addresses of the
 * socket that is argument 0. For messages it is added only if the socket is a netlink socket, whose messages can be
 * decoded only by its protocol.
 */
enum linx_resolved {
	LINX_RESOLVED_NONE,
	LINX_RESOLVED_OPENED,
	LINX_RESOLVED_PEER,
	LINX_RESOLVED_MESSAGE,
	LINX_RESOLVED_SOCKETCALL, /* i386: perhaps one of the two above, for a socket whose number stands in memory */
};

/*
 * A member as one number: its offset and width on x86_64, and on i386 and x32. If the shape's size on x32 differs
 * from that on i386, x32 has the members of x86_64. Width 0: no member; the offset is its value.
 */
#define LINX_MEMBER(at64, width64, at32, width32) \
	((__u64)(at64) | (__u64)(width64) << 16 | (__u64)(at32) << 32 | (__u64)(width32) << 48)
#define LINX_MEMBER_AT(m) ((__u32)(m) & 0xffffu)
#define LINX_MEMBER_WIDTH(m) ((__u32)(m) >> 16)
#define LINX_MEMBER_ARGN 0xffu /* as width: the offset is the number of an argument of the call */
#define LINX_MEMBER_RESULT 0xfeu /* as width: the member is the call's result */

enum linx_follow_kind {
	LINX_FOLLOW_STR, /* a string */
	LINX_FOLLOW_BUF, /* a buffer of len * what bytes */
	LINX_FOLLOW_PART, /* a buffer that gets its part of what the call filled */
	LINX_FOLLOW_BITS, /* longs for len bits */
	LINX_FOLLOW_LENP, /* a buffer; len points to its length, in units of what bytes */
	LINX_FOLLOW_ALL, /* an array of len structures of the shape what, as many as a record holds: a program */
	LINX_FOLLOW_LIMIT, /* no pointer: len is the number of bytes that the call filled in this element's buffers */
	LINX_FOLLOW_SIZE, /* no pointer: the structure has add + len * what bytes; must be the first */
	LINX_FOLLOW_ONE, /* one structure of the shape what */
	LINX_FOLLOW_ARR, /* an array of len such structures; from ONE on the target has a shape */
};

/* A member that is a pointer, and the memory it points to. */
struct linx_follow {
	__u8 kind; /* enum linx_follow_kind */
	__u8 dir; /* LINX_WHEN_IN, LINX_WHEN_OUT */
	__u16 what;
	__u16 add;
	__u64 mask, value; /* followed only if the member when has this value in these bits */
	__u64 ptr, len, when; /* LINX_MEMBER() */
};

struct linx_shape {
	__u16 size[LINX_ABI_NR];
	__u16 count; /* number of members to follow */
	const struct linx_follow *follow;
};

/* Most bytes that are kept of a structure. */
#define LINX_STRUCT_MAX 4096u

#endif
