/* SPDX-License-Identifier: (GPL-2.0-only WITH Linux-syscall-note) OR LGPL-2.1-or-later */
/*
 * linx record format: the records in the rings and, unchanged, in capture files.
 *
 * All data have the byte order of the host and are 8-byte aligned. A reader that does not know the kind of a record
 * skips the record by its length. New members are only appended; a change of meaning raises LINX_FORMAT_MAJOR.
 * docs/record-format.md describes the format in prose, tests/abi checks the layout.
 */
#ifndef _LINUX_LINX_RECORD_H
#define _LINUX_LINX_RECORD_H

#include <linux/types.h>

#define LINX_FORMAT_MAJOR 2
#define LINX_FORMAT_MINOR 3

/* Most bytes of a record. In a small ring the limit is half of the ring. */
#define LINX_REC_MAX 32768u
/* Most bytes of user memory in one record; longer values continue in PIECE records. */
#define LINX_REC_USER_MAX 16384u
/* Most bytes in a record and its PIECE records together: of one value, and of all buffers of a call. */
#define LINX_PIECES_MAX 262144u

/* Number of arguments that a system call can have. */
#define LINX_NARGS 6

/* Values of linx_rec.kind. */
enum linx_rec_kind {
	LINX_REC_PAD = 0, /* no content, to be skipped */
	LINX_REC_ENTER = 1, /* system call entry: args[], values */
	LINX_REC_EXIT = 2, /* system call return: ret, args[], entry time, values */
	LINX_REC_TASK = 3, /* attributes of a task, when the task is first recorded or they changed: linx_ctx, values */
	LINX_REC_FORK = 4, /* a new task: linx_rec is of the parent, linx_ctx of the child */
	LINX_REC_EXEC = 5, /* after a successful execve: linx_ctx, values */
	LINX_REC_TASK_EXIT = 6, /* a task ended: linx_ctx with its exit code */
	LINX_REC_GAP = 7, /* records were lost just before this one: linx_gap */
	LINX_REC_PIECE = 8, /* continues a value of the last record that is not a PIECE: linx_piece, bytes */
	LINX_REC_SIGNAL = 9, /* a signal for the task in linx_rec: linx_signal, values */
	LINX_REC_FILES = 10, /* changed descriptors of the task in linx_rec: linx_files_change, values */
	LINX_REC_BUDGET = 11, /* from now on, this CPU records more or less of the call in linx_rec: linx_budget_step */
	LINX_REC_HTTP = 12, /* reserved for HTTP requests and responses; not used yet */
	LINX_REC_MOVED = 13, /* in capture files: linx_moved, then an ENTER record that was moved here */
	LINX_REC_TAMPER = 14, /* somebody has interfered with the recording: linx_tamper */
	LINX_REC_SWITCH = 15, /* reserved for switches between tasks; not used yet */
	LINX_REC_PROBE = 16, /* a probe was hit: linx_hit, entry time, scalars, values */
	LINX_REC_REFUSED = 17, /* a rule refused an operation of the task, or would have: linx_refused, values */
};

/*
 * Values of linx_rec.abi, modulo LINX_ABI_NR: the set of call numbers to which the number of the call belongs. The
 * machine is known from the table in the stream's header. Arrays by ABI have LINX_ABI_NR elements.
 */
enum linx_abi {
	LINX_ABI_X86_64 = 0,
	LINX_ABI_I386 = 1, /* int 0x80, sysenter; 64-bit code can use these entries, too */
	LINX_ABI_X32 = 2, /* numbers are without __X32_SYSCALL_BIT */
	LINX_ABI_NR = 3,
	LINX_ABI_ARM64 = 3,
	LINX_ABI_ARM = 4, /* EABI */
};

