/* SPDX-License-Identifier: (GPL-2.0-only WITH Linux-syscall-note) OR LGPL-2.1-or-later */
/*
 * linx record format: what stands in the rings and, unchanged, in capture files.
 *
 * Everything is native endian and 8-byte aligned. A reader skips a record kind that it does not know by its length.
 * Fields are only ever appended; a change of meaning raises LINX_FORMAT_MAJOR. docs/record-format.md describes it in
 * prose, tests/abi pins the layout.
 */
#ifndef _LINUX_LINX_RECORD_H
#define _LINUX_LINX_RECORD_H

#include <linux/types.h>

#define LINX_FORMAT_MAJOR 2
#define LINX_FORMAT_MINOR 2

/* No record is longer than this, nor than half of its ring. */
#define LINX_REC_MAX 32768u
/* Most bytes of user memory that one record can carry; longer values continue in pieces. */
#define LINX_REC_USER_MAX 16384u
/* Most bytes of one value, and of all buffers of a call, that a record and its pieces carry together. */
#define LINX_PIECES_MAX 262144u

/* Number of arguments that a system call can have. */
#define LINX_NARGS 6

/* linx_rec.kind */
enum linx_rec_kind {
	LINX_REC_PAD = 0, /* no content, to be skipped */
	LINX_REC_ENTER = 1, /* system call entry: args[], values */
	LINX_REC_EXIT = 2, /* system call return: ret, args[], entry time, values */
	LINX_REC_TASK = 3, /* context of a task that is new to the session: linx_ctx, values */
	LINX_REC_FORK = 4, /* header: the parent; linx_ctx: the child */
	LINX_REC_EXEC = 5, /* after a successful execve: linx_ctx, values */
	LINX_REC_TASK_EXIT = 6, /* a task ended: linx_ctx with its exit code */
	LINX_REC_GAP = 7, /* records were lost just before this one: linx_gap */
	LINX_REC_PIECE = 8, /* continues a value of the record before: linx_piece, bytes */
	LINX_REC_SIGNAL = 9, /* a signal for the task of the header: linx_signal, values */
	LINX_REC_FILES = 10, /* descriptors of the task of the header changed: linx_files_change, values */
	LINX_REC_BUDGET = 11, /* on this CPU, from here on, more or less of the header's call is recorded: linx_budget_step */
	LINX_REC_HTTP = 12, /* reserved for requests and answers of HTTP; not made yet */
	LINX_REC_MOVED = 13, /* capture files: an ENTER moved from another place: linx_moved, that record */
};

/*
 * Values of linx_rec.abi, modulo LINX_ABI_NR: which of its machine's tables of numbers the call's number belongs to.
 * The table in the stream's header says which machine it is. All that is counted or selected by ABI has LINX_ABI_NR
 * places.
 */
enum linx_abi {
	LINX_ABI_X86_64 = 0,
	LINX_ABI_I386 = 1, /* int 0x80, sysenter; 64-bit code can use them too */
	LINX_ABI_X32 = 2, /* numbers are without __X32_SYSCALL_BIT */
	LINX_ABI_NR = 3,
	LINX_ABI_ARM64 = 3,
	LINX_ABI_ARM = 4, /* EABI */
};

/* Bits of linx_rec.flags. */
#define LINX_RF_ENTRY_TIME 0x0001 /* the entry time follows the arguments */
#define LINX_RF_NO_SLOT 0x0002 /* entry time was asked for, but is not known */
#define LINX_RF_MORE 0x0004 /* the next record on this CPU belongs to this one */
#define LINX_RF_CPU_TIME 0x0010 /* with ENTRY_TIME: the entry time is the return minus the time that the task ran */
#define LINX_RF_ARGS_GONE 0x0008 /* the arguments are not known: a successful exec, or an operation of io_uring on Linux 5 */
#define LINX_RF_URING 0x0020 /* ENTER, EXIT: an operation of io_uring that stands for the call: LINX_FIELD_URING */
#define LINX_RF_IF_RESULT 0x0040 /* with URING, ENTER: filters need the result; it is an event only if an EXIT follows */
#define LINX_RF_SCALARS 0x0080 /* the budget left out the memory that the arguments point to */

