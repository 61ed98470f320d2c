/* SPDX-License-Identifier: (GPL-2.0-only WITH Linux-syscall-note) OR LGPL-2.1-or-later */
/*
 * linx control interface: ioctls and mappings of /dev/linxcap.
 *
 * One open of the device is one session: a consumer with its own rings,
 * filters and counters. It belongs to the address space that opened it; anyone
 * else gets EPERM. Order: INFO, SETUP, mmap, SELECT, FILTER, START, reading,
 * STOP, COUNTERS, close. The linx_device(4) page describes each call.
 *
 * Every structure begins with its own size, as in clone3(2). A call with a larger
 * structure than the module knows succeeds if all members that the module does not
 * know are zero; otherwise it fails with E2BIG. If the caller's structure is smaller
 * than the module's, the module takes the missing members as zero.
 * Unknown flags and non-zero reserved fields are EINVAL.
 *
 * The directory uapi/ is the interface to user space and is installed as it is. Its two
 * headers include nothing else of this module: fixed-width types, explicit padding, no
 * function of the kernel.
 */
#ifndef _LINUX_LINX_H
#define _LINUX_LINX_H

#include <linux/ioctl.h>
#include <linux/types.h>
#include <linux/linx_record.h>

/* Version of this interface. It is raised when callers built for an older version would no longer work correctly. */
#define LINX_ABI_VERSION 1

#define LINX_DEVICE "/dev/linxcap"

/* Bits of linx_info.features. */
/*
 * Set except on PREEMPT_RT: records of events can have paths of executables, directories, cgroups and descriptors. On
 * PREEMPT_RT only the snapshot has paths: those of executables, working directories and cgroups.
 */
#define LINX_FEAT_PATHS 0x1
#define LINX_FEAT_THROTTLE 0x2 /* LINX_MODE_THROTTLE is supported */
#define LINX_FEAT_FDS 0x4 /* LINX_SETUP_FD_PATHS and LINX_SETUP_FD_DETAILS are supported */
#define LINX_FEAT_SIGNALS 0x8 /* LINX_SETUP_SIGNALS is supported */
#define LINX_FEAT_PREDICATE 0x10 /* LINX_FILTER_PREDICATE is supported */
#define LINX_FEAT_RATE 0x100 /* LINX_IOC_SAMPLE and LINX_IOC_BUDGET are supported */
#define LINX_FEAT_FILES 0x20 /* LINX_SETUP_FILES and LINX_IOC_SNAPSHOT are supported */
#define LINX_FEAT_URING 0x40 /* LINX_SETUP_URING is supported: not on a kernel without io_uring */
#define LINX_FEAT_RESOLVED 0x80 /* LINX_SETUP_RESOLVED is supported */
#define LINX_FEAT_PRIORITY 0x200 /* LINX_IOC_PRIORITY is supported; io_uring operations count against a budget */
#define LINX_FEAT_INHERIT 0x400 /* LINX_IOC_INHERIT is supported */
#define LINX_FEAT_CGROUPS 0x800 /* LINX_FILTER_CGROUPS is supported */
#define LINX_FEAT_HTTP 0x1000 /* LINX_SETUP_HTTP is supported */
#define LINX_FEAT_SEAL 0x4000 /* LINX_IOC_SEAL is supported */
#define LINX_FEAT_TAMPER 0x10000 /* LINX_SETUP_TAMPER is supported */
#define LINX_FEAT_CANARY 0x8000 /* calls with LINX_CANARY are counted in linx_producer.canaries */
#define LINX_FEAT_COUNT 0x20000 /* LINX_SETUP_COUNT is supported */
#define LINX_FEAT_PROBES 0x40000 /* LINX_IOC_PROBE and LINX_IOC_PROBE_COUNTERS are supported */
#define LINX_FEAT_DENY 0x80000 /* LINX_IOC_DENY is supported, if the module's parameter enforce is set */
#define LINX_FEAT_LONG_BUFFERS 0x2000 /* linx_setup.snap_bytes may be up to LINX_PIECES_MAX */

struct linx_info {
	__u32 size;
	__u32 abi_version; /* LINX_ABI_VERSION */
	__u32 format_major; /* LINX_FORMAT_MAJOR */
	__u32 format_minor;
	__u64 features;
	__u32 cpus; /* CPU numbers are below this */
	__u32 page_size;
	__u64 ring_max; /* largest ring_size that SETUP accepts */
	__u64 memory_max; /* most bytes that the rings of all sessions may have together */
	__u64 table_size; /* bytes of the table of calls that LINX_IOC_TABLE returns */
	__u64 table_hash; /* hash of the table: FNV-1a, 64 bits */
	__u32 clock_id; /* clockid_t of linx_rec.time */
	__u32 pid_ns; /* inode of the initial pid namespace */
	char version[32]; /* version of the module, NUL-terminated */
};

/* LINX_IOC_TABLE: copies the table of calls (LINX_TABLE_MAGIC) to buf. EINVAL if buf_size is not table_size. */
struct linx_table_buf {
	__u32 size;
	__u32 reserved;
	__u64 buf; /* pointer */
	__u64 buf_size;
};

enum linx_mode {
	LINX_MODE_DISCARD = 0, /* if a ring is full, new records are lost and counted */
	LINX_MODE_RECORDER = 1, /* if a ring is full, the oldest records are overwritten; read after LINX_IOC_FLUSH */
	LINX_MODE_THROTTLE = 2, /* if a ring is half full, tasks wait for the reader; if it is full, as in DISCARD */
};

/* Bits of linx_setup.flags. */
#define LINX_SETUP_ENTRY_TIME 0x1 /* every EXIT record has the time at which the call began */
#define LINX_SETUP_INCLUDE_SELF 0x2 /* record the session's owner, which is left out otherwise */
#define LINX_SETUP_ENVP 0x4 /* exec: capture the environment */
#define LINX_SETUP_FD_PATHS 0x8 /* record file and path of each descriptor of a call: LINX_VAL_FD */
/*
 * Record LINX_VAL_FD with addresses of sockets and other details. Without FD_PATHS, only descriptors that have details
 * are recorded, and in calls of ioctl also devices.
 */
#define LINX_SETUP_FD_DETAILS 0x10
#define LINX_SETUP_SIGNALS 0x20 /* record signals, and the end of tasks even if they made no call */
#define LINX_SETUP_FILES 0x100 /* record changes of descriptor tables: LINX_REC_FILES */
/*
 * Record a LINX_VAL_FD at returns: for an opened file, with its path; for a connected socket, with its addresses; and
 * for a netlink socket that sent or received a message.
 */
#define LINX_SETUP_RESOLVED 0x400
#define LINX_SETUP_POINTER 0x80 /* record the instruction pointer of calls and signals: LINX_FIELD_POINTER */
#define LINX_SETUP_EXEMPT_GROUP 0x1000 /* throttle mode: tasks of the caller's process group never wait */
#define LINX_SETUP_URING 0x200 /* record io_uring operations that do the same as selected calls */
#define LINX_SETUP_CPU_TIME 0x40 /* the recorded entry time is the time of return minus the CPU time of the call */
#define LINX_SETUP_TAMPER 0x2000 /* record interference with the recording: LINX_REC_TAMPER */
#define LINX_SETUP_HTTP 0x800 /* capture HTTP/1 headers in the data of sockets whole, up to http_bytes */
/*
 * Write no record. Selected returns that pass the filters are counted as left out, in linx_counters.sampled and
 * sampled_calls. The flag is accepted only in LINX_MODE_DISCARD, and with no other flag than LINX_SETUP_INCLUDE_SELF.
 * In such a session a SELECT of entries, SAMPLE, BUDGET and SNAPSHOT fail.
 */