/* Bits of linx_rec.flags. */
#define LINX_RF_ENTRY_TIME 0x0001 /* the entry time follows the arguments */
#define LINX_RF_NO_SLOT 0x0002 /* entry times are recorded in this session, but that of this call is not known */
#define LINX_RF_MORE 0x0004 /* the next record on this CPU is a PIECE that continues this record */
#define LINX_RF_CPU_TIME 0x0010 /* with ENTRY_TIME: the entry time is the time of return minus the call's CPU time */
#define LINX_RF_ARGS_GONE 0x0008 /* arguments not known: after a successful exec, or an io_uring operation on Linux 5 */
#define LINX_RF_URING 0x0020 /* ENTER, EXIT: an io_uring operation that does what the call does; see LINX_FIELD_URING */
#define LINX_RF_IF_RESULT 0x0040 /* ENTER with URING: filters need the result; ignore the record if no EXIT follows */
#define LINX_RF_SCALARS 0x0080 /* the budget left out the memory that the arguments point to */

/*
 * The first 24 bytes of every record.
 *
 * Records are numbered per CPU, from 0. Each record that the filters selected has a number of its own, whether it was
 * written or lost. GAP, PAD and MOVED have the number of the record that follows; PIECE has that of the record it
 * continues. seq is the lower half of the number. The upper half is that of the record before, plus one if seq is
 * smaller than in that record; GAP holds a whole number. A record belongs to the CPU of its ring, or of its block in a
 * capture file. Ids of tasks are below 2^22 (PID_MAX_LIMIT of include/linux/threads.h).
 */
struct linx_rec {
	__u32 nargs : 3; /* ENTER, EXIT: number of arguments that follow */
	__u32 words : 13; /* length of the whole record, in units of 8 bytes */
	__u32 flags : 8;
	__u32 kind : 8;
	__u32 seq; /* lower half of the record's number */
	__u64 time; /* ns of the clock in linx_info.clock_id; never decreases within a CPU */
	__u32 tid : 22; /* initial pid namespace */
	__u32 nr : 10; /* ENTER, EXIT, BUDGET: system call number; or LINX_REC_NR_OTHER */
	__u32 pid : 22; /* thread group, initial pid namespace */
	__u32 abi : 2; /* ENTER, EXIT, BUDGET */
	__u32 nvals : 8; /* number of values (struct linx_val) that follow */
};
/*
 * linx_rec.nr of a call whose number is negative or does not fit into nr: LINX_FIELD_NR holds that number. Without that
 * field the number is -1, which is not a call.
 */
#define LINX_REC_NR_OTHER 1023u
/* Length of a record in bytes. */
#define LINX_REC_LEN(rec) ((rec)->words * 8u)

/*
 * After struct linx_rec comes, by kind:
 *   ENTER  __u64 args[nargs]; values
 *   EXIT   __s64 ret; __u64 args[nargs]; __u64 entry_time if LINX_RF_ENTRY_TIME; values
 *   TASK, FORK, EXEC, TASK_EXIT  struct linx_ctx; values
 *   GAP    struct linx_gap
 *   PIECE  struct linx_piece; bytes, padded to 8
 *   SIGNAL  struct linx_signal; values
 *   FILES  struct linx_files_change; values
 *   BUDGET  struct linx_budget_step; values
 *   TAMPER  struct linx_tamper; values
 *   PROBE  struct linx_hit; __u64 entry_time if LINX_HIT_ENTRY_TIME; __u64 scalars[linx_hit.scalars]; values
 *   REFUSED  struct linx_refused; values
 *   MOVED  struct linx_moved; an ENTER record. PIECE records of the ENTER record follow the MOVED record
 */

/* State of a captured value. 0 is not used, so that zeroed memory is not taken for a value. */
enum linx_state {
	LINX_WHOLE = 1,
	LINX_TRUNCATED = 2, /* orig holds the original length */
	LINX_UNREADABLE = 3, /* a part of the memory could not be read; the value has the bytes before that part */
	LINX_LATE = 4, /* unreadable at entry and read at return; or entry and return could not be compared */
	LINX_UNAVAILABLE = 5, /* this kernel cannot find the value, or could not at that moment */
	LINX_ABSENT = 6, /* no value, such as for a null pointer */
};

/* Form of a captured value. The meaning of its bytes is in the table of calls. */
enum linx_val_kind {
	LINX_VAL_BYTES = 1, /* bytes as they were */
	LINX_VAL_STR = 2, /* a string without its terminating NUL */
	LINX_VAL_STRV = 3, /* struct linx_strv, then strings, each with its NUL */
	LINX_VAL_STRINGS = 4, /* strings, each with its NUL, as they lie in memory */
	LINX_VAL_MEM = 5, /* __u64 address, then the bytes there: memory that a member points to */
	LINX_VAL_MEMSTR = 6, /* __u64 address, then the string there, without its NUL */
	LINX_VAL_FD = 7, /* struct linx_fd, then linx_fd.detail bytes padded to a multiple of 8, then the path */
};

