/* SPDX-License-Identifier: (GPL-2.0-only WITH Linux-syscall-note) OR LGPL-2.1-or-later */
/*
 * Settings, and the state of each CPU, that the eBPF programs (bpf/) and the library share: values of BPF maps, most of
 * which the library maps. Both sides are built from one tree and run on one machine. This interface is therefore not
 * stable.
 */
#ifndef LINX_ENGINE_BPF_SHARED_H
#define LINX_ENGINE_BPF_SHARED_H

#include <linux/linx.h>
#include <linux/linx_record.h>

#include "engine/walk/rows.h"
#include "shared/http_facts.h"
#include "shared/rate_facts.h"
#include "shared/tamper_facts.h"

/*
 * Bytes of memory behind the end of a ring. A record that passes the end is written there in one piece; when it is
 * complete, its bytes behind the end are copied to the ring's begin.
 */
#define LINX_BPF_SLACK (64u << 10)

#define LINX_BPF_LEAST_RING (2 * LINX_BPF_SLACK)

/*
 * Side rings of a CPU, one for softirqs and one for interrupts, for records of programs that have interrupted another
 * program (bpf/ring/side.h). They lie behind the ring and its LINX_BPF_SLACK, each in LINX_BPF_SLACK bytes. Records fill
 * the first LINX_BPF_SIDE bytes, so that no value is too near to the end to be read there.
 */
#define LINX_BPF_SIDES 2u
#define LINX_BPF_SIDE (LINX_BPF_SLACK - (16u << 10))

/* Limit of the bytes that values about descriptors take in a record. Another limit is a quarter of rec_limit. */
#define LINX_BPF_FDS_MAX 8192u

/* Values that are fixed when the programs are loaded, so that the verifier knows them. */
struct linx_bpf_config {
	__u64 ring_size;
	__u64 rec_limit; /* length of the longest record, in bytes */
	__u64 user_max; /* limit of the bytes of user memory in a record */
	__u64 keep; /* bytes of a ring that only context records and priority calls may fill */
	__u64 fast_used; /* the fast path writes to a ring only if at most this many bytes are in use */
	__u64 watermark;
	__u64 snap_bytes, snap_str;
	__u64 http_bytes; /* limit of the bytes that are recorded of an HTTP header */
	__u64 secret[2]; /* secret for the hash that turns kernel addresses into ids */
	/* The recording process, which is left out: its pid in the initial namespace; 0: no process is left out. */
	__u32 owner;
	__u32 flags; /* LINX_BPF_* */
	__u32 entries; /* number of slots in the map "entries", one for each call under way: a power of two */
	__u32 cpus; /* number of possible CPUs; the map "cpus" has one more element, for snapshots */
	__u32 page_size; /* bytes of a page on the running kernel */
	/*
	 * Facts of io_uring on the running kernel: bit number of the request flag for operations with several results;
	 * ring flag of 32-bit programs, or 0; number of opcodes.
	 */
	__u32 uring_multi, uring_compat, uring_opcodes;
};
#define LINX_BPF_ENVP 0x1
#define LINX_BPF_POINTER 0x2
#define LINX_BPF_SIGNALS 0x4
#define LINX_BPF_COMPAT_MOVE_PAGES 0x8 /* this kernel has an entry of move_pages() for 32-bit programs */
#define LINX_BPF_TIMES 0x10 /* records of returns have the time when the call began */
#define LINX_BPF_RESOLVED 0x40 /* record opened paths, connected peers and netlink protocols */
#define LINX_BPF_FD_PATHS 0x80 /* record the paths of the files that descriptors refer to */
#define LINX_BPF_FD_DETAILS 0x100
#define LINX_BPF_EVENTFD 0x200 /* fdinfo of this kernel shows count and id of an eventfd */
#define LINX_BPF_EVENTFD_SEMAPHORE 0x400 /* fdinfo of this kernel also shows whether an eventfd is a semaphore */
#define LINX_BPF_FILES 0x800 /* record changes of descriptor tables */
#define LINX_BPF_HTTP 0x1000 /* record HTTP headers whole */
#define LINX_BPF_SNAPSHOT 0x2000 /* a snapshot is taken of tasks that exist at the start */
#define LINX_BPF_URING 0x4000 /* also record operations of io_uring */
#define LINX_BPF_RECORDER 0x8000 /* flight recorder: the oldest records are overwritten, and a CPU has two rings */
#define LINX_BPF_HELD 0x10000 /* programs at calls and io_uring are at perf events, and so run with preemption off */
#define LINX_BPF_EARLY 0x20000 /* programs at calls turn preemption off as their first action */
#define LINX_BPF_COUNT 0x40000 /* no record is written: returns are counted in tallies (bpf/call/count.h) */
#define LINX_BPF_CPU_TIMES 0x20 /* with LINX_BPF_TIMES: record CPU times of calls instead of durations */

