/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The call table as a walker in user space needs it: for each call the number of arguments, the memory that
 * each points to, variants that an argument selects, and shapes of structures. All is constant data made of
 * kmod/tables, except the variants, which one function makes.
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
	uint8_t in, out, err; /* bits of the arguments that are captured at entry, after success, after failure */
	uint8_t follow; /* bits of the arguments whose structures have pointers */
	uint8_t fds; /* bits of the arguments that are descriptors */
	uint8_t resolved; /* enum linx_resolved */
	uint8_t dirfds; /* bits of fds whose argument may be AT_FDCWD */
	uint8_t pairs, sets; /* bits of arguments that point to two descriptors, or to a set of them */
	uint8_t nrules; /* number of further rules about its descriptors: linx_fd_rules_get() from place rule on */
	uint8_t nfiles; /* number of rules about its changes of descriptor tables: linx_files_rules_get() from place files on */
	bool makes_fds; /* the result, or a pair that the call writes, may be new descriptors */
	uint8_t entry; /* LINX_ENTRY_*: the reason for an entry record under LINX_SELECT_CHOSEN */
	uint16_t flags; /* LINX_ROW_* */
	uint16_t id; /* LINX_ROW_ID_* */
	uint16_t rule, files;
	uint16_t selector; /* number of the selector that selects a variant by an argument; 0: none */
	uint32_t arg[LINX_NARGS]; /* LINX_ARGDEF() */
};

struct linx_rows; /* rows with their variants */

/* Makes all rows. NULL: no memory. */
struct linx_rows *linx_rows_new(void);
void linx_rows_free(struct linx_rows *rows);
/* Get the row of a call; row 0, six raw arguments, for a number that the table does not know. */
const struct linx_walker_row *linx_rows_get(const struct linx_rows *rows, unsigned int abi, unsigned int nr);
/* Get the variant of a row for these arguments, or the row itself. */
const struct linx_walker_row *linx_rows_variant(const struct linx_rows *rows, const struct linx_walker_row *row,
					      const uint64_t *args);
/*
 * The way in which an argument selects a variant: by (argument low >> shift) & mask; with two, the lower half
 * of argument high stands above it.
 */
struct linx_rows_selector {
	uint8_t low, high, shift;
	bool two, by_direction; /* by_direction: a value without a variant of its own uses that of the ioctl's direction */
	uint32_t mask;
};
/* Get selector i, counted from 1. false: i is past the last. */
bool linx_rows_get_selector(const struct linx_rows *rows, unsigned int i, struct linx_rows_selector *s);
/* Get variant i of all selectors, counted from 0, and the value that selects it. NULL: i is past the last. */
const struct linx_walker_row *linx_rows_get_variant(const struct linx_rows *rows, unsigned int i, uint32_t *selector,
						  uint32_t *value);
/* Get a selector's row for values without a variant, by the direction of the ioctl, 0 to 3. */
const struct linx_walker_row *linx_rows_get_otherwise(const struct linx_rows *rows, unsigned int selector,
						    unsigned int direction);
/* Get all rules; those of a row stand together. Returns how many. */
unsigned int linx_fd_rules_get(const struct linx_fd_rule **rules);

/* Get all rules; those of a row stand together. Returns how many. */
unsigned int linx_files_rules_get(const struct linx_files_rule **rules);
/* Set the changes of descriptor tables of a row whose other members are set. */
void linx_row_set_changes(struct linx_walker_row *row);

/* Get the place of a descriptor in structures of a shape: on x86_64, and on the 32-bit ABIs. false: they have none. */
bool linx_fd_place_get(unsigned int shape, uint16_t at[2]);
/* By LINX_SHAPE_*. */
extern const struct linx_shape linx_shapes[];
/* Get a shape by an unchecked number; the empty shape if there is no such number. */
const struct linx_shape *linx_shape_get(unsigned int id);

#endif
