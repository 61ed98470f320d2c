/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The system call table as the encoder needs it: per call the number of
 * arguments and, per argument, what to copy. Made from tables/ at compile time.
 *
 * The room table/ holds the call table, variants that an argument selects, and layouts
 * of structures in user memory. All of it is constant after load: nothing here knows a
 * session or writes a record.
 */
#ifndef LINX_KMOD_TABLE_H
#define LINX_KMOD_TABLE_H

#include <linux/linx.h>
#include <linux/nospec.h>
#include <linux/types.h>
#include "shared/abi_facts.h"

/* How much is copied of what an argument points to; the words of syscalls.def without their direction. */
enum linx_cap {
	LINX_CAP_V = 0,
	LINX_CAP_STR,
	LINX_CAP_STRV,
	LINX_CAP_BUF, /* a buffer of argument n bytes */
	LINX_CAP_FIT, /* a buffer of as many bytes as the result says; nothing where that is more than argument n */
	LINX_CAP_LENP, /* a buffer, with a shape whatever it is; length: the u32 behind argument n */
	LINX_CAP_ALL, /* a buffer of argument n bytes, kept to its end: in pieces, if need be */
	LINX_CAP_MSG, /* a long, then a buffer of argument n bytes */
	LINX_CAP_BITS, /* longs for argument n less what bits */
	LINX_CAP_PAGES, /* a byte for each page of argument n bytes */
	LINX_CAP_IOC, /* a buffer of the size that the ioctl command in argument n encodes */
	LINX_CAP_AT, /* a buffer; length: the u32 that lies what bytes behind argument n */
	LINX_CAP_FIX, /* a buffer of what bytes: a known size, as that of the next one */
	LINX_CAP_ONE, /* a structure of the shape what */
	LINX_CAP_N, /* an array of argument n structures of the shape what */
	LINX_CAP_SZ, /* a structure whose size is argument n */
	LINX_CAP_ARGS, /* nothing itself: all arguments are members of the shape what */
	LINX_CAP_BY, /* an argument decides; see table/variant.h */
};

/* Behaviour of a row; the words of syscalls.def that matter here. */
#define LINX_ROW_FORK 0x01 /* a return in a child is no call of the child's */
#define LINX_ROW_EXEC 0x02 /* on success the arguments are gone at return */
#define LINX_ROW_CONTEXT 0x04 /* on success the task's context record is out of date */
#define LINX_ROW_PRIO 0x08 /* may use the reserved share of the ring */
#define LINX_ROW_OTHER 0x40 /* CONTEXT of the task that is the first argument too; set at load, as is the next */
#define LINX_ROW_OPTION 0x80 /* CONTEXT with some options of prctl(2) alone */
#define LINX_ROW_SIGRETURN 0x20 /* the stack has what it gives back */
#define LINX_ROW_ENTRYBY 0x10 /* entries only where something is read and written: linx_row.entry; not set after load */
#define LINX_ROW_RECVMSG 0x10 /* set at load, after that: with MSG_TRUNC in LINX_RECVMSG_FLAGS it may have filled nothing */

/* When it is copied. */
#define LINX_DIR_IN 1 /* at entry, and at return */
#define LINX_DIR_OUT 2 /* at the return of a call that succeeded */
#define LINX_DIR_ERR 4 /* at the return of a call that failed */

/* One argument: what to copy and, where the kind has one, an argument n and a size or shape. */
#define LINX_ARGDEF(cap, dir, n, what) ((u32)(cap) | (dir) << 5 | (n) << 12 | (u32)(what) << 16)
#define LINX_ARGDEF_CAP(def) ((def) & 0x1f)
#define LINX_ARGDEF_DIR(def) ((def) >> 5 & 7)
#define LINX_ARGDEF_INT 0x100 /* an int on every ABI: its upper half means nothing */
#define LINX_ARGDEF_SOCKADDR 0x200 /* kept whole, whatever the limit for buffers */
#define LINX_FAST_VALUE_MAX 1024 /* structures up to this size may take the fast path of capture/encode.c */
#define LINX_SIMPLE_MAX 256 /* and one shorter than this the shortest, of a single value */
/* Room for a record with a structure, four members of it, and as many buffers as such an array can name. */
#define LINX_SHAPE_ROOM ((5 + LINX_SIMPLE_MAX / 16) * (LINX_SIMPLE_MAX + 32))
#define LINX_SETS 3
#define LINX_FOLLOW_MAX 4096 /* room that values of members need in a record beside the memory itself */
#define LINX_ARGDEF_ENVP 0x400 /* kept only on request */
#define LINX_ARGDEF_PATH 0x800 /* a path in a buffer: limited as strings are */
#define LINX_ARGDEF_TYPE 0xf00 /* these four */
#define LINX_ARGDEF_N(def) ((def) >> 12 & 0xf)
#define LINX_ARGDEF_WHAT(def) ((def) >> 16 & 0x3fff)
#define LINX_ARGDEF_32BIT 0x40000000u /* argument n is an int; set at load */
/*
 * The length is the result, at most argument n: with MSG_TRUNC, or where a size of 0 asks
 * for the length, the result is larger than what was written.
 */
