/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The producer's side of a ring; the protocol is in shared/ring_proto.h.
 *
 * One struct linx_ring per possible CPU and session. But for what is marked, it
 * is touched only by probes on that CPU with preemption off; probes do not nest
 * (linx_probe_on sees to it), so nothing here is locked or atomic. Owners'
 * ioctls read the counters of a running ring with READ_ONCE and everything of a
 * stopped one.
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

/* A gap record; as many bytes are kept for the one that ends a stream. */
#define LINX_GAP_LEN (sizeof(struct linx_rec) + sizeof(struct linx_gap))

/* Most bytes of a descriptor's details: see linx_fd.detail. */
#define LINX_FD_DETAIL_MAX (sizeof(struct linx_sock) + 112)
/* linx_ring.scratch has room for a whole value of a descriptor; d_path() works at its end. */
#define LINX_RING_SCRATCH (sizeof(struct linx_fd) + LINX_FD_DETAIL_MAX + PATH_MAX)

/* All memory of sessions. Who asks is told -ENOMEM: it is nothing for the kernel's log. */
#define LINX_GFP (GFP_KERNEL_ACCOUNT | __GFP_NOWARN)

/* Memory of a data area; constant once the ring is open. */
struct linx_area_memory {
	u8 *data; /* vmap: the pages twice */
	struct page **pages;
};

/* A data area and how far it is written. */
struct linx_area {
	u8 *data; /* linx_area_memory.data */
	u64 head; /* private; what was published or will be at the next commit */
	u64 tail; /* discard: what we believe of the consumer; recorder: oldest record */
};

/*
 * A value that may go on in pieces: a vector of strings (width 4 or 8, the size
 * of its pointers) or a block of left bytes (width 0). See capture/user_mem.h.
 */
struct linx_long_value {
	u8 arg, width;
	bool keep; /* false: a vector's strings are only counted */
	bool bytes; /* a block that is no strings */
	bool head; /* kept as far as the head record has room, no pieces */
	u64 addr, left;

	struct linx_val *v; /* in the head record */
	u64 str; /* rest of the string that is being copied, 0: none */
	u32 count, stored, total;
	u8 state;
	bool done; /* nothing is left to read */
	bool full; /* the limit of what is kept has been read */
};

/* Structures in the record whose members are being followed; see capture/follow.c. */
struct linx_frame {
	const struct linx_shape *shape;
	const struct linx_follow *next, *end; /* members of the one that is looked at, as far as they are to come */
	const u8 *data; /* the structure's bytes in the record */
	u64 filled; /* bytes that the call put into buffers, as far as none was given its part */
	u32 size; /* of one */
	u32 left; /* how many of them, with this one */
};
#define LINX_FRAMES 4

/* A descriptor that a record is to tell of. See capture/fd.h. */
struct linx_fd_request {
	s32 fd;
	pid_t pid; /* task that has it, by its number in the initial namespace; 0: the caller */
	u8 field; /* linx_val.arg */
	u8 more; /* LINX_SETUP_FD_*: told of this one beside what is told of all; and */
#define LINX_WANT_DEVICE 0x80 /* which device it is, if one */
};
#define LINX_FDS_MAX 64

/* Bytes that a call moves through a socket, as far as headers of HTTP are concerned. See capture/http.c. */
struct linx_http_fill {
	u64 left; /* bytes that the call moved, as far as they are to come */
	u64 *slot; /* where its unfinished header stands in the session's table; NULL: it has none */
	u64 old; /* what stands there */
	s32 fd;
	u32 ino; /* of the socket; 0: not looked up, or none */
	u32 kept; /* bytes of the header so far; of its body: those to come */
	u8 state; /* enum linx_http_state */
	u8 ends; /* how much of the header's end was seen: LINX_HTTP_END_* */
	bool out; /* bytes that the program sends */
	bool looked_up;
	bool named; /* false: an operation of io_uring on a socket that has no number */
};

/* linx_fill.special */
#define LINX_SPECIAL_UNFILLED 1 /* the call put nothing into its buffers, whatever its result */
#define LINX_SPECIAL_HTTP 2 /* it moves bytes that may be a header of HTTP */

/*
 * A record being written, from linx_rec_begin() to linx_rec_commit(). It stands
 * in its ring: one at a time is written there, and distributions clear what is
 * on the stack.
 */
