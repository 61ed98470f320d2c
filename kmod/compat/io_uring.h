/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Wrappers for the tracepoints of io_uring, whose arguments differ between kernel series: each wrapper turns the
 * arguments into struct linx_submitted or struct linx_completed. compat/compat.h describes the feature tests
 * (LINX_HAS_*).
 */
#ifndef LINX_COMPAT_IO_URING_H
#define LINX_COMPAT_IO_URING_H

#include <linux/kconfig.h>
#include <linux/nospec.h>
#include <linux/types.h>
#include <uapi/linux/io_uring.h>
#include "compat/compat.h"
#include "compat/features.h"

/* A submitted operation, as far as this kernel's tracepoint passes it; members that it does not pass are 0. */
struct linx_submitted {
	const void *ctx, *req; /* only compared, never dereferenced */
	const struct io_uring_sqe *entry; /* in memory that the program can write; NULL: this kernel does not pass it */
	/* the file in the io_uring's own table that a command (URING_CMD) names; NULL: none, or not known */
	struct file *fixed;
	u64 user_data;
	u8 opcode;
	u8 flags; /* IOSQE_* */
	bool compat; /* submitted by a 32-bit program */
	bool multi; /* the kernel prepared the operation to have several results */
	bool refused; /* the kernel could not prepare the operation */
	bool linked; /* part of a chain: runs after the operations before it */
	u32 batch; /* number of operations that the system call submits, including this one; 0: not known */
	u32 head; /* the queue's head after the entry was taken; equal if a submission is reported twice */
};

/* The result of an operation. */
struct linx_completed {
	const void *ctx, *req; /* only compared, never dereferenced; req NULL: not passed by the kernel */
	struct file *file; /* the operation's file, which the request keeps open during the probe; NULL: none, or no request */
	u64 user_data;
	s32 res;
	u32 flags; /* IORING_CQE_F_* */
	bool overflown; /* the completion queue had no room for the result */
};

#ifndef IORING_SETUP_SQE128 /* since 5.19 */
#define IORING_SETUP_SQE128 (1U << 10)
#endif
#ifndef IORING_SETUP_NO_SQARRAY /* since 6.6 */
#define IORING_SETUP_NO_SQARRAY (1U << 16)
#endif

/*
 * LINX_HAVE_URING_ENTRY: submission queue entries can be read, as the kernel has all members that are needed, and its
 * tracepoints pass requests in one of the known forms. LINX_HAVE_URING: operations can be recorded, with their entries
 * if LINX_HAVE_URING_ENTRY, else with only the words that older tracepoints pass.
 */
#define LINX_HAVE_URING_ENTRY                                                              \
	(IS_ENABLED(CONFIG_IO_URING) && LINX_HAS_URING_MEMBERS && LINX_HAS_URING_REFUSED && \
	 LINX_HAS_URING_OVERFLOW && (LINX_HAS_URING_SUBMIT_REQ || LINX_HAS_URING_SUBMIT_SQE) && \
	 (LINX_HAS_URING_COMPLETE_CQE || LINX_HAS_URING_COMPLETE_WORDS))
#define LINX_HAVE_URING                                   \
	(LINX_HAVE_URING_ENTRY ||                         \
	 (IS_ENABLED(CONFIG_IO_URING) && LINX_HAS_URING_SUBMIT_WORDS && LINX_HAS_URING_COMPLETE_FEW))

/*
 * 1: the tracepoint of a submission may be followed by that of a refusal for the same operation. Before 6.10 this
 * happens with linked operations, which are prepared between the two; linx_submitted.head is the same then. Kernels
 * with IORING_SETUP_SQ_REWIND (7.0) have rings whose head never moves. There an equal head would not show that both
 * reports are of one submission.
 */
#ifdef IORING_SETUP_SQ_REWIND
#define LINX_URING_REPORTED_TWICE 0
#else
#define LINX_URING_REPORTED_TWICE LINX_HAVE_URING_ENTRY
#endif

#if LINX_HAVE_URING
#include <trace/events/io_uring.h>
#endif

#if LINX_HAVE_URING_ENTRY
#include <linux/io_uring_types.h>

/* Was the io_uring made by a 32-bit program? */
#if !LINX_HAS_URING_COMPAT_FLAG
#define LINX_URING_COMPAT(ctx) ((ctx)->compat)
#else
#define LINX_URING_COMPAT(ctx) (!!((ctx)->int_flags & IO_RING_F_COMPAT))
#endif

