/* SPDX-License-Identifier: (GPL-2.0-only WITH Linux-syscall-note) OR LGPL-2.1-or-later */
/*
 * linx control interface: ioctls and mappings of /dev/linxcap.
 *
 * One open of the device is one session: a consumer with its own rings,
 * filters and counters. It belongs to the address space that opened it; anyone
 * else gets EPERM. Order: INFO, SETUP, mmap, SELECT, FILTER, START, reading,
 * STOP, COUNTERS, close. The linx_device(4) page describes each call.
 *
 * Every structure begins with its own size, as in clone3(2). A newer caller on an
 * older module succeeds if the members that the module does not know are zero;
 * otherwise it gets E2BIG. For an older caller on a newer module, the members that
 * the caller does not know are zero.
 * Unknown flags and non-zero reserved fields are EINVAL.
 *
 * The room uapi/ is the interface to user space and is installed as it is. Its two
 * headers include nothing else of this module: fixed-width types, explicit padding, no
 * function of the kernel.
 */
#ifndef _LINUX_LINX_H
#define _LINUX_LINX_H

#include <linux/ioctl.h>
#include <linux/types.h>
#include <linux/linx_record.h>

/* Version of this interface; raised when an old caller would misread it. */
#define LINX_ABI_VERSION 1

#define LINX_DEVICE "/dev/linxcap"

/* linx_info.features */
#define LINX_FEAT_PATHS 0x1 /* paths of files, directories and cgroups can be told: not on PREEMPT_RT */
#define LINX_FEAT_THROTTLE 0x2 /* LINX_MODE_THROTTLE is there */
#define LINX_FEAT_FDS 0x4 /* LINX_SETUP_FD_PATHS, LINX_SETUP_FD_DETAILS are there */
#define LINX_FEAT_SIGNALS 0x8 /* LINX_SETUP_SIGNALS is there */
#define LINX_FEAT_PREDICATE 0x10 /* LINX_FILTER_PREDICATE is there */
#define LINX_FEAT_RATE 0x100 /* LINX_IOC_SAMPLE and LINX_IOC_BUDGET are there */
#define LINX_FEAT_FILES 0x20 /* LINX_SETUP_FILES and LINX_IOC_SNAPSHOT are there */
#define LINX_FEAT_URING 0x40 /* LINX_SETUP_URING is there: not on a kernel without io_uring */
#define LINX_FEAT_RESOLVED 0x80 /* LINX_SETUP_RESOLVED is there */
#define LINX_FEAT_PRIORITY 0x200 /* LINX_IOC_PRIORITY is there; operations of io_uring are part of a budget */
#define LINX_FEAT_INHERIT 0x400 /* LINX_IOC_INHERIT is there */
#define LINX_FEAT_CGROUPS 0x800 /* LINX_FILTER_CGROUPS is there */
#define LINX_FEAT_HTTP 0x1000 /* LINX_SETUP_HTTP is there */
#define LINX_FEAT_SEAL 0x4000 /* LINX_IOC_SEAL is there */
#define LINX_FEAT_LONG_BUFFERS 0x2000 /* linx_setup.snap_bytes may be up to LINX_PIECES_MAX */

struct linx_info {
	__u32 size;
	__u32 abi_version; /* LINX_ABI_VERSION */
	__u32 format_major; /* LINX_FORMAT_MAJOR */
	__u32 format_minor;
	__u64 features;
	__u32 cpus; /* CPU numbers are below this */
	__u32 page_size;
	__u64 ring_max; /* most bytes of ring per CPU that SETUP grants */
	__u64 memory_max; /* most bytes of ring in all that SETUP grants */
	__u64 table_size; /* bytes of the table that LINX_IOC_TABLE gives */
	__u64 table_hash; /* FNV-1a, 64 bit */
	__u32 clock_id; /* clockid_t of linx_rec.time */
	__u32 pid_ns; /* inode of the initial pid namespace */
	char version[32]; /* version of the module, NUL-terminated */
};