struct linx_fill {
	struct linx_session *s; /* for good, as is r */
	struct linx_ring *r;
	struct linx_area *area;
	struct linx_rec *head; /* pieces follow it */
	struct linx_rec *rec; /* the head or the newest piece */
	u8 *p; /* next byte to write; 8-byte aligned between values */
	u8 *end; /* first byte that may not be written */
	u64 seq, time;
	u32 budget; /* bytes of user memory that this record may still take */
	int call; /* index into calls, or LINX_CALL_* */
	bool prio;
	bool fast_room; /* end is that of the room, not of the longest record */
	bool full; /* something did not fit: the record will be counted lost */
	bool slow; /* commit has more to do than to publish; set with full */
	u8 special; /* LINX_SPECIAL_*: its buffers are not captured as those of others */
	bool entered; /* an entry record says what the call's arguments were */
	bool unreadable; /* the last value that capture/follow.c had to look at could not be read */
	bool old_name; /* the context record has a name that somebody is just replacing */
	u32 gap; /* bytes before head that a pending gap will take */
	struct linx_http_fill http; /* with LINX_SPECIAL_HTTP */
	u32 nlongs;
	struct linx_long_value longs[2];
	/* Buffers among the head's values, by their place: what was cut of them goes on in pieces. In sessions with snap_long. */
	DECLARE_BITMAP(buffers, 1 << 8); /* linx_rec.nvals has 8 bits */
	u32 rest; /* bytes that buffers may still take in pieces */
	u32 nfds;
	u32 fd_left; /* bytes of descriptors that this record may still take */
	u32 fd_kept; /* bytes of fd_left that are kept for the heads of descriptors behind this one */
	u32 fd_flags; /* LINX_SETUP_* of what is recorded of them */
	/* Set by who tells paths: */
	bool in_probe; /* paths are the current task's, and count as work of the probe: core/probe_work.h */
	char *root; /* else: of the task that is told of, as current sees it; NULL: current's own */
	bool late; /* no path of a descriptor is told any more */
	struct linx_fd_request fds[LINX_FDS_MAX];
	struct linx_frame frames[LINX_FRAMES];
};

/* linx_fill.call of what is no system call */
#define LINX_CALL_CONTEXT (-1)
#define LINX_CALL_SIGNAL (-2)
#define LINX_CALL_BUDGET (-3)

struct linx_ring {
	struct linx_area areas[2]; /* [0] is written; [1], in recorder mode, is the frozen half, or will be written after a flip */
	/*
	 * Positions up to which a record may go without looking any further, for
	 * ordinary and for priority records. 0 sends every record to the slow path:
	 * a pending gap, halves that were flipped, no ring.
	 */
	u64 limit[2];
	u64 mask, size;
	u64 low_mark[2]; /* bytes in use up to which limit lets records go, likewise */
	u64 last_time;
	struct linx_producer *prod; /* user-visible, read-only there; never read back but by us */
	struct linx_positions *out; /* element of prod->half[] that belongs to areas[0] */
	struct linx_call_counters *calls; /* [LINX_ABI_NR * LINX_NR_MAX]; committed is selected - lost */
	u64 selected; /* also the number of the next record */
	u64 committed;
	u32 rec_limit; /* longest record */
	u32 least_room; /* recorder: what each record of the general encoder asks for, so that after it fast paths find theirs; else 0 */
	struct linx_fill fill;

	struct linx_area *area; /* areas[0]; NULL: this CPU has no ring. Release-stored when all else is set */
	u32 flips; /* recorder: linx_session.flips, as far as this CPU has followed */
	struct linx_consumer *cons; /* user-writable: read once, clamped */
	u64 keep; /* bytes left to context and priority records, and to the last gap */
	u64 wake_at; /* head at which the watermark may be reached; too low is harmless, too high its reader's own harm */
	u64 due; /* position before which all has waited for delay_ns; by the timer */
	u64 filtered, overwritten, wakeups, lost_context;
	u64 lost[LINX_LOST_MAX];
	struct linx_gap gap; /* being gathered while gap_pending */
	bool gap_pending;
	bool over_throttle_mark; /* throttle mode: more is in use than ease */
	u64 stalled_at; /* throttle mode: a tail from which the reader did not move. By tasks that wait */
	u64 gap_bytes; /* bytes of gap records that are published */
	u64 nested; /* records given up by nested probes: written by those alone, in linx_ring_nested() */
	u64 nested_folding; /* nested_folded, or what it will be while fold_nested() counts */
	u64 nested_folded; /* part of nested that is numbered and counted so far */
	struct path cwd; /* copy of the directory that is being told */
	char *scratch; /* LINX_RING_SCRATCH bytes, for d_path() among others */
	u32 npages;
	struct linx_area_memory memory[2]; /* by half */
	struct linx_rate *rate; /* filter/rate.h; release-stored by its owner, NULL: not used */
	struct linx_predicate_data judged; /* values of the call whose probe runs: filter/predicate.h */
};

/*
 * A nested probe gives up a record. The next record of the ring takes the slow path and has the
 * gap before it; the one that was interrupted has looked at the limits already, or looks at
 * this count after it sets them.
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