#define LINX_SETUP_COUNT 0x4000

/* LINX_IOC_SETUP: once per session; allocates the rings of the online CPUs. */
struct linx_setup {
	__u32 size;
	__u32 flags;
	__u32 mode;
	__u32 watermark_percent; /* filling of a ring at which a waiting reader is woken, 1 to 99 percent; 0: 25 */
	__u64 ring_size; /* bytes of data per CPU, a power of two >= 2 pages; recorder: per half */
	__u64 delay_ns; /* longest time that a record waits for the watermark before the reader is woken */
	__u32 reserve_percent; /* percent of each ring reserved for context and priority records; 0: 12 */
	/*
	 * Most bytes captured of a buffer. The value can be up to LINX_REC_USER_MAX or, with LINX_FEAT_LONG_BUFFERS, up
	 * to LINX_PIECES_MAX. With LINX_SETUP_HTTP, values below 16 count as 16.
	 */
	__u32 snap_bytes;
	__u32 snap_str; /* most bytes captured of a string, up to LINX_REC_USER_MAX; 0: 4096 */
	__u32 slots; /* ENTRY_TIME: most calls under way at a time whose begin is remembered; 0: 16384 */
	__u64 ring_cpus; /* out: number of CPUs that have a ring */
	__u64 throttle_cap_ns; /* throttle mode: longest wait of a task in each second, at most a second; 0: 900 ms */
	__u64 exempt; /* throttle mode: pointer to __u64[exempt_count], ids of cgroups whose tasks never wait */
	__u32 exempt_count; /* at most LINX_EXEMPT_MAX */
	__u32 reserved;
	__u32 http_bytes; /* LINX_SETUP_HTTP: most bytes captured of a header, up to LINX_REC_USER_MAX; 0: 4096 */
	__u32 reserved2;
};
#define LINX_EXEMPT_MAX 16

/*
 * Mappings of the device: the offset is LINX_MMAP_OFFSET(cpu, what), and the length must be the one given here for each
 * value of "what". All mappings are MAP_SHARED. Only CONSUMER may be mapped writable; no mapping may be executable or
 * grow. A child process inherits a mapping only if the parent has called madvise(MADV_DOFORK) for it.
 */
enum linx_mmap_what {
	LINX_MMAP_PRODUCER = 0, /* one page, struct linx_producer, read-only */
	LINX_MMAP_CONSUMER = 1, /* one page, struct linx_consumer, the only writable one */
	LINX_MMAP_DATA = 2, /* 2 * ring_size: the data mapped twice, back to back, read-only */
	LINX_MMAP_DATA2 = 3, /* recorder: like DATA, but of half[1] of the ring */
};
#define LINX_MMAP_OFFSET(cpu, what) (((__u64)(cpu) << 36) | ((__u64)(what) << 34))

/*
 * Events of poll(2) on the device. POLLIN: a ring is filled to the watermark, or a record has been in a ring for
 * linx_setup.delay_ns. POLLPRI: no process on the list of LINX_IOC_PIDS is left. POLLHUP: the session is stopped.
 */

/*
 * Positions count the bytes written since the start and never wrap: the byte at position pos is at
 * data[pos % ring_size]. The bytes in [tail, head) are whole records.
 */
struct linx_positions {
	__u64 head; /* release-stored after the records before it are complete */
	__u64 tail; /* once LINX_IOC_FLUSH froze the half: position of the recorder's oldest record; other modes: 0 */
};

struct linx_producer {
	struct linx_positions half[2]; /* half[1] is used by recorders only */
	__u64 last_time; /* time of the newest record; written before head */
	__u64 lost; /* number of lost records, of all causes */
	__u32 active; /* recorder: half that is being written */
	__u32 reserved;
	__u64 canary; /* third argument of the newest canary call on this CPU, see LINX_CANARY */
	__u64 canaries; /* number of canary calls on this CPU */
};

/*
 * A canary shows that system calls on a CPU still reach the session. It is a call getcpu(cpu, node, LINX_CANARY | N) of
 * the session's owner, on whichever CPU it runs; the kernel ignores the third argument. When the call has returned,
 * linx_producer.canary of that CPU is equal to that argument, whether or not there is room in the ring, and whatever is
 * selected. No record is written, and no other counter changes. In a session with LINX_SETUP_INCLUDE_SELF the call is
 * recorded like others, and not counted here.
 */
#define LINX_CANARY 0x6c696e7800000000ull /* N is below 2^32 */

struct linx_consumer {
	__u64 tail; /* release-stored by the reader when it has read the records before it; recorder: not used */
};

/*
 * Number of bits in a set of calls: one for each call number. Numbers of LINX_NR_MAX - 1 and above, and negative ones,
 * share the last bit.
 */
#define LINX_NR_MAX 1024u
#define LINX_NR_OTHER (LINX_NR_MAX - 1)
#define LINX_NR_WORDS (LINX_NR_MAX / 64)

/*
 * LINX_IOC_SELECT: sets the calls whose entries are recorded, and the calls whose returns are recorded. Replaces the
 * whole former selection; may be called while the session runs. The record of a return (EXIT) holds all of the call. A
 * bit in "enter" adds a record when the call begins (ENTER). That record is needed for calls that do not return, and
 * for memory that changes before the return.
 */
struct linx_select {
	__u32 size;
	__u32 flags; /* LINX_SELECT_* */
	__u64 enter[LINX_ABI_NR][LINX_NR_WORDS];
	__u64 exit[LINX_ABI_NR][LINX_NR_WORDS];
};

/* Bits of linx_select.flags. */
/* Calls of class ENTRYBY get an ENTER record only if an argument points to memory that the call reads and writes. */
#define LINX_SELECT_CHOSEN 0x1

/* Bits of linx_filter.flags. */
#define LINX_FILTER_PIDS 0x01 /* only processes on the list of LINX_IOC_PIDS */
#define LINX_FILTER_PIDS_NOT 0x02 /* only processes that are not on the list of LINX_IOC_PIDS */
#define LINX_FILTER_THREADS 0x04 /* the list holds tids of threads, not pids of processes */
#define LINX_FILTER_FOLLOW 0x08 /* at fork, the child of a process on the list is added to the list */
#define LINX_FILTER_COMM 0x10 /* only tasks with one of the names in comms */
#define LINX_FILTER_COMM_NOT 0x20 /* only tasks whose name is not in comms */
#define LINX_FILTER_UID 0x40 /* only tasks whose real uid is in the range uid_min to uid_max */
#define LINX_FILTER_FAILED 0x80 /* only calls that failed */
#define LINX_FILTER_SUCCESSFUL 0x100 /* only calls that succeeded */
#define LINX_FILTER_DURATION 0x200 /* only calls that took at least min_duration_ns; needs LINX_SETUP_ENTRY_TIME */
#define LINX_FILTER_PREDICATE 0x400 /* only calls for which linx_filter.program returns a value other than 0 */

#define LINX_FILTER_CGROUPS 0x800 /* only calls of tasks whose cgroup is in linx_filter.cgroups, or is not known */

#define LINX_FILTER_COMMS 64
#define LINX_FILTER_CGROUPS_MAX 16384u /* most bytes of linx_filter.cgroups */

/* Bits of linx_predicate_data.flags. */
#define LINX_PREDICATE_ENTRY 0x1 /* the call begins: ret and duration are not known yet */
#define LINX_PREDICATE_CONTEXT 0x2 /* the call changed ids or other attributes of the task: the data hold the new ids */