/* LINX_IOC_TABLE: copies the table to buf. EINVAL if buf_size is not table_size. */
struct linx_table_buf {
	__u32 size;
	__u32 reserved;
	__u64 buf; /* pointer */
	__u64 buf_size;
};

enum linx_mode {
	LINX_MODE_DISCARD = 0, /* full: new records are lost and counted */
	LINX_MODE_RECORDER = 1, /* full: the oldest records are dropped; read after LINX_IOC_FLUSH */
	LINX_MODE_THROTTLE = 2, /* half full: tasks wait for the reader; full: as discard. With LINX_FEAT_THROTTLE */
};

/* Bits of linx_setup.flags. */
#define LINX_SETUP_ENTRY_TIME 0x1 /* every EXIT carries the time of entry */
#define LINX_SETUP_INCLUDE_SELF 0x2 /* record the session's owner too */
#define LINX_SETUP_ENVP 0x4 /* exec: capture the environment */
#define LINX_SETUP_FD_PATHS 0x8 /* record the files behind descriptors: LINX_VAL_FD */
#define LINX_SETUP_FD_DETAILS 0x10 /* ... with addresses of sockets and other details; alone: only descriptors that have any, and devices of ioctl */
#define LINX_SETUP_SIGNALS 0x20 /* record signals too, and the end of tasks that made no call */
#define LINX_SETUP_FILES 0x100 /* record how descriptors change: LINX_REC_FILES */
#define LINX_SETUP_RESOLVED 0x400 /* record the path of what was opened, the addresses of what was connected, netlink sockets of messages: LINX_VAL_FD */
#define LINX_SETUP_POINTER 0x80 /* record the instruction pointer of calls and signals: LINX_FIELD_POINTER */
#define LINX_SETUP_EXEMPT_GROUP 0x1000 /* throttle: the process group of the caller never waits */
#define LINX_SETUP_URING 0x200 /* record operations of io_uring that stand for selected calls */
#define LINX_SETUP_CPU_TIME 0x40 /* the entry time is the return minus the time that the task ran */
#define LINX_SETUP_HTTP 0x800 /* keep headers of HTTP/1 in sockets' data whole, up to http_bytes. With LINX_FEAT_HTTP */

/* LINX_IOC_SETUP: once per session; allocates the rings of the online CPUs. */
struct linx_setup {
	__u32 size;
	__u32 flags;
	__u32 mode;
	__u32 watermark_percent; /* wake a waiting reader at this fill, 1 to 99; 0: 25 */
	__u64 ring_size; /* bytes of data per CPU, a power of two >= 2 pages; recorder: per half */
	__u64 delay_ns; /* longest time that a record waits for the watermark before the reader is woken */
	__u32 reserve_percent; /* percent of each ring reserved for context and priority records; 0: 12 */
	__u32 snap_bytes; /* most bytes captured of a buffer, up to LINX_REC_USER_MAX or what LINX_FEAT_LONG_BUFFERS says; HTTP: 16 at least */
	__u32 snap_str; /* most bytes captured of a string, up to LINX_REC_USER_MAX; 0: 4096 */
	__u32 slots; /* ENTRY_TIME: most calls under way at once; 0: 16384 */
	__u64 ring_cpus; /* out: number of CPUs that have a ring */
	__u64 throttle_cap_ns; /* throttle: longest time that a task waits in a second, up to a second; 0: 900 ms */
	__u64 exempt; /* throttle: pointer to __u64[exempt_count], ids of cgroups whose tasks never wait */
	__u32 exempt_count; /* at most LINX_EXEMPT_MAX */
	__u32 reserved;
	__u32 http_bytes; /* HTTP: most bytes that are kept of a header, up to LINX_REC_USER_MAX; 0: 4096 */
	__u32 reserved2;
};
#define LINX_EXEMPT_MAX 16

/*
 * Mappings: offset LINX_MMAP_OFFSET(cpu, what); what fixes the length. All are MAP_SHARED. Only CONSUMER may be
 * mapped writable; none may be executed or grown. A child inherits only what its parent asked for (MADV_DOFORK).
 */