/* Does the request occupy two entries, in an io_uring that mixes such requests with those of one entry (since 6.19)? */
static inline bool linx_uring_takes_two(const struct io_kiocb *req)
{
#ifdef IORING_SETUP_SQE_MIXED
	return req->ctx->flags & IORING_SETUP_SQE_MIXED &&
	       (req->opcode == IORING_OP_NOP128 || req->opcode == IORING_OP_URING_CMD128);
#else
	return false;
#endif
}

/*
 * Returns the entry that the kernel last took from the submission queue; NULL: there is none. The submitting task holds
 * ctx->uring_lock. The entry's index may lie in memory that the program can write, so the index is checked.
 */
static inline const struct io_uring_sqe *linx_uring_last(const struct io_kiocb *req)
{
	const struct io_ring_ctx *ctx = req->ctx;
	u32 entries = READ_ONCE(ctx->sq_entries), at;

	if (!entries)
		return NULL;
	at = (ctx->cached_sq_head - 1 - linx_uring_takes_two(req)) & (entries - 1);
	if (!(ctx->flags & IORING_SETUP_NO_SQARRAY)) {
		at = READ_ONCE(ctx->sq_array[at]);
		if (at >= entries)
			return NULL;
		at = array_index_nospec(at, entries);
	}
	return &ctx->sq_sqes[ctx->flags & IORING_SETUP_SQE128 ? at << 1 : at];
}

/* Bits of a pointer to a file in an io_uring's table that are flags. */
#define LINX_FIXED_FILE_FLAGS 7ul

/*
 * Returns the file at an index of the io_uring's own table that the request names; NULL: the index stands for no file,
 * or this kernel's layout is not known. The submitting task holds ctx->uring_lock, under which the table changes.
 */
#if LINX_HAS_URING_FIXED_FILES
static inline struct file *linx_uring_fixed_file(const struct io_kiocb *req)
{
	const struct io_ring_ctx *ctx = req->ctx;
	u32 at = req->cqe.fd, n = ctx->nr_user_files;

	if (at >= n)
		return NULL;
	at = array_index_nospec(at, n);
	return (struct file *)(ctx->file_table.files[at].file_ptr & ~LINX_FIXED_FILE_FLAGS);
}
#elif LINX_HAS_URING_FIXED_NODES
/* The kernel's private struct io_rsrc_node. */
struct linx_rsrc_node {
	u8 type;
	int refs;
	u64 tag;
	unsigned long file_ptr;
};

static inline struct file *linx_uring_fixed_file(const struct io_kiocb *req)
{
	const struct io_rsrc_data *data = &req->ctx->file_table.data;
	u32 at = req->cqe.fd, n = data->nr;
	const struct linx_rsrc_node *node;

	if (!LINX_LAYOUTS_TESTED || at >= n)
		return NULL;
	at = array_index_nospec(at, n);
	node = (const struct linx_rsrc_node *)data->nodes[at];
	return node ? (struct file *)(node->file_ptr & ~LINX_FIXED_FILE_FLAGS) : NULL;
}
#else
static inline struct file *linx_uring_fixed_file(const struct io_kiocb *req)
{
	return NULL;
}
#endif

static inline bool linx_uring_is_command(const struct io_kiocb *req)
{
#ifdef IORING_SETUP_SQE_MIXED
	if (req->opcode == IORING_OP_URING_CMD128)
		return true;
#endif
	return req->opcode == IORING_OP_URING_CMD;
}

/* Returns linx_submitted.fixed: the file of a command (URING_CMD), whose meaning depends on the kind of the file. */
static inline struct file *linx_uring_fixed(const struct io_kiocb *req)
{
	return linx_uring_is_command(req) && req->flags & REQ_F_FIXED_FILE ? linx_uring_fixed_file(req) : NULL;
}

/* Returns what is known of a submitted request. */
static inline struct linx_submitted linx_submitted(const struct io_kiocb *req, const struct io_uring_sqe *entry)
{
	return (struct linx_submitted){
		.ctx = req->ctx,
		.req = req,
		.entry = entry,
		.fixed = linx_uring_fixed(req),
		.user_data = req->cqe.user_data,
		.opcode = req->opcode,
		.flags = (u8)req->flags, /* the lowest 8 flags are those of the submission queue entry */
		.compat = LINX_URING_COMPAT(req->ctx),
		.multi = !!(req->flags & REQ_F_APOLL_MULTISHOT),
		.linked = !!req->ctx->submit_state.link.head,
		.batch = req->ctx->submit_state.submit_nr,
		.head = req->ctx->cached_sq_head,
	};
}