/*
 * Head of every record, 24 bytes.
 *
 * Records are numbered per CPU, from 0. Each record that the filters selected counts, written or lost. GAP, PAD and
 * MOVED do not count and carry the number of the next record; PIECE does not count and carries that of its head. Here
 * stands the lower half of the number. The upper half is that of the record before, plus one if the lower half is
 * smaller than there, or the one in a GAP. The ring, or the block of a file, says to which CPU a record belongs. Ids
 * of tasks are below 2^22 (PID_MAX_LIMIT of include/linux/threads.h).
 */
struct linx_rec {
	__u32 nargs : 3; /* ENTER, EXIT: arguments that follow */
	__u32 words : 13; /* length of the whole record, in units of 8 bytes */
	__u32 flags : 8;
	__u32 kind : 8;
	__u32 seq; /* lower half of the record's number */
	__u64 time; /* ns of the stream's clock; never decreases within a CPU */
	__u32 tid : 22; /* initial pid namespace */
	__u32 nr : 10; /* ENTER, EXIT, BUDGET: system call number; or LINX_REC_NR_OTHER */
	__u32 pid : 22; /* thread group, initial pid namespace */
	__u32 abi : 2; /* ENTER, EXIT, BUDGET */
	__u32 nvals : 8; /* values that follow */
};
/* Value of linx_rec.nr for any other number. LINX_FIELD_NR holds that number; without the field it is -1, no call. */
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
 *   MOVED  struct linx_moved; an ENTER record; its pieces follow as those of MOVED
 */

/* State of a captured value. 0 never occurs, so that zeroed memory is no value. */
enum linx_state {
	LINX_WHOLE = 1,
	LINX_TRUNCATED = 2, /* orig holds the original length */
	LINX_UNREADABLE = 3, /* the memory could not be read; bytes before that part are here */
	LINX_LATE = 4, /* unreadable at entry, read at return */
	LINX_UNAVAILABLE = 5, /* this kernel cannot find it out, or could not at this moment */
	LINX_ABSENT = 6, /* no value, such as for a null pointer */
};

/* Kind of a captured value's bytes. The table says what they mean. */
enum linx_val_kind {
	LINX_VAL_BYTES = 1, /* bytes as they were */
	LINX_VAL_STR = 2, /* a string without its terminating NUL */
	LINX_VAL_STRV = 3, /* struct linx_strv, then strings, each with its NUL */
	LINX_VAL_STRINGS = 4, /* strings, each with its NUL, as they lie in memory */
	LINX_VAL_MEM = 5, /* __u64 address, then the bytes there: memory that a member points to */
	LINX_VAL_MEMSTR = 6, /* __u64 address, then the string there, without its NUL */
	LINX_VAL_FD = 7, /* struct linx_fd, its details padded to 8, its path */
};

/*
 * Values of linx_val.arg: 0 to 5 is the system call's argument, else one of these. There is one value of each, and
 * any number of MEM and MEMSTR for memory that structures behind that argument point to.
 */
enum linx_field {
	LINX_FIELD_CHANGED = 15, /* BYTES: __u64: flags of the call that a tracer kept from the kernel: CLONE_UNTRACED of clone and clone3 */
	LINX_FIELD_EXE = 16, /* STR: path of the executable */
	LINX_FIELD_CWD = 17, /* STR: working directory; unavailable, BYTES: struct linx_file_id of it, if that is known */
	LINX_FIELD_ARGV = 18, /* STRINGS: command line */
	LINX_FIELD_ENVP = 19, /* STRINGS: environment */
	LINX_FIELD_FILENAME = 20, /* STR: exec: the path as the kernel copied it */
	LINX_FIELD_INTERP = 21, /* STR: exec: the program that really runs, if the named file is a script */
	LINX_FIELD_EXE_ID = 22, /* BYTES: struct linx_exe_id, or only its file */
	LINX_FIELD_POINTER = 23, /* BYTES: __u64: address at which the program continues after this call or signal */
	LINX_FIELD_SIGINFO = 24, /* BYTES: signal: siginfo_t of a 64-bit program, without zeroes at its end */
	LINX_FIELD_SIGMASK = 25, /* BYTES: sigreturn, at entry: the mask that it restores, 8 bytes */
	LINX_FIELD_WHO = 26, /* BYTES: struct linx_who, as far as the engine knows it */
	LINX_FIELD_CGROUP = 27, /* STR: path of its cgroup */
	LINX_FIELD_USAGE = 28, /* BYTES: struct linx_usage */
	LINX_FIELD_OPEN = 29, /* BYTES: bit n: descriptor n is open */
	LINX_FIELD_URING = 30, /* BYTES: struct linx_uring, at EXIT without the entry */
	LINX_FIELD_NR = 31, /* BYTES: __s32: system call number as the kernel saw it, x32 without its bit */
	LINX_FIELD_FD = 32, /* FD: file of argument 0; the next five: arguments 1 to 5 */
	LINX_FIELD_FD_RESULT = 38, /* FD: file of the result */
	LINX_FIELD_FD_MEMORY = 39, /* FD: file of a descriptor in captured memory */
	LINX_FIELD_JOINED = 40, /* BYTES: EXIT: struct linx_joined, the entry's number; reserved, not made yet */
};

