/* SPDX-License-Identifier: (GPL-2.0-only WITH Linux-syscall-note) OR LGPL-2.1-or-later */
/*
 * Constants and types for the call table (tables/syscalls.def, a row for each signature of calls) and for shapes
 * (tables/shapes.def, layouts of structures that calls use). The module, the eBPF programs and the library share them.
 */
#ifndef LINX_SHARED_ROW_H
#define LINX_SHARED_ROW_H

#ifndef __KERNEL__
#include <stdbool.h>
#endif
#include <linux/linx.h>
#include <linux/types.h>

/*
 * Kinds of memory that an argument points to: named as in tables/syscalls.def, but without a direction. "n" and "what"
 * are two numbers in the definition of the argument, LINX_ARGDEF(); n is the number of another argument of the call.
 */
enum linx_copy {
	LINX_COPY_V = 0, /* none: the argument is a number */
	LINX_COPY_STR, /* a string that ends with NUL */
	LINX_COPY_STRV, /* an array of pointers to strings, which ends with a null pointer, such as argv */
	/* a buffer; its length is the value of argument n, with LINX_ARGDEF_RESULT at most the call's result */
	LINX_COPY_BUF,
	LINX_COPY_FIT, /* a buffer; its length is the call's result, or 0 if that exceeds the value of argument n */
	LINX_COPY_LENP, /* a buffer, or an array of structures; its length is the u32 that argument n points to */
	LINX_COPY_ALL, /* a buffer like BUF, but captured whole, in PIECE records if necessary */
	LINX_COPY_MSG, /* a long followed by a buffer; the length of the buffer is the value of argument n */
	LINX_COPY_BITS, /* an array of longs; the number of its bits is the value of argument n, minus "what" */
	LINX_COPY_PAGES, /* an array with one byte for each page of a length, which is the value of argument n */
	LINX_COPY_IOC, /* a buffer; its length is encoded in the ioctl command in argument n */
	LINX_COPY_AT, /* a buffer; its length is the u32 at offset "what" in the memory that argument n points to */
	LINX_COPY_FIX, /* a buffer; its length is "what" bytes */
	LINX_COPY_ONE, /* a structure; "what" is its shape, enum linx_shape_id */
	LINX_COPY_N, /* an array of structures of the shape "what"; their number is the value of argument n */
	LINX_COPY_SZ, /* a structure of the shape "what"; its size is the value of argument n */
	LINX_COPY_ARGS, /* none: all arguments of the call together are described as a structure of the shape "what" */
	LINX_COPY_BY, /* depends on the value of another argument: the call has variants */
};

/* Moments at which the memory behind an argument is captured: bits of an argument's definition. */
#define LINX_WHEN_IN 1u /* captured in both records of a call: ENTER and EXIT */
#define LINX_WHEN_OUT 2u /* captured at the return of a call that succeeded */
#define LINX_WHEN_ERR 4u /* captured at the return of a call that failed */
#define LINX_WHEN_INOUT (LINX_WHEN_IN | LINX_WHEN_OUT)

/*
 * Definition of an argument, as one number: "copy" is enum linx_copy, "when" is LINX_WHEN_*. n: number of an argument,
 * and what: a size or a shape, if that kind of memory needs them. The flags below are added to the number.
 */
#define LINX_ARGDEF(copy, when, n, what) ((__u32)(copy) | (__u32)(when) << 5 | (__u32)(n) << 12 | (__u32)(what) << 16)
#define LINX_ARGDEF_COPY(def) ((def) & 0x1fu)
#define LINX_ARGDEF_WHEN(def) ((def) >> 5 & 7u)
#define LINX_ARGDEF_N(def) ((def) >> 12 & 0xfu)
#define LINX_ARGDEF_WHAT(def) ((def) >> 16 & 0x3fffu)
#define LINX_ARGDEF_INT 0x100u /* an int on every ABI: the kernel ignores the upper half of the register */
#define LINX_ARGDEF_SOCKADDR 0x200u /* a socket address: captured whole, even if the limit for buffers is lower */
#define LINX_ARGDEF_ENVP 0x400u /* the environment: captured only with LINX_SETUP_ENVP */
#define LINX_ARGDEF_PATH 0x800u /* a path in a buffer: the limit for strings applies */
#define LINX_ARGDEF_TYPE 0xf00u /* mask of the four flags above, which come from the argument's type */
#define LINX_ARGDEF_32BIT 0x40000000u /* argument n is an int; linx_args_complete() sets it */
/*
 * The length of a buffer is the call's result, but at most the value of argument n: with MSG_TRUNC, or in calls where
 * a size of 0 asks for the needed length, the result is larger than what the call wrote.
 */
#define LINX_ARGDEF_RESULT 0x80000000u

_Static_assert(LINX_COPY_BY <= LINX_ARGDEF_COPY(~0u), "all kinds fit into a definition");

