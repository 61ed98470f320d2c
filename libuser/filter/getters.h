/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Declarations of the getters of all fields in filter/fields.def: see linx_fld_getter. */
#ifndef LINX_GETTERS_H
#define LINX_GETTERS_H

#include "filter/field.h"

#define FIELD(own, falco, argument, kind, function, changes, needs, example, text) linx_fld_getter linx_##function;
#include "filter/fields.def"
#undef FIELD

#endif
