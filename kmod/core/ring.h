/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The producer's side of a ring; shared/ring_proto.h describes the protocol.
 *
 * There is one struct linx_ring per possible CPU and session. Except for marked members, only probes on that CPU
 * touch it, with preemption off. Probes do not nest (linx_probe_on ensures that), so that nothing here is locked or
 * atomic. Ioctls of the owner read the counters of a running ring with READ_ONCE, and everything of a stopped one.
 */
#ifndef LINX_KMOD_RING_H
#define LINX_KMOD_RING_H

#include <linux/compiler.h>
#include <linux/gfp.h>
#include <linux/linx.h>
#include <linux/path.h>
#include <linux/percpu.h>
#include <linux/types.h>

struct linx_follow;
struct linx_rate;
struct linx_session;
struct linx_shape;
struct page;

/* Length of a gap record. Each ring reserves as many bytes for the one at its end. */
#define LINX_GAP_LEN (sizeof(struct linx_rec) + sizeof(struct linx_gap))

/* Most bytes of a descriptor's details: see linx_fd.detail. */
#define LINX_FD_DETAIL_MAX (sizeof(struct linx_sock) + 112)
/* Size of linx_ring.scratch: a whole value of a descriptor; d_path() writes at its end. */
#define LINX_RING_SCRATCH (sizeof(struct linx_fd) + LINX_FD_DETAIL_MAX + PATH_MAX)

/* Flags for all memory of sessions. A failure is returned as -ENOMEM and does not belong into the kernel's log. */
#define LINX_GFP (GFP_KERNEL_ACCOUNT | __GFP_NOWARN)

/* Memory of a data area; constant once the ring is open. */
struct linx_area_memory {
	u8 *data; /* vmap: the pages twice */
	struct page **pages;
};

/* A data area and the written part of it. */
struct linx_area {
	u8 *data; /* linx_area_memory.data */
	u64 head; /* private; position up to which records are published, or will be at the next commit */
	u64 tail; /* discard: last accepted position of the consumer; recorder: oldest record */
};

/*
 * A value that may continue in pieces: a vector of strings (width 4 or 8, the size of its pointers) or a block of
 * memory (width 0). See capture/user_mem.h.
 */
struct linx_long_value {
	u8 arg, width;
	bool keep; /* false: the strings of a vector are only counted */
	bool bytes; /* a block that does not consist of strings */
	bool head; /* only the part that fits into the head record is kept */
	u64 addr, left;

	struct linx_val *v; /* its value in the head record */
	u64 str; /* address of the rest of the string being copied; 0: none */
	u32 count, stored, total;
	u8 state;
	bool done; /* nothing more to read */
	bool full; /* the limit of kept bytes has been reached */
};

/* Structures in the record whose members are being followed; see capture/follow.c. */
struct linx_frame {
	const struct linx_shape *shape;
	const struct linx_follow *next, *end; /* remaining members of the current structure */
	const u8 *data; /* the structure's bytes in the record */
	u64 filled; /* bytes that the call put into buffers and that no buffer has been given yet */
	u32 size; /* bytes of one structure */
	u32 left; /* number of structures, with this one */
};
#define LINX_FRAMES 4

/* A descriptor to be recorded. See capture/fd.h. */
struct linx_fd_request {
	s32 fd;
	pid_t pid; /* number in the initial namespace of the task that has it; 0: the caller */
	u8 field; /* linx_val.arg */
	u8 more; /* LINX_SETUP_FD_*, recorded in addition to those of all descriptors; and */
#define LINX_WANT_DEVICE 0x80 /* the device number, if the file is a device */
};
#define LINX_FDS_MAX 64

/* Bytes that a call moves through a socket, and their relation to an HTTP header. See capture/http.c. */
struct linx_http_fill {
	u64 left; /* bytes that the call moved and no buffer has covered yet */
	u64 *slot; /* slot of its unfinished header in the session's table; NULL: it has none */
	u64 old; /* content of that slot */
	s32 fd;
	u32 ino; /* inode number of the socket; 0: not looked up, or no socket */
	u32 kept; /* bytes of the header so far; of a body: bytes to come */
	u8 state; /* enum linx_http_state */
	u8 ends; /* part of the header's end that was seen: LINX_HTTP_END_* */
	bool out; /* the program sends these bytes */
	bool looked_up;
	bool named; /* false: an operation of io_uring on a socket without a descriptor */
};

/* Values of linx_fill.special. */
#define LINX_SPECIAL_UNFILLED 1 /* the call put nothing into its buffers, whatever its result */
#define LINX_SPECIAL_HTTP 2 /* the call moves bytes that may be a header of HTTP */

/*
 * A record being written, from linx_rec_begin() to linx_rec_commit(). It is a member of its ring: only one at a time
 * is written there, and kernels of distributions clear variables on the stack.
 */
