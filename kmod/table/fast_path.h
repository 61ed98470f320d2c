/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Finds the fast paths (functions of syscall/fast.c) that may write the records of a row. Implemented in
 * table/fast_path.c.
 */
#ifndef LINX_KMOD_FAST_PATH_H
#define LINX_KMOD_FAST_PATH_H

struct linx_row;

/*
 * Sets the fast paths of a row, and the numbers of values that these allow. This is the last step of
 * linx_row_complete(), at load.
 */
void linx_row_find_paths(struct linx_row *row);

#endif
