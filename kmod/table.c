// SPDX-License-Identifier: GPL-2.0-only
/*
 * Makes the encoder's rows, the numbers of each ABI and the text that travels
 * with a stream from the one table in tables/. Constant data; no locks.
 */
#include <linux/bitops.h>
#include <linux/build_bug.h>
#include <linux/cache.h>
#include <linux/init.h>
#include <linux/kconfig.h>
#include <linux/kernel.h>
#include "table.h"
#include "tables/blob.h"

/* The words of syscalls.def as bits; those that only user space needs are 0. */
enum {
	FILE = 0,
	DESC = 0,
	PROCESS = 0,
	NETWORK = 0,
	SIGNAL = 0,
	IPC = 0,
	MEMORY = 0,
	CREDS = 0,
	CLOCK = 0,
	STAT = 0,
	STATFS = 0,
	ENTRY = 0,
	NORETURN = 0,
	SIGRETURN = 0,
	FORK = LINX_ROW_FORK,
	EXEC = LINX_ROW_EXEC,
	CONTEXT = LINX_ROW_CONTEXT,
	PRIO = LINX_ROW_PRIO,
};

#define V LINX_ARGDEF(LINX_CAP_V, 0)
#define STR LINX_ARGDEF(LINX_CAP_STR, 0)
#define STRV LINX_ARGDEF(LINX_CAP_STRV, 0)
#define IN_BUF(k) LINX_ARGDEF(LINX_CAP_IN_BUF, k)
#define IN_FIX(n) LINX_ARGDEF(LINX_CAP_IN_FIX, n)
#define INOUT_FIX(n) LINX_ARGDEF(LINX_CAP_INOUT_FIX, n)
#define OUT_FIX(n) LINX_ARGDEF(LINX_CAP_OUT_FIX, n)
#define OUT_BUF LINX_ARGDEF(LINX_CAP_OUT_BUF, 0)
#define OUT_BUFN(k) LINX_ARGDEF(LINX_CAP_OUT_BUFN, k)
#define OUT_LENP(k) LINX_ARGDEF(LINX_CAP_OUT_LENP, k)

/* What the encoder needs to know of an argument's type: 0 for most of them. */
#define LINX_TYPE_INT_int 1
#define LINX_TYPE_INT_uint 1
#define LINX_TYPE_SOCKADDR_sockaddr 1
#define LINX_TYPE_ENVP_envp 1
#define LINX_TYPE_PATH_path 1
#define TYPE_BITS(type)                                                    \
	(__is_defined(LINX_TYPE_INT_##type) * LINX_ARGDEF_32BIT |         \
	 __is_defined(LINX_TYPE_SOCKADDR_##type) * LINX_ARGDEF_SOCKADDR | \
	 __is_defined(LINX_TYPE_ENVP_##type) * LINX_ARGDEF_ENVP |         \
	 __is_defined(LINX_TYPE_PATH_##type) * LINX_ARGDEF_PATH)

/* Row 0 stands for every number that the table does not know: six raw arguments. */
enum {
	LINX_ROW_ID_UNKNOWN,
#define SYSCALL(id, class, args) LINX_ROW_ID_##id,
#include "tables/syscalls.def"
#undef SYSCALL
	LINX_ROW_ID_NR,
};

/* Number of arguments of each row. */
enum {
#define ARG(name, type, capture) +1
#define SYSCALL(id, class, args) LINX_ROW_NARGS_##id = 0 args,
#include "tables/syscalls.def"
#undef ARG
#undef SYSCALL
};

struct linx_row linx_rows[LINX_ROW_ID_NR] __ro_after_init = {
	[LINX_ROW_ID_UNKNOWN] = { .nargs = LINX_NARGS },
#define ARG(name, type, capture) (capture) | TYPE_BITS(type),
#define SYSCALL(id, class, args)                   \
	[LINX_ROW_ID_##id] = {                     \
		.nargs = LINX_ROW_NARGS_##id,      \
		.flags = class,                    \
		.arg = { args },                   \
	},
#include "tables/syscalls.def"
#undef ARG
#undef SYSCALL
};

const u16 linx_row_of[LINX_ABI_NR][LINX_NR_MAX] = {
#define NR(nr, name, row) [nr] = LINX_ROW_ID_##row,
	[LINX_ABI_X86_64] = {
#include "tables/nr/x86_64.def"
	},
	[LINX_ABI_I386] = {
#include "tables/nr/i386.def"
	},
	[LINX_ABI_X32] = {
#include "tables/nr/x32.def"
	},
#undef NR
};

static_assert(LINX_ROW_ID_NR < 65536);

/* Rows with one string or buffer are the most frequent ones after those with none: encode.c has a short way. */
static u8 __init only_one(const struct linx_row *row, unsigned int mask)
{
	unsigned int arg = mask ? __ffs(mask) : 0;

	if (hweight32(mask) != 1)
		return 0;
	switch (LINX_ARGDEF_CAP(row->arg[arg])) {
	case LINX_CAP_STR:
	case LINX_CAP_IN_BUF:
	case LINX_CAP_OUT_BUF:
		return arg + 1;
	default:
		return 0;
	}
}

void __init linx_table_init(void)
{
	unsigned int i, arg, cap;

	for (i = 0; i < LINX_ROW_ID_NR; i++) {
		for (arg = 0; arg < LINX_NARGS; arg++) {
			cap = LINX_ARGDEF_CAP(linx_rows[i].arg[arg]);
			if (cap > LINX_CAP_LAST_IN)
				linx_rows[i].out |= 1 << arg;
			else if (cap != LINX_CAP_V)
				linx_rows[i].in |= 1 << arg;
		}
		linx_rows[i].enter_one = only_one(&linx_rows[i], linx_rows[i].in);
		if (!(linx_rows[i].flags & ~LINX_ROW_PRIO))
			linx_rows[i].exit_one = only_one(&linx_rows[i], linx_rows[i].in | linx_rows[i].out);
		linx_rows[i].plain = !(linx_rows[i].in | linx_rows[i].out | linx_rows[i].flags);
	}
}

const char *linx_table_borrow_text(size_t *len)
{
	*len = sizeof(linx_table_text) - 1;
	return linx_table_text;
}

/* FNV-1a, 64 bit; constants from the algorithm's definition. */
u64 linx_table_hash(void)
{
	u64 hash = 0xcbf29ce484222325ULL;
	size_t i;

	for (i = 0; i < sizeof(linx_table_text) - 1; i++)
		hash = (hash ^ (u8)linx_table_text[i]) * 0x100000001b3ULL;
	return hash;
}
