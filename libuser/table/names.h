/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Names of constants: the sets of libuser/table/flags/, which the preprocessor makes into const tables. Values are
 * compared in the width of the argument that holds them; a width is given as a mask: 0xffffffff for 32 bits, UINT64_MAX
 * for 64 bits.
 */
#ifndef LINX_NAMES_H
#define LINX_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum linx_flag_kind {
	LINX_FLAG_BITS, /* a bit, or several bits that belong together; in a set of constants: one of them */
	LINX_FLAG_FIELD, /* one of the values that the bits of mask can have together */
	LINX_FLAG_ZERO, /* name of the value 0 */
	LINX_FLAG_NUMBER, /* the bits of mask are a number, shown in octal, in decimal, or as n<<NAME */
};

struct linx_flag {
	const char *name;
	const char *text; /* description for people, such as an error message; NULL: no description */
	uint64_t value;
	uint64_t mask; /* of LINX_FLAG_FIELD and LINX_FLAG_NUMBER: the bits that belong together */
	uint8_t shift; /* of LINX_FLAG_NUMBER: how far to shift the bits of mask to the right */
	uint8_t kind; /* enum linx_flag_kind */
	bool own; /* only linx has this name, strace does not */
};

struct linx_flagset {
	const char *name; /* name of the set, by which syscalls.def gives it as an argument's type */
	const char *prefix; /* beginning of the placeholder for a number without a name: "O_" gives "O_???" */
	bool bits; /* true: flags, which can be combined; false: constants, sorted by value, of which a number is one */
	unsigned int count;
	const struct linx_flag *flags;
};

/* Returns the set with this name; NULL: there is no such set. */
const struct linx_flagset *linx_flagset_find(const char *name);

/*
 * linx_const_find() returns the first constant with this value; NULL: there is no such constant. linx_const_next()
 * returns the next constant after "flag" with the same value; NULL: there is no other.
 */
const struct linx_flag *linx_const_find(const struct linx_flagset *set, uint64_t value,
					uint64_t width);
const struct linx_flag *linx_const_next(const struct linx_flagset *set,
					const struct linx_flag *flag);

/* Iterates over the names of the flags in a number; begin with linx_flag_begin(). */
struct linx_flag_iter {
	const struct linx_flagset *set;
	uint64_t width;
	uint64_t rest; /* bits of the number for which no name was returned yet */
	uint64_t done; /* mask of the sub-fields for which a name was returned */
	uint64_t number; /* number in the sub-field, if the returned flag is a LINX_FLAG_NUMBER */
	unsigned int at;
};
void linx_flag_begin(struct linx_flag_iter *it, const struct linx_flagset *set, uint64_t value,
		     uint64_t width);
/* Returns the next flag in the number; NULL: there are no more flags, and it->rest has the bits without a name. */
const struct linx_flag *linx_flag_next(struct linx_flag_iter *it);

/*
 * Returns the name of an error, such as "ENOENT", or of a kernel-internal error, such as "ERESTARTSYS"; NULL: there is
 * no such error. err is positive.
 */
const char *linx_errno_name(unsigned int err);
/* Returns the text of an error: "No such file or directory"; NULL: there is no text. */
const char *linx_errno_text(unsigned int err);
/* Returns the name of a signal: "SIGTERM"; NULL: there is no such signal. */
const char *linx_signal_name(unsigned int sig);

#endif
