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
#include "members.h"
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
		return size <= LINX_SHORT_MAX ? LINX_VAL_HEAD(size, arg, whole, 0) : 0;
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

/* What tells a socket's address whose length is an int from other buffers. */
#define ADDR_BITS (LINX_ARGDEF_TYPE | LINX_ARGDEF_32BIT | LINX_ARGDEF_RESULT)

/* The way for one value: in one function, without a call. LINX_WAY_MORE: there is none. */
static u8 __init way_of_one(const struct linx_row *row, unsigned int arg)
{
	u32 def = row->arg[arg], fixed = row->fixed[arg];

	switch (LINX_ARGDEF_CAP(def)) {
	case LINX_CAP_BITS:
		return LINX_WAY_FEW;
	case LINX_CAP_STR:
		return LINX_WAY_STR;
	case LINX_CAP_BUF:
		if (def & LINX_ARGDEF_PATH)
			return LINX_WAY_MORE;
		return (def & ADDR_BITS) == (LINX_ARGDEF_SOCKADDR | LINX_ARGDEF_32BIT) ? LINX_WAY_ADDR : LINX_WAY_BUF;
	case LINX_CAP_FIX:
	case LINX_CAP_ONE:
		return fixed && (u16)fixed < LINX_SIMPLE_MAX ? LINX_WAY_FIX : LINX_WAY_MORE;
	default:
		return fixed ? LINX_WAY_ARR : LINX_WAY_MORE;
	}
}

/* Sets of bits, whose number is one int, and right behind them a structure of whole words. */
static bool __init are_sets(const struct linx_row *row)
{
	u32 first = row->arg[row->one];
	unsigned int arg, end = row->one + LINX_SETS;

	if (row->out || row->err || end >= LINX_NARGS || row->in != ((2 << end) - (1 << row->one)))
		return false;
	for (arg = row->one; arg < end; arg++)
		if (row->arg[arg] != first)
			return false;
	return LINX_ARGDEF_CAP(first) == LINX_CAP_BITS && !LINX_ARGDEF_WHAT(first) && first & LINX_ARGDEF_32BIT &&
	       way_of_one(row, end) == LINX_WAY_FIX && !(row->fixed[end] & 7);
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

/* One structure with simple members, of whatever size, or an array of buffers. */
static bool __init follows_plainly(const struct linx_row *row, unsigned int arg)
{
	u32 shape = LINX_ARGDEF_WHAT(row->arg[arg]);

	switch (way_of_one(row, arg)) {
	case LINX_WAY_FIX:
		return linx_shape_plain(shape);
	case LINX_WAY_ARR:
		if (LINX_ARGDEF_CAP(row->arg[arg]) == LINX_CAP_SZ)
			return linx_shape_plain(shape) && !linx_shape_buffers(&linx_shapes[shape]);
		return LINX_ARGDEF_CAP(row->arg[arg]) == LINX_CAP_N && linx_shape_buffers(&linx_shapes[shape]);
	default:
		return false;
	}
}

/* Is argument one a buffer, of as many bytes as argument two says, or of as many as the result does? */
static bool __init has_bytes(const struct linx_row *row)
{
	u32 def = row->arg[LINX_BYTES_BUF];

	return LINX_ARGDEF_CAP(def) == LINX_CAP_BUF && LINX_ARGDEF_N(def) == LINX_BYTES_LEN &&
	       !(def & (LINX_ARGDEF_TYPE | LINX_ARGDEF_32BIT)) &&
	       !(def & LINX_ARGDEF_RESULT) == !(row->out & 1 << LINX_BYTES_BUF);
}

/* Is it no more than the bytes that a call takes from a buffer, or puts into it? */
static u8 __init way_of_bytes(const struct linx_row *row, u8 way)
{
	if (way != LINX_WAY_BUF || row->nargs != LINX_BYTES_ARGS || !has_bytes(row))
		return way;
	return row->out ? LINX_WAY_READ : LINX_WAY_WRITE;
}

/* Does it put bytes into a buffer, and perhaps an address and its length elsewhere? */
static bool __init is_recv(const struct linx_row *row)
{
	return row->nargs == LINX_NARGS && !row->flags && !row->err && !row->follow && has_bytes(row) &&
	       row->out == (1 << LINX_BYTES_BUF | 1 << LINX_RECV_ADDR) && row->in == 1 << (LINX_RECV_ADDR + 1);
}

/* Rows whose success means something to the session are left to the long way, and those of which arguments go. */
static u8 __init exit_way_of(const struct linx_row *row)
{
	if (!(row->in | row->out | row->err | row->flags))
		return row->nargs;
	if (row->flags & ~(LINX_ROW_PRIO | LINX_ROW_FORK))
		return LINX_WAY_LONG;
	if (is_recv(row))
		return LINX_WAY_RECV;
	if (!row->exit_few && (row->in | row->out | row->err))
		return LINX_WAY_LONG;
	if (row->follow && row->exit_few == 1 && follows_plainly(row, row->one)) {
		if (row->flags & LINX_ROW_FORK)
			return LINX_WAY_FORK_SHAPE;
		return linx_shape_buffers(&linx_shapes[LINX_ARGDEF_WHAT(row->arg[row->one])]) ? LINX_WAY_BUFFERS : LINX_WAY_SHAPE;
	}
	if (!row->follow && !row->flags && are_sets(row))
		return LINX_WAY_SETS;
	if (row->flags & LINX_ROW_FORK)
		return row->follow ? LINX_WAY_LONG : LINX_WAY_FORK;
	if (row->follow)
		return LINX_WAY_MORE;
	return way_of_bytes(row, way_of(row, row->in | row->out | row->err));
}

/* Kinds with a shape, whose members may be followed: linx_row_complete() takes all from ONE to ARGS. */
static_assert(LINX_CAP_N == LINX_CAP_ONE + 1 && LINX_CAP_SZ == LINX_CAP_N + 1 && LINX_CAP_ARGS == LINX_CAP_SZ + 1);

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
		row->fixed[arg] = fixed_of(row->arg[arg], arg);
	}
	n = row->in | row->out | row->err;
	row->one = n ? __ffs(n) : 0;
	row->two = n & (n - 1) ? __ffs(n & (n - 1)) : 0;
	row->enter_way = row->exit_way = LINX_WAY_LONG;
	row->no_entry = row->flags & LINX_ROW_ENTRYBY && !both;
	row->flags &= ~LINX_ROW_ENTRYBY;
	if (row->by) {
		/* What a filter or sampling leaves out of CONTEXT calls is looked at all the same, the long way. */
		if (!(row->flags & LINX_ROW_CONTEXT))
			row->exit_way = linx_by_all_seen(row) ? LINX_WAY_BY_SEEN : LINX_WAY_BY;
		return;
	}
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
	linx_members_init();
	linx_choice_init();
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
