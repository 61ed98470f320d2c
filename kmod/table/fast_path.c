// SPDX-License-Identifier: GPL-2.0-only
/*
 * For each row of the table of calls, finds the fast path: a function of syscall/fast.c that can write the records of
 * the row's calls, which depends on the kinds of their arguments. The paths are found at load and constant afterwards.
 */
#include <linux/bitops.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include "table/variant.h"
#include "table/fast_path.h"
#include "table/layout.h"
#include "table/table.h"

/*
 * Returns the number of values of the arguments in mask, if linx_fast_values() can write all of them; else 0. Most
 * rows that have values are of this kind.
 */
static u8 __init fast_values(const struct linx_row *row, unsigned int mask)
{
	u8 n = hweight32(mask);
	u32 def;

	for (; mask; mask &= mask - 1) {
		def = row->arg[__ffs(mask)];
		switch (LINX_ARGDEF_COPY(def)) {
		case LINX_COPY_STRV:
		case LINX_COPY_LENP:
		case LINX_COPY_AT:
		case LINX_COPY_ARGS:
			return 0;
		case LINX_COPY_ONE:
			if (linx_shape_sized(LINX_ARGDEF_WHAT(def)))
				return 0;
		}
	}
	return n;
}

/* Flags that distinguish a socket's address, whose length is an int, from other buffers. */
#define ADDR_BITS (LINX_ARGDEF_TYPE | LINX_ARGDEF_32BIT | LINX_ARGDEF_RESULT)

/*
 * Returns the fast path for a record with one value, that of argument "arg". Such a path is one function that calls no
 * other. Returns LINX_FAST_MORE if no such function exists for this value.
 */
static u8 __init fast_path_of_one(const struct linx_row *row, unsigned int arg)
{
	u32 def = row->arg[arg], fixed = row->fixed[arg];

	switch (LINX_ARGDEF_COPY(def)) {
	case LINX_COPY_BITS:
		return LINX_FAST_FEW;
	case LINX_COPY_STR:
		return LINX_FAST_STR;
	case LINX_COPY_BUF:
		if (def & LINX_ARGDEF_PATH)
			return LINX_FAST_MORE;
		return (def & ADDR_BITS) == (LINX_ARGDEF_SOCKADDR | LINX_ARGDEF_32BIT) ? LINX_FAST_ADDR : LINX_FAST_BUF;
	case LINX_COPY_FIX:
	case LINX_COPY_ONE:
		return fixed && (u16)fixed < LINX_SIMPLE_MAX ? LINX_FAST_FIX : LINX_FAST_MORE;
	default:
		return fixed ? LINX_FAST_ARR : LINX_FAST_MORE;
	}
}

/*
 * Does the row have LINX_SETS sets of bits, all of the length that one int argument gives, and as the next argument a
 * structure whose size is a multiple of 8 bytes?
 */
static bool __init are_sets(const struct linx_row *row)
{
	u32 first = row->arg[row->one];
	unsigned int arg, end = row->one + LINX_SETS;

	if (row->out || row->err || end >= LINX_NARGS || row->in != ((2 << end) - (1 << row->one)))
		return false;
	for (arg = row->one; arg < end; arg++)
		if (row->arg[arg] != first)
			return false;
	return LINX_ARGDEF_COPY(first) == LINX_COPY_BITS && !LINX_ARGDEF_WHAT(first) && first & LINX_ARGDEF_32BIT &&
	       fast_path_of_one(row, end) == LINX_FAST_FIX && !(row->fixed[end] & 7);
}

/* Returns the fast path for a record with the values of the arguments in mask. */
static u8 __init fast_path_of(const struct linx_row *row, unsigned int mask)
{
	u8 n = hweight32(mask), fast;

	if (n == 1 && row->one == __ffs(mask))
		return fast_path_of_one(row, row->one);
	if (n == 2 && fast_path_of_one(row, row->one) == LINX_FAST_STR && fast_path_of_one(row, row->two) == LINX_FAST_FIX)
		return LINX_FAST_STAT;
	for (; mask; mask &= mask - 1) {
		fast = fast_path_of_one(row, __ffs(mask));
		if (fast == LINX_FAST_MORE)
			return fast;
	}
	return LINX_FAST_FEW;
}

