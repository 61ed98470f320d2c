// SPDX-License-Identifier: GPL-2.0-only
/*
 * The way of each row: which of the short ways of syscall/fast.c writes the records of
 * its calls, found at load from what its arguments need. Constant after load.
 */
#include <linux/bitops.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include "table/variant.h"
#include "table/fast_path.h"
#include "table/layout.h"
#include "table/table.h"

/*
 * Rows with few values that need no more than a pass over them are the most
 * frequent ones after those with none: capture/encode.c has a short way.
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

void __init linx_row_find_ways(struct linx_row *row)
{
	row->enter_way = row->exit_way = LINX_WAY_LONG;
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
