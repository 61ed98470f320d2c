/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The producer's side of a ring; shared/ring_proto.h describes the protocol.
 *
 * There is one struct linx_ring per possible CPU and session. Only probes on that CPU access it, with preemption off,
 * except for members whose comment says otherwise. Only one probe at a time writes records on a CPU (linx_probe_on
 * ensures that). Therefore nothing here is locked or atomic. A probe that interrupts this probe writes to a side ring,
 * which is a struct linx_ring as well (ring/side.h). Ioctls of the owner read the counters while the session runs, with
 * READ_ONCE, and all members when it is stopped.
 */
#ifndef LINX_KMOD_RING_H
#define LINX_KMOD_RING_H

#include <linux/compiler.h>
#include <linux/gfp.h>
#include <linux/linx.h>
#include <linux/path.h>
#include <linux/percpu.h>
#include <linux/types.h>
#include "shared/limits.h"

struct linx_follow;
struct linx_rate;
struct linx_session;
struct linx_shape;
struct page;

/*
 * Length of a gap record, which reports lost records. Each ring keeps so much room free for the gap record that is
 * written at the stop.
 */
#define LINX_GAP_LEN (sizeof(struct linx_rec) + sizeof(struct linx_gap))

/* Most bytes of a descriptor's details: see linx_fd.detail. */
#define LINX_FD_DETAIL_MAX (sizeof(struct linx_sock) + 112)
/*
 * Size of linx_ring.scratch: room for the longest value of a descriptor. d_path() writes the path at the end of this
 * room.
 */
#define LINX_RING_SCRATCH (sizeof(struct linx_fd) + LINX_FD_DETAIL_MAX + PATH_MAX)

/* Flags for all memory of sessions. A failed allocation is returned as -ENOMEM and not written to the kernel's log. */
#define LINX_GFP (GFP_KERNEL_ACCOUNT | __GFP_NOWARN)

/* Memory of a data area; constant once the ring is open. */
struct linx_area_memory {
	u8 *data; /* vmap of the pages, mapped twice, back to back */
	struct page **pages;
};

/* A data area, and the positions between which it holds records. */
struct linx_area {
	u8 *data; /* linx_area_memory.data */
	u64 head; /* position where the next record is written; the reader sees a copy in struct linx_positions */
	u64 tail; /* discard: last accepted position of the consumer; recorder: position of the oldest record */
};

/*
 * A value that may continue in PIECE records behind its record: a vector of strings, such as argv, or a block of
 * memory. See capture/user_mem.h.
 */
struct linx_long_value {
	u8 arg, width; /* arg: linx_val.arg. width of a vector: size of its pointers, 4 or 8; of a block: 0 */
	bool keep; /* true: the strings of a vector are copied; false: they are only counted */
	bool bytes; /* block: does not consist of strings */
	bool head; /* true: only the part that fits into the head record is captured, and no pieces follow */
	u64 addr, left; /* vector: address of its first pointer; block: address and number of the bytes not read yet */

	struct linx_val *v; /* the value in the head record */
	u64 str; /* vector: address of the rest of the string being copied; 0: no string is begun */
	/* vector: count: strings found so far; stored: strings copied whole. total: bytes captured, with all pieces */
	u32 count, stored, total;
	u8 state; /* enum linx_state */
	bool done; /* nothing more to read */
	bool full; /* a limit was reached: no more is copied */
};

/*
 * A structure in the record, or an array of structures, whose pointer members are being followed; see
 * capture/follow.c.
 */
struct linx_frame {
	const struct linx_shape *shape; /* layout of the structure */
	const struct linx_follow *next, *end; /* remaining members of the current structure */
	const u8 *data; /* bytes of the current structure in the record */
	u64 filled; /* bytes that the call wrote into buffers, minus those in the buffers captured so far */
	u32 size; /* bytes of one structure */
	u32 left; /* number of structures that remain, including the current one */
};

/* A descriptor to be recorded. See capture/fd.h. */
struct linx_fd_request {
	s32 fd;
	pid_t pid; /* process that has the descriptor, numbered in the initial pid namespace; 0: the caller */
	u8 field; /* linx_val.arg */
	u8 more; /* parts to record beside those of linx_fill.fd_flags: LINX_SETUP_FD_*, LINX_WANT_DEVICE */
#define LINX_WANT_DEVICE 0x80 /* the device number, if the file is a device */
};

