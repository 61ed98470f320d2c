/* SPDX-License-Identifier: (GPL-2.0-only WITH Linux-syscall-note) OR LGPL-2.1-or-later */
/*
 * Settings and memory of each CPU, which the engine's programs in the kernel (bpf/) and the
 * library share: values of maps that the library maps too. Both sides are of one tree and one
 * machine: this is no interface.
 */
#ifndef LINX_ENGINE_BPF_SHARED_H
#define LINX_ENGINE_BPF_SHARED_H

#include <linux/linx.h>
#include <linux/linx_record.h>

#include "engine/walk/rows.h"
#include "shared/http_facts.h"
#include "shared/rate_facts.h"

/*
 * A ring is followed by so much memory: a record that passes the end is written in one
 * piece, and what lies behind the end is copied to the begin when it is done.
 */
#define LINX_BPF_SLACK (64u << 10)

/* Share of a record that descriptors may take, or a fourth of the longest, if that is less. */
#define LINX_BPF_FDS_MAX 8192u

/* Values that are fixed when the programs are loaded, so that the verifier knows them. */
struct linx_bpf_config {
	__u64 ring_size;
	__u64 rec_limit; /* longest record */
	__u64 user_max; /* bytes of user memory in a record */
	__u64 keep; /* bytes that only context and priority records may fill */
	__u64 fast_used; /* most bytes of a ring that may be in use where a record takes the fast path */
	__u64 watermark;
	__u64 snap_bytes, snap_str;
	__u64 http_bytes; /* most bytes of a header of HTTP that are kept */
	__u64 secret[2]; /* make numbers of addresses */
	__u32 owner; /* process that records, in the initial namespace; 0: it is recorded too */
	__u32 flags; /* LINX_BPF_* */
	__u32 entries; /* places for calls under way, a power of two */
	__u32 cpus; /* that there can be: behind their places stands that of snapshots */
	__u32 page_size; /* bytes of a page on the running kernel */
	/* Of the running kernel: bit of a request that may have several results, bit of a ring of a 32-bit program, or 0, and number of opcodes. */
	__u32 uring_multi, uring_compat, uring_opcodes;
};
#define LINX_BPF_ENVP 0x1
#define LINX_BPF_POINTER 0x2
#define LINX_BPF_SIGNALS 0x4
#define LINX_BPF_COMPAT_MOVE_PAGES 0x8 /* this kernel has an entry of move_pages() for 32-bit programs */
#define LINX_BPF_TIMES 0x10 /* returns tell when the call began */
#define LINX_BPF_RESOLVED 0x40 /* tell the path that was opened, the peer that was connected, the protocol of netlink */
#define LINX_BPF_FD_PATHS 0x80 /* tell what descriptors refer to */
#define LINX_BPF_FD_DETAILS 0x100
#define LINX_BPF_EVENTFD 0x200 /* this kernel tells count and id of an eventfd */
#define LINX_BPF_EVENTFD_SEMAPHORE 0x400 /* and whether it is a semaphore */
#define LINX_BPF_FILES 0x800 /* tell how tables of descriptors change */
#define LINX_BPF_HTTP 0x1000 /* keep headers of HTTP as far as they go */
#define LINX_BPF_SNAPSHOT 0x2000 /* the reader knows tasks that were there before */
#define LINX_BPF_URING 0x4000 /* operations of io_uring are records, too */
#define LINX_BPF_RECORDER 0x8000 /* the oldest records go: a CPU has two rings */
#define LINX_BPF_HELD 0x10000 /* programs at calls and at io_uring run with preemption off: at events of perf */
#define LINX_BPF_EARLY 0x20000 /* programs at calls switch it off first of all */
#define LINX_BPF_CPU_TIMES 0x20 /* ... or, with it, how long the task ran meanwhile */

/* Bits for which programs work at calls that nobody selected, or beside records of calls. */
#define LINX_BPF_MORE (LINX_BPF_FILES | LINX_BPF_HTTP)

/* Settings that may change while the programs run. */
struct linx_bpf_control {
	__u32 filter; /* LINX_FILTER_*, LINX_BPF_STOPPED */
	__u32 chosen; /* LINX_SELECT_CHOSEN */
	__u32 uid_min, uid_max;
	__u32 ncomms;
	__s32 listed; /* processes on the list */
	__u32 quota; /* events of a CPU in a window of shared/rate_facts.h; 0: no budget */
	__u32 attached; /* all programs are: what changes is seen */
	__u32 filters_threads; /* filters leave out some threads of a process, or did */
	__u32 http_unfinished; /* entries of headers that are in use */
	__u32 http_dropped; /* those that gave way */
	__u32 judged; /* the library judges what is recorded by its result */
	__u32 flips, reserved; /* recorder: so many; half flips & 1 is written */
	__u64 min_duration;
	char comms[LINX_FILTER_COMMS][16];
};

#define LINX_BPF_STOPPED 0x80000000u /* nothing is recorded */
#define LINX_BPF_BUDGET 0x40000000u /* there is a quota */

/* Records of a call that are wanted. */
#define LINX_BPF_WANT_ENTER 0x1
#define LINX_BPF_WANT_EXIT 0x2
#define LINX_BPF_PRIO 0x4
#define LINX_BPF_CHANGES 0x40 /* it may change a table of descriptors, which is told whatever is selected */
#define LINX_BPF_TIMED 0x20 /* the return tells when it began */
#define LINX_BPF_CONTEXT 0x10 /* on success the task's context record is out of date */
#define LINX_BPF_OTHER 0x100 /* with CONTEXT: that of the process whose number is argument 0, too, if it is not 0 */
#define LINX_BPF_OPTION 0x8 /* prctl: some options alone change who the task is */

