/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The number of elements of an array, which must not be a pointer. */
#ifndef LINXCAP_ARRAY_SIZE_H
#define LINXCAP_ARRAY_SIZE_H

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#endif