/* State of the search for HTTP headers in the bytes that a call moves through a socket. See capture/http.c. */
struct linx_http_fill {
	u64 left; /* bytes that the call moved, minus those in the buffers captured so far; U64_MAX: not known */
	u64 *slot; /* entry of the socket in linx_http.entries; NULL: no header of the socket is unfinished */
	u64 old; /* content of *slot when it was found */
	s32 fd;
	u32 ino; /* inode number of the socket; 0: not looked up, or no socket */
	u32 kept; /* bytes of the header so far; with LINX_HTTP_ENDS_BODY: bytes of the body still to come */
	u8 state; /* enum linx_http_state */
	u8 ends; /* enum linx_http_ends: part of the header's end that was seen, or LINX_HTTP_ENDS_BODY */
	bool out; /* the program sends these bytes */
	bool looked_up; /* ino, slot and old are set */
	bool named; /* false: an io_uring operation on a socket that has no descriptor, only an index */
};

/* Values of linx_fill.special. */
#define LINX_SPECIAL_UNFILLED 1 /* the call wrote nothing into its buffers, although its result is above 0 */
#define LINX_SPECIAL_HTTP 2 /* the call moves bytes that may be an HTTP header */

/*
 * The record that is being written, from linx_rec_begin() to linx_rec_commit(). It is a member of the ring, since a
 * ring has only one such record at a time. On the stack, kernels of distributions would clear it at each call.
 */
struct linx_fill {
	struct linx_session *s; /* s and r are constant */
	struct linx_ring *r;
	struct linx_area *area;
	struct linx_rec *head; /* the head record; its pieces follow it */
	struct linx_rec *rec; /* the head record or the newest piece */
	u8 *p; /* next byte to write; aligned to 8 between values */
	u8 *end; /* end of the room for the record or piece */
	u64 seq, time; /* linx_rec.seq and linx_rec.time of the record */
	u32 budget; /* bytes of user memory that the record may still hold */
	int call; /* index into linx_ring.calls, or LINX_CALL_* */
	bool prio; /* the record may use the reserved share of the ring */
	bool fast_room; /* the ring has less free room than the longest record needs; "end" is where that room ends */
	bool full; /* something did not fit: the record will be lost and counted */
	bool slow; /* linx_rec_commit_slow() has to end the record: a gap is pending, or full is set */
	u8 special; /* LINX_SPECIAL_*: how the call's buffers are captured; 0: as usual */
	bool entered; /* return of a call: the entry record has the arguments and the memory that the call reads */
	bool unreadable; /* capture/follow.c: the last value could not be read */
	bool old_name; /* context record: another task is changing the task's name, and the record has the old one */
	u32 gap; /* bytes of the gap record that will be written before this record; 0: no gap is pending */
	struct linx_http_fill http; /* used with LINX_SPECIAL_HTTP */
	u32 nlongs; /* number of used elements in longs[] */
	struct linx_long_value longs[2];
	/*
	 * Bit i: value number i of the head record, from 0, is a buffer. If the buffer was cut, pieces continue it.
	 * Used if linx_session.snap_long is set.
	 */
	DECLARE_BITMAP(buffers, 1 << 8); /* linx_rec.nvals has 8 bits */
	u32 rest; /* bytes of buffers that may still be written in pieces */
	u32 nfds; /* number of used elements in fds[] */
	u32 fd_left; /* bytes of descriptors that the record may still hold */
	u32 fd_kept; /* part of fd_left that is reserved for struct linx_fd of the descriptors still to come */
	u32 fd_flags; /* LINX_SETUP_* of what is recorded of each descriptor */
	/* The members from in_probe to "late" are set by the functions that record paths. */
	bool in_probe; /* paths are those of the current task and count as work of the probe: core/probe_work.h */
	/*
	 * in_probe is false: root directory of the recorded task, as a path from current's root; NULL: both are the
	 * same
	 */
	char *root;
	bool late; /* the paths of earlier descriptors took too long: no more paths are recorded */
	struct linx_fd_request fds[LINX_FDS_MAX];
	struct linx_frame frames[LINX_FRAMES_MAX];
};

/* Values of linx_fill.call for records that are not of a system call. */
#define LINX_CALL_CONTEXT (-1)
#define LINX_CALL_SIGNAL (-2)
#define LINX_CALL_BUDGET (-3)
#define LINX_CALL_TAMPER (-4)
#define LINX_CALL_DENY (-5)
#define LINX_CALL_UNCOUNTED (-6) /* a call on a CPU that has no counters of calls */
/*
 * A hit of a probe at the site with this index in linx_session.hits. All numbers that are not greater than
 * LINX_CALL_SITE(0) stand for sites.
 */
