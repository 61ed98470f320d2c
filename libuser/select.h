/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading a selection of calls; table_select.c makes it. */
#ifndef LINX_SELECT_H
#define LINX_SELECT_H

#include <linux/linx.h>
#include <stdbool.h>
#include <stdint.h>

bool linx_select_exit(const struct linx_select *sel, unsigned int abi, int32_t nr);
bool linx_select_enter(const struct linx_select *sel, unsigned int abi, int32_t nr);
/* Are calls without a name in the table wanted? They may be recorded for sigreturn's sake alone. */
bool linx_select_unnamed(const struct linx_select *sel, unsigned int abi);

#endif
