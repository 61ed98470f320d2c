/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ARRAY_SIZE(): number of elements of an array; its argument must not be a pointer. */
#ifndef LINX_ARRAY_SIZE_H
#define LINX_ARRAY_SIZE_H

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#endif
