/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Flags and constants of calls with the numbers and names that Falco gives them: filter/falco/flags.def. */
#ifndef LINX_FALCO_FLAGS_H
#define LINX_FALCO_FLAGS_H

#include <stdbool.h>
#include <stdint.h>

enum linx_falco_set {
#define SET(set, conversion, other) LINX_FALCO_SET_##set,
#define VALUE(set, name, number, kernel)
#define NAME(set, name, number)
#include "filter/falco/flags.def"
#undef SET
#undef VALUE
#undef NAME
	LINX_FALCO_SETS,
};

/* Number, in the set "file", of the flag that says that an open created its file. The kernel has no such flag. */
#define LINX_FALCO_O_F_CREATED 0x4000u

/* Ways in which names are found for a number. */
enum linx_falco_naming {
	LINX_FALCO_FLAGS, /* names of the bits that are set in the number */
	LINX_FALCO_ENUM, /* name of each row of the set whose number is equal to the whole number */
	LINX_FALCO_MODE, /* names of the bits of a file mode that are set in the number */
};

struct linx_strbuf; /* defined in base/strbuf.h */

/* Returns Falco's number for the kernel's number of flags or of a constant. */
uint32_t linx_falco_flags_number(enum linx_falco_set set, uint64_t kernel);
/* Returns the mode of an opened file in Falco's event: 0 if the flags create no file. */
uint32_t linx_falco_open_mode(uint64_t flags, uint64_t mode);
/* Appends the names for Falco's number, with "|" between them. If no name matches, nothing is appended. */
void linx_falco_put_names(struct linx_strbuf *o, enum linx_falco_set set, enum linx_falco_naming naming, uint32_t number);

#endif