#define LINX_ARGDEF_RESULT 0x80000000u

/* struct linx_val as one word: the size is its lowest part, the original length its highest. */
#define LINX_VAL_HEAD(size, arg, info, orig) ((size) | (u32)(arg) << 16 | (u32)(info) << 24 | (u64)(orig) << 32)

/* Arguments of READ and WRITE: a descriptor, the buffer, how many bytes of it. */
#define LINX_BYTES_ARGS 3
#define LINX_BYTES_BUF 1
#define LINX_BYTES_LEN 2
#define LINX_RECV_FLAGS 3 /* of RECV */
#define LINX_RECVMSG_FLAGS 2
#define LINX_RECV_ADDR 4 /* address buffer; the next argument points to its length */

/* The path of a call's records in a session that is alone; syscall/fast.c. */
enum linx_fast_path {
	LINX_FAST_PLAIN_MAX = LINX_NARGS, /* up to here: registers alone, as many arguments as the number says */
	LINX_FAST_READ, /* a descriptor, a buffer that the call fills and its size: LINX_BYTES_ARGS */
	LINX_FAST_WRITE, /* a descriptor, a buffer that the call reads and its size: LINX_BYTES_ARGS */
	LINX_FAST_BUF, /* one value: a buffer */
	LINX_FAST_ADDR, /* a socket's address */
	LINX_FAST_STR, /* a string */
	LINX_FAST_FIX, /* a structure */
	LINX_FAST_ARR, /* an array */
	LINX_FAST_STAT, /* two values: a string and a structure */
	LINX_FAST_OPENED, /* STR, and what was opened: linx_fd_resolved() */
	LINX_FAST_PEER, /* ADDR, and the peer of the socket */
	LINX_FAST_SHAPE, /* a structure, and what it points to is no more than buffers; of RECVMSG, if nothing was thrown away */
	LINX_FAST_BUFFERS, /* an array of buffers */
	LINX_FAST_FEW, /* few values of any of these kinds */
	LINX_FAST_SETS, /* LINX_SETS sets of bits of one size, and a structure behind them */
	LINX_FAST_MORE, /* few values of any kind, and what they point to */
	LINX_FAST_VARIANT, /* an argument decides */
	LINX_FAST_RESOLVED, /* FEW, and what was opened or the peer */
	LINX_FAST_VARIANT_MANY, /* an argument of many values decides */
	LINX_FAST_RECV, /* READ with LINX_RECV_ADDR: if that is null, nothing was thrown away and the socket is not netlink; an entry if it is not */
	LINX_FAST_MESSAGE, /* SHAPE, FEW or MORE, if nothing was thrown away and the socket is not one of netlink */
	LINX_FAST_FDS, /* few values of any kind, and the descriptors that registers are, where a session tells them */
	LINX_FAST_FORK, /* a call that makes a task: registers alone, or few values */
	LINX_FAST_FORK_SHAPE, /* a call that makes a task, with a structure as SHAPE's */
	LINX_FAST_NONE, /* an entry of which there is no record; a return that sampling may leave out */
	LINX_FAST_SLOW, /* anything: left to the slow path */
	LINX_FAST_MASK = 0x1f,
	/* Flags of a session that does more than record: not with SLOW. */
	LINX_FAST_TIMED = 0x20, /* keeps the time of entry */
	LINX_FAST_FILTERED = 0x40, /* filters; alone: by linx_session.tgid_only */
	LINX_FAST_FILTERED_SLOW = 0x80, /* with FILTERED: by more than that */
	LINX_FAST_BUDGET = 0x100, /* counted against a budget: of an entry with FILTERED_SLOW, of a return with SPECIAL, without FILTERED */
	/*
	 * A return's path is the one of its kind that looks for headers of HTTP. With NONE: sampling may leave the return out.
	 * With BUDGET: neither.
	 */
	LINX_FAST_SPECIAL = 0x8000,
};

