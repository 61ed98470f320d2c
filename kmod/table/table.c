// SPDX-License-Identifier: GPL-2.0-only
/*
 * Makes the encoder's rows, the numbers of each ABI, and the text that goes into a stream, all from the one table in
 * tables/. Constant data; no locks.
 */
#include <linux/bitops.h>
#include <linux/build_bug.h>
#include <linux/cache.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include "shared/row_data.h"
#include "table/variant.h"
#include "table/fast_path.h"
#include "table/layout.h"
#include "table/table.h"
#include "tables/blob.h"

struct linx_row linx_rows[LINX_ROW_ID_NR] __ro_after_init;

const u16 linx_row_of[LINX_ABI_NR][LINX_NR_MAX] = {
#include "shared/nr_data.h"
};

/* Returns linx_row.fixed of an argument. */
static u32 __init fixed_of(u32 def, unsigned int arg)
{
	u32 what = LINX_ARGDEF_WHAT(def), size, whole = LINX_VAL_INFO(LINX_VAL_BYTES, LINX_WHOLE);

	switch (LINX_ARGDEF_COPY(def)) {
	case LINX_COPY_FIX:
	case LINX_COPY_ONE:
		size = LINX_ARGDEF_COPY(def) == LINX_COPY_FIX ? what : linx_shapes[what].size[LINX_ABI_X86_64];
		return size <= LINX_FAST_VALUE_MAX ? LINX_VAL_HEAD(size, arg, whole, 0) : 0;
	case LINX_COPY_N:
		return LINX_VAL_HEAD(linx_shapes[what].size[LINX_ABI_X86_64], arg, whole, 0);
	case LINX_COPY_ALL:
	case LINX_COPY_SZ:
		return LINX_VAL_HEAD(1, arg, whole, 0);
	case LINX_COPY_BITS:
		return LINX_VAL_HEAD(0, arg, whole, 0);
	case LINX_COPY_BUF:
		return LINX_VAL_HEAD(LINX_ARGDEF_N(def), arg, 0, 0);
	case LINX_COPY_STR:
		return LINX_VAL_HEAD(0, arg, LINX_VAL_INFO(LINX_VAL_STR, LINX_WHOLE), 0);
	default:
		return 0;
	}
}

/*
 * Completes a row: sets which arguments are copied at entry, after success and after failure, and which fast paths can
 * write the records of the row's calls.
 */
void __init linx_row_complete(struct linx_row *row)
{
	unsigned int flags = row->entry ? LINX_ROW_ENTRYBY : 0, arg, n;
	struct linx_row_bits bits = linx_args_complete(row->arg, flags, linx_shapes);

	row->in = bits.in;
	row->out = bits.out;
	row->err = bits.err;
	row->follow = bits.follow;
	row->entry = bits.entry;
	for (arg = 0; arg < LINX_NARGS; arg++)
		row->fixed[arg] = fixed_of(row->arg[arg], arg);
	n = row->in | row->out | row->err;
	row->one = n ? __ffs(n) : 0;
	row->two = n & (n - 1) ? __ffs(n & (n - 1)) : 0;
	linx_row_find_paths(row);
}

/*
 * Sets a row from the table. Until linx_row_complete() is called, row->entry says whether the row has LINX_ROW_ENTRYBY,
 * a flag that does not fit into row->flags.
 */
static void __init init_row(unsigned int id)
{
	const struct linx_row_data *from = &linx_row_data[id];
	struct linx_row *row = &linx_rows[id];

	row->nargs = from->nargs;
	row->flags = linx_row_flags_of(id, from->flags);
	row->entry = from->flags & LINX_ROW_ENTRYBY ? LINX_ENTRY_NONE : LINX_ENTRY_ALL;
	memcpy(row->arg, from->arg, sizeof(row->arg));
}

void __init linx_table_init(void)
{
	unsigned int i;

	for (i = 0; i < LINX_ROW_ID_NR; i++)
		init_row(i);
	linx_members_init();
	linx_variant_init();
	for (i = 0; i < LINX_ROW_ID_NR; i++)
		linx_row_complete(&linx_rows[i]);
}

const char *linx_table_borrow_text(size_t *len)
{
	*len = sizeof(linx_table_text) - 1;
	return linx_table_text;
}

/* Returns the FNV-1a hash (64 bits) of the table's text. The constants are from the algorithm's definition. */
u64 linx_table_hash(void)
{
	u64 hash = 0xcbf29ce484222325ULL;
	size_t i;

	for (i = 0; i < sizeof(linx_table_text) - 1; i++)
		hash = (hash ^ (u8)linx_table_text[i]) * 0x100000001b3ULL;
	return hash;
}
