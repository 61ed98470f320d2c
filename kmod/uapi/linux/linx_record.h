/* SPDX-License-Identifier: (GPL-2.0-only WITH Linux-syscall-note) OR LGPL-2.1-or-later */
/*
 * linx record format: what stands in the rings and, unchanged, in capture files.
 *
 * Everything is native endian and 8-byte aligned. A reader skips a record kind
 * that it does not know by its length. Fields are only ever appended; a change
 * of meaning raises LINX_FORMAT_MAJOR. docs/record-format.md tells the same in
 * prose, tests/abi pins the layout.
 */
#ifndef _LINUX_LINX_RECORD_H
#define _LINUX_LINX_RECORD_H

#include <linux/types.h>

#define LINX_FORMAT_MAJOR 2
#define LINX_FORMAT_MINOR 2

/* No record is longer than this, nor than half of its ring. */
#define LINX_REC_MAX 32768u
/* User memory that one record can carry; longer values continue in pieces. */
#define LINX_REC_USER_MAX 16384u
/* The most of one value that a record and its pieces carry together, and of all buffers of a call. */
#define LINX_PIECES_MAX 262144u

/* Number of arguments that a system call can have. */
#define LINX_NARGS 6

/* linx_rec.kind */
enum linx_rec_kind {
	LINX_REC_PAD = 0, /* no meaning, skip */
	LINX_REC_ENTER = 1, /* system call entry: args[], values */
	LINX_REC_EXIT = 2, /* system call return: ret, args[], entry time, values */
	LINX_REC_TASK = 3, /* context of a task that the session had not met: linx_ctx, values */
	LINX_REC_FORK = 4, /* header: the parent; linx_ctx: the child */
	LINX_REC_EXEC = 5, /* after a successful execve: linx_ctx, values */
	LINX_REC_TASK_EXIT = 6, /* a task ended: linx_ctx with its exit code */
	LINX_REC_GAP = 7, /* records were lost just before this one: linx_gap */
	LINX_REC_PIECE = 8, /* continues a value of the record before: linx_piece, bytes */
	LINX_REC_SIGNAL = 9, /* a signal for the task of the header: linx_signal, values */
	LINX_REC_FILES = 10, /* descriptors of the task of the header changed: linx_files_change, values */
	LINX_REC_BUDGET = 11, /* from here on, on this CPU, more or less of the header's call is recorded: linx_budget_step */
	LINX_REC_HTTP = 12, /* reserved for requests and answers of HTTP; not made yet */
	LINX_REC_MOVED = 13, /* capture files: an ENTER from another place: linx_moved, that record */
};

/*
 * linx_rec.abi: by which of its machine's tables of numbers the call's is meant,
 * which is the value here modulo LINX_ABI_NR; of which machine tells the table in
 * the stream's header. All that is counted or chosen by ABI has LINX_ABI_NR places.
 */
enum linx_abi {
	LINX_ABI_X86_64 = 0,
	LINX_ABI_I386 = 1, /* int 0x80, sysenter; also from 64-bit code */
	LINX_ABI_X32 = 2, /* numbers are without __X32_SYSCALL_BIT */
	LINX_ABI_NR = 3,
	LINX_ABI_ARM64 = 3,
	LINX_ABI_ARM = 4, /* EABI */
};

/* linx_rec.flags */
#define LINX_RF_ENTRY_TIME 0x0001 /* the entry time stands after the arguments */
#define LINX_RF_NO_SLOT 0x0002 /* entry time was asked for, but is not known */
#define LINX_RF_MORE 0x0004 /* the next record on this CPU belongs to this one */
#define LINX_RF_CPU_TIME 0x0010 /* with ENTRY_TIME: it is as long before the return as the task ran meanwhile */
#define LINX_RF_ARGS_GONE 0x0008 /* the arguments are not known: a successful exec, an operation of io_uring on Linux 5 */
#define LINX_RF_URING 0x0020 /* ENTER, EXIT: no call, but an operation of io_uring like it: LINX_FIELD_URING */
#define LINX_RF_IF_RESULT 0x0040 /* with URING, ENTER: filters look at the result; an event only if there is an EXIT */
#define LINX_RF_SCALARS 0x0080 /* the budget left out what the arguments point to */

