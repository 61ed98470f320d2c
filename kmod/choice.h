/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Calls of which an argument decides what the others point to: fcntl, ioctl,
 * prctl ... For each of its values that matters there is a row of its own, so
 * that the encoder knows nothing of it. Made from tables/choices.def.
 */
#ifndef LINX_KMOD_CHOICE_H
#define LINX_KMOD_CHOICE_H

#include "table.h"

struct pt_regs;

/* For a row whose member by is set: the one to go by. */
const struct linx_row *linx_choose(const struct linx_row *row, const struct pt_regs *regs, u32 abi);

/* Before the rows of the table are completed. */
void linx_choice_init(void);

#endif