/* Returns what is known of a request that the kernel refused. The kernel sets an unknown opcode to 0 in the request. */
static inline struct linx_submitted linx_refused(const struct io_kiocb *req, const struct io_uring_sqe *entry)
{
	struct linx_submitted sub = linx_submitted(req, entry);
	u8 asked = READ_ONCE(entry->opcode);

	sub.refused = true;
	if (!sub.opcode && asked >= IORING_OP_LAST)
		sub.opcode = asked;
	return sub;
}

/* Arguments of the tracepoint io_uring_req_failed: the kernel refused a submission, whose opcode may not exist. */
#define LINX_REFUSED_PROTO void *data, const struct io_uring_sqe *sqe, struct io_kiocb *req, int error
#define LINX_REFUSED (linx_refused(req, sqe))

/* Arguments of io_uring_cqe_overflow: the completion queue had no room. io_uring_complete does not fire then. */
#define LINX_OVERFLOW_PROTO \
	void *data, void *ctx, unsigned long long user_data, s32 res, u32 cflags, void *ocqe
#define LINX_OVERFLOWN \
	((struct linx_completed){ .ctx = ctx, .user_data = user_data, .res = res, .flags = cflags, .overflown = true })

/* The tracepoint of a submission, which was called io_uring_submit_sqe before 6.4. */
#if !LINX_HAS_URING_SUBMIT_REQ
#define LINX_SUBMIT_NAME "io_uring_submit_sqe"
#define LINX_SUBMIT_CHECK check_trace_callback_type_io_uring_submit_sqe
#define LINX_SUBMIT_PROTO void *data, struct io_kiocb *req, bool force_nonblock
#else
#define LINX_SUBMIT_NAME "io_uring_submit_req"
#define LINX_SUBMIT_CHECK check_trace_callback_type_io_uring_submit_req
#define LINX_SUBMIT_PROTO void *data, struct io_kiocb *req
#endif
#define LINX_SUBMITTED (linx_submitted(req, linx_uring_last(req)))

/* The tracepoint io_uring_complete: older kernels pass the words of the entry one by one. */
#if !LINX_HAS_URING_COMPLETE_CQE
#define LINX_COMPLETE_PROTO \
	void *data, void *ctx, void *req, u64 user_data, int res, unsigned int cflags, u64 extra1, u64 extra2
#define LINX_COMPLETED \
	((struct linx_completed){ ctx, req, req ? ((struct io_kiocb *)req)->file : NULL, user_data, res, cflags })
#else
/* Returns a result. cqe lies in memory that the program can write, so the kernel's copy in the request is preferred. */
static inline struct linx_completed linx_completed(const struct io_ring_ctx *ctx, const struct io_kiocb *req,
						   const struct io_uring_cqe *cqe)
{
	return (struct linx_completed){
		.ctx = ctx,
		.req = req,
		.file = req ? req->file : NULL,
		.user_data = req ? req->cqe.user_data : READ_ONCE(cqe->user_data),
		.res = req ? req->cqe.res : READ_ONCE(cqe->res),
		.flags = req ? req->cqe.flags : READ_ONCE(cqe->flags),
	};
}

#define LINX_COMPLETE_PROTO void *data, struct io_ring_ctx *ctx, void *req, struct io_uring_cqe *cqe
#define LINX_COMPLETED (linx_completed(ctx, req, cqe))
#endif

#elif LINX_HAVE_URING

#define LINX_SUBMIT_NAME "io_uring_submit_sqe"
#define LINX_SUBMIT_CHECK check_trace_callback_type_io_uring_submit_sqe
#define LINX_SUBMIT_PROTO \
	void *data, void *ctx, void *req, u8 opcode, u64 user_data, u32 flags, bool force_nonblock, bool sq_thread
#define LINX_SUBMITTED \
	((struct linx_submitted){ .ctx = ctx, .req = req, .user_data = user_data, .opcode = opcode, .flags = (u8)flags })
#define LINX_COMPLETE_PROTO void *data, void *ctx, u64 user_data, int res, unsigned int cflags
#define LINX_COMPLETED ((struct linx_completed){ .ctx = ctx, .user_data = user_data, .res = res, .flags = cflags })

#endif

#endif
