/* SPDX-License-Identifier: (GPL-2.0-only WITH Linux-syscall-note) OR LGPL-2.1-or-later */
/*
 * Numbers of the rows of tables/syscalls.def (signatures of calls), and of the shapes of tables/shapes.def (layouts of
 * structures), in the order of these files.
 */
#ifndef LINX_SHARED_IDS_H
#define LINX_SHARED_IDS_H

/* Row 0 is the row of all call numbers that the tables do not have: six arguments, recorded as numbers. */
enum linx_row_id {
	LINX_ROW_ID_UNKNOWN,
#define SYSCALL(id, class, args) LINX_ROW_ID_##id,
#include "tables/syscalls.def"
#undef SYSCALL
	LINX_ROW_ID_NR,
};

_Static_assert(LINX_ROW_ID_NR < 65536, "a row fits into 16 bits");

enum linx_shape_id {
	LINX_SHAPE_none,
#define SHAPE(name, size64, size_i386, size_x32, ...) LINX_SHAPE_##name,
#include "tables/shapes.def"
#undef SHAPE
	LINX_SHAPE_NR,
};

#endif
