/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Names of constants: the sets of libuser/table/flags/, which the preprocessor makes into const tables. Values are
 * compared in the width of the argument that holds them; the width is given as a mask of its bits: 0xffffffff for 32
 * bits, UINT64_MAX for 64.
 */
#ifndef LINX_NAMES_H
#define LINX_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum linx_flag_kind {
	LINX_FLAG_BITS, /* a bit, or several bits that are set together; or one of several constants */
	LINX_FLAG_FIELD, /* one of the values that the bits of mask can have together */
	LINX_FLAG_ZERO, /* name of the value 0 */
	LINX_FLAG_NUMBER, /* the bits of mask are a number, shown in octal, in decimal, or as n<<NAME */
};

struct linx_flag {
	const char *name;
	const char *text; /* description for people, such as an error message; NULL: none */
	uint64_t value;
	uint64_t mask; /* of LINX_FLAG_FIELD and LINX_FLAG_NUMBER: the bits that belong together */
	uint8_t shift; /* of LINX_FLAG_NUMBER: how far to shift the bits of mask to the right */
	uint8_t kind; /* enum linx_flag_kind */
	bool own; /* linx has this name, strace lacks it */
};

struct linx_flagset {
	const char *name; /* name of the set, by which syscalls.def gives it as an argument's type */
	const char *prefix; /* beginning of the placeholder for a number without a name: "O_" gives "O_???" */
	bool bits; /* true: flags, which can be combined; false: constants, sorted by value: a number is one of them */
	unsigned int count;
	const struct linx_flag *flags;
};

/* Returns the set with this name; NULL: there is none. */
const struct linx_flagset *linx_flagset_find(const char *name);

/*
 * linx_const_find() returns the first constant with this value, NULL if there is none. linx_const_next()
 * returns the next constant with the same value as flag, NULL if there is none.
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
	uint64_t number; /* the sub-field's number, if the flag returned is a LINX_FLAG_NUMBER */
	unsigned int at;
};
void linx_flag_begin(struct linx_flag_iter *it, const struct linx_flagset *set, uint64_t value,
		     uint64_t width);
/* Returns the next flag in the number; NULL: no more, and it->rest holds the bits without a name. */
const struct linx_flag *linx_flag_next(struct linx_flag_iter *it);

/*
 * Returns the name of an error, such as "ENOENT", also of kernel-internal errors (ERESTARTSYS); NULL: none. err
 * is positive.
 */
const char *linx_errno_name(unsigned int err);
/* Returns the text of an error: "No such file or directory"; NULL: none. */
const char *linx_errno_text(unsigned int err);
/* Returns the name of a signal: "SIGTERM"; NULL: none. */
const char *linx_signal_name(unsigned int sig);

#endif