/* Calls that have an entry record under LINX_SELECT_CHOSEN. */
enum linx_entry {
	LINX_ENTRY_ALL,
	LINX_ENTRY_NONE,
	LINX_ENTRY_POINTER, /* and up: those whose argument 0 and up, which is read and written, is not null */
};

struct linx_row {
	u8 nargs;
	u8 in; /* bits of the arguments with something to copy at entry; set at load, as is all up to arg */
	u8 out; /* ... after success */
	u8 err; /* ... after failure */
	u8 flags; /* LINX_ROW_* */
	u8 follow; /* bits of the arguments that are structures whose members are followed */
	u8 enter_few; /* with so many values at most */
	u8 exit_few; /* how many values there can be at return, if there is a fast path for each; else 0 */
	u8 entry; /* under LINX_SELECT_CHOSEN: LINX_ENTRY_* */
	u8 files; /* changes the table of descriptors: see task/fd_table.c; 0: does not */
	u8 one, two; /* first and second argument with something to copy */
	u8 enter_fast, exit_fast; /* enum linx_fast_path, for sessions that are alone, with limits below LINX_SIMPLE_MAX */
	u16 selector; /* an argument decides what is captured: see table/variant.h; 0: none does */
	u32 arg[LINX_NARGS]; /* LINX_ARGDEF() */
	/*
	 * The low half of LINX_VAL_HEAD(), as far as it is known: of FIX and ONE
	 * on x86_64 all of it; of an array with the size of an element there; of a BUF
	 * without kind and state, with the argument of its length; of a STR and of BITS
	 * without the size. 0: no fast path.
	 */
	u32 fixed[LINX_NARGS];
} __aligned(64);

static_assert(sizeof(struct linx_row) == 64); /* a cache line */

/* Is there nothing to it but registers? */
static __always_inline bool linx_row_plain(const struct linx_row *row)
{
	return row->exit_fast <= LINX_FAST_PLAIN_MAX;
}

static_assert(LINX_CAP_ONE == LINX_CAP_FIX + 1); /* linx_cap_fixed() */
static_assert(LINX_CAP_BY <= LINX_ARGDEF_CAP(~0u)); /* all kinds fit into a definition */

/* Is it always of the same size? */
static __always_inline bool linx_cap_fixed(u32 cap)
{
	return cap - LINX_CAP_FIX <= LINX_CAP_ONE - LINX_CAP_FIX;
}

/* An element whose index needs no check. */
#define LINX_ROW_ARG(row, i) (*((row)->arg + (i)))

extern struct linx_row linx_rows[]; /* constant once loaded */
extern const u16 linx_row_of[LINX_ABI_NR][LINX_NR_MAX];

/*
 * A call of any ABI as one number below LINX_KEYS, whatever number a task gave:
 * index into everything that is laid out as [abi][number], be it words of bits,
 * rows or counters.
 */
#define LINX_KEYS (LINX_ABI_NR * LINX_NR_MAX)

/* A key below LINX_NR_MAX is of the machine's own ABI. */
static_assert(LINX_ABI_X86_64 == 0 && LINX_ABI_ARM64 % LINX_ABI_NR == 0);

static __always_inline u32 linx_key(u32 abi, long nr)
{
	if (unlikely((unsigned long)nr >= LINX_NR_OTHER))
		return abi * LINX_NR_MAX + LINX_NR_OTHER;
	return abi * LINX_NR_MAX + array_index_nospec((unsigned long)nr, LINX_NR_OTHER);
}

static __always_inline const struct linx_row *linx_table_row(u32 key)
{
	return &linx_rows[(&linx_row_of[0][0])[key]];
}

/* Completes a row with all that follows from its captures. At load. */
void linx_row_complete(struct linx_row *row);
/* Once, before anything else looks at the rows. */
void linx_table_init(void);
/* The table as text, for user space. */
const char *linx_table_borrow_text(size_t *len);
u64 linx_table_hash(void);

#endif
