/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The tracepoints of io_uring, which have other arguments in each series, and
 * what a request of each says. compat/compat.h speaks of version tests.
 */
#ifndef LINX_COMPAT_IO_URING_H
#define LINX_COMPAT_IO_URING_H

#include <linux/kconfig.h>
#include <linux/nospec.h>
#include <linux/types.h>
#include <uapi/linux/io_uring.h>
#include "compat/features.h"

/* Operation submitted or completed, as far as this kernel's tracepoint says it. */
struct linx_submitted {
	const void *ctx, *req; /* identity alone */
	const struct io_uring_sqe *entry; /* in memory that the program can write; NULL: this kernel does not show it */
	u64 user_data;
	u8 opcode;
	u8 flags; /* IOSQE_* */
	bool compat; /* submitted by a 32-bit program */
	bool multi; /* may have several results, as the kernel has prepared it */
	bool refused; /* could not even be prepared */
	bool linked; /* behind others in a chain: made once those have ended */
	u32 batch; /* operations that the call submits, this one among them; 0: not told */
	u32 head; /* head of the ring, behind its entry: the same if a submission is announced twice */
};

struct linx_completed {
	const void *ctx, *req; /* req NULL: not told */
	u64 user_data;
	s32 res;
	u32 flags; /* IORING_CQE_F_* */
	bool overflown;
};

#ifndef IORING_SETUP_SQE128 /* 5.19 */
#define IORING_SETUP_SQE128 (1U << 10)
#endif
#ifndef IORING_SETUP_NO_SQARRAY /* 6.6 */
#define IORING_SETUP_NO_SQARRAY (1U << 16)
#endif

/*
 * Requests can be looked into, if all that is read of them is there and the tracepoints tell
 * them in one of the known ways; else what older tracepoints say by words; else nothing.
 */
#define LINX_HAVE_URING_ENTRY                                                              \
	(IS_ENABLED(CONFIG_IO_URING) && LINX_HAS_URING_MEMBERS && LINX_HAS_URING_REFUSED && \
	 LINX_HAS_URING_OVERFLOW && (LINX_HAS_URING_SUBMIT_REQ || LINX_HAS_URING_SUBMIT_SQE) && \
	 (LINX_HAS_URING_COMPLETE_CQE || LINX_HAS_URING_COMPLETE_WORDS))
#define LINX_HAVE_URING                                   \
	(LINX_HAVE_URING_ENTRY ||                         \
	 (IS_ENABLED(CONFIG_IO_URING) && LINX_HAS_URING_SUBMIT_WORDS && LINX_HAS_URING_COMPLETE_FEW))

/*
 * Links are prepared once they have been told as submitted, and then perhaps told
 * as refused: until 6.10. Since 7.0 the head says nothing of that: it stands still in
 * rings with IORING_SETUP_SQ_REWIND.
 */
#ifdef IORING_SETUP_SQ_REWIND
#define LINX_URING_TOLD_TWICE 0
#else
#define LINX_URING_TOLD_TWICE LINX_HAVE_URING_ENTRY
#endif

#if LINX_HAVE_URING
#include <trace/events/io_uring.h>
#endif

#if LINX_HAVE_URING_ENTRY
#include <linux/io_uring_types.h>

/* The compat flag became a bit of int_flags. */
#if !LINX_HAS_URING_COMPAT_FLAG
#define LINX_URING_COMPAT(ctx) ((ctx)->compat)
#else
#define LINX_URING_COMPAT(ctx) (!!((ctx)->int_flags & IO_RING_F_COMPAT))
#endif

/* Does the request take two places of a ring in which others take one? There are such rings since 6.19. */
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
 * The entry that was taken from the ring last. The task that submits holds
 * ctx->uring_lock; the index stands in memory that the program can write.
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

static inline struct linx_submitted linx_submitted(const struct io_kiocb *req, const struct io_uring_sqe *entry)
{
	return (struct linx_submitted){
		.ctx = req->ctx,
		.req = req,
		.entry = entry,
		.user_data = req->cqe.user_data,
		.opcode = req->opcode,
		.flags = (u8)req->flags, /* the lowest are those of the entry */
		.compat = LINX_URING_COMPAT(req->ctx),
		.multi = !!(req->flags & REQ_F_APOLL_MULTISHOT),
		.linked = !!req->ctx->submit_state.link.head,
		.batch = req->ctx->submit_state.submit_nr,
		.head = req->ctx->cached_sq_head,
	};
}

/* Submission that the kernel refused. For an opcode that does not exist the request says 0. */
static inline struct linx_submitted linx_refused(const struct io_kiocb *req, const struct io_uring_sqe *entry)
{
	struct linx_submitted sub = linx_submitted(req, entry);
	u8 asked = READ_ONCE(entry->opcode);

	sub.refused = true;
	if (!sub.opcode && asked >= IORING_OP_LAST)
		sub.opcode = asked;
	return sub;
}

/* One that could not even be prepared: its opcode may be none. */
#define LINX_REFUSED_PROTO void *data, const struct io_uring_sqe *sqe, struct io_kiocb *req, int error
#define LINX_REFUSED (linx_refused(req, sqe))

/* A result for which the program left no room in its ring: told by this instead of by a completion. */
#define LINX_OVERFLOW_PROTO \
	void *data, void *ctx, unsigned long long user_data, s32 res, u32 cflags, void *ocqe
#define LINX_OVERFLOWN ((struct linx_completed){ ctx, NULL, user_data, res, cflags, true })

/* The tracepoint of a submission was called io_uring_submit_sqe. */
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

/* The completion's words one by one. */
#if !LINX_HAS_URING_COMPLETE_CQE
#define LINX_COMPLETE_PROTO \
	void *data, void *ctx, void *req, u64 user_data, int res, unsigned int cflags, u64 extra1, u64 extra2
#define LINX_COMPLETED ((struct linx_completed){ ctx, req, user_data, res, cflags })
#else
/* cqe lies where the program can write: a request's own copy is taken where there is one. */
static inline struct linx_completed linx_completed(const struct io_ring_ctx *ctx, const struct io_kiocb *req,
						   const struct io_uring_cqe *cqe)
{
	return (struct linx_completed){
		.ctx = ctx,
		.req = req,
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
#define LINX_SUBMITTED ((struct linx_submitted){ ctx, req, NULL, user_data, opcode, (u8)flags, false })
#define LINX_COMPLETE_PROTO void *data, void *ctx, u64 user_data, int res, unsigned int cflags
#define LINX_COMPLETED ((struct linx_completed){ ctx, NULL, user_data, res, cflags })

#endif

#endif