/*
 * Data of a call that linx_filter.program can load, as aligned 32-bit words (BPF_LD | BPF_W | BPF_ABS). A 64-bit member
 * is two words in the byte order of the host. New members are only appended.
 */
struct linx_predicate_data {
	__s32 nr; /* number as in linx_rec */
	__u32 abi;
	__u32 flags; /* LINX_PREDICATE_* */
	__u32 cpu;
	__u32 pid, tid; /* all ids are those of the initial namespaces */
	__u32 uid, gid, euid, egid;
	__s64 ret;
	__u64 args[LINX_NARGS];
	__u64 duration; /* ns; all ones: not known */
};

/*
 * LINX_IOC_FILTER: replaces the whole filter, except the list of LINX_IOC_PIDS; may be called while the session runs.
 *
 * cgroups is a list of words, each with a NUL at its end. The words are compared with the path in LINX_FIELD_CGROUP.
 * "/PATH" matches that cgroup and those below it. "*TEXT" matches paths that contain the text. "#DIGITS" matches paths
 * with 64 or more hexadecimal digits in a row, as in ids of containers, that begin with these digits; "#" alone matches
 * any path with an id. Calls are also recorded if the cgroup is not known: it belongs to another hierarchy than the
 * unified one, its path is too long, or the kernel cannot find paths (LINX_FEAT_PATHS).
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
	__u64 program; /* pointer to struct sock_filter[], classic BPF; loads only from struct linx_predicate_data */
	__u32 program_len; /* instructions; 0 without LINX_FILTER_PREDICATE */
	__u32 reserved2;
	__u64 cgroups; /* pointer to the list of LINX_FILTER_CGROUPS */
	__u32 cgroups_len; /* bytes with the last NUL, at most LINX_FILTER_CGROUPS_MAX; 0 without LINX_FILTER_CGROUPS */
	__u32 reserved3;
};

/*
 * LINX_IOC_SAMPLE: of the returns of a call that are selected and pass the filter, records one of n: on each CPU the
 * first, and then every n-th. Returns that are left out are counted in linx_counters.sampled, and not as selected. A
 * call with sampled returns has no ENTER records, unless its return is not selected. Replaces the former setting; may
 * be called while the session runs.
 */
struct linx_sample {
	__u32 size;
	__u32 flags; /* 0 */
	__u64 every; /* pointer to __u16[LINX_ABI_NR * LINX_NR_MAX], n of each call; n 0 or 1: all. Null: no sampling */
};

/*
 * LINX_IOC_BUDGET: sets how many system call events each CPU may record in a second. An eighth of them may be recorded
 * in each eighth of a second. When more events happen, less is recorded of the most frequent calls: see
 * LINX_REC_BUDGET. An io_uring operation counts as the call that it stands for. Priority calls (LINX_IOC_PRIORITY) and
 * context records do not count against the budget. May be called while the session runs.
 */
struct linx_budget {
	__u32 size;
	__u32 flags; /* 0 */
	__u64 per_second; /* LINX_BUDGET_MIN or more; 0: no budget */
};
#define LINX_BUDGET_MIN 64u

/*
 * LINX_IOC_PRIORITY: sets the priority calls. Their records may use the reserved share of a ring, as context records
 * do, and do not count against a budget. Before the first LINX_IOC_PRIORITY, the calls of class PRIO have priority.
 * Replaces the former setting; may be called while the session runs.
 */
struct linx_priority {
	__u32 size;
	__u32 flags; /* LINX_PRIORITY_* */
	__u64 calls[LINX_ABI_NR][LINX_NR_WORDS];
};

/* Bits of linx_priority.flags. */
#define LINX_PRIORITY_CLASS 0x1 /* calls of class PRIO have priority in addition to those in calls[] */

/*
 * LINX_IOC_PIDS: adds processes to the session's list, by their pids in the caller's pid namespace, or removes them. A
 * module cannot take a pidfd instead. A caller for whom the pid may be reused meanwhile opens a pidfd of the process
 * before this call, and checks afterwards, with the pidfd, that the process is still alive.
 */
#define LINX_PID_REMOVE 0x1 /* bit of linx_pids.flags: remove */
struct linx_pids {
	__u32 size;
	__u32 flags;
	__u64 pids; /* pointer to __s32[] */
	__u32 count; /* at most LINX_PIDS_MAX */
	__u32 reserved;
};
#define LINX_PIDS_MAX 65536u

/*
 * LINX_IOC_INHERIT: adds to the list of LINX_IOC_PIDS all processes on the list of another session of the caller, which
 * must have the same LINX_FILTER_THREADS. If both sessions run with LINX_FILTER_FOLLOW, and the other one is stopped
 * only after this call has returned, no child of a listed process is missed.
 */
struct linx_inherit {
	__u32 size;
	__u32 flags; /* 0 */
	__s32 session; /* its descriptor */
	__u32 reserved; /* 0 */
};

/*
 * LINX_IOC_SEAL: from now on the session can only be read, stopped, and made to record less; this cannot be undone.
 * This is for a reader that drops the privileges with which it opened the session. A sealed session refuses these calls
 * with EPERM: SETUP, START, PRIORITY, INHERIT; SNAPSHOT without LINX_SEAL_SNAPSHOT; and each SELECT, FILTER, PIDS,
 * SAMPLE and BUDGET that could make the session record something that it does not record now. FLOOR returns a new time
 * once in a millisecond at most. A SNAPSHOT can begin once in a second at most, and continues only with the cursor that
 * the last call returned. A second SEAL can take LINX_SEAL_SNAPSHOT away.
 */
struct linx_seal {
	__u32 size;
	__u32 flags; /* LINX_SEAL_* */
};
#define LINX_SEAL_SNAPSHOT 0x1 /* SNAPSHOT stays allowed */

/* Counters of records on one CPU. When the session is stopped, selected = committed + sum of lost[]. */
struct linx_cpu_counters {
	__u64 filtered; /* calls left out by filters; not part of selected */
	__u64 selected; /* records that passed selection and filters */
	__u64 committed; /* records that were written to the ring */
	__u64 overwritten; /* recorder: committed records that were replaced by newer ones */
	__u64 lost[LINX_LOST_MAX]; /* selected records that were not written, by enum linx_lost */
	__u64 lost_context; /* number of context records among lost[] */
	__u64 next_seq; /* number of the next record */
	__u64 bytes; /* bytes of committed records */
	__u64 wakeups; /* how often this CPU woke the reader */
	__u32 flags; /* LINX_CPU_RING */
	__u32 reserved;
};
#define LINX_CPU_RING 0x1 /* this CPU has a ring */

/* Counters of one call, summed over the CPUs that have a ring. committed is computed as selected - lost. */
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
	__u32 listed; /* out: live processes on the list of LINX_IOC_PIDS; may be one too many while the list changes */
	__u64 calls; /* pointer to struct linx_call_counters[LINX_ABI_NR * LINX_NR_MAX], or 0 */
	__u64 throttled; /* out, in throttle mode: how often a task had to wait for the reader */
	__u64 throttled_ns; /* out: total time that tasks waited for the reader */
	__u64 throttle_refused; /* out: how often a task did not wait, because too many tasks waited */
	__u64 sampled; /* pointer to __u64[cpus_count], or 0; out: events left out by sampling, not part of selected */
	/* pointer to __u64[LINX_ABI_NR * LINX_NR_MAX], or 0; out: the events of each call that sampling left out */
	__u64 sampled_calls;
	__u64 http_dropped; /* out: HTTP headers not captured whole, as too many sockets had an unfinished one */
};

