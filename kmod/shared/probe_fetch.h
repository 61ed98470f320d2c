/* SPDX-License-Identifier: (GPL-2.0-only WITH Linux-syscall-note) OR LGPL-2.1-or-later */
/*
 * Fetch lists of probes (struct linx_fetch_step): their check and their interpreter. The library checks a list before
 * it passes it on, and the module checks it again, since a caller of the module can be hostile.
 *
 * A file that runs lists defines LINX_FETCH_RUNS before it includes this file, and has defined:
 *   struct linx_fetch_io                      where registers and memory of a hit are
 *   int linx_fetch_read(io, to, size, from, user)   copies size bytes (1, 2, 4 or 8) from kernel or user memory to the
 *                                             low bytes of *to, a __u64; returns nonzero if the memory is unreadable.
 *                                             It never faults and never sleeps: "from" can be any number.
 *   bool linx_fetch_start(io, op, n, to)      sets *to for a START step; returns false if it is not known here
 * The machine is little-endian, as is every machine that linx supports.
 *
 * Addresses come from the caller's list, not from types that the kernel checked. An engine that follows an END step
 * such as SOCK or PATH reads everything on its way as linx_fetch_read() does, and takes no lock of the object.
 */
#ifndef LINX_SHARED_PROBE_FETCH_H
#define LINX_SHARED_PROBE_FETCH_H

#ifndef __KERNEL__
#include <stdbool.h>
#endif
#include <linux/errno.h>
#include <linux/linx.h>
#include <linux/types.h>

/* Most bytes of the values of SOCK, PATH and DENTRY, and CRED. */
#define LINX_FETCH_SOCK_MAX 256u
#define LINX_FETCH_PATH_MAX 4096u

/* Number of registers of struct pt_regs that a REG step can name. No architecture that linx supports has more. */
#define LINX_FETCH_REGS_MAX 34

/* Parts of a record that a valid list writes. */
struct linx_fetch_sum {
	__u32 scalars;
	__u32 values;
	__u32 bytes; /* most bytes of all values, without their heads */
};

static __always_inline bool linx_fetch_is_start(__u32 op)
{
	return op >= LINX_FETCH_ARG && op <= LINX_FETCH_RECORD;
}

static __always_inline bool linx_fetch_is_way(__u32 op)
{
	return op >= LINX_FETCH_ADD && op <= LINX_FETCH_DATA_LOC;
}

static __always_inline bool linx_fetch_is_end(__u32 op)
{
	return op >= LINX_FETCH_SCALAR && op <= LINX_FETCH_CRED;
}

static __always_inline bool linx_fetch_is_size(__u32 size)
{
	return size == 1 || size == 2 || size == 4 || size == 8;
}

/* Can a probe of the kind (enum linx_probe_kind) take this START step? */
static inline bool linx_fetch_can_start(const struct linx_fetch_step *s, __u32 kind)
{
	bool function = kind == LINX_PROBE_FUNCTION || kind == LINX_PROBE_RETURN;

	if (s->size || s->flags || s->arg || s->imm < 0)
		return false;
	switch (s->op) {
	case LINX_FETCH_ARG:
		return function ? s->imm < 6 : kind == LINX_PROBE_RAWTP && s->imm < 12;
	case LINX_FETCH_REG:
		return kind == LINX_PROBE_FUNCTION && s->imm < LINX_FETCH_REGS_MAX;
	case LINX_FETCH_RET:
		return kind == LINX_PROBE_RETURN && !s->imm;
	case LINX_FETCH_RECORD:
		return kind == LINX_PROBE_TRACEPOINT && !s->imm;
	default:
		return !s->imm;
	}
}

/* Is a WAY step well formed? */
static inline bool linx_fetch_way_ok(const struct linx_fetch_step *s, __u32 kind)
{
	__u32 from = LINX_FETCH_BITS_FROM(s->imm), width = LINX_FETCH_BITS_WIDTH(s->imm);
	bool sized = s->op == LINX_FETCH_LOAD || s->op == LINX_FETCH_CAST;
	__u32 flags = s->op == LINX_FETCH_LOAD ? LINX_FETCH_SIGNED | LINX_FETCH_USER :
		      s->op == LINX_FETCH_CAST || s->op == LINX_FETCH_BITS ? LINX_FETCH_SIGNED : 0;

	if (s->arg || s->flags & ~flags || (sized ? !linx_fetch_is_size(s->size) || s->imm : s->size))
		return false;
	if (s->op == LINX_FETCH_BITS)
		return width && width <= 64 && from < 64 && from + width <= 64;
	if (s->op == LINX_FETCH_DATA_LOC)
		return kind == LINX_PROBE_TRACEPOINT && s->imm >= 0 && s->imm < LINX_FETCH_RECORD_MAX;
	return true;
}

/* Is an END step well formed? Adds what it writes to *sum; *next_arg: lowest number that its value can have. */
static inline bool linx_fetch_end_ok(const struct linx_fetch_step *s, struct linx_fetch_sum *sum, __u32 *next_arg)
{
	bool memory = s->op == LINX_FETCH_STR || s->op == LINX_FETCH_BYTES;

	if (s->size || s->flags & ~(memory ? LINX_FETCH_USER : 0) || s->arg >= LINX_PROBE_ARGS_MAX)
		return false;
	if (s->op == LINX_FETCH_SCALAR)
		return !s->imm && s->arg == sum->scalars++;
	if (s->arg < *next_arg || (memory ? s->imm < 1 || s->imm > LINX_FETCH_BYTES_MAX : s->imm))
		return false;
	*next_arg = s->arg + 1u;
	sum->values++;
	if (memory)
		sum->bytes += (__u32)s->imm;
	else if (s->op == LINX_FETCH_CRED)
		sum->bytes += sizeof(struct linx_cred);
	else
		sum->bytes += s->op == LINX_FETCH_SOCK ? LINX_FETCH_SOCK_MAX : LINX_FETCH_PATH_MAX;
	return true;
}

