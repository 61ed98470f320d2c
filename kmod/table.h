/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The system call table as the encoder needs it: per call the number of
 * arguments and, per argument, what to copy. Made from tables/ at compile time.
 */
#ifndef LINX_KMOD_TABLE_H
#define LINX_KMOD_TABLE_H

#include <linux/linx.h>
#include <linux/nospec.h>
#include <linux/types.h>

/* What is copied of an argument; the words of syscalls.def. */
enum linx_cap {
	LINX_CAP_V = 0,
	LINX_CAP_STR,
	LINX_CAP_STRV,
	LINX_CAP_IN_BUF, /* length: argument n */
	LINX_CAP_IN_FIX, /* n bytes */
	LINX_CAP_INOUT_FIX, /* n bytes, at entry and at return */
	LINX_CAP_LAST_IN = LINX_CAP_INOUT_FIX, /* up to here there is something at entry */
	LINX_CAP_OUT_FIX, /* n bytes */
	LINX_CAP_OUT_BUF, /* length: the return value */
	LINX_CAP_OUT_BUFN, /* length: argument n */
	LINX_CAP_OUT_LENP, /* length: the u32 behind argument n */
};

/* Behaviour of a row; the words of syscalls.def that matter here. */
#define LINX_ROW_FORK 0x01 /* its return in a child is no call of the child's */
#define LINX_ROW_EXEC 0x02 /* on success the arguments are gone at return */
#define LINX_ROW_CONTEXT 0x04 /* on success the task's context record is out of date */
#define LINX_ROW_PRIO 0x08 /* may use the reserved share of the ring */

/* One argument: what to copy and, where the kind has one, its number n. */
#define LINX_ARGDEF(cap, n) ((cap) | (n) << 8)
#define LINX_ARGDEF_CAP(def) ((def) & 0x1f)
#define LINX_ARGDEF_32BIT 0x20 /* an int on every ABI: as a length, its upper half means nothing */
#define LINX_ARGDEF_SOCKADDR 0x40 /* kept whole, whatever the limit for buffers */
#define LINX_SOCKADDR_MAX 128 /* sizeof(struct __kernel_sockaddr_storage): whole, that is */
#define LINX_ARGDEF_ENVP 0x80 /* kept only on request */
#define LINX_ARGDEF_N(def) ((def) >> 8 & 0xf)
#define LINX_ARGDEF_PATH 0x1000 /* a path in a buffer: limited as strings are */

struct linx_row {
	u8 nargs;
	u8 in; /* bits of the arguments with something to copy at entry; set at load */
	u8 out; /* ... and with something to copy after success */
	u8 flags; /* LINX_ROW_* */
	bool plain; /* nothing of the kind: registers are all there is to it */
	u8 enter_one; /* 1 + the only argument to copy at entry, if its kind has a short way; else 0 */
	u8 exit_one; /* ... at return */
	u16 arg[LINX_NARGS]; /* LINX_ARGDEF() */
};

extern struct linx_row linx_rows[];
extern const u16 linx_row_of[LINX_ABI_NR][LINX_NR_MAX];

/*
 * A call of any ABI as one number below LINX_KEYS, whatever number a task gave:
 * index into everything that is laid out as [abi][number], be it words of bits,
 * rows or counters.
 */
#define LINX_KEYS (LINX_ABI_NR * LINX_NR_MAX)

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

/* Once, before anything else looks at the rows. */
void linx_table_init(void);
/* The table as text, for user space. */
const char *linx_table_borrow_text(size_t *len);
u64 linx_table_hash(void);

#endif
