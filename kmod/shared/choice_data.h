/* SPDX-License-Identifier: (GPL-2.0-only WITH Linux-syscall-note) OR LGPL-2.1-or-later */
/*
 * Variants of rows, from choices.def: how an argument selects one, and what the variant captures. One file of each
 * engine includes this.
 */
#ifndef LINX_SHARED_CHOICE_DATA_H
#define LINX_SHARED_CHOICE_DATA_H

#include "shared/row_words.h"

/* Rows with variants, numbered from 1. */
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
 * A variant is selected by (argument low >> shift) & mask. With two, the low half of argument high stands above that
 * value.
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

struct linx_choice {
	__u16 selector;
	__u8 otherwise, arg;
	__u32 value; /* for OTHERWISE the direction of an ioctl command; 0: any value */
	__u32 def; /* LINX_ARGDEF() of the argument arg */
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

/* Directions of an ioctl command. Each has a row of its own for commands without a line in choices.def. */
#define LINX_CHOICE_DIRS 4u

/* Makes a copy of a row's arguments those of a variant: the argument with variants captures nothing by itself. */
static inline void linx_args_undecide(__u32 *args)
{
	unsigned int i;

	for (i = 0; i < LINX_NARGS; i++)
		if (LINX_ARGDEF_COPY(args[i]) == LINX_COPY_BY)
			args[i] &= LINX_ARGDEF_TYPE;
}

#endif
