// SPDX-License-Identifier: LGPL-2.1-or-later
/* Shapes of structures, from kmod/tables/shapes.def: sizes, and members that point to more. */
#include "engine/walk/rows.h"
#include "shared/shape_data.h"

const struct linx_shape *linx_shape_get(unsigned int id)
{
	return &linx_shapes[id < LINX_SHAPE_NR ? id : LINX_SHAPE_none];
}
