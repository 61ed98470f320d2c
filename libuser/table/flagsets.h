/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Declares all sets of named constants of table/flags/: the set open_flags is linx_set_open_flags. */
#ifndef LINX_FLAGSETS_H
#define LINX_FLAGSETS_H

#include "table/names.h"

#define FLAGS(set, prefix) extern const struct linx_flagset linx_set_##set;
#define CONSTS(set, prefix) extern const struct linx_flagset linx_set_##set;
#define C(name, value)
#define CL(name, value)
#define CT(name, value, text)
#define F(mask, name, value)
#define Z(name)
#define N(mask, shift, name)
#define END(set)
#include "table/flags/all.def"
#undef FLAGS
#undef CONSTS
#undef C
#undef CL
#undef CT
#undef F
#undef Z
#undef N
#undef END

#endif