/*
 * A captured value: this head, then size bytes, padded to 8. info is
 * LINX_VAL_INFO(kind, state).
 */
struct linx_val {
	__u16 size; /* bytes here */
	__u8 arg;
	__u8 info;
	__u32 orig; /* original length; 0xffffffff: that or more */
};
#define LINX_VAL_INFO(kind, state) ((__u8)((kind) << 3 | (state)))
#define LINX_VAL_KIND(info) ((info) >> 3)
#define LINX_VAL_STATE(info) ((info) & 7)

/* Head of a LINX_VAL_STRV. If stored < count, the rest was not read; the state says why. */
struct linx_strv {
	__u32 count; /* strings in the vector, as far as it was read */
	__u32 stored; /* strings that follow; the last one may be cut if the value is truncated */
	__u64 unread; /* address of the string that could not be read; 0: none, or the vector itself */
};

struct linx_file_id {
	__u64 dev; /* kernel-internal encoding: major << 20 | minor */
	__u64 ino;
};

/* An executable. New members are only appended. */
struct linx_exe_id {
	struct linx_file_id file;
	__s64 mtime; /* ns since 1970: last write, and last change of the inode */
	__s64 ctime;
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
	LINX_FD_ANON = 8, /* no regular file; its path names the kind */
	LINX_FD_PIDFD = 9,
	LINX_FD_EVENTFD = 10, /* details: text, as /proc/PID/fdinfo has it */
	LINX_FD_SIGNALFD = 11, /* likewise */
};

/* Bits of linx_fd.flags. */
#define LINX_FD_CLOEXEC 0x1
#define LINX_FD_DELETED 0x2 /* the kernel put " (deleted)" at the end of the path */
#define LINX_FD_FOREIGN 0x4 /* descriptor of another process than the caller, of a call that succeeded */
#define LINX_FD_CLOSED 0x8 /* FILES: nothing is open under that number */

/* Value of linx_fd.fd for the working directory, AT_FDCWD. */
#define LINX_FD_CWD (-100)

/*
 * File that a descriptor refers to, in the task's own table at the moment of the record. There is one value for each
 * number. The path is that of /proc/PID/fd, seen from the task's root. If the rest of the value is too short for it,
 * its end is missing.
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
	__u16 path_len;
	__u16 detail; /* bytes of details */
};

/* Numbers in the byte order of the host, addresses in that of the network. */
struct linx_sock {
	__u16 family;
	__u16 type;
	__u16 protocol;
	__u8 state; /* the kernel's state: TCP_ESTABLISHED and so on, also for other protocols */
	__u8 name_len; /* UNIX: bytes of its own sun_path, which follow this structure */
	__u16 local_port, peer_port; /* INET, INET6 */
	__u32 portid; /* NETLINK */
	__u8 local[16], peer[16]; /* INET: the first four bytes */
	__u64 peer_ino; /* UNIX: inode of the other end; 0: none, or not known */
	char proto[32]; /* the kernel's name of the protocol: TCP, UDPv6, UNIX-STREAM; NUL-terminated */
};

/* Bits of linx_ctx.flags. */
#define LINX_CTX_THREAD 0x1 /* FORK: the child is a thread of the parent's process */
#define LINX_CTX_GROUP_DEAD 0x2 /* TASK_EXIT: the last thread of its process */
#define LINX_CTX_KERNEL 0x4 /* a kernel thread */
#define LINX_CTX_VM_SHARED 0x8 /* FORK: the child shares the address space (vfork, threads) */
#define LINX_CTX_FILES_SHARED 0x10 /* FORK: the child shares the table of descriptors */
#define LINX_CTX_FS_SHARED 0x20 /* FORK: the child shares the working directory */