/*
 * Values of linx_val.arg that are not numbers of arguments (0 to 5). A record can have several values of the kinds FD,
 * MEM and MEMSTR with the same linx_val.arg, but only one value of all other kinds. MEM and MEMSTR have memory to which
 * the structures lead that the argument points to.
 */
enum linx_field {
	LINX_FIELD_CHANGED = 15, /* BYTES: flags that a tracer removed from clone or clone3 (CLONE_UNTRACED), a __u64 */
	LINX_FIELD_EXE = 16, /* STR: path of the executable */
	LINX_FIELD_CWD = 17, /* STR: working directory; if UNAVAILABLE, BYTES: its struct linx_file_id, if known */
	LINX_FIELD_ARGV = 18, /* STRINGS: command line */
	LINX_FIELD_ENVP = 19, /* STRINGS: environment */
	LINX_FIELD_FILENAME = 20, /* STR: path that an exec was given, as the kernel copied it */
	/*
	 * STR: path of the interpreter that the kernel runs for the file of an exec, which is a script or a file that
	 * binfmt_misc knows. Other programs have no such value.
	 */
	LINX_FIELD_INTERP = 21,
	LINX_FIELD_EXE_ID = 22, /* BYTES: struct linx_exe_id, or only the member file of it */
	LINX_FIELD_POINTER = 23, /* BYTES: instruction pointer of the program at this call or signal, a __u64 */
	LINX_FIELD_SIGINFO = 24, /* BYTES: a signal's siginfo_t of 64-bit programs, without zeroes at its end */
	LINX_FIELD_SIGMASK = 25, /* BYTES: signal mask that a sigreturn is about to restore, 8 bytes */
	LINX_FIELD_WHO = 26, /* BYTES: struct linx_who, as far as its members are known */
	LINX_FIELD_CGROUP = 27, /* STR: path of the task's cgroup */
	LINX_FIELD_USAGE = 28, /* BYTES: struct linx_usage */
	LINX_FIELD_OPEN = 29, /* BYTES: bitmap; bit n is set if descriptor n is open */
	LINX_FIELD_URING = 30, /* BYTES: struct linx_uring; in EXIT without the member entry */
	LINX_FIELD_NR = 31, /* BYTES: system call number as the kernel saw it, without __X32_SYSCALL_BIT, an __s32 */
	LINX_FIELD_FD = 32, /* FD: file of the descriptor in argument 0. 33 to 37: the same for arguments 1 to 5 */
	LINX_FIELD_FD_RESULT = 38, /* FD: file of the descriptor that is the call's result */
	LINX_FIELD_FD_MEMORY = 39, /* FD: file of a descriptor in captured memory */
	LINX_FIELD_JOINED = 40, /* BYTES: struct linx_joined, in EXIT; reserved, not used yet */
};

/*
 * A captured value: this structure, then "size" bytes, padded to a multiple of 8.
 */
struct linx_val {
	__u16 size; /* bytes in this record */
	__u8 arg; /* number of an argument, or enum linx_field */
	__u8 info; /* LINX_VAL_INFO(kind, state) */
	__u32 orig; /* original length; 0xffffffff: that length or more, or not known */
};
#define LINX_VAL_INFO(kind, state) ((__u8)((kind) << 3 | (state)))
#define LINX_VAL_KIND(info) ((info) >> 3)
#define LINX_VAL_STATE(info) ((info) & 7)

/* Beginning of a LINX_VAL_STRV. If stored < count, some strings are not in the record; the value's state says why. */
struct linx_strv {
	__u32 count; /* number of strings in the vector, as far as the vector was read */
	/*
	 * number of whole strings that follow; if the value is truncated, a part of one more string may come after them
	 */
	__u32 stored;
	__u64 unread; /* address of the string that could not be read; 0: no string, or the vector could not be read */
};

struct linx_file_id {
	__u64 dev; /* kernel-internal encoding: major << 20 | minor */
	__u64 ino;
};