/*
 * LINX_IOC_FLUSH, recorder: freezes the half of each ring that is being written; writing continues in the other half,
 * which is emptied. The frozen half can be read, from tail to head. It stays unchanged until the next FLUSH. In other
 * modes: EOPNOTSUPP.
 */
struct linx_flush {
	__u32 size;
	__u32 half; /* out: index in linx_producer.half of the frozen half */
};

/*
 * LINX_IOC_FLOOR: returns a time. Every record that was not visible in the rings before the call has this time or a
 * later one.
 */
struct linx_floor {
	__u32 size;
	__u32 reserved;
	__u64 time;
};

/* LINX_IOC_CLOCK: returns the current time of the clock of linx_rec.time and of other clocks. */
struct linx_clock_now {
	__u32 size;
	__u32 reserved;
	struct linx_clock clock;
};

/*
 * LINX_IOC_SNAPSHOT: writes records of all existing tasks to buf: a TASK record and, with LINX_SETUP_FILES, FILES
 * records of its open files, unless the task shares the descriptor table with a thread whose records were written
 * before. In these records linx_rec.time is the time at which reading of the task began, and linx_rec.seq is an upper
 * limit of the microseconds that reading took. Call it with a cursor of zeroes first, and again until the cursor is all
 * zeroes. A call ends after about 100 ms, or when a signal arrives. It may leave some or all of buf unused.
 */
struct linx_snapshot {
	__u32 size;
	__u32 flags; /* 0 */
	__u64 buf; /* pointer, 8-byte aligned */
	__u64 buf_size; /* at least LINX_SNAPSHOT_MIN */
	__u64 used; /* out: bytes of whole records in buf */
	__u32 cursor[4]; /* in: position of this call; out: position of the next; opaque to callers, except 0, 0, 0, 0 */
};
#define LINX_SNAPSHOT_MIN 65536u

/*
 * A step of a fetch list, which says how the arguments of a probe are read at each hit. A list describes one value
 * after the other. The steps of a value are one START step, then any number of WAY steps, then one END step. They work
 * on one 64-bit number. A null address makes the value absent, and memory that cannot be read makes it unreadable; the
 * value's other steps are skipped then.
 */
struct linx_fetch_step {
	__u8 op; /* enum linx_fetch_op */
	__u8 size; /* LOAD, CAST: 1, 2, 4 or 8 bytes; else 0 */
	__u8 flags; /* LINX_FETCH_* */
	__u8 arg; /* SCALAR: its index in the record; other END steps: linx_val.arg; else 0 */
	__s32 imm;
};

enum linx_fetch_op {
	/* START */
	LINX_FETCH_ARG = 1, /* argument number imm: of a function 0 to 5, of a raw tracepoint 0 to 11 */
	LINX_FETCH_RET = 2, /* return value of a function */
	LINX_FETCH_CURRENT = 3, /* address of the current task's struct task_struct */
	LINX_FETCH_REG = 4, /* register, by the index imm of its 8 bytes in struct pt_regs */
	LINX_FETCH_RECORD = 5, /* address of a tracepoint's record; its layout is in the file "format" in tracefs */
	/* WAY */
	LINX_FETCH_ADD = 16, /* adds imm to an address that is not null */
	LINX_FETCH_LOAD = 17, /* loads a number from the address; flags: SIGNED, USER */
	LINX_FETCH_CAST = 18, /* cuts the number to "size" bytes; flag: SIGNED */
	LINX_FETCH_BITS = 19, /* takes LINX_FETCH_BITS_WIDTH bits from bit LINX_FETCH_BITS_FROM on; flag: SIGNED */
	/* changes the number, a __data_loc of a tracepoint's record, to the address record + imm + (number & 0xffff) */
	LINX_FETCH_DATA_LOC = 20,
	/* END */
	LINX_FETCH_SCALAR = 32, /* the number */
	LINX_FETCH_STR = 33, /* LINX_VAL_STR: string at the address, at most imm bytes of it; flag: USER */
	/* LINX_VAL_BYTES: imm bytes at the address, after a DATA_LOC step at most the length in that word; flag: USER */
	LINX_FETCH_BYTES = 34,
	/*
	 * LINX_VAL_BYTES: struct linx_sock and, if it is a UNIX socket, its name; of the struct sock at the address. Type and
	 * protocol are 0 if the address holds only a part of a socket: the socket of a connection that is being opened, or
	 * that waits for its last packets, is shorter.
	 */
	LINX_FETCH_SOCK = 35,
	/* LINX_VAL_STR: path of the struct path at the address. A path that is LINX_TRUNCATED lacks its begin. */
	LINX_FETCH_PATH = 36,
	LINX_FETCH_DENTRY = 37, /* LINX_VAL_STR: path within its file system, of the struct dentry at the address */
	LINX_FETCH_CRED = 38, /* LINX_VAL_BYTES: struct linx_cred, of the struct cred at the address */
};

/* Bits of linx_fetch_step.flags. */
#define LINX_FETCH_SIGNED 0x1 /* the number is sign-extended to 64 bits */
#define LINX_FETCH_USER 0x2 /* the address is of the current task's user memory */

#define LINX_FETCH_BITS_IMM(from, width) ((__s32)((width) << 8 | (from)))
#define LINX_FETCH_BITS_FROM(imm) ((__u32)(imm) & 0xff)
#define LINX_FETCH_BITS_WIDTH(imm) ((__u32)(imm) >> 8)

#define LINX_FETCH_STEPS_MAX 96 /* steps of a list */
#define LINX_FETCH_BYTES_MAX 4096 /* bytes of one string, or of one value of BYTES */
#define LINX_FETCH_RECORD_MAX 8192 /* all offsets into a tracepoint's record are below this */

/* Values of linx_probe.kind: where the kernel is interrupted. */
enum linx_probe_kind {
	LINX_PROBE_FUNCTION = 1, /* function, or instruction within one; also the function of an LSM hook */
	LINX_PROBE_RETURN = 2, /* return of a function; arguments are those at its entry, memory is read at the return */
	LINX_PROBE_TRACEPOINT = 3, /* tracepoint, or system call (syscalls:sys_enter_NAME), with its record */
	LINX_PROBE_RAWTP = 4, /* tracepoint, with the arguments of its prototype */
};

/*
 * LINX_IOC_PROBE: adds a probe, after SETUP and before START, which hooks all probes of the session. Errors: EINVAL:
 * the fetch list, the filter or the name is wrong; ENOENT: nothing here has the name; ENOTUNIQ: several functions have
 * the name, and LINX_PROBE_ONE is set; EADDRNOTAVAIL: it cannot be probed (not traceable, or forbidden for probes);
 * ERANGE: the function ends before the offset; EILSEQ: no instruction begins at the offset; EOPNOTSUPP: this kernel has
 * no probes of the kind; ENOSYS: this version of the module has none; EBUSY: the session runs; EEXIST: the number is
 * taken; E2BIG: too many probes, in the session or, of all sessions, at a function or tracepoint; too many steps or
 * bytes; EPERM: the session is sealed; EACCES: the kernel is locked down.
 *
 * A name without module is that of a function or a tracepoint of the kernel's image; those of modules need their
 * module, and are not confused with others of the name. All functions with the name are probed, at most
 * LINX_PROBE_SITES_MAX. A probe of a module's function or tracepoint ends with the module (LINX_PROBE_GONE); it does
 * not keep the module from being unloaded, unless it is a TRACEPOINT of a running session.
 *
 * Hits pass the session's filters of tasks and cgroups, then program, sampling and budget. The filters look at the
 * current task, in interrupts too; hits of the owner are left out if they are not in interrupts. The filters of a
 * RETURN look at the task that enters the function. A hit in an NMI, or inside a probe of the same context, is lost
 * (LINX_LOST_NESTED). All probes at a function together may do the work of one: values that would need more are
 * unavailable or truncated.
 */