/* Identity of a task. Ids are of the initial namespaces. */
struct linx_ctx {
	__u32 tid;
	__u32 pid;
	__u32 ppid;
	__u32 flags;
	__u32 uid;
	__u32 gid;
	__u32 euid;
	__u32 egid;
	__u64 start_time; /* ns since boot; together with the tid it identifies a task for good */
	__u32 code; /* TASK_EXIT: wait(2) status; EXEC: the tid before (a thread takes over the leader's) */
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
#define LINX_WHO_LAYER 0x20 /* LINX_WHO_UPPER is known for the executable */
#define LINX_WHO_UPPER 0x40 /* the executable lies in the upper layer of an overlay */

/*
 * Further attributes of a task; grows at its end. files and fs only mean that tasks with equal values share
 * descriptors, or directories, now. A task whose value changes got a copy of what it had.
 */
struct linx_who {
	__u64 process_start; /* linx_ctx.start_time of the first thread */
	__u64 files, fs; /* 0: none */
	__u32 flags;
	__u32 pgid, sid;
	__u32 tty; /* controlling terminal, encoded as in linx_file_id.dev; 0: none */
	__u32 loginuid, session_id; /* ids of the audit system; 0xffffffff: not set */
	__u32 ns_tid, ns_pid; /* in its own pid namespace */
	__u32 suid, sgid, fsuid, fsgid;
	__u64 cap_effective, cap_permitted, cap_inheritable, cap_bounding, cap_ambient;
	__u32 ns[LINX_NS_NR]; /* inode numbers of its namespaces, by enum linx_ns; 0: not known */
};

/* TASK_EXIT: usage of the thread, or of the process if it was the last thread. */
struct linx_usage {
	__u64 user_ns, system_ns; /* CPU times as in getrusage(2), not scaled */
	__u64 run_ns; /* time on a CPU */
	__u64 minor_faults, major_faults;
	__u64 voluntary, involuntary; /* context switches */
	__u64 max_rss; /* bytes; only for a process */
};

/* Values of linx_files_change.op. */
enum linx_files_op {
	LINX_FILES_TOLD = 0, /* values hold the descriptors as they are now, open or closed */
	LINX_FILES_CLOSED = 1, /* all from first to last were closed */
	LINX_FILES_MARKED = 2, /* all from first to last will be closed by exec */
	LINX_FILES_OPEN = 3, /* only the descriptors in LINX_FIELD_OPEN are open, as far as it reaches */
};

/* Bits of linx_files_change.flags, of a snapshot. */
#define LINX_FILES_FIRST 0x1 /* the table begins here */
#define LINX_FILES_LAST 0x2 /* the table ends here */

/*
 * State of a descriptor table at the record's time, which was taken before the table was read. The last record of
 * each descriptor is therefore right, whichever tasks share the table.
 */
struct linx_files_change {
	__u64 table; /* linx_who.files */
	__u32 op;
	__u32 flags;
	__u32 first, last;
};

/*
 * An operation of io_uring. ENTER: the kernel has taken it from the ring. EXIT: its result; with IORING_CQE_F_MORE
 * further results follow. nr and abi are those of the call that it stands for, with arguments made from the entry;
 * without such a call it is io_uring_enter without arguments. tid and pid are those of the submitter.
 */
struct linx_uring {
	__u64 id; /* identifies the operation in both records. 0: no EXIT follows */
	__u64 user_data;
	__u8 opcode; /* enum io_uring_op; as are flags, the kernel's own copy */
	__u8 flags; /* IOSQE_* */
	__u8 state; /* enum linx_state of entry; UNAVAILABLE: this kernel does not pass it, or the program has overwritten it */
	__u8 reserved;
	__u32 cqe_flags; /* EXIT: IORING_CQE_F_* */
	__u8 entry[64]; /* struct io_uring_sqe, read right after the kernel read it; only if state is WHOLE */
};

/*
 * An EXIT record that an engine makes of entry and return together: number and CPU of the entry's record. Both
 * numbers count. Reserved: no engine makes it yet.
 */
struct linx_joined {
	__u64 seq;
	__u32 cpu;
	__u32 reserved;
};

/*
 * MOVED: the ENTER record of a call whose EXIT follows, or of a call without EXIT. A filter that judges whole calls
 * decides when they return, when the entry's place in the file has passed. tid and pid are those of the EXIT; the
 * time is that of this place. The ENTER record follows, aligned to 8 bytes, with its own time; seq and cpu are its
 * original number and CPU. That number is among those left out there.
 */
struct linx_moved {
	__u64 seq;
	__u32 cpu;
	__u32 flags; /* LINX_MOVED_... */
};
#define LINX_MOVED_UNFINISHED 0x1 /* no EXIT belongs to it; the ENTER record alone is the event */
#define LINX_MOVED_CUT 0x2 /* with UNFINISHED: the call was under way when the recording ended */
#define LINX_MOVED_NO_TASK 0x4 /* with UNFINISHED: the tid had been given to a new task */
#define LINX_MOVED_EXEC 0x8 /* an exec is under way: the leader that ends in the next record makes way for its thread. No other meaning */

/* Bits of linx_signal.flags. */
#define LINX_SIGNAL_DELIVERED 0x1 /* the task acts on the signal now; otherwise it was sent a moment ago */
#define LINX_SIGNAL_IGNORED 0x2 /* sent and dropped, since the task ignores it: no delivery follows */
#define LINX_SIGNAL_FATAL 0x4 /* sent, and ends the process: no delivery follows */
#define LINX_SIGNAL_HANDLER 0x8 /* delivered to a handler in the program */
#define LINX_SIGNAL_DEFAULT 0x10 /* delivered, with the kernel's default action */

/* A signal is recorded when it is delivered, unless it is ignored or fatal when it is sent. */
struct linx_signal {
	__s32 signo;
	__u32 flags;
};

/* Cause of a lost record, used as an index; see docs/record-format.md. */
enum linx_lost {
	LINX_LOST_FULL = 0, /* no room: the reader is behind */
	LINX_LOST_NESTED = 1, /* a probe interrupted a probe on the same CPU */
	LINX_LOST_TOO_BIG = 2, /* longer than a record may be in this ring */
	LINX_LOST_NO_RING = 3, /* the CPU has no ring (came online after setup) */
	LINX_LOST_THROTTLE_CAP = 4, /* throttle mode: the waiting cap was reached */
	LINX_LOST_BUDGET = 5, /* the cost budget was used up */
	LINX_LOST_NR = 6,
	LINX_LOST_MAX = 8, /* size of arrays, with room for new causes */
};

struct linx_gap {
	__u64 first_seq; /* number of the first lost record; the GAP's own number is one past the last */
	__u64 first_time;
	__u64 last_time;
	__u64 lost[LINX_LOST_MAX]; /* lost records by cause, since the gap record before */
	__u64 lost_context; /* context records among them: TASK to TASK_EXIT, and FILES */
};

/* Values of linx_budget_step.from and .to. */
enum linx_budget_level {
	LINX_BUDGET_FULL = 0,
	LINX_BUDGET_SCALARS = 1, /* LINX_RF_SCALARS */
	LINX_BUDGET_COUNTS = 2, /* lost, LINX_LOST_BUDGET */
};

struct linx_budget_step {
	__u32 from, to;
	__u64 counted; /* events of this call that this CPU lost to the budget before */
};

struct linx_piece {
	__u32 offset; /* offset of these bytes in the whole value */
	__u16 size;
	__u8 arg; /* linx_val.arg of the head record's value that continues */
	__u8 nth; /* LINX_VAL_MEM: number of the value in the head record, from 1 on; offset does not count its address. Others: 0 */
};

/* One moment on all clocks, read together. */
struct linx_clock {
	__u64 stream; /* the stream's clock */
	__u64 realtime;
	__u64 monotonic;
	__u64 boottime;
};

/*
 * The table in a stream's header is text with one item on each line, so that a reader can
 * read the table of any other version; kmod/tables/syscalls.def describes the words.
 *   linx-table 1
 *   row <id> (<class> | <class> ...) <name>:<type>:<capture> ...
 *   nr <abi> <number> <name> <row id>
 * Words consist of letters, digits and _. A capture may end in words and numbers in
 * parentheses, with commas between them and no blanks.
 * (0) stands for no class. abi is x86_64, i386 or x32. Lines that begin with another
 * word, and abis that a reader does not know, are skipped.
 */
#define LINX_TABLE_MAGIC "linx-table 1\n"

#endif