/* Identity of an executable file. New members are only appended. */
struct linx_exe_id {
	struct linx_file_id file;
	__s64 mtime; /* last write, in ns since 1970 */
	__s64 ctime; /* last change of the inode, in ns since 1970 */
};

enum linx_fd_type {
	LINX_FD_OTHER = 0,
	LINX_FD_FILE = 1,
	LINX_FD_DIR = 2,
	LINX_FD_CHAR = 3,
	LINX_FD_BLOCK = 4,
	LINX_FD_PIPE = 5, /* named or not */
	LINX_FD_SOCKET = 6, /* details: struct linx_sock, then the socket's name */
	LINX_FD_LINK = 7,
	LINX_FD_ANON = 8, /* another file with an anonymous inode; the path names its kind: anon_inode:[eventpoll] */
	LINX_FD_PIDFD = 9,
	LINX_FD_EVENTFD = 10, /* details: the lines that the file adds to /proc/PID/fdinfo */
	LINX_FD_SIGNALFD = 11, /* details: text, as for EVENTFD */
};

/* Bits of linx_fd.flags. */
#define LINX_FD_CLOEXEC 0x1
#define LINX_FD_DELETED 0x2 /* the kernel put " (deleted)" at the end of the path */
#define LINX_FD_FOREIGN 0x4 /* descriptor of another process, which the call was allowed to use */
#define LINX_FD_CLOSED 0x8 /* in FILES: the descriptor is not open */
#define LINX_FD_CREATED 0x10 /* result of an open: the call created the file */
#define LINX_FD_FOUND 0x20 /* result of an open: the file existed; neither this bit nor CREATED: not known */

/* Value of linx_fd.fd for the working directory, AT_FDCWD. */
#define LINX_FD_CWD (-100)

/*
 * File that a descriptor refers to, in the task's own table at the moment of the record. A record has one such value
 * for each different descriptor. The path is that of /proc/PID/fd, as seen from the task's root. If path_len is more
 * than the bytes that follow, the end of the path is missing.
 */
struct linx_fd {
	__s32 fd;
	__u8 type; /* enum linx_fd_type */
	__u8 path_state; /* enum linx_state; ABSENT: the path was not asked for */
	__u16 flags;
	__u64 dev; /* device as in linx_file_id */
	__u64 ino;
	__u64 rdev; /* CHAR, BLOCK: the device, encoded as dev */
	__u32 pid; /* PIDFD: number of the process in the initial namespace; 0: it is gone */
	__u16 path_len; /* length of the whole path */
	__u16 detail; /* number of bytes of details, which follow this structure */
};

/* Details of a socket. Ports and ids have the byte order of the host, addresses that of the network. */
struct linx_sock {
	__u16 family;
	__u16 type;
	__u16 protocol;
	__u8 state; /* the kernel's state: TCP_ESTABLISHED and so on, also for other protocols */
	__u8 name_len; /* UNIX: number of bytes of the socket's own sun_path, which follow this structure */
	__u16 local_port, peer_port; /* INET, INET6 */
	__u32 portid; /* NETLINK */
	__u8 local[16], peer[16]; /* INET: the first four bytes */
	__u64 peer_ino; /* UNIX: inode number of the connected socket; 0: none, or not known */
	char proto[32]; /* the kernel's name of the protocol: TCP, UDPv6, UNIX-STREAM; NUL-terminated */
};

/* Bits of linx_ctx.flags. */
#define LINX_CTX_THREAD 0x1 /* FORK: the child is a thread of the parent's process */
#define LINX_CTX_GROUP_DEAD 0x2 /* TASK_EXIT: the task was the last thread of its process */
#define LINX_CTX_KERNEL 0x4 /* a kernel thread */
#define LINX_CTX_VM_SHARED 0x8 /* FORK: the child shares the address space (vfork, threads) */
#define LINX_CTX_FILES_SHARED 0x10 /* FORK: the child shares the table of descriptors */
#define LINX_CTX_FS_SHARED 0x20 /* FORK: the child shares the working directory */