struct linx_fill {
	struct linx_session *s; /* constant, as is r */
	struct linx_ring *r;
	struct linx_area *area;
	struct linx_rec *head; /* pieces follow the head record */
	struct linx_rec *rec; /* the head record or the newest piece */
	u8 *p; /* next byte to write; aligned to 8 between values */
	u8 *end; /* end of the room */
	u64 seq, time;
	u32 budget; /* bytes of user memory that the record may still take */
	int call; /* index into calls, or LINX_CALL_* */
	bool prio;
	bool fast_room; /* end is that of the free room; it may be less than the longest record */
	bool full; /* something did not fit: the record will be lost and counted */
	bool slow; /* the commit has to do more than publish; set with full */
	u8 special; /* LINX_SPECIAL_*: its buffers are not captured as those of others */
	bool entered; /* an entry record has the arguments of the call */
	bool unreadable; /* the last value read by capture/follow.c was unreadable */
	bool old_name; /* the context record has a name that another task is replacing */
	u32 gap; /* bytes before head for a pending gap record */
	struct linx_http_fill http; /* used with LINX_SPECIAL_HTTP */
	u32 nlongs;
	struct linx_long_value longs[2];
	/*
	 * Buffers among the values of the head record, by their place; the rest of a cut one is captured in pieces.
	 * In sessions with snap_long.
	 */
	DECLARE_BITMAP(buffers, 1 << 8); /* linx_rec.nvals has 8 bits */
	u32 rest; /* bytes that buffers may still take in pieces */
	u32 nfds;
	u32 fd_left; /* bytes of descriptors that the record may still take */
	u32 fd_kept; /* bytes of fd_left reserved for the heads of later descriptors */
	u32 fd_flags; /* LINX_SETUP_* of what is recorded of descriptors */
	/* Set by the function that records paths: */
	bool in_probe; /* paths are those of the current task and count as work of the probe: core/probe_work.h */
	char *root; /* otherwise: root of the recorded task as current sees it; NULL: current's own root */
	bool late; /* no more paths of descriptors are recorded */
	struct linx_fd_request fds[LINX_FDS_MAX];
	struct linx_frame frames[LINX_FRAMES];
};

/* Values of linx_fill.call for records of no system call. */
#define LINX_CALL_CONTEXT (-1)
#define LINX_CALL_SIGNAL (-2)
#define LINX_CALL_BUDGET (-3)

struct linx_ring {
	struct linx_area areas[2]; /* [0] is written; [1]: the recorder's other half */
	/*
	 * Positions up to which a record may reach on the fast path, for ordinary and for priority records. 0 sends
	 * every record to the slow path: a gap is pending, the halves were flipped, or there is no ring.
	 */
	u64 limit[2];
	u64 mask, size;
	u64 low_mark[2]; /* bytes in use up to which limit lets records pass */
	u64 last_time;
	struct linx_producer *prod; /* mapped read-only by the reader; not read back, except by this CPU */
	struct linx_positions *out; /* element of prod->half[] for areas[0] */
	struct linx_call_counters *calls; /* [LINX_ABI_NR * LINX_NR_MAX]; committed is selected - lost */
	u64 selected; /* also the number of the next record */
	u64 committed;
	u32 rec_limit; /* the longest record */
	u32 least_room; /* recorder: room that a general record makes, so that fast paths find some; else 0 */
	struct linx_fill fill;

	struct linx_area *area; /* areas[0]; NULL: this CPU has no ring. Release-stored after all other members */
	u32 flips; /* recorder: the value of linx_session.flips that this CPU has followed */
	struct linx_consumer *cons; /* writable by the reader: read once, clamped */
	u64 keep; /* bytes reserved for context and priority records, and for the last gap record */
	u64 wake_at; /* head from which the watermark may be reached; only a hostile reader makes it too high */
	u64 due; /* a position: records before it have waited for delay_ns; set by the timer */
	u64 filtered, overwritten, wakeups, lost_context;
	u64 lost[LINX_LOST_MAX];
	struct linx_gap gap; /* collected while gap_pending */
	bool gap_pending;
	bool over_throttle_mark; /* throttle mode: more bytes are in use than ease */
	u64 stalled_at; /* throttle mode: a tail at which the reader stood still. Written by waiting tasks */
	u64 gap_bytes; /* bytes of published gap records */
	u64 nested; /* records given up by nested probes; only these write it, in linx_ring_nested() */
	u64 nested_folding; /* nested_folded, or its next value while fold_nested() counts */
	u64 nested_folded; /* part of nested that has been numbered and counted */
	struct path cwd; /* copy of the working directory being recorded */
	char *scratch; /* LINX_RING_SCRATCH bytes, for d_path() and others */
	u32 npages;
	struct linx_area_memory memory[2]; /* one for each half */
	struct linx_rate *rate; /* filter/rate.h; release-stored by the owner; NULL: not used */
	struct linx_predicate_data judged; /* values of the current call for the predicate: filter/predicate.h */
};

/*
 * Gives up the record of a nested probe. The ring's next record takes the slow path and writes the gap before it. An
 * interrupted probe has either passed the limits already, or looks at this count after it has set them.
 */
static inline void linx_ring_nested(struct linx_ring __percpu *ring)
{
	struct linx_ring *r = this_cpu_ptr(ring);

	this_cpu_inc(ring->nested);
	barrier(); /* pairs with set_limits(), on this CPU */
	WRITE_ONCE(r->limit[0], 0);
	WRITE_ONCE(r->limit[1], 0);
}

#endif