struct linx_probe {
	__u32 size;
	__u32 flags; /* LINX_PROBE_* */
	__u32 kind; /* enum linx_probe_kind */
	__u32 number; /* linx_hit.probe, below LINX_PROBES_MAX */
	__u64 name; /* pointer: [module:]function, tracepoint subsystem:name, or raw tracepoint [module:]name, without NUL */
	__u32 name_len; /* at most LINX_PROBE_NAME_MAX */
	__u32 nsteps; /* at most LINX_FETCH_STEPS_MAX */
	/*
	 * FUNCTION: bytes from the begin of the function to the instruction; if not 0, no step is ARG. TRACEPOINT: its number,
	 * "ID" in its format file
	 */
	__u64 offset;
	__u64 steps; /* pointer to struct linx_fetch_step[] */
	__u64 program; /* pointer to struct sock_filter[], as in linx_filter; loads from struct linx_probe_data; 0: none */
	__u32 program_len;
	__u32 sample; /* N: of each function, one of N hits on each CPU is recorded; 0 and 1: all */
	__u32 sites; /* out: number of functions that have the name; of tracepoints 1 */
	__u32 reserved; /* 0 */
};

/* Bits of linx_probe.flags. */
#define LINX_PROBE_PRIORITY 0x1 /* records may use the reserved share of a ring, and do not count against a budget */
#define LINX_PROBE_ONE 0x2 /* refuse the probe if several functions have the name */

#define LINX_PROBES_MAX 4096u /* all numbers of probes are below this */
#define LINX_PROBE_SITES_MAX 64u /* most functions with the name of one probe */
#define LINX_PROBE_NAME_MAX 255u

/* Data of a hit that linx_probe.program can load, as linx_predicate_data. New members are only appended. */
struct linx_probe_data {
	__u32 probe, site;
	__u32 context; /* enum linx_hit_context */
	__u32 cpu;
	__u32 pid, tid;
	__u32 uid, gid, euid, egid;
	__u64 duration; /* ns; all ones: not known */
	__u64 states; /* states of the scalars, coded like linx_hit.states */
	__u64 scalars[LINX_PROBE_ARGS_MAX];
};

/* Counters of a probe, summed over the CPUs. When the session is stopped, selected = committed + sum of lost[]. */
struct linx_probe_counters {
	__u64 filtered; /* hits left out by filters; not part of selected */
	__u64 sampled; /* hits left out by sampling; not part of selected */
	__u64 selected;
	__u64 committed;
	__u64 lost[LINX_LOST_MAX]; /* by enum linx_lost */
	/* hits that the kernel itself did not pass to the probe, by its own count; not part of selected */
	__u64 missed;
	__u32 flags; /* LINX_PROBE_AT_LEAST */
	__u32 reserved;
};
/* Bits of linx_probe_counters.flags. */
#define LINX_PROBE_AT_LEAST 0x1 /* the kernel may have missed more hits than it counts */
#define LINX_PROBE_GONE 0x2 /* a module with a function or tracepoint of the probe was unloaded */

/*
 * LINX_IOC_PROBE_COUNTERS: returns the counters of the probes from number "first" on. With LINX_PROBE_COUNTS_SITES,
 * returns the counters of the sites (linx_hit.site) of the probe with the number "first", from site 0 on.
 */
struct linx_probe_counts {
	__u32 size;
	__u32 flags; /* LINX_PROBE_COUNTS_* */
	__u32 first;
	__u32 count; /* elements of the array */
	__u64 counters; /* pointer to struct linx_probe_counters[count]; all zero for numbers without a probe or site */
};
#define LINX_PROBE_COUNTS_SITES 0x1

/*
 * Rules that refuse. A rule belongs to a hook: a check of the kernel's own, where the kernel holds the object (a file,
 * an address) and not the text that a program passed. A rule has conditions, all of which must hold; alternatives are
 * several rules, or several values of a condition. Rules are examined in their order. A rule in LINX_DENY_OBSERVE that
 * holds is counted and recorded, and the next rules are examined. Rules with the same id follow each other and are
 * alternatives: when one of them has held, the others are skipped. The first rule in LINX_DENY_ENFORCE that holds
 * decides. If several sessions have rules, the strictest decision counts, and each session gets its record.
 *
 * Ids are those of the task's own credentials and, in an operation of io_uring, also those of the credentials that the
 * operation was given. A rule holds if it holds for one of the two credentials.
 *
 * A condition that cannot be decided (a directory deeper than LINX_DENY_DEPTH_MAX, a file whose place is not known)
 * holds, and the record has LINX_REFUSED_UNDECIDED, unless another condition of the rule does not hold. Rules never
 * apply to the global init, to kernel threads (except workers of io_uring and programs that the kernel starts) or to
 * the process that reads the session. docs/enforcing.md says what each hook sees, and what escapes it.
 */
enum linx_deny_hook {
	LINX_DENY_FILE_OPEN = 1, /* security_file_open: every open without O_PATH, also of a program to be executed */
	LINX_DENY_EXEC = 2, /* security_bprm_check: a program to be executed, and each interpreter */
	LINX_DENY_CONNECT = 3, /* security_socket_connect */
	LINX_DENY_BIND = 4, /* security_socket_bind */
	LINX_DENY_SENDMSG = 5, /* security_socket_sendmsg: the destination; TCP Fast Open connects here */
	LINX_DENY_TRUNCATE = 6, /* security_path_truncate: truncate(2), which opens nothing */
	LINX_DENY_MMAP = 7, /* security_mmap_file: a file that is mapped; ld.so executes programs that way */
	LINX_DENY_READ_FILE = 8, /* security_kernel_read_file: finit_module(2), kexec, firmware */
	LINX_DENY_LOAD_DATA = 9, /* security_kernel_load_data: init_module(2), kexec from memory */
	LINX_DENY_UNLINK = 10, /* security_inode_unlink, security_inode_rmdir */
	LINX_DENY_RENAME = 11, /* security_inode_rename: the old and the new place, and what is replaced there */
	LINX_DENY_LINK = 12, /* security_inode_link: the old and the new place */
	LINX_DENY_SETATTR = 13, /* security_inode_setattr: mode, owner, size or times of a file */
	/*
	 * security_inode_create, _mkdir, _mknod, _symlink: the place. The rule is undecided, and sends no signal, while
	 * an open with O_CREAT looks the name up: if the file is there, the open succeeds.
	 */
	LINX_DENY_CREATE = 14,
	LINX_DENY_KILL = 15, /* security_task_kill: a signal to any process */
	LINX_DENY_PTRACE = 16, /* security_ptrace_access_check: also process_vm_readv(2), pidfd_getfd(2), files in /proc */
	LINX_DENY_BPF = 17, /* security_bpf */
	LINX_DENY_MOUNT = 18, /* security_sb_mount, security_move_mount: the mount point */
	LINX_DENY_SOCKET = 19, /* security_socket_create */
	LINX_DENY_MPROTECT = 20, /* security_file_mprotect */
	LINX_DENY_UNIX = 21, /* security_unix_stream_connect, security_unix_may_send: the file of the other socket */
	LINX_DENY_CALL = 22, /* functions of the system call linx_deny_rule.call, for all ABIs: scalar arguments */
	/*
	 * security_bprm_committing_creds: a program that gains capabilities by being executed. The call cannot fail any more,
	 * so that KILL_TASK and NOTIFY are the only actions: the process ends before the program's first instruction.
	 */
	LINX_DENY_GAIN = 23,
};
#define LINX_DENY_HOOKS 32u /* all numbers of hooks are below this */