/*
 * Options that need the programs with more = true (linx.bpf.c): these also run at calls that are not selected, or
 * write more than records of calls.
 */
#define LINX_BPF_MORE (LINX_BPF_FILES | LINX_BPF_HTTP)

/* Settings that may change while the programs run. */
struct linx_bpf_control {
	__u32 filter; /* bits LINX_FILTER_* of the filters in use, and LINX_BPF_STOPPED */
	__u32 chosen; /* LINX_SELECT_CHOSEN */
	__u32 uid_min, uid_max;
	__u32 ncomms;
	__s32 listed; /* number of processes on the list of processes to record */
	/*
	 * Budget of a CPU for a window (a part of a second, see shared/rate_facts.h): number of events; 0: no budget.
	 */
	__u32 quota;
	__u32 attached; /* all programs are attached, and see every change of a task */
	__u32 filters_threads; /* filters leave out some threads of a process, or did so earlier */
	__u32 http_unfinished; /* number of unfinished HTTP headers */
	__u32 http_dropped; /* number of unfinished HTTP headers that were given up for newer headers */
	__u32 judged; /* the library has a condition that may depend on a call's result */
	/* flight recorder: number of dumps (flips) so far; programs write to half flips & 1 */
	__u32 flips, reserved;
	__u64 min_duration;
	char comms[LINX_FILTER_COMMS][16];
};

#define LINX_BPF_STOPPED 0x80000000u /* nothing is recorded */
#define LINX_BPF_BUDGET 0x40000000u /* quota is not 0 */

/*
 * Flags of linx_bpf_call.want: which records of a call are wanted, and which of its effects the programs must handle.
 */
#define LINX_BPF_WANT_ENTER 0x1
#define LINX_BPF_WANT_EXIT 0x2
#define LINX_BPF_PRIO 0x4
#define LINX_BPF_CHANGES 0x40 /* the call may change a table of descriptors, recorded also if not selected */
/*
 * Programs look at this call even if it is not selected: it can be a canary of the reader (LINX_CANARY), or can
 * interfere with the recording (linx_bpf_call.tamper).
 */
#define LINX_BPF_WATCH 0x80
#define LINX_BPF_TIMED 0x20 /* the record of the call's return has the time when the call began */
#define LINX_BPF_CONTEXT 0x10 /* success of the call makes the task's context record out of date */
#define LINX_BPF_OTHER 0x100 /* with CONTEXT: also the context of the process whose pid is argument 0, if not 0 */
#define LINX_BPF_OPTION 0x8 /* prctl: only some options change the task's context */

