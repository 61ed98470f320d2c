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
#include "shared/row.h"

#define LINX_FAST_VALUE_MAX 1024 /* structures up to this size may take the fast path of capture/encode.c */
#define LINX_SIMPLE_MAX 256 /* and one shorter than this the shortest, of a single value */
/* Room for a record with a structure, four members of it, and as many buffers as such an array can name. */
#define LINX_SHAPE_ROOM ((5 + LINX_SIMPLE_MAX / 16) * (LINX_SIMPLE_MAX + 32))
#define LINX_SETS 3
#define LINX_FOLLOW_MAX 4096 /* room that values of members need in a record beside the memory itself */

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

struct linx_row {
	u8 nargs;
	u8 in; /* bits of the arguments with something to copy at entry; set at load, as is all up to arg */
	u8 out; /* ... after success */
	u8 err; /* ... after failure */
	u8 flags; /* LINX_ROW_*, as far as they fit: the module needs no others */
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

static_assert(LINX_COPY_ONE == LINX_COPY_FIX + 1); /* linx_cap_fixed() */

/* Is it always of the same size? */
static __always_inline bool linx_cap_fixed(u32 cap)
{
	return cap - LINX_COPY_FIX <= LINX_COPY_ONE - LINX_COPY_FIX;
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