/* Values of linx_deny_rule.mode. */
enum linx_deny_mode {
	LINX_DENY_OBSERVE = 0, /* counts and records what would have been refused, and refuses nothing */
	LINX_DENY_ENFORCE = 1,
};

/* Values of linx_deny_rule.action. Every action but NOTIFY also makes the operation fail. */
enum linx_deny_action {
	LINX_DENY_NOTIFY = 0, /* only a record; the next rules are examined */
	LINX_DENY_ERRNO = 1, /* the operation fails with the error linx_deny_rule.value */
	LINX_DENY_KILL_TASK = 2, /* fails with EPERM, and the process gets SIGKILL */
	LINX_DENY_SIGNAL = 3, /* fails with EPERM, and the process gets the signal linx_deny_rule.value */
};

struct linx_deny_rule {
	__u16 hook; /* enum linx_deny_hook */
	__u8 mode; /* enum linx_deny_mode */
	__u8 action; /* enum linx_deny_action */
	/*
	 * ERRNO: from 1 to 133, but not EAGAIN, ECHILD, EALREADY, EINPROGRESS and ESTALE, after which the kernel itself tries
	 * again; SIGNAL: from 1 to 64; else 0
	 */
	__u16 value;
	__u16 nconds; /* up to LINX_DENY_RULE_CONDS; 0: the rule holds always */
	__u32 first; /* index of its first condition */
	__u32 call; /* CALL: the number that the call has on x86_64; else 0 */
	__u64 id; /* chosen by the caller, for records: linx_refused.id */
};

/*
 * Values of linx_deny_cond.what, with the hooks that have them. ALL: every hook. FILES: FILE_OPEN, EXEC, TRUNCATE,
 * MMAP, MPROTECT, READ_FILE, UNLINK, RENAME, LINK, SETATTR, CREATE, MOUNT, UNIX. SOCKETS: CONNECT, BIND, SENDMSG.
 * Without a file (an anonymous mapping, a module from memory) conditions on the file do not hold. At CREATE the file
 * has no names yet; its mode and owner are those that it will have. A rule of RENAME or LINK is tested for the file at
 * its old place, for the file at its new place, and for what is replaced there. It refuses if it holds for one of them.
 * A rule with a condition that its hook does not have is refused with LINX_DENY_NOT_HERE. All ids are those of the
 * initial namespaces.
 */
enum linx_deny_what {
	LINX_DENY_UID = 1, /* ALL: real user id; RANGE. The next three are like this one */
	LINX_DENY_EUID = 2,
	LINX_DENY_GID = 3,
	LINX_DENY_EGID = 4,
	LINX_DENY_CAPS = 5, /* ALL: effective capabilities; MASK */
	LINX_DENY_USER_NS = 6, /* ALL: number of the namespace, as in /proc/PID/ns; RANGE. The next two are like this */
	LINX_DENY_PID_NS = 7,
	LINX_DENY_NET_NS = 8,
	LINX_DENY_CGROUP = 9, /* ALL: id of the task's cgroup of version 2, or of one above it; RANGE */
	LINX_DENY_FILE = 16, /* FILES: PLACED, INSIDE, IS, BEGINS, ENDS */
	LINX_DENY_LINKS = 17, /* FILES: number of the file's names, 0 for a file only in memory or deleted; RANGE */
	LINX_DENY_FILE_MODE = 18, /* FILES: type and permissions (st_mode); MASK */
	LINX_DENY_FILE_UID = 19, /* FILES: owner; RANGE */
	/*
	 * FILE_OPEN: flags of open(2); MMAP, MPROTECT: PROT_*; MOUNT: MS_*, 0 for move_mount(2); SETATTR: LINX_DENY_SETS_*;
	 * PTRACE: 1: reading, 2: attaching; MASK
	 */
	LINX_DENY_FLAGS = 20,
	LINX_DENY_NEW_MODE = 21, /* SETATTR that sets the mode: the new mode; MASK */
	LINX_DENY_NEW_UID = 22, /* SETATTR that sets the owner: id of the new owner, as the mount maps it; RANGE */
	LINX_DENY_NEW_GID = 23,
	LINX_DENY_FS_TYPE = 24, /* MOUNT of a file system: name of its type; IS */
	LINX_DENY_FAMILY = 32, /* SOCKETS, SOCKET: family of the address; without an address, of the socket; RANGE */
	LINX_DENY_TYPE = 33, /* SOCKETS, SOCKET: SOCK_*; RANGE */
	LINX_DENY_PROTOCOL = 34, /* SOCKETS: IPPROTO_*; SOCKET: as passed to socket(2), 0 for the default; RANGE */
	LINX_DENY_ADDRESS = 35, /* SOCKETS, of IPv4 and IPv6: WITHIN */
	LINX_DENY_PORT = 36, /* SOCKETS, of IPv4 and IPv6; RANGE */
	LINX_DENY_READING = 40, /* READ_FILE, LOAD_DATA: enum linx_deny_reading; RANGE */
	LINX_DENY_NUMBER = 41, /* KILL: the signal; BPF: the command; RANGE */
	LINX_DENY_TARGET = 42, /* KILL, PTRACE: executable of the other process; the same tests as FILE */
	LINX_DENY_TARGET_PID = 43, /* KILL, PTRACE: process id of the other process; RANGE */
	LINX_DENY_MNT_NS = 48, /* ALL: number of the mount namespace, as in /proc/PID/ns; RANGE */
	LINX_DENY_ANCESTOR = 49, /* ALL: executable of a process above the task's; the same tests as FILE */
	LINX_DENY_CAPS_GAINED = 50, /* GAIN: permitted capabilities that the process did not have before; MASK */
	LINX_DENY_EXE = 51, /* ALL: executable of the task's process; the same tests as FILE */
	LINX_DENY_PARENT = 52, /* ALL: executable of the task's parent process; the same tests as FILE */
	LINX_DENY_ARG = 56, /* CALL: the first argument; 57 to 61: the second to sixth; RANGE or MASK */
};
#define LINX_DENY_ARGS 6u

/*
 * Values of LINX_DENY_FLAGS at SETATTR. CLEARS_ID: the kernel takes the set-user-ID and set-group-ID bits away, as part
 * of another change; SETS_MODE is not set then.
 */
#define LINX_DENY_SETS_MODE 0x1
#define LINX_DENY_SETS_UID 0x2
#define LINX_DENY_SETS_GID 0x4
#define LINX_DENY_SETS_SIZE 0x8
#define LINX_DENY_SETS_TIMES 0x10
#define LINX_DENY_CLEARS_ID 0x20

/* Values of LINX_DENY_READING. */
enum linx_deny_reading {
	LINX_DENY_READS_OTHER = 0,
	LINX_DENY_READS_FIRMWARE = 1,
	LINX_DENY_READS_MODULE = 2,
	LINX_DENY_READS_KEXEC = 3, /* kernel or initramfs */
	LINX_DENY_READS_POLICY = 4,
	LINX_DENY_READS_CERTIFICATE = 5,
};