/* Description of how the fast path (bpf/call/fast.h) captures the memory that an argument points to. */
struct linx_bpf_fast {
	__u8 arg, how; /* arg: index of the argument; how: LINX_BPF_FAST_* */
	__u8 len_arg; /* with LINX_BPF_FAST_LENGTH: index of the argument that has the length */
	__u8 reserved;
	__u32 size; /* without LINX_BPF_FAST_LENGTH: the length in bytes */
	__u32 keep; /* limit of the bytes that are recorded */
};
#define LINX_BPF_FAST_STR 0x1 /* a string */
#define LINX_BPF_FAST_OUT 0x2 /* the argument points to memory that a successful call fills */
#define LINX_BPF_FAST_LENGTH 0x4
#define LINX_BPF_FAST_INT 0x8 /* the argument with the length is an int */
#define LINX_BPF_FAST_RESULT 0x10 /* the length is not larger than the call's result */
#define LINX_BPF_FAST_VALUES 2u
#define LINX_BPF_FAST_MAX 4104u /* limit of the bytes of one value */
#define LINX_BPF_FAST_ROOM 16384u /* number of free bytes that a ring must have for the fast path */
#define LINX_BPF_FAST_NONE 0xffu /* value of linx_bpf_call.nfast: the call has no fast path */

/* Number of elements of the array "wants": a power of two, not less than the number of calls. */
#define LINX_BPF_WANTS 4096u

/*
 * Elements of the array "wants" in a session that only counts: what the program does at a return of the call. 0:
 * nothing.
 */
#define LINX_BPF_TALLY_ALL 0x1 /* counts the return, whatever its task and result */
#define LINX_BPF_TALLY_ASK 0x2 /* counts the return if linx_bpf_control.filter lets it pass */
#define LINX_BPF_TALLY_FORK 0x4 /* with ASK: does not count a result of 0 */

/*
 * Counted returns lie in rows, with an element for each key. A CPU counts in one row. On machines with more CPUs than
 * rows several CPUs share a row.
 */
#define LINX_BPF_TALLY_ROWS 64u
#define LINX_BPF_TALLIES (LINX_BPF_TALLY_ROWS * LINX_BPF_WANTS)

static inline __u64 linx_bpf_tally_at(__u64 cpu, __u64 key)
{
	return cpu * LINX_BPF_WANTS + key;
}

/* A system call: its row in the table of calls, and what is recorded of it. */
struct linx_bpf_call {
	struct linx_walker_row row;
	__u32 want; /* LINX_BPF_WANT_* and the flags defined with them */
	__u32 every; /* sampling: one of this many returns is recorded; 0 and 1: each */
	__u32 http; /* LINX_HTTP_*: the call may move bytes through a socket; 0: it does not, or HTTP is not recorded */
	__u32 tamper; /* enum linx_tamper_way: how the call may interfere with the recording */
	__u32 nfast; /* number of elements used of fast, or LINX_BPF_FAST_NONE */
	struct linx_bpf_fast fast[LINX_BPF_FAST_VALUES];
};

/*
 * A rule of tables/uring.def: the call that an operation of io_uring corresponds to, and where a submission queue entry
 * has the call's arguments.
 */
struct linx_bpf_opcode {
	__u32 key; /* key (number and ABI) of the call */
	__s32 nr;
	/* 1: a call corresponds to the operation; 0: no call does, and key and nr are those of io_uring_enter */
	__u32 ruled;
	__u16 from[LINX_NARGS]; /* source of each argument: a word that shared/uring_facts.h defines */
};

/*
 * Number of rules. Each has two elements in the map: for native programs and for 32-bit programs.
 */
#define LINX_BPF_URING_RULES 65u

/*
 * Base-2 logarithms of the sizes of three maps for io_uring: slots for operations under way, buckets that count
 * operations under way, last submissions.
 */
#define LINX_BPF_URING_SLOTS_LOG 11
#define LINX_BPF_URING_KEPT_LOG 13
#define LINX_BPF_URING_LAST_LOG 6

/* A CPU's memory without its ring: the producer's page, the reader's page, and the programs' work area. */
#define LINX_BPF_PAGE 4096u
#define LINX_BPF_PLACE (5 * LINX_BPF_PAGE)

/* ---- probes ---- */