/*
 * Head of every record, 24 bytes. The numbers of records count, per CPU and from
 * 0, each record that the filters selected, whether it could be written or was
 * lost. GAP, PAD and MOVED do not count and carry the number of the record that
 * follows; PIECE does not count and carries that of its head. The lower half of the number
 * stands here: the upper one is that of the record before, one more if the lower
 * half is less than it was there, or what a GAP tells. Of which CPU a record is
 * tell the ring, and the block of a file, where it stands. Ids of tasks are below
 * 2^22 (PID_MAX_LIMIT of include/linux/threads.h).
 */
struct linx_rec {
	__u32 nargs : 3; /* ENTER, EXIT: arguments that follow */
	__u32 words : 13; /* length of the whole record, in units of 8 bytes */
	__u32 flags : 8;
	__u32 kind : 8;
	__u32 seq; /* lower half of its number */
	__u64 time; /* ns of the stream's clock; never steps back within a CPU */
	__u32 tid : 22; /* initial pid namespace */
	__u32 nr : 10; /* ENTER, EXIT, BUDGET: system call number, or LINX_REC_NR_OTHER; else that */
	__u32 pid : 22; /* thread group, initial pid namespace */
	__u32 abi : 2; /* ENTER, EXIT, BUDGET */
	__u32 nvals : 8; /* values that follow */
};
/* linx_rec.nr: another number, which LINX_FIELD_NR tells; without that none, which is -1. */
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
	LINX_TRUNCATED = 2, /* orig tells the original length */
	LINX_UNREADABLE = 3, /* the memory could not be read; what was read before stands here */
	LINX_LATE = 4, /* unreadable at entry, read at return */
	LINX_UNAVAILABLE = 5, /* this kernel, or this moment, cannot tell */
	LINX_ABSENT = 6, /* nothing there, such as a null pointer */
};

/* Shape of a captured value's bytes. Meaning is the table's, not the record's. */
enum linx_val_kind {
	LINX_VAL_BYTES = 1, /* bytes as they were */
	LINX_VAL_STR = 2, /* a string without its terminating NUL */
	LINX_VAL_STRV = 3, /* struct linx_strv, then strings, each with its NUL */
	LINX_VAL_STRINGS = 4, /* strings, each with its NUL, as they lie in memory */
	LINX_VAL_MEM = 5, /* __u64 address, then the bytes there: what a member points to */
	LINX_VAL_MEMSTR = 6, /* __u64 address, then the string there, without its NUL */
	LINX_VAL_FD = 7, /* struct linx_fd, its details padded to 8, its path */
};

/*
 * linx_val.arg: 0 to 5 is the system call's argument, else one of these. One
 * value of each, but any number of MEM and MEMSTR: they are what structures
 * behind that argument point to.
 */
