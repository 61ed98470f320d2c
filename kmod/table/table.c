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
#include "table/variant.h"
#include "table/fast_path.h"
#include "table/layout.h"
#include "table/table.h"
#include "tables/blob.h"
#include "table/capture_words.h"

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
	ENTRYBY = LINX_ROW_ENTRYBY,
	NORETURN = 0,
	SIGRETURN = LINX_ROW_SIGRETURN,
	FORK = LINX_ROW_FORK,
	EXEC = LINX_ROW_EXEC,
	CONTEXT = LINX_ROW_CONTEXT,
	PRIO = LINX_ROW_PRIO,
};

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
#define NR_FAR(nr, name, row)
#ifdef CONFIG_ARM64
	[LINX_ABI_ARM64 % LINX_ABI_NR] = {
#include "tables/nr/arm64.def"
	},
	[LINX_ABI_ARM % LINX_ABI_NR] = {
#include "tables/nr/arm.def"
	},
#else
	[LINX_ABI_X86_64] = {
#include "tables/nr/x86_64.def"
	},
	[LINX_ABI_I386] = {
#include "tables/nr/i386.def"
	},
	[LINX_ABI_X32] = {
#include "tables/nr/x32.def"
	},
#endif
#undef NR_FAR
#undef NR
};

static_assert(LINX_ROW_ID_NR < 65536);

/*
 * Sets the flags by which capture/encode.c finds a length: a buffer's room is the argument
 * after it, and of some lengths half counts.
 */
static void __init set_length(struct linx_row *row, unsigned int arg)
{
	u32 *def = &row->arg[arg];

	if (LINX_ARGDEF_CAP(*def) == LINX_CAP_FIT || (LINX_ARGDEF_CAP(*def) == LINX_CAP_BUF && *def & LINX_ARGDEF_RESULT))
		*def |= (arg + 1) << 12;
	if (LINX_ARGDEF_N(*def) < LINX_NARGS && row->arg[LINX_ARGDEF_N(*def)] & LINX_ARGDEF_INT)
		*def |= LINX_ARGDEF_32BIT;
}

/* linx_row.fixed */
static u32 __init fixed_of(u32 def, unsigned int arg)
{
	u32 what = LINX_ARGDEF_WHAT(def), size, whole = LINX_VAL_INFO(LINX_VAL_BYTES, LINX_WHOLE);

	switch (LINX_ARGDEF_CAP(def)) {
	case LINX_CAP_FIX:
	case LINX_CAP_ONE:
		size = LINX_ARGDEF_CAP(def) == LINX_CAP_FIX ? what : linx_shapes[what].size[LINX_ABI_X86_64];
		return size <= LINX_FAST_VALUE_MAX ? LINX_VAL_HEAD(size, arg, whole, 0) : 0;
	case LINX_CAP_N:
		return LINX_VAL_HEAD(linx_shapes[what].size[LINX_ABI_X86_64], arg, whole, 0);
	case LINX_CAP_ALL:
	case LINX_CAP_SZ:
		return LINX_VAL_HEAD(1, arg, whole, 0);
	case LINX_CAP_BITS:
		return LINX_VAL_HEAD(0, arg, whole, 0);
	case LINX_CAP_BUF:
		return LINX_VAL_HEAD(LINX_ARGDEF_N(def), arg, 0, 0);
	case LINX_CAP_STR:
		return LINX_VAL_HEAD(0, arg, LINX_VAL_INFO(LINX_VAL_STR, LINX_WHOLE), 0);
	default:
		return 0;
	}
}

/* Kinds with a shape, whose members may be followed: linx_row_complete() takes all from ONE to ARGS. */
static_assert(LINX_CAP_N == LINX_CAP_ONE + 1 && LINX_CAP_SZ == LINX_CAP_N + 1 && LINX_CAP_ARGS == LINX_CAP_SZ + 1);

/* Which of its arguments are copied when, and which ways it may take. */
void __init linx_row_complete(struct linx_row *row)
{
	unsigned int arg, cap, dir, bit, what, n;
	u8 entry = LINX_ENTRY_NONE;

	for (arg = 0; arg < LINX_NARGS; arg++) {
		cap = LINX_ARGDEF_CAP(row->arg[arg]);
		what = LINX_ARGDEF_WHAT(row->arg[arg]);
		dir = LINX_ARGDEF_DIR(row->arg[arg]);
		bit = 1 << arg;
		if ((dir & LINX_DIR_INOUT) == LINX_DIR_INOUT)
			entry = LINX_ENTRY_POINTER + arg;
		if (dir & LINX_DIR_IN)
			row->in |= bit;
		else if (dir & LINX_DIR_OUT)
			row->out |= bit;
		else if (dir)
			row->err |= bit;
		set_length(row, arg);
		if (cap >= LINX_CAP_ONE && cap <= LINX_CAP_ARGS && linx_shapes[what].count)
			row->follow |= bit;
		row->fixed[arg] = fixed_of(row->arg[arg], arg);
	}
	n = row->in | row->out | row->err;
	row->one = n ? __ffs(n) : 0;
	row->two = n & (n - 1) ? __ffs(n & (n - 1)) : 0;
	row->entry = row->flags & LINX_ROW_ENTRYBY ? entry : LINX_ENTRY_ALL;
	row->flags &= ~LINX_ROW_ENTRYBY;
	linx_row_find_paths(row);
}

void __init linx_table_init(void)
{
	unsigned int i;

	linx_rows[LINX_ROW_ID_setpgid].flags |= LINX_ROW_OTHER;
	linx_rows[LINX_ROW_ID_prctl].flags |= LINX_ROW_OPTION;
	linx_members_init();
	linx_variant_init();
	for (i = 0; i < LINX_ROW_ID_NR; i++)
		linx_row_complete(&linx_rows[i]);
	linx_rows[LINX_ROW_ID_recvmsg].flags |= LINX_ROW_RECVMSG;
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
