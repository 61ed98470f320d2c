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

/* Share of a record that descriptors may take; at most a fourth of the longest record. */
#define LINX_BPF_FDS_MAX 8192u

/* Values that are fixed when the programs are loaded, so that the verifier knows them. */
struct linx_bpf_config {
	__u64 ring_size;
	__u64 rec_limit; /* longest record */
	__u64 user_max; /* bytes of user memory in a record */
	__u64 keep; /* bytes that only context and priority records may fill */
	__u64 fast_used; /* most bytes in use of a ring that still takes records of the fast path */
	__u64 watermark;
	__u64 snap_bytes, snap_str;
	__u64 http_bytes; /* most bytes of a header of HTTP that are kept */
	__u64 secret[2]; /* secret from which addresses become numbers */
	__u32 owner; /* process that records, in the initial namespace; 0: it is recorded too */
	__u32 flags; /* LINX_BPF_* */
	__u32 entries; /* places for calls under way, a power of two */
	__u32 cpus; /* possible CPUs; the place of snapshots follows their places */
	__u32 page_size; /* bytes of a page on the running kernel */
	/*
	 * The running kernel's values: bit of a request that may have several results; bit of a ring of a
	 * 32-bit program, or 0; number of opcodes.
	 */
	__u32 uring_multi, uring_compat, uring_opcodes;
};
#define LINX_BPF_ENVP 0x1
#define LINX_BPF_POINTER 0x2
#define LINX_BPF_SIGNALS 0x4
#define LINX_BPF_COMPAT_MOVE_PAGES 0x8 /* this kernel has an entry of move_pages() for 32-bit programs */
#define LINX_BPF_TIMES 0x10 /* returns record when the call began */
#define LINX_BPF_RESOLVED 0x40 /* record opened paths, connected peers and netlink protocols */
#define LINX_BPF_FD_PATHS 0x80 /* record what descriptors refer to */
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

/* Options for which programs run at unselected calls, or make more than records of calls. */
#define LINX_BPF_MORE (LINX_BPF_FILES | LINX_BPF_HTTP)

/* Settings that may change while the programs run. */
struct linx_bpf_control {
	__u32 filter; /* LINX_FILTER_*, LINX_BPF_STOPPED */
	__u32 chosen; /* LINX_SELECT_CHOSEN */
	__u32 uid_min, uid_max;
	__u32 ncomms;
	__s32 listed; /* number of listed processes */
	__u32 quota; /* events of a CPU in a window of shared/rate_facts.h; 0: no budget */
	__u32 attached; /* all programs are attached: they see every change */
	__u32 filters_threads; /* filters leave out some threads of a process, or did */
	__u32 http_unfinished; /* unfinished HTTP headers */
	__u32 http_dropped; /* unfinished HTTP headers that gave way to others */
	__u32 judged; /* the library decides by its result whether a call is recorded */
	__u32 flips, reserved; /* recorder: number of flips so far; programs write half flips & 1 */
	__u64 min_duration;
	char comms[LINX_FILTER_COMMS][16];
};

#define LINX_BPF_STOPPED 0x80000000u /* nothing is recorded */
#define LINX_BPF_BUDGET 0x40000000u /* there is a quota */

/* Records of a call that are wanted. */
#define LINX_BPF_WANT_ENTER 0x1
#define LINX_BPF_WANT_EXIT 0x2
#define LINX_BPF_PRIO 0x4
#define LINX_BPF_CHANGES 0x40 /* the call may change a table of descriptors, which is recorded whatever is selected */
#define LINX_BPF_TIMED 0x20 /* the return records when the call began */
#define LINX_BPF_CONTEXT 0x10 /* success of the call makes the task's context record out of date */
#define LINX_BPF_OTHER 0x100 /* with CONTEXT: also the context of the process whose number is argument 0, unless it is 0 */
#define LINX_BPF_OPTION 0x8 /* prctl: only some options change the task's context */

