/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Names of constants: sets from libuser/table/flags/, made into const tables by the
 * preprocessor. Values are compared in the width of the argument that holds them, given as a
 * mask (0xffffffff or all ones).
 */
#ifndef LINX_NAMES_H
#define LINX_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum linx_flag_kind {
	LINX_FLAG_BITS, /* bits, or a constant */
	LINX_FLAG_FIELD, /* one value of the sub-field mask */
	LINX_FLAG_ZERO, /* name of a value without bits */
	LINX_FLAG_NUMBER, /* the sub-field mask is a number: octal, decimal, or n<<NAME */
};

struct linx_flag {
	const char *name;
	const char *text; /* description for people; NULL: none */
	uint64_t value;
	uint64_t mask; /* FIELD, NUMBER */
	uint8_t shift; /* NUMBER */
	uint8_t kind; /* enum linx_flag_kind */
	bool own; /* strace has no name for it */
};

struct linx_flagset {
	const char *name; /* type of the call table */
	const char *prefix; /* "O_": prefix of unknown values, "O_???" */
	bool bits; /* a set of flags; false: constants, sorted by value */
	unsigned int count;
	const struct linx_flag *flags;
};

/* Set with this name; NULL: none. */
const struct linx_flagset *linx_flagset_find(const char *name);

/*
 * Finds the first constant with this value; NULL: none. Others with the same value follow it:
 * linx_const_next().
 */
const struct linx_flag *linx_const_find(const struct linx_flagset *set, uint64_t value,
					uint64_t width);
const struct linx_flag *linx_const_next(const struct linx_flagset *set,
					const struct linx_flag *flag);

/* Iterates over the names of a set of flags; begin with linx_flag_begin(). */
struct linx_flag_iter {
	const struct linx_flagset *set;
	uint64_t width;
	uint64_t rest; /* bits not named so far */
	uint64_t done; /* mask of sub-fields that have a name */
	uint64_t number; /* number in the LINX_FLAG_NUMBER that was returned */
	unsigned int at;
};
void linx_flag_begin(struct linx_flag_iter *it, const struct linx_flagset *set, uint64_t value,
		     uint64_t width);
/* Next name; NULL: no more, and it->rest holds the bits without a name. */
const struct linx_flag *linx_flag_next(struct linx_flag_iter *it);

/* Name of an error: "ENOENT", also the kernel-internal ERESTARTSYS; NULL: none. err is positive. */
const char *linx_errno_name(unsigned int err);
/* Text of an error: "No such file or directory"; NULL: none. */
const char *linx_errno_text(unsigned int err);
/* Name of a signal: "SIGTERM"; NULL: none. */
const char *linx_signal_name(unsigned int sig);

#endif