/* Identity of a task. All ids are those of the initial namespaces. */
struct linx_ctx {
	__u32 tid;
	__u32 pid;
	__u32 ppid;
	__u32 flags;
	__u32 uid;
	__u32 gid;
	__u32 euid;
	__u32 egid;
	__u64 start_time; /* ns since boot; no other task ever has this tid with the same start time */
	/*
	 * TASK_EXIT: wait(2) status; EXEC: tid before the exec; a thread that was not the leader has the leader's tid
	 * now
	 */
	__u32 code;
	__u32 reserved;
	char comm[16]; /* NUL-terminated, padded with NUL */
};

enum linx_ns {
	LINX_NS_MNT = 0,
	LINX_NS_PID = 1,
	LINX_NS_NET = 2,
	LINX_NS_UTS = 3,
	LINX_NS_IPC = 4,
	LINX_NS_USER = 5,
	LINX_NS_CGROUP = 6,
	LINX_NS_TIME = 7,
	LINX_NS_NR = 8,
};

/* Bits of linx_who.flags. */
#define LINX_WHO_REAPER 0x1 /* a child subreaper: orphaned descendants become its children */
#define LINX_WHO_CHROOT 0x2 /* the task's root is not the root of a mount */
#define LINX_WHO_MEMFD 0x4 /* the executable lies in a memfd */
#define LINX_WHO_DELETED 0x8 /* the executable has no name any more */
#define LINX_WHO_NO_TTY 0x10 /* the terminal is not known: this kernel cannot find it, or another task held its lock */
#define LINX_WHO_LAYER 0x20 /* it is known whether LINX_WHO_UPPER applies */
#define LINX_WHO_UPPER 0x40 /* the executable lies in the upper layer of an overlay file system */

/*
 * Further attributes of a task. New members are only appended. files and fs are ids: tasks with equal values share
 * their descriptor table, or their working directory and root. A new value of files or fs means that the task has got
 * its own copy.
 */
struct linx_who {
	__u64 process_start; /* linx_ctx.start_time of the first thread */
	__u64 files, fs; /* 0: none */
	__u32 flags;
	__u32 pgid, sid;
	__u32 tty; /* controlling terminal, encoded as in linx_file_id.dev; 0: none */
	__u32 loginuid, session_id; /* ids of the audit system; 0xffffffff: not set */
	__u32 ns_tid, ns_pid; /* tid and pid in the task's own pid namespace */
	__u32 suid, sgid, fsuid, fsgid;
	__u64 cap_effective, cap_permitted, cap_inheritable, cap_bounding, cap_ambient;
	__u32 ns[LINX_NS_NR]; /* inode numbers of the task's namespaces, by enum linx_ns; 0: not known */
};

/* In TASK_EXIT: resource usage of the thread, or of the whole process if the thread was the last one. */
struct linx_usage {
	__u64 user_ns, system_ns; /* CPU times as in getrusage(2), not scaled */
	__u64 run_ns; /* time on a CPU */
	__u64 minor_faults, major_faults;
	__u64 voluntary, involuntary; /* context switches */
	__u64 max_rss; /* bytes; only for a process */
};

/* Values of linx_files_change.op. */
enum linx_files_op {
	LINX_FILES_TOLD = 0, /* each value of the record is a descriptor as it is now: open, or LINX_FD_CLOSED */
	LINX_FILES_CLOSED = 1, /* all descriptors from first to last were closed */
	LINX_FILES_MARKED = 2, /* all descriptors from first to last will be closed by exec */
	/* LINX_FIELD_OPEN has a bit for each descriptor below some number; the bit is set if the descriptor is open */
	LINX_FILES_OPEN = 3,
};

/* Bits of linx_files_change.flags, in records that together describe a whole table, as in a snapshot. */
#define LINX_FILES_FIRST 0x1 /* the first record of a table */
#define LINX_FILES_LAST 0x2 /* the last record of a table */

/*
 * State of a descriptor table at the time of the record. The time was read before the table was. Therefore the record
 * with the latest time is right for each of its descriptors, even if several tasks share the table.
 */
struct linx_files_change {
	__u64 table; /* linx_who.files */
	__u32 op; /* enum linx_files_op */
	__u32 flags;
	__u32 first, last;
};

