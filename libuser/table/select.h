/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Tests of a selection of system calls. A selection (struct linx_select) has two bits for each call, one for its entry
 * and one for its return. table/table_select.c makes selections.
 */
#ifndef LINX_SELECT_H
#define LINX_SELECT_H

#include <linux/linx.h>
#include <stdbool.h>
#include <stdint.h>

/* Length of an array with an element for each call, at index abi * LINX_NR_MAX + number of the call. */
#define LINX_NCALLS (LINX_ABI_NR * LINX_NR_MAX)

bool linx_select_exit(const struct linx_select *sel, unsigned int abi, int32_t nr);
bool linx_select_enter(const struct linx_select *sel, unsigned int abi, int32_t nr);
/*
 * True if the selection includes calls that the table does not name. The selection has a separate bit for this, because
 * the bit that such calls share in the kernel may be set only for sigreturn(2).
 */
bool linx_select_unnamed(const struct linx_select *sel, unsigned int abi);

/*
 * Bits of a selection for arm's private calls, whose numbers are above LINX_NR_OTHER, the last number that has a bit of
 * its own. These bits follow those of table/subcall_names.h. The kernel does not use them.
 */
#define LINX_FAR_FIRST 1010
#define LINX_FAR_END 1020
/*
 * Returns the bit of a named call whose number is above LINX_NR_OTHER; LINX_NR_OTHER if no such call has a
 * name.
 */
unsigned int linx_far_bit(int32_t nr);
/*
 * True if nr is not the number of a call but the index of a spare bit: of a call that is made through socketcall(2) or
 * ipc(2), or of a named call whose number is above LINX_NR_OTHER.
 */
struct linx_table;
bool linx_select_is_spare(const struct linx_table *t, unsigned int abi, int32_t nr);

#endif