#define LINX_CALL_SITE(index) (-16 - (int)(index))

struct linx_ring {
	struct linx_area areas[2]; /* [0]: the area being written; [1]: the other half of a recorder's ring */
	/*
	 * Highest position at which a record of the fast path may end; [0]: for ordinary records, [1]: for priority
	 * records. The value 0 sends every record to the slow path. The value is 0 while a gap record is pending, after
	 * the halves were switched, and on a CPU without a ring.
	 */
	u64 limit[2];
	u64 mask, size; /* size: bytes of an area, a power of two; mask: size - 1 */
	u64 low_mark[2]; /* most bytes in use after a record of the fast path; index as for limit[] */
	u64 last_time; /* time of the newest record; the next one is not earlier */
	struct linx_producer *prod; /* mapped read-only by the reader; the kernel reads it back only on this CPU */
	struct linx_positions *out; /* element of prod->half[] for areas[0] */
	struct linx_call_counters *calls; /* [LINX_ABI_NR * LINX_NR_MAX]; the member committed is not used */
	u64 selected; /* selected records so far, which is also the number of the next record */
	u64 committed;
	u32 rec_limit; /* bytes of the longest record */
	/* recorder: the slow path frees at least so many bytes, to leave room for the fast path; other modes: 0 */
	u32 least_room;
	struct linx_fill fill;

	struct linx_area *area; /* areas[0]; NULL: this CPU has no ring. Release-stored after all other members */
	u32 flips; /* recorder: value of linx_session.flips when this CPU last switched halves */
	struct linx_consumer *cons; /* writable by the reader: each use reads it once and checks the value */
	u64 keep; /* bytes reserved for context and priority records, and for the last gap record */
	/*
	 * while linx_area.head is below this position, the watermark is not reached; a hostile reader can make it too
	 * high
	 */
	u64 wake_at;
	u64 due; /* position; the records before it have waited for linx_session.delay. Set by the timer */
	u64 filtered, overwritten, wakeups, lost_context; /* counters of these names in struct linx_cpu_counters */
	u64 lost[LINX_LOST_MAX]; /* lost records by enum linx_lost */
	struct linx_gap gap; /* lost records since the last gap record; valid if gap_pending */
	bool gap_pending; /* records were lost: a gap record is written before the next record */
	bool over_throttle_mark; /* throttle mode: at least low_mark[0] bytes are in use, and tasks have to wait */
	u64 stalled_at; /* throttle mode: tail of a reader that read nothing while tasks waited; written by the tasks */
	u64 gap_bytes; /* bytes of published gap records */
	/*
	 * in a side ring: the main ring of this CPU and session; NULL: this is a main ring. A side ring uses few of the
	 * other members
	 */
	struct linx_ring *main;
	struct linx_side *side; /* rings of nested probes; NULL: none. Release-stored */
	u64 nested; /* records that nested probes gave up; written only by nested probes, in linx_ring_nested() */
	u64 nested_folding; /* nested_folded as fold_nested() will set it; stored before the numbers are given */
	u64 nested_folded; /* nested records that have a sequence number and were counted as lost */
	struct path cwd; /* copy of the path of the working directory that is being recorded */
	char *scratch; /* LINX_RING_SCRATCH bytes, for d_path() and others */
	u32 npages; /* pages of each element of memory[] */
	struct linx_area_memory memory[2]; /* memory of each half; [1] is used only by a recorder */
	struct linx_rate *rate; /* filter/rate.h; release-stored by the owner; NULL: no sampling and no budget */
	/* data of the current call on which a predicate decides: filter/predicate.h */
	struct linx_predicate_data judged;
};

/* The side rings of a CPU's ring: [0] for probes in softirqs, [1] for those in interrupts. */
#define LINX_SIDES 2
struct linx_side {
	struct linx_ring ring[LINX_SIDES];
};

/*
 * Gives up the record of a nested probe (one that interrupts a probe on the same CPU). Sends the ring's next record to
 * the slow path, which writes a gap record before it. If the interrupted probe is in set_limits(), that function reads
 * the member "nested" when it has set the limits, and then sets them to 0 again.
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