/* Flags of a row, for the calls that have it. The flags up to LINX_ROW_ENTRYBY are named in tables/syscalls.def. */
#define LINX_ROW_FORK 0x01u /* makes a task: its return in the child is not recorded, as the child made no call */
#define LINX_ROW_EXEC 0x02u /* executes a program: after success the memory of the arguments is gone */
#define LINX_ROW_CONTEXT 0x04u /* after success the task's context record is out of date */
#define LINX_ROW_PRIO 0x08u /* records may use the reserved share of the ring */
#define LINX_ROW_SIGRETURN 0x20u /* sigreturn: the signal mask that the call restores is on the stack */
#define LINX_ROW_ENTRYBY 0x100u /* LINX_SELECT_CHOSEN selects only some entries: enum linx_entry */
/* Flags that tables/syscalls.def does not name; linx_row_flags_of() adds them. */
#define LINX_ROW_RECVMSG 0x10u /* recvmsg: with MSG_TRUNC in argument 2, the call may fill no buffer */
#define LINX_ROW_OTHER 0x40u /* like CONTEXT, for the caller and for the task whose tid is argument 0 */
#define LINX_ROW_OPTION 0x80u /* like CONTEXT, if linx_option_changes_context() is true for argument 0 */
#define LINX_ROW_DEVICE 0x200u /* the meaning of the arguments depends on the device of a descriptor */

/* Rule that decides which calls of a row have an ENTER record in a session with LINX_SELECT_CHOSEN. */
enum linx_entry {
	LINX_ENTRY_ALL,
	LINX_ENTRY_NONE,
	LINX_ENTRY_POINTER, /* LINX_ENTRY_POINTER + i: calls whose argument i is not a null pointer */
};

/* Does a call with these args have an ENTER record? entry: enum linx_entry of its row. chosen: LINX_SELECT_CHOSEN. */
static __always_inline bool linx_entry_holds(__u32 entry, bool chosen, const __u64 *args)
{
	if (entry == LINX_ENTRY_ALL || !chosen)
		return true;
	entry -= LINX_ENTRY_POINTER; /* below LINX_ENTRY_POINTER the difference is larger than any argument's number */
	return entry < LINX_NARGS && args[entry];
}

/*
 * Value that LINX_SETUP_RESOLVED adds to the record of a call's return: the path of an opened file, or the addresses of
 * the socket in argument 0. For calls that send or receive messages, it is added only if the socket is a netlink
 * socket, whose messages can be decoded only by its protocol.
 */
enum linx_resolved {
	LINX_RESOLVED_NONE,
	LINX_RESOLVED_OPENED, /* path of the file that the call opened */
	LINX_RESOLVED_PEER, /* addresses of the socket that the call connected */
	LINX_RESOLVED_MESSAGE, /* a netlink socket that the message was sent or received by */
	/*
	 * i386 socketcall(2): its operation decides which of the values above is added, and the socket's number is in
	 * memory
	 */
	LINX_RESOLVED_SOCKETCALL,
};

/*
 * A number about a structure that struct linx_follow needs, in most cases a member of that structure. at64, width64:
 * offset and width in bytes of the member on x86_64; at32, width32: on i386 and x32. If the structure's sizes on x32
 * and i386 differ, x32 uses the numbers of x86_64. Width 0: the offset is not that of a member, but is the number
 * itself.
 */
#define LINX_MEMBER(at64, width64, at32, width32) \
	((__u64)(at64) | (__u64)(width64) << 16 | (__u64)(at32) << 32 | (__u64)(width32) << 48)
#define LINX_MEMBER_AT(m) ((__u32)(m) & 0xffffu)
#define LINX_MEMBER_WIDTH(m) ((__u32)(m) >> 16)
#define LINX_MEMBER_ARGN 0xffu /* a width: the number is the value of the argument whose index is the offset */
#define LINX_MEMBER_RESULT 0xfeu /* a width: the number is the call's result */

/* Kinds of memory that a member points to. len, what and add are members of struct linx_follow. */
enum linx_follow_kind {
	LINX_FOLLOW_STR, /* a string */
	LINX_FOLLOW_BUF, /* a buffer of "len" * "what" bytes */
	LINX_FOLLOW_PART, /* a buffer of len bytes that the call fills: only the bytes that it wrote are captured */
	LINX_FOLLOW_BITS, /* an array of longs with len bits */
	LINX_FOLLOW_LENP, /* a buffer; len points to its length, in units of "what" bytes */
	LINX_FOLLOW_ALL, /* "len" structures of the shape "what", of which as many are captured as a record can hold */
	LINX_FOLLOW_LIMIT, /* not a pointer: "len" is the number of bytes that the call wrote into all buffers */
	/*
	 * not a pointer: the structure has "add" + "len" * "what" bytes. Elements of this kind come before all others
	 * in linx_shape.follow.
	 */
	LINX_FOLLOW_SIZE,
	LINX_FOLLOW_ONE, /* one structure of the shape "what" */
	LINX_FOLLOW_ARR, /* an array of "len" structures of the shape "what" */
};

/* A member of a structure that is a pointer, and the memory that it points to. */
struct linx_follow {
	__u8 kind; /* enum linx_follow_kind */
	__u8 dir; /* LINX_WHEN_IN, LINX_WHEN_OUT */
	__u16 what; /* depends on kind: the shape of the memory, or a number of bytes */
	__u16 add; /* LINX_FOLLOW_SIZE: bytes of the structure apart from those that "len" counts */
	__u64 mask, value; /* followed only if (member "when" & mask) == value */
	__u64 ptr, len, when; /* LINX_MEMBER() */
};

/* Layout of a structure. */
struct linx_shape {
	__u16 size[LINX_ABI_NR]; /* in bytes, by enum linx_abi */
	__u16 count; /* number of members to follow */
	const struct linx_follow *follow;
};

/* Most bytes of one structure that are captured. */
#define LINX_STRUCT_MAX 4096u

#endif
