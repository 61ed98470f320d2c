/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The system call table as the encoder needs it: for each call the number of arguments and, for each argument, what
 * to copy. Made from tables/ at compile time.
 *
 * The directory table/ holds the call table, variants that an argument selects, and layouts of structures in user
 * memory. All of it is constant after load; nothing here knows a session or writes a record.
 */
#ifndef LINX_KMOD_TABLE_H
#define LINX_KMOD_TABLE_H

#include <linux/linx.h>
#include <linux/nospec.h>
#include <linux/types.h>
#include "shared/abi_facts.h"
#include "shared/row.h"

#define LINX_FAST_VALUE_MAX 1024 /* largest structure on the fast path of capture/encode.c */
#define LINX_SIMPLE_MAX 256 /* the shortest paths, those for single values, can write values below this size */
/* Room for a record with a structure, four members of it, and as many buffers as an array of LINX_SIMPLE_MAX bytes holds. */
#define LINX_SHAPE_ROOM ((5 + LINX_SIMPLE_MAX / 16) * (LINX_SIMPLE_MAX + 32))
#define LINX_SETS 3
#define LINX_FOLLOW_MAX 4096 /* room in a record for struct linx_val of the values of members */

/* struct linx_val as one word: the size in its lowest part, the original length in its highest. */
#define LINX_VAL_HEAD(size, arg, info, orig) ((size) | (u32)(arg) << 16 | (u32)(info) << 24 | (u64)(orig) << 32)

/* Number of arguments of a call with LINX_FAST_READ or LINX_FAST_WRITE: a descriptor, a buffer, its length. */
#define LINX_BYTES_ARGS 3
#define LINX_BYTES_BUF 1
#define LINX_BYTES_LEN 2
#define LINX_RECV_FLAGS 3 /* argument of a call with LINX_FAST_RECV that has the flags */
#define LINX_RECVMSG_FLAGS 2
#define LINX_RECV_ADDR 4 /* argument of LINX_FAST_RECV with the address buffer; the next one points to its length */

/* Ways to write the records of a call: by a path (a function of syscall/fast.c), or by the slow path. */
enum linx_fast_path {
	LINX_FAST_COUNT = 0, /* used with LINX_FAST_SPECIAL: the return is only counted */
	LINX_FAST_PLAIN_MAX = LINX_NARGS, /* 0 to this value: scalars alone; the value is the number of arguments */
	LINX_FAST_READ, /* a descriptor, a buffer that the call fills and its size: LINX_BYTES_ARGS */
	LINX_FAST_WRITE, /* a descriptor, a buffer that the call reads and its size: LINX_BYTES_ARGS */
	LINX_FAST_BUF, /* one value: a buffer */
	LINX_FAST_ADDR, /* a socket's address */
	LINX_FAST_STR, /* a string */
	LINX_FAST_FIX, /* a structure */
	LINX_FAST_ARR, /* an array */
	LINX_FAST_STAT, /* two values: a string and a structure */
	LINX_FAST_OPENED, /* a string (LINX_FAST_STR), and the file that was opened: linx_fd_resolved() */
	LINX_FAST_PEER, /* an address (LINX_FAST_ADDR), and the peer of the socket */
	/* a structure that points only to buffers; in a row with LINX_ROW_RECVMSG only if no data were thrown away */
	LINX_FAST_SHAPE,
	LINX_FAST_BUFFERS, /* an array of buffers */
	LINX_FAST_FEW, /* few values of kinds that need no function call */
	LINX_FAST_SETS, /* LINX_SETS sets of bits of one size, and a structure as the next argument */
	LINX_FAST_MORE, /* few values of any kind, and what they point to */
	LINX_FAST_VARIANT, /* an argument selects another row for the call */
	LINX_FAST_RESOLVED, /* values as for FEW, and the file that was opened or the peer of the socket */
	LINX_FAST_VARIANT_MANY, /* like VARIANT, for an argument of which nearly every value has a row */
	LINX_FAST_RECV, /* recvfrom: like READ, where no address buffer is passed and the socket is not netlink */
	LINX_FAST_MESSAGE, /* SHAPE, FEW or MORE, if no data were thrown away and the socket is not netlink */
	LINX_FAST_FDS, /* few values of any kind, and the descriptors in registers, where a session records them */
	LINX_FAST_FORK, /* a call that makes a task, with scalars alone or few values */
	LINX_FAST_FORK_SHAPE, /* a call that makes a task, with a structure as for SHAPE */
	LINX_FAST_NONE, /* an entry that has no record; a return that sampling or LINX_SETUP_COUNT may leave out */
	LINX_FAST_SLOW, /* any record: the slow path */
	LINX_FAST_MASK = 0x1f,
	/* Flags of a session that does more than record; not combined with SLOW. */
	LINX_FAST_TIMED = 0x20, /* entry times are kept */
	LINX_FAST_FILTERED = 0x40, /* filters apply; without FILTERED_SLOW only the list of processes, tgid_only */
	LINX_FAST_FILTERED_SLOW = 0x80, /* with FILTERED: filters other than the list of processes apply */
	LINX_FAST_BUDGET = 0x100, /* a budget applies; entries then have both FILTERED flags, returns have SPECIAL */
	/*
	 * With LINX_FAST_READ or a later path: the return may move an HTTP header. With LINX_FAST_COUNT: the return is
	 * only counted. With LINX_FAST_NONE: sampling may leave out the return, and no header is looked for. With
	 * LINX_FAST_BUDGET: a budget applies to the return, which has no header and is not sampled.
	 */
	LINX_FAST_SPECIAL = 0x8000,
};