/* A test of a scalar, by which hits are left out: see libuser/probe/tests.c. */
struct linx_bpf_test {
	__u64 number;
	__u8 scalar; /* index of the scalar */
	__u8 op; /* LINX_BPF_TEST_*, which have the order of enum linx_spec_compare */
	__u8 is_signed;
	__u8 swap; /* the scalar has two bytes in network order */
	__u32 reserved;
};

enum { LINX_BPF_TEST_EQ, LINX_BPF_TEST_NE, LINX_BPF_TEST_GT, LINX_BPF_TEST_GE, LINX_BPF_TEST_LT, LINX_BPF_TEST_LE };

#define LINX_BPF_TESTS_MAX 8u

/* A probe. Constant while the programs run. */
struct linx_bpf_probe {
	__u32 kind; /* enum linx_probe_kind */
	__u32 number; /* linx_hit.probe */
	__u32 scalars; /* number of scalars */
	__u32 nscalar_steps, nsteps; /* numbers of elements in steps[]: those of scalars, which come first, and all */
	__u32 ntests;
	__u32 sample; /* of each function, one of this many hits on each CPU is recorded; 0 and 1: all */
	__u32 prio; /* 1: records may use the reserved share of a ring */
	__u32 size; /* most bytes that a record of the probe needs */
	__u32 reserved;
	__u64 rename_lock; /* address of the kernel's lock of renames; 0: not known */
	struct linx_bpf_test tests[LINX_BPF_TESTS_MAX];
	struct linx_fetch_step steps[LINX_FETCH_STEPS_MAX];
};

/* A scalar of a plain probe, which is an argument or bits of one: shifted up, then down with its sign, then masked. */
struct linx_bpf_plain {
	__u64 mask;
	__u8 arg, up, down;
	__u8 cut; /* 0: the whole argument, nothing to shift and to mask */
	__u8 reserved[4];
};
#define LINX_BPF_PLAINS 6u

/* A function or tracepoint that a probe hooks. The number of the site is the cookie of its attachment. */
struct linx_bpf_site {
	__u32 probe; /* index in the map of probes */
	__u32 nth; /* linx_hit.site */
	/* a plain probe (bpf/probe/plain.h): length of its records, words of them, and its scalars; len 0: it is not plain */
	__u32 len, scalars;
	__u64 head, first, states;
	struct linx_bpf_plain plain[LINX_BPF_PLAINS];
};

/* Counters of a site on a CPU. Programs that interrupt each other add to them, by atomic operations. */
struct linx_bpf_hits {
	__u64 filtered, sampled, selected, committed;
	__u64 lost[LINX_LOST_MAX];
	__u64 missed; /* calls whose return cannot be recorded, since too many calls are under way */
	__u64 passed; /* hits that sampling looked at */
	__u64 plain; /* hits that bpf/probe/plain.h recorded: selected and committed, but not counted as such */
	__u32 window, used; /* budget: number of the present window, and records in it */
};

/* Where a call of a probed function is kept until it returns: its stack pointer, and its site. */
struct linx_bpf_frame {
	__u64 sp, site;
};

struct linx_bpf_kept {
	__u64 args[6];
	__u64 time;
};
#define LINX_BPF_FRAMES 16384u
/* Most probes on raw tracepoints. Each has a program of its own, since programs there have a cookie only from 6.10 on. */
#define LINX_BPF_RAWTPS 16u
/* Most functions and tracepoints of all probes. */
#define LINX_BPF_SITES_MAX 16384u

