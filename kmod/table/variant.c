// SPDX-License-Identifier: GPL-2.0-only
/*
 * From the value of an argument to the row that says what is captured. The rows
 * and a hash of them are made at load and constant from then on; no locks. Probe
 * context.
 */
#include <linux/bitops.h>
#include <linux/cache.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include "table/variant.h"
#include "compat/compat.h"
#include "table/capture_words.h"

/* Rows as table/table.c numbers them. */
enum {
	ROW_UNKNOWN,
#define SYSCALL(id, class, args) ROW_##id,
#include "tables/syscalls.def"
#undef SYSCALL
};

/* The rows of choices.def, from 1 on. */
enum {
	SELECTOR_NONE,
#define KEY(row, k, shift, mask) SELECTOR_##row,
#define KEY2(row, high, low) SELECTOR_##row,
#define CHOICE(row, value, arg, capture)
#define OTHERWISE(row, arg, capture)
#define OTHERWISE_IOC(row, dir, arg, capture)
#include "tables/choices.def"
#undef KEY
#undef KEY2
	SELECTOR_NR,
};

struct linx_selector linx_selectors[SELECTOR_NR] __ro_after_init = {
#define KEY(id, k, shift_, mask_) [SELECTOR_##id] = { .row = ROW_##id, .low = k, .shift = shift_, .mask = mask_ },
#define KEY2(id, high_, low_) [SELECTOR_##id] = { .row = ROW_##id, .low = low_, .high = high_, .two = true, .mask = 0xffff },
#include "tables/choices.def"
#undef KEY
#undef KEY2
#undef CHOICE
#undef OTHERWISE
#undef OTHERWISE_IOC
};

#define KEY(row, k, shift, mask)
#define KEY2(row, high, low)

enum variant_kind {
	CHOICE_VALUE,
	CHOICE_OTHERWISE,
};

struct variant {
	u16 selector;
	u8 kind, arg;
	u32 value; /* OTHERWISE: direction, 0 for all but ioctl */
	u32 def;
};

static const struct variant choices[] __initconst = {
#define CHOICE(row, value_, arg_, capture) { SELECTOR_##row, CHOICE_VALUE, arg_, value_, capture },
#define OTHERWISE(row, arg_, capture) { SELECTOR_##row, CHOICE_OTHERWISE, arg_, 0, capture },
#define OTHERWISE_IOC(row, dir, arg_, capture) { SELECTOR_##row, CHOICE_OTHERWISE, arg_, dir, capture },
#include "tables/choices.def"
#undef CHOICE
#undef OTHERWISE
#undef OTHERWISE_IOC
};

#define DIRS 4
/* The first rows: what holds otherwise, for each row and direction. */
#define OTHERWISE_NR (SELECTOR_NR * DIRS)
#define VARIANT_NR (OTHERWISE_NR + ARRAY_SIZE(choices))

struct linx_row linx_variants[VARIANT_NR] __ro_after_init;
struct linx_variant_key linx_variant_keys[VARIANT_NR] __ro_after_init;
static unsigned int nchosen __initdata = OTHERWISE_NR;

u16 linx_variant_hash[1 << LINX_VARIANT_BITS] __ro_after_init;

/* Less than half is taken, so that a search is short. */
static_assert(ARRAY_SIZE(choices) < ARRAY_SIZE(linx_variant_hash) / 2);

/* A copy of the row with nothing to capture where its argument decides. */
static void __init copy_row(unsigned int to, u32 selector, u32 value)
{
	struct linx_row *row = &linx_variants[to];
	unsigned int i;

	*row = linx_rows[linx_selectors[selector].row];
	row->selector = 0;
	linx_variant_keys[to].value = value;
	linx_variant_keys[to].selector = selector;
	for (i = 0; i < LINX_NARGS; i++)
		if (LINX_ARGDEF_CAP(row->arg[i]) == LINX_CAP_BY)
			row->arg[i] &= LINX_ARGDEF_TYPE;
}

/* Sets where a selector's arguments stand in pt_regs: a call then reads one register instead of six. */
static void __init set_selector(struct linx_selector *selector, const struct linx_row *fallback)
{
	static const u16 at[2][LINX_NARGS] __initconst = {
		LINX_ARGS_64,
		LINX_ARGS_32,
	};
	unsigned int i;

	for (i = 0; i < 2; i++) {
		selector->low_at[i] = at[i][selector->low];
		selector->high_at[i] = at[i][selector->high];
	}
	selector->fallback = fallback;
}

static struct linx_row *__init get_variant(const struct variant *c)
{
	struct linx_selector *selector = &linx_selectors[c->selector];
	u16 *slot;

	if (c->kind == CHOICE_OTHERWISE) {
		if (c->value) {
			selector->dirs = DIRS - 1;
			selector->announced = ~0ULL;
		}
		return &linx_variants[c->selector * DIRS + c->value];
	}
	selector->announced |= 1ULL << (c->value & selector->mask) % 64;
	slot = linx_variant_find(c->selector, c->value);
	if (!*slot) {
		copy_row(nchosen, c->selector, c->value);
		*slot = nchosen++;
	}
	return &linx_variants[*slot];
}

void __init linx_variant_init(void)
{
	unsigned int i;

	for (i = DIRS; i < OTHERWISE_NR; i++)
		copy_row(i, i / DIRS, 0);
	for (i = 1; i < SELECTOR_NR; i++) {
		set_selector(&linx_selectors[i], &linx_variants[i * DIRS]);
		linx_rows[linx_selectors[i].row].selector = i;
	}
	for (i = 0; i < ARRAY_SIZE(choices); i++)
		get_variant(&choices[i])->arg[choices[i].arg] |= choices[i].def;
	for (i = DIRS; i < nchosen; i++)
		linx_row_complete(&linx_variants[i]);
}
