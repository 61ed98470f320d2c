/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Calls of which an argument decides what the others point to: fcntl, ioctl,
 * prctl ... For each of its values that matters there is a row of its own, so
 * that the encoder knows nothing of it. Made from tables/choices.def.
 */
#ifndef LINX_KMOD_CHOICE_H
#define LINX_KMOD_CHOICE_H

#include <asm/ptrace.h>
#include "table/table.h"

/* What decides: (argument low >> shift) & mask, and the low half of argument high above it if there are two. */
struct linx_by {
	u16 row;
	u8 low, high, shift;
	bool two;
	u8 dirs; /* bits of the direction of an ioctl command, which tell the row otherwise */
	u32 mask;
	/* Set at load. */
	u16 low_at[2], high_at[2]; /* where in pt_regs, of a 64-bit and of a 32-bit call */
	u64 seen; /* bits of the values that there are, modulo 64: most calls have another one */
	const struct linx_row *otherwise;
};

/* The rows, and of each that is for one value which that is; 1 << LINX_CHOICE_BITS indices into them, 0: free. */
struct linx_choice_key {
	u32 value;
	u32 by;
};

#define LINX_CHOICE_BITS 11

/* Constant once loaded. */
extern struct linx_by linx_bys[];
extern struct linx_row linx_chosen[];
extern struct linx_choice_key linx_choice_keys[];
extern u16 linx_choice_hash[];

static __always_inline u32 linx_by_reg(const struct pt_regs *regs, u32 at, u32 shift)
{
	return *(const unsigned long *)((const u8 *)regs + at) >> (shift & 63);
}

/* Of a call of x86_64: is there perhaps a row for its value? Else it is by->otherwise. */
static __always_inline bool linx_by_seen(const struct linx_by *by, const struct pt_regs *regs)
{
	u32 value = linx_by_reg(regs, by->low_at[0], by->shift) & by->mask;

	return by->seen >> (value % 64) & 1;
}

/* Where it is or, if it is not there, would be. Ends at a free place. */
static __always_inline u16 *linx_choice_find(u32 by, u32 value)
{
	u32 at = (value * 0x9e3779b1 + by * 0x85ebca6b) >> (32 - LINX_CHOICE_BITS), id;

	for (;;) {
		id = *(linx_choice_hash + at);
		if (!id || ((linx_choice_keys + id)->value == value && (linx_choice_keys + id)->by == by))
			return linx_choice_hash + at;
		at = (at + 1) & ((1 << LINX_CHOICE_BITS) - 1);
	}
}

/* For a row whose member by is set: the one to go by. */
static __always_inline const struct linx_row *linx_choose(const struct linx_row *row, const struct pt_regs *regs, u32 abi)
{
	const struct linx_by *by = linx_bys + row->by;
	u32 value = linx_by_reg(regs, abi == LINX_ABI_I386 ? by->low_at[1] : by->low_at[0], by->shift) & by->mask;
	u32 id;

	if (likely(!(by->seen >> (value % 64) & 1)))
		return by->otherwise;
	if (by->two)
		value |= linx_by_reg(regs, abi == LINX_ABI_I386 ? by->high_at[1] : by->high_at[0], 0) << 16;
	id = *linx_choice_find(row->by, value);
	return id ? linx_chosen + id : by->otherwise + (value >> 30 & by->dirs);
}

/* Is there one for so many values that it is not worth while to ask linx_by_seen()? */
static inline bool linx_by_all_seen(const struct linx_row *row)
{
	return linx_bys[row->by].seen == ~0ULL;
}

/* Before the rows of the table are completed. */
void linx_choice_init(void);

#endif
