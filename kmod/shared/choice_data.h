/* SPDX-License-Identifier: (GPL-2.0-only WITH Linux-syscall-note) OR LGPL-2.1-or-later */
/*
 * Variants of calls, from tables/choices.def, as data: how an argument of a call (such as the command of fcntl) selects
 * a variant, and what the variant captures. One file of each engine includes this.
 */
#ifndef LINX_SHARED_CHOICE_DATA_H
#define LINX_SHARED_CHOICE_DATA_H

#include "shared/row_words.h"

/* Rows of the call table (tables/syscalls.def) that have variants, numbered from 1. */
enum linx_selector_id {
	LINX_SELECTOR_NONE,
#define KEY(row, k, shift, mask) LINX_SELECTOR_##row,
#define KEY2(row, high, low) LINX_SELECTOR_##row,
#define CHOICE(row, value, arg, capture)
#define OTHERWISE(row, arg, capture)
#define OTHERWISE_IOC(row, dir, arg, capture)
#include "tables/choices.def"
#undef KEY
#undef KEY2
	LINX_SELECTOR_NR,
};

/*
 * Key by which a call selects its variant: the value (argument number "low" >> shift) & mask. If the member "two" is
 * set, the lower 16 bits of argument number "high" are the upper 16 bits of the value.
 */
struct linx_selector_key {
	__u16 row; /* LINX_ROW_ID_* */
	__u8 low, high, shift, two;
	__u32 mask;
};

static const struct linx_selector_key linx_selector_keys[LINX_SELECTOR_NR] LINX_TABLE_DATA = {
#define KEY(id, k, shift_, mask_) \
	[LINX_SELECTOR_##id] = { .row = LINX_ROW_ID_##id, .low = k, .shift = shift_, .mask = mask_ },
#define KEY2(id, high_, low_) \
	[LINX_SELECTOR_##id] = { .row = LINX_ROW_ID_##id, .low = low_, .high = high_, .two = 1, .mask = 0xffff },
#include "tables/choices.def"
#undef KEY
#undef KEY2
#undef CHOICE
#undef OTHERWISE
#undef OTHERWISE_IOC
};

/* A line of tables/choices.def: what one argument of a variant captures. */
struct linx_choice {
	__u16 selector; /* enum linx_selector_id */
	__u8 otherwise, arg; /* otherwise: the line is for all values that have no line of their own */
	/*
	 * value that selects the variant; if "otherwise" is set: 0, or the direction of the ioctl commands to which the
	 * line applies
	 */
	__u32 value;
	__u32 def; /* LINX_ARGDEF() of argument number arg */
};

static const struct linx_choice linx_choices[] LINX_TABLE_DATA = {
#define KEY(row, k, shift, mask)
#define KEY2(row, high, low)
#define CHOICE(row, value_, arg_, capture) { LINX_SELECTOR_##row, 0, arg_, value_, capture },
#define OTHERWISE(row, arg_, capture) { LINX_SELECTOR_##row, 1, arg_, 0, capture },
#define OTHERWISE_IOC(row, dir, arg_, capture) { LINX_SELECTOR_##row, 1, arg_, dir, capture },
#include "tables/choices.def"
#undef KEY
#undef KEY2
#undef CHOICE
#undef OTHERWISE
#undef OTHERWISE_IOC
};
#define LINX_NCHOICES (sizeof(linx_choices) / sizeof(linx_choices[0]))

/* Number of directions of an ioctl command. Commands without their own line have one variant for each direction. */
#define LINX_CHOICE_DIRS 4u

/* Changes a copy of a row's arguments for a variant: arguments that are defined by variants (BY) capture nothing. */
static inline void linx_args_undecide(__u32 *args)
{
	unsigned int i;

	for (i = 0; i < LINX_NARGS; i++)
		if (LINX_ARGDEF_COPY(args[i]) == LINX_COPY_BY)
			args[i] &= LINX_ARGDEF_TYPE;
}

#endif
