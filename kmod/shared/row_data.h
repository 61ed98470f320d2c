/* SPDX-License-Identifier: (GPL-2.0-only WITH Linux-syscall-note) OR LGPL-2.1-or-later */
/* Rows of the call table (tables/syscalls.def) as data. One file of each engine includes this. */
#ifndef LINX_SHARED_ROW_DATA_H
#define LINX_SHARED_ROW_DATA_H

#include "shared/row_words.h"

/* Number of arguments of each row. */
enum {
#define ARG(name, type, capture) +1
#define SYSCALL(id, class, args) LINX_ROW_NARGS_##id = 0 args,
#include "tables/syscalls.def"
#undef ARG
#undef SYSCALL
};

/* A row: the signature of one or more calls. */
struct linx_row_data {
	__u16 flags; /* LINX_ROW_* */
	__u8 nargs;
	__u32 arg[LINX_NARGS]; /* LINX_ARGDEF() */
};

static const struct linx_row_data linx_row_data[LINX_ROW_ID_NR] LINX_TABLE_DATA = {
	[LINX_ROW_ID_UNKNOWN] = { .nargs = LINX_NARGS },
#define ARG(name, type, capture) (capture) | LINX_TYPE_BITS(type),
#define SYSCALL(id, class, args) [LINX_ROW_ID_##id] = { .nargs = LINX_ROW_NARGS_##id, .flags = class, .arg = { args } },
#include "tables/syscalls.def"
#undef ARG
#undef SYSCALL
};

/*
 * Returns all flags LINX_ROW_* of the row id. words: its flags in the table; other flags depend on the row and are
 * added.
 */
static inline __u16 linx_row_flags_of(unsigned int id, __u16 words)
{
	switch (id) {
	case LINX_ROW_ID_setpgid:
		return words | LINX_ROW_OTHER;
	case LINX_ROW_ID_prctl:
		return words | LINX_ROW_OPTION;
	case LINX_ROW_ID_recvmsg:
		return words | LINX_ROW_RECVMSG;
	case LINX_ROW_ID_ioctl:
		return words | LINX_ROW_DEVICE;
	default:
		return words;
	}
}

/* Facts about the arguments of a row, which follow from their definitions. Bit i stands for argument i. */
struct linx_row_bits {
	/* arguments whose memory is captured: at entry and return (in), after success (out), after failure (err) */
	__u8 in, out, err;
	__u8 follow; /* arguments that lead to a structure with pointers to be followed */
	__u8 entry; /* enum linx_entry */
};

/*
 * Completes the definition of argument i. If the buffer's length is the call's result, the next argument is the size of
 * the buffer, and its number becomes n in the definition. If argument n is an int, LINX_ARGDEF_32BIT is set.
 */
static inline void linx_args_set_length(__u32 *args, unsigned int i)
{
	__u32 copy = LINX_ARGDEF_COPY(args[i]);

	if (copy == LINX_COPY_FIT || (copy == LINX_COPY_BUF && args[i] & LINX_ARGDEF_RESULT))
		args[i] |= (i + 1) << 12;
	if (LINX_ARGDEF_N(args[i]) < LINX_NARGS && args[LINX_ARGDEF_N(args[i])] & LINX_ARGDEF_INT)
		args[i] |= LINX_ARGDEF_32BIT;
}

/* linx_args_complete() relies on this order: kinds with a shape go from LINX_COPY_ONE to LINX_COPY_ARGS. */
_Static_assert(LINX_COPY_N == LINX_COPY_ONE + 1 && LINX_COPY_SZ == LINX_COPY_N + 1 && LINX_COPY_ARGS == LINX_COPY_SZ + 1,
	       "kinds with a shape stand together");

/* Completes the definitions of a row's arguments, and returns the facts that follow from them. flags: LINX_ROW_*. */
static inline struct linx_row_bits linx_args_complete(__u32 *args, unsigned int flags, const struct linx_shape *shapes)
{
	struct linx_row_bits bits = { .entry = LINX_ENTRY_NONE };
	unsigned int i, copy, when, bit;

	for (i = 0; i < LINX_NARGS; i++) {
		copy = LINX_ARGDEF_COPY(args[i]);
		when = LINX_ARGDEF_WHEN(args[i]);
		bit = 1u << i;
		if ((when & LINX_WHEN_INOUT) == LINX_WHEN_INOUT)
			bits.entry = LINX_ENTRY_POINTER + i;
		if (when & LINX_WHEN_IN)
			bits.in |= bit;
		else if (when & LINX_WHEN_OUT)
			bits.out |= bit;
		else if (when)
			bits.err |= bit;
		linx_args_set_length(args, i);
		if (copy >= LINX_COPY_ONE && copy <= LINX_COPY_ARGS && shapes[LINX_ARGDEF_WHAT(args[i])].count)
			bits.follow |= bit;
	}
	if (!(flags & LINX_ROW_ENTRYBY))
		bits.entry = LINX_ENTRY_ALL;
	return bits;
}

#endif
