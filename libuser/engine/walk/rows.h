/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The table of calls as a walker in user space needs it. A row describes a call: the number of arguments, and the
 * memory that each points to. Variants of a row are used if an argument, such as the command of fcntl, decides what
 * the others are. Shapes describe structures. All is constant data made of kmod/tables, except the variants, which one
 * function makes.
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
	/* Bit masks of the arguments whose memory is captured: at entry, after success, after failure. */
	uint8_t in, out, err;
	uint8_t follow; /* bit mask of arguments whose structures have pointers to follow */
	uint8_t fds; /* bit mask of arguments that are descriptors */
	uint8_t resolved; /* enum linx_resolved */
	uint8_t dirfds; /* bit mask of the arguments in fds that may be AT_FDCWD */
	uint8_t pairs, sets; /* bit masks of arguments that point to two descriptors, or to a set of them */
	uint8_t nrules; /* number of rules about the call's descriptors: linx_fd_rules_get() from index "rule" on */
	/*
	 * number of rules about the call's changes of descriptor tables: linx_files_rules_get() from index "files" on
	 */
	uint8_t nfiles;
	bool makes_fds; /* the result, or a pair that the call writes, may be new descriptors */
	uint8_t entry; /* LINX_ENTRY_*: the reason for an entry record under LINX_SELECT_CHOSEN */
	uint16_t flags; /* LINX_ROW_* */
	uint16_t id; /* LINX_ROW_ID_* */
	uint16_t rule, files;
	uint16_t selector; /* number of the selector (argument that selects a variant of the row); 0: none */
	uint32_t arg[LINX_NARGS]; /* LINX_ARGDEF() */
};

struct linx_rows; /* all rows of the table of calls, with their variants */

/* Makes all rows. NULL: no memory. */
struct linx_rows *linx_rows_new(void);
void linx_rows_free(struct linx_rows *rows);
/* Returns the row of a call; row 0, six raw arguments, for a number that the table does not know. */
const struct linx_walker_row *linx_rows_get(const struct linx_rows *rows, unsigned int abi, unsigned int nr);
/*
 * Returns the row to use for a call with the arguments args: the variant that they select, or row itself if it has no
 * variants.
 */
const struct linx_walker_row *linx_rows_variant(const struct linx_rows *rows, const struct linx_walker_row *row,
					      const uint64_t *args);
/*
 * Key by which an argument selects a variant of a row: (argument number "low" >> shift) & mask. If "two" is true,
 * argument number "high", shifted left by 16, is added.
 */
struct linx_rows_selector {
	uint8_t low, high, shift;
	bool two, by_direction; /* by_direction: a value without a variant of its own uses that of the ioctl's direction */
	uint32_t mask;
};
/* Gets selector i, counted from 1. false: i is past the last. */
bool linx_rows_get_selector(const struct linx_rows *rows, unsigned int i, struct linx_rows_selector *s);
/* Returns variant i of all selectors, counted from 0, and the value that selects it. NULL: i is past the last. */
const struct linx_walker_row *linx_rows_get_variant(const struct linx_rows *rows, unsigned int i, uint32_t *selector,
						  uint32_t *value);
/* Returns the row that a selector uses for values without a variant, by the direction of the ioctl command, 0 to 3. */
const struct linx_walker_row *linx_rows_get_otherwise(const struct linx_rows *rows, unsigned int selector,
						    unsigned int direction);
/* Gets the rules of tables/fds.def about descriptors; rules of one row stand together. Returns how many there are. */
unsigned int linx_fd_rules_get(const struct linx_fd_rule **rules);

/*
 * Gets the rules of tables/files.def about changes of descriptor tables; rules of one row stand together. Returns how
 * many there are.
 */
unsigned int linx_files_rules_get(const struct linx_files_rule **rules);
/* Sets makes_fds, nfiles and files of a row whose other members are set. */
void linx_row_set_changes(struct linx_walker_row *row);

/*
 * Gets the offset of the descriptor in a structure: on x86_64, and on the 32-bit ABIs. false: the structure has none.
 */
bool linx_fd_place_get(unsigned int shape, uint16_t at[2]);
/* Structures that arguments and members point to, by LINX_SHAPE_*. */
extern const struct linx_shape linx_shapes[];
/* Returns the description of a structure (shape) by an unchecked number; the empty shape if there is no such number. */
const struct linx_shape *linx_shape_get(unsigned int id);

#endif
