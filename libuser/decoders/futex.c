// SPDX-License-Identifier: LGPL-2.1-or-later
/* Writes futex(2) and its relatives: the operation determines the meaning of each argument. */
#include "base/array_size.h"
#include "decoders/decoders.h"
#include "table/flagsets.h"

#define OPARG_SHIFT_BIT 8u
#define CMD_MASK 0x7fu
#define CLOCK_BIT 0x100u
#define WAITV_MAX 128u
enum { FUTEX_WAIT = 0, FUTEX_WAIT_BITSET = 9, FUTEX_WAIT_REQUEUE_PI = 11 };

/* Uses that an operation has for the fourth argument, and for the sixth. */
enum fourth { NO_TIME, TIME, COUNT_2, ADDRESS };
enum sixth { NO_VALUE, NUMBER, BITSET, WAKE_OP, HEX };

/* clang-format off */
static const struct futex_op {
	bool val;
	uint8_t fourth; /* enum fourth */
	bool uaddr2;
	uint8_t sixth; /* enum sixth */
} ops[] = {
	[0] = { true, TIME, false, NO_VALUE }, /* WAIT */
	[1] = { true, NO_TIME, false, NO_VALUE }, /* WAKE */
	[2] = { true, NO_TIME, false, NO_VALUE }, /* FD */
	[3] = { true, COUNT_2, true, NO_VALUE }, /* REQUEUE */
	[4] = { true, COUNT_2, true, NUMBER }, /* CMP_REQUEUE */
	[5] = { true, COUNT_2, true, WAKE_OP }, /* WAKE_OP */
	[6] = { false, TIME, false, NO_VALUE }, /* LOCK_PI */
	[7] = { false, NO_TIME, false, NO_VALUE }, /* UNLOCK_PI */
	[8] = { false, NO_TIME, false, NO_VALUE }, /* TRYLOCK_PI */
	[9] = { true, TIME, false, BITSET }, /* WAIT_BITSET */
	[10] = { true, NO_TIME, false, BITSET }, /* WAKE_BITSET */
	[11] = { true, TIME, true, NO_VALUE }, /* WAIT_REQUEUE_PI */
	[12] = { true, COUNT_2, true, NUMBER }, /* CMP_REQUEUE_PI */
	[13] = { false, TIME, false, NO_VALUE }, /* LOCK_PI2 */
};
static const struct futex_op unknown = { true, ADDRESS, true, HEX };
/* clang-format on */

static void put_bitset(struct linx_put *p, uint64_t set)
{
	if (set == UINT32_MAX)
		linx_put_symbol(p, set, 'x', "FUTEX_BITSET_MATCH_ANY");
	else
		linx_put_hex(p, set);
}

/*
 * Writes a part of an operation, such as "FUTEX_OP_ADD<<28". A value without a name gets its comment behind the
 * shift.
 */
static void put_shifted(struct linx_put *p, const struct linx_flagset *set, uint32_t n, const char *shift,
			const char *what)
{
	bool known = linx_const_find(set, n, UINT32_MAX);

	if (known)
		linx_put_flags(p, set, n, 4);
	else
		linx_put_hex(p, n);
	linx_put_text(p, shift);
	if (!known && p->st->xlat != LINX_XLAT_RAW)
		linx_put_comment(p, what);
}

/*
 * Writes the argument of FUTEX_WAKE_OP: the operation on the second word with its operand, and the comparison with its
 * operand.
 */
static void put_wake_op(struct linx_put *p, uint32_t op)
{
	linx_put_packed(p, op);
	if (op >> 28 & OPARG_SHIFT_BIT) {
		linx_put_symbol(p, OPARG_SHIFT_BIT, 'x', "FUTEX_OP_OPARG_SHIFT");
		linx_put_text(p, "<<28|");
	}
	put_shifted(p, &linx_set_futex_wake_op, op >> 28 & 7, "<<28", "FUTEX_OP_???");
	linx_put_text(p, "|");
	linx_put_hex(p, op >> 12 & 0xfff);
	linx_put_text(p, "<<12|");
	put_shifted(p, &linx_set_futex_wake_cmp, op >> 24 & 0xf, "<<24", "FUTEX_OP_CMP_???");
	linx_put_text(p, "|");
	linx_put_hex(p, op & 0xfff);
	linx_put_packed_end(p);
}

