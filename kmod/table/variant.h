/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Calls whose other arguments depend on one of them: fcntl, ioctl, prctl and others. Each value that matters has a row
 * of its own, so that the encoder needs no code for these calls. Made from tables/choices.def.
 */
#ifndef LINX_KMOD_VARIANT_H
#define LINX_KMOD_VARIANT_H

#include <asm/ptrace.h>
#include "table/table.h"

/* A selector of shared/choice_data.h in the form that probes use. Set at load. */
struct linx_selector {
	u8 shift;
	bool two;
	u8 dirs; /* mask of the ioctl command's direction, which selects the row for a value without a row of its own */
	u32 mask;
	u8 low, high; /* numbers of the arguments */
	u16 low_at[2], high_at[2]; /* offsets of the arguments in pt_regs, for a 64-bit and for a 32-bit call */
	u64 announced; /* bit n: some value that is n modulo 64 has a variant; most calls pass values whose bit is 0 */
	const struct linx_row *fallback;
};

/* The value of a selector for which there is a variant. */
struct linx_variant_key {
	u32 value;
	u32 selector;
};

#define LINX_VARIANT_BITS 11

/*
 * Constant once loaded: selectors; variants, the value of each, and a hash table of 1 << LINX_VARIANT_BITS indices
 * into them (0: free).
 */
extern struct linx_selector linx_selectors[];
extern struct linx_row linx_variants[];
extern struct linx_variant_key linx_variant_keys[];
extern u16 linx_variant_hash[];

static __always_inline u32 linx_selector_reg(const struct pt_regs *regs, u32 at, u32 shift)
{
	return *(const unsigned long *)((const u8 *)regs + at) >> (shift & 63);
}

/* Can the selector's value in this x86_64 call have a variant? If not, the row is selector->fallback. */
static __always_inline bool linx_selector_may_match(const struct linx_selector *selector, const struct pt_regs *regs)
{
	u32 value = linx_selector_reg(regs, selector->low_at[0], selector->shift) & selector->mask;

	return selector->announced >> (value % 64) & 1;
}

/* Returns the place of a value's variant in the hash, or the free place where it would be. */
static __always_inline u16 *linx_variant_find(u32 selector, u32 value)
{
	u32 at = (value * 0x9e3779b1 + selector * 0x85ebca6b) >> (32 - LINX_VARIANT_BITS), id;

	for (;;) {
		id = *(linx_variant_hash + at);
		if (!id || ((linx_variant_keys + id)->value == value && (linx_variant_keys + id)->selector == selector))
			return linx_variant_hash + at;
		at = (at + 1) & ((1 << LINX_VARIANT_BITS) - 1);
	}
}

/* Returns the variant for a call. row: a row whose member "selector" is set. */
static __always_inline const struct linx_row *linx_variant_of(const struct linx_row *row, const struct pt_regs *regs, u32 abi)
{
	const struct linx_selector *selector = linx_selectors + row->selector;
	u32 value = linx_selector_reg(regs, abi == LINX_ABI_I386 ? selector->low_at[1] : selector->low_at[0], selector->shift) & selector->mask;
	u32 id;

	if (likely(!(selector->announced >> (value % 64) & 1)))
		return selector->fallback;
	if (selector->two)
		value |= linx_selector_reg(regs, abi == LINX_ABI_I386 ? selector->high_at[1] : selector->high_at[0], 0) << 16;
	id = *linx_variant_find(row->selector, value);
	return id ? linx_variants + id : selector->fallback + (value >> 30 & selector->dirs);
}

/* Returns the variant for an operation of io_uring with these arguments. row: a row whose member "selector" is set. */
const struct linx_row *linx_variant_by_args(const struct linx_row *row, const u64 *args);

/* Would linx_selector_may_match() always be true for the row, because nearly all values have a variant? */
static inline bool linx_selector_matches_all(const struct linx_row *row)
{
	return linx_selectors[row->selector].announced == ~0ULL;
}

/* Makes selectors and variants at load, before the rows of the table are completed. */
void linx_variant_init(void);

#endif