enum linx_mmap_what {
	LINX_MMAP_PRODUCER = 0, /* one page, struct linx_producer, read-only */
	LINX_MMAP_CONSUMER = 1, /* one page, struct linx_consumer, the only writable one */
	LINX_MMAP_DATA = 2, /* 2 * ring_size: the data twice, back to back, read-only */
	LINX_MMAP_DATA2 = 3, /* recorder: the other half's, likewise */
};
/*
 * Events of poll(2): POLLIN: a ring is filled to the watermark, or holds a record for delay_ns. POLLPRI: no listed
 * process is left. POLLHUP: the session is stopped.
 */
#define LINX_MMAP_OFFSET(cpu, what) (((__u64)(cpu) << 36) | ((__u64)(what) << 34))

/* Positions run freely and never wrap; a byte is at data[pos % ring_size]. Whole records lie in [tail, head). */
struct linx_positions {
	__u64 head; /* release-stored after the records before it are complete */
	__u64 tail; /* recorder: oldest record of a frozen half; discard: 0 */
};

struct linx_producer {
	struct linx_positions half[2]; /* discard mode uses half[0] alone */
	__u64 last_time; /* time of the newest record; written before head */
	__u64 lost; /* lost records, of all causes */
	__u32 active; /* recorder: half that is being written */
	__u32 reserved;
};

struct linx_consumer {
	__u64 tail; /* discard: release-stored by the reader when it has finished with all records before */
};

/* One bit per number. Numbers of LINX_NR_MAX - 1 and above, and negative ones, share the last bit. */
#define LINX_NR_MAX 1024u
#define LINX_NR_OTHER (LINX_NR_MAX - 1)
#define LINX_NR_WORDS (LINX_NR_MAX / 64)

/*
 * LINX_IOC_SELECT: calls whose entry and whose return are recorded. Replaces the whole selection; also while running.
 * The record of a return holds the whole call. A bit at entry adds a record that is written at once, for calls that
 * do not return and values that may change meanwhile.
 */
struct linx_select {
	__u32 size;
	__u32 flags; /* LINX_SELECT_* */
	__u64 enter[LINX_ABI_NR][LINX_NR_WORDS];
	__u64 exit[LINX_ABI_NR][LINX_NR_WORDS];
};

/* Bits of linx_select.flags. */
#define LINX_SELECT_CHOSEN 0x1 /* entries of calls of class ENTRYBY: only if an argument points to memory that is both read and written */

/* Bits of linx_filter.flags. */
#define LINX_FILTER_PIDS 0x01 /* only processes that were added */
#define LINX_FILTER_PIDS_NOT 0x02 /* only processes that were not added */
#define LINX_FILTER_THREADS 0x04 /* the added pids are those of threads */
#define LINX_FILTER_FOLLOW 0x08 /* children of a listed process are listed at fork */
#define LINX_FILTER_COMM 0x10 /* only tasks with these comms */
#define LINX_FILTER_COMM_NOT 0x20 /* only tasks without these comms */
#define LINX_FILTER_UID 0x40 /* only tasks with a real uid in this range */
#define LINX_FILTER_FAILED 0x80 /* only calls that failed */
#define LINX_FILTER_SUCCESSFUL 0x100 /* only calls that succeeded */
#define LINX_FILTER_DURATION 0x200 /* only calls that took at least min_duration_ns; needs LINX_SETUP_ENTRY_TIME */
#define LINX_FILTER_PREDICATE 0x400 /* only calls for which the program returns a value other than 0 */

#define LINX_FILTER_CGROUPS 0x800 /* only calls of tasks whose cgroup is in the list, or cannot be found out */

#define LINX_FILTER_COMMS 64
#define LINX_FILTER_CGROUPS_MAX 16384u /* bytes */

/* Bits of linx_predicate_data.flags. */
#define LINX_PREDICATE_ENTRY 0x1 /* the call begins: ret and duration are not known yet */
#define LINX_PREDICATE_CONTEXT 0x2 /* the call changes the task's context: ids are the new ones */

/*
 * Data that a program can load, by aligned 32-bit words (BPF_LD | BPF_W | BPF_ABS). A 64-bit member is two words in
 * the byte order of the host. New members are only appended.
 */