/* Values of linx_deny_cond.test: how the values of a condition are compared. One value that fits is enough. */
enum linx_deny_test {
	LINX_DENY_RANGE = 1, /* struct linx_deny_range */
	LINX_DENY_MASK = 2, /* struct linx_deny_mask */
	LINX_DENY_PLACED = 3, /* struct linx_deny_file: the file itself, or any file at its place */
	LINX_DENY_INSIDE = 4, /* struct linx_deny_file, a directory: the file is it, or lies in it at any depth */
	/*
	 * struct linx_deny_text: path of the file within its file system. Mounts, links, chroot and namespaces do not
	 * change this path; a rename of the file, or of a directory above it, does.
	 */
	LINX_DENY_IS = 5,
	LINX_DENY_BEGINS = 6,
	LINX_DENY_ENDS = 7,
	LINX_DENY_WITHIN = 8, /* struct linx_deny_net */
};

struct linx_deny_cond {
	__u8 what; /* enum linx_deny_what */
	__u8 test; /* enum linx_deny_test */
	__u16 flags; /* LINX_DENY_NOT */
	__u32 count; /* number of values, at least 1 */
	__u32 offset; /* offset of the first value in linx_deny.operands, a multiple of 8 */
	__u32 reserved; /* 0 */
};
#define LINX_DENY_NOT 0x1 /* the condition holds if no value fits; an undecided condition stays undecided */

struct linx_deny_range {
	__u64 from, to; /* both are part of the range */
};

struct linx_deny_mask {
	__u64 mask, value; /* fits if (number & mask) == value */
};

/*
 * A file, found when the set is loaded: its file system, inode and generation, and its place, that is the directory and
 * the name by which the descriptor was opened. Both are covered: the file under any other name, and any other file that
 * is put in its place. The descriptor may be O_PATH, and may be closed afterwards. RENAME and MOUNT also cover the
 * directories that are above the file when the set is loaded, up to the root of the file system.
 */
struct linx_deny_file {
	__s32 fd; /* descriptor of the file; with a name or INSIDE: of the directory; or LINX_DENY_BY_PATH */
	__u32 name_len; /* at most 255, BY_PATH: at most 4095; 0: without a name, as always with INSIDE */
	__u64 name; /* offset of the name in operands: only the place of that name is covered, with or without a file */
};
/*
 * PLACED: the name is a path from the caller's root directory. The place that the path names is covered. If the place
 * has a file when the set is loaded, this file (after symbolic links) and its own place are covered, too. Therefore
 * thousands of files need no descriptors.
 */
#define LINX_DENY_BY_PATH (-1)

struct linx_deny_text {
	__s32 fd; /* any file of the file system; -1: any file system */
	__u32 len; /* bytes, at least 1, at most LINX_DENY_TEXT_MAX */
	__u64 text; /* offset of the text in operands */
};

struct linx_deny_net {
	__u8 address[16]; /* IPv4 as ::ffff:a.b.c.d; such addresses of IPv6 sockets are compared as IPv4, too */
	__u8 prefix; /* bits that are compared, up to 128; IPv4: 96 more than usual */
	__u8 reserved[7]; /* 0 */
};

#define LINX_DENY_RULES_MAX 16384u
#define LINX_DENY_RULE_CONDS 16u
#define LINX_DENY_CONDS_MAX 65536u
#define LINX_DENY_OPERANDS_MAX (4u << 20) /* bytes */
#define LINX_DENY_TEXT_MAX 1024u
#define LINX_DENY_DEPTH_MAX 128u /* most directories from a file to the root of its file system, for INSIDE and paths */
#define LINX_DENY_ANCESTORS_MAX 64u /* most processes above a task that ANCESTOR looks at */

/*
 * LINX_IOC_DENY: replaces the whole set of rules of a session that runs, at one moment: there is no moment at which
 * neither the old nor the new rules apply. A failed call changes nothing. The rules end when the session does. Needs
 * the module's parameter enforce (EPERM, LINX_DENY_OFF), and CAP_SYS_ADMIN at each call.
 *
 * Errors: EPERM: not allowed, or the session is sealed; EINVAL: the set is wrong, or the session does not run;
 * EOPNOTSUPP: the module or this kernel cannot do it; EBUSY: something else (livepatch) replaces the function of a hook,
 * or ftrace is off (the sysctl kernel.ftrace_enabled), which cannot be turned off while there are rules;
 * E2BIG: too much, such as rules of a hook with more than 262,144 values that are compared one after the other; EBADF: a
 * descriptor of a rule is not open.
 */
struct linx_deny {
	__u32 size;
	__u32 flags; /* LINX_DENY_KEEP, LINX_DENY_NEW, LINX_DENY_RENEW */
	__u64 rules; /* pointer to struct linx_deny_rule[nrules] */
	__u64 conds; /* pointer to struct linx_deny_cond[nconds] */
	__u64 operands; /* pointer to the values of conditions */
	__u32 nrules; /* 0: the session has no rules from now on */
	__u32 nconds;
	__u32 operands_len;
	__u32 reserved; /* 0 */
	__u64 error; /* pointer to struct linx_deny_error, which a failed call fills in; or 0 */
	/* Members of later versions: a module that does not know a member refuses a value other than 0 with E2BIG. */
	__u64 name; /* pointer to the set's name: name_len bytes; a set with LINX_DENY_KEEP needs a name */
	__u64 about; /* pointer to about_len bytes that LINX_IOC_DENY_LIST returns as they are */
	__u32 name_len; /* up to LINX_DENY_NAME_MAX */
	__u32 about_len; /* up to LINX_DENY_ABOUT_MAX */
	__u64 base; /* is added to linx_deny_rule.id in records */
	__u64 exempt; /* pointer to __s32[nexempt], descriptors of programs to which the set does not apply */
	__u32 nexempt; /* up to LINX_DENY_EXEMPT_MAX */
	__u32 trial_ms; /* the set ends after this time unless it is confirmed; 0: it is not a trial */
	__u32 late_ms; /* without LINX_DENY_KEEP: the set ends when the reader leaves records unread for this time; 0: never */
	__u32 reserved2; /* 0 */
	__u64 from; /* LINX_DENY_RENEW: pointer to struct linx_deny_from[nrules]; else 0 */
};
#define LINX_DENY_KEEP 0x1
#define LINX_DENY_NEW 0x2 /* if a set with LINX_DENY_KEEP has this name, the call fails (EEXIST) */
/*
 * The new set is another state of the set that it replaces: what LINX_IOC_DENY_CHANGE changed in the old set remains.
 * The new set is a trial for as long as the old one still was, and has ended if the old one has. Rules with a struct
 * linx_deny_from have the modes of old rules and go on with their counters. ENOENT: there is no old set, since a kept
 * set was ended.
 */
#define LINX_DENY_RENEW 0x4
#define LINX_DENY_NAME_MAX 63u
#define LINX_DENY_ABOUT_MAX (4u << 20)
#define LINX_DENY_EXEMPT_MAX 64u

enum linx_deny_reason {
	LINX_DENY_NO_REASON = 0, /* the errno says all */
	LINX_DENY_OFF = 1, /* the module's parameter enforce is off */
	LINX_DENY_WRONG = 2, /* the rule or condition is not well made */
	LINX_DENY_NOT_BUILT = 3, /* this module has no such hook, condition, call or action */
	LINX_DENY_NO_HOOK = 4, /* the kernel does not have the function of the hook, or cannot replace functions */
	LINX_DENY_HELD = 5, /* livepatch or something similar replaces the hook's function */
	LINX_DENY_NOT_HERE = 6, /* the hook does not have what the condition tests, or does not allow the action */
	LINX_DENY_NO_FILE = 7, /* the descriptor is not open, or has no place in a directory */
};