static void put_fourth(struct linx_put *p, enum fourth kind)
{
	if (kind == NO_TIME)
		linx_put_hidden(p, 3);
	else if (kind == TIME)
		linx_put_arg(p, 3);
	else
		linx_put_arg_as(p, 3, kind == COUNT_2 ? &linx_ty_uint : &linx_ty_addr);
}

static void put_sixth(struct linx_put *p, enum sixth kind)
{
	uint32_t n = (uint32_t)linx_reg(p, 5);

	if (kind == NO_VALUE) {
		linx_put_hidden(p, 5);
		return;
	}
	if (!linx_put_argname(p, 5))
		return;
	if (kind == BITSET)
		put_bitset(p, n);
	else if (kind == WAKE_OP)
		put_wake_op(p, n);
	else if (kind == NUMBER)
		linx_put_u64(p, n);
	else
		linx_put_hex(p, n);
	p->plain = false;
}

/*
 * Writes the operation of futex(2). The flag for the realtime clock is valid only with some operations; with
 * others the operation is shown without a name.
 */
static void put_op(struct linx_put *p)
{
	uint32_t op = (uint32_t)linx_reg(p, 1), cmd = op & CMD_MASK;
	bool timed = cmd == FUTEX_WAIT || cmd == FUTEX_WAIT_BITSET || cmd == FUTEX_WAIT_REQUEUE_PI;

	if (linx_put_wants(p, LINX_WANT_FULL) || !(op & CLOCK_BIT) || timed) {
		linx_put_arg(p, 1);
		return;
	}
	if (!linx_put_argname(p, 1))
		return;
	p->plain = false;
	linx_put_hex(p, op);
	linx_put_remark(p, "FUTEX_???");
}

void linx_call_futex(struct linx_put *p)
{
	uint64_t cmd = linx_reg(p, 1) & CMD_MASK;
	const struct futex_op *op = cmd < ARRAY_SIZE(ops) ? &ops[cmd] : &unknown;

	linx_put_arg(p, 0);
	put_op(p);
	if (op->val)
		linx_put_arg(p, 2);
	else
		linx_put_hidden(p, 2);
	put_fourth(p, op->fourth);
	if (op->uaddr2)
		linx_put_arg(p, 4);
	else
		linx_put_hidden(p, 4);
	put_sixth(p, op->sixth);
}

/* Writes the two futexes of futex_requeue(2): waiters are taken from the first and moved to the second. */
void linx_arg_futex_pair(struct linx_put *p, unsigned int i)
{
	linx_put_array(p, &linx_ty_futex_waitv, (uint64_t)linx_reg_as(p, i, &linx_ty_addr), 2);
}

/* Writes the arguments of futex_wake(2) or futex_wait(2). mask is the index of the argument with a bit mask. */
static void put_futex2(struct linx_put *p, unsigned int mask, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++) {
		if (i != mask)
			linx_put_arg(p, i);
		else if (linx_put_argname(p, i))
			put_bitset(p, (uint64_t)linx_reg_as(p, i, &linx_ty_hex));
	}
	p->plain = false;
}

void linx_call_futex_wake(struct linx_put *p)
{
	put_futex2(p, 1, 4);
}

void linx_call_futex_wait(struct linx_put *p)
{
	put_futex2(p, 2, 6);
}

/* Writes the arguments of futex_waitv(2). The kernel accepts at most WAITV_MAX waiters. */
void linx_call_futex_waitv(struct linx_put *p)
{
	if (linx_put_argname(p, 0))
		linx_put_array_max(p, &linx_ty_futex_waitv, (uint64_t)linx_reg_as(p, 0, &linx_ty_addr),
				   (uint32_t)linx_reg(p, 1), WAITV_MAX);
	p->plain = false;
	for (unsigned int i = 1; i < 5; i++)
		linx_put_arg(p, i);
}
