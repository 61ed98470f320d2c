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
#include "capture.h"
#include "choice.h"
#include "table.h"
#include "tables/blob.h"
#include "words.h"

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

/*
 * Rows with few values that need no more than a pass over them are the most
 * frequent ones after those with none: encode.c has a short way.
 */
static u8 __init few(const struct linx_row *row, unsigned int mask)
{
	u8 n = hweight32(mask);
	u32 def;

	for (; mask; mask &= mask - 1) {
		def = row->arg[__ffs(mask)];
		switch (LINX_ARGDEF_CAP(def)) {
		case LINX_CAP_STRV:
		case LINX_CAP_LENP:
		case LINX_CAP_AT:
		case LINX_CAP_ARGS:
			return 0;
		case LINX_CAP_ONE:
			if (linx_shape_sized(LINX_ARGDEF_WHAT(def)))
				return 0;
		}
	}
	return n;
}

/* What extent() in encode.c goes by: a buffer's room is the argument after it, and of some lengths half counts. */
static void __init set_length(struct linx_row *row, unsigned int arg)
{
	u32 *def = &row->arg[arg];

	if (LINX_ARGDEF_CAP(*def) == LINX_CAP_BUF && *def & LINX_ARGDEF_RESULT)
		*def |= (arg + 1) << 12;
	if (LINX_ARGDEF_N(*def) < LINX_NARGS && row->arg[LINX_ARGDEF_N(*def)] & LINX_ARGDEF_INT)
		*def |= LINX_ARGDEF_32BIT;
}

/* 0: too long for a short way. */
static u32 __init fixed_head(u32 size, unsigned int arg)
{
	return size <= LINX_SHORT_MAX ? LINX_VAL_HEAD(size, arg, LINX_VAL_INFO(LINX_VAL_BYTES, LINX_WHOLE), 0) : 0;
}

/* The way for one value: in one function, without a call. LINX_WAY_MORE: there is none. */
static u8 __init way_of_one(const struct linx_row *row, unsigned int arg)
{
	u32 def = row->arg[arg], fixed = row->fixed[arg];

	switch (LINX_ARGDEF_CAP(def)) {
	case LINX_CAP_STR:
		return LINX_WAY_STR;
	case LINX_CAP_BUF:
		return def & LINX_ARGDEF_PATH ? LINX_WAY_MORE : LINX_WAY_BUF;
	case LINX_CAP_FIX:
	case LINX_CAP_ONE:
		return fixed && (u16)fixed < LINX_SIMPLE_MAX ? LINX_WAY_FIX : LINX_WAY_MORE;
	default:
		return fixed ? LINX_WAY_ARR : LINX_WAY_MORE;
	}
}

/* For values of the arguments in the mask. */
static u8 __init way_of(const struct linx_row *row, unsigned int mask)
{
	u8 n = hweight32(mask), way;

	if (n == 1 && row->one == __ffs(mask))
		return way_of_one(row, row->one);
	if (n == 2 && way_of_one(row, row->one) == LINX_WAY_STR && way_of_one(row, row->two) == LINX_WAY_FIX)
		return LINX_WAY_STAT;
	for (; mask; mask &= mask - 1) {
		way = way_of_one(row, __ffs(mask));
		if (way == LINX_WAY_MORE)
			return way;
	}
	return LINX_WAY_FEW;
}

/* One structure with simple members, or an array of buffers. */
static bool __init follows_plainly(const struct linx_row *row, unsigned int arg)
{
	u32 shape = LINX_ARGDEF_WHAT(row->arg[arg]);

	switch (way_of_one(row, arg)) {
	case LINX_WAY_FIX:
		return linx_shape_plain(shape);
	case LINX_WAY_ARR:
		return LINX_ARGDEF_CAP(row->arg[arg]) == LINX_CAP_N && linx_shape_buffers(&linx_shapes[shape]);
	default:
		return false;
	}
}

/* Rows whose success means something to the session are left to the long way, and those of which arguments go. */
static u8 __init exit_way_of(const struct linx_row *row)
{
	if (!(row->in | row->out | row->err | row->flags))
		return row->nargs;
	if (row->flags & ~LINX_ROW_PRIO)
		return LINX_WAY_LONG;
	if (!row->exit_few)
		return LINX_WAY_LONG;
	if (!row->follow)
		return way_of(row, row->in | row->out | row->err);
	return row->exit_few == 1 && follows_plainly(row, row->one) ? LINX_WAY_SHAPE : LINX_WAY_MORE;
}

/* Which of its arguments are copied when, and which ways it may take. */
void __init linx_row_complete(struct linx_row *row)
{
	unsigned int arg, cap, dir, bit, what, n;
	bool both = false;

	for (arg = 0; arg < LINX_NARGS; arg++) {
		cap = LINX_ARGDEF_CAP(row->arg[arg]);
		what = LINX_ARGDEF_WHAT(row->arg[arg]);
		dir = LINX_ARGDEF_DIR(row->arg[arg]);
		bit = 1 << arg;
		both |= (dir & LINX_DIR_INOUT) == LINX_DIR_INOUT;
		if (dir & LINX_DIR_IN)
			row->in |= bit;
		else if (dir & LINX_DIR_OUT)
			row->out |= bit;
		else if (dir)
			row->err |= bit;
		set_length(row, arg);
		if (cap >= LINX_CAP_ONE && cap <= LINX_CAP_ARGS && linx_shapes[what].count)
			row->follow |= bit;
		if (cap == LINX_CAP_N)
			row->fixed[arg] = linx_shapes[what].size[LINX_ABI_X86_64];
		else if (cap == LINX_CAP_ALL || cap == LINX_CAP_SZ)
			row->fixed[arg] = 1;
		else if (cap == LINX_CAP_BUF)
			row->fixed[arg] = LINX_VAL_HEAD(LINX_ARGDEF_N(row->arg[arg]), arg, 0, 0);
		else if (cap == LINX_CAP_STR)
			row->fixed[arg] = LINX_VAL_HEAD(0, arg, 0, 0);
		else if (cap == LINX_CAP_FIX || cap == LINX_CAP_ONE)
			row->fixed[arg] = fixed_head(cap == LINX_CAP_FIX ? what : linx_shapes[what].size[0], arg);
	}
	n = row->in | row->out | row->err;
	row->one = n ? __ffs(n) : 0;
	row->two = n & (n - 1) ? __ffs(n & (n - 1)) : 0;
	row->enter_way = row->exit_way = row->by ? LINX_WAY_BY : LINX_WAY_LONG;
	row->no_entry = row->flags & LINX_ROW_ENTRYBY && !both;
	row->flags &= ~LINX_ROW_ENTRYBY;
	if (row->by)
		return;
	row->enter_few = few(row, row->in);
	if ((row->enter_few || !row->in) && !(row->follow & row->in) && !(row->flags & LINX_ROW_SIGRETURN))
		row->enter_way = way_of(row, row->in);
	if (row->flags & LINX_ROW_EXEC)
		return;
	row->exit_few = few(row, row->in | row->out | row->err);
	row->exit_way = exit_way_of(row);
}

void __init linx_table_init(void)
{
	unsigned int i;

	linx_rows[LINX_ROW_ID_setpgid].flags |= LINX_ROW_OTHER;
	linx_rows[LINX_ROW_ID_prctl].flags |= LINX_ROW_OPTION;
	linx_choice_init();
	for (i = 0; i < LINX_ROW_ID_NR; i++)
		linx_row_complete(&linx_rows[i]);
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
