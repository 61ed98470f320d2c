/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Indices of arrays by call, and tests on a selection of calls. table/table_select.c makes selections. */
#ifndef LINX_SELECT_H
#define LINX_SELECT_H

#include <linux/linx.h>
#include <stdbool.h>
#include <stdint.h>

/* Length of an array by call: index abi * LINX_NR_MAX + number of the call. */
#define LINX_NCALLS (LINX_ABI_NR * LINX_NR_MAX)

bool linx_select_exit(const struct linx_select *sel, unsigned int abi, int32_t nr);
bool linx_select_enter(const struct linx_select *sel, unsigned int abi, int32_t nr);
/*
 * True if calls that the table does not name are selected. Their bit in the kernel may be set
 * for sigreturn alone.
 */
bool linx_select_unnamed(const struct linx_select *sel, unsigned int abi);

/*
 * Bits of named calls with numbers beyond the last bit. They lie behind those of
 * table/subcall_names.h; the kernel does not know them.
 */
#define LINX_FAR_FIRST 1010
#define LINX_FAR_END 1020
/*
 * True for a bit that stands for a part of a call, or for a number beyond the last bit, and not for the call
 * with its own number.
 */
unsigned int linx_far_bit(int32_t nr);
/*
 * True for a bit that is no call's number, but stands for a part of a call or for a number
 * beyond the last bit.
 */
struct linx_table;
bool linx_select_is_spare(const struct linx_table *t, unsigned int abi, int32_t nr);

#endif
