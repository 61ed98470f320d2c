/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Arrays that grow. */
#ifndef LINX_ARRAY_H
#define LINX_ARRAY_H

#include <stddef.h>
#include <stdint.h>

/*
 * Makes room for element n of an array that was allocated with malloc(), or is NULL; size: bytes of an element. *cap is
 * the number of elements for which it has room, and doubles. After -ENOMEM the array is as before.
 */
int linx_array_room(void **array, uint32_t *cap, uint32_t n, size_t size);

#endif