/*
 * Checks the whole list of a probe of the kind. Returns 0, and sets *sum to what the list writes; or -EINVAL, and sets
 * *at to the number of the first wrong step; or -E2BIG: too many steps, arguments or bytes. A list without steps is
 * valid.
 */
static inline int linx_fetch_check(const struct linx_fetch_step *steps, __u32 n, __u32 kind, struct linx_fetch_sum *sum,
				   __u32 *at)
{
	__u32 next_arg = 0, i;
	bool open = false; /* a value has begun and not ended */

	sum->scalars = sum->values = sum->bytes = 0;
	*at = 0;
	if (kind < LINX_PROBE_FUNCTION || kind > LINX_PROBE_RAWTP)
		return -EINVAL;
	if (n > LINX_FETCH_STEPS_MAX)
		return -E2BIG;
	for (i = 0; i < n; i++) {
		const struct linx_fetch_step *s = &steps[i];

		*at = i;
		if (!open) {
			if (!linx_fetch_is_start(s->op) || !linx_fetch_can_start(s, kind))
				return -EINVAL;
			open = true;
		} else if (linx_fetch_is_way(s->op)) {
			if (!linx_fetch_way_ok(s, kind))
				return -EINVAL;
		} else {
			if (!linx_fetch_is_end(s->op) || !linx_fetch_end_ok(s, sum, &next_arg))
				return -EINVAL;
			open = false;
		}
	}
	if (open)
		return -EINVAL;
	if (sum->scalars + sum->values > LINX_PROBE_ARGS_MAX || sum->bytes > LINX_REC_USER_MAX)
		return -E2BIG;
	return 0;
}

#ifdef LINX_FETCH_RUNS

/* State of the interpreter between two steps. It holds no pointer, so that the eBPF verifier need not follow one. */
struct linx_fetch {
	__u64 number;
	__u32 most; /* most bytes at the address */
	__u32 state; /* enum linx_state */
};

static __always_inline __u64 linx_fetch_extend(__u64 number, __u32 bits, __u32 flags)
{
	__u32 up = (64 - bits) & 63;

	return flags & LINX_FETCH_SIGNED ? (__u64)((__s64)(number << up) >> up) : number << up >> up;
}

static __always_inline void linx_fetch_fail(struct linx_fetch *f, __u32 state)
{
	f->number = 0;
	f->state = state;
}

/* Does the step need an address that is not null? */
static __always_inline bool linx_fetch_needs_address(__u32 op)
{
	return op == LINX_FETCH_ADD || op == LINX_FETCH_LOAD || op > LINX_FETCH_SCALAR;
}

/*
 * Does one step of a checked list. Returns true after an END step: the caller then records the value, with f->state. If
 * the state is LINX_WHOLE, f->number is the value of a scalar, or the address from which at most f->most bytes are
 * read. The caller goes through a list by one loop with a constant bound, and has one struct linx_fetch for all steps.
 */
static __always_inline bool linx_fetch_step(struct linx_fetch_io *io, struct linx_fetch *f, const struct linx_fetch_step *s)
{
	__u32 op = s->op;
	__u64 word = 0;

	if (linx_fetch_is_start(op)) {
		f->state = LINX_WHOLE;
		f->most = LINX_FETCH_BYTES_MAX;
		if (!linx_fetch_start(io, op, (__u32)s->imm, &f->number))
			linx_fetch_fail(f, LINX_UNAVAILABLE);
		return false;
	}
	if (f->state != LINX_WHOLE)
		return op >= LINX_FETCH_SCALAR;
	if (!f->number && linx_fetch_needs_address(op))
		linx_fetch_fail(f, LINX_ABSENT);
	else if (op == LINX_FETCH_ADD)
		f->number += (__u64)(__s64)s->imm;
	else if (op == LINX_FETCH_LOAD) {
		if (linx_fetch_read(io, &word, s->size, f->number, s->flags & LINX_FETCH_USER))
			linx_fetch_fail(f, LINX_UNREADABLE);
		else
			f->number = linx_fetch_extend(word, s->size * 8u, s->flags);
	} else if (op == LINX_FETCH_CAST)
		f->number = linx_fetch_extend(f->number, s->size * 8u, s->flags);
	else if (op == LINX_FETCH_BITS)
		f->number = linx_fetch_extend(f->number >> (LINX_FETCH_BITS_FROM(s->imm) & 63), LINX_FETCH_BITS_WIDTH(s->imm),
					      s->flags);
	else if (op == LINX_FETCH_DATA_LOC) {
		f->most = (__u32)f->number >> 16;
		if (!linx_fetch_start(io, LINX_FETCH_RECORD, 0, &word))
			linx_fetch_fail(f, LINX_UNAVAILABLE);
		else
			f->number = word + (__u32)s->imm + (f->number & 0xffff);
	}
	return op >= LINX_FETCH_SCALAR;
}

/* Returns how many bytes a STR or BYTES step reads at most from the address. */
static __always_inline __u32 linx_fetch_most(const struct linx_fetch *f, const struct linx_fetch_step *s)
{
	return (__u32)s->imm < f->most ? (__u32)s->imm : f->most;
}

#endif

#endif
