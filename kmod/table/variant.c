// SPDX-License-Identifier: GPL-2.0-only
/*
 * Finds the variant of a row by the value of an argument. A variant says what is captured. The variants and a hash
 * table of them are made at load and constant from then on; no locks. Probe context.
 */
#include <linux/bitops.h>
#include <linux/cache.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include "table/variant.h"
#include "compat/compat.h"
#include "shared/choice_data.h"

struct linx_selector linx_selectors[LINX_SELECTOR_NR] __ro_after_init;

/*
 * Number of rows for values that have no row of their own, one for each selector and direction. They come first in
 * linx_variants.
 */
#define OTHERWISE_NR (LINX_SELECTOR_NR * LINX_CHOICE_DIRS)
#define VARIANT_NR (OTHERWISE_NR + LINX_NCHOICES)

struct linx_row linx_variants[VARIANT_NR] __ro_after_init;
struct linx_variant_key linx_variant_keys[VARIANT_NR] __ro_after_init;
static unsigned int nchosen __initdata = OTHERWISE_NR;

u16 linx_variant_hash[1 << LINX_VARIANT_BITS] __ro_after_init;

/* Less than half of the hash is used, so that a search is short. */
static_assert(LINX_NCHOICES < ARRAY_SIZE(linx_variant_hash) / 2);

/* Makes a variant: a copy of the selector's row that does not capture yet the arguments that depend on the value. */
static void __init copy_row(unsigned int to, u32 selector, u32 value)
{
	struct linx_row *row = &linx_variants[to];

	*row = linx_rows[linx_selector_keys[selector].row];
	row->selector = 0;
	linx_variant_keys[to].value = value;
	linx_variant_keys[to].selector = selector;
	linx_args_undecide(row->arg);
}

/*
 * Sets up a selector for probes. The offsets of its arguments in pt_regs are stored, so that a call reads one register
 * instead of six.
 */
static void __init set_selector(u16 id)
{
	static const u16 at[2][LINX_NARGS] __initconst = {
		LINX_ARGS_64,
		LINX_ARGS_32,
	};
	const struct linx_selector_key *key = &linx_selector_keys[id];
	struct linx_selector *selector = &linx_selectors[id];
	unsigned int i;

	selector->shift = key->shift;
	selector->two = key->two;
	selector->mask = key->mask;
	selector->low = key->low;
	selector->high = key->high;
	for (i = 0; i < 2; i++) {
		selector->low_at[i] = at[i][key->low];
		selector->high_at[i] = at[i][key->high];
	}
	selector->fallback = &linx_variants[id * LINX_CHOICE_DIRS];
	linx_rows[key->row].selector = id;
}

static struct linx_row *__init get_variant(const struct linx_choice *c)
{
	struct linx_selector *selector = &linx_selectors[c->selector];
	u16 *slot;

	if (c->otherwise) {
		if (c->value) {
			selector->dirs = LINX_CHOICE_DIRS - 1;
			selector->announced = ~0ULL;
		}
		return &linx_variants[c->selector * LINX_CHOICE_DIRS + c->value];
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

	for (i = LINX_CHOICE_DIRS; i < OTHERWISE_NR; i++)
		copy_row(i, i / LINX_CHOICE_DIRS, 0);
	for (i = 1; i < LINX_SELECTOR_NR; i++)
		set_selector(i);
	for (i = 0; i < LINX_NCHOICES; i++)
		get_variant(&linx_choices[i])->arg[linx_choices[i].arg] |= linx_choices[i].def;
	for (i = LINX_CHOICE_DIRS; i < nchosen; i++)
		linx_row_complete(&linx_variants[i]);
}

const struct linx_row *linx_variant_by_args(const struct linx_row *row, const u64 *args)
{
	const struct linx_selector *selector = linx_selectors + row->selector;
	u32 value = (u32)(args[selector->low] >> (selector->shift & 63)) & selector->mask, id;

	if (selector->two)
		value |= (u32)args[selector->high] << 16;
	id = *linx_variant_find(row->selector, value);
	return id ? linx_variants + id : selector->fallback + (value >> 30 & selector->dirs);
}