/* Memory that an argument points to, for the fast path of a record: see bpf/fast.h. */
struct linx_bpf_fast {
	__u8 arg, how; /* how: LINX_BPF_FAST_* */
	__u8 len_arg; /* LENGTH: the argument that tells the length */
	__u8 reserved;
	__u32 size; /* otherwise: bytes */
	__u32 keep; /* most bytes that are kept */
};
#define LINX_BPF_FAST_STR 0x1 /* a string */
#define LINX_BPF_FAST_OUT 0x2 /* filled by a call that succeeded */
#define LINX_BPF_FAST_LENGTH 0x4
#define LINX_BPF_FAST_INT 0x8 /* the length is an int */
#define LINX_BPF_FAST_RESULT 0x10 /* no more than the result */
#define LINX_BPF_FAST_VALUES 2u
#define LINX_BPF_FAST_MAX 4104u /* bytes of one of them */
#define LINX_BPF_FAST_ROOM 16384u /* bytes of a ring that have to be free for it */
#define LINX_BPF_FAST_NONE 0xffu /* linx_bpf_call.nfast: the slow path alone */

/* Places for what calls are wanted for: a power of two, no less than there are calls. */
#define LINX_BPF_WANTS 4096u

/* A call: its row, and what is wanted of it. */
struct linx_bpf_call {
	struct linx_walker_row row;
	__u32 want; /* LINX_BPF_WANT_* and the like */
	__u32 every; /* one of so many returns is recorded; 0 and 1: each */
	__u32 http; /* LINX_HTTP_*: it may move bytes through a socket; 0: none, or nobody asks */
	__u32 nfast; /* values of the fast path, or LINX_BPF_FAST_NONE */
	struct linx_bpf_fast fast[LINX_BPF_FAST_VALUES];
};

/* An opcode of io_uring: the call that it is like, and where in the entry its arguments stand. */
struct linx_bpf_opcode {
	__u32 key; /* of the call */
	__s32 nr;
	__u32 ruled; /* 0: io_uring_enter, since there is no such call */
	__u16 from[LINX_NARGS]; /* words of shared/uring_facts.h */
};

/* Opcodes from this one on are like no call. Each has two places in the map: natively, and for programs of 32 bits. */
#define LINX_BPF_OPCODES 63u

/* Operations under way, and buckets that count them: powers of two. */
#define LINX_BPF_URING_SLOTS_LOG 11
#define LINX_BPF_URING_KEPT_LOG 13
#define LINX_BPF_URING_LAST_LOG 6

/*
 * A CPU's memory but for its ring: a page of the producer, a page of the reader, and what
 * the programs work with.
 */
#define LINX_BPF_PAGE 4096u
#define LINX_BPF_PLACE (5 * LINX_BPF_PAGE)

/* The producer's page, which begins as the module's. */
struct linx_bpf_cpu {
	struct linx_producer prod;
	__u64 begun; /* odd: a program is at work on this CPU */
	__u64 tail; /* the reader's, as far as it was believed; recorder: the oldest record */
	__u64 filtered, selected, committed;
	__u64 lost[LINX_LOST_MAX];
	__u64 lost_context;
	__u64 missed_context; /* changes of known tasks where nothing could be recorded */
	__u64 gap_bytes, wakeups;
	__u64 nested, nested_folded; /* records that a program on top of another gave up; of these, those with a number */
	__u64 gap_pending;
	__u64 overwritten;
	struct linx_gap gap;
	__u64 sampled; /* left out by sampling */
	__u64 window_begun; /* of the budget: this window, its number, events in it and of them recorded, those of the one before */
	__u32 window, made, used, made_before;
	__u32 flips, reserved; /* recorder: as far as this CPU has followed */
	__u64 switched; /* when the current task got the CPU: with LINX_BPF_CPU_TIMES */
};

/* A call under way: who is in it, when it began, and how long the task has run since, up to when it last left a CPU. */
struct linx_bpf_entry {
	__u64 owner; /* the task, and above it the call or LINX_BPF_ENTRY_IDLE; 0: free */
	__u64 time, ran;
};
#define LINX_BPF_ENTRY_IDLE 0xfffffffeu
#define LINX_BPF_ENTRIES 16384u

/* The reader's page. */
struct linx_bpf_reader {
	struct linx_consumer cons;
	__u64 armed; /* wake the reader when the ring is filled to the watermark */
	__u64 before; /* snapshots: a time before the next file is looked up */
};

/* Behind a record of a snapshot. TASK: where the command line lies; FILES: when the task began. */
struct linx_bpf_snap {
	__u64 first, second;
};

/* Counters of a call on a CPU. Committed is selected less lost. */
struct linx_bpf_count {
	__u64 selected, lost;
};

/* Sampling and budget of a call on a CPU: see shared/rate_facts.h. */
struct linx_bpf_rate {
	__u64 sampled, counted;
	__u32 skip, window, made, used, level, reserved;
};

/* Key of a variant of a row: see engine/walk/rows.h. */
struct linx_bpf_choice {
	__u32 selector, value;
};

/* How an argument selects a variant. */
struct linx_bpf_selector {
	__u8 low, high, shift, two;
	__u32 mask;
	__u32 by_direction; /* commands without a variant of their own are read by the direction in their number */
	__u32 others; /* place of what these go by in the map of calls */
};

/* Places in the map of calls: first one for each call, then, for each selector, by direction, then variants. */
#define LINX_BPF_DIRS 4u

#endif
