/* SPDX-License-Identifier: (GPL-2.0-only WITH Linux-syscall-note) OR LGPL-2.1-or-later */
/*
 * Reads submission queue entries of io_uring, for the module and the eBPF engine. Defines the names that the lines of
 * tables/uring.def use, such as FD and LEN_OR_ADDR. kmod/syscall/uring.c describes how operations are recorded.
 */
#ifndef LINX_URING_FACTS_H
#define LINX_URING_FACTS_H

#ifdef __KERNEL__
#include <uapi/linux/io_uring.h>
#else
#include <linux/io_uring.h>
#endif
#include <linux/linx_record.h>
#include <linux/types.h>

#ifndef IOSQE_CQE_SKIP_SUCCESS /* since 5.17 */
#define IOSQE_CQE_SKIP_SUCCESS (1U << 6)
#endif
#ifndef IORING_CQE_F_MORE /* since 5.13 */
#define IORING_CQE_F_MORE (1U << 1)
#endif
#ifndef IORING_CQE_F_NOTIF /* since 6.0 */
#define IORING_CQE_F_NOTIF (1U << 3)
#endif
#ifndef SPLICE_F_FD_IN_FIXED /* since 5.7 */
#define SPLICE_F_FD_IN_FIXED (1U << 31)
#endif
/* Opcodes of linux/io_uring.h that older versions of that header lack. */
#define LINX_OP_SOCKET 45
#define LINX_OP_URING_CMD 46
#define LINX_OP_SEND_ZC 47
#define LINX_OP_SENDMSG_ZC 48
#define LINX_OP_READV_FIXED 60
#define LINX_OP_WRITEV_FIXED 61
#define LINX_OP_PIPE 62 /* the last opcode in tables/uring.def */
#define LINX_OP_URING_CMD128 64
/* Commands of URING_CMD for a socket, of linux/io_uring.h since 6.7. */
#define LINX_SOCKET_GETSOCKOPT 2
#define LINX_SOCKET_SETSOCKOPT 3
/*
 * Numbers of the rules of tables/uring.def. The rule of an opcode has the opcode as its number. URING_CMD has a further
 * rule for each of its commands that does the same as a call. Rule 0 is the rule of IORING_OP_NOP, which does not
 * correspond to a call.
 */
enum {
	LINX_URING_NONE = 0,
	LINX_URING_GETSOCKOPT = LINX_OP_PIPE + 1,
	LINX_URING_SETSOCKOPT,
	LINX_URING_RULES,
};
/* Flag in ioprio of sends and receives: the buffer is a registered buffer. */
#define LINX_RECVSEND_FIXED_BUF (1U << 2)
/* Flag in ioprio of SEND and SEND_ZC: the address is that of an array of struct iovec. */
#define LINX_SEND_VECTORIZED (1U << 5)

/* A member of struct io_uring_sqe: offset, size in bytes, and whether it is signed. */
#define LINX_SQE_MEMBER(at, size, is_signed) ((at) | (size) << 6 | (is_signed) << 10)
enum {
	NONE = 0,
	IOPRIO = LINX_SQE_MEMBER(2, 2, 0),
	FD = LINX_SQE_MEMBER(4, 4, 1),
	OFF = LINX_SQE_MEMBER(8, 8, 0),
	ADDR = LINX_SQE_MEMBER(16, 8, 0),
	LEN = LINX_SQE_MEMBER(24, 4, 0),
	LEN_FD = LINX_SQE_MEMBER(24, 4, 1),
	FLAGS = LINX_SQE_MEMBER(28, 4, 0),
	INDEX = LINX_SQE_MEMBER(44, 4, 1),
	SHORT = LINX_SQE_MEMBER(44, 2, 0),
	ADDR3 = LINX_SQE_MEMBER(48, 8, 0),
	COMMAND = LINX_SQE_MEMBER(8, 4, 0),
	LEVEL = LINX_SQE_MEMBER(16, 4, 1),
	OPTNAME = LINX_SQE_MEMBER(20, 4, 1),
	OPTVAL = ADDR3,
	OPTLEN = INDEX,
	/*
	 * LEN_OR_ADDR, LEN_OR_OFF: a 64-bit length in ADDR, or in OFF, if that member is not zero; otherwise the length
	 * in LEN. Older kernels refuse an entry in which that member is not zero.
	 */
	LEN_OR_ADDR = LEN | 1 << 11,
	LEN_OR_OFF = LEN | 1 << 12,
};

/* Returns a member of the submission queue entry. m: LINX_SQE_MEMBER(). Each member lies within one 64-bit word. */
static inline __u64 linx_sqe_plain(const struct linx_uring *uring, unsigned int m)
{
	const __u64 *words = (const __u64 *)uring->entry;
	unsigned int size = m >> 6 & 15;
	__u64 n = words[m >> 3 & 7] >> (m & 7) * 8; /* little endian */

	if (size == 2)
		return (__u16)n;
	if (size == 4)
		return m >> 10 & 1 ? (__u64)(__s64)(__s32)n : (__u32)n;
	return n;
}

/*
 * Returns a member of the submission queue entry. For LEN_OR_ADDR and LEN_OR_OFF, returns the one of the two members
 * that holds the length.
 */
static inline __u64 linx_sqe_member(const struct linx_uring *uring, unsigned int m)
{
	__u64 other = 0;

	if (m == LEN_OR_ADDR || m == LEN_OR_OFF)
		other = linx_sqe_plain(uring, m == LEN_OR_ADDR ? ADDR : OFF);
	return other ? other : linx_sqe_plain(uring, m);
}