/* The page of a CPU that the programs write. It begins like the producer's page of the kernel module. */
struct linx_bpf_cpu {
	struct linx_producer prod;
	/*
	 * LINX_BPF_BUSY: a program is at work on this CPU. LINX_BPF_WAITING: number of records in its side rings, times
	 * LINX_BPF_WAITS. Above: number of programs that have begun, without those that have interrupted others.
	 */
	__u64 begun;
	__u64 tail; /* the reader's position as last validated; recorder: position of the oldest record */
	__u64 filtered, selected, committed;
	__u64 lost[LINX_LOST_MAX];
	__u64 lost_context;
	__u64 missed_context; /* changes of known tasks that could not be recorded */
	__u64 gap_bytes, wakeups;
	/* number of records that nested programs gave up; how many of them have a sequence number */
	__u64 nested, nested_folded;
	__u64 gap_pending;
	__u64 overwritten;
	struct linx_gap gap;
	/*
	 * Budget: begin and number of the present window (a part of a second); in this window, over all calls: number
	 * of events, and how many of them were recorded; number of events in the window before.
	 */
	__u64 window_begun;
	__u32 window, made, used, made_before;
	__u32 flips; /* flight recorder: number of flips (dumps) that this CPU has followed */
	__u32 levels; /* bit n: a program in context n (1: softirq, 2: interrupt) is at work on this CPU */
	/* the same as linx_bpf_hits.plain, of the only site that the program at functions serves; "committed" is without them */
	__u64 plain;
	__u64 switched; /* time when the current task got the CPU: with LINX_BPF_CPU_TIMES */
};

#define LINX_BPF_BUSY 1ull
#define LINX_BPF_WAITS 2ull
#define LINX_BPF_WAITING 0xfffeull
#define LINX_BPF_AT_WORK (LINX_BPF_BUSY | LINX_BPF_WAITING)
#define LINX_BPF_BEGINS 0x10000ull

/*
 * Have all programs ended that were at work on a CPU at an earlier time, and are their records in the ring? before, now:
 * linx_bpf_cpu.begun at that time and now.
 */
static inline int linx_bpf_have_ended(__u64 before, __u64 now)
{
	return !(now & LINX_BPF_AT_WORK) || (before ^ now) >= LINX_BPF_BEGINS;
}

/*
 * A call under way: its task, the time when it began, and how long the task has run since then, up to the last time it
 * left a CPU.
 */
struct linx_bpf_entry {
	__u64 owner; /* tid in the low half, key of the call or LINX_BPF_ENTRY_IDLE in the high half; 0: free */
	__u64 time, ran;
};
#define LINX_BPF_ENTRY_IDLE 0xfffffffeu
#define LINX_BPF_ENTRIES 16384u

/* The page of a CPU that the library writes. */
struct linx_bpf_reader {
	struct linx_consumer cons;
	__u64 armed; /* request to wake the reader when the ring is filled to the watermark */
	__u64 before; /* snapshots: time of the record about the next file, taken before that file is looked up */
};

/*
 * Two words that follow a record of a snapshot. Behind a TASK record: begin and end address of the command line; behind
 * a FILES record: the time when the task began, and 0.
 */
struct linx_bpf_snap {
	__u64 first, second;
};

/* Counters of a call on a CPU. The number of committed records is selected minus lost. */
struct linx_bpf_count {
	__u64 selected, lost;
};

/* Sampling and budget of a call on a CPU: see shared/rate_facts.h. */
struct linx_bpf_rate {
	__u64 sampled, counted;
	__u32 skip, window, made, used, level, reserved;
};

/*
 * Key of the map of variants: the number of a selector (an argument, such as the command of fcntl, that decides what
 * the other arguments are) and one of its values. See engine/walk/rows.h.
 */
struct linx_bpf_choice {
	__u32 selector, value;
};

/* Key of the map of the recording's own BPF objects. kind: enum linx_tamper_object; id: the object's number. */
struct linx_bpf_object {
	__u32 kind, id;
};

/* How an argument, such as the command of fcntl, selects the row (types of the other arguments) to use. */
struct linx_bpf_selector {
	__u8 low, high, shift, two;
	__u32 mask;
	__u32 by_direction; /* commands without a variant of their own use the variant of the direction in their number */
	__u32 others; /* index in the map of calls of the row for all other commands */
};

/*
 * The map of calls has an element for each call, then, for each selector, one for each direction of an ioctl command,
 * and then one for each variant.
 */
#define LINX_BPF_DIRS 4u

#endif