struct linx_predicate_data {
	__s32 nr; /* number as in linx_rec */
	__u32 abi;
	__u32 flags; /* LINX_PREDICATE_* */
	__u32 cpu;
	__u32 pid, tid; /* in the initial namespaces, as all ids */
	__u32 uid, gid, euid, egid;
	__s64 ret;
	__u64 args[LINX_NARGS];
	__u64 duration; /* ns; all ones: not known */
};

/*
 * LINX_IOC_FILTER: replaces the whole filter, except the listed processes; also while running.
 *
 * The list of cgroups consists of words, each with a NUL behind it. "/PATH" is a cgroup and those below it, by the
 * path in LINX_FIELD_CGROUP. "*TEXT" are paths that contain the text. "#DIGITS" are paths with 64 or more hexadecimal
 * digits in a row that begin with these, as ids of containers ("#" alone: any such path). Calls are also recorded if
 * the cgroup cannot be found out: it belongs to another hierarchy than the unified one, its path is too long, or the
 * kernel cannot find paths (LINX_FEAT_PATHS).
 */
struct linx_filter {
	__u32 size;
	__u32 flags;
	__u32 uid_min;
	__u32 uid_max;
	__u64 min_duration_ns;
	__u32 ncomms;
	__u32 reserved;
	char comms[LINX_FILTER_COMMS][16]; /* NUL-padded; a 16-byte name matches by its first 15 */
	__u64 program; /* pointer to struct sock_filter[]: classic BPF, arithmetic, jumps and loads of the data alone */
	__u32 program_len; /* instructions; 0 without LINX_FILTER_PREDICATE */
	__u32 reserved2;
	__u64 cgroups; /* pointer to the list of LINX_FILTER_CGROUPS */
	__u32 cgroups_len; /* bytes with the last NUL, at most LINX_FILTER_CGROUPS_MAX; 0 without LINX_FILTER_CGROUPS */
	__u32 reserved3;
};

/*
 * LINX_IOC_SAMPLE: of each call that is selected and passes the filter, one of so many returns is recorded: on each
 * CPU the first one, and then one of every so many. The others are counted as sampled and not as selected. A sampled
 * call has entry records only if its return is not selected. Replaces the former setting; also while running.
 */
struct linx_sample {
	__u32 size;
	__u32 flags; /* 0 */
	__u64 every; /* pointer to __u16[LINX_ABI_NR * LINX_NR_MAX]: one of so many; 0 and 1: all; or a null pointer: no sampling */
};

/*
 * LINX_IOC_BUDGET: number of system call events that each CPU may record in a second; an eighth of it counts for each
 * eighth of a second. The most frequent calls step down: see LINX_REC_BUDGET. Operations of io_uring count as the
 * calls they stand for. Priority calls (LINX_IOC_PRIORITY) and context records do not count. Also while running.
 */
struct linx_budget {
	__u32 size;
	__u32 flags; /* 0 */
	__u64 per_second; /* LINX_BUDGET_MIN or more; 0: no budget */
};
#define LINX_BUDGET_MIN 64u

/*
 * LINX_IOC_PRIORITY: calls that may use the reserved share of a ring, as context records do, and count against no
 * budget. Without it they are those of class PRIO. Replaces the former setting; also while running.
 */
struct linx_priority {
	__u32 size;
	__u32 flags; /* LINX_PRIORITY_* */
	__u64 calls[LINX_ABI_NR][LINX_NR_WORDS];
};

/* Bits of linx_priority.flags. */
#define LINX_PRIORITY_CLASS 0x1 /* calls of class PRIO too */

/*
 * LINX_IOC_PIDS: lists or unlists processes by their numbers in the caller's pid namespace. Modules cannot get the
 * process of a pidfd. To be safe from reuse of a number, open the pidfd first and afterwards ask it whether the
 * process is still alive.
 */
#define LINX_PID_REMOVE 0x1
struct linx_pids {
	__u32 size;
	__u32 flags;
	__u64 pids; /* pointer to __s32[] */
	__u32 count; /* at most LINX_PIDS_MAX */
	__u32 reserved;
};
#define LINX_PIDS_MAX 65536u