enum linx_field {
	LINX_FIELD_CHANGED = 15, /* BYTES: __u64: flags of the call that a tracer kept from the kernel: of clone and clone3 CLONE_UNTRACED */
	LINX_FIELD_EXE = 16, /* STR: path of the executable */
	LINX_FIELD_CWD = 17, /* STR: working directory; unavailable, BYTES: struct linx_file_id of it, if that is known */
	LINX_FIELD_ARGV = 18, /* STRINGS: command line */
	LINX_FIELD_ENVP = 19, /* STRINGS: environment */
	LINX_FIELD_FILENAME = 20, /* STR: exec: the path as the kernel copied it */
	LINX_FIELD_INTERP = 21, /* STR: exec: the program that really runs, if a script was named */
	LINX_FIELD_EXE_ID = 22, /* BYTES: struct linx_exe_id, or its file alone */
	LINX_FIELD_POINTER = 23, /* BYTES: __u64: where the program goes on after this call or signal */
	LINX_FIELD_SIGINFO = 24, /* BYTES: signal: siginfo_t of a 64-bit program, without what is zero behind it */
	LINX_FIELD_SIGMASK = 25, /* BYTES: sigreturn, at entry: the mask that it gives back, 8 bytes */
	LINX_FIELD_WHO = 26, /* BYTES: struct linx_who, as much of it as the kernel side knows */
	LINX_FIELD_CGROUP = 27, /* STR: path of its cgroup */
	LINX_FIELD_USAGE = 28, /* BYTES: struct linx_usage */
	LINX_FIELD_OPEN = 29, /* BYTES: bit n: descriptor n is open */
	LINX_FIELD_URING = 30, /* BYTES: struct linx_uring, at EXIT without the entry */
	LINX_FIELD_NR = 31, /* BYTES: __s32: system call number as the kernel saw it, x32 without its bit */
	LINX_FIELD_FD = 32, /* FD: what argument 0 is; the next five: argument 1 to 5 */
	LINX_FIELD_FD_RESULT = 38, /* FD: what the result is */
	LINX_FIELD_FD_MEMORY = 39, /* FD: a number that stands in captured memory */
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

/* Head of a LINX_VAL_STRV. stored < count: the rest was not read (see the state). */
struct linx_strv {
	__u32 count; /* strings in the vector, as far as it was walked */
	__u32 stored; /* strings that follow; the last may be cut if the value is truncated */
	__u64 unread; /* address of the string that could not be read; 0: none, or the vector itself */
};

struct linx_file_id {
	__u64 dev; /* kernel-internal encoding: major << 20 | minor */
	__u64 ino;
};

/* An executable. Appended to only. */
struct linx_exe_id {
	struct linx_file_id file;
	__s64 mtime; /* ns since 1970: when it was written, and when its inode was changed */
	__s64 ctime;
};

enum linx_fd_type {
	LINX_FD_OTHER = 0,
	LINX_FD_FILE = 1,
	LINX_FD_DIR = 2,
	LINX_FD_CHAR = 3,
	LINX_FD_BLOCK = 4,
	LINX_FD_PIPE = 5, /* with a name or without */
	LINX_FD_SOCKET = 6, /* details: struct linx_sock, then its name */
	LINX_FD_LINK = 7,
	LINX_FD_ANON = 8, /* no file: its path says what it is */
	LINX_FD_PIDFD = 9,
	LINX_FD_EVENTFD = 10, /* details: text, as /proc/PID/fdinfo has it */
	LINX_FD_SIGNALFD = 11, /* likewise */
};

/* linx_fd.flags */
#define LINX_FD_CLOEXEC 0x1
#define LINX_FD_DELETED 0x2 /* the kernel put " (deleted)" at the end of the path */
#define LINX_FD_FOREIGN 0x4 /* descriptor of another process than the caller: of a call that succeeded */
#define LINX_FD_CLOSED 0x8 /* FILES: nothing is open under that number */

/* linx_fd.fd: no descriptor but the working directory, AT_FDCWD */
#define LINX_FD_CWD (-100)

/*
 * File that a descriptor refers to, in the task's own table at the moment of the record.
 * One for each number. The path is as /proc/PID/fd has it, seen from the task's root; if
 * it is longer than what is left of the value, its end is missing.
 */
struct linx_fd {
	__s32 fd;
	__u8 type; /* enum linx_fd_type */
	__u8 path_state; /* enum linx_state; ABSENT: it was not asked for */
	__u16 flags;
	__u64 dev; /* device as in linx_file_id */
	__u64 ino;
	__u64 rdev; /* CHAR, BLOCK: the device, encoded as dev */
	__u32 pid; /* PIDFD: the process, in the initial namespace; 0: gone */
	__u16 path_len;
	__u16 detail; /* bytes of details */
};

/* Numbers in the byte order of the host, addresses in that of the network. */
struct linx_sock {
	__u16 family;
	__u16 type;
	__u16 protocol;
	__u8 state; /* the kernel's: TCP_ESTABLISHED and so on, also for other protocols */
	__u8 name_len; /* UNIX: bytes of its own sun_path, which follow */
	__u16 local_port, peer_port; /* INET, INET6 */
	__u32 portid; /* NETLINK */
	__u8 local[16], peer[16]; /* INET: the first four bytes */
	__u64 peer_ino; /* UNIX: inode of the other end; 0: none, or not known */
	char proto[32]; /* the kernel's name of its protocol: TCP, UDPv6, UNIX-STREAM; NUL-terminated */
};

/* linx_ctx.flags */
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
	__u64 start_time; /* ns since boot; with the tid it names a task for good */
	__u32 code; /* TASK_EXIT: wait(2) status; EXEC: the tid before (a non-leader takes the leader's) */
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

/* linx_who.flags */
#define LINX_WHO_REAPER 0x1 /* a child subreaper: children of descendants that end become its own */
#define LINX_WHO_CHROOT 0x2 /* the task's root is no root of a mount */
#define LINX_WHO_MEMFD 0x4 /* the executable lies in a memfd */
#define LINX_WHO_DELETED 0x8 /* the executable has no name any more */
#define LINX_WHO_NO_TTY 0x10 /* the terminal is not told: this kernel cannot, or others had its lock */
#define LINX_WHO_LAYER 0x20 /* LINX_WHO_UPPER tells of the executable */
#define LINX_WHO_UPPER 0x40 /* the executable lies in the upper layer of an overlay */

/*
 * The rest of who a task is; grows at its end. files and fs mean nothing but
 * that tasks with the same one share descriptors, or directories, now; a task
 * whose number changes has a copy of what it had.
 */
struct linx_who {
	__u64 process_start; /* linx_ctx.start_time of the first thread */
	__u64 files, fs; /* 0: none */
	__u32 flags;
	__u32 pgid, sid;
	__u32 tty; /* controlling terminal, encoded as linx_file_id.dev; 0: none */
	__u32 loginuid, session_id; /* ids of audit; 0xffffffff: not set */
	__u32 ns_tid, ns_pid; /* in its own pid namespace */
	__u32 suid, sgid, fsuid, fsgid;
	__u64 cap_effective, cap_permitted, cap_inheritable, cap_bounding, cap_ambient;
	__u32 ns[LINX_NS_NR]; /* inode numbers of its namespaces, by enum linx_ns; 0: not known */
};

/* TASK_EXIT: of the thread, or of the process if it was the last one. */
struct linx_usage {
	__u64 user_ns, system_ns; /* CPU times as getrusage(2) counts, not scaled */
	__u64 run_ns; /* on a CPU */
	__u64 minor_faults, major_faults;
	__u64 voluntary, involuntary; /* context switches */
	__u64 max_rss; /* bytes; process alone */
};

/* linx_files_change.op */
enum linx_files_op {
	LINX_FILES_TOLD = 0, /* values tell what descriptors are now, or that they are closed */
	LINX_FILES_CLOSED = 1, /* all from first to last are closed */
	LINX_FILES_MARKED = 2, /* all from first to last are to be closed by exec */
	LINX_FILES_OPEN = 3, /* no others are open than LINX_FIELD_OPEN says, as far as it reaches */
};

/* linx_files_change.flags: of a snapshot */
#define LINX_FILES_FIRST 0x1 /* the table begins here */
#define LINX_FILES_LAST 0x2 /* and ends here */

/*
 * State of the table when the record was made: read after the record's time was taken. So
 * the last one of each descriptor is right, whoever shares the table.
 */
struct linx_files_change {
	__u64 table; /* linx_who.files */
	__u32 op;
	__u32 flags;
	__u32 first, last;
};

/*
 * An operation of io_uring. ENTER: the kernel has taken it from the ring; EXIT:
 * its result, with IORING_CQE_F_MORE not the last one. nr and abi are those of
 * the call that it stands for, arguments are made of the entry; without such a
 * call it is io_uring_enter without arguments. Task and process are those that
 * submitted it.
 */
struct linx_uring {
	__u64 id; /* names it: the same in both records. 0: no EXIT will come */
	__u64 user_data;
	__u8 opcode; /* enum io_uring_op; as are flags, the kernel's own copy */
	__u8 flags; /* IOSQE_* */
	__u8 state; /* enum linx_state of entry; UNAVAILABLE: this kernel does not show it, or it was written over */
	__u8 reserved;
	__u32 cqe_flags; /* EXIT: IORING_CQE_F_* */
	__u8 entry[64]; /* struct io_uring_sqe, read just after the kernel had read it; if state is WHOLE */
};

/*
 * An EXIT record that an engine made of entry and return together: number and CPU that
 * the entry's record had. Both numbers count. Reserved: no engine makes it yet.
 */
struct linx_joined {
	__u64 seq;
	__u32 cpu;
	__u32 reserved;
};

/*
 * MOVED: the ENTER record of a call whose EXIT stands behind this one, or which had no EXIT.
 * A filter that judges whole calls decides when they return; by then the entry's place in
 * the file is over. tid and pid are those of the EXIT, the time is that of this place. The
 * record follows, 8-byte aligned, with its own time; seq and cpu tell where it stood. That
 * number is among those that were left out.
 */
struct linx_moved {
	__u64 seq;
	__u32 cpu;
	__u32 flags; /* LINX_MOVED_... */
};
#define LINX_MOVED_UNFINISHED 0x1 /* no EXIT belongs to it: it makes the event */
#define LINX_MOVED_CUT 0x2 /* with UNFINISHED: the call was under way when the recording ended */
#define LINX_MOVED_NO_TASK 0x4 /* with UNFINISHED: the id had a new owner by then */
#define LINX_MOVED_EXEC 0x8 /* an exec under way: the leader that ends in the record behind makes way for its thread. Tells nothing else */

/* linx_signal.flags */
#define LINX_SIGNAL_DELIVERED 0x1 /* the task acts on it now; otherwise it was sent a moment ago */
#define LINX_SIGNAL_IGNORED 0x2 /* sent and dropped, since the task ignores it: it will not be delivered */
#define LINX_SIGNAL_FATAL 0x4 /* sent, and ends the process: it will not be delivered */
#define LINX_SIGNAL_HANDLER 0x8 /* delivered to a function of the program */
#define LINX_SIGNAL_DEFAULT 0x10 /* delivered, and the kernel does what is usual with it */

/* Signals that are neither ignored nor fatal when they are sent are recorded when they are delivered. */
struct linx_signal {
	__s32 signo;
	__u32 flags;
};

/* Why a selected record is missing. Used as an index; see docs/record-format.md. */
enum linx_lost {
	LINX_LOST_FULL = 0, /* no room: the reader is behind */
	LINX_LOST_NESTED = 1, /* a probe interrupted a probe on the same CPU */
	LINX_LOST_TOO_BIG = 2, /* longer than a record may be in this ring */
	LINX_LOST_NO_RING = 3, /* the CPU has no ring (came online after setup) */
	LINX_LOST_THROTTLE_CAP = 4, /* throttle mode: the waiting cap was reached */
	LINX_LOST_BUDGET = 5, /* the cost budget was used up */
	LINX_LOST_NR = 6,
	LINX_LOST_MAX = 8, /* room in the structures */
};

struct linx_gap {
	__u64 first_seq; /* number of the first lost record; that of the GAP is one past the last */
	__u64 first_time;
	__u64 last_time;
	__u64 lost[LINX_LOST_MAX]; /* by cause, since the gap record before */
	__u64 lost_context; /* context records among these: TASK to TASK_EXIT, and FILES */
};

/* linx_budget_step.from, .to */
enum linx_budget_level {
	LINX_BUDGET_FULL = 0,
	LINX_BUDGET_SCALARS = 1, /* LINX_RF_SCALARS */
	LINX_BUDGET_COUNTS = 2, /* lost, LINX_LOST_BUDGET */
};

struct linx_budget_step {
	__u32 from, to;
	__u64 counted; /* events of this call on this CPU that were lost to the budget before */
};

struct linx_piece {
	__u32 offset; /* offset of these bytes in the whole value */
	__u16 size;
	__u8 arg; /* which value of the head record continues: its linx_val.arg */
	__u8 nth; /* LINX_VAL_MEM: which of the head's values, counted from 1; offset is without its address. Others: 0 */
};

/* One moment on every clock, read together. */
struct linx_clock {
	__u64 stream; /* the stream's clock */
	__u64 realtime;
	__u64 monotonic;
	__u64 boottime;
};

/*
 * The table that travels with a stream is text, one item a line, so that any
 * version can read any other's; kmod/tables/syscalls.def describes the words.
 *   linx-table 1
 *   row <id> (<class> | <class> ...) <name>:<type>:<capture> ...
 *   nr <abi> <number> <name> <row id>
 * Words are letters, digits and _; a capture may end in words and numbers in
 * parentheses, with commas between them and no blanks.
 * No class is (0). abi is x86_64, i386 or x32. Lines that begin with another
 * word, and abis that a reader does not know, are skipped.
 */
#define LINX_TABLE_MAGIC "linx-table 1\n"

#endif
