/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Numbers of the shapes, in the order of kmod/tables/shapes.def. */
#ifndef LINX_ENGINE_WALK_SHAPE_IDS_H
#define LINX_ENGINE_WALK_SHAPE_IDS_H

enum linx_shape_number {
	LINX_SHAPE_none,
#define SHAPE(name, size64, size_i386, size_x32, ...) LINX_SHAPE_##name,
#include "tables/shapes.def"
#undef SHAPE
	LINX_SHAPE_NR,
};

#endif