/*
 * An operation of io_uring. ENTER: the kernel has taken it from the submission queue. EXIT: its result; with
 * IORING_CQE_F_MORE further results follow. nr and abi in linx_rec are those of the call that does the same, and the
 * arguments are made from the submission queue entry. If there is no such call, nr is io_uring_enter, without
 * arguments. tid and pid are those of the task that submitted the operation.
 */
struct linx_uring {
	__u64 id; /* number of the operation, the same in its ENTER and EXIT. 0: no EXIT follows */
	__u64 user_data;
	__u8 opcode; /* enum io_uring_op; opcode and flags are copied from the kernel's request */
	__u8 flags; /* IOSQE_* */
	/* enum linx_state of entry; UNAVAILABLE: the kernel does not pass the entry, or it was overwritten */
	__u8 state;
	__u8 reserved;
	__u32 cqe_flags; /* EXIT: IORING_CQE_F_* */
	__u8 entry[64]; /* struct io_uring_sqe, read right after the kernel read it; valid only if state is WHOLE */
};

/*
 * In an EXIT record that was made of ENTER and EXIT together: number and CPU of the ENTER record. Both records count as
 * selected. Reserved, not used yet.
 */
struct linx_joined {
	__u64 seq;
	__u32 cpu;
	__u32 reserved;
};

/*
 * MOVED: the ENTER record of a call, written right before its EXIT record, in a capture file that a filter made. The
 * filter decides about a call only at its return, when records that followed the ENTER record are already in the file.
 * The ENTER record follows this structure, aligned to 8 bytes, with its own time; its number is missing at its former
 * place. linx_rec of MOVED has the time of the new place, and tid and pid of the EXIT record. With
 * LINX_MOVED_UNFINISHED there is no EXIT record: tid and pid are those of the ENTER record.
 */
struct linx_moved {
	__u64 seq; /* original number of the ENTER record */
	__u32 cpu; /* original CPU of the ENTER record */
	__u32 flags; /* LINX_MOVED_... */
};
#define LINX_MOVED_UNFINISHED 0x1 /* the ENTER record has no EXIT record and is an event by itself */
#define LINX_MOVED_CUT 0x2 /* with UNFINISHED: the call had not returned when the recording ended */
#define LINX_MOVED_NO_TASK 0x4 /* with UNFINISHED: the task had ended, and a new task had its tid */
/*
 * The ENTER record is that of an exec by a thread that is not the leader of its process. The exec ended the leader; its
 * end is the next record. The ENTER record only explains that end, and is not an event by itself.
 */
#define LINX_MOVED_EXEC 0x8

/* Values of linx_tamper.what. */
enum linx_tamper_what {
	LINX_TAMPER_MISSED = 1, /* a canary (LINX_CANARY) on a CPU was not counted: calls there do not reach the session */
	LINX_TAMPER_UNLOAD = 2, /* the task in linx_rec tried to unload a module, whose name is a value of argument 0 */
	LINX_TAMPER_TRACED = 3, /* the task traces the reader, or has written into its memory */
	LINX_TAMPER_TAKEN = 4, /* the task has copied a descriptor of the reader: pidfd_getfd(2) */
	LINX_TAMPER_OPENED = 5, /* the task has opened an eBPF program, map or link of the recording by its number */
	LINX_TAMPER_ESCAPED = 6, /* the task has made a child that left the trace of the engine ptrace: calls may be missing */
};

/* Interference with a recording. */
struct linx_tamper {
	__u32 what; /* enum linx_tamper_what */
	__u32 cpu; /* MISSED: the CPU; else that of the task */
	__u64 reserved;
};

/* Bits of linx_refused.flags. */
#define LINX_REFUSED_REFUSED 0x1 /* the operation failed with linx_refused.error */
#define LINX_REFUSED_SIGNALLED 0x2 /* the process got the signal linx_refused.signo */
#define LINX_REFUSED_DRY_RUN 0x4 /* the rule only observes; otherwise it would have refused the operation */
#define LINX_REFUSED_UNDECIDED 0x8 /* a condition could not be decided, and was taken to hold */
#define LINX_REFUSED_OTHER 0x10 /* with REFUSED: the error is that of a stricter rule of another session */
#define LINX_REFUSED_FILE 0x20 /* a file was judged: dev, ino, generation, mode and value 0 are set */