struct linx_deny_error {
	__u32 reason; /* enum linx_deny_reason */
	__u32 rule; /* index of the rule; all ones: the error is not of a single rule */
	__u32 cond; /* index of the condition in linx_deny.conds; all ones: the error is not of a single condition */
	__u32 hook; /* enum linx_deny_hook, or 0 */
};

/* Rules of the replaced set that a rule of the new set continues. */
struct linx_deny_from {
	__u32 first; /* index of the old rule whose mode the new rule gets; LINX_DENY_FROM_NONE: there is none */
	__u32 count; /* number of old rules, from "first" on, whose counters the new rule continues, and no other does */
};
#define LINX_DENY_FROM_NONE 0xffffffffu

/* Counters of a rule since its set was loaded. They are exact, whether or not a record was written. */
struct linx_deny_counters {
	__u64 observed; /* operations that the rule would have refused, or that it only reports */
	__u64 refused; /* operations that failed because of this rule */
	__u64 signalled; /* refused operations after which the process got a signal */
	__u64 undecided; /* observed and refused operations in which a condition could not be decided */
};

/*
 * Sets that the module keeps. With LINX_DENY_KEEP, a set belongs to the module and not to the session: it goes on when
 * the reader ends, and ends by LINX_DENY_END, when the module's parameter enforce is set to 0, or when the module is
 * unloaded. The session need not run. The set replaces a kept set of the same name, at one moment. If the session runs,
 * it gets the records of the set. Otherwise, and when the session has ended, the set only counts, until another session
 * takes the records by LINX_DENY_TAKE or loads a set of that name. EBUSY: there are 16 kept sets, or another session
 * that runs has the records.
 *
 * linx_deny.exempt: a set does not apply to processes of the initial user namespace with the effective user id 0 whose
 * executable is one of the files in "exempt", or lies at the place of one. Other users can make any program load a
 * library of theirs, so their processes are judged.
 */

/* Changes of a set: values of linx_deny_change.what. Each needs CAP_SYS_ADMIN. */
enum linx_deny_changes {
	LINX_DENY_SET_OBSERVE = 0, /* the set's rules refuse nothing */
	LINX_DENY_SET_ENFORCE = 1, /* the set's rules refuse, also those that were loaded in LINX_DENY_OBSERVE */
	LINX_DENY_END = 2, /* the set, or the rule, ends */
	LINX_DENY_CONFIRM = 3, /* the set is not a trial any more */
	LINX_DENY_TAKE = 4, /* the caller's session, which runs, gets the records of a kept set that no other reader has */
};

/*
 * LINX_IOC_DENY_CHANGE. ENOENT: there is no such set, or rule; EBUSY: another session has the records; EALREADY: the
 * set that was to be confirmed is not a trial.
 */
struct linx_deny_change {
	__u32 size;
	__u32 what; /* enum linx_deny_changes */
	__u64 set; /* linx_deny_list.set */
	__u64 rule; /* only the rules with this id (OBSERVE, ENFORCE, END); all ones: the whole set */
	__u64 base; /* TAKE: as in struct linx_deny */
};

/* A rule of a set that is listed. */
struct linx_deny_state {
	__u64 id; /* linx_deny_rule.id, without base */
	__u16 hook; /* enum linx_deny_hook */
	__u8 mode; /* enum linx_deny_mode, or LINX_DENY_ENDED */
	__u8 action; /* enum linx_deny_action */
	__u16 value; /* linx_deny_rule.value */
	__u16 reserved;
	struct linx_deny_counters counters;
};
#define LINX_DENY_ENDED 2 /* the rule was ended, and does not hold any more */

/* How often rules of one id held for a program. */
struct linx_deny_program {
	__u64 id; /* linx_deny_rule.id, without base */
	__u64 count; /* observed and refused operations */
	__u64 dev, ino; /* file of the executable; 0: a program that the kernel starts */
	char name[32]; /* last part of the executable's path, with a NUL at its end */
};

/*
 * LINX_IOC_DENY_LIST: describes a set of any session, or a kept set. The caller passes the numbers of elements for
 * which it has room. They are replaced by the numbers of elements that exist. ENOENT: there is no set with this number
 * or a higher one. EPERM: the caller's session is sealed, and asks for other sets than its own.
 */
struct linx_deny_list {
	__u32 size;
	__u32 flags; /* 0, or LINX_DENY_LIST_OWN; out: LINX_DENY_IS_* */
	__u64 set; /* the set with this number, or else the next higher one, is listed; out: its number */
	__u64 about; /* pointer to room for about_len bytes */
	__u64 rules; /* pointer to struct linx_deny_state[nrules] */
	__u64 programs; /* pointer to struct linx_deny_program[nprograms] */
	__u32 about_len;
	__u32 nrules;
	__u32 nprograms; /* the module lists at most 128: 32 of one user, 96 of all users but root */
	__u32 reader; /* out: process that gets the records, in the initial pid namespace; 0: none */
	__u64 programs_missed; /* out: observed and refused operations of programs that had no room in the list */
	__u32 trial_left_ms; /* out */
	__u32 name_len; /* out */
	char name[64]; /* out: name_len bytes */
};
#define LINX_DENY_LIST_OWN 0x1 /* the set that the caller's session loaded last, also when it has ended with the session */
#define LINX_DENY_IS_KEPT 0x1
#define LINX_DENY_IS_TRIAL 0x2
#define LINX_DENY_IS_ENDED 0x4 /* by LINX_DENY_END, the trial's end or a late reader; listed while its reader runs */
#define LINX_DENY_IS_LATE 0x8 /* the reader has left records unread for at least ten seconds */

/*
 * LINX_IOC_DENY_COUNTERS: returns the counters of the rules from the index "first" on. After the session's stop these
 * are the rules that ended with the session.
 */
struct linx_deny_counts {
	__u32 size;
	__u32 flags; /* LINX_DENY_COUNTS_BEFORE: the set that the session's present set replaced */
	__u32 first;
	__u32 count; /* elements of the array */
	__u64 counters; /* pointer to struct linx_deny_counters[count]; zeroes after the last rule */
	__u32 nrules; /* out: rules of the set */
	__u32 reserved;
};
#define LINX_DENY_COUNTS_BEFORE 0x1

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
#define LINX_IOC_PROBE _IOWR(LINX_IOC_MAGIC, 19, struct linx_probe)
#define LINX_IOC_PROBE_COUNTERS _IOW(LINX_IOC_MAGIC, 20, struct linx_probe_counts)
#define LINX_IOC_DENY _IOW(LINX_IOC_MAGIC, 21, struct linx_deny)
#define LINX_IOC_DENY_COUNTERS _IOWR(LINX_IOC_MAGIC, 22, struct linx_deny_counts)
#define LINX_IOC_DENY_LIST _IOWR(LINX_IOC_MAGIC, 23, struct linx_deny_list)
#define LINX_IOC_DENY_CHANGE _IOW(LINX_IOC_MAGIC, 24, struct linx_deny_change)

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
#define LINX_PROBE_SIZE_V1 72
#define LINX_PROBE_COUNTS_SIZE_V1 24
#define LINX_DENY_SIZE_V1 56
#define LINX_DENY_COUNTS_SIZE_V1 32
#define LINX_DENY_LIST_SIZE_V1 136
#define LINX_DENY_CHANGE_SIZE_V1 32

#endif