/* Is the argument a structure with simple members, of fixed or variable size, or an array of buffers? */
static bool __init follows_plainly(const struct linx_row *row, unsigned int arg)
{
	u32 shape = LINX_ARGDEF_WHAT(row->arg[arg]);

	switch (fast_path_of_one(row, arg)) {
	case LINX_FAST_FIX:
		return linx_shape_plain(shape);
	case LINX_FAST_ARR:
		if (LINX_ARGDEF_COPY(row->arg[arg]) == LINX_COPY_SZ)
			return linx_shape_plain(shape) && !linx_shape_buffers(&linx_shapes[shape]);
		return LINX_ARGDEF_COPY(row->arg[arg]) == LINX_COPY_N && linx_shape_buffers(&linx_shapes[shape]);
	default:
		return false;
	}
}

/* Is argument 1 a buffer of as many bytes as argument 2 or the result says? */
static bool __init has_bytes(const struct linx_row *row)
{
	u32 def = row->arg[LINX_BYTES_BUF];

	return LINX_ARGDEF_COPY(def) == LINX_COPY_BUF && LINX_ARGDEF_N(def) == LINX_BYTES_LEN &&
	       !(def & (LINX_ARGDEF_TYPE | LINX_ARGDEF_32BIT)) &&
	       !(def & LINX_ARGDEF_RESULT) == !(row->out & 1 << LINX_BYTES_BUF);
}

/* Returns the fast path of a call that only takes bytes from a buffer or puts bytes into it. */
static u8 __init fast_path_of_bytes(const struct linx_row *row, u8 fast)
{
	if (fast != LINX_FAST_BUF || row->nargs != LINX_BYTES_ARGS || !has_bytes(row))
		return fast;
	return row->out ? LINX_FAST_READ : LINX_FAST_WRITE;
}

/* Does the call fill a buffer, and perhaps also a buffer for an address and the length of that address? */
static bool __init is_recv(const struct linx_row *row)
{
	return row->nargs == LINX_NARGS && !row->flags && !row->err && !row->follow && has_bytes(row) &&
	       row->out == (1 << LINX_BYTES_BUF | 1 << LINX_RECV_ADDR) && row->in == 1 << (LINX_RECV_ADDR + 1);
}

/*
 * Returns the fast path of the row's returns. The slow path handles calls for which the module has more to do than to
 * record them after they succeeded, and calls that destroy their arguments (exec).
 */
static u8 __init exit_fast_of(const struct linx_row *row)
{
	if (!(row->in | row->out | row->err | row->flags))
		return row->nargs;
	if (row->flags & ~(LINX_ROW_PRIO | LINX_ROW_FORK | LINX_ROW_RECVMSG)) /* exit_follow() checks RECVMSG calls */
		return LINX_FAST_SLOW;
	if (is_recv(row))
		return LINX_FAST_RECV;
	if (!row->exit_few && (row->in | row->out | row->err))
		return LINX_FAST_SLOW;
	if (row->follow && row->exit_few == 1 && follows_plainly(row, row->one)) {
		if (row->flags & LINX_ROW_FORK)
			return LINX_FAST_FORK_SHAPE;
		return linx_shape_buffers(&linx_shapes[LINX_ARGDEF_WHAT(row->arg[row->one])]) ? LINX_FAST_BUFFERS : LINX_FAST_SHAPE;
	}
	if (!row->follow && !row->flags && are_sets(row))
		return LINX_FAST_SETS;
	if (row->flags & LINX_ROW_FORK)
		return row->follow ? LINX_FAST_SLOW : LINX_FAST_FORK;
	if (row->follow)
		return LINX_FAST_MORE;
	return fast_path_of_bytes(row, fast_path_of(row, row->in | row->out | row->err));
}

void __init linx_row_find_paths(struct linx_row *row)
{
	row->enter_fast = row->exit_fast = LINX_FAST_SLOW;
	if (row->selector) {
		/*
		 * CONTEXT calls stay on the slow path, which handles them even if a filter or sampling leaves them
		 * out.
		 */
		if (!(row->flags & LINX_ROW_CONTEXT))
			row->exit_fast = linx_selector_matches_all(row) ? LINX_FAST_VARIANT_MANY : LINX_FAST_VARIANT;
		return;
	}
	row->enter_few = fast_values(row, row->in);
	if ((row->enter_few || !row->in) && !(row->follow & row->in) && !(row->flags & LINX_ROW_SIGRETURN))
		row->enter_fast = fast_path_of(row, row->in);
	if (row->entry >= LINX_ENTRY_POINTER)
		row->enter_fast = is_recv(row) ? LINX_FAST_RECV : LINX_FAST_SLOW;
	if (row->flags & LINX_ROW_EXEC)
		return;
	row->exit_few = fast_values(row, row->in | row->out | row->err);
	row->exit_fast = exit_fast_of(row);
}