/*
 * LINX_IOC_INHERIT: lists the processes that another session of the caller lists, with the same LINX_FILTER_THREADS.
 * If both sessions run and follow, and the other one continues until this call has returned, no process of theirs is
 * missed.
 */
struct linx_inherit {
	__u32 size;
	__u32 flags; /* 0 */
	__s32 session; /* its descriptor */
	__u32 reserved; /* 0 */
};

/*
 * LINX_IOC_SEAL: from now on, and for good, whoever holds the session can narrow, read and stop it, and nothing
 * more. For a reader that drops the rights by which it opened the session. EPERM then: SETUP, START, PRIORITY,
 * INHERIT; SNAPSHOT without LINX_SEAL_SNAPSHOT; and SELECT, FILTER, PIDS, SAMPLE and BUDGET that could have
 * anything recorded that is not recorded now. A new FLOOR is found once in a millisecond, a SNAPSHOT begins once in a
 * second and goes on only where it was. A second SEAL can take LINX_SEAL_SNAPSHOT away.
 */
struct linx_seal {
	__u32 size;
	__u32 flags; /* LINX_SEAL_* */
};
#define LINX_SEAL_SNAPSHOT 0x1 /* SNAPSHOT stays allowed */

/* Counters of one CPU. selected = committed + sum of lost[], once stopped. */
struct linx_cpu_counters {
	__u64 filtered; /* left out by filters, not part of selected */
	__u64 selected;
	__u64 committed;
	__u64 overwritten; /* recorder: committed, and later replaced by newer records */
	__u64 lost[LINX_LOST_MAX];
	__u64 lost_context; /* context records among lost[] */
	__u64 next_seq;
	__u64 bytes; /* bytes of committed records */
	__u64 wakeups;
	__u32 flags; /* LINX_CPU_RING */
	__u32 reserved;
};
#define LINX_CPU_RING 0x1 /* this CPU has a ring */

/* Counters of one call, summed over the CPUs that have a ring; committed is selected - lost here. */
struct linx_call_counters {
	__u64 selected;
	__u64 committed;
	__u64 lost;
};

struct linx_counters {
	__u32 size;
	__u32 flags; /* 0 */
	__u64 cpus; /* pointer to struct linx_cpu_counters[cpus_count], by CPU number, or 0 */
	__u32 cpus_count;
	__u32 listed; /* out: live processes on the list of LINX_IOC_PIDS; one more while the list is being changed */
	__u64 calls; /* pointer to struct linx_call_counters[LINX_ABI_NR * LINX_NR_MAX], or 0 */
	__u64 throttled; /* out: how often a task was made to wait */
	__u64 throttled_ns; /* out: total time of these waits */
	__u64 throttle_refused; /* out: waits that were skipped because too many tasks waited */
	__u64 sampled; /* pointer to __u64[cpus_count]: events that sampling left out, not part of selected; or 0 */
	__u64 sampled_calls; /* pointer to __u64[LINX_ABI_NR * LINX_NR_MAX]: the same by call; or 0 */
	__u64 http_dropped; /* out: unfinished headers that were dropped because there were too many at a time */
};

/*
 * LINX_IOC_FLUSH, recorder: freezes the half being written and continues in the other one, which is emptied. half:
 * the half to read, from tail to head. It stays unchanged until the next FLUSH. Discard: EOPNOTSUPP.
 */
struct linx_flush {
	__u32 size;
	__u32 half;
};

/* LINX_IOC_FLOOR: returns a time. Every record that was not visible before the call has this time or a later one. */
struct linx_floor {
	__u32 size;
	__u32 reserved;
	__u64 time;
};

/* LINX_IOC_CLOCK: reads the stream's clock and the other clocks now. */
struct linx_clock_now {
	__u32 size;
	__u32 reserved;
	struct linx_clock clock;
};

