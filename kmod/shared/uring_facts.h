/* SPDX-License-Identifier: (GPL-2.0-only WITH Linux-syscall-note) OR LGPL-2.1-or-later */
/*
 * Submission entries of io_uring, as the kernel's engines read them, and the words of tables/uring.def.
 * kmod/syscall/uring.c describes the rules.
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

#ifndef IOSQE_CQE_SKIP_SUCCESS /* 5.17 */
#define IOSQE_CQE_SKIP_SUCCESS (1U << 6)
#endif
#ifndef IORING_CQE_F_MORE /* 5.13 */
#define IORING_CQE_F_MORE (1U << 1)
#endif
#ifndef IORING_CQE_F_NOTIF /* 6.0 */
#define IORING_CQE_F_NOTIF (1U << 3)
#endif
#ifndef SPLICE_F_FD_IN_FIXED /* 5.7 */
#define SPLICE_F_FD_IN_FIXED (1U << 31)
#endif
/* Opcodes that older headers lack; the numbers are those of linux/io_uring.h. */
#define LINX_OP_URING_CMD 46
#define LINX_OP_SEND_ZC 47
#define LINX_OP_SENDMSG_ZC 48
#define LINX_OP_READV_FIXED 60
#define LINX_OP_WRITEV_FIXED 61
#define LINX_OP_PIPE 62 /* the last opcode in tables/uring.def */
/* Flag in ioprio of sends and receives: the buffer is a registered one. */
#define LINX_RECVSEND_FIXED_BUF (1U << 2)
/* Flag in ioprio of SEND and SEND_ZC: the address is that of an array of vectors. */
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
	/* LEN, or ADDR if that is not zero: lengths of 64 bits, which older kernels refuse. */
	LEN_OR_ADDR = LEN | 1 << 11,
	LEN_OR_OFF = LEN | 1 << 12,
};

/* Returns a member of the entry. Each lies within one of the entry's words. */
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

static inline __u64 linx_sqe_member(const struct linx_uring *uring, unsigned int m)
{
	__u64 other = 0;

	if (m == LEN_OR_ADDR || m == LEN_OR_OFF)
		other = linx_sqe_plain(uring, m == LEN_OR_ADDR ? ADDR : OFF);
	return other ? other : linx_sqe_plain(uring, m);
}

/*
 * Is the operation one that the call of that name cannot make? Sends from buffers of the ring or from several
 * buffers, and descriptors that are indices into the ring's own table.
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

/* Is the buffer a registered one? Then the memory at its address is not the data. */
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

/* Does the operation have its data at one address? */
static inline int linx_uring_takes_bytes(__u8 opcode)
{
	return opcode == IORING_OP_WRITE || opcode == IORING_OP_WRITE_FIXED || opcode == IORING_OP_SEND ||
	       opcode == LINX_OP_SEND_ZC;
}

/*
 * May the operation have several results? Results before the last one then come without their request. The kernel
 * prepares such a poll with multi. It refuses a poll that both skips its success and has several results. Sends in a
 * bundle take their buffers from the ring.
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