/*
 * REFUSED: a rule of LINX_IOC_DENY held. Value 0: STR, path of the file within its file system. Value 1: BYTES, address
 * to which the socket operation refers, as the kernel has it.
 */
struct linx_refused {
	__u64 id; /* linx_deny_rule.id */
	__u32 rule; /* index of the rule in its set */
	__u16 hook; /* enum linx_deny_hook */
	__u16 flags; /* LINX_REFUSED_* */
	__s32 error; /* the error as a positive number; 0: the operation was not refused */
	__u32 signo; /* the signal; 0: none */
	__u64 dev; /* device as in linx_file_id */
	__u64 ino;
	__u32 generation;
	__u32 mode; /* st_mode */
	/*
	 * FILE_OPEN: flags of open(2); READ_FILE, LOAD_DATA: enum linx_deny_reading; KILL: the signal; BPF: the command;
	 * CREATE: mode; CALL: linx_deny_rule.call; other hooks: what LINX_DENY_FLAGS tests, or 0
	 */
	__u64 detail;
};

/* Most arguments of a probe; the return value counts as one. */
#define LINX_PROBE_ARGS_MAX 12

/* Bits of linx_hit.flags. */
#define LINX_HIT_ENTRY_TIME 0x1 /* the probe is on a function's return: the time at which the function began follows linx_hit */

/* Values of linx_hit.context: what the CPU was doing. */
enum linx_hit_context {
	LINX_HIT_TASK = 0, /* linx_rec has the task for which the kernel was working */
	LINX_HIT_SOFTIRQ = 1, /* linx_rec has the task that was interrupted, as for the next two contexts */
	LINX_HIT_HARDIRQ = 2,
	LINX_HIT_NMI = 3,
};

/*
 * PROBE: a hit of a probe. The stream's list of probes (LINX_PROBES_MAGIC) says what the scalars and values are. A
 * scalar is 64 bits wide, sign-extended if its type is signed, and 0 if its state is not WHOLE. linx_val.arg of a value
 * is the number of an argument in the list of probes, below LINX_PROBE_ARGS_MAX. linx_rec.nr, abi and nargs are 0.
 */
struct linx_hit {
	__u16 probe; /* number of the probe */
	__u16 site; /* if several functions have the name: number of the one that was hit, by rising address; else 0 */
	__u8 flags; /* LINX_HIT_* */
	__u8 scalars; /* number of scalars, up to LINX_PROBE_ARGS_MAX */
	__u8 context; /* enum linx_hit_context */
	__u8 reserved; /* 0 */
	__u64 states; /* enum linx_state of each scalar, 4 bits each, the first in the lowest bits */
};
#define LINX_HIT_STATE(states, n) ((__u32)((states) >> (n) * 4) & 15)

/* Value of an argument that is a struct cred: ids in the initial user namespace. New members are only appended. */
struct linx_cred {
	__u32 uid, gid, suid, sgid, euid, egid, fsuid, fsgid;
	__u64 cap_inheritable, cap_permitted, cap_effective, cap_bounding, cap_ambient;
};

/* Bits of linx_signal.flags. */
#define LINX_SIGNAL_DELIVERED 0x1 /* the signal is being delivered to the task; without this bit: it was just sent */
#define LINX_SIGNAL_IGNORED 0x2 /* sent and dropped, since the task ignores the signal: no delivery follows */
#define LINX_SIGNAL_FATAL 0x4 /* sent, and ends the process: no delivery follows */
#define LINX_SIGNAL_HANDLER 0x8 /* delivered to a handler in the program */
#define LINX_SIGNAL_DEFAULT 0x10 /* delivered; the kernel's default action is taken */

/* A signal is recorded once: when it is sent if it is ignored or fatal then, else when it is delivered. */
struct linx_signal {
	__s32 signo;
	__u32 flags;
};