/*
 * LINX_IOC_SNAPSHOT: writes existing tasks and, with LINX_SETUP_FILES, their open files as records: TASK, and FILES
 * unless the table is shared with a thread that came before. In these records linx_rec.time is when reading began,
 * and linx_rec.seq how many microseconds later, at most, it had ended. Call it first with cursor 0, and again until
 * cursor is 0. A call takes about 100 ms, or until a signal arrives. It may write less than there is room for, or
 * nothing.
 */
struct linx_snapshot {
	__u32 size;
	__u32 flags; /* 0 */
	__u64 buf; /* pointer, 8-byte aligned */
	__u64 buf_size; /* at least LINX_SNAPSHOT_MIN */
	__u64 used; /* out: bytes of whole records in buf */
	__u32 cursor[4]; /* in, out: position of the next call; its content belongs to the module, except 0, 0, 0, 0 */
};
#define LINX_SNAPSHOT_MIN 65536u

#define LINX_IOC_MAGIC 0xb7
#define LINX_IOC_INFO _IOWR(LINX_IOC_MAGIC, 0, struct linx_info)
#define LINX_IOC_TABLE _IOW(LINX_IOC_MAGIC, 1, struct linx_table_buf)
#define LINX_IOC_SETUP _IOWR(LINX_IOC_MAGIC, 2, struct linx_setup)
#define LINX_IOC_SELECT _IOW(LINX_IOC_MAGIC, 3, struct linx_select)
#define LINX_IOC_FILTER _IOW(LINX_IOC_MAGIC, 4, struct linx_filter)
#define LINX_IOC_PIDS _IOW(LINX_IOC_MAGIC, 5, struct linx_pids)
#define LINX_IOC_START _IO(LINX_IOC_MAGIC, 6)
#define LINX_IOC_STOP _IO(LINX_IOC_MAGIC, 7)
#define LINX_IOC_COUNTERS _IOWR(LINX_IOC_MAGIC, 8, struct linx_counters)
#define LINX_IOC_FLUSH _IOWR(LINX_IOC_MAGIC, 9, struct linx_flush)
#define LINX_IOC_FLOOR _IOWR(LINX_IOC_MAGIC, 10, struct linx_floor)
#define LINX_IOC_CLOCK _IOWR(LINX_IOC_MAGIC, 11, struct linx_clock_now)
/* LINX_IOC_ADD_CPUS: gives a ring to CPUs that came online since SETUP; returns how many got one. */
#define LINX_IOC_ADD_CPUS _IO(LINX_IOC_MAGIC, 12)

#define LINX_IOC_SNAPSHOT _IOWR(LINX_IOC_MAGIC, 13, struct linx_snapshot)

#define LINX_IOC_SAMPLE _IOW(LINX_IOC_MAGIC, 14, struct linx_sample)
#define LINX_IOC_BUDGET _IOW(LINX_IOC_MAGIC, 15, struct linx_budget)
#define LINX_IOC_PRIORITY _IOW(LINX_IOC_MAGIC, 16, struct linx_priority)
#define LINX_IOC_INHERIT _IOW(LINX_IOC_MAGIC, 17, struct linx_inherit)
#define LINX_IOC_SEAL _IOW(LINX_IOC_MAGIC, 18, struct linx_seal)

/* Size of the first version of each structure, the smallest that is accepted. */
#define LINX_INFO_SIZE_V1 104
#define LINX_TABLE_SIZE_V1 24
#define LINX_SETUP_SIZE_V1 56
#define LINX_SELECT_SIZE_V1 776
#define LINX_FILTER_SIZE_V1 1056
#define LINX_PIDS_SIZE_V1 24
#define LINX_COUNTERS_SIZE_V1 32
#define LINX_FLUSH_SIZE_V1 8
#define LINX_FLOOR_SIZE_V1 16
#define LINX_CLOCK_SIZE_V1 40
#define LINX_SNAPSHOT_SIZE_V1 48
#define LINX_SAMPLE_SIZE_V1 16
#define LINX_BUDGET_SIZE_V1 16
#define LINX_PRIORITY_SIZE_V1 392
#define LINX_INHERIT_SIZE_V1 16
#define LINX_SEAL_SIZE_V1 8

#endif
