/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading a selection of calls; table/table_select.c makes it. */
#ifndef LINX_SELECT_H
#define LINX_SELECT_H

#include <linux/linx.h>
#include <stdbool.h>
#include <stdint.h>

bool linx_select_exit(const struct linx_select *sel, unsigned int abi, int32_t nr);
bool linx_select_enter(const struct linx_select *sel, unsigned int abi, int32_t nr);
/* Are calls without a name in the table wanted? They may be recorded for sigreturn's sake alone. */
bool linx_select_unnamed(const struct linx_select *sel, unsigned int abi);

/* Bits for the numbers beyond the last bit that have names, behind those of event/subcall.h; the kernel knows none of them. */
#define LINX_FAR_FIRST 1010
#define LINX_FAR_END 1020
/* LINX_NR_OTHER: it has no name. */
unsigned int linx_far_bit(int32_t nr);
/* A number that no call has: its bit stands for a part of a call, or for a number beyond the last bit. */
struct linx_table;
bool linx_select_is_spare(const struct linx_table *t, unsigned int abi, int32_t nr);

#endif