/* Cause of a lost record, used as an index; see docs/record-format.md. */
enum linx_lost {
	LINX_LOST_FULL = 0, /* the ring was full, as the reader had not read enough */
	LINX_LOST_NESTED = 1, /* a probe interrupted another probe and could not write its record */
	LINX_LOST_TOO_BIG = 2, /* longer than a record may be in this ring */
	LINX_LOST_NO_RING = 3, /* the CPU has no ring (came online after setup) */
	LINX_LOST_THROTTLE_CAP = 4, /* throttle mode: the ring was full, and the task had waited for throttle_cap_ns */
	LINX_LOST_BUDGET = 5, /* the call made more events than LINX_IOC_BUDGET allows */
	LINX_LOST_NR = 6,
	LINX_LOST_MAX = 8, /* size of arrays, with room for new causes */
};

struct linx_gap {
	/* number of the first lost record; linx_rec.seq of GAP is the number of the last lost record plus one */
	__u64 first_seq;
	__u64 first_time; /* time of the first lost record */
	__u64 last_time; /* time of the last lost record */
	__u64 lost[LINX_LOST_MAX]; /* number of records lost since the previous GAP, by enum linx_lost */
	__u64 lost_context; /* number of context records (TASK to TASK_EXIT, and FILES) among lost[] */
};

/* Values of linx_budget_step.from and .to: how much of a call is recorded. */
enum linx_budget_level {
	LINX_BUDGET_FULL = 0, /* everything */
	LINX_BUDGET_SCALARS = 1, /* only scalars: the memory that arguments point to is left out (LINX_RF_SCALARS) */
	LINX_BUDGET_COUNTS = 2, /* nothing: the call's events are counted as lost (LINX_LOST_BUDGET) */
};

struct linx_budget_step {
	__u32 from, to; /* enum linx_budget_level before and after this record */
	__u64 counted; /* events of this call on this CPU that were lost to the budget so far */
};

struct linx_piece {
	__u32 offset; /* offset of these bytes in the whole value */
	__u16 size;
	__u8 arg; /* linx_val.arg of the value that these bytes continue */
	/*
	 * If a LINX_VAL_MEM value continues: its number among the values of the head record, from 1 on. In that case
	 * offset does not count the address in the value. For other values: 0.
	 */
	__u8 nth;
};

/* The same moment on each of these clocks, in ns. */
struct linx_clock {
	__u64 stream; /* the clock of linx_rec.time */
	__u64 realtime;
	__u64 monotonic;
	__u64 boottime;
};

/*
 * The table of calls in a stream's header is text with one item on each line, so that a
 * reader can read the table of any other version; kmod/tables/syscalls.def describes the words.
 *   linx-table 1
 *   row <id> (<class> | <class> ...) <name>:<type>:<capture> ...
 *   nr <abi> <number> <name> <row id>
 * Words consist of letters, digits and _. A capture may end in words and numbers in
 * parentheses, with commas between them and no blanks.
 * (0) stands for no class. abi is x86_64, i386 or x32; or arm64 or arm. Lines that begin
 * with another word, and abis that a reader does not know, are skipped.
 */
#define LINX_TABLE_MAGIC "linx-table 1\n"

/*
 * The list of the probes of a stream is text, too, in a block of its own before the first record of a probe. A later
 * list in the stream adds probes to the list; it does not change earlier ones.
 *   linx-probes 1
 *   probe <number> <kind> <name>
 *   spec <specification>
 *   arg <form> <size> <name>
 *   type <type>
 *   returned
 *   counts <number> <filtered> <sampled> <selected> <committed> <missed> <flags> <lost> ...
 * The lines spec and arg belong to the probe above them. The lines type and returned belong to the argument above them:
 * type may be missing, and returned marks the return value. kind is kprobe, kretprobe, tracepoint, rawtp or lsm. form
 * says what is recorded of the argument: a scalar (signed, unsigned, hex, bool, be) of size bytes, which is the next
 * element of the record's scalars; or a value (str, bytes, sockaddr, sock, path, cred) of at most size bytes. The form be
 * is a number in network byte order. The number of an argument counts the lines arg of its probe, from 0. Names,
 * specifications and types reach to the end of the line and are printable ASCII. A line counts, in a list at the end of
 * the stream, has the counters of a probe: its struct linx_probe_counters, with all elements of lost. Lines that begin
 * with another word are skipped.
 */
#define LINX_PROBES_MAGIC "linx-probes 1\n"
/* Most bytes of a list of probes. */
#define LINX_PROBES_TEXT_MAX (4u << 20)

#endif
