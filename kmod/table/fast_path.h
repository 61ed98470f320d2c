/* SPDX-License-Identifier: GPL-2.0-only */
/* The ways that the records of a row may go. table/fast_path.c */
#ifndef LINX_KMOD_FAST_PATH_H
#define LINX_KMOD_FAST_PATH_H

struct linx_row;

/* Last of what linx_row_complete() does. At load. */
void linx_row_find_ways(struct linx_row *row);

#endif
