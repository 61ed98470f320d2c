/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ARRAY_SIZE(): the number of elements of an array. It must not be used with a pointer. */
#ifndef LINXCAP_ARRAY_SIZE_H
#define LINXCAP_ARRAY_SIZE_H

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#endif
