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
#include <asm/ptrace.h>
#include "choice.h"
#include "words.h"

/* Rows as table.c numbers them. */
enum {
	ROW_UNKNOWN,
#define SYSCALL(id, class, args) ROW_##id,
#include "tables/syscalls.def"
#undef SYSCALL
};

/* The rows of choices.def, from 1 on. */
enum {
	BY_NONE,
#define KEY(row, k, shift, mask) BY_##row,
#define KEY2(row, high, low) BY_##row,
#define CHOICE(row, value, arg, capture)
#define OTHERWISE(row, arg, capture)
#define OTHERWISE_IOC(row, dir, arg, capture)
#include "tables/choices.def"
#undef KEY
#undef KEY2
	BY_NR,
};

/* What decides: (argument low >> shift) & mask, and the low half of argument high above it if there are two. */
struct by {
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

static struct by bys[BY_NR] __ro_after_init = {
#define KEY(id, k, shift_, mask_) [BY_##id] = { .row = ROW_##id, .low = k, .shift = shift_, .mask = mask_ },
#define KEY2(id, high_, low_) [BY_##id] = { .row = ROW_##id, .low = low_, .high = high_, .two = true, .mask = 0xffff },
#include "tables/choices.def"
#undef KEY
#undef KEY2
#undef CHOICE
#undef OTHERWISE
#undef OTHERWISE_IOC
};

#define KEY(row, k, shift, mask)
#define KEY2(row, high, low)

enum choice_kind {
	CHOICE_VALUE,
	CHOICE_OTHERWISE,
};

struct choice {
	u16 by;
	u8 kind, arg;
	u32 value; /* OTHERWISE: direction, 0 for all but ioctl */
	u32 def;
};

static const struct choice choices[] __initconst = {
#define CHOICE(row, value_, arg_, capture) { BY_##row, CHOICE_VALUE, arg_, value_, capture },
#define OTHERWISE(row, arg_, capture) { BY_##row, CHOICE_OTHERWISE, arg_, 0, capture },
#define OTHERWISE_IOC(row, dir, arg_, capture) { BY_##row, CHOICE_OTHERWISE, arg_, dir, capture },
#include "tables/choices.def"
#undef CHOICE
#undef OTHERWISE
#undef OTHERWISE_IOC
};

#define DIRS 4
/* The first rows: what holds otherwise, for each row and direction. */
#define OTHERWISE_NR (BY_NR * DIRS)
#define CHOSEN_NR (OTHERWISE_NR + ARRAY_SIZE(choices))

/* The rows, and of each that is for one value which that is. */
static struct linx_row chosen[CHOSEN_NR] __ro_after_init;
static struct {
	u32 value;
	u32 by;
} keys[CHOSEN_NR] __ro_after_init;
static unsigned int nchosen __initdata = OTHERWISE_NR;

/* Index into chosen; 0: free. Less than half is taken, so that a search is short. */
#define HASH_BITS 11
#define HASH_SIZE (1 << HASH_BITS)
static u16 hash[HASH_SIZE] __ro_after_init;

static_assert(ARRAY_SIZE(choices) < HASH_SIZE / 2);

static u32 place_of(u32 by, u32 value)
{
	return (value * 0x9e3779b1 + by * 0x85ebca6b) >> (32 - HASH_BITS);
}

/* Where it is or, if it is not there, would be. Ends at a free place. */
static __always_inline u16 *find(u32 by, u32 value)
{
	u32 at = place_of(by, value);

	while (*(hash + at) && ((keys + *(hash + at))->value != value || (keys + *(hash + at))->by != by))
		at = (at + 1) & (HASH_SIZE - 1);
	return hash + at;
}

static __always_inline u32 reg(const struct pt_regs *regs, u32 at, u32 shift)
{
	return *(const unsigned long *)((const u8 *)regs + at) >> shift;
}

const struct linx_row *linx_choose(const struct linx_row *row, const struct pt_regs *regs, u32 abi)
{
	const struct by *by = bys + row->by;
	u32 value = reg(regs, abi == LINX_ABI_I386 ? by->low_at[1] : by->low_at[0], by->shift) & by->mask;
	u16 id;

	if (likely(!(by->seen >> (value % 64) & 1)))
		return by->otherwise;
	if (by->two)
		value |= reg(regs, abi == LINX_ABI_I386 ? by->high_at[1] : by->high_at[0], 0) << 16;
	id = *find(row->by, value);
	return id ? chosen + id : by->otherwise + (value >> 30 & by->dirs);
}

/* A copy of the row with nothing to capture where its argument decides. */
static void __init copy_row(unsigned int to, u32 by, u32 value)
{
	struct linx_row *row = &chosen[to];
	unsigned int i;

	*row = linx_rows[bys[by].row];
	row->by = 0;
	keys[to].value = value;
	keys[to].by = by;
	for (i = 0; i < LINX_NARGS; i++)
		if (LINX_ARGDEF_CAP(row->arg[i]) == LINX_CAP_BY)
			row->arg[i] &= LINX_ARGDEF_TYPE;
}

/* Where the arguments of a call stand, for one register instead of six. */
static void __init set_by(struct by *by, const struct linx_row *otherwise)
{
	static const u16 at[2][LINX_NARGS] __initconst = {
		{ offsetof(struct pt_regs, di), offsetof(struct pt_regs, si), offsetof(struct pt_regs, dx),
		  offsetof(struct pt_regs, r10), offsetof(struct pt_regs, r8), offsetof(struct pt_regs, r9) },
		{ offsetof(struct pt_regs, bx), offsetof(struct pt_regs, cx), offsetof(struct pt_regs, dx),
		  offsetof(struct pt_regs, si), offsetof(struct pt_regs, di), offsetof(struct pt_regs, bp) },
	};
	unsigned int i;

	for (i = 0; i < 2; i++) {
		by->low_at[i] = at[i][by->low];
		by->high_at[i] = at[i][by->high];
	}
	by->otherwise = otherwise;
}

static struct linx_row *__init get_chosen(const struct choice *c)
{
	struct by *by = &bys[c->by];
	u16 *slot;

	if (c->kind == CHOICE_OTHERWISE) {
		if (c->value) {
			by->dirs = DIRS - 1;
			by->seen = ~0ULL;
		}
		return &chosen[c->by * DIRS + c->value];
	}
	by->seen |= 1ULL << (c->value & by->mask) % 64;
	slot = find(c->by, c->value);
	if (!*slot) {
		copy_row(nchosen, c->by, c->value);
		*slot = nchosen++;
	}
	return &chosen[*slot];
}

void __init linx_choice_init(void)
{
	unsigned int i;

	for (i = DIRS; i < OTHERWISE_NR; i++)
		copy_row(i, i / DIRS, 0);
	for (i = 1; i < BY_NR; i++) {
		set_by(&bys[i], &chosen[i * DIRS]);
		linx_rows[bys[i].row].by = i;
	}
	for (i = 0; i < ARRAY_SIZE(choices); i++)
		get_chosen(&choices[i])->arg[choices[i].arg] |= choices[i].def;
	for (i = DIRS; i < nchosen; i++)
		linx_row_complete(&chosen[i]);
}
