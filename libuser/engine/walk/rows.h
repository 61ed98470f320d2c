/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The call table as a walker in user space needs it: per call the number of arguments,
 * what each points to, variants that an argument selects, and shapes of structures. All
 * is constant data made of kmod/tables, but for the variants, which one function makes.
 */
#ifndef LINX_ENGINE_WALK_ROWS_H
#define LINX_ENGINE_WALK_ROWS_H

#include <linux/linx.h>
#include <linux/linx_record.h>
#include <stdbool.h>
#include <stdint.h>

#include "shared/fd_rules.h"
#include "shared/row.h"

struct linx_walker_row {
	uint8_t nargs;
	uint8_t in, out, err; /* bits of the arguments that are captured then */
	uint8_t follow; /* bits of the arguments whose structures have pointers */
	uint8_t fds; /* bits of the arguments that are descriptors */
	uint8_t resolved; /* enum linx_resolved */
	uint8_t dirfds; /* bits of fds whose argument may be AT_FDCWD */
	uint8_t pairs, sets; /* bits of arguments that point to two descriptors, or to a set of them */
	uint8_t nrules; /* what else is to be said of its descriptors: linx_fd_rules_get() from place rule on */
	uint8_t nfiles; /* what it changes of a table of descriptors: linx_files_rules_get() from place files on */
	bool makes_fds; /* its result may be a new descriptor, or a pair that it writes */
	uint8_t entry; /* calls that have an entry record under LINX_SELECT_CHOSEN: LINX_ENTRY_* */
	uint16_t flags; /* LINX_ROW_* */
	uint16_t id; /* LINX_ROW_ID_* */
	uint16_t rule, files;
	uint16_t selector; /* an argument selects a variant; 0: none does */
	uint32_t arg[LINX_NARGS]; /* LINX_ARGDEF() */
};

struct linx_rows; /* rows with their variants */

/* NULL: no memory. */
struct linx_rows *linx_rows_new(void);
void linx_rows_free(struct linx_rows *rows);
/* Get the row of a call; row 0, six raw arguments, for a number that the table does not know. */
const struct linx_walker_row *linx_rows_get(const struct linx_rows *rows, unsigned int abi, unsigned int nr);
/* Get the variant of a row for these arguments, or the row itself. */
const struct linx_walker_row *linx_rows_variant(const struct linx_rows *rows, const struct linx_walker_row *row,
					      const uint64_t *args);
/* How an argument selects a variant: by (argument low >> shift) & mask, and above it, if two, the lower half of argument high. */
struct linx_rows_selector {
	uint8_t low, high, shift;
	bool two, by_direction; /* the latter: what has no variant of its own goes by the direction of the ioctl */
	uint32_t mask;
};
/* Get selector i, counted from 1. false: i is past the last. */
bool linx_rows_get_selector(const struct linx_rows *rows, unsigned int i, struct linx_rows_selector *s);
/* Get variant i of all selectors, counted from 0, and what it is for. NULL: i is past the last. */
const struct linx_walker_row *linx_rows_get_variant(const struct linx_rows *rows, unsigned int i, uint32_t *selector,
						  uint32_t *value);
/* Get what a selector has for all other values, by the direction of the ioctl, 0 to 3. */
const struct linx_walker_row *linx_rows_get_otherwise(const struct linx_rows *rows, unsigned int selector,
						    unsigned int direction);
/* Get all rules; those of a row stand together. Returns how many. */
unsigned int linx_fd_rules_get(const struct linx_fd_rule **rules);

/* Get all rules; those of a row stand together. Returns how many. */
unsigned int linx_files_rules_get(const struct linx_files_rule **rules);
/* Set what a row, of which all else is known, changes of tables of descriptors. */
void linx_row_set_changes(struct linx_walker_row *row);

/* Get the place of a descriptor in structures of a shape: on x86_64, and on the 32-bit ABIs. false: they have none. */
bool linx_fd_place_get(unsigned int shape, uint16_t at[2]);
/* By LINX_SHAPE_*. */
extern const struct linx_shape linx_shapes[];
/* Get a shape by a number that nobody has checked; that of an empty one if there is no such. */
const struct linx_shape *linx_shape_get(unsigned int id);

#endif