struct linx_row {
	u8 nargs;
	u8 in; /* arguments with memory to copy at entry, as bits; set at load, as are all members before arg */
	u8 out; /* arguments with memory to copy after success, as bits */
	u8 err; /* arguments with memory to copy after failure, as bits */
	u8 flags; /* LINX_ROW_* that fit into 8 bits; the module needs no others */
	u8 follow; /* arguments that are structures with members to follow, as bits */
	u8 enter_few; /* number of values of an entry, if a fast path can write each of them; else 0 */
	u8 exit_few; /* largest number of values of a return, if a fast path can write each of them; else 0 */
	u8 entry; /* LINX_ENTRY_*: the entries that LINX_SELECT_CHOSEN selects */
	u8 files; /* rules of changed descriptors: see task/fd_table.c; 0: none */
	u8 one, two; /* numbers of the first two arguments that have memory to copy */
	/* enum linx_fast_path for sessions that only record, with limits below LINX_SIMPLE_MAX */
	u8 enter_fast, exit_fast;
	u16 selector; /* index in linx_selectors, if an argument selects a variant of the row; 0: none */
	u32 arg[LINX_NARGS]; /* LINX_ARGDEF() */
	/*
	 * The low half of LINX_VAL_HEAD() of each argument, as far as it is known at load. The LINX_COPY_* in arg[]
	 * decides: for FIX and ONE on x86_64, all parts are known. For arrays, the size is that of an element. For BUF,
	 * the number of the argument with the length stands in place of the size, and kind and state are 0. For STR and
	 * BITS, all parts but the size are known. 0: the argument has no fast path.
	 */
	u32 fixed[LINX_NARGS];
} __aligned(64);

static_assert(sizeof(struct linx_row) == 64); /* a cache line */

/* Does the row consist of scalars only? */
static __always_inline bool linx_row_plain(const struct linx_row *row)
{
	return row->exit_fast <= LINX_FAST_PLAIN_MAX;
}

static_assert(LINX_COPY_ONE == LINX_COPY_FIX + 1); /* linx_cap_fixed() */

/* Does the argument always have the same size? */
static __always_inline bool linx_cap_fixed(u32 cap)
{
	return cap - LINX_COPY_FIX <= LINX_COPY_ONE - LINX_COPY_FIX;
}

/* Element i of row->arg. The caller ensures that i is in bounds. */
#define LINX_ROW_ARG(row, i) (*((row)->arg + (i)))

extern struct linx_row linx_rows[]; /* constant once loaded */
extern const u16 linx_row_of[LINX_ABI_NR][LINX_NR_MAX];

/*
 * A key combines ABI and number of a call in one number. It is below LINX_KEYS even if a task passes a number that no
 * call has. It is the index into all arrays that are laid out as [abi][number]: words of bits, rows, counters.
 */
#define LINX_KEYS (LINX_ABI_NR * LINX_NR_MAX)

/* A key below LINX_NR_MAX belongs to the machine's own ABI. */
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

/* Completes a row with the facts that follow from its captures. Called at load. */
void linx_row_complete(struct linx_row *row);
/* Makes the rows, the members of shapes and the variants. Called once, before any other use of the rows. */
void linx_table_init(void);
/* Returns the table as text, for user space. */
const char *linx_table_borrow_text(size_t *len);
u64 linx_table_hash(void);

#endif