/*
 * Can the operation be one that reads or sets a socket option? It is such an operation if its file is a socket: other
 * kinds of files have commands of their own with the same numbers. uring: the entry is whole.
 */
static inline int linx_uring_may_be_option(const struct linx_uring *uring)
{
	__u64 command = linx_sqe_plain(uring, COMMAND);

	return (uring->opcode == LINX_OP_URING_CMD || uring->opcode == LINX_OP_URING_CMD128) &&
	       (command == LINX_SOCKET_GETSOCKOPT || command == LINX_SOCKET_SETSOCKOPT);
}

/* Returns the number of an operation's rule. option: the operation reads or sets a socket option. */
static inline __u32 linx_uring_rule_of(const struct linx_uring *uring, int option)
{
	if (option)
		return linx_sqe_plain(uring, COMMAND) == LINX_SOCKET_GETSOCKOPT ? LINX_URING_GETSOCKOPT : LINX_URING_SETSOCKOPT;
	return uring->opcode <= LINX_OP_PIPE ? uring->opcode : LINX_URING_NONE;
}

/*
 * Does the operation put its file into the io_uring's own table? Then its result is 0 or an index of that table, not a
 * descriptor.
 */
static inline int linx_uring_is_direct(const struct linx_uring *uring)
{
	switch (uring->opcode) {
	case IORING_OP_ACCEPT:
	case IORING_OP_OPENAT:
	case IORING_OP_OPENAT2:
	case LINX_OP_SOCKET:
	case LINX_OP_PIPE:
		return !!linx_sqe_plain(uring, INDEX);
	default:
		return 0;
	}
}

/*
 * Does the operation do what the call of its rule cannot do? Then it has to be recorded without a call. Such operations
 * are sends from provided buffers or from several buffers, and operations on files that have no descriptor, only an
 * index into the io_uring's own table of files.
 */
static inline int linx_uring_leads_elsewhere(const struct linx_uring *uring)
{
	switch (uring->opcode) {
	case IORING_OP_SEND:
	case LINX_OP_SEND_ZC:
		return uring->flags & IOSQE_BUFFER_SELECT || linx_sqe_plain(uring, IOPRIO) & LINX_SEND_VECTORIZED;
	case IORING_OP_CLOSE:
		return !!linx_sqe_plain(uring, INDEX);
	case IORING_OP_SPLICE:
	case IORING_OP_TEE:
		return !!(linx_sqe_plain(uring, FLAGS) & SPLICE_F_FD_IN_FIXED);
	default:
		return 0;
	}
}

/* Does the operation use a registered buffer? Then the memory at its address does not hold the data. */
static inline int linx_uring_is_registered(const struct linx_uring *uring)
{
	switch (uring->opcode) {
	case IORING_OP_READ_FIXED:
	case IORING_OP_WRITE_FIXED:
	case LINX_OP_READV_FIXED:
	case LINX_OP_WRITEV_FIXED:
		return 1;
	case IORING_OP_SEND:
	case IORING_OP_SENDMSG:
	case IORING_OP_RECV:
	case IORING_OP_RECVMSG:
	case LINX_OP_SEND_ZC:
	case LINX_OP_SENDMSG_ZC:
		return !!(linx_sqe_plain(uring, IOPRIO) & LINX_RECVSEND_FIXED_BUF);
	default:
		return 0;
	}
}

/*
 * Returns a mask of the argument whose memory the kernel reads when the operation runs, not when it takes the entry:
 * what is written or sent from one buffer, and the value of a socket option.
 */
static inline __u32 linx_uring_read_late(__u32 rule)
{
	switch (rule) {
	case IORING_OP_WRITE:
	case IORING_OP_WRITE_FIXED:
	case IORING_OP_SEND:
	case LINX_OP_SEND_ZC:
		return 1u << 1;
	case LINX_URING_SETSOCKOPT:
		return 1u << 3;
	default:
		return 0;
	}
}

/*
 * Arguments of a getsockopt by io_uring: OPTLEN is the length itself, where the call has a pointer to it, and the
 * result is the length of the value that the kernel wrote to OPTVAL.
 */
#define LINX_URING_OPTVAL 3
#define LINX_URING_OPTLEN 4
#define LINX_URING_OPTIONS (1u << LINX_URING_OPTVAL | 1u << LINX_URING_OPTLEN)

/*
 * Returns a mask of the argument that is a length, or points to one. The operation replaces that length by the length
 * of the value that it has written.
 */
static inline __u32 linx_uring_length(__u32 rule)
{
	switch (rule) {
	case IORING_OP_ACCEPT:
		return 1u << 2;
	case LINX_URING_GETSOCKOPT:
		return 1u << LINX_URING_OPTLEN;
	default:
		return 0;
	}
}

/*
 * Can the operation have several results (completions)? multi: the kernel prepared the operation to have several.
 * POLL_ADD can have several unless IOSQE_CQE_SKIP_SUCCESS is set, since the kernel refuses the two together. A send has
 * several only with provided buffers (a bundle). An unknown opcode can have several. The kernel's tracepoint passes the
 * request only with the last result.
 */
static inline int linx_uring_may_repeat(__u8 opcode, __u8 flags, int multi)
{
	switch (opcode) {
	case IORING_OP_POLL_ADD:
		return !(flags & IOSQE_CQE_SKIP_SUCCESS);
	case IORING_OP_SEND:
		return !!(flags & IOSQE_BUFFER_SELECT);
	case IORING_OP_TIMEOUT:
	case LINX_OP_URING_CMD:
		return 1;
	default:
		return multi || opcode > LINX_OP_PIPE;
	}
}

#endif