/* Memory that an argument points to, for the fast path of a record: see bpf/fast.h. */
struct linx_bpf_fast {
	__u8 arg, how; /* how: LINX_BPF_FAST_* */
	__u8 len_arg; /* LENGTH: index of the argument with the length */
	__u8 reserved;
	__u32 size; /* otherwise: bytes */
	__u32 keep; /* most bytes that are recorded */
};
#define LINX_BPF_FAST_STR 0x1 /* a string */
#define LINX_BPF_FAST_OUT 0x2 /* memory that a successful call fills */
#define LINX_BPF_FAST_LENGTH 0x4
#define LINX_BPF_FAST_INT 0x8 /* the length is an int */
#define LINX_BPF_FAST_RESULT 0x10 /* the length is at most the result */
#define LINX_BPF_FAST_VALUES 2u
#define LINX_BPF_FAST_MAX 4104u /* most bytes of one value */
#define LINX_BPF_FAST_ROOM 16384u /* free bytes of a ring that the fast path needs */
#define LINX_BPF_FAST_NONE 0xffu /* linx_bpf_call.nfast: the call has the slow path alone */

/* Places for calls: a power of two, no less than the number of calls. */
#define LINX_BPF_WANTS 4096u

/* A call: its row, and which records of it are wanted. */
struct linx_bpf_call {
	struct linx_walker_row row;
	__u32 want; /* LINX_BPF_WANT_* and the like */
	__u32 every; /* sampling: one of this many returns is recorded; 0 and 1: each */
	__u32 http; /* LINX_HTTP_*: the call may move bytes through a socket; 0: it does not, or HTTP is not recorded */
	__u32 nfast; /* values of the fast path, or LINX_BPF_FAST_NONE */
	struct linx_bpf_fast fast[LINX_BPF_FAST_VALUES];
};

/* An opcode of io_uring: the call that it corresponds to, and the places of its arguments in the entry. */
struct linx_bpf_opcode {
	__u32 key; /* key of the call */
	__s32 nr;
	__u32 ruled; /* key of the call whose settings apply; 0: io_uring_enter, since no call corresponds */
	__u16 from[LINX_NARGS]; /* words of shared/uring_facts.h */
};

/*
 * Opcodes from this one on correspond to no call. Each has two places in the map: for native programs and for
 * 32-bit programs.
 */
#define LINX_BPF_OPCODES 63u

/* Operations under way, and buckets that count them: powers of two. */
#define LINX_BPF_URING_SLOTS_LOG 11
#define LINX_BPF_URING_KEPT_LOG 13
#define LINX_BPF_URING_LAST_LOG 6

/* A CPU's memory without its ring: the producer's page, the reader's page, and the programs' work area. */
#define LINX_BPF_PAGE 4096u
#define LINX_BPF_PLACE (5 * LINX_BPF_PAGE)

/* The producer's page. Its beginning is that of the module's. */
struct linx_bpf_cpu {
	struct linx_producer prod;
	__u64 begun; /* odd: a program is at work on this CPU */
	__u64 tail; /* the reader's position as last validated; recorder: position of the oldest record */
	__u64 filtered, selected, committed;
	__u64 lost[LINX_LOST_MAX];
	__u64 lost_context;
	__u64 missed_context; /* changes of known tasks that could not be recorded */
	__u64 gap_bytes, wakeups;
	__u64 nested, nested_folded; /* records that a nested program gave up; how many of these have a number */
	__u64 gap_pending;
	__u64 overwritten;
	struct linx_gap gap;
	__u64 sampled; /* events that sampling left out */
	__u64 window_begun; /* budget: this window's begin, number, events and recorded events; events of the window before */
	__u32 window, made, used, made_before;
	__u32 flips, reserved; /* recorder: number of flips that this CPU has followed */
	__u64 switched; /* time when the current task got the CPU: with LINX_BPF_CPU_TIMES */
};

/* A call under way: its task, its begin, and the task's running time since, up to the last time it left a CPU. */
struct linx_bpf_entry {
	__u64 owner; /* task in the low half, call or LINX_BPF_ENTRY_IDLE in the high half; 0: free */
	__u64 time, ran;
};
#define LINX_BPF_ENTRY_IDLE 0xfffffffeu
#define LINX_BPF_ENTRIES 16384u

/* The reader's page. */
struct linx_bpf_reader {
	struct linx_consumer cons;
	__u64 armed; /* request to wake the reader when the ring is filled to the watermark */
	__u64 before; /* snapshots: time before the next file is looked up */
};

/* Follows a record of a snapshot. TASK: place of the command line; FILES: time when the task began. */
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
	__u32 by_direction; /* commands without a variant of their own use the variant of the direction in their number */
	__u32 others; /* place in the map of calls for all other commands */
};

/* Places in the map of calls: first one for each call, then, for each selector, by direction, then variants. */
#define LINX_BPF_DIRS 4u

#endif
